/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ws_message.c  What a client says over medley.v1: JSON text to a struct
 */
#include "mcu/api/ws_message.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "mcu/api/api_json.h"

static const json_int_t ID_MAX = 9007199254740991; /* 2^53 - 1: what JavaScript can count */

/** What is wrong, and where. */
struct why {
    char *text;
    size_t size;
};

static int wrong(const struct why *why, const char *pointer, const char *what)
{
    snprintf(why->text, why->size, "%s: %s", pointer, what);
    return -EBADMSG;
}

/* Fields */

/** A boolean field that may be missing; @p ret keeps its value then. */
static int get_bool(const json_t *d, const char *key, const char *pointer, bool *ret,
                    bool *ret_given, const struct why *why)
{
    const json_t *value = json_object_get(d, key);

    *ret_given = value != NULL;
    if (!value)
        return 0;
    if (!json_is_boolean(value))
        return wrong(why, pointer, "must be true or false");
    *ret = json_is_true(value);
    return 0;
}

/** A string field that must be there. */
static int get_string(const json_t *d, const char *key, const char *pointer, const char **ret,
                      size_t *ret_len, const struct why *why)
{
    const json_t *value = json_object_get(d, key);

    if (!value)
        return wrong(why, pointer, "missing");
    if (!json_is_string(value))
        return wrong(why, pointer, "must be a string");
    *ret = json_string_value(value);
    *ret_len = json_string_length(value);
    return 0;
}

static int get_name(struct ws_message_hello *hello, const json_t *d, const struct why *why)
{
    const char *text;
    size_t len;
    int err = get_string(d, "name", "/d/name", &text, &len, why);

    if (err)
        return err;
    switch (api_text_clean_name(hello->name, text, len)) {
    case 0:
        return 0;
    case -ENODATA:
        return wrong(why, "/d/name", "must not be empty");
    case -E2BIG:
        return wrong(why, "/d/name", "must have at most 64 characters");
    default:
        return wrong(why, "/d/name", "must be UTF-8");
    }
}

/** Program of the client: a string, or an object with "ua"; only for the log, so it is cut. */
static int get_client(struct ws_message_hello *hello, const json_t *d, const struct why *why)
{
    const json_t *value = json_object_get(d, "client");
    const char *text;
    size_t n = 0;

    if (!value)
        return 0;
    if (json_is_object(value))
        value = json_object_get(value, "ua");
    if (value && !json_is_string(value))
        return wrong(why, "/d/client", "must be a string or have a string \"ua\"");
    text = value ? json_string_value(value) : "";
    for (; *text && n + 1 < sizeof(hello->client); ++text)
        if (*text >= ' ' && *text < 0x7f)
            hello->client[n++] = *text;
    hello->client[n] = '\0';
    return 0;
}

/* Messages */

static int parse_hello(struct ws_message *msg, const json_t *d, const struct why *why)
{
    struct ws_message_hello *hello = &msg->u.hello;
    const json_t *want = json_object_get(d, "want");
    const char *text;
    size_t len;
    bool given;
    int err = get_string(d, "room", "/d/room", &text, &len, why);

    if (err)
        return err;
    if (api_text_clean_room(hello->room, text, len) != 0)
        return wrong(why, "/d/room", "must be 1 to 64 of a-z 0-9 . _ -, first a letter or digit");
    err = get_name(hello, d, why);
    if (err)
        return err;
    err = get_client(hello, d, why);
    if (err)
        return err;

    hello->want_video = true;
    if (!want)
        return 0;
    if (!json_is_object(want))
        return wrong(why, "/d/want", "must be an object");
    return get_bool(want, "video", "/d/want/video", &hello->want_video, &given, why);
}

static int parse_offer(struct ws_message *msg, const json_t *d, const struct why *why)
{
    struct ws_message_offer *offer = &msg->u.offer;
    bool given;
    int err = get_string(d, "sdp", "/d/sdp", &offer->sdp, &offer->sdp_len, why);

    if (err)
        return err;
    if (offer->sdp_len < 1)
        return wrong(why, "/d/sdp", "must not be empty");
    if (offer->sdp_len > WS_MESSAGE_SDP_MAX)
        return wrong(why, "/d/sdp", "too long");
    return get_bool(d, "restart", "/d/restart", &offer->restart, &given, why);
}

static int parse_mute(struct ws_message *msg, const json_t *d, const struct why *why)
{
    struct ws_message_mute *mute = &msg->u.mute;
    int err = get_bool(d, "audio", "/d/audio", &mute->audio, &mute->has_audio, why);

    if (err)
        return err;
    err = get_bool(d, "video", "/d/video", &mute->video, &mute->has_video, why);
    if (err)
        return err;
    if (!mute->has_audio && !mute->has_video)
        return wrong(why, "/d", "needs audio or video");
    return 0;
}

static int parse_hand(struct ws_message *msg, const json_t *d, const struct why *why)
{
    bool given;
    int err = get_bool(d, "up", "/d/up", &msg->u.hand.up, &given, why);

    if (err)
        return err;
    return given ? 0 : wrong(why, "/d/up", "missing");
}

static const struct {
    const char *name;
    enum ws_message_type type;
    int (*parse)(struct ws_message *msg, const json_t *d, const struct why *why);
} types[] = {
    {"hello", WS_MESSAGE_HELLO, parse_hello}, {"offer", WS_MESSAGE_OFFER, parse_offer},
    {"mute", WS_MESSAGE_MUTE, parse_mute},    {"hand", WS_MESSAGE_HAND, parse_hand},
    {"leave", WS_MESSAGE_LEAVE, NULL},        {"ping", WS_MESSAGE_PING, NULL},
};

static int parse_id(struct ws_message *msg, const json_t *root, const struct why *why)
{
    const json_t *id = json_object_get(root, "id");

    if (!id)
        return 0;
    if (!json_is_integer(id) || json_integer_value(id) < 0 || json_integer_value(id) > ID_MAX)
        return wrong(why, "/id", "must be a whole number from 0 to 2^53 - 1");
    msg->has_id = true;
    msg->id = json_integer_value(id);
    return 0;
}

static int parse_root(struct ws_message *msg, const json_t *root, const struct why *why)
{
    const json_t *d = json_object_get(root, "d");
    const char *name;
    size_t len, i = 0;
    int err;

    if (!json_is_object(root))
        return wrong(why, "/", "must be an object");
    err = parse_id(msg, root, why);
    if (err)
        return err;
    err = get_string(root, "t", "/t", &name, &len, why);
    if (err)
        return err;
    while (i < sizeof(types) / sizeof(types[0]) && strcmp(types[i].name, name) != 0)
        ++i;
    if (i == sizeof(types) / sizeof(types[0])) {
        snprintf(why->text, why->size, "/t: not known");
        return -ENOTSUP;
    }
    if (d && !json_is_object(d))
        return wrong(why, "/d", "must be an object");
    if (!d && types[i].parse)
        return wrong(why, "/d", "missing");
    err = types[i].parse ? types[i].parse(msg, d, why) : 0;
    if (!err)
        msg->type = types[i].type;
    return err;
}

int ws_message_parse(struct ws_message *ret, const char *text, size_t len, char *why,
                     size_t why_size)
{
    struct why where = {why, why_size};
    json_error_t error;
    json_t *root;

    memset(ret, 0, sizeof(*ret));
    why[0] = '\0';
    if (len > WS_MESSAGE_MAX) {
        snprintf(why, why_size, "/: too long");
        return -EMSGSIZE;
    }
    if (api_json_is_too_deep(text, len, WS_MESSAGE_DEPTH_MAX))
        return wrong(&where, "/", "nested too deeply");

    root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        if (json_error_code(&error) == json_error_out_of_memory)
            return -ENOMEM;
        snprintf(why, why_size, "/: not JSON: byte %d", error.position);
        return -EBADMSG;
    }
    ret->json = root;
    return parse_root(ret, root, &where);
}

void ws_message_finish(struct ws_message *message)
{
    if (message) {
        json_decref(message->json);
        memset(message, 0, sizeof(*message));
    }
}

const char *ws_message_error_code(int err)
{
    switch (err) {
    case 0:
        return "ok";
    case -ENOTSUP:
        return "unknown_type";
    case -EMSGSIZE:
        return "too_large";
    case -ENOMEM:
        return "no_memory";
    default:
        return "bad_message";
    }
}
