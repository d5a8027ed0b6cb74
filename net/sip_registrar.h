/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sip_registrar.h  Registrar: phones that say where they are (RFC 3261, 10)
 *
 * REGISTER with digest authentication; who users are is asked from the owner.  A phone
 * behind a NAT is reached where its REGISTER came from: over its connection, or at the source
 * of its datagram (RFC 3581).  Path and q are ignored; bindings are in memory only.
 *
 *     REGISTER --> 401 --> REGISTER with answer --> credentialsh
 *                                                        | within it or later
 *         .-------------------------------- sip_registrar_credentials()
 *         '--> 200 with the contacts | 403 (unknown user and wrong password alike)
 *              | 423 | 400 | 500 (CSeq order) | 503 (limits)
 *
 * Threads:   control only.
 * Ownership: copies everything.
 */
#ifndef NET_SIP_REGISTRAR_H
#define NET_SIP_REGISTRAR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

struct sip_msg;
struct sip_registrar;
struct sip_server;

enum {
    SIP_REGISTRAR_CONTACTS_MAX = 10, /**< Of one user */
    SIP_REGISTRAR_EXPIRES_MIN = 60,  /**< Shorter ones get 423 [s] */
    SIP_REGISTRAR_EXPIRES_MAX = 3600,
    SIP_REGISTRAR_EXPIRES_STREAM_MAX = 600, /**< Over TCP and TLS: a connection that is idle for
                                                 15 minutes is closed [s] */
    SIP_REGISTRAR_TEXT_SIZE = 256,          /**< URIs, Call-IDs; longer ones get 400 [bytes] */
};

enum sip_registrar_transport { SIP_REGISTRAR_UDP, SIP_REGISTRAR_TCP, SIP_REGISTRAR_TLS };

/** What phones are challenged for, the first one preferred (RFC 8760, 2.4). */
enum sip_registrar_digests {
    SIP_REGISTRAR_SHA256_MD5,
    SIP_REGISTRAR_MD5_SHA256, /**< For phones that look at the first challenge only */
    SIP_REGISTRAR_MD5         /**< For phones that give up at a challenge that they do not know */
};

struct sip_registrar_cfg {
    char realm[128];                    /**< "" = no registrar: REGISTER gets 405 */
    enum sip_registrar_digests digests; /**< Of INVITE too */
    uint32_t max_bindings;              /**< Of all users */
    uint32_t max_registers_per_s;       /**< From one address, 0 = no limit; more get 503 */
};

struct sip_registrar_binding {
    char uri[SIP_REGISTRAR_TEXT_SIZE];        /**< As the phone gave it */
    char target[2 * SIP_REGISTRAR_TEXT_SIZE]; /**< For sip_leg_call(): reaches it through a NAT */
    char call_id[SIP_REGISTRAR_TEXT_SIZE];
    uint32_t cseq;
    enum sip_registrar_transport transport;
    struct sockaddr_storage source; /**< Where the REGISTER came from */
    uint64_t expires_us;            /**< On the clock of the control loop's timers */
};

/**
 * Answer credentialsh, within it or later; ids that are not known any more are ignored.
 * @param ha1_md5     H(user:realm:password), 32 digits of lower case hex, NULL if there is none
 * @param ha1_sha256  The same with SHA-256, 64 digits
 * @return 0 (the answer of the phone is right), -EACCES (wrong), -ENOENT (it was not compared)
 */
int sip_registrar_credentials(struct sip_server *server, uint32_t request, bool found,
                              const char *ha1_md5, const char *ha1_sha256);
/** The same if it cannot be said now, or who asks tries too often: 503 with Retry-After. */
void sip_registrar_no_credentials(struct sip_server *server, uint32_t request);

/** Contacts of a user that are valid now, the newest first.  @return their number */
unsigned sip_registrar_bindings(const struct sip_server *server, const char *user,
                                struct sip_registrar_binding *ret_bindings, unsigned max);

/* ---- for the files of net/sip_* only ---- */

/** @return 0 or -ENOMEM */
int sip_registrar_new(struct sip_registrar **ret_registrar, struct sip_server *server);
/** Forget everything without telling anybody.  NULL is allowed.  Returns NULL. */
struct sip_registrar *sip_registrar_free(struct sip_registrar *registrar);
/** A REGISTER that passed the checks.  It is answered now or later. */
void sip_registrar_request(struct sip_registrar *registrar, const struct sip_msg *msg);
/**
 * True if a request came from where @p user is registered from: address, port and transport.  Over
 * UDP that proves nothing: anybody can write any source into a datagram.
 */
bool sip_registrar_is_from(const struct sip_registrar *registrar, const char *user,
                           const struct sip_msg *msg);

#endif
