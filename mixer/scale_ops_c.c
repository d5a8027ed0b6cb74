/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/scale_ops_c.c  Kernels of scale_plane.c in C, the reference
 */
#include "mixer/scale_ops.h"

static uint8_t mix(unsigned a, unsigned wa, unsigned b, unsigned wb)
{
    return (uint8_t)((a * wa + b * wb + SCALE_OPS_WEIGHT / 2) / SCALE_OPS_WEIGHT);
}

static void half(uint8_t *dst, const uint8_t *a, const uint8_t *b, size_t n)
{
    for (size_t i = 0; i < n; ++i)
        dst[i] = (uint8_t)((a[2 * i] + a[2 * i + 1] + b[2 * i] + b[2 * i + 1] + 2) / 4);
}

static void blend(uint8_t *dst, const uint8_t *a, const uint8_t *b, unsigned weight, size_t n)
{
    for (size_t i = 0; i < n; ++i)
        dst[i] = mix(a[i], SCALE_OPS_WEIGHT - weight, b[i], weight);
}

static void columns(uint8_t *dst, const uint8_t *src, const struct scale_ops_group *group,
                    size_t ngroups)
{
    for (size_t g = 0; g < ngroups; ++g, ++group) {
        const uint8_t *from = src + group->start, *at = group->at, *weight = group->weight;

        for (unsigned k = 0; k < 2 * SCALE_OPS_GROUP; k += 2)
            *dst++ = mix(from[at[k]], weight[k], from[at[k + 1]], weight[k + 1]);
    }
}

const struct scale_ops scale_ops_c = {
    .name = "c", .half = half, .blend = blend, .columns = columns};
