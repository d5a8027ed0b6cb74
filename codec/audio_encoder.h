/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/audio_encoder.h  48 kHz mono, 20 ms at a time, to RTP payloads
 *
 * Threads: one at a time.
 */
#ifndef CODEC_AUDIO_ENCODER_H
#define CODEC_AUDIO_ENCODER_H

#include <stddef.h>
#include <stdint.h>

#include "codec/params.h"

struct audio_encoder;

/** @return 0, -EINVAL (params out of range), -ENOMEM, -ENOSYS (library lacks the codec) */
int audio_encoder_new(struct audio_encoder **ret_enc, const struct audio_encoder_params *params);
/** Free an encoder.  NULL is allowed.  Returns NULL. */
struct audio_encoder *audio_encoder_free(struct audio_encoder *enc);

/** Change everything but the codec.  @return 0, -EINVAL */
int audio_encoder_set(struct audio_encoder *enc, const struct audio_encoder_params *params);

/** Forget the past, so that the next payload does not refer to earlier ones. */
void audio_encoder_reset(struct audio_encoder *enc);

/**
 * Encode AUDIO_TICK_SAMPLES samples.
 *
 * @param size  Room in @p buf, at least 400 [bytes]
 * @return size of the payload [bytes], or -EIO (also: @p size too small)
 */
int audio_encoder_encode(struct audio_encoder *enc, const int16_t *pcm, uint8_t *buf, size_t size);

/** Length of a tick on the RTP clock of a codec: 960 or 160 (G.722 too, RFC 3551 4.5.2). */
uint32_t audio_encoder_tick_ts(enum audio_codec codec);

#endif
