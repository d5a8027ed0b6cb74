/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/drawing.h  Something with text that lies in or on the composite, drawn off the
 * tick
 *
 *     video_room  -- drawing_request(what) -->  task of its own: Pango, Cairo, milliseconds
 *                 <-- drawing_update() -------  latest result wins
 *
 * Initials for a tile without a camera, name plates, marks, banner, logo.  It is drawn when what
 * is wanted changes, and the former result stays until then.
 *
 * Threads:   created and closed anywhere; the rest from the task of the room.
 * Ownership: one owner; what the getters return belongs to the drawing until the next update.
 */
#ifndef MCU_MEDIA_DRAWING_H
#define MCU_MEDIA_DRAWING_H

#include <stdbool.h>
#include <stdint.h>

#include "mixer/overlay.h"

struct drawing;
struct settings;
struct task_pool;
struct video_frame;

enum { DRAWING_TEXT_SIZE = 257 };

enum drawing_kind {
    DRAWING_NONE,
    DRAWING_INITIALS, /**< Frame: text is a name; w x h */
    DRAWING_MORE,     /**< Frame: number is N of "+N"; w x h */
    DRAWING_PLATE,    /**< Overlay: text is a name, flags are badges; at most w wide */
    DRAWING_MARKS,    /**< Overlay: flags are marks */
    DRAWING_BANNER,   /**< Overlay: text; w wide */
    DRAWING_LOGO,     /**< Overlay: the logo of the settings; at most w x h */
};

struct drawing_spec {
    enum drawing_kind kind;
    uint16_t w, h;   /**< [pixels] */
    unsigned flags;  /**< OVERLAY_BADGE_*, OVERLAY_MARK_* */
    uint64_t number; /**< MORE: N; LOGO: version of the settings */
    struct overlay_style style;
    struct settings *settings; /**< LOGO: a reference is taken while it is drawn */
    char text[DRAWING_TEXT_SIZE];
};

/** @return 0, -ENOMEM, -ENOSPC */
int drawing_new(struct drawing **ret_drawing, struct task_pool *pool);

/** Have it drawn; the same again changes nothing.  @return 0, -ENOMEM (to be asked again) */
int drawing_request(struct drawing *drawing, const struct drawing_spec *spec);

/** Take a new result, if there is one.  @return true if there was */
bool drawing_update(struct drawing *drawing);

/** Was something asked for whose result was not taken yet? */
bool drawing_is_busy(const struct drawing *drawing);

/** What was drawn last, or NULL. */
const struct video_frame *drawing_frame(const struct drawing *drawing);
const struct overlay *drawing_overlay(const struct drawing *drawing);

/** Returns at once.  NULL is allowed.  Returns NULL. */
struct drawing *drawing_close(struct drawing *drawing);

#endif
