/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/scale.h  A picture into a rectangle of another one
 *
 * I420, BT.601 limited range in and out.  Keeps the aspect ratio (square
 * pixels): SCALE_CONTAIN shows all of the source between black bars,
 * SCALE_COVER fills the rectangle and cuts off what sticks out evenly on both sides.
 * Same size: copied as it is.
 *
 * Threads: any; no state.  A frame that is written must belong to the caller alone.
 */
#ifndef MIXER_SCALE_H
#define MIXER_SCALE_H

#include "codec/video_frame.h"

enum scale_fit { SCALE_CONTAIN, SCALE_COVER };

/**
 * Which part of the source goes to which part of the rectangle.
 *
 * Positions are even; sizes are even unless they reach an odd edge.
 *
 * @param ret_src  Part of the source that is shown
 * @param ret_dst  Part of @p rect that it covers, in the same coordinates as @p rect
 * @param w,h      Source, not 0 [pixels]
 */
void scale_place(struct video_rect *ret_src, struct video_rect *ret_dst,
                 const struct video_rect *rect, uint16_t w, uint16_t h, enum scale_fit fit);

/**
 * Draw @p src into @p rect of @p dst; nothing outside of it is touched.
 *
 * @param rect  Inside of @p dst, position even, not empty; an odd size only at an odd edge of @p
 * dst
 *
 * @return 0 or -EINVAL (rect)
 */
int scale_draw(struct video_frame *dst, const struct video_rect *rect,
               const struct video_frame *src, enum scale_fit fit);

#endif
