/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/overlay_ops_c.c  Kernel of overlay.c in C, the reference
 */
#include "mixer/overlay_ops.h"

static void blend(uint8_t *dst, const uint8_t *colour, const uint8_t *keep, size_t n)
{
    for (size_t i = 0; i < n; ++i) {
        unsigned v = (dst[i] * keep[i] + 127u) / 255 + colour[i];

        dst[i] = (uint8_t)(v < 255 ? v : 255);
    }
}

const struct overlay_ops overlay_ops_c = {.name = "c", .blend = blend};
