/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/digest_hex.h  Hashes of text as lower-case hex (OpenSSL)
 *
 * Threads: any; no state.
 */
#ifndef NET_DIGEST_HEX_H
#define NET_DIGEST_HEX_H

#include <stddef.h>

enum {
    DIGEST_HEX_MD5_SIZE = 32 + 1,   /**< With NUL [bytes] */
    DIGEST_HEX_SHA256_SIZE = 64 + 1 /**< With NUL [bytes] */
};

/** A part of what is hashed. */
struct digest_hex_part {
    const void *data;
    size_t len;
};

/** @param ret_hex DIGEST_HEX_MD5_SIZE bytes; "" after an error  @return 0, -EIO (OpenSSL) */
int digest_hex_md5(char *ret_hex, const struct digest_hex_part *part, unsigned nparts);
/** @param ret_hex DIGEST_HEX_SHA256_SIZE bytes; "" after an error  @return 0, -EIO (OpenSSL) */
int digest_hex_sha256(char *ret_hex, const struct digest_hex_part *part, unsigned nparts);

#endif
