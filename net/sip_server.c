/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sip_server.c  SIP user agent: sockets, start and stop
 */
#include "net/sip_server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <re.h>

#include "mcu/base/err.h"
#include "mcu/base/log.h"
#include "net/local_addrs.h"
#include "net/sip_leg.h"
#include "net/sip_limit.h"
#include "net/sip_proof.h"

LOG_DOMAIN("sip");

enum {
    HASH_SIZE = 1024,
    LOCAL_ADDRS = 8,
    PORT_TRIES = 16,          /* to find a port that is free for UDP and TCP */
    REQUESTS_PER_INVITE = 20, /* limit of all requests of a source, in INVITEs */
};

/* The local addresses of a configuration: the one that is given, or all of this machine. */
struct addrs {
    struct sa addr[LOCAL_ADDRS];
    unsigned n;
};

/* libre binds no wildcard: the address goes into Via and Contact. */
static int read_addrs(struct addrs *addrs, const char *text)
{
    struct sockaddr_storage all[LOCAL_ADDRS];
    int n;

    memset(addrs, 0, sizeof(*addrs));
    if (text[0]) {
        addrs->n = 1;
        return -sa_set_str(&addrs->addr[0], text, 0);
    }
    n = local_addrs_list(all, LOCAL_ADDRS);
    if (n <= 0)
        return n < 0 ? n : -EADDRNOTAVAIL;
    for (addrs->n = 0; addrs->n < (unsigned)n; ++addrs->n)
        (void)sa_set_sa(&addrs->addr[addrs->n], (const struct sockaddr *)&all[addrs->n]);
    return 0;
}

static int add_transport(struct sip_server *server, enum sip_transp tp, struct sa *addr,
                         uint16_t port, char *why, size_t why_size)
{
    int err;

    sa_set_port(addr, port);
    err = sip_transp_add(server->sip, tp, addr, server->tls);
    if (err && why)
        (void)re_snprintf(why, why_size, "%s %J: %s", sip_transp_name(tp), addr, err_str(err));
    return -err;
}

/* UDP first: libre's TCP listeners share a port silently, its UDP sockets do not. */
static int bind_port(struct sip_server *server, struct addrs *addrs, uint16_t *port, char *why,
                     size_t why_size)
{
    static const enum sip_transp tps[] = {SIP_TRANSP_UDP, SIP_TRANSP_TCP};
    struct sa local;
    int err;

    for (unsigned t = 0; t < 2; ++t) {
        for (unsigned i = 0; i < addrs->n; ++i) {
            err = add_transport(server, tps[t], &addrs->addr[i], *port, why, why_size);
            if (err == -EADDRINUSE || (err && i == 0))
                return err;
            if (err)
                log_warning(NULL, "%s", why ? why : "address left out");
            if (*port == 0) {
                err = -sip_transp_laddr(server->sip, &local, tps[t], &addrs->addr[i]);
                if (err)
                    return err;
                *port = sa_port(&local);
            }
        }
    }
    return 0;
}

static int bind_all(struct sip_server *server, uint16_t *ret_port, char *why, size_t why_size)
{
    struct addrs addrs;
    uint16_t port = server->cfg.port;
    int err = read_addrs(&addrs, server->cfg.addr);

    if (err) {
        if (why)
            snprintf(why, why_size, "%s: %s", server->cfg.addr,
                     server->cfg.addr[0] ? "not a numeric address" : "no address is up");
        return -EINVAL;
    }
    for (unsigned tries = 0; tries < PORT_TRIES; ++tries) {
        port = server->cfg.port;
        err = bind_port(server, &addrs, &port, why, why_size);
        if (err != -EADDRINUSE || server->cfg.port)
            break;
        sip_transp_flush(server->sip);
    }
    for (unsigned i = 0; !err && server->tls && i < addrs.n; ++i) {
        err = add_transport(server, SIP_TRANSP_TLS, &addrs.addr[i], server->cfg.tls_port, why,
                            why_size);
        if (err && err != -EADDRINUSE && i > 0)
            err = 0;
    }
    if (!err && ret_port)
        *ret_port = port;
    return err;
}

static int load_tls(struct sip_server *server, char *why, size_t why_size)
{
    if (!server->cfg.cert[0])
        return 0;
    if (tls_alloc(&server->tls, TLS_METHOD_SSLV23, server->cfg.cert, NULL) == 0)
        return 0;
    if (why)
        snprintf(why, why_size, "%s: no certificate with its key", server->cfg.cert);
    return -EBADMSG;
}

/* Only for a proxy in the path that names itself by its host name. */
static void start_dns(struct sip_server *server)
{
    struct sa servers[4];
    uint32_t n = 4;
    char domain[SIP_LEG_TEXT_MAX];

    if (dns_srv_get(domain, sizeof(domain), servers, &n) ||
        dnsc_alloc(&server->dnsc, NULL, servers, n))
        log_info(NULL, "no DNS server: proxies must have numeric addresses");
}

static int start(struct sip_server *server, uint16_t *ret_port, char *why, size_t why_size)
{
    uint32_t per_s = server->cfg.max_invites_per_s;
    const uint32_t limits[SIP_LIMIT_COUNT] = {
        [SIP_LIMIT_INVITE] = per_s,
        [SIP_LIMIT_ANY] =
            per_s > UINT32_MAX / REQUESTS_PER_INVITE ? 0 : per_s * REQUESTS_PER_INVITE,
        [SIP_LIMIT_REGISTER] = server->cfg.registrar.max_registers_per_s};
    int err = sip_limit_new(&server->limit, limits);

    if (!err)
        err = sip_proof_new(&server->proof, server);
    if (!err && server->cfg.registrar.realm[0])
        err = sip_registrar_new(&server->registrar, server);
    if (err)
        return err;
    err = load_tls(server, why, why_size);
    if (err)
        return err;
    start_dns(server);
    err = -sip_alloc(&server->sip, server->dnsc, HASH_SIZE, HASH_SIZE, HASH_SIZE,
                     server->cfg.user_agent, NULL, server);
    if (err)
        return err;
    sip_set_trace_handler(server->sip, sip_leg_call_trace);
    /* Before sipsess' own: whoever listens first sees a request first. */
    err = -sip_listen(&server->lsnr, server->sip, true, sip_check_request, server);
    if (err)
        return err;
    err = -sip_listen(&server->response_lsnr, server->sip, false, sip_leg_call_stray, server);
    if (err)
        return err;
    err = -sipsess_listen(&server->sock, server->sip, HASH_SIZE, sip_leg_invite_handle, server);
    if (err)
        return err;
    return bind_all(server, ret_port, why, why_size);
}

int sip_server_new(struct sip_server **ret_server, const struct sip_server_cfg *cfg,
                   uint16_t *ret_port, char *why, size_t why_size)
{
    struct sip_server *server = calloc(1, sizeof(*server));
    int err;

    if (why && why_size)
        why[0] = '\0';
    else
        why = NULL;
    if (!server)
        return -ENOMEM;
    server->cfg = *cfg;
    sip_check_register();
    err = start(server, ret_port, why, why_size);
    if (err)
        (void)sip_server_free(server);
    else
        *ret_server = server;
    return err;
}

struct sip_server *sip_server_free(struct sip_server *server)
{
    if (!server)
        return NULL;
    sip_leg_end_all(server);
    sip_registrar_free(server->registrar);
    sip_proof_free(server->proof);
    sip_close(server->sip, true);
    sipsess_close_all(server->sock);
    mem_deref(server->lsnr);
    mem_deref(server->response_lsnr);
    mem_deref(server->sock);
    mem_deref(server->sip);
    mem_deref(server->tls);
    mem_deref(server->dnsc);
    sip_limit_free(server->limit);
    free(server);
    return NULL;
}

/* No packet is sent: connecting a datagram socket asks the routing table. */
static int ask_route(const struct sockaddr_storage *dst, struct sockaddr_storage *ret_addr)
{
    int fd = socket(dst->ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_storage to = *dst;
    socklen_t len =
        to.ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    int err = 0;

    if (fd < 0)
        return -errno;
    memset(ret_addr, 0, sizeof(*ret_addr));
    if (((struct sockaddr_in *)&to)->sin_port == 0)
        ((struct sockaddr_in *)&to)->sin_port = htons(SIP_PORT);
    if (connect(fd, (struct sockaddr *)&to, len) != 0 ||
        getsockname(fd, (struct sockaddr *)ret_addr, &len) != 0)
        err = -errno;
    close(fd);
    return err;
}

int sip_server_local_addr(const struct sip_server *server, const struct sockaddr_storage *dst,
                          struct sockaddr_storage *ret_addr)
{
    struct sa addr;
    int err;

    if (dst->ss_family != AF_INET && dst->ss_family != AF_INET6)
        return -EAFNOSUPPORT;
    if (server->cfg.addr[0] == '\0') {
        err = ask_route(dst, ret_addr);
    } else {
        err = -sa_set_str(&addr, server->cfg.addr, 0);
        if (!err)
            sip_leg_copy_addr(ret_addr, &addr);
        if (!err && ret_addr->ss_family != dst->ss_family)
            err = -EAFNOSUPPORT;
    }
    if (!err) /* the port is at the same place in both families */
        ((struct sockaddr_in *)ret_addr)->sin_port = 0;
    return err;
}
