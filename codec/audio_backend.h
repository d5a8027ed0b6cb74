/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/audio_backend.h  What a codec behind audio_decoder and audio_encoder must offer
 *
 * For these two and their back ends only.  A back end works at its codec's own rate; resampling,
 * and concealment where the codec has none, are done in front of it.
 */
#ifndef CODEC_AUDIO_BACKEND_H
#define CODEC_AUDIO_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/params.h"

struct audio_decoder_backend {
    uint32_t rate; /**< [Hz] */
    /** @return 0, -ENOMEM, -ENOSYS */
    int (*open)(void **ret_impl, enum audio_codec codec);
    void (*close)(void *impl);
    /** @return samples at rate, at most 120 ms of them, or -EBADMSG */
    int (*decode)(void *impl, const uint8_t *data, size_t size, int16_t *pcm);
    /** May be NULL.  @return samples, or -EBADMSG */
    int (*conceal)(void *impl, const uint8_t *next, size_t next_size, int nsamples, int16_t *pcm);
    /** @return samples at AUDIO_RATE, or -EBADMSG */
    int (*duration)(const uint8_t *data, size_t size);
    /** May be NULL: not told.  See audio_decoder_is_silence(). */
    bool (*is_silence)(enum audio_codec codec, const uint8_t *data, size_t size);
};

struct audio_encoder_backend {
    uint32_t rate; /**< [Hz] */
    /** @return 0, -ENOMEM, -ENOSYS */
    int (*open)(void **ret_impl, const struct audio_encoder_params *params);
    void (*close)(void *impl);
    /** May be NULL: nothing to set.  @return 0, -EINVAL */
    int (*set)(void *impl, const struct audio_encoder_params *params);
    /** May be NULL: no memory of the past. */
    void (*reset)(void *impl);
    /** Encode 20 ms.  @return size [bytes], or -EIO */
    int (*encode)(void *impl, const int16_t *pcm, uint8_t *buf, size_t size);
};

extern const struct audio_decoder_backend audio_decoder_opus_backend;
extern const struct audio_decoder_backend audio_decoder_g711_backend;
extern const struct audio_decoder_backend audio_decoder_g722_backend;
extern const struct audio_encoder_backend audio_encoder_opus_backend;
extern const struct audio_encoder_backend audio_encoder_g711_backend;
extern const struct audio_encoder_backend audio_encoder_g722_backend;

#endif
