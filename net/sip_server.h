/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sip_server.h  SIP user agent on libre's stack: legs that call a room or are called
 *
 * Answers OPTIONS, INVITE and REGISTER (sip_registrar.h); checks the mandatory headers that
 * libre 1.1.0 does not (reference: RFC 3261, 8.1.1), Require (420), method (405) and
 * content type (415) itself.  What a room says is the business of the handlers.
 * Known scanners and requests beyond twenty times the INVITE limit of their source
 * get no answer at all.  REFER is refused, session timers are not offered.
 *
 *     INVITE --> inviteh --> sip_leg_answer | sip_leg_reject | sip_leg_challenge
 *                   '-- not decided: 180, again each minute
 *     sip_leg_call --> ringingh .. answeredh | failedh (once; the leg is gone then)
 *     ACK with the answer to a late offer, re-INVITE --> offerh / answerh
 *     BYE, CANCEL, time-out --> closeh (once; the leg is gone afterwards)
 *
 * Threads:   control only.
 * Ownership: a leg lives from inviteh or sip_leg_call until closeh, failedh, sip_leg_reject,
 *            sip_leg_challenge or sip_leg_hangup returns.
 */
#ifndef NET_SIP_SERVER_H
#define NET_SIP_SERVER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/sip_registrar.h"

struct sip_leg;
struct sip_server;

struct sip_server_invite {
    const char *room; /**< User part of the request URI, unescaped */
    const char *from; /**< Display name, else user part, of From; UTF-8, may be empty */
    const char *uri;  /**< From URI */
    const char *user_agent;
    const char *from_user; /**< User part of From, unescaped; anybody can write it */
    const char *auth_user; /**< Who proved by digest to be this user, NULL if nobody did */
    bool registered; /**< The request came over the TCP or TLS connection that the user of From
                        is registered over */
    bool to_prove;   /**< The same over UDP, which proves nothing: he can answer a challenge */
    struct sockaddr_storage peer; /**< Where the request came from */
    const char *sdp;              /**< Offer, NULL for a late offer */
    size_t sdp_len;
};

struct sip_server_handlers {
    /** New call.  Answer or reject now or later; a leg's handlers get @p leg_arg set by
     * sip_leg_set_arg(). */
    void (*inviteh)(struct sip_leg *leg, const struct sip_server_invite *invite, void *arg);
    /**
     * The peer sent an offer in a re-INVITE (sdp), or none (NULL: make an offer).
     * Write our SDP to @p ret_sdp.  @return its length, or -errno: 488 is sent
     */
    int (*offerh)(const char *sdp, size_t len, char *ret_sdp, size_t size, void *leg_arg);
    /** The peer answered our offer (in ACK or 200).  @return 0, or -errno: the leg is ended with
     * BYE */
    int (*answerh)(const char *sdp, size_t len, void *leg_arg);
    /** INFO with picture_fast_update. */
    void (*fast_updateh)(void *leg_arg);
    /** INFO application/dtmf-relay or application/dtmf.  @param digit '0'-'9' '*' '#' 'A'-'D' */
    void (*dtmfh)(char digit, void *leg_arg);
    void (*closeh)(const char *why, void *leg_arg);

    /** Our call rings: a provisional response above 100.  @param has_sdp it had early media */
    void (*ringingh)(unsigned code, bool has_sdp, void *leg_arg);
    /** Our call was answered.  @return 0, or -errno: BYE is sent, closeh follows */
    int (*answeredh)(const char *sdp, size_t len, void *leg_arg);
    /** Our call was not answered: the final response, 408 after the ring timeout, 503 if nobody
     * could be reached, 500 for an answer that is no answer. */
    void (*failedh)(unsigned code, const char *reason, void *leg_arg);

    /** Look up a user; answer with sip_registrar_credentials() or sip_registrar_no_credentials()
     * within ten seconds.  @param source  Of the request */
    void (*credentialsh)(uint32_t request, const char *user, const char *realm,
                         const struct sockaddr_storage *source, void *arg);
    /** The first contact of a user came, or his last one went. */
    void (*registerh)(const char *user, bool online, void *arg);
    void *arg;
};

struct sip_server_cfg {
    char addr[64];     /**< Numeric, "" = every address of the machine at the start.  Requests
                          of ours over UDP leave from the first one of the peer's family, so
                          with several networks that are not routed one must be given */
    uint16_t port;     /**< UDP and TCP; 0 = any free (the same for both), returned */
    uint16_t tls_port; /**< With a certificate */
    char cert[256];    /**< PEM with key and chain, "" = no TLS */
    char user_agent[64];
    uint32_t max_legs;            /**< All, in both directions */
    uint32_t max_legs_per_source; /**< That call us from one address; more get 486 */
    uint32_t max_invites_per_s;   /**< From one address; more get 503 with Retry-After */
    struct sip_registrar_cfg registrar;
    struct sip_server_handlers handlers;
};

/**
 * Bind and start.
 *
 * @param cfg       Copied
 * @param ret_port  Port that was bound; may be NULL
 * @param why       Gets transport, address and reason, as "UDP 192.0.2.1:5060: Address already in
 *                  use"; may be NULL
 * @return 0, -EADDRINUSE, -EACCES, -EINVAL (address), -EBADMSG (certificate), -ENOMEM
 */
int sip_server_new(struct sip_server **ret_server, const struct sip_server_cfg *cfg,
                   uint16_t *ret_port, char *why, size_t why_size);

/** BYE to all legs without calling closeh, close.  NULL is allowed.  Returns NULL. */
struct sip_server *sip_server_free(struct sip_server *server);

/**
 * The address of ours that packets to @p dst leave from, with port 0: for an SDP before there is a
 * leg.  The configured address if there is one, else what the routing table says.
 * @return 0, -EAFNOSUPPORT (not the family of the configured address) or another -errno
 */
int sip_server_local_addr(const struct sip_server *server, const struct sockaddr_storage *dst,
                          struct sockaddr_storage *ret_addr);

struct sip_leg_call_cfg {
    /** Whom to call, "sip:..." with a numeric or resolvable host, up to 255 bytes; its parameter
     * transport=udp, tcp or tls decides.  A binding's target calls a registered phone. */
    const char *target;
    const char *next_hop;  /**< Outbound proxy, a sip: URI as above; NULL: the target itself */
    bool symmetric;        /**< Within the call, go where the answer came from: registered phones */
    const char *from_name; /**< Display name, may be NULL */
    const char *from_user; /**< User part of From and Contact */
    const char *from_host; /**< Host of From, NULL: our address */
    const char *sdp;       /**< Offer */
    size_t sdp_len;
    const char *auth_user; /**< Answers 401 and 407, for trunks; NULL: they fail the call */
    const char *auth_password;
    uint32_t ring_timeout_s;                    /**< 1 to 600 */
    const struct sip_server_handlers *handlers; /**< NULL: the server's; must outlive the leg */
    void *leg_arg;
};

/**
 * Call somebody.  A redirection is not followed (failedh with 302), the second answer of a forked
 * call gets BYE.  TLS does not verify the peer's certificate.  No handler runs within.
 * @param cfg  Copied, except the handlers
 * @return 0, -EINVAL (URI, names, SDP, timeout), -ENOSPC (max_legs), -EPROTONOSUPPORT (transport),
 *         -ENOMEM or another -errno of the network
 */
int sip_leg_call(struct sip_leg **ret_leg, struct sip_server *server,
                 const struct sip_leg_call_cfg *cfg);

void sip_leg_set_arg(struct sip_leg *leg, void *leg_arg);

/**
 * Accept with 200 and our SDP (answer, or offer if the invite had none).
 * @return 0, -EINVAL (no or too much SDP, answered already) or another -errno; then reject the leg
 */
int sip_leg_answer(struct sip_leg *leg, const char *sdp, size_t len);

/** Refuse an unanswered invite; @p reason goes to the status line and a Reason header. */
void sip_leg_reject(struct sip_leg *leg, unsigned code, const char *reason);

/**
 * Have the caller prove who he is: 401 with a challenge for @p realm, and the leg is gone.  He
 * calls again; inviteh gets auth_user then.  A wrong password gets 403 without inviteh.
 */
void sip_leg_challenge(struct sip_leg *leg, const char *realm);

/**
 * End an answered leg with BYE and a Reason header (an unanswered one with 480, one of ours with
 * CANCEL); closeh and failedh are not called any more.  Within a handler of the leg too; then BYE
 * goes out after it.  NULL is allowed.
 */
void sip_leg_hangup(struct sip_leg *leg, const char *reason);

/**
 * Ask for a key frame by INFO picture_fast_update (legs without RTCP feedback).  Does nothing
 * while one is under way, or after the peer refused one.
 */
void sip_leg_fast_update(struct sip_leg *leg);

/** Local address that the peer can reach us at, for the SDP; of a call of ours once it rings. */
void sip_leg_local_addr(const struct sip_leg *leg, struct sockaddr_storage *ret_addr);

#endif
