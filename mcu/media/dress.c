/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/dress.c  Where names, borders, marks, banner and logo go, and how large they are
 */
#include "mcu/media/dress.h"

#include <stdio.h>
#include <string.h>

#include "mixer/picture.h"

enum {
    REFERENCE = 720, /* what is configured is for this shorter side [pixels] */
    TEXT_MIN = 8,    /* smaller is not legible [pixels] */
    TEXT_PART = 7,   /* a plate's text is at most this part of its tile's height */
    MARGIN = 8,      /* [pixels at 720] */
    LOGO_PART_W = 6, /* parts of the canvas */
    LOGO_PART_H = 8,
};

static uint16_t even(uint32_t v)
{
    return (uint16_t)(v & ~1U);
}

static uint32_t shorter(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* To the nearest even number; what is there stays visible. */
static uint16_t scaled(uint32_t at_720, uint32_t side)
{
    uint32_t v = (at_720 * side + REFERENCE) / (2 * REFERENCE) * 2;

    return (uint16_t)(at_720 && v < 2 ? 2 : v);
}

void dress_style(struct dress_style *ret_style, const struct config *config, uint16_t side)
{
    const struct config_overlay *cfg = &config->overlay;
    uint32_t size = (cfg->size * side + REFERENCE / 2) / REFERENCE;

    memset(ret_style, 0, sizeof(*ret_style));
    (void)snprintf(ret_style->text.font, sizeof(ret_style->text.font), "%s", cfg->font);
    ret_style->text.size = (uint16_t)(size < TEXT_MIN ? TEXT_MIN : size);
    ret_style->margin = scaled(MARGIN, side);
    ret_style->border = scaled(cfg->border, side);
    picture_yuv(ret_style->border_yuv, cfg->border_color);
    ret_style->corner = cfg->logo_corner;
    ret_style->names = cfg->names;
    ret_style->badges = cfg->badges;
}

/* A plate stays where it is when the border comes and goes. */
static uint16_t plate_inset(const struct dress_style *style)
{
    return (uint16_t)(style->border + style->margin / 4 * 2);
}

void dress_plate_text(struct overlay_style *ret_text, const struct dress_style *style,
                      const struct video_rect *tile)
{
    uint32_t size = shorter(style->text.size, tile->h / TEXT_PART);

    *ret_text = style->text;
    ret_text->size = (uint16_t)(size < TEXT_MIN ? TEXT_MIN : size);
}

uint16_t dress_plate_width(const struct dress_style *style, const struct video_rect *tile)
{
    uint32_t inset = 2U * plate_inset(style);

    return even(tile->w > inset ? tile->w - inset : 0);
}

void dress_logo_size(uint16_t w, uint16_t h, uint16_t *ret_w, uint16_t *ret_h)
{
    *ret_w = even(w / LOGO_PART_W);
    *ret_h = even(h / LOGO_PART_H);
}

void dress_tile(struct compositor_tile *tile, const struct dress_style *style,
                const struct overlay *plate, bool active)
{
    uint32_t bottom = (uint32_t)tile->rect.y + tile->rect.h, inset = plate_inset(style);

    if (plate && tile->noverlays < COMPOSITOR_OVERLAYS_MAX) {
        struct compositor_overlay *overlay = &tile->overlay[tile->noverlays++];
        uint32_t top = plate->h + inset < tile->rect.h ? bottom - plate->h - inset : tile->rect.y;

        overlay->image = plate;
        overlay->x = even(tile->rect.x + inset);
        overlay->y = even(top);
    }
    if (active) {
        tile->border = style->border;
        memcpy(tile->border_yuv, style->border_yuv, sizeof(tile->border_yuv));
    }
}

/* A tile that is not opaque, as large as what it shows; w and h are of the canvas. */
static unsigned append(struct compositor_tile *tiles, unsigned n, uint16_t w, uint16_t h,
                       const struct overlay *image, uint32_t x, uint32_t y)
{
    struct compositor_tile *tile = &tiles[n];

    if (n >= COMPOSITOR_TILES_MAX || x >= w || y >= h)
        return n;
    memset(tile, 0, sizeof(*tile));
    tile->clear = true;
    tile->rect.x = even(x);
    tile->rect.y = even(y);
    tile->rect.w = (uint16_t)shorter(image->w, w - tile->rect.x);
    tile->rect.h = (uint16_t)shorter(image->h, h - tile->rect.y);
    tile->noverlays = 1;
    tile->overlay[0].image = image;
    tile->overlay[0].x = tile->rect.x;
    tile->overlay[0].y = tile->rect.y;
    return n + 1;
}

/* Where an overlay begins that ends a margin before the far edge. */
static uint32_t before_edge(uint32_t edge, uint32_t size, uint32_t margin)
{
    return edge > size + margin ? edge - size - margin : 0;
}

unsigned dress_canvas(struct compositor_tile *tiles, unsigned n, const struct dress_style *style,
                      uint16_t w, uint16_t h, const struct overlay *marks,
                      const struct overlay *banner, const struct overlay *logo)
{
    uint32_t margin = style->margin, top = margin;

    if (banner) {
        n = append(tiles, n, w, h, banner, 0, 0);
        top += banner->h;
    }
    if (logo) {
        bool right =
            style->corner == CONFIG_CORNER_TOP_RIGHT || style->corner == CONFIG_CORNER_BOTTOM_RIGHT;
        bool bottom = style->corner == CONFIG_CORNER_BOTTOM_LEFT ||
                      style->corner == CONFIG_CORNER_BOTTOM_RIGHT;
        uint32_t x = right ? before_edge(w, logo->w, margin) : margin;
        uint32_t y = bottom ? before_edge(h, logo->h, margin) : top;

        /* Beneath the marks; above the name in the lower left tile. */
        if (style->corner == CONFIG_CORNER_TOP_RIGHT && marks)
            y += marks->h + margin;
        if (style->corner == CONFIG_CORNER_BOTTOM_LEFT)
            y = y > 2U * style->text.size ? y - 2U * style->text.size : 0;
        n = append(tiles, n, w, h, logo, x, y);
    }
    if (marks)
        n = append(tiles, n, w, h, marks, before_edge(w, marks->w, margin), top);
    return n;
}
