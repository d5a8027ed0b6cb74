/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/audio_decoder_g722.c  Back end of audio_decoder: G.722 at 64 kbit/s, by libavcodec
 *
 * A byte is two samples at 16 kHz; on RTP it counts as one at 8 kHz (RFC 3551, 4.5.2).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>

#include "codec/audio_backend.h"

enum { RATE = 16000, BYTES_MAX = RATE / 2 * 120 / 1000 };

struct g722 {
    AVCodecContext *ctx;
    AVPacket *packet;
    AVFrame *frame;
    uint8_t buf[BYTES_MAX + AV_INPUT_BUFFER_PADDING_SIZE];
};

static void close_g722(void *impl)
{
    struct g722 *g722 = impl;

    avcodec_free_context(&g722->ctx);
    av_packet_free(&g722->packet);
    av_frame_free(&g722->frame);
    free(g722);
}

static int open_codec(struct g722 *g722)
{
    const AVCodec *av = avcodec_find_decoder(AV_CODEC_ID_ADPCM_G722);

    if (!av)
        return -ENOSYS;
    g722->ctx = avcodec_alloc_context3(av);
    g722->packet = av_packet_alloc();
    g722->frame = av_frame_alloc();
    if (!g722->ctx || !g722->packet || !g722->frame)
        return -ENOMEM;

    g722->ctx->sample_rate = RATE;
    g722->ctx->ch_layout = (AVChannelLayout)AV_CHANNEL_LAYOUT_MONO;
    g722->ctx->thread_count = 1;
    return avcodec_open2(g722->ctx, av, NULL) < 0 ? -ENOSYS : 0;
}

static int open_g722(void **ret_impl, enum audio_codec codec)
{
    struct g722 *g722 = calloc(1, sizeof(*g722));
    int err;

    (void)codec;
    if (!g722)
        return -ENOMEM;
    err = open_codec(g722);
    if (err)
        close_g722(g722);
    else
        *ret_impl = g722;
    return err;
}

static int decode_g722(void *impl, const uint8_t *data, size_t size, int16_t *pcm)
{
    struct g722 *g722 = impl;
    int n = -EBADMSG;

    if (size > BYTES_MAX)
        return -EBADMSG;
    memcpy(g722->buf, data, size);
    memset(g722->buf + size, 0, AV_INPUT_BUFFER_PADDING_SIZE);
    g722->packet->data = g722->buf;
    g722->packet->size = (int)size;
    if (avcodec_send_packet(g722->ctx, g722->packet) < 0 ||
        avcodec_receive_frame(g722->ctx, g722->frame) < 0)
        return -EBADMSG;

    if (g722->frame->format == AV_SAMPLE_FMT_S16 && g722->frame->nb_samples == (int)size * 2) {
        n = g722->frame->nb_samples;
        memcpy(pcm, g722->frame->data[0], (size_t)n * sizeof(*pcm));
    }
    av_frame_unref(g722->frame);
    return n;
}

static int duration_g722(const uint8_t *data, size_t size)
{
    (void)data;
    return size <= BYTES_MAX ? (int)size * 2 * (AUDIO_RATE / RATE) : -EBADMSG;
}

const struct audio_decoder_backend audio_decoder_g722_backend = {
    .rate = RATE,
    .open = open_g722,
    .close = close_g722,
    .decode = decode_g722,
    .duration = duration_g722,
};
