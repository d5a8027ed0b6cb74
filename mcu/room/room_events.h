/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/room_events.h  What happens in rooms, for whoever keeps a record of it
 *
 *     room, participant --> room_events_*() --> listeners: history, webhooks, calls
 *
 * Without listeners nothing is recorded, so rooms can be tested without a database.
 *
 * Threads: control only.  Listeners must not change rooms from within.
 */
#ifndef MCU_ROOM_ROOM_EVENTS_H
#define MCU_ROOM_ROOM_EVENTS_H

#include <stdbool.h>

struct participant;
struct room;

enum { ROOM_EVENTS_LISTENERS_MAX = 4 };

/** Each may be NULL. */
struct room_events {
    void (*openedh)(const struct room *room, void *arg); /**< Its first member is coming */
    void (*closedh)(const struct room *room, void *arg); /**< Its last one has left */
    void (*enteredh)(const struct participant *who, void *arg);
    void (*exitedh)(const struct participant *who, const char *reason, void *arg);
    void (*waitingh)(const struct participant *who, void *arg);
    void (*sharedh)(const struct participant *who, bool on, void *arg);
    void (*lookedh)(const struct room *room, void *arg); /**< Another look was chosen */
    void *arg;
};

/** Have a listener told.  @param events  lives until room_events_remove() */
void room_events_add(const struct room_events *events);
/** Unknown: ignored. */
void room_events_remove(const struct room_events *events);

void room_events_opened(const struct room *room);
void room_events_closed(const struct room *room);
void room_events_entered(const struct participant *who);
void room_events_exited(const struct participant *who, const char *reason);
void room_events_waiting(const struct participant *who);
void room_events_shared(const struct participant *who, bool on);
void room_events_looked(const struct room *room);

#endif
