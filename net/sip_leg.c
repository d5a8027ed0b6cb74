/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sip_leg.c  One call: answer, what happens within it, end
 *
 *     NEW --answer--> ANSWERED --BYE, time-out, hangup--> gone
 *      |                 ^ ^
 *      |-- not decided --> RINGING (180) --answer--       --reject, CANCEL--> gone
 *      '-- has credentials --> PROVING (182) --> RINGING
 *                          |
 *     CALLING --200--------'                              --failure, time-out, hangup--> gone
 *
 * While a handler of the owner runs for a leg, ending it is put off to a timer:
 * libre still uses the session when the handler returns.
 */
#include "net/sip_leg.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <re.h>

#include "net/sip_proof.h"

/* Phones give up after three minutes without a provisional response (RFC 3261, 13.3.1.1). */
enum { RING_AGAIN_MS = 60000 };

void sip_leg_copy_addr(struct sockaddr_storage *to, const struct sa *from)
{
    memset(to, 0, sizeof(*to));
    memcpy(to, &from->u, from->len < sizeof(*to) ? from->len : sizeof(*to));
}

struct mbuf *sip_leg_mbuf(const char *text, size_t len)
{
    struct mbuf *mb = mbuf_alloc(len);

    if (!mb || mbuf_write_mem(mb, (const uint8_t *)text, len)) {
        mem_deref(mb);
        return NULL;
    }
    mb->pos = 0;
    return mb;
}

struct sip_leg *sip_leg_new(struct sip_server *server, enum sip_leg_state state)
{
    struct sip_leg *leg = calloc(1, sizeof(*leg));

    if (!leg)
        return NULL;
    leg->server = server;
    leg->handlers = &server->cfg.handlers;
    leg->state = state;
    tmr_init(&leg->tmr);
    tmr_init(&leg->ring);
    leg->next = server->legs;
    leg->link = &server->legs;
    if (leg->next)
        leg->next->link = &leg->next;
    server->legs = leg;
    ++server->nlegs;
    return leg;
}

void sip_leg_release(struct sip_leg *leg)
{
    *leg->link = leg->next;
    if (leg->next)
        leg->next->link = leg->link;
    --leg->server->nlegs;
    tmr_cancel(&leg->tmr);
    tmr_cancel(&leg->ring);
    sip_proof_cancel(leg->server->proof, leg->proof);
    mem_deref(leg->sess);
    mem_deref(leg->msg);
    sip_leg_call_free(leg->outgoing);
    free(leg);
}

void sip_leg_set_close_reason(struct sip_leg *leg, const char *reason)
{
    char text[SIP_LEG_REASON_MAX];

    sip_check_quotable(text, sizeof(text), reason);
    if (leg->sess)
        (void)sipsess_set_close_headers(leg->sess, "Reason: SIP;cause=200;text=\"%s\"\r\n", text);
}

static void end_later(void *arg)
{
    struct sip_leg *leg = arg;
    const struct sip_server_handlers *handlers = leg->handlers;

    if (leg->tell && handlers->closeh)
        handlers->closeh(leg->why, leg->arg);
    sip_leg_release(leg);
}

void sip_leg_end(struct sip_leg *leg, const char *why, bool tell)
{
    if (leg->state == SIP_LEG_ENDED)
        return;
    leg->state = SIP_LEG_ENDED;
    leg->tell = tell;
    snprintf(leg->why, sizeof(leg->why), "%s", why);
    sip_leg_set_close_reason(leg, why);
    tmr_cancel(&leg->ring);
    tmr_start(&leg->tmr, 0, end_later, leg);
}

int sip_leg_on_offer(struct mbuf **descp, const struct sip_msg *msg, void *arg)
{
    struct sip_leg *leg = arg;
    struct sip_server *server = leg->server;
    size_t len = mbuf_get_left(msg->mb);
    const char *sdp = len ? (const char *)mbuf_buf(msg->mb) : NULL;
    struct mbuf *mb;
    int n;

    if (leg->state != SIP_LEG_ANSWERED || !leg->handlers->offerh)
        return ENOTSUP;
    ++leg->busy;
    n = leg->handlers->offerh(sdp, len, server->sdp, sizeof(server->sdp), leg->arg);
    --leg->busy;
    if (n <= 0 || (size_t)n > sizeof(server->sdp))
        return ENOTSUP;
    mb = sip_leg_mbuf(server->sdp, (size_t)n);
    if (!mb)
        return ENOMEM;
    *descp = mb;
    return 0;
}

/* The answer to an offer of ours, in an ACK or in the 200 to our call. */
int sip_leg_on_answer(const struct sip_msg *msg, void *arg)
{
    struct sip_leg *leg = arg;
    const struct sip_server_handlers *handlers = leg->handlers;
    size_t len = mbuf_get_left(msg->mb);
    int err = -EBADMSG;

    if (leg->state == SIP_LEG_CALLING)
        return sip_leg_call_answered(leg, msg);
    if (leg->state != SIP_LEG_ANSWERED)
        return 0;
    if (len && msg_ctype_cmp(&msg->ctyp, "application", "sdp") && handlers->answerh) {
        ++leg->busy;
        err = handlers->answerh((const char *)mbuf_buf(msg->mb), len, leg->arg);
        --leg->busy;
    }
    if (err)
        sip_leg_end(leg, len ? "SDP answer not accepted" : "No SDP answer", true);
    return 0;
}

void sip_leg_on_establish(const struct sip_msg *msg, void *arg)
{
    (void)msg;
    (void)arg;
}

/* "Signal=5\r\nDuration=160", or only the digit; some phones send 10 and 11 for * and #. */
static char read_dtmf(const struct sip_msg *msg)
{
    struct pl body = {(const char *)mbuf_buf(msg->mb), mbuf_get_left(msg->mb)}, signal;

    if (re_regex(body.p, body.l, "Signal[ \t]*=[ \t]*[0-9A-Da-d*#]+", NULL, NULL, &signal) &&
        (re_regex(body.p, body.l, "Signal", NULL) == 0 ||
         re_regex(body.p, body.l, "[0-9A-Da-d*#]+", &signal)))
        return '\0';
    if (signal.l == 2 && signal.p[0] == '1' && (signal.p[1] == '0' || signal.p[1] == '1'))
        return signal.p[1] == '0' ? '*' : '#';
    if (signal.l != 1)
        return '\0';
    return signal.p[0] >= 'a' ? (char)(signal.p[0] - 'a' + 'A') : signal.p[0];
}

static bool has_fast_update(const struct sip_msg *msg)
{
    static const char name[] = "picture_fast_update";

    return memmem(mbuf_buf(msg->mb), mbuf_get_left(msg->mb), name, sizeof(name) - 1) != NULL;
}

void sip_leg_on_info(struct sip *sip, const struct sip_msg *msg, void *arg)
{
    struct sip_leg *leg = arg;
    const struct sip_server_handlers *handlers = leg->handlers;
    bool relay = msg_ctype_cmp(&msg->ctyp, "application", "dtmf-relay");
    bool dtmf = relay || msg_ctype_cmp(&msg->ctyp, "application", "dtmf");
    bool control = msg_ctype_cmp(&msg->ctyp, "application", "media_control+xml");
    char digit = dtmf ? read_dtmf(msg) : '\0';

    if (mbuf_get_left(msg->mb) && !dtmf && !control) {
        (void)sip_replyf(sip, msg, 415, "Unsupported Media Type",
                         "Accept: application/dtmf-relay, application/dtmf, "
                         "application/media_control+xml\r\nContent-Length: 0\r\n\r\n");
        return;
    }
    (void)sip_reply(sip, msg, 200, "OK");
    if (leg->state != SIP_LEG_ANSWERED)
        return;
    ++leg->busy;
    if (digit && handlers->dtmfh)
        handlers->dtmfh(digit, leg->arg);
    else if (control && has_fast_update(msg) && handlers->fast_updateh)
        handlers->fast_updateh(leg->arg);
    --leg->busy;
}

/* BYE, CANCEL, time-out; libre has done with the session when this returns. */
void sip_leg_on_close(int err, const struct sip_msg *msg, void *arg)
{
    struct sip_leg *leg = arg;
    const struct sip_server_handlers *handlers = leg->handlers;
    bool tell = leg->state == SIP_LEG_ENDED ? leg->tell : leg->state != SIP_LEG_PROVING;
    const char *why = "ended by the peer";

    if (leg->state == SIP_LEG_CALLING) {
        if (!sip_leg_call_closed(leg, err, msg))
            sip_leg_release(leg);
        return;
    }
    if (leg->state == SIP_LEG_RINGING)
        why = "cancelled by the caller";
    else if (leg->why[0])
        why = leg->why;
    else if (err == ETIMEDOUT)
        why = "the peer does not answer";
    else if (msg)
        why = "the peer does not know the call";
    leg->state = SIP_LEG_ENDED; /* what the handler may still call does nothing */
    ++leg->busy;
    if (tell && handlers->closeh)
        handlers->closeh(why, leg->arg);
    sip_leg_release(leg);
}

static const char *contact_user(const struct sip_leg *leg, char *text, size_t size)
{
    (void)re_snprintf(text, size, "%r", &leg->msg->uri.user);
    return text[0] && !strchr(text, ':') ? text : "medley";
}

static void on_ring_again(void *arg)
{
    struct sip_leg *leg = arg;

    if (sipsess_progress(leg->sess, 180, "Ringing", NULL, SIP_LEG_ALLOW "Supported: \r\n"))
        sip_leg_end(leg, "the connection of the caller is gone", true);
    else
        tmr_start(&leg->ring, RING_AGAIN_MS, on_ring_again, leg);
}

int sip_leg_ring(struct sip_leg *leg)
{
    int err;

    if (leg->state == SIP_LEG_NEW)
        err = sip_leg_accept(leg, 180, "Ringing", NULL);
    else
        err = -sipsess_progress(leg->sess, 180, "Ringing", NULL, SIP_LEG_ALLOW "Supported: \r\n");
    if (!err) {
        leg->state = SIP_LEG_RINGING;
        tmr_start(&leg->ring, RING_AGAIN_MS, on_ring_again, leg);
    }
    return err;
}

int sip_leg_accept(struct sip_leg *leg, uint16_t code, const char *reason, struct mbuf *desc)
{
    char user[SIP_LEG_TEXT_MAX];

    return -sipsess_accept(&leg->sess, leg->server->sock, leg->msg, code, reason,
                           contact_user(leg, user, sizeof(user)), "application/sdp", desc, NULL,
                           NULL, false, sip_leg_on_offer, sip_leg_on_answer, sip_leg_on_establish,
                           sip_leg_on_info, NULL, sip_leg_on_close, leg,
                           SIP_LEG_ALLOW "Supported: \r\n");
}

int sip_leg_answer(struct sip_leg *leg, const char *sdp, size_t len)
{
    struct mbuf *mb;
    int err = -EINVAL;

    if (len == 0 || len > SIP_LEG_BODY_MAX ||
        (leg->state != SIP_LEG_NEW && leg->state != SIP_LEG_RINGING))
        return -EINVAL;
    mb = sip_leg_mbuf(sdp, len);
    if (!mb)
        return -ENOMEM;
    if (leg->state == SIP_LEG_NEW)
        err = sip_leg_accept(leg, 200, "OK", mb);
    else
        err = -sipsess_answer(leg->sess, 200, "OK", mb, SIP_LEG_ALLOW "Supported: \r\n");
    mem_deref(mb);
    if (!err) {
        leg->state = SIP_LEG_ANSWERED;
        tmr_cancel(&leg->ring);
    }
    return err;
}

void sip_leg_refuse(struct sip_leg *leg, unsigned code, const char *reason, const char *headers)
{
    char text[SIP_LEG_REASON_MAX];

    sip_check_count_refused();
    sip_check_quotable(text, sizeof(text), reason);
    if (leg->state == SIP_LEG_NEW)
        (void)sip_treplyf(NULL, NULL, leg->server->sip, leg->msg, false, (uint16_t)code, text,
                          "Reason: SIP;cause=%u;text=\"%s\"\r\n%sContent-Length: 0\r\n\r\n", code,
                          text, headers);
    else
        (void)sipsess_reject(leg->sess, (uint16_t)code, text,
                             "Reason: SIP;cause=%u;text=\"%s\"\r\n%sContent-Length: 0\r\n\r\n",
                             code, text, headers);
    leg->state = SIP_LEG_ENDED;
    if (!leg->busy)
        sip_leg_release(leg);
}

static bool is_undecided(const struct sip_leg *leg)
{
    return leg->state == SIP_LEG_NEW || leg->state == SIP_LEG_RINGING;
}

void sip_leg_reject(struct sip_leg *leg, unsigned code, const char *reason)
{
    leg->tell = false; /* whoever ends it knows already */
    if (!is_undecided(leg))
        return;
    sip_leg_refuse(leg, code < 300 || code > 699 ? 500 : code, reason, "");
}

void sip_leg_challenge(struct sip_leg *leg, const char *realm)
{
    char headers[SIP_PROOF_CHALLENGE_SIZE];

    leg->tell = false; /* whoever challenges it forgets it */
    if (!is_undecided(leg))
        return;
    if (sip_proof_print_challenge(leg->server->proof, headers, leg->msg, realm, false))
        sip_leg_refuse(leg, 401, "Unauthorized", headers);
    else
        sip_leg_refuse(leg, 500, "Server Internal Error", "");
}

void sip_leg_hangup(struct sip_leg *leg, const char *reason)
{
    if (!leg)
        return;
    leg->tell = false; /* whoever ends it knows already */
    if (leg->state == SIP_LEG_ENDED)
        return;
    if (leg->state != SIP_LEG_ANSWERED && leg->state != SIP_LEG_CALLING) {
        sip_leg_refuse(leg, 480, reason, "");
        return;
    }
    if (leg->busy) {
        sip_leg_end(leg, reason, false);
        return;
    }
    sip_leg_set_close_reason(leg, reason);
    sip_leg_release(leg);
}

void sip_leg_end_all(struct sip_server *server)
{
    while (server->legs) {
        struct sip_leg *leg = server->legs;

        if (leg->state == SIP_LEG_ENDED)
            sip_leg_release(leg);
        else
            sip_leg_hangup(leg, "Server is going down");
    }
}

int sip_leg_call(struct sip_leg **ret_leg, struct sip_server *server,
                 const struct sip_leg_call_cfg *cfg)
{
    return sip_leg_call_start(ret_leg, server, cfg);
}

void sip_leg_set_arg(struct sip_leg *leg, void *leg_arg)
{
    leg->arg = leg_arg;
}

void sip_leg_local_addr(const struct sip_leg *leg, struct sockaddr_storage *ret_addr)
{
    *ret_addr = leg->local;
}

static void on_info_response(int err, const struct sip_msg *msg, void *arg)
{
    struct sip_leg *leg = arg;

    leg->info_pending = false;
    if (!err && msg && msg->scode >= 300)
        leg->info_refused = true;
}

/* RFC 5168 */
void sip_leg_fast_update(struct sip_leg *leg)
{
    static const char body[] = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n"
                               "<media_control><vc_primitive><to_encoder><picture_fast_update/>"
                               "</to_encoder></vc_primitive></media_control>\r\n";
    struct mbuf *mb;

    if (leg->state != SIP_LEG_ANSWERED || leg->info_pending || leg->info_refused)
        return;
    mb = sip_leg_mbuf(body, sizeof(body) - 1);
    if (!mb)
        return;
    leg->info_pending =
        sipsess_info(leg->sess, "application/media_control+xml", mb, on_info_response, leg) == 0;
    mem_deref(mb);
}
