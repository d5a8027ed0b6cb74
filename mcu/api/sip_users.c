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
#include "mcu/api/signin.h"
#include "mcu/api/sip_phone.h"
#include "mcu/base/log.h"
#include "mcu/store/store_user.h"
#include "net/control_loop.h"
#include "net/sip_registrar.h"
#include "net/sip_server.h"

LOG_DOMAIN("sip");

enum { LOGIN_SIZE = 65, RETRY_MS = 2000 };

/* A user whose phones are registered. */
struct registered {
    struct registered *next;
    char login[LOGIN_SIZE];
    char identity[GRANTS_IDENTITY_SIZE]; /* "" until the database has said */
    char name[API_TEXT_NAME_SIZE];       /* "" = none */
    bool again;                          /* the database could not say: it is asked again */
    uint64_t key;
};

static struct {
    struct sip_server *server;
    struct store *store;
    struct registered *first;
    struct control_timer *retry;
    uint64_t key;
} users;

static void on_retry(void *arg);

int sip_users_init(struct sip_server *server, struct store *store)
{
    int err = control_timer_new(&users.retry, on_retry, NULL);

    if (err)
        return err;
    users.server = server;
    users.store = store;
    return 0;
}

void sip_users_finish(void)
{
    while (users.first) {
        struct registered *r = users.first;

        users.first = r->next;
        free(r);
    }
    users.retry = control_timer_free(users.retry);
    users.server = NULL;
    users.store = NULL;
}

uint64_t sip_users_next_key(void)
{
    return SIP_USERS_KEY | ++users.key;
}

/* ---- passwords ---- */

/* A phone that proves who it is, while the database is asked. */
struct proving {
    uint32_t request;
    char source[SIP_PHONE_SOURCE_SIZE];
    char login[SIGNIN_NAME_MAX + 2]; /* cut: too long for a login, but a key of its own */
};

/* The try is counted when its answer is compared: until then nothing was learnt, and phones that
 * come at once from one address shall not be in each other's way. */
static void compare(const struct proving *p, const struct store_user *user)
{
    const char *md5 = user && user->sip_ha1_md5[0] ? user->sip_ha1_md5 : NULL;
    const char *sha256 = user && user->sip_ha1_sha256[0] ? user->sip_ha1_sha256 : NULL;
    bool wrong;

    if (signin_proof_try(p->login, p->source)) {
        sip_registrar_no_credentials(users.server, p->request);
        return;
    }
    wrong =
        sip_registrar_credentials(users.server, p->request, md5 || sha256, md5, sha256) == -EACCES;
    signin_proof_done(p->login, p->source, wrong);
    if (wrong)
        log_info(NULL, "a phone at %s gave a wrong password for %s", p->source, p->login);
}

static void on_user_credentials(int err, const void *result, void *arg)
{
    struct proving *p = arg;

    if (users.server && (!err || err == -ENOENT)) {
        compare(p, err ? NULL : result);
    } else if (users.server) {
        log_warning(NULL, "cannot look up the password of a phone: %d", err);
        sip_registrar_no_credentials(users.server, p->request);
    }
    free(p);
}

void sip_users_on_credentials(uint32_t request, const char *user, const char *realm,
                              const struct sockaddr_storage *source, void *arg)
{
    struct proving *p = calloc(1, sizeof(*p));
    int err;
    (void)realm;
    (void)arg;

    if (!p) {
        sip_registrar_no_credentials(users.server, request);
        return;
    }
    p->request = request;
    sip_phone_source(p->source, source);
    (void)snprintf(p->login, sizeof(p->login), "%.*s", SIGNIN_NAME_MAX + 1, user);
    if (!users.store) {
        on_user_credentials(-ENOENT, NULL, p);
        return;
    }
    err = store_user_get_by_name(users.store, user, (struct store_reply){on_user_credentials, p});
    if (err)
        on_user_credentials(err == -EINVAL ? -ENOENT : err, NULL, p);
}

/* ---- presence ---- */

static struct registered **find(const char *login)
{
    struct registered **p = &users.first;

    while (*p && strcmp((*p)->login, login) != 0)
        p = &(*p)->next;
    return p;
}

static struct registered *find_key(uint64_t key)
{
    struct registered *r = users.first;

    while (r && r->key != key)
        r = r->next;
    return r;
}

static void ask_later(struct registered *r, int err)
{
    log_warning(NULL, "cannot look up %s, whose phone does not ring yet: %d", r->login, err);
    r->again = true;
    control_timer_start(users.retry, RETRY_MS);
}

static void on_registered(int err, const void *result, void *arg)
{
    const struct store_user *user = result;
    struct registered *r = find_key(SIP_USERS_KEY | (uint64_t)(uintptr_t)arg);

    if (!r || err == -ENOENT)
        return;
    if (err) {
        ask_later(r, err);
        return;
    }
    (void)snprintf(r->identity, sizeof(r->identity), "%s", user->id);
    (void)snprintf(r->name, sizeof(r->name), "%.256s", user->display);
    if (call_gateway_add(r->identity, r->key, PRESENCE_SIP)) {
        log_warning(NULL, "%s has too many phones: this one does not ring", r->login);
        r->identity[0] = '\0';
    }
}

static void ask(struct registered *r)
{
    int err = store_user_get_by_name(
        users.store, r->login,
        (struct store_reply){on_registered, (void *)(uintptr_t)(r->key & ~SIP_USERS_KEY)});

    r->again = false;
    if (err)
        ask_later(r, err);
}

static void on_retry(void *arg)
{
    (void)arg;
    for (struct registered *r = users.first; r; r = r->next) {
        if (r->again)
            ask(r);
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
    ask(r);
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

const char *sip_users_of_device(uint64_t device)
{
    const struct registered *r = find_key(device);

    return r ? r->login : NULL;
}

const char *sip_users_login(const char *identity)
{
    const struct registered *r = users.first;

    while (r && (!r->identity[0] || strcmp(r->identity, identity) != 0))
        r = r->next;
    return r ? r->login : NULL;
}

const char *sip_users_name(uint64_t device)
{
    const struct registered *r = find_key(device);

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
