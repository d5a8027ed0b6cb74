/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_sip_phone.c  How long a phone lives
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/api/sip_phone.h"

static unsigned ntold;
static bool told_with_leg;
static char told_call[ID_SIZE];

static void on_gone(struct sip_phone *phone)
{
    ++ntold;
    told_with_leg = phone->leg != NULL;
    memcpy(told_call, phone->call, sizeof(told_call));
}

/** A phone with a leg that nothing here looks into. */
static struct sip_phone *make(const char *call)
{
    static char leg;
    struct sip_phone *phone = sip_phone_new();

    assert_non_null(phone);
    phone->leg = (struct sip_leg *)(void *)&leg;
    (void)snprintf(phone->call, sizeof(phone->call), "%s", call);
    return phone;
}

static unsigned count(void)
{
    unsigned n = 0;

    for (const struct sip_phone *p = sip_phone_first(); p; p = p->next)
        ++n;
    return n;
}

static void phones_are_in_the_list_until_they_are_forgotten(void **state)
{
    struct sip_phone *a = make(""), *b = make(""), *c = make("");
    (void)state;

    assert_int_equal(count(), 3);
    sip_phone_free(b, "left");
    assert_int_equal(count(), 2);
    sip_phone_free(c, "left");
    sip_phone_free(a, "left");
    assert_null(sip_phone_first());
}

static void a_phone_that_is_looked_up_goes_with_the_last_answer(void **state)
{
    struct sip_phone *phone = make("");
    (void)state;

    phone->lookups = 2;
    sip_phone_free(phone, "left");
    assert_int_equal(count(), 1);
    assert_null(phone->leg);
    assert_false(sip_phone_looked_up(phone));
    assert_int_equal(count(), 1);
    assert_false(sip_phone_looked_up(phone));
    assert_int_equal(count(), 0);
}

static void an_answer_does_not_end_a_phone_that_is_there(void **state)
{
    struct sip_phone *phone = make("");
    (void)state;

    phone->lookups = 1;
    assert_true(sip_phone_looked_up(phone));
    assert_int_equal(count(), 1);
    sip_phone_free(phone, "left");
    assert_int_equal(count(), 0);
}

static void its_call_is_told_once_and_when_its_leg_is_gone(void **state)
{
    struct sip_phone *phone = make("cl_x");
    (void)state;

    ntold = 0;
    sip_phone_set_call_handler(on_gone);
    sip_phone_free(phone, "left");
    assert_int_equal(ntold, 1);
    assert_false(told_with_leg);
    assert_string_equal(told_call, "cl_x");
    sip_phone_free(make(""), "left"); /* in no call */
    assert_int_equal(ntold, 1);
    sip_phone_set_call_handler(NULL);
    sip_phone_free(make("cl_x"), "left");
    assert_int_equal(ntold, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phones_are_in_the_list_until_they_are_forgotten),
        cmocka_unit_test(a_phone_that_is_looked_up_goes_with_the_last_answer),
        cmocka_unit_test(an_answer_does_not_end_a_phone_that_is_there),
        cmocka_unit_test(its_call_is_told_once_and_when_its_leg_is_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
