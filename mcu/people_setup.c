/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/people_setup.c  What people need as configured: database, tokens, calls, history
 */
#include "mcu/people_setup.h"

#include <stdbool.h>
#include <stddef.h>

#include "mcu/api/call_gateway.h"
#include "mcu/api/chat_gateway.h"
#include "mcu/api/entry.h"
#include "mcu/api/journal.h"
#include "mcu/api/signin.h"
#include "mcu/base/err.h"
#include "mcu/base/log.h"
#include "mcu/config/settings.h"
#include "mcu/hook/hook_sender.h"
#include "mcu/store/store_upkeep.h"

LOG_DOMAIN("main");

enum { WHY_SIZE = 512 };

static struct {
    struct store *store;
    struct hook_sender *hooks;
    bool signin, calls;
} people;

static int open_store(const struct config *config)
{
    char path[CONFIG_PATH_SIZE + 16], why[WHY_SIZE] = "";
    int err = store_upkeep_start(&people.store, config, path, sizeof(path), why, sizeof(why));

    if (err)
        log_error(NULL, "database %s: %s", path, why[0] ? why : err_str(err));
    else
        log_info(NULL, "database %s", path);
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
    if (!err) {
        err = call_gateway_init(config, people.store);
        people.calls = true;
    }
    if (err)
        return err;
    entry_init(people.store);
    chat_gateway_init(people.store);
    journal_init(people.store, people.hooks);
    return 0;
}

void people_setup_configure(const struct config *config)
{
    if (people.calls)
        call_gateway_configure(config);
    store_upkeep_configure(config->store.keep_days);
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
    if (people.signin)
        signin_finish();
    people.signin = false;
    people.hooks = hook_sender_free(people.hooks);
    people.store = store_upkeep_stop(people.store);
    entry_init(NULL);
    chat_gateway_init(NULL);
}

struct store *people_setup_store(void)
{
    return people.store;
}
