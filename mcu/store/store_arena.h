/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_arena.h  Memory of one request: what was asked and what is answered
 *
 * Threads: one at a time.
 */
#ifndef MCU_STORE_STORE_ARENA_H
#define MCU_STORE_STORE_ARENA_H

#include <stddef.h>

struct store_arena;

/** Create an empty arena.  @return NULL if there is no memory */
struct store_arena *store_arena_new(void);

/** Free an arena and all that came from it.  NULL is allowed.  Returns NULL. */
struct store_arena *store_arena_free(struct store_arena *arena);

/** Zeroed memory for any type; lives as long as the arena.  @return NULL if there is none */
void *store_arena_alloc(struct store_arena *arena, size_t size);

/** Copy @p size bytes and add a NUL.  @return NULL if there is no memory */
char *store_arena_text(struct store_arena *arena, const char *text, size_t size);

/** Memory taken so far [bytes]. */
size_t store_arena_size(const struct store_arena *arena);

#endif
