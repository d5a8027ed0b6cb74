/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_body.c  What a request to the REST API asks for: JSON text to a struct
 *
 * Each kind of object is a table of fields, so that whatever is not in the table is refused.
 */
#include "mcu/api/rest_body.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mcu/api/api_json.h"
#include "mixer/overlay.h"

enum { KEY_SHOWN = 64 /* of a name in a reason [bytes] */ };

/** What is wrong, and where. */
struct why {
    char *text;
    size_t size;
};

/** One field: @p set copies a value into the struct. */
struct field {
    const char *name;
    int (*set)(struct rest_body *body, json_t *value, const struct why *why);
};

static int wrong(const struct why *why, const char *pointer, const char *what)
{
    (void)snprintf(why->text, why->size, "%s: %s", pointer, what);
    return -EBADMSG;
}

static int unknown(const struct why *why, const char *pointer, const char *key, const char *what)
{
    (void)snprintf(why->text, why->size, "%s/%.*s: %s", pointer, KEY_SHOWN, key, what);
    return -EBADMSG;
}

/** Give each field of an object to the table.  @param pointer of the object, "" for the whole */
static int each_field(struct rest_body *body, json_t *object, const struct field *fields,
                      const char *pointer, const struct why *why)
{
    const char *key;
    json_t *value;

    if (!json_is_object(object))
        return wrong(why, *pointer ? pointer : "/", "must be an object");
    for (void *it = json_object_iter(object); it; it = json_object_iter_next(object, it)) {
        const struct field *f = fields;
        int err;

        key = json_object_iter_key(it);
        value = json_object_iter_value(it);
        while (f->name && strcmp(f->name, key) != 0)
            ++f;
        if (!f->name)
            return unknown(why, pointer, key, "not known");
        err = f->set(body, value, why);
        if (err)
            return err;
    }
    return 0;
}

/* Values */

static int get_flag(struct rest_body_flag *flag, json_t *value, const char *pointer,
                    const struct why *why)
{
    if (!json_is_boolean(value))
        return wrong(why, pointer, "must be true or false");
    flag->given = true;
    flag->on = json_is_true(value);
    return 0;
}

/** A string, or null for "". */
static int get_text(char *ret, size_t size, json_t *value, const char *pointer,
                    const struct why *why)
{
    const char *text = json_is_null(value) ? "" : json_string_value(value);

    if (!text)
        return wrong(why, pointer, "must be a string or null");
    if (strlen(text) >= size)
        return wrong(why, pointer, "too long");
    memcpy(ret, text, strlen(text) + 1);
    return 0;
}

/** A list of ids. */
static int get_ids(char (*ret)[ID_SIZE], unsigned max, unsigned *ret_n, json_t *value,
                   const char *pointer, const struct why *why)
{
    size_t n = json_array_size(value); /* 0 for what is no list */

    if (!json_is_array(value))
        return wrong(why, pointer, "must be a list of participants' ids");
    if (n > max)
        return wrong(why, pointer, "has too many items");
    for (size_t i = 0; i < n; ++i) {
        const char *id = json_string_value(json_array_get(value, i));

        if (!id || !*id || strlen(id) >= ID_SIZE)
            return wrong(why, pointer, "must be a list of participants' ids");
        memcpy(ret[i], id, strlen(id) + 1);
    }
    *ret_n = (unsigned)n;
    return 0;
}

/* POST /node/drain, PUT /node/log */

static int set_on(struct rest_body *body, json_t *value, const struct why *why)
{
    struct rest_body_flag flag = {0};
    int err = get_flag(&flag, value, "/on", why);

    body->u.drain = flag.on;
    return err;
}

static int set_level(struct rest_body *body, json_t *value, const struct why *why)
{
    static const char *const names[] = {"error", "warning", "info", "debug"};
    const char *text = json_string_value(value);

    for (unsigned i = 0; text && i < sizeof(names) / sizeof(names[0]); ++i) {
        if (strcmp(names[i], text) == 0) {
            body->u.level = (enum log_level)i;
            return 0;
        }
    }
    return wrong(why, "/level", "must be error, warning, info or debug");
}

/* PATCH .../participants/{p} */

static int set_muted_audio(struct rest_body *body, json_t *value, const struct why *why)
{
    return get_flag(&body->u.participant.audio, value, "/muted/audio", why);
}

static int set_muted_video(struct rest_body *body, json_t *value, const struct why *why)
{
    return get_flag(&body->u.participant.video, value, "/muted/video", why);
}

static int set_muted(struct rest_body *body, json_t *value, const struct why *why)
{
    static const struct field fields[] = {
        {"audio", set_muted_audio}, {"video", set_muted_video}, {NULL, NULL}};

    return each_field(body, value, fields, "/muted", why);
}

static int set_hand(struct rest_body *body, json_t *value, const struct why *why)
{
    return get_flag(&body->u.participant.hand, value, "/hand", why);
}

static int set_seat(struct rest_body *body, json_t *value, const struct why *why)
{
    body->u.participant.has_seat = true;
    return get_text(body->u.participant.seat, sizeof(body->u.participant.seat), value, "/seat",
                    why);
}

/* POST .../mute */

static int set_mute_audio(struct rest_body *body, json_t *value, const struct why *why)
{
    (void)body;
    return json_is_true(value) ? 0 : wrong(why, "/audio", "must be true");
}

static int set_except(struct rest_body *body, json_t *value, const struct why *why)
{
    return get_ids(body->u.mute.except, REST_BODY_EXCEPT_MAX, &body->u.mute.nexcept, value,
                   "/except", why);
}

/* PUT .../layout */

static int set_layout(struct rest_body *body, json_t *value, const struct why *why)
{
    body->u.look.has_layout = true;
    return get_text(body->u.look.layout, sizeof(body->u.look.layout), value, "/layout", why);
}

static int set_spotlight(struct rest_body *body, json_t *value, const struct why *why)
{
    body->u.look.has_spotlight = true;
    return get_ids(body->u.look.spotlight, SCENE_SPOTLIGHTS_MAX, &body->u.look.nspotlights, value,
                   "/spotlight", why);
}

static int set_seats(struct rest_body *body, json_t *value, const struct why *why)
{
    struct rest_body_look *look = &body->u.look;

    if (!json_is_object(value))
        return wrong(why, "/seats", "must be an object");
    if (json_object_size(value) > REST_BODY_SEATS_MAX)
        return wrong(why, "/seats", "has too many seats");
    for (void *it = json_object_iter(value); it; it = json_object_iter_next(value, it)) {
        const char *name = json_object_iter_key(it);

        if (!*name || strlen(name) >= LAYOUT_NAME_SIZE)
            return unknown(why, "/seats", name, "not the name of a seat");
        memcpy(look->seat[look->nseats].name, name, strlen(name) + 1);
        if (get_text(look->seat[look->nseats].id, ID_SIZE, json_object_iter_value(it), "/seats",
                     why))
            return unknown(why, "/seats", name, "must be a participant's id or null");
        ++look->nseats;
    }
    return 0;
}

static int set_banner(struct rest_body *body, json_t *value, const struct why *why)
{
    body->u.look.has_banner = true;
    return get_text(body->u.look.banner, sizeof(body->u.look.banner), value, "/banner", why);
}

static int set_marks(struct rest_body *body, json_t *value, const struct why *why)
{
    struct rest_body_look *look = &body->u.look;

    if (!json_is_array(value))
        return wrong(why, "/marks", "must be a list");
    look->has_marks = true;
    for (size_t i = 0; i < json_array_size(value); ++i) {
        const char *mark = json_string_value(json_array_get(value, i));

        if (mark && strcmp(mark, "rec") == 0)
            look->marks |= OVERLAY_MARK_REC;
        else if (mark && strcmp(mark, "live") == 0)
            look->marks |= OVERLAY_MARK_LIVE;
        else
            return wrong(why, "/marks", "must be a list of \"rec\" and \"live\"");
    }
    return 0;
}

static int set_names(struct rest_body *body, json_t *value, const struct why *why)
{
    return get_flag(&body->u.look.overlay[REST_BODY_NAMES], value, "/overlays/names", why);
}

static int set_badges(struct rest_body *body, json_t *value, const struct why *why)
{
    return get_flag(&body->u.look.overlay[REST_BODY_BADGES], value, "/overlays/badges", why);
}

static int set_border(struct rest_body *body, json_t *value, const struct why *why)
{
    return get_flag(&body->u.look.overlay[REST_BODY_BORDER], value, "/overlays/border", why);
}

static int set_logo(struct rest_body *body, json_t *value, const struct why *why)
{
    return get_flag(&body->u.look.overlay[REST_BODY_LOGO], value, "/overlays/logo", why);
}

static const struct field overlay_fields[] = {
    [REST_BODY_NAMES] = {"names", set_names},    [REST_BODY_BADGES] = {"badges", set_badges},
    [REST_BODY_BORDER] = {"border", set_border}, [REST_BODY_LOGO] = {"logo", set_logo},
    [REST_BODY_OVERLAYS] = {NULL, NULL},
};

static int set_overlays(struct rest_body *body, json_t *value, const struct why *why)
{
    return each_field(body, value, overlay_fields, "/overlays", why);
}

static const struct field drain_fields[] = {{"on", set_on}, {NULL, NULL}};
static const struct field log_fields[] = {{"level", set_level}, {NULL, NULL}};
static const struct field participant_fields[] = {
    {"muted", set_muted}, {"hand", set_hand}, {"seat", set_seat}, {NULL, NULL}};
static const struct field mute_fields[] = {
    {"audio", set_mute_audio}, {"except", set_except}, {NULL, NULL}};
static const struct field look_fields[] = {{"layout", set_layout},
                                           {"spotlight", set_spotlight},
                                           {"seats", set_seats},
                                           {"banner", set_banner},
                                           {"marks", set_marks},
                                           {"overlays", set_overlays},
                                           {NULL, NULL}};

static const struct {
    const struct field *fields;
    const char *needs; /* a field that must be there, or NULL */
} kinds[REST_BODY_KINDS] = {
    [REST_BODY_DRAIN] = {drain_fields, "on"},
    [REST_BODY_LOG] = {log_fields, "level"},
    [REST_BODY_PARTICIPANT] = {participant_fields, NULL},
    [REST_BODY_MUTE] = {mute_fields, "audio"},
    [REST_BODY_LOOK] = {look_fields, NULL},
};

static int parse_root(struct rest_body *body, json_t *root, const struct why *why)
{
    const char *needs = kinds[body->kind].needs;
    int err = each_field(body, root, kinds[body->kind].fields, "", why);

    if (err)
        return err;
    if (needs && !json_object_get(root, needs))
        return unknown(why, "", needs, "missing");
    return 0;
}

int rest_body_parse(struct rest_body *ret, enum rest_body_kind kind, const char *text, size_t len,
                    char *why, size_t why_size)
{
    const struct why where = {why, why_size};
    json_error_t error;
    json_t *root;
    int err;

    memset(ret, 0, sizeof(*ret));
    ret->kind = kind;
    why[0] = '\0';
    if (len > REST_BODY_MAX) {
        (void)wrong(&where, "/", "too long");
        return -EMSGSIZE;
    }
    if (api_json_is_too_deep(text, len, REST_BODY_DEPTH_MAX))
        return wrong(&where, "/", "nested too deeply");

    root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        if (json_error_code(&error) == json_error_out_of_memory)
            return -ENOMEM;
        (void)snprintf(why, why_size, "/: not JSON: byte %d", error.position);
        return -EBADMSG;
    }
    err = parse_root(ret, root, &where);
    json_decref(root);
    return err;
}

__attribute__((format(printf, 2, 3))) static void say(char *buf, const char *fmt, ...)
{
    size_t n = strlen(buf);
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(buf + n, REST_BODY_DESCRIPTION_SIZE - n, fmt, ap);
    va_end(ap);
}

static void describe_overlays(char *buf, const struct rest_body_look *look)
{
    bool any = false;

    for (unsigned i = 0; i < REST_BODY_OVERLAYS; ++i) {
        if (!look->overlay[i].given)
            continue;
        say(buf, "%s %c%s", any ? "" : "; overlays", look->overlay[i].on ? '+' : '-',
            overlay_fields[i].name);
        any = true;
    }
}

void rest_body_describe_look(char *buf, const struct rest_body_look *look)
{
    buf[0] = '\0';
    if (look->has_layout)
        say(buf, "; layout %s", look->layout[0] ? look->layout : "as configured");
    if (look->has_spotlight)
        say(buf, "; spotlight%s", look->nspotlights ? "" : " nobody");
    for (unsigned i = 0; i < look->nspotlights; ++i)
        say(buf, " %s", look->spotlight[i]);
    if (look->nseats)
        say(buf, "; seats");
    for (unsigned i = 0; i < look->nseats; ++i)
        say(buf, " %s", look->seat[i].id[0] ? look->seat[i].id : "nobody");
    if (look->has_banner)
        say(buf, "; banner%s", look->banner[0] ? "" : " as configured");
    if (look->has_marks)
        say(buf, "; marks%s%s%s", look->marks & OVERLAY_MARK_REC ? " rec" : "",
            look->marks & OVERLAY_MARK_LIVE ? " live" : "", look->marks ? "" : " none");
    describe_overlays(buf, look);
    if (buf[0])
        memmove(buf, buf + 2, strlen(buf) - 1);
    else
        say(buf, "nothing");
}
