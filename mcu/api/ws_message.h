/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ws_message.h  What a client says over medley.v1: JSON text to a struct
 *
 *     {"t":"hello","id":1,"d":{"room":"demo","name":"Ada","want":{"video":true}}}
 *     {"t":"offer","id":2,"d":{"sdp":"v=0...","restart":false}}
 *     {"t":"mute","d":{"audio":true}}     {"t":"hand","d":{"up":true}}
 *     {"t":"leave"}     {"t":"ping","id":3}
 *
 * Strict: one object, no key twice, nesting up to 16 (checked before the JSON parser
 * runs), every field of the right type.  Fields that are not known are ignored, so that
 * newer clients can talk to older servers.  What the server says is in ws_event.h.
 *
 * Threads:   any; a message belongs to one thread at a time.
 * Ownership: strings live in the message until ws_message_finish().
 */
#ifndef MCU_API_WS_MESSAGE_H
#define MCU_API_WS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcu/api/api_text.h"

enum {
    WS_MESSAGE_MAX = 65536,       /**< Longest message [bytes] */
    WS_MESSAGE_DEPTH_MAX = 16,    /**< Deepest nesting [levels] */
    WS_MESSAGE_SDP_MAX = 49152,   /**< Longest session description [bytes] */
    WS_MESSAGE_CLIENT_SIZE = 129, /**< Room for the name of the client's program [bytes] */
    WS_MESSAGE_WHY_SIZE = 128,    /**< Enough for any reason that the parser gives [bytes] */
};

enum ws_message_type {
    WS_MESSAGE_NONE, /**< Not parsed, or with an error */
    WS_MESSAGE_HELLO,
    WS_MESSAGE_OFFER,
    WS_MESSAGE_MUTE,
    WS_MESSAGE_HAND,
    WS_MESSAGE_LEAVE,
    WS_MESSAGE_PING,
};

struct ws_message_hello {
    char room[API_TEXT_ROOM_SIZE];       /**< Valid, lower case */
    char name[API_TEXT_NAME_SIZE];       /**< Clean display name */
    char client[WS_MESSAGE_CLIENT_SIZE]; /**< Program of the client, cleaned, cut; "" if none */
    bool want_video;                     /**< Wants to receive video; true if not said */
};

struct ws_message_offer {
    const char *sdp; /**< Lives in the message */
    size_t sdp_len;  /**< 1 to WS_MESSAGE_SDP_MAX [bytes] */
    bool restart;    /**< ICE restart */
};

/** The state of the client's own microphone and camera; at least one is given. */
struct ws_message_mute {
    bool has_audio, audio; /**< audio = true: the microphone is muted */
    bool has_video, video; /**< video = true: the camera is off */
};

/** The client raises or lowers his hand. */
struct ws_message_hand {
    bool up;
};

struct ws_message {
    enum ws_message_type type;
    bool has_id; /**< Set even after an error, if it could be read */
    int64_t id;  /**< To be repeated as "re" in the answer; 0 to 2^53 - 1 */
    union {
        struct ws_message_hello hello;
        struct ws_message_offer offer;
        struct ws_message_mute mute;
        struct ws_message_hand hand;
    } u;
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
