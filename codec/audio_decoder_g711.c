/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/audio_decoder_g711.c  Back end of audio_decoder: G.711 A-law and mu-law
 */
#include <errno.h>
#include <stdlib.h>

#include "codec/audio_backend.h"

enum {
    RATE = 8000,
    SAMPLES_MAX = RATE * 120 / 1000,
    ULAW_BIAS = 33 << 2, /* 14-bit values of G.711 at the top of 16 bits */
};

struct g711 {
    int16_t table[256];
};

/* G.711, table 2: inverted bits; sign, 3 bits of segment, 4 bits of step. */
static int16_t expand_ulaw(uint8_t code)
{
    unsigned v = code ^ 0xffu;
    int m = (int)(((v & 15) << 3) + ULAW_BIAS) << (v >> 4 & 7);

    return (int16_t)(v & 0x80 ? ULAW_BIAS - m : m - ULAW_BIAS);
}

/* G.711, table 1: even bits inverted; the first two segments have the same step. */
static int16_t expand_alaw(uint8_t code)
{
    unsigned v = code ^ 0x55u, segment = v >> 4 & 7;
    int m = (int)((v & 15) << 4) + 8;

    if (segment)
        m = (m + 0x100) << (segment - 1);
    return (int16_t)(v & 0x80 ? m : -m);
}

static int open_g711(void **ret_impl, enum audio_codec codec)
{
    struct g711 *g711 = malloc(sizeof(*g711));

    if (!g711)
        return -ENOMEM;
    for (unsigned i = 0; i < 256; ++i)
        g711->table[i] =
            codec == AUDIO_CODEC_PCMU ? expand_ulaw((uint8_t)i) : expand_alaw((uint8_t)i);
    *ret_impl = g711;
    return 0;
}

static int decode_g711(void *impl, const uint8_t *data, size_t size, int16_t *pcm)
{
    const struct g711 *g711 = impl;

    if (size > SAMPLES_MAX)
        return -EBADMSG;
    for (size_t i = 0; i < size; ++i)
        pcm[i] = g711->table[data[i]];
    return (int)size;
}

static int duration_g711(const uint8_t *data, size_t size)
{
    (void)data;
    return size <= SAMPLES_MAX ? (int)size * (AUDIO_RATE / RATE) : -EBADMSG;
}

/* Nothing but the smallest steps around zero, of either sign. */
static bool is_silence_g711(enum audio_codec codec, const uint8_t *data, size_t size)
{
    uint8_t invert = codec == AUDIO_CODEC_PCMU ? 0xff : 0x55;

    for (size_t i = 0; i < size; ++i) {
        if (((data[i] ^ invert) & 0x7f) > 1)
            return false;
    }
    return true;
}

const struct audio_decoder_backend audio_decoder_g711_backend = {
    .rate = RATE,
    .open = open_g711,
    .close = free,
    .decode = decode_g711,
    .duration = duration_g711,
    .is_silence = is_silence_g711,
};
