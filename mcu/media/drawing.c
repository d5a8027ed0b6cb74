/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/drawing.c  Something with text that lies in or on the composite, drawn off the
 * tick
 */
#include "mcu/media/drawing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec/video_frame.h"
#include "mcu/config/settings.h"
#include "mixer/placeholder.h"
#include "mixer/slot.h"
#include "mixer/task.h"

/* One of the two, or none: there is nothing to show. */
struct result {
    struct video_frame *frame;
    struct overlay *overlay;
};

struct drawing {
    struct task *task;
    struct slot wanted; /* struct drawing_spec, to our task */
    struct slot drawn;  /* struct result, from it */
    struct {
        struct drawing_spec requested; /* its settings are not looked at */
        struct result now;
        bool busy;
    } room; /* task of the room only */
};

static struct result *free_result(struct result *result)
{
    if (result) {
        video_frame_unref(result->frame);
        overlay_unref(result->overlay);
        free(result);
    }
    return NULL;
}

static struct drawing_spec *free_spec(struct drawing_spec *spec)
{
    if (spec) {
        settings_unref(spec->settings);
        free(spec);
    }
    return NULL;
}

static void draw_logo(struct result *result, const struct drawing_spec *spec)
{
    if (spec->settings && spec->settings->logo)
        (void)overlay_from_picture(&result->overlay, spec->settings->logo, spec->w, spec->h);
}

/* What cannot be drawn is not shown. */
static void draw(struct result *result, const struct drawing_spec *spec)
{
    switch (spec->kind) {
    case DRAWING_NONE:
        break;
    case DRAWING_INITIALS:
        (void)placeholder_draw(&result->frame, spec->text, spec->w, spec->h);
        break;
    case DRAWING_MORE:
        (void)placeholder_draw_count(&result->frame, (unsigned)spec->number, spec->w, spec->h);
        break;
    case DRAWING_PLATE:
        (void)overlay_draw_plate(&result->overlay, &spec->style, spec->text, spec->flags, spec->w);
        break;
    case DRAWING_MARKS:
        (void)overlay_draw_marks(&result->overlay, &spec->style, spec->flags);
        break;
    case DRAWING_BANNER:
        (void)overlay_draw_banner(&result->overlay, &spec->style, spec->text, spec->w);
        break;
    case DRAWING_LOGO:
        draw_logo(result, spec);
        break;
    }
}

static void run(uint64_t now_us, void *arg)
{
    struct drawing *drawing = arg;
    struct drawing_spec *spec = slot_take(&drawing->wanted);
    struct result *result;
    (void)now_us;

    if (!spec)
        return;
    result = calloc(1, sizeof(*result));
    if (result) {
        draw(result, spec);
        free_result(slot_put(&drawing->drawn, result));
    }
    free_spec(spec);
}

static void release(void *arg)
{
    struct drawing *drawing = arg;

    free_spec(slot_finish(&drawing->wanted));
    free_result(slot_finish(&drawing->drawn));
    video_frame_unref(drawing->room.now.frame);
    overlay_unref(drawing->room.now.overlay);
    free(drawing);
}

int drawing_new(struct drawing **ret_drawing, struct task_pool *pool)
{
    struct drawing *drawing = calloc(1, sizeof(*drawing));
    int err;

    if (!drawing)
        return -ENOMEM;
    slot_init(&drawing->wanted);
    slot_init(&drawing->drawn);
    err = task_new(&drawing->task, pool, TASK_PRIO_VIDEO, run, drawing);
    if (err) {
        free(drawing);
        return err;
    }
    *ret_drawing = drawing;
    return 0;
}

static bool same(const struct drawing_spec *a, const struct drawing_spec *b)
{
    return a->kind == b->kind && a->w == b->w && a->h == b->h && a->flags == b->flags &&
           a->number == b->number && a->style.size == b->style.size &&
           strcmp(a->style.font, b->style.font) == 0 && strcmp(a->text, b->text) == 0;
}

int drawing_request(struct drawing *drawing, const struct drawing_spec *spec)
{
    struct drawing_spec *copy;

    if (same(spec, &drawing->room.requested))
        return 0;
    copy = malloc(sizeof(*copy));
    if (!copy)
        return -ENOMEM;
    *copy = *spec;
    if (copy->settings)
        settings_ref(copy->settings);
    drawing->room.requested = *spec;
    drawing->room.busy = true;
    free_spec(slot_put(&drawing->wanted, copy));
    task_wake(drawing->task);
    return 0;
}

bool drawing_update(struct drawing *drawing)
{
    struct result *result = slot_take(&drawing->drawn);

    if (!result)
        return false;
    video_frame_unref(drawing->room.now.frame);
    overlay_unref(drawing->room.now.overlay);
    drawing->room.now = *result;
    drawing->room.busy = false;
    free(result);
    return true;
}

bool drawing_is_busy(const struct drawing *drawing)
{
    return drawing->room.busy;
}

const struct video_frame *drawing_frame(const struct drawing *drawing)
{
    return drawing->room.now.frame;
}

const struct overlay *drawing_overlay(const struct drawing *drawing)
{
    return drawing->room.now.overlay;
}

struct drawing *drawing_close(struct drawing *drawing)
{
    if (drawing)
        task_close(drawing->task, release);
    return NULL;
}
