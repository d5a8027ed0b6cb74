/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mixer/test_picture.c  PNG files: one test for each promise in picture.h
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "codec/video_frame.h"
#include "mixer/picture.h"

enum { W = 36, H = 20 };

/* One pixel of #c8c8c800, and no chunk that is not needed. */
static const uint8_t clear[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48,
    0x44, 0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00,
    0x00, 0x1f, 0x15, 0xc4, 0x89, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x44, 0x41, 0x54, 0x78,
    0xda, 0x63, 0x38, 0x71, 0xe2, 0x04, 0x03, 0x00, 0x07, 0x0d, 0x02, 0x59, 0x47, 0xe1,
    0x8d, 0x64, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};

struct file {
    uint8_t *data;
    size_t size;
};

static struct video_frame *painted(uint16_t w, uint16_t h)
{
    const struct video_rect left = {0, 0, (uint16_t)(w / 4 * 2), h};
    const struct video_rect all = {0, 0, w, h};
    struct video_frame *frame = NULL;

    assert_int_equal(video_frame_new(&frame, w, h), 0);
    video_frame_fill(frame, &all, 180, 128, 128);
    video_frame_fill(frame, &left, 81, 90, 240); /* red */
    return frame;
}

static struct file png(uint16_t w, uint16_t h)
{
    struct video_frame *frame = painted(w, h);
    struct file file = {0};
    void *data = NULL;

    assert_int_equal(picture_png(&data, &file.size, frame), 0);
    file.data = data;
    video_frame_unref(frame);
    return file;
}

static int parse(struct file file, char *why)
{
    uint8_t *copy = malloc(file.size ? file.size : 1); /* exact, for the sanitizer */
    struct picture *picture = NULL;
    int err;

    assert_non_null(copy);
    memcpy(copy, file.data, file.size);
    err = picture_parse(&picture, copy, file.size, why);
    assert_true(!err == !!picture);
    picture_free(picture);
    free(copy);
    return err;
}

static void what_is_written_can_be_read(void **state)
{
    struct file file = png(W, H);
    struct picture *picture = NULL;
    struct video_frame *frame = NULL;
    (void)state;

    assert_int_equal(picture_parse(&picture, file.data, file.size, NULL), 0);
    assert_int_equal(picture_w(picture), W);
    assert_int_equal(picture_h(picture), H);
    assert_int_equal(picture_frame(&frame, picture), 0);
    assert_int_equal(frame->w, W);
    assert_int_equal(frame->h, H);
    assert_in_range(frame->plane[0][0], 79, 83);
    assert_in_range(frame->plane[2][0], 236, 242);
    assert_in_range(frame->plane[0][W - 1], 178, 182);
    assert_in_range(frame->plane[2][W / 2 - 1], 127, 129);
    video_frame_unref(frame);
    picture_free(picture);
    assert_null(picture_free(NULL));
    free(file.data);
}

static void frames_are_made_even(void **state)
{
    struct file file = png(35, 19);
    struct picture *picture = NULL;
    struct video_frame *frame = NULL;
    (void)state;

    assert_int_equal(picture_parse(&picture, file.data, file.size, NULL), 0);
    assert_int_equal(picture_w(picture), 35);
    assert_int_equal(picture_frame(&frame, picture), 0);
    assert_int_equal(frame->w, 36);
    assert_int_equal(frame->h, 20);
    assert_in_range(frame->plane[0][19 * frame->stride[0] + 35], 178, 182); /* as its neighbour */
    video_frame_unref(frame);
    picture_free(picture);
    free(file.data);
}

static void transparent_pixels_are_black_in_a_frame(void **state)
{
    struct picture *picture = NULL;
    struct video_frame *frame = NULL;
    (void)state;

    assert_int_equal(picture_parse(&picture, clear, sizeof(clear), NULL), 0);
    assert_int_equal(picture_frame(&frame, picture), 0);
    assert_int_equal(frame->plane[0][0], 16);
    assert_int_equal(frame->plane[0][1], 16);
    video_frame_unref(frame);
    picture_free(picture);
}

static void says_why(void **state)
{
    struct file file = png(W, H), large = {calloc(1, PICTURE_FILE_MAX + 1u), PICTURE_FILE_MAX + 1u};
    char why[PICTURE_WHY_SIZE];
    (void)state;

    assert_int_equal(parse((struct file){(uint8_t *)(uintptr_t) "GIF89a", 6}, why), -EBADMSG);
    assert_string_equal(why, "not a PNG image");
    assert_int_equal(parse((struct file){file.data, 0}, why), -EBADMSG);
    assert_string_equal(why, "not a PNG image");
    assert_int_equal(parse((struct file){file.data, file.size / 2}, why), -EBADMSG);
    assert_string_equal(why, "broken PNG image");
    assert_int_equal(parse(large, why), -EFBIG);
    assert_string_equal(why, "larger than 16 MB");
    file.data[18] = 0x20; /* 8228 wide */
    assert_int_equal(parse(file, why), -EFBIG);
    assert_string_equal(why, "8228x20 pixels, more than 4096x4096");
    file.data[18] = file.data[19] = 0;
    assert_int_equal(parse(file, why), -EBADMSG);
    assert_string_equal(why, "broken PNG image");
    free(large.data);
    free(file.data);
}

static void truncated_images_are_broken(void **state)
{
    struct file file = png(W, H);
    (void)state;

    for (size_t size = 0; size < file.size; ++size)
        assert_int_equal(parse((struct file){file.data, size}, NULL), -EBADMSG);
    assert_int_equal(parse(file, NULL), 0);
    free(file.data);
}

static void images_with_a_flipped_bit_are_broken(void **state)
{
    uint8_t data[sizeof(clear)];
    struct file file = {data, sizeof(data)};
    (void)state;

    memcpy(data, clear, sizeof(data));
    for (size_t bit = 0; bit < 8 * file.size; ++bit) {
        int err;

        file.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        err = parse(file, NULL);
        if (err != -EBADMSG && err != -EFBIG)
            fail_msg("bit %zu: %d", bit, err);
        file.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

/* Puts a chunk behind the header. */
static struct file with_chunk(const char *type, uint32_t claimed, const char *text)
{
    struct file file = {malloc(sizeof(clear) + 12 + strlen(text)), 33};
    const uint8_t head[8] = {(uint8_t)(claimed >> 24), (uint8_t)(claimed >> 16),
                             (uint8_t)(claimed >> 8),  (uint8_t)claimed,
                             (uint8_t)type[0],         (uint8_t)type[1],
                             (uint8_t)type[2],         (uint8_t)type[3]};

    assert_non_null(file.data);
    memcpy(file.data, clear, file.size);
    memcpy(file.data + file.size, head, sizeof(head));
    file.size += sizeof(head);
    memcpy(file.data + file.size, text, strlen(text));
    file.size += strlen(text);
    memset(file.data + file.size, 0, 4); /* a wrong checksum */
    file.size += 4;
    memcpy(file.data + file.size, clear + 33, sizeof(clear) - 33);
    file.size += sizeof(clear) - 33;
    return file;
}

/* Whatever is in them, and however long they claim to be. */
static void chunks_that_make_no_picture_are_not_read(void **state)
{
    static const char *const type[] = {"tEXt", "zTXt", "iCCP", "sPLT", "bKGD", "abCd"};
    (void)state;

    for (unsigned i = 0; i < sizeof(type) / sizeof(type[0]); ++i) {
        struct file good = with_chunk(type[i], 7, "a bomb!");
        struct file lies = with_chunk(type[i], 0x7a00000c, "a bomb!");

        assert_int_equal(parse(good, NULL), 0);
        assert_int_equal(parse(lies, NULL), -EBADMSG);
        free(good.data);
        free(lies.data);
    }
}

static void files_are_read(void **state)
{
    char dir[] = "/tmp/test_picture.XXXXXX", path[64], fifo[64], why[PICTURE_WHY_SIZE];
    struct file file = png(W, H);
    struct picture *picture = NULL;
    FILE *f;
    (void)state;

    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/a.png", dir);
    snprintf(fifo, sizeof(fifo), "%s/fifo", dir);
    assert_int_equal(picture_load(&picture, path, why), -ENOENT);
    assert_string_equal(why, "No such file or directory");
    f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(file.data, 1, file.size, f), file.size);
    fclose(f);
    assert_int_equal(picture_load(&picture, path, why), 0);
    assert_int_equal(picture_w(picture), W);
    picture_free(picture);

    picture = NULL;
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(picture_load(&picture, fifo, why), -EBADMSG); /* and does not wait */
    assert_string_equal(why, "not a file");
    assert_int_equal(picture_load(&picture, dir, NULL), -EBADMSG);
    assert_int_equal(truncate(path, PICTURE_FILE_MAX + 1), 0);
    assert_int_equal(picture_load(&picture, path, why), -EFBIG);
    assert_null(picture);
    unlink(path);
    unlink(fifo);
    rmdir(dir);
    free(file.data);
}

static struct picture *picture_of(uint16_t w, uint16_t h, uint8_t luma)
{
    const struct video_rect corner = {(uint16_t)(w - 2), (uint16_t)(h - 2), 2, 2};
    struct video_frame *frame = painted(w, h);
    struct picture *picture = NULL;
    void *data = NULL;
    size_t size = 0;

    video_frame_fill(frame, &corner, luma, 128, 128);
    assert_int_equal(picture_png(&data, &size, frame), 0);
    assert_int_equal(picture_parse(&picture, data, size, NULL), 0);
    video_frame_unref(frame);
    free(data);
    return picture;
}

static void equal_pictures_have_the_same_size_and_pixels(void **state)
{
    struct picture *a = picture_of(W, H, 180), *b = picture_of(W, H, 180);
    struct picture *wider = picture_of(W + 2, H, 180), *other = picture_of(W, H, 90);
    (void)state;

    assert_true(picture_equal(a, b));
    assert_false(picture_equal(a, wider));
    assert_false(picture_equal(a, other));
    assert_false(picture_equal(a, NULL));
    assert_false(picture_equal(NULL, a));
    assert_true(picture_equal(NULL, NULL));
    picture_free(a);
    picture_free(b);
    picture_free(wider);
    picture_free(other);
}

static void colours_are_as_pictures_have_them(void **state)
{
    static const struct {
        uint32_t rgb;
        uint8_t yuv[3];
    } table[] = {{0x000000, {16, 128, 128}},
                 {0xffffff, {235, 128, 128}},
                 {0xff0000, {82, 90, 240}},
                 {0x101418, {33, 130, 126}}};
    (void)state;

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); ++i) {
        uint8_t yuv[3];

        picture_yuv(yuv, table[i].rgb);
        assert_memory_equal(yuv, table[i].yuv, 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_can_be_read),
        cmocka_unit_test(frames_are_made_even),
        cmocka_unit_test(transparent_pixels_are_black_in_a_frame),
        cmocka_unit_test(says_why),
        cmocka_unit_test(truncated_images_are_broken),
        cmocka_unit_test(images_with_a_flipped_bit_are_broken),
        cmocka_unit_test(chunks_that_make_no_picture_are_not_read),
        cmocka_unit_test(files_are_read),
        cmocka_unit_test(equal_pictures_have_the_same_size_and_pixels),
        cmocka_unit_test(colours_are_as_pictures_have_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
