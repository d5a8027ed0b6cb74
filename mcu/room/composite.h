/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/composite.h  A composite of a room and the streams of it, one per codec
 *
 * The first who wants it in a codec makes the encoder, the last who drops it ends it.  What the
 * composite is to show is told to composite_video().
 *
 * Threads:   control only.
 * Ownership: one owner.
 */
#ifndef MCU_ROOM_COMPOSITE_H
#define MCU_ROOM_COMPOSITE_H

#include <stdint.h>

#include "codec/params.h"
#include "net/control_loop.h"

struct composite;
struct fanout;
struct settings;
struct task_pool;
struct video_room;

struct composite_cfg {
    struct task_pool *pool;
    struct settings *settings; /**< As video_room_cfg */
    uint32_t room, view;       /**< As video_room_cfg */
    uint16_t w, h;             /**< Even [pixels] */
    uint16_t fps;
    uint32_t bitrate_bps;
    enum video_preset preset;
    control_msg_h *layouth; /**< As video_room_cfg */
    void *arg;
};

/** @return 0, -EINVAL, -ENOMEM */
int composite_new(struct composite **ret_composite, const struct composite_cfg *cfg);
/** Ends its streams.  NULL is allowed.  Returns NULL. */
struct composite *composite_close(struct composite *composite);

struct video_room *composite_video(struct composite *composite);
const struct composite_cfg *composite_cfg(const struct composite *composite);

/** @param ret_fanout What to subscribe to; stays as long as it is wanted  @return 0, -ENOMEM,
 *  -ENOSPC */
int composite_want(struct composite *composite, enum video_codec codec, struct fanout **ret_fanout);
void composite_drop(struct composite *composite, enum video_codec codec);
/** What somebody wants in this codec; NULL: nobody does. */
struct fanout *composite_fanout(const struct composite *composite, enum video_codec codec);

#endif
