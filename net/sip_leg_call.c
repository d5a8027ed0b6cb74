/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sip_leg_call.c  Legs that we call: INVITE, its answer, CANCEL
 *
 *     sip_leg_call --> INVITE --1xx--> ringingh --200--> ACK, answeredh
 *                        |  '-- 401, 407 --> INVITE with credentials
 *                        '-- 3xx to 6xx, nobody there, ring timeout (CANCEL) --> failedh
 *
 * libre does the transaction: it sends CANCEL once a provisional response is there (RFC 3261,
 * 9.1), and ACK and BYE if the answer crosses it.  Three things it does otherwise than we
 * want.  It follows redirections: its trace handler, which sees a response first, ends the session
 * before.  It knows MD5 only and gives up at any other challenge: the call is
 * made again with our own answer.  And it leaves the second 200 of a forked call alone.
 */
#include "net/sip_leg.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "mcu/base/id.h"
#include "net/sip_digest.h"

enum { RING_TIMEOUT_MAX_S = 600 };

/* libre keeps it as long as the session has requests under way, longer than the leg. */
struct credentials {
    char user[SIP_DIGEST_TEXT_SIZE], password[SIP_DIGEST_TEXT_SIZE];
};

struct sip_leg_outgoing {
    char target[SIP_LEG_TEXT_MAX], next_hop[SIP_LEG_TEXT_MAX];
    char from_name[SIP_LEG_TEXT_MAX], from_uri[2 * SIP_LEG_TEXT_MAX];
    char contact_user[SIP_LEG_TEXT_MAX];
    struct mbuf *sdp;
    struct credentials *credentials; /* libre's memory, NULL = none */
    bool symmetric;
    bool retried; /* with our own answer to a challenge */
};

static void credentials_destructor(void *arg)
{
    OPENSSL_cleanse(arg, sizeof(struct credentials));
}

void sip_leg_call_free(struct sip_leg_outgoing *outgoing)
{
    if (!outgoing)
        return;
    mem_deref(outgoing->sdp);
    mem_deref(outgoing->credentials);
    free(outgoing);
}

/* --- the end before an answer --- */

static void fail(struct sip_leg *leg, unsigned code, const char *reason)
{
    leg->state = SIP_LEG_ENDED; /* what the handler may still call does nothing */
    tmr_cancel(&leg->ring);
    ++leg->busy;
    if (leg->handlers->failedh)
        leg->handlers->failedh(code, reason, leg->arg);
    --leg->busy;
}

static void fail_as_answered(struct sip_leg *leg, const struct sip_msg *msg)
{
    char text[SIP_LEG_REASON_MAX], reason[SIP_LEG_REASON_MAX];

    text[0] = '\0';
    (void)re_snprintf(text, sizeof(text), "%r", &msg->reason);
    sip_check_quotable(reason, sizeof(reason), text);
    fail(leg, msg->scode, reason);
}

/* The leg goes with the session, which sends CANCEL. */
static void on_no_answer(void *arg)
{
    struct sip_leg *leg = arg;

    fail(leg, 408, "No answer");
    sip_leg_release(leg);
}

void sip_leg_call_trace(bool tx, enum sip_transp tp, const struct sa *src, const struct sa *dst,
                        const uint8_t *packet, size_t len, void *arg)
{
    static const char redirection[] = "SIP/2.0 3";
    struct sip_server *server = arg;
    struct sip_msg *msg = NULL;
    struct sip_leg *leg;
    struct mbuf *mb;
    (void)tp;
    (void)src;
    (void)dst;

    while (len && (*packet == '\r' || *packet == '\n')) {
        ++packet;
        --len;
    }
    if (tx || len < sizeof(redirection) ||
        memcmp(packet, redirection, sizeof(redirection) - 1) != 0)
        return;
    mb = sip_leg_mbuf((const char *)packet, len);
    if (!mb || sip_msg_decode(&msg, mb) || msg->req || pl_strcmp(&msg->cseq.met, "INVITE") != 0)
        goto out;
    for (leg = server->legs; leg; leg = leg->next) {
        if (leg->state == SIP_LEG_CALLING && sip_dialog_cmp_half(sipsess_dialog(leg->sess), msg)) {
            fail_as_answered(leg, msg);
            sip_leg_release(leg);
            break;
        }
    }
out:
    mem_deref(msg);
    mem_deref(mb);
}

/* --- start, once or twice --- */

static int on_auth(char **user, char **password, const char *realm, void *arg)
{
    const struct credentials *credentials = arg;
    (void)realm;

    return str_dup(user, credentials->user) || str_dup(password, credentials->password) ? ENOMEM
                                                                                        : 0;
}

static void on_progress(const struct sip_msg *msg, void *arg)
{
    struct sip_leg *leg = arg;

    if (leg->state != SIP_LEG_CALLING || msg->scode <= 100)
        return;
    sip_leg_copy_addr(&leg->peer, &msg->src);
    sip_leg_copy_addr(&leg->local, &msg->dst);
    ++leg->busy;
    if (leg->handlers->ringingh)
        leg->handlers->ringingh(msg->scode, msg_ctype_cmp(&msg->ctyp, "application", "sdp"),
                                leg->arg);
    --leg->busy;
}

/* @p headers: an answer to a challenge, or "" */
static int start(struct sip_leg *leg, const char *headers)
{
    struct sip_leg_outgoing *out = leg->outgoing;
    const char *routes[] = {out->next_hop};

    return -sipsess_connect(
        &leg->sess, leg->server->sock, out->target, out->from_name[0] ? out->from_name : NULL,
        out->from_uri, out->contact_user, routes, out->next_hop[0] ? 1 : 0, "application/sdp",
        out->sdp, out->credentials ? on_auth : NULL, out->credentials, out->credentials != NULL,
        sip_leg_on_offer, sip_leg_on_answer, on_progress, sip_leg_on_establish, sip_leg_on_info,
        NULL, sip_leg_on_close, leg, "%s" SIP_LEG_ALLOW "Supported: \r\n", headers);
}

struct search {
    const struct sip_leg_outgoing *outgoing;
    char *answer;
    bool found;
};

/* The topmost challenge that we can answer (RFC 8760, 2.4).  @return true to stop */
static bool look_at_challenge(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg)
{
    struct search *search = arg;
    struct sip_digest challenge;
    char cnonce[17];
    struct sip_digest_client client = {.user = search->outgoing->credentials->user,
                                       .password = search->outgoing->credentials->password,
                                       .method = "INVITE",
                                       .uri = search->outgoing->target,
                                       .cnonce = cnonce};
    (void)msg;

    snprintf(cnonce, sizeof(cnonce), "%08" PRIx32 "%08" PRIx32, id_u32(), id_u32());
    search->found =
        sip_digest_parse(&challenge, hdr->val.p, hdr->val.l) == 0 &&
        sip_digest_answer(search->answer, SIP_DIGEST_HEADER_SIZE, &challenge, &client) == 0;
    return search->found;
}

/* @return true if the call is made again */
static bool retry(struct sip_leg *leg, const struct sip_msg *msg)
{
    bool proxy = msg->scode == 407;
    char answer[SIP_DIGEST_HEADER_SIZE], headers[SIP_DIGEST_HEADER_SIZE + 32];
    struct search search = {.outgoing = leg->outgoing, .answer = answer};

    if (leg->outgoing->retried)
        return false;
    leg->outgoing->retried = true;
    (void)sip_msg_hdr_apply(msg, true,
                            proxy ? SIP_HDR_PROXY_AUTHENTICATE : SIP_HDR_WWW_AUTHENTICATE,
                            look_at_challenge, &search);
    if (!search.found)
        return false;
    snprintf(headers, sizeof(headers), "%s: %s\r\n",
             proxy ? "Proxy-Authorization" : "Authorization", answer);
    leg->sess = mem_deref(leg->sess);
    return start(leg, headers) == 0;
}

bool sip_leg_call_closed(struct sip_leg *leg, int err, const struct sip_msg *msg)
{
    /* With an error: libre could not read the challenge.  Without: the password is wrong. */
    if (err && msg && (msg->scode == 401 || msg->scode == 407) && leg->outgoing->credentials &&
        retry(leg, msg))
        return true;
    if (msg && msg->scode >= 300)
        fail_as_answered(leg, msg);
    else if (msg)
        fail(leg, 500, "Bad answer");
    else if (err == ETIMEDOUT)
        fail(leg, 408, "Nobody is there");
    else
        fail(leg, 503, "Cannot be reached");
    return false;
}

/* --- the answer --- */

int sip_leg_call_answered(struct sip_leg *leg, const struct sip_msg *msg)
{
    size_t len;
    int err = 0;

    if (!sip_check_cut_body(msg) || !msg_ctype_cmp(&msg->ctyp, "application", "sdp") ||
        mbuf_get_left(msg->mb) == 0 || mbuf_get_left(msg->mb) > SIP_LEG_BODY_MAX) {
        sip_leg_set_close_reason(leg, "No SDP answer");
        return EBADMSG;
    }
    leg->state = SIP_LEG_ANSWERED;
    tmr_cancel(&leg->ring);
    sip_leg_copy_addr(&leg->peer, &msg->src);
    sip_leg_copy_addr(&leg->local, &msg->dst);
    if (leg->outgoing->symmetric) {
        sip_check_fix_contact(leg->server, msg);
        (void)sip_dialog_update(sipsess_dialog(leg->sess), msg);
    }
    len = mbuf_get_left(msg->mb);
    ++leg->busy;
    if (leg->handlers->answeredh)
        err = leg->handlers->answeredh((const char *)mbuf_buf(msg->mb), len, leg->arg);
    --leg->busy;
    if (!err)
        return 0;
    snprintf(leg->why, sizeof(leg->why), "SDP answer not accepted");
    sip_leg_set_close_reason(leg, leg->why);
    return EPROTO;
}

/* --- the second answer of a forked call --- */

static bool print_route(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg)
{
    (void)msg;
    return mbuf_printf(arg, "Route: %r\r\n", &hdr->val) != 0;
}

/* A request in the dialog that @p msg made, which no session knows. */
static void send_in_dialog(struct sip_server *server, const struct sip_msg *msg, const char *method,
                           uint32_t cseq)
{
    const struct sip_hdr *contact = sip_msg_hdr(msg, SIP_HDR_CONTACT);
    const struct sip_hdr *proxy = sip_msg_hdr_apply(msg, false, SIP_HDR_RECORD_ROUTE, NULL, NULL);
    struct sip_addr addr, route;
    struct mbuf *routes = mbuf_alloc(SIP_LEG_TEXT_MAX);
    char uri[SIP_LEG_TEXT_MAX];

    if (!routes || !contact || sip_addr_decode(&addr, &contact->val) ||
        re_snprintf(uri, sizeof(uri), "%r", &addr.auri) < 0 ||
        sip_msg_hdr_apply(msg, false, SIP_HDR_RECORD_ROUTE, print_route, routes) ||
        (proxy && sip_addr_decode(&route, &proxy->val)))
        goto out;
    routes->pos = 0;
    (void)sip_requestf(NULL, server->sip, strcmp(method, "ACK") != 0, method, uri,
                       proxy ? &route.uri : &addr.uri, NULL, NULL, NULL, NULL,
                       "%bTo: %r\r\nFrom: %r\r\nCall-ID: %r\r\nCSeq: %u %s\r\n"
                       "Content-Length: 0\r\n\r\n",
                       mbuf_buf(routes), mbuf_get_left(routes), &msg->to.val, &msg->from.val,
                       &msg->callid, cseq, method);
out:
    mem_deref(routes);
}

bool sip_leg_call_stray(const struct sip_msg *msg, void *arg)
{
    struct sip_server *server = arg;

    if (msg->scode < 200 || msg->scode > 299 || pl_strcmp(&msg->cseq.met, "INVITE") != 0)
        return false;
    for (struct sip_leg *leg = server->legs; leg; leg = leg->next) {
        const struct sip_dialog *dialog = leg->outgoing ? sipsess_dialog(leg->sess) : NULL;

        if (!dialog || !sip_dialog_established(dialog) || !sip_dialog_cmp_half(dialog, msg))
            continue;
        if (sip_dialog_cmp(dialog, msg))
            return false; /* the 200 again: libre repeats the ACK */
        if (leg->outgoing->symmetric)
            sip_check_fix_contact(server, msg);
        send_in_dialog(server, msg, "ACK", msg->cseq.num);
        send_in_dialog(server, msg, "BYE", msg->cseq.num + 1);
        return true;
    }
    return false;
}

/* --- the configuration --- */

static bool is_clean(const char *text)
{
    for (; *text; ++text) {
        if ((unsigned char)*text <= 0x20 || *text == 0x7f || strchr("<>\"\\", *text))
            return false;
    }
    return true;
}

static int copy_uri(char to[SIP_LEG_TEXT_MAX], const char *text)
{
    struct uri uri;
    struct pl pl;

    if (strlen(text) >= SIP_LEG_TEXT_MAX || !is_clean(text))
        return -EINVAL;
    pl_set_str(&pl, text);
    memset(&uri, 0, sizeof(uri));
    if (uri_decode(&uri, &pl) || pl_strcasecmp(&uri.scheme, "sip") != 0 || !pl_isset(&uri.host) ||
        pl_isset(&uri.headers))
        return -EINVAL;
    memcpy(to, text, strlen(text) + 1);
    return 0;
}

/* Our address towards a URI with a numeric host, else the first of any. */
static int find_local(struct sip_leg *leg, const char *text, struct sa *ret_addr)
{
    struct sip_server *server = leg->server;
    struct sockaddr_storage dst;
    struct uri uri;
    struct sa to, bound;
    struct pl pl;
    int err;

    pl_set_str(&pl, text);
    if (uri_decode(&uri, &pl))
        return -EINVAL;
    if (sa_set(&to, &uri.host, uri.port))
        sa_init(&to, AF_INET);
    err = sip_transp_laddr(server->sip, &bound, SIP_TRANSP_UDP, &to);
    if (err)
        return -err;
    *ret_addr = bound;
    if (!sa_isset(&to, SA_ADDR) || sa_is_any(&to))
        return 0;
    sip_leg_copy_addr(&leg->peer, &to);
    sip_leg_copy_addr(&dst, &to);
    err = sip_server_local_addr(server, &dst, &leg->local);
    if (err)
        return err;
    err = -sa_set_sa(ret_addr, (const struct sockaddr *)&leg->local);
    sa_set_port(ret_addr, sa_port(&bound));
    return err;
}

static int print_from(struct sip_leg *leg, const struct sip_leg_call_cfg *cfg)
{
    struct sip_leg_outgoing *out = leg->outgoing;
    struct pl user;
    struct sa addr;
    int err, n;

    pl_set_str(&user, cfg->from_user);
    if (re_snprintf(out->contact_user, sizeof(out->contact_user), "%H", uri_user_escape, &user) < 0)
        return -EINVAL;
    err = find_local(leg, out->next_hop[0] ? out->next_hop : out->target, &addr);
    if (err)
        return err;
    if (cfg->from_host)
        n = re_snprintf(out->from_uri, sizeof(out->from_uri), "sip:%s@%s", out->contact_user,
                        cfg->from_host);
    else
        n = re_snprintf(out->from_uri, sizeof(out->from_uri), "sip:%s@%J", out->contact_user,
                        &addr);
    return n < 0 ? -EINVAL : 0;
}

static int copy_credentials(struct sip_leg_outgoing *out, const struct sip_leg_call_cfg *cfg)
{
    if (!cfg->auth_user)
        return 0;
    if (!cfg->auth_password || strlen(cfg->auth_user) >= SIP_DIGEST_TEXT_SIZE ||
        strlen(cfg->auth_password) >= SIP_DIGEST_TEXT_SIZE)
        return -EINVAL;
    out->credentials = mem_zalloc(sizeof(*out->credentials), credentials_destructor);
    if (!out->credentials)
        return -ENOMEM;
    snprintf(out->credentials->user, SIP_DIGEST_TEXT_SIZE, "%s", cfg->auth_user);
    snprintf(out->credentials->password, SIP_DIGEST_TEXT_SIZE, "%s", cfg->auth_password);
    return 0;
}

static int copy_cfg(struct sip_leg *leg, const struct sip_leg_call_cfg *cfg)
{
    struct sip_leg_outgoing *out = leg->outgoing;
    int err;

    if (!cfg->target || !cfg->from_user || !cfg->from_user[0] || !cfg->sdp || !cfg->sdp_len ||
        cfg->sdp_len > SIP_LEG_BODY_MAX || cfg->ring_timeout_s == 0 ||
        cfg->ring_timeout_s > RING_TIMEOUT_MAX_S ||
        (cfg->from_host && (!cfg->from_host[0] || !is_clean(cfg->from_host))))
        return -EINVAL;
    err = copy_uri(out->target, cfg->target);
    if (!err && cfg->next_hop)
        err = copy_uri(out->next_hop, cfg->next_hop);
    if (!err)
        err = copy_credentials(out, cfg);
    if (err)
        return err;
    out->symmetric = cfg->symmetric;
    sip_check_quotable(out->from_name, sizeof(out->from_name),
                       cfg->from_name ? cfg->from_name : "");
    out->sdp = sip_leg_mbuf(cfg->sdp, cfg->sdp_len);
    return out->sdp ? 0 : -ENOMEM;
}

int sip_leg_call_start(struct sip_leg **ret_leg, struct sip_server *server,
                       const struct sip_leg_call_cfg *cfg)
{
    struct sip_leg *leg;
    int err = -ENOMEM;

    if (server->nlegs >= server->cfg.max_legs)
        return -ENOSPC;
    leg = sip_leg_new(server, SIP_LEG_CALLING);
    if (!leg)
        return -ENOMEM;
    if (cfg->handlers)
        leg->handlers = cfg->handlers;
    leg->arg = cfg->leg_arg;
    leg->outgoing = calloc(1, sizeof(*leg->outgoing));
    if (leg->outgoing)
        err = copy_cfg(leg, cfg);
    if (!err)
        err = print_from(leg, cfg);
    if (!err)
        err = start(leg, "");
    if (err) {
        sip_leg_release(leg);
        return err;
    }
    tmr_start(&leg->ring, (uint64_t)cfg->ring_timeout_s * 1000, on_no_answer, leg);
    *ret_leg = leg;
    return 0;
}
