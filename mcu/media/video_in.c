/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/video_in.c  One received video stream: packets to pictures
 */
#include "mcu/media/video_in.h"

#include <errno.h>
#include <stdlib.h>

#include "codec/video_decoder.h"
#include "codec/video_depay.h"
#include "codec/video_frame.h"
#include "mcu/base/clock.h"
#include "mcu/base/log.h"
#include "mcu/media/media_metrics.h"
#include "mcu/media/video_source.h"
#include "mixer/task.h"
#include "net/packet.h"
#include "net/reorder.h"
#include "net/sink.h"

LOG_DOMAIN("video");

enum {
    SINK_PACKETS = 1024,
    REORDER_WAIT_MS = 150,        /* for a retransmission */
    REORDER_WAIT_NO_NACK_MS = 25, /* only for what overtakes */
    LATE_US = 400000,             /* so far behind, pictures are left out up to a key frame */
    REORDER_PACKETS = 1024,
    /* A stream that only makes trouble costs a decoder run and a key frame request this often. */
    BROKEN_PAUSE_US = 500000,
};

struct video_in {
    struct video_in_cfg cfg;
    struct task *task;
    struct sink *sink;

    struct {
        struct reorder *reorder;
        struct video_depay *depay;
        struct video_decoder *dec;
        uint64_t pause_us; /* after an unacceptable stream: look at nothing before */
        bool started;
        uint32_t ssrc; /* of the last packet */
    } work;            /* our task only */
};

static void decode(struct video_in *in, const struct video_unit *unit, uint64_t when_us)
{
    struct video_frame *frame = NULL;
    uint64_t start_us = clock_now_us();
    int err;

    /* Its references are missing: freeze rather than show debris. */
    if (unit->after_gap && !unit->key)
        video_decoder_want_key(in->work.dec);
    err = video_decoder_decode(in->work.dec, unit->data, unit->size, when_us, &frame);
    metric_observe(media_metrics_decode(in->cfg.codec), clock_now_us() - start_us);
    if (frame)
        video_source_put(in->cfg.source, frame);
    if (!err)
        return;
    if (err != -EAGAIN)
        metric_add(media_metrics_decode_errors(in->cfg.codec), 1);
    if (err == -EFBIG || err == -ENOTSUP) {
        log_warning(NULL, "video refused: %s",
                    err == -EFBIG ? "picture larger than allowed" : "profile not supported");
        in->work.pause_us = start_us + BROKEN_PAUSE_US;
    }
    sink_request_key(in->sink);
}

/* A new source numbers its packets afresh and refers to nothing of the old one. */
static void follow_ssrc(struct video_in *in, const struct packet *packet)
{
    struct video_depay *depay = NULL;

    if (in->work.started && packet->ssrc == in->work.ssrc)
        return;
    if (in->work.started && video_depay_new(&depay, in->cfg.codec) == 0) {
        video_depay_free(in->work.depay);
        in->work.depay = depay;
        video_decoder_want_key(in->work.dec);
        sink_request_key(in->sink);
    }
    in->work.started = true;
    in->work.ssrc = packet->ssrc;
}

static void take_packet(struct video_in *in, struct packet *packet)
{
    struct video_depay_packet p = {
        .payload = packet->buf + packet->payload,
        .size = packet->payload_len,
        .ext_seq = packet->ext_seq,
        .ts = packet->ts,
        .marker = packet->marker,
    };
    struct video_unit unit;
    int err;

    follow_ssrc(in, packet);
    err = video_depay_put(in->work.depay, &p, &unit);
    while (!err) {
        decode(in, &unit, packet->when_us);
        err = video_depay_put(in->work.depay, NULL, &unit); /* one packet may end two */
    }
    if (err != -EAGAIN)
        metric_add(media_metrics_decode_errors(in->cfg.codec), 1);
}

/* We are behind: what is too old to be shown is left out, and pictures go on at a key frame. */
static void skip_to_key(struct video_in *in)
{
    reorder_reset(in->work.reorder);
    video_decoder_want_key(in->work.dec);
    sink_request_key(in->sink);
    metric_add(&media_metrics_video_late, 1);
}

static void take_arrivals(struct video_in *in, uint64_t now_us)
{
    struct packet *packet;
    bool late = false;

    while ((packet = sink_get(in->sink)) != NULL) {
        bool old = packet->when_us + LATE_US < now_us;

        if (old && !late)
            skip_to_key(in);
        late = old;
        if (old || now_us < in->work.pause_us || reorder_put(in->work.reorder, packet))
            packet_unref(packet);
    }
}

static void run(uint64_t now_us, void *arg)
{
    struct video_in *in = arg;
    struct packet *packet;

    take_arrivals(in, now_us);
    while ((packet = reorder_get(in->work.reorder, now_us)) != NULL) {
        take_packet(in, packet);
        packet_unref(packet);
    }
    task_wake_at(in->task, reorder_deadline_us(in->work.reorder));
}

/* The sink may wake us after we were closed: it holds a reference to the task. */
static void wake(void *arg)
{
    task_wake(arg);
}

static void release_wake(void *arg)
{
    task_unref(arg);
}

static void release(void *arg)
{
    struct video_in *in = arg;

    if (in->work.dec)
        metric_add(media_metrics_video_decoders(in->cfg.codec), -1);
    video_decoder_free(in->work.dec);
    video_depay_free(in->work.depay);
    reorder_free(in->work.reorder);
    sink_unref(in->sink);
    video_source_unref(in->cfg.source);
    free(in);
}

static int make_parts(struct video_in *in)
{
    const struct reorder_cfg reorder = {.max_wait_ms = in->cfg.nack ? REORDER_WAIT_MS
                                                                    : REORDER_WAIT_NO_NACK_MS,
                                        .max_packets = REORDER_PACKETS};
    int err = reorder_new(&in->work.reorder, &reorder);

    if (!err)
        err = video_depay_new(&in->work.depay, in->cfg.codec);
    if (!err)
        err = video_decoder_new(&in->work.dec, in->cfg.codec, &in->cfg.limits);
    if (!err)
        metric_add(media_metrics_video_decoders(in->cfg.codec), 1);
    return err;
}

int video_in_new(struct video_in **ret_in, const struct video_in_cfg *cfg)
{
    struct video_in *in = calloc(1, sizeof(*in));
    struct sink_cfg sink = {.capacity = SINK_PACKETS, .wakeh = wake, .releaseh = release_wake};
    int err;

    if (!in)
        return -ENOMEM;
    in->cfg = *cfg;
    in->cfg.source = video_source_ref(cfg->source);
    err = make_parts(in);
    if (!err)
        err = task_new(&in->task, cfg->pool, TASK_PRIO_VIDEO, run, in);
    if (err) {
        release(in);
        return err;
    }
    sink.arg = task_ref(in->task);
    err = sink_new(&in->sink, &sink);
    if (err) {
        task_unref(in->task);
        task_close(in->task, release);
        return err;
    }
    *ret_in = in;
    return 0;
}

struct sink *video_in_sink(struct video_in *in)
{
    return in->sink;
}

struct video_in *video_in_close(struct video_in *in)
{
    if (in)
        task_close(in->task, release);
    return NULL;
}
