/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/room_chat.c  The last messages of a room, for those who come later
 */
#include "mcu/room/room_chat.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/room/room_text.h"

struct item {
    struct room_chat_message message; /* its strings point into text[] */
    size_t size;
    struct item *next;
    char text[];
};

struct room_chat {
    struct item *first, **end; /* oldest first */
    struct item *spare;        /* told, but not kept: until the next one */
    uint32_t n, kept;
    size_t nbytes;
};

int room_chat_new(struct room_chat **ret_chat, uint32_t kept)
{
    struct room_chat *chat;

    if (kept > ROOM_CHAT_KEPT_MAX)
        return -EINVAL;
    chat = calloc(1, sizeof(*chat));
    if (!chat)
        return -ENOMEM;
    chat->end = &chat->first;
    chat->kept = kept;
    *ret_chat = chat;
    return 0;
}

/* The one that was told last stays readable until the next call. */
static void drop_first(struct room_chat *chat, const struct item *told)
{
    struct item *item = chat->first;

    chat->first = item->next;
    if (!chat->first)
        chat->end = &chat->first;
    --chat->n;
    chat->nbytes -= item->size;
    if (item == told)
        chat->spare = item;
    else
        free(item);
}

static void trim(struct room_chat *chat, const struct item *told)
{
    while (chat->n > chat->kept || chat->nbytes > ROOM_CHAT_BYTES_MAX)
        drop_first(chat, told);
}

static void free_spare(struct room_chat *chat)
{
    free(chat->spare);
    chat->spare = NULL;
}

struct room_chat *room_chat_free(struct room_chat *chat)
{
    if (!chat)
        return NULL;
    free_spare(chat);
    chat->kept = 0;
    trim(chat, NULL);
    free(chat);
    return NULL;
}

int room_chat_keep(struct room_chat *chat, uint32_t kept)
{
    if (kept > ROOM_CHAT_KEPT_MAX)
        return -EINVAL;
    free_spare(chat);
    chat->kept = kept;
    trim(chat, NULL);
    return 0;
}

static size_t size_of(const char *text)
{
    return text ? strlen(text) + 1 : 1;
}

/* Copies a text to *at and moves that on.  @return the copy */
static const char *store(char **at, const char *text)
{
    char *copy = *at;
    size_t size = size_of(text);

    memcpy(copy, text ? text : "", size);
    *at += size;
    return copy;
}

static struct item *make_item(const struct room_chat_party *from, const struct room_chat_party *to,
                              const char *text, uint64_t wall_us)
{
    size_t size = sizeof(struct item) + size_of(from->identity) + size_of(from->name) +
                  size_of(to->identity) + size_of(to->name) + size_of(text);
    struct item *item = malloc(size);
    struct room_chat_message *message;
    char *at;

    if (!item)
        return NULL;
    at = item->text;
    item->size = size;
    item->next = NULL;
    message = &item->message;
    id_make(message->id, "ms");
    message->wall_us = wall_us;
    message->from = (struct room_chat_party){
        .key = from->key, .identity = store(&at, from->identity), .name = store(&at, from->name)};
    message->to = (struct room_chat_party){
        .key = to->key, .identity = store(&at, to->identity), .name = store(&at, to->name)};
    message->text = store(&at, text);
    return item;
}

static int refuse(const char **ret_code, const char *code, int err)
{
    *ret_code = code;
    return err;
}

int room_chat_post(struct room_chat *chat, struct room_rate *rate,
                   const struct room_chat_party *from, const struct room_chat_party *to,
                   const char *text, uint64_t now_us, uint64_t wall_us,
                   const struct room_chat_message **ret_message, const char **ret_code)
{
    int nchars = room_text_length(text);
    struct item *item;

    if (nchars < 0)
        return refuse(ret_code, "bad_text", nchars);
    if (nchars == 0)
        return refuse(ret_code, "text_empty", -EINVAL);
    if (nchars > ROOM_CHAT_TEXT_CHARS)
        return refuse(ret_code, "text_too_long", -E2BIG);
    if (rate && room_rate_take(rate, ROOM_CHAT_RATE, ROOM_CHAT_RATE_PERIOD_US, now_us))
        return refuse(ret_code, "rate_limited", -EAGAIN);
    item = make_item(from, to, text, wall_us);
    if (!item)
        return refuse(ret_code, "no_memory", -ENOMEM);
    free_spare(chat);
    *chat->end = item;
    chat->end = &item->next;
    ++chat->n;
    chat->nbytes += item->size;
    trim(chat, item);
    *ret_message = &item->message;
    return refuse(ret_code, "", 0);
}

static bool is_party(const struct room_chat_party *party, uint32_t key, const char *identity)
{
    if (party->key && party->key == key)
        return true;
    return identity && identity[0] && strcmp(party->identity, identity) == 0;
}

bool room_chat_is_for(const struct room_chat_message *message, uint32_t key, const char *identity)
{
    return !message->to.key || is_party(&message->from, key, identity) ||
           is_party(&message->to, key, identity);
}

unsigned room_chat_each_for(const struct room_chat *chat, uint32_t key, const char *identity,
                            void (*h)(const struct room_chat_message *message, void *arg),
                            void *arg)
{
    unsigned n = 0;

    for (const struct item *item = chat->first; item; item = item->next) {
        if (!room_chat_is_for(&item->message, key, identity))
            continue;
        h(&item->message, arg);
        ++n;
    }
    return n;
}
