/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/audio_encoder_g722.c  Back end of audio_encoder: G.722 at 64 kbit/s, by libavcodec
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>

#include "codec/audio_backend.h"

enum { RATE = 16000, TICK = RATE * AUDIO_TICK_MS / 1000, TICK_BYTES = TICK / 2 };

struct g722 {
    AVCodecContext *ctx;
    AVPacket *packet;
    AVFrame *frame;
};

/* The codec has no flush: a reset opens it anew. */
static int open_codec(struct g722 *g722)
{
    const AVCodec *av = avcodec_find_encoder(AV_CODEC_ID_ADPCM_G722);

    if (!av)
        return -ENOSYS;
    g722->ctx = avcodec_alloc_context3(av);
    if (!g722->ctx)
        return -ENOMEM;
    g722->ctx->sample_rate = RATE;
    g722->ctx->sample_fmt = AV_SAMPLE_FMT_S16;
    g722->ctx->ch_layout = (AVChannelLayout)AV_CHANNEL_LAYOUT_MONO;
    g722->ctx->frame_size = TICK;
    g722->ctx->thread_count = 1;
    if (avcodec_open2(g722->ctx, av, NULL) < 0) {
        avcodec_free_context(&g722->ctx);
        return -ENOSYS;
    }
    return 0;
}

static int alloc_frame(struct g722 *g722)
{
    g722->packet = av_packet_alloc();
    g722->frame = av_frame_alloc();
    if (!g722->packet || !g722->frame)
        return -ENOMEM;
    g722->frame->format = AV_SAMPLE_FMT_S16;
    g722->frame->nb_samples = TICK;
    g722->frame->sample_rate = RATE;
    g722->frame->ch_layout = (AVChannelLayout)AV_CHANNEL_LAYOUT_MONO;
    return av_frame_get_buffer(g722->frame, 0) < 0 ? -ENOMEM : 0;
}

static void close_g722(void *impl)
{
    struct g722 *g722 = impl;

    avcodec_free_context(&g722->ctx);
    av_packet_free(&g722->packet);
    av_frame_free(&g722->frame);
    free(g722);
}

static int open_g722(void **ret_impl, const struct audio_encoder_params *params)
{
    struct g722 *g722 = calloc(1, sizeof(*g722));
    int err;

    (void)params;
    if (!g722)
        return -ENOMEM;
    err = alloc_frame(g722);
    if (!err)
        err = open_codec(g722);
    if (err)
        close_g722(g722);
    else
        *ret_impl = g722;
    return err;
}

static void reset_g722(void *impl)
{
    struct g722 *g722 = impl;

    avcodec_free_context(&g722->ctx);
    (void)open_codec(g722); /* without it, the next encode fails and tries again */
}

static int encode_g722(void *impl, const int16_t *pcm, uint8_t *buf, size_t size)
{
    struct g722 *g722 = impl;
    int n = -EIO;

    if (size < TICK_BYTES || (!g722->ctx && open_codec(g722) < 0) ||
        av_frame_make_writable(g722->frame) < 0)
        return -EIO;
    memcpy(g722->frame->data[0], pcm, TICK * sizeof(*pcm));
    if (avcodec_send_frame(g722->ctx, g722->frame) < 0 ||
        avcodec_receive_packet(g722->ctx, g722->packet) < 0)
        return -EIO;

    if (g722->packet->size == TICK_BYTES) {
        memcpy(buf, g722->packet->data, TICK_BYTES);
        n = TICK_BYTES;
    }
    av_packet_unref(g722->packet);
    return n;
}

const struct audio_encoder_backend audio_encoder_g722_backend = {
    .rate = RATE,
    .open = open_g722,
    .close = close_g722,
    .reset = reset_g722,
    .encode = encode_g722,
};
