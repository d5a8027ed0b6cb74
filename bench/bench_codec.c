/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file bench/bench_codec.c  Time of encoders and decoders per frame, as JSON lines
 *
 *     bench_codec          measure
 *     bench_codec --once   one frame of each, so that it never rots
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "codec/audio_decoder.h"
#include "codec/audio_encoder.h"
#include "codec/video_decoder.h"
#include "codec/video_depay.h"
#include "codec/video_encoder.h"
#include "codec/video_frame.h"

enum { N_MAX = 150, PAYLOAD = 1180, AUDIO_ROOM = 1275 };

static unsigned rounds = N_MAX;

static double now_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void print(const char *name, double *us)
{
    const char *commit = getenv("COMMIT");

    qsort(us, rounds, sizeof(us[0]), ascending);
    printf("{\"name\":\"%s\",\"unit\":\"us\",\"median\":%.2f,\"p95\":%.2f,\"n\":%u,"
           "\"commit\":\"%s\"}\n",
           name, us[rounds / 2], us[rounds * 95 / 100], rounds, commit ? commit : "");
}

static void check(bool ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "bench_codec: %s\n", what);
        exit(1);
    }
}

/* A textured background, and two tiles of 16 that move if @p moving is 2, all if it is 16. */
static void paint(struct video_frame *frame, unsigned t, unsigned moving)
{
    uint32_t seed = 1;

    for (unsigned y = 0; y < frame->h; ++y) {
        uint8_t *row = frame->plane[0] + (size_t)y * (size_t)frame->stride[0];

        for (unsigned x = 0; x < frame->w; ++x) {
            unsigned tile = y * 4 / frame->h * 4 + x * 4 / frame->w, at = tile < moving ? t : 0;

            seed = seed * 1664525 + 1013904223;
            row[x] = (uint8_t)(30 + (x + 2 * at) / 4 % 120 + (y + at) / 3 % 60 + (seed >> 29));
        }
    }
}

/* What is encoded, and what to tell about it. */
struct video_case {
    const char *name, *decode_name;
    struct video_encoder_params params;
    unsigned moving;
    bool damage;
};

struct video_run {
    struct video_encoder *enc;
    struct video_depay *depay;
    struct video_decoder *dec;
    struct video_frame *frame;
    struct video_damage damage[16];
    uint64_t seq;
    double enc_us[N_MAX], dec_us[N_MAX];
};

static double decode_frame(struct video_run *r, uint32_t ts)
{
    struct video_frame *shown = NULL;
    uint8_t buf[PAYLOAD];
    double us = 0;
    bool marker;
    size_t n;

    while ((n = video_encoder_payload(r->enc, buf, &marker)) > 0) {
        struct video_depay_packet packet = {
            .payload = buf, .size = n, .ext_seq = ++r->seq, .ts = ts, .marker = marker};
        struct video_unit unit;

        if (video_depay_put(r->depay, &packet, &unit) < 0)
            continue;
        us = now_us();
        check(video_decoder_decode(r->dec, unit.data, unit.size, ts, &shown) == 0, "decode");
        us = now_us() - us;
        video_frame_unref(shown);
    }
    return us;
}

static void set_damage(struct video_run *r, const struct video_case *c, unsigned t)
{
    uint16_t w = r->frame->w / 4, h = r->frame->h / 4;

    for (unsigned i = 0; i < 16; ++i) {
        r->damage[i].rect = (struct video_rect){(uint16_t)(i % 4 * w), (uint16_t)(i / 4 * h), w, h};
        r->damage[i].version = i < c->moving ? t + 1 : 1;
    }
    r->frame->damage = c->damage ? r->damage : NULL;
    r->frame->ndamage = c->damage ? 16 : 0;
}

static void bench_video(const struct video_case *c)
{
    static const struct video_limits limits = {1920, 1080};
    struct video_run r = {.seq = 0};
    bool key;

    check(video_encoder_new(&r.enc, &c->params) == 0, "video encoder");
    check(video_depay_new(&r.depay, c->params.codec) == 0, "depacketizer");
    check(video_decoder_new(&r.dec, c->params.codec, &limits) == 0, "video decoder");
    check(video_frame_new(&r.frame, c->params.width, c->params.height) == 0, "frame");
    memset(r.frame->plane[1], 120, (size_t)r.frame->stride[1] * r.frame->h / 2);
    memset(r.frame->plane[2], 130, (size_t)r.frame->stride[2] * r.frame->h / 2);
    for (unsigned t = 0; t < rounds; ++t) {
        double start;

        paint(r.frame, t, c->moving);
        set_damage(&r, c, t);
        start = now_us();
        check(video_encoder_encode(r.enc, r.frame, false, &key) == 0, "encode");
        r.enc_us[t] = now_us() - start;
        r.dec_us[t] = decode_frame(&r, t * 3000);
    }
    print(c->name, r.enc_us);
    if (c->decode_name)
        print(c->decode_name, r.dec_us);
    r.frame->damage = NULL;
    r.frame->ndamage = 0;
    video_frame_unref(r.frame);
    video_encoder_free(r.enc);
    video_depay_free(r.depay);
    video_decoder_free(r.dec);
}

static void bench_audio(const char *enc_name, const char *dec_name,
                        const struct audio_encoder_params *params)
{
    static int16_t pcm[AUDIO_PACKET_SAMPLES_MAX], in[AUDIO_TICK_SAMPLES];
    double enc_us[N_MAX], dec_us[N_MAX];
    struct audio_encoder *enc = NULL;
    struct audio_decoder *dec = NULL;
    uint8_t buf[AUDIO_ROOM];
    unsigned phase = 0;

    check(audio_encoder_new(&enc, params) == 0, "audio encoder");
    check(audio_decoder_new(&dec, params->codec) == 0, "audio decoder");
    for (unsigned t = 0; t < rounds; ++t) {
        double start;
        int n;

        for (unsigned i = 0; i < AUDIO_TICK_SAMPLES; ++i, ++phase)
            in[i] = (int16_t)((phase * (130 + phase / 4000 % 40) % 48000) / 4 - 6000);
        start = now_us();
        n = audio_encoder_encode(enc, in, buf, sizeof(buf));
        enc_us[t] = now_us() - start;
        check(n > 0, "audio encode");
        start = now_us();
        n = audio_decoder_decode(dec, buf, (size_t)n, pcm);
        dec_us[t] = now_us() - start;
        check(n == AUDIO_TICK_SAMPLES, "audio decode");
    }
    print(enc_name, enc_us);
    print(dec_name, dec_us);
    audio_encoder_free(enc);
    audio_decoder_free(dec);
}

#define HD(codec_, preset_)                                                                        \
    {                                                                                              \
        .codec = (codec_), .width = 1280, .height = 720, .fps = 30, .bitrate_bps = 1500000,        \
        .max_payload = PAYLOAD, .preset = (preset_)                                                \
    }

static const struct video_case videos[] = {
    {"h264_encode_720p_ultrafast", NULL, HD(VIDEO_CODEC_H264, VIDEO_PRESET_ULTRAFAST), 16, false},
    {"h264_encode_720p_superfast", "h264_decode_720p", HD(VIDEO_CODEC_H264, VIDEO_PRESET_SUPERFAST),
     16, false},
    {"h264_encode_720p_veryfast", NULL, HD(VIDEO_CODEC_H264, VIDEO_PRESET_VERYFAST), 16, false},
    {"h264_encode_720p_superfast_2of16", NULL, HD(VIDEO_CODEC_H264, VIDEO_PRESET_SUPERFAST), 2,
     false},
    {"h264_encode_720p_superfast_2of16_damage", NULL, HD(VIDEO_CODEC_H264, VIDEO_PRESET_SUPERFAST),
     2, true},
    {"vp8_encode_720p_ultrafast", NULL, HD(VIDEO_CODEC_VP8, VIDEO_PRESET_ULTRAFAST), 16, false},
    {"vp8_encode_720p_superfast", "vp8_decode_720p", HD(VIDEO_CODEC_VP8, VIDEO_PRESET_SUPERFAST),
     16, false},
    {"vp8_encode_720p_veryfast", NULL, HD(VIDEO_CODEC_VP8, VIDEO_PRESET_VERYFAST), 16, false},
};

int main(int argc, char **argv)
{
    static const struct audio_encoder_params opus = {AUDIO_CODEC_OPUS, 32000, 5, true, 10};
    static const struct audio_encoder_params g722 = {.codec = AUDIO_CODEC_G722};
    static const struct audio_encoder_params pcmu = {.codec = AUDIO_CODEC_PCMU};

    if (argc > 1 && strcmp(argv[1], "--once") == 0)
        rounds = 1;
    for (unsigned i = 0; i < sizeof(videos) / sizeof(videos[0]); ++i)
        bench_video(&videos[i]);
    bench_audio("opus_encode", "opus_decode", &opus);
    bench_audio("g722_encode", "g722_decode", &g722);
    bench_audio("pcmu_encode", "pcmu_decode", &pcmu);
    return 0;
}
