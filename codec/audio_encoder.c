/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/audio_encoder.c  48 kHz mono, 20 ms at a time, to RTP payloads
 */
#include "codec/audio_encoder.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "codec/audio_backend.h"
#include "codec/audio_resample.h"

enum {
    BITRATE_MIN = 6000,
    BITRATE_MAX = 510000,
    COMPLEXITY_MAX = 10,
    LOSS_MAX = 100,
    NARROW_TS = 160, /* 20 ms at 8 kHz */
};

struct audio_encoder {
    const struct audio_encoder_backend *backend;
    void *impl;
    enum audio_codec codec;
    struct audio_resample *resample; /* NULL: the codec is at AUDIO_RATE */
    int16_t narrow[AUDIO_TICK_SAMPLES];
};

static const struct audio_encoder_backend *find(enum audio_codec codec)
{
    static const struct audio_encoder_backend *const backends[AUDIO_CODEC_COUNT] = {
        [AUDIO_CODEC_OPUS] = &audio_encoder_opus_backend,
        [AUDIO_CODEC_G722] = &audio_encoder_g722_backend,
        [AUDIO_CODEC_PCMA] = &audio_encoder_g711_backend,
        [AUDIO_CODEC_PCMU] = &audio_encoder_g711_backend,
    };

    return (unsigned)codec < AUDIO_CODEC_COUNT ? backends[codec] : NULL;
}

static bool are_valid(const struct audio_encoder_params *p)
{
    if (!find(p->codec))
        return false;
    return p->codec != AUDIO_CODEC_OPUS ||
           (p->bitrate_bps >= BITRATE_MIN && p->bitrate_bps <= BITRATE_MAX &&
            p->complexity <= COMPLEXITY_MAX && p->loss_percent <= LOSS_MAX);
}

int audio_encoder_new(struct audio_encoder **ret_enc, const struct audio_encoder_params *params)
{
    struct audio_encoder *enc;
    int err = 0;

    assert(ret_enc && params);
    if (!are_valid(params))
        return -EINVAL;
    enc = calloc(1, sizeof(*enc));
    if (!enc)
        return -ENOMEM;

    enc->codec = params->codec;
    enc->backend = find(params->codec);
    if (enc->backend->rate != AUDIO_RATE)
        err = audio_resample_new(&enc->resample, AUDIO_RATE, enc->backend->rate);
    if (!err)
        err = enc->backend->open(&enc->impl, params);
    if (err) {
        audio_encoder_free(enc);
        return err;
    }

    *ret_enc = enc;
    return 0;
}

struct audio_encoder *audio_encoder_free(struct audio_encoder *enc)
{
    if (!enc)
        return NULL;

    if (enc->impl)
        enc->backend->close(enc->impl);
    audio_resample_free(enc->resample);
    free(enc);
    return NULL;
}

int audio_encoder_set(struct audio_encoder *enc, const struct audio_encoder_params *params)
{
    if (!are_valid(params) || params->codec != enc->codec)
        return -EINVAL;
    return enc->backend->set ? enc->backend->set(enc->impl, params) : 0;
}

void audio_encoder_reset(struct audio_encoder *enc)
{
    if (enc->resample)
        audio_resample_reset(enc->resample);
    if (enc->backend->reset)
        enc->backend->reset(enc->impl);
}

int audio_encoder_encode(struct audio_encoder *enc, const int16_t *pcm, uint8_t *buf, size_t size)
{
    if (!enc->resample)
        return enc->backend->encode(enc->impl, pcm, buf, size);

    (void)audio_resample_run(enc->resample, pcm, AUDIO_TICK_SAMPLES, enc->narrow);
    return enc->backend->encode(enc->impl, enc->narrow, buf, size);
}

uint32_t audio_encoder_tick_ts(enum audio_codec codec)
{
    return codec == AUDIO_CODEC_OPUS ? AUDIO_TICK_SAMPLES : NARROW_TS;
}
