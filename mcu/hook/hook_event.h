/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/hook/hook_event.h  Events for webhooks: their types, their text, into the queue
 *
 *     {"id": "ev_...", "type": "room.started", "timestamp": "2026-01-31T12:00:00.123Z",
 *      "data": {...}}
 *
 *     room.started        a room was made by its first participant
 *     room.ended          the last one left
 *     participant.joined  somebody is in a room
 *     participant.left    he is not any more
 *     participant.waiting somebody is in the lobby
 *     share.started       somebody shows his screen
 *     share.stopped       he does not any more
 *     call.ringing        somebody is called
 *     call.answered       he took the call
 *     call.ended          it is over, or nobody took it
 *     chat.message        somebody wrote; opt-in: what people write is told only where it is asked
 *     layout.changed      a room looks different
 *     config.reloaded     settings came into force
 *     ping                a test
 *
 * Threads: any.
 */
#ifndef MCU_HOOK_HOOK_EVENT_H
#define MCU_HOOK_HOOK_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcu/store/store.h"

/** All types, ended by NULL. */
const char *const *hook_event_types(void);

/** Is it one of them? */
bool hook_event_is_type(const char *type);

/**
 * Make the text of an event.
 *
 * @param ret_body  Set on success only; release with free()
 * @param id        Of id_make() with "ev"
 * @param now_us    When it happened, since 1970
 * @param data      JSON text of an object; NULL for an empty one
 *
 * @return 0, -EINVAL (type, or not the text of an object), -E2BIG (longer than
 *         STORE_HOOK_BODY_MAX), -ENOMEM
 */
int hook_event_make(char **ret_body, const char *id, const char *type, uint64_t now_us,
                    const char *data);

/**
 * Make an event of now and queue it for all hooks that want it.  hook_sender_send() also has the
 * sender look at once.
 *
 * @return 0, -EINVAL, -E2BIG, -ENOMEM as above, -ENOSPC or another -errno of store_hook_enqueue()
 */
int hook_event_send(struct store *store, const char *type, const char *data);

#endif
