/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/audio_encoder_g711.c  Back end of audio_encoder: G.711 A-law and mu-law
 */
#include <errno.h>
#include <stdlib.h>

#include "codec/audio_backend.h"

enum {
    RATE = 8000,
    TICK = RATE * AUDIO_TICK_MS / 1000,
    ULAW_BIAS = 33 << 2, /* 14-bit values of G.711 at the top of 16 bits */
    ULAW_CLIP = 32635,   /* so that the bias does not overflow */
    ALAW_LINEAR = 256,   /* below, the first two segments have one step */
};

struct g711 {
    enum audio_codec codec;
};

/* Number of the segment: position of the highest bit above bit 7, 0 to 7. */
static unsigned segment_of(unsigned m)
{
    unsigned segment = 0;

    for (m >>= 8; m; m >>= 1)
        ++segment;
    return segment;
}

static uint8_t compress_ulaw(int16_t sample)
{
    unsigned sign = sample < 0 ? 0x80 : 0, m = (unsigned)abs(sample), segment;

    if (m > ULAW_CLIP)
        m = ULAW_CLIP;
    m += ULAW_BIAS;
    segment = segment_of(m);
    return (uint8_t) ~(sign | segment << 4 | (m >> (segment + 3) & 15));
}

static uint8_t compress_alaw(int16_t sample)
{
    unsigned sign = sample < 0 ? 0 : 0x80, segment;
    unsigned m = (unsigned)(sample < 0 ? -1 - sample : sample);

    segment = segment_of(m);
    m = m < ALAW_LINEAR ? m >> 4 : segment << 4 | (m >> (segment + 3) & 15);
    return (uint8_t)((sign | m) ^ 0x55);
}

static int open_g711(void **ret_impl, const struct audio_encoder_params *params)
{
    struct g711 *g711 = malloc(sizeof(*g711));

    if (!g711)
        return -ENOMEM;
    g711->codec = params->codec;
    *ret_impl = g711;
    return 0;
}

static int encode_g711(void *impl, const int16_t *pcm, uint8_t *buf, size_t size)
{
    const struct g711 *g711 = impl;

    if (size < TICK)
        return -EIO;
    if (g711->codec == AUDIO_CODEC_PCMU) {
        for (unsigned i = 0; i < TICK; ++i)
            buf[i] = compress_ulaw(pcm[i]);
    } else {
        for (unsigned i = 0; i < TICK; ++i)
            buf[i] = compress_alaw(pcm[i]);
    }
    return TICK;
}

const struct audio_encoder_backend audio_encoder_g711_backend = {
    .rate = RATE,
    .open = open_g711,
    .close = free,
    .encode = encode_g711,
};
