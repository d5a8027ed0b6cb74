/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_store_meeting.c  Meetings and their people
 */
#include "mcu/store/store_meeting.h"

#include "tests/unit/mcu/store_fixture.h"

static const struct store_meeting_person people[] = {{"us_b", "host"}, {"sip:a@x", "guest"}};

static struct store_meeting meeting(const char *id, uint64_t starts_us)
{
    return (struct store_meeting){
        .id = id,
        .room = id,
        .title = "Weekly",
        .owner = "us_b",
        .starts_us = starts_us,
        .ends_us = starts_us + 10,
        .time_zone = "Europe/Berlin",
        .pin = "1234",
        .policy = "{}",
        .created_us = 7,
        .people = people,
        .people_n = 2,
    };
}

static int put(struct store_meeting m)
{
    return did(store_meeting_put(store, &m, row(&store_meeting_shape)));
}

static const struct store_meeting *got(void)
{
    assert_non_null(last.row);
    return last.row;
}

/* Ids of a list, one after another. */
static const char *ids(struct store_meeting_query query)
{
    static char text[256];
    const struct store_meeting *m;

    query.limit = query.limit ? query.limit : 10;
    assert_int_equal(did(store_meeting_list(store, &query, list(&store_meeting_shape))), 0);
    m = last.list->rows;
    text[0] = '\0';
    for (uint32_t i = 0; i < last.list->n; ++i)
        strcat(text, m[i].id);
    return text;
}

/* So that its owner sees nothing of a room that took place before it was his. */
static void another_room_makes_a_meeting_anew(void **state)
{
    struct store_meeting m = meeting("m", 100);
    (void)state;

    assert_int_equal(put(m), 0);
    m.version = 1;
    m.changed_us = 50;
    assert_int_equal(put(m), 0);
    assert_int_equal(got()->created_us, 7);
    m.version = 2;
    m.room = "other";
    m.changed_us = 60;
    assert_int_equal(put(m), 0);
    assert_int_equal(got()->created_us, 60);
}

static void a_meeting_comes_back_with_its_people_in_order(void **state)
{
    (void)state;
    assert_int_equal(put(meeting("m", 100)), 0);
    reopen_store();
    assert_int_equal(did(store_meeting_get(store, "m", row(&store_meeting_shape))), 0);
    assert_string_equal(got()->time_zone, "Europe/Berlin");
    assert_string_equal(got()->pin, "1234");
    assert_int_equal(got()->version, 1);
    assert_int_equal(got()->people_n, 2);
    assert_string_equal(got()->people[0].who, "us_b");
    assert_string_equal(got()->people[1].role, "guest");
    assert_int_equal(did(store_meeting_get_by_room(store, "m", row(&store_meeting_shape))), 0);
    assert_int_equal(got()->people_n, 2);
    assert_int_equal(did(store_meeting_get(store, "x", row(&store_meeting_shape))), -ENOENT);
}

static void a_change_replaces_the_people_and_needs_the_version(void **state)
{
    struct store_meeting m = meeting("m", 100);
    (void)state;

    assert_int_equal(put(m), 0);
    m.people_n = 1;
    m.version = 1;
    assert_int_equal(put(m), 0);
    assert_int_equal(got()->version, 2);
    assert_int_equal(got()->people_n, 1);
    assert_int_equal(put(m), -EAGAIN);
    assert_int_equal(did(store_meeting_get(store, "m", row(&store_meeting_shape))), 0);
    assert_int_equal(got()->people_n, 1);
    m.id = "x";
    assert_int_equal(put(m), -ENOENT);
}

static void a_room_is_one_meetings_only(void **state)
{
    struct store_meeting m = meeting("m", 100);
    (void)state;

    assert_int_equal(put(m), 0);
    m.id = "n";
    assert_int_equal(put(m), -EEXIST);
}

static void somebody_named_twice_is_refused(void **state)
{
    const struct store_meeting_person twice[] = {{"a", ""}, {"a", ""}};
    struct store_meeting m = meeting("m", 100);
    (void)state;

    m.people = twice;
    assert_int_equal(put(m), -EINVAL);
    assert_int_equal(did(store_meeting_get(store, "m", row(&store_meeting_shape))), -ENOENT);
}

static void people_have_a_limit(void **state)
{
    static struct store_meeting_person many[STORE_MEETING_PEOPLE_MAX + 1];
    static char names[STORE_MEETING_PEOPLE_MAX + 1][16];
    struct store_meeting m = meeting("m", 100);
    (void)state;

    for (int i = 0; i <= STORE_MEETING_PEOPLE_MAX; ++i) {
        snprintf(names[i], sizeof(names[i]), "p%d", i);
        many[i].who = names[i];
    }
    m.people = many;
    m.people_n = STORE_MEETING_PEOPLE_MAX + 1;
    assert_int_equal(put(m), -EINVAL);
    --m.people_n;
    assert_int_equal(put(m), 0);
    assert_int_equal(did(store_meeting_get(store, "m", row(&store_meeting_shape))), 0);
    assert_int_equal(got()->people_n, STORE_MEETING_PEOPLE_MAX);
    assert_string_equal(got()->people[999].who, "p999");
    m.people = NULL;
    assert_int_equal(put(m), -EINVAL);
}

static void lists_are_by_owner_person_and_time(void **state)
{
    struct store_meeting m;
    (void)state;

    assert_int_equal(put(meeting("a", 100)), 0);
    m = meeting("b", 200);
    m.owner = "us_c";
    assert_int_equal(put(m), 0);
    m = meeting("c", 50);
    m.recurrence = "FREQ=WEEKLY";
    m.people_n = 1;
    assert_int_equal(put(m), 0);
    m = meeting("d", 60);
    m.ends_us = 0;
    m.owner = "";
    m.people_n = 0;
    assert_int_equal(put(m), 0);

    assert_string_equal(ids((struct store_meeting_query){0}), "cdab");
    assert_string_equal(ids((struct store_meeting_query){.owner = "us_b"}), "ca");
    assert_string_equal(ids((struct store_meeting_query){.person = "sip:a@x"}), "ab");
    assert_string_equal(ids((struct store_meeting_query){.from_us = 110}), "cdb");
    assert_string_equal(ids((struct store_meeting_query){.to_us = 100}), "cd");
    assert_string_equal(ids((struct store_meeting_query){.from_us = 105, .to_us = 150}), "cda");
    assert_int_equal(
        store_meeting_list(
            store, &(struct store_meeting_query){.owner = "a", .person = "b", .limit = 1}, none()),
        -EINVAL);
}

static void a_list_goes_on_after_the_last_meeting(void **state)
{
    (void)state;
    assert_int_equal(put(meeting("b", 100)), 0);
    assert_int_equal(put(meeting("a", 100)), 0);
    assert_int_equal(put(meeting("c", 90)), 0);
    assert_string_equal(ids((struct store_meeting_query){.limit = 2}), "ca");
    assert_true(last.list->more);
    assert_string_equal(ids((struct store_meeting_query){.after_us = 100, .after_id = "a"}), "b");
    assert_false(last.list->more);
}

static void a_removed_meeting_takes_its_people_along(void **state)
{
    (void)state;
    assert_int_equal(put(meeting("m", 100)), 0);
    assert_int_equal(did(store_meeting_remove(store, "m", none())), 0);
    assert_int_equal(did(store_meeting_remove(store, "m", none())), -ENOENT);
    assert_string_equal(ids((struct store_meeting_query){.person = "us_b"}), "");
    assert_int_equal(put(meeting("m", 100)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(another_room_makes_a_meeting_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_meeting_comes_back_with_its_people_in_order, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_change_replaces_the_people_and_needs_the_version, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_room_is_one_meetings_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(somebody_named_twice_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(people_have_a_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lists_are_by_owner_person_and_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_list_goes_on_after_the_last_meeting, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_removed_meeting_takes_its_people_along, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
