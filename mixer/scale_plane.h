/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/scale_plane.h  One plane to any other size; part of scale.c
 *
 * Halves the plane (means of 2 x 2) until less than a factor of 1.85 is left, then interpolates
 * between the four nearest pixels; row by row, without memory for whole pictures.
 *
 * Threads: any; no state.
 */
#ifndef MIXER_SCALE_PLANE_H
#define MIXER_SCALE_PLANE_H

#include <stdbool.h>
#include <stdint.h>

struct scale_plane {
    uint8_t *data;
    int stride;    /**< [bytes] */
    unsigned w, h; /**< 1 to 8192 [pixels] */
};

/**
 * Scale @p src to the size of @p dst.
 *
 * @return false if it cannot: a side too small, or shrunk much more than the other
 */
bool scale_plane_draw(const struct scale_plane *dst, const struct scale_plane *src);

#endif
