/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/room_rules.h  The policy of a room, and who gets in
 *
 * Who is host: by his token, as owner or host of the meeting, by the host PIN, or with
 * first_is_host as the first one in an empty room.  What stands in whose way, in this order:
 *
 *     banned              everybody, hosts too
 *     token_room          whose token is for another room
 *     guests_not_allowed  who has neither token nor account nor a place in the meeting
 *     pin_wrong           who gave a PIN that is none of this room's, unless he is host anyhow
 *     pin_required        who has neither the PIN nor a token nor a place in the meeting
 *     locked              who is not host and was not let in from the lobby
 *     room_full           everybody, hosts too: what the machine carries is no matter of rank
 *     waiting_for_host    who is not host, while none is there
 *     lobby               who is not host and was not let in from it
 *
 * Whose token says that he is a guest or a viewer is no host for being the first.
 *
 * The first one in an empty room counts as host for the last two rows only: he still needs the PIN,
 * and a lock that was left on keeps him out.  A viewer is never the first host.
 *
 * Somebody who waits is asked again when the state changes: then the whole table holds anew.
 *
 * Threads: any; plain values.
 */
#ifndef MCU_ROOM_ROOM_RULES_H
#define MCU_ROOM_ROOM_RULES_H

#include <stdbool.h>
#include <stdint.h>

enum {
    ROOM_RULES_TITLE_SIZE = 64 * 4 + 1, /**< Room for a title and its NUL [bytes] */
    ROOM_RULES_PIN_MIN = 4,             /**< Shortest PIN [digits] */
    ROOM_RULES_PIN_SIZE = 12 + 1,       /**< Room for a PIN and its NUL [bytes] */
    ROOM_RULES_HISTORY_MAX = 1000,      /**< Most messages for late joiners */
};

enum room_rules_role {
    ROOM_RULES_NOBODY, /**< No role by this way */
    ROOM_RULES_VIEWER,
    ROOM_RULES_GUEST,
    ROOM_RULES_HOST,
};

enum room_rules_lobby {
    ROOM_RULES_LOBBY_OFF,
    ROOM_RULES_LOBBY_GUESTS, /**< Who has neither token nor account nor a place in the meeting */
    ROOM_RULES_LOBBY_ALL,    /**< All but hosts */
};

enum room_rules_takeover {
    ROOM_RULES_TAKEOVER_NOBODY,
    ROOM_RULES_TAKEOVER_HOST,
    ROOM_RULES_TAKEOVER_ANYBODY,
};

/** Who gets the messages from before he came. */
enum room_rules_history { ROOM_RULES_HISTORY_ALL, ROOM_RULES_HISTORY_MEMBERS };

enum room_rules_act {
    ROOM_RULES_SPEAK,
    ROOM_RULES_SHOW, /**< His camera */
    ROOM_RULES_SHARE,
    ROOM_RULES_CHAT,
    ROOM_RULES_CHAT_PRIVATE,
    ROOM_RULES_REACT,
    ROOM_RULES_HAND,
};

struct room_rules {
    char title[ROOM_RULES_TITLE_SIZE];
    char pin[ROOM_RULES_PIN_SIZE];      /**< "" = none */
    char host_pin[ROOM_RULES_PIN_SIZE]; /**< "" = none */
    enum room_rules_lobby lobby;
    bool locked;
    bool wait_for_host;
    bool members_only;         /**< No guests */
    uint32_t max_participants; /**< 0 = as many as the server allows */
    struct {
        bool speak, show, share, chat, chat_private, react, hand;
    } guests_can;
    enum room_rules_takeover share_takeover;
    uint32_t chat_history; /**< Messages for late joiners, 0 to ROOM_RULES_HISTORY_MAX */
    enum room_rules_history history_for;
    bool first_is_host;
    bool ends_with_host; /**< The owner ends it when the last host leaves */
};

/** What somebody brings. */
struct room_ticket {
    bool has_token;
    bool token_room;                  /**< It is for this room */
    enum room_rules_role token_role;  /**< NOBODY = it does not say: guest */
    bool signed_in;                   /**< Has an account */
    bool elsewhere;                   /**< By a token of that account that is not for this room */
    enum room_rules_role member_role; /**< In the meeting's list, its owner a HOST; else NOBODY */
    const char *pin;                  /**< As given; NULL or "" = none */
    bool banned;                      /**< See bans.h */
    bool let_in;                      /**< A host admitted him from the lobby */
};

struct room_state {
    uint32_t nmembers; /**< In the room, not in the lobby */
    bool host_present;
};

enum room_rules_verdict {
    ROOM_RULES_ADMIT,
    ROOM_RULES_WAIT_LOBBY,
    ROOM_RULES_WAIT_HOST,
    ROOM_RULES_DENY,
};

/** Open to all, guests can everything: no PIN, no lobby, take-over
 *  by hosts, 100 messages for late joiners, the first one is host. */
extern const struct room_rules room_rules_defaults;

/**
 * Whether somebody gets in.
 * @param ret_code  Gets "" if he does, else why not: a code of the table above
 * @param ret_role  Gets his role if he gets in or waits, else NOBODY
 */
enum room_rules_verdict room_rules_admit(const struct room_rules *rules,
                                         const struct room_ticket *ticket,
                                         const struct room_state *state, const char **ret_code,
                                         enum room_rules_role *ret_role);

/** What somebody in the room may do: a host everything, a guest what guests can, a viewer of that
 *  what needs no tile: chat, reactions, his hand. */
bool room_rules_may(const struct room_rules *rules, enum room_rules_role role,
                    enum room_rules_act act);
/** Whether he gets the messages from before he came.  @param member has token, account or place */
bool room_rules_sees_history(const struct room_rules *rules, bool member);

/** Whether rules are in range.
 *  @return NULL, or the name of the first field that is not, as "host_pin" */
const char *room_rules_check(const struct room_rules *rules);

/**
 * Compare PINs; takes equally long however much of it is right.
 * @param pin    The room's, up to 12 bytes
 * @param given  Of any length, may be NULL
 * @return false too if @p pin is ""
 */
bool room_rules_same_pin(const char pin[static ROOM_RULES_PIN_SIZE], const char *given);

const char *room_rules_role_name(enum room_rules_role role); /**< "", "viewer", "guest", "host" */

#endif
