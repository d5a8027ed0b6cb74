/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/placeholder.h  Pictures for who has no camera, and for who has no tile
 *
 * Somebody without a camera is shown by his initials on a coloured disc.  They are the first
 * grapheme of the first and of the last word of the name, in any script; a name without any gives a
 * disc alone.  The colour follows from the name.  Hostile names are harmless: at most
 * PLACEHOLDER_NAME_MAX bytes are read, broken UTF-8, control and direction
 * characters are dropped, and a grapheme is cut after a few code points.
 *
 * Takes milliseconds (the first time per thread many: fonts are loaded); so it is drawn in a
 * video task when a name changes, kept by the caller, and never drawn in a tick.
 *
 * Threads: any; no state of its own.
 */
#ifndef MIXER_PLACEHOLDER_H
#define MIXER_PLACEHOLDER_H

#include <stddef.h>
#include <stdint.h>

struct video_frame;

enum {
    PLACEHOLDER_NAME_MAX = 256,    /**< What of a name is looked at [bytes] */
    PLACEHOLDER_INITIALS_MAX = 64, /**< Room for two graphemes and a NUL [bytes] */
};

/**
 * Draw a placeholder: I420, BT.601 limited range.
 *
 * @param ret_frame  New frame, set on success only
 * @param name       UTF-8, may be broken; NULL is taken as ""
 * @param w,h        16 to 4096 [pixels]
 *
 * @return 0, -EINVAL (size), -ENOMEM
 */
int placeholder_draw(struct video_frame **ret_frame, const char *name, uint16_t w, uint16_t h);

/**
 * Draw the tile that stands for those who have none: "+N" on dark ground.  As placeholder_draw().
 *
 * @return 0, -EINVAL (size), -ENOMEM
 */
int placeholder_draw_count(struct video_frame **ret_frame, unsigned n, uint16_t w, uint16_t h);

/** Initials of a name, valid UTF-8; at most PLACEHOLDER_INITIALS_MAX bytes with the NUL.  @return
 * bytes */
size_t placeholder_initials(char ret_text[PLACEHOLDER_INITIALS_MAX], const char *name);

#endif
