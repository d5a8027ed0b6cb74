/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file test_room_chat.c  The last messages of a room, for those who come later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <errno.h>

#include <cmocka.h>

#include "mcu/room/room_chat.h"

static const struct room_chat_party everybody = {0};
static const struct room_chat_party ada = {.key = 1, .identity = "ada", .name = "Ada"};
static const struct room_chat_party bob = {.key = 2, .identity = "bob", .name = "Bob"};
static const struct room_chat_party guest = {.key = 3, .name = "A guest"};

static struct room_chat *new_chat(uint32_t most)
{
    struct room_chat *chat = NULL;

    assert_int_equal(room_chat_new(&chat, most), 0);
    return chat;
}

static const struct room_chat_message *post(struct room_chat *chat,
                                            const struct room_chat_party *from,
                                            const struct room_chat_party *to, const char *text)
{
    const struct room_chat_message *message = NULL;
    const char *code = NULL;

    assert_int_equal(room_chat_post(chat, NULL, from, to, text, 1, 2, &message, &code), 0);
    assert_string_equal(code, "");
    return message;
}

static void collect(const struct room_chat_message *message, void *arg)
{
    char *texts = arg;

    (void)strcat(texts, message->text);
    (void)strcat(texts, " ");
}

static void see(const struct room_chat_message *message, void *arg)
{
    (void)message;
    (void)arg;
}

/* How many are for everybody. */
static unsigned kept(const struct room_chat *chat)
{
    return room_chat_each_for(chat, 0, NULL, see, NULL);
}

static void rejects_bad_settings(void **state)
{
    struct room_chat *chat = NULL;
    (void)state;

    assert_int_equal(room_chat_new(&chat, ROOM_CHAT_KEPT_MAX + 1), -EINVAL);
    assert_null(room_chat_free(NULL));
    chat = new_chat(0);
    assert_int_equal(room_chat_keep(chat, ROOM_CHAT_KEPT_MAX + 1), -EINVAL);
    room_chat_free(chat);
}

static void a_message_has_all_that_belongs_to_it(void **state)
{
    struct room_chat *chat = new_chat(10);
    const struct room_chat_message *message = post(chat, &ada, &bob, "hello\nworld");
    (void)state;

    assert_memory_equal(message->id, "ms_", 3);
    assert_int_equal(message->wall_us, 2);
    assert_int_equal(message->from.key, 1);
    assert_string_equal(message->from.identity, "ada");
    assert_string_equal(message->from.name, "Ada");
    assert_int_equal(message->to.key, 2);
    assert_string_equal(message->to.identity, "bob");
    assert_string_equal(message->text, "hello\nworld");
    room_chat_free(chat);
}

static void a_text_is_clean_and_not_too_long(void **state)
{
    static const struct {
        const char *text;
        int err;
        const char *code;
    } row[] = {
        {"", -EINVAL, "text_empty"},
        {"\xff", -EILSEQ, "bad_text"},
        {"a\x1b[31m", -EILSEQ, "bad_text"},
        {"\xf0\x9f\x91\x8d", 0, ""},
    };
    char longest[ROOM_CHAT_TEXT_CHARS * 2 + 3];
    struct room_chat *chat = new_chat(10);
    const struct room_chat_message *message;
    const char *code;
    (void)state;

    for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); ++i) {
        assert_int_equal(
            room_chat_post(chat, NULL, &ada, &everybody, row[i].text, 1, 2, &message, &code),
            row[i].err);
        assert_string_equal(code, row[i].code);
    }
    for (unsigned i = 0; i <= ROOM_CHAT_TEXT_CHARS; ++i)
        memcpy(longest + i * 2, "\xc3\xa4", 3);
    assert_int_equal(room_chat_post(chat, NULL, &ada, &everybody, longest, 1, 2, &message, &code),
                     -E2BIG);
    assert_string_equal(code, "text_too_long");
    longest[ROOM_CHAT_TEXT_CHARS * 2] = '\0';
    (void)post(chat, &ada, &everybody, longest);
    assert_int_equal(kept(chat), 2);
    room_chat_free(chat);
}

static void a_private_message_is_seen_by_its_two_only(void **state)
{
    static const struct {
        uint32_t key;
        const char *identity, *texts;
    } row[] = {
        {1, "ada", "all to-bob from-guest "},
        {2, "bob", "all to-bob to-guest "},
        {3, "", "all to-guest from-guest "},
        {4, NULL, "all "},
        {0, "", "all "},
        {9, "bob", "all to-bob to-guest "}, /* came back */
        {9, "eve", "all "},
    };
    struct room_chat *chat = new_chat(10);
    (void)state;

    (void)post(chat, &ada, &everybody, "all");
    (void)post(chat, &ada, &bob, "to-bob");
    (void)post(chat, &bob, &guest, "to-guest");
    (void)post(chat, &guest, &ada, "from-guest");
    for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); ++i) {
        char texts[200] = "";

        (void)room_chat_each_for(chat, row[i].key, row[i].identity, collect, texts);
        assert_string_equal(texts, row[i].texts);
    }
    room_chat_free(chat);
}

static void the_oldest_go_when_there_are_too_many(void **state)
{
    struct room_chat *chat = new_chat(3);
    char text[16], texts[200] = "";
    (void)state;

    for (unsigned i = 0; i < 10; ++i) {
        (void)snprintf(text, sizeof(text), "%u", i);
        (void)post(chat, &ada, &everybody, text);
    }
    assert_int_equal(room_chat_each_for(chat, 1, "", collect, texts), 3);
    assert_string_equal(texts, "7 8 9 ");
    assert_int_equal(room_chat_keep(chat, 1), 0);
    texts[0] = '\0';
    (void)room_chat_each_for(chat, 1, "", collect, texts);
    assert_string_equal(texts, "9 ");
    room_chat_free(chat);
}

static void the_oldest_go_when_they_are_too_many_bytes(void **state)
{
    struct room_chat *chat = new_chat(ROOM_CHAT_KEPT_MAX);
    char longest[ROOM_CHAT_TEXT_CHARS + 1];
    (void)state;

    memset(longest, 'x', sizeof(longest));
    longest[ROOM_CHAT_TEXT_CHARS] = '\0';
    for (unsigned i = 0; i < ROOM_CHAT_KEPT_MAX; ++i)
        (void)post(chat, &ada, &everybody, longest);
    assert_true(kept(chat) <= ROOM_CHAT_BYTES_MAX / ROOM_CHAT_TEXT_CHARS);
    assert_true(kept(chat) >= ROOM_CHAT_BYTES_MAX / (ROOM_CHAT_TEXT_CHARS + 300));
    for (unsigned i = 0; i < ROOM_CHAT_KEPT_MAX + 10; ++i)
        (void)post(chat, &ada, &everybody, "x");
    assert_int_equal(kept(chat), ROOM_CHAT_KEPT_MAX);
    room_chat_free(chat);
}

static void without_history_a_message_can_be_sent_on_but_is_not_kept(void **state)
{
    struct room_chat *chat = new_chat(0);
    const struct room_chat_message *message = post(chat, &ada, &everybody, "now");
    (void)state;

    assert_string_equal(message->text, "now");
    assert_int_equal(kept(chat), 0);
    message = post(chat, &ada, &everybody, "again");
    assert_string_equal(message->text, "again");
    room_chat_free(chat);
}

static void a_sender_has_so_many_in_a_while(void **state)
{
    struct room_chat *chat = new_chat(100);
    struct room_rate mine = {0}, other = {0};
    const struct room_chat_message *message;
    uint64_t now_us = 1000000000;
    const char *code;
    (void)state;

    for (unsigned i = 0; i < ROOM_CHAT_RATE; ++i)
        assert_int_equal(
            room_chat_post(chat, &mine, &ada, &everybody, "x", now_us, 2, &message, &code), 0);
    assert_int_equal(room_chat_post(chat, &mine, &ada, &bob, "x", now_us, 2, &message, &code),
                     -EAGAIN);
    assert_string_equal(code, "rate_limited");
    assert_int_equal(
        room_chat_post(chat, &other, &bob, &everybody, "x", now_us, 2, &message, &code), 0);
    now_us += ROOM_CHAT_RATE_PERIOD_US / ROOM_CHAT_RATE;
    assert_int_equal(room_chat_post(chat, &mine, &ada, &everybody, "x", now_us, 2, &message, &code),
                     0);
    room_chat_free(chat);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rejects_bad_settings),
        cmocka_unit_test(a_message_has_all_that_belongs_to_it),
        cmocka_unit_test(a_text_is_clean_and_not_too_long),
        cmocka_unit_test(a_private_message_is_seen_by_its_two_only),
        cmocka_unit_test(the_oldest_go_when_there_are_too_many),
        cmocka_unit_test(the_oldest_go_when_they_are_too_many_bytes),
        cmocka_unit_test(without_history_a_message_can_be_sent_on_but_is_not_kept),
        cmocka_unit_test(a_sender_has_so_many_in_a_while),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
