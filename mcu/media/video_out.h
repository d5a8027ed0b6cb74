/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/video_out.h  One rendition: composites to packets
 *
 *     video_room --- video_out_put() --> [ latest wins ] --> video_encoder --> fanout
 *                                                                ^-- key frame requests
 *
 * A composite that comes while one is encoded waits; one that comes while
 * one waits replaces it.  Key frame requests of all subscribers are coalesced:
 * two close to one another are served, then one per second.
 *
 * Threads:   created on control; put and close by the room's task.
 * Ownership: passes to the room's task with video_room_add_out().
 */
#ifndef MCU_MEDIA_VIDEO_OUT_H
#define MCU_MEDIA_VIDEO_OUT_H

#include <stdbool.h>

#include "codec/params.h"

struct fanout;
struct task_pool;
struct video_frame;
struct video_out;

struct video_out_cfg {
    struct task_pool *pool;
    struct video_encoder_params params;
};

/** @return 0, -ENOMEM */
int video_out_new(struct video_out **ret_out, const struct video_out_cfg *cfg);

/** Whom to subscribe to; belongs to the rendition. */
struct fanout *video_out_fanout(struct video_out *out);

/** Encode and send a composite.  Takes a reference of its own. */
void video_out_put(struct video_out *out, struct video_frame *frame);

/** A receiver waits for a key frame that may be sent now: put the last composite again if there is
 * no new one. */
bool video_out_wants_key(const struct video_out *out, uint64_t now_us);

/** End the rendition; returns at once.  NULL is allowed.  Returns NULL. */
struct video_out *video_out_close(struct video_out *out);

#endif
