/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/overlay_ops.h  Kernel of overlay.c: overlay_ops_c.c is the reference,
 * overlay_ops_avx2.c equals it
 *
 * Threads: any; no state.
 */
#ifndef MIXER_OVERLAY_OPS_H
#define MIXER_OVERLAY_OPS_H

#include <stddef.h>
#include <stdint.h>

struct overlay_ops {
    const char *name;
    /** dst = dst * keep / 255, rounded to the nearest, + colour, 255 at most; @p n bytes. */
    void (*blend)(uint8_t *dst, const uint8_t *colour, const uint8_t *keep, size_t n);
};

extern const struct overlay_ops overlay_ops_c;

/** Kernels for AVX2, or NULL if the build has none or the processor cannot. */
const struct overlay_ops *overlay_ops_avx2(void);

/** The fastest kernels that this processor runs. */
const struct overlay_ops *overlay_ops_best(void);

#endif
