/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_room.c  /api/v1/rooms
 */
#include "mcu/api/rest_room.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/api_field.h"
#include "mcu/api/api_text.h"
#include "mcu/api/chat_gateway.h"
#include "mcu/api/entry.h"
#include "mcu/api/host_check.h"
#include "mcu/api/rest_call.h"
#include "mcu/api/rest_json.h"
#include "mcu/api/rest_layout.h"
#include "mcu/api/rest_participant.h"
#include "mcu/api/rules_json.h"
#include "mcu/base/log.h"
#include "mcu/room/room.h"
#include "mcu/room/room_set.h"

LOG_DOMAIN("rest");

/** The fields of a room, into an object that is open. */
static void write_room(struct rest_json *j, const struct room *room)
{
    rest_json_string(j, "name", room_name(room));
    rest_json_string(j, "session", room_session(room));
    rest_json_string(j, "owner", room_owner(room));
    rest_json_int(j, "participants", room_count(room));
    rest_json_int(j, "waiting", room_count_waiting(room));
    rest_json_open(j, "rules", '{');
    rules_json_write(j, room_rules(room), true);
    rest_json_close(j);
    rest_json_time(j, "created_at", room_created_us(room));
    rest_layout_write(j, "layout", room);
}

static void add(struct room *room, void *arg)
{
    struct rest_json *j = arg;

    rest_json_open(j, NULL, '{');
    write_room(j, room);
    rest_json_close(j);
}

void rest_room_list(const struct rest_call *call)
{
    struct rest_json j;

    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    rest_json_open(&j, "rooms", '[');
    room_set_each(add, &j);
    rest_json_close(&j);
    rest_json_close(&j);
    rest_reply_json(&call->ticket, 200, &j);
}

void rest_room_get(const struct rest_call *call)
{
    const struct room *room = rest_call_room(call);
    struct rest_json j;

    if (!room)
        return;
    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    write_room(&j, room);
    rest_participant_write_all(&j, "participants_list", room);
    rest_json_close(&j);
    rest_reply_json(&call->ticket, 200, &j);
}

struct change {
    struct api_string title, pin, host_pin;
    struct api_json rules;
};

static const struct api_field change_fields[] = {
    API_FIELD("title", TEXT, struct change, title, .min = 0, .max = ROOM_RULES_TITLE_SIZE - 1),
    API_FIELD("pin", DIGITS, struct change, pin, .min = 0, .max = ROOM_RULES_PIN_SIZE - 1),
    API_FIELD("host_pin", DIGITS, struct change, host_pin, .min = 0,
              .max = ROOM_RULES_PIN_SIZE - 1),
    API_FIELD("rules", JSON, struct change, rules, .required = false),
    {.key = NULL},
};

/* @return 0, -EBADMSG */
static int set_pin(char *pin, const struct api_string *to, const char *pointer, char *why,
                   size_t why_size)
{
    if (to->given && to->len && to->len < ROOM_RULES_PIN_MIN) {
        (void)snprintf(why, why_size, "%s: must have %d to %d digits", pointer, ROOM_RULES_PIN_MIN,
                       ROOM_RULES_PIN_SIZE - 1);
        return -EBADMSG;
    }
    if (to->given)
        (void)snprintf(pin, ROOM_RULES_PIN_SIZE, "%s", to->text);
    return 0;
}

static int apply_change(struct room_rules *rules, const struct change *to, char *why,
                        size_t why_size)
{
    char title[API_TEXT_NAME_SIZE] = "", wrong[HOST_CHECK_WHY_SIZE];
    int err = set_pin(rules->pin, &to->pin, "/pin", why, why_size);

    if (!err)
        err = set_pin(rules->host_pin, &to->host_pin, "/host_pin", why, why_size);
    if (!err && to->rules.json)
        err = rules_json_read_tree(rules, to->rules.json, "/rules", why, why_size);
    if (!err && to->title.len && api_text_clean_name(title, to->title.text, to->title.len)) {
        (void)snprintf(why, why_size, "/title: must have at most 64 characters");
        err = -EBADMSG;
    }
    if (!err && to->title.given)
        (void)snprintf(rules->title, sizeof(rules->title), "%s", title);
    if (!err && !host_check_rules(rules, "", wrong)) {
        (void)snprintf(why, why_size, "%s", wrong);
        err = -EBADMSG;
    }
    return err;
}

static void set_rules(const struct rest_call *call, struct room *room,
                      const struct room_rules *rules)
{
    struct rest_json j;

    if (!room_set_rules(room, rules)) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_ROOM, call->param[0]);
        return;
    }
    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    write_room(&j, room);
    rest_json_close(&j);
    rest_reply_json(&call->ticket, 200, &j);
}

void rest_room_change(const struct rest_call *call)
{
    struct room *room = rest_call_room(call);
    struct change to = {.rules = {.json = NULL}};
    char why[RULES_JSON_WHY_SIZE];
    struct room_rules rules;
    struct json_t *root;

    if (!room || !rest_call_fields(call, change_fields, &to, &root))
        return;
    rules = *room_rules(room);
    if (apply_change(&rules, &to, why, sizeof(why))) {
        rest_reply_invalid(&call->ticket, REST_PROBLEM_BAD_REQUEST, why);
    } else {
        log_info(&(struct log_ids){.room = room_name(room)}, "by %s: other rules",
                 rest_call_by(call));
        set_rules(call, room, &rules);
    }
    api_field_free(root);
}

void rest_room_remove(const struct rest_call *call)
{
    struct room *room = rest_call_room(call);

    if (!room)
        return;
    log_info(&(struct log_ids){.room = room_name(room)}, "by %s: ended for all",
             rest_call_by(call));
    room_clear(room, "ended");
    rest_reply_empty(&call->ticket);
}

void rest_room_record(const struct rest_call *call)
{
    if (rest_call_room(call))
        rest_reply_problem(&call->ticket, REST_PROBLEM_NOT_IMPLEMENTED,
                           "this build has no recorder");
}

/* ---- a word to everybody ---- */

struct said {
    struct api_string text;
    char name[API_TEXT_NAME_SIZE];
};

static const struct api_field said_fields[] = {
    API_FIELD("text", TEXT, struct said, text, .required = true, .min = 1, .max = 8000),
    API_FIELD("name", NAME, struct said, name, .required = false),
    {.key = NULL},
};

static void on_written(int err, const char *id, uint64_t sent_us, void *arg)
{
    struct rest_ticket *ticket = arg;
    struct rest_json j;

    if (err) {
        rest_reply_problem(ticket, REST_PROBLEM_STORAGE, "everybody heard it, but it is not kept");
    } else {
        rest_json_init(&j);
        rest_json_open(&j, NULL, '{');
        rest_json_string(&j, "id", id);
        rest_json_time(&j, "sent_at", sent_us);
        rest_json_close(&j);
        rest_reply_json(ticket, 201, &j);
    }
    free(ticket);
}

/* Operators speak as they like, hosts in their own name. @return NULL: he may not */
static const char *name_of(const struct rest_caller *caller, const char *name)
{
    const char *own = caller->grants.name[0] ? caller->grants.name : "Host";

    if (rest_who_is_operator(caller))
        return name[0] ? name : "Operator";
    return !name[0] || strcmp(name, own) == 0 ? own : NULL;
}

static void say(const struct rest_call *call, struct room *room, const char *name,
                const struct api_string *text)
{
    struct room_rate *rate = rest_who_is_operator(call->caller) ? NULL : room_say_rate(room);
    struct rest_ticket *ticket = malloc(sizeof(*ticket));
    struct chat_gateway_result result;

    if (!ticket) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_BUSY, NULL);
        return;
    }
    *ticket = call->ticket;
    chat_gateway_announce(&result, room, rate, name, text, on_written, ticket);
    if (!result.code)
        return;
    free(ticket);
    if (result.wait_ms)
        rest_reply_wait(&call->ticket, (uint32_t)result.wait_ms);
    else
        rest_reply_problem(&call->ticket, REST_PROBLEM_BAD_REQUEST, result.code);
}

void rest_room_say(const struct rest_call *call)
{
    struct room *room = rest_call_room(call);
    struct said said = {.name = ""};
    const char *name;
    struct json_t *root;

    if (!room || !rest_call_fields(call, said_fields, &said, &root))
        return;
    name = name_of(call->caller, said.name);
    if (name)
        say(call, room, name, &said.text);
    else
        rest_reply_problem(&call->ticket, REST_PROBLEM_FORBIDDEN,
                           "only operators speak in another name");
    api_field_free(root);
}

/* What a page asks before it lets somebody type his name. */
struct asked {
    struct rest_ticket ticket;
    struct entry *entry;
    char room[API_TEXT_ROOM_SIZE];
};

static void on_looked_up(const struct entry_result *found, void *arg)
{
    struct asked *asked = arg;
    const struct room *room = room_set_find_name(asked->room);
    struct room_rules rules;
    struct rest_json j;

    if (room)
        rules = *room_rules(room);
    else if (found->found)
        rules = found->rules;
    else
        room_set_default_rules(&rules);
    if (found->err) {
        rest_reply_problem(&asked->ticket, REST_PROBLEM_STORAGE, NULL);
    } else {
        rest_json_init(&j);
        rest_json_open(&j, NULL, '{');
        rest_json_string(&j, "room", asked->room);
        rest_json_bool(&j, "open", room != NULL);
        rest_json_bool(&j, "meeting", found->found);
        rest_json_string(&j, "title", rules.title);
        rest_json_bool(&j, "needs_pin", rules.pin[0] != '\0');
        rest_json_bool(&j, "members_only", rules.members_only);
        rest_json_bool(&j, "lobby", rules.lobby != ROOM_RULES_LOBBY_OFF);
        rest_json_bool(&j, "locked", rules.locked);
        rest_json_close(&j);
        rest_reply_json(&asked->ticket, 200, &j);
    }
    free(asked);
}

void rest_room_join_info(const struct rest_call *call)
{
    struct asked *asked = calloc(1, sizeof(*asked));

    if (!asked) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_BUSY, NULL);
        return;
    }
    asked->ticket = call->ticket;
    if (api_text_clean_room(asked->room, call->param[0], strlen(call->param[0]))) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_BAD_REQUEST, "no name of a room");
        free(asked);
    } else if (entry_start(&asked->entry, asked->room, "", on_looked_up, asked)) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_BUSY, NULL);
        free(asked);
    }
}
