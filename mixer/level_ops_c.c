/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/level_ops_c.c  Kernels of level.c in C, the reference
 */
#include "mixer/level_ops.h"

static uint64_t energy(const int16_t *pcm, size_t n)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < n; ++i)
        sum += (uint32_t)(pcm[i] * pcm[i]);
    return sum;
}

static uint32_t peak(const int16_t *pcm, size_t n)
{
    int max = 0;

    for (size_t i = 0; i < n; ++i) {
        int a = pcm[i] < 0 ? -pcm[i] : pcm[i];

        max = a > max ? a : max;
    }
    return (uint32_t)max;
}

const struct level_ops level_ops_c = {.name = "c", .energy = energy, .peak = peak};
