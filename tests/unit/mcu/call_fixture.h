/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/call_fixture.h  Calls as scripts: what people do, and what they are told
 *
 * A person is a letter, his device a letter and a digit; calls count from 0.  A script is steps
 * with "; " between them:
 *
 *     in A1, phone A2       signs in with a browser, registers a phone
 *     out A1, away A1, back A1      is gone, lost its connection, has a new one
 *     call A1 BC, add A1 C  A calls B and C; A adds C to the room of call 0; S is a SIP address
 *     accept 0 B1, decline 0 B1, cancel 0 A1, hangup 0 A1, left 0 B, leaves A1, join A1, end
 *     alert 0 B2, answer 0 B2, fail 0 B2 486       what phones do; S0 is the SIP address itself
 *     wait 60               seconds
 *
 * What happens is written down in the same way: "ring B1*" (he is busy), "stop B1 elsewhere",
 * "dial B2", "undial B2 cancelled", "B declined" and "0 accepted" (the caller is told), "enter A1",
 * "leave A1"; an error as "!not_yours"; a start that is over at once as "=failed offline".
 */
#ifndef TESTS_UNIT_MCU_CALL_FIXTURE_H
#define TESTS_UNIT_MCU_CALL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/room/call_set.h"

#define SECOND      1000000u
#define SIP_ADDRESS "sip:s@example.com"

struct stage {
    struct presence *presence;
    struct call_set *set;
    uint64_t now_us;
    char id[64][ID_SIZE]; /* calls in order of their start */
    char room[64][CALL_ROOM_SIZE];
    unsigned ncalls;
    uint64_t in_room[32]; /* devices in the room of call 0 */
    unsigned nin_room;
    bool dial_fails;
    char events[4096], records[4096];
};

__attribute__((format(printf, 2, 3))) static void note(char *log, const char *format, ...)
{
    size_t len = strlen(log);
    va_list ap;

    if (len)
        len += (size_t)snprintf(log + len, 4096 - len, "; ");
    va_start(ap, format);
    (void)vsnprintf(log + len, 4096 - len, format, ap);
    va_end(ap);
}

/* "B1" is 'B' * 10 + 1; "S0", the address itself, and "B0", none of his, are 0 */
static uint64_t device_key(const char *text)
{
    return text[1] == '0' || text[0] == 'S' ? 0
                                            : (uint64_t)text[0] * 10 + (uint64_t)(text[1] - '0');
}

static const char *device_name(uint64_t device)
{
    static char name[4][24];
    static unsigned i;

    i = (i + 1) % 4;
    if (!device)
        return "S0";
    (void)snprintf(name[i], sizeof(name[i]), "%c%u", (char)(device / 10), (unsigned)(device % 10));
    return name[i];
}

static const char *identity_of(char letter)
{
    static char identity[4][2];
    static unsigned i;

    i = (i + 1) % 4;
    identity[i][0] = letter;
    return identity[i];
}

static const char *leg_name(const struct call_leg *leg)
{
    return leg->who.identity[0] ? leg->who.identity : "S";
}

static int call_number(const struct stage *stage, const char *id)
{
    for (unsigned i = 0; i < stage->ncalls; ++i) {
        if (strcmp(stage->id[i], id) == 0)
            return (int)i;
    }
    return (int)stage->ncalls; /* is starting just now */
}

static void on_ring(const struct call *call, const struct call_leg *leg, uint64_t device, void *arg)
{
    struct stage *stage = arg;
    (void)call;

    note(stage->events, "ring %s%s", device_name(device), leg->waiting ? "*" : "");
}

static void on_stop(const struct call *call, const struct call_leg *leg, uint64_t device,
                    enum call_leg_state state, const char *cause, void *arg)
{
    struct stage *stage = arg;
    (void)call;
    (void)leg;
    (void)cause;

    note(stage->events, "stop %s %s", device_name(device), call_leg_state_name(state));
}

static int on_dial(const struct call *call, const struct call_leg *leg, uint64_t device, void *arg)
{
    struct stage *stage = arg;
    (void)call;
    (void)leg;

    note(stage->events, "dial %s", device_name(device));
    return stage->dial_fails ? -1 : 0;
}

static void on_undial(const struct call *call, const struct call_leg *leg, uint64_t device,
                      enum call_leg_state state, const char *cause, void *arg)
{
    struct stage *stage = arg;
    (void)call;
    (void)leg;
    (void)cause;

    note(stage->events, "undial %s %s", device_name(device), call_leg_state_name(state));
}

static void on_tell(const struct call *call, const struct call_leg *leg, void *arg)
{
    struct stage *stage = arg;

    if (leg)
        note(stage->events, "%s %s", leg_name(leg),
             leg->left ? "left" : call_leg_state_name(leg->state));
    else
        note(stage->events, "%d %s", call_number(stage, call->id), call_state_name(call->state));
}

static void leave_room(struct stage *stage, uint64_t device)
{
    for (unsigned i = 0; i < stage->nin_room; ++i) {
        if (stage->in_room[i] == device) {
            stage->in_room[i] = stage->in_room[--stage->nin_room];
            return;
        }
    }
}

static void enter_room(struct stage *stage, uint64_t device)
{
    leave_room(stage, device);
    stage->in_room[stage->nin_room++] = device;
}

static void on_enter(const struct call *call, int leg, void *arg)
{
    struct stage *stage = arg;

    note(stage->events, "enter %s", device_name(call_device(call, leg)));
    enter_room(stage, call_device(call, leg));
}

static void on_leave(const struct call *call, int leg, const char *cause, void *arg)
{
    struct stage *stage = arg;
    (void)cause;

    note(stage->events, "leave %s", device_name(call_device(call, leg)));
    leave_room(stage, call_device(call, leg));
}

static unsigned on_others(const struct call *call, int leg, void *arg)
{
    const struct stage *stage = arg;
    uint64_t device = call_device(call, leg);
    unsigned n = 0;

    for (unsigned i = 0; i < stage->nin_room; ++i)
        n += stage->in_room[i] != device;
    return n;
}

static void on_record(const struct call *call, void *arg)
{
    struct stage *stage = arg;

    note(stage->records, "%d %s%s", call_number(stage, call->id), call_state_name(call->state),
         call->ended_us ? " end" : "");
}

static void on_record_leg(const struct call *call, const struct call_leg *leg, void *arg)
{
    struct stage *stage = arg;
    (void)call;

    note(stage->records, "%s %s%s%s", leg_name(leg), call_leg_state_name(leg->state),
         leg->missed ? " missed" : "", leg->left ? " left" : "");
}

static const struct call_set_handlers stage_handlers = {
    .ring = {.ringh = on_ring, .stoph = on_stop, .dialh = on_dial, .undialh = on_undial},
    .tellh = on_tell,
    .enterh = on_enter,
    .leaveh = on_leave,
    .othersh = on_others,
    .recordh = on_record,
    .record_legh = on_record_leg,
};

static void stage_init(struct stage *stage, const struct call_set_cfg *cfg)
{
    const struct presence_cfg presence = {.max_devices = 1000, .max_watches = 1000};
    struct call_set_cfg mine = *cfg;

    memset(stage, 0, sizeof(*stage));
    stage->now_us = 1000 * SECOND;
    assert_int_equal(presence_new(&stage->presence, &presence), 0);
    mine.presence = stage->presence;
    mine.handlers = stage_handlers;
    mine.handlers.arg = mine.handlers.ring.arg = stage;
    assert_int_equal(call_set_new(&stage->set, &mine), 0);
}

static void stage_finish(struct stage *stage)
{
    stage->set = call_set_free(stage->set, stage->now_us);
    stage->presence = presence_free(stage->presence);
}

/* @return what became of the start; a call that was made gets the next number */
static struct call_set_started stage_call(struct stage *stage, const char *from, const char *to,
                                          const char *room)
{
    struct call_party party[CALL_LEGS_MAX + 1] = {0};
    struct call_set_start start = {
        .device = device_key(from), .to = party, .kind = CALL_VIDEO, .room = room};
    struct call_set_started started;

    start.from.identity[0] = from[0];
    for (; *to; ++to, ++start.nto) {
        if (*to == 'S')
            (void)snprintf(party[start.nto].address, CALL_ADDRESS_SIZE, SIP_ADDRESS);
        else
            party[start.nto].identity[0] = *to;
    }
    (void)call_set_start(stage->set, &start, stage->now_us, &started);
    if (*started.code) {
        note(stage->events, "!%s", started.code);
    } else if (started.glare) {
        note(stage->events, "=glare %d", call_number(stage, started.id));
    } else {
        (void)snprintf(stage->id[stage->ncalls], ID_SIZE, "%s", started.id);
        (void)snprintf(stage->room[stage->ncalls], CALL_ROOM_SIZE, "%s", started.room);
        ++stage->ncalls;
        if (started.state != CALL_RINGING)
            note(stage->events, "=%s %s", call_state_name(started.state), started.cause);
    }
    return started;
}

static void stage_wait(struct stage *stage, uint64_t us)
{
    uint64_t end_us = stage->now_us + us, next_us;

    while ((next_us = call_set_next_us(stage->set)) && next_us <= end_us) {
        stage->now_us = next_us;
        call_set_tick(stage->set, next_us);
    }
    stage->now_us = end_us;
}

static unsigned leg_number(const struct stage *stage, const char *id, const char *who)
{
    const struct call *call = call_set_find(stage->set, id);

    for (unsigned i = 0; call && i < call->nlegs; ++i) {
        if (leg_name(&call->leg[i])[0] == *who)
            return i;
    }
    return 99;
}

/* What a device does by itself.  @return whether @p verb is such a thing */
static bool device_step(struct stage *stage, const char *verb, const char *who)
{
    uint64_t device = device_key(who);
    const char *identity = identity_of(who[0]);

    if (strcmp(verb, "in") == 0 || strcmp(verb, "phone") == 0) {
        assert_int_equal(presence_add(stage->presence, identity, device,
                                      *verb == 'i' ? PRESENCE_WEB : PRESENCE_SIP),
                         0);
        call_set_device_back(stage->set, identity, device, stage->now_us);
    } else if (strcmp(verb, "out") == 0) {
        call_set_device_lost(stage->set, identity, device, stage->now_us);
        presence_remove(stage->presence, device);
    } else if (strcmp(verb, "away") == 0) {
        call_set_device_lost(stage->set, identity, device, stage->now_us);
        presence_detach(stage->presence, device, true);
    } else if (strcmp(verb, "back") == 0) {
        presence_detach(stage->presence, device, false);
        call_set_device_back(stage->set, identity, device, stage->now_us);
    } else if (strcmp(verb, "join") == 0) {
        enter_room(stage, device);
    } else if (strcmp(verb, "leaves") == 0) {
        call_set_left_room(stage->set, stage->room[0], identity, device, stage->now_us);
        leave_room(stage, device);
    } else {
        return false;
    }
    return true;
}

/* What is done to a call. */
static void call_step(struct stage *stage, const char *verb, const char *id, const char *who,
                      int code)
{
    uint64_t device = device_key(who);
    const char *identity = *who == 'S' ? "" : identity_of(*who), *error = "?";
    unsigned leg = leg_number(stage, id, who);
    int err = 0;

    if (strcmp(verb, "accept") == 0)
        err = call_set_accept(stage->set, id, identity, device, stage->now_us, &error);
    else if (strcmp(verb, "decline") == 0)
        err = call_set_decline(stage->set, id, identity, device, "later", stage->now_us, &error);
    else if (strcmp(verb, "cancel") == 0)
        err = call_set_cancel(stage->set, id, identity, device, stage->now_us, &error);
    else if (strcmp(verb, "hangup") == 0)
        err = call_set_hangup(stage->set, id, identity, device, stage->now_us, &error);
    else if (strcmp(verb, "left") == 0)
        err = call_set_left(stage->set, id, leg == 99 ? CALL_CALLER : (int)leg, stage->now_us,
                            &error);
    else if (strcmp(verb, "alert") == 0)
        err = call_set_sip_ringing(stage->set, id, leg, device, &error);
    else if (strcmp(verb, "answer") == 0)
        err = call_set_sip_answered(stage->set, id, leg, device, stage->now_us, &error);
    else if (strcmp(verb, "fail") == 0)
        err = call_set_sip_failed(stage->set, id, leg, device, code, stage->now_us, &error);
    else
        fail_msg("unknown step %s", verb);
    assert_int_equal(err == 0, *error == '\0');
    if (err)
        note(stage->events, "!%s", error);
    else if (strcmp(verb, "hangup") == 0 || strcmp(verb, "left") == 0)
        leave_room(stage, device);
}

static void stage_step(struct stage *stage, const char *step)
{
    char verb[16] = "", a[40] = "", b[40] = "";
    int code = 0;

    (void)sscanf(step, "%15s %39s %39s %d", verb, a, b, &code);
    if (device_step(stage, verb, a))
        return;
    if (strcmp(verb, "call") == 0)
        (void)stage_call(stage, a, b, NULL);
    else if (strcmp(verb, "add") == 0)
        (void)stage_call(stage, a, b, stage->room[0]);
    else if (strcmp(verb, "wait") == 0)
        stage_wait(stage, (uint64_t)atoi(a) * SECOND);
    else if (strcmp(verb, "end") == 0)
        call_set_room_ended(stage->set, stage->room[0], stage->now_us);
    else
        call_step(stage, verb, stage->id[atoi(a)], b, code);
}

static void stage_play(struct stage *stage, const char *script)
{
    char copy[1024], *save = NULL;

    (void)snprintf(copy, sizeof(copy), "%s", script);
    for (char *step = strtok_r(copy, ";", &save); step; step = strtok_r(NULL, ";", &save))
        stage_step(stage, step);
}

/* A row of a table: a script, and what must come of it. */
struct scene {
    const char *before; /* what leads there; its events are not looked at */
    const char *script;
    const char *events;
    const char *records; /* NULL: not looked at */
};

static void play_scenes(const struct scene *scene, unsigned n, const struct call_set_cfg *cfg)
{
    for (unsigned i = 0; i < n; ++i) {
        struct stage stage;

        stage_init(&stage, cfg);
        stage_play(&stage, scene[i].before);
        stage.events[0] = stage.records[0] = '\0';
        stage_play(&stage, scene[i].script);
        if (strcmp(stage.events, scene[i].events) != 0)
            print_error("row %u: %s\n", i, scene[i].script);
        assert_string_equal(stage.events, scene[i].events);
        if (scene[i].records)
            assert_string_equal(stage.records, scene[i].records);
        stage_finish(&stage);
    }
}

#define PLAY(scenes_, cfg_) play_scenes(scenes_, sizeof(scenes_) / sizeof((scenes_)[0]), cfg_)

#endif
