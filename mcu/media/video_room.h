/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/video_room.h  A room's picture: sources to one composite per tick
 *
 *     video_source x n --> scene (seats) --> compositor --> video_out x renditions
 *
 * Ticks at the room's frame rate while it has a rendition, and does nothing
 * otherwise.  The latest picture of each head is drawn; a head whose camera is off
 * or has sent nothing for a second (a screen: for five) is shown by its initials.  When nothing
 * changed nothing is encoded, but for one composite a second, so that no receiver takes the stream
 * for dead.
 *
 * Threads:   created, commanded and closed on control; works in a task of its own.
 * Ownership: takes sources' references, avatars and renditions as said below.
 */
#ifndef MCU_MEDIA_VIDEO_ROOM_H
#define MCU_MEDIA_VIDEO_ROOM_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/video_frame.h"
#include "mixer/layout.h"
#include "net/control_loop.h"

struct task_pool;
struct video_out;
struct video_room;
struct video_source;

enum video_room_media { VIDEO_ROOM_EMPTY, VIDEO_ROOM_VIDEO, VIDEO_ROOM_AVATAR };

/** What is where in the composite from a point in time on. */
struct video_room_layout {
    uint32_t room;    /**< Key of the room */
    uint64_t epoch;   /**< Grows with each change */
    uint64_t when_us; /**< Media clock of the first composite that looks so */
    uint16_t w, h;
    unsigned ntiles;
    struct {
        uint32_t head; /**< Key, 0 = nobody */
        struct video_rect rect;
        enum video_room_media media;
    } tile[LAYOUT_TILES_MAX];
};

struct video_room_cfg {
    struct task_pool *pool;
    uint32_t room; /**< Key of the room */
    uint16_t w, h; /**< Canvas [pixels] */
    uint16_t fps;
    /** Called on control; msg is a struct video_room_layout **, to be freed by free(). */
    control_msg_h *layouth;
    void *arg;
};

/** @return 0, -EINVAL, -ENOMEM */
int video_room_new(struct video_room **ret_room, const struct video_room_cfg *cfg);

/**
 * Seat a head.
 *
 * @param head    Key, not 0
 * @param name    For the initials
 * @param source  Its camera, a reference is taken; NULL = none
 * @param on      Camera is on
 * @param content It is a screen: it may stand still
 * @return 0, -ENOMEM, -ENOSPC
 */
int video_room_add_head(struct video_room *room, uint32_t head, const char *name,
                        struct video_source *source, bool on, bool content);
/** Give a head another camera (reference taken) or none, and say whether it is on.  @return 0,
 * -ENOSPC */
int video_room_set_head(struct video_room *room, uint32_t head, struct video_source *source,
                        bool on);
int video_room_remove_head(struct video_room *room, uint32_t head);

/** Add a rendition of the canvas size.  Takes it on success.  @return 0, -ENOSPC */
int video_room_add_out(struct video_room *room, struct video_out *out);
/** Close a rendition that was added. */
int video_room_remove_out(struct video_room *room, struct video_out *out);

/** Returns at once; closes the renditions.  NULL is allowed.  Returns NULL. */
struct video_room *video_room_close(struct video_room *room);

#endif
