/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_store_recording.c  Rows of recordings
 */
#include "mcu/store/store_recording.h"

#include "tests/unit/mcu/store_fixture.h"

static int put(const char *id, const char *room, uint64_t at_us, const char *state)
{
    const struct store_recording r = {.id = id,
                                      .room = room,
                                      .state = state,
                                      .path = "a/b.mkv",
                                      .started_us = at_us,
                                      .bytes = 1ull << 40};

    return did(store_recording_put(store, &r, none()));
}

static const char *ids(struct store_recording_query query)
{
    static char text[256];
    const struct store_recording *r;

    query.limit = query.limit ? query.limit : 10;
    assert_int_equal(did(store_recording_list(store, &query, list(&store_recording_shape))), 0);
    r = last.list->rows;
    text[0] = '\0';
    for (uint32_t i = 0; i < last.list->n; ++i)
        strcat(text, r[i].id);
    return text;
}

static void a_row_is_put_changed_got_and_removed(void **state)
{
    const struct store_recording *r;
    (void)state;

    assert_int_equal(put("a", "r", 100, "running"), 0);
    assert_int_equal(put("a", "r", 100, "done"), 0);
    assert_int_equal(did(store_recording_get(store, "a", row(&store_recording_shape))), 0);
    r = last.row;
    assert_string_equal(r->state, "done");
    assert_string_equal(r->path, "a/b.mkv");
    assert_true(r->bytes == 1ull << 40);
    assert_int_equal(did(store_recording_remove(store, "a", none())), 0);
    assert_int_equal(did(store_recording_remove(store, "a", none())), -ENOENT);
    assert_int_equal(did(store_recording_get(store, "a", row(&store_recording_shape))), -ENOENT);
}

static void rows_are_listed_newest_first(void **state)
{
    (void)state;
    assert_int_equal(put("a", "r", 100, ""), 0);
    assert_int_equal(put("b", "q", 100, ""), 0);
    assert_int_equal(put("c", "r", 200, ""), 0);
    assert_string_equal(ids((struct store_recording_query){0}), "cba");
    assert_string_equal(ids((struct store_recording_query){.room = "r"}), "ca");
    assert_string_equal(ids((struct store_recording_query){.limit = 2}), "cb");
    assert_true(last.list->more);
    assert_string_equal(ids((struct store_recording_query){.before_us = 100, .before_id = "b"}),
                        "a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_row_is_put_changed_got_and_removed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rows_are_listed_newest_first, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
