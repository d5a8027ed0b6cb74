/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/level_ops.h  Kernels of level.c: level_ops_c.c is the reference, level_ops_avx2.c
 * equals it
 *
 * Threads: any; no state.
 */
#ifndef MIXER_LEVEL_OPS_H
#define MIXER_LEVEL_OPS_H

#include <stddef.h>
#include <stdint.h>

struct level_ops {
    const char *name;
    /** Sum of the squares of @p n samples. */
    uint64_t (*energy)(const int16_t *pcm, size_t n);
    /** Largest absolute value of @p n samples, up to 32768. */
    uint32_t (*peak)(const int16_t *pcm, size_t n);
};

extern const struct level_ops level_ops_c;

/** Kernels for AVX2, or NULL if the build has none or the processor cannot. */
const struct level_ops *level_ops_avx2(void);

/** The fastest kernels that this processor runs. */
const struct level_ops *level_ops_best(void);

#endif
