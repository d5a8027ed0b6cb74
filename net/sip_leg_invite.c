/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sip_leg_invite.c  Legs that call us: limits, proof of the caller, the owner's decision
 *
 *     INVITE --> limits --> inviteh --> decided | 180
 *                    '-- with an answer to a challenge --> 182 --> right --> inviteh
 *                                                                '-- wrong --> 403
 */
#include "net/sip_leg.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mcu/base/log.h"
#include "net/sip_digest.h"
#include "net/sip_limit.h"
#include "net/sip_proof.h"

LOG_DOMAIN("sip");

enum { RETRY_AFTER_S = 10 };

/* The same call over another way (RFC 3261, 8.2.2.2) */
static bool is_merged(const struct sip_server *server, const struct sip_msg *msg)
{
    for (const struct sip_leg *leg = server->legs; leg; leg = leg->next) {
        if (leg->msg && !pl_cmp(&leg->msg->callid, &msg->callid) &&
            !pl_cmp(&leg->msg->from.tag, &msg->from.tag) && leg->msg->cseq.num == msg->cseq.num)
            return true;
    }
    return false;
}

static bool refuse(struct sip_server *server, const struct sip_msg *msg, uint16_t code,
                   const char *reason, bool later)
{
    char headers[160];

    sip_check_count_refused();
    snprintf(headers, sizeof(headers), "Reason: SIP;cause=%u;text=\"%s\"\r\n", code, reason);
    if (later)
        snprintf(headers + strlen(headers), sizeof(headers) - strlen(headers),
                 "Retry-After: %d\r\n", RETRY_AFTER_S);
    (void)sip_treplyf(NULL, NULL, server->sip, msg, false, code, reason,
                      "%sContent-Length: 0\r\n\r\n", headers);
    return true;
}

static bool refuse_for_limits(struct sip_server *server, const struct sip_msg *msg)
{
    struct sockaddr_storage peer;
    uint32_t n = 0;

    if (is_merged(server, msg))
        return refuse(server, msg, 482, "Loop Detected", false);
    if (server->nlegs >= server->cfg.max_legs)
        return refuse(server, msg, 503, "Service Unavailable", true);
    sip_leg_copy_addr(&peer, &msg->src);
    for (const struct sip_leg *leg = server->legs; leg; leg = leg->next)
        n += leg->msg && sip_limit_is_same(&leg->peer, &peer);
    if (n >= server->cfg.max_legs_per_source)
        return refuse(server, msg, 486, "Busy Here", true);
    return false;
}

static struct sip_leg *new_leg(struct sip_server *server, const struct sip_msg *msg)
{
    struct sip_leg *leg = sip_leg_new(server, SIP_LEG_NEW);

    if (!leg)
        return NULL;
    leg->msg = mem_ref((void *)(uintptr_t)msg);
    sip_leg_copy_addr(&leg->peer, &msg->src);
    sip_leg_copy_addr(&leg->local, &msg->dst);
    return leg;
}

/* Texts of an invite, cut to size and NUL-terminated. */
struct texts {
    char room[SIP_LEG_TEXT_MAX], from[SIP_LEG_TEXT_MAX], uri[SIP_LEG_TEXT_MAX],
        agent[SIP_LEG_TEXT_MAX], from_user[SIP_LEG_TEXT_MAX];
};

static void read_texts(struct texts *texts, const struct sip_msg *msg)
{
    const struct sip_hdr *agent = sip_msg_hdr(msg, SIP_HDR_USER_AGENT);

    memset(texts, 0, sizeof(*texts));
    (void)re_snprintf(texts->uri, sizeof(texts->uri), "%r", &msg->from.auri);
    (void)re_snprintf(texts->room, sizeof(texts->room), "%H", uri_user_unescape, &msg->uri.user);
    (void)re_snprintf(texts->from_user, sizeof(texts->from_user), "%H", uri_user_unescape,
                      &msg->from.uri.user);
    if (pl_isset(&msg->from.dname))
        (void)re_snprintf(texts->from, sizeof(texts->from), "%r", &msg->from.dname);
    else
        memcpy(texts->from, texts->from_user, sizeof(texts->from));
    if (agent)
        (void)re_snprintf(texts->agent, sizeof(texts->agent), "%r", &agent->val);
}

static void tell_owner(struct sip_leg *leg, const char *auth_user)
{
    const struct sip_msg *msg = leg->msg;
    struct texts texts;
    struct sip_server_invite invite = {
        .room = texts.room,
        .from = texts.from,
        .uri = texts.uri,
        .user_agent = texts.agent,
        .from_user = texts.from_user,
        .auth_user = auth_user,
        .peer = leg->peer,
        .sdp_len = mbuf_get_left(msg->mb),
    };
    bool same;

    read_texts(&texts, msg);
    same = sip_registrar_is_from(leg->server->registrar, texts.from_user, msg);
    invite.registered = same && msg->tp != SIP_TRANSP_UDP;
    invite.to_prove = same && msg->tp == SIP_TRANSP_UDP;
    if (invite.sdp_len)
        invite.sdp = (const char *)mbuf_buf(msg->mb);
    ++leg->busy;
    leg->handlers->inviteh(leg, &invite, leg->handlers->arg);
    --leg->busy;
}

/* The owner has the leg; ring if he has not decided. */
static void ask_owner(struct sip_leg *leg, const char *auth_user)
{
    int err;

    tell_owner(leg, auth_user);
    if (leg->state == SIP_LEG_ENDED && !tmr_isrunning(&leg->tmr)) {
        sip_leg_release(leg);
        return;
    }
    if (leg->state != SIP_LEG_NEW && leg->state != SIP_LEG_RINGING)
        return;
    err = sip_leg_ring(leg);
    if (!err)
        return;
    /* Cannot be: the message was checked; but the owner has a leg now. */
    log_warning(NULL, "cannot ring: %d", err);
    ++leg->busy; /* keeps it for the timer */
    sip_leg_refuse(leg, 500, "Server Internal Error", "");
    --leg->busy;
    leg->state = SIP_LEG_RINGING;
    sip_leg_end(leg, "broken request", true);
}

static void refuse_stale(struct sip_leg *leg, const char *realm)
{
    char headers[SIP_PROOF_CHALLENGE_SIZE];

    if (sip_proof_print_challenge(leg->server->proof, headers, leg->msg, realm, true))
        sip_leg_refuse(leg, 401, "Unauthorized", headers);
    else
        sip_leg_refuse(leg, 500, "Server Internal Error", "");
}

static void on_proof(enum sip_proof_result result, const struct sip_digest *digest, void *arg)
{
    struct sip_leg *leg = arg;

    leg->proof = 0;
    switch (result) {
    case SIP_PROOF_RIGHT:
        leg->state = SIP_LEG_RINGING;
        ask_owner(leg, digest->username);
        break;
    case SIP_PROOF_WRONG:
        sip_leg_refuse(leg, 403, "Forbidden", "");
        break;
    case SIP_PROOF_REPLAYED:
        refuse_stale(leg, digest->realm);
        break;
    case SIP_PROOF_NO_REPLY:
        sip_leg_refuse(leg, 503, "Service Unavailable", "Retry-After: 10\r\n");
        break;
    }
}

/* The session is there before the proof: CANCEL and repeated requests are libre's business. */
static void start_proof(struct sip_leg *leg, const struct sip_digest *digest)
{
    if (sip_leg_accept(leg, 182, "Queued", NULL)) {
        sip_leg_refuse(leg, 500, "Server Internal Error", "");
        return;
    }
    leg->state = SIP_LEG_PROVING;
    if (sip_proof_start(leg->server->proof, &leg->proof, digest, leg->msg, on_proof, leg))
        sip_leg_refuse(leg, 503, "Service Unavailable", "Retry-After: 10\r\n");
}

void sip_leg_invite_handle(const struct sip_msg *msg, void *arg)
{
    struct sip_server *server = arg;
    struct sip_digest digest;
    struct sip_leg *leg;

    if (refuse_for_limits(server, msg))
        return;
    leg = new_leg(server, msg);
    if (!leg) {
        (void)refuse(server, msg, 503, "Service Unavailable", true);
        return;
    }
    switch (sip_proof_find(server->proof, &digest, msg, NULL)) {
    case SIP_PROOF_NONE:
        ask_owner(leg, NULL);
        break;
    case SIP_PROOF_STALE:
        refuse_stale(leg, digest.realm);
        break;
    case SIP_PROOF_USABLE:
        start_proof(leg, &digest);
        break;
    }
}
