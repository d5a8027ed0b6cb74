/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/content_view.c  A shared screen as a picture of its own, for those who want that
 */
#include "mcu/room/content_view.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/base/clock.h"
#include "mcu/config/settings.h"
#include "mcu/media/room_look.h"
#include "mcu/media/video_head.h"
#include "mcu/media/video_room.h"
#include "mcu/media/video_source.h"
#include "mcu/room/composite.h"
#include "net/fanout.h"

enum {
    RESIZE_US = 2000000, /* a screen that changes its size all the time is followed so often */
    CANVAS_SIDE_MIN = 32 /* of a very long or high screen [pixels] */
};

static const char layout_name[] = "content-full";

struct head {
    struct head *next; /* in order of coming */
    struct video_head_cfg cfg;
};

/*
 * shown is a composite that has, or had, a picture of a screen.  next will take its place.
 * Both are NULL unless somebody shares and somebody wants.
 */
struct content_view {
    struct content_view_cfg cfg;
    struct config_rooms config; /* of when the room was made: sizes and rates */
    uint16_t w, h;              /* of the last canvas, to start with */
    struct head *heads;
    unsigned ncontent;
    uint32_t gone; /* the last screen, still in the composites until the timer says so; 0 = none */
    struct {
        uint32_t dominant, active[SCENE_ACTIVE_MAX];
        unsigned nactive;
    } speakers;
    struct room_look look;
    unsigned wants[VIDEO_CODEC_COUNT];
    struct composite *shown, *next;
    unsigned again;                   /* video_head_cfg.again of shown's heads, 1 or 2 */
    struct video_room_layout *layout; /* of shown */
    uint32_t nviews;                  /* so many were made: the last one's number */
    bool guessed;                     /* next was made before the size of the screen was known */
    uint64_t resize_us;               /* not before */
    struct control_timer *timer;      /* something is to be looked at again */
};

static bool is_wanted(const struct content_view *view)
{
    unsigned n = 0;

    for (unsigned i = 0; i < VIDEO_CODEC_COUNT; ++i)
        n += view->wants[i];
    return n && view->ncontent;
}

/* ---- composites ---- */

/* Two composites do not take one another's pictures. */
static unsigned next_again(const struct content_view *view)
{
    return view->again == 1 ? 2 : 1;
}

typedef int(head_h)(struct video_room *video, const struct video_head_cfg *cfg);

static void tell_head(struct composite *composite, unsigned again, const struct video_head_cfg *cfg,
                      head_h *h)
{
    struct video_head_cfg own = *cfg;

    own.again = again;
    if (composite)
        (void)h(composite_video(composite), &own);
}

static void fill_next(const struct content_view *view)
{
    struct video_room *video = composite_video(view->next);
    struct fanout *fanout;

    (void)video_room_set_look(video, &view->look);
    for (const struct head *head = view->heads; head; head = head->next)
        tell_head(view->next, next_again(view), &head->cfg, video_room_add_head);
    (void)video_room_set_speakers(video, view->speakers.dominant, view->speakers.active,
                                  view->speakers.nactive);
    for (unsigned i = 0; i < VIDEO_CODEC_COUNT; ++i) {
        if (view->wants[i])
            (void)composite_want(view->next, (enum video_codec)i, &fanout);
    }
}

/* Without memory the room's composite has to do. */
static void make_next(struct content_view *view, uint16_t w, uint16_t h)
{
    const struct config_rooms *config = &view->config;
    const struct composite_cfg cfg = {
        .pool = view->cfg.pool,
        .settings = view->cfg.settings,
        .room = view->cfg.room,
        .view = ++view->nviews ? view->nviews : ++view->nviews,
        .w = w,
        .h = h,
        .fps = (uint16_t)config->content_fps,
        .bitrate_bps = config->content_bitrate,
        .preset = config->video_preset,
        .layouth = view->cfg.layouth,
    };

    view->w = w;
    view->h = h;
    view->next = composite_close(view->next);
    if (composite_new(&view->next, &cfg) == 0)
        fill_next(view);
}

/* As large as the last one: its layout tells how large it should have been. */
static void guess_next(struct content_view *view)
{
    make_next(view, view->w, view->h);
    view->guessed = true;
}

static void resize_next(struct content_view *view, uint16_t w, uint16_t h)
{
    view->resize_us = clock_now_us() + RESIZE_US;
    make_next(view, w, h);
    view->guessed = false;
}

static void show_nothing(struct content_view *view)
{
    struct composite *was = view->shown;

    view->shown = NULL;
    view->next = composite_close(view->next);
    free(view->layout);
    view->layout = NULL;
    view->gone = 0;
    if (was)
        view->cfg.changedh(view->cfg.arg);
    composite_close(was);
}

static void each_video(struct content_view *view,
                       void (*h)(struct video_room *video, const void *arg), const void *arg)
{
    if (view->shown)
        h(composite_video(view->shown), arg);
    if (view->next)
        h(composite_video(view->next), arg);
}

static void take_out(struct video_room *video, const void *key)
{
    (void)video_room_remove_head(video, *(const uint32_t *)key);
}

/* The last screen that went stays until those who see it were sent elsewhere. */
static void let_go(struct content_view *view)
{
    if (view->gone)
        each_video(view, take_out, &view->gone);
    view->gone = 0;
}

/* ---- its size ---- */

static uint16_t scaled(uint32_t side, uint32_t num, uint32_t den)
{
    uint32_t n = side * num / den / 2 * 2;

    return (uint16_t)(n < CANVAS_SIDE_MIN ? CANVAS_SIDE_MIN : n);
}

void content_view_size(uint16_t w, uint16_t h, uint16_t max_w, uint16_t max_h, uint16_t *ret_w,
                       uint16_t *ret_h)
{
    uint32_t num = 1, den = 1, longer = w > h ? w : h;

    if (longer < CONTENT_VIEW_SIDE_MIN) {
        num = CONTENT_VIEW_SIDE_MIN;
        den = longer ? longer : 1;
    }
    if (w * num > max_w * den) {
        num = max_w;
        den = w;
    }
    if (h * num > max_h * den) {
        num = max_h;
        den = h;
    }
    *ret_w = scaled(w, num, den);
    *ret_h = scaled(h, num, den);
}

/* A canvas of the same shape also has room for a smaller screen, as a browser sends for a while. */
static bool fits(const struct composite_cfg *cfg, uint16_t w, uint16_t h)
{
    int32_t skew = (int32_t)cfg->w * h - (int32_t)cfg->h * w;
    int32_t area = (int32_t)w * h;

    return cfg->w >= w && cfg->h >= h && cfg->w <= 2 * w && (skew < 0 ? -skew : skew) * 50 <= area;
}

static void best_size(const struct content_view *view, const struct video_room_layout *layout,
                      uint16_t *ret_w, uint16_t *ret_h)
{
    content_view_size(layout->canvas.content_w, layout->canvas.content_h,
                      (uint16_t)view->config.content_width, (uint16_t)view->config.content_height,
                      ret_w, ret_h);
}

static void follow_size(struct content_view *view)
{
    uint64_t now_us = clock_now_us();
    uint16_t w, h;

    if (!view->shown || view->next || !view->layout->canvas.content_w)
        return;
    if (view->gone || !is_wanted(view))
        return; /* the timer runs, and look_again() comes here */
    best_size(view, view->layout, &w, &h);
    if (fits(composite_cfg(view->shown), w, h))
        return;
    if (now_us >= view->resize_us)
        resize_next(view, w, h);
    else
        control_timer_start(view->timer, (view->resize_us - now_us) / 1000 + 1);
}

static void look_again(void *arg)
{
    struct content_view *view = arg;
    bool taken_over = view->gone != 0;

    if (!is_wanted(view)) {
        show_nothing(view);
        return;
    }
    let_go(view);
    if (taken_over)
        view->cfg.changedh(view->cfg.arg);
    follow_size(view);
}

/* ---- life ---- */

int content_view_new(struct content_view **ret_view, const struct content_view_cfg *cfg)
{
    struct content_view *view = calloc(1, sizeof(*view));
    int err;

    if (!view)
        return -ENOMEM;
    view->cfg = *cfg;
    view->config = cfg->settings->config.rooms;
    view->w = (uint16_t)view->config.content_width;
    view->h = (uint16_t)view->config.content_height;
    view->look = (struct room_look){.names = true, .badges = true, .border = true, .logo = true};
    (void)snprintf(view->look.layout, sizeof(view->look.layout), "%s", layout_name);
    err = control_timer_new(&view->timer, look_again, view);
    if (err) {
        free(view);
        return err;
    }
    settings_ref(cfg->settings);
    *ret_view = view;
    return 0;
}

static void free_head(struct head *head)
{
    video_source_unref(head->cfg.source);
    free(head);
}

struct content_view *content_view_close(struct content_view *view)
{
    struct head *head;

    if (!view)
        return NULL;
    control_timer_free(view->timer);
    composite_close(view->shown);
    composite_close(view->next);
    while ((head = view->heads) != NULL) {
        view->heads = head->next;
        free_head(head);
    }
    free(view->layout);
    settings_unref(view->cfg.settings);
    free(view);
    return NULL;
}

/* ---- what the room is told, too ---- */

static struct head **find_head(struct content_view *view, uint32_t key)
{
    struct head **p = &view->heads;

    while (*p && (*p)->cfg.key != key)
        p = &(*p)->next;
    return p;
}

static void tell_heads(const struct content_view *view, const struct video_head_cfg *cfg, head_h *h)
{
    tell_head(view->shown, view->again, cfg, h);
    tell_head(view->next, next_again(view), cfg, h);
}

int content_view_add_head(struct content_view *view, const struct video_head_cfg *cfg)
{
    struct head **last = find_head(view, cfg->key);
    struct head *head;

    if (*last)
        return 0;
    head = calloc(1, sizeof(*head));
    if (!head)
        return -ENOMEM;
    head->cfg = *cfg;
    if (cfg->source)
        video_source_ref(cfg->source);
    *last = head;
    if (cfg->key == view->gone)
        let_go(view);
    view->ncontent += cfg->content;
    if (view->shown || view->next)
        tell_heads(view, &head->cfg, video_room_add_head);
    else if (is_wanted(view))
        guess_next(view);
    return 0;
}

void content_view_set_head(struct content_view *view, const struct video_head_cfg *cfg)
{
    struct head *head = *find_head(view, cfg->key);
    struct video_source *was;

    if (!head)
        return;
    was = head->cfg.source;
    head->cfg = *cfg;
    if (cfg->source)
        video_source_ref(cfg->source);
    video_source_unref(was);
    tell_heads(view, &head->cfg, video_room_set_head);
}

void content_view_remove_head(struct content_view *view, uint32_t key)
{
    struct head **p = find_head(view, key);
    struct head *head = *p;
    bool content;

    if (!head)
        return;
    content = head->cfg.content;
    *p = head->next;
    free_head(head);
    view->ncontent -= content;
    if (!content || view->ncontent || (!view->shown && !view->next)) {
        each_video(view, take_out, &key);
        return;
    }
    let_go(view);
    view->gone = key;
    control_timer_start(view->timer, 0);
}

static void tell_speakers(struct video_room *video, const void *arg)
{
    const struct content_view *view = arg;

    (void)video_room_set_speakers(video, view->speakers.dominant, view->speakers.active,
                                  view->speakers.nactive);
}

void content_view_set_speakers(struct content_view *view, uint32_t dominant, const uint32_t *active,
                               unsigned nactive)
{
    view->speakers.dominant = dominant;
    view->speakers.nactive = nactive < SCENE_ACTIVE_MAX ? nactive : SCENE_ACTIVE_MAX;
    for (unsigned i = 0; i < view->speakers.nactive; ++i)
        view->speakers.active[i] = active[i];
    each_video(view, tell_speakers, view);
}

static void set_look(struct video_room *video, const void *look)
{
    (void)video_room_set_look(video, look);
}

void content_view_set_look(struct content_view *view, const struct room_look *look)
{
    view->look = *look;
    (void)snprintf(view->look.layout, sizeof(view->look.layout), "%s", layout_name);
    each_video(view, set_look, &view->look);
}

static void configure(struct video_room *video, const void *arg)
{
    const struct content_view *view = arg;

    (void)video_room_configure(video, view->cfg.settings);
}

void content_view_configure(struct content_view *view, struct settings *settings)
{
    settings_ref(settings);
    settings_unref(view->cfg.settings);
    view->cfg.settings = settings;
    each_video(view, configure, view);
}

/* ---- who gets it ---- */

void content_view_want(struct content_view *view, enum video_codec codec)
{
    struct fanout *fanout;

    if (view->wants[codec]++)
        return;
    if (view->shown)
        (void)composite_want(view->shown, codec, &fanout);
    if (view->next)
        (void)composite_want(view->next, codec, &fanout);
    if (!view->shown && !view->next && is_wanted(view))
        guess_next(view);
}

static void drop(struct composite *composite, enum video_codec codec)
{
    if (composite && composite_fanout(composite, codec)) /* there was memory for it */
        composite_drop(composite, codec);
}

void content_view_drop(struct content_view *view, enum video_codec codec)
{
    if (--view->wants[codec])
        return;
    drop(view->shown, codec);
    drop(view->next, codec);
    if (!is_wanted(view))
        control_timer_start(view->timer, 0); /* who drops it may be in the middle of something */
}

struct fanout *content_view_fanout(const struct content_view *view, enum video_codec codec)
{
    return view->shown ? composite_fanout(view->shown, codec) : NULL;
}

bool content_view_is_ending(const struct content_view *view)
{
    return view->gone != 0;
}

static bool shows_screen(const struct video_room_layout *layout)
{
    for (unsigned i = 0; i < layout->canvas.ntiles; ++i) {
        if (layout->canvas.tile[i].media == VIDEO_CANVAS_CONTENT)
            return true;
    }
    return false;
}

static bool is_of(const struct video_room_layout *layout, const struct composite *composite)
{
    return composite && composite_cfg(composite)->view == layout->view;
}

static void show_next(struct content_view *view, struct video_room_layout *layout)
{
    struct composite *was = view->shown;

    view->shown = view->next;
    view->next = NULL;
    view->again = next_again(view);
    free(view->layout);
    view->layout = layout;
    view->cfg.changedh(view->cfg.arg);
    composite_close(was);
}

bool content_view_take_layout(struct content_view *view, struct video_room_layout *layout)
{
    const struct composite_cfg *cfg;
    uint16_t w, h;

    if (is_of(layout, view->shown)) {
        free(view->layout);
        view->layout = layout;
        follow_size(view);
        return true;
    }
    if (!is_of(layout, view->next) || !shows_screen(layout)) {
        free(layout);
        return false;
    }
    cfg = composite_cfg(view->next);
    best_size(view, layout, &w, &h);
    if (view->guessed && (cfg->w != w || cfg->h != h) && clock_now_us() >= view->resize_us) {
        free(layout);
        resize_next(view, w, h);
    } else {
        /* Whoever shares does not decide how often another one is made. */
        show_next(view, layout);
        follow_size(view);
    }
    return false;
}

const struct video_room_layout *content_view_layout(const struct content_view *view)
{
    return view->layout;
}
