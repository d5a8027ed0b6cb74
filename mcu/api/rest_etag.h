/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_etag.h  Versions of things as entity tags (RFC 9110, section 8.8.3)
 *
 * Threads: any; no state.
 */
#ifndef MCU_API_REST_ETAG_H
#define MCU_API_REST_ETAG_H

#include <stdbool.h>
#include <stdint.h>

enum { REST_ETAG_SIZE = 24 /**< Room for a tag, with NUL [bytes] */ };

/** As "\"7\"", with the quotes. */
void rest_etag_write(char *ret_tag, uint64_t version);

/**
 * Does a header name this version?  It is "*" or tags with commas between them.
 * @param header  If-Match or If-None-Match, "" = none, which names nothing
 * @param weak    W/"7" counts, as it does for If-None-Match
 */
bool rest_etag_matches(const char *header, uint64_t version, bool weak);

#endif
