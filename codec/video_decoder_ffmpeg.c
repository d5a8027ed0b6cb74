/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/video_decoder_ffmpeg.c  Back end of video_decoder: libavcodec
 */
#include "codec/video_decoder_ffmpeg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>

#include "codec/video_decoder.h"
#include "codec/video_frame.h"
#include "mcu/base/pool.h"
#include "mcu/base/ref.h"

enum {
    ROOM_MIN = 64 * 1024,
    FIELD_PAIR = 32,   /* coded sizes are multiples of it at most [pixels] */
    LOG_NOTHING = 100, /* what peers send is no news: beyond any log level */
    SLACK = 128,       /* the library may align a side by so much [pixels] */
};

/* Where the wrappers of frames come from; lives as long as the decoder or a frame of it. */
struct wrappers {
    struct ref ref;
    struct pool *pool;
};

struct wrapper {
    struct video_frame frame;
    AVFrame *av;
    struct wrappers *home;
};

struct video_decoder_ffmpeg {
    AVCodecContext *ctx;
    AVPacket *packet;
    AVFrame *av; /* a decoded frame on its way */
    AVBufferRef *unit;
    struct wrappers *wrappers;
    uint32_t long_side, short_side; /* limits of the coded size */
};

static int wrappers_new(struct wrappers **ret_wrappers)
{
    struct wrappers *w = calloc(1, sizeof(*w));
    int err;

    if (!w)
        return -ENOMEM;
    ref_init(&w->ref);
    err = pool_new(&w->pool, sizeof(struct wrapper), VIDEO_DECODER_FRAMES_MAX);
    if (err) {
        free(w);
        return err;
    }
    *ret_wrappers = w;
    return 0;
}

static void wrappers_unref(struct wrappers *w)
{
    if (w && ref_put(&w->ref)) {
        pool_free(w->pool);
        free(w);
    }
}

static void free_frame(struct video_frame *frame)
{
    struct wrapper *wrapper = frame->owner;
    struct wrappers *home = wrapper->home;

    av_frame_free(&wrapper->av);
    pool_put(home->pool, wrapper);
    wrappers_unref(home);
}

/* The last gate before the library allocates a picture; max_pixels is the one before that. */
static int get_buffer(AVCodecContext *ctx, AVFrame *av, int flags)
{
    const struct video_decoder_ffmpeg *dec = ctx->opaque;
    uint32_t w = (uint32_t)av->width, h = (uint32_t)av->height;

    if (av->width < 1 || av->height < 1 || (w > h ? w : h) > dec->long_side ||
        (w > h ? h : w) > dec->short_side)
        return AVERROR(EINVAL);
    if (av->format != AV_PIX_FMT_YUV420P && av->format != AV_PIX_FMT_YUVJ420P)
        return AVERROR(ENOSYS);
    return avcodec_default_get_buffer2(ctx, av, flags);
}

static int open_codec(struct video_decoder_ffmpeg *dec, enum video_codec codec)
{
    const AVCodec *av =
        avcodec_find_decoder(codec == VIDEO_CODEC_H264 ? AV_CODEC_ID_H264 : AV_CODEC_ID_VP8);
    AVCodecContext *ctx;

    if (!av)
        return -ENOSYS;
    ctx = dec->ctx = avcodec_alloc_context3(av);
    if (!ctx)
        return -ENOMEM;

    ctx->opaque = dec;
    ctx->get_buffer2 = get_buffer;
    ctx->thread_count = 1;
    ctx->thread_type = 0;
    ctx->log_level_offset = LOG_NOTHING;
    ctx->flags = AV_CODEC_FLAG_LOW_DELAY | AV_CODEC_FLAG_UNALIGNED;
    ctx->max_pixels = (int64_t)(dec->long_side + SLACK) * (dec->short_side + SLACK);
    ctx->err_recognition = AV_EF_EXPLODE | AV_EF_BITSTREAM | AV_EF_BUFFER;
    /* Concealed pictures are thrown away, so do it in the cheapest way; without any, the library
     * would not flag them. */
    ctx->error_concealment = FF_EC_FAVOR_INTER;
    return avcodec_open2(ctx, av, NULL) < 0 ? -ENOSYS : 0;
}

static uint32_t align(uint32_t n, uint32_t to)
{
    return (n + to - 1) / to * to;
}

int video_decoder_ffmpeg_new(struct video_decoder_ffmpeg **ret_dec, enum video_codec codec,
                             const struct video_limits *limits)
{
    struct video_decoder_ffmpeg *dec = calloc(1, sizeof(*dec));
    uint16_t w = limits->max_width, h = limits->max_height;
    int err;

    if (!dec)
        return -ENOMEM;
    dec->long_side = align(w > h ? w : h, FIELD_PAIR);
    dec->short_side = align(w > h ? h : w, FIELD_PAIR);
    err = wrappers_new(&dec->wrappers);
    if (err)
        goto out;
    err = open_codec(dec, codec);
    if (err)
        goto out;
    dec->packet = av_packet_alloc();
    dec->av = av_frame_alloc();
    if (!dec->packet || !dec->av)
        err = -ENOMEM;

out:
    if (err)
        video_decoder_ffmpeg_free(dec);
    else
        *ret_dec = dec;
    return err;
}

struct video_decoder_ffmpeg *video_decoder_ffmpeg_free(struct video_decoder_ffmpeg *dec)
{
    if (!dec)
        return NULL;

    av_packet_free(&dec->packet);
    av_frame_free(&dec->av);
    avcodec_free_context(&dec->ctx);
    av_buffer_unref(&dec->unit);
    wrappers_unref(dec->wrappers);
    free(dec);
    return NULL;
}

void video_decoder_ffmpeg_flush(struct video_decoder_ffmpeg *dec)
{
    avcodec_flush_buffers(dec->ctx);
}

uint8_t *video_decoder_ffmpeg_room(struct video_decoder_ffmpeg *dec, size_t size)
{
    size_t need = size + AV_INPUT_BUFFER_PADDING_SIZE;

    /* The library may still hold the unit before. */
    if (!dec->unit || dec->unit->size < need || !av_buffer_is_writable(dec->unit)) {
        size_t room = ROOM_MIN;

        while (room < need)
            room *= 2;
        av_buffer_unref(&dec->unit);
        dec->unit = av_buffer_alloc(room);
    }
    return dec->unit ? dec->unit->data : NULL;
}

static int map_error(int averr)
{
    if (averr == AVERROR(ENOMEM))
        return -ENOMEM;
    return averr == AVERROR_PATCHWELCOME || averr == AVERROR(ENOSYS) ? -ENOTSUP : -EBADMSG;
}

/* Cropping may leave an odd edge, where chroma has no sample of its own: drop it. */
static void fill_frame(struct video_frame *frame, const AVFrame *av)
{
    frame->w = (uint16_t)(av->width > 1 ? av->width & ~1 : 1);
    frame->h = (uint16_t)(av->height > 1 ? av->height & ~1 : 1);
    for (int i = 0; i < 3; ++i) {
        frame->plane[i] = av->data[i];
        frame->stride[i] = av->linesize[i];
    }
}

static int wrap(struct video_decoder_ffmpeg *dec, uint64_t when_us, struct video_frame **ret_frame)
{
    const AVFrame *av = dec->av;
    struct wrapper *wrapper;

    if ((av->flags & AV_FRAME_FLAG_CORRUPT) || av->decode_error_flags)
        return -EBADMSG;
    if (av->format != AV_PIX_FMT_YUV420P && av->format != AV_PIX_FMT_YUVJ420P)
        return -ENOTSUP;

    wrapper = pool_get(dec->wrappers->pool);
    if (!wrapper)
        return -ENOMEM;
    *wrapper = (struct wrapper){.av = av_frame_alloc(), .home = dec->wrappers};
    if (!wrapper->av) {
        pool_put(dec->wrappers->pool, wrapper);
        return -ENOMEM;
    }

    ref_get(&dec->wrappers->ref);
    av_frame_move_ref(wrapper->av, dec->av);
    fill_frame(&wrapper->frame, wrapper->av);
    ref_init(&wrapper->frame.ref);
    wrapper->frame.when_us = when_us;
    wrapper->frame.freeh = free_frame;
    wrapper->frame.owner = wrapper;
    *ret_frame = &wrapper->frame;
    return 0;
}

/* Take all that the library has to show; the latest wins. */
static int receive(struct video_decoder_ffmpeg *dec, uint64_t when_us,
                   struct video_frame **ret_frame)
{
    for (;;) {
        struct video_frame *frame = NULL;
        int err = avcodec_receive_frame(dec->ctx, dec->av);

        if (err == AVERROR(EAGAIN) || err == AVERROR_EOF)
            return 0;
        err = err < 0 ? map_error(err) : wrap(dec, when_us, &frame);
        av_frame_unref(dec->av);
        video_frame_unref(*ret_frame);
        *ret_frame = frame;
        if (err)
            return err;
    }
}

int video_decoder_ffmpeg_decode(struct video_decoder_ffmpeg *dec, size_t size, uint64_t when_us,
                                struct video_frame **ret_frame)
{
    int err;

    memset(dec->unit->data + size, 0, AV_INPUT_BUFFER_PADDING_SIZE);
    dec->packet->buf = av_buffer_ref(dec->unit);
    if (!dec->packet->buf)
        return -ENOMEM;
    dec->packet->data = dec->unit->data;
    dec->packet->size = (int)size;

    *ret_frame = NULL;
    err = avcodec_send_packet(dec->ctx, dec->packet);
    av_packet_unref(dec->packet);
    if (err < 0)
        return map_error(err);
    return receive(dec, when_us, ret_frame);
}

void video_decoder_ffmpeg_coded_size(const struct video_decoder_ffmpeg *dec, uint32_t *ret_width,
                                     uint32_t *ret_height)
{
    *ret_width = (uint32_t)dec->ctx->coded_width;
    *ret_height = (uint32_t)dec->ctx->coded_height;
}
