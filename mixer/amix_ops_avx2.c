/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/amix_ops_avx2.c  Kernels of amix.c for AVX2, 8 or 16 samples at a time
 *
 * The last few samples that do not fill a register go through the C kernels.
 */
#include "mixer/amix_ops.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

AVX2 static __m256i load16(const int16_t *p)
{
    return _mm256_cvtepi16_epi32(_mm_loadu_si128((const void *)p));
}

AVX2 static __m256i load32(const int32_t *p)
{
    return _mm256_loadu_si256((const void *)p);
}

AVX2 static void store16(int16_t *p, __m256i a)
{
    __m128i lo = _mm256_castsi256_si128(a), hi = _mm256_extracti128_si256(a, 1);

    _mm_storeu_si128((void *)p, _mm_packs_epi32(lo, hi));
}

AVX2 static void add(int32_t *sum, const int16_t *pcm, size_t n)
{
    size_t i;

    for (i = 0; i + 8 <= n; i += 8)
        _mm256_storeu_si256((void *)(sum + i), _mm256_add_epi32(load32(sum + i), load16(pcm + i)));
    amix_ops_c.add(sum + i, pcm + i, n - i);
}

AVX2 static void sub(int32_t *out, const int32_t *sum, const int16_t *pcm, size_t n)
{
    size_t i;

    for (i = 0; i + 8 <= n; i += 8)
        _mm256_storeu_si256((void *)(out + i), _mm256_sub_epi32(load32(sum + i), load16(pcm + i)));
    amix_ops_c.sub(out + i, sum + i, pcm + i, n - i);
}

AVX2 static uint32_t peak(const int32_t *in, size_t n)
{
    __m256i max = _mm256_setzero_si256();
    uint32_t lane[8], rest;
    size_t i;

    for (i = 0; i + 8 <= n; i += 8)
        max = _mm256_max_epi32(max, _mm256_abs_epi32(load32(in + i)));
    _mm256_storeu_si256((void *)lane, max);
    rest = amix_ops_c.peak(in + i, n - i);
    for (unsigned k = 0; k < 8; ++k)
        rest = lane[k] > rest ? lane[k] : rest;
    return rest;
}

AVX2 static void narrow(int16_t *out, const int32_t *in, size_t n)
{
    size_t i;

    for (i = 0; i + 8 <= n; i += 8)
        store16(out + i, load32(in + i));
    amix_ops_c.narrow(out + i, in + i, n - i);
}

AVX2 static void scale(int16_t *out, const int32_t *in, float gain, float step, size_t n)
{
    const __m256 first = _mm256_set_ps(7, 6, 5, 4, 3, 2, 1, 0);
    size_t i;

    for (i = 0; i + 8 <= n; i += 8) {
        __m256 index = _mm256_add_ps(first, _mm256_set1_ps((float)i));
        __m256 g = _mm256_add_ps(_mm256_set1_ps(gain), _mm256_mul_ps(_mm256_set1_ps(step), index));
        __m256 x = _mm256_mul_ps(_mm256_cvtepi32_ps(load32(in + i)), g);

        store16(out + i, _mm256_cvtps_epi32(x));
    }
    for (; i < n; ++i)
        amix_ops_c.scale(out + i, in + i, gain + step * (float)i, 0.0f, 1);
}

AVX2 static int64_t dot(const int16_t *a, const int16_t *b, size_t n)
{
    __m256i sum = _mm256_setzero_si256();
    int64_t lane[4];
    size_t i;

    for (i = 0; i + 8 <= n; i += 8) {
        __m256i p = _mm256_mullo_epi32(load16(a + i), load16(b + i));

        sum = _mm256_add_epi64(sum, _mm256_cvtepi32_epi64(_mm256_castsi256_si128(p)));
        sum = _mm256_add_epi64(sum, _mm256_cvtepi32_epi64(_mm256_extracti128_si256(p, 1)));
    }
    _mm256_storeu_si256((void *)lane, sum);
    return lane[0] + lane[1] + lane[2] + lane[3] + amix_ops_c.dot(a + i, b + i, n - i);
}

static const struct amix_ops ops = {
    .name = "avx2",
    .add = add,
    .sub = sub,
    .peak = peak,
    .narrow = narrow,
    .scale = scale,
    .dot = dot,
};

const struct amix_ops *amix_ops_avx2(void)
{
    return __builtin_cpu_supports("avx2") ? &ops : NULL;
}

#else

const struct amix_ops *amix_ops_avx2(void)
{
    return NULL;
}

#endif
