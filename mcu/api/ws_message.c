/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ws_message.c  What a client says over medley.v1: JSON text to a struct
 */
#include "mcu/api/ws_message.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const json_int_t ID_MAX = 9007199254740991; /* 2^53 - 1: what JavaScript can count */

enum {
    ID_LEN_MAX = 31,
    SEAT_LEN_MAX = 63,
    PIN_MAX = 12,
    EMOJI_MAX = 32,
    CHAT_MAX = 40000, /* what is too long for a message is told as that, up to here */
    CID_MAX = WS_MESSAGE_CID_SIZE - 1,
    STATUS_MAX = 512,
    TITLE_MAX = 512,
    REASON_MAX = 800,
    URI_MAX = 255,
};

#define END                                                                                        \
    {                                                                                              \
        .key = NULL                                                                                \
    }

/* Fields */

static const char *const role_names[] = {"viewer", "guest", "host", NULL};
static const char *const lobby_names[] = {"off", "guests", "all", NULL};
static const char *const kind_names[] = {"audio", "video", NULL};

static const struct api_field want_fields[] = {
    API_FIELD("video", FLAG, struct ws_message, u.hello.want.video, .required = false),
    API_FIELD("content", FLAG, struct ws_message, u.hello.want.content, .required = false),
    END,
};
static const struct api_field hello_fields[] = {
    API_FIELD("resume", WORD, struct ws_message, u.hello.resume, .min = 1, .max = 64),
    API_FIELD("token", WORD, struct ws_message, u.hello.token, .min = 1,
              .max = WS_MESSAGE_TOKEN_MAX),
    API_FIELD("room", ROOM, struct ws_message, u.hello.room, .required = false),
    API_FIELD("name", NAME, struct ws_message, u.hello.name, .required = false),
    API_FIELD("pin", DIGITS, struct ws_message, u.hello.pin, .min = 0, .max = PIN_MAX),
    {.key = "want", .type = API_FIELD_OBJECT, .fields = want_fields},
    END,
};
static const struct api_field join_fields[] = {
    API_FIELD("room", ROOM, struct ws_message, u.hello.room, .required = true),
    API_FIELD("name", NAME, struct ws_message, u.hello.name, .required = false),
    API_FIELD("pin", DIGITS, struct ws_message, u.hello.pin, .min = 0, .max = PIN_MAX),
    {.key = "want", .type = API_FIELD_OBJECT, .fields = want_fields},
    END,
};
static const struct api_field subscribe_fields[] = {
    API_FIELD("video", FLAG, struct ws_message, u.want.video, .required = false),
    API_FIELD("content", FLAG, struct ws_message, u.want.content, .required = false),
    END,
};
static const struct api_field offer_fields[] = {
    API_FIELD("sdp", TEXT, struct ws_message, u.offer.sdp, .required = true, .min = 1,
              .max = WS_MESSAGE_SDP_MAX),
    API_FIELD("restart", FLAG, struct ws_message, u.offer.restart, .required = false),
    END,
};
static const struct api_field mute_fields[] = {
    API_FIELD("audio", FLAG, struct ws_message, u.mute.audio, .required = false),
    API_FIELD("video", FLAG, struct ws_message, u.mute.video, .required = false),
    END,
};
static const struct api_field hand_fields[] = {
    API_FIELD("up", FLAG, struct ws_message, u.flag, .required = true), END};
static const struct api_field share_fields[] = {
    API_FIELD("on", FLAG, struct ws_message, u.flag, .required = true), END};
static const struct api_field leave_fields[] = {
    API_FIELD("end", FLAG, struct ws_message, u.flag, .required = false), END};
static const struct api_field reaction_fields[] = {
    API_FIELD("emoji", TEXT, struct ws_message, u.text, .required = true, .min = 1,
              .max = EMOJI_MAX),
    END,
};
static const struct api_field status_fields[] = {
    API_FIELD("status", TEXT, struct ws_message, u.text, .required = true, .min = 0,
              .max = STATUS_MAX),
    END,
};
static const struct api_field chat_fields[] = {
    API_FIELD("text", TEXT, struct ws_message, u.chat.text, .required = true, .min = 1,
              .max = CHAT_MAX),
    API_FIELD("to", WORD, struct ws_message, u.chat.to, .min = 1, .max = ID_LEN_MAX),
    API_FIELD("cid", WORD, struct ws_message, u.chat.cid, .min = 1, .max = CID_MAX),
    END,
};
static const struct api_field muted_fields[] = {
    API_FIELD("audio", FLAG, struct ws_message, u.person.audio, .required = false),
    API_FIELD("video", FLAG, struct ws_message, u.person.video, .required = false),
    END,
};
static const struct api_field person_set_fields[] = {
    API_FIELD("id", WORD, struct ws_message, u.person.id, .required = true, .min = 1,
              .max = ID_LEN_MAX),
    {.key = "muted", .type = API_FIELD_OBJECT, .fields = muted_fields},
    API_FIELD("hand", FLAG, struct ws_message, u.person.hand, .required = false),
    API_FIELD("role", CHOICE, struct ws_message, u.person.role, .names = role_names),
    API_FIELD("seat", TEXT, struct ws_message, u.person.seat, .min = 0, .max = SEAT_LEN_MAX),
    END,
};
static const struct api_field person_remove_fields[] = {
    API_FIELD("id", WORD, struct ws_message, u.person.id, .required = true, .min = 1,
              .max = ID_LEN_MAX),
    API_FIELD("ban", FLAG, struct ws_message, u.person.ban, .required = false),
    END,
};
static const struct api_field person_move_fields[] = {
    API_FIELD("id", WORD, struct ws_message, u.person.id, .required = true, .min = 1,
              .max = ID_LEN_MAX),
    API_FIELD("room", ROOM, struct ws_message, u.person.room, .required = true),
    END,
};
static const struct api_field person_ask_fields[] = {
    API_FIELD("id", WORD, struct ws_message, u.person.id, .required = true, .min = 1,
              .max = ID_LEN_MAX),
    API_FIELD("audio", FLAG, struct ws_message, u.person.audio, .required = false),
    API_FIELD("video", FLAG, struct ws_message, u.person.video, .required = false),
    END,
};
static const struct api_field lobby_fields[] = {
    API_FIELD("ids", LIST, struct ws_message, u.ids.ids, .min = 1, .max = WS_MESSAGE_IDS_MAX),
    API_FIELD("all", FLAG, struct ws_message, u.ids.all, .required = false),
    END,
};
static const struct api_field mute_all_fields[] = {
    API_FIELD("except", LIST, struct ws_message, u.ids.ids, .min = 0, .max = WS_MESSAGE_IDS_MAX),
    END,
};
static const struct api_field watch_fields[] = {
    API_FIELD("off", FLAG, struct ws_message, u.ids.all, .required = false),
    API_FIELD("users", LIST, struct ws_message, u.ids.ids, .required = true, .min = 0,
              .max = WS_MESSAGE_IDS_MAX),
    END,
};
static const struct api_field guests_can_fields[] = {
    API_FIELD("speak", FLAG, struct ws_message, u.room.speak, .required = false),
    API_FIELD("show", FLAG, struct ws_message, u.room.show, .required = false),
    API_FIELD("share", FLAG, struct ws_message, u.room.share, .required = false),
    API_FIELD("chat", FLAG, struct ws_message, u.room.chat, .required = false),
    END,
};
static const struct api_field room_fields[] = {
    API_FIELD("locked", FLAG, struct ws_message, u.room.locked, .required = false),
    API_FIELD("lobby", CHOICE, struct ws_message, u.room.lobby, .names = lobby_names),
    API_FIELD("title", TEXT, struct ws_message, u.room.title, .min = 0, .max = TITLE_MAX),
    API_FIELD("pin", DIGITS, struct ws_message, u.room.pin, .min = 0, .max = PIN_MAX),
    {.key = "guests_can", .type = API_FIELD_OBJECT, .fields = guests_can_fields},
    END,
};
static const struct api_field look_fields[] = {END};
static const struct api_field dial_fields[] = {
    API_FIELD("uri", WORD, struct ws_message, u.dial.uri, .required = true, .min = 1,
              .max = URI_MAX),
    API_FIELD("name", NAME, struct ws_message, u.dial.name, .required = false),
    END,
};
static const struct api_field call_start_fields[] = {
    API_FIELD("to", LIST, struct ws_message, u.call.to, .required = true, .min = 1,
              .max = WS_MESSAGE_CALLEES_MAX),
    API_FIELD("kind", CHOICE, struct ws_message, u.call.kind, .names = kind_names),
    API_FIELD("add", FLAG, struct ws_message, u.call.add, .required = false),
    END,
};
static const struct api_field call_answer_fields[] = {
    API_FIELD("call", WORD, struct ws_message, u.call.id, .required = true, .min = 1,
              .max = ID_LEN_MAX),
    API_FIELD("kind", CHOICE, struct ws_message, u.call.kind, .names = kind_names),
    END,
};
static const struct api_field call_decline_fields[] = {
    API_FIELD("call", WORD, struct ws_message, u.call.id, .required = true, .min = 1,
              .max = ID_LEN_MAX),
    API_FIELD("reason", TEXT, struct ws_message, u.call.reason, .min = 0, .max = REASON_MAX),
    END,
};
static const struct api_field call_fields[] = {
    API_FIELD("call", WORD, struct ws_message, u.call.id, .required = true, .min = 1,
              .max = ID_LEN_MAX),
    END,
};

/* Rules that are not about one field */

static int wrong(char *why, size_t size, const char *what)
{
    (void)snprintf(why, size, "%s", what);
    return -EBADMSG;
}

/** Program of the client: a string, or an object with "ua"; only for the log, so it is cut. */
static int read_client(struct ws_message_hello *hello, const json_t *d, char *why, size_t size)
{
    const json_t *value = json_object_get(d, "client");
    const char *text;
    size_t n = 0;

    if (!value)
        return 0;
    if (json_is_object(value))
        value = json_object_get(value, "ua");
    if (value && !json_is_string(value))
        return wrong(why, size, "/d/client: must be a string or have a string \"ua\"");
    text = value ? json_string_value(value) : "";
    for (; *text && n + 1 < sizeof(hello->client); ++text)
        if (*text >= ' ' && *text < 0x7f)
            hello->client[n++] = *text;
    hello->client[n] = '\0';
    return 0;
}

static int check_hello(struct ws_message *msg, const json_t *d, char *why, size_t size)
{
    struct ws_message_hello *hello = &msg->u.hello;

    if (!hello->want.video.given)
        hello->want.video.on = true;
    if (msg->type == WS_MESSAGE_JOIN || hello->resume.given)
        return 0;
    if (!hello->room[0] && !hello->token.given)
        return wrong(why, size, "/d/room: missing");
    if (!hello->name[0] && !hello->token.given)
        return wrong(why, size, "/d/name: missing");
    return read_client(hello, d, why, size);
}

static int check_mute(struct ws_message *msg, const json_t *d, char *why, size_t size)
{
    (void)d;
    if (!msg->u.mute.audio.given && !msg->u.mute.video.given)
        return wrong(why, size, "/d: needs audio or video");
    return 0;
}

static int check_ask(struct ws_message *msg, const json_t *d, char *why, size_t size)
{
    (void)d;
    if (!msg->u.person.audio.on && !msg->u.person.video.on)
        return wrong(why, size, "/d: needs audio or video");
    return 0;
}

static int check_lobby(struct ws_message *msg, const json_t *d, char *why, size_t size)
{
    (void)d;
    if (!msg->u.ids.all.on && !msg->u.ids.ids.given)
        return wrong(why, size, "/d: needs ids or all");
    return 0;
}

static int keep_look(struct ws_message *msg, const json_t *d, char *why, size_t size)
{
    (void)why;
    (void)size;
    msg->look = json_dumps(d, JSON_COMPACT);
    return msg->look ? 0 : -ENOMEM;
}

static const struct {
    const char *name;
    enum ws_message_type type;
    const struct api_field *fields; /* NULL: d is not looked at */
    int (*check)(struct ws_message *msg, const json_t *d, char *why, size_t size);
} types[] = {
    {"hello", WS_MESSAGE_HELLO, hello_fields, check_hello},
    {"join", WS_MESSAGE_JOIN, join_fields, check_hello},
    {"leave", WS_MESSAGE_LEAVE, leave_fields, NULL},
    {"ping", WS_MESSAGE_PING, NULL, NULL},
    {"offer", WS_MESSAGE_OFFER, offer_fields, NULL},
    {"mute", WS_MESSAGE_MUTE, mute_fields, check_mute},
    {"hand", WS_MESSAGE_HAND, hand_fields, NULL},
    {"reaction", WS_MESSAGE_REACTION, reaction_fields, NULL},
    {"chat", WS_MESSAGE_CHAT, chat_fields, NULL},
    {"share", WS_MESSAGE_SHARE, share_fields, NULL},
    {"subscribe", WS_MESSAGE_SUBSCRIBE, subscribe_fields, NULL},
    {"participant.set", WS_MESSAGE_PERSON_SET, person_set_fields, NULL},
    {"participant.remove", WS_MESSAGE_PERSON_REMOVE, person_remove_fields, NULL},
    {"participant.move", WS_MESSAGE_PERSON_MOVE, person_move_fields, NULL},
    {"participant.ask", WS_MESSAGE_PERSON_ASK, person_ask_fields, check_ask},
    {"lobby.admit", WS_MESSAGE_LOBBY_ADMIT, lobby_fields, check_lobby},
    {"lobby.deny", WS_MESSAGE_LOBBY_DENY, lobby_fields, check_lobby},
    {"mute.all", WS_MESSAGE_MUTE_ALL, mute_all_fields, NULL},
    {"room.set", WS_MESSAGE_ROOM_SET, room_fields, NULL},
    {"layout.set", WS_MESSAGE_LAYOUT_SET, look_fields, keep_look},
    {"dial", WS_MESSAGE_DIAL, dial_fields, NULL},
    {"call.start", WS_MESSAGE_CALL_START, call_start_fields, NULL},
    {"call.answer", WS_MESSAGE_CALL_ANSWER, call_answer_fields, NULL},
    {"call.decline", WS_MESSAGE_CALL_DECLINE, call_decline_fields, NULL},
    {"call.cancel", WS_MESSAGE_CALL_CANCEL, call_fields, NULL},
    {"call.hangup", WS_MESSAGE_CALL_HANGUP, call_fields, NULL},
    {"presence.watch", WS_MESSAGE_WATCH, watch_fields, NULL},
    {"presence.set", WS_MESSAGE_STATUS, status_fields, NULL},
};

enum { TYPES = sizeof(types) / sizeof(types[0]) };

/* Those that may come without d. */
static bool needs_d(enum ws_message_type type)
{
    return type != WS_MESSAGE_LEAVE && type != WS_MESSAGE_PING && type != WS_MESSAGE_MUTE_ALL;
}

static int parse_id(struct ws_message *msg, const json_t *root, char *why, size_t size)
{
    const json_t *id = json_object_get(root, "id");

    if (!id)
        return 0;
    if (!json_is_integer(id) || json_integer_value(id) < 0 || json_integer_value(id) > ID_MAX)
        return wrong(why, size, "/id: must be a whole number from 0 to 2^53 - 1");
    msg->has_id = true;
    msg->id = json_integer_value(id);
    return 0;
}

static int parse_type(const json_t *root, unsigned *ret_row, char *why, size_t size)
{
    const json_t *t = json_object_get(root, "t");
    unsigned row = 0;

    if (!t)
        return wrong(why, size, "/t: missing");
    if (!json_is_string(t))
        return wrong(why, size, "/t: must be a string");
    while (row < TYPES && strcmp(types[row].name, json_string_value(t)) != 0)
        ++row;
    *ret_row = row;
    if (row < TYPES)
        return 0;
    (void)wrong(why, size, "/t: not known");
    return -ENOTSUP;
}

static int parse_root(struct ws_message *msg, const json_t *root, char *why, size_t size)
{
    const json_t *d = json_object_get(root, "d");
    unsigned row = 0;
    int err;

    if (!json_is_object(root))
        return wrong(why, size, "/: must be an object");
    err = parse_id(msg, root, why, size);
    if (err)
        return err;
    err = parse_type(root, &row, why, size);
    if (err)
        return err;
    if (d && !json_is_object(d))
        return wrong(why, size, "/d: must be an object");
    if (!d && needs_d(types[row].type))
        return wrong(why, size, "/d: missing");
    msg->type = types[row].type;
    if (d && types[row].fields)
        err = api_field_read(msg, types[row].fields, d, false, "/d", why, size);
    if (!err && d && types[row].check)
        err = types[row].check(msg, d, why, size);
    return err;
}

int ws_message_parse(struct ws_message *ret, const char *text, size_t len, char *why,
                     size_t why_size)
{
    struct json_t *root;
    int err;

    memset(ret, 0, sizeof(*ret));
    why[0] = '\0';
    if (len > WS_MESSAGE_MAX) {
        (void)snprintf(why, why_size, "/: too long");
        return -EMSGSIZE;
    }
    err = api_field_parse(&root, text, len, WS_MESSAGE_DEPTH_MAX, why, why_size);
    if (err)
        return err;
    ret->json = root;
    err = parse_root(ret, root, why, why_size);
    if (err)
        ret->type = WS_MESSAGE_NONE;
    return err;
}

void ws_message_finish(struct ws_message *message)
{
    if (message) {
        api_field_free(message->json);
        free(message->look);
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
