/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_store_history.c  Sessions of rooms and who was in them
 */
#include "mcu/store/store_history.h"

#include "tests/unit/mcu/store_fixture.h"

static int begin_session(const char *id, const char *room, uint64_t at_us)
{
    const struct store_session s = {.id = id, .room = room, .started_us = at_us};

    return did(store_history_begin_session(store, &s, none()));
}

static int end_session(const char *id, uint64_t at_us)
{
    const struct store_session s = {.id = id, .ended_us = at_us, .peak = 3, .reason = "empty"};

    return did(store_history_end_session(store, &s, none()));
}

static int begin_member(const char *id, const char *session, const char *identity, uint64_t at_us)
{
    const struct store_member m = {.id = id,
                                   .session = session,
                                   .participant = "pt_1",
                                   .identity = identity,
                                   .display = "Anna",
                                   .kind = "web",
                                   .role = "guest",
                                   .joined_us = at_us};

    return did(store_history_begin_member(store, &m, none()));
}

static int end_member(const char *id, uint64_t at_us)
{
    const struct store_member m = {.id = id,
                                   .role = "host",
                                   .left_us = at_us,
                                   .reason = "left",
                                   .loss_in_ppm = 1,
                                   .loss_out_ppm = 2,
                                   .jitter_us = 3,
                                   .rtt_us = UINT32_MAX};

    return did(store_history_end_member(store, &m, none()));
}

static const char *sessions(struct store_session_query query)
{
    static char text[256];
    const struct store_session *s;

    query.limit = query.limit ? query.limit : 10;
    assert_int_equal(
        did(store_history_list_sessions(store, &query, list(&store_history_session_shape))), 0);
    s = last.list->rows;
    text[0] = '\0';
    for (uint32_t i = 0; i < last.list->n; ++i)
        strcat(text, s[i].id);
    return text;
}

static const struct store_session *session(const char *id)
{
    const struct store_session *s;

    sessions((struct store_session_query){0});
    s = last.list->rows;
    for (uint32_t i = 0; i < last.list->n; ++i) {
        if (!strcmp(s[i].id, id))
            return &s[i];
    }
    fail();
    return NULL;
}

static const struct store_member *members(const char *of, uint32_t n)
{
    assert_int_equal(
        did(store_history_list_members(store, of, "", 10, list(&store_history_member_shape))), 0);
    assert_int_equal(last.list->n, n);
    return last.list->rows;
}

static void a_session_and_its_members_begin_and_end(void **state)
{
    const struct store_member *m;
    (void)state;

    assert_int_equal(begin_session("s", "r", 100), 0);
    assert_int_equal(begin_member("m", "s", "us_a", 110), 0);
    assert_int_equal(members("s", 1)->left_us, 0);
    assert_int_equal(end_member("m", 150), 0);
    assert_int_equal(end_session("s", 160), 0);
    m = members("s", 1);
    assert_string_equal(m->identity, "us_a");
    assert_string_equal(m->display, "Anna");
    assert_string_equal(m->role, "host");
    assert_string_equal(m->reason, "left");
    assert_int_equal(m->joined_us, 110);
    assert_int_equal(m->left_us, 150);
    assert_int_equal(m->jitter_us, 3);
    assert_true(m->rtt_us == UINT32_MAX);
    assert_int_equal(session("s")->ended_us, 160);
    assert_int_equal(session("s")->peak, 3);
    assert_string_equal(session("s")->reason, "empty");
}

static void what_ended_or_never_began_does_not_end(void **state)
{
    (void)state;
    assert_int_equal(end_session("s", 1), -ENOENT);
    assert_int_equal(end_member("m", 1), -ENOENT);
    assert_int_equal(begin_session("s", "r", 100), 0);
    assert_int_equal(begin_session("s", "r", 100), -EEXIST);
    assert_int_equal(begin_member("m", "s", "", 100), 0);
    assert_int_equal(begin_member("m", "s", "", 100), -EEXIST);
    assert_int_equal(begin_member("n", "none", "", 100), -ENOENT);
    assert_int_equal(end_member("m", 0), -EINVAL);
    assert_int_equal(end_session("s", 0), -EINVAL);
    assert_int_equal(end_member("m", 120), 0);
    assert_int_equal(end_member("m", 130), -EALREADY);
    assert_int_equal(end_session("s", 120), 0);
    assert_int_equal(end_session("s", 130), -EALREADY);
    assert_int_equal(session("s")->ended_us, 120);
}

static void the_end_of_a_session_is_that_of_its_members(void **state)
{
    (void)state;
    assert_int_equal(begin_session("s", "r", 100), 0);
    assert_int_equal(begin_member("m", "s", "", 100), 0);
    assert_int_equal(end_session("s", 120), 0);
    assert_int_equal(members("s", 1)->left_us, 120);
}

static void sessions_are_listed_by_room_and_identity(void **state)
{
    (void)state;
    assert_int_equal(begin_session("a", "r", 100), 0);
    assert_int_equal(begin_session("b", "q", 200), 0);
    assert_int_equal(begin_session("c", "r", 200), 0);
    assert_int_equal(begin_member("m", "a", "us_a", 100), 0);
    assert_int_equal(begin_member("n", "a", "us_a", 100), 0);
    assert_int_equal(begin_member("o", "b", "us_a", 100), 0);
    assert_string_equal(sessions((struct store_session_query){0}), "cba");
    assert_string_equal(sessions((struct store_session_query){.room = "r"}), "ca");
    assert_string_equal(sessions((struct store_session_query){.room = "r", .since_us = 200}), "c");
    assert_string_equal(sessions((struct store_session_query){.since_us = 200}), "cb");
    assert_string_equal(sessions((struct store_session_query){.identity = "us_a"}), "ba");
    assert_string_equal(sessions((struct store_session_query){.limit = 1}), "c");
    assert_true(last.list->more);
    assert_string_equal(sessions((struct store_session_query){.before_us = 200, .before_id = "c"}),
                        "ba");
    assert_false(last.list->more);
    assert_int_equal(
        store_history_list_sessions(
            store, &(struct store_session_query){.room = "r", .identity = "x", .limit = 1}, none()),
        -EINVAL);
}

static void what_was_left_open_is_closed_at_the_start(void **state)
{
    (void)state;
    assert_int_equal(begin_session("s", "r", 100), 0);
    assert_int_equal(begin_member("m", "s", "", 110), 0);
    assert_int_equal(begin_member("n", "s", "", 110), 0);
    assert_int_equal(end_member("n", 300), 0);
    reopen_store();
    assert_string_equal(session("s")->reason, "server_lost");
    assert_int_equal(session("s")->ended_us, 300);
    assert_int_equal(members("s", 2)[0].left_us, 110);
    assert_string_equal(members("s", 2)[0].reason, "server_lost");
    assert_string_equal(members("s", 2)[1].reason, "left");
}

static void the_last_sign_of_life_says_when(void **state)
{
    (void)state;
    assert_int_equal(begin_session("s", "r", 100), 0);
    assert_int_equal(begin_member("m", "s", "", 110), 0);
    assert_int_equal(did(store_history_mark_alive(store, 500, none())), 0);
    assert_int_equal(did(store_history_mark_alive(store, 400, none())), 0);
    assert_int_equal(begin_session("t", "r", 600), 0);
    reopen_store();
    assert_int_equal(session("s")->ended_us, 500);
    assert_int_equal(members("s", 1)->left_us, 500);
    assert_int_equal(session("t")->ended_us, 600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_session_and_its_members_begin_and_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_ended_or_never_began_does_not_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_end_of_a_session_is_that_of_its_members, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(sessions_are_listed_by_room_and_identity, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_was_left_open_is_closed_at_the_start, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_last_sign_of_life_says_when, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
