/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/overlay_icon.c  Icons of overlay_draw.c, as paths in a square of one by one
 */
#include "mixer/overlay_icon.h"

#include <cairo.h>

static const double pi = 3.14159265358979323846;

static void begin(cairo_t *cairo, double x, double y, double size)
{
    cairo_save(cairo);
    cairo_translate(cairo, x, y);
    cairo_scale(cairo, size, size);
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
    cairo_new_path(cairo);
}

static void line(cairo_t *cairo, double width, double x0, double y0, double x1, double y1)
{
    cairo_move_to(cairo, x0, y0);
    cairo_line_to(cairo, x1, y1);
    cairo_set_line_width(cairo, width);
    cairo_stroke(cairo);
}

void overlay_icon_mic_off(cairo_t *cairo, double x, double y, double size)
{
    begin(cairo, x, y, size);
    cairo_set_source_rgb(cairo, 1.0, 0.36, 0.33);
    line(cairo, 0.28, 0.5, 0.22, 0.5, 0.46);
    cairo_arc(cairo, 0.5, 0.46, 0.27, 0.0, pi);
    cairo_set_line_width(cairo, 0.08);
    cairo_stroke(cairo);
    line(cairo, 0.08, 0.5, 0.74, 0.5, 0.92);
    line(cairo, 0.08, 0.34, 0.92, 0.66, 0.92);

    /* Nothing on both sides of the stroke, so that it is seen on the body too. */
    cairo_set_operator(cairo, CAIRO_OPERATOR_DEST_OUT);
    line(cairo, 0.22, 0.16, 0.1, 0.86, 0.88);
    cairo_set_operator(cairo, CAIRO_OPERATOR_OVER);
    cairo_set_source_rgba(cairo, 0.0, 0.0, 0.0, 0.6);
    line(cairo, 0.22, 0.16, 0.1, 0.86, 0.88);
    cairo_set_source_rgb(cairo, 1.0, 0.36, 0.33);
    line(cairo, 0.09, 0.16, 0.1, 0.86, 0.88);
    cairo_restore(cairo);
}

void overlay_icon_hand(cairo_t *cairo, double x, double y, double size)
{
    static const double finger[][2] = {{0.36, 0.2}, {0.5, 0.1}, {0.64, 0.14}, {0.78, 0.28}};

    begin(cairo, x, y, size);
    cairo_set_source_rgb(cairo, 1.0, 0.79, 0.24);
    for (unsigned i = 0; i < sizeof(finger) / sizeof(finger[0]); ++i)
        line(cairo, 0.11, finger[i][0], finger[i][1], finger[i][0], 0.6);
    cairo_move_to(cairo, 0.16, 0.5); /* thumb */
    cairo_line_to(cairo, 0.36, 0.74);
    cairo_set_line_width(cairo, 0.12);
    cairo_stroke(cairo);

    cairo_move_to(cairo, 0.305, 0.5); /* palm */
    cairo_line_to(cairo, 0.835, 0.5);
    cairo_line_to(cairo, 0.835, 0.64);
    cairo_arc(cairo, 0.57, 0.68, 0.265, 0.0, pi * 0.85);
    cairo_close_path(cairo);
    cairo_fill(cairo);
    cairo_restore(cairo);
}

void overlay_icon_phone(cairo_t *cairo, double x, double y, double size)
{
    begin(cairo, x, y, size);
    cairo_set_source_rgb(cairo, 1.0, 1.0, 1.0);
    cairo_move_to(cairo, 0.2, 0.18); /* the handle, bent */
    cairo_curve_to(cairo, 0.22, 0.5, 0.5, 0.78, 0.82, 0.8);
    cairo_set_line_width(cairo, 0.15);
    cairo_stroke(cairo);
    line(cairo, 0.22, 0.24, 0.16, 0.31, 0.32); /* both ends */
    line(cairo, 0.22, 0.84, 0.76, 0.68, 0.69);
    cairo_restore(cairo);
}
