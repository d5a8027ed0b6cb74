/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sip_leg.h  What the files of the SIP server share; for net/sip_*.c only
 *
 *     datagram, connection -- libre --> sip_check_request() --> sipsess --> sip_leg_invite_handle()
 *                                        | 400 405 415 420 ..
 *                                        |- REGISTER: sip_registrar_request()
 *                                        '- OPTIONS: 200
 *
 * A leg is the same thing whoever called: sip_leg_invite.c makes those that call us, sip_leg_call.c
 * those that we call, and sip_leg.c has what they do once they stand.
 *
 * Threads: control only.
 */
#ifndef NET_SIP_LEG_H
#define NET_SIP_LEG_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include <re.h>

#include "net/sip_server.h"

struct sip_limit;
struct sip_proof;
struct sip_registrar;

enum {
    SIP_LEG_BODY_MAX = 32 * 1024, /**< Largest body that we take or send [bytes] */
    SIP_LEG_TEXT_MAX = 256,       /**< Names, URIs; longer ones are cut [bytes] */
    SIP_LEG_REASON_MAX = 160,     /**< Reasons; longer ones are cut [bytes] */
};

/* Methods, in the order that RFC 3261 lists them; only what we really answer. */
#define SIP_LEG_ALLOW          "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO\r\n"
#define SIP_LEG_ALLOW_REGISTER "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, REGISTER\r\n"

struct sip_server {
    struct sip_server_cfg cfg;
    struct sip *sip;
    struct sipsess_sock *sock;
    struct sip_lsnr *lsnr, *response_lsnr;
    struct tls *tls;
    struct dnsc *dnsc;
    struct sip_limit *limit;
    struct sip_proof *proof;
    struct sip_registrar *registrar; /* NULL without a realm */
    struct sip_leg *legs;
    uint32_t nlegs;
    char contact[2 * SIP_LEG_TEXT_MAX]; /* Contact of the request at hand, as we use it */
    char sdp[SIP_LEG_BODY_MAX];         /* scratch */
};

enum sip_leg_state {
    SIP_LEG_NEW,      /* from a caller; its handler decides now */
    SIP_LEG_PROVING,  /* the credentials of the caller are looked up; the owner knows nothing yet */
    SIP_LEG_RINGING,  /* from a caller, not decided */
    SIP_LEG_CALLING,  /* ours, not answered */
    SIP_LEG_ANSWERED, /* both */
    SIP_LEG_ENDED
};

struct sip_leg_outgoing; /* of sip_leg_call.c */

struct sip_leg {
    struct sip_leg *next, **link;
    struct sip_server *server;
    const struct sip_server_handlers *handlers;
    struct sip_msg *msg;               /* the INVITE of a caller, NULL if we call */
    struct sip_leg_outgoing *outgoing; /* NULL if we are called */
    struct sipsess *sess;              /* not in NEW */
    enum sip_leg_state state;
    unsigned busy;     /* handlers that run for this leg now */
    bool info_pending; /* one INFO of ours is under way */
    bool info_refused; /* the peer does not know our INFO */
    bool tell;         /* the owner hears of the end that the timer brings */
    uint32_t proof;    /* in PROVING */
    char why[SIP_LEG_REASON_MAX];
    struct tmr tmr;  /* ends the leg outside of libre's and the owner's functions */
    struct tmr ring; /* RINGING: 180 again; CALLING: no answer */
    struct sockaddr_storage peer, local;
    void *arg;
};

/* ---- sip_leg.c ---- */

/** A leg of @p server, first in its list.  @return NULL without memory */
struct sip_leg *sip_leg_new(struct sip_server *server, enum sip_leg_state state);

/** The leg goes; a session that is established says BYE by itself, one that calls CANCEL. */
void sip_leg_release(struct sip_leg *leg);

/** End a leg from a timer: with BYE and closeh if @p tell. */
void sip_leg_end(struct sip_leg *leg, const char *why, bool tell);

void sip_leg_set_close_reason(struct sip_leg *leg, const char *reason);

/** Answer an INVITE with 180, 182 or 200.  @p desc NULL for a provisional one. */
int sip_leg_accept(struct sip_leg *leg, uint16_t code, const char *reason, struct mbuf *desc);

/** Tell an undecided caller that it rings, and again each minute. */
int sip_leg_ring(struct sip_leg *leg);

/** Refuse an unanswered invite of a peer with more header lines; the owner is not told. */
void sip_leg_refuse(struct sip_leg *leg, unsigned code, const char *reason, const char *headers);

/** Copy for libre, to be given back by mem_deref().  @return NULL without memory */
struct mbuf *sip_leg_mbuf(const char *text, size_t len);

void sip_leg_copy_addr(struct sockaddr_storage *to, const struct sa *from);

/* Handlers of sipsess; arg is the leg. */
int sip_leg_on_offer(struct mbuf **descp, const struct sip_msg *msg, void *arg);
int sip_leg_on_answer(const struct sip_msg *msg, void *arg);
void sip_leg_on_establish(const struct sip_msg *msg, void *arg);
void sip_leg_on_info(struct sip *sip, const struct sip_msg *msg, void *arg);
void sip_leg_on_close(int err, const struct sip_msg *msg, void *arg);

/** End every leg without telling its owner. */
void sip_leg_end_all(struct sip_server *server);

/* ---- sip_leg_invite.c ---- */

/** A new INVITE that passed the checks: sipsess' connection handler, @p arg is the server. */
void sip_leg_invite_handle(const struct sip_msg *msg, void *arg);

/* ---- sip_leg_call.c ---- */

/** See sip_leg_call(). */
int sip_leg_call_start(struct sip_leg **ret_leg, struct sip_server *server,
                       const struct sip_leg_call_cfg *cfg);

/** The answer to our call is here.  @return 0 or an errno of libre's for BYE */
int sip_leg_call_answered(struct sip_leg *leg, const struct sip_msg *msg);

/** Our call ended before its answer, and libre's session with it.  @return true if it goes on */
bool sip_leg_call_closed(struct sip_leg *leg, int err, const struct sip_msg *msg);

/** Free what only a leg of ours has.  NULL is allowed. */
void sip_leg_call_free(struct sip_leg_outgoing *outgoing);

/** libre's trace handler: sees redirections before libre follows them.  @p arg is the server. */
void sip_leg_call_trace(bool tx, enum sip_transp tp, const struct sa *src, const struct sa *dst,
                        const uint8_t *packet, size_t len, void *arg);

/** A response that belongs to no transaction: ends the second answer of a forked call. */
bool sip_leg_call_stray(const struct sip_msg *msg, void *arg);

/* ---- sip_check.c ---- */

/**
 * Look at a request before libre's own handlers do.  @p arg is the server.
 * @return true if it is answered or dropped
 */
bool sip_check_request(const struct sip_msg *msg, void *arg);

/** Link the counters into the list of metrics. */
void sip_check_register(void);

/** Count a request that was refused after the checks. */
void sip_check_count_refused(void);

/** Count a request of an unknown user or with a wrong password. */
void sip_check_count_wrong(void);

/** Methods that this server answers: an Allow header line. */
const char *sip_check_allow(const struct sip_server *server);

/**
 * Let the Contact of @p msg be where the message came from (unless a proxy stays in the path, or
 * the peer does not ask for symmetric answers).
 */
void sip_check_fix_contact(struct sip_server *server, const struct sip_msg *msg);

/** The body is what Content-Length says (RFC 3261, 18.3).  @return false if it is short */
bool sip_check_cut_body(const struct sip_msg *msg);

/** Copy text for a quoted string: without quotes, backslashes and control bytes. */
void sip_check_quotable(char *ret_text, size_t size, const char *text);

#endif
