/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/sip_call.c  Calls to phones and from phones: call_gateway's hands on SIP
 */
#include "mcu/api/sip_call.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mcu/api/call_gateway.h"
#include "mcu/api/sip_phone.h"
#include "mcu/api/sip_users.h"
#include "mcu/base/clock.h"
#include "mcu/base/log.h"
#include "mcu/config/settings.h"
#include "mcu/room/call_set.h"
#include "mcu/room/participant.h"
#include "mcu/room/room.h"
#include "mcu/room/room_set.h"
#include "net/control_loop.h"
#include "net/media_desc.h"
#include "net/sip_registrar.h"

LOG_DOMAIN("sip");

enum { FORKS_MAX = 4, USER_SIZE = 64, WHY_SIZE = 200 };

static struct {
    struct sip_server *server;
    char domain[CONFIG_NAME_SIZE];
} calls;

static char sdp_buf[MEDIA_DESC_SDP_MAX]; /* control thread only */

/* Next phone of a leg of a call after one; NULL: the first. */
static struct sip_phone *next_of(struct sip_phone *after, const char *call, int leg,
                                 uint64_t device)
{
    struct sip_phone *p = after ? after->next : sip_phone_first();

    while (p && (strcmp(p->call, call) != 0 || p->call_leg != leg || p->device != device))
        p = p->next;
    return p;
}

/* ---- out: our INVITEs ---- */

/* What goes into From: a name that any parser takes. */
static void user_of(char *ret_user, const char *text)
{
    size_t n = 0;

    for (; *text && n + 1 < USER_SIZE; ++text) {
        if (isalnum((unsigned char)*text) || *text == '.' || *text == '-' || *text == '_')
            ret_user[n++] = *text;
    }
    ret_user[n] = '\0';
    if (!n)
        (void)snprintf(ret_user, USER_SIZE, "medley");
}

/* A numeric host of an address, for the way to it; none for names: any way will do. */
static void guess_peer(struct sockaddr_storage *ret, const char *address)
{
    struct sockaddr_in *in = (struct sockaddr_in *)ret;
    const char *host = strchr(address, '@');
    char text[INET_ADDRSTRLEN] = "";
    size_t n;

    memset(ret, 0, sizeof(*ret));
    host = host ? host + 1 : strchr(address, ':') + 1;
    n = strspn(host, "0123456789.");
    if (n < sizeof(text))
        memcpy(text, host, n);
    in->sin_family = AF_INET;
    if (inet_pton(AF_INET, text, &in->sin_addr) != 1)
        (void)inet_pton(AF_INET, "198.51.100.1", &in->sin_addr);
}

/* A participant with an offer, in no room yet.  @return length of the offer, or -errno */
static int make_offer(struct sip_phone *phone, const char *name)
{
    struct participant_cfg cfg;
    int err;

    (void)snprintf(phone->name, sizeof(phone->name), "%.256s", name);
    sip_phone_fill(phone, &cfg);
    err = sip_server_local_addr(calls.server, &phone->peer, &cfg.local);
    if (!err)
        err = participant_dial(&phone->participant, &cfg);
    return err ? err : participant_offer(phone->participant, sdp_buf, sizeof(sdp_buf));
}

static int invite(const struct call *call, const struct call_leg *leg, uint64_t device,
                  const char *target, const struct sockaddr_storage *peer, bool symmetric)
{
    const struct config *config = &room_set_settings()->config;
    struct sip_phone *phone = sip_phone_new();
    char user[USER_SIZE];
    struct sip_leg_call_cfg cfg = {
        .target = target,
        .symmetric = symmetric,
        .from_name = call->caller.name,
        .from_user = user,
        .from_host = calls.domain[0] ? calls.domain : NULL,
        .sdp = sdp_buf,
        .ring_timeout_s = config->calls.ring_timeout / 1000 + 5, /* the call ends first */
    };
    int n, err;

    if (!phone)
        return -ENOMEM;
    phone->dialled = true;
    phone->peer = *peer;
    user_of(user, call_party_key(&call->caller));
    n = make_offer(phone, leg->who.name[0] ? leg->who.name : call_party_key(&leg->who));
    cfg.sdp_len = n > 0 ? (size_t)n : 0;
    cfg.leg_arg = phone;
    err = n < 0 ? n : sip_leg_call(&phone->leg, calls.server, &cfg);
    if (err) {
        log_info(NULL, "call %s: cannot dial %s: %d", call->id, target, err);
        sip_phone_free(phone, "failed");
        return err;
    }
    if (leg->who.identity[0]) {
        grants_of_role(&phone->grants, ROLE_GUEST);
        phone->grants.user = true;
        (void)snprintf(phone->grants.identity, sizeof(phone->grants.identity), "%s",
                       leg->who.identity);
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
    guess_peer(&peer, leg->who.address);
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

int sip_call_on_answered(const char *sdp, size_t len, void *arg)
{
    struct sip_phone *phone = arg;
    char why[WHY_SIZE];
    const char *code = "";
    int err = participant_accept(phone->participant, sdp, len, why, sizeof(why));

    phone->answered = true;
    if (!err)
        err = call_set_sip_answered(call_gateway_set(), phone->call, (unsigned)phone->call_leg,
                                    phone->device, clock_now_us(), &code);
    call_gateway_settle();
    if (err) {
        log_info(NULL, "call %s: the answer came too late or cannot be used: %s", phone->call,
                 code);
        phone->call[0] = '\0';
        return err;
    }
    hang_up_others(phone->call, phone->call_leg, phone->device, phone, "accepted elsewhere");
    return 0;
}

void sip_call_on_failed(unsigned code, const char *reason, void *arg)
{
    struct sip_phone *phone = arg;
    char call[ID_SIZE];
    int leg = phone->call_leg;
    uint64_t device = phone->device;
    const char *why;

    log_debug(NULL, "call %s: %u %s", phone->call, code, reason);
    memcpy(call, phone->call, sizeof(call));
    phone->call[0] = '\0';
    sip_phone_free(phone, "failed");
    if (call[0] && !next_of(NULL, call, leg, device)) { /* the last of his contacts */
        (void)call_set_sip_failed(call_gateway_set(), call, (unsigned)leg, device, (int)code,
                                  clock_now_us(), &why);
        call_gateway_settle();
    }
}

/* ---- in: a phone calls a user ---- */

void sip_call_start(struct sip_phone *phone)
{
    struct call_party to = {.identity = ""};
    struct call_set_start start = {.to = &to, .nto = 1, .kind = CALL_VIDEO};
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
    phone->call_leg = CALL_CALLER;
    if (call_set_start(call_gateway_set(), &start, clock_now_us(), &started)) {
        sip_phone_end(phone, started.retry_after_ms ? 503 : 403, started.code);
    } else if (started.state != CALL_RINGING && started.state != CALL_ACCEPTED) {
        sip_phone_end(phone, started.state == CALL_BUSY ? 486 : 480, started.cause);
    } else {
        memcpy(phone->call, started.id, sizeof(phone->call));
    }
    call_gateway_settle();
}

static struct sip_phone *caller_phone(uint64_t device)
{
    struct sip_phone *p = sip_phone_first();

    while (p && (p->device != device || p->call_leg != CALL_CALLER || p->dialled))
        p = p->next;
    return p;
}

/* The caller hears of the end only: 180 was sent at once. */
static void on_tell(const struct call *call, const struct call_leg *leg, uint64_t device)
{
    struct sip_phone *phone = caller_phone(device);
    unsigned code = call->state == CALL_DECLINED ? 603 : call->state == CALL_BUSY ? 486 : 480;
    (void)leg;

    if (!phone || phone->answered || call->state == CALL_RINGING || call->state == CALL_ACCEPTED)
        return;
    phone->call[0] = '\0'; /* it knows */
    sip_phone_end(phone, code, call->cause);
}

/* ---- into the room, and out of it ---- */

/* Nobody may call back into the call set while it tells something. */
struct left {
    char call[ID_SIZE];
    int leg;
};

static void do_left(void *msg, void *arg)
{
    const struct left *left = msg;
    const char *code;
    (void)arg;

    if (!call_gateway_set())
        return;
    (void)call_set_left(call_gateway_set(), left->call, left->leg, clock_now_us(), &code);
    call_gateway_settle();
}

static void leave_later(const struct call *call, int leg)
{
    struct left left = {.leg = leg};

    memcpy(left.call, call->id, sizeof(left.call));
    if (control_loop_post(do_left, NULL, &left, sizeof(left)))
        log_warning(NULL, "call %s goes on without a phone", call->id);
}

static void come(struct sip_phone *phone, const struct call *call)
{
    const char *code = "";
    struct room_rules rules;

    room_set_default_rules(&rules);
    rules.lobby = ROOM_RULES_LOBBY_OFF;
    rules.wait_for_host = false;
    (void)snprintf(phone->room, sizeof(phone->room), "%s", call->room);
    if (participant_come(phone->participant, call->room, &rules, &code)) {
        log_warning(NULL, "call %s: a phone cannot enter: %s", call->id, code);
        leave_later(call, phone->call_leg);
        phone->call[0] = '\0';
        sip_phone_end(phone, 503, code);
    }
}

static void enter_as_caller(struct sip_phone *phone, const struct call *call)
{
    struct participant_cfg cfg;
    struct room_rules rules;
    const char *code = "";

    room_set_default_rules(&rules);
    rules.lobby = ROOM_RULES_LOBBY_OFF;
    rules.wait_for_host = false;
    (void)snprintf(phone->room, sizeof(phone->room), "%s", call->room);
    sip_phone_fill(phone, &cfg);
    cfg.rules = &rules;
    cfg.is_invited = cfg.is_listed = true;
    sip_leg_local_addr(phone->leg, &cfg.local);
    if (participant_join(&phone->participant, &cfg, &code)) {
        leave_later(call, CALL_CALLER);
        phone->call[0] = '\0';
        sip_phone_end(phone, 503, code);
        return;
    }
    memset(phone->call, 0, sizeof(phone->call)); /* should it fail, that is told later */
    if (sip_phone_answer(phone))
        memcpy(phone->call, call->id, sizeof(phone->call));
    else
        leave_later(call, CALL_CALLER);
}

static void on_enter(const struct call *call, int leg, uint64_t device)
{
    struct sip_phone *p;

    if (leg == CALL_CALLER) {
        p = caller_phone(device);
        if (p && !p->participant)
            enter_as_caller(p, call);
        return;
    }
    p = next_of(NULL, call->id, leg, device);
    while (p && !p->answered)
        p = next_of(p, call->id, leg, device);
    if (p)
        come(p, call);
}

static void on_leave(const char *room, const char *call, int leg, uint64_t device,
                     const char *cause)
{
    struct sip_phone *p = leg == CALL_CALLER ? caller_phone(device) : NULL;

    for (struct sip_phone *q = sip_phone_first(); q && !p; q = q->next) {
        if (q->device == device && q->participant && strcmp(q->room, room) == 0 &&
            (!q->call[0] || strcmp(q->call, call) == 0))
            p = q;
    }
    if (!p)
        return;
    p->call[0] = '\0'; /* it knows */
    sip_phone_end(p, 480, cause[0] ? cause : "ended");
}

/* A phone that is in a call is forgotten. */
static void on_phone_gone(struct sip_phone *phone)
{
    const char *code;

    if (phone->answered || phone->call_leg == CALL_CALLER)
        (void)call_set_left(call_gateway_set(), phone->call, phone->call_leg, clock_now_us(),
                            &code);
    call_gateway_settle();
}

void sip_call_init(struct sip_server *server, const char *domain)
{
    static const struct call_gateway_devices devices = {.dialh = on_dial,
                                                        .undialh = on_undial,
                                                        .tellh = on_tell,
                                                        .enterh = on_enter,
                                                        .leaveh = on_leave};

    calls.server = server;
    (void)snprintf(calls.domain, sizeof(calls.domain), "%s", domain);
    call_gateway_register(PRESENCE_SIP, &devices);
    sip_phone_set_call_handler(on_phone_gone);
}

void sip_call_finish(void)
{
    call_gateway_register(PRESENCE_SIP, NULL);
    sip_phone_set_call_handler(NULL);
    calls.server = NULL;
}
