/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_signin.c  Who somebody is: with real tokens, passwords and a database
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "mcu/api/signin.h"
#include "mcu/auth/password.h"
#include "mcu/base/clock.h"
#include "mcu/config/settings.h"
#include "mcu/room/room_set.h"
#include "mcu/store/store.h"
#include "mcu/store/store_user.h"
#include "net/control_loop.h"

enum { ATTEMPTS = 3, WAIT_MS = 30000 };

static const char address[] = "192.0.2.7", other[] = "192.0.2.8";
static char dir[] = "/tmp/test_signin_XXXXXX";
static struct settings *settings;
static struct store *store;

/* The last answer of a login. */
static struct {
    unsigned n;
    char token[TOKEN_SIZE], code[32];
    uint32_t wait_ms;
    struct grants grants;
} last;

static void on_login(const char *token, const struct grants *grants, const char *code,
                     uint32_t wait_ms, void *arg)
{
    assert_null(arg);
    ++last.n;
    (void)snprintf(last.token, sizeof(last.token), "%s", token);
    (void)snprintf(last.code, sizeof(last.code), "%s", code ? code : "");
    last.wait_ms = wait_ms;
    if (grants)
        last.grants = *grants;
}

/* What other threads have posted is handled here. */
static void wait_for(const unsigned *n, unsigned want)
{
    const struct timespec ms = {.tv_nsec = 1000000};

    for (unsigned i = 0; i < WAIT_MS && *n < want; ++i) {
        control_loop_flush();
        (void)nanosleep(&ms, NULL);
    }
    assert_int_equal(*n, want);
}

static void login(const char *name, const char *password, const char *source)
{
    unsigned n = last.n;

    signin_login(name, password, strlen(password), source, on_login, NULL);
    wait_for(&last.n, n + 1);
}

static void on_put(int err, const void *result, void *arg)
{
    (void)result;
    assert_int_equal(err, 0);
    ++*(unsigned *)arg;
}

static void add_user(const char *id, const char *name, const char *password, const char *role)
{
    char hash[PASSWORD_HASH_SIZE];
    const struct store_user user = {
        .id = id, .name = name, .display = "Ada L.", .password_hash = hash, .role = role};
    unsigned n = 0;

    assert_int_equal(password_hash(hash, password, strlen(password)), 0);
    assert_int_equal(store_user_put(store, &user, (struct store_reply){on_put, &n}), 0);
    wait_for(&n, 1);
}

static int set_up(void **state)
{
    static char data[128], db[160];
    const struct settings_source source = {.set = {data, "auth.attempts=3"}, .nset = 2};
    const struct store_cfg cfg = {.path = db};
    struct room_set_cfg rooms = {.nloops = 0};
    static struct config_errors errs;
    char text[256];
    (void)state;

    assert_non_null(mkdtemp(dir));
    (void)snprintf(data, sizeof(data), "server.data_dir=%s", dir);
    (void)snprintf(db, sizeof(db), "%s/medley.db", dir);
    assert_int_equal(control_loop_init(256), 0);
    assert_int_equal(settings_load(&settings, &source, &errs), 0);
    rooms.settings = settings;
    assert_int_equal(room_set_init(&rooms), 0);
    assert_int_equal(store_open(&store, &cfg, text, sizeof(text)), 0);
    add_user("us_ada", "ada", "correct horse", "user");
    add_user("us_op", "olga", "battery staple", "operator");
    return 0;
}

static int tear_down(void **state)
{
    char command[64];
    (void)state;

    store = store_close(store);
    control_loop_flush();
    room_set_finish();
    settings_unref(settings);
    control_loop_finish();
    (void)snprintf(command, sizeof(command), "rm -rf %s", dir);
    return system(command);
}

/* Until the database has said what is refused, tokens are told to wait. */
static void wait_until_ready(void)
{
    static unsigned n;
    const struct timespec ms = {.tv_nsec = 1000000};
    struct signin_result result;

    do {
        char source[32];

        control_loop_flush();
        (void)nanosleep(&ms, NULL);
        (void)snprintf(source, sizeof(source), "203.0.113.%u", ++n % 250);
        signin_token(&result, "x", 1, source);
    } while (result.wait_ms);
}

static int start(void **state)
{
    char text[256];
    struct signin_result result;
    int err = signin_init(&settings->config, store, text, sizeof(text));
    (void)state;

    if (err)
        return err;
    signin_token(&result, "x", 1, "203.0.113.251");
    assert_true(result.wait_ms > 0);
    wait_until_ready();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    signin_finish();
    return 0;
}

static void make_token(char *token, const char *jti)
{
    struct grants grants;

    grants_of_role(&grants, ROLE_HOST);
    (void)snprintf(grants.room, sizeof(grants.room), "demo");
    (void)snprintf(grants.identity, sizeof(grants.identity), "x-1");
    (void)snprintf(grants.jti, sizeof(grants.jti), "%s", jti);
    grants.expires_us = clock_wall_us() + 60000000;
    assert_int_equal(signin_mint(&grants, token), 0);
}

static void takes_its_own_tokens_and_no_others(void **state)
{
    struct signin_result result;
    char token[TOKEN_SIZE];
    (void)state;

    make_token(token, "");
    signin_token(&result, token, strlen(token), address);
    assert_null(result.code);
    assert_int_equal(result.grants.role, ROLE_HOST);
    assert_true(strlen(result.grants.jti) > 20); /* each has an id, so that it can be revoked */
    token[strlen(token) - 2] ^= 1;
    signin_token(&result, token, strlen(token), address);
    assert_string_equal(result.code, "token_signature");
    assert_string_equal(result.grants.identity, "");
}

static void keeps_whoever_guesses_waiting_and_nobody_else(void **state)
{
    struct signin_result result;
    char token[TOKEN_SIZE];
    (void)state;

    make_token(token, "");
    for (unsigned i = 0; i < 20; ++i) { /* who is right never waits */
        signin_token(&result, token, strlen(token), address);
        assert_int_equal(result.wait_ms, 0);
    }
    for (unsigned i = 0; i < ATTEMPTS; ++i) {
        assert_int_equal(signin_token_wait(address), 0);
        signin_token(&result, "a.b.c", 5, address);
        assert_non_null(result.code);
    }
    assert_true(signin_token_wait(address) > 0);
    assert_int_equal(signin_token_wait(other), 0);
    signin_token(&result, token, strlen(token), address);
    assert_true(result.wait_ms > 0);
    signin_token(&result, token, strlen(token), other);
    assert_null(result.code);
    assert_int_equal(result.wait_ms, 0);
}

static void start_again(void)
{
    char text[256];

    signin_finish();
    assert_int_equal(signin_init(&settings->config, store, text, sizeof(text)), 0);
    wait_until_ready();
}

static bool is_taken(const char *token)
{
    struct signin_result result;

    signin_token(&result, token, strlen(token), other);
    assert_int_equal(result.wait_ms, 0);
    if (result.code)
        assert_string_equal(result.code, "token_revoked");
    return !result.code;
}

static void revoke_it(const char *jti)
{
    unsigned n = 0;

    assert_int_equal(
        signin_revoke(jti, clock_wall_us() + 60000000, true, (struct store_reply){on_put, &n}), 0);
    wait_for(&n, 1);
}

static void refuses_what_was_revoked_after_a_restart_too(void **state)
{
    char token[TOKEN_SIZE];
    (void)state;

    make_token(token, "gone-1");
    assert_true(is_taken(token));
    revoke_it("gone-1");
    revoke_it("gone-1");
    assert_false(is_taken(token));
    start_again();
    assert_false(is_taken(token));
}

static void knows_when_grants_are_over(void **state)
{
    const uint64_t now_us = clock_wall_us();
    struct grants grants = {.expires_us = 0};
    (void)state;

    assert_null(signin_why_over(&grants)); /* do not expire */
    grants.expires_us = now_us - 1000000;  /* clocks may differ by so much */
    assert_null(signin_why_over(&grants));
    grants.expires_us = now_us - 60000000;
    assert_string_equal(signin_why_over(&grants), "token_expired");
    grants.expires_us = now_us + 60000000;
    (void)snprintf(grants.jti, sizeof(grants.jti), "over-1");
    assert_null(signin_why_over(&grants));
    revoke_it("over-1");
    assert_string_equal(signin_why_over(&grants), "token_revoked");
}

static void on_user(int err, const void *result, void *arg)
{
    const struct store_user *user = result;
    struct store_user changed;

    assert_int_equal(err, 0);
    changed = *user;
    changed.role = "user";
    changed.changed_us = clock_wall_us();
    assert_int_equal(store_user_put(store, &changed, (struct store_reply){on_put, arg}), 0);
}

static void refuses_tokens_of_an_account_that_was_changed_or_removed(void **state)
{
    char token[TOKEN_SIZE];
    unsigned n = 0;
    (void)state;

    add_user("us_eve", "eve", "long enough", "operator");
    login("eve", "long enough", address);
    memcpy(token, last.token, sizeof(token));
    assert_true(is_taken(token));
    assert_int_equal(store_user_get(store, "us_eve", (struct store_reply){on_user, &n}), 0);
    wait_for(&n, 1);
    assert_int_equal(signin_end_user("us_eve", clock_wall_us()), 0);
    assert_false(is_taken(token));
    login("eve", "long enough", address); /* in the same second, most likely */
    assert_true(is_taken(last.token));
    start_again();
    assert_false(is_taken(token));
    assert_true(is_taken(last.token));

    memcpy(token, last.token, sizeof(token));
    n = 0;
    assert_int_equal(store_user_remove(store, "us_eve", (struct store_reply){on_put, &n}), 0);
    wait_for(&n, 1);
    assert_int_equal(signin_end_user("us_eve", clock_wall_us()), 0);
    assert_false(is_taken(token));
}

static void lets_in_by_name_and_password(void **state)
{
    struct signin_result result;
    (void)state;

    login("ada", "correct horse", address);
    assert_string_equal(last.code, "");
    assert_string_equal(last.grants.identity, "us_ada");
    assert_true(last.grants.user);
    assert_false(last.grants.operator_);
    signin_token(&result, last.token, strlen(last.token), address);
    assert_null(result.code);
    assert_string_equal(result.grants.name, "Ada L.");
    login("olga", "battery staple", address);
    assert_true(last.grants.operator_);
}

static void tells_no_more_of_wrong_names_than_of_wrong_passwords(void **state)
{
    static const char *const cases[][2] = {
        {"ada", "wrong horse"}, {"nobody", "correct horse"}, {"ada", ""}};
    (void)state;

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        login(cases[i][0], cases[i][1], address);
        assert_string_equal(last.code, "login_wrong");
        assert_string_equal(last.token, "");
    }
    login("ada", "correct horse", address);
    assert_string_equal(last.code, "rate_limited");
    assert_true(last.wait_ms > 0);
}

static void counts_wrong_passwords_by_account_too(void **state)
{
    char source[32];
    (void)state;

    for (unsigned i = 0; i < ATTEMPTS; ++i) {
        (void)snprintf(source, sizeof(source), "198.51.100.%u", i);
        login("ada", "wrong horse", source);
    }
    login("ada", "correct horse", "198.51.100.99");
    assert_string_equal(last.code, "rate_limited");
    login("olga", "battery staple", "198.51.100.99");
    assert_string_equal(last.code, "");
}

static void counts_wrong_proofs_with_wrong_passwords(void **state)
{
    (void)state;

    for (unsigned i = 0; i < 10; ++i) { /* who is right never waits */
        assert_int_equal(signin_proof_try("ada", address), 0);
        signin_proof_done("ada", address, false);
    }
    login("ada", "wrong horse", other);
    for (unsigned i = 1; i < ATTEMPTS; ++i) {
        assert_int_equal(signin_proof_try("ada", address), 0);
        signin_proof_done("ada", address, true);
    }
    assert_true(signin_proof_try("ada", "198.51.100.99") > 0);
    assert_int_equal(signin_proof_try("olga", address), 0);
}

static void counts_wrong_pins_by_room_and_address(void **state)
{
    (void)state;

    for (unsigned i = 0; i < 10; ++i) {
        assert_int_equal(signin_pin_try(address, "demo"), 0);
        signin_pin_right(address, "demo");
    }
    for (unsigned i = 0; i < ATTEMPTS; ++i)
        assert_int_equal(signin_pin_try(address, "demo"), 0);
    assert_true(signin_pin_try(address, "demo") > 0);
    assert_int_equal(signin_pin_try(address, "other"), 0);
    assert_int_equal(signin_pin_try(other, "demo"), 0);
}

static void forgets_logins_that_wait_when_it_stops(void **state)
{
    unsigned n = last.n;
    char text[256];
    (void)state;

    signin_login("ada", "correct horse", 13, address, on_login, NULL);
    signin_finish();
    control_loop_flush();
    assert_int_equal(last.n, n);
    assert_int_equal(signin_init(&settings->config, store, text, sizeof(text)), 0);
}

int main(void)
{
#define TEST(f_) cmocka_unit_test_setup_teardown(f_, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(takes_its_own_tokens_and_no_others),
        TEST(keeps_whoever_guesses_waiting_and_nobody_else),
        TEST(refuses_what_was_revoked_after_a_restart_too),
        TEST(knows_when_grants_are_over),
        TEST(refuses_tokens_of_an_account_that_was_changed_or_removed),
        TEST(lets_in_by_name_and_password),
        TEST(tells_no_more_of_wrong_names_than_of_wrong_passwords),
        TEST(counts_wrong_passwords_by_account_too),
        TEST(counts_wrong_proofs_with_wrong_passwords),
        TEST(counts_wrong_pins_by_room_and_address),
        TEST(forgets_logins_that_wait_when_it_stops),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
