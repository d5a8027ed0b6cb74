/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/base/pool.h  Objects of one size, with a hard limit
 *
 * Grows in chunks up to its limit and keeps what it has, so that streaming
 * costs no malloc.  Objects are aligned to a cache line and not cleared.
 *
 * Threads:   any; one short lock inside.
 * Ownership: an object belongs to whoever took it; the pool must outlive it.
 */
#ifndef MCU_BASE_POOL_H
#define MCU_BASE_POOL_H

#include <stddef.h>
#include <stdint.h>

struct pool;

/**
 * Create a pool.
 *
 * @param ret_pool  New pool, set on success only
 * @param size      Size of an object, 1 to 1 MiB [bytes]
 * @param limit     Largest number of objects, at least 1
 *
 * @return 0, -EINVAL, -ENOMEM
 */
int pool_new(struct pool **ret_pool, size_t size, uint32_t limit);

/** Have memory for @p n objects ready, so that the first ones cost no malloc.  @return 0, -ENOMEM
 */
int pool_reserve(struct pool *pool, uint32_t n);

/** Free a pool; every object must have come back.  NULL is allowed.  Returns NULL. */
struct pool *pool_free(struct pool *pool);

/** Take an object, or NULL at the limit or without memory. */
void *pool_get(struct pool *pool);

/** Give an object back.  NULL is allowed. */
void pool_put(struct pool *pool, void *object);

/** Number of objects that are out. */
uint32_t pool_used(struct pool *pool);

#endif
