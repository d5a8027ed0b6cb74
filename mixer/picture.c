/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/picture.c  PNG files: read for logos and backgrounds, written for previews
 */
#include "mixer/picture.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cairo.h>
#include <libyuv/convert.h>
#include <libyuv/convert_argb.h>

#include "codec/video_frame.h"

enum {
    SIGNATURE_SIZE = 8,
    CHUNK_SIZE = 12,  /* length, type and checksum of a chunk [bytes] */
    HEADER_SIZE = 33, /* signature and IHDR chunk [bytes] */
};

struct picture {
    cairo_surface_t *surface; /* ARGB32 */
};

struct reader {
    const uint8_t *data;
    size_t size, used;
};

struct writer {
    uint8_t *data;
    size_t size, room;
};

__attribute__((format(printf, 2, 3))) static void tell(char *why, const char *format, ...)
{
    va_list ap;

    if (!why)
        return;
    va_start(ap, format);
    vsnprintf(why, PICTURE_WHY_SIZE, format, ap);
    va_end(ap);
}

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Looks at the header, so that nothing large is made of a small lie. */
static int check_header(const uint8_t *data, size_t size, char *why)
{
    static const uint8_t magic[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n',
                                    0,    0,   0,   13,  'I',  'H',  'D',  'R'};
    uint32_t w, h;

    if (size > PICTURE_FILE_MAX) {
        tell(why, "larger than %d MB", PICTURE_FILE_MAX >> 20);
        return -EFBIG;
    }
    if (size < HEADER_SIZE || memcmp(data, magic, sizeof(magic)) != 0) {
        tell(why, "not a PNG image");
        return -EBADMSG;
    }
    w = be32(data + sizeof(magic));
    h = be32(data + sizeof(magic) + 4);
    if (!w || !h) {
        tell(why, "broken PNG image");
        return -EBADMSG;
    }
    if (w > PICTURE_SIDE_MAX || h > PICTURE_SIDE_MAX) {
        tell(why, "%ux%u pixels, more than %dx%d", w, h, PICTURE_SIDE_MAX, PICTURE_SIDE_MAX);
        return -EFBIG;
    }
    return 0;
}

static bool is_needed(const uint8_t *type)
{
    static const char *const needed[] = {"IHDR", "PLTE", "tRNS", "IDAT", "IEND"};

    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); ++i) {
        if (memcmp(type, needed[i], 4) == 0)
            return true;
    }
    return false;
}

/*
 * A copy with those chunks alone that make the picture. The library believes what a chunk says
 * about its length and unpacks texts and profiles, so it does not get to see any.
 */
static int strip(uint8_t **ret_data, size_t *ret_size, const uint8_t *data, size_t size)
{
    size_t in = SIGNATURE_SIZE, out = SIGNATURE_SIZE;
    bool is_end = false;
    uint8_t *copy = malloc(size);

    if (!copy)
        return -ENOMEM;
    memcpy(copy, data, SIGNATURE_SIZE);
    while (!is_end) {
        const uint8_t *chunk = data + in;
        size_t len;

        if (size - in < CHUNK_SIZE || be32(chunk) > size - in - CHUNK_SIZE) {
            free(copy);
            return -EBADMSG;
        }
        len = CHUNK_SIZE + (size_t)be32(chunk);
        is_end = memcmp(chunk + 4, "IEND", 4) == 0;
        if (is_needed(chunk + 4)) {
            memcpy(copy + out, chunk, len);
            out += len;
        }
        in += len;
    }
    *ret_data = copy;
    *ret_size = out;
    return 0;
}

static cairo_status_t read_some(void *closure, unsigned char *data, unsigned size)
{
    struct reader *reader = closure;

    if (size > reader->size - reader->used)
        return CAIRO_STATUS_READ_ERROR;
    memcpy(data, reader->data + reader->used, size);
    reader->used += size;
    return CAIRO_STATUS_SUCCESS;
}

/* Cairo calls a broken image out of memory; this asks if it was. */
static int why_failed(cairo_status_t status, size_t size)
{
    void *volatile probe; /* volatile: compilers leave out what nobody uses */

    if (status == CAIRO_STATUS_NO_MEMORY) {
        probe = malloc(size);
        if (!probe)
            return -ENOMEM;
        free(probe);
    }
    return -EBADMSG;
}

/* A copy as ARGB32: a file without transparency, or of 16 bits, is read as something else. */
static cairo_surface_t *to_argb(cairo_surface_t *from)
{
    cairo_surface_t *to =
        cairo_image_surface_create(CAIRO_FORMAT_ARGB32, cairo_image_surface_get_width(from),
                                   cairo_image_surface_get_height(from));
    cairo_t *cairo = cairo_create(to);

    cairo_set_operator(cairo, CAIRO_OPERATOR_SOURCE);
    cairo_set_source_surface(cairo, from, 0.0, 0.0);
    cairo_paint(cairo);
    cairo_destroy(cairo);
    cairo_surface_flush(to);
    return to;
}

/* Decode a file whose header is good. */
static int decode(struct picture **ret_picture, const uint8_t *data, size_t size)
{
    size_t pixels = (size_t)be32(data + 16) * be32(data + 20);
    struct reader reader = {.data = data, .size = size};
    cairo_surface_t *file = cairo_image_surface_create_from_png_stream(read_some, &reader);
    cairo_surface_t *surface = NULL;
    struct picture *picture;
    int err = -ENOMEM;

    if (cairo_surface_status(file) != CAIRO_STATUS_SUCCESS) {
        err = why_failed(cairo_surface_status(file), 8 * pixels);
        goto out;
    }
    surface = to_argb(file);
    if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS)
        goto out;
    picture = calloc(1, sizeof(*picture));
    if (!picture)
        goto out;
    picture->surface = cairo_surface_reference(surface);
    *ret_picture = picture;
    err = 0;

out:
    if (surface)
        cairo_surface_destroy(surface);
    cairo_surface_destroy(file);
    return err;
}

int picture_parse(struct picture **ret_picture, const void *data, size_t size, char *why)
{
    uint8_t *stripped = NULL;
    int err;

    assert(ret_picture);
    err = check_header(data, size, why);
    if (err)
        return err;
    err = strip(&stripped, &size, data, size);
    if (!err)
        err = decode(ret_picture, stripped, size);
    free(stripped);
    if (err)
        tell(why, "%s", err == -ENOMEM ? "out of memory" : "broken PNG image");
    return err;
}

/* Reads all of a file; it may be changed meanwhile, so its size is only a limit. */
static int read_file(uint8_t **ret_data, size_t *ret_size, int fd, char *why)
{
    struct stat st;
    uint8_t *data;
    size_t used = 0, size;

    if (fstat(fd, &st))
        return -errno;
    if (!S_ISREG(st.st_mode)) {
        tell(why, "not a file");
        return -EBADMSG;
    }
    if (st.st_size > PICTURE_FILE_MAX) {
        tell(why, "larger than %d MB", PICTURE_FILE_MAX >> 20);
        return -EFBIG;
    }
    size = (size_t)st.st_size;
    data = malloc(size ? size : 1);
    if (!data)
        return -ENOMEM;
    while (used < size) {
        ssize_t n = read(fd, data + used, size - used);

        if (n < 0 && errno != EINTR) {
            int err = -errno;

            free(data);
            return err;
        }
        if (n == 0)
            break;
        used += n > 0 ? (size_t)n : 0;
    }
    *ret_data = data;
    *ret_size = used;
    return 0;
}

int picture_load(struct picture **ret_picture, const char *path, char *why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err; /* a FIFO must not stop us */
    uint8_t *data = NULL;
    size_t size = 0;

    if (fd < 0) {
        err = -errno;
        tell(why, "%s", strerrordesc_np(-err));
        return err;
    }
    tell(why, "%s", "");
    err = read_file(&data, &size, fd, why);
    close(fd);
    if (err) {
        if (why && !why[0])
            tell(why, "%s", strerrordesc_np(-err));
        return err;
    }
    err = picture_parse(ret_picture, data, size, why);
    free(data);
    return err;
}

struct picture *picture_free(struct picture *picture)
{
    if (picture)
        cairo_surface_destroy(picture->surface);
    free(picture);
    return NULL;
}

bool picture_equal(const struct picture *a, const struct picture *b)
{
    const uint8_t *from, *to;
    int from_stride, to_stride;

    if (!a || !b)
        return !a && !b;
    if (picture_w(a) != picture_w(b) || picture_h(a) != picture_h(b))
        return false;
    from = picture_argb(a, &from_stride);
    to = picture_argb(b, &to_stride);
    for (size_t y = 0; y < picture_h(a); ++y) {
        if (memcmp(from + y * (size_t)from_stride, to + y * (size_t)to_stride,
                   4 * (size_t)picture_w(a)) != 0)
            return false;
    }
    return true;
}

uint16_t picture_w(const struct picture *picture)
{
    return (uint16_t)cairo_image_surface_get_width(picture->surface);
}

uint16_t picture_h(const struct picture *picture)
{
    return (uint16_t)cairo_image_surface_get_height(picture->surface);
}

uint8_t *picture_argb(const struct picture *picture, int *ret_stride)
{
    *ret_stride = cairo_image_surface_get_stride(picture->surface);
    return cairo_image_surface_get_data(picture->surface);
}

int picture_frame(struct video_frame **ret_frame, const struct picture *picture)
{
    uint16_t w = (uint16_t)((picture_w(picture) + 1) & ~1);
    uint16_t h = (uint16_t)((picture_h(picture) + 1) & ~1);
    cairo_surface_t *from, *to = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    cairo_t *cairo = cairo_create(to);
    struct video_frame *frame = NULL;
    int err = -ENOMEM, stride;
    uint8_t *argb = picture_argb(picture, &stride);

    assert(ret_frame);
    /* A surface of our own: two threads must not draw with the same one. */
    from = cairo_image_surface_create_for_data(argb, CAIRO_FORMAT_ARGB32, picture_w(picture),
                                               picture_h(picture), stride);
    cairo_set_source_surface(cairo, from, 0.0, 0.0);
    cairo_pattern_set_extend(cairo_get_source(cairo), CAIRO_EXTEND_PAD); /* what makes it even */
    cairo_paint(cairo);
    if (cairo_status(cairo) != CAIRO_STATUS_SUCCESS)
        goto out;
    err = video_frame_new(&frame, w, h);
    if (err)
        goto out;
    cairo_surface_flush(to);
    (void)ARGBToI420(cairo_image_surface_get_data(to), cairo_image_surface_get_stride(to),
                     frame->plane[0], frame->stride[0], frame->plane[1], frame->stride[1],
                     frame->plane[2], frame->stride[2], w, h);
    *ret_frame = frame;

out:
    cairo_destroy(cairo);
    cairo_surface_destroy(from);
    cairo_surface_destroy(to);
    return err;
}

static cairo_status_t write_some(void *closure, const unsigned char *data, unsigned size)
{
    struct writer *writer = closure;

    if (size > writer->room - writer->size) {
        size_t room = 2 * writer->room + size;
        uint8_t *more = realloc(writer->data, room);

        if (!more)
            return CAIRO_STATUS_NO_MEMORY;
        writer->data = more;
        writer->room = room;
    }
    memcpy(writer->data + writer->size, data, size);
    writer->size += size;
    return CAIRO_STATUS_SUCCESS;
}

int picture_png(void **ret_data, size_t *ret_size, const struct video_frame *frame)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, frame->w, frame->h);
    struct writer writer = {0};
    int err = -ENOMEM;

    if (cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS)
        goto out;
    (void)I420ToARGB(frame->plane[0], frame->stride[0], frame->plane[1], frame->stride[1],
                     frame->plane[2], frame->stride[2], cairo_image_surface_get_data(surface),
                     cairo_image_surface_get_stride(surface), frame->w, frame->h);
    cairo_surface_mark_dirty(surface);
    if (cairo_surface_write_to_png_stream(surface, write_some, &writer) != CAIRO_STATUS_SUCCESS) {
        free(writer.data);
        goto out;
    }
    *ret_data = writer.data;
    *ret_size = writer.size;
    err = 0;

out:
    cairo_surface_destroy(surface);
    return err;
}

void picture_yuv(uint8_t ret_yuv[3], uint32_t rgb)
{
    int r = (int)(rgb >> 16 & 0xff), g = (int)(rgb >> 8 & 0xff), b = (int)(rgb & 0xff);

    ret_yuv[0] = (uint8_t)((66 * r + 129 * g + 25 * b + 0x1080) >> 8);
    ret_yuv[1] = (uint8_t)((-38 * r - 74 * g + 112 * b + 0x8080) >> 8);
    ret_yuv[2] = (uint8_t)((112 * r - 94 * g - 18 * b + 0x8080) >> 8);
}
