/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_upkeep.c  Opens the database as configured and keeps it tidy
 */
#include "mcu/store/store_upkeep.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "mcu/base/clock.h"
#include "mcu/base/log.h"
#include "mcu/config/config.h"
#include "mcu/store/store.h"
#include "mcu/store/store_history.h"
#include "mcu/store/store_idem.h"
#include "mcu/store/store_purge.h"
#include "mcu/store/store_token.h"
#include "net/control_loop.h"

LOG_DOMAIN("store");

enum { ALIVE_MS = 60000, PURGE_EVERY = 60 /* so many of those */ };

#define DAY_US (24ull * 3600 * 1000000)

static struct {
    struct store *store;
    struct control_timer *timer;
    unsigned keep_days;
    unsigned minutes;
} upkeep;

static void on_purged(int err, const void *result, void *arg)
{
    const struct store_count *count = result;
    (void)arg;

    if (err)
        log_warning(NULL, "old rows could not be removed: %d", err);
    else if (count->n)
        log_info(NULL, "%llu old rows removed", (unsigned long long)count->n);
}

/* Keys and tokens go by their own time, deliveries and the rest as configured. */
static void purge(uint64_t now_us)
{
    for (unsigned what = 0; what < STORE_PURGE_N; ++what) {
        uint64_t older_us = upkeep.keep_days ? now_us - upkeep.keep_days * DAY_US : 0;

        if (what == STORE_PURGE_IDEM)
            older_us = now_us - STORE_IDEM_KEEP_US;
        else if (what == STORE_PURGE_TOKENS)
            older_us = now_us;
        else if (what == STORE_PURGE_TOKEN_USERS)
            older_us = now_us - STORE_TOKEN_KEEP_US;
        if (older_us)
            (void)store_purge_run(upkeep.store, (enum store_purge_what)what, older_us,
                                  (struct store_reply){on_purged, NULL});
    }
}

static void on_minute(void *arg)
{
    uint64_t now_us = clock_wall_us();
    (void)arg;

    (void)store_history_mark_alive(upkeep.store, now_us, (struct store_reply){NULL, NULL});
    if (upkeep.minutes++ % PURGE_EVERY == 0)
        purge(now_us);
    control_timer_start(upkeep.timer, ALIVE_MS);
}

int store_upkeep_start(struct store **ret, const struct config *config, char *path,
                       size_t path_size, char *why, size_t why_size)
{
    const struct store_cfg cfg = {.path = path};
    const char *dir = config->server.data_dir;
    int n, err;

    if (config->store.path[0])
        n = snprintf(path, path_size, "%s", config->store.path);
    else
        n = snprintf(path, path_size, "%s/medley.db", dir);
    (void)snprintf(why, why_size, "the path is too long");
    if (n >= (int)path_size)
        return -ENAMETOOLONG;
    if (mkdir(dir, 0750) && errno != EEXIST) {
        err = -errno;
        (void)snprintf(why, why_size, "cannot make the folder %s: %s", dir, strerror(-err));
        return err;
    }
    err = store_open(&upkeep.store, &cfg, why, why_size);
    if (err)
        return err;
    *ret = upkeep.store;
    upkeep.keep_days = config->store.keep_days;
    err = control_timer_new(&upkeep.timer, on_minute, NULL);
    if (err)
        (void)snprintf(why, why_size, "no memory");
    else
        on_minute(NULL);
    return err;
}

void store_upkeep_configure(unsigned keep_days)
{
    upkeep.keep_days = keep_days;
}

struct store *store_upkeep_stop(struct store *store)
{
    upkeep.timer = control_timer_free(upkeep.timer);
    upkeep.store = NULL;
    upkeep.minutes = 0;
    return store_close(store);
}
