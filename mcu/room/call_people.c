/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/call_people.c  Who takes part in which calls, and how often he calls
 */
#include "mcu/room/call_people.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/room/call.h"
#include "mcu/room/room_rate.h"

enum { MINUTE_US = 60000000 };

struct call_person {
    struct name_map_node node;
    struct call_seat *seats;
    struct room_rate rate;
    struct call_person *next, **link; /* in the list of idle ones; link is NULL outside of it */
    char name[];
};

static struct call_person *find(const struct call_people *people, const char *name)
{
    struct name_map_node *node = name_map_find(&people->map, name);
    size_t offset = offsetof(struct call_person, node);

    return node ? (struct call_person *)(uintptr_t)((char *)node - offset) : NULL;
}

static void unlink_idle(struct call_people *people, struct call_person *person)
{
    if (!person->link)
        return;
    *person->link = person->next;
    if (person->next)
        person->next->link = person->link;
    else
        people->idle_end = person->link;
    person->link = NULL;
    --people->nidle;
}

static void forget(struct call_people *people, struct call_person *person)
{
    unlink_idle(people, person);
    name_map_remove(&people->map, &person->node);
    free(person);
}

/* Nobody needs to wait for this: the list is in order of becoming idle, not of recovering. */
static void forget_recovered(struct call_people *people, uint64_t now_us)
{
    while (people->idle &&
           (people->nidle > CALL_PEOPLE_IDLE_MAX || people->idle->rate.full_us <= now_us))
        forget(people, people->idle);
}

int call_people_init(struct call_people *people, uint32_t expected)
{
    people->idle = NULL;
    people->idle_end = &people->idle;
    people->nidle = 0;
    return name_map_init(&people->map, expected);
}

void call_people_finish(struct call_people *people)
{
    while (people->idle)
        forget(people, people->idle);
    name_map_finish(&people->map);
}

int call_people_sit(struct call_people *people, struct call_seat *seat, const char *name,
                    struct call *call, int leg, uint64_t now_us)
{
    struct call_person *person = find(people, name);
    size_t len = strlen(name);

    if (!person) {
        person = calloc(1, sizeof(*person) + len + 1);
        if (!person)
            return -ENOMEM;
        memcpy(person->name, name, len + 1);
        name_map_add(&people->map, &person->node, person->name);
    }
    unlink_idle(people, person);
    *seat = (struct call_seat){
        .call = call, .leg = leg, .person = person, .next = person->seats, .link = &person->seats};
    if (person->seats)
        person->seats->link = &seat->next;
    person->seats = seat;
    forget_recovered(people, now_us);
    return 0;
}

void call_people_rise(struct call_people *people, struct call_seat *seat, uint64_t now_us)
{
    struct call_person *person = seat->person;

    if (!person)
        return;
    *seat->link = seat->next;
    if (seat->next)
        seat->next->link = seat->link;
    seat->person = NULL;
    if (person->seats)
        return;
    if (person->rate.full_us <= now_us) {
        forget(people, person);
        return;
    }
    person->next = NULL;
    person->link = people->idle_end;
    *people->idle_end = person;
    people->idle_end = &person->next;
    ++people->nidle;
    forget_recovered(people, now_us);
}

struct call_seat *call_people_seats(const struct call_people *people, const char *name)
{
    const struct call_person *person = find(people, name);

    return person ? person->seats : NULL;
}

void call_people_sum(const struct call_people *people, const char *name,
                     struct call_people_sum *ret_sum)
{
    *ret_sum = (struct call_people_sum){0};
    for (const struct call_seat *s = call_people_seats(people, name); s; s = s->next) {
        if (s->leg >= 0 && s->call->leg[s->leg].state == CALL_LEG_RINGING)
            ++ret_sum->ringing_in;
        else if (s->leg < 0 && s->call->state == CALL_RINGING)
            ++ret_sum->ringing_out;
        else
            ++ret_sum->active;
    }
}

uint64_t call_people_wait(const struct call_people *people, const char *name, uint32_t per_minute,
                          uint64_t now_us)
{
    const struct call_person *person = find(people, name);
    struct room_rate rate = person ? person->rate : (struct room_rate){0};

    return room_rate_take(&rate, per_minute, MINUTE_US, now_us);
}

void call_people_take(struct call_people *people, const char *name, uint32_t per_minute,
                      uint64_t now_us)
{
    struct call_person *person = find(people, name);

    (void)room_rate_take(&person->rate, per_minute, MINUTE_US, now_us);
}
