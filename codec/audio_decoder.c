/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/audio_decoder.c  RTP payloads to 48 kHz mono
 *
 *     Opus:         payload --> back end ------------------------------> 48 kHz
 *     G.711, G.722: payload --> back end --> audio_plc --> resampler --> 48 kHz
 */
#include "codec/audio_decoder.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "codec/audio_backend.h"
#include "codec/audio_plc.h"
#include "codec/audio_resample.h"

enum {
    NARROW_MAX = AUDIO_PLC_RATE_MAX * 120 / 1000, /* 120 ms before resampling [samples] */
    CONCEAL_STEP = 120,                           /* 2.5 ms [samples] */
};

struct audio_decoder {
    const struct audio_decoder_backend *backend;
    void *impl;
    struct audio_resample *resample; /* NULL: the codec is at AUDIO_RATE */
    struct audio_plc plc;
    int16_t narrow[NARROW_MAX];
};

static const struct audio_decoder_backend *find(enum audio_codec codec)
{
    static const struct audio_decoder_backend *const backends[AUDIO_CODEC_COUNT] = {
        [AUDIO_CODEC_OPUS] = &audio_decoder_opus_backend,
        [AUDIO_CODEC_G722] = &audio_decoder_g722_backend,
        [AUDIO_CODEC_PCMA] = &audio_decoder_g711_backend,
        [AUDIO_CODEC_PCMU] = &audio_decoder_g711_backend,
    };

    return (unsigned)codec < AUDIO_CODEC_COUNT ? backends[codec] : NULL;
}

int audio_decoder_new(struct audio_decoder **ret_dec, enum audio_codec codec)
{
    struct audio_decoder *dec;
    int err = 0;

    assert(ret_dec);
    if (!find(codec))
        return -EINVAL;
    dec = calloc(1, sizeof(*dec));
    if (!dec)
        return -ENOMEM;

    dec->backend = find(codec);
    if (dec->backend->rate != AUDIO_RATE) {
        audio_plc_init(&dec->plc, dec->backend->rate);
        err = audio_resample_new(&dec->resample, dec->backend->rate, AUDIO_RATE);
    }
    if (!err)
        err = dec->backend->open(&dec->impl, codec);
    if (err) {
        audio_decoder_free(dec);
        return err;
    }

    *ret_dec = dec;
    return 0;
}

struct audio_decoder *audio_decoder_free(struct audio_decoder *dec)
{
    if (!dec)
        return NULL;

    if (dec->impl)
        dec->backend->close(dec->impl);
    audio_resample_free(dec->resample);
    free(dec);
    return NULL;
}

int audio_decoder_decode(struct audio_decoder *dec, const uint8_t *data, size_t size, int16_t *pcm)
{
    int n;

    if (!size)
        return -EBADMSG;
    if (!dec->resample)
        return dec->backend->decode(dec->impl, data, size, pcm);

    n = dec->backend->decode(dec->impl, data, size, dec->narrow);
    if (n < 0)
        return n;
    audio_plc_good(&dec->plc, dec->narrow, n);
    return audio_resample_run(dec->resample, dec->narrow, n, pcm);
}

int audio_decoder_conceal(struct audio_decoder *dec, const uint8_t *next, size_t next_size,
                          int nsamples, int16_t *pcm)
{
    int n;

    if (nsamples < CONCEAL_STEP || nsamples > AUDIO_PACKET_SAMPLES_MAX || nsamples % CONCEAL_STEP)
        return -EINVAL;
    if (!next_size)
        next = NULL;
    if (!dec->resample)
        return dec->backend->conceal(dec->impl, next, next_size, nsamples, pcm);

    n = nsamples / (int)(AUDIO_RATE / dec->backend->rate);
    audio_plc_conceal(&dec->plc, dec->narrow, n);
    return audio_resample_run(dec->resample, dec->narrow, n, pcm);
}

int audio_decoder_duration(enum audio_codec codec, const uint8_t *data, size_t size)
{
    const struct audio_decoder_backend *backend = find(codec);

    return backend && size ? backend->duration(data, size) : -EBADMSG;
}

bool audio_decoder_is_silence(enum audio_codec codec, const uint8_t *data, size_t size)
{
    const struct audio_decoder_backend *backend = find(codec);

    return backend && backend->is_silence && size && backend->is_silence(codec, data, size);
}
