/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/audio_decoder_opus.c  Back end of audio_decoder: Opus, mixed down to mono
 */
#include <errno.h>

#include <opus/opus.h>

#include "codec/audio_backend.h"

enum { SIZE_MAX_BYTES = 48 * 1276 /* 48 frames of 2.5 ms (RFC 6716, 3.2) */ };

static int open_opus(void **ret_impl, enum audio_codec codec)
{
    int err;
    OpusDecoder *opus = opus_decoder_create(AUDIO_RATE, 1, &err);

    (void)codec;
    if (!opus)
        return -ENOMEM;
    *ret_impl = opus;
    return 0;
}

static void close_opus(void *impl)
{
    opus_decoder_destroy(impl);
}

static int decode_opus(void *impl, const uint8_t *data, size_t size, int16_t *pcm)
{
    int n;

    if (size > SIZE_MAX_BYTES)
        return -EBADMSG;
    n = opus_decode(impl, data, (opus_int32)size, pcm, AUDIO_PACKET_SAMPLES_MAX, 0);
    return n > 0 ? n : -EBADMSG;
}

/* Without redundancy in the next packet the library conceals by itself. */
static int conceal_opus(void *impl, const uint8_t *next, size_t next_size, int nsamples,
                        int16_t *pcm)
{
    int n = -1;

    if (next && next_size <= SIZE_MAX_BYTES)
        n = opus_decode(impl, next, (opus_int32)next_size, pcm, nsamples, 1);
    if (n != nsamples)
        n = opus_decode(impl, NULL, 0, pcm, nsamples, 0);
    return n == nsamples ? n : -EBADMSG;
}

static int duration_opus(const uint8_t *data, size_t size)
{
    int n;

    if (size > SIZE_MAX_BYTES)
        return -EBADMSG;
    n = opus_packet_get_nb_samples(data, (opus_int32)size, AUDIO_RATE);
    return n > 0 && n <= AUDIO_PACKET_SAMPLES_MAX ? n : -EBADMSG;
}

/*
 * A SILK or hybrid frame starts with one voice activity bit for each 20 ms (or 10 ms frame) of it.
 * The configurations from 16 on are CELT only and have none (RFC 6716, 3.1).
 */
static bool is_silence_opus(enum audio_codec codec, const uint8_t *data, size_t size)
{
    enum { CELT_ONLY = 16, SILK_MS_20 = 960 };
    const unsigned char *frame[48];
    opus_int16 len[48];
    unsigned char toc;
    unsigned bits;
    int n;
    (void)codec;

    if (size > SIZE_MAX_BYTES || data[0] >> 3 >= CELT_ONLY)
        return false;
    bits = (unsigned)opus_packet_get_samples_per_frame(data, AUDIO_RATE) / SILK_MS_20;
    if (bits == 0)
        bits = 1;
    n = opus_packet_parse(data, (opus_int32)size, &toc, frame, len, NULL);
    for (int i = 0; i < n; ++i) {
        if (len[i] > 1 && frame[i][0] >> (8 - bits))
            return false;
    }
    return n > 0;
}

const struct audio_decoder_backend audio_decoder_opus_backend = {
    .rate = AUDIO_RATE,
    .open = open_opus,
    .close = close_opus,
    .decode = decode_opus,
    .conceal = conceal_opus,
    .duration = duration_opus,
    .is_silence = is_silence_opus,
};
