/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/level_ops_avx2.c  Kernels of level.c for AVX2, 16 samples at a time
 */
#include "mixer/level_ops.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

AVX2 static uint64_t energy(const int16_t *pcm, size_t n)
{
    __m256i sum = _mm256_setzero_si256();
    uint64_t lane[4];
    size_t i;

    for (i = 0; i + 16 <= n; i += 16) {
        __m256i x = _mm256_loadu_si256((const void *)(pcm + i));
        __m256i sq = _mm256_madd_epi16(x, x); /* two squares, at most 2^31: unsigned */

        sum = _mm256_add_epi64(sum, _mm256_unpacklo_epi32(sq, _mm256_setzero_si256()));
        sum = _mm256_add_epi64(sum, _mm256_unpackhi_epi32(sq, _mm256_setzero_si256()));
    }
    _mm256_storeu_si256((void *)lane, sum);
    return lane[0] + lane[1] + lane[2] + lane[3] + level_ops_c.energy(pcm + i, n - i);
}

AVX2 static uint32_t peak(const int16_t *pcm, size_t n)
{
    __m256i max = _mm256_setzero_si256();
    uint16_t lane[16];
    uint32_t rest;
    size_t i;

    for (i = 0; i + 16 <= n; i += 16) /* |-32768| stays 0x8000, right as unsigned */
        max = _mm256_max_epu16(max, _mm256_abs_epi16(_mm256_loadu_si256((const void *)(pcm + i))));
    _mm256_storeu_si256((void *)lane, max);
    rest = level_ops_c.peak(pcm + i, n - i);
    for (unsigned k = 0; k < 16; ++k)
        rest = lane[k] > rest ? lane[k] : rest;
    return rest;
}

static const struct level_ops ops = {.name = "avx2", .energy = energy, .peak = peak};

const struct level_ops *level_ops_avx2(void)
{
    return __builtin_cpu_supports("avx2") ? &ops : NULL;
}

#else

const struct level_ops *level_ops_avx2(void)
{
    return NULL;
}

#endif
