/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/amix_ops_c.c  Kernels of amix.c in C, the reference
 */
#include "mixer/amix_ops.h"

#include <math.h>

static int16_t clamp(int32_t x)
{
    return (int16_t)(x > INT16_MAX ? INT16_MAX : x < INT16_MIN ? INT16_MIN : x);
}

static void add(int32_t *sum, const int16_t *pcm, size_t n)
{
    for (size_t i = 0; i < n; ++i)
        sum[i] += pcm[i];
}

static void sub(int32_t *out, const int32_t *sum, const int16_t *pcm, size_t n)
{
    for (size_t i = 0; i < n; ++i)
        out[i] = sum[i] - pcm[i];
}

static uint32_t peak(const int32_t *in, size_t n)
{
    int32_t max = 0;

    for (size_t i = 0; i < n; ++i) {
        int32_t a = in[i] < 0 ? -in[i] : in[i];

        max = a > max ? a : max;
    }
    return (uint32_t)max;
}

static void narrow(int16_t *out, const int32_t *in, size_t n)
{
    for (size_t i = 0; i < n; ++i)
        out[i] = clamp(in[i]);
}

static void scale(int16_t *out, const int32_t *in, float gain, float step, size_t n)
{
    for (size_t i = 0; i < n; ++i) {
        float g = gain + step * (float)i;

        out[i] = clamp((int32_t)lrintf((float)in[i] * g));
    }
}

static int64_t dot(const int16_t *a, const int16_t *b, size_t n)
{
    int64_t sum = 0;

    for (size_t i = 0; i < n; ++i)
        sum += a[i] * b[i];
    return sum;
}

const struct amix_ops amix_ops_c = {
    .name = "c",
    .add = add,
    .sub = sub,
    .peak = peak,
    .narrow = narrow,
    .scale = scale,
    .dot = dot,
};
