/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sip_server.h  SIP user agent server on libre's stack: legs that call a room
 *
 * Answers OPTIONS and INVITE; checks the mandatory headers that libre 1.1.0
 * does not (reference: RFC 3261, 8.1.1), Require (420), method (405) and
 * content type (415) itself.  What a room says is the business of the handlers.
 * Known scanners and requests beyond twenty times the INVITE limit of their source
 * get no answer at all.
 *
 *     INVITE --> inviteh --> sip_leg_answer | sip_leg_reject
 *     ACK with the answer to a late offer, re-INVITE --> offerh / answerh
 *     BYE, CANCEL, time-out --> closeh (once; the leg is gone afterwards)
 *
 * Threads:   control only.
 * Ownership: a leg lives from inviteh until closeh, sip_leg_reject or sip_leg_hangup returns.
 */
#ifndef NET_SIP_SERVER_H
#define NET_SIP_SERVER_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

struct sip_leg;
struct sip_server;

struct sip_server_invite {
    const char *room; /**< User part of the request URI, unescaped */
    const char *from; /**< Display name, else user part, of From; UTF-8, may be empty */
    const char *uri;  /**< From URI */
    const char *user_agent;
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
    uint32_t max_legs;            /**< All */
    uint32_t max_legs_per_source; /**< From one address; more get 486 */
    uint32_t max_invites_per_s;   /**< From one address; more get 503 with Retry-After */
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

void sip_leg_set_arg(struct sip_leg *leg, void *leg_arg);

/**
 * Accept with 200 and our SDP (answer, or offer if the invite had none).
 * @return 0, -EINVAL (no or too much SDP, answered already) or another -errno; then reject the leg
 */
int sip_leg_answer(struct sip_leg *leg, const char *sdp, size_t len);

/** Refuse an unanswered invite; @p reason goes to the status line and a Reason header. */
void sip_leg_reject(struct sip_leg *leg, unsigned code, const char *reason);

/**
 * End an answered leg with BYE and a Reason header (an unanswered one with 480); closeh is not
 * called any more.  Within a handler of the leg too; then BYE goes out after it.  NULL is allowed.
 */
void sip_leg_hangup(struct sip_leg *leg, const char *reason);

/**
 * Ask for a key frame by INFO picture_fast_update (legs without RTCP feedback).  Does nothing
 * while one is under way, or after the peer refused one.
 */
void sip_leg_fast_update(struct sip_leg *leg);

/** Local address that the peer can reach us at, for the SDP. */
void sip_leg_local_addr(const struct sip_leg *leg, struct sockaddr_storage *ret_addr);

#endif
