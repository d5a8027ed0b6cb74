/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/signin_block.c  Which tokens are refused before they expire
 */
#include "mcu/api/signin_block.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/auth/grants.h"
#include "mcu/room/name_map.h"

struct entry {
    struct name_map_node node;
    struct entry *next;  /* of its list, the latest first */
    uint64_t expires_us; /* is not needed from then on */
    uint64_t last_us;    /* accounts: tokens made until then are refused */
    uint64_t serial;     /* accounts: differs at each change */
    char name[];         /* of a token or an account */
};

struct list {
    struct name_map map;
    struct entry *first;
    unsigned n;
};

struct signin_block {
    struct list revoked, users;
    uint64_t floor_us; /* last_us of accounts that are not in the list */
    uint64_t serial;
};

static struct entry *find(const struct list *list, const char *name)
{
    struct name_map_node *node = name_map_find(&list->map, name);

    return node ? (struct entry *)(void *)((char *)node - offsetof(struct entry, node)) : NULL;
}

static struct entry *add(struct list *list, const char *name)
{
    size_t size = strlen(name) + 1;
    struct entry *entry = calloc(1, sizeof(*entry) + size);

    if (!entry)
        return NULL;
    memcpy(entry->name, name, size);
    name_map_add(&list->map, &entry->node, entry->name);
    entry->next = list->first;
    list->first = entry;
    ++list->n;
    return entry;
}

static void drop(struct list *list, struct entry **link)
{
    struct entry *entry = *link;

    *link = entry->next;
    name_map_remove(&list->map, &entry->node);
    free(entry);
    --list->n;
}

static void drop_expired(struct list *list, uint64_t now_us)
{
    struct entry **link = &list->first;

    while (*link) {
        if ((*link)->expires_us <= now_us)
            drop(list, link);
        else
            link = &(*link)->next;
    }
}

static void finish(struct list *list)
{
    while (list->first)
        drop(list, &list->first);
    name_map_finish(&list->map);
}

int signin_block_new(struct signin_block **ret_block)
{
    struct signin_block *block = calloc(1, sizeof(*block));
    int err;

    if (!block)
        return -ENOMEM;
    err = name_map_init(&block->revoked.map, SIGNIN_BLOCK_REVOKED_MAX);
    if (!err)
        err = name_map_init(&block->users.map, SIGNIN_BLOCK_USERS_MAX);
    if (err)
        block = signin_block_free(block);
    else
        *ret_block = block;
    return err;
}

struct signin_block *signin_block_free(struct signin_block *block)
{
    if (!block)
        return NULL;
    finish(&block->revoked);
    finish(&block->users);
    free(block);
    return NULL;
}

int signin_block_revoke(struct signin_block *block, const char *jti, uint64_t expires_us, bool own,
                        uint64_t now_us)
{
    const unsigned max = own ? SIGNIN_BLOCK_OWN_MAX : SIGNIN_BLOCK_REVOKED_MAX;
    struct list *list = &block->revoked;
    struct entry *entry = find(list, jti);

    if (!entry && list->n >= max)
        drop_expired(list, now_us);
    if (!entry && list->n >= max)
        return -ENOSPC;
    if (!entry)
        entry = add(list, jti);
    if (!entry)
        return -ENOMEM;
    if (entry->expires_us < expires_us)
        entry->expires_us = expires_us;
    return 0;
}

/* The one whose moment is the oldest goes; nobody outside the list may be older than that. */
static void drop_oldest(struct signin_block *block)
{
    struct entry **oldest = &block->users.first;

    for (struct entry **link = oldest; *link; link = &(*link)->next)
        if ((*link)->last_us < (*oldest)->last_us)
            oldest = link;
    if (block->floor_us < (*oldest)->last_us)
        block->floor_us = (*oldest)->last_us;
    drop(&block->users, oldest);
}

int signin_block_user(struct signin_block *block, const char *user, uint64_t last_us,
                      uint64_t expires_us, uint64_t now_us)
{
    struct list *list = &block->users;
    struct entry *entry = find(list, user);

    if (!entry && list->n >= SIGNIN_BLOCK_USERS_MAX)
        drop_expired(list, now_us);
    if (!entry && list->n >= SIGNIN_BLOCK_USERS_MAX)
        drop_oldest(block);
    if (!entry)
        entry = add(list, user);
    if (!entry)
        return -ENOMEM;
    if (entry->last_us < last_us)
        entry->last_us = last_us;
    if (entry->expires_us < expires_us)
        entry->expires_us = expires_us;
    entry->serial = ++block->serial;
    return 0;
}

static uint64_t last_of(const struct signin_block *block, const char *user)
{
    const struct entry *entry = find(&block->users, user);

    return entry && entry->last_us > block->floor_us ? entry->last_us : block->floor_us;
}

const char *signin_block_why(const struct signin_block *block, const struct grants *grants)
{
    if (grants->jti[0] && find(&block->revoked, grants->jti))
        return "token_revoked";
    if (grants->user) {
        uint64_t last_us = last_of(block, grants->identity);

        if (last_us && grants->issued_us <= last_us)
            return "token_revoked";
    }
    return NULL;
}

uint64_t signin_block_serial(const struct signin_block *block, const char *user)
{
    const struct entry *entry = find(&block->users, user);

    return entry ? entry->serial : 0;
}
