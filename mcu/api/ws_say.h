/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ws_say.h  What a session hears of its room: events from rooms and people
 *
 * The forms are in mcu/api/README.md.  Events have the session's own sequence number; "muted" and
 * "bye" have none.
 *
 * Threads: control only.
 */
#ifndef MCU_API_WS_SAY_H
#define MCU_API_WS_SAY_H

#include <stdbool.h>
#include <stdint.h>

struct participant;
struct participant_handlers;
struct room_chat_message;
struct video_room_layout;
struct ws_session;

/** How a room greets. */
enum ws_say_greeting {
    WS_SAY_JOINED,  /**< He came in */
    WS_SAY_RESUMED, /**< His socket is back */
    WS_SAY_MOVED,   /**< Somebody took him to another room */
};

/** All that happens to his participant, for participant_cfg. */
void ws_say_handlers(struct participant_handlers *ret, struct ws_session *s);

/** The room as it is now: answer to hello and join, and after all that is in enum ws_say_greeting.
 */
void ws_say_welcome(struct ws_session *s, int64_t re, enum ws_say_greeting greeting);
/** He is signed in and in no room. */
void ws_say_signed_in(struct ws_session *s, int64_t re, bool resumed);
/** He waits outside, and for what. */
void ws_say_waiting(struct ws_session *s, int64_t re);
/** The layout that is shown, if his picture has it. */
void ws_say_layout(struct ws_session *s, const struct video_room_layout *layout);

#endif
