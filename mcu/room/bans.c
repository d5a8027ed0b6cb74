/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/bans.c  Who is kept out of a room
 */
#include "mcu/room/bans.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct ban {
    char identity[256]; /* "" = a guest, for whom the rest holds */
    char address[64];
    char name[257];
    struct ban *next; /* newer */
};

struct bans {
    struct ban *oldest;
    unsigned n;
};

int bans_new(struct bans **ret_bans)
{
    *ret_bans = calloc(1, sizeof(**ret_bans));
    return *ret_bans ? 0 : -ENOMEM;
}

static void drop(struct bans *bans, struct ban **link)
{
    struct ban *ban = *link;

    *link = ban->next;
    free(ban);
    --bans->n;
}

struct bans *bans_free(struct bans *bans)
{
    while (bans && bans->oldest)
        drop(bans, &bans->oldest);
    free(bans);
    return NULL;
}

/* Copies a text, cut off at the size. */
static void copy(char *ret, size_t size, const char *text)
{
    (void)snprintf(ret, size, "%s", text ? text : "");
}

/* One spelling for one network: an IPv4 address inside IPv6 is that, of IPv6 the first half. */
static void copy_address(char *ret, size_t size, const char *text)
{
    struct in6_addr v6;

    copy(ret, size, text);
    if (inet_pton(AF_INET6, ret, &v6) != 1)
        return;
    if (IN6_IS_ADDR_V4MAPPED(&v6)) {
        (void)inet_ntop(AF_INET, &v6.s6_addr[12], ret, (socklen_t)size);
        return;
    }
    memset(&v6.s6_addr[8], 0, 8);
    (void)inet_ntop(AF_INET6, &v6, ret, (socklen_t)size);
}

static void describe(struct ban *ret, const struct bans_person *person)
{
    memset(ret, 0, sizeof(*ret));
    copy(ret->identity, sizeof(ret->identity), person->identity);
    if (ret->identity[0])
        return;
    copy_address(ret->address, sizeof(ret->address), person->address);
    copy(ret->name, sizeof(ret->name), person->name);
}

static bool matches(const struct ban *ban, const struct ban *who)
{
    if (ban->identity[0] || who->identity[0])
        return strcmp(ban->identity, who->identity) == 0;
    return strcmp(ban->address, who->address) == 0 && strcasecmp(ban->name, who->name) == 0;
}

static bool same(const struct ban *a, const struct ban *b)
{
    return strcmp(a->identity, b->identity) == 0 && strcmp(a->address, b->address) == 0 &&
           strcasecmp(a->name, b->name) == 0;
}

int bans_add(struct bans *bans, const struct bans_person *person)
{
    struct ban *ban = malloc(sizeof(*ban)), **link = &bans->oldest;

    if (!ban)
        return -ENOMEM;
    describe(ban, person);
    if (!ban->identity[0] && (!ban->address[0] || !ban->name[0])) {
        free(ban);
        return -EINVAL;
    }
    while (*link) {
        if (same(*link, ban))
            drop(bans, link);
        else
            link = &(*link)->next;
    }
    *link = ban;
    ++bans->n;
    if (bans->n > BANS_MAX)
        drop(bans, &bans->oldest);
    return 0;
}

bool bans_match(const struct bans *bans, const struct bans_person *person)
{
    struct ban who;

    describe(&who, person);
    for (const struct ban *ban = bans->oldest; ban; ban = ban->next) {
        if (matches(ban, &who))
            return true;
    }
    return false;
}
