/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_pin.c  PINs of rooms
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/auth/pin.h"

static void takes_four_to_twelve_digits(void **state)
{
    static const char *const right[] = {"0000", "1234", "123456789012"};
    static const char *const wrong[] = {
        "",      "123",   "1234567890123", "12a4",   "12 4",
        " 1234", "1234 ", "-123",          "1234\n", "\xd9\xa1\xd9\xa2\xd9\xa3\xd9\xa4"};
    (void)state;

    for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); ++i)
        assert_true(pin_is_valid(right[i]));
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); ++i) {
        assert_false(pin_is_valid(wrong[i]));
        assert_false(pin_is_equal(wrong[i], wrong[i]));
    }
}

static void is_equal_only_as_a_whole(void **state)
{
    static const char *const wrong[] = {"12345", "1234567", "023456", "123450", "123056", "", "x"};
    (void)state;

    assert_true(pin_is_equal("123456", "123456"));
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); ++i)
        assert_false(pin_is_equal(wrong[i], "123456"));
}

static void makes_six_random_digits(void **state)
{
    bool seen[10] = {false};
    char pin[PIN_SIZE], last[PIN_SIZE] = "";
    unsigned same = 0;
    (void)state;

    for (int i = 0; i < 200; ++i) {
        pin_make(pin);
        assert_int_equal(strlen(pin), PIN_MADE);
        assert_true(pin_is_valid(pin));
        for (size_t j = 0; j < PIN_MADE; ++j)
            seen[pin[j] - '0'] = true;
        same += strcmp(pin, last) == 0;
        memcpy(last, pin, sizeof(last));
    }
    assert_true(same < 3);
    for (int i = 0; i < 10; ++i)
        assert_true(seen[i]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_four_to_twelve_digits),
        cmocka_unit_test(is_equal_only_as_a_whole),
        cmocka_unit_test(makes_six_random_digits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
