/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file bench/room/stream.c  An encoded H.264 stream, cut into RTP payloads once, sent many times
 */
#include "bench/room/stream.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

enum { NAL_SLICE = 1, NAL_IDR = 5, NAL_SEI = 6, NAL_SPS = 7, NAL_AUD = 9, NAL_FU_A = 28 };

struct nal {
    const uint8_t *data;
    size_t len;
};

struct stream {
    uint8_t *bytes;
    size_t size;
    struct stream_packet *packets;
    size_t npackets, packets_size;
    struct stream_picture *pictures;
    unsigned npictures, pictures_size;
};

struct stream *stream_free(struct stream *stream)
{
    if (stream) {
        free(stream->bytes);
        free(stream->packets);
        free(stream->pictures);
        free(stream);
    }
    return NULL;
}

static int read_file(struct stream *stream, const char *path)
{
    FILE *file = fopen(path, "rb");
    int err = 0;
    long size;

    if (!file) {
        return -errno;
    }
    if (fseek(file, 0, SEEK_END) || (size = ftell(file)) < 5 || fseek(file, 0, SEEK_SET)) {
        err = -EBADMSG;
        goto out;
    }
    if (size > STREAM_FILE_MAX) {
        err = -EFBIG;
        goto out;
    }
    stream->bytes = malloc((size_t)size);
    if (!stream->bytes) {
        err = -ENOMEM;
        goto out;
    }
    stream->size = fread(stream->bytes, 1, (size_t)size, file);
    err = stream->size == (size_t)size ? 0 : -EBADMSG;
out:
    (void)fclose(file);
    return err;
}

/* Position of the next start code's 00 00 01 at or after pos, or size. */
static size_t find_start(const struct stream *stream, size_t pos)
{
    const uint8_t *p = stream->bytes;

    for (; pos + 3 <= stream->size; pos++) {
        if (!p[pos] && !p[pos + 1] && p[pos + 2] == 1) {
            return pos;
        }
    }
    return stream->size;
}

static bool next_nal(const struct stream *stream, size_t *pos, struct nal *ret)
{
    size_t start = find_start(stream, *pos), end;

    if (start == stream->size) {
        return false;
    }
    start += 3;
    end = find_start(stream, start);
    *pos = end;
    while (end > start && !stream->bytes[end - 1]) {
        end--; /* a start code of four bytes, trailing zeros */
    }
    *ret = (struct nal){.data = stream->bytes + start, .len = end - start};
    return true;
}

static int add_packet(struct stream *stream, struct stream_packet packet)
{
    struct stream_picture *picture = &stream->pictures[stream->npictures - 1];
    struct stream_packet *grown;

    if (picture->npackets == STREAM_PICTURE_PACKETS_MAX) {
        return -EFBIG;
    }
    if (stream->npackets == stream->packets_size) {
        stream->packets_size = stream->packets_size ? 2 * stream->packets_size : 1024;
        grown = realloc(stream->packets, stream->packets_size * sizeof(*grown));
        if (!grown) {
            return -ENOMEM;
        }
        stream->packets = grown;
    }
    stream->packets[stream->npackets++] = packet;
    picture->npackets++;
    return 0;
}

static int add_picture(struct stream *stream, bool key)
{
    struct stream_picture *grown;

    if (stream->npictures == stream->pictures_size) {
        stream->pictures_size = stream->pictures_size ? 2 * stream->pictures_size : 512;
        grown = realloc(stream->pictures, stream->pictures_size * sizeof(*grown));
        if (!grown) {
            return -ENOMEM;
        }
        stream->pictures = grown;
    }
    stream->pictures[stream->npictures++] = (struct stream_picture){.key = key};
    return 0;
}

/* FU-A: RFC 6184, 5.8. */
static int add_fragments(struct stream *stream, struct nal nal)
{
    uint8_t header = nal.data[0];
    size_t pos = 1, part;
    int err;

    while (pos < nal.len) {
        part = nal.len - pos;
        if (part > STREAM_PAYLOAD_MAX - 2) {
            part = STREAM_PAYLOAD_MAX - 2;
        }
        struct stream_packet packet = {.data = nal.data + pos, .len = (uint16_t)part, .fu_len = 2};
        packet.fu[0] = (uint8_t)((header & 0xe0) | NAL_FU_A);
        packet.fu[1] =
            (uint8_t)((header & 0x1f) | (pos == 1 ? 0x80 : 0) | (pos + part == nal.len ? 0x40 : 0));
        err = add_packet(stream, packet);
        if (err) {
            return err;
        }
        pos += part;
    }
    return 0;
}

static int add_nal(struct stream *stream, struct nal nal)
{
    if (nal.len > STREAM_PAYLOAD_MAX) {
        return add_fragments(stream, nal);
    }
    return add_packet(stream, (struct stream_packet){.data = nal.data, .len = (uint16_t)nal.len});
}

/* Does this NAL unit start a picture?  The streams have SPS only before IDR. */
static bool starts_picture(const struct nal *nal, bool *in_headers)
{
    unsigned type = nal->data[0] & 0x1fu;

    if (type == NAL_SPS) {
        *in_headers = true;
        return true;
    }
    if (type == NAL_SLICE || type == NAL_IDR) {
        /* first_mb_in_slice is 0, coded as a single 1 bit */
        bool first = nal->len > 1 && (nal->data[1] & 0x80) && !*in_headers;

        *in_headers = false;
        return first;
    }
    return false;
}

static int split(struct stream *stream)
{
    bool in_headers = false;
    struct nal nal;
    size_t pos = 0;
    int err;

    while (next_nal(stream, &pos, &nal)) {
        unsigned type = nal.len ? nal.data[0] & 0x1fu : NAL_AUD;

        if (type == NAL_AUD || type == NAL_SEI) {
            continue;
        }
        if (starts_picture(&nal, &in_headers)) {
            err = add_picture(stream, type == NAL_SPS);
            if (err) {
                return err;
            }
        }
        if (!stream->npictures) {
            return -EBADMSG;
        }
        err = add_nal(stream, nal);
        if (err) {
            return err;
        }
    }
    return stream->npictures && stream->pictures[0].key ? 0 : -EBADMSG;
}

int stream_load(struct stream **ret_stream, const char *path)
{
    struct stream *stream = calloc(1, sizeof(*stream));
    size_t first = 0;
    int err;

    if (!stream) {
        return -ENOMEM;
    }
    err = read_file(stream, path);
    if (err) {
        goto out;
    }
    err = split(stream);
    if (err) {
        goto out;
    }
    for (unsigned i = 0; i < stream->npictures; i++) { /* the array does not move any more */
        stream->pictures[i].packets = stream->packets + first;
        first += stream->pictures[i].npackets;
    }
    *ret_stream = stream;
    stream = NULL;
out:
    stream_free(stream);
    return err;
}

unsigned stream_pictures(const struct stream *stream)
{
    return stream->npictures;
}

const struct stream_picture *stream_picture(const struct stream *stream, unsigned index)
{
    return &stream->pictures[index % stream->npictures];
}

unsigned stream_next_key(const struct stream *stream, unsigned index)
{
    for (unsigned i = 0; i < stream->npictures; i++) {
        if (stream_picture(stream, index + i)->key) {
            return (index + i) % stream->npictures;
        }
    }
    return 0;
}
