/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/sip_call.c  Calls to phones and from phones: call_gateway's hands on SIP
 */
#include "mcu/api/sip_call.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mcu/api/call_gateway.h"
#include "mcu/api/sip_phone.h"
#include "mcu/api/sip_terms.h"
#include "mcu/api/sip_users.h"
#include "mcu/base/clock.h"
#include "mcu/base/log.h"
#include "mcu/config/settings.h"
#include "mcu/room/call_set.h"
#include "mcu/room/membership.h"
#include "mcu/room/participant.h"
#include "mcu/room/participant_media.h"
#include "mcu/room/room.h"
#include "mcu/room/room_set.h"
#include "net/control_loop.h"
#include "net/media_desc.h"
#include "net/sip_registrar.h"

LOG_DOMAIN("sip");

enum { FORKS_MAX = 4, WHY_SIZE = 200, RING_S_MAX = 600, RING_MORE_S = 5 };

static struct {
    struct sip_server *server;
    struct control_timer *lost; /* phones that were not brought into their room are let go */
    char domain[CONFIG_NAME_SIZE];
} calls;

static char sdp_buf[MEDIA_DESC_SDP_MAX]; /* control thread only */

/* Next phone of a leg of a call after one; NULL: the first. */
static struct sip_phone *next_of(struct sip_phone *after, const char *call, int leg,
                                 uint64_t device)
{
    struct sip_phone *p = after ? after->next : sip_phone_first();

    while (p &&
           (!p->leg || strcmp(p->call, call) != 0 || p->call_leg != leg || p->device != device))
        p = p->next;
    return p;
}

/* The one of them that is in the call: of several contacts the one that answered. */
static struct sip_phone *phone_in(const char *call, int leg, uint64_t device)
{
    struct sip_phone *p = next_of(NULL, call, leg, device);

    while (p && p->dialled && !p->answered)
        p = next_of(p, call, leg, device);
    return p;
}

/* ---- out: our INVITEs ---- */

/* A participant with an offer, in no room yet.  @return length of the offer, or -errno */
static int make_offer(struct sip_phone *phone, const char *name)
{
    struct participant_cfg cfg;
    int err;

    (void)snprintf(phone->name, sizeof(phone->name), "%.256s", name);
    sip_phone_fill(phone, &cfg);
    err = sip_server_local_addr(calls.server, &phone->peer, &cfg.local);
    if (!err)
        err = membership_dial(&phone->participant, &cfg);
    return err ? err : participant_media_offer(phone->participant, sdp_buf, sizeof(sdp_buf));
}

/* A little longer than the call rings, so that it ends first. */
static uint32_t ring_timeout_s(void)
{
    uint32_t ring_s = room_set_settings()->config.calls.ring_timeout / 1000 + RING_MORE_S;

    return ring_s < RING_S_MAX ? ring_s : RING_S_MAX;
}

/* In its room it is the user whose phone it is. */
static void be_user(struct sip_phone *phone, const char *identity)
{
    grants_of_role(&phone->grants, ROLE_GUEST);
    phone->grants.user = true;
    (void)snprintf(phone->grants.room, sizeof(phone->grants.room), "*");
    (void)snprintf(phone->grants.identity, sizeof(phone->grants.identity), "%s", identity);
}

static int invite(const struct call *call, const struct call_leg *leg, uint64_t device,
                  const char *target, const struct sockaddr_storage *peer, bool symmetric)
{
    struct sip_phone *phone = sip_phone_new();
    const char *name = leg->who.name[0] ? leg->who.name : sip_users_name(device);
    const char *login = sip_users_login(call->caller.identity); /* a phone can call it back */
    char user[SIP_TERMS_USER_SIZE];
    struct sip_leg_call_cfg cfg = {
        .target = target,
        .symmetric = symmetric,
        .from_name = call->caller.name,
        .from_user = user,
        .from_host = calls.domain[0] ? calls.domain : NULL,
        .sdp = sdp_buf,
        .ring_timeout_s = ring_timeout_s(),
    };
    int n, err;

    if (!phone)
        return -ENOMEM;
    phone->dialled = true;
    phone->peer = *peer;
    sip_terms_user(user, login ? login : call_party_key(&call->caller));
    if (leg->who.identity[0])
        be_user(phone, leg->who.identity);
    n = make_offer(phone, name ? name : call_party_key(&leg->who));
    cfg.sdp_len = n > 0 ? (size_t)n : 0;
    cfg.leg_arg = phone;
    err = n < 0 ? n : sip_leg_call(&phone->leg, calls.server, &cfg);
    if (err) {
        log_info(NULL, "call %s: cannot dial %s: %d", call->id, target, err);
        sip_phone_free(phone, "failed");
        return err;
    }
    memcpy(phone->call, call->id, sizeof(phone->call));
    phone->call_leg = (int)leg->index;
    phone->device = device;
    return 0;
}

/* Each contact of a user rings. */
static int dial_user(const struct call *call, const struct call_leg *leg, uint64_t device,
                     const char *login)
{
    static struct sip_registrar_binding binding[FORKS_MAX]; /* control thread only */
    unsigned n = sip_registrar_bindings(calls.server, login, binding, FORKS_MAX);
    int err = -ENOENT;
    bool dialled = false;

    for (unsigned i = 0; i < n; ++i) {
        err = invite(call, leg, device, binding[i].target, &binding[i].source, true);
        dialled = dialled || !err;
    }
    return dialled ? 0 : err;
}

static int on_dial(const struct call *call, const struct call_leg *leg, uint64_t device)
{
    const char *login = device ? sip_users_of_device(device) : NULL;
    struct sockaddr_storage peer;

    if (!calls.server || (device && !login))
        return -ENOENT;
    if (device)
        return dial_user(call, leg, device, login);
    sip_terms_peer(&peer, leg->who.address);
    return invite(call, leg, 0, leg->who.address, &peer, false);
}

/* All but one of the phones that ring for a leg are let go. */
static void hang_up_others(const char *call, int leg, uint64_t device, const struct sip_phone *but,
                           const char *why)
{
    struct sip_phone *p = next_of(NULL, call, leg, device);

    while (p) {
        struct sip_phone *next = next_of(p, call, leg, device);

        if (p != but && !p->answered) {
            p->call[0] = '\0'; /* the call knows */
            sip_phone_end(p, 480, why);
        }
        p = next;
    }
}

static void on_undial(const struct call *call, const struct call_leg *leg, uint64_t device,
                      enum call_leg_state state)
{
    hang_up_others(call->id, (int)leg->index, device, NULL,
                   state == CALL_LEG_ELSEWHERE ? "accepted elsewhere" : "cancelled");
}

void sip_call_on_ringing(unsigned code, bool has_sdp, void *arg)
{
    const struct sip_phone *phone = arg;
    const char *why;
    (void)code;
    (void)has_sdp;

    (void)call_set_sip_ringing(call_gateway_set(), phone->call, (unsigned)phone->call_leg,
                               phone->device, &why);
    call_gateway_settle();
}

/* A contact will not answer.  The others still may, unless this was a no for all. */
static void contact_failed(const char *call, int leg, uint64_t device, unsigned code)
{
    struct sip_phone *next = next_of(NULL, call, leg, device);
    const char *why;

    if (next && !sip_terms_is_final(code)) {
        next->worse = sip_terms_worse(code, next->worse);
        return;
    }
    hang_up_others(call, leg, device, NULL, "declined");
    (void)call_set_sip_failed(call_gateway_set(), call, (unsigned)leg, device, (int)code,
                              clock_now_us(), &why);
    call_gateway_settle();
}

/* Out of its call, which is told what became of its leg. */
static void fail(struct sip_phone *phone, unsigned code)
{
    char call[ID_SIZE];

    memcpy(call, phone->call, sizeof(call));
    phone->call[0] = '\0';
    if (call[0])
        contact_failed(call, phone->call_leg, phone->device, sip_terms_worse(code, phone->worse));
}

int sip_call_on_answered(const char *sdp, size_t len, void *arg)
{
    struct sip_phone *phone = arg;
    char why[WHY_SIZE] = "";
    const char *code = "";
    int err = participant_media_accept(phone->participant, sdp, len, why, sizeof(why));

    phone->answered = true;
    if (err) {
        log_info(NULL, "call %s: the answer of a phone cannot be used: %s", phone->call, why);
        fail(phone, 488);
        return err;
    }
    err = call_set_sip_answered(call_gateway_set(), phone->call, (unsigned)phone->call_leg,
                                phone->device, clock_now_us(), &code);
    call_gateway_settle();
    if (err) {
        log_info(NULL, "call %s: the answer of a phone came too late: %s", phone->call, code);
        phone->call[0] = '\0';
        return err;
    }
    hang_up_others(phone->call, phone->call_leg, phone->device, phone, "accepted elsewhere");
    return 0;
}

void sip_call_on_failed(unsigned code, const char *reason, void *arg)
{
    struct sip_phone *phone = arg;

    log_debug(NULL, "call %s: %u %s", phone->call, code, reason);
    fail(phone, code);
    sip_phone_free(phone, "failed");
}

/* ---- in: a phone calls a user ---- */

void sip_call_start(struct sip_phone *phone)
{
    struct call_party to = {.identity = ""};
    struct call_set_start start = {
        .to = &to, .nto = 1, .kind = sip_terms_kind(phone->sdp, phone->sdp_len)};
    struct call_set_started started;

    (void)snprintf(to.identity, sizeof(to.identity), "%s", phone->callee);
    (void)snprintf(to.name, sizeof(to.name), "%.256s", phone->callee_name);
    if (phone->caller[0])
        (void)snprintf(start.from.identity, sizeof(start.from.identity), "%s",
                       phone->grants.identity);
    else
        (void)snprintf(start.from.address, sizeof(start.from.address), "%.255s", phone->address);
    (void)snprintf(start.from.name, sizeof(start.from.name), "%.256s", phone->name);
    phone->device = start.device = sip_users_next_key();
    if (call_set_start(call_gateway_set(), &start, clock_now_us(), &started)) {
        sip_phone_end(phone, started.retry_after_ms ? 503 : 403, started.code);
    } else if (started.state != CALL_RINGING && started.state != CALL_ACCEPTED) {
        sip_phone_end(phone, started.state == CALL_BUSY ? 486 : 480, started.cause);
    } else {
        memcpy(phone->call, started.id, sizeof(phone->call));
        phone->call_leg = started.glare ? 0 : CALL_CALLER; /* then it answered a call of two */
    }
    call_gateway_settle();
}

/* The caller hears of the end only: 180 was sent at once. */
static void on_tell(const struct call *call, const struct call_leg *leg, uint64_t device)
{
    struct sip_phone *phone = next_of(NULL, call->id, CALL_CALLER, device);
    (void)leg;

    if (!phone || phone->answered || call->state == CALL_RINGING || call->state == CALL_ACCEPTED)
        return;
    phone->call[0] = '\0'; /* it knows */
    sip_phone_end(phone, sip_terms_status(call->state), call->cause);
}

/* ---- into the room, and out of it ---- */

static void come(struct sip_phone *phone, const struct room_rules *rules)
{
    const char *code = "";

    if (phone->participant && participant_room(phone->participant))
        return;
    if (membership_come(phone->participant, phone->room, rules, &code)) {
        log_warning(NULL, "call %s: a phone cannot enter: %s", phone->call, code);
        sip_phone_end(phone, 503, code);
    }
}

static void enter_as_caller(struct sip_phone *phone, const struct room_rules *rules)
{
    struct participant_cfg cfg;
    const char *code = "";

    if (phone->participant)
        return;
    sip_phone_fill(phone, &cfg);
    cfg.rules = rules;
    cfg.is_invited = cfg.is_listed = true;
    sip_leg_local_addr(phone->leg, &cfg.local);
    if (membership_join(&phone->participant, &cfg, &code)) {
        log_warning(NULL, "call %s: a phone cannot enter: %s", phone->call, code);
        sip_phone_end(phone, 503, code);
        return;
    }
    (void)sip_phone_answer(phone);
}

struct entering {
    char call[ID_SIZE];
    int leg;
    uint64_t device;
};

static void do_enter(void *msg, void *arg)
{
    const struct entering *e = msg;
    const struct call *call =
        call_gateway_set() ? call_set_find(call_gateway_set(), e->call) : NULL;
    struct sip_phone *phone = phone_in(e->call, e->leg, e->device);
    struct room_rules rules;
    (void)arg;

    if (!phone)
        return; /* it hung up meanwhile */
    if (!call) {
        phone->call[0] = '\0';
        sip_phone_end(phone, 480, "ended");
        return;
    }
    (void)snprintf(phone->room, sizeof(phone->room), "%s", call->room);
    call_gateway_rules(&rules);
    if (phone->dialled)
        come(phone, &rules);
    else
        enter_as_caller(phone, &rules);
}

static struct sip_phone *next_lost(void)
{
    struct sip_phone *p = sip_phone_first();

    while (p && (!p->leg || !p->lost))
        p = p->next;
    return p;
}

static void on_lost(void *arg)
{
    struct sip_phone *phone;
    (void)arg;

    while ((phone = next_lost()))
        sip_phone_end(phone, 503, "no resources");
}

/* One that calls is not in its call yet when that begins with an answer. */
static void lose(const struct call *call, int leg, uint64_t device)
{
    struct sip_phone *phone = phone_in(call->id, leg, device);

    for (struct sip_phone *p = sip_phone_first(); p && !phone; p = p->next) {
        if (p->leg && !p->dialled && p->device == device)
            phone = p;
    }
    log_warning(NULL, "call %s: a phone could not be brought into its room", call->id);
    if (!phone)
        return;
    phone->lost = true;
    control_timer_start(calls.lost, 0);
}

/* Later: a room that it cannot enter calls back into the call set. */
static void on_enter(const struct call *call, int leg, uint64_t device)
{
    struct entering e = {.leg = leg, .device = device};

    memcpy(e.call, call->id, sizeof(e.call));
    if (control_loop_post(do_enter, NULL, &e, sizeof(e)))
        lose(call, leg, device);
}

static void on_leave(const char *room, const char *call, int leg, uint64_t device,
                     const char *cause)
{
    struct sip_phone *phone = phone_in(call, leg, device);
    (void)room;

    if (!phone)
        return;
    phone->call[0] = '\0'; /* it knows */
    sip_phone_end(phone, 480, cause[0] ? cause : "ended");
}

static const struct participant *on_who(const struct call *call, int leg, uint64_t device)
{
    const struct sip_phone *phone = phone_in(call->id, leg, device);

    return phone ? phone->participant : NULL;
}

/* A phone that is in a call is forgotten. */
static void on_phone_gone(struct sip_phone *phone)
{
    const char *code;

    if (!call_gateway_set())
        return;
    if (phone->dialled && !phone->answered) {
        fail(phone, 500);
        return;
    }
    (void)call_set_left(call_gateway_set(), phone->call, phone->call_leg, clock_now_us(), &code);
    call_gateway_settle();
}

int sip_call_init(struct sip_server *server, const char *domain)
{
    static const struct call_gateway_devices devices = {.dialh = on_dial,
                                                        .undialh = on_undial,
                                                        .tellh = on_tell,
                                                        .enterh = on_enter,
                                                        .leaveh = on_leave,
                                                        .whoh = on_who};
    int err = control_timer_new(&calls.lost, on_lost, NULL);

    if (err)
        return err;
    calls.server = server;
    (void)snprintf(calls.domain, sizeof(calls.domain), "%s", domain);
    call_gateway_register(PRESENCE_SIP, &devices);
    sip_phone_set_call_handler(on_phone_gone);
    return 0;
}

void sip_call_finish(void)
{
    call_gateway_register(PRESENCE_SIP, NULL);
    sip_phone_set_call_handler(NULL);
    calls.lost = control_timer_free(calls.lost);
    calls.server = NULL;
}
