/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/content_view.h  A shared screen as a picture of its own, for those who want that
 *
 *     same heads as the room's --> composite of the screen's own shape, the layout "content-full"
 *
 * Exists while somebody shares and somebody wants it; then there is a second composite, whose
 * canvas has the size of the screen, as far as the settings let it.  It is shown once it has a
 * picture of the screen, and when that gets another shape another composite takes its place
 * in the same way, so that nobody gets a picture without the screen, or between black bars for
 * long; at most every two seconds, however often the screen changes.  Without a layout
 * "content-full" in the settings the configured one is used.
 *
 * Threads:   control only.
 * Ownership: belongs to the media of a room.
 */
#ifndef MCU_ROOM_CONTENT_VIEW_H
#define MCU_ROOM_CONTENT_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/params.h"
#include "net/control_loop.h"

struct content_view;
struct fanout;
struct room_look;
struct settings;
struct task_pool;
struct video_head_cfg;
struct video_room_layout;

struct content_view_cfg {
    struct task_pool *pool;
    struct settings *settings; /**< What holds for the room; a reference is taken */
    uint32_t room;             /**< Key */
    control_msg_h *layouth;    /**< As video_room_cfg; pass it to content_view_take_layout() */
    /** content_view_fanout() may give something else now. */
    void (*changedh)(void *arg);
    void *arg; /**< Of changedh */
};

/** @return 0, -ENOMEM */
int content_view_new(struct content_view **ret_view, const struct content_view_cfg *cfg);
/** NULL is allowed.  Returns NULL. */
struct content_view *content_view_close(struct content_view *view);

/** Heads of the room; as video_room_add_head() and so on.  @return 0, -ENOMEM */
int content_view_add_head(struct content_view *view, const struct video_head_cfg *head);
void content_view_set_head(struct content_view *view, const struct video_head_cfg *head);
void content_view_remove_head(struct content_view *view, uint32_t key);

/** As video_room_set_speakers() and so on. */
void content_view_set_speakers(struct content_view *view, uint32_t dominant, const uint32_t *active,
                               unsigned nactive);
void content_view_set_look(struct content_view *view, const struct room_look *look);
/** Overlays and layouts follow these settings; sizes and rates stay. */
void content_view_configure(struct content_view *view, struct settings *settings);

/** Somebody wants it in a codec from now on, whether anybody shares or not; or no longer. */
void content_view_want(struct content_view *view, enum video_codec codec);
void content_view_drop(struct content_view *view, enum video_codec codec);
/** What who wants it is to get; NULL: the room's composite.  Holds until changedh is called. */
struct fanout *content_view_fanout(const struct content_view *view, enum video_codec codec);
/** Nobody shares any more, or somebody else does: changedh will be called; whoever does not get
 *  it yet had better wait. */
bool content_view_is_ending(const struct content_view *view);

/** Takes a layout whose view is not 0.  @return whether it is that of what is shown now, so
 *  that those who get it are to be told */
bool content_view_take_layout(struct content_view *view, struct video_room_layout *layout);
/** How it looks; NULL: it is not shown. */
const struct video_room_layout *content_view_layout(const struct content_view *view);

/**
 * Size of the canvas for a screen: its own, but not larger than @p max_w x @p max_h, and its
 * longer side not smaller than CONTENT_VIEW_SIDE_MIN; even.
 */
void content_view_size(uint16_t w, uint16_t h, uint16_t max_w, uint16_t max_h, uint16_t *ret_w,
                       uint16_t *ret_h);

enum { CONTENT_VIEW_SIDE_MIN = 640 /**< [pixels] */ };

#endif
