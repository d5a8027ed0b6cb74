/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_body.h  What a request to the REST API asks for: JSON text to a struct
 *
 *     POST /node/drain        {"on":true}
 *     PUT /node/log           {"level":"debug"}
 *     PATCH .../participants  {"muted":{"audio":true},"hand":false,"seat":"interpreter"}
 *     POST .../mute           {"audio":true,"except":["pt_..."]}
 *     PUT .../layout          {"layout":"1+7","spotlight":["pt_..."],"seats":{"interpreter":null},
 *                              "banner":"...","marks":["rec"],"overlays":{"names":false}}
 *
 * Strict, unlike the WebSocket: an operator's misspelt field is an error that names it, not
 * a change that silently did not happen.  One object, no key twice, nesting up to
 * REST_BODY_DEPTH_MAX (checked before the JSON parser runs), every list bounded.
 *
 * Threads: any.
 */
#ifndef MCU_API_REST_BODY_H
#define MCU_API_REST_BODY_H

#include <stdbool.h>
#include <stddef.h>

#include "mcu/base/id.h"
#include "mcu/base/log.h"
#include "mcu/media/room_look.h"
#include "mixer/layout.h"
#include "mixer/scene.h"

enum {
    REST_BODY_MAX = 65536,            /**< Longest body [bytes] */
    REST_BODY_DESCRIPTION_SIZE = 512, /**< [bytes] */
    REST_BODY_DEPTH_MAX = 16,         /**< Deepest nesting [levels] */
    REST_BODY_WHY_SIZE = 256,         /**< Enough for any reason that the parser gives [bytes] */
    REST_BODY_SEATS_MAX = 8,          /**< In one request */
    REST_BODY_EXCEPT_MAX = 64,        /**< Participants who are left out */
};

enum rest_body_kind {
    REST_BODY_DRAIN,
    REST_BODY_LOG,
    REST_BODY_PARTICIPANT,
    REST_BODY_MUTE,
    REST_BODY_LOOK,
    REST_BODY_KINDS,
};

enum rest_body_overlay {
    REST_BODY_NAMES,
    REST_BODY_BADGES,
    REST_BODY_BORDER,
    REST_BODY_LOGO,
    REST_BODY_OVERLAYS,
};

/** A field that may be left out. */
struct rest_body_flag {
    bool given, on;
};

struct rest_body_participant {
    struct rest_body_flag audio, video; /**< on: muted */
    struct rest_body_flag hand;
    bool has_seat;
    char seat[LAYOUT_NAME_SIZE]; /**< "" = none */
};

struct rest_body_mute {
    unsigned nexcept;
    char except[REST_BODY_EXCEPT_MAX][ID_SIZE];
};

struct rest_body_look {
    bool has_layout, has_spotlight, has_banner, has_marks;
    char layout[LAYOUT_NAME_SIZE]; /**< "" = as configured */
    unsigned nspotlights, nseats;
    char spotlight[SCENE_SPOTLIGHTS_MAX][ID_SIZE];
    struct {
        char name[LAYOUT_NAME_SIZE]; /**< Not "" */
        char id[ID_SIZE];            /**< "" = nobody */
    } seat[REST_BODY_SEATS_MAX];
    char banner[ROOM_LOOK_BANNER_SIZE]; /**< "" = as configured */
    unsigned marks;                     /**< OVERLAY_MARK_* */
    struct rest_body_flag overlay[REST_BODY_OVERLAYS];
};

struct rest_body {
    enum rest_body_kind kind;
    union {
        bool drain;
        enum log_level level;
        struct rest_body_participant participant;
        struct rest_body_mute mute;
        struct rest_body_look look;
    } u;
};

/**
 * Parse a body.
 *
 * @param ret   Overwritten; of use on success only
 * @param text  Need not end with a NUL
 * @param len   Length of @p text [bytes]
 * @param why   Gets what is wrong, in words with a JSON pointer, as "/hand: must be true or false";
 *              it repeats names of the body, which may be anything
 * @return 0, -EBADMSG (not JSON, or a field is wrong), -EMSGSIZE (longer than REST_BODY_MAX),
 *         -ENOMEM
 */
int rest_body_parse(struct rest_body *ret, enum rest_body_kind kind, const char *text, size_t len,
                    char *why, size_t why_size);

/**
 * What a look changes, for the log: "layout 1+7; spotlight pt_a pt_b; banner".  Text that may be
 * anything is not repeated.
 * @param buf  REST_BODY_DESCRIPTION_SIZE bytes; what does not fit is cut
 */
void rest_body_describe_look(char *buf, const struct rest_body_look *look);

#endif
