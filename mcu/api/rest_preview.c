/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_preview.c  /api/v1/layouts/{n}/preview.png and /api/v1/layouts/check
 */
#include "mcu/api/rest_preview.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/video_frame.h"
#include "mcu/api/rest_call.h"
#include "mcu/api/rest_config.h"
#include "mcu/api/rest_job.h"
#include "mcu/api/rest_json.h"
#include "mcu/api/rest_query.h"
#include "mcu/api/rest_router.h"
#include "mcu/config/layout_file.h"
#include "mcu/config/settings.h"
#include "mcu/media/preview.h"
#include "mcu/room/room_set.h"
#include "mixer/layout_set.h"
#include "mixer/picture.h"
#include "net/web_server.h"

enum { COUNT = 5, W = 640, H = 360, FILE_SIZE = 128 };

/* Preview */

struct preview {
    struct rest_ticket ticket;
    struct settings *settings;
    char name[REST_ROUTER_PARAM_SIZE];
    uint32_t count, content;
    uint16_t w, h;
    int err;
    void *png;
    size_t size;
};

static void draw(void *arg)
{
    struct preview *p = arg;
    const struct preview_cfg cfg = {
        .layouts = p->settings->layouts,
        .config = &p->settings->config,
        .logo = p->settings->logo,
        .name = p->name,
        .count = p->count,
        .content = p->content,
        .w = p->w,
        .h = p->h,
    };
    struct video_frame *frame = NULL;

    p->err = preview_draw(&frame, &cfg);
    if (!p->err)
        p->err = picture_png(&p->png, &p->size, frame);
    video_frame_unref(frame);
}

static void reply_preview(void *arg)
{
    const struct preview *p = arg;

    if (p->err == 0)
        rest_reply_data(&p->ticket, "image/png", p->png, p->size);
    else if (p->err == -ENOENT)
        rest_reply_problem(&p->ticket, REST_PROBLEM_LAYOUT, p->name);
    else
        rest_reply_problem(&p->ticket, p->err == -ENOMEM ? REST_PROBLEM_BUSY : REST_PROBLEM_FAILED,
                           NULL);
}

static void free_preview(void *arg)
{
    struct preview *p = arg;

    settings_unref(p->settings);
    free(p->png);
    free(p);
}

/** "640x360", even.  @return 0, -EINVAL */
static int parse_size(const char *text, uint16_t *ret_w, uint16_t *ret_h)
{
    unsigned w, h;
    char end;

    if (strspn(text, "0123456789x") != strlen(text) || strlen(text) > 9 ||
        sscanf(text, "%ux%u%c", &w, &h, &end) != 2)
        return -EINVAL;
    if (w < PREVIEW_SIDE_MIN || h < PREVIEW_SIDE_MIN || w > PREVIEW_SIDE_MAX ||
        h > PREVIEW_SIDE_MAX || w % 2 || h % 2)
        return -EINVAL;
    *ret_w = (uint16_t)w;
    *ret_h = (uint16_t)h;
    return 0;
}

/** @return what is wrong, or NULL */
static const char *parse_preview(struct preview *p, const char *query)
{
    char size[16];
    int err = rest_query_text(query, "size", size, sizeof(size));

    p->count = COUNT;
    p->w = W;
    p->h = H;
    if (err != -ENOENT && (err || parse_size(size, &p->w, &p->h)))
        return "size: must be as 640x360, even, each side from 64 to 1920";
    if (rest_query_number(query, "count", 0, PREVIEW_COUNT_MAX, &p->count))
        return "count: must be a number from 0 to 64";
    if (rest_query_number(query, "content", 0, 1, &p->content))
        return "content: must be 0 or 1";
    return NULL;
}

/* In a path, too, libwebsockets reads a plus as a space, which names of layouts do not have. */
static void copy_name(char *ret, const char *param)
{
    (void)snprintf(ret, REST_ROUTER_PARAM_SIZE, "%s", param);
    for (char *p = ret; *p; ++p)
        if (*p == ' ')
            *p = '+';
}

void rest_preview_get(const struct rest_call *call)
{
    static const char *const names[] = {"size", "count", "content", NULL};
    static const struct rest_job_handlers handlers = {draw, reply_preview, free_preview};
    struct settings *settings = room_set_settings();
    char name[REST_ROUTER_PARAM_SIZE];
    struct preview *p;
    const char *why;

    if (!rest_call_query(call, names))
        return;
    copy_name(name, call->param[0]);
    if (!layout_set_has(settings->layouts, name)) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_LAYOUT, name);
        return;
    }
    p = calloc(1, sizeof(*p));
    if (!p) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_BUSY, NULL);
        return;
    }
    why = parse_preview(p, call->request->query);
    if (why) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_BAD_REQUEST, why);
        free(p);
        return;
    }
    p->ticket = call->ticket;
    p->settings = settings_ref(settings);
    memcpy(p->name, name, sizeof(p->name));
    if (rest_job_start(&handlers, p)) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_BUSY, NULL);
        free_preview(p);
    }
}

/* Check */

struct check {
    struct rest_ticket ticket;
    struct settings *settings;
    int err;
    struct config_errors errs;
    char name[FILE_SIZE];
    size_t len;
    char text[];
};

/** A copy that may be added to.  @return 0, -ENOMEM, -ENOSPC */
static int copy_layouts(struct layout_set **ret_set, const struct layout_set *from)
{
    struct layout_set *set;
    int err = layout_set_new(&set);

    if (err)
        return err;
    for (unsigned i = 0; i < from->nlayouts && !err; ++i)
        err = layout_set_put(set, &from->layout[i]);
    for (unsigned i = 0; i < from->nladders && !err; ++i)
        err = layout_set_put_ladder(set, &from->ladder[i]);
    for (unsigned i = 0; i < from->naliases && !err; ++i)
        err = layout_set_put_alias(set, from->alias[i].name, from->alias[i].target);
    if (err)
        layout_set_unref(set);
    else
        *ret_set = set;
    return err;
}

static void check(void *arg)
{
    struct check *c = arg;
    const struct layout_file file = {
        .name = c->name, .text = c->text, .len = c->len, .unread_images = true};
    struct layout_set *set = NULL;

    c->err = copy_layouts(&set, c->settings->layouts);
    if (!c->err)
        c->err = layout_file_read_all(set, &file, 1, &c->errs);
    layout_set_unref(set);
}

static void reply_check(void *arg)
{
    const struct check *c = arg;
    struct rest_json j;

    if (c->err == -ENOMEM) {
        rest_reply_problem(&c->ticket, REST_PROBLEM_BUSY, NULL);
        return;
    }
    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    rest_json_bool(&j, "ok", c->err == 0);
    rest_config_write_errors(&j, "errors", &c->errs);
    rest_json_close(&j);
    rest_reply_json(&c->ticket, 200, &j);
}

static void free_check(void *arg)
{
    struct check *c = arg;

    settings_unref(c->settings);
    free(c);
}

void rest_preview_check(const struct rest_call *call)
{
    static const char *const names[] = {"name", NULL};
    static const struct rest_job_handlers handlers = {check, reply_check, free_check};
    const struct web_server_request *request = call->request;
    struct check *c;
    int err;

    if (!rest_call_query(call, names))
        return;
    c = calloc(1, sizeof(*c) + request->body_len + 1);
    if (!c) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_BUSY, NULL);
        return;
    }
    err = rest_query_text(request->query, "name", c->name, sizeof(c->name));
    if (err == -EINVAL) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_BAD_REQUEST,
                           "name: must be a file name of at most 127 bytes");
        free(c);
        return;
    }
    if (!c->name[0])
        (void)snprintf(c->name, sizeof(c->name), "layouts.yaml");
    c->ticket = call->ticket;
    c->settings = settings_ref(room_set_settings());
    c->len = request->body_len;
    memcpy(c->text, request->body, c->len);
    if (rest_job_start(&handlers, c)) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_BUSY, NULL);
        free_check(c);
    }
}
