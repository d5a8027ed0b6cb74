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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct picture *picture = NULL;
    char why[PICTURE_WHY_SIZE] = "";
    uint8_t *input = malloc(size ? size : 1);

    if (!input)
        return 0;
    if (size)
        memcpy(input, data, size);
    if (picture_parse(&picture, input, size, why) == 0)
        draw(picture);
    else if (!why[0] || memchr(why, '\0', sizeof(why)) == NULL)
        abort();
    picture_free(picture);
    free(input);
    return 0;
}
