/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mixer/test_amix.c  Audio mix: one test for each promise in amix.h and its parts
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mixer/amix.h"
#include "mixer/amix_limiter.h"
#include "mixer/amix_ops.h"
#include "mixer/level.h"

enum { TICK = AUDIO_TICK_SAMPLES, RATE = AUDIO_RATE };

static const double TAU = 6.283185307179586;

/* A voice: harmonics of a pitch, 0 dBov = amplitude 32767. */
struct voice {
    double pitch, dbov;
    uint64_t pos; /* [samples] */
};

static struct amix *new_mix(unsigned max_inputs, unsigned k, unsigned hangover_ms)
{
    struct amix *amix = NULL;
    const struct amix_cfg cfg = {(uint16_t)max_inputs, (uint8_t)k, (uint16_t)hangover_ms};

    assert_int_equal(amix_new(&amix, &cfg), 0);
    return amix;
}

static void speak(struct voice *voice, int16_t *pcm)
{
    double a = 32767.0 * pow(10.0, voice->dbov / 20.0);

    for (int i = 0; i < TICK; ++i, ++voice->pos) {
        double t = (double)voice->pos / RATE * TAU * voice->pitch;

        pcm[i] = (int16_t)lrint(a * (0.7 * sin(t) + 0.5 * sin(2 * t + 1) + 0.3 * sin(5 * t)));
    }
}

static void noise(int16_t *pcm, int amplitude)
{
    for (int i = 0; i < TICK; ++i)
        pcm[i] = (int16_t)(rand() % (2 * amplitude + 1) - amplitude);
}

static double energy(const int16_t *pcm, size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; ++i)
        sum += (double)pcm[i] * pcm[i];
    return sum;
}

static double db(double ratio)
{
    return 10.0 * log10(ratio);
}

static void rejects_bad_configurations(void **state)
{
    static const struct amix_cfg table[] = {
        {0, 0, 0}, {AMIX_INPUTS_MAX + 1, 0, 0}, {1, AMIX_CONTRIBUTORS_MAX + 1, 0}, {1, 0, 5001}};
    struct amix *amix = NULL;
    (void)state;

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); ++i)
        assert_int_equal(amix_new(&amix, &table[i]), -EINVAL);
    assert_null(amix);
    assert_null(amix_free(NULL));
}

static void indices_are_the_lowest_free_ones(void **state)
{
    struct amix *amix = new_mix(3, 0, 0);
    (void)state;

    for (int i = 0; i < 3; ++i)
        assert_int_equal(amix_add(amix), i);
    assert_int_equal(amix_add(amix), -ENOSPC);
    amix_remove(amix, 1);
    amix_remove(amix, 1);
    amix_remove(amix, -1);
    amix_remove(amix, 99);
    assert_int_equal(amix_add(amix), 1);
    amix_free(amix);
}

static void nobody_speaking_is_exact_silence(void **state)
{
    struct amix *amix = new_mix(2, 0, 0);
    int16_t out[TICK];
    (void)state;

    amix_add(amix);
    amix_run(amix);
    assert_true(amix_silent(amix));
    assert_int_equal(amix_contributors(amix), 0);
    assert_int_equal(amix_level(amix, 0), LEVEL_SILENCE);
    amix_mix_minus(amix, 0, out);
    assert_true(energy(out, TICK) == 0.0);
    assert_true(energy(amix_mix(amix), TICK) == 0.0);
    amix_free(amix);
}

static void one_voice_passes_unchanged_after_its_ramp(void **state)
{
    struct amix *amix = new_mix(1, 0, 0);
    struct voice voice = {150.0, -20.0, 0};
    int16_t pcm[TICK], minus[TICK];
    (void)state;

    amix_add(amix);
    for (int t = 0; t < 20; ++t) {
        speak(&voice, pcm);
        amix_put(amix, 0, pcm, AMIX_LEVEL_UNKNOWN);
        amix_run(amix);
        assert_true(amix_contributes(amix, 0));
        assert_int_equal(amix_level(amix, 0), level_rms(pcm, TICK));
        amix_mix_minus(amix, 0, minus);
        assert_true(energy(minus, TICK) == 0.0);
        if (t > 0)
            assert_memory_equal(amix_mix(amix), pcm, sizeof(pcm));
    }
    amix_free(amix);
}

static void mix_minus_is_exactly_the_sum_of_the_others(void **state)
{
    struct amix *amix = new_mix(4, 0, 0);
    struct voice voice[4] = {{110, -22, 0}, {170, -25, 0}, {230, -28, 0}, {95, -24, 0}};
    (void)state;

    for (int i = 0; i < 4; ++i)
        amix_add(amix);
    for (int t = 0; t < 50; ++t) {
        int16_t pcm[4][TICK];

        for (int i = 0; i < 4; ++i) {
            speak(&voice[i], pcm[i]);
            amix_put(amix, i, pcm[i], AMIX_LEVEL_UNKNOWN);
        }
        amix_run(amix);
        for (int i = 0; t > 0 && i < 4; ++i) {
            int16_t out[TICK];

            amix_mix_minus(amix, i, out);
            for (int k = 0; k < TICK; ++k) {
                int others = pcm[0][k] + pcm[1][k] + pcm[2][k] + pcm[3][k] - pcm[i][k];

                assert_int_equal(out[k], others);
            }
        }
    }
    amix_free(amix);
}

static void one_listener_may_have_two_inputs_left_out(void **state)
{
    struct amix *amix = new_mix(4, 0, 0);
    struct voice voice[3] = {{110, -22, 0}, {170, -25, 0}, {230, -28, 0}};
    (void)state;

    for (int i = 0; i < 4; ++i) /* the last one never speaks */
        amix_add(amix);
    for (int t = 0; t < 50; ++t) {
        int16_t pcm[3][TICK], out[TICK], one[TICK];

        for (int i = 0; i < 3; ++i) {
            speak(&voice[i], pcm[i]);
            amix_put(amix, i, pcm[i], AMIX_LEVEL_UNKNOWN);
        }
        amix_run(amix);
        if (t == 0)
            continue;
        amix_mix_minus_both(amix, 0, 2, out);
        assert_memory_equal(out, pcm[1], sizeof(out));
        amix_mix_minus_both(amix, 3, 1, out);
        amix_mix_minus_both(amix, 1, 3, one);
        for (int k = 0; k < TICK; ++k) {
            assert_int_equal(out[k], pcm[0][k] + pcm[2][k]);
            assert_int_equal(one[k], out[k]);
        }
    }
    amix_free(amix);
}

/* Only one's own voice is in the mix, with look-back and catch-up: nothing of it comes back. */
static void own_voice_is_cancelled_during_catch_up_too(void **state)
{
    struct amix *amix = new_mix(2, 0, 0);
    struct voice voice = {120.0, -12.0, 0};
    int16_t pcm[TICK], out[TICK];
    (void)state;

    amix_add(amix);
    for (int t = 0; t < 40; ++t) {
        if (t % 13 < 3)
            noise(pcm, 1);
        else
            speak(&voice, pcm);
        amix_put(amix, 0, pcm, AMIX_LEVEL_UNKNOWN);
        amix_run(amix);
        if (!amix_contributes(amix, 0))
            continue;
        amix_mix_minus(amix, 0, out);
        assert_true(energy(out, TICK) == 0.0);
    }
    amix_free(amix);
}

static void limiter_never_exceeds_its_maximum(void **state)
{
    struct amix *amix = new_mix(8, 8, 0);
    (void)state;

    srand(2);
    for (int i = 0; i < 8; ++i)
        amix_add(amix);
    for (int t = 0; t < 200; ++t) {
        int16_t pcm[TICK], out[TICK];

        for (int i = 0; i < 8; ++i) {
            noise(pcm, 1 + rand() % 32767);
            if (rand() % 3)
                amix_put(amix, i, pcm, AMIX_LEVEL_UNKNOWN);
        }
        amix_run(amix);
        for (int i = -1; i < 8; ++i) {
            amix_mix_minus(amix, i, out);
            for (int k = 0; k < TICK; ++k)
                assert_in_range(out[k] + AMIX_LIMITER_MAX, 0, 2 * AMIX_LIMITER_MAX);
        }
    }
    amix_free(amix);
}

static void limiter_keeps_the_wave_smooth_and_gives_the_gain_back(void **state)
{
    struct amix_limiter limiter;
    int32_t in[TICK];
    int16_t out[TICK], last = 0;
    (void)state;

    amix_limiter_init(&limiter);
    for (int t = 0; t < 100; ++t) {
        double a = t >= 10 && t < 20 ? 120000.0 : 10000.0;

        for (int i = 0; i < TICK; ++i)
            in[i] = (int32_t)(a * sin(TAU * 200.0 * (t * TICK + i) / RATE));
        amix_limiter_run(&limiter, amix_ops_best(), out, in);
        for (int i = 0; i < TICK; ++i) {
            /* The steepest slope of a limited 200 Hz wave, with room for the attack. */
            assert_in_range(abs(out[i] - last), 0, 3200);
            last = out[i];
        }
        if (t < 10 || t > 80) {
            for (int i = 0; i < TICK; ++i)
                assert_int_equal(out[i], in[i]);
        }
    }
    amix_free(NULL);
}

static void the_loudest_k_contribute(void **state)
{
    struct amix *amix = new_mix(12, 3, 0);
    struct voice voice[12];
    (void)state;

    for (int i = 0; i < 12; ++i) {
        amix_add(amix);
        voice[i] = (struct voice){100.0 + 13 * i, -50.0 + 3 * i, 0};
    }
    for (int t = 0; t < 30; ++t) {
        int16_t pcm[TICK];

        for (int i = 0; i < 12; ++i) {
            speak(&voice[i], pcm);
            amix_put(amix, i, pcm, AMIX_LEVEL_UNKNOWN);
        }
        amix_run(amix);
        assert_int_equal(amix_contributors(amix), 3);
        for (int i = 0; i < 12; ++i)
            assert_int_equal(amix_contributes(amix, i), i >= 9);
    }
    amix_free(amix);
}

static void hang_over_keeps_a_contributor_and_sixteen_is_the_most(void **state)
{
    struct amix *amix = new_mix(40, 4, 400);
    int16_t pcm[TICK];
    struct voice voice = {140.0, -20.0, 0};
    unsigned most = 0;
    (void)state;

    for (int i = 0; i < 40; ++i)
        amix_add(amix);
    speak(&voice, pcm);
    for (int t = 0; t < 200; ++t) {
        for (int i = 0; i < 4; ++i)
            amix_put(amix, (t * 4 + i) % 40, pcm, AMIX_LEVEL_UNKNOWN);
        amix_run(amix);
        if (amix_contributors(amix) > most)
            most = amix_contributors(amix);
        if (t == 2)
            assert_true(amix_contributes(amix, 0)); /* spoke at t 0 only */
    }
    assert_int_equal(most, AMIX_CONTRIBUTORS_MAX);
    for (int t = 0; t < 22; ++t)
        amix_run(amix);
    assert_int_equal(amix_contributors(amix), 0);
    assert_true(amix_silent(amix));
    amix_free(amix);
}

static void a_quiet_talker_alone_is_heard(void **state)
{
    struct amix *amix = new_mix(1, 0, 0);
    struct voice voice = {130.0, -54.0, 0};
    int16_t pcm[TICK];
    (void)state;

    amix_add(amix);
    for (int t = 0; t < 500; ++t) {
        speak(&voice, pcm);
        amix_put(amix, 0, pcm, AMIX_LEVEL_UNKNOWN);
        amix_run(amix);
        assert_true(amix_contributes(amix, 0));
        assert_false(amix_silent(amix));
    }
    amix_free(amix);
}

static void steady_noise_stops_contributing(void **state)
{
    struct amix *amix = new_mix(1, 0, 0);
    int16_t pcm[TICK];
    (void)state;

    srand(3);
    amix_add(amix);
    for (int t = 0; t < 400; ++t) {
        noise(pcm, 20); /* about -69 dBov */
        amix_put(amix, 0, pcm, AMIX_LEVEL_UNKNOWN);
        amix_run(amix);
    }
    assert_false(amix_contributes(amix, 0));
    amix_free(amix);
}

/* A room of talkers, and one more whose voice starts after noise: nothing of the start is lost. */
static void the_first_syllable_is_kept(void **state)
{
    for (int onset = 0; onset < TICK; onset += 240) {
        struct amix *amix = new_mix(1, 1, 0);
        struct voice voice = {125.0, -25.0, 0};
        static int16_t in[400 * TICK], out[400 * TICK];
        size_t start = 300 * (size_t)TICK + (size_t)onset, heard = 0;
        double want, got;
        (void)state;

        srand(4);
        amix_add(amix);
        for (int t = 0; t < 400; ++t)
            noise(in + t * TICK, 8);
        for (size_t i = start; i < start + 40 * (size_t)TICK; i += TICK)
            speak(&voice, in + i);
        for (int t = 0; t < 400; ++t) {
            /* Levels come from the sender and are one tick late, so that the gate opens late. */
            int level = t > 0 ? level_rms(in + (t - 1) * TICK, TICK) : LEVEL_SILENCE;

            amix_put(amix, 0, in + t * TICK, level);
            amix_run(amix);
            memcpy(out + t * TICK, amix_mix(amix), TICK * sizeof(out[0]));
        }
        while (heard < 399 * (size_t)TICK && abs(out[heard]) < 100)
            ++heard;
        want = energy(in + start, 1920);
        got = energy(out + heard, 1920);
        assert_true(fabs(db(got / want)) < 3.0);
        assert_in_range(heard - start + 240, 0, 240 + 2 * (size_t)TICK);
        /* 150 ms later nothing is left of the delay. */
        assert_memory_equal(out + 315 * TICK, in + 315 * TICK, 20 * TICK * sizeof(out[0]));
        amix_free(amix);
    }
}

/* Steps between samples stay near those of the voice itself when voices come, go and break off. */
static void no_clicks_when_voices_come_and_go(void **state)
{
    struct amix *amix = new_mix(1, 0, 100);
    struct voice voice = {100.0, -14.0, 4321};
    int16_t pcm[TICK], last = 0;
    int steepest = 0;
    (void)state;

    amix_add(amix);
    speak(&voice, pcm);
    for (int i = 1; i < TICK; ++i)
        steepest = abs(pcm[i] - pcm[i - 1]) > steepest ? abs(pcm[i] - pcm[i - 1]) : steepest;
    for (int t = 0; t < 200; ++t) {
        speak(&voice, pcm);
        if (t % 10 < 4)
            amix_put(amix, 0, pcm, t % 3 ? AMIX_LEVEL_UNKNOWN : 126);
        amix_run(amix);
        for (int i = 0; i < TICK; ++i) {
            assert_in_range(abs(amix_mix(amix)[i] - last), 0, 2 * steepest);
            last = amix_mix(amix)[i];
        }
    }
    amix_free(amix);
}

static void a_thousand_silent_inputs_cost_nothing_and_do_not_sound(void **state)
{
    struct amix *amix = new_mix(1000, 0, 0);
    struct voice voice[2] = {{110, -20, 0}, {190, -20, 0}};
    (void)state;

    for (int i = 0; i < 1000; ++i)
        assert_int_equal(amix_add(amix), i);
    for (int t = 0; t < 100; ++t) {
        int16_t pcm[TICK];

        for (int i = 0; i < 2; ++i) {
            speak(&voice[i], pcm);
            amix_put(amix, 500 + i, pcm, AMIX_LEVEL_UNKNOWN);
        }
        amix_run(amix);
        assert_int_equal(amix_contributors(amix), 2);
    }
    for (int i = 0; i < 1000; ++i)
        amix_remove(amix, i);
    amix_run(amix);
    assert_true(amix_silent(amix));
    amix_free(amix);
}

static void hostile_use_is_harmless(void **state)
{
    struct amix *amix = new_mix(50, 5, 60);
    int16_t pcm[TICK], out[TICK];
    (void)state;

    srand(5);
    for (int step = 0; step < 20000; ++step) {
        int index = rand() % 60 - 5;

        switch (rand() % 6) {
        case 0:
            (void)amix_add(amix);
            break;
        case 1:
            amix_remove(amix, index);
            break;
        case 2:
            amix_run(amix);
            break;
        case 3:
            amix_mix_minus(amix, index, out);
            (void)amix_level(amix, index);
            break;
        default:
            noise(pcm, 1 + rand() % 32767);
            amix_put(amix, index, pcm, rand() % 300 - 10);
        }
        assert_in_range(amix_contributors(amix), 0, AMIX_CONTRIBUTORS_MAX);
    }
    amix_free(amix);
}

static void kernels_equal_the_reference(void **state)
{
    const struct amix_ops *ops = amix_ops_best(), *c = &amix_ops_c;
    static int32_t in[TICK], a32[TICK], b32[TICK];
    static int16_t x[TICK], y[TICK], a16[TICK], b16[TICK];
    (void)state;

    srand(6);
    for (unsigned round = 0; round < 300; ++round) {
        size_t n = (size_t)rand() % (TICK - 3), at = (size_t)rand() % 4;
        float gain = (float)(rand() % 1000) / 1000.0f, step = (0.5f - gain) / (float)(n + 1);

        for (int i = 0; i < TICK; ++i) {
            in[i] = rand() % (1 << 21) - (1 << 20);
            a32[i] = b32[i] = in[i];
            x[i] = round % 5 ? (int16_t)rand() : INT16_MIN;
            y[i] = round % 5 ? (int16_t)rand() : INT16_MIN;
        }
        ops->add(a32 + at, x + at, n);
        c->add(b32 + at, x + at, n);
        assert_memory_equal(a32, b32, sizeof(a32));
        ops->sub(a32 + at, in + at, x + at, n);
        c->sub(b32 + at, in + at, x + at, n);
        assert_memory_equal(a32, b32, sizeof(a32));
        assert_int_equal(ops->peak(in + at, n), c->peak(in + at, n));
        assert_true(ops->dot(x + at, y + at, n) == c->dot(x + at, y + at, n));
        ops->narrow(a16, in + at, n);
        c->narrow(b16, in + at, n);
        assert_memory_equal(a16, b16, n * sizeof(a16[0]));
        ops->scale(a16, in + at, gain, step, n);
        c->scale(b16, in + at, gain, step, n);
        assert_memory_equal(a16, b16, n * sizeof(a16[0]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rejects_bad_configurations),
        cmocka_unit_test(indices_are_the_lowest_free_ones),
        cmocka_unit_test(nobody_speaking_is_exact_silence),
        cmocka_unit_test(one_voice_passes_unchanged_after_its_ramp),
        cmocka_unit_test(mix_minus_is_exactly_the_sum_of_the_others),
        cmocka_unit_test(one_listener_may_have_two_inputs_left_out),
        cmocka_unit_test(own_voice_is_cancelled_during_catch_up_too),
        cmocka_unit_test(limiter_never_exceeds_its_maximum),
        cmocka_unit_test(limiter_keeps_the_wave_smooth_and_gives_the_gain_back),
        cmocka_unit_test(the_loudest_k_contribute),
        cmocka_unit_test(hang_over_keeps_a_contributor_and_sixteen_is_the_most),
        cmocka_unit_test(a_quiet_talker_alone_is_heard),
        cmocka_unit_test(steady_noise_stops_contributing),
        cmocka_unit_test(the_first_syllable_is_kept),
        cmocka_unit_test(no_clicks_when_voices_come_and_go),
        cmocka_unit_test(a_thousand_silent_inputs_cost_nothing_and_do_not_sound),
        cmocka_unit_test(hostile_use_is_harmless),
        cmocka_unit_test(kernels_equal_the_reference),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
