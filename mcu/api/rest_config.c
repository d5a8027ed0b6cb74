/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_config.c  /api/v1/config: the settings, checked and read anew
 */
#include "mcu/api/rest_config.h"

#include <stdio.h>
#include <stdlib.h>

#include "mcu/api/rest_call.h"
#include "mcu/api/rest_json.h"
#include "mcu/config/settings.h"
#include "mcu/reload.h"
#include "mcu/room/room_set.h"

enum { WAITING_MAX = 16 };

/* Of requests whose outcome is not there yet; request 0 = free. */
static struct rest_ticket waiting[WAITING_MAX];

static const char *const class_names[] = {
    [CONFIG_RELOAD_LIVE] = "live",
    [CONFIG_RELOAD_NEW_ROOMS] = "new rooms",
    [CONFIG_RELOAD_NEW_SESSIONS] = "new sessions",
    [CONFIG_RELOAD_RESTART] = "restart",
};

void rest_config_write_errors(struct rest_json *json, const char *key,
                              const struct config_errors *errs)
{
    char more[64];

    rest_json_open(json, key, '[');
    for (unsigned i = 0; errs && i < errs->n; ++i)
        rest_json_string(json, NULL, errs->text[i]);
    if (errs && errs->more) {
        (void)snprintf(more, sizeof(more), "and %u more", errs->more);
        rest_json_string(json, NULL, more);
    }
    rest_json_close(json);
}

void rest_config_write_status(struct rest_json *json, const char *key)
{
    struct reload_status status;

    reload_status(&status);
    rest_json_open(json, key, '{');
    rest_json_int(json, "version", (int64_t)status.version);
    rest_json_time(json, "loaded_at", status.loaded_us);
    rest_json_bool(json, "ok", status.ok);
    rest_config_write_errors(json, "errors", status.errs);
    rest_json_close(json);
}

void rest_config_get(const struct rest_call *call)
{
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    int err = f ? config_print(f, &room_set_settings()->config) : -1;
    struct rest_json j;

    if (f && fclose(f) != 0)
        err = -1;
    if (err) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_FAILED, NULL);
    } else {
        rest_json_init(&j);
        rest_json_open(&j, NULL, '{');
        rest_json_stringn(&j, "yaml", text, len);
        rest_json_close(&j);
        rest_reply_json(&call->ticket, 200, &j);
    }
    free(text);
}

static void on_outcome(const struct reload_outcome *outcome, void *arg)
{
    struct rest_ticket *ticket = arg;
    struct rest_json j;

    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    rest_json_bool(&j, "ok", outcome->ok);
    rest_config_write_errors(&j, "errors", outcome->errs);
    rest_json_open(&j, "changed", '[');
    for (unsigned i = 0; i < outcome->nchanged; ++i) {
        rest_json_open(&j, NULL, '{');
        rest_json_string(&j, "key", outcome->changed[i].key);
        rest_json_string(&j, "class", class_names[outcome->changed[i].reload]);
        rest_json_close(&j);
    }
    rest_json_close(&j);
    rest_json_bool(&j, "layouts_changed", outcome->layouts_changed);
    rest_json_int(&j, "rooms_changed", outcome->nrooms_changed);
    rest_json_close(&j);
    rest_reply_json(ticket, 200, &j);
    ticket->request = 0;
}

static void request(const struct rest_call *call, bool check_only)
{
    struct rest_ticket *ticket = waiting;

    while (ticket < waiting + WAITING_MAX && ticket->request)
        ++ticket;
    if (ticket == waiting + WAITING_MAX) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_BUSY, NULL);
        return;
    }
    *ticket = call->ticket;
    if (reload_request(check_only, on_outcome, ticket)) {
        rest_reply_problem(ticket, REST_PROBLEM_BUSY, NULL);
        ticket->request = 0;
    }
}

void rest_config_check(const struct rest_call *call)
{
    request(call, true);
}

void rest_config_reload(const struct rest_call *call)
{
    request(call, false);
}
