/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_store_user.c  Accounts of people
 */
#include "mcu/store/store_user.h"

#include "tests/unit/mcu/store_fixture.h"

static struct store_user anna(void)
{
    return (struct store_user){
        .id = "us_anna",
        .name = "anna",
        .display = "Anna \xc3\x84",
        .password_hash = "$argon2id$x",
        .role = "user",
        .prefs = "{}",
        .created_us = 1000,
        .changed_us = 1000,
    };
}

static const struct store_user *user(void)
{
    assert_non_null(last.row);
    return last.row;
}

static int put(struct store_user u)
{
    return did(store_user_put(store, &u, row(&store_user_shape)));
}

static void a_user_is_found_by_id_and_name_as_it_was_put(void **state)
{
    (void)state;
    assert_int_equal(put(anna()), 0);
    assert_int_equal(user()->version, 1);
    reopen_store();
    assert_int_equal(did(store_user_get(store, "us_anna", row(&store_user_shape))), 0);
    assert_string_equal(user()->display, "Anna \xc3\x84");
    assert_string_equal(user()->password_hash, "$argon2id$x");
    assert_string_equal(user()->sip_ha1_md5, "");
    assert_int_equal(user()->created_us, 1000);
    assert_int_equal(did(store_user_get_by_name(store, "anna", row(&store_user_shape))), 0);
    assert_string_equal(user()->id, "us_anna");
    assert_int_equal(did(store_user_get_by_name(store, "bert", row(&store_user_shape))), -ENOENT);
    assert_int_equal(did(store_user_get(store, "anna", row(&store_user_shape))), -ENOENT);
}

static void a_change_needs_the_version_that_is_stored(void **state)
{
    struct store_user u = anna();
    (void)state;

    assert_int_equal(put(u), 0);
    u.display = "Anna B.";
    u.created_us = 5;
    u.changed_us = 2000;
    u.version = 1;
    assert_int_equal(put(u), 0);
    assert_int_equal(user()->version, 2);
    assert_int_equal(user()->created_us, 1000);
    assert_int_equal(user()->changed_us, 2000);
    assert_int_equal(put(u), -EAGAIN);
    u.id = "us_nobody";
    assert_int_equal(put(u), -ENOENT);
}

static void a_name_is_one_users_only(void **state)
{
    struct store_user u = anna();
    (void)state;

    assert_int_equal(put(u), 0);
    assert_int_equal(put(u), -EEXIST);
    u.id = "us_other";
    assert_int_equal(put(u), -EEXIST);
    u.name = "other";
    assert_int_equal(put(u), 0);
    u.name = "anna";
    u.version = 1;
    assert_int_equal(put(u), -EEXIST);
}

static void a_list_goes_on_after_the_last_name(void **state)
{
    static const char *const names[] = {"dora", "anna", "carl", "bert"};
    const struct store_user *users;
    (void)state;

    for (int i = 0; i < 4; ++i) {
        struct store_user u = anna();

        u.id = u.name = names[i];
        assert_int_equal(put(u), 0);
    }
    assert_int_equal(did(store_user_list(store, NULL, 3, list(&store_user_shape))), 0);
    assert_int_equal(last.list->n, 3);
    assert_true(last.list->more);
    users = last.list->rows;
    assert_string_equal(users[0].name, "anna");
    assert_string_equal(users[2].name, "carl");
    assert_int_equal(did(store_user_list(store, "carl", 3, list(&store_user_shape))), 0);
    assert_int_equal(last.list->n, 1);
    assert_false(last.list->more);
    assert_int_equal(did(store_user_list(store, "dora", 3, list(&store_user_shape))), 0);
    assert_int_equal(last.list->n, 0);
}

static void a_removed_user_is_gone(void **state)
{
    (void)state;
    assert_int_equal(put(anna()), 0);
    assert_int_equal(did(store_user_remove(store, "us_anna", none())), 0);
    assert_int_equal(did(store_user_remove(store, "us_anna", none())), -ENOENT);
    assert_int_equal(put(anna()), 0);
}

static void what_is_out_of_range_is_refused(void **state)
{
    static char big[STORE_USER_PREFS_MAX + 2];
    struct store_user u;
    (void)state;

    memset(big, 'x', sizeof(big) - 1);
    u = anna();
    u.prefs = big;
    assert_int_equal(put(u), -EINVAL);
    big[STORE_USER_PREFS_MAX] = '\0';
    assert_int_equal(put(u), 0);
    u = anna();
    u.name = "";
    assert_int_equal(put(u), -EINVAL);
    u = anna();
    u.id = NULL;
    assert_int_equal(put(u), -EINVAL);
    u = anna();
    u.id = u.name = "x";
    u.role = "king";
    assert_int_equal(put(u), -EINVAL);
    u.role = "user";
    u.created_us = UINT64_MAX;
    assert_int_equal(put(u), -EINVAL);
    assert_int_equal(did(store_user_list(store, "", 0, list(&store_user_shape))), -EINVAL);
    assert_int_equal(did(store_user_list(store, "", 201, list(&store_user_shape))), -EINVAL);
}

static void text_that_is_not_utf8_is_refused(void **state)
{
    static const char *const bad[] = {"\xff",         "\xc3",         "\xc0\x80",
                                      "\xed\xa0\x80", "\xe0\x80\x80", "\xf4\x90\x80\x80",
                                      "\xf0\x9f\x98", "a\x80"};
    struct store_user u = anna();
    (void)state;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); ++i) {
        u.display = bad[i];
        assert_int_equal(put(u), -EINVAL);
    }
    u.display = "\xf0\x9f\x98\x80 \xed\x9f\xbf";
    assert_int_equal(put(u), 0);
}

static void sql_in_text_is_text(void **state)
{
    struct store_user u = anna();
    (void)state;

    u.name = "'; DROP TABLE users; --";
    assert_int_equal(put(u), 0);
    assert_int_equal(did(store_user_get_by_name(store, u.name, row(&store_user_shape))), 0);
    assert_string_equal(user()->name, u.name);
    assert_int_equal(did(store_user_get_by_name(store, "' OR '1' = '1", row(&store_user_shape))),
                     -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_user_is_found_by_id_and_name_as_it_was_put, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_change_needs_the_version_that_is_stored, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_name_is_one_users_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_list_goes_on_after_the_last_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_removed_user_is_gone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_out_of_range_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(text_that_is_not_utf8_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sql_in_text_is_text, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
