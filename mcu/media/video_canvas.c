/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/video_canvas.c  What a room looks like: heads, seats, overlays, one picture per
 * tick
 */
#include "mcu/media/video_canvas.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/config/settings.h"
#include "mcu/media/drawing.h"
#include "mcu/media/dress.h"
#include "mcu/media/room_look.h"
#include "mcu/media/video_head.h"
#include "mixer/compositor.h"
#include "mixer/layout_set.h"
#include "mixer/scene.h"

struct video_canvas {
    struct scene *scene;
    struct compositor *compositor;
    struct settings *settings;
    struct task_pool *pool;
    struct room_look look;
    struct dress_style style; /* of settings and look on our canvas */
    uint64_t style_number;    /* raised when settings or look change; overlays are asked for then */
    uint64_t overlays_asked;  /* for which number */
    uint16_t w, h;
    struct video_head *heads;
    struct drawing *more, *marks, *banner, *logo;
    uint64_t version;      /* last one given to a picture */
    uint64_t more_version; /* of the picture in more */
    unsigned stale;

    struct video_canvas_layout now; /* of the last tick; its epoch is that of told */
    struct video_canvas_layout told;
    bool announced; /* told is what control knows */
};

static struct video_head *find_head(struct video_canvas *canvas, uint32_t key)
{
    struct video_head *head = canvas->heads;

    while (head && head->cfg.key != key)
        head = head->next;
    return head;
}

/* ---- settings and look ---- */

static enum scene_rank rank_of(const char *name)
{
    static const char *const names[SCENE_RANK_COUNT] = {[SCENE_RANK_SPOTLIGHT] = "spotlight",
                                                        [SCENE_RANK_HAND] = "hand",
                                                        [SCENE_RANK_SPEAKER] = "speaker",
                                                        [SCENE_RANK_JOINED] = "joined"};

    for (unsigned i = 1; i < SCENE_RANK_COUNT; ++i) {
        if (strcmp(name, names[i]) == 0)
            return (enum scene_rank)i;
    }
    return SCENE_RANK_NONE;
}

static void apply_policy(struct video_canvas *canvas)
{
    const struct config_seats *seats = &canvas->settings->config.seats;
    struct scene_policy policy = {
        .min_dwell_ms = seats->min_dwell,
        .hide_audio_only = seats->audio_only == CONFIG_AUDIO_ONLY_HIDE,
    };
    unsigned n = 0;

    for (unsigned i = 0; i < seats->order.n && n < 4; ++i) {
        policy.order[n] = rank_of(seats->order.item[i]);
        n += policy.order[n] != SCENE_RANK_NONE;
    }
    scene_set_policy(canvas->scene, &policy);
}

/* A room's own choice holds as long as the settings have a layout of that name. */
static void apply_choice(struct video_canvas *canvas)
{
    const char *configured = canvas->settings->config.rooms.layout;

    if (canvas->look.layout[0] && scene_choose(canvas->scene, canvas->look.layout) == 0)
        return;
    (void)scene_choose(canvas->scene, configured);
}

static void apply_style(struct video_canvas *canvas)
{
    uint16_t side = canvas->h < canvas->w ? canvas->h : canvas->w;

    dress_style(&canvas->style, &canvas->settings->config, side);
    canvas->style.names = canvas->style.names && canvas->look.names;
    canvas->style.badges = canvas->style.badges && canvas->look.badges;
    if (!canvas->look.border)
        canvas->style.border = 0;
    ++canvas->style_number;
}

void video_canvas_configure(struct video_canvas *canvas, struct settings *settings)
{
    settings_ref(settings);
    settings_unref(canvas->settings);
    canvas->settings = settings;
    scene_set_layouts(canvas->scene, settings->layouts);
    apply_policy(canvas);
    apply_choice(canvas);
    apply_style(canvas);
}

void video_canvas_set_look(struct video_canvas *canvas, const struct room_look *look)
{
    canvas->look = *look;
    scene_set_spotlight(canvas->scene, look->spotlight, look->nspotlights);
    apply_choice(canvas);
    apply_style(canvas);
}

/* ---- life ---- */

static int make_drawings(struct video_canvas *canvas)
{
    struct drawing **drawing[] = {&canvas->more, &canvas->marks, &canvas->banner, &canvas->logo};
    int err = 0;

    for (unsigned i = 0; i < sizeof(drawing) / sizeof(drawing[0]) && !err; ++i)
        err = drawing_new(drawing[i], canvas->pool);
    return err;
}

int video_canvas_new(struct video_canvas **ret_canvas, struct task_pool *pool,
                     struct settings *settings, uint16_t w, uint16_t h)
{
    struct video_canvas *canvas = calloc(1, sizeof(*canvas));
    int err;

    if (!canvas)
        return -ENOMEM;
    canvas->pool = pool;
    canvas->w = w;
    canvas->h = h;
    canvas->look = (struct room_look){.names = true, .badges = true, .border = true, .logo = true};
    err = scene_new(&canvas->scene, settings->layouts, w, h);
    if (!err)
        err = compositor_new(&canvas->compositor, w, h);
    if (!err)
        err = make_drawings(canvas);
    if (err) {
        video_canvas_free(canvas);
        return err;
    }
    video_canvas_configure(canvas, settings);
    *ret_canvas = canvas;
    return 0;
}

struct video_canvas *video_canvas_free(struct video_canvas *canvas)
{
    struct video_head *head;

    if (!canvas)
        return NULL;
    while ((head = canvas->heads) != NULL) {
        canvas->heads = head->next;
        video_head_free(head);
    }
    drawing_close(canvas->more);
    drawing_close(canvas->marks);
    drawing_close(canvas->banner);
    drawing_close(canvas->logo);
    compositor_free(canvas->compositor);
    scene_free(canvas->scene);
    settings_unref(canvas->settings);
    free(canvas);
    return NULL;
}

/* ---- heads ---- */

void video_canvas_add(struct video_canvas *canvas, const struct video_head_cfg *cfg,
                      uint64_t now_us)
{
    struct video_head *head;
    struct scene_head seat;

    if (video_head_new(&head, canvas->pool, cfg, now_us))
        return;
    video_head_describe(head, &seat);
    if (scene_add(canvas->scene, &seat)) {
        video_head_free(head);
        return;
    }
    head->next = canvas->heads;
    canvas->heads = head;
}

void video_canvas_set(struct video_canvas *canvas, const struct video_head_cfg *cfg,
                      uint64_t now_us)
{
    struct video_head *head = find_head(canvas, cfg->key);
    struct scene_head seat;

    if (!head)
        return;
    video_head_set(head, cfg, now_us);
    video_head_describe(head, &seat);
    scene_set(canvas->scene, &seat);
}

void video_canvas_remove(struct video_canvas *canvas, uint32_t key)
{
    struct video_head **p = &canvas->heads;

    while (*p && (*p)->cfg.key != key)
        p = &(*p)->next;
    if (*p) {
        struct video_head *head = *p;

        *p = head->next;
        video_head_free(head);
        scene_remove(canvas->scene, key);
    }
}

void video_canvas_set_speakers(struct video_canvas *canvas, uint32_t dominant,
                               const uint32_t *active, unsigned nactive, uint64_t now_us)
{
    scene_set_speakers(canvas->scene, dominant, active, nactive, now_us);
}

/* ---- a tick ---- */

static unsigned badges_of(const struct video_head *head)
{
    return (head->cfg.mic_off ? OVERLAY_BADGE_MIC_OFF : 0u) |
           (head->cfg.hand_us ? OVERLAY_BADGE_HAND : 0u) |
           (head->cfg.phone ? OVERLAY_BADGE_PHONE : 0u);
}

static void ask_for_plate(struct video_canvas *canvas, const struct video_rect *rect,
                          struct video_head *head)
{
    struct drawing_spec spec = {.kind = DRAWING_PLATE,
                                .w = dress_plate_width(&canvas->style, rect)};

    dress_plate_text(&spec.style, &canvas->style, rect);
    if (canvas->style.badges && !head->cfg.content)
        spec.flags = badges_of(head);
    if (canvas->style.names)
        (void)snprintf(spec.text, sizeof(spec.text), "%s", head->cfg.name);
    if (!spec.flags && !spec.text[0])
        spec.kind = DRAWING_NONE;
    if (drawing_request(head->plate, &spec) == 0) {
        head->plate_asked.w = rect->w;
        head->plate_asked.h = rect->h;
        head->plate_asked.style = canvas->style_number;
    }
}

static void dress_head(struct video_canvas *canvas, struct compositor_tile *tile,
                       struct video_head *head)
{
    if (head->plate_asked.w != tile->rect.w || head->plate_asked.h != tile->rect.h ||
        head->plate_asked.style != canvas->style_number)
        ask_for_plate(canvas, &tile->rect, head);
    dress_tile(tile, &canvas->style, drawing_overlay(head->plate),
               !head->cfg.content && scene_is_active(canvas->scene, head->cfg.key));
}

/* The tile that counts those who have none. */
static void show_more(struct video_canvas *canvas, struct compositor_tile *tile)
{
    const struct drawing_spec spec = {.kind = DRAWING_MORE,
                                      .w = tile->rect.w,
                                      .h = tile->rect.h,
                                      .number = scene_overflow(canvas->scene)};

    (void)drawing_request(canvas->more, &spec); /* the next tick asks again */
    if (drawing_update(canvas->more))
        canvas->more_version = ++canvas->version;
    tile->frame = drawing_frame(canvas->more);
    tile->version = canvas->more_version;
}

static enum video_canvas_media fill_tile(struct video_canvas *canvas, struct compositor_tile *tile,
                                         unsigned i)
{
    uint32_t key = scene_id(canvas->scene, i);
    struct video_head *head = key ? find_head(canvas, key) : NULL;
    enum video_canvas_media media;

    if (scene_overflow_tile(canvas->scene) == (int)i) {
        show_more(canvas, tile);
        return VIDEO_CANVAS_MORE;
    }
    if (!head)
        return VIDEO_CANVAS_EMPTY;
    media = video_head_show(head, tile);
    if (media == VIDEO_CANVAS_CONTENT && head->cfg.again) {
        canvas->now.content_w = tile->frame->w;
        canvas->now.content_h = tile->frame->h;
    }
    dress_head(canvas, tile, head);
    return media;
}

/* Tiles of the layout, the lowest first.  Returns their number. */
static unsigned fill_tiles(struct video_canvas *canvas, struct compositor_tile *tile)
{
    const struct layout *layout = scene_layout(canvas->scene);
    struct video_canvas_layout *now = &canvas->now;
    unsigned n = 0;

    now->content_w = now->content_h = 0;
    for (unsigned k = 0; k < layout->ntiles; ++k) {
        unsigned i = layout->order[k];

        if (scene_hidden(canvas->scene, i))
            continue;
        tile[n].rect = layout->tile[i].rect;
        tile[n].fit = layout->tile[i].fit;
        now->tile[n].media = fill_tile(canvas, &tile[n], i);
        now->tile[n].head = scene_id(canvas->scene, i);
        now->tile[n].rect = tile[n].rect;
        now->tile[n].z = (uint8_t)k;
        now->tile[n].role = layout->tile[i].role;
        ++n;
    }
    return n;
}

/* Marks, banner and logo. */
static void ask_for_overlays(struct video_canvas *canvas)
{
    const struct config_overlay *config = &canvas->settings->config.overlay;
    const char *banner = canvas->look.banner[0] ? canvas->look.banner : config->banner;
    struct drawing_spec marks = {.kind = DRAWING_MARKS, .style = canvas->style.text};
    struct drawing_spec line = {
        .kind = DRAWING_BANNER, .w = canvas->w, .style = canvas->style.text};
    struct drawing_spec logo = {.kind = DRAWING_NONE};
    int err;

    marks.flags = config->marks ? canvas->look.marks : 0;
    (void)snprintf(line.text, sizeof(line.text), "%s", banner);
    if (canvas->settings->logo && canvas->look.logo) {
        logo = (struct drawing_spec){.kind = DRAWING_LOGO,
                                     .number = canvas->settings->version,
                                     .settings = canvas->settings};
        dress_logo_size(canvas->w, canvas->h, &logo.w, &logo.h);
    }
    err = drawing_request(canvas->marks, &marks);
    if (!err)
        err = drawing_request(canvas->banner, &line);
    if (!err)
        err = drawing_request(canvas->logo, &logo);
    if (!err)
        canvas->overlays_asked = canvas->style_number;
}

/* Above everything.  @return number of tiles */
static unsigned add_overlays(struct video_canvas *canvas, struct compositor_tile *tile, unsigned n)
{
    if (canvas->overlays_asked != canvas->style_number)
        ask_for_overlays(canvas);
    (void)drawing_update(canvas->marks);
    (void)drawing_update(canvas->banner);
    (void)drawing_update(canvas->logo);
    return dress_canvas(tile, n, &canvas->style, canvas->w, canvas->h,
                        drawing_overlay(canvas->marks), drawing_overlay(canvas->banner),
                        drawing_overlay(canvas->logo));
}

static void note_layout(struct video_canvas *canvas, unsigned ntiles, uint64_t when_us)
{
    struct video_canvas_layout *now = &canvas->now;

    now->when_us = when_us;
    now->w = canvas->w;
    now->h = canvas->h;
    now->ntiles = ntiles;
    now->overflow = scene_overflow(canvas->scene);
    now->burned = (canvas->style.names ? VIDEO_CANVAS_BURNED_NAMES : 0u) |
                  (canvas->style.badges ? VIDEO_CANVAS_BURNED_BADGES : 0u) |
                  (canvas->style.border ? VIDEO_CANVAS_BURNED_BORDER : 0u) |
                  (canvas->settings->config.overlay.marks ? VIDEO_CANVAS_BURNED_MARKS : 0u);
    (void)snprintf(now->name, sizeof(now->name), "%s", scene_spec(canvas->scene)->name);
    (void)snprintf(now->chosen, sizeof(now->chosen), "%s",
                   canvas->look.layout[0] ? canvas->look.layout
                                          : canvas->settings->config.rooms.layout);
}

int video_canvas_run(struct video_canvas *canvas, uint64_t now_us, uint64_t when_us,
                     struct video_frame **ret_frame)
{
    struct compositor_tile tile[COMPOSITOR_TILES_MAX] = {0};
    const struct layout_spec *spec;
    unsigned n, ntiles;
    int err;

    canvas->stale = 0;
    for (struct video_head *head = canvas->heads; head; head = head->next) {
        video_head_refresh(head, now_us, &canvas->version);
        canvas->stale += video_head_is_stale(head, now_us);
    }
    (void)scene_update(canvas->scene, now_us);
    spec = scene_spec(canvas->scene);
    err = compositor_set_background(canvas->compositor, spec->background, spec->image,
                                    canvas->settings->version);
    if (err)
        return err;
    ntiles = fill_tiles(canvas, tile);
    n = add_overlays(canvas, tile, ntiles);
    err = compositor_run(canvas->compositor, tile, n, when_us, ret_frame);
    if (!err)
        note_layout(canvas, ntiles, when_us);
    return err;
}

static bool same_layout(const struct video_canvas_layout *a, const struct video_canvas_layout *b)
{
    if (a->ntiles != b->ntiles || a->overflow != b->overflow || a->burned != b->burned ||
        a->content_w != b->content_w || a->content_h != b->content_h ||
        strcmp(a->name, b->name) != 0 || strcmp(a->chosen, b->chosen) != 0)
        return false;
    for (unsigned i = 0; i < a->ntiles; ++i) {
        if (a->tile[i].head != b->tile[i].head || a->tile[i].media != b->tile[i].media ||
            a->tile[i].role != b->tile[i].role || a->tile[i].z != b->tile[i].z ||
            memcmp(&a->tile[i].rect, &b->tile[i].rect, sizeof(a->tile[i].rect)) != 0)
            return false;
    }
    return true;
}

bool video_canvas_layout(struct video_canvas *canvas, struct video_canvas_layout *ret_layout)
{
    if (canvas->announced && same_layout(&canvas->now, &canvas->told))
        return false;
    *ret_layout = canvas->now;
    ret_layout->epoch = canvas->told.epoch + 1;
    return true;
}

void video_canvas_announced(struct video_canvas *canvas)
{
    uint64_t epoch = canvas->told.epoch + 1;

    canvas->told = canvas->now;
    canvas->told.epoch = epoch;
    canvas->announced = true;
}

bool video_canvas_is_drawing(const struct video_canvas *canvas)
{
    for (const struct video_head *head = canvas->heads; head; head = head->next) {
        if (video_head_is_drawing(head))
            return true;
    }
    return drawing_is_busy(canvas->more) || drawing_is_busy(canvas->marks) ||
           drawing_is_busy(canvas->banner) || drawing_is_busy(canvas->logo);
}

unsigned video_canvas_stale(const struct video_canvas *canvas)
{
    return canvas->stale;
}
