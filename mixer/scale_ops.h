/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/scale_ops.h  Kernels of scale_plane.c: scale_ops_c.c is the reference,
 * scale_ops_avx2.c equals it
 *
 * Weights are in 64ths.
 *
 * Threads: any; no state.
 */
#ifndef MIXER_SCALE_OPS_H
#define MIXER_SCALE_OPS_H

#include <stddef.h>
#include <stdint.h>

enum {
    SCALE_OPS_GROUP = 8,  /**< Pixels that are made together */
    SCALE_OPS_REACH = 16, /**< They come from so many source pixels */
    SCALE_OPS_WEIGHT = 64,
};

/** Eight destination pixels: pixel k is src[start + at[2k]] * weight[2k] + src[start + at[2k + 1]]
 * * weight[2k + 1]. */
struct scale_ops_group {
    uint32_t start;
    uint8_t at[2 * SCALE_OPS_GROUP];     /**< Under SCALE_OPS_REACH */
    uint8_t weight[2 * SCALE_OPS_GROUP]; /**< Two add up to SCALE_OPS_WEIGHT */
};

struct scale_ops {
    const char *name;
    /** Means of 2 x 2 pixels out of two rows; @p n destination pixels. */
    void (*half)(uint8_t *dst, const uint8_t *a, const uint8_t *b, size_t n);
    /** Mix of two rows: @p weight of b, the rest of a. */
    void (*blend)(uint8_t *dst, const uint8_t *a, const uint8_t *b, unsigned weight, size_t n);
    /** Fill groups; src is readable SCALE_OPS_REACH pixels from each start on. */
    void (*columns)(uint8_t *dst, const uint8_t *src, const struct scale_ops_group *group,
                    size_t ngroups);
};

extern const struct scale_ops scale_ops_c;

/** Kernels for AVX2, or NULL if the build has none or the processor cannot. */
const struct scale_ops *scale_ops_avx2(void);

/** The fastest kernels that this processor runs. */
const struct scale_ops *scale_ops_best(void);

#endif
