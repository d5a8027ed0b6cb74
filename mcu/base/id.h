/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/base/id.h  Random names and numbers from the kernel
 *
 * Threads: any.
 */
#ifndef MCU_BASE_ID_H
#define MCU_BASE_ID_H

#include <stddef.h>
#include <stdint.h>

enum { ID_SIZE = 32 /**< Room for any id of ours and its NUL [bytes] */ };

/** Fill @p buf with random bytes from getrandom(2); blocks only before the kernel is seeded. */
void id_bytes(void *buf, size_t size);

/** A random number. */
uint32_t id_u32(void);

/**
 * Make an id: prefix, underscore, 20 characters of base32 (100 random bits), as "pt_4k2x...".
 *
 * @param ret_id  At least ID_SIZE bytes
 * @param prefix  1 to 8 characters
 */
void id_make(char *ret_id, const char *prefix);

/**
 * Make a secret of @p length characters out of [a-z2-7], 5 random bits each, and a NUL.
 *
 * @param ret_text  At least length + 1 bytes
 */
void id_text(char *ret_text, size_t length);

#endif
