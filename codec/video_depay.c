/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/video_depay.c  RTP payloads to access units: where a unit starts, ends and breaks
 *
 *     packet --> lost before it? --> other timestamp? --> append --> marker?
 *                     |                    |                            |
 *                drop the unit        unit is done                 unit is done
 */
#include "codec/video_depay.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "codec/depay_h264.h"
#include "codec/depay_vp8.h"
#include "codec/unit_buf.h"

enum unit_state {
    UNIT_NONE,   /* between units: the next packet begins one */
    UNIT_OPEN,   /* has all its packets up to now */
    UNIT_BROKEN, /* what comes with its timestamp is thrown away */
    UNIT_WHOLE,  /* to be returned by the next call */
};

/* buf holds what state says; out holds the unit that was returned last. */
struct video_depay {
    enum video_codec codec;
    union {
        struct depay_h264 h264;
        struct depay_vp8 vp8;
    } as;
    struct unit_buf buf, out;
    enum unit_state state;
    uint32_t ts;       /* of the unit in buf */
    uint64_t next_seq; /* expected */
    uint64_t lost;     /* packets missing before the next one with a payload */
    bool started;      /* next_seq is valid */
    bool marks;        /* the sender sets markers */
    bool gap;          /* something was lost since the last unit that was returned */
    bool unit_gap;     /* ... before the unit in buf */
};

static void begin(struct video_depay *d, uint32_t ts)
{
    d->buf.size = 0;
    d->ts = ts;
    d->state = UNIT_OPEN;
    if (d->codec == VIDEO_CODEC_H264)
        depay_h264_start(&d->as.h264);
    else
        depay_vp8_start(&d->as.vp8);
}

static int append(struct video_depay *d, const struct video_depay_packet *p)
{
    if (d->codec == VIDEO_CODEC_H264)
        return depay_h264_append(&d->as.h264, &d->buf, p->payload, p->size);
    return depay_vp8_append(&d->as.vp8, &d->buf, p->payload, p->size);
}

static bool is_head(const struct video_depay *d, const struct video_depay_packet *p)
{
    if (d->codec == VIDEO_CODEC_H264)
        return depay_h264_is_head(&d->as.h264, p->payload, p->size);
    return depay_vp8_is_head(p->payload, p->size);
}

static void drop(struct video_depay *d)
{
    d->state = UNIT_BROKEN;
    d->gap = true;
}

/* The unit in buf has all its packets. */
static int end(struct video_depay *d)
{
    if (d->codec == VIDEO_CODEC_H264 && depay_h264_end(&d->as.h264) < 0) {
        drop(d);
        return -EBADMSG;
    }
    d->state = d->buf.size ? UNIT_WHOLE : UNIT_NONE;
    d->unit_gap = d->gap;
    return 0;
}

static int give(struct video_depay *d, struct video_unit *ret_unit)
{
    struct unit_buf out;

    if (d->state != UNIT_WHOLE)
        return -EAGAIN;

    out = d->buf;
    d->buf = d->out;
    d->out = out;
    d->state = UNIT_NONE;
    d->gap = false;
    *ret_unit = (struct video_unit){
        .data = out.data,
        .size = out.size,
        .ts = d->ts,
        .key = d->codec == VIDEO_CODEC_H264 ? d->as.h264.key : d->as.vp8.key,
        .after_gap = d->unit_gap,
    };
    return 0;
}

/* Packets are missing before @p p: what does that break? */
static void lose(struct video_depay *d, const struct video_depay_packet *p)
{
    bool same = (d->state == UNIT_OPEN || d->state == UNIT_BROKEN) && p->ts == d->ts;

    /* A single packet that was lost at the end of a unit without marker was that unit's. */
    bool tail = d->state == UNIT_OPEN && d->marks && d->lost == 1;

    d->gap = true;
    d->lost = 0;
    if (!same && (tail || is_head(d, p))) {
        d->state = UNIT_NONE;
    } else {
        /* What p belongs to is not whole. */
        d->state = UNIT_BROKEN;
        d->ts = p->ts;
    }
}

/* Append the packet to the unit in buf, which is never whole here. */
static int take(struct video_depay *d, const struct video_depay_packet *p)
{
    int err;

    if (d->state == UNIT_BROKEN && p->ts == d->ts) {
        if (p->marker)
            d->state = UNIT_NONE;
        return -EAGAIN;
    }
    if (d->state != UNIT_OPEN)
        begin(d, p->ts);

    err = append(d, p);
    if (!err && p->marker)
        err = end(d);
    if (err) {
        drop(d);
        if (p->marker)
            d->state = UNIT_NONE;
    }
    return err;
}

int video_depay_new(struct video_depay **ret_depay, enum video_codec codec)
{
    struct video_depay *d;

    assert(ret_depay);
    if (codec != VIDEO_CODEC_H264 && codec != VIDEO_CODEC_VP8)
        return -EINVAL;

    d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    d->codec = codec;

    *ret_depay = d;
    return 0;
}

struct video_depay *video_depay_free(struct video_depay *depay)
{
    if (!depay)
        return NULL;

    unit_buf_finish(&depay->buf);
    unit_buf_finish(&depay->out);
    free(depay);
    return NULL;
}

int video_depay_put(struct video_depay *depay, const struct video_depay_packet *packet,
                    struct video_unit *ret_unit)
{
    int given = give(depay, ret_unit), err;

    if (!packet || (depay->started && packet->ext_seq < depay->next_seq))
        return given;

    if (depay->started)
        depay->lost += packet->ext_seq - depay->next_seq;
    depay->started = true;
    depay->next_seq = packet->ext_seq + 1;
    if (!packet->size)
        return given;
    if (depay->lost)
        lose(depay, packet);
    depay->marks |= packet->marker;

    /* A unit without marker ends where another timestamp begins; here none was given yet. */
    if (depay->state == UNIT_OPEN && packet->ts != depay->ts) {
        (void)end(depay);
        given = give(depay, ret_unit);
    }

    err = take(depay, packet);
    if (given == 0)
        return 0;
    return err ? err : give(depay, ret_unit);
}
