/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/amix_ops.h  Kernels of amix.c: amix_ops_c.c is the reference, amix_ops_avx2.c equals
 * it
 *
 * Threads: any; no state.
 */
#ifndef MIXER_AMIX_OPS_H
#define MIXER_AMIX_OPS_H

#include <stddef.h>
#include <stdint.h>

struct amix_ops {
    const char *name;
    /** sum[i] += pcm[i] */
    void (*add)(int32_t *sum, const int16_t *pcm, size_t n);
    /** out[i] = sum[i] - pcm[i] */
    void (*sub)(int32_t *out, const int32_t *sum, const int16_t *pcm, size_t n);
    /** Largest absolute value; no element is INT32_MIN. */
    uint32_t (*peak)(const int32_t *in, size_t n);
    /** out[i] = in[i], limited to int16. */
    void (*narrow)(int16_t *out, const int32_t *in, size_t n);
    /** out[i] = in[i] * (gain + step * i), rounded to nearest, limited to int16; |in[i]| < 2^24. */
    void (*scale)(int16_t *out, const int32_t *in, float gain, float step, size_t n);
    /** Sum of a[i] * b[i]. */
    int64_t (*dot)(const int16_t *a, const int16_t *b, size_t n);
};

extern const struct amix_ops amix_ops_c;

/** Kernels for AVX2, or NULL if the build has none or the processor cannot. */
const struct amix_ops *amix_ops_avx2(void);

/** The fastest kernels that this processor runs. */
const struct amix_ops *amix_ops_best(void);

#endif
