/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/signin.c  Who somebody is: tokens, passwords, PINs, and how often one may guess
 */
#include "mcu/api/signin.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/signin_block.h"
#include "mcu/auth/password_pool.h"
#include "mcu/auth/throttle.h"
#include "mcu/base/clock.h"
#include "mcu/base/err.h"
#include "mcu/base/id.h"
#include "mcu/base/log.h"
#include "mcu/base/metric.h"
#include "mcu/config/config.h"
#include "mcu/config/settings.h"
#include "mcu/room/room_set.h"
#include "mcu/store/store_token.h"
#include "mcu/store/store_user.h"

LOG_DOMAIN("signin");

enum {
    LEEWAY_S = 10,
    ENTRIES = 4096,
    KEY_SIZE = 160,
    PASSWORD_ROOM = PASSWORD_MAX + 1,
    READ_MS = 1000, /* to wait while the database is read */
};

#define S_US      1000000ull
#define LEEWAY_US (LEEWAY_S * S_US)

struct login;

static struct {
    struct store *store;
    struct token_keys *keys;
    struct throttle *throttle;
    struct password_pool *passwords;
    struct signin_block *block;
    struct login *logins;
    uint64_t last_login;
    bool running;
    bool reading, ready; /* what is refused is being read, was read */
} signin;

static struct metric failures =
    METRIC_COUNTER("medley_signin_failures_total", "", "Wrong tokens, passwords and PINs");

/*
 * Somebody may sign in to an account.  Who comes back names him by his number: signin_finish()
 * frees all, and answers may still be on their way then.
 */
struct login {
    struct login *next;
    uint64_t number;
    signin_login_h *h;
    void *arg;
    char address[KEY_SIZE], account[KEY_SIZE];
    char password[PASSWORD_ROOM];
    size_t len;
    struct grants grants;
    uint64_t serial; /* of the account, when it was read: changed meanwhile, it is not his */
};

/* ---- tokens ---- */

int signin_revoke(const char *jti, uint64_t expires_us, bool own, struct store_reply reply)
{
    const struct store_token token = {.jti = jti, .expires_us = expires_us + LEEWAY_US};
    int err = signin_block_revoke(signin.block, jti, token.expires_us, own, clock_wall_us());

    return err ? err : store_token_revoke(signin.store, &token, reply);
}

int signin_end_user(const char *user, uint64_t at_us)
{
    return signin_block_user(signin.block, user, at_us, at_us + STORE_TOKEN_KEEP_US,
                             clock_wall_us());
}

/* ---- what the database knows is refused: first tokens, then accounts ---- */

/** Nothing is known to be refused that is, so that no token is taken until it is read. */
static void cannot_read(int err)
{
    log_error(NULL, "no token is taken: cannot read which ones are refused: %s", err_str(err));
    signin.reading = false;
}

static void on_users(int err, const void *result, void *arg)
{
    const struct store_list *list = result;
    const struct store_token_user *user = err ? NULL : list->rows;
    (void)arg;

    if (!signin.running)
        return;
    for (uint32_t i = 0; !err && i < list->n; ++i)
        err = signin_end_user(user[i].user, user[i].not_before_us);
    if (!err && list->more && list->n)
        err = store_token_list_users(signin.store, user[list->n - 1].user, STORE_LIST_MAX,
                                     (struct store_reply){on_users, NULL});
    else if (!err)
        signin.ready = true;
    if (err)
        cannot_read(err);
}

static void on_revoked(int err, const void *result, void *arg)
{
    const struct store_list *list = result;
    const struct store_token *token = err ? NULL : list->rows;
    const uint64_t now_us = clock_wall_us();
    (void)arg;

    if (!signin.running)
        return;
    for (uint32_t i = 0; !err && i < list->n; ++i)
        if (token[i].expires_us > now_us)
            err =
                signin_block_revoke(signin.block, token[i].jti, token[i].expires_us, false, now_us);
    if (!err && list->more && list->n)
        err = store_token_list(signin.store, token[list->n - 1].jti, STORE_LIST_MAX,
                               (struct store_reply){on_revoked, NULL});
    else if (!err)
        err = store_token_list_users(signin.store, "", STORE_LIST_MAX,
                                     (struct store_reply){on_users, NULL});
    if (err)
        cannot_read(err);
}

static int read_refused(void)
{
    int err =
        store_token_list(signin.store, "", STORE_LIST_MAX, (struct store_reply){on_revoked, NULL});

    signin.reading = !err;
    return err;
}

/** @return false: not yet */
static bool is_ready(void)
{
    if (!signin.ready && !signin.reading)
        (void)read_refused();
    return signin.ready;
}

static void address_key(char *ret_key, const char *what, const char *source)
{
    char address[THROTTLE_ADDRESS_SIZE];

    throttle_address(address, source);
    (void)snprintf(ret_key, KEY_SIZE, "%s %s", what, address);
}

uint32_t signin_token_wait(const char *source)
{
    char key[KEY_SIZE];
    uint64_t now_us = clock_now_us();
    uint32_t wait_ms;

    address_key(key, "token", source);
    wait_ms = throttle_take(signin.throttle, key, now_us);
    if (!wait_ms)
        throttle_give_back(signin.throttle, key, now_us);
    return wait_ms;
}

void signin_token(struct signin_result *ret, const char *text, size_t len, const char *source)
{
    char key[KEY_SIZE];
    uint64_t now_us = clock_now_us();
    enum token_error error;

    memset(ret, 0, sizeof(*ret));
    if (!is_ready()) {
        ret->wait_ms = READ_MS;
        return;
    }
    address_key(key, "token", source);
    ret->wait_ms = throttle_take(signin.throttle, key, now_us);
    if (ret->wait_ms)
        return;
    error = token_verify(signin.keys, text, len, clock_wall_us(), &ret->grants, ret->why,
                         sizeof(ret->why));
    if (error) {
        ret->code = token_error_code(error);
    } else {
        ret->code = signin_block_why(signin.block, &ret->grants);
    }
    if (ret->code && !error)
        (void)snprintf(ret->why, sizeof(ret->why),
                       "the token was revoked, or its account was changed");
    if (ret->code)
        metric_add(&failures, 1);
    else
        throttle_give_back(signin.throttle, key, now_us);
}

const char *signin_why_over(const struct grants *grants)
{
    if (grants_have_expired(grants, clock_wall_us() - LEEWAY_US))
        return token_error_code(TOKEN_ERROR_EXPIRED);
    return signin_block_why(signin.block, grants);
}

uint64_t signin_ttl_ms(void)
{
    const struct config_auth *auth = &room_set_settings()->config.auth;

    /* The first is read anew while we run, the second is not. */
    return auth->token_ttl < auth->token_max_ttl ? auth->token_ttl : auth->token_max_ttl;
}

int signin_mint(const struct grants *grants, char *ret_text)
{
    struct grants with_id = *grants;

    if (!with_id.jti[0])
        id_text(with_id.jti, 26);
    return token_mint(signin.keys, &with_id, clock_wall_us(), ret_text, TOKEN_SIZE);
}

/* ---- PINs ---- */

static void pin_key(char *ret_key, const char *source, const char *room)
{
    char address[THROTTLE_ADDRESS_SIZE];

    throttle_address(address, source);
    (void)snprintf(ret_key, KEY_SIZE, "pin %s %s", address, room);
}

uint32_t signin_pin_try(const char *source, const char *room)
{
    char key[KEY_SIZE];

    pin_key(key, source, room);
    return throttle_take(signin.throttle, key, clock_now_us());
}

void signin_pin_right(const char *source, const char *room)
{
    char key[KEY_SIZE];

    pin_key(key, source, room);
    throttle_give_back(signin.throttle, key, clock_now_us());
}

/* ---- passwords ---- */

static void account_keys(char *ret_address, char *ret_account, const char *name, const char *source)
{
    address_key(ret_address, "login", source);
    (void)snprintf(ret_account, KEY_SIZE, "account %.*s", SIGNIN_NAME_MAX, name);
}

/* Both must allow it; a try that only one of them allows costs nothing at the other. */
static uint32_t take_both(const char *address, const char *account)
{
    uint64_t now_us = clock_now_us();
    uint32_t wait_ms = throttle_take(signin.throttle, address, now_us);

    if (wait_ms)
        return wait_ms;
    wait_ms = throttle_take(signin.throttle, account, now_us);
    if (wait_ms)
        throttle_give_back(signin.throttle, address, now_us);
    return wait_ms;
}

static void give_back_both(const char *address, const char *account)
{
    throttle_give_back(signin.throttle, address, clock_now_us());
    throttle_give_back(signin.throttle, account, clock_now_us());
}

uint32_t signin_proof_try(const char *name, const char *source)
{
    char address[KEY_SIZE], account[KEY_SIZE];

    account_keys(address, account, name, source);
    return take_both(address, account);
}

void signin_proof_done(const char *name, const char *source, bool wrong)
{
    char address[KEY_SIZE], account[KEY_SIZE];

    if (wrong) {
        metric_add(&failures, 1);
        return;
    }
    account_keys(address, account, name, source);
    give_back_both(address, account);
}

static struct login *new_login(void)
{
    struct login *login = calloc(1, sizeof(*login));

    if (!login)
        return NULL;
    login->number = ++signin.last_login;
    login->next = signin.logins;
    signin.logins = login;
    return login;
}

static struct login *find_login(void *arg)
{
    struct login *login = signin.logins;

    while (login && login->number != (uint64_t)(uintptr_t)arg)
        login = login->next;
    return login;
}

static void free_login(struct login *login)
{
    struct login **p = &signin.logins;

    while (*p != login)
        p = &(*p)->next;
    *p = login->next;
    explicit_bzero(login, sizeof(*login));
    free(login);
}

static void end_login(struct login *login, const char *token, const char *code, uint32_t wait_ms)
{
    login->h(token, &login->grants, code, wait_ms, login->arg);
    free_login(login);
}

static void on_verified(const struct password_pool_result *result, void *arg)
{
    struct login *login = find_login(arg);
    char token[TOKEN_SIZE] = "";

    if (!login)
        return;
    if (result->err) {
        end_login(login, "", "unavailable", 0);
        return;
    }
    if (!result->right ||
        login->serial != signin_block_serial(signin.block, login->grants.identity)) {
        metric_add(&failures, 1);
        end_login(login, "", "login_wrong", 0);
        return;
    }
    give_back_both(login->address, login->account);
    login->grants.expires_us = clock_wall_us() + 1000ull * signin_ttl_ms();
    id_text(login->grants.jti, 26);
    if (signin_mint(&login->grants, token))
        end_login(login, "", "cannot_sign", 0);
    else
        end_login(login, token, NULL, 0);
    explicit_bzero(token, sizeof(token));
}

static void fill_grants(struct grants *grants, const struct store_user *user)
{
    (void)snprintf(grants->identity, sizeof(grants->identity), "%s", user->id);
    (void)snprintf(grants->name, sizeof(grants->name), "%s",
                   user->display[0] ? user->display : user->name);
    grants->user = true;
    grants->operator_ = strcmp(user->role, "operator") == 0;
    (void)snprintf(grants->room, sizeof(grants->room), "*");
}

static void on_user(int err, const void *result, void *arg)
{
    struct login *login = find_login(arg);
    const struct store_user *user = result;
    uint64_t id;

    if (!login)
        return;
    if (err && err != -ENOENT) {
        end_login(login, "", "unavailable", 0);
        return;
    }
    grants_of_role(&login->grants, ROLE_GUEST);
    if (!err)
        fill_grants(&login->grants, user);
    login->serial = signin_block_serial(signin.block, login->grants.identity);
    err = password_pool_verify(signin.passwords, err ? NULL : user->password_hash, login->password,
                               login->len, on_verified, arg, &id);
    explicit_bzero(login->password, sizeof(login->password));
    if (err)
        end_login(login, "", err == -EAGAIN ? "busy" : "login_wrong", 0);
}

void signin_login(const char *name, const char *password, size_t len, const char *source,
                  signin_login_h *h, void *arg)
{
    struct login *login = new_login();
    uint32_t wait_ms;

    if (!login) {
        h("", NULL, "busy", 0, arg);
        return;
    }
    login->h = h;
    login->arg = arg;
    account_keys(login->address, login->account, name, source);
    wait_ms = take_both(login->address, login->account);
    if (wait_ms) {
        end_login(login, "", "rate_limited", wait_ms);
        return;
    }
    if (len >= sizeof(login->password) || !signin.store) {
        end_login(login, "", "login_wrong", 0);
        return;
    }
    memcpy(login->password, password, len);
    login->len = len;
    if (store_user_get_by_name(signin.store, name,
                               (struct store_reply){on_user, (void *)(uintptr_t)login->number}))
        end_login(login, "", "busy", 0);
}

struct password_pool *signin_passwords(void)
{
    return signin.passwords;
}

/* ---- start and stop ---- */

static int read_keys(const struct config *config, char *why, size_t why_size)
{
    const struct config_auth *auth = &config->auth;
    char made[TOKEN_KEY_SECRET_MAX + 1] = "";
    struct token_cfg cfg = {
        .algorithm = (enum token_algorithm)auth->algorithm,
        .secret = auth->secret,
        .public_key_file = auth->public_key,
        .private_key_file = auth->private_key,
        .issuer = auth->issuer,
        .leeway_s = LEEWAY_S,
        .max_life_s = auth->token_max_ttl / 1000,
    };
    int err = 0;

    if (cfg.algorithm == TOKEN_HS256 && !auth->secret[0]) {
        err = token_secret_file(made, config->server.data_dir, why, why_size);
        cfg.secret = made;
    }
    if (err >= 0)
        err = token_keys_new(&signin.keys, &cfg, why, why_size);
    explicit_bzero(made, sizeof(made));
    return err;
}

int signin_init(const struct config *config, struct store *store, char *why, size_t why_size)
{
    const struct throttle_cfg throttle = {.burst = config->auth.attempts,
                                          .refill_ms = 60000 / config->auth.attempts,
                                          .entries = ENTRIES};
    int err = read_keys(config, why, why_size);

    metric_register(&failures);
    if (!err)
        err = throttle_new(&signin.throttle, &throttle);
    if (!err)
        err = signin_block_new(&signin.block);
    if (!err)
        err = password_pool_new(&signin.passwords, NULL);
    if (err)
        return err;
    signin.store = store;
    signin.running = true;
    signin.ready = !store;
    return store ? read_refused() : 0;
}

void signin_finish(void)
{
    signin.running = false;
    while (signin.logins)
        free_login(signin.logins);
    signin.passwords = password_pool_free(signin.passwords);
    signin.throttle = throttle_free(signin.throttle);
    signin.keys = token_keys_free(signin.keys);
    signin.block = signin_block_free(signin.block);
    signin.ready = signin.reading = false;
    signin.store = NULL;
}
