/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/chat_gateway.h  Chat messages: from somebody to his room, and into the database
 *
 *     text --> cleaned, may he? --> room_chat --> everybody whom it is for, at once
 *                                      '--> store_chat --> written: only now its author hears "ok"
 *
 * Threads: control only.
 */
#ifndef MCU_API_CHAT_GATEWAY_H
#define MCU_API_CHAT_GATEWAY_H

#include <stdint.h>

struct api_string;
struct participant;
struct room;
struct room_rate;
struct store;

struct chat_gateway_result {
    const char *code; /**< NULL: said; else stable, as "forbidden" */
    uint64_t wait_ms; /**< Not 0: said too much; when it may be tried again */
};

/** Called when the message is on the disk, or cannot be.  @param err 0 or -errno */
typedef void(chat_gateway_h)(int err, const char *id, uint64_t sent_us, void *arg);

/** @param store  NULL: messages are not kept.  Lives until the last answer */
void chat_gateway_init(struct store *store);

/**
 * Say something.
 * @param to  Participant of his room; "" = everybody
 * @param h   Called once if ret->code is NULL, maybe before this returns
 */
void chat_gateway_say(struct chat_gateway_result *ret, struct participant *from,
                      const struct api_string *text, const char *to, chat_gateway_h *h, void *arg);

/**
 * The server, an operator, or a host who is not in it says something to everybody in a room.
 * @param rate  Of those who may speak so often only; NULL = not limited
 * @param name  That is shown
 * @param h     As with chat_gateway_say()
 */
void chat_gateway_announce(struct chat_gateway_result *ret, struct room *room,
                           struct room_rate *rate, const char *name, const struct api_string *text,
                           chat_gateway_h *h, void *arg);

#endif
