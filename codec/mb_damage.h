/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/mb_damage.h  Which macroblocks of a composite did not change since the last encoded
 * one
 *
 * Compares a frame's damage list with that of the frame before: a macroblock is unchanged only if
 * it lies wholly outside of all rectangles whose version moved.  When the list has another shape
 * (rectangles appeared, went, or moved), or there is none, everything counts as changed.
 *
 * Threads: one at a time.
 */
#ifndef CODEC_MB_DAMAGE_H
#define CODEC_MB_DAMAGE_H

#include <stdint.h>

struct mb_damage;
struct video_frame;

enum {
    MB_DAMAGE_SIZE = 16,      /**< A macroblock's side [pixels] */
    MB_DAMAGE_RECTS_MAX = 256 /**< With more rectangles, everything counts as changed */
};

/**
 * Create a comparer.
 *
 * @param w, h       Size of the frames [pixels]
 * @param unchanged  Value that marks an unchanged macroblock; others are 0
 *
 * @return 0, -ENOMEM
 */
int mb_damage_new(struct mb_damage **ret_damage, uint16_t w, uint16_t h, uint8_t unchanged);

/** Free a comparer.  NULL is allowed.  Returns NULL. */
struct mb_damage *mb_damage_free(struct mb_damage *damage);

/**
 * Compare a frame with the one before, and remember it.
 *
 * @return a map of (w + 15) / 16 by (h + 15) / 16 macroblocks, valid until the next call, or NULL
 * if everything changed
 */
uint8_t *mb_damage_next(struct mb_damage *damage, const struct video_frame *frame);

/** Forget the frame before: with the next one, everything changed. */
void mb_damage_forget(struct mb_damage *damage);

#endif
