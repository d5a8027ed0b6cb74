/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/sip_gateway.c  SIP legs in rooms
 */
#include "mcu/api/sip_gateway.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/api_text.h"
#include "mcu/base/log.h"
#include "mcu/config/config.h"
#include "mcu/room/participant.h"
#include "net/media_desc.h"
#include "net/sip_server.h"

LOG_DOMAIN("sip");

enum { WHY_SIZE = 200 };

struct call {
    struct call *prev, *next;
    struct sip_leg *leg;
    struct participant *participant;
};

static struct {
    struct sip_server *server;
    struct call *calls;
} gateway;

static char sdp_buf[MEDIA_DESC_SDP_MAX]; /* control thread only */

static void link_call(struct call *call)
{
    call->next = gateway.calls;
    if (call->next)
        call->next->prev = call;
    gateway.calls = call;
}

static void free_call(struct call *call)
{
    if (call->prev)
        call->prev->next = call->next;
    else
        gateway.calls = call->next;
    if (call->next)
        call->next->prev = call->prev;
    free(call);
}

/* ---- from the room ---- */

static void on_fast_update(void *arg)
{
    struct call *call = arg;

    sip_leg_fast_update(call->leg);
}

static void on_lost(const char *code, const char *why, void *arg)
{
    struct call *call = arg;
    (void)why;

    sip_leg_hangup(call->leg, code);
    participant_leave(call->participant, code);
    free_call(call);
}

/* ---- from the phone ---- */

static unsigned status_of_join_error(const char *code)
{
    if (strcmp(code, "room_full") == 0)
        return 486;
    return 503;
}

static unsigned status_of_sdp_error(int err)
{
    switch (err) {
    case -EBADMSG:
    case -E2BIG:
        return 400;
    case -ENOTSUP:
    case -EPROTO:
        return 488;
    default:
        return 503;
    }
}

static int join(struct call *call, const struct sip_server_invite *invite, const char *room,
                const char **ret_code)
{
    struct participant_cfg cfg = {
        .room = room,
        .kind = PARTICIPANT_KIND_SIP,
        .peer = invite->peer,
        .handlers = {.fast_updateh = on_fast_update, .losth = on_lost, .arg = call},
    };
    char name[API_TEXT_NAME_SIZE];

    if (api_text_clean_name(name, invite->from, strlen(invite->from)))
        (void)snprintf(name, sizeof(name), "Phone");
    cfg.name = name;
    sip_leg_local_addr(call->leg, &cfg.local);
    return participant_join(&call->participant, &cfg, ret_code);
}

/* Answer the offer of the invite, or make one.  @return length or -errno */
static int negotiate(struct call *call, const struct sip_server_invite *invite, char *why)
{
    if (!invite->sdp)
        return participant_offer(call->participant, sdp_buf, sizeof(sdp_buf));
    return participant_answer(call->participant, invite->sdp, invite->sdp_len, sdp_buf,
                              sizeof(sdp_buf), why, WHY_SIZE);
}

static void accept_call(struct call *call, const struct sip_server_invite *invite)
{
    struct sip_leg *leg = call->leg;
    char why[WHY_SIZE] = "";
    int n = negotiate(call, invite, why);
    int err;

    if (n < 0) {
        log_info(NULL, "call from %s refused: %s", invite->uri, why);
        participant_leave(call->participant, "failed");
        free_call(call);
        sip_leg_reject(leg, status_of_sdp_error(n), why[0] ? why : "no resources");
        return;
    }
    err = sip_leg_answer(leg, sdp_buf, (size_t)n);
    if (err) {
        participant_leave(call->participant, "failed");
        free_call(call);
        sip_leg_reject(leg, 500, "cannot answer");
    }
}

static void on_invite(struct sip_leg *leg, const struct sip_server_invite *invite, void *arg)
{
    char room[API_TEXT_ROOM_SIZE];
    struct call *call;
    const char *code;
    (void)arg;

    if (api_text_clean_room(room, invite->room, strlen(invite->room))) {
        sip_leg_reject(leg, 404, "no such room");
        return;
    }
    call = calloc(1, sizeof(*call));
    if (!call) {
        sip_leg_reject(leg, 503, "no resources");
        return;
    }
    call->leg = leg;
    if (join(call, invite, room, &code)) {
        free(call);
        sip_leg_reject(leg, status_of_join_error(code), code);
        return;
    }
    link_call(call);
    sip_leg_set_arg(leg, call);
    accept_call(call, invite);
}

static int on_offer(const char *sdp, size_t len, char *ret_sdp, size_t size, void *leg_arg)
{
    struct call *call = leg_arg;
    char why[WHY_SIZE];
    int n;

    if (!sdp)
        return participant_offer(call->participant, ret_sdp, size);
    n = participant_answer(call->participant, sdp, len, ret_sdp, size, why, sizeof(why));
    if (n < 0)
        log_info(&(struct log_ids){.part = participant_id(call->participant)},
                 "new offer of a phone refused: %s", why);
    return n;
}

/* After an error the leg is ended with BYE, and on_close() cleans up. */
static int on_answer(const char *sdp, size_t len, void *leg_arg)
{
    struct call *call = leg_arg;
    char why[WHY_SIZE];
    int err = participant_accept(call->participant, sdp, len, why, sizeof(why));

    if (err)
        log_info(NULL, "answer of a phone refused: %s", why);
    return err;
}

static void on_info_fast_update(void *leg_arg)
{
    struct call *call = leg_arg;

    participant_request_key(call->participant);
}

static void on_info_dtmf(char digit, void *leg_arg)
{
    struct call *call = leg_arg;

    participant_press(call->participant, digit);
}

static void on_close(const char *why, void *leg_arg)
{
    struct call *call = leg_arg;

    log_debug(NULL, "call ended: %s", why);
    participant_leave(call->participant, "left");
    free_call(call);
}

int sip_gateway_init(const struct config *config, uint16_t *ret_port, char *why, size_t why_size)
{
    struct sip_server_cfg cfg = {
        .port = (uint16_t)config->sip.port,
        .tls_port = (uint16_t)config->sip.tls_port,
        .user_agent = "Medley/" MEDLEY_VERSION,
        .max_legs = config->sip.max_legs,
        .max_legs_per_source = config->sip.max_legs_per_source,
        .max_invites_per_s = config->sip.max_invites_per_s,
        .handlers = {.inviteh = on_invite,
                     .offerh = on_offer,
                     .answerh = on_answer,
                     .fast_updateh = on_info_fast_update,
                     .dtmfh = on_info_dtmf,
                     .closeh = on_close},
    };

    (void)snprintf(cfg.addr, sizeof(cfg.addr), "%s", config->sip.addr);
    (void)snprintf(cfg.cert, sizeof(cfg.cert), "%s", config->sip.tls_cert);
    return sip_server_new(&gateway.server, &cfg, ret_port, why, why_size);
}

void sip_gateway_finish(void)
{
    while (gateway.calls) {
        struct call *call = gateway.calls;

        sip_leg_hangup(call->leg, "server stops");
        participant_leave(call->participant, "server_stops");
        free_call(call);
    }
    gateway.server = sip_server_free(gateway.server);
}
