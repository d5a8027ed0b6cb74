/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/mixer/fuzz_picture.c  PNG files: what can be read can be drawn
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mixer/overlay.h"
#include "mixer/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void draw(const struct picture *picture)
{
    struct video_frame *frame = NULL;
    struct overlay *overlay = NULL;

    if (!picture_w(picture) || picture_w(picture) > PICTURE_SIDE_MAX || !picture_h(picture) ||
        picture_h(picture) > PICTURE_SIDE_MAX)
        abort();
    if (picture_frame(&frame, picture) == 0) {
        if (frame->w % 2 || frame->h % 2)
            abort();
        video_frame_unref(frame);
    }
    if (overlay_from_picture(&overlay, picture, 100, 50) == 0) {
        if (overlay->w > 100 || overlay->h > 50)
            abort();
        overlay_unref(overlay);
    }
}

static uint32_t crc(const uint8_t *data, size_t size)
{
    uint32_t c = 0xffffffff;

    for (size_t i = 0; i < size; ++i) {
        c ^= data[i];
        for (unsigned bit = 0; bit < 8; ++bit)
            c = c >> 1 ^ (c & 1 ? 0xedb88320 : 0);
    }
    return ~c;
}

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Makes the checksums of all chunks right, or nothing behind them is ever reached. */
static void repair(uint8_t *data, size_t size)
{
    size_t at = 8;

    while (size >= 12 && at <= size - 12 && be32(data + at) <= size - 12 - at) {
        size_t len = be32(data + at);
        uint32_t sum = crc(data + at + 4, len + 4);

        for (unsigned i = 0; i < 4; ++i)
            data[at + 8 + len + i] = (uint8_t)(sum >> (24 - 8 * i));
        at += 12 + len;
    }
}

static void parse(const uint8_t *data, size_t size)
{
    struct picture *picture = NULL;
    char why[PICTURE_WHY_SIZE] = "";

    if (picture_parse(&picture, data, size, why) == 0)
        draw(picture);
    else if (!why[0] || memchr(why, '\0', sizeof(why)) == NULL)
        abort();
    picture_free(picture);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *input = calloc(1, size ? size : 1);

    if (!input)
        return 0;
    if (size)
        memcpy(input, data, size);
    parse(input, size);
    repair(input, size);
    if (size < 24 || (uint64_t)be32(input + 16) * be32(input + 20) < 1 << 20) /* larger: slow */
        parse(input, size);
    free(input);
    return 0;
}
