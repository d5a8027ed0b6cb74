/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/video_room.h  A room's picture: sources to one composite per tick
 *
 *     video_source x n --> video_canvas (seats, overlays, compositor) --> video_out x renditions
 *
 * Ticks at the room's frame rate while it has a rendition, and does nothing
 * otherwise.  When nothing changed nothing is encoded, but for one composite a second, so that no
 * receiver takes the stream for dead.  What control says takes effect with the next tick.
 *
 * Threads:   created, commanded and closed on control; works in a task of its own.
 * Ownership: takes references and renditions as said below.
 */
#ifndef MCU_MEDIA_VIDEO_ROOM_H
#define MCU_MEDIA_VIDEO_ROOM_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/media/video_canvas.h"
#include "net/control_loop.h"

struct room_look;
struct settings;
struct task_pool;
struct video_head_cfg;
struct video_out;
struct video_room;

/** What the composite looks like from a point in time on. */
struct video_room_layout {
    uint32_t room; /**< Key of the room */
    uint32_t view; /**< As video_room_cfg */
    struct video_canvas_layout canvas;
};

struct video_room_cfg {
    struct task_pool *pool;
    struct settings *settings; /**< A reference is taken */
    uint32_t room;             /**< Key of the room */
    uint32_t view;             /**< Which composite of the room; 0 = the main one */
    uint16_t w, h;             /**< Canvas [pixels] */
    uint16_t fps;
    /** Called on control; msg is a struct video_room_layout **, to be freed by free(). */
    control_msg_h *layouth;
    void *arg;
};

/** @return 0, -EINVAL, -ENOMEM */
int video_room_new(struct video_room **ret_room, const struct video_room_cfg *cfg);

/** Seat a head.  Copies; a reference to the source is taken.  @return 0, -ENOMEM, -ENOSPC */
int video_room_add_head(struct video_room *room, const struct video_head_cfg *head);
/** Something about a head changed: its whole new state.  As video_room_add_head(). */
int video_room_set_head(struct video_room *room, const struct video_head_cfg *head);
int video_room_remove_head(struct video_room *room, uint32_t head);

/** Who speaks: keys.  @param dominant 0 = nobody yet  @return 0, -ENOMEM, -ENOSPC */
int video_room_set_speakers(struct video_room *room, uint32_t dominant, const uint32_t *active,
                            unsigned nactive);
/** Copies.  @return 0, -ENOMEM, -ENOSPC */
int video_room_set_look(struct video_room *room, const struct room_look *look);
/** Follow other settings; a reference is taken.  @return 0, -ENOSPC */
int video_room_configure(struct video_room *room, struct settings *settings);

/** Gets a reference to the composite, or NULL: there is none; called once, on control. */
typedef void(video_room_snapshot_h)(struct video_frame *frame, void *arg);
/** Ask for the composite as it is, also while nobody watches.  @return 0, -ENOSPC */
int video_room_snapshot(struct video_room *room, video_room_snapshot_h *h, void *arg);

/** Add a rendition of the canvas size.  Takes it on success.  @return 0, -ENOSPC */
int video_room_add_out(struct video_room *room, struct video_out *out);
/** Close a rendition that was added. */
int video_room_remove_out(struct video_room *room, struct video_out *out);

/** Returns at once; closes the renditions.  NULL is allowed.  Returns NULL. */
struct video_room *video_room_close(struct video_room *room);

#endif
