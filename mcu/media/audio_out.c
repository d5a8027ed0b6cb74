/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/audio_out.c  One encoded audio stream: a mix to packets
 */
#include "mcu/media/audio_out.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "codec/audio_encoder.h"
#include "mcu/base/log.h"
#include "mcu/base/pool.h"
#include "mcu/base/ring.h"
#include "mcu/media/media_clock.h"
#include "mcu/media/media_metrics.h"
#include "mixer/task.h"
#include "net/fanout.h"
#include "net/packet.h"

LOG_DOMAIN("audio");

enum { RING_TICKS = 8, /* more than the mixer catches up with at a time */ TICKS_LIMIT = 16384 };

struct audio_out {
    struct audio_out_cfg cfg;
    struct task *task;
    struct ring *ring;
    struct fanout *fanout;
    _Atomic bool rest; /* set by the room's task, taken by ours */

    struct {
        struct audio_encoder *enc;
        uint64_t next_us; /* when the next tick is due without a pause */
    } work;               /* our task only */
};

static struct pool *ticks;

int audio_out_init(void)
{
    return pool_new(&ticks, sizeof(struct audio_out_tick), TICKS_LIMIT);
}

void audio_out_finish(void)
{
    ticks = pool_free(ticks);
}

static void free_tick(void *tick)
{
    pool_put(ticks, tick);
}

static void drop_encoder(struct audio_out *out)
{
    if (!out->work.enc)
        return;
    out->work.enc = audio_encoder_free(out->work.enc);
    metric_add(media_metrics_audio_encoders(out->cfg.params.codec, out->cfg.shared), -1);
}

static int need_encoder(struct audio_out *out)
{
    int err;

    if (out->work.enc)
        return 0;
    err = audio_encoder_new(&out->work.enc, &out->cfg.params);
    if (err) {
        log_error(NULL, "no audio encoder: error %d", err);
        return err;
    }
    metric_add(media_metrics_audio_encoders(out->cfg.params.codec, out->cfg.shared), 1);
    return 0;
}

static void encode_tick(struct audio_out *out, const struct audio_out_tick *tick)
{
    struct packet *packet;
    int n;

    if (need_encoder(out))
        return;
    /* What was heard before a pause is not in the receiver's decoder: start afresh. */
    if (tick->when_us != out->work.next_us && out->work.next_us)
        audio_encoder_reset(out->work.enc);

    packet = packet_new();
    if (!packet)
        return;
    n = audio_encoder_encode(out->work.enc, tick->pcm, packet->buf + packet->payload,
                             PACKET_PAYLOAD_MAX);
    if (n <= 0) {
        packet_unref(packet);
        return;
    }
    packet->payload_len = (uint16_t)n;
    packet->when_us = tick->when_us;
    packet->ts = media_clock_ts(tick->when_us, out->cfg.clock_hz);
    packet->marker = !out->work.next_us || tick->when_us != out->work.next_us;
    packet->nexclude = tick->nexclude;
    memcpy(packet->exclude, tick->exclude, tick->nexclude * sizeof(tick->exclude[0]));
    out->work.next_us = tick->when_us + MEDIA_CLOCK_AUDIO_TICK_US;
    fanout_send(out->fanout, packet);
}

static void run(uint64_t now_us, void *arg)
{
    struct audio_out *out = arg;
    struct audio_out_tick *tick;
    (void)now_us;

    while ((tick = ring_pop(out->ring)) != NULL) {
        encode_tick(out, tick);
        free_tick(tick);
    }
    if (atomic_exchange(&out->rest, false))
        drop_encoder(out);
    else
        (void)need_encoder(out);
}

static void release(void *arg)
{
    struct audio_out *out = arg;

    drop_encoder(out);
    fanout_unref(out->fanout);
    ring_free(out->ring);
    free(out);
}

int audio_out_new(struct audio_out **ret_out, const struct audio_out_cfg *cfg)
{
    struct audio_out *out = calloc(1, sizeof(*out));
    int err;

    if (!out)
        return -ENOMEM;
    out->cfg = *cfg;
    err = ring_new(&out->ring, RING_TICKS, free_tick);
    if (!err)
        err = fanout_new(&out->fanout);
    if (!err)
        err = task_new(&out->task, cfg->pool, TASK_PRIO_AUDIO, run, out);
    if (err) {
        release(out);
        return err;
    }
    if (cfg->shared)
        task_wake(out->task); /* somebody listens: have the encoder ready */
    *ret_out = out;
    return 0;
}

struct fanout *audio_out_fanout(struct audio_out *out)
{
    return out->fanout;
}

struct audio_out_tick *audio_out_tick_new(void)
{
    struct audio_out_tick *tick = pool_get(ticks);

    if (tick)
        tick->nexclude = 0;
    return tick;
}

void audio_out_put(struct audio_out *out, struct audio_out_tick *tick)
{
    if (ring_push(out->ring, tick)) {
        metric_add(&media_metrics_audio_ticks_dropped, 1);
        free_tick(tick);
        return;
    }
    task_wake(out->task);
}

void audio_out_rest(struct audio_out *out)
{
    atomic_store(&out->rest, true);
    task_wake(out->task);
}

struct audio_out *audio_out_close(struct audio_out *out)
{
    if (out)
        task_close(out->task, release);
    return NULL;
}
