/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rules_json.c  Rules of a room as JSON: policies of meetings, what clients are told
 */
#include "mcu/api/rules_json.h"

#include <errno.h>
#include <string.h>

#include "mcu/api/api_field.h"
#include "mcu/api/rest_json.h"
#include "mcu/room/room_rules.h"

enum { DEPTH = 4 };

struct given {
    struct api_choice lobby, takeover, history_for;
    struct api_flag locked, wait_for_host, members_only, first_is_host, ends_with_host;
    struct api_flag speak, show, share, chat, chat_private, react, hand;
    struct api_number max_participants, chat_history;
};

static const char *const lobby_names[] = {"off", "guests", "all", NULL};
static const char *const takeover_names[] = {"nobody", "host", "anybody", NULL};
static const char *const history_names[] = {"all", "members", NULL};

static const struct api_field guests_can[] = {
    API_FIELD("speak", FLAG, struct given, speak, .required = false),
    API_FIELD("show", FLAG, struct given, show, .required = false),
    API_FIELD("share", FLAG, struct given, share, .required = false),
    API_FIELD("chat", FLAG, struct given, chat, .required = false),
    API_FIELD("chat_private", FLAG, struct given, chat_private, .required = false),
    API_FIELD("react", FLAG, struct given, react, .required = false),
    API_FIELD("hand", FLAG, struct given, hand, .required = false),
    {.key = NULL},
};
static const struct api_field fields[] = {
    API_FIELD("lobby", CHOICE, struct given, lobby, .names = lobby_names),
    API_FIELD("locked", FLAG, struct given, locked, .required = false),
    API_FIELD("wait_for_host", FLAG, struct given, wait_for_host, .required = false),
    API_FIELD("members_only", FLAG, struct given, members_only, .required = false),
    API_FIELD("max_participants", UINT, struct given, max_participants, .max = 4096),
    {.key = "guests_can", .type = API_FIELD_OBJECT, .fields = guests_can},
    API_FIELD("share_takeover", CHOICE, struct given, takeover, .names = takeover_names),
    API_FIELD("chat_history", UINT, struct given, chat_history, .max = ROOM_RULES_HISTORY_MAX),
    API_FIELD("history_for", CHOICE, struct given, history_for, .names = history_names),
    API_FIELD("first_is_host", FLAG, struct given, first_is_host, .required = false),
    API_FIELD("ends_with_host", FLAG, struct given, ends_with_host, .required = false),
    {.key = NULL},
};

static void set(bool *field, const struct api_flag *flag)
{
    if (flag->given)
        *field = flag->on;
}

static void apply(struct room_rules *rules, const struct given *g)
{
    if (g->lobby.given)
        rules->lobby = (enum room_rules_lobby)g->lobby.index;
    if (g->takeover.given)
        rules->share_takeover = (enum room_rules_takeover)g->takeover.index;
    if (g->history_for.given)
        rules->history_for = (enum room_rules_history)g->history_for.index;
    if (g->max_participants.given)
        rules->max_participants = (uint32_t)g->max_participants.n;
    if (g->chat_history.given)
        rules->chat_history = (uint32_t)g->chat_history.n;
    set(&rules->locked, &g->locked);
    set(&rules->wait_for_host, &g->wait_for_host);
    set(&rules->members_only, &g->members_only);
    set(&rules->first_is_host, &g->first_is_host);
    set(&rules->ends_with_host, &g->ends_with_host);
    set(&rules->guests_can.speak, &g->speak);
    set(&rules->guests_can.show, &g->show);
    set(&rules->guests_can.share, &g->share);
    set(&rules->guests_can.chat, &g->chat);
    set(&rules->guests_can.chat_private, &g->chat_private);
    set(&rules->guests_can.react, &g->react);
    set(&rules->guests_can.hand, &g->hand);
}

int rules_json_read_tree(struct room_rules *rules, const struct json_t *tree, const char *pointer,
                         char *why, size_t why_size)
{
    struct given given;
    int err;

    memset(&given, 0, sizeof(given));
    err = api_field_read(&given, fields, tree, true, pointer, why, why_size);
    if (!err)
        apply(rules, &given);
    return err;
}

int rules_json_check(const struct json_t *tree, const char *pointer, char *why, size_t why_size)
{
    struct room_rules rules = room_rules_defaults;

    return rules_json_read_tree(&rules, tree, pointer, why, why_size);
}

int rules_json_read(struct room_rules *rules, const char *text, size_t len, char *why,
                    size_t why_size)
{
    struct json_t *tree;
    int err;

    if (!len)
        return 0;
    err = api_field_parse(&tree, text, len, DEPTH, why, why_size);
    if (!err)
        err = rules_json_read_tree(rules, tree, "", why, why_size);
    api_field_free(tree);
    return err;
}

void rules_json_write(struct rest_json *j, const struct room_rules *rules, bool host)
{
    rest_json_string(j, "title", rules->title);
    rest_json_bool(j, "has_pin", rules->pin[0] != '\0');
    if (host)
        rest_json_string(j, "pin", rules->pin);
    rest_json_string(j, "lobby", lobby_names[rules->lobby]);
    rest_json_bool(j, "locked", rules->locked);
    rest_json_bool(j, "wait_for_host", rules->wait_for_host);
    rest_json_bool(j, "members_only", rules->members_only);
    rest_json_int(j, "max_participants", rules->max_participants);
    rest_json_open(j, "guests_can", '{');
    rest_json_bool(j, "speak", rules->guests_can.speak);
    rest_json_bool(j, "show", rules->guests_can.show);
    rest_json_bool(j, "share", rules->guests_can.share);
    rest_json_bool(j, "chat", rules->guests_can.chat);
    rest_json_bool(j, "chat_private", rules->guests_can.chat_private);
    rest_json_bool(j, "react", rules->guests_can.react);
    rest_json_bool(j, "hand", rules->guests_can.hand);
    rest_json_close(j);
    rest_json_string(j, "share_takeover", takeover_names[rules->share_takeover]);
    rest_json_int(j, "chat_history", rules->chat_history);
    rest_json_string(j, "history_for", history_names[rules->history_for]);
    rest_json_bool(j, "first_is_host", rules->first_is_host);
    rest_json_bool(j, "ends_with_host", rules->ends_with_host);
}
