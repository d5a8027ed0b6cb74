/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/video_head.c  Somebody, or a shared screen, in a room's composite
 */
#include "mcu/media/video_head.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "codec/video_frame.h"
#include "mcu/media/video_source.h"
#include "mixer/compositor.h"

enum {
    STALE_US = 1000000,         /* a camera without a picture for so long: initials */
    STALE_CONTENT_US = 5000000, /* a screen that stands still is sent about once a second */
};

static struct video_source *ref_source(const struct video_head_cfg *cfg)
{
    if (cfg->source && cfg->again)
        video_source_open_again(cfg->source, cfg->again);
    return cfg->source ? video_source_ref(cfg->source) : NULL;
}

static void unref_source(const struct video_head_cfg *cfg)
{
    if (cfg->source && cfg->again)
        video_source_close_again(cfg->source, cfg->again);
    video_source_unref(cfg->source);
}

static struct video_frame *take_picture(const struct video_head_cfg *cfg)
{
    if (!cfg->source)
        return NULL;
    return cfg->again ? video_source_take_again(cfg->source, cfg->again)
                      : video_source_take(cfg->source);
}

int video_head_new(struct video_head **ret_head, struct task_pool *pool,
                   const struct video_head_cfg *cfg, uint64_t now_us)
{
    struct video_head *head = calloc(1, sizeof(*head));
    int err;

    if (!head)
        return -ENOMEM;
    err = drawing_new(&head->initials, pool);
    if (!err)
        err = drawing_new(&head->plate, pool);
    if (err) {
        video_head_free(head);
        return err;
    }
    head->cfg = *cfg;
    head->cfg.source = ref_source(cfg);
    head->picture_us = now_us;
    *ret_head = head;
    return 0;
}

struct video_head *video_head_free(struct video_head *head)
{
    if (!head)
        return NULL;
    unref_source(&head->cfg);
    drawing_close(head->initials);
    drawing_close(head->plate);
    video_frame_unref(head->picture);
    free(head);
    return NULL;
}

void video_head_set(struct video_head *head, const struct video_head_cfg *cfg, uint64_t now_us)
{
    if (!head->cfg.on || !cfg->on)
        head->picture = video_frame_unref(head->picture);
    if (!head->cfg.on && cfg->on)
        head->picture_us = now_us;
    (void)ref_source(cfg);
    unref_source(&head->cfg);
    head->cfg = *cfg;
    head->initials_asked.w = head->plate_asked.w = 0; /* both show what may have changed */
}

static uint64_t stale_us(const struct video_head *head)
{
    return head->cfg.content ? STALE_CONTENT_US : STALE_US;
}

void video_head_refresh(struct video_head *head, uint64_t now_us, uint64_t *version)
{
    struct video_frame *frame = take_picture(&head->cfg);

    if (frame && head->cfg.on) {
        video_frame_unref(head->picture);
        head->picture = frame;
        head->picture_us = now_us;
        head->picture_version = ++*version;
    } else {
        video_frame_unref(frame);
    }
    if (head->picture && now_us - head->picture_us >= stale_us(head))
        head->picture = video_frame_unref(head->picture);

    if (drawing_update(head->initials))
        head->initials_version = ++*version;
    (void)drawing_update(head->plate);
}

bool video_head_is_stale(const struct video_head *head, uint64_t now_us)
{
    return head->cfg.on && head->cfg.source && !head->picture &&
           now_us - head->picture_us >= stale_us(head);
}

bool video_head_is_drawing(const struct video_head *head)
{
    return drawing_is_busy(head->initials) || drawing_is_busy(head->plate);
}

void video_head_describe(const struct video_head *head, struct scene_head *ret)
{
    *ret = (struct scene_head){
        .id = head->cfg.key,
        .content = head->cfg.content,
        .video = head->cfg.on,
        .hand_us = head->cfg.hand_us,
    };
    (void)snprintf(ret->reserved, sizeof(ret->reserved), "%s", head->cfg.seat);
}

static void ask_for_initials(struct video_head *head, uint16_t w, uint16_t h)
{
    struct drawing_spec spec = {.kind = DRAWING_INITIALS, .w = w, .h = h};

    (void)snprintf(spec.text, sizeof(spec.text), "%s", head->cfg.name);
    if (drawing_request(head->initials, &spec) == 0) {
        head->initials_asked.w = w;
        head->initials_asked.h = h;
    }
}

enum video_canvas_media video_head_show(struct video_head *head, struct compositor_tile *tile)
{
    if (head->picture) {
        tile->frame = head->picture;
        tile->version = head->picture_version;
        return head->cfg.content ? VIDEO_CANVAS_CONTENT : VIDEO_CANVAS_VIDEO;
    }
    if (head->initials_asked.w != tile->rect.w || head->initials_asked.h != tile->rect.h)
        ask_for_initials(head, tile->rect.w, tile->rect.h);
    tile->frame = drawing_frame(head->initials);
    tile->version = head->initials_version;
    return VIDEO_CANVAS_AVATAR;
}
