/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sip_ha1.h  What digest authentication of SIP needs to know of a password
 *
 * The hash of "user:realm:password" (RFC 3261, section 22.4; RFC 8760 for SHA-256).  It is as
 * secret as the password within the realm.
 *
 * Threads: any; no state.
 */
#ifndef NET_SIP_HA1_H
#define NET_SIP_HA1_H

#include <stddef.h>

#include "net/digest_hex.h"

struct sip_ha1 {
    char md5[DIGEST_HEX_MD5_SIZE];
    char sha256[DIGEST_HEX_SHA256_SIZE];
};

/**
 * Make both.
 *
 * @param ret_ha1  Both "" after an error
 *
 * @return 0, -EINVAL (nothing, a colon or a quote in user or realm; a NUL or nothing in the
 *         password), -EIO (OpenSSL)
 */
int sip_ha1_make(struct sip_ha1 *ret_ha1, const char *user, const char *realm, const char *password,
                 size_t len);

#endif
