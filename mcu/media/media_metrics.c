/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/media_metrics.c  What the pipeline counts
 */
#include "mcu/media/media_metrics.h"

static const uint64_t frame_bounds_us[] = {500,   1000,  2000,  4000,  8000, 12000,
                                           16000, 24000, 33000, 66000, 0};

struct metric media_metrics_audio_ticks_dropped = METRIC_COUNTER(
    "medley_audio_ticks_dropped_total", "", "Mixed 20 ms that an audio encoder was too late for");
struct metric media_metrics_audio_late_ticks =
    METRIC_COUNTER("medley_audio_late_ticks_total", "", "Audio mixer ticks that were left out");
struct metric media_metrics_audio_mix = METRIC_HISTOGRAM(
    "medley_audio_mix_seconds", "", "Duration of an audio mixer tick", frame_bounds_us);
struct metric media_metrics_audio_concealed =
    METRIC_COUNTER("medley_audio_concealed_total", "", "Lost audio packets that were made up for");
struct metric media_metrics_video_late = METRIC_COUNTER(
    "medley_decoder_skips_total", "", "Times that a decoder was behind and skipped to a key frame");
struct metric media_metrics_frames_composed =
    METRIC_COUNTER("medley_compositor_frames_total", "", "Composites drawn");
struct metric media_metrics_frames_late = METRIC_COUNTER("medley_compositor_late_frames_total", "",
                                                         "Compositor ticks that were left out");
struct metric media_metrics_frames_dropped = METRIC_COUNTER(
    "medley_compositor_skipped_frames_total", "", "Composites that an encoder was too late for");
struct metric media_metrics_compose = METRIC_HISTOGRAM(
    "medley_compositor_frame_seconds", "", "Duration of drawing a composite", frame_bounds_us);
struct metric media_metrics_stale_tiles =
    METRIC_GAUGE("medley_stale_tiles", "", "Tiles whose camera is on but sends nothing");

static struct metric audio_encoders[AUDIO_CODEC_COUNT][2] = {
    [AUDIO_CODEC_OPUS] = {METRIC_GAUGE("medley_audio_encoders", "codec=\"opus\",shared=\"false\"",
                                       "Audio encoders"),
                          METRIC_GAUGE("medley_audio_encoders", "codec=\"opus\",shared=\"true\"",
                                       "Audio encoders")},
    [AUDIO_CODEC_G722] = {METRIC_GAUGE("medley_audio_encoders", "codec=\"g722\",shared=\"false\"",
                                       "Audio encoders"),
                          METRIC_GAUGE("medley_audio_encoders", "codec=\"g722\",shared=\"true\"",
                                       "Audio encoders")},
    [AUDIO_CODEC_PCMA] = {METRIC_GAUGE("medley_audio_encoders", "codec=\"pcma\",shared=\"false\"",
                                       "Audio encoders"),
                          METRIC_GAUGE("medley_audio_encoders", "codec=\"pcma\",shared=\"true\"",
                                       "Audio encoders")},
    [AUDIO_CODEC_PCMU] = {METRIC_GAUGE("medley_audio_encoders", "codec=\"pcmu\",shared=\"false\"",
                                       "Audio encoders"),
                          METRIC_GAUGE("medley_audio_encoders", "codec=\"pcmu\",shared=\"true\"",
                                       "Audio encoders")},
};
static struct metric audio_decoders[AUDIO_CODEC_COUNT] = {
    [AUDIO_CODEC_OPUS] = METRIC_GAUGE("medley_audio_decoders", "codec=\"opus\"", "Audio decoders"),
    [AUDIO_CODEC_G722] = METRIC_GAUGE("medley_audio_decoders", "codec=\"g722\"", "Audio decoders"),
    [AUDIO_CODEC_PCMA] = METRIC_GAUGE("medley_audio_decoders", "codec=\"pcma\"", "Audio decoders"),
    [AUDIO_CODEC_PCMU] = METRIC_GAUGE("medley_audio_decoders", "codec=\"pcmu\"", "Audio decoders"),
};
static struct metric video_encoders[VIDEO_CODEC_COUNT] = {
    [VIDEO_CODEC_H264] = METRIC_GAUGE("medley_video_encoders", "codec=\"h264\"", "Video encoders"),
    [VIDEO_CODEC_VP8] = METRIC_GAUGE("medley_video_encoders", "codec=\"vp8\"", "Video encoders"),
};
static struct metric video_decoders[VIDEO_CODEC_COUNT] = {
    [VIDEO_CODEC_H264] = METRIC_GAUGE("medley_video_decoders", "codec=\"h264\"", "Video decoders"),
    [VIDEO_CODEC_VP8] = METRIC_GAUGE("medley_video_decoders", "codec=\"vp8\"", "Video decoders"),
};
static struct metric encode[VIDEO_CODEC_COUNT] = {
    [VIDEO_CODEC_H264] = METRIC_HISTOGRAM("medley_encoder_frame_seconds", "codec=\"h264\"",
                                          "Duration of encoding a frame", frame_bounds_us),
    [VIDEO_CODEC_VP8] = METRIC_HISTOGRAM("medley_encoder_frame_seconds", "codec=\"vp8\"",
                                         "Duration of encoding a frame", frame_bounds_us),
};
static struct metric decode[VIDEO_CODEC_COUNT] = {
    [VIDEO_CODEC_H264] = METRIC_HISTOGRAM("medley_decoder_frame_seconds", "codec=\"h264\"",
                                          "Duration of decoding a frame", frame_bounds_us),
    [VIDEO_CODEC_VP8] = METRIC_HISTOGRAM("medley_decoder_frame_seconds", "codec=\"vp8\"",
                                         "Duration of decoding a frame", frame_bounds_us),
};
static struct metric decode_errors[VIDEO_CODEC_COUNT] = {
    [VIDEO_CODEC_H264] = METRIC_COUNTER("medley_decoder_errors_total", "codec=\"h264\"",
                                        "Video units that could not be decoded"),
    [VIDEO_CODEC_VP8] = METRIC_COUNTER("medley_decoder_errors_total", "codec=\"vp8\"",
                                       "Video units that could not be decoded"),
};
static struct metric key_frames[VIDEO_CODEC_COUNT] = {
    [VIDEO_CODEC_H264] =
        METRIC_COUNTER("medley_key_frames_total", "codec=\"h264\"", "Key frames encoded"),
    [VIDEO_CODEC_VP8] =
        METRIC_COUNTER("medley_key_frames_total", "codec=\"vp8\"", "Key frames encoded"),
};

struct metric *media_metrics_audio_encoders(enum audio_codec codec, bool shared)
{
    return &audio_encoders[codec][shared];
}

struct metric *media_metrics_audio_decoders(enum audio_codec codec)
{
    return &audio_decoders[codec];
}

struct metric *media_metrics_video_encoders(enum video_codec codec)
{
    return &video_encoders[codec];
}

struct metric *media_metrics_video_decoders(enum video_codec codec)
{
    return &video_decoders[codec];
}

struct metric *media_metrics_encode(enum video_codec codec)
{
    return &encode[codec];
}

struct metric *media_metrics_decode(enum video_codec codec)
{
    return &decode[codec];
}

struct metric *media_metrics_decode_errors(enum video_codec codec)
{
    return &decode_errors[codec];
}

struct metric *media_metrics_key_frames(enum video_codec codec)
{
    return &key_frames[codec];
}

static void register_per_codec(struct metric *first, unsigned n)
{
    for (unsigned i = 0; i < n; ++i)
        metric_register(&first[i]);
}

void media_metrics_register(void)
{
    static struct metric *const single[] = {
        &media_metrics_audio_ticks_dropped, &media_metrics_audio_late_ticks,
        &media_metrics_audio_mix,           &media_metrics_audio_concealed,
        &media_metrics_frames_composed,     &media_metrics_frames_late,
        &media_metrics_frames_dropped,      &media_metrics_compose,
        &media_metrics_stale_tiles,         &media_metrics_video_late,
    };

    for (unsigned i = 0; i < sizeof(single) / sizeof(single[0]); ++i)
        metric_register(single[i]);
    register_per_codec(audio_encoders[0], AUDIO_CODEC_COUNT * 2);
    register_per_codec(audio_decoders, AUDIO_CODEC_COUNT);
    register_per_codec(video_encoders, VIDEO_CODEC_COUNT);
    register_per_codec(video_decoders, VIDEO_CODEC_COUNT);
    register_per_codec(encode, VIDEO_CODEC_COUNT);
    register_per_codec(decode, VIDEO_CODEC_COUNT);
    register_per_codec(decode_errors, VIDEO_CODEC_COUNT);
    register_per_codec(key_frames, VIDEO_CODEC_COUNT);
}
