/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sip_check.c  What a request must be before a leg sees it
 *
 * libre hands up whatever it could parse.  Here every request meets the rate
 * limit of its source, the mandatory headers (RFC 3261, 8.1.1), and the checks
 * of RFC 3261, 8.2 in their order; and it is prepared: the body is cut to
 * Content-Length, and the address that the request came from takes the place of a
 * Contact that may be behind a NAT.
 */
#include "net/sip_leg.h"

#include <stdio.h>
#include <string.h>

#include <re.h>

#include "mcu/base/log.h"
#include "mcu/base/metric.h"
#include "net/sip_limit.h"
#include "net/sip_registrar.h"

LOG_DOMAIN("sip");

static struct metric dropped_total = METRIC_COUNTER("medley_sip_requests_dropped_total", "",
                                                    "SIP requests dropped without an answer");
static struct metric refused_total = METRIC_COUNTER("medley_sip_requests_refused_total", "",
                                                    "SIP requests refused with a final answer");

static struct metric wrong_total =
    METRIC_COUNTER("medley_sip_wrong_credentials_total", "",
                   "SIP requests of an unknown user or with a wrong password");

/* Scanners announce themselves; an answer would only tell them that somebody is here. */
static const char *const scanners[] = {"friendly-scanner", "sipvicious", "sipcli", "sipsak",
                                       "vaxsip",           "sundayddr",  "pplsip", "sip-scan"};

static bool is(const struct pl *pl, const char *s)
{
    return pl_strcmp(pl, s) == 0;
}

void sip_check_register(void)
{
    metric_register(&dropped_total);
    metric_register(&refused_total);
    metric_register(&wrong_total);
}

void sip_check_count_refused(void)
{
    metric_add(&refused_total, 1);
}

void sip_check_count_wrong(void)
{
    metric_add(&wrong_total, 1);
}

static bool drop(void)
{
    metric_add(&dropped_total, 1);
    return true;
}

/* @p headers: more header lines, each with its CRLF */
static bool refuse(struct sip_server *server, const struct sip_msg *msg, uint16_t code,
                   const char *reason, const char *headers)
{
    sip_check_count_refused();
    log_debug(NULL, "refused with %u %s", code, reason);
    if (is(&msg->met, "INVITE"))
        (void)sip_treplyf(NULL, NULL, server->sip, msg, false, code, reason,
                          "Reason: SIP;cause=%u;text=\"%s\"\r\n%sContent-Length: 0\r\n\r\n", code,
                          reason, headers);
    else
        (void)sip_replyf(server->sip, msg, code, reason, "%sContent-Length: 0\r\n\r\n", headers);
    return true;
}

void sip_check_quotable(char *ret_text, size_t size, const char *text)
{
    size_t n = 0;

    for (; *text && n + 1 < size; ++text) {
        unsigned char c = (unsigned char)*text;

        if (c >= 0x20 && c != 0x7f && c != '"' && c != '\\')
            ret_text[n++] = *text;
    }
    ret_text[n] = '\0';
}

static bool is_scanner(const struct sip_msg *msg)
{
    const struct sip_hdr *agent = sip_msg_hdr(msg, SIP_HDR_USER_AGENT);
    char text[64];

    if (!agent)
        return false;
    (void)re_snprintf(text, sizeof(text), "%r", &agent->val);
    for (size_t i = 0; i < sizeof(scanners) / sizeof(scanners[0]); ++i) {
        if (strcasestr(text, scanners[i]))
            return true;
    }
    return false;
}

static bool is_over_limit(struct sip_server *server, const struct sip_msg *msg,
                          enum sip_limit_kind kind)
{
    struct sockaddr_storage source = {0};

    memcpy(&source, &msg->src.u, msg->src.len < sizeof(source) ? msg->src.len : sizeof(source));
    return !sip_limit_take(server->limit, kind, &source, tmr_jiffies() * 1000);
}

/* RFC 3261, 8.1.1.  @return what is wrong or NULL */
static const char *missing_header(const struct sip_msg *msg)
{
    const struct sip_hdr *contact = sip_msg_hdr(msg, SIP_HDR_CONTACT);
    struct sip_addr addr;

    if (!pl_isset(&msg->callid))
        return "Missing Call-ID";
    if (!pl_isset(&msg->from.val) || !pl_isset(&msg->from.tag))
        return "Missing From Tag";
    if (!pl_isset(&msg->to.val))
        return "Missing To";
    if (!pl_isset(&msg->cseq.met) || pl_cmp(&msg->cseq.met, &msg->met) != 0)
        return "Bad CSeq";
    if (is(&msg->met, "INVITE") && (!contact || sip_addr_decode(&addr, &contact->val)))
        return "Missing Contact";
    return NULL;
}

struct tags {
    char text[SIP_LEG_TEXT_MAX];
    size_t n;
};

static bool add_tag(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg)
{
    struct tags *tags = arg;
    int n = re_snprintf(tags->text + tags->n, sizeof(tags->text) - tags->n, "%s%r",
                        tags->n ? ", " : "", &hdr->val);

    (void)msg;
    if (n < 0) {
        tags->text[tags->n] = '\0';
        return true;
    }
    tags->n += (size_t)n;
    return false;
}

static bool refuse_required(struct sip_server *server, const struct sip_msg *msg)
{
    struct tags tags = {.n = 0};
    char headers[SIP_LEG_TEXT_MAX + 32];

    (void)sip_msg_hdr_apply(msg, true, SIP_HDR_REQUIRE, add_tag, &tags);
    snprintf(headers, sizeof(headers), "Unsupported: %s\r\n", tags.text);
    return refuse(server, msg, 420, "Bad Extension", headers);
}

const char *sip_check_allow(const struct sip_server *server)
{
    return server->registrar ? SIP_LEG_ALLOW_REGISTER : SIP_LEG_ALLOW;
}

static bool is_method(const struct sip_server *server, const struct pl *met)
{
    static const char *const methods[] = {"INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "INFO"};

    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); ++i) {
        if (is(met, methods[i]))
            return true;
    }
    return server->registrar && is(met, "REGISTER");
}

bool sip_check_cut_body(const struct sip_msg *msg)
{
    size_t left = mbuf_get_left(msg->mb);
    uint32_t length;

    if (!pl_isset(&msg->clen))
        return true;
    length = pl_u32(&msg->clen);
    if (length > left)
        return false;
    msg->mb->end = msg->mb->pos + length;
    return true;
}

/* RFC 3261, 8.2.3.  @return true if refused */
static bool refuse_body(struct sip_server *server, const struct sip_msg *msg)
{
    const struct sip_hdr *encoding = sip_msg_hdr(msg, SIP_HDR_CONTENT_ENCODING);
    size_t left;

    if (!sip_check_cut_body(msg))
        return refuse(server, msg, 400, "Bad Content-Length", "");
    left = mbuf_get_left(msg->mb);
    if (left > SIP_LEG_BODY_MAX)
        return refuse(server, msg, 413, "Request Entity Too Large", "");
    if (left == 0)
        return false;
    if (encoding && pl_strcasecmp(&encoding->val, "identity") != 0)
        return refuse(server, msg, 415, "Unsupported Media Type", "Accept-Encoding: identity\r\n");
    if (is(&msg->met, "INVITE") && !msg_ctype_cmp(&msg->ctyp, "application", "sdp"))
        return refuse(server, msg, 415, "Unsupported Media Type", "Accept: application/sdp\r\n");
    return false;
}

/*
 * Requests within the dialog go back to where this one came from: the Contact of a
 * phone behind a NAT is a private address.  A proxy that stays in the path is obeyed,
 * and so is a peer that does not ask for symmetric responses (RFC 3581).
 */
void sip_check_fix_contact(struct sip_server *server, const struct sip_msg *msg)
{
    const struct sip_hdr *contact = sip_msg_hdr(msg, SIP_HDR_CONTACT);
    struct sip_addr addr;
    struct sip_hdr *hdr;
    struct pl rport;

    if (!contact || sip_addr_decode(&addr, &contact->val) ||
        sip_msg_hdr(msg, SIP_HDR_RECORD_ROUTE) ||
        (msg->tp == SIP_TRANSP_UDP && msg_param_exists(&msg->via.params, "rport", &rport)))
        return;
    if (re_snprintf(server->contact, sizeof(server->contact), "<%r:%r%s%J%s>", &addr.uri.scheme,
                    &addr.uri.user, pl_isset(&addr.uri.user) ? "@" : "", &msg->src,
                    sip_transp_param(msg->tp)) < 0)
        return;
    /* The message is ours to prepare; libre's handlers see it const. */
    hdr = (struct sip_hdr *)(uintptr_t)contact;
    pl_set_str(&hdr->val, server->contact);
}

static bool refuse_new(struct sip_server *server, const struct sip_msg *msg)
{
    bool invite = is(&msg->met, "INVITE");

    if (!invite && !is(&msg->met, "REGISTER"))
        return false;
    if (is_over_limit(server, msg, invite ? SIP_LIMIT_INVITE : SIP_LIMIT_REGISTER))
        return refuse(server, msg, 503, "Service Unavailable", "Retry-After: 10\r\n");
    if (pl_isset(&msg->maxfwd) && pl_u32(&msg->maxfwd) == 0)
        return refuse(server, msg, 483, "Too Many Hops", "");
    return false;
}

static bool check(struct sip_server *server, const struct sip_msg *msg)
{
    const char *wrong;

    if (is(&msg->met, "CANCEL")) /* libre has looked for its INVITE already */
        return refuse(server, msg, 481, "Call Does Not Exist", "");
    wrong = missing_header(msg);
    if (wrong)
        return refuse(server, msg, 400, wrong, "");
    if (!is_method(server, &msg->met))
        return refuse(server, msg, 405, "Method Not Allowed", sip_check_allow(server));
    if (pl_strcasecmp(&msg->uri.scheme, "sip") && pl_strcasecmp(&msg->uri.scheme, "sips"))
        return refuse(server, msg, 416, "Unsupported URI Scheme", "");
    if (sip_msg_hdr(msg, SIP_HDR_REQUIRE))
        return refuse_required(server, msg);
    if (refuse_body(server, msg))
        return true;
    if ((!pl_isset(&msg->to.tag) || is(&msg->met, "REGISTER")) && refuse_new(server, msg))
        return true;
    if (is(&msg->met, "OPTIONS")) {
        (void)sip_replyf(server->sip, msg, 200, "OK",
                         "%sAccept: application/sdp\r\nAccept-Encoding: identity\r\n"
                         "Accept-Language: en\r\nSupported: \r\nContent-Length: 0\r\n\r\n",
                         sip_check_allow(server));
        return true;
    }
    if (is(&msg->met, "REGISTER")) {
        sip_registrar_request(server->registrar, msg);
        return true;
    }
    return false;
}

bool sip_check_request(const struct sip_msg *msg, void *arg)
{
    struct sip_server *server = arg;

    /* Without a branch there is no transaction to answer in, without a tag no dialog. */
    if (!pl_isset(&msg->via.val) || !pl_isset(&msg->via.branch))
        return drop();
    if (is(&msg->met, "ACK"))
        return missing_header(msg) || !sip_check_cut_body(msg) ? drop() : false;
    if ((!pl_isset(&msg->to.tag) && is_scanner(msg)) || is_over_limit(server, msg, SIP_LIMIT_ANY))
        return drop();
    if (check(server, msg))
        return true;
    if (is(&msg->met, "INVITE"))
        sip_check_fix_contact(server, msg);
    return false;
}
