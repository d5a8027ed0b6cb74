/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sip_binding.c  Where registered users are: the table behind the registrar
 */
#include "net/sip_binding.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 1024 };

struct entry {
    struct entry *next;
    char key[SIP_REGISTRAR_TEXT_SIZE];
    struct sip_registrar_binding binding;
};

/* Invariant: has an entry, except while a change is made. */
struct user {
    struct user *next;
    struct entry *entries; /* newest first */
    char name[];
};

struct sip_binding {
    uint32_t max, n;
    sip_binding_online_h *onlineh;
    void *arg;
    struct user *buckets[BUCKETS];
};

int sip_binding_new(struct sip_binding **ret_table, uint32_t max_bindings,
                    sip_binding_online_h *onlineh, void *arg)
{
    struct sip_binding *table = calloc(1, sizeof(*table));

    if (!table)
        return -ENOMEM;
    table->max = max_bindings;
    table->onlineh = onlineh;
    table->arg = arg;
    *ret_table = table;
    return 0;
}

/* Names are those of users who proved who they are: nobody can aim at one bucket. */
static struct user **find_link(struct sip_binding *table, const char *name)
{
    uint32_t hash = 2166136261U; /* FNV-1a */
    struct user **link;

    for (const char *at = name; *at; ++at)
        hash = (hash ^ (unsigned char)*at) * 16777619U;
    link = &table->buckets[hash % BUCKETS];
    while (*link && strcmp((*link)->name, name) != 0)
        link = &(*link)->next;
    return link;
}

static void free_entry(struct sip_binding *table, struct entry **link)
{
    struct entry *entry = *link;

    *link = entry->next;
    free(entry);
    --table->n;
}

/* Remove a user without contacts, and tell.  @return true if he is gone */
static bool drop_if_empty(struct sip_binding *table, struct user **link, bool tell)
{
    struct user *user = *link;

    if (user->entries)
        return false;
    *link = user->next;
    if (tell && table->onlineh)
        table->onlineh(user->name, false, table->arg);
    free(user);
    return true;
}

struct sip_binding *sip_binding_free(struct sip_binding *table)
{
    if (!table)
        return NULL;
    for (unsigned i = 0; i < BUCKETS; ++i) {
        while (table->buckets[i]) {
            while (table->buckets[i]->entries)
                free_entry(table, &table->buckets[i]->entries);
            (void)drop_if_empty(table, &table->buckets[i], false);
        }
    }
    free(table);
    return NULL;
}

static void expire_entries(struct sip_binding *table, struct user *user, uint64_t now_us)
{
    for (struct entry **link = &user->entries; *link;) {
        if ((*link)->binding.expires_us <= now_us)
            free_entry(table, link);
        else
            link = &(*link)->next;
    }
}

static struct entry **find_entry(struct user *user, const char *key)
{
    struct entry **link = &user->entries;

    while (*link && strcmp((*link)->key, key) != 0)
        link = &(*link)->next;
    return link;
}

static bool is_out_of_order(const struct entry *entry, const char *call_id, uint32_t cseq)
{
    return strcmp(entry->binding.call_id, call_id) == 0 && cseq <= entry->binding.cseq;
}

/* Could all changes be made? */
static int check_changes(const struct sip_binding *table, struct user *user,
                         const struct sip_binding_change *changes, unsigned n)
{
    unsigned have = 0, added = 0, removed = 0;

    for (const struct entry *entry = user->entries; entry; entry = entry->next)
        ++have;
    for (unsigned i = 0; i < n; ++i) {
        const struct entry *entry = *find_entry(user, changes[i].key);

        if (entry && is_out_of_order(entry, changes[i].binding.call_id, changes[i].binding.cseq))
            return -ESTALE;
        added += !entry && changes[i].expires_s;
        removed += entry && !changes[i].expires_s;
    }
    if (have + added > SIP_REGISTRAR_CONTACTS_MAX + removed ||
        table->n + added > table->max + removed)
        return added ? -ENOSPC : 0;
    return 0;
}

/* Takes the entries of @p spare that it needs. */
static void make_change(struct sip_binding *table, struct user *user,
                        const struct sip_binding_change *change, struct entry **spare,
                        uint64_t now_us)
{
    struct entry **link = find_entry(user, change->key), *entry = *link;

    if (!change->expires_s) {
        if (entry)
            free_entry(table, link);
        return;
    }
    if (entry) {
        *link = entry->next;
    } else {
        entry = *spare;
        *spare = entry->next;
        ++table->n;
    }
    memcpy(entry->key, change->key, sizeof(entry->key));
    entry->binding = change->binding;
    entry->binding.expires_us = now_us + (uint64_t)change->expires_s * 1000000;
    entry->next = user->entries;
    user->entries = entry;
}

static struct user *add_user(struct user **link, const char *name)
{
    size_t size = strlen(name) + 1;
    struct user *user = calloc(1, sizeof(*user) + size);

    if (user) {
        memcpy(user->name, name, size);
        *link = user;
    }
    return user;
}

static void free_spare(struct entry *spare)
{
    while (spare) {
        struct entry *next = spare->next;

        free(spare);
        spare = next;
    }
}

/* An entry for each change, so that none fails half way. */
static int make_spare(struct entry **ret_spare, unsigned n)
{
    for (unsigned i = 0; i < n; ++i) {
        struct entry *entry = calloc(1, sizeof(*entry));

        if (!entry)
            return -ENOMEM;
        entry->next = *ret_spare;
        *ret_spare = entry;
    }
    return 0;
}

int sip_binding_apply(struct sip_binding *table, const char *name,
                      const struct sip_binding_change *changes, unsigned n, uint64_t now_us)
{
    struct user **link = find_link(table, name);
    struct entry *spare = NULL;
    bool was_online;
    int err;

    if (!*link && !add_user(link, name))
        return -ENOMEM;
    was_online = (*link)->entries != NULL;
    expire_entries(table, *link, now_us);
    err = check_changes(table, *link, changes, n);
    if (!err)
        err = make_spare(&spare, n);
    for (unsigned i = 0; !err && i < n; ++i)
        make_change(table, *link, &changes[i], &spare, now_us);
    free_spare(spare);
    if (!was_online && (*link)->entries && table->onlineh)
        table->onlineh(name, true, table->arg);
    (void)drop_if_empty(table, link, was_online);
    return err;
}

int sip_binding_remove_all(struct sip_binding *table, const char *name, const char *call_id,
                           uint32_t cseq, uint64_t now_us)
{
    struct user **link = find_link(table, name);

    if (!*link)
        return 0;
    expire_entries(table, *link, now_us);
    for (const struct entry *entry = (*link)->entries; entry; entry = entry->next) {
        if (is_out_of_order(entry, call_id, cseq))
            return -ESTALE;
    }
    while ((*link)->entries)
        free_entry(table, &(*link)->entries);
    (void)drop_if_empty(table, link, true);
    return 0;
}

unsigned sip_binding_list(const struct sip_binding *table, const char *name,
                          struct sip_registrar_binding *ret_bindings, unsigned max, uint64_t now_us)
{
    const struct user *user = *find_link((struct sip_binding *)(uintptr_t)table, name);
    unsigned n = 0;

    for (const struct entry *entry = user ? user->entries : NULL; entry && n < max;
         entry = entry->next) {
        if (entry->binding.expires_us > now_us)
            ret_bindings[n++] = entry->binding;
    }
    return n;
}

bool sip_binding_is_from(const struct sip_binding *table, const char *name,
                         enum sip_registrar_transport transport,
                         const struct sockaddr_storage *source, uint64_t now_us)
{
    const struct user *user;

    user = *find_link((struct sip_binding *)(uintptr_t)table, name);
    for (const struct entry *entry = user ? user->entries : NULL; entry; entry = entry->next) {
        if (entry->binding.expires_us > now_us && entry->binding.transport == transport &&
            memcmp(&entry->binding.source, source, sizeof(*source)) == 0)
            return true;
    }
    return false;
}

uint32_t sip_binding_expire(struct sip_binding *table, uint64_t now_us)
{
    for (unsigned i = 0; i < BUCKETS; ++i) {
        for (struct user **link = &table->buckets[i]; *link;) {
            expire_entries(table, *link, now_us);
            if (!drop_if_empty(table, link, true))
                link = &(*link)->next;
        }
    }
    return table->n;
}
