/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sip_leg.h  What sip_server.c, sip_leg.c and sip_check.c share; for them only
 *
 *     datagram, connection -- libre --> sip_check_request() --> sipsess --> sip_leg_invite()
 *                                        | 400 405 415 420 ..
 *                                        '- OPTIONS: 200
 *
 * Threads: control only.
 */
#ifndef NET_SIP_LEG_H
#define NET_SIP_LEG_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "net/sip_server.h"

struct dnsc;
struct mbuf;
struct sip;
struct sip_limit;
struct sip_lsnr;
struct sip_msg;
struct sipsess_sock;
struct tls;

enum {
    SIP_LEG_BODY_MAX = 32 * 1024, /**< Largest body that we take or send [bytes] */
    SIP_LEG_TEXT_MAX = 256,       /**< Names, URIs; longer ones are cut [bytes] */
};

/* Methods, in the order that RFC 3261 lists them; only what we really answer. */
#define SIP_LEG_ALLOW "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO\r\n"

struct sip_server {
    struct sip_server_cfg cfg;
    struct sip *sip;
    struct sipsess_sock *sock;
    struct sip_lsnr *lsnr;
    struct tls *tls;
    struct dnsc *dnsc;
    struct sip_limit *limit;
    struct sip_leg *legs;
    uint32_t nlegs;
    char contact[2 * SIP_LEG_TEXT_MAX]; /* Contact of the request at hand, as we use it */
    char sdp[SIP_LEG_BODY_MAX];         /* scratch */
};

/** A new INVITE that passed the checks: sipsess' connection handler, @p arg is the server. */
void sip_leg_invite(const struct sip_msg *msg, void *arg);

/** End every leg without telling its owner. */
void sip_leg_end_all(struct sip_server *server);

/**
 * Look at a request before libre's own handlers do.  @p arg is the server.
 * @return true if it is answered or dropped
 */
bool sip_check_request(const struct sip_msg *msg, void *arg);

/** Link the counters into the list of metrics. */
void sip_check_register(void);

/** Count a request that was refused after the checks. */
void sip_check_count_refused(void);

/** Copy text for a quoted string: without quotes, backslashes and control bytes. */
void sip_check_quotable(char *ret_text, size_t size, const char *text);

#endif
