/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_store_chat.c  Chat of rooms
 */
#include "mcu/store/store_chat.h"

#include "tests/unit/mcu/store_fixture.h"

static struct store_chat message(const char *id, uint64_t sent_us)
{
    return (struct store_chat){.id = id,
                               .room = "r",
                               .session = "s",
                               .from_participant = "pt_a",
                               .from_name = "Anna",
                               .text = "hello",
                               .sent_us = sent_us};
}

static int add(struct store_chat m)
{
    return did(store_chat_add(store, &m, count()));
}

static const char *ids(struct store_chat_query query)
{
    static char text[256];
    const struct store_chat *m;

    query.room = query.room ? query.room : "r";
    query.limit = query.limit ? query.limit : 10;
    assert_int_equal(did(store_chat_list(store, &query, list(&store_chat_shape))), 0);
    m = last.list->rows;
    text[0] = '\0';
    for (uint32_t i = 0; i < last.list->n; ++i)
        strcat(text, m[i].id);
    return text;
}

static void a_message_comes_back_as_it_was_sent(void **state)
{
    const struct store_chat *m;
    (void)state;

    assert_int_equal(add(message("a", 100)), 0);
    assert_int_equal(last.count, 1);
    reopen_store();
    assert_string_equal(ids((struct store_chat_query){0}), "a");
    m = last.list->rows;
    assert_string_equal(m->text, "hello");
    assert_string_equal(m->from_name, "Anna");
    assert_int_equal(m->sent_us, 100);
}

static void the_same_message_again_adds_nothing(void **state)
{
    struct store_chat m = message("a", 100);
    (void)state;

    assert_int_equal(add(m), 0);
    assert_int_equal(add(m), 0);
    assert_int_equal(last.count, 0);
    m.text = "another";
    assert_int_equal(add(m), -EEXIST);
    assert_string_equal(ids((struct store_chat_query){0}), "a");
}

static void a_list_goes_both_ways(void **state)
{
    (void)state;
    assert_int_equal(add(message("b", 100)), 0);
    assert_int_equal(add(message("a", 100)), 0);
    assert_int_equal(add(message("c", 200)), 0);
    assert_string_equal(ids((struct store_chat_query){0}), "cba");
    assert_string_equal(ids((struct store_chat_query){.limit = 2}), "cb");
    assert_true(last.list->more);
    assert_string_equal(ids((struct store_chat_query){.cursor_us = 100, .cursor_id = "b"}), "a");
    assert_false(last.list->more);
    assert_string_equal(ids((struct store_chat_query){.forward = true}), "abc");
    assert_string_equal(
        ids((struct store_chat_query){.forward = true, .cursor_us = 100, .cursor_id = "a"}), "bc");
    assert_string_equal(ids((struct store_chat_query){.room = "q"}), "");
}

static void what_was_sent_before_may_be_left_out(void **state)
{
    (void)state;
    assert_int_equal(add(message("a", 100)), 0);
    assert_int_equal(add(message("b", 200)), 0);
    assert_int_equal(add(message("c", 300)), 0);
    assert_string_equal(ids((struct store_chat_query){.since_us = 200}), "cb");
    assert_string_equal(ids((struct store_chat_query){.since_us = 101, .forward = true}), "bc");
    assert_string_equal(ids((struct store_chat_query){.since_us = 301}), "");
}

static void private_messages_are_for_two(void **state)
{
    struct store_chat m = message("a", 100);
    (void)state;

    assert_int_equal(add(m), 0);
    m = message("b", 101);
    m.to_participant = "pt_b";
    assert_int_equal(add(m), 0);
    assert_string_equal(ids((struct store_chat_query){.reader = "pt_a"}), "ba");
    assert_string_equal(ids((struct store_chat_query){.reader = "pt_b"}), "ba");
    assert_string_equal(ids((struct store_chat_query){.reader = "pt_c"}), "a");
    assert_string_equal(ids((struct store_chat_query){.session = "s", .reader = "pt_c"}), "a");
    assert_string_equal(ids((struct store_chat_query){.session = "t"}), "");
    m = message("c", 102);
    m.from_id = "us_a";
    m.to_participant = "pt_b";
    assert_int_equal(add(m), 0);
    assert_string_equal(ids((struct store_chat_query){.reader = "us_a"}), "ca");
    assert_string_equal(ids((struct store_chat_query){.reader = "-"}), "a");
}

static void a_message_has_a_limit(void **state)
{
    static char big[STORE_CHAT_TEXT_MAX + 2];
    struct store_chat m = message("a", 100);
    (void)state;

    memset(big, 'x', sizeof(big) - 1);
    m.text = big;
    assert_int_equal(add(m), -EINVAL);
    big[STORE_CHAT_TEXT_MAX] = '\0';
    assert_int_equal(add(m), 0);
    m.text = "";
    assert_int_equal(add(m), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_message_comes_back_as_it_was_sent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_message_again_adds_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_list_goes_both_ways, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_sent_before_may_be_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(private_messages_are_for_two, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_message_has_a_limit, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
