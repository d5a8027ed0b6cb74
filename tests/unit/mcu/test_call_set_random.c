/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file test_call_set_random.c  Calls: what holds whatever happens, by fixed seeds
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/room/call_set.h"

enum { PEOPLE = 12, DEVICES = 4, CALLS_MAX = 40, STEPS = 20000 };

#define SECOND 1000000u

/* What was told about a call, by its own account. */
struct seen {
    char id[ID_SIZE];
    bool used, leg_answered[CALL_LEGS_MAX], leg_ended[CALL_LEGS_MAX], entered[CALL_LEGS_MAX + 1];
    uint64_t ring[CALL_LEGS_MAX][CALL_RINGS_MAX]; /* that ring now, + 1 */
    unsigned nrings[CALL_LEGS_MAX];
};

static struct {
    struct presence *presence;
    struct call_set *set;
    uint64_t now_us;
    struct seen seen[CALLS_MAX + 1];
    bool here[PEOPLE][DEVICES], away[PEOPLE][DEVICES];
    unsigned long nstarted, nended, naccepted;
} t;

static struct seen *see(const struct call *call)
{
    struct seen *free_one = NULL;

    for (unsigned i = 0; i <= CALLS_MAX; ++i) {
        if (t.seen[i].used && strcmp(t.seen[i].id, call->id) == 0)
            return &t.seen[i];
        if (!t.seen[i].used)
            free_one = &t.seen[i];
    }
    assert_non_null(free_one);
    memset(free_one, 0, sizeof(*free_one));
    free_one->used = true;
    (void)snprintf(free_one->id, sizeof(free_one->id), "%s", call->id);
    ++t.nstarted;
    return free_one;
}

static void begin(const struct call *call, const struct call_leg *leg, uint64_t device)
{
    struct seen *seen = see(call);

    assert_int_equal(leg->state, CALL_LEG_RINGING);
    for (unsigned i = 0; i < seen->nrings[leg->index]; ++i)
        assert_int_not_equal(seen->ring[leg->index][i], device + 1);
    assert_true(seen->nrings[leg->index] < CALL_RINGS_MAX);
    seen->ring[leg->index][seen->nrings[leg->index]++] = device + 1;
}

static void end(const struct call *call, unsigned leg, uint64_t device)
{
    struct seen *seen = see(call);
    unsigned i = 0;

    while (i < seen->nrings[leg] && seen->ring[leg][i] != device + 1)
        ++i;
    assert_true(i < seen->nrings[leg]); /* it rang, and was not told to stop before */
    seen->ring[leg][i] = seen->ring[leg][--seen->nrings[leg]];
}

static void on_ring(const struct call *call, const struct call_leg *leg, uint64_t device, void *arg)
{
    (void)arg;
    begin(call, leg, device);
}

static int on_dial(const struct call *call, const struct call_leg *leg, uint64_t device, void *arg)
{
    (void)arg;
    if (rand() % 10 == 0)
        return -1;
    begin(call, leg, device);
    return 0;
}

static void on_stop(const struct call *call, const struct call_leg *leg, uint64_t device,
                    enum call_leg_state state, const char *cause, void *arg)
{
    (void)arg;
    assert_true(state != CALL_LEG_RINGING && *cause);
    assert_true(state != CALL_LEG_ACCEPTED || leg->device == device);
    end(call, leg->index, device);
}

static void on_tell(const struct call *call, const struct call_leg *leg, void *arg)
{
    (void)arg;
    (void)leg;
    assert_false(call->caller_left);
}

static void on_enter(const struct call *call, int leg, void *arg)
{
    struct seen *seen = see(call);
    (void)arg;

    assert_int_equal(call->state, CALL_ACCEPTED);
    assert_false(seen->entered[leg + 1]);
    seen->entered[leg + 1] = true;
}

static void on_leave(const struct call *call, int leg, const char *cause, void *arg)
{
    struct seen *seen = see(call);
    (void)arg;

    assert_true(*cause);
    assert_true(seen->entered[leg + 1]);
    seen->entered[leg + 1] = false;
}

static unsigned on_others(const struct call *call, int leg, void *arg)
{
    (void)call;
    (void)leg;
    (void)arg;
    return (unsigned)rand() % 4;
}

static void on_record(const struct call *call, void *arg)
{
    struct seen *seen = see(call);
    (void)arg;

    t.naccepted += call->state == CALL_ACCEPTED;
    if (!call->ended_us)
        return;
    assert_true(call->state != CALL_RINGING && call->state != CALL_ACCEPTED && *call->cause);
    assert_int_equal(call_nringing(call), 0);
    for (unsigned i = 0; i < call->nlegs; ++i) {
        assert_int_equal(seen->nrings[i], 0);
        assert_true(seen->leg_ended[i]);
    }
    seen->used = false; /* a second record of it would find a call that was never started */
    ++t.nended;
}

static void on_record_leg(const struct call *call, const struct call_leg *leg, void *arg)
{
    struct seen *seen = see(call);
    (void)arg;

    assert_false(seen->leg_ended[leg->index]);
    if (leg->state == CALL_LEG_ACCEPTED && !leg->left) {
        assert_false(seen->leg_answered[leg->index]); /* never a second device */
        seen->leg_answered[leg->index] = true;
        return;
    }
    assert_true(leg->ended_us && *leg->cause);
    assert_true(!leg->missed || !seen->leg_answered[leg->index]);
    seen->leg_ended[leg->index] = true;
}

static uint64_t key_of(unsigned person, unsigned device)
{
    return 1 + person * DEVICES + device;
}

static void name_of(char *ret_identity, unsigned person)
{
    (void)snprintf(ret_identity, PRESENCE_IDENTITY_SIZE, "user-%u", person);
}

/* Somebody's device comes, goes, is lost, is back; half of them are phones. */
static void move_device(unsigned person, unsigned device)
{
    char identity[PRESENCE_IDENTITY_SIZE];
    uint64_t key = key_of(person, device);
    bool *here = &t.here[person][device], *away = &t.away[person][device];

    name_of(identity, person);
    if (!*here) {
        assert_int_equal(presence_add(t.presence, identity, key, (enum presence_kind)(device % 2)),
                         0);
        *here = true;
        call_set_device_back(t.set, identity, key, t.now_us);
    } else if (*away) {
        presence_detach(t.presence, key, false);
        *away = false;
        call_set_device_back(t.set, identity, key, t.now_us);
    } else if (rand() % 2) {
        call_set_device_lost(t.set, identity, key, t.now_us);
        presence_detach(t.presence, key, true);
        *away = true;
    } else {
        call_set_device_lost(t.set, identity, key, t.now_us);
        presence_remove(t.presence, key);
        *here = false;
    }
}

static struct seen *any_call(void)
{
    for (unsigned n = 0; n < 8; ++n) {
        struct seen *seen = &t.seen[rand() % (CALLS_MAX + 1)];

        if (seen->used)
            return seen;
    }
    return NULL;
}

static void start(unsigned person, unsigned device)
{
    struct call_party to[4] = {0};
    const struct seen *seen = rand() % 4 == 0 ? any_call() : NULL;
    const struct call *other = seen ? call_set_find(t.set, seen->id) : NULL;
    char room[CALL_ROOM_SIZE];
    struct call_set_start start = {.device = key_of(person, device), .to = to};
    struct call_set_started started;

    name_of(start.from.identity, person);
    start.nto = rand() % 3 ? 1 : 1 + (unsigned)rand() % 4;
    for (unsigned i = 0; i < start.nto; ++i) {
        if (rand() % 5 == 0)
            (void)snprintf(to[i].address, CALL_ADDRESS_SIZE, "sip:%u@example.com", rand() % 9u);
        else
            name_of(to[i].identity, (unsigned)rand() % PEOPLE);
    }
    if (other) {
        (void)snprintf(room, sizeof(room), "%s", other->room);
        start.room = room;
    }
    (void)call_set_start(t.set, &start, t.now_us, &started);
}

/* Mostly by a device that rings. */
static void do_to_call(unsigned person, unsigned device, const struct seen *seen)
{
    unsigned leg = (unsigned)rand() % 2;
    uint64_t rings = seen->nrings[leg] && rand() % 4 ? seen->ring[leg][0] - 1 : 0;
    char identity[PRESENCE_IDENTITY_SIZE], room[CALL_ROOM_SIZE], id[ID_SIZE];
    const char *code = "?";
    uint64_t key = rings ? rings : key_of(person, device);

    name_of(identity, (unsigned)(key - 1) / DEVICES);
    (void)snprintf(id, sizeof(id), "%s", seen->id);
    (void)snprintf(room, sizeof(room), "%s", call_set_find(t.set, id)->room);
    switch (rand() % 9) {
    case 0:
        (void)call_set_decline(t.set, id, identity, rand() % 2 ? key : 0, "no", t.now_us, &code);
        break;
    case 1:
        (void)call_set_cancel(t.set, id, identity, key, t.now_us, &code);
        break;
    case 2:
        (void)call_set_hangup(t.set, id, identity, key, t.now_us, &code);
        break;
    case 3:
        (void)call_set_left(t.set, id, rand() % 6 - 1, t.now_us, &code);
        break;
    case 4:
        call_set_left_room(t.set, room, identity, rand() % 2 ? key : 0, t.now_us);
        break;
    case 5:
        if (rand() % 20 == 0)
            call_set_room_ended(t.set, room, t.now_us);
        break;
    default:
        (void)call_set_accept(t.set, id, identity, key, t.now_us, &code);
        break;
    }
    assert_non_null(code);
}

/* A phone that answered or refused is told nothing: what it does is its end.
 * @return whether it rang */
static bool stop_by_itself(struct seen *seen, unsigned leg, uint64_t device)
{
    for (unsigned i = 0; i < seen->nrings[leg]; ++i) {
        if (seen->ring[leg][i] == device + 1) {
            seen->ring[leg][i] = seen->ring[leg][--seen->nrings[leg]];
            return true;
        }
    }
    return false;
}

/* What a phone of a call does. */
static void do_sip(struct seen *seen)
{
    static const int codes[] = {486, 603, 404, 480, 408, 500};
    unsigned leg = (unsigned)rand() % 4;
    uint64_t device = rand() % 2 ? 0 : key_of((unsigned)rand() % PEOPLE, 1);
    char id[ID_SIZE];
    const char *code;
    bool rang;
    int err;

    (void)snprintf(id, sizeof(id), "%s", seen->id);
    if (rand() % 2 && seen->nrings[leg])
        device = seen->ring[leg][0] - 1;
    if (device % 2 == 1)
        return; /* a browser */
    if (rand() % 3 == 0) {
        (void)call_set_sip_ringing(t.set, id, leg, device, &code);
        return;
    }
    rang = stop_by_itself(seen, leg, device);
    if (rand() % 2)
        err = call_set_sip_answered(t.set, id, leg, device, t.now_us, &code);
    else
        err = call_set_sip_failed(t.set, id, leg, device, codes[rand() % 6], t.now_us, &code);
    assert_int_equal(err == 0, rang);
}

static void shake(void)
{
    unsigned person = (unsigned)rand() % PEOPLE, device = (unsigned)rand() % DEVICES;
    struct seen *seen = any_call();

    switch (rand() % 8) {
    case 0:
    case 1:
        move_device(person, device);
        break;
    case 2:
    case 3:
        start(person, device);
        break;
    case 4:
        t.now_us += (uint64_t)rand() % (5 * SECOND);
        call_set_tick(t.set, t.now_us);
        break;
    case 5:
        if (seen)
            do_sip(seen);
        break;
    default:
        if (seen)
            do_to_call(person, device, seen);
        break;
    }
    assert_int_equal(t.nstarted - t.nended, call_set_count(t.set));
    assert_true(call_set_next_us(t.set) == 0 || call_set_count(t.set));
}

static void stage_init(bool call_waiting)
{
    const struct presence_cfg presence = {.max_devices = 1000, .max_watches = 1000};
    struct call_set_cfg cfg = call_set_defaults;

    memset(&t, 0, sizeof(t));
    t.now_us = 1000 * SECOND;
    assert_int_equal(presence_new(&t.presence, &presence), 0);
    cfg.presence = t.presence;
    cfg.max_calls = CALLS_MAX;
    cfg.call_waiting = call_waiting;
    cfg.starts_per_minute = 1000;
    cfg.handlers = (struct call_set_handlers){
        .ring = {.ringh = on_ring, .stoph = on_stop, .dialh = on_dial, .undialh = on_stop},
        .tellh = on_tell,
        .enterh = on_enter,
        .leaveh = on_leave,
        .othersh = on_others,
        .recordh = on_record,
        .record_legh = on_record_leg,
    };
    assert_int_equal(call_set_new(&t.set, &cfg), 0);
}

static void check_nobody_is_busy(void)
{
    for (unsigned i = 0; i < PEOPLE; ++i) {
        char identity[PRESENCE_IDENTITY_SIZE];
        struct presence_info info;

        name_of(identity, i);
        presence_look(t.presence, identity, &info);
        assert_int_not_equal(info.state, PRESENCE_BUSY);
    }
}

static void whatever_happens_each_ring_and_call_ends_once(void **state)
{
    (void)state;

    for (unsigned seed = 1; seed <= 8; ++seed) {
        stage_init(seed % 2);
        srand(seed);
        for (unsigned step = 0; step < STEPS; ++step)
            shake();
        t.now_us += 3600ull * SECOND;
        call_set_tick(t.set, t.now_us); /* nothing rings any more */
        for (unsigned i = 0; i <= CALLS_MAX; ++i) {
            for (unsigned leg = 0; leg < CALL_LEGS_MAX && t.seen[i].used; ++leg)
                assert_int_equal(t.seen[i].nrings[leg], 0);
        }
        t.set = call_set_free(t.set, t.now_us);
        assert_int_equal(t.nstarted, t.nended);
        assert_true(t.nstarted > STEPS / 20 && t.naccepted > STEPS / 200);
        check_nobody_is_busy();
        t.presence = presence_free(t.presence);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_happens_each_ring_and_call_ends_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
