/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_call_gateway.c  Which devices are asked, and that calls end with the
 * gateway
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/api/call_gateway.h"
#include "mcu/api/sip_users.h"
#include "mcu/config/config.h"
#include "mcu/room/call_set.h"
#include "net/control_loop.h"

static const uint64_t BROWSER = 7, PHONE = SIP_USERS_KEY | 1, CALLER = 8,
                      CALLER_PHONE = SIP_USERS_KEY | 2;
static char events[512];

static void note(const char *what, uint64_t device)
{
    size_t len = strlen(events);

    (void)snprintf(events + len, sizeof(events) - len, "%s %c%u;", what,
                   device & SIP_USERS_KEY ? 'p' : 'b', (unsigned)(device & 0xff));
}

static void on_ring(const struct call *call, const struct call_leg *leg, uint64_t device)
{
    (void)call;
    (void)leg;
    note("ring", device);
}

static void on_stop(const struct call *call, uint64_t device, enum call_leg_state state,
                    const char *cause)
{
    (void)call;
    (void)state;
    (void)cause;
    note("stop", device);
}

static int on_dial(const struct call *call, const struct call_leg *leg, uint64_t device)
{
    (void)call;
    (void)leg;
    note("dial", device);
    return 0;
}

static void on_undial(const struct call *call, const struct call_leg *leg, uint64_t device,
                      enum call_leg_state state)
{
    (void)call;
    (void)leg;
    (void)state;
    note("undial", device);
}

static void on_tell_web(const struct call *call, const struct call_leg *leg, uint64_t device)
{
    (void)call;
    if (!leg)
        note("web", device);
}

static void on_tell_sip(const struct call *call, const struct call_leg *leg, uint64_t device)
{
    (void)call;
    if (!leg)
        note("sip", device);
}

static void on_presence(uint64_t device, const struct presence_info *info)
{
    (void)device;
    (void)info;
}

static const struct call_gateway_devices web = {.ringh = on_ring,
                                                .stoph = on_stop,
                                                .tellh = on_tell_web,
                                                .presenceh = on_presence},
                                         sip = {.dialh = on_dial,
                                                .undialh = on_undial,
                                                .tellh = on_tell_sip};

static int begin(void **state)
{
    static struct config config;
    (void)state;

    config.calls.ring_timeout = 60000;
    config.calls.max_calls = 10;
    config.calls.waiting = true;
    config.rooms.resume = 30000;
    events[0] = '\0';
    call_gateway_register(PRESENCE_WEB, &web);
    call_gateway_register(PRESENCE_SIP, &sip);
    return call_gateway_init(&config, NULL);
}

static int end(void **state)
{
    (void)state;
    call_gateway_finish();
    return 0;
}

static void call_ada(uint64_t from, struct call_set_started *ret_started)
{
    const struct call_party to = {.identity = "ada"};
    const struct call_set_start start = {
        .from = {.identity = "bob"}, .device = from, .to = &to, .nto = 1};

    assert_int_equal(call_set_start(call_gateway_set(), &start, 1, ret_started), 0);
    call_gateway_settle();
}

static void browsers_ring_and_phones_are_dialled(void **state)
{
    struct call_set_started started;
    const char *code;
    (void)state;

    assert_int_equal(call_gateway_add("ada", BROWSER, PRESENCE_WEB), 0);
    assert_int_equal(call_gateway_add("ada", PHONE, PRESENCE_SIP), 0);
    assert_int_equal(call_gateway_add("bob", CALLER, PRESENCE_WEB), 0);
    call_ada(CALLER, &started);
    assert_string_equal(events, "ring b7;dial p1;");
    assert_true(call_gateway_has_room(started.room));
    events[0] = '\0';
    assert_int_equal(call_set_cancel(call_gateway_set(), started.id, "bob", CALLER, 2, &code), 0);
    assert_string_equal(events, "undial p1;stop b7;web b8;");
    assert_false(call_gateway_has_room(started.room));
}

static void a_device_that_comes_and_goes_rings_and_stops(void **state)
{
    struct call_set_started started;
    (void)state;

    assert_int_equal(call_gateway_add("ada", BROWSER, PRESENCE_WEB), 0);
    call_ada(CALLER_PHONE, &started);
    events[0] = '\0';
    assert_int_equal(call_gateway_add("ada", PHONE, PRESENCE_SIP), 0);
    call_gateway_remove("ada", PHONE);
    call_gateway_detach("ada", BROWSER, true);
    call_gateway_detach("ada", BROWSER, false);
    assert_string_equal(events, "dial p1;undial p1;stop b7;ring b7;");
}

static void a_phone_that_calls_is_told_as_a_phone(void **state)
{
    struct call_set_started started;
    const char *code;
    (void)state;

    assert_int_equal(call_gateway_add("ada", BROWSER, PRESENCE_WEB), 0);
    call_ada(CALLER_PHONE, &started);
    events[0] = '\0';
    assert_int_equal(
        call_set_decline(call_gateway_set(), started.id, "ada", BROWSER, NULL, 2, &code), 0);
    assert_string_equal(events, "stop b7;sip p2;");
}

static void nobody_is_asked_when_nobody_has_registered(void **state)
{
    struct call_set_started started;
    (void)state;

    call_gateway_register(PRESENCE_SIP, NULL);
    assert_int_equal(call_gateway_add("ada", PHONE, PRESENCE_SIP), 0);
    call_ada(CALLER_PHONE, &started);
    assert_int_equal(started.state, CALL_FAILED);
    assert_string_equal(events, "");
}

static void what_rings_ends_with_the_gateway_which_may_be_asked_to_settle_then(void **state)
{
    struct call_set_started started;
    (void)state;

    assert_int_equal(call_gateway_add("ada", BROWSER, PRESENCE_WEB), 0);
    call_ada(CALLER_PHONE, &started);
    events[0] = '\0';
    call_gateway_finish();
    assert_string_equal(events, "stop b7;sip p2;");
    assert_null(call_gateway_set());
    call_gateway_settle();
    assert_int_equal(begin(state), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(browsers_ring_and_phones_are_dialled, begin, end),
        cmocka_unit_test_setup_teardown(a_device_that_comes_and_goes_rings_and_stops, begin, end),
        cmocka_unit_test_setup_teardown(a_phone_that_calls_is_told_as_a_phone, begin, end),
        cmocka_unit_test_setup_teardown(nobody_is_asked_when_nobody_has_registered, begin, end),
        cmocka_unit_test_setup_teardown(
            what_rings_ends_with_the_gateway_which_may_be_asked_to_settle_then, begin, end),
    };
    int failed;

    if (control_loop_init(1024))
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    control_loop_finish();
    return failed;
}
