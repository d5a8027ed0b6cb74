/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_layout.c  /api/v1/rooms/{r}/layout and /api/v1/layouts: how rooms look, and
 * could
 */
#include "mcu/api/rest_layout.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mcu/api/rest_call.h"
#include "mcu/api/rest_json.h"
#include "mcu/base/log.h"
#include "mcu/config/settings.h"
#include "mcu/media/video_room.h"
#include "mcu/room/participant.h"
#include "mcu/room/room.h"
#include "mcu/room/room_set.h"
#include "mixer/layout_set.h"
#include "mixer/overlay.h"

LOG_DOMAIN("rest");

/* Write */

static const char *id_of(const struct room *room, uint32_t key)
{
    const struct participant *p = key ? room_find(room, key) : NULL;

    return p ? participant_id(p) : NULL;
}

static void write_choice(struct rest_json *j, const struct room *room)
{
    const struct room_look *look = room_look(room);
    const char *configured = room_set_settings()->config.rooms.layout;

    rest_json_string(j, "layout", look->layout[0] ? look->layout : configured);
    rest_json_bool(j, "chosen", look->layout[0] != '\0');
    rest_json_open(j, "spotlight", '[');
    for (unsigned i = 0; i < look->nspotlights; ++i)
        if (id_of(room, look->spotlight[i]))
            rest_json_string(j, NULL, id_of(room, look->spotlight[i]));
    rest_json_close(j);
    rest_json_open(j, "seats", '{');
    for (const struct participant *p = room_first(room); p; p = participant_next(p))
        if (participant_seat(p)[0])
            rest_json_string(j, participant_seat(p), participant_id(p));
    rest_json_close(j);
    rest_json_string(j, "banner", look->banner);
    rest_json_open(j, "marks", '[');
    if (look->marks & OVERLAY_MARK_REC)
        rest_json_string(j, NULL, "rec");
    if (look->marks & OVERLAY_MARK_LIVE)
        rest_json_string(j, NULL, "live");
    rest_json_close(j);
    rest_json_open(j, "overlays", '{');
    rest_json_bool(j, "names", look->names);
    rest_json_bool(j, "badges", look->badges);
    rest_json_bool(j, "border", look->border);
    rest_json_bool(j, "logo", look->logo);
    rest_json_close(j);
}

static void write_tiles(struct rest_json *j, const struct room *room,
                        const struct video_canvas_layout *layout)
{
    static const char *const media[] = {
        [VIDEO_CANVAS_EMPTY] = "empty",   [VIDEO_CANVAS_VIDEO] = "video",
        [VIDEO_CANVAS_AVATAR] = "avatar", [VIDEO_CANVAS_CONTENT] = "content",
        [VIDEO_CANVAS_MORE] = "more",
    };
    static const char *const role[] = {
        [LAYOUT_ROLE_ANY] = "any",
        [LAYOUT_ROLE_SPEAKER] = "speaker",
        [LAYOUT_ROLE_CONTENT] = "content",
        [LAYOUT_ROLE_RESERVED] = "reserved",
    };

    rest_json_open(j, "tiles", '[');
    for (unsigned i = 0; layout && i < layout->ntiles; ++i) {
        rest_json_open(j, NULL, '{');
        rest_json_string(j, "id", id_of(room, layout->tile[i].head));
        rest_json_int(j, "x", layout->tile[i].rect.x);
        rest_json_int(j, "y", layout->tile[i].rect.y);
        rest_json_int(j, "w", layout->tile[i].rect.w);
        rest_json_int(j, "h", layout->tile[i].rect.h);
        rest_json_int(j, "z", layout->tile[i].z);
        rest_json_string(j, "role", role[layout->tile[i].role]);
        rest_json_string(j, "media", media[layout->tile[i].media]);
        rest_json_close(j);
    }
    rest_json_close(j);
}

void rest_layout_write(struct rest_json *json, const char *key, const struct room *room)
{
    const struct video_room_layout *now = room_layout(room);
    const struct video_canvas_layout *layout = now ? &now->canvas : NULL;
    const struct config_rooms *config = &room_set_settings()->config.rooms;

    rest_json_open(json, key, '{');
    write_choice(json, room);
    rest_json_string(json, "showing", layout ? layout->name : NULL);
    rest_json_open(json, "canvas", '[');
    rest_json_int(json, NULL, layout ? layout->w : config->width);
    rest_json_int(json, NULL, layout ? layout->h : config->height);
    rest_json_close(json);
    rest_json_int(json, "epoch", layout ? (int64_t)layout->epoch : 0);
    rest_json_int(json, "overflow", layout ? layout->overflow : 0);
    write_tiles(json, room, layout);
    rest_json_close(json);
}

static void reply_layout(const struct rest_call *call, const struct room *room)
{
    struct rest_json j;

    rest_json_init(&j);
    rest_layout_write(&j, NULL, room);
    rest_reply_json(&call->ticket, 200, &j);
}

void rest_layout_get(const struct rest_call *call)
{
    const struct room *room = rest_call_room(call);

    if (room)
        reply_layout(call, room);
}

/* Change */

/** The new look of a room.  @return NULL, or the id of whom it does not know */
static const char *apply(struct room_look *look, const struct rest_body_look *to,
                         const struct room *room)
{
    bool *const overlay[REST_BODY_OVERLAYS] = {
        [REST_BODY_NAMES] = &look->names,
        [REST_BODY_BADGES] = &look->badges,
        [REST_BODY_BORDER] = &look->border,
        [REST_BODY_LOGO] = &look->logo,
    };

    if (to->has_layout)
        memcpy(look->layout, to->layout, sizeof(look->layout));
    if (to->has_banner)
        memcpy(look->banner, to->banner, sizeof(look->banner));
    if (to->has_marks)
        look->marks = to->marks;
    for (unsigned i = 0; i < REST_BODY_OVERLAYS; ++i)
        if (to->overlay[i].given)
            *overlay[i] = to->overlay[i].on;
    if (to->has_spotlight)
        look->nspotlights = 0;
    for (unsigned i = 0; i < to->nspotlights; ++i) {
        const struct participant *p = room_find_id(room, to->spotlight[i]);

        if (!p)
            return to->spotlight[i];
        look->spotlight[look->nspotlights++] = participant_key(p);
    }
    for (unsigned i = 0; i < to->nseats; ++i)
        if (to->seat[i].id[0] && !room_find_id(room, to->seat[i].id))
            return to->seat[i].id;
    return NULL;
}

static void seat(const struct rest_body_look *to, const struct room *room)
{
    for (unsigned i = 0; i < to->nseats; ++i) {
        struct participant *p = room_find_id(room, to->seat[i].id);

        if (p) {
            participant_set_seat(p, to->seat[i].name);
            continue;
        }
        for (p = room_first(room); p; p = participant_next(p))
            if (strcmp(participant_seat(p), to->seat[i].name) == 0)
                participant_set_seat(p, "");
    }
}

int rest_layout_apply(struct room *room, const struct rest_body_look *to, char *why,
                      size_t why_size)
{
    struct room_look look = *room_look(room);
    const char *unknown = apply(&look, to, room);
    int err;

    if (unknown) {
        (void)snprintf(why, why_size, "%s", unknown);
        return -ESRCH;
    }
    err = room_set_look(room, &look);
    if (err == -ENOENT)
        (void)snprintf(why, why_size, "%s", look.layout);
    if (!err)
        seat(to, room);
    return err;
}

void rest_layout_put(const struct rest_call *call)
{
    struct room *room = rest_call_room(call);
    struct rest_body body;
    char what[REST_BODY_DESCRIPTION_SIZE], why[REST_BODY_WHY_SIZE];

    if (!room || !rest_call_body(call, REST_BODY_LOOK, &body))
        return;
    switch (rest_layout_apply(room, &body.u.look, why, sizeof(why))) {
    case 0:
        rest_body_describe_look(what, &body.u.look);
        log_info(&(struct log_ids){.room = room_name(room)}, "by %s: %s", rest_call_by(call), what);
        reply_layout(call, room);
        break;
    case -ESRCH:
        rest_reply_problem(&call->ticket, REST_PROBLEM_PARTICIPANT, why);
        break;
    case -ENOENT:
        rest_reply_problem(&call->ticket, REST_PROBLEM_LAYOUT, why);
        break;
    default:
        rest_reply_problem(&call->ticket, REST_PROBLEM_BUSY, NULL);
        break;
    }
}

/* List */

static bool is_first_seat(const struct layout_spec *spec, unsigned tile)
{
    for (unsigned i = 0; i < tile; ++i)
        if (strcmp(spec->tile[i].reserved, spec->tile[tile].reserved) == 0)
            return false;
    return spec->tile[tile].reserved[0] != '\0';
}

static void write_layout(struct rest_json *j, const struct layout_spec *spec)
{
    rest_json_open(j, NULL, '{');
    rest_json_string(j, "name", spec->name);
    rest_json_string(j, "kind", "layout");
    rest_json_int(j, "tiles", spec->ntiles);
    rest_json_open(j, "seats", '[');
    for (unsigned i = 0; i < spec->ntiles; ++i)
        if (is_first_seat(spec, i))
            rest_json_string(j, NULL, spec->tile[i].reserved);
    rest_json_close(j);
    rest_json_close(j);
}

void rest_layout_list(const struct rest_call *call)
{
    const struct layout_set *set = room_set_settings()->layouts;
    struct rest_json j;

    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    rest_json_open(&j, "layouts", '[');
    for (unsigned i = 0; i < set->nladders; ++i) {
        rest_json_open(&j, NULL, '{');
        rest_json_string(&j, "name", set->ladder[i].name);
        rest_json_string(&j, "kind", "ladder");
        rest_json_close(&j);
    }
    for (unsigned i = 0; i < set->nlayouts; ++i)
        write_layout(&j, &set->layout[i]);
    for (unsigned i = 0; i < set->naliases; ++i) {
        rest_json_open(&j, NULL, '{');
        rest_json_string(&j, "name", set->alias[i].name);
        rest_json_string(&j, "kind", "alias");
        rest_json_string(&j, "target", set->alias[i].target);
        rest_json_close(&j);
    }
    rest_json_close(&j);
    rest_json_close(&j);
    rest_reply_json(&call->ticket, 200, &j);
}
