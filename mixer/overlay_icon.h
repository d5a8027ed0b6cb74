/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/overlay_icon.h  Icons of overlay_draw.c, as paths: no font has them all
 *
 * Each is drawn into a square with its upper left corner at x, y and a side of @p size; for
 * overlay_draw.c alone.
 *
 * Threads: any; no state.
 */
#ifndef MIXER_OVERLAY_ICON_H
#define MIXER_OVERLAY_ICON_H

typedef struct _cairo cairo_t;

/** A microphone with a stroke through it, red. */
void overlay_icon_mic_off(cairo_t *cairo, double x, double y, double size);
/** A raised hand, yellow. */
void overlay_icon_hand(cairo_t *cairo, double x, double y, double size);
/** A telephone's receiver, white. */
void overlay_icon_phone(cairo_t *cairo, double x, double y, double size);

#endif
