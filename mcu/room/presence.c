/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/presence.c  Who is signed in, with which devices, and who wants to know
 */
#include "mcu/room/presence.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/room/name_map.h"
#include "mcu/room/room_text.h"

enum { DEVICES_LIMIT = 1000000 };

struct device;

/* In the list of its person and in that of its device. */
struct watch {
    struct person *person;
    struct device *device;
    struct watch *person_next, **person_link;
    struct watch *device_next;
};

struct device {
    uint64_t key;
    struct device *hash_next;
    struct person *person;
    struct device *next; /* of the same person, in order of signing in */
    struct watch *watches;
    uint16_t nwatches;
    bool detached;
    enum presence_kind kind;
};

/* Lives while he has a device, is in a room, is watched or is still to be told about. */
struct person {
    struct name_map_node node;
    struct device *devices;
    struct watch *watchers;
    struct person *dirty_next;
    char *text; /* NULL = none */
    uint32_t nbusy;
    uint8_t ndevices;
    bool dirty;
    bool retell; /* whatever his state is: the text changed, or a watcher came amid a change */
    enum presence_state told; /* what watchers know */
    char identity[];
};

struct presence {
    struct presence_cfg cfg;
    struct name_map people;
    struct device **chain; /* devices by key */
    uint32_t mask;
    uint32_t ndevices, nwatches;
    struct person *dirty, **dirty_end;
};

static struct person *person_of(const struct name_map_node *node)
{
    size_t offset = offsetof(struct person, node);

    return node ? (struct person *)(uintptr_t)((const char *)node - offset) : NULL;
}

static struct person *find_person(const struct presence *presence, const char *identity)
{
    return person_of(name_map_find(&presence->people, identity));
}

static struct device **chain_of(const struct presence *presence, uint64_t key)
{
    /* Keys are counters of ours: spreading them is enough (Knuth, multiplicative hashing). */
    return &presence->chain[(uint32_t)(key * 0x9e3779b97f4a7c15 >> 32) & presence->mask];
}

static struct device *find_device(const struct presence *presence, uint64_t key)
{
    struct device *device = *chain_of(presence, key);

    while (device && device->key != key)
        device = device->hash_next;
    return device;
}

static struct person *get_person(struct presence *presence, const char *identity)
{
    struct person *person = find_person(presence, identity);
    size_t len = strlen(identity);

    if (person)
        return person;
    person = calloc(1, sizeof(*person) + len + 1);
    if (!person)
        return NULL;
    memcpy(person->identity, identity, len + 1);
    name_map_add(&presence->people, &person->node, person->identity);
    return person;
}

static bool identity_ok(const char *identity)
{
    size_t len = strnlen(identity, PRESENCE_IDENTITY_SIZE);

    return len > 0 && len < PRESENCE_IDENTITY_SIZE;
}

static enum presence_state state_of(const struct person *person)
{
    if (!person || !person->devices)
        return PRESENCE_OFFLINE;
    return person->nbusy ? PRESENCE_BUSY : PRESENCE_ONLINE;
}

/* Free him if nothing needs him any more. */
static void settle(struct presence *presence, struct person *person)
{
    if (person->devices || person->watchers || person->nbusy || person->dirty)
        return;
    name_map_remove(&presence->people, &person->node);
    free(person->text);
    free(person);
}

/* His state or text may have changed. */
static void touch(struct presence *presence, struct person *person)
{
    bool first = !presence->dirty;

    if (!person->watchers) {
        person->told = state_of(person);
        person->retell = false;
        return;
    }
    if (person->dirty || (person->told == state_of(person) && !person->retell))
        return;
    person->dirty = true;
    person->dirty_next = NULL;
    *presence->dirty_end = person;
    presence->dirty_end = &person->dirty_next;
    if (first && presence->cfg.pendingh)
        presence->cfg.pendingh(presence->cfg.arg);
}

int presence_new(struct presence **ret_presence, const struct presence_cfg *cfg)
{
    struct presence *presence;
    uint32_t n = 16;

    if (cfg->max_devices < 1 || cfg->max_devices > DEVICES_LIMIT)
        return -EINVAL;
    presence = calloc(1, sizeof(*presence));
    if (!presence)
        return -ENOMEM;
    presence->cfg = *cfg;
    presence->dirty_end = &presence->dirty;
    while (n < cfg->max_devices)
        n *= 2;
    presence->mask = n - 1;
    presence->chain = calloc(n, sizeof(struct device *));
    if (!presence->chain || name_map_init(&presence->people, cfg->max_devices)) {
        presence_free(presence);
        return -ENOMEM;
    }
    *ret_presence = presence;
    return 0;
}

static void free_people(struct presence *presence)
{
    struct person *person;

    while ((person = person_of(name_map_pop(&presence->people))) != NULL) {
        free(person->text);
        free(person);
    }
}

static void free_devices(struct presence *presence)
{
    for (uint32_t i = 0; i <= presence->mask; ++i) {
        struct device *device = presence->chain[i];

        while (device) {
            struct device *next = device->hash_next;

            while (device->watches) {
                struct watch *watch = device->watches;

                device->watches = watch->device_next;
                free(watch);
            }
            free(device);
            device = next;
        }
    }
}

struct presence *presence_free(struct presence *presence)
{
    if (!presence)
        return NULL;
    if (presence->chain)
        free_devices(presence);
    free_people(presence);
    name_map_finish(&presence->people);
    free(presence->chain);
    free(presence);
    return NULL;
}

int presence_add(struct presence *presence, const char *identity, uint64_t key,
                 enum presence_kind kind)
{
    struct device *device, **link;
    struct person *person;

    if (!key || !identity_ok(identity))
        return -EINVAL;
    if (find_device(presence, key))
        return -EEXIST;
    person = find_person(presence, identity);
    if (person && person->ndevices >= PRESENCE_DEVICES_MAX)
        return -EMFILE;
    if (presence->ndevices >= presence->cfg.max_devices)
        return -ENOSPC;
    device = calloc(1, sizeof(*device));
    person = device ? get_person(presence, identity) : NULL;
    if (!person) {
        free(device);
        return -ENOMEM;
    }
    device->key = key;
    device->kind = kind;
    device->person = person;
    for (link = &person->devices; *link;)
        link = &(*link)->next;
    *link = device;
    ++person->ndevices;
    link = chain_of(presence, key);
    device->hash_next = *link;
    *link = device;
    ++presence->ndevices;
    touch(presence, person);
    return 0;
}

static void drop_watch(struct presence *presence, struct watch *watch)
{
    struct person *person = watch->person;

    *watch->person_link = watch->person_next;
    if (watch->person_next)
        watch->person_next->person_link = watch->person_link;
    --presence->nwatches;
    free(watch);
    settle(presence, person);
}

void presence_remove(struct presence *presence, uint64_t key)
{
    struct device *device = find_device(presence, key), **link;
    struct person *person;

    if (!device)
        return;
    while (device->watches) {
        struct watch *watch = device->watches;

        device->watches = watch->device_next;
        drop_watch(presence, watch);
    }
    for (link = chain_of(presence, key); *link != device;)
        link = &(*link)->hash_next;
    *link = device->hash_next;
    person = device->person;
    for (link = &person->devices; *link != device;)
        link = &(*link)->next;
    *link = device->next;
    free(device);
    --person->ndevices;
    --presence->ndevices;
    if (!person->devices) {
        free(person->text);
        person->text = NULL;
    }
    touch(presence, person);
    settle(presence, person);
}

void presence_detach(struct presence *presence, uint64_t key, bool detached)
{
    struct device *device = find_device(presence, key);

    if (device)
        device->detached = detached;
}

int presence_enter(struct presence *presence, const char *identity)
{
    struct person *person = identity_ok(identity) ? get_person(presence, identity) : NULL;

    if (!person)
        return identity_ok(identity) ? -ENOMEM : -EINVAL;
    ++person->nbusy;
    touch(presence, person);
    return 0;
}

void presence_leave(struct presence *presence, const char *identity)
{
    struct person *person = find_person(presence, identity);

    if (!person || !person->nbusy)
        return;
    --person->nbusy;
    touch(presence, person);
    settle(presence, person);
}

int presence_set_text(struct presence *presence, const char *identity, const char *text)
{
    struct person *person = find_person(presence, identity);
    int nchars = room_text_length(text);
    char *copy = NULL;

    if (!person || !person->devices)
        return -ENOENT;
    if (nchars < 0)
        return nchars;
    if (nchars > PRESENCE_TEXT_CHARS)
        return -E2BIG;
    if (strcmp(text, person->text ? person->text : "") == 0)
        return 0;
    if (*text) {
        copy = strdup(text);
        if (!copy)
            return -ENOMEM;
    }
    free(person->text);
    person->text = copy;
    person->retell = true;
    touch(presence, person);
    return 0;
}

/* @return link to the watch, or to the end of the list */
static struct watch **find_watch(struct device *device, const char *identity)
{
    struct watch **link = &device->watches;

    while (*link && strcmp((*link)->person->identity, identity) != 0)
        link = &(*link)->device_next;
    return link;
}

int presence_watch(struct presence *presence, uint64_t key, const char *identity)
{
    struct device *device = find_device(presence, key);
    struct person *person;
    struct watch *watch;

    if (!device)
        return -ENOENT;
    if (!identity_ok(identity))
        return -EINVAL;
    if (*find_watch(device, identity))
        return 0;
    if (device->nwatches >= PRESENCE_WATCHES_MAX)
        return -EMFILE;
    if (presence->nwatches >= presence->cfg.max_watches)
        return -ENOSPC;
    watch = calloc(1, sizeof(*watch));
    person = watch ? get_person(presence, identity) : NULL;
    if (!person) {
        free(watch);
        return -ENOMEM;
    }
    *watch = (struct watch){.person = person,
                            .device = device,
                            .person_next = person->watchers,
                            .person_link = &person->watchers,
                            .device_next = device->watches};
    if (person->watchers)
        person->watchers->person_link = &watch->person_next;
    person->watchers = watch;
    person->retell =
        person->retell || person->dirty; /* the newcomer knows another state than the others */
    device->watches = watch;
    ++device->nwatches;
    ++presence->nwatches;
    return 0;
}

void presence_unwatch(struct presence *presence, uint64_t key, const char *identity)
{
    struct device *device = find_device(presence, key);
    struct watch **link = device ? find_watch(device, identity) : NULL;
    struct watch *watch = link ? *link : NULL;

    if (!watch)
        return;
    *link = watch->device_next;
    --device->nwatches;
    drop_watch(presence, watch);
}

static void fill(const struct person *person, const char *identity, struct presence_info *ret_info)
{
    *ret_info = (struct presence_info){.identity = identity,
                                       .state = state_of(person),
                                       .text = person && person->text ? person->text : "",
                                       .ndevices = person ? person->ndevices : 0};
}

void presence_flush(struct presence *presence)
{
    struct person *person = presence->dirty, *next;

    presence->dirty = NULL;
    presence->dirty_end = &presence->dirty;
    for (; person; person = next) {
        struct presence_info info;

        next = person->dirty_next;
        person->dirty = false;
        fill(person, person->identity, &info);
        if (person->told != info.state || person->retell) {
            for (struct watch *w = person->watchers; w && presence->cfg.changedh;
                 w = w->person_next)
                presence->cfg.changedh(w->device->key, &info, presence->cfg.arg);
        }
        person->told = info.state;
        person->retell = false;
        settle(presence, person);
    }
}

void presence_retell(struct presence *presence, uint64_t key)
{
    struct device *device = find_device(presence, key);
    struct presence_info info;

    for (struct watch *w = device ? device->watches : NULL; w && presence->cfg.changedh;
         w = w->device_next) {
        fill(w->person, w->person->identity, &info);
        presence->cfg.changedh(key, &info, presence->cfg.arg);
    }
}

void presence_look(const struct presence *presence, const char *identity,
                   struct presence_info *ret_info)
{
    fill(find_person(presence, identity), identity, ret_info);
}

unsigned presence_each_device(const struct presence *presence, const char *identity,
                              void (*h)(uint64_t device, enum presence_kind kind, void *arg),
                              void *arg)
{
    const struct person *person = find_person(presence, identity);
    unsigned n = 0;

    for (struct device *d = person ? person->devices : NULL; d; d = d->next) {
        if (d->detached)
            continue;
        h(d->key, d->kind, arg);
        ++n;
    }
    return n;
}

const char *presence_identity(const struct presence *presence, uint64_t key)
{
    const struct device *device = find_device(presence, key);

    return device ? device->person->identity : NULL;
}

enum presence_kind presence_kind(const struct presence *presence, uint64_t key)
{
    const struct device *device = find_device(presence, key);

    return device ? device->kind : PRESENCE_WEB;
}

const char *presence_state_name(enum presence_state state)
{
    static const char *const name[] = {"offline", "online", "busy"};

    return name[state];
}
