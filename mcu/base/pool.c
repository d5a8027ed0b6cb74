/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/base/pool.c  Objects of one size, with a hard limit
 */
#include "mcu/base/pool.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

enum { CACHE_LINE = 64, CHUNK_BYTES = 256 * 1024, SIZE_MAX_BYTES = 1024 * 1024 };

/* Sits at the start of a chunk, one cache line before its first object. */
struct chunk {
    struct chunk *next;
};

struct unused {
    struct unused *next;
};

struct pool {
    pthread_mutex_t lock;
    struct unused *unused;
    struct chunk *chunks;
    size_t size;        /* rounded up to cache lines */
    uint32_t per_chunk; /* objects */
    uint32_t made, used, limit;
};

/* One chunk more; called with the lock held. */
static void grow(struct pool *pool)
{
    uint32_t n = pool->per_chunk;
    struct chunk *chunk;
    char *p;

    if (n > pool->limit - pool->made)
        n = pool->limit - pool->made;
    if (!n)
        return;
    chunk = aligned_alloc(CACHE_LINE, CACHE_LINE + n * pool->size);
    if (!chunk)
        return;

    chunk->next = pool->chunks;
    pool->chunks = chunk;
    pool->made += n;
    p = (char *)chunk + CACHE_LINE;
    for (; n; --n, p += pool->size) {
        struct unused *u = (struct unused *)(void *)p;

        u->next = pool->unused;
        pool->unused = u;
    }
}

int pool_new(struct pool **ret_pool, size_t size, uint32_t limit)
{
    struct pool *pool;

    assert(ret_pool);
    if (size < 1 || size > SIZE_MAX_BYTES || limit < 1)
        return -EINVAL;

    pool = calloc(1, sizeof(*pool));
    if (!pool)
        return -ENOMEM;

    pthread_mutex_init(&pool->lock, NULL);
    pool->size = (size + CACHE_LINE - 1) & ~(size_t)(CACHE_LINE - 1);
    pool->per_chunk = pool->size < CHUNK_BYTES ? (uint32_t)(CHUNK_BYTES / pool->size) : 1;
    pool->limit = limit;

    *ret_pool = pool;
    return 0;
}

int pool_reserve(struct pool *pool, uint32_t n)
{
    uint32_t before;

    if (n > pool->limit)
        n = pool->limit;
    pthread_mutex_lock(&pool->lock);
    do {
        before = pool->made;
        if (before < n)
            grow(pool);
    } while (pool->made != before);
    pthread_mutex_unlock(&pool->lock);
    return before < n ? -ENOMEM : 0;
}

struct pool *pool_free(struct pool *pool)
{
    struct chunk *chunk;

    if (!pool)
        return NULL;

    assert(pool->used == 0);
    while ((chunk = pool->chunks) != NULL) {
        pool->chunks = chunk->next;
        free(chunk);
    }
    pthread_mutex_destroy(&pool->lock);
    free(pool);
    return NULL;
}

void *pool_get(struct pool *pool)
{
    struct unused *u;

    pthread_mutex_lock(&pool->lock);
    if (!pool->unused)
        grow(pool);
    u = pool->unused;
    if (u) {
        pool->unused = u->next;
        ++pool->used;
    }
    pthread_mutex_unlock(&pool->lock);
    return u;
}

void pool_put(struct pool *pool, void *object)
{
    struct unused *u = object;

    if (!u)
        return;

    pthread_mutex_lock(&pool->lock);
    u->next = pool->unused;
    pool->unused = u;
    --pool->used;
    pthread_mutex_unlock(&pool->lock);
}

uint32_t pool_used(struct pool *pool)
{
    uint32_t n;

    pthread_mutex_lock(&pool->lock);
    n = pool->used;
    pthread_mutex_unlock(&pool->lock);
    return n;
}
