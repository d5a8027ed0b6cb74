/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/audio_decoder.h  RTP payloads to 48 kHz mono
 *
 * Whatever the codec, samples come out as int16 at AUDIO_RATE; 8 and 16 kHz
 * codecs are resampled inside, with a constant delay of a few ms.
 *
 * Threads: one at a time.
 */
#ifndef CODEC_AUDIO_DECODER_H
#define CODEC_AUDIO_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/params.h"

struct audio_decoder;

/** @return 0, -EINVAL (no such codec), -ENOMEM, -ENOSYS (library lacks the codec) */
int audio_decoder_new(struct audio_decoder **ret_dec, enum audio_codec codec);
/** Free a decoder.  NULL is allowed.  Returns NULL. */
struct audio_decoder *audio_decoder_free(struct audio_decoder *dec);

/**
 * Decode a payload.
 *
 * @param pcm  Room for AUDIO_PACKET_SAMPLES_MAX samples
 * @return samples, or -EBADMSG
 */
int audio_decoder_decode(struct audio_decoder *dec, const uint8_t *data, size_t size, int16_t *pcm);

/**
 * Make up for a lost packet of @p nsamples (multiple of 120, at most 5760).
 *
 * @param next  The packet after the lost one, for in-band FEC; NULL if it is not there
 * Opus takes it from @p next if that has it; everything else repeats what was heard last and
 * fades to silence within about 60 ms.
 *
 * @return samples, or -EINVAL (nsamples)
 */
int audio_decoder_conceal(struct audio_decoder *dec, const uint8_t *next, size_t next_size,
                          int nsamples, int16_t *pcm);

/** Duration of a payload without decoding it.  @return samples at AUDIO_RATE, or -EBADMSG */
int audio_decoder_duration(enum audio_codec codec, const uint8_t *data, size_t size);

/**
 * Does the payload say, without being decoded, that nobody speaks in it?
 *
 * Opus: the voice activity bits of SILK and hybrid frames (RFC 6716, 4.2.3: the first bits of
 * a frame, readable without the range decoder), and DTX frames; G.711: nothing but zero.
 *
 * @return false also if it does not say
 */
bool audio_decoder_is_silence(enum audio_codec codec, const uint8_t *data, size_t size);

#endif
