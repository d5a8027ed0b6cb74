/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/call_gateway.c  Calls between people: who is there, who rings, who enters which
 * room
 */
#include "mcu/api/call_gateway.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mcu/api/call_kept.h"
#include "mcu/api/journal.h"
#include "mcu/api/rest_json.h"
#include "mcu/api/sip_users.h"
#include "mcu/base/clock.h"
#include "mcu/base/log.h"
#include "mcu/base/metric.h"
#include "mcu/config/config.h"
#include "mcu/room/call_set.h"
#include "mcu/room/participant.h"
#include "mcu/room/room.h"
#include "mcu/room/room_events.h"
#include "mcu/room/room_set.h"
#include "mcu/store/store_call.h"
#include "net/control_loop.h"

LOG_DOMAIN("call");

enum { DEVICES_MAX = 100000, WATCHES_MAX = 400000, KINDS = 2, PRESENCE_DELAY_MS = 200 };

static struct {
    struct presence *presence;
    struct call_set *set;
    struct store *store;
    struct control_timer *timer, *presence_timer;
    bool presence_pending;
    const struct call_gateway_devices *devices[KINDS];
} gateway;

static struct metric calls_now =
    METRIC_GAUGE("medley_calls", "", "Calls that ring or are talked in");
static struct metric calls_all =
    METRIC_COUNTER("medley_calls_total", "", "Calls that were started");

static const struct call_gateway_devices *devices_of(enum presence_kind kind)
{
    return gateway.devices[kind];
}

/* Keys of phones have a bit of their own. */
static const struct call_gateway_devices *whose(uint64_t device)
{
    return devices_of(device & SIP_USERS_KEY || !device ? PRESENCE_SIP : PRESENCE_WEB);
}

/* ---- what the call set wants of devices ---- */

static void on_ring(const struct call *call, const struct call_leg *leg, uint64_t device, void *arg)
{
    (void)arg;
    if (devices_of(PRESENCE_WEB))
        devices_of(PRESENCE_WEB)->ringh(call, leg, device);
}

static void on_stop(const struct call *call, const struct call_leg *leg, uint64_t device,
                    enum call_leg_state state, const char *cause, void *arg)
{
    (void)leg;
    (void)arg;
    if (devices_of(PRESENCE_WEB))
        devices_of(PRESENCE_WEB)->stoph(call, device, state, cause);
}

static int on_dial(const struct call *call, const struct call_leg *leg, uint64_t device, void *arg)
{
    (void)arg;
    return devices_of(PRESENCE_SIP) ? devices_of(PRESENCE_SIP)->dialh(call, leg, device) : -ENOTSUP;
}

static void on_undial(const struct call *call, const struct call_leg *leg, uint64_t device,
                      enum call_leg_state state, const char *cause, void *arg)
{
    (void)cause;
    (void)arg;
    if (devices_of(PRESENCE_SIP))
        devices_of(PRESENCE_SIP)->undialh(call, leg, device, state);
}

static void on_tell(const struct call *call, const struct call_leg *leg, void *arg)
{
    (void)arg;
    if (call->device && whose(call->device))
        whose(call->device)->tellh(call, leg, call->device);
}

static void on_enter(const struct call *call, int leg, void *arg)
{
    uint64_t device = call_device(call, leg);
    (void)arg;

    if (whose(device))
        whose(device)->enterh(call, leg, device);
}

/* What is done after the event. */
struct leaving {
    char room[CALL_ROOM_SIZE], call[ID_SIZE];
    int leg;
    uint64_t device;
    const char *cause;
};

static void do_leave(void *msg, void *arg)
{
    const struct leaving *l = msg;
    (void)arg;

    if (whose(l->device))
        whose(l->device)->leaveh(l->room, l->call, l->leg, l->device, l->cause);
}

void call_gateway_send_away(const char *room, const char *call, int leg, uint64_t device,
                            const char *cause)
{
    struct leaving l = {.leg = leg, .device = device, .cause = cause};

    (void)snprintf(l.room, sizeof(l.room), "%s", room);
    (void)snprintf(l.call, sizeof(l.call), "%s", call);
    if (control_loop_post(do_leave, NULL, &l, sizeof(l)))
        log_warning(NULL, "call %s: nobody could be sent from its room", call);
}

static void on_leave(const struct call *call, int leg, const char *cause, void *arg)
{
    (void)arg;
    call_gateway_send_away(call->room, call->id, leg, call_device(call, leg), cause);
}

static bool is_user(const struct participant *p, const struct call_party *who)
{
    return who->identity[0] && strcmp(participant_identity(p), who->identity) == 0;
}

/* A phone of nobody's has no identity that tells. */
static const struct participant *find_him(const struct call *call, int leg)
{
    uint64_t device = call_device(call, leg);
    const struct call_gateway_devices *devices = whose(device);

    return devices && devices->whoh ? devices->whoh(call, leg, device) : NULL;
}

static unsigned on_others(const struct call *call, int leg, void *arg)
{
    const struct room *room = room_set_find_name(call->room);
    const struct participant *him = find_him(call, leg);
    unsigned n = 0;
    (void)arg;

    if (!room)
        return 0;
    for (const struct participant *p = room_first(room); p; p = participant_next(p))
        n += p != him && !is_user(p, call_who(call, leg));
    return n;
}

/* ---- history ---- */

/* The calls' clock is monotonic; history is in wall time. */
static uint64_t wall(uint64_t us)
{
    return us ? clock_wall_us() - (clock_now_us() - us) : 0;
}

static void on_put(int err, const void *result, void *arg)
{
    (void)result;
    (void)arg;
    if (err)
        journal_failed("a call", err);
    call_kept_answered();
}

/* A record was given to the store, or not. */
static void on_submit(int err)
{
    if (err)
        journal_failed("a call", err);
    else if (gateway.store)
        call_kept_submitted();
}

static void send_event(const char *type, const struct call *call)
{
    struct rest_json j;
    const char *text;

    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    rest_json_string(&j, "call", call->id);
    rest_json_string(&j, "state", call_state_name(call->state));
    rest_json_string(&j, "cause", call->cause);
    rest_json_string(&j, "kind", call_kind_name(call->kind));
    rest_json_string(&j, "from", call_party_key(&call->caller));
    rest_json_open(&j, "to", '[');
    for (unsigned i = 0; i < call->nlegs; ++i)
        rest_json_string(&j, NULL, call_party_key(&call->leg[i].who));
    rest_json_close(&j);
    rest_json_string(&j, "room", call->room);
    rest_json_close(&j);
    text = rest_json_text(&j, NULL);
    if (text)
        journal_event(type, text);
    rest_json_finish(&j);
}

static void on_record(const struct call *call, void *arg)
{
    const struct store_call row = {
        .id = call->id,
        .from_id = call_party_key(&call->caller),
        .from_name = call->caller.name,
        .kind = call_kind_name(call->kind),
        .state = call->state == CALL_RINGING ? "" : call_state_name(call->state),
        .room = call->room,
        .started_us = wall(call->started_us),
        .answered_us = wall(call->answered_us),
        .ended_us = wall(call->ended_us),
        .cause = call->cause,
    };
    int err = 0;
    (void)arg;

    if (!call->answered_us && !call->ended_us)
        metric_add(&calls_all, 1);
    if (gateway.store)
        err = store_call_put(gateway.store, &row, (struct store_reply){on_put, NULL});
    on_submit(err);
    send_event(call->ended_us      ? "call.ended"
               : call->answered_us ? "call.answered"
                                   : "call.ringing",
               call);
}

static void on_record_leg(const struct call *call, const struct call_leg *leg, void *arg)
{
    const struct store_call_leg row = {
        .call = call->id,
        .to_id = call_party_key(&leg->who),
        .to_name = leg->who.name,
        .kind = leg->device_kind == PRESENCE_SIP || leg->who.address[0] ? "sip" : "web",
        .result = leg->state == CALL_LEG_RINGING ? "" : call_leg_state_name(leg->state),
        .rang_us = wall(call->started_us),
        .answered_us = wall(leg->answered_us),
        .ended_us = wall(leg->ended_us),
        .cause = leg->cause,
    };
    int err = 0;
    (void)arg;

    if (gateway.store)
        err = store_call_put_leg(gateway.store, &row, (struct store_reply){on_put, NULL});
    on_submit(err);
}

/* ---- presence ---- */

static void flush_presence(void *arg)
{
    (void)arg;
    gateway.presence_pending = false;
    presence_flush(gateway.presence);
}

static void on_pending(void *arg)
{
    (void)arg;
    if (gateway.presence_pending)
        return;
    gateway.presence_pending = true;
    control_timer_start(gateway.presence_timer, PRESENCE_DELAY_MS);
}

static void on_changed(uint64_t device, const struct presence_info *info, void *arg)
{
    (void)arg;
    if (devices_of(PRESENCE_WEB))
        devices_of(PRESENCE_WEB)->presenceh(device, info);
}

/* ---- people in rooms ---- */

static void on_entered(const struct participant *who, void *arg)
{
    (void)arg;
    if (participant_grants(who)->user)
        (void)presence_enter(gateway.presence, participant_identity(who));
}

/* His calls in that room are over for him; after a second tab took his place they are not. */
static void on_exited(const struct participant *who, const char *reason, void *arg)
{
    (void)arg;
    if (!participant_grants(who)->user)
        return;
    presence_leave(gateway.presence, participant_identity(who));
    if (strcmp(reason, "replaced") == 0 || !gateway.set)
        return;
    call_set_left_room(gateway.set, room_name(participant_room(who)), participant_identity(who), 0,
                       clock_now_us());
    call_gateway_settle();
}

static void on_closed(const struct room *room, void *arg)
{
    (void)arg;
    if (!gateway.set)
        return;
    call_set_room_ended(gateway.set, room_name(room), clock_now_us());
    call_gateway_settle();
}

static const struct room_events events = {
    .enteredh = on_entered, .exitedh = on_exited, .closedh = on_closed};

/* ---- time ---- */

static void on_time(void *arg)
{
    (void)arg;
    call_set_tick(gateway.set, clock_now_us());
    call_gateway_settle();
}

void call_gateway_settle(void)
{
    uint64_t next_us, now_us = clock_now_us();

    if (!gateway.set)
        return; /* all calls have ended */
    next_us = call_set_next_us(gateway.set);
    metric_set(&calls_now, call_set_count(gateway.set));
    if (!next_us)
        control_timer_stop(gateway.timer);
    else
        control_timer_start(gateway.timer, next_us > now_us ? (next_us - now_us) / 1000 + 1 : 0);
}

/* ---- devices ---- */

int call_gateway_add(const char *identity, uint64_t device, enum presence_kind kind)
{
    int err = presence_add(gateway.presence, identity, device, kind);

    if (!err) {
        call_set_device_back(gateway.set, identity, device, clock_now_us());
        call_gateway_settle();
    }
    return err;
}

void call_gateway_remove(const char *identity, uint64_t device)
{
    call_set_device_lost(gateway.set, identity, device, clock_now_us());
    presence_remove(gateway.presence, device);
    call_gateway_settle();
}

void call_gateway_detach(const char *identity, uint64_t device, bool detached)
{
    if (detached)
        call_set_device_lost(gateway.set, identity, device, clock_now_us());
    presence_detach(gateway.presence, device, detached);
    if (!detached)
        call_set_device_back(gateway.set, identity, device, clock_now_us());
    call_gateway_settle();
}

bool call_gateway_has_room(const char *room)
{
    return call_set_has_room(gateway.set, room);
}

struct presence *call_gateway_presence(void)
{
    return gateway.presence;
}

struct call_set *call_gateway_set(void)
{
    return gateway.set;
}

void call_gateway_register(enum presence_kind kind, const struct call_gateway_devices *devices)
{
    gateway.devices[kind] = devices;
}

/* ---- start and stop ---- */

static void fill_cfg(struct call_set_cfg *cfg, const struct config *config)
{
    *cfg = call_set_defaults;
    cfg->presence = gateway.presence;
    cfg->max_calls = config->calls.max_calls;
    cfg->ring_ms = config->calls.ring_timeout;
    cfg->grace_ms = config->rooms.resume;
    cfg->call_waiting = config->calls.waiting;
    cfg->handlers = (struct call_set_handlers){
        .ring = {.ringh = on_ring, .stoph = on_stop, .dialh = on_dial, .undialh = on_undial},
        .tellh = on_tell,
        .enterh = on_enter,
        .leaveh = on_leave,
        .othersh = on_others,
        .recordh = on_record,
        .record_legh = on_record_leg,
    };
}

int call_gateway_init(const struct config *config, struct store *store)
{
    const struct presence_cfg presence = {.max_devices = DEVICES_MAX,
                                          .max_watches = WATCHES_MAX,
                                          .pendingh = on_pending,
                                          .changedh = on_changed};
    struct call_set_cfg cfg;
    int err = presence_new(&gateway.presence, &presence);

    metric_register(&calls_now);
    metric_register(&calls_all);
    gateway.store = store;
    fill_cfg(&cfg, config);
    if (!err)
        err = control_timer_new(&gateway.timer, on_time, NULL);
    if (!err)
        err = control_timer_new(&gateway.presence_timer, flush_presence, NULL);
    if (!err)
        err = call_set_new(&gateway.set, &cfg);
    if (!err)
        room_events_add(&events);
    return err;
}

void call_gateway_configure(const struct config *config)
{
    struct call_set_cfg cfg;

    fill_cfg(&cfg, config);
    (void)call_set_configure(gateway.set, &cfg);
}

void call_gateway_finish(void)
{
    room_events_remove(&events);
    gateway.set = call_set_free(gateway.set, clock_now_us());
    gateway.presence = presence_free(gateway.presence);
    gateway.timer = control_timer_free(gateway.timer);
    gateway.presence_timer = control_timer_free(gateway.presence_timer);
    call_kept_finish();
    gateway.store = NULL;
}
