/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sip_binding.h  Where registered users are: the table behind the registrar
 *
 * RFC 3261, 10.3 without its messages.  A change of several contacts is made whole or not at
 * all.  In memory only.
 *
 * Threads: one.
 */
#ifndef NET_SIP_BINDING_H
#define NET_SIP_BINDING_H

#include <stdbool.h>
#include <stdint.h>

#include "net/sip_registrar.h"

struct sip_binding;

/** A contact of a REGISTER. */
struct sip_binding_change {
    struct sip_registrar_binding binding; /**< expires_us is set from expires_s */
    char key[SIP_REGISTRAR_TEXT_SIZE];    /**< Its URI in a form that compares by strcmp() */
    uint32_t expires_s;                   /**< 0 = remove */
};

/** A user appeared (first contact) or went (last one). */
typedef void(sip_binding_online_h)(const char *user, bool online, void *arg);

/** Create a table for @p max_bindings of all users.  @return 0 or -ENOMEM */
int sip_binding_new(struct sip_binding **ret_table, uint32_t max_bindings,
                    sip_binding_online_h *onlineh, void *arg);
/** Free without telling anybody.  NULL is allowed.  Returns NULL. */
struct sip_binding *sip_binding_free(struct sip_binding *table);

/**
 * Apply the contacts of one REGISTER.
 * @param changes  No two of the same key
 * @return 0, -ENOSPC (too many contacts of the user, or of all), -ESTALE (CSeq out of order
 *         within its Call-ID), -ENOMEM; then nothing was changed
 */
int sip_binding_apply(struct sip_binding *table, const char *user,
                      const struct sip_binding_change *changes, unsigned n, uint64_t now_us);

/** Remove all contacts of a user, for a REGISTER with "*".  @return 0 or -ESTALE */
int sip_binding_remove_all(struct sip_binding *table, const char *user, const char *call_id,
                           uint32_t cseq, uint64_t now_us);

/** Contacts of a user, the newest first.  @return their number, at most @p max */
unsigned sip_binding_list(const struct sip_binding *table, const char *user,
                          struct sip_registrar_binding *ret_bindings, unsigned max,
                          uint64_t now_us);

/**
 * True if a contact of a user that is valid now came from there over this transport.  Over UDP that
 * proves nothing: anybody can write any source into a datagram.
 */
bool sip_binding_is_from(const struct sip_binding *table, const char *user,
                         enum sip_registrar_transport transport,
                         const struct sockaddr_storage *source, uint64_t now_us);

/** Drop what has expired.  @return bindings that are left */
uint32_t sip_binding_expire(struct sip_binding *table, uint64_t now_us);

#endif
