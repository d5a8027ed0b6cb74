/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/audio_encoder_opus.c  Back end of audio_encoder: Opus, mono voice
 */
#include <errno.h>

#include <opus/opus.h>

#include "codec/audio_backend.h"

enum { PAYLOAD_MAX = 1275 /* of one frame (RFC 6716, 3.2.1) [bytes] */ };

static int set_opus(void *impl, const struct audio_encoder_params *p)
{
    if (opus_encoder_ctl(impl, OPUS_SET_BITRATE((opus_int32)p->bitrate_bps)) != OPUS_OK ||
        opus_encoder_ctl(impl, OPUS_SET_COMPLEXITY(p->complexity)) != OPUS_OK ||
        opus_encoder_ctl(impl, OPUS_SET_INBAND_FEC(p->fec ? 1 : 0)) != OPUS_OK ||
        opus_encoder_ctl(impl, OPUS_SET_PACKET_LOSS_PERC(p->loss_percent)) != OPUS_OK)
        return -EINVAL;
    return 0;
}

static void close_opus(void *impl)
{
    opus_encoder_destroy(impl);
}

static int open_opus(void **ret_impl, const struct audio_encoder_params *params)
{
    int err;
    OpusEncoder *opus = opus_encoder_create(AUDIO_RATE, 1, OPUS_APPLICATION_VOIP, &err);

    if (!opus)
        return -ENOMEM;
    if (opus_encoder_ctl(opus, OPUS_SET_DTX(0)) != OPUS_OK || set_opus(opus, params) < 0) {
        close_opus(opus);
        return -ENOSYS;
    }
    *ret_impl = opus;
    return 0;
}

static void reset_opus(void *impl)
{
    (void)opus_encoder_ctl(impl, OPUS_RESET_STATE);
}

static int encode_opus(void *impl, const int16_t *pcm, uint8_t *buf, size_t size)
{
    opus_int32 room = size < PAYLOAD_MAX ? (opus_int32)size : PAYLOAD_MAX;
    opus_int32 n = opus_encode(impl, pcm, AUDIO_TICK_SAMPLES, buf, room);

    return n > 0 ? (int)n : -EIO;
}

const struct audio_encoder_backend audio_encoder_opus_backend = {
    .rate = AUDIO_RATE,
    .open = open_opus,
    .close = close_opus,
    .set = set_opus,
    .reset = reset_opus,
    .encode = encode_opus,
};
