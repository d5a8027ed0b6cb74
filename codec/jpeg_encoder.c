/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/jpeg_encoder.c  One picture as a JPEG file, for thumbnails
 */
#include "codec/jpeg_encoder.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>

#include "codec/video_frame.h"

enum {
    QUANTIZER_MIN = 2, /* of libavcodec: finest ... */
    QUANTIZER_MAX = 31,
    LOG_NOTHING = 100, /* beyond any log level: what is wrong is in the result */
};

static uint8_t stretch(int value, int zero, int from_zero, int range)
{
    int v = zero + ((value - from_zero) * 255 * 2 + range) / (range * 2);

    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

/** Copy a plane through a table; the rows of both are as wide as they say. */
static void copy_plane(AVFrame *av, int i, const struct video_frame *frame, const uint8_t *table)
{
    unsigned w = i ? (frame->w + 1u) / 2 : frame->w, h = i ? (frame->h + 1u) / 2 : frame->h;

    for (unsigned y = 0; y < h; ++y) {
        const uint8_t *from = frame->plane[i] + (size_t)y * (size_t)frame->stride[i];
        uint8_t *to = av->data[i] + (size_t)y * (size_t)av->linesize[i];

        for (unsigned x = 0; x < w; ++x)
            to[x] = table[from[x]];
    }
}

static AVFrame *full_range(const struct video_frame *frame)
{
    AVFrame *av = av_frame_alloc();
    uint8_t luma[256], chroma[256];

    if (!av)
        return NULL;
    av->width = frame->w;
    av->height = frame->h;
    av->format = AV_PIX_FMT_YUVJ420P;
    av->color_range = AVCOL_RANGE_JPEG;
    if (av_frame_get_buffer(av, 0) < 0) {
        av_frame_free(&av);
        return NULL;
    }
    for (int i = 0; i < 256; ++i) {
        luma[i] = stretch(i, 0, 16, 219);
        chroma[i] = stretch(i, 128, 128, 224);
    }
    for (int i = 0; i < 3; ++i)
        copy_plane(av, i, frame, i ? chroma : luma);
    return av;
}

static int open_codec(AVCodecContext **ret_ctx, const AVFrame *av, unsigned quality)
{
    const AVCodec *codec = avcodec_find_encoder(AV_CODEC_ID_MJPEG);
    AVCodecContext *ctx = codec ? avcodec_alloc_context3(codec) : NULL;
    int q = QUANTIZER_MIN + (int)(JPEG_ENCODER_QUALITY_MAX - quality) *
                                (QUANTIZER_MAX - QUANTIZER_MIN) / (JPEG_ENCODER_QUALITY_MAX - 1);

    if (!ctx)
        return codec ? -ENOMEM : -ENOSYS;
    ctx->width = av->width;
    ctx->height = av->height;
    ctx->pix_fmt = AV_PIX_FMT_YUVJ420P;
    ctx->color_range = AVCOL_RANGE_JPEG;
    ctx->colorspace = AVCOL_SPC_BT470BG;
    ctx->time_base = (AVRational){1, 1};
    ctx->thread_count = 1;
    ctx->flags |= AV_CODEC_FLAG_QSCALE;
    ctx->global_quality = q * FF_QP2LAMBDA;
    ctx->log_level_offset = LOG_NOTHING;
    if (avcodec_open2(ctx, codec, NULL) < 0) {
        avcodec_free_context(&ctx);
        return -ENOSYS;
    }
    *ret_ctx = ctx;
    return 0;
}

static int encode(AVCodecContext *ctx, AVFrame *av, void **ret_data, size_t *ret_size)
{
    AVPacket *packet = av_packet_alloc();
    void *data = NULL;
    int err = packet ? 0 : -ENOMEM;

    av->quality = ctx->global_quality;
    if (!err && (avcodec_send_frame(ctx, av) < 0 || avcodec_receive_packet(ctx, packet) < 0))
        err = -ENOMEM; /* the arguments are good: nothing else is left */
    if (!err) {
        data = malloc((size_t)packet->size);
        err = data ? 0 : -ENOMEM;
    }
    if (!err) {
        memcpy(data, packet->data, (size_t)packet->size);
        *ret_data = data;
        *ret_size = (size_t)packet->size;
    }
    av_packet_free(&packet);
    return err;
}

int jpeg_encoder_run(void **ret_data, size_t *ret_size, const struct video_frame *frame,
                     unsigned quality)
{
    AVCodecContext *ctx = NULL;
    AVFrame *av;
    int err;

    assert(ret_data && ret_size && frame);
    if (quality < 1 || quality > JPEG_ENCODER_QUALITY_MAX)
        return -EINVAL;
    av = full_range(frame);
    if (!av)
        return -ENOMEM;
    err = open_codec(&ctx, av, quality);
    if (!err)
        err = encode(ctx, av, ret_data, ret_size);
    avcodec_free_context(&ctx);
    av_frame_free(&av);
    return err;
}
