/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/chat_gateway.c  Chat messages: from somebody to his room, and into the database
 */
#include "mcu/api/chat_gateway.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/api_field.h"
#include "mcu/api/api_text.h"
#include "mcu/api/journal.h"
#include "mcu/base/clock.h"
#include "mcu/base/id.h"
#include "mcu/room/participant.h"
#include "mcu/room/room.h"
#include "mcu/room/room_chat.h"
#include "mcu/store/store_chat.h"

enum { TEXT_SIZE = STORE_CHAT_TEXT_MAX + 1 };

static struct store *messages;

/* A message that is being written. */
struct writing {
    chat_gateway_h *h;
    void *arg;
    char id[ID_SIZE];
    uint64_t sent_us;
};

void chat_gateway_init(struct store *store)
{
    messages = store;
}

static void on_written(int err, const void *result, void *arg)
{
    struct writing *w = arg;
    (void)result;

    if (err)
        journal_failed("a message", err);
    w->h(err, w->id, w->sent_us, w->arg);
    free(w);
}

static void tell(const struct room *room, const struct room_chat_message *message)
{
    for (struct participant *p = room_first(room); p; p = participant_next(p)) {
        if (room_chat_is_for(message, participant_key(p), participant_identity(p)))
            participant_on_chat(p, message);
    }
}

/* Keep it; the author hears when it is on the disk. */
static int keep(const struct room_chat_message *message, const struct room *room, const char *from,
                const char *to, chat_gateway_h *h, void *arg)
{
    const struct store_chat row = {
        .id = message->id,
        .room = room_name(room),
        .session = room_session(room),
        .from_id = message->from.identity,
        .from_participant = from,
        .from_name = message->from.name,
        .to_participant = to,
        .text = message->text,
        .sent_us = message->wall_us,
    };
    struct writing *w = calloc(1, sizeof(*w));
    int err;

    if (!w)
        return -ENOMEM;
    w->h = h;
    w->arg = arg;
    w->sent_us = message->wall_us;
    memcpy(w->id, message->id, sizeof(w->id));
    err = store_chat_add(messages, &row, (struct store_reply){on_written, w});
    if (err)
        free(w);
    return err;
}

/* Everybody hears it at once; the author when it is kept. */
static void publish(const struct room_chat_message *message, const struct room *room,
                    const char *from, const char *to, chat_gateway_h *h, void *arg)
{
    int err;

    tell(room, message);
    if (!messages) {
        h(0, message->id, message->wall_us, arg);
        return;
    }
    err = keep(message, room, from, to, h, arg);
    if (err) {
        journal_failed("a message", err);
        h(err, message->id, message->wall_us, arg);
    }
}

static bool may_write(const struct participant *from, const char *to)
{
    const struct room_rules *rules = room_rules(participant_room(from));

    if (!(participant_rights(from) & RIGHT_CHAT))
        return false;
    return participant_role(from) == ROLE_HOST || !to[0] || rules->guests_can.chat_private;
}

static uint64_t wait_ms(const char *code)
{
    return strcmp(code, "rate_limited") == 0 ? ROOM_CHAT_RATE_PERIOD_US / ROOM_CHAT_RATE / 1000 : 0;
}

void chat_gateway_say(struct chat_gateway_result *ret, struct participant *from,
                      const struct api_string *text, const char *to, chat_gateway_h *h, void *arg)
{
    struct room *room = participant_room(from);
    const struct participant *receiver = to[0] ? room_find_id(room, to) : NULL;
    const struct room_chat_party sender = {.key = participant_key(from),
                                           .identity = participant_identity(from),
                                           .name = participant_name(from)};
    struct room_chat_party receives = {.key = 0};
    const struct room_chat_message *message;
    char clean[TEXT_SIZE];

    memset(ret, 0, sizeof(*ret));
    if (to[0] && !receiver)
        ret->code = "participant_not_found";
    else if (!may_write(from, to))
        ret->code = "forbidden";
    else if (api_text_clean_message(clean, sizeof(clean), text->text, text->len))
        ret->code = "text_too_long";
    if (ret->code)
        return;
    if (receiver)
        receives = (struct room_chat_party){.key = participant_key(receiver),
                                            .identity = participant_identity(receiver),
                                            .name = participant_name(receiver)};
    if (room_chat_post(room_chat(room), participant_chat_rate(from), &sender, &receives, clean,
                       clock_now_us(), clock_wall_us(), &message, &ret->code)) {
        ret->wait_ms = wait_ms(ret->code);
        return;
    }
    ret->code = NULL;
    publish(message, room, participant_id(from), to, h, arg);
}

void chat_gateway_announce(struct chat_gateway_result *ret, struct room *room,
                           struct room_rate *rate, const char *name, const struct api_string *text,
                           chat_gateway_h *h, void *arg)
{
    const struct room_chat_party server = {.name = name}, everybody = {.key = 0};
    const struct room_chat_message *message;
    char clean[TEXT_SIZE];

    memset(ret, 0, sizeof(*ret));
    if (api_text_clean_message(clean, sizeof(clean), text->text, text->len)) {
        ret->code = "text_too_long";
        return;
    }
    if (room_chat_post(room_chat(room), rate, &server, &everybody, clean, clock_now_us(),
                       clock_wall_us(), &message, &ret->code)) {
        ret->wait_ms = wait_ms(ret->code);
        return;
    }
    ret->code = NULL;
    publish(message, room, "", "", h, arg);
}
