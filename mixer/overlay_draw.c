/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/overlay_draw.c  Drawing overlays: plates with a name, marks of the room, banner
 */
#include <assert.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include <pango/pangocairo.h>

#include "mixer/overlay.h"
#include "mixer/overlay_icon.h"
#include "mixer/text_clean.h"

enum { EM_MIN = 6, EM_MAX = 256, SIDE_MAX = 8192 };

static const double shade = 0.6; /* how much darker a plate makes the ground */

/* Text on one line; layout is NULL if there is none. */
struct line {
    PangoLayout *layout;
    double em, ascent, descent;
    double w; /* 0 without text */
};

static double em_of(const struct overlay_style *style)
{
    return style->size < EM_MIN ? EM_MIN : style->size > EM_MAX ? EM_MAX : style->size;
}

static unsigned even_up(double size)
{
    return ((unsigned)ceil(size) + 1) & ~1u;
}

static PangoFontDescription *font_of(const struct overlay_style *style)
{
    PangoFontDescription *font = pango_font_description_new();
    char family[OVERLAY_FONT_SIZE];

    memcpy(family, style->font, sizeof(family));
    family[sizeof(family) - 1] = '\0';
    pango_font_description_set_family(
        font, family[0] && g_utf8_validate(family, -1, NULL) ? family : "Sans");
    pango_font_description_set_absolute_size(font, em_of(style) * PANGO_SCALE);
    return font;
}

/* The same pixels on every machine that has the font, whatever its settings for screens are. */
static PangoContext *new_context(void)
{
    PangoContext *context = pango_font_map_create_context(pango_cairo_font_map_get_default());
    cairo_font_options_t *options = cairo_font_options_create();

    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_SLIGHT);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    return context;
}

/* Clean text in the style; text may be "". */
static void line_init(struct line *line, const struct overlay_style *style, const char *text)
{
    PangoContext *context = new_context();
    PangoFontDescription *font = font_of(style);
    PangoFontMetrics *metrics = pango_context_get_metrics(context, font, NULL);
    PangoRectangle logical;

    *line = (struct line){.em = em_of(style)};
    line->ascent = (double)pango_font_metrics_get_ascent(metrics) / PANGO_SCALE;
    line->descent = (double)pango_font_metrics_get_descent(metrics) / PANGO_SCALE;
    if (text[0]) {
        line->layout = pango_layout_new(context);
        pango_layout_set_font_description(line->layout, font);
        pango_layout_set_single_paragraph_mode(line->layout, TRUE);
        pango_layout_set_text(line->layout, text, -1);
        pango_layout_get_pixel_extents(line->layout, NULL, &logical);
        line->w = logical.width;
    }
    pango_font_metrics_unref(metrics);
    pango_font_description_free(font);
    g_object_unref(context);
}

static void line_finish(struct line *line)
{
    if (line->layout)
        g_object_unref(line->layout);
    line->layout = NULL;
    line->w = 0.0;
}

/* Cut the text with an ellipsis if it is wider than max_w; dropped if that is next to nothing. */
static void line_shorten(struct line *line, double max_w)
{
    PangoRectangle logical;

    if (!line->layout || line->w <= max_w)
        return;
    if (max_w < 1.5 * line->em) {
        line_finish(line);
        return;
    }
    pango_layout_set_ellipsize(line->layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_width(line->layout, (int)(max_w * PANGO_SCALE));
    pango_layout_get_pixel_extents(line->layout, NULL, &logical);
    line->w = logical.width < max_w ? logical.width : floor(max_w);
}

static double line_height(const struct line *line)
{
    return line->ascent + line->descent;
}

/* Draw it at x, in the middle of a height; the baseline is the font's, also where a letter is from
 * another one. */
static void line_draw(const struct line *line, cairo_t *cairo, double x, double h)
{
    double baseline = floor((h - line_height(line)) / 2.0 + line->ascent + 0.5);
    PangoRectangle logical;

    if (!line->layout)
        return;
    pango_layout_get_pixel_extents(line->layout, NULL, &logical);
    cairo_move_to(cairo, x - logical.x,
                  baseline - (double)pango_layout_get_baseline(line->layout) / PANGO_SCALE);
    cairo_set_source_rgb(cairo, 1.0, 1.0, 1.0);
    pango_cairo_show_layout(cairo, line->layout);
}

static cairo_t *start(unsigned w, unsigned h)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, (int)w, (int)h);
    cairo_t *cairo = cairo_create(surface);

    cairo_surface_destroy(surface); /* cairo has its own reference */
    return cairo;
}

static int finish(struct overlay **ret_overlay, cairo_t *cairo, unsigned w, unsigned h)
{
    cairo_surface_t *surface = cairo_get_target(cairo);
    int err = -ENOMEM;

    cairo_surface_flush(surface);
    if (cairo_status(cairo) == CAIRO_STATUS_SUCCESS)
        err = overlay_from_argb(ret_overlay, cairo_image_surface_get_data(surface),
                                cairo_image_surface_get_stride(surface), (uint16_t)w, (uint16_t)h);
    cairo_destroy(cairo);
    return err;
}

static void pill(cairo_t *cairo, double x, double w, double h)
{
    double r = h / 2.0;

    cairo_new_path(cairo);
    cairo_arc(cairo, x + r, r, r, G_PI / 2.0, 3.0 * G_PI / 2.0);
    cairo_arc(cairo, x + w - r, r, r, -G_PI / 2.0, G_PI / 2.0);
    cairo_close_path(cairo);
    cairo_fill(cairo);
}

static unsigned count(unsigned set)
{
    unsigned n = 0;

    for (; set; set &= set - 1)
        ++n;
    return n;
}

/* Badges from x on; returns where the last one ends. */
static void draw_badges(cairo_t *cairo, unsigned badges, double x, double h, double em)
{
    static void (*const icon[])(cairo_t *, double, double, double) = {
        overlay_icon_mic_off, overlay_icon_hand, overlay_icon_phone};

    for (unsigned i = 0; i < sizeof(icon) / sizeof(icon[0]); ++i) {
        if (!(badges & 1u << i))
            continue;
        icon[i](cairo, x, (h - em) / 2.0, em);
        x += 1.25 * em;
    }
}

int overlay_draw_plate(struct overlay **ret_overlay, const struct overlay_style *style,
                       const char *name, unsigned badges, uint16_t max_w)
{
    const unsigned known = OVERLAY_BADGE_MIC_OFF | OVERLAY_BADGE_HAND | OVERLAY_BADGE_PHONE;
    double em = em_of(style), pad = 0.6 * em, left, max = max_w < SIDE_MAX ? max_w & ~1u : SIDE_MAX;
    char text[OVERLAY_TEXT_MAX + 1];
    unsigned n = count(badges & known), w, h;
    struct line line;
    cairo_t *cairo;
    int err = 0;

    assert(ret_overlay && style);
    *ret_overlay = NULL;
    (void)text_clean_line(text, name, OVERLAY_TEXT_MAX);
    line_init(&line, style, text);
    left = pad + (n ? n * 1.25 * em - 0.25 * em : 0.0);
    line_shorten(&line, max - left - pad - (n ? 0.35 * em : 0.0));
    if (line.layout && n)
        left += 0.35 * em;
    w = even_up(left + line.w + pad);
    h = even_up(line_height(&line) + 0.3 * em);
    if (w > max && w - max <= 2) /* made even */
        w = (unsigned)max;
    if ((!n && !line.layout) || w > max)
        goto out;

    cairo = start(w, h);
    cairo_set_source_rgba(cairo, 0.0, 0.0, 0.0, shade);
    pill(cairo, 0.0, w, h);
    draw_badges(cairo, badges, pad, h, em);
    line_draw(&line, cairo, left, h);
    err = finish(ret_overlay, cairo, w, h);

out:
    line_finish(&line);
    return err;
}

int overlay_draw_marks(struct overlay **ret_overlay, const struct overlay_style *style,
                       unsigned marks)
{
    bool is_rec = marks & OVERLAY_MARK_REC, is_live = marks & OVERLAY_MARK_LIVE;
    double em = em_of(style), pad = 0.6 * em, dot = 0.3 * em, rec_w, live_w, live_x;
    struct line rec, live;
    unsigned w, h;
    cairo_t *cairo;
    int err;

    assert(ret_overlay && style);
    *ret_overlay = NULL;
    if (!is_rec && !is_live)
        return 0;
    line_init(&rec, style, "REC");
    line_init(&live, style, "LIVE");
    rec_w = is_rec ? rec.w + 2.0 * pad + 3.0 * dot : 0.0;
    live_w = is_live ? live.w + 2.0 * pad : 0.0;
    live_x = is_rec ? rec_w + 0.4 * em : 0.0;
    w = even_up(is_live ? live_x + live_w : rec_w);
    h = even_up(line_height(&rec) + 0.3 * em);

    cairo = start(w, h);
    if (is_rec) {
        cairo_set_source_rgba(cairo, 0.0, 0.0, 0.0, shade);
        pill(cairo, 0.0, rec_w, h);
        cairo_set_source_rgb(cairo, 0.94, 0.27, 0.27);
        cairo_arc(cairo, pad + dot, h / 2.0, dot, 0.0, 2.0 * G_PI);
        cairo_fill(cairo);
        line_draw(&rec, cairo, pad + 3.0 * dot, h);
    }
    if (is_live) {
        cairo_set_source_rgba(cairo, 0.86, 0.15, 0.15, 0.9);
        pill(cairo, live_x, live_w, h);
        line_draw(&live, cairo, live_x + pad, h);
    }
    err = finish(ret_overlay, cairo, w, h);
    line_finish(&rec);
    line_finish(&live);
    return err;
}

int overlay_draw_banner(struct overlay **ret_overlay, const struct overlay_style *style,
                        const char *text, uint16_t w)
{
    unsigned even_w = w < SIDE_MAX ? w & ~1u : SIDE_MAX, h;
    char clean[OVERLAY_TEXT_MAX + 1];
    struct line line;
    cairo_t *cairo;
    int err = 0;

    assert(ret_overlay && style);
    *ret_overlay = NULL;
    (void)text_clean_line(clean, text, OVERLAY_TEXT_MAX);
    line_init(&line, style, clean);
    line_shorten(&line, even_w - 1.2 * line.em);
    if (!line.layout)
        goto out;
    h = even_up(line_height(&line) + 0.7 * line.em);
    cairo = start(even_w, h);
    cairo_set_source_rgba(cairo, 0.0, 0.0, 0.0, shade);
    cairo_paint(cairo);
    line_draw(&line, cairo, floor((even_w - line.w) / 2.0), h);
    err = finish(ret_overlay, cairo, even_w, h);

out:
    line_finish(&line);
    return err;
}
