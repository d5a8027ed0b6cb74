/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/overlay_ops_avx2.c  Kernel of overlay.c for AVX2
 */
#include "mixer/overlay_ops.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

AVX2 static __m256i load(const uint8_t *p)
{
    return _mm256_loadu_si256((const void *)p);
}

/* a * b / 255, rounded: with t = a * b + 128 that is (t + t / 256) / 256, exact for bytes. */
AVX2 static __m256i scaled(__m256i a, __m256i b)
{
    __m256i t = _mm256_add_epi16(_mm256_mullo_epi16(a, b), _mm256_set1_epi16(128));

    return _mm256_srli_epi16(_mm256_add_epi16(t, _mm256_srli_epi16(t, 8)), 8);
}

AVX2 static __m256i blended(const uint8_t *dst, const uint8_t *colour, const uint8_t *keep)
{
    const __m256i zero = _mm256_setzero_si256();
    __m256i ground = load(dst), k = load(keep);
    __m256i lo = scaled(_mm256_unpacklo_epi8(ground, zero), _mm256_unpacklo_epi8(k, zero));
    __m256i hi = scaled(_mm256_unpackhi_epi8(ground, zero), _mm256_unpackhi_epi8(k, zero));

    return _mm256_adds_epu8(_mm256_packus_epi16(lo, hi), load(colour));
}

/* The last 32 bytes overlap those before, so they are made first, of ground that is still whole. */
AVX2 static void blend(uint8_t *dst, const uint8_t *colour, const uint8_t *keep, size_t n)
{
    __m256i last;

    if (n < 32) {
        overlay_ops_c.blend(dst, colour, keep, n);
        return;
    }
    last = blended(dst + n - 32, colour + n - 32, keep + n - 32);
    for (size_t i = 0; i + 32 < n; i += 32)
        _mm256_storeu_si256((void *)(dst + i), blended(dst + i, colour + i, keep + i));
    _mm256_storeu_si256((void *)(dst + n - 32), last);
}

static const struct overlay_ops ops = {.name = "avx2", .blend = blend};

const struct overlay_ops *overlay_ops_avx2(void)
{
    return __builtin_cpu_supports("avx2") ? &ops : NULL;
}

#else

const struct overlay_ops *overlay_ops_avx2(void)
{
    return NULL;
}

#endif
