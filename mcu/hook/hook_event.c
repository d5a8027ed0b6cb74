/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/hook/hook_event.c  Events for webhooks: their types, their text, into the queue
 */
#include "mcu/hook/hook_event.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mcu/base/clock.h"
#include "mcu/base/err.h"
#include "mcu/base/id.h"
#include "mcu/base/log.h"
#include "mcu/store/store_hook.h"

LOG_DOMAIN("webhooks");

enum { STAMP_SIZE = 40 };

static const char *const types[] = {
    "room.started",
    "room.ended",
    "participant.joined",
    "participant.left",
    "participant.waiting",
    "share.started",
    "share.stopped",
    "call.ringing",
    "call.answered",
    "call.ended",
    "chat.message",
    "layout.changed",
    "config.reloaded",
    "ping",
    NULL,
};

const char *const *hook_event_types(void)
{
    return types;
}

bool hook_event_is_type(const char *type)
{
    for (const char *const *p = types; *p; ++p)
        if (!strcmp(*p, type))
            return true;
    return false;
}

static void print_time(char *ret, size_t size, uint64_t us)
{
    const time_t s = (time_t)(us / 1000000);
    char day[STAMP_SIZE] = "";
    struct tm tm;

    if (gmtime_r(&s, &tm))
        (void)strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
    (void)snprintf(ret, size, "%.30s.%03uZ", day, (unsigned)(us / 1000 % 1000));
}

/** @return 0, -EINVAL, -E2BIG */
static int read_data(json_t **ret, const char *data)
{
    const size_t len = strnlen(data, STORE_HOOK_BODY_MAX + 1);

    if (len > STORE_HOOK_BODY_MAX)
        return -E2BIG;
    *ret = json_loadb(data, len, JSON_REJECT_DUPLICATES, NULL);
    return json_is_object(*ret) ? 0 : -EINVAL;
}

int hook_event_make(char **ret_body, const char *id, const char *type, uint64_t now_us,
                    const char *data)
{
    json_t *object = NULL, *event = NULL;
    char stamp[STAMP_SIZE], *body = NULL;
    int err;

    if (!hook_event_is_type(type))
        return -EINVAL;
    err = read_data(&object, data ? data : "{}");
    if (err)
        goto out;
    print_time(stamp, sizeof(stamp), now_us);
    event = json_pack("{s:s, s:s, s:s, s:O}", "id", id, "type", type, "timestamp", stamp, "data",
                      object);
    body = event ? json_dumps(event, JSON_COMPACT) : NULL;
    if (!body)
        err = -ENOMEM;
    else if (strlen(body) > STORE_HOOK_BODY_MAX)
        err = -E2BIG;

out:
    json_decref(event);
    json_decref(object);
    if (err)
        free(body);
    else
        *ret_body = body;
    return err;
}

static void on_enqueued(int err, const void *result, void *arg)
{
    const struct store_hook_enqueued *enqueued = result;
    (void)arg;

    if (err)
        log_error(NULL, "an event for webhooks was lost: %s", err_str(err));
    else if (enqueued->dropped)
        log_warning(NULL, "%u old deliveries were dropped: too many wait", enqueued->dropped);
}

int hook_event_send(struct store *store, const char *type, const char *data)
{
    const uint64_t now_us = clock_wall_us();
    char id[ID_SIZE], *body = NULL;
    int err;

    id_make(id, "ev");
    err = hook_event_make(&body, id, type, now_us, data);
    if (err)
        return err;
    err = store_hook_enqueue(store, &(struct store_hook_event){id, type, body, now_us},
                             (struct store_reply){on_enqueued, NULL});
    free(body);
    return err;
}
