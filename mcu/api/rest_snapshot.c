/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_snapshot.c  /api/v1/rooms/{r}/snapshot.jpg: what a room looks like at this
 * moment
 */
#include "mcu/api/rest_snapshot.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "codec/jpeg_encoder.h"
#include "codec/video_frame.h"
#include "mcu/api/rest_call.h"
#include "mcu/api/rest_job.h"
#include "mcu/api/rest_query.h"
#include "mcu/base/clock.h"
#include "mcu/room/room.h"
#include "mcu/room/room_set.h"
#include "mixer/scale.h"
#include "net/web_server.h"

enum { WIDTH_MIN = 64, WIDTH_MAX = 8192, QUALITY = 80 };

/** A room's picture in a width; kept after it was sent. */
struct shot {
    uint32_t room; /* key, 0 = never used */
    uint32_t w;    /* as asked for, 0 = as it is [pixels] */
    bool busy;     /* asked for or being encoded: nobody else may have the entry */
    uint64_t made_us;
    void *jpeg;
    size_t size;
    unsigned nwaiting;
    struct rest_ticket waiting[REST_SNAPSHOT_WAITING_MAX];
};

/** What a worker encodes. */
struct encode {
    struct shot *shot; /* control only */
    struct video_frame *frame;
    uint32_t w;
    void *jpeg;
    size_t size;
};

static struct shot shots[REST_SNAPSHOT_SIZES_MAX];

/* The entry of a room and width, or the oldest that can be had; NULL if all are busy. */
static struct shot *find(uint32_t room, uint32_t w)
{
    struct shot *oldest = NULL;

    for (struct shot *s = shots; s < shots + REST_SNAPSHOT_SIZES_MAX; ++s) {
        if (s->room == room && s->w == w)
            return s;
        if (!s->busy && (!oldest || s->made_us < oldest->made_us))
            oldest = s;
    }
    if (oldest) {
        free(oldest->jpeg);
        *oldest = (struct shot){.room = room, .w = w};
    }
    return oldest;
}

static void fail(struct shot *s, enum rest_problem problem, const char *detail)
{
    for (unsigned i = 0; i < s->nwaiting; ++i)
        rest_reply_problem(&s->waiting[i], problem, detail);
    s->nwaiting = 0;
    s->made_us = 0; /* what it has is not as new as that */
    s->busy = false;
}

/* Worker */

static struct video_frame *scaled(const struct video_frame *frame, uint32_t w)
{
    uint32_t h = (w * frame->h / frame->w + 1) & ~1u;
    struct video_frame *small;

    if (video_frame_new(&small, (uint16_t)w, (uint16_t)(h ? h : 2)))
        return NULL;
    if (scale_draw(small, &(struct video_rect){0, 0, small->w, small->h}, frame, SCALE_COVER))
        small = video_frame_unref(small);
    return small;
}

static void encode(void *arg)
{
    struct encode *e = arg;
    struct video_frame *small = NULL;

    if (e->w && e->w < e->frame->w) {
        small = scaled(e->frame, e->w & ~1u);
        if (!small)
            return;
    }
    if (jpeg_encoder_run(&e->jpeg, &e->size, small ? small : e->frame, QUALITY))
        e->jpeg = NULL;
    video_frame_unref(small);
}

static void free_encode(void *arg)
{
    struct encode *e = arg;

    video_frame_unref(e->frame);
    free(e->jpeg);
    free(e);
}

/* Control */

static void on_encoded(void *arg)
{
    struct encode *e = arg;
    struct shot *s = e->shot;

    if (!e->jpeg) {
        fail(s, REST_PROBLEM_BUSY, NULL);
        return;
    }
    free(s->jpeg);
    s->jpeg = e->jpeg;
    s->size = e->size;
    e->jpeg = NULL;
    for (unsigned i = 0; i < s->nwaiting; ++i)
        rest_reply_data(&s->waiting[i], "image/jpeg", s->jpeg, s->size);
    s->nwaiting = 0;
    s->busy = false;
}

/* Takes the frame. */
static void on_frame(struct video_frame *frame, void *arg)
{
    static const struct rest_job_handlers handlers = {encode, on_encoded, free_encode};
    struct shot *s = arg;
    struct encode *e;

    if (!frame) {
        if (room_set_find(s->room))
            fail(s, REST_PROBLEM_BUSY, NULL); /* too many ask, or it could not be drawn */
        else
            fail(s, REST_PROBLEM_ROOM, NULL);
        return;
    }
    e = calloc(1, sizeof(*e));
    if (!e) {
        video_frame_unref(frame);
        fail(s, REST_PROBLEM_BUSY, NULL);
        return;
    }
    *e = (struct encode){.shot = s, .frame = frame, .w = s->w};
    if (rest_job_start(&handlers, e)) {
        free_encode(e);
        fail(s, REST_PROBLEM_BUSY, NULL);
    }
}

static bool is_fresh(const struct shot *s, uint64_t now_us)
{
    return s->jpeg && now_us - s->made_us < REST_SNAPSHOT_FRESH_MS * 1000u;
}

void rest_snapshot_get(const struct rest_call *call)
{
    static const char *const names[] = {"w", NULL};
    struct room *room = rest_call_room(call);
    uint64_t now_us = clock_now_us();
    uint32_t w = 0;
    struct shot *s;

    if (!room || !rest_call_query(call, names))
        return;
    if (rest_query_number(call->request->query, "w", WIDTH_MIN, WIDTH_MAX, &w)) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_BAD_REQUEST,
                           "w: must be a number from 64 to 8192");
        return;
    }
    s = find(room_key(room), w);
    if (s && is_fresh(s, now_us) && !s->busy) {
        rest_reply_data(&call->ticket, "image/jpeg", s->jpeg, s->size);
        return;
    }
    if (!s || s->nwaiting == REST_SNAPSHOT_WAITING_MAX) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_BUSY, NULL);
        return;
    }
    s->waiting[s->nwaiting++] = call->ticket;
    if (s->busy)
        return;
    s->busy = true;
    s->made_us = now_us;
    if (room_snapshot(room, on_frame, s))
        fail(s, REST_PROBLEM_BUSY, NULL);
}

void rest_snapshot_finish(void)
{
    for (unsigned i = 0; i < REST_SNAPSHOT_SIZES_MAX; ++i)
        free(shots[i].jpeg);
    memset(shots, 0, sizeof(shots));
}
