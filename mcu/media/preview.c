/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/preview.c  A layout as a room would look with it, with made-up people
 */
#include "mcu/media/preview.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/config/config.h"
#include "mcu/media/dress.h"
#include "mcu/media/preview_people.h"
#include "mixer/compositor.h"
#include "mixer/layout_set.h"
#include "mixer/overlay.h"
#include "mixer/placeholder.h"
#include "mixer/scene.h"

enum {
    CONTENT_ID = PREVIEW_COUNT_MAX + 1,
    /* Indices of those who are special; the id of somebody is his index + 1. */
    SPEAKER = 0,
    ON_PHONE = 1,
    MIC_OFF = 2,
    HAND_UP = 3,
    NOW_US = 1000000,
};

struct preview {
    const struct preview_cfg *cfg;
    struct dress_style style;
    struct scene *scene;
    struct compositor *compositor;
    struct compositor_tile tile[COMPOSITOR_TILES_MAX];
    unsigned ntiles;
    struct video_frame *frame[LAYOUT_TILES_MAX]; /* ours, borrowed by tiles */
    struct overlay *plate[LAYOUT_TILES_MAX];
    struct overlay *marks, *banner, *logo;
};

static struct scene_head head_of(unsigned i)
{
    return (struct scene_head){
        .id = i + 1, .video = i != ON_PHONE, .hand_us = i == HAND_UP ? NOW_US / 2 : 0};
}

/* The last of the people sit in the reserved seats of the layout that fits their number. */
static void take_reserved(struct preview *p)
{
    const struct layout_spec *spec = scene_spec(p->scene);
    unsigned i = p->cfg->count;

    for (unsigned k = 0; k < spec->ntiles && i > 1; ++k) {
        struct scene_head head = head_of(i - 1);

        if (spec->tile[k].role != LAYOUT_ROLE_RESERVED)
            continue;
        memcpy(head.reserved, spec->tile[k].reserved, sizeof(head.reserved));
        scene_set(p->scene, &head);
        --i;
    }
}

static int seat_people(struct preview *p)
{
    const struct preview_cfg *cfg = p->cfg;
    const struct scene_policy policy = {
        .order = {SCENE_RANK_SPOTLIGHT, SCENE_RANK_HAND, SCENE_RANK_SPEAKER, SCENE_RANK_JOINED},
        .hide_audio_only = cfg->config->seats.audio_only == CONFIG_AUDIO_ONLY_HIDE};
    const uint32_t speaker = SPEAKER + 1;
    int err = scene_choose(p->scene, cfg->name);

    scene_set_policy(p->scene, &policy);
    for (unsigned i = 0; i < cfg->count && !err; ++i) {
        struct scene_head head = head_of(i);

        err = scene_add(p->scene, &head);
    }
    if (cfg->content && !err) {
        const struct scene_head screen = {.id = CONTENT_ID, .content = true, .video = true};

        err = scene_add(p->scene, &screen);
    }
    if (err)
        return err;
    if (cfg->count)
        scene_set_speakers(p->scene, speaker, &speaker, 1, NOW_US);
    (void)scene_update(p->scene, NOW_US);
    take_reserved(p);
    (void)scene_update(p->scene, NOW_US);
    return 0;
}

static int draw_person(struct preview *p, unsigned k, uint32_t id)
{
    const struct video_rect *rect = &p->tile[k].rect;
    unsigned i = id - 1;

    if (id == CONTENT_ID)
        return preview_people_slide(&p->frame[k]);
    if (i == ON_PHONE)
        return placeholder_draw(&p->frame[k], preview_people_name(i), rect->w, rect->h);
    return preview_people_camera(&p->frame[k], i);
}

static int draw_plate(struct preview *p, unsigned k, uint32_t id)
{
    const struct compositor_tile *tile = &p->tile[k];
    unsigned i = id == CONTENT_ID ? SPEAKER : id - 1, badges = 0;
    struct overlay_style text;

    if (p->style.badges && id != CONTENT_ID) {
        badges = (i == ON_PHONE ? OVERLAY_BADGE_PHONE : 0u) |
                 (i == MIC_OFF ? OVERLAY_BADGE_MIC_OFF : 0u) |
                 (i == HAND_UP ? OVERLAY_BADGE_HAND : 0u);
    }
    dress_plate_text(&text, &p->style, &tile->rect);
    return overlay_draw_plate(&p->plate[k], &text, p->style.names ? preview_people_name(i) : "",
                              badges, dress_plate_width(&p->style, &tile->rect));
}

/* Tile k of the picture shows tile i of the layout. */
static int fill_tile(struct preview *p, unsigned k, unsigned i)
{
    struct compositor_tile *tile = &p->tile[k];
    uint32_t id = scene_id(p->scene, i);
    int err = 0;

    /* A tile too small for a placeholder stays empty, as in a room. */
    if (scene_overflow_tile(p->scene) == (int)i)
        err = placeholder_draw_count(&p->frame[k], scene_overflow(p->scene), tile->rect.w,
                                     tile->rect.h);
    else if (id)
        err = draw_person(p, k, id);
    if (err == -EINVAL)
        err = 0;
    if (!err && id)
        err = draw_plate(p, k, id);
    if (err)
        return err;
    tile->frame = p->frame[k];
    tile->version = 1;
    if (id)
        dress_tile(tile, &p->style, p->plate[k], id != CONTENT_ID && scene_is_active(p->scene, id));
    return 0;
}

static int fill_tiles(struct preview *p)
{
    const struct layout *layout = scene_layout(p->scene);

    for (unsigned n = 0; n < layout->ntiles; ++n) {
        unsigned i = layout->order[n];
        int err;

        if (scene_hidden(p->scene, i))
            continue;
        p->tile[p->ntiles].rect = layout->tile[i].rect;
        p->tile[p->ntiles].fit = layout->tile[i].fit;
        err = fill_tile(p, p->ntiles++, i);
        if (err)
            return err;
    }
    return 0;
}

static int fill_canvas(struct preview *p)
{
    const struct preview_cfg *cfg = p->cfg;
    const struct config_overlay *overlay = &cfg->config->overlay;
    uint16_t w, h;
    int err;

    err = overlay_draw_marks(&p->marks, &p->style.text, overlay->marks ? cfg->marks : 0);
    if (!err)
        err = overlay_draw_banner(&p->banner, &p->style.text, overlay->banner, cfg->w);
    dress_logo_size(cfg->w, cfg->h, &w, &h);
    if (!err && cfg->logo)
        err = overlay_from_picture(&p->logo, cfg->logo, w, h);
    if (err)
        return err;
    p->ntiles =
        dress_canvas(p->tile, p->ntiles, &p->style, cfg->w, cfg->h, p->marks, p->banner, p->logo);
    return 0;
}

static int compose(struct preview *p, struct video_frame **ret_frame)
{
    const struct layout_spec *spec = scene_spec(p->scene);
    int err = compositor_set_background(p->compositor, spec->background, spec->image, 1);

    if (!err)
        err = fill_tiles(p);
    if (!err)
        err = fill_canvas(p);
    if (!err)
        err = compositor_run(p->compositor, p->tile, p->ntiles, 0, ret_frame);
    return err;
}

static void finish(struct preview *p)
{
    for (unsigned i = 0; i < LAYOUT_TILES_MAX; ++i) {
        video_frame_unref(p->frame[i]);
        overlay_unref(p->plate[i]);
    }
    overlay_unref(p->marks);
    overlay_unref(p->banner);
    overlay_unref(p->logo);
    compositor_free(p->compositor);
    scene_free(p->scene);
    free(p);
}

int preview_draw(struct video_frame **ret_frame, const struct preview_cfg *cfg)
{
    struct preview *p;
    int err;

    if (cfg->count > PREVIEW_COUNT_MAX || cfg->w % 2 || cfg->h % 2)
        return -EINVAL;
    p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    p->cfg = cfg;
    dress_style(&p->style, cfg->config, cfg->w < cfg->h ? cfg->w : cfg->h);
    err = scene_new(&p->scene, cfg->layouts, cfg->w, cfg->h);
    if (!err)
        err = compositor_new(&p->compositor, cfg->w, cfg->h);
    if (!err)
        err = seat_people(p);
    if (!err)
        err = compose(p, ret_frame);
    finish(p);
    return err;
}
