/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/reload.c  Settings read anew while everything runs
 */
#include "mcu/reload.h"

#include <errno.h>
#include <stdlib.h>

#include "mcu/api/journal.h"
#include "mcu/base/clock.h"
#include "mcu/base/log.h"
#include "mcu/base/metric.h"
#include "mcu/base/service.h"
#include "mcu/config/config_watch.h"
#include "mcu/people_setup.h"
#include "mcu/room/room_set.h"
#include "mixer/layout_set.h"
#include "mixer/picture.h"

LOG_DOMAIN("config");

enum { WAITING_MAX = 16 };

struct waiting {
    uint64_t number; /* of the request; 0 = free */
    reload_h *h;
    void *arg;
};

static struct {
    struct config_watch *watch;
    struct settings *boot, *now; /* at start; in force */
    struct waiting waiting[WAITING_MAX];
    struct config_errors *errs; /* of the last reload if that failed */
    uint64_t loaded_us;
} reload;

static struct metric last_ok = METRIC_GAUGE("medley_config_last_reload_successful", "",
                                            "Whether the last reload was taken over: 1 or 0");
static struct metric last_time = METRIC_GAUGE("medley_config_last_reload_timestamp_seconds", "",
                                              "When the settings in force were read, since 1970");

static void mark_loaded(void)
{
    reload.loaded_us = clock_wall_us();
    metric_set(&last_ok, 1);
    metric_set(&last_time, (int64_t)(reload.loaded_us / 1000000));
}

/* ---- differences ---- */

static void add_change(struct reload_outcome *outcome, const char *key, enum config_reload class)
{
    if (outcome->nchanged < CONFIG_TABLE_ROWS_MAX)
        outcome->changed[outcome->nchanged++] = (struct reload_change){key, class};
}

static void on_changed(const char *key, enum config_reload class, void *arg)
{
    if (class != CONFIG_RELOAD_RESTART)
        add_change(arg, key, class);
}

static void on_changed_since_boot(const char *key, enum config_reload class, void *arg)
{
    if (class == CONFIG_RELOAD_RESTART)
        add_change(arg, key, class);
}

static void compare(struct reload_outcome *outcome, const struct settings *settings)
{
    (void)config_diff(&reload.now->config, &settings->config, on_changed, outcome);
    (void)config_diff(&reload.boot->config, &settings->config, on_changed_since_boot, outcome);
    outcome->layouts_changed = !layout_set_equal(reload.now->layouts, settings->layouts) ||
                               !picture_equal(reload.now->logo, settings->logo);
}

/* ---- outcomes ---- */

static const char *class_name(enum config_reload class)
{
    static const char *const names[] = {
        [CONFIG_RELOAD_LIVE] = "at once",
        [CONFIG_RELOAD_NEW_ROOMS] = "in new rooms",
        [CONFIG_RELOAD_NEW_SESSIONS] = "for new participants",
        [CONFIG_RELOAD_RESTART] = "after a restart",
    };

    return names[class];
}

/* A level that was set by hand stays until the settings say another one. */
static void follow_log(const struct config_log *before, const struct config_log *log)
{
    if (log->level != before->level || log->format != before->format)
        log_set(log->level, log->format);
}

static void take_over(struct settings *settings, struct reload_outcome *outcome)
{
    config_keep(&settings->config, &reload.boot->config, CONFIG_RELOAD_RESTART);
    follow_log(&reload.now->config.log, &settings->config.log);
    settings_ref(settings);
    settings_unref(reload.now);
    reload.now = settings;
    outcome->nrooms_changed = room_set_configure(settings);
    people_setup_configure(&settings->config);
    journal_event("config.reloaded", NULL);
    config_watch_update(reload.watch, settings);
    free(reload.errs);
    reload.errs = NULL;
    mark_loaded();
    (void)service_status("Running");

    for (unsigned i = 0; i < outcome->nchanged; ++i)
        log_info(NULL, "%s changed: takes effect %s", outcome->changed[i].key,
                 class_name(outcome->changed[i].reload));
    log_info(NULL, "settings loaded: %u keys changed, layouts %s", outcome->nchanged,
             outcome->layouts_changed ? "changed" : "as before");
}

static void refuse(const struct config_errors *errs)
{
    metric_set(&last_ok, 0);
    for (unsigned i = 0; i < errs->n; ++i)
        log_error(NULL, "settings not loaded: %s", errs->text[i]);
    (void)service_status("Settings not loaded: %s", errs->n ? errs->text[0] : "out of memory");
    if (!reload.errs)
        reload.errs = malloc(sizeof(*reload.errs));
    if (reload.errs)
        *reload.errs = *errs;
}

static struct waiting take_waiting(uint64_t number)
{
    struct waiting found = {0};

    for (unsigned i = 0; i < WAITING_MAX && number; ++i) {
        if (reload.waiting[i].number == number) {
            found = reload.waiting[i];
            reload.waiting[i] = (struct waiting){0};
        }
    }
    return found;
}

static void on_result(const struct config_watch_result *result, void *arg)
{
    struct waiting waiting = take_waiting(result->request);
    struct reload_outcome outcome = {.ok = result->settings != NULL, .errs = result->errs};
    (void)arg;

    if (result->settings)
        compare(&outcome, result->settings);
    if (!result->check_only) {
        if (result->settings)
            take_over(result->settings, &outcome);
        else
            refuse(result->errs);
        (void)service_ready(); /* ends RELOADING */
    }
    if (waiting.h)
        waiting.h(&outcome, waiting.arg);
    settings_unref(result->settings);
    free(result->errs);
}

int reload_init(const struct settings_source *source, struct settings *boot)
{
    int err = config_watch_new(&reload.watch, source, boot, on_result, NULL);

    if (err)
        return err;
    reload.boot = settings_ref(boot);
    reload.now = settings_ref(boot);
    metric_register(&last_ok);
    metric_register(&last_time);
    mark_loaded();
    return 0;
}

void reload_finish(void)
{
    reload.watch = config_watch_free(reload.watch);
    reload.boot = settings_unref(reload.boot);
    reload.now = settings_unref(reload.now);
    free(reload.errs);
    reload.errs = NULL;
}

int reload_request(bool check_only, reload_h *h, void *arg)
{
    for (unsigned i = 0; i < WAITING_MAX; ++i) {
        struct waiting *waiting = &reload.waiting[i];

        if (waiting->number)
            continue;
        *waiting = (struct waiting){.h = h, .arg = arg};
        waiting->number = config_watch_reload(reload.watch, check_only);
        return 0;
    }
    return -EBUSY;
}

void reload_status(struct reload_status *ret_status)
{
    *ret_status = (struct reload_status){.ok = !reload.errs,
                                         .loaded_us = reload.loaded_us,
                                         .version = reload.now->version,
                                         .errs = reload.errs};
}
