/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/video_out.c  One rendition: composites to packets
 */
#include "mcu/media/video_out.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "codec/video_encoder.h"
#include "codec/video_frame.h"
#include "mcu/base/clock.h"
#include "mcu/base/log.h"
#include "mcu/media/media_clock.h"
#include "mcu/media/media_metrics.h"
#include "mixer/slot.h"
#include "mixer/task.h"
#include "net/fanout.h"
#include "net/packet.h"

LOG_DOMAIN("video");

enum {
    KEY_INTERVAL_US = 1000000, /* between key frames on request, in the long run */
    KEY_SPACING_US = 250000,   /* and at least, when one was saved up */
    RETRY_ENCODER_US = 1000000,
};

struct video_out {
    struct video_out_cfg cfg;
    struct task *task;
    struct fanout *fanout;
    struct slot slot;             /* composite to encode */
    _Atomic uint64_t next_key_us; /* no key frame on request before; written by our task */

    struct {
        struct video_encoder *enc;
        uint64_t keys_paid_us; /* up to when key frames are spent, an interval each */
        uint64_t retry_us;     /* after a failure: no encoder before */
        uint64_t last_us;      /* time of the last composite that was encoded */
    } work;                    /* our task only */
};

static void drop_encoder(struct video_out *out)
{
    if (!out->work.enc)
        return;
    out->work.enc = video_encoder_free(out->work.enc);
    metric_add(media_metrics_video_encoders(out->cfg.params.codec), -1);
}

static int need_encoder(struct video_out *out, uint64_t now_us)
{
    int err;

    if (out->work.enc)
        return 0;
    if (now_us < out->work.retry_us)
        return -EAGAIN;
    err = video_encoder_new(&out->work.enc, &out->cfg.params);
    if (err) {
        log_error(NULL, "no video encoder: error %d", err);
        out->work.retry_us = now_us + RETRY_ENCODER_US;
        return err;
    }
    metric_add(media_metrics_video_encoders(out->cfg.params.codec), 1);
    return 0;
}

static void send_payloads(struct video_out *out, uint64_t when_us, bool key)
{
    bool marker = false, first = true;

    while (!marker) {
        struct packet *packet = packet_new();
        size_t n;

        if (!packet) { /* nobody sees this gap: the next picture must not refer to it */
            fanout_request_key(out->fanout);
            return;
        }
        n = video_encoder_payload(out->work.enc, packet->buf + packet->payload, &marker);
        if (!n) {
            packet_unref(packet);
            return;
        }
        packet->payload_len = (uint16_t)n;
        packet->when_us = when_us;
        packet->ts = media_clock_ts(when_us, MEDIA_CLOCK_VIDEO_HZ);
        packet->marker = marker;
        packet->key = key;
        packet->first = first;
        first = false;
        fanout_send(out->fanout, packet);
    }
}

/* A key frame for whoever asked, if the last one is long enough ago. */
static bool take_key(struct video_out *out, uint64_t now_us)
{
    if (now_us < atomic_load(&out->next_key_us))
        return false;
    return fanout_take_key_request(out->fanout);
}

/*
 * One may be saved up: the first picture is often lost to whoever comes, since it is sent while
 * his connection is made, and he asks at once.  This is the virtual scheduling of GCRA (ITU-T
 * I.371) with a burst of two.
 */
static void pay_key(struct video_out *out, uint64_t now_us)
{
    uint64_t paid = out->work.keys_paid_us > now_us ? out->work.keys_paid_us : now_us;
    uint64_t spaced = now_us + KEY_SPACING_US;

    out->work.keys_paid_us = paid + KEY_INTERVAL_US;
    atomic_store(&out->next_key_us, paid > spaced ? paid : spaced);
}

static void encode(struct video_out *out, struct video_frame *frame)
{
    uint64_t start_us = clock_now_us();
    bool key, asked;
    int err;

    if (need_encoder(out, start_us))
        return;
    asked = take_key(out, start_us);
    err = video_encoder_encode(out->work.enc, frame, asked, &key);
    if (err) {
        log_error(NULL, "video encoder failed: error %d", err);
        drop_encoder(out);
        out->work.retry_us = start_us + RETRY_ENCODER_US;
        return;
    }
    if (asked)
        pay_key(out, start_us);
    if (key)
        metric_add(media_metrics_key_frames(out->cfg.params.codec), 1);
    /*
     * A composite that is sent again gets the time of now: time never stands still.  So does one
     * that was asked for, by somebody who may have had later pictures of another composite.
     */
    if (frame->when_us > out->work.last_us && !asked)
        out->work.last_us = frame->when_us;
    else
        out->work.last_us = start_us;
    send_payloads(out, out->work.last_us, key);
    metric_observe(media_metrics_encode(out->cfg.params.codec), clock_now_us() - start_us);
}

static void run(uint64_t now_us, void *arg)
{
    struct video_out *out = arg;
    struct video_frame *frame;
    (void)now_us;

    frame = slot_take(&out->slot);
    if (!frame)
        return;
    encode(out, frame);
    video_frame_unref(frame);
}

static void release(void *arg)
{
    struct video_out *out = arg;

    drop_encoder(out);
    video_frame_unref(slot_take(&out->slot));
    fanout_unref(out->fanout);
    free(out);
}

int video_out_new(struct video_out **ret_out, const struct video_out_cfg *cfg)
{
    struct video_out *out = calloc(1, sizeof(*out));
    int err;

    if (!out)
        return -ENOMEM;
    out->cfg = *cfg;
    slot_init(&out->slot);
    err = fanout_new(&out->fanout);
    if (!err)
        err = task_new(&out->task, cfg->pool, TASK_PRIO_VIDEO, run, out);
    if (err) {
        release(out);
        return err;
    }
    *ret_out = out;
    return 0;
}

struct fanout *video_out_fanout(struct video_out *out)
{
    return out->fanout;
}

void video_out_put(struct video_out *out, struct video_frame *frame)
{
    struct video_frame *displaced = slot_put(&out->slot, video_frame_ref(frame));

    if (displaced) {
        metric_add(&media_metrics_frames_dropped, 1);
        video_frame_unref(displaced);
    }
    task_wake(out->task);
}

bool video_out_wants_key(const struct video_out *out, uint64_t now_us)
{
    return fanout_key_wanted(out->fanout) && now_us >= atomic_load(&out->next_key_us);
}

struct video_out *video_out_close(struct video_out *out)
{
    if (out)
        task_close(out->task, release);
    return NULL;
}
