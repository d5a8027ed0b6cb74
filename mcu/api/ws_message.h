/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ws_message.h  What a client says over medley.v1: JSON text to a struct
 *
 *     {"t":"hello","id":1,"d":{"room":"demo","name":"Ada","want":{"video":true}}}
 *     {"t":"hello","id":1,"d":{"token":"eyJ..."}}          signs in; "join" enters a room
 *     {"t":"offer","id":2,"d":{"sdp":"v=0...","restart":false}}
 *     {"t":"mute","d":{"audio":true}}     {"t":"hand","d":{"up":true}}
 *     {"t":"leave"}     {"t":"ping","id":3}
 *
 * All types are in the table of ws_message.c.  Strict: one object, no key twice, nesting up to 16
 * (checked before the JSON parser runs), every field of the right type.  Fields that are not
 * known are ignored, so that newer clients can talk to older servers.  What the server says is
 * in ws_event.h.
 *
 * Threads:   any; a message belongs to one thread at a time.
 * Ownership: strings live in the message until ws_message_finish().
 */
#ifndef MCU_API_WS_MESSAGE_H
#define MCU_API_WS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcu/api/api_field.h"
#include "mcu/api/api_text.h"

enum {
    WS_MESSAGE_MAX = 65536,       /**< Longest message [bytes] */
    WS_MESSAGE_DEPTH_MAX = 16,    /**< Deepest nesting [levels] */
    WS_MESSAGE_SDP_MAX = 49152,   /**< Longest session description [bytes] */
    WS_MESSAGE_TOKEN_MAX = 8192,  /**< Longest token [bytes] */
    WS_MESSAGE_CLIENT_SIZE = 129, /**< Room for the name of the client's program [bytes] */
    WS_MESSAGE_WHY_SIZE = 256,    /**< Enough for any reason that the parser gives [bytes] */
    WS_MESSAGE_IDS_MAX = 200,     /**< People in one message */
    WS_MESSAGE_CID_SIZE = 65,     /**< Room for the client's id of a chat message, with NUL */
    WS_MESSAGE_CALLEES_MAX = 16,  /**< Who is called at once */
};

enum ws_message_type {
    WS_MESSAGE_NONE, /**< Not parsed, or with an error */
    WS_MESSAGE_HELLO,
    WS_MESSAGE_JOIN,
    WS_MESSAGE_LEAVE,
    WS_MESSAGE_PING,
    WS_MESSAGE_OFFER,
    WS_MESSAGE_MUTE,
    WS_MESSAGE_HAND,
    WS_MESSAGE_REACTION,
    WS_MESSAGE_CHAT,
    WS_MESSAGE_SHARE,
    WS_MESSAGE_SUBSCRIBE,
    WS_MESSAGE_PERSON_SET,
    WS_MESSAGE_PERSON_REMOVE,
    WS_MESSAGE_PERSON_MOVE,
    WS_MESSAGE_PERSON_ASK,
    WS_MESSAGE_LOBBY_ADMIT,
    WS_MESSAGE_LOBBY_DENY,
    WS_MESSAGE_MUTE_ALL,
    WS_MESSAGE_ROOM_SET,
    WS_MESSAGE_LAYOUT_SET,
    WS_MESSAGE_DIAL,
    WS_MESSAGE_CALL_START,
    WS_MESSAGE_CALL_ANSWER,
    WS_MESSAGE_CALL_DECLINE,
    WS_MESSAGE_CALL_CANCEL,
    WS_MESSAGE_CALL_HANGUP,
    WS_MESSAGE_WATCH,
    WS_MESSAGE_STATUS,
    WS_MESSAGE_TYPES,
};

/** What a client wants to receive; of use in hello, join and subscribe. */
struct ws_message_want {
    struct api_flag video;   /**< The composite; true if not said */
    struct api_flag content; /**< A shared screen as a picture of its own, not in the composite */
};

/** Also join, which has neither token nor resume. */
struct ws_message_hello {
    char room[API_TEXT_ROOM_SIZE];       /**< Valid, lower case; "" = signs in only */
    char name[API_TEXT_NAME_SIZE];       /**< Clean display name; "" = the token's */
    char client[WS_MESSAGE_CLIENT_SIZE]; /**< Program of the client, cleaned, cut; "" if none */
    struct api_string token;             /**< "" = a guest */
    struct api_string pin;
    struct api_string resume; /**< Session that is to go on; the rest is not looked at then */
    struct ws_message_want want;
};

struct ws_message_offer {
    struct api_string sdp;   /**< 1 to WS_MESSAGE_SDP_MAX [bytes] */
    struct api_flag restart; /**< ICE restart */
};

/** The state of the client's own microphone and camera; at least one is given. */
struct ws_message_mute {
    struct api_flag audio; /**< on: the microphone is muted */
    struct api_flag video; /**< on: the camera is off */
};

struct ws_message_chat {
    struct api_string text; /**< As typed; for room_chat */
    struct api_string to;   /**< Participant; "" = everybody */
    struct api_string cid;  /**< The client's own name of the message, told back; "" = none */
};

/** What is done to somebody. */
struct ws_message_person {
    struct api_string id;
    struct api_flag audio, video, hand; /**< set: muted; ask: to turn it on */
    struct api_choice role;             /**< set: index into enum role, lowest first */
    struct api_string seat;             /**< set */
    struct api_flag ban;                /**< remove: he may not come back */
    char room[API_TEXT_ROOM_SIZE];      /**< move */
};

/** People: lobby.*, mute.all ("except"), presence.watch. */
struct ws_message_ids {
    struct api_list ids;
    struct api_flag all; /**< lobby: all; presence.watch: off */
};

/** Rules of the room; what is not given stays. */
struct ws_message_room {
    struct api_flag locked, speak, show, share, chat;
    struct api_choice lobby;
    struct api_string title, pin;
};

struct ws_message_call {
    struct api_string id;
    struct api_list to;       /**< start: users, or addresses as "sip:..." */
    struct api_choice kind;   /**< 0 audio, 1 video */
    struct api_flag add;      /**< start: into the room where the caller is */
    struct api_string reason; /**< decline */
};

struct ws_message_dial {
    struct api_string uri;
    char name[API_TEXT_NAME_SIZE]; /**< "" = as the address says */
};

struct ws_message {
    enum ws_message_type type;
    bool has_id; /**< Set even after an error, if it could be read */
    int64_t id;  /**< To be repeated as "re" in the answer; 0 to 2^53 - 1 */
    union {
        struct ws_message_hello hello; /**< hello, join */
        struct ws_message_offer offer;
        struct ws_message_mute mute;
        struct api_flag flag;   /**< hand, share: on; leave: end the room for all */
        struct api_string text; /**< reaction: emoji; presence.set: status */
        struct ws_message_chat chat;
        struct ws_message_want want; /**< subscribe */
        struct ws_message_person person;
        struct ws_message_ids ids;
        struct ws_message_room room;
        struct ws_message_call call;
        struct ws_message_dial dial;
    } u;
    char *look; /**< layout.set: d as text, for rest_body_parse() */
    void *json; /**< Private */
};

/**
 * Parse a message.  Call ws_message_finish() afterwards, also after an error.
 *
 * @param ret       Overwritten
 * @param text      Need not end with a NUL
 * @param len       Length of @p text [bytes]
 * @param why       Gets what is wrong, in words with a JSON pointer, as "/d/name: missing"
 * @param why_size  At least 1 [bytes]
 *
 * @return 0, -EBADMSG (not JSON, or a field is wrong), -ENOTSUP (type not known),
 *         -EMSGSIZE (longer than WS_MESSAGE_MAX), -ENOMEM
 */
int ws_message_parse(struct ws_message *ret, const char *text, size_t len, char *why,
                     size_t why_size);

/** Free what the message holds.  NULL and a second time are allowed. */
void ws_message_finish(struct ws_message *message);

/** Error code of the protocol for a return value of ws_message_parse(), as "unknown_type". */
const char *ws_message_error_code(int err);

#endif
