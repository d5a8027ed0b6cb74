/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sip_proof.h  Who sent a request?  Challenges, and answers that wait for their secret
 *
 *     request without a usable answer --> 401 with sip_proof_print_challenge()
 *     request with one --> sip_proof_start() --> credentialsh of the owner (a database)
 *                                  '-- sip_proof_credentials() --> the done handler, once
 *
 * An unknown user takes the same way as a wrong password: a digest is compared either way.
 * For the files of net/sip_* only.
 *
 * Threads: control only.
 */
#ifndef NET_SIP_PROOF_H
#define NET_SIP_PROOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sip_digest;
struct sip_msg;
struct sip_proof;
struct sip_server;

enum {
    SIP_PROOF_PENDING_MAX = 256, /**< Answers that wait for their secret at once */
    SIP_PROOF_WAIT_S = 10,       /**< The owner has so long [s] */
    SIP_PROOF_CHALLENGE_SIZE = 1024
};

enum sip_proof_answer {
    SIP_PROOF_NONE,  /**< No answer to a challenge of ours */
    SIP_PROOF_STALE, /**< To one that is too old */
    SIP_PROOF_USABLE
};

enum sip_proof_result {
    SIP_PROOF_RIGHT,
    SIP_PROOF_WRONG,    /**< Unknown user or wrong password */
    SIP_PROOF_REPLAYED, /**< Right, but the nonce was used so before: challenge again as stale */
    SIP_PROOF_NO_REPLY  /**< The owner did not answer in time, or cannot say now */
};

typedef void(sip_proof_h)(enum sip_proof_result result, const struct sip_digest *digest, void *arg);

/** @return 0 or -ENOMEM */
int sip_proof_new(struct sip_proof **ret_proof, struct sip_server *server);
/** Forget what waits without calling its handlers.  NULL is allowed.  Returns NULL. */
struct sip_proof *sip_proof_free(struct sip_proof *proof);

/**
 * WWW-Authenticate lines for a challenge to the sender of @p msg, with the configured digests
 * and one nonce for all of them.
 * @return false if @p realm cannot be quoted
 */
bool sip_proof_print_challenge(const struct sip_proof *proof,
                               char ret_text[SIP_PROOF_CHALLENGE_SIZE], const struct sip_msg *msg,
                               const char *realm, bool stale);

/**
 * Find an answer to a challenge of ours among the Authorization headers of a request.
 * @param realm  Only of this realm; NULL: of any that we challenged for
 */
enum sip_proof_answer sip_proof_find(const struct sip_proof *proof, struct sip_digest *ret_digest,
                                     const struct sip_msg *msg, const char *realm);

/**
 * Have an answer checked.  @p doneh may run before this returns.
 * @param ret_id  For sip_proof_cancel(), set before any handler is called
 * @param msg     The request: its method, and where it came from
 * @return 0, -ENOSPC (too many wait), -ENOTSUP (nobody knows credentials), -ENOMEM
 */
int sip_proof_start(struct sip_proof *proof, uint32_t *ret_id, const struct sip_digest *digest,
                    const struct sip_msg *msg, sip_proof_h *doneh, void *arg);

/** Forget one that waits.  Unknown ids, as 0, are allowed. */
void sip_proof_cancel(struct sip_proof *proof, uint32_t id);

/** What the owner found.  @param ha1_md5 @param ha1_sha256 lower case hex, or NULL
 *  @return 0 (right), -EACCES (wrong), -ENOENT (nobody waits: nothing was compared) */
int sip_proof_credentials(struct sip_proof *proof, uint32_t id, bool found, const char *ha1_md5,
                          const char *ha1_sha256);
/** The owner cannot say now: SIP_PROOF_NO_REPLY. */
void sip_proof_no_credentials(struct sip_proof *proof, uint32_t id);

#endif
