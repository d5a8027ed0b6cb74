/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/transport_media.c  The media side of a transport: commands, timers, events
 */
#include "net/transport_media.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "mcu/base/clock.h"
#include "net/media_metric.h"
#include "net/media_sock.h"
#include "net/rtp_rx.h"
#include "net/rtp_tx.h"
#include "net/sink.h"
#include "net/transport_flow.h"
#include "net/transport_rtp.h"
#include "net/transport_state.h"
#include "net/transport_webrtc.h"
#include "net/twcc.h"

enum {
    STATS_US = 1000 * 1000,
    REPORT_WEBRTC_US = 800 * 1000, /* Chromium raises its rate only if one comes each second */
    REPORT_RTP_US = 3000 * 1000,
    REPORT_FIRST_US = 300 * 1000,
    RETRY_US = 100 * 1000, /* of an event that control had no room for */
};

int transport_media_new(struct transport_media **ret_media, struct media_loop *loop,
                        struct transport *handle)
{
    struct transport_media *media = calloc(1, sizeof(*media));
    int err = 0;

    if (!media)
        return -ENOMEM;
    ref_get(&handle->ref);
    media->handle = handle;
    media->loop = loop;
    media->key = handle->cfg.key;
    media->report_us = media->stats_us = media->twcc_us = UINT64_MAX;
    media->webrtc.fd = media->webrtc.dtls_fd = -1;
    for (unsigned i = 0; i < TRANSPORT_STATE_LINES; ++i) {
        struct transport_leg *leg = &media->leg[i];

        leg->rtp = (struct transport_port){.fd = -1, .media = media, .line = (uint8_t)i};
        leg->rtcp =
            (struct transport_port){.fd = -1, .media = media, .line = (uint8_t)i, .rtcp = true};
        for (unsigned w = 0; w < 2; ++w)
            media->sub[i][w] =
                (struct transport_sub){.media = media, .line = (uint8_t)i, .which = (uint8_t)w};
    }
    if (handle->cfg.webrtc)
        err = twcc_new(&media->twcc);
    if (!err && handle->cfg.webrtc)
        err = icelite_new(&media->webrtc.ice, clock_now_us());
    if (!err)
        err = rtp_rx_new(&media->rx, media->twcc);
    if (err) {
        transport_media_free(media);
        return err;
    }
    *ret_media = media;
    return 0;
}

/* Streams, subscriptions, sockets: all but the memory and the handle. */
static void release(struct transport_media *media)
{
    for (unsigned i = 0; i < TRANSPORT_STATE_LINES; ++i) {
        for (unsigned w = 0; w < 2; ++w)
            fanout_detach(&media->sub[i][w].sub);
        media->tx[i] = rtp_tx_free(media->tx[i]);
    }
    media->rx = rtp_rx_free(media->rx);
    media->twcc = twcc_free(media->twcc);
    transport_webrtc_close(media);
    transport_rtp_close(media);
    free(media->desc);
    media->desc = NULL;
}

void transport_media_free(struct transport_media *media)
{
    if (!media)
        return;
    release(media);
    transport_unref(media->handle);
    free(media);
}

void transport_media_drop_command(struct transport_command *command)
{
    sink_unref(command->route.sink);
    for (unsigned i = 0; i < 2; ++i) {
        fanout_unref(command->route.fanout[i]);
        if (command->fd[i] >= 0)
            close(command->fd[i]);
    }
    free(command->desc);
    transport_unref(command->handle);
    free(command);
}

/* The wheel: slot of a tick; a transport is in at most one. */

static void disarm(struct transport_media *media)
{
    if (!media->wheel_at)
        return;
    *media->wheel_at = media->wheel_next;
    if (media->wheel_next)
        media->wheel_next->wheel_at = media->wheel_at;
    media->wheel_at = NULL;
    media->wheel_next = NULL;
}

void transport_media_arm(struct transport_media *media, uint64_t due_us)
{
    struct media_loop *loop = media->loop;
    uint64_t tick = (due_us + TRANSPORT_STATE_TICK_US - 1) / TRANSPORT_STATE_TICK_US;
    struct transport_media **slot;

    if (media->wheel_at && media->due_us <= due_us)
        return;
    disarm(media);
    if (tick <= loop->media.tick)
        tick = loop->media.tick + 1;
    if (tick - loop->media.tick >= TRANSPORT_STATE_SLOTS)
        tick = loop->media.tick + TRANSPORT_STATE_SLOTS - 1;

    media->due_us = due_us;
    slot = &loop->media.wheel[tick % TRANSPORT_STATE_SLOTS];
    media->wheel_next = *slot;
    if (media->wheel_next)
        media->wheel_next->wheel_at = &media->wheel_next;
    *slot = media;
    media->wheel_at = slot;
}

bool transport_media_take(struct transport_bucket *bucket, uint32_t per_s, uint32_t burst,
                          uint64_t now_us)
{
    uint64_t passed = now_us - bucket->filled_us, max = burst * 1000000ull;

    if (passed > 60 * 1000000ull) /* the first time, too: full */
        passed = 60 * 1000000ull;
    bucket->filled_us = now_us;
    bucket->tokens += passed * per_s;
    if (bucket->tokens > max)
        bucket->tokens = max;
    if (bucket->tokens < 1000000)
        return false;
    bucket->tokens -= 1000000;
    return true;
}

void transport_media_event(struct transport_media *media, enum transport_event event, int value,
                           const char *why)
{
    if (!transport_post(media->handle, event, value, why))
        return;
    if (event == TRANSPORT_EVENT_DTMF || event == TRANSPORT_EVENT_FAST_UPDATE)
        return; /* control is flooded: late ones are of no use */
    media->pending |= 1u << event;
    media->pending_value[event] = value;
    media->pending_why[event] = why;
    transport_media_arm(media, 0);
}

static void retry_events(struct transport_media *media)
{
    for (unsigned e = 0; e < TRANSPORT_STATE_EVENTS; ++e)
        if (media->pending & 1u << e &&
            !transport_post(media->handle, (enum transport_event)e, media->pending_value[e],
                            media->pending_why[e]))
            media->pending &= ~(1u << e);
}

/* Closed and told: out of the loop. */
static void vanish(struct transport_media *media)
{
    struct media_loop *loop = media->loop;

    disarm(media);
    if (media->prev)
        media->prev->next = media->next;
    else
        loop->media.first = media->next;
    if (media->next)
        media->next->prev = media->prev;
    /* Relaxed: a counter only. */
    atomic_fetch_sub_explicit(&loop->ntransports, 1, memory_order_relaxed);
    metric_add(media->handle->cfg.webrtc ? &media_metric_webrtc : &media_metric_rtp, -1);
    media->handle->media = NULL;
    transport_media_free(media);
}

void transport_media_close(struct transport_media *media, uint64_t now_us)
{
    if (media->closing)
        return;
    transport_flow_bye(media);
    if (media->stats_us != UINT64_MAX)
        transport_flow_stats(media, now_us);
    media_sock_flush(media->loop->media.tx); /* before its ports close */
    release(media);
    media->closing = true;
    media->pending = 1u << TRANSPORT_EVENT_CLOSED;
    media->pending_why[TRANSPORT_EVENT_CLOSED] = "";
    retry_events(media);
    if (!media->pending)
        vanish(media);
    else
        transport_media_arm(media, now_us + RETRY_US);
}

static void open_media(struct media_loop *loop, struct transport_command *command, uint64_t now_us)
{
    struct transport_media *media = command->handle->media;

    media->next = loop->media.first;
    if (media->next)
        media->next->prev = media;
    loop->media.first = media;
    media->opened = true;
    metric_add(media->handle->cfg.webrtc ? &media_metric_webrtc : &media_metric_rtp, 1);
    if (media->handle->cfg.webrtc && transport_webrtc_open(media, command))
        transport_media_event(media, TRANSPORT_EVENT_LOST, 0, "out of memory");
    media->heard_us = now_us;
    media->stats_us = now_us + STATS_US;
    transport_media_arm(media, media->stats_us);
}

/* Sent streams follow the description; a line's SSRC is for the session, a new one is a new line.
 */
static void update_tx(struct transport_media *media, const struct media_desc *desc)
{
    for (unsigned i = 0; i < TRANSPORT_STATE_LINES; ++i) {
        const struct media_line *line = i < desc->nlines ? &desc->line[i] : NULL;
        bool used = line && line->kind != MEDIA_KIND_NONE && line->ssrc;

        if (media->tx[i] && (!used || !rtp_tx_owns(media->tx[i], line->ssrc)))
            media->tx[i] = rtp_tx_free(media->tx[i]);
        if (used && media->tx[i])
            (void)rtp_tx_update(media->tx[i], line); /* without memory: no retransmission */
        else if (used)
            (void)rtp_tx_new(&media->tx[i], line); /* without memory: nothing is sent */
        if (line && line->kind != MEDIA_KIND_NONE)
            continue;
        for (unsigned w = 0; w < 2; ++w)
            fanout_detach(&media->sub[i][w].sub);
        rtp_rx_route(media->rx, i, NULL);
    }
}

bool transport_media_ready(const struct transport_media *media, unsigned line)
{
    return media->handle->cfg.webrtc ? transport_webrtc_ready(media)
                                     : transport_rtp_ready(media, line);
}

/* A key frame that comes before it can be sent is lost for this subscriber. */
static bool is_flowing(const struct transport_media *media, unsigned line)
{
    return media->desc && line < media->desc->nlines &&
           media->desc->line[line].kind == MEDIA_KIND_VIDEO && media->desc->line[line].send &&
           transport_media_ready(media, line);
}

static void request_keys(struct transport_media *media, unsigned line)
{
    for (unsigned w = 0; w < 2; ++w)
        if (media->sub[line][w].sub.fanout)
            fanout_request_key(media->sub[line][w].sub.fanout);
}

void transport_media_follow(struct transport_media *media)
{
    uint32_t before = media->flowing;

    media->flowing = 0;
    for (unsigned i = 0; i < TRANSPORT_STATE_LINES; ++i) {
        if (!is_flowing(media, i))
            continue;
        media->flowing |= 1u << i;
        if (!(before & 1u << i))
            request_keys(media, i);
    }
}

static void update(struct transport_media *media, struct transport_command *command,
                   uint64_t now_us)
{
    struct media_desc *old = media->desc;

    media->desc = command->desc;
    command->desc = NULL;
    update_tx(media, media->desc);
    rtp_rx_update(media->rx, media->desc);
    if (media->handle->cfg.webrtc)
        transport_webrtc_update(media, media->desc);
    else
        transport_rtp_update(media, media->desc, now_us);

    transport_media_follow(media);
    if (!old && !media->handle->cfg.webrtc) {
        media->connected = true;
        transport_media_event(media, TRANSPORT_EVENT_CONNECTED, 0, "");
    }
    free(old);
    media->heard_us = now_us;
    if (media->report_us == UINT64_MAX)
        media->report_us = now_us + REPORT_FIRST_US;
    transport_media_arm(media, now_us);
}

/* Pictures of another source refer to what this receiver has not: he goes on at a key frame. */
static void hold(struct transport_media *media, unsigned line, const struct fanout *next)
{
    if (media->desc->line[line].kind == MEDIA_KIND_VIDEO && media->sent_when_us[line] &&
        media->sub[line][0].sub.fanout != next)
        media->held |= 1u << line;
}

static void route(struct transport_media *media, struct transport_command *command)
{
    unsigned line = command->line;

    if (!media->desc || line >= media->desc->nlines ||
        media->desc->line[line].kind == MEDIA_KIND_NONE)
        return;
    rtp_rx_route(media->rx, line, command->route.sink);
    hold(media, line, command->route.fanout[0]);
    for (unsigned w = 0; w < 2; ++w) {
        struct transport_sub *sub = &media->sub[line][w];

        fanout_detach(&sub->sub);
        if (command->route.fanout[w])
            fanout_attach(command->route.fanout[w], &sub->sub, media->loop->cfg.index,
                          media->loop->queue, sub);
    }
    if (is_flowing(media, line))
        request_keys(media, line);
}

void transport_media_command(struct media_loop *loop, struct transport_command *command,
                             uint64_t now_us)
{
    struct transport_media *media = command->handle->media;

    if (media && command->type == TRANSPORT_COMMAND_OPEN)
        open_media(loop, command, now_us);
    else if (!media || media->closing)
        ; /* too late */
    else if (command->type == TRANSPORT_COMMAND_RESTART)
        transport_webrtc_restart(media, command);
    else if (command->type == TRANSPORT_COMMAND_PORTS)
        transport_rtp_open(media, command);
    else if (command->type == TRANSPORT_COMMAND_UPDATE)
        update(media, command, now_us);
    else if (command->type == TRANSPORT_COMMAND_ROUTE)
        route(media, command);
    transport_media_drop_command(command);
}

/* On hold (RFC 3264, 8.4, and 0.0.0.0 of RFC 2543) a phone may send nothing at all. */
static bool expects_rtp(const struct transport_media *media, unsigned line)
{
    const struct media_line *desc = &media->desc->line[line];

    return desc->kind != MEDIA_KIND_NONE && desc->recv && desc->send &&
           transport_rtp_ready(media, line);
}

/* Plain RTP: was anything heard in time? */
static void check_silence(struct transport_media *media, uint64_t now_us)
{
    uint64_t limit_us = media->handle->cfg.rtp_timeout_ms * 1000ull;
    bool expect = false;

    for (unsigned i = 0; media->desc && i < media->desc->nlines; ++i)
        expect = expect || (!media->handle->cfg.webrtc && expects_rtp(media, i));
    if (!limit_us || !expect) {
        media->heard_us = now_us;
    } else if (!media->lost && now_us - media->heard_us >= limit_us) {
        media->lost = true;
        transport_media_event(media, TRANSPORT_EVENT_LOST, 0, "no RTP");
    }
}

/* A random interval around @p us, so that reports of many do not fall together. */
static uint64_t spread(const struct transport_media *media, uint64_t us, uint64_t now_us)
{
    uint64_t r = (now_us ^ (uint64_t)media->key * 2654435761u) % 1024;

    return us - us / 8 + us / 4 * r / 1024;
}

static void run_timers(struct transport_media *media, uint64_t now_us)
{
    if (now_us >= media->stats_us) {
        media->stats_us = now_us + STATS_US;
        rtp_rx_poll(media->rx);
        for (unsigned i = 0; i < TRANSPORT_STATE_LINES; ++i)
            if (media->tx[i])
                rtp_tx_purge(media->tx[i], now_us);
        transport_flow_stats(media, now_us);
        check_silence(media, now_us);
    }
    if (now_us >= media->report_us && media->desc) {
        uint64_t interval = media->handle->cfg.webrtc ? REPORT_WEBRTC_US : REPORT_RTP_US;

        media->report_us = now_us + spread(media, interval, now_us);
        transport_flow_report(media, now_us);
    }
    if (now_us >= media->twcc_us) {
        media->twcc_us = UINT64_MAX;
        transport_flow_twcc(media);
    }
    if (now_us >= rtp_rx_due(media->rx))
        transport_flow_feedback(media, now_us);
}

void transport_media_tick(struct transport_media *media, uint64_t now_us)
{
    uint64_t due = UINT64_MAX, rx;

    disarm(media);
    if (media->pending)
        retry_events(media);
    if (media->closing && !media->pending) {
        vanish(media);
        return;
    }
    if (media->pending)
        due = now_us + RETRY_US;
    if (!media->closing) {
        if (media->handle->cfg.webrtc)
            due = transport_webrtc_tick(media, now_us);
        run_timers(media, now_us);
        transport_media_follow(media);
        rx = rtp_rx_due(media->rx);
        due = due < rx ? due : rx;
        due = due < media->stats_us ? due : media->stats_us;
        due = due < media->report_us ? due : media->report_us;
        due = due < media->twcc_us ? due : media->twcc_us;
    }
    transport_media_arm(media, due);
}
