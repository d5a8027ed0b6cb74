/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/scale_ops_avx2.c  Kernels of scale_plane.c for AVX2
 */
#include "mixer/scale_ops.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

AVX2 static __m256i load(const uint8_t *p)
{
    return _mm256_loadu_si256((const void *)p);
}

/* Sums of 2 x 2 pixels, divided by four. */
AVX2 static __m256i quarter(const uint8_t *a, const uint8_t *b)
{
    const __m256i ones = _mm256_set1_epi8(1);
    __m256i sum =
        _mm256_add_epi16(_mm256_maddubs_epi16(load(a), ones), _mm256_maddubs_epi16(load(b), ones));

    return _mm256_srli_epi16(_mm256_add_epi16(sum, _mm256_set1_epi16(2)), 2);
}

AVX2 static void half(uint8_t *dst, const uint8_t *a, const uint8_t *b, size_t n)
{
    size_t i;

    for (i = 0; i + 32 <= n; i += 32) {
        __m256i lo = quarter(a + 2 * i, b + 2 * i);
        __m256i hi = quarter(a + 2 * i + 32, b + 2 * i + 32);
        __m256i packed = _mm256_packus_epi16(lo, hi); /* in quarters 0 2 1 3 */

        _mm256_storeu_si256((void *)(dst + i), _mm256_permute4x64_epi64(packed, 0xd8));
    }
    scale_ops_c.half(dst + i, a + 2 * i, b + 2 * i, n - i);
}

/* Weighs pairs of bytes, rounds and divides. */
AVX2 static __m256i weigh(__m256i pairs, __m256i weights)
{
    __m256i sum = _mm256_maddubs_epi16(pairs, weights);

    return _mm256_srli_epi16(_mm256_add_epi16(sum, _mm256_set1_epi16(SCALE_OPS_WEIGHT / 2)), 6);
}

AVX2 static void blend(uint8_t *dst, const uint8_t *a, const uint8_t *b, unsigned weight, size_t n)
{
    const __m256i weights = _mm256_set1_epi16((int16_t)(weight << 8 | (SCALE_OPS_WEIGHT - weight)));
    size_t i;

    for (i = 0; i + 32 <= n; i += 32) {
        __m256i x = load(a + i), y = load(b + i);
        __m256i lo = weigh(_mm256_unpacklo_epi8(x, y), weights);
        __m256i hi = weigh(_mm256_unpackhi_epi8(x, y), weights);

        _mm256_storeu_si256((void *)(dst + i), _mm256_packus_epi16(lo, hi));
    }
    scale_ops_c.blend(dst + i, a + i, b + i, weight, n - i);
}

AVX2 static __m256i two(const void *lo, const void *hi)
{
    return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128(lo)), _mm_loadu_si128(hi),
                                   1);
}

AVX2 static void columns(uint8_t *dst, const uint8_t *src, const struct scale_ops_group *group,
                         size_t ngroups)
{
    size_t g;

    for (g = 0; g + 2 <= ngroups; g += 2) {
        const struct scale_ops_group *a = group + g, *b = a + 1;
        __m256i from = two(src + a->start, src + b->start);
        __m256i pairs = _mm256_shuffle_epi8(from, two(a->at, b->at));
        __m256i px = weigh(pairs, two(a->weight, b->weight));

        px = _mm256_permute4x64_epi64(_mm256_packus_epi16(px, px), 0x08);
        _mm_storeu_si128((void *)(dst + g * SCALE_OPS_GROUP), _mm256_castsi256_si128(px));
    }
    scale_ops_c.columns(dst + g * SCALE_OPS_GROUP, src, group + g, ngroups - g);
}

static const struct scale_ops ops = {
    .name = "avx2", .half = half, .blend = blend, .columns = columns};

const struct scale_ops *scale_ops_avx2(void)
{
    return __builtin_cpu_supports("avx2") ? &ops : NULL;
}

#else

const struct scale_ops *scale_ops_avx2(void)
{
    return NULL;
}

#endif
