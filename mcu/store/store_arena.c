/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_arena.c  Memory of one request: what was asked and what is answered
 */
#include "mcu/store/store_arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 1024, ALIGN = alignof(max_align_t) };

struct block {
    struct block *next;
    size_t used, size; /* of data */
    alignas(max_align_t) char data[];
};

struct store_arena {
    struct block *blocks; /* the first one is filled */
    size_t size;
};

struct store_arena *store_arena_new(void)
{
    return calloc(1, sizeof(struct store_arena));
}

struct store_arena *store_arena_free(struct store_arena *arena)
{
    if (!arena)
        return NULL;
    for (struct block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    free(arena);
    return NULL;
}

void *store_arena_alloc(struct store_arena *arena, size_t size)
{
    struct block *block = arena->blocks;
    void *memory;

    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    if (!block || block->size - block->used < size) {
        const size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;

        block = calloc(1, sizeof(*block) + room);
        if (!block)
            return NULL;
        block->size = room;
        block->next = arena->blocks;
        arena->blocks = block;
        arena->size += sizeof(*block) + room;
    }
    memory = block->data + block->used;
    block->used += size;
    return memory;
}

char *store_arena_text(struct store_arena *arena, const char *text, size_t size)
{
    char *copy = store_arena_alloc(arena, size + 1);

    if (copy && size)
        memcpy(copy, text, size);
    return copy;
}

size_t store_arena_size(const struct store_arena *arena)
{
    return sizeof(*arena) + arena->size;
}
