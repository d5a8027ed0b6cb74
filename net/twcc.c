/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/twcc.c  Transport-wide congestion control: feedback to the sender, figures from a
 * receiver
 */
#include "net/twcc.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "net/rtcp_packet.h"

enum { MASK = TWCC_WINDOW - 1, FIRST_CYCLE = 0x10000 };

struct sent {
    uint64_t when_us; /* 0: nothing, or reported */
    uint16_t seq;
    uint16_t len;
};

struct twcc {
    /* Arrived.  Positions are extended sequence numbers; arrival 0 = not received. */
    bool started;
    uint64_t next; /* first that is not reported */
    uint64_t end;  /* one beyond the highest */
    uint64_t arrival_us[TWCC_WINDOW];
    uint8_t feedbacks;

    uint16_t send_seq;
    struct sent sent[TWCC_WINDOW];
    struct twcc_stats stats;
};

int twcc_new(struct twcc **ret_twcc)
{
    struct twcc *twcc;

    assert(ret_twcc);
    twcc = calloc(1, sizeof(*twcc));
    if (!twcc)
        return -ENOMEM;
    *ret_twcc = twcc;
    return 0;
}

struct twcc *twcc_free(struct twcc *twcc)
{
    free(twcc);
    return NULL;
}

/* Make room up to and with position @p pos. */
static void extend(struct twcc *twcc, uint64_t pos)
{
    if (pos - twcc->end >= TWCC_WINDOW)
        memset(twcc->arrival_us, 0, sizeof(twcc->arrival_us));
    else
        for (uint64_t p = twcc->end; p < pos; ++p)
            twcc->arrival_us[p & MASK] = 0;
    twcc->end = pos + 1;
    if (twcc->end - twcc->next > TWCC_WINDOW)
        twcc->next = twcc->end - TWCC_WINDOW;
}

void twcc_put(struct twcc *twcc, uint16_t seq, uint64_t now_us)
{
    uint64_t pos;

    if (!twcc->started) {
        twcc->started = true;
        twcc->next = twcc->end = FIRST_CYCLE + seq;
    }
    pos = twcc->end + (uint64_t)(int64_t)(int16_t)(seq - (uint16_t)twcc->end);

    if (pos >= twcc->end)
        extend(twcc, pos);
    else if (twcc->end - pos > TWCC_REORDER_MAX || twcc->arrival_us[pos & MASK])
        return;
    else if (pos < twcc->next)
        twcc->next = pos; /* was reported lost: report from here again */
    twcc->arrival_us[pos & MASK] = now_us;
}

unsigned twcc_waiting(const struct twcc *twcc)
{
    return (unsigned)(twcc->end - twcc->next);
}

int twcc_write(struct twcc *twcc, uint32_t ssrc, uint32_t media, struct rtcp_packet_buf *buf)
{
    struct rtcp_packet_feedback head = {.ssrc = ssrc, .media = media, .number = twcc->feedbacks};
    struct rtcp_packet_arrival arrival[TWCC_WINDOW];
    unsigned n = 0;
    int done;

    for (uint64_t p = twcc->next; p < twcc->end; ++p)
        if (twcc->arrival_us[p & MASK])
            arrival[n++] =
                (struct rtcp_packet_arrival){.seq = (uint16_t)p,
                                             .received = true,
                                             .when_us = (int64_t)twcc->arrival_us[p & MASK]};
    if (!n) {
        twcc->next = twcc->end;
        return 0;
    }
    done = rtcp_packet_write_transport_cc(buf, &head, arrival, n);
    if (done < 0)
        return done;

    ++twcc->feedbacks;
    /* Up to the last that went in; what lies behind it comes with the next one. */
    twcc->next += (uint16_t)(arrival[done - 1].seq - (uint16_t)twcc->next) + 1u;
    return 0;
}

uint16_t twcc_sent(struct twcc *twcc, size_t len, uint64_t now_us)
{
    uint16_t seq = twcc->send_seq++;

    twcc->sent[seq & MASK] = (struct sent){.when_us = now_us, .seq = seq, .len = (uint16_t)len};
    return seq;
}

/* What is summed up over one message. */
struct summary {
    int64_t first_arrival_us, last_arrival_us, first_sent_us, last_sent_us;
    uint64_t bytes;
    unsigned received;
};

static void account(struct twcc *twcc, const struct rtcp_packet_arrival *arrival,
                    struct summary *sum)
{
    struct sent *sent = &twcc->sent[arrival->seq & MASK];

    if (!sent->when_us || sent->seq != arrival->seq)
        return;
    if (!arrival->received) {
        ++twcc->stats.lost;
        return;
    }
    ++twcc->stats.received;
    if (!sum->received++) {
        sum->first_arrival_us = arrival->when_us;
        sum->first_sent_us = (int64_t)sent->when_us;
    } else {
        sum->bytes += sent->len;
    }
    sum->last_arrival_us = arrival->when_us;
    sum->last_sent_us = (int64_t)sent->when_us;
    sent->when_us = 0;
}

int twcc_feedback(struct twcc *twcc, const struct rtcp_packet *feedback)
{
    struct rtcp_packet_arrival arrival[RTCP_PACKET_FEEDBACK_MAX];
    struct summary sum = {0};
    int64_t span, delay;
    int n = rtcp_packet_arrivals(feedback, arrival, RTCP_PACKET_FEEDBACK_MAX);

    if (n < 0)
        return n;
    for (int i = 0; i < n; ++i)
        account(twcc, &arrival[i], &sum);

    span = sum.last_arrival_us - sum.first_arrival_us;
    delay = span - (sum.last_sent_us - sum.first_sent_us);
    if (sum.received < 2 || span <= 0 || delay > INT32_MAX || delay < INT32_MIN)
        return 0;
    twcc->stats.delay_us = (int32_t)delay;
    twcc->stats.rate_bps = (uint32_t)(sum.bytes * 8 * 1000000 / (uint64_t)span);
    return 0;
}

void twcc_stats(const struct twcc *twcc, struct twcc_stats *ret_stats)
{
    *ret_stats = twcc->stats;
}
