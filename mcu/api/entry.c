/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/entry.c  What has to be looked up before somebody may knock at a room
 */
#include "mcu/api/entry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/rules_json.h"
#include "mcu/base/log.h"
#include "mcu/room/room_set.h"
#include "mcu/store/store_meeting.h"

LOG_DOMAIN("entry");

struct entry {
    entry_done_h *h; /* NULL: cancelled */
    void *arg;
    char identity[GRANTS_IDENTITY_SIZE];
};

static struct store *meetings;

void entry_init(struct store *store)
{
    meetings = store;
}

static void look_for_him(struct entry_result *ret, const struct store_meeting *meeting,
                         const char *identity)
{
    if (!identity[0])
        return;
    ret->is_host = strcmp(meeting->owner, identity) == 0;
    ret->is_listed = ret->is_host;
    for (uint32_t i = 0; i < meeting->people_n; ++i) {
        if (strcmp(meeting->people[i].who, identity) != 0)
            continue;
        ret->is_listed = true;
        ret->is_host = ret->is_host || strcmp(meeting->people[i].role, "host") == 0;
    }
}

static void read_meeting(struct entry_result *ret, const struct store_meeting *meeting,
                         const char *identity)
{
    char why[RULES_JSON_WHY_SIZE];

    ret->found = true;
    room_set_default_rules(&ret->rules);
    if (rules_json_read(&ret->rules, meeting->policy, strlen(meeting->policy), why, sizeof(why))) {
        log_error(NULL, "policy of meeting %s: %s", meeting->id, why);
        ret->err = -EBADMSG; /* nobody gets in by rules that cannot be read */
    }
    (void)snprintf(ret->rules.title, sizeof(ret->rules.title), "%s", meeting->title);
    (void)snprintf(ret->rules.pin, sizeof(ret->rules.pin), "%s", meeting->pin);
    (void)snprintf(ret->rules.host_pin, sizeof(ret->rules.host_pin), "%s", meeting->host_pin);
    (void)snprintf(ret->owner, sizeof(ret->owner), "%s", meeting->owner);
    (void)snprintf(ret->meeting, sizeof(ret->meeting), "%s", meeting->id);
    look_for_him(ret, meeting, identity);
}

static void on_meeting(int err, const void *result, void *arg)
{
    struct entry *entry = arg;
    struct entry_result found = {.err = err == -ENOENT ? 0 : err};

    if (!err)
        read_meeting(&found, result, entry->identity);
    if (entry->h)
        entry->h(&found, entry->arg);
    free(entry);
}

int entry_start(struct entry **ret_entry, const char *room, const char *identity, entry_done_h *h,
                void *arg)
{
    static const struct entry_result none;
    struct entry *entry;
    int err;

    *ret_entry = NULL;
    if (!meetings) {
        h(&none, arg);
        return 0;
    }
    entry = calloc(1, sizeof(*entry));
    if (!entry)
        return -ENOMEM;
    entry->h = h;
    entry->arg = arg;
    (void)snprintf(entry->identity, sizeof(entry->identity), "%s", identity);
    err = store_meeting_get_by_room(meetings, room, (struct store_reply){on_meeting, entry});
    if (err)
        free(entry);
    else
        *ret_entry = entry;
    return err;
}

struct entry *entry_cancel(struct entry *entry)
{
    if (entry)
        entry->h = NULL; /* the answer frees it */
    return NULL;
}
