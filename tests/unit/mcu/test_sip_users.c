/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_sip_users.c  Phones that register while the database is in trouble
 */
#include "tests/unit/mcu/store_fixture.h"

#include "mcu/api/call_gateway.h"
#include "mcu/api/sip_users.h"
#include "mcu/config/config.h"
#include "mcu/room/presence.h"
#include "mcu/store/store_user.h"

static int start(void **state)
{
    const struct store_cfg cfg = {.path = path, .post = post, .queue_max = 1};
    static struct config config;

    set_up_folder(state);
    config.calls.ring_timeout = 60000;
    config.calls.max_calls = 10;
    config.rooms.resume = 30000;
    assert_int_equal(control_loop_init(64), 0);
    assert_int_equal(store_open(&store, &cfg, why, sizeof(why)), 0);
    assert_int_equal(call_gateway_init(&config, NULL), 0);
    return sip_users_init(NULL, store);
}

static int stop(void **state)
{
    int err;

    sip_users_finish();
    call_gateway_finish();
    err = tear_down(state);
    control_loop_finish();
    return err;
}

static void on_timer(void *arg)
{
    (void)arg;
    control_loop_stop();
}

static void wait_s(unsigned s)
{
    struct control_timer *timer;

    assert_int_equal(control_timer_new(&timer, on_timer, NULL), 0);
    control_timer_start(timer, s * 1000);
    control_loop_advance(s * 1000);
    assert_int_equal(control_loop_run(NULL), 0);
    control_timer_free(timer);
}

static unsigned ndevices(void)
{
    struct presence_info info;

    presence_look(call_gateway_presence(), "us_ann", &info);
    return info.ndevices;
}

static void looks_up_later_whom_a_full_queue_kept_from_being_found(void **state)
{
    const struct store_user ann = {.id = "us_ann", .name = "ann", .role = "user"};
    (void)state;

    assert_int_equal(did(store_user_put(store, &ann, row(&store_user_shape))), 0);
    assert_int_equal(store_user_get(store, "us_ann", row(&store_user_shape)), 0);
    sip_users_on_register("ann", true, NULL); /* the queue has room for one */
    pump();
    assert_int_equal(ndevices(), 0);
    wait_s(3);
    pump();
    assert_int_equal(ndevices(), 1);
    assert_string_equal(sip_users_login("us_ann"), "ann");
    assert_null(sip_users_login(""));
    sip_users_on_register("ann", false, NULL);
    assert_int_equal(ndevices(), 0);
}

static void asks_no_more_for_a_phone_that_has_gone(void **state)
{
    (void)state;

    assert_int_equal(store_user_get(store, "us_ann", row(&store_user_shape)), 0);
    sip_users_on_register("ann", true, NULL);
    sip_users_on_register("ann", false, NULL);
    pump();
    wait_s(3);
    assert_int_equal(did(store_user_get(store, "us_ann", row(&store_user_shape))), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(looks_up_later_whom_a_full_queue_kept_from_being_found,
                                        start, stop),
        cmocka_unit_test_setup_teardown(asks_no_more_for_a_phone_that_has_gone, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
