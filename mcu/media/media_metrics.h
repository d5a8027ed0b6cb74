/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/media_metrics.h  What the pipeline counts
 *
 * Threads: any.
 */
#ifndef MCU_MEDIA_MEDIA_METRICS_H
#define MCU_MEDIA_MEDIA_METRICS_H

#include <stdbool.h>

#include "codec/params.h"
#include "mcu/base/metric.h"

extern struct metric media_metrics_audio_ticks_dropped; /**< Mixed, but its encoder was behind */
extern struct metric media_metrics_audio_late_ticks;    /**< Mixer ticks left out */
extern struct metric media_metrics_audio_mix;           /**< Duration of a mixer tick */
extern struct metric media_metrics_audio_concealed;     /**< Lost 20 ms that were made up for */
extern struct metric media_metrics_video_late; /**< Times that a stream skipped to a key frame */
extern struct metric media_metrics_frames_composed;
extern struct metric media_metrics_frames_late;    /**< Compositor ticks left out */
extern struct metric media_metrics_frames_dropped; /**< Composed, but the encoder was behind */
extern struct metric media_metrics_compose;        /**< Duration of a compositor run */
extern struct metric media_metrics_stale_tiles;

struct metric *media_metrics_audio_encoders(enum audio_codec codec, bool shared);
struct metric *media_metrics_audio_decoders(enum audio_codec codec);
struct metric *media_metrics_video_encoders(enum video_codec codec);
struct metric *media_metrics_video_decoders(enum video_codec codec);
struct metric *media_metrics_encode(enum video_codec codec); /**< Duration of encoding a frame */
struct metric *media_metrics_decode(enum video_codec codec); /**< Duration of decoding a unit */
struct metric *media_metrics_decode_errors(enum video_codec codec);
struct metric *media_metrics_key_frames(enum video_codec codec); /**< Key frames sent */

/** Put all of them into the list; once, at start-up. */
void media_metrics_register(void);

#endif
