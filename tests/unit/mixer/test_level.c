/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mixer/test_level.c  Level: one test for each promise in level.h and level_ops.h
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mixer/level.h"
#include "mixer/level_ops.h"

enum { TICK = 960 };

static void fill_sine(int16_t *pcm, double amplitude)
{
    for (int i = 0; i < TICK; ++i)
        pcm[i] = (int16_t)lrint(amplitude * sin(2.0 * 3.14159265358979 * 1000.0 * i / 48000.0));
}

static void known_signals_have_known_levels(void **state)
{
    static const struct {
        double amplitude;
        uint8_t rms, peak;
    } table[] = {
        {32767.0, 3, 0}, {3276.7, 23, 20}, {327.67, 43, 40}, {1.0, 93, 90}, {0.0, 127, 127}};
    int16_t pcm[TICK];
    (void)state;

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); ++i) {
        fill_sine(pcm, table[i].amplitude);
        assert_in_range(level_rms(pcm, TICK) + 1, table[i].rms, table[i].rms + 2);
        assert_int_equal(level_peak(pcm, TICK), table[i].peak);
    }
}

static void extremes_stay_in_range(void **state)
{
    int16_t pcm[TICK] = {0};
    (void)state;

    assert_int_equal(level_rms(pcm, 0), LEVEL_SILENCE);
    assert_int_equal(level_peak(pcm, 0), LEVEL_SILENCE);
    pcm[7] = 1;
    assert_in_range(level_rms(pcm, TICK), 110, 127);
    for (int i = 0; i < TICK; ++i)
        pcm[i] = INT16_MIN;
    assert_int_equal(level_rms(pcm, TICK), LEVEL_LOUDEST);
    assert_int_equal(level_peak(pcm, TICK), LEVEL_LOUDEST);
}

static void kernels_equal_the_reference(void **state)
{
    const struct level_ops *ops = level_ops_best();
    int16_t pcm[TICK];
    (void)state;

    srand(1);
    for (unsigned round = 0; round < 200; ++round) {
        size_t n = (size_t)rand() % (TICK - 3), at = (size_t)rand() % 4;

        for (int i = 0; i < TICK; ++i)
            pcm[i] = round % 4 ? (int16_t)rand() : INT16_MIN;
        assert_true(ops->energy(pcm + at, n) == level_ops_c.energy(pcm + at, n));
        assert_int_equal(ops->peak(pcm + at, n), level_ops_c.peak(pcm + at, n));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_signals_have_known_levels),
        cmocka_unit_test(extremes_stay_in_range),
        cmocka_unit_test(kernels_equal_the_reference),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
