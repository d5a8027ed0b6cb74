/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/sip_users.c  Phones of users: their passwords, and that they are there
 */
#include "mcu/api/sip_users.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/call_gateway.h"
#include "mcu/api/sip_phone.h"
#include "mcu/base/log.h"
#include "mcu/store/store_user.h"
#include "net/sip_registrar.h"
#include "net/sip_server.h"

LOG_DOMAIN("sip");

enum { LOGIN_SIZE = 65 };

/* A user whose phones are registered. */
struct registered {
    struct registered *next;
    char login[LOGIN_SIZE];
    char identity[GRANTS_IDENTITY_SIZE]; /* "" until the database has said */
    char name[API_TEXT_NAME_SIZE];       /* "" = none */
    uint64_t key;
};

static struct {
    struct sip_server *server;
    struct store *store;
    struct registered *first;
    uint64_t key;
} users;

void sip_users_init(struct sip_server *server, struct store *store)
{
    users.server = server;
    users.store = store;
}

void sip_users_finish(void)
{
    while (users.first) {
        struct registered *r = users.first;

        users.first = r->next;
        free(r);
    }
    users.server = NULL;
    users.store = NULL;
}

uint64_t sip_users_next_key(void)
{
    return SIP_USERS_KEY | ++users.key;
}

/* ---- passwords ---- */

static void on_user_credentials(int err, const void *result, void *arg)
{
    const struct store_user *user = result;
    uint32_t request = (uint32_t)(uintptr_t)arg;
    bool found = !err && (user->sip_ha1_md5[0] || user->sip_ha1_sha256[0]);

    if (users.server)
        sip_registrar_credentials(users.server, request, found,
                                  found && user->sip_ha1_md5[0] ? user->sip_ha1_md5 : NULL,
                                  found && user->sip_ha1_sha256[0] ? user->sip_ha1_sha256 : NULL);
}

void sip_users_on_credentials(uint32_t request, const char *user, const char *realm, void *arg)
{
    const struct store_reply reply = {on_user_credentials, (void *)(uintptr_t)request};
    (void)realm;
    (void)arg;

    if (!users.store || store_user_get_by_name(users.store, user, reply))
        sip_registrar_credentials(users.server, request, false, NULL, NULL);
}

/* ---- presence ---- */

static struct registered **find(const char *login)
{
    struct registered **p = &users.first;

    while (*p && strcmp((*p)->login, login) != 0)
        p = &(*p)->next;
    return p;
}

static void on_registered(int err, const void *result, void *arg)
{
    const uint64_t key = SIP_USERS_KEY | (uint64_t)(uintptr_t)arg;
    const struct store_user *user = result;
    struct registered *r = users.first;

    while (r && r->key != key)
        r = r->next;
    if (err || !r)
        return;
    (void)snprintf(r->identity, sizeof(r->identity), "%s", user->id);
    (void)snprintf(r->name, sizeof(r->name), "%.256s", user->display);
    if (call_gateway_add(r->identity, r->key, PRESENCE_SIP)) {
        log_warning(NULL, "%s has too many phones: this one does not ring", r->login);
        r->identity[0] = '\0';
    }
}

static void come(const char *login)
{
    struct registered *r = calloc(1, sizeof(*r));

    if (!r)
        return;
    (void)snprintf(r->login, sizeof(r->login), "%s", login);
    r->key = sip_users_next_key();
    r->next = users.first;
    users.first = r;
    (void)store_user_get_by_name(
        users.store, login,
        (struct store_reply){on_registered, (void *)(uintptr_t)(r->key & ~SIP_USERS_KEY)});
}

void sip_users_on_register(const char *user, bool online, void *arg)
{
    struct registered **p = find(user), *r = *p;
    (void)arg;

    log_info(NULL, "phones of %s: %s", user, online ? "registered" : "gone");
    if (online && !r && users.store) {
        come(user);
    } else if (!online && r) {
        *p = r->next;
        if (r->identity[0])
            call_gateway_remove(r->identity, r->key);
        free(r);
    }
}

static const struct registered *find_device(uint64_t device)
{
    const struct registered *r = users.first;

    while (r && r->key != device)
        r = r->next;
    return r;
}

const char *sip_users_of_device(uint64_t device)
{
    const struct registered *r = find_device(device);

    return r ? r->login : NULL;
}

const char *sip_users_name(uint64_t device)
{
    const struct registered *r = find_device(device);

    return r && r->name[0] ? r->name : NULL;
}

/* ---- for phones ---- */

struct lookup {
    struct sip_phone *phone;
    sip_users_h *h;
};

static void on_found(int err, const void *result, void *arg)
{
    struct lookup *lookup = arg;

    if (err && err != -ENOENT)
        log_warning(NULL, "cannot look up a user: %d", err);
    if (sip_phone_looked_up(lookup->phone))
        lookup->h(lookup->phone, err ? NULL : result);
    free(lookup);
}

int sip_users_find(struct sip_phone *phone, const char *login, sip_users_h *h)
{
    struct lookup *lookup;
    int err;

    if (!users.store)
        return -ENOENT;
    lookup = calloc(1, sizeof(*lookup));
    if (!lookup)
        return -ENOMEM;
    lookup->phone = phone;
    lookup->h = h;
    err = store_user_get_by_name(users.store, login, (struct store_reply){on_found, lookup});
    if (err)
        free(lookup);
    else
        ++phone->lookups;
    return err;
}
