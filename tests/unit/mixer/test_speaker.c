/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mixer/test_speaker.c  Speaker: one test for each promise in speaker.h
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "mixer/speaker.h"

enum { N = 8, VOICE = 25, SILENT = 127, SECOND = 50 };

static struct speaker *new_speaker(unsigned hold_ms)
{
    struct speaker *speaker = NULL;

    assert_int_equal(speaker_new(&speaker, &(struct speaker_cfg){N, (uint16_t)hold_ms}), 0);
    return speaker;
}

/* Ticks in which input i has level[i]. */
static void run(struct speaker *speaker, const uint8_t level[N], unsigned ticks)
{
    for (unsigned t = 0; t < ticks; ++t) {
        for (int i = 0; i < N; ++i) {
            if (level[i] != SILENT)
                speaker_put(speaker, i, level[i]);
        }
        speaker_run(speaker);
    }
}

static void only(struct speaker *speaker, int index, uint8_t level, unsigned ticks)
{
    uint8_t all[N] = {SILENT, SILENT, SILENT, SILENT, SILENT, SILENT, SILENT, SILENT};

    if (index >= 0)
        all[index] = level;
    run(speaker, all, ticks);
}

static void rejects_bad_configurations(void **state)
{
    static const struct speaker_cfg table[] = {{0, 0}, {4097, 0}, {1, 30001}};
    struct speaker *speaker = NULL;
    (void)state;

    for (unsigned i = 0; i < 3; ++i)
        assert_int_equal(speaker_new(&speaker, &table[i]), -EINVAL);
    assert_null(speaker);
    assert_null(speaker_free(NULL));
}

static void whoever_speaks_first_is_dominant_and_stays_in_silence(void **state)
{
    struct speaker *speaker = new_speaker(0);
    (void)state;

    assert_int_equal(speaker_dominant(speaker), -1);
    only(speaker, 3, VOICE, 15);
    assert_int_equal(speaker_dominant(speaker), 3);
    only(speaker, -1, SILENT, 60 * SECOND);
    assert_int_equal(speaker_dominant(speaker), 3);
    speaker_free(speaker);
}

static void a_short_noise_does_not_switch(void **state)
{
    struct speaker *speaker = new_speaker(0);
    int active[4];
    (void)state;

    only(speaker, 0, VOICE, 2 * SECOND);
    only(speaker, -1, SILENT, 2 * SECOND);
    for (int i = 0; i < 10; ++i) {
        only(speaker, 1, 5, 9); /* a cough of 180 ms */
        assert_int_equal(speaker_active(speaker, active, 4), 0);
        only(speaker, -1, SILENT, SECOND);
    }
    assert_int_equal(speaker_dominant(speaker), 0);
    speaker_free(speaker);
}

static void a_new_speaker_takes_over_after_the_hold_time(void **state)
{
    struct speaker *speaker = new_speaker(1500);
    (void)state;

    only(speaker, 0, VOICE, 20); /* dominant since about tick 12 */
    only(speaker, 1, VOICE, 60);
    assert_int_equal(speaker_dominant(speaker), 0);
    only(speaker, 1, VOICE, 20);
    assert_int_equal(speaker_dominant(speaker), 1);
    speaker_free(speaker);
}

static void a_speaker_is_not_interrupted_by_one_of_like_loudness(void **state)
{
    static const uint8_t both[N] = {30, 26, SILENT, SILENT, SILENT, SILENT, SILENT, SILENT};
    static const uint8_t louder[N] = {35, 20, SILENT, SILENT, SILENT, SILENT, SILENT, SILENT};
    struct speaker *speaker = new_speaker(0);
    (void)state;

    only(speaker, 0, 30, 2 * SECOND);
    run(speaker, both, 4 * SECOND);
    assert_int_equal(speaker_dominant(speaker), 0);
    run(speaker, louder, 2 * SECOND);
    assert_int_equal(speaker_dominant(speaker), 1);
    speaker_free(speaker);
}

static void active_ones_are_listed_in_order_of_their_start(void **state)
{
    static const uint8_t two[N] = {SILENT, SILENT, VOICE, SILENT, SILENT, 30, SILENT, SILENT};
    struct speaker *speaker = new_speaker(0);
    uint32_t epoch = speaker_epoch(speaker);
    int active[SPEAKER_ACTIVE_MAX];
    (void)state;

    only(speaker, 5, VOICE, SECOND);
    run(speaker, two, SECOND);
    assert_int_equal(speaker_active(speaker, active, SPEAKER_ACTIVE_MAX), 2);
    assert_int_equal(active[0], 5);
    assert_int_equal(active[1], 2);
    assert_int_equal(speaker_active(speaker, active, 1), 1);
    assert_true(speaker_epoch(speaker) != epoch);
    only(speaker, -1, SILENT, SECOND);
    assert_int_equal(speaker_active(speaker, active, SPEAKER_ACTIVE_MAX), 0);
    epoch = speaker_epoch(speaker);
    only(speaker, -1, SILENT, SECOND);
    assert_int_equal(speaker_epoch(speaker), epoch);
    speaker_free(speaker);
}

static void steady_noise_is_not_speech(void **state)
{
    struct speaker *speaker = new_speaker(0);
    int active[1];
    (void)state;

    only(speaker, 4, 60, 120 * SECOND);
    assert_int_equal(speaker_active(speaker, active, 1), 0);
    speaker_free(speaker);
}

static void a_removed_speaker_is_forgotten(void **state)
{
    struct speaker *speaker = new_speaker(0);
    int active[1];
    (void)state;

    only(speaker, 2, VOICE, SECOND);
    speaker_remove(speaker, 2);
    speaker_remove(speaker, -1);
    speaker_remove(speaker, 1000);
    speaker_put(speaker, -1, 0);
    speaker_put(speaker, 1000, 0);
    assert_int_equal(speaker_dominant(speaker), -1);
    assert_int_equal(speaker_active(speaker, active, 1), 0);
    only(speaker, 6, VOICE, 15);
    assert_int_equal(speaker_dominant(speaker), 6);
    speaker_free(speaker);
}

static void random_levels_keep_it_sound(void **state)
{
    struct speaker *speaker = new_speaker(100);
    int active[SPEAKER_ACTIVE_MAX];
    (void)state;

    srand(1);
    for (int step = 0; step < 50000; ++step) {
        int index = rand() % (N + 2) - 1;

        if (rand() % 50 == 0)
            speaker_remove(speaker, index);
        else if (rand() % 4 == 0)
            speaker_run(speaker);
        else
            speaker_put(speaker, index, (uint8_t)rand());
        assert_in_range(speaker_dominant(speaker) + 1, 0, N);
        assert_in_range(speaker_active(speaker, active, SPEAKER_ACTIVE_MAX), 0, N);
    }
    speaker_free(speaker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rejects_bad_configurations),
        cmocka_unit_test(whoever_speaks_first_is_dominant_and_stays_in_silence),
        cmocka_unit_test(a_short_noise_does_not_switch),
        cmocka_unit_test(a_new_speaker_takes_over_after_the_hold_time),
        cmocka_unit_test(a_speaker_is_not_interrupted_by_one_of_like_loudness),
        cmocka_unit_test(active_ones_are_listed_in_order_of_their_start),
        cmocka_unit_test(steady_noise_is_not_speech),
        cmocka_unit_test(a_removed_speaker_is_forgotten),
        cmocka_unit_test(random_levels_keep_it_sound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
