/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sip_registrar.c  Registrar: phones that say where they are
 *
 * A request that waits for credentials has a server transaction, which swallows its
 * retransmissions; the answer to it is repeated by libre.  A challenge keeps nothing: it
 * costs the HMAC of its nonce and its bytes.
 */
#include "net/sip_registrar.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <re.h>

#include "mcu/base/log.h"
#include "net/sip_binding.h"
#include "net/sip_digest.h"
#include "net/sip_leg.h"
#include "net/sip_limit.h"
#include "net/sip_proof.h"

LOG_DOMAIN("sip");

enum {
    SWEEP_MS = 1000,
    LIST_LINE_MAX = SIP_REGISTRAR_TEXT_SIZE + 40,
    LIST_SIZE = SIP_REGISTRAR_CONTACTS_MAX * LIST_LINE_MAX
};

/* A REGISTER whose credentials are looked up. */
struct request {
    struct request *next;
    struct sip_registrar *registrar;
    struct sip_msg *msg;
    struct sip_strans *strans; /* NULL once it is answered */
};

struct sip_registrar {
    struct sip_server *server;
    struct sip_binding *bindings;
    struct request *requests;
    struct tmr sweep;
};

static uint64_t now_us(void)
{
    return tmr_jiffies() * 1000;
}

static void on_online(const char *user, bool online, void *arg)
{
    struct sip_registrar *registrar = arg;
    const struct sip_server_handlers *handlers = &registrar->server->cfg.handlers;

    if (handlers->registerh)
        handlers->registerh(user, online, handlers->arg);
}

int sip_registrar_new(struct sip_registrar **ret_registrar, struct sip_server *server)
{
    struct sip_registrar *registrar = calloc(1, sizeof(*registrar));
    int err;

    if (!registrar)
        return -ENOMEM;
    registrar->server = server;
    tmr_init(&registrar->sweep);
    err = sip_binding_new(&registrar->bindings, server->cfg.registrar.max_bindings, on_online,
                          registrar);
    if (err)
        free(registrar);
    else
        *ret_registrar = registrar;
    return err;
}

static void free_request(struct request *request)
{
    struct request **link = &request->registrar->requests;

    while (*link != request)
        link = &(*link)->next;
    *link = request->next;
    mem_deref(request->strans);
    mem_deref(request->msg);
    free(request);
}

struct sip_registrar *sip_registrar_free(struct sip_registrar *registrar)
{
    if (!registrar)
        return NULL;
    tmr_cancel(&registrar->sweep);
    while (registrar->requests)
        free_request(registrar->requests);
    sip_binding_free(registrar->bindings);
    free(registrar);
    return NULL;
}

static void on_sweep(void *arg)
{
    struct sip_registrar *registrar = arg;

    if (sip_binding_expire(registrar->bindings, now_us()) > 0)
        tmr_start(&registrar->sweep, SWEEP_MS, on_sweep, registrar);
}

/* --- answers --- */

static void reply(struct request *request, uint16_t code, const char *reason, const char *headers)
{
    if (code >= 300) {
        sip_check_count_refused();
        log_debug(NULL, "REGISTER refused with %u %s", code, reason);
    }
    (void)sip_treplyf(&request->strans, NULL, request->registrar->server->sip, request->msg, false,
                      code, reason, "%sContent-Length: 0\r\n\r\n", headers);
}

static void challenge(const struct sip_registrar *registrar, const struct sip_msg *msg, bool stale)
{
    char headers[SIP_PROOF_CHALLENGE_SIZE];

    if (sip_proof_print_challenge(registrar->server->proof, headers, msg,
                                  registrar->server->cfg.registrar.realm, stale))
        (void)sip_replyf(registrar->server->sip, msg, 401, "Unauthorized",
                         "%sContent-Length: 0\r\n\r\n", headers);
    else
        (void)sip_reply(registrar->server->sip, msg, 500, "Server Internal Error");
}

static void reply_with_contacts(struct request *request, const char *user)
{
    struct sip_registrar_binding all[SIP_REGISTRAR_CONTACTS_MAX];
    uint64_t now = now_us();
    unsigned n =
        sip_binding_list(request->registrar->bindings, user, all, SIP_REGISTRAR_CONTACTS_MAX, now);
    char text[LIST_SIZE] = "";
    size_t len = 0;

    for (unsigned i = 0; i < n; ++i)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "Contact: <%s>;expires=%u\r\n",
                                all[i].uri, (unsigned)((all[i].expires_us - now) / 1000000));
    reply(request, 200, "OK", text);
}

/* --- contacts --- */

/* What a REGISTER asks for; too large for the stack of a handler, and there is one at a time. */
struct wish {
    const struct sip_msg *msg;
    struct sip_binding_change changes[SIP_REGISTRAR_CONTACTS_MAX + 1];
    unsigned n;
    bool all; /* "*" */
    uint16_t code;
    const char *reason;
};

static bool refuse(struct wish *wish, uint16_t code, const char *reason)
{
    wish->code = code;
    wish->reason = reason;
    return true;
}

static bool is_clean(const struct pl *pl)
{
    for (size_t i = 0; i < pl->l; ++i) {
        unsigned char ch = (unsigned char)pl->p[i];

        if (ch <= 0x20 || ch >= 0x7f || strchr("<>\"\\", ch))
            return false;
    }
    return true;
}

/* RFC 3261, 19.1.4 as far as phones need it: user, host, port, transport. */
static bool make_key(char ret_key[SIP_REGISTRAR_TEXT_SIZE], const struct uri *uri)
{
    struct pl transport = PL("udp");
    char *at;

    (void)msg_param_decode(&uri->params, "transport", &transport);
    if (re_snprintf(ret_key, SIP_REGISTRAR_TEXT_SIZE, "%r@%r:%u;%r", &uri->user, &uri->host,
                    uri->port, &transport) < 0)
        return false;
    for (at = ret_key + uri->user.l; *at; ++at)
        *at = (char)tolower((unsigned char)*at);
    return true;
}

struct params {
    char text[SIP_REGISTRAR_TEXT_SIZE];
    size_t n;
};

/* Those parameters of a Contact that are the phone's own, as the line at a phone with several. */
static int add_param(const struct pl *name, const struct pl *val, void *arg)
{
    static const char *const ours[] = {"transport", "maddr", "lr", "ttl", "method"};
    struct params *params = arg;
    int n;

    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); ++i) {
        if (pl_strcasecmp(name, ours[i]) == 0)
            return 0;
    }
    n = re_snprintf(params->text + params->n, sizeof(params->text) - params->n, ";%r%s%r", name,
                    pl_isset(val) ? "=" : "", val);
    if (n < 0)
        return EOVERFLOW;
    params->n += (size_t)n;
    return 0;
}

/*
 * The Contact of a phone behind a NAT is a private address: it is reached where it came from.  The
 * port of a Contact counts only if the phone is at that address and does not ask for
 * symmetric answers (RFC 3581).
 */
static bool make_target(char ret_target[2 * SIP_REGISTRAR_TEXT_SIZE], const struct uri *uri,
                        const struct sip_msg *msg)
{
    struct params params = {.n = 0};
    struct sa addr = msg->src, contact;
    struct pl rport;

    if (msg->tp == SIP_TRANSP_UDP && msg_param_exists(&msg->via.params, "rport", &rport) &&
        sa_set(&contact, &uri->host, uri->port ? uri->port : SIP_PORT) == 0 &&
        sa_cmp(&contact, &addr, SA_ADDR))
        addr = contact;
    if (pl_isset(&uri->params) && uri_params_apply(&uri->params, add_param, &params))
        return false;
    return re_snprintf(ret_target, 2 * SIP_REGISTRAR_TEXT_SIZE, "sip:%r%s%J%s%s", &uri->user,
                       pl_isset(&uri->user) ? "@" : "", &addr, params.text,
                       sip_transp_param(msg->tp)) > 0;
}

static bool is_number(const struct pl *pl)
{
    for (size_t i = 0; i < pl->l; ++i) {
        if (!isdigit((unsigned char)pl->p[i]))
            return false;
    }
    return pl_isset(pl) && pl->l < 19;
}

/* Expires of a contact: its parameter, else the header's, else as long as we like, which goes
 * for one that is no number too (RFC 3261, 10.3 and 20.10). */
static uint32_t read_expires(const struct sip_msg *msg, const struct sip_addr *addr)
{
    uint32_t most =
        msg->tp == SIP_TRANSP_UDP ? SIP_REGISTRAR_EXPIRES_MAX : SIP_REGISTRAR_EXPIRES_STREAM_MAX;
    struct pl value = msg->expires;
    uint64_t expires_s = most;

    (void)msg_param_decode(&addr->params, "expires", &value);
    if (is_number(&value))
        expires_s = pl_u64(&value);
    return expires_s < most ? (uint32_t)expires_s : most;
}

static enum sip_registrar_transport transport_of(const struct sip_msg *msg)
{
    if (msg->tp == SIP_TRANSP_TLS)
        return SIP_REGISTRAR_TLS;
    return msg->tp == SIP_TRANSP_TCP ? SIP_REGISTRAR_TCP : SIP_REGISTRAR_UDP;
}

static bool fill_binding(struct sip_registrar_binding *binding, const struct sip_addr *addr,
                         const struct sip_msg *msg)
{
    memset(binding, 0, sizeof(*binding));
    if (!is_clean(&addr->auri) ||
        re_snprintf(binding->uri, sizeof(binding->uri), "%r", &addr->auri) < 0 ||
        re_snprintf(binding->call_id, sizeof(binding->call_id), "%r", &msg->callid) < 0 ||
        !make_target(binding->target, &addr->uri, msg))
        return false;
    binding->cseq = msg->cseq.num;
    binding->transport = transport_of(msg);
    sip_leg_copy_addr(&binding->source, &msg->src);
    return true;
}

static bool is_in_wish(const struct wish *wish, const char *key)
{
    for (unsigned i = 0; i < wish->n; ++i) {
        if (strcmp(wish->changes[i].key, key) == 0)
            return true;
    }
    return false;
}

/* @return true to stop */
static bool read_contact(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg)
{
    struct wish *wish = arg;
    struct sip_binding_change *change;
    struct sip_addr addr;

    if (pl_strcmp(&hdr->val, "*") == 0) {
        wish->all = true;
        return false;
    }
    if (wish->n >= SIP_REGISTRAR_CONTACTS_MAX)
        return refuse(wish, 503, "Too Many Contacts");
    change = &wish->changes[wish->n];
    if (sip_addr_decode(&addr, &hdr->val) ||
        (pl_strcasecmp(&addr.uri.scheme, "sip") != 0 &&
         pl_strcasecmp(&addr.uri.scheme, "sips") != 0) ||
        !fill_binding(&change->binding, &addr, msg) || !make_key(change->key, &addr.uri))
        return refuse(wish, 400, "Bad Contact");
    if (is_in_wish(wish, change->key))
        return refuse(wish, 400, "Contact Twice");
    change->expires_s = read_expires(msg, &addr);
    if (change->expires_s > 0 && change->expires_s < SIP_REGISTRAR_EXPIRES_MIN)
        return refuse(wish, 423, "Interval Too Brief");
    ++wish->n;
    return false;
}

/* @return false if the request is refused */
static bool read_wish(struct wish *wish, const struct sip_msg *msg)
{
    wish->msg = msg;
    wish->n = 0;
    wish->all = false;
    wish->code = 0;
    (void)sip_msg_hdr_apply(msg, true, SIP_HDR_CONTACT, read_contact, wish);
    if (!wish->code && wish->all &&
        (wish->n || !is_number(&msg->expires) || pl_u64(&msg->expires) != 0 ||
         sip_msg_hdr_count(msg, SIP_HDR_CONTACT) != 1))
        (void)refuse(wish, 400, "Bad Wildcard Contact");
    return wish->code == 0;
}

/* --- from REGISTER to its answer --- */

static int apply(struct sip_registrar *registrar, const char *user, const struct wish *wish)
{
    char call_id[SIP_REGISTRAR_TEXT_SIZE];

    if (wish->all) {
        if (re_snprintf(call_id, sizeof(call_id), "%r", &wish->msg->callid) < 0)
            return -EINVAL;
        return sip_binding_remove_all(registrar->bindings, user, call_id, wish->msg->cseq.num,
                                      now_us());
    }
    if (wish->n == 0)
        return 0;
    return sip_binding_apply(registrar->bindings, user, wish->changes, wish->n, now_us());
}

static void register_user(struct request *request, const char *user)
{
    static struct wish wish; /* control thread only; no handler runs while it is read */
    struct sip_registrar *registrar = request->registrar;
    char min_expires[40];

    if (!read_wish(&wish, request->msg)) {
        snprintf(min_expires, sizeof(min_expires), "Min-Expires: %d\r\n",
                 SIP_REGISTRAR_EXPIRES_MIN);
        reply(request, wish.code, wish.reason, wish.code == 423 ? min_expires : "");
        return;
    }
    switch (apply(registrar, user, &wish)) {
    case 0:
        reply_with_contacts(request, user);
        break;
    case -ESTALE:
        reply(request, 500, "CSeq Out Of Order", "");
        break;
    case -EINVAL:
        reply(request, 400, "Bad Call-ID", "");
        break;
    default:
        reply(request, 503, "Too Many Contacts", "Retry-After: 60\r\n");
        break;
    }
    if (!tmr_isrunning(&registrar->sweep))
        tmr_start(&registrar->sweep, SWEEP_MS, on_sweep, registrar);
}

/* A user registers himself and nobody else. */
static bool is_own(const struct sip_msg *msg, const char *user)
{
    char name[SIP_REGISTRAR_TEXT_SIZE];

    return re_snprintf(name, sizeof(name), "%H", uri_user_unescape, &msg->to.uri.user) >= 0 &&
           strcmp(name, user) == 0;
}

static void reply_stale(struct request *request)
{
    char headers[SIP_PROOF_CHALLENGE_SIZE];
    const struct sip_server *server = request->registrar->server;

    if (sip_proof_print_challenge(server->proof, headers, request->msg, server->cfg.registrar.realm,
                                  true))
        reply(request, 401, "Unauthorized", headers);
    else
        reply(request, 500, "Server Internal Error", "");
}

static void on_proof(enum sip_proof_result result, const struct sip_digest *digest, void *arg)
{
    struct request *request = arg;

    switch (result) {
    case SIP_PROOF_RIGHT:
        if (is_own(request->msg, digest->username))
            register_user(request, digest->username);
        else
            reply(request, 403, "Forbidden", "");
        break;
    case SIP_PROOF_WRONG:
        reply(request, 403, "Forbidden", "");
        break;
    case SIP_PROOF_REPLAYED:
        reply_stale(request);
        break;
    case SIP_PROOF_NO_REPLY:
        reply(request, 503, "Service Unavailable", "Retry-After: 10\r\n");
        break;
    }
    free_request(request);
}

static void start_proof(struct sip_registrar *registrar, const struct sip_msg *msg,
                        const struct sip_digest *digest)
{
    struct request *request = calloc(1, sizeof(*request));
    uint32_t id;

    if (!request || sip_strans_alloc(&request->strans, registrar->server->sip, msg, NULL, NULL)) {
        free(request);
        (void)sip_reply(registrar->server->sip, msg, 503, "Service Unavailable");
        return;
    }
    request->registrar = registrar;
    request->msg = mem_ref((void *)(uintptr_t)msg);
    request->next = registrar->requests;
    registrar->requests = request;
    if (sip_proof_start(registrar->server->proof, &id, digest, msg, on_proof, request)) {
        reply(request, 503, "Service Unavailable", "Retry-After: 10\r\n");
        free_request(request);
    }
}

void sip_registrar_request(struct sip_registrar *registrar, const struct sip_msg *msg)
{
    struct sip_digest digest;

    switch (sip_proof_find(registrar->server->proof, &digest, msg,
                           registrar->server->cfg.registrar.realm)) {
    case SIP_PROOF_NONE:
        challenge(registrar, msg, false);
        break;
    case SIP_PROOF_STALE:
        challenge(registrar, msg, true);
        break;
    case SIP_PROOF_USABLE:
        start_proof(registrar, msg, &digest);
        break;
    }
}

int sip_registrar_credentials(struct sip_server *server, uint32_t request, bool found,
                              const char *ha1_md5, const char *ha1_sha256)
{
    return sip_proof_credentials(server->proof, request, found, ha1_md5, ha1_sha256);
}

void sip_registrar_no_credentials(struct sip_server *server, uint32_t request)
{
    sip_proof_no_credentials(server->proof, request);
}

unsigned sip_registrar_bindings(const struct sip_server *server, const char *user,
                                struct sip_registrar_binding *ret_bindings, unsigned max)
{
    if (!server->registrar)
        return 0;
    return sip_binding_list(server->registrar->bindings, user, ret_bindings, max, now_us());
}

bool sip_registrar_is_from(const struct sip_registrar *registrar, const char *user,
                           const struct sip_msg *msg)
{
    struct sockaddr_storage source;

    if (!registrar)
        return false;
    sip_leg_copy_addr(&source, &msg->src);
    return sip_binding_is_from(registrar->bindings, user, transport_of(msg), &source, now_us());
}
