/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/door.c  Who comes into a room: by its rules, and by what hosts say
 */
#include "mcu/room/door.h"

#include <errno.h>
#include <string.h>

#include "mcu/base/log.h"
#include "mcu/config/settings.h"
#include "mcu/room/bans.h"
#include "mcu/room/membership.h"
#include "mcu/room/participant.h"
#include "mcu/room/room.h"
#include "mcu/room/room_events.h"
#include "mcu/room/room_rules.h"
#include "mcu/room/room_set.h"

LOG_DOMAIN("room");

/* The two ways to write a role differ by one: rules have one more, for nobody. */
static enum role role_of(enum room_rules_role role)
{
    return role == ROOM_RULES_HOST    ? ROLE_HOST
           : role == ROOM_RULES_GUEST ? ROLE_GUEST
                                      : ROLE_VIEWER;
}

enum room_rules_role door_rules_role(enum role role)
{
    return role == ROLE_HOST    ? ROOM_RULES_HOST
           : role == ROLE_GUEST ? ROOM_RULES_GUEST
                                : ROOM_RULES_VIEWER;
}

static struct bans_person ban_of(const struct participant *p)
{
    return (struct bans_person){.identity = participant_identity(p),
                                .address = participant_source(p),
                                .name = participant_name(p)};
}

/* Guests who may not come at all, or only where they need a PIN. */
static bool keeps_guests_out(const struct room_rules *rules)
{
    enum config_guests guests = room_set_settings()->config.auth.guests;

    return guests == CONFIG_GUESTS_DENY || (guests == CONFIG_GUESTS_PIN && !rules->pin[0]);
}

static void fill_ticket(struct room_ticket *ticket, const struct participant *p,
                        const struct room *room, const struct participant_cfg *cfg)
{
    const struct grants *grants = participant_grants(p);
    const struct bans_person person = ban_of(p);

    *ticket = (struct room_ticket){
        .has_token = participant_has_token(p),
        .token_room = grants_may_join(grants, room_name(room)),
        .token_role = participant_is_bound(p) || participant_given_role(p) != ROLE_GUEST
                          ? door_rules_role(participant_given_role(p))
                          : ROOM_RULES_NOBODY,
        .signed_in = grants->user,
        .elsewhere = grants->user && participant_is_elsewhere(p, room_name(room)),
        .member_role = cfg->is_host     ? ROOM_RULES_HOST
                       : cfg->is_listed ? ROOM_RULES_GUEST
                                        : ROOM_RULES_NOBODY,
        .pin = cfg->pin,
        .banned = bans_match(room_bans((struct room *)(uintptr_t)room), &person),
        .let_in = cfg->is_invited,
    };
}

/* What the rules say of somebody with this ticket.
 * @param max  how many may be in with him, at least 1  @param ret_role  what he would be */
static enum room_rules_verdict show(const struct room *room, const struct room_ticket *ticket,
                                    unsigned max, const char **ret_code, enum role *ret_role)
{
    const struct room_state state = {.nmembers = room_count(room),
                                     .host_present = room_count_hosts(room) > 0};
    struct room_rules rules = *room_rules(room);
    enum room_rules_role role;
    enum room_rules_verdict verdict;

    rules.max_participants = max;
    rules.first_is_host = rules.first_is_host && !room_owner(room)[0];
    rules.members_only = rules.members_only || keeps_guests_out(&rules);
    verdict = room_rules_admit(&rules, ticket, &state, ret_code, &role);
    *ret_role = role_of(role);
    return verdict;
}

static enum room_rules_verdict ask(const struct participant *p, const struct participant_cfg *cfg,
                                   const char **ret_code, enum role *ret_role)
{
    const struct room *room = participant_room(p);
    struct room_ticket ticket;

    fill_ticket(&ticket, p, room, cfg);
    return show(room, &ticket, room_has_place(room, p) ? room_count(room) + 1 : room_count(room),
                ret_code, ret_role);
}

const char *door_waits_for(const struct participant *p)
{
    const char *code;
    enum role role;

    return ask(p, participant_cfg(p), &code, &role) == ROOM_RULES_WAIT_HOST ? code : "lobby";
}

static int enter(struct participant *p, enum role role, const char **ret_code)
{
    /* A token's own list of rights stays, if its role is the one that he gets. */
    if (participant_role(p) != role)
        participant_adopt_role(p, role);
    return membership_enter(p, ret_code);
}

/* Somebody may take people to a room where he would be host, or that came to be that way. */
static bool runs(const struct participant *by, const struct participant *p, const struct room *to)
{
    const struct grants *grants = by ? participant_grants(by) : NULL;

    if (!by || grants->operator_ || room_same_family(participant_room(p), to))
        return true;
    if (participant_has_token(by))
        return participant_given_role(by) == ROLE_HOST && grants_may_join(grants, room_name(to));
    return grants->user && strcmp(grants->identity, room_owner(to)) == 0;
}

/* He stays what he is, but whoever became host over there only because nobody was is none here. */
static enum role role_there(const struct participant *p, const struct room *to,
                            const struct room_ticket *ticket)
{
    bool by_token = ticket->token_room && participant_given_role(p) == ROLE_HOST;
    enum role role = participant_role(p);

    if (ticket->member_role == ROOM_RULES_HOST)
        return ROLE_HOST;
    return role == ROLE_HOST && !by_token && room_count_hosts(to) ? ROLE_GUEST : role;
}

int door_move(const struct participant *p, struct room *to, const struct membership_move *move,
              const char **ret_code, enum role *ret_role)
{
    const struct participant_cfg cfg = {.is_host = move->is_host, .is_listed = move->is_listed};
    struct room_ticket ticket;

    fill_ticket(&ticket, p, to, &cfg);
    *ret_code = "";
    if (ticket.banned)
        *ret_code = "banned";
    else if (room_count(to) >= room_max_participants(to))
        *ret_code = "room_full";
    else if (runs(move->by, p, to)) {
        *ret_role = role_there(p, to, &ticket);
        return 0;
    }
    if (!**ret_code) {
        ticket.has_token = ticket.has_token && ticket.token_room;
        ticket.signed_in = ticket.signed_in && !ticket.elsewhere;
        ticket.elsewhere = false;
        if (show(to, &ticket, room_max_participants(to), ret_code, ret_role) == ROOM_RULES_ADMIT)
            return 0;
    }
    return strcmp(*ret_code, "room_full") == 0 ? -ENOSPC : -EACCES;
}

int door_knock(struct participant *p, const struct participant_cfg *cfg, const char **ret_code)
{
    struct log_ids ids = {.room = room_name(participant_room(p)), .part = participant_id(p)};
    enum role role;

    switch (ask(p, cfg, ret_code, &role)) {
    case ROOM_RULES_ADMIT:
        return enter(p, role, ret_code);
    case ROOM_RULES_DENY:
        log_info(&ids, "%s is not let in: %s", participant_name(p), *ret_code);
        return strcmp(*ret_code, "room_full") == 0 ? -ENOSPC : -EACCES;
    default:
        break;
    }
    if (membership_wait(p)) {
        *ret_code = "lobby_full";
        return -ENOSPC;
    }
    log_info(&ids, "%s waits: %s", participant_name(p), *ret_code);
    room_events_waiting(p);
    return 0;
}

/* @return false: he stays where he is */
static bool let_in(struct participant *p, enum role role)
{
    struct room *room = participant_room(p);
    const char *code = "";

    if (!room_has_place(room, p))
        return false;
    room_unwait(room, p);
    if (enter(p, role, &code) == 0)
        return true;
    log_warning(&(struct log_ids){.room = room_name(room)}, "%s cannot be let in: %s",
                participant_name(p), code);
    if (membership_wait(p))
        participant_remove(p, code);
    return false;
}

/* Whoever is let in may go at once, and the room with him: nothing of it is kept meanwhile. */
void door_recheck(struct room *room)
{
    uint32_t key = room_key(room);
    struct participant *p = room_first_waiting(room);

    while (p) {
        const char *code;
        enum role role;

        if (ask(p, participant_cfg(p), &code, &role) != ROOM_RULES_ADMIT) {
            p = participant_next(p);
            continue;
        }
        if (!let_in(p, role))
            return;
        room = room_set_find(key);
        p = room ? room_first_waiting(room) : NULL;
    }
}

bool door_admit(struct participant *p)
{
    enum role role = participant_role(p);

    /* As he would be with an open door; a host has spoken, so it does not matter what he brings. */
    if (role == ROLE_HOST && !participant_has_token(p))
        role = ROLE_GUEST;
    return let_in(p, role);
}

bool door_deny(struct participant *p)
{
    participant_remove(p, "denied");
    return true;
}

void door_ban(struct participant *p)
{
    const struct bans_person person = ban_of(p);

    if (bans_add(room_bans(participant_room(p)), &person))
        log_warning(NULL, "%s cannot be banned", participant_name(p));
    participant_remove(p, "banned");
}

void door_host_left(struct room *room)
{
    const struct room_rules *rules = room_rules(room);

    if (room_count_hosts(room) || !room_count(room))
        return;
    if (rules->ends_with_host) {
        room_clear(room, "ended");
        return;
    }
    if (!rules->first_is_host || room_owner(room)[0])
        return;
    for (struct participant *p = room_first(room); p; p = participant_next(p)) {
        if (participant_role(p) == ROLE_GUEST && !participant_is_bound(p)) {
            participant_set_role(p, ROLE_HOST);
            return;
        }
    }
}

void door_policy(const struct room_rules *rules, struct rights_policy *ret_policy)
{
    static const struct {
        uint32_t right;
        enum room_rules_act act;
    } rows[] = {
        {RIGHT_SPEAK, ROOM_RULES_SPEAK}, {RIGHT_SHOW, ROOM_RULES_SHOW},
        {RIGHT_SHARE, ROOM_RULES_SHARE}, {RIGHT_CHAT, ROOM_RULES_CHAT},
        {RIGHT_REACT, ROOM_RULES_REACT}, {RIGHT_HAND, ROOM_RULES_HAND},
    };

    *ret_policy = (struct rights_policy){{0}};
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
        if (!room_rules_may(rules, ROOM_RULES_GUEST, rows[i].act))
            ret_policy->denied[ROLE_GUEST] |= rows[i].right;
        if (!room_rules_may(rules, ROOM_RULES_VIEWER, rows[i].act))
            ret_policy->denied[ROLE_VIEWER] |= rows[i].right;
    }
}
