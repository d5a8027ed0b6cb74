/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/people_setup.c  What people need as configured: database, tokens, calls, history
 */
#include "mcu/people_setup.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "mcu/api/call_gateway.h"
#include "mcu/api/chat_gateway.h"
#include "mcu/api/entry.h"
#include "mcu/api/journal.h"
#include "mcu/api/signin.h"
#include "mcu/base/clock.h"
#include "mcu/base/err.h"
#include "mcu/base/log.h"
#include "mcu/config/settings.h"
#include "mcu/hook/hook_sender.h"
#include "mcu/room/room_set.h"
#include "mcu/store/store.h"
#include "mcu/store/store_history.h"
#include "mcu/store/store_idem.h"
#include "mcu/store/store_purge.h"
#include "net/control_loop.h"

LOG_DOMAIN("store");

enum {
    WHY_SIZE = 512,
    ALIVE_MS = 60000,
    PURGE_EVERY = 60, /* in ALIVE_MS: each hour */
    DELIVERIES_KEEP_DAYS = 7,
};

static const uint64_t DAY_US = 24ull * 3600 * 1000000;

static struct {
    struct store *store;
    struct hook_sender *hooks;
    struct control_timer *timer;
    unsigned ticks;
    bool signin, calls;
} people;

static void purge(enum store_purge_what what, uint64_t before_us)
{
    int err = store_purge_run(people.store, what, before_us, (struct store_reply){NULL, NULL});

    if (err)
        log_warning(NULL, "old rows stay: %s", err_str(err));
}

static void purge_all(void)
{
    uint64_t now_us = clock_wall_us();
    uint64_t keep_us = room_set_settings()->config.store.keep_days * DAY_US;

    if (keep_us) {
        purge(STORE_PURGE_CHAT, now_us - keep_us);
        purge(STORE_PURGE_SESSIONS, now_us - keep_us);
        purge(STORE_PURGE_CALLS, now_us - keep_us);
    }
    purge(STORE_PURGE_DELIVERIES, now_us - DELIVERIES_KEEP_DAYS * DAY_US);
    purge(STORE_PURGE_IDEM, now_us - STORE_IDEM_KEEP_US);
    purge(STORE_PURGE_TOKENS, now_us);
}

/* What a crash leaves open ends at the last of these. */
static void on_timer(void *arg)
{
    (void)arg;
    (void)store_history_mark_alive(people.store, clock_wall_us(), (struct store_reply){NULL, NULL});
    if (people.ticks++ % PURGE_EVERY == 0)
        purge_all();
    control_timer_start(people.timer, ALIVE_MS);
}

static int open_store(const struct config *config)
{
    char path[CONFIG_PATH_SIZE + 16], why[WHY_SIZE] = "";
    const struct store_cfg cfg = {.path = path};
    int err;

    if (config->store.path[0])
        (void)snprintf(path, sizeof(path), "%s", config->store.path);
    else
        (void)snprintf(path, sizeof(path), "%s/medley.db", config->server.data_dir);
    if (mkdir(config->server.data_dir, 0750) != 0 && errno != EEXIST) {
        err = -errno;
        log_error(NULL, "%s: %s", config->server.data_dir, err_str(err));
        return err;
    }
    err = store_open(&people.store, &cfg, why, sizeof(why));
    if (err)
        log_error(NULL, "database %s: %s", path, why[0] ? why : err_str(err));
    return err;
}

static int start_signin(const struct config *config)
{
    char why[WHY_SIZE] = "";
    int err = signin_init(config, people.store, why, sizeof(why));

    people.signin = true;
    if (err)
        log_error(NULL, "keys of tokens: %s", why[0] ? why : err_str(err));
    return err;
}

static int start_hooks(const struct config *config)
{
    const struct hook_sender_cfg cfg = {.store = people.store,
                                        .allow_private = config->webhooks.allow_private,
                                        .timeout_ms = config->webhooks.timeout};
    int err = hook_sender_new(&people.hooks, &cfg);

    if (err)
        log_error(NULL, "webhooks: %s", err_str(err));
    return err;
}

int people_setup_start(const struct config *config)
{
    int err = open_store(config);

    if (!err)
        err = start_signin(config);
    if (!err)
        err = start_hooks(config);
    if (!err)
        err = control_timer_new(&people.timer, on_timer, NULL);
    if (!err) {
        err = call_gateway_init(config, people.store);
        people.calls = true;
    }
    if (err)
        return err;
    entry_init(people.store);
    chat_gateway_init(people.store);
    journal_init(people.store, people.hooks);
    on_timer(NULL);
    return 0;
}

void people_setup_configure(const struct config *config)
{
    if (people.calls)
        call_gateway_configure(config);
    if (people.hooks)
        (void)hook_sender_set(people.hooks, config->webhooks.allow_private,
                              config->webhooks.timeout);
}

void people_setup_drain(void)
{
    if (people.calls)
        call_gateway_finish();
    people.calls = false;
}

void people_setup_stop(void)
{
    journal_finish();
    people.timer = control_timer_free(people.timer);
    if (people.signin)
        signin_finish();
    people.signin = false;
    people.hooks = hook_sender_free(people.hooks);
    people.store = store_close(people.store);
    entry_init(NULL);
    chat_gateway_init(NULL);
}

struct store *people_setup_store(void)
{
    return people.store;
}
