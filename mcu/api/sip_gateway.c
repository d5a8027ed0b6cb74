/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/sip_gateway.c  Phones that call: into rooms, and to users
 */
#include "mcu/api/sip_gateway.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/api_text.h"
#include "mcu/api/entry.h"
#include "mcu/api/signin.h"
#include "mcu/api/sip_call.h"
#include "mcu/api/sip_phone.h"
#include "mcu/api/sip_users.h"
#include "mcu/config/settings.h"
#include "mcu/room/membership.h"
#include "mcu/room/participant.h"
#include "mcu/room/room_set.h"
#include "mcu/store/store_user.h"

enum { MAX_BINDINGS = 10000, REGISTERS_PER_S = 20 };

static struct {
    struct sip_server *server;
    char realm[CONFIG_NAME_SIZE];
} gateway;

/* ---- into a room ---- */

static unsigned status_of_join_error(const char *code)
{
    static const struct {
        const char *code;
        unsigned status;
    } rows[] = {
        {"room_full", 486},   {"rooms_full", 503},       {"draining", 503},
        {"unavailable", 503}, {"out_of_resources", 503}, {"lobby_full", 486},
    };

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
        if (strcmp(rows[i].code, code) == 0)
            return rows[i].status;
    }
    return 403;
}

static void refuse(struct sip_phone *phone, const char *code)
{
    sip_phone_end(phone, status_of_join_error(code), code);
}

static void on_entry(const struct entry_result *found, void *arg)
{
    struct sip_phone *phone = arg;
    struct participant_cfg cfg;
    const char *code = "unavailable";
    int err;

    phone->entry = NULL;
    sip_phone_fill(phone, &cfg);
    cfg.rules = found->found ? &found->rules : NULL;
    cfg.owner = found->found ? found->owner : NULL;
    cfg.is_host = found->is_host;
    cfg.is_listed = found->is_listed;
    sip_leg_local_addr(phone->leg, &cfg.local);
    err = found->err ? found->err : membership_join(&phone->participant, &cfg, &code);
    if (phone->pin[0] && (!err || found->err))
        signin_pin_right(phone->source, phone->room);
    if (err)
        refuse(phone, code);
    else if (!participant_is_waiting(phone->participant))
        (void)sip_phone_answer(phone);
    /* else it goes on ringing until somebody lets it in */
}

/* "room" or "room*1234", as it is dialled. */
static int read_room(struct sip_phone *phone)
{
    const char *star = strchr(phone->target, '*');
    size_t len = star ? (size_t)(star - phone->target) : strlen(phone->target);

    if (star) {
        if (strlen(star + 1) >= sizeof(phone->pin) || star[1 + strspn(star + 1, "0123456789")])
            return -EINVAL;
        (void)snprintf(phone->pin, sizeof(phone->pin), "%s", star + 1);
    }
    return api_text_clean_room(phone->room, phone->target, len);
}

static void call_room(struct sip_phone *phone)
{
    if (read_room(phone)) {
        sip_phone_end(phone, 404, "no such room");
        return;
    }
    if (phone->pin[0] && signin_pin_try(phone->source, phone->room)) {
        sip_phone_end(phone, 503, "too many wrong PINs");
        return;
    }
    if (entry_start(&phone->entry, phone->room, phone->grants.identity, on_entry, phone)) {
        if (phone->pin[0])
            signin_pin_right(phone->source, phone->room); /* nothing was looked at */
        refuse(phone, "unavailable");
    }
}

/* ---- who calls, and whom ---- */

/* @return false: it was challenged, and is gone */
static bool may_call_users(struct sip_phone *phone)
{
    struct sip_leg *leg = phone->leg;

    if (phone->caller[0] || room_set_settings()->config.sip.guest_calls)
        return true;
    sip_phone_free(phone, "challenged");
    sip_leg_challenge(leg, gateway.realm);
    return false;
}

/* Who calls whom is known. */
static void go_on(struct sip_phone *phone)
{
    if (!phone->callee[0])
        call_room(phone);
    else if (may_call_users(phone))
        sip_call_start(phone);
}

static void on_caller(struct sip_phone *phone, const struct store_user *user)
{
    if (!user) { /* removed since he registered */
        phone->caller[0] = '\0';
    } else {
        grants_of_role(&phone->grants, ROLE_GUEST);
        phone->grants.user = true;
        (void)snprintf(phone->grants.room, sizeof(phone->grants.room), "*");
        (void)snprintf(phone->grants.identity, sizeof(phone->grants.identity), "%s", user->id);
        if (user->display[0])
            (void)snprintf(phone->name, sizeof(phone->name), "%.256s", user->display);
    }
    go_on(phone);
}

static void on_callee(struct sip_phone *phone, const struct store_user *user)
{
    if (user) {
        (void)snprintf(phone->callee, sizeof(phone->callee), "%s", user->id);
        (void)snprintf(phone->callee_name, sizeof(phone->callee_name), "%.256s", user->display);
    }
    if (phone->caller[0] && sip_users_find(phone, phone->caller, on_caller) == 0)
        return;
    phone->caller[0] = '\0';
    go_on(phone);
}

/* What is needed when the database has answered.  @return 0, -ENOMEM, -EINVAL */
static int copy_invite(struct sip_phone *phone, const struct sip_server_invite *invite)
{
    if (invite->sdp) {
        phone->sdp = malloc(invite->sdp_len);
        if (!phone->sdp)
            return -ENOMEM;
        memcpy(phone->sdp, invite->sdp, invite->sdp_len);
        phone->sdp_len = invite->sdp_len;
    }
    phone->peer = invite->peer;
    sip_phone_source(phone->source, &invite->peer);
    if (api_text_clean_name(phone->name, invite->from, strlen(invite->from)))
        (void)snprintf(phone->name, sizeof(phone->name), "Phone");
    (void)snprintf(phone->address, sizeof(phone->address), "%s", invite->uri);
    if (invite->auth_user)
        (void)snprintf(phone->caller, sizeof(phone->caller), "%s", invite->auth_user);
    else if (invite->registered)
        (void)snprintf(phone->caller, sizeof(phone->caller), "%s", invite->from_user);
    if (strlen(invite->room) >= sizeof(phone->target))
        return -EINVAL;
    (void)snprintf(phone->target, sizeof(phone->target), "%s", invite->room);
    return 0;
}

static void on_invite(struct sip_leg *leg, const struct sip_server_invite *invite, void *arg)
{
    struct sip_phone *phone;
    int err;
    (void)arg;

    if (invite->to_prove && !invite->auth_user) {
        sip_leg_challenge(leg, gateway.realm);
        return;
    }
    phone = sip_phone_new();
    if (!phone) {
        sip_leg_reject(leg, 503, "no resources");
        return;
    }
    phone->leg = leg;
    sip_leg_set_arg(leg, phone);
    err = copy_invite(phone, invite);
    if (err) {
        sip_phone_end(phone, err == -EINVAL ? 404 : 503,
                      err == -EINVAL ? "no such room" : "no resources");
        return;
    }
    /* Names of users come first; whoever is none is a room. */
    if (strchr(phone->target, '*') || sip_users_find(phone, phone->target, on_callee))
        on_callee(phone, NULL);
}

int sip_gateway_init(const struct config *config, struct store *store, uint16_t *ret_port,
                     char *why, size_t why_size)
{
    struct sip_server_cfg cfg = {
        .port = (uint16_t)config->sip.port,
        .tls_port = (uint16_t)config->sip.tls_port,
        .user_agent = "Medley/" MEDLEY_VERSION,
        .max_legs = config->sip.max_legs,
        .max_legs_per_source = config->sip.max_legs_per_source,
        .max_invites_per_s = config->sip.max_invites_per_s,
        .registrar = {.max_bindings = MAX_BINDINGS, .max_registers_per_s = REGISTERS_PER_S},
        .handlers = {.inviteh = on_invite,
                     .offerh = sip_phone_on_offer,
                     .answerh = sip_phone_on_answer,
                     .fast_updateh = sip_phone_on_fast_update,
                     .dtmfh = sip_phone_on_dtmf,
                     .closeh = sip_phone_on_close,
                     .ringingh = sip_call_on_ringing,
                     .answeredh = sip_call_on_answered,
                     .failedh = sip_call_on_failed,
                     .credentialsh = sip_users_on_credentials,
                     .registerh = sip_users_on_register},
    };
    int err;

    (void)snprintf(gateway.realm, sizeof(gateway.realm), "%s", config_sip_realm(config));
    if (config->sip.registrar && store)
        (void)snprintf(cfg.registrar.realm, sizeof(cfg.registrar.realm), "%s", gateway.realm);
    (void)snprintf(cfg.addr, sizeof(cfg.addr), "%s", config->sip.addr);
    (void)snprintf(cfg.cert, sizeof(cfg.cert), "%s", config->sip.tls_cert);
    err = sip_server_new(&gateway.server, &cfg, ret_port, why, why_size);
    if (err)
        return err;
    err = sip_users_init(gateway.server, store);
    if (!err)
        err = sip_call_init(gateway.server, config->sip.domain);
    if (err) {
        sip_users_finish();
        gateway.server = sip_server_free(gateway.server);
    }
    return err;
}

void sip_gateway_finish(void)
{
    struct sip_phone *p = sip_phone_first();

    while (p) {
        if (p->leg)
            sip_phone_end(p, 503, "server stops");
        p = sip_phone_first();
        while (p && !p->leg) /* those that wait for the database go with its answer */
            p = p->next;
    }
    sip_call_finish();
    sip_users_finish();
    gateway.server = sip_server_free(gateway.server);
}
