/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/room_events.c  What happens in rooms, for whoever keeps a record of it
 */
#include "mcu/room/room_events.h"

#include <assert.h>
#include <stddef.h>

static const struct room_events *listener[ROOM_EVENTS_LISTENERS_MAX];

void room_events_add(const struct room_events *events)
{
    unsigned i = 0;

    while (i < ROOM_EVENTS_LISTENERS_MAX && listener[i])
        ++i;
    assert(i < ROOM_EVENTS_LISTENERS_MAX);
    listener[i] = events;
}

void room_events_remove(const struct room_events *events)
{
    for (unsigned i = 0; i < ROOM_EVENTS_LISTENERS_MAX; ++i) {
        if (listener[i] == events)
            listener[i] = NULL;
    }
}

#define TELL(h_, ...)                                                                              \
    for (unsigned i = 0; i < ROOM_EVENTS_LISTENERS_MAX; ++i) {                                     \
        if (listener[i] && listener[i]->h_)                                                        \
            listener[i]->h_(__VA_ARGS__, listener[i]->arg);                                        \
    }

void room_events_opened(const struct room *room)
{
    TELL(openedh, room)
}

void room_events_closed(const struct room *room)
{
    TELL(closedh, room)
}

void room_events_entered(const struct participant *who)
{
    TELL(enteredh, who)
}

void room_events_exited(const struct participant *who, const char *reason)
{
    TELL(exitedh, who, reason)
}

void room_events_waiting(const struct participant *who)
{
    TELL(waitingh, who)
}

void room_events_shared(const struct participant *who, bool on)
{
    TELL(sharedh, who, on)
}

void room_events_looked(const struct room *room)
{
    TELL(lookedh, room)
}
