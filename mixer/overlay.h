/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/overlay.h  Small pictures with transparency that lie on the composite: names, badges,
 * marks, banner, logo
 *
 * Drawn once per change (Pango and Cairo: milliseconds, so in a task of its own, never in a tick),
 * blended at every redraw of what lies beneath.  I420 with premultiplied colour and two planes of
 * what is left of the ground:  out = ground * keep / 255 + colour.
 *
 * Text is hostile: at most OVERLAY_TEXT_MAX bytes are read, broken UTF-8, control and direction
 * characters are dropped, a grapheme is cut after a few code points, and what does not fit ends in
 * an ellipsis. Any script, bidi and emoji as the fonts of the machine have them.
 *
 * Ownership: counted, immutable.  Threads: any.
 */
#ifndef MIXER_OVERLAY_H
#define MIXER_OVERLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/video_frame.h"
#include "mcu/base/ref.h"

struct picture;

enum { OVERLAY_TEXT_MAX = 512, OVERLAY_FONT_SIZE = 64 };

struct overlay {
    struct ref ref;
    uint64_t id;       /**< Unique in the process: equal ids are equal pictures */
    uint16_t w, h;     /**< Even [pixels] */
    uint8_t *plane[3]; /**< Y, U, V, premultiplied */
    uint8_t *keep[2];  /**< 255 - alpha: for Y; for U and V (half size) */
    int stride[2];     /**< Of Y and keep[0]; of U, V and keep[1] [bytes] */
};

/** Badges of a name plate, a set of bits. */
enum { OVERLAY_BADGE_MIC_OFF = 1, OVERLAY_BADGE_HAND = 2, OVERLAY_BADGE_PHONE = 4 };
/** Marks of a room, a set of bits. */
enum { OVERLAY_MARK_REC = 1, OVERLAY_MARK_LIVE = 2 };

struct overlay_style {
    char font[OVERLAY_FONT_SIZE]; /**< Family, as Pango names it; "" = "Sans" */
    uint16_t size; /**< Height of the text's em, 6 to 256; others: the next of these [pixels] */
};

struct overlay *overlay_ref(struct overlay *overlay);
/** Drop a reference.  NULL is allowed.  Returns NULL. */
struct overlay *overlay_unref(struct overlay *overlay);

/**
 * A dark translucent plate with badges and a name, to go into the lower left corner of a tile.
 *
 * @param name   UTF-8, may be broken; "" or NULL: badges alone
 * @param max_w  Its largest width; a name that is longer is cut with an ellipsis [pixels]
 * @return 0 (*ret NULL if there is nothing to show: no name and no badge, or no room), -ENOMEM
 */
int overlay_draw_plate(struct overlay **ret_overlay, const struct overlay_style *style,
                       const char *name, unsigned badges, uint16_t max_w);
/** REC and LIVE marks side by side, to go into the upper right corner. As overlay_draw_plate(). */
int overlay_draw_marks(struct overlay **ret_overlay, const struct overlay_style *style,
                       unsigned marks);
/** A line of text across @p w pixels on a translucent band.  As overlay_draw_plate(). */
int overlay_draw_banner(struct overlay **ret_overlay, const struct overlay_style *style,
                        const char *text, uint16_t w);
/**
 * Of pixels as Cairo has them: 32 bits in the machine's byte order, premultiplied.
 *
 * @param stride  From row to row [bytes]
 * @param w,h     Even, 2 to 8192 [pixels]
 * @return 0, -EINVAL (size), -ENOMEM
 */
int overlay_from_argb(struct overlay **ret_overlay, const uint8_t *argb, int stride, uint16_t w,
                      uint16_t h);
/** A picture, scaled down (never up) to fit into a box; made even by a clear row or column. @return
 * 0, -EINVAL (box below 2x2), -ENOMEM */
int overlay_from_picture(struct overlay **ret_overlay, const struct picture *picture,
                         uint16_t max_w, uint16_t max_h);

/**
 * Lay it on a frame with its upper left corner at x, y (even); what is outside of @p clip or the
 * frame is left out.
 * @param clip  Even position and size
 */
void overlay_blend(struct video_frame *frame, const struct video_rect *clip, uint16_t x, uint16_t y,
                   const struct overlay *overlay);

#endif
