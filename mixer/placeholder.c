/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/placeholder.c  Picture for somebody without a camera: initials on a coloured disc
 */
#include "mixer/placeholder.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include <libyuv/convert.h>
#include <pango/pangocairo.h>

#include "codec/video_frame.h"

enum {
    SIDE_MIN = 16,
    SIDE_MAX = 4096,
    GRAPHEME_CHARS = 8,  /* longer ones are cut [code points] */
    GRAPHEME_BYTES = 31, /* two of them and a NUL are PLACEHOLDER_INITIALS_MAX at most */
};

/* A range of code points that never get into a picture. */
static const struct {
    gunichar first, last;
} forbidden[] = {
    {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},
    {0x115f, 0x1160}, {0x180e, 0x180e}, {0x200b, 0x200c}, {0x200e, 0x200f},
    {0x2028, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164}, {0xd800, 0xf8ff},
    {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffc}, {0xe0000, 0x10ffff},
};

static bool is_forbidden(gunichar c)
{
    for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); ++i) {
        if (c >= forbidden[i].first && c <= forbidden[i].last)
            return true;
    }
    return (c & 0xfffe) == 0xfffe; /* not a character */
}

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

/* The name with white space as single blanks and without what must not be shown; valid UTF-8. */
static size_t clean(char ret_text[PLACEHOLDER_NAME_MAX + 1], const char *name)
{
    size_t size = strnlen(name, PLACEHOLDER_NAME_MAX), in = 0, out = 0;

    while (in < size) {
        gunichar c = g_utf8_get_char_validated(name + in, (gssize)(size - in));
        bool is_char = c != (gunichar)-1 && c != (gunichar)-2;
        size_t len = is_char ? (size_t)g_unichar_to_utf8(c, NULL) : 1;

        if (is_char && g_unichar_isspace(c)) {
            if (out > 0 && ret_text[out - 1] != ' ')
                ret_text[out++] = ' ';
        } else if (is_char && !is_forbidden(c)) {
            memcpy(ret_text + out, name + in, len);
            out += len;
        }
        in += len;
    }
    if (out > 0 && ret_text[out - 1] == ' ')
        --out;
    ret_text[out] = '\0';
    return out;
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
    size_t size = clean(text, name ? name : "");

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

static int draw(cairo_surface_t *surface, const char *name, size_t size, uint16_t w, uint16_t h)
{
    double x = w / 2.0, y = h / 2.0, radius = (w < h ? w : h) * 0.32;
    double hue = (double)(hash(name) % 360);
    cairo_t *cairo = cairo_create(surface);
    char text[PLACEHOLDER_INITIALS_MAX];
    cairo_status_t status;

    cairo_set_source_rgb(cairo, 0x10 / 255.0, 0x14 / 255.0, 0x18 / 255.0);
    cairo_paint(cairo);
    cairo_set_source_rgb(cairo, channel(hue, 0.0), channel(hue, 8.0), channel(hue, 4.0));
    cairo_arc(cairo, x, y, radius, 0.0, 2.0 * G_PI);
    cairo_fill(cairo);
    if (initials(text, name, size) > 0)
        draw_text(cairo, text, x, y, radius);
    status = cairo_status(cairo);
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    return status == CAIRO_STATUS_SUCCESS ? 0 : -ENOMEM;
}

int placeholder_draw(struct video_frame **ret_frame, const char *name, uint16_t w, uint16_t h)
{
    char text[PLACEHOLDER_NAME_MAX + 1];
    size_t size = clean(text, name ? name : "");
    cairo_surface_t *surface;
    struct video_frame *frame = NULL;
    int err;

    assert(ret_frame);
    if (w < SIDE_MIN || h < SIDE_MIN || w > SIDE_MAX || h > SIDE_MAX)
        return -EINVAL;

    /* On failure cairo gives a dead surface, and all drawing on it ends in an error status. */
    surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
    err = draw(surface, text, size, w, h);
    if (err)
        goto out;
    err = video_frame_new(&frame, w, h);
    if (err)
        goto out;
    (void)ARGBToI420(cairo_image_surface_get_data(surface), cairo_image_surface_get_stride(surface),
                     frame->plane[0], frame->stride[0], frame->plane[1], frame->stride[1],
                     frame->plane[2], frame->stride[2], w, h);
    *ret_frame = frame;

out:
    cairo_surface_destroy(surface);
    return err;
}
