/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/room_rules.c  The policy of a room, and who gets in
 */
#include "mcu/room/room_rules.h"

#include <stddef.h>
#include <string.h>

#include "mcu/room/room_text.h"

const struct room_rules room_rules_defaults = {
    .guests_can = {true, true, true, true, true, true, true},
    .share_takeover = ROOM_RULES_TAKEOVER_HOST,
    .chat_history = 100,
    .first_is_host = true,
};

bool room_rules_same_pin(const char pin[static ROOM_RULES_PIN_SIZE], const char *given)
{
    unsigned char a[ROOM_RULES_PIN_SIZE] = {0}, b[ROOM_RULES_PIN_SIZE] = {0};
    size_t len = given ? strnlen(given, ROOM_RULES_PIN_SIZE) : 0;
    volatile unsigned char differs = 0; /* so that the compiler cannot stop early */

    memcpy(a, pin, strnlen(pin, ROOM_RULES_PIN_SIZE - 1));
    if (len)
        memcpy(b, given, len);
    for (unsigned i = 0; i < ROOM_RULES_PIN_SIZE; ++i)
        differs = (unsigned char)(differs | (a[i] ^ b[i]));
    return !differs && pin[0];
}

/* Has a claim to be here beyond knowing the address. */
static bool is_known(const struct room_ticket *ticket)
{
    return ticket->has_token || ticket->signed_in || ticket->member_role != ROOM_RULES_NOBODY;
}

static enum room_rules_role role_of(const struct room_rules *rules,
                                    const struct room_ticket *ticket)
{
    enum room_rules_role role = ROOM_RULES_NOBODY;

    if (room_rules_same_pin(rules->host_pin, ticket->pin))
        return ROOM_RULES_HOST;
    if (ticket->has_token)
        role = ticket->token_role ? ticket->token_role : ROOM_RULES_GUEST;
    if (ticket->member_role > role)
        role = ticket->member_role;
    return role ? role : ROOM_RULES_GUEST;
}

/* @return "" or what is wrong with what he brings */
static const char *check_ticket(const struct room_rules *rules, const struct room_ticket *ticket,
                                enum room_rules_role role)
{
    bool given = ticket->pin && ticket->pin[0];

    if (ticket->banned)
        return "banned";
    if (ticket->elsewhere || (ticket->has_token && !ticket->token_room))
        return "token_room";
    if (role == ROOM_RULES_HOST)
        return "";
    if (rules->members_only && !is_known(ticket))
        return "guests_not_allowed";
    if (given && (rules->pin[0] || rules->host_pin[0]) &&
        !room_rules_same_pin(rules->pin, ticket->pin))
        return "pin_wrong";
    if (rules->pin[0] && !given && !ticket->has_token && ticket->member_role == ROOM_RULES_NOBODY)
        return "pin_required";
    if (rules->locked && !ticket->let_in)
        return "locked";
    return "";
}

static bool waits_in_lobby(const struct room_rules *rules, const struct room_ticket *ticket)
{
    if (ticket->let_in || rules->lobby == ROOM_RULES_LOBBY_OFF)
        return false;
    return rules->lobby == ROOM_RULES_LOBBY_ALL || !is_known(ticket);
}

enum room_rules_verdict room_rules_admit(const struct room_rules *rules,
                                         const struct room_ticket *ticket,
                                         const struct room_state *state, const char **ret_code,
                                         enum room_rules_role *ret_role)
{
    enum room_rules_role role = role_of(rules, ticket);
    const char *code = check_ticket(rules, ticket, role);
    enum room_rules_verdict verdict = ROOM_RULES_ADMIT;

    if (!*code && rules->max_participants && state->nmembers >= rules->max_participants)
        code = "room_full";
    if (!*code && rules->first_is_host && role == ROOM_RULES_GUEST && state->nmembers == 0 &&
        !(ticket->has_token && ticket->token_role))
        role = ROOM_RULES_HOST;
    if (*code) {
        verdict = ROOM_RULES_DENY;
        role = ROOM_RULES_NOBODY;
    } else if (role == ROOM_RULES_HOST) {
        verdict = ROOM_RULES_ADMIT;
    } else if (rules->wait_for_host && !state->host_present) {
        verdict = ROOM_RULES_WAIT_HOST;
        code = "waiting_for_host";
    } else if (waits_in_lobby(rules, ticket)) {
        verdict = ROOM_RULES_WAIT_LOBBY;
        code = "lobby";
    }
    *ret_code = code;
    *ret_role = role;
    return verdict;
}

bool room_rules_may(const struct room_rules *rules, enum room_rules_role role,
                    enum room_rules_act act)
{
    const bool guest[] = {
        [ROOM_RULES_SPEAK] = rules->guests_can.speak,
        [ROOM_RULES_SHOW] = rules->guests_can.show,
        [ROOM_RULES_SHARE] = rules->guests_can.share,
        [ROOM_RULES_CHAT] = rules->guests_can.chat,
        [ROOM_RULES_CHAT_PRIVATE] = rules->guests_can.chat_private,
        [ROOM_RULES_REACT] = rules->guests_can.react,
        [ROOM_RULES_HAND] = rules->guests_can.hand,
    };

    switch (role) {
    case ROOM_RULES_HOST:
        return true;
    case ROOM_RULES_GUEST:
        return guest[act];
    case ROOM_RULES_VIEWER:
        return guest[act] && act >= ROOM_RULES_CHAT;
    default:
        return false;
    }
}

bool room_rules_sees_history(const struct room_rules *rules, bool member)
{
    return rules->chat_history && (member || rules->history_for == ROOM_RULES_HISTORY_ALL);
}

static bool pin_ok(const char pin[static ROOM_RULES_PIN_SIZE])
{
    size_t len = strnlen(pin, ROOM_RULES_PIN_SIZE);

    return len == 0 || (len >= ROOM_RULES_PIN_MIN && len < ROOM_RULES_PIN_SIZE &&
                        strspn(pin, "0123456789") == len);
}

const char *room_rules_check(const struct room_rules *rules)
{
    if (!memchr(rules->title, '\0', sizeof(rules->title)) || room_text_length(rules->title) < 0)
        return "title";
    if (!pin_ok(rules->pin))
        return "pin";
    if (!pin_ok(rules->host_pin) || room_rules_same_pin(rules->pin, rules->host_pin))
        return "host_pin";
    if (rules->lobby > ROOM_RULES_LOBBY_ALL)
        return "lobby";
    if (rules->share_takeover > ROOM_RULES_TAKEOVER_ANYBODY)
        return "share_takeover";
    if (rules->chat_history > ROOM_RULES_HISTORY_MAX)
        return "chat_history";
    return rules->history_for > ROOM_RULES_HISTORY_MEMBERS ? "history_for" : NULL;
}

const char *room_rules_role_name(enum room_rules_role role)
{
    static const char *const name[] = {"", "viewer", "guest", "host"};

    return name[role];
}
