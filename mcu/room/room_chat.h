/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/room_chat.h  The last messages of a room, for those who come later
 *
 * A message is for everybody, or private: then only sender and receiver ever see it.  Both are
 * known by their keys while they stay, and by their identities when they come back.  Oldest
 * messages go when there are too many, or too many bytes of them.
 *
 * Threads:   one; no locks inside.
 * Ownership: owns the messages.
 */
#ifndef MCU_ROOM_ROOM_CHAT_H
#define MCU_ROOM_ROOM_CHAT_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/base/id.h"
#include "mcu/room/room_rate.h"

struct room_chat;

enum {
    ROOM_CHAT_KEPT_MAX = 1000,           /**< Messages */
    ROOM_CHAT_BYTES_MAX = 256 * 1024,    /**< Of all messages with what belongs to them */
    ROOM_CHAT_TEXT_CHARS = 2000,         /**< Longest text [characters] */
    ROOM_CHAT_RATE = 10,                 /**< Messages of a sender, all at once if need be ... */
    ROOM_CHAT_RATE_PERIOD_US = 10000000, /**< ... in so long */
};

struct room_chat_party {
    uint32_t key;         /**< Participant; 0 = nobody: for everybody, or by the server */
    const char *identity; /**< NULL or "" = none */
    const char *name;     /**< Display name; NULL = "" */
};

struct room_chat_message {
    char id[ID_SIZE]; /**< "ms_..." */
    uint64_t wall_us; /**< Since 1970 */
    struct room_chat_party from;
    struct room_chat_party to; /**< key 0: everybody */
    const char *text;
};

/** Create.  @param kept messages for late joiners, 0 to ROOM_CHAT_KEPT_MAX  @return 0, -EINVAL,
 *  -ENOMEM */
int room_chat_new(struct room_chat **ret_chat, uint32_t kept);
/** Free it.  NULL is allowed.  Returns NULL. */
struct room_chat *room_chat_free(struct room_chat *chat);
/** Keep more or fewer from now on.  @return 0, -EINVAL */
int room_chat_keep(struct room_chat *chat, uint32_t kept);

/**
 * A message.
 * @param rate         Of the sender, kept with him; NULL = not limited
 * @param from, to     Copied
 * @param text         Clean UTF-8, 1 to ROOM_CHAT_TEXT_CHARS
 * @param now_us       Monotonic, for the rate
 * @param ret_message  What to send on; valid until the next call
 * @param ret_code     Gets "", or "text_empty", "text_too_long", "bad_text", "rate_limited",
 *                     "no_memory"
 * @return 0, -EINVAL, -E2BIG, -EILSEQ, -EAGAIN, -ENOMEM
 */
int room_chat_post(struct room_chat *chat, struct room_rate *rate,
                   const struct room_chat_party *from, const struct room_chat_party *to,
                   const char *text, uint64_t now_us, uint64_t wall_us,
                   const struct room_chat_message **ret_message, const char **ret_code);

/** Whether somebody may see a message.  @param key, identity as in room_chat_party */
bool room_chat_is_for(const struct room_chat_message *message, uint32_t key, const char *identity);
/** Each kept message that he may see, oldest first.  @return how many */
unsigned room_chat_each_for(const struct room_chat *chat, uint32_t key, const char *identity,
                            void (*h)(const struct room_chat_message *message, void *arg),
                            void *arg);

#endif
