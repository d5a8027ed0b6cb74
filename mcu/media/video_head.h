/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/video_head.h  Somebody, or a shared screen, in a room's composite
 *
 * Has the latest picture of his camera, his initials for when there is none, and his name plate.
 * A camera that has sent nothing for a second (a screen: for five) counts as none.
 *
 * Threads:   the task of the room; video_head_cfg is copied on control.
 * Ownership: one owner.
 */
#ifndef MCU_MEDIA_VIDEO_HEAD_H
#define MCU_MEDIA_VIDEO_HEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/media/drawing.h"
#include "mcu/media/video_canvas.h"
#include "mixer/scene.h"

struct compositor_tile;
struct task_pool;
struct video_frame;
struct video_source;

/** What control says about a head. */
struct video_head_cfg {
    uint32_t key; /**< Not 0 */
    bool content; /**< It is a screen: it may stand still.  Never changes */
    bool on;      /**< The camera is on */
    bool mic_off;
    bool phone;                   /**< He has no video at all */
    unsigned again;               /**< 0: in the room's composite; else number of another one, for
                                   *   video_source_take_again().  Never changes */
    uint64_t hand_us;             /**< When he raised his hand; 0 = down */
    struct video_source *source;  /**< Its pictures; a reference is taken, NULL = none */
    char seat[LAYOUT_NAME_SIZE];  /**< Reserved seat that is his, "" = none */
    char name[DRAWING_TEXT_SIZE]; /**< UTF-8 */
};

struct video_head {
    struct video_head *next; /* list of the canvas */
    struct video_head_cfg cfg;
    struct video_frame *picture; /* latest of the camera, NULL when stale */
    struct drawing *initials, *plate;
    uint64_t picture_us;      /* when it came, or when the camera was turned on [us] */
    uint64_t picture_version; /* unique in the room, for the compositor */
    uint64_t initials_version;
    struct {
        uint16_t w, h;
        uint64_t style;            /* of the canvas; plate only */
    } initials_asked, plate_asked; /* what they were asked for; 0 = nothing yet */
};

/** @return 0, -ENOMEM, -ENOSPC */
int video_head_new(struct video_head **ret_head, struct task_pool *pool,
                   const struct video_head_cfg *cfg, uint64_t now_us);
/** NULL is allowed.  Returns NULL. */
struct video_head *video_head_free(struct video_head *head);

/** Something about him changed. */
void video_head_set(struct video_head *head, const struct video_head_cfg *cfg, uint64_t now_us);
/** Take what came since the last tick.  @param version raised for each picture */
void video_head_refresh(struct video_head *head, uint64_t now_us, uint64_t *version);
/** Has a camera that is on but shows nothing. */
bool video_head_is_stale(const struct video_head *head, uint64_t now_us);
/** Are his initials or his name plate being drawn? */
bool video_head_is_drawing(const struct video_head *head);
/** What the scene is to know. */
void video_head_describe(const struct video_head *head, struct scene_head *ret);
/** Put his picture, or his initials, into a tile whose rectangle is set. */
enum video_canvas_media video_head_show(struct video_head *head, struct compositor_tile *tile);

#endif
