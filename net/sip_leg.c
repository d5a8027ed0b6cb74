/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sip_leg.c  One call: from INVITE to BYE
 *
 *     NEW --answer--> ANSWERED --BYE, time-out, hangup--> gone
 *      |                 ^
 *      '-- not decided --> RINGING (180) --answer--'      --reject, CANCEL--> gone
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

#include "mcu/base/log.h"
#include "net/sip_limit.h"

LOG_DOMAIN("sip");

enum { REASON_MAX = 160, RETRY_AFTER_S = 10 };

enum leg_state { LEG_NEW, LEG_RINGING, LEG_ANSWERED, LEG_ENDED };

struct sip_leg {
    struct sip_leg *next, **link;
    struct sip_server *server;
    struct sip_msg *msg;  /* the INVITE */
    struct sipsess *sess; /* not in NEW */
    enum leg_state state;
    unsigned busy;     /* handlers that run for this leg now */
    bool info_pending; /* one INFO of ours is under way */
    bool info_refused; /* the peer does not know our INFO */
    bool tell;         /* the owner hears of the end that the timer brings */
    char why[REASON_MAX];
    struct tmr tmr; /* ends the leg outside of libre's and the owner's functions */
    struct sockaddr_storage peer, local;
    void *arg;
};

static void to_sockaddr(struct sockaddr_storage *to, const struct sa *from)
{
    memset(to, 0, sizeof(*to));
    memcpy(to, &from->u, from->len < sizeof(*to) ? from->len : sizeof(*to));
}

/* The leg goes; a session that is established says BYE by itself. */
static void release(struct sip_leg *leg)
{
    *leg->link = leg->next;
    if (leg->next)
        leg->next->link = leg->link;
    --leg->server->nlegs;
    tmr_cancel(&leg->tmr);
    mem_deref(leg->sess);
    mem_deref(leg->msg);
    free(leg);
}

static void set_close_reason(struct sip_leg *leg, const char *reason)
{
    char text[REASON_MAX];

    sip_check_quotable(text, sizeof(text), reason);
    if (leg->sess)
        (void)sipsess_set_close_headers(leg->sess, "Reason: SIP;cause=200;text=\"%s\"\r\n", text);
}

static void end_later(void *arg)
{
    struct sip_leg *leg = arg;
    const struct sip_server_handlers *handlers = &leg->server->cfg.handlers;

    if (leg->tell && handlers->closeh)
        handlers->closeh(leg->why, leg->arg);
    release(leg);
}

static void end(struct sip_leg *leg, const char *why, bool tell)
{
    if (leg->state == LEG_ENDED)
        return;
    leg->state = LEG_ENDED;
    leg->tell = tell;
    snprintf(leg->why, sizeof(leg->why), "%s", why);
    set_close_reason(leg, why);
    tmr_start(&leg->tmr, 0, end_later, leg);
}

static int on_offer(struct mbuf **descp, const struct sip_msg *msg, void *arg)
{
    struct sip_leg *leg = arg;
    struct sip_server *server = leg->server;
    size_t len = mbuf_get_left(msg->mb);
    const char *sdp = len ? (const char *)mbuf_buf(msg->mb) : NULL;
    struct mbuf *mb;
    int n;

    if (leg->state != LEG_ANSWERED || !server->cfg.handlers.offerh)
        return ENOTSUP;
    ++leg->busy;
    n = server->cfg.handlers.offerh(sdp, len, server->sdp, sizeof(server->sdp), leg->arg);
    --leg->busy;
    if (n <= 0 || (size_t)n > sizeof(server->sdp))
        return ENOTSUP;
    mb = mbuf_alloc((size_t)n);
    if (!mb || mbuf_write_mem(mb, (const uint8_t *)server->sdp, (size_t)n)) {
        mem_deref(mb);
        return ENOMEM;
    }
    mb->pos = 0;
    *descp = mb;
    return 0;
}

/* The answer to an offer of ours, in an ACK. */
static int on_answer(const struct sip_msg *msg, void *arg)
{
    struct sip_leg *leg = arg;
    const struct sip_server_handlers *handlers = &leg->server->cfg.handlers;
    size_t len = mbuf_get_left(msg->mb);
    int err = -EBADMSG;

    if (leg->state != LEG_ANSWERED)
        return 0;
    if (len && msg_ctype_cmp(&msg->ctyp, "application", "sdp") && handlers->answerh) {
        ++leg->busy;
        err = handlers->answerh((const char *)mbuf_buf(msg->mb), len, leg->arg);
        --leg->busy;
    }
    if (err)
        end(leg, len ? "SDP answer not accepted" : "No SDP answer", true);
    return 0;
}

static void on_establish(const struct sip_msg *msg, void *arg)
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

static void on_info(struct sip *sip, const struct sip_msg *msg, void *arg)
{
    struct sip_leg *leg = arg;
    const struct sip_server_handlers *handlers = &leg->server->cfg.handlers;
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
    if (leg->state != LEG_ANSWERED)
        return;
    ++leg->busy;
    if (digit && handlers->dtmfh)
        handlers->dtmfh(digit, leg->arg);
    else if (control && has_fast_update(msg) && handlers->fast_updateh)
        handlers->fast_updateh(leg->arg);
    --leg->busy;
}

/* BYE, CANCEL, time-out; libre has done with the session when this returns. */
static void on_close(int err, const struct sip_msg *msg, void *arg)
{
    struct sip_leg *leg = arg;
    const struct sip_server_handlers *handlers = &leg->server->cfg.handlers;
    bool tell = leg->state != LEG_ENDED || leg->tell;
    const char *why = "ended by the peer";

    if (leg->state == LEG_RINGING)
        why = "cancelled by the caller";
    else if (err == ETIMEDOUT)
        why = "the peer does not answer";
    else if (msg)
        why = "the peer does not know the call";
    leg->state = LEG_ENDED; /* what the handler may still call does nothing */
    ++leg->busy;
    if (tell && handlers->closeh)
        handlers->closeh(why, leg->arg);
    release(leg);
}

static const char *contact_user(const struct sip_leg *leg, char *text, size_t size)
{
    (void)re_snprintf(text, size, "%r", &leg->msg->uri.user);
    return text[0] && !strchr(text, ':') ? text : "medley";
}

/* @p code 180 or 200; @p desc NULL for 180 */
static int accept_session(struct sip_leg *leg, uint16_t code, const char *reason, struct mbuf *desc)
{
    char user[SIP_LEG_TEXT_MAX];

    return -sipsess_accept(&leg->sess, leg->server->sock, leg->msg, code, reason,
                           contact_user(leg, user, sizeof(user)), "application/sdp", desc, NULL,
                           NULL, false, on_offer, on_answer, on_establish, on_info, NULL, on_close,
                           leg, SIP_LEG_ALLOW "Supported: \r\n");
}

int sip_leg_answer(struct sip_leg *leg, const char *sdp, size_t len)
{
    struct mbuf *mb;
    int err = -EINVAL;

    if (len == 0 || len > SIP_LEG_BODY_MAX || (leg->state != LEG_NEW && leg->state != LEG_RINGING))
        return -EINVAL;
    mb = mbuf_alloc(len);
    if (!mb || mbuf_write_mem(mb, (const uint8_t *)sdp, len)) {
        mem_deref(mb);
        return -ENOMEM;
    }
    mb->pos = 0;
    if (leg->state == LEG_NEW)
        err = accept_session(leg, 200, "OK", mb);
    else
        err = -sipsess_answer(leg->sess, 200, "OK", mb, SIP_LEG_ALLOW "Supported: \r\n");
    mem_deref(mb);
    if (!err)
        leg->state = LEG_ANSWERED;
    return err;
}

static void send_reject(struct sip_leg *leg, unsigned code, const char *reason)
{
    char text[REASON_MAX];

    sip_check_count_refused();
    sip_check_quotable(text, sizeof(text), reason);
    if (leg->state == LEG_NEW)
        (void)sip_treplyf(NULL, NULL, leg->server->sip, leg->msg, false, (uint16_t)code, text,
                          "Reason: SIP;cause=%u;text=\"%s\"\r\nContent-Length: 0\r\n\r\n", code,
                          text);
    else
        (void)sipsess_reject(leg->sess, (uint16_t)code, text,
                             "Reason: SIP;cause=%u;text=\"%s\"\r\nContent-Length: 0\r\n\r\n", code,
                             text);
}

void sip_leg_reject(struct sip_leg *leg, unsigned code, const char *reason)
{
    leg->tell = false; /* whoever ends it knows already */
    if (leg->state != LEG_NEW && leg->state != LEG_RINGING)
        return;
    if (code < 300 || code > 699)
        code = 500;
    send_reject(leg, code, reason);
    leg->state = LEG_ENDED;
    if (!leg->busy)
        release(leg);
}

void sip_leg_hangup(struct sip_leg *leg, const char *reason)
{
    if (!leg)
        return;
    leg->tell = false; /* whoever ends it knows already */
    if (leg->state == LEG_ENDED)
        return;
    if (leg->state != LEG_ANSWERED) {
        sip_leg_reject(leg, 480, reason);
        return;
    }
    if (leg->busy) {
        end(leg, reason, false);
        return;
    }
    set_close_reason(leg, reason);
    release(leg);
}

void sip_leg_end_all(struct sip_server *server)
{
    while (server->legs) {
        struct sip_leg *leg = server->legs;

        if (leg->state == LEG_ENDED)
            release(leg);
        else
            sip_leg_hangup(leg, "Server is going down");
    }
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

    if (leg->state != LEG_ANSWERED || leg->info_pending || leg->info_refused)
        return;
    mb = mbuf_alloc(sizeof(body));
    if (!mb || mbuf_write_str(mb, body)) {
        mem_deref(mb);
        return;
    }
    mb->pos = 0;
    leg->info_pending =
        sipsess_info(leg->sess, "application/media_control+xml", mb, on_info_response, leg) == 0;
    mem_deref(mb);
}

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
    to_sockaddr(&peer, &msg->src);
    for (const struct sip_leg *leg = server->legs; leg; leg = leg->next)
        n += sip_limit_is_same(&leg->peer, &peer);
    if (n >= server->cfg.max_legs_per_source)
        return refuse(server, msg, 486, "Busy Here", true);
    return false;
}

static struct sip_leg *new_leg(struct sip_server *server, const struct sip_msg *msg)
{
    struct sip_leg *leg = calloc(1, sizeof(*leg));

    if (!leg)
        return NULL;
    leg->server = server;
    leg->msg = mem_ref((void *)(uintptr_t)msg);
    to_sockaddr(&leg->peer, &msg->src);
    to_sockaddr(&leg->local, &msg->dst);
    tmr_init(&leg->tmr);
    leg->next = server->legs;
    leg->link = &server->legs;
    if (leg->next)
        leg->next->link = &leg->next;
    server->legs = leg;
    ++server->nlegs;
    return leg;
}

/* Texts of an invite, cut to size and NUL-terminated. */
struct texts {
    char room[SIP_LEG_TEXT_MAX], from[SIP_LEG_TEXT_MAX], uri[SIP_LEG_TEXT_MAX],
        agent[SIP_LEG_TEXT_MAX];
};

static void read_texts(struct texts *texts, const struct sip_msg *msg)
{
    const struct sip_hdr *agent = sip_msg_hdr(msg, SIP_HDR_USER_AGENT);

    memset(texts, 0, sizeof(*texts));
    (void)re_snprintf(texts->room, sizeof(texts->room), "%H", uri_user_unescape, &msg->uri.user);
    if (pl_isset(&msg->from.dname))
        (void)re_snprintf(texts->from, sizeof(texts->from), "%r", &msg->from.dname);
    else
        (void)re_snprintf(texts->from, sizeof(texts->from), "%H", uri_user_unescape,
                          &msg->from.uri.user);
    (void)re_snprintf(texts->uri, sizeof(texts->uri), "%r", &msg->from.auri);
    if (agent)
        (void)re_snprintf(texts->agent, sizeof(texts->agent), "%r", &agent->val);
}

static void tell_owner(struct sip_leg *leg, const struct sip_msg *msg)
{
    const struct sip_server_handlers *handlers = &leg->server->cfg.handlers;
    struct sip_server_invite invite = {.peer = leg->peer};
    struct texts texts;

    read_texts(&texts, msg);
    invite.room = texts.room;
    invite.from = texts.from;
    invite.uri = texts.uri;
    invite.user_agent = texts.agent;
    invite.sdp_len = mbuf_get_left(msg->mb);
    if (invite.sdp_len)
        invite.sdp = (const char *)mbuf_buf(msg->mb);
    ++leg->busy;
    handlers->inviteh(leg, &invite, handlers->arg);
    --leg->busy;
}

void sip_leg_invite(const struct sip_msg *msg, void *arg)
{
    struct sip_server *server = arg;
    struct sip_leg *leg;

    if (refuse_for_limits(server, msg))
        return;
    leg = new_leg(server, msg);
    if (!leg) {
        (void)refuse(server, msg, 503, "Service Unavailable", true);
        return;
    }
    tell_owner(leg, msg);
    if (leg->state == LEG_ENDED && !tmr_isrunning(&leg->tmr)) {
        release(leg);
    } else if (leg->state == LEG_NEW) {
        int err = accept_session(leg, 180, "Ringing", NULL);

        leg->state = err ? LEG_NEW : LEG_RINGING;
        if (err) { /* cannot be: the message was checked; but the owner has a leg now */
            log_warning(NULL, "cannot ring: %d", err);
            send_reject(leg, 500, "Server Internal Error");
            end(leg, "broken request", true);
        }
    }
}
