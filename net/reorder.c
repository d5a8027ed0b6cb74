/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/reorder.c  Puts the packets of a picture stream back in order
 */
#include "net/reorder.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "net/packet.h"

enum { WAIT_MAX_MS = 1000, PACKETS_MIN = 16, RESTART_FACTOR = 4 };

/*
 * slot[n & mask] holds the packet of sequence number n for next <= n < next + size.
 * highest is the largest number ever put since the start.
 */
struct reorder {
    uint64_t max_wait_us;
    uint32_t size, mask;
    bool started;
    uint32_t ssrc;
    uint64_t next;    /* to be released */
    uint64_t highest; /* held or released */
    struct reorder_stats stats;
    struct packet *slot[];
};

static struct packet **slot_of(struct reorder *r, uint64_t seq)
{
    return &r->slot[seq & r->mask];
}

/* First packet that is held, or NULL.  Its number is in its ext_seq. */
static struct packet *head_of(const struct reorder *r)
{
    if (!r->stats.packets)
        return NULL;
    for (uint64_t seq = r->next; seq <= r->highest; ++seq)
        if (r->slot[seq & r->mask])
            return r->slot[seq & r->mask];
    return NULL;
}

static void start(struct reorder *r, const struct packet *packet)
{
    if (r->started) {
        reorder_reset(r);
        ++r->stats.resets;
    }
    r->started = true;
    r->ssrc = packet->ssrc;
    r->next = packet->ext_seq;
    r->highest = packet->ext_seq;
}

/* Give up gaps at the front until @p seq fits; false if packets are in the way. */
static bool make_room(struct reorder *r, uint64_t seq)
{
    uint64_t next = seq - r->size + 1; /* what r->next must reach */
    const struct packet *head = head_of(r);

    if (head && head->ext_seq < next)
        next = head->ext_seq;
    if (next > r->next) {
        r->stats.lost += next - r->next;
        r->next = next;
    }
    return seq - r->next < r->size;
}

int reorder_new(struct reorder **ret_reorder, const struct reorder_cfg *cfg)
{
    struct reorder *r;
    uint32_t size = PACKETS_MIN;

    if (cfg->max_wait_ms > WAIT_MAX_MS || cfg->max_packets < PACKETS_MIN ||
        cfg->max_packets > REORDER_PACKETS_MAX)
        return -EINVAL;
    while (size < cfg->max_packets)
        size *= 2;
    r = calloc(1, sizeof(*r) + size * sizeof(r->slot[0]));
    if (!r)
        return -ENOMEM;

    r->max_wait_us = cfg->max_wait_ms * UINT64_C(1000);
    r->size = size;
    r->mask = size - 1;

    *ret_reorder = r;
    return 0;
}

struct reorder *reorder_free(struct reorder *reorder)
{
    if (!reorder)
        return NULL;

    reorder_reset(reorder);
    free(reorder);
    return NULL;
}

int reorder_put(struct reorder *reorder, struct packet *packet)
{
    struct reorder *r = reorder;
    uint64_t seq = packet->ext_seq;

    if (!r->started || packet->ssrc != r->ssrc ||
        (seq > r->highest && seq - r->highest >= RESTART_FACTOR * (uint64_t)r->size) ||
        (seq < r->next && r->next - seq >= RESTART_FACTOR * (uint64_t)r->size))
        start(r, packet);
    if (seq < r->next) {
        ++r->stats.late;
        return -ETIME;
    }
    if (seq - r->next >= r->size && !make_room(r, seq)) {
        ++r->stats.overflow;
        return -ENOSPC;
    }
    if (*slot_of(r, seq)) {
        ++r->stats.duplicate;
        return -EALREADY;
    }

    *slot_of(r, seq) = packet;
    ++r->stats.packets;
    if (seq > r->highest)
        r->highest = seq;
    else if (seq < r->highest)
        ++r->stats.recovered;
    return 0;
}

struct packet *reorder_get(struct reorder *reorder, uint64_t now_us)
{
    struct reorder *r = reorder;
    struct packet *head = head_of(r);

    if (!head)
        return NULL;
    if (head->ext_seq != r->next) {
        if (now_us < head->when_us + r->max_wait_us)
            return NULL;
        r->stats.lost += head->ext_seq - r->next;
    }
    r->slot[head->ext_seq & r->mask] = NULL;
    r->next = head->ext_seq + 1;
    --r->stats.packets;
    ++r->stats.released;
    return head;
}

uint64_t reorder_deadline_us(const struct reorder *reorder)
{
    const struct packet *head = head_of(reorder);

    if (!head)
        return 0;
    return head->ext_seq == reorder->next ? head->when_us : head->when_us + reorder->max_wait_us;
}

void reorder_reset(struct reorder *reorder)
{
    for (uint32_t i = 0; i < reorder->size; ++i)
        reorder->slot[i] = packet_unref(reorder->slot[i]);
    reorder->stats.packets = 0;
    reorder->started = false;
}

void reorder_stats(const struct reorder *reorder, struct reorder_stats *ret_stats)
{
    *ret_stats = reorder->stats;
}
