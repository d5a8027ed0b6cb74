/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/params.h  What can be chosen about a coded stream
 *
 * Only codec/ turns these into library parameters.
 */
#ifndef CODEC_PARAMS_H
#define CODEC_PARAMS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    AUDIO_RATE = 48000,              /**< Inside the server all audio is 48 kHz mono int16 [Hz] */
    AUDIO_TICK_MS = 20,              /**< One audio frame [ms] */
    AUDIO_TICK_SAMPLES = 960,        /**< ... [samples] */
    AUDIO_PACKET_SAMPLES_MAX = 5760, /**< 120 ms, the most that an Opus packet holds [samples] */
};

enum audio_codec {
    AUDIO_CODEC_OPUS,
    AUDIO_CODEC_G722,
    AUDIO_CODEC_PCMA,
    AUDIO_CODEC_PCMU,
    AUDIO_CODEC_COUNT
};
enum video_codec { VIDEO_CODEC_H264, VIDEO_CODEC_VP8, VIDEO_CODEC_COUNT };

struct audio_encoder_params {
    enum audio_codec codec;
    uint32_t bitrate_bps; /**< Opus, 6000 to 510000 */
    uint8_t complexity;   /**< Opus, 0 to 10 */
    bool fec;             /**< Opus in-band FEC */
    uint8_t loss_percent; /**< Opus: what FEC is made for, 0 to 100 */
};

enum video_preset { VIDEO_PRESET_ULTRAFAST, VIDEO_PRESET_SUPERFAST, VIDEO_PRESET_VERYFAST };

struct video_encoder_params {
    enum video_codec codec;
    uint16_t width, height;   /**< Even, 64 to 4096 [pixels] */
    uint16_t fps;             /**< Nominal frame rate, 1 to 60 */
    uint32_t bitrate_bps;     /**< 16000 to 100000000 */
    uint16_t max_payload;     /**< Largest RTP payload, 200 to 9000 [bytes] */
    enum video_preset preset; /**< H.264; VP8 takes the realtime speed that goes with it */
};

/** What a decoder may be asked to decode, checked before it sees the bytes. */
struct video_limits {
    uint16_t max_width, max_height; /**< Either orientation [pixels] */
};

#endif
