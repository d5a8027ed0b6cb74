/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/jitter.c  Reorders the packets of a voice and decides when each is due
 */
#include "net/jitter.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "net/jitter_delay.h"
#include "net/packet.h"

enum {
    SLOTS = JITTER_PACKETS_MAX, /* a power of two */
    DELAY_MAX_MS = 1000,
    TICK_MS = 20,
    EXCESS_MIN_MS = 25, /* a tick of 20 ms and its unrest are none */
    CLOCK_MIN = 8000,
    CLOCK_MAX = 96000,
    LOST_RUN_MAX = 25, /* a longer gap is waited through as silence [packets] */
};

struct entry {
    struct packet *packet; /* NULL = free */
    uint32_t duration;
    int64_t ts; /* without wrap-around */
};

/*
 * entry[n % SLOTS] holds the packet of number n for next <= n < next + SLOTS.
 * While playing, next_ts is where the sound that was given out ends.
 */
struct jitter {
    struct jitter_cfg cfg;
    struct jitter_delay delay;
    bool started;
    bool playing;  /* sound runs: the next packet follows without a pause */
    bool was_lost; /* the latest answer was LOST */
    bool primed;   /* something was given out since the start: next must not go back */
    uint32_t ssrc;
    uint64_t next;    /* number to be given out */
    uint64_t highest; /* ever put */
    int64_t next_ts;
    uint32_t last_raw_ts; /* to extend the next one from */
    int64_t last_ts;
    struct jitter_stats stats;
    struct entry entry[SLOTS];
};

static struct entry *entry_of(struct jitter *j, uint64_t seq)
{
    return &j->entry[seq % SLOTS];
}

static int64_t to_us(const struct jitter *j, int64_t ts)
{
    return ts * 1000000 / (int64_t)j->cfg.clock_hz;
}

static uint32_t target_ms(const struct jitter *j)
{
    uint32_t ms = jitter_delay_ms(&j->delay);

    if (ms < j->cfg.min_ms)
        return j->cfg.min_ms;
    return ms < j->cfg.max_ms ? ms : j->cfg.max_ms;
}

/* Delay that sound of time @p ts has, if it is played now [us]. */
static int64_t delay_us(const struct jitter *j, uint64_t now_us, int64_t ts)
{
    return jitter_delay_since(&j->delay, now_us, to_us(j, ts));
}

/* First packet with sound that is held, or NULL. */
static struct entry *head_of(struct jitter *j)
{
    if (!j->stats.packets)
        return NULL;
    for (uint64_t seq = j->next; seq <= j->highest; ++seq)
        if (entry_of(j, seq)->packet && entry_of(j, seq)->duration)
            return entry_of(j, seq);
    return NULL;
}

/* The packet of a number goes, if there is one; it has no sound. */
static bool drop_silent(struct jitter *j, uint64_t seq)
{
    struct entry *entry = entry_of(j, seq);

    if (!entry->packet)
        return false;
    entry->packet = packet_unref(entry->packet);
    --j->stats.packets;
    return true;
}

/* Take a packet out.  Of those before it, the ones without sound go, and the others are lost. */
static struct packet *take(struct jitter *j, struct entry *entry)
{
    struct packet *packet = entry->packet;

    for (; j->next < packet->ext_seq; ++j->next)
        if (!drop_silent(j, j->next))
            ++j->stats.lost;
    j->next = packet->ext_seq + 1;
    j->next_ts = entry->ts + entry->duration;
    j->primed = true;
    entry->packet = NULL;
    --j->stats.packets;
    return packet;
}

static void discard(struct jitter *j, struct entry *entry)
{
    packet_unref(take(j, entry));
    ++j->stats.discarded;
}

/* Whatever is held goes; the jitter that was seen stays known. */
static void restart(struct jitter *j, const struct packet *packet)
{
    if (j->started)
        ++j->stats.resets;
    for (unsigned i = 0; i < SLOTS; ++i) {
        if (j->entry[i].packet)
            ++j->stats.discarded;
        j->entry[i].packet = packet_unref(j->entry[i].packet);
    }
    j->stats.packets = 0;
    jitter_delay_rebase(&j->delay);
    j->started = true;
    j->playing = false;
    j->was_lost = false;
    j->primed = false;
    j->ssrc = packet->ssrc;
    j->next = packet->ext_seq;
    j->highest = packet->ext_seq;
    j->last_raw_ts = packet->ts;
    j->last_ts = 0;
}

/* Timestamp without wrap-around. */
static int64_t extend_ts(const struct jitter *j, uint32_t ts)
{
    return j->last_ts + (int32_t)(ts - j->last_raw_ts);
}

/* Timestamps of packets without sound may be those of an event and tell nothing. */
static bool is_other_source(const struct jitter *j, const struct packet *packet, bool sound)
{
    uint64_t seq = packet->ext_seq;

    return !j->started || packet->ssrc != j->ssrc ||
           (seq > j->highest && seq - j->highest >= SLOTS) ||
           (seq < j->next && j->next - seq >= SLOTS) ||
           (sound &&
            jitter_delay_is_jump(&j->delay, packet->when_us, to_us(j, extend_ts(j, packet->ts))));
}

/* Pass over packets without sound that are next in line. */
static void skip_silent(struct jitter *j)
{
    while (j->stats.packets && !entry_of(j, j->next)->duration && drop_silent(j, j->next)) {
        ++j->next;
        j->primed = true;
    }
}

/* A delay over max_ms is too much to catch up with: leave out what is older than the target. */
static struct entry *enforce_max(struct jitter *j, uint64_t now_us)
{
    struct entry *head = head_of(j);

    if (!head || delay_us(j, now_us, head->ts) <= ((int64_t)j->cfg.max_ms + TICK_MS) * 1000)
        return head;
    while (head && j->stats.packets > 1 &&
           delay_us(j, now_us, head->ts) > ((int64_t)target_ms(j) + TICK_MS) * 1000) {
        discard(j, head);
        j->playing = false;
        head = head_of(j);
    }
    return head;
}

static void set_excess(const struct jitter *j, int64_t late_us, struct jitter_frame *frame)
{
    int64_t excess_ms = late_us / 1000 - (int64_t)target_ms(j);

    if (excess_ms > EXCESS_MIN_MS)
        frame->excess_ms = (uint32_t)excess_ms;
}

static enum jitter_result give(struct jitter *j, struct entry *head, uint64_t now_us,
                               struct jitter_frame *frame)
{
    int64_t late_us = delay_us(j, now_us, head->ts);

    j->stats.delay_ms = late_us > 0 ? (uint32_t)(late_us / 1000) : 0;
    set_excess(j, late_us, frame);
    frame->duration = head->duration;
    frame->packet = take(j, head);
    j->playing = true;
    ++j->stats.played;
    return JITTER_PACKET;
}

/* A gap before @p head: its first packet, if it is worth being concealed; false if not. */
static bool give_lost(struct jitter *j, const struct entry *head, uint64_t now_us,
                      struct jitter_frame *frame)
{
    uint64_t missing = head->packet->ext_seq - j->next;
    int64_t gap = head->ts - j->next_ts;
    int64_t longest = (int64_t)j->cfg.clock_hz * JITTER_DURATION_MAX_MS / 1000;

    if (missing > LOST_RUN_MAX || gap < (int64_t)missing || gap > (int64_t)missing * longest)
        return false;
    frame->duration = (uint32_t)(gap / (int64_t)missing);
    set_excess(j, delay_us(j, now_us, j->next_ts), frame);
    j->next_ts += frame->duration;
    ++j->next;
    ++j->stats.lost;
    j->was_lost = true;
    return true;
}

static enum jitter_result give_nothing(struct jitter *j)
{
    if (j->playing)
        ++j->stats.underruns;
    j->playing = false;
    return JITTER_EMPTY;
}

static bool range_is_valid(uint32_t min_ms, uint32_t max_ms)
{
    return min_ms <= max_ms && max_ms <= DELAY_MAX_MS;
}

int jitter_new(struct jitter **ret_jitter, const struct jitter_cfg *cfg)
{
    struct jitter *jitter;

    if (cfg->clock_hz < CLOCK_MIN || cfg->clock_hz > CLOCK_MAX ||
        !range_is_valid(cfg->min_ms, cfg->max_ms) || cfg->max_packets < 8 ||
        cfg->max_packets > JITTER_PACKETS_MAX)
        return -EINVAL;
    jitter = calloc(1, sizeof(*jitter));
    if (!jitter)
        return -ENOMEM;

    jitter->cfg = *cfg;
    jitter_delay_init(&jitter->delay);

    *ret_jitter = jitter;
    return 0;
}

struct jitter *jitter_free(struct jitter *jitter)
{
    if (!jitter)
        return NULL;

    jitter_reset(jitter);
    free(jitter);
    return NULL;
}

int jitter_set_range(struct jitter *jitter, uint32_t min_ms, uint32_t max_ms)
{
    if (!range_is_valid(min_ms, max_ms))
        return -EINVAL;
    jitter->cfg.min_ms = min_ms;
    jitter->cfg.max_ms = max_ms;
    return 0;
}

int jitter_put(struct jitter *jitter, struct packet *packet, uint32_t duration)
{
    struct jitter *j = jitter;
    uint64_t seq = packet->ext_seq;
    struct entry *entry = entry_of(j, seq);
    int64_t ts;

    if (duration > j->cfg.clock_hz / 1000 * JITTER_DURATION_MAX_MS)
        return -EINVAL;
    if (is_other_source(j, packet, duration > 0))
        restart(j, packet);
    ts = extend_ts(j, packet->ts);
    if (seq >= j->next && seq - j->next < SLOTS && entry->packet) {
        ++j->stats.duplicate;
        return -EALREADY;
    }
    if (duration) /* a late one tells about the path, too */
        jitter_delay_update(&j->delay, packet->when_us, to_us(j, ts), j->cfg.max_ms);
    if (seq < j->next && j->primed) {
        ++j->stats.late;
        return -ETIME;
    }
    if (j->stats.packets >= j->cfg.max_packets || (seq > j->next && seq - j->next >= SLOTS) ||
        (seq < j->next && j->highest - seq >= SLOTS)) {
        ++j->stats.discarded;
        return -ENOSPC;
    }

    *entry = (struct entry){.packet = packet, .duration = duration, .ts = ts};
    ++j->stats.packets;
    if (seq < j->next)
        j->next = seq;
    if (seq >= j->highest) {
        j->highest = seq;
        if (duration) {
            j->last_raw_ts = packet->ts;
            j->last_ts = ts;
        }
    }
    return 0;
}

enum jitter_result jitter_get(struct jitter *jitter, uint64_t now_us,
                              struct jitter_frame *ret_frame)
{
    struct jitter *j = jitter;
    struct entry *head;
    bool follows;

    *ret_frame = (struct jitter_frame){.packet = NULL};
    j->was_lost = false;
    skip_silent(j);
    head = enforce_max(j, now_us);
    if (!head)
        return give_nothing(j);

    if (j->playing && head->packet->ext_seq > j->next && give_lost(j, head, now_us, ret_frame))
        return JITTER_LOST;
    follows = j->playing && head->packet->ext_seq == j->next && head->ts <= j->next_ts;
    if (!follows && delay_us(j, now_us, head->ts) < (int64_t)target_ms(j) * 1000)
        return give_nothing(j);
    return give(j, head, now_us, ret_frame);
}

const struct packet *jitter_peek(const struct jitter *jitter)
{
    const struct entry *entry = &jitter->entry[jitter->next % SLOTS];

    return jitter->was_lost && entry->packet && entry->duration ? entry->packet : NULL;
}

void jitter_reset(struct jitter *jitter)
{
    for (unsigned i = 0; i < SLOTS; ++i)
        jitter->entry[i].packet = packet_unref(jitter->entry[i].packet);
    jitter->stats.packets = 0;
    jitter->started = false;
    jitter->playing = false;
    jitter->was_lost = false;
    jitter_delay_init(&jitter->delay);
}

void jitter_stats(const struct jitter *jitter, struct jitter_stats *ret_stats)
{
    *ret_stats = jitter->stats;
    ret_stats->target_ms = target_ms(jitter);
    ret_stats->jitter_ms = jitter_delay_ms(&jitter->delay);
}
