/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/placeholder.c  Pictures for who has no camera, and for who has no tile
 */
#include "mixer/placeholder.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <libyuv/convert.h>
#include <pango/pangocairo.h>

#include "codec/video_frame.h"
#include "mixer/text_clean.h"

enum {
    SIDE_MIN = 16,
    SIDE_MAX = 4096,
    GRAPHEME_CHARS = 8,  /* longer ones are cut [code points] */
    GRAPHEME_BYTES = 31, /* two of them and a NUL are PLACEHOLDER_INITIALS_MAX at most */
    BACKGROUND = 0x101418,
    COUNT_BACKGROUND = 0x1c232b,
};

/* As g_utf8_next_char(), which casts const away. */
static const char *next_char(const char *p)
{
    return g_utf8_find_next_char(p, NULL);
}

/* May a grapheme that is shown start with it? */
static bool is_visible(gunichar c)
{
    return g_unichar_isalnum(c) || g_unichar_type(c) == G_UNICODE_OTHER_SYMBOL;
}

/* The first visible grapheme from start on, but before end; true if there is one. */
static bool find_grapheme(const char **start, const char **stop, const char *end,
                          const PangoLogAttr *attr)
{
    const char *p = *start;
    unsigned i = 0, n = 1;

    while (p < end && !(attr[i].is_cursor_position && is_visible(g_utf8_get_char(p)))) {
        p = next_char(p);
        ++i;
    }
    if (p >= end)
        return false;
    *start = p;
    for (p = next_char(p); p < end && !attr[i + n].is_cursor_position; ++n) {
        const char *next = next_char(p);

        if (n == GRAPHEME_CHARS || next - *start > GRAPHEME_BYTES)
            break;
        p = next;
    }
    *stop = p;
    return true;
}

/* Appends the initial of a word, which ends at a blank or at the NUL. */
static size_t add_initial(char *text, size_t used, const char *word, const PangoLogAttr *attr)
{
    const char *start = word, *stop, *end = strchr(word, ' ');
    gunichar first;
    char upper[6];
    size_t len, rest;

    if (!find_grapheme(&start, &stop, end ? end : word + strlen(word), attr))
        return used;
    first = g_utf8_get_char(start);
    start = next_char(start);
    len = (size_t)g_unichar_to_utf8(g_unichar_totitle(first), upper);
    rest = (size_t)(stop - start);
    if (used + len + rest >= PLACEHOLDER_INITIALS_MAX)
        return used;
    memcpy(text + used, upper, len);
    memcpy(text + used + len, start, rest);
    return used + len + rest;
}

static size_t initials(char ret_text[PLACEHOLDER_INITIALS_MAX], const char *name, size_t size)
{
    PangoLogAttr attr[PLACEHOLDER_NAME_MAX + 1];
    const char *last = strrchr(name, ' ');
    size_t used = 0;

    ret_text[0] = '\0';
    if (size == 0)
        return 0;
    pango_get_log_attrs(name, (int)size, -1, pango_language_from_string("en"), attr,
                        (int)g_utf8_strlen(name, (gssize)size) + 1);
    used = add_initial(ret_text, used, name, attr);
    if (last)
        used = add_initial(ret_text, used, last + 1, attr + g_utf8_strlen(name, last + 1 - name));
    ret_text[used] = '\0';
    return used;
}

size_t placeholder_initials(char ret_text[PLACEHOLDER_INITIALS_MAX], const char *name)
{
    char text[PLACEHOLDER_NAME_MAX + 1];
    size_t size = text_clean_utf8(text, name, PLACEHOLDER_NAME_MAX);

    return initials(ret_text, text, size);
}

/* FNV-1a. */
static uint32_t hash(const char *text)
{
    uint32_t h = 2166136261u;

    for (; *text; ++text)
        h = (h ^ (uint8_t)*text) * 16777619u;
    return h;
}

/* One channel of a colour of medium saturation and lightness; shift is 0, 8, 4 for R, G, B. */
static double channel(double hue, double shift)
{
    double k = fmod(shift + hue / 30.0, 12.0);

    return 0.42 - 0.20 * fmax(-1.0, fmin(fmin(k - 3.0, 9.0 - k), 1.0));
}

static void draw_text(cairo_t *cairo, const char *text, double x, double y, double radius)
{
    PangoLayout *layout = pango_cairo_create_layout(cairo);
    PangoFontDescription *font = pango_font_description_from_string("Sans Bold");
    PangoRectangle ink;
    double reach, scale;

    pango_font_description_set_absolute_size(font, radius * 0.8 * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    pango_layout_set_text(layout, text, -1);
    pango_layout_get_pixel_extents(layout, &ink, NULL);

    reach = hypot(ink.width, ink.height) / 2.0;
    scale = reach > radius * 0.9 ? radius * 0.9 / reach : 1.0;
    cairo_translate(cairo, x, y);
    cairo_scale(cairo, scale, scale);
    cairo_move_to(cairo, -(ink.x + ink.width / 2.0), -(ink.y + ink.height / 2.0));
    cairo_set_source_rgb(cairo, 1.0, 1.0, 1.0);
    pango_cairo_show_layout(cairo, layout);

    pango_font_description_free(font);
    g_object_unref(layout);
}

static void paint(cairo_t *cairo, uint32_t rgb)
{
    cairo_set_source_rgb(cairo, (rgb >> 16 & 0xff) / 255.0, (rgb >> 8 & 0xff) / 255.0,
                         (rgb & 0xff) / 255.0);
    cairo_paint(cairo);
}

/* On failure cairo gives a dead surface, and all drawing on it ends in an error status. */
static cairo_t *start(uint16_t w, uint16_t h)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    cairo_t *cairo = cairo_create(surface);

    cairo_surface_destroy(surface); /* cairo has its own reference */
    return cairo;
}

static int finish(struct video_frame **ret_frame, cairo_t *cairo, uint16_t w, uint16_t h)
{
    cairo_surface_t *surface = cairo_get_target(cairo);
    struct video_frame *frame = NULL;
    int err = -ENOMEM;

    if (cairo_status(cairo) != CAIRO_STATUS_SUCCESS)
        goto out;
    err = video_frame_new(&frame, w, h);
    if (err)
        goto out;
    cairo_surface_flush(surface);
    (void)ARGBToI420(cairo_image_surface_get_data(surface), cairo_image_surface_get_stride(surface),
                     frame->plane[0], frame->stride[0], frame->plane[1], frame->stride[1],
                     frame->plane[2], frame->stride[2], w, h);
    *ret_frame = frame;

out:
    cairo_destroy(cairo);
    return err;
}

static bool is_size(uint16_t w, uint16_t h)
{
    return w >= SIDE_MIN && h >= SIDE_MIN && w <= SIDE_MAX && h <= SIDE_MAX;
}

int placeholder_draw(struct video_frame **ret_frame, const char *name, uint16_t w, uint16_t h)
{
    double x = w / 2.0, y = h / 2.0, radius = (w < h ? w : h) * 0.32, hue;
    char clean[PLACEHOLDER_NAME_MAX + 1], text[PLACEHOLDER_INITIALS_MAX];
    size_t size = text_clean_utf8(clean, name, PLACEHOLDER_NAME_MAX);
    cairo_t *cairo;

    assert(ret_frame);
    if (!is_size(w, h))
        return -EINVAL;
    cairo = start(w, h);
    paint(cairo, BACKGROUND);
    hue = (double)(hash(clean) % 360);
    cairo_set_source_rgb(cairo, channel(hue, 0.0), channel(hue, 8.0), channel(hue, 4.0));
    cairo_arc(cairo, x, y, radius, 0.0, 2.0 * G_PI);
    cairo_fill(cairo);
    if (initials(text, clean, size) > 0)
        draw_text(cairo, text, x, y, radius);
    return finish(ret_frame, cairo, w, h);
}

int placeholder_draw_count(struct video_frame **ret_frame, unsigned n, uint16_t w, uint16_t h)
{
    char text[16];
    cairo_t *cairo;

    assert(ret_frame);
    if (!is_size(w, h))
        return -EINVAL;
    snprintf(text, sizeof(text), "+%u", n);
    cairo = start(w, h);
    paint(cairo, COUNT_BACKGROUND);
    draw_text(cairo, text, w / 2.0, h / 2.0, (w < h ? w : h) * 0.4);
    return finish(ret_frame, cairo, w, h);
}
