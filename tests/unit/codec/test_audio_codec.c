/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/codec/test_audio_codec.c  Sound through audio_encoder and audio_decoder, with
 * losses
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <opus/opus.h>

#include "codec/audio_decoder.h"
#include "codec/audio_encoder.h"
#include "tests/unit/codec/sound.h"

enum { TICKS = 50, LEN = TICKS * AUDIO_TICK_SAMPLES, ROOM = 1275, LATE_MAX = 1000 };

static const struct audio_encoder_params params[AUDIO_CODEC_COUNT] = {
    [AUDIO_CODEC_OPUS] = {AUDIO_CODEC_OPUS, 48000, 5, true, 10},
    [AUDIO_CODEC_G722] = {.codec = AUDIO_CODEC_G722},
    [AUDIO_CODEC_PCMA] = {.codec = AUDIO_CODEC_PCMA},
    [AUDIO_CODEC_PCMU] = {.codec = AUDIO_CODEC_PCMU},
};

static int16_t in[LEN], out[LEN + AUDIO_PACKET_SAMPLES_MAX];
static uint8_t payload[TICKS][ROOM];
static int size[TICKS];

static void encode_voice(enum audio_codec codec)
{
    struct audio_encoder *enc = NULL;

    for (unsigned i = 0; i < LEN; ++i)
        in[i] = sound_voice(i, AUDIO_RATE);
    assert_int_equal(audio_encoder_new(&enc, &params[codec]), 0);
    for (unsigned t = 0; t < TICKS; ++t) {
        size[t] = audio_encoder_encode(enc, in + t * AUDIO_TICK_SAMPLES, payload[t], ROOM);
        assert_true(size[t] > 0);
        if (codec != AUDIO_CODEC_OPUS)
            assert_int_equal(size[t], 160);
        assert_int_equal(audio_decoder_duration(codec, payload[t], (size_t)size[t]),
                         AUDIO_TICK_SAMPLES);
    }
    audio_encoder_free(enc);
}

static void voices_survive_the_way(void **state)
{
    static const double floor_db[AUDIO_CODEC_COUNT] = {8, 25, 25, 25};
    (void)state;

    for (unsigned codec = 0; codec < AUDIO_CODEC_COUNT; ++codec) {
        struct audio_decoder *dec = NULL;
        unsigned late = 0;
        double snr;

        encode_voice((enum audio_codec)codec);
        assert_int_equal(audio_decoder_new(&dec, (enum audio_codec)codec), 0);
        for (unsigned t = 0; t < TICKS; ++t)
            assert_int_equal(audio_decoder_decode(dec, payload[t], (size_t)size[t],
                                                  out + t * AUDIO_TICK_SAMPLES),
                             AUDIO_TICK_SAMPLES);
        snr = sound_snr_late(in + 4800, out + 4800, LEN - 4800 - LATE_MAX, LATE_MAX, &late);
        if (snr < floor_db[codec] || late > 480)
            fail_msg("codec %u: %.1f dB, %u samples late", codec, snr, late);
        audio_decoder_free(dec);
    }
}

static void rejects_bad_arguments(void **state)
{
    struct audio_encoder_params bad[5];
    struct audio_encoder *enc = NULL;
    struct audio_decoder *dec = NULL;
    (void)state;

    for (unsigned i = 0; i < 5; ++i)
        bad[i] = params[AUDIO_CODEC_OPUS];
    bad[0].codec = AUDIO_CODEC_COUNT;
    bad[1].bitrate_bps = 5999;
    bad[2].bitrate_bps = 510001;
    bad[3].complexity = 11;
    bad[4].loss_percent = 101;
    for (unsigned i = 0; i < 5; ++i)
        assert_int_equal(audio_encoder_new(&enc, &bad[i]), -EINVAL);
    assert_null(enc);
    assert_int_equal(audio_decoder_new(&dec, AUDIO_CODEC_COUNT), -EINVAL);
    assert_null(dec);
    assert_null(audio_encoder_free(NULL));
    assert_null(audio_decoder_free(NULL));
}

static void settings_can_be_changed_but_not_the_codec(void **state)
{
    struct audio_encoder_params p = params[AUDIO_CODEC_OPUS];
    struct audio_encoder *enc = NULL;
    (void)state;

    assert_int_equal(audio_encoder_new(&enc, &p), 0);
    p.bitrate_bps = 16000;
    p.complexity = 0;
    assert_int_equal(audio_encoder_set(enc, &p), 0);
    p.bitrate_bps = 1;
    assert_int_equal(audio_encoder_set(enc, &p), -EINVAL);
    assert_int_equal(audio_encoder_set(enc, &params[AUDIO_CODEC_PCMU]), -EINVAL);
    audio_encoder_free(enc);
    assert_int_equal(audio_encoder_new(&enc, &params[AUDIO_CODEC_G722]), 0);
    assert_int_equal(audio_encoder_set(enc, &params[AUDIO_CODEC_G722]), 0);
    audio_encoder_free(enc);
}

static void a_buffer_that_is_too_small_is_an_error(void **state)
{
    (void)state;

    for (unsigned codec = AUDIO_CODEC_G722; codec < AUDIO_CODEC_COUNT; ++codec) {
        struct audio_encoder *enc = NULL;
        uint8_t buf[160];

        assert_int_equal(audio_encoder_new(&enc, &params[codec]), 0);
        assert_int_equal(audio_encoder_encode(enc, in, buf, 159), -EIO);
        assert_int_equal(audio_encoder_encode(enc, in, buf, 160), 160);
        audio_encoder_free(enc);
    }
}

static void after_a_reset_an_encoder_is_as_new(void **state)
{
    (void)state;

    for (unsigned codec = 0; codec < AUDIO_CODEC_COUNT; ++codec) {
        struct audio_encoder *enc = NULL;
        uint8_t buf[ROOM];

        encode_voice((enum audio_codec)codec);
        assert_int_equal(audio_encoder_new(&enc, &params[codec]), 0);
        for (unsigned t = 10; t < 20; ++t)
            assert_true(audio_encoder_encode(enc, in + t * AUDIO_TICK_SAMPLES, buf, ROOM) > 0);
        audio_encoder_reset(enc);
        for (unsigned t = 0; t < 5; ++t) {
            assert_int_equal(audio_encoder_encode(enc, in + t * AUDIO_TICK_SAMPLES, buf, ROOM),
                             size[t]);
            assert_memory_equal(buf, payload[t], (size_t)size[t]);
        }
        audio_encoder_free(enc);
    }
}

static void ticks_are_counted_on_the_rtp_clock(void **state)
{
    (void)state;

    assert_int_equal(audio_encoder_tick_ts(AUDIO_CODEC_OPUS), 960);
    assert_int_equal(audio_encoder_tick_ts(AUDIO_CODEC_G722), 160);
    assert_int_equal(audio_encoder_tick_ts(AUDIO_CODEC_PCMA), 160);
    assert_int_equal(audio_encoder_tick_ts(AUDIO_CODEC_PCMU), 160);
}

/* ITU-T G.711, tables 1 and 2: decision values and what they come back as, in 16 bits. */
static void g711_follows_its_tables(void **state)
{
    static const struct {
        enum audio_codec codec;
        uint8_t code;
        int16_t value;
    } points[] = {
        {AUDIO_CODEC_PCMU, 0xff, 0},     {AUDIO_CODEC_PCMU, 0x7f, 0},
        {AUDIO_CODEC_PCMU, 0x80, 32124}, {AUDIO_CODEC_PCMU, 0x00, -32124},
        {AUDIO_CODEC_PCMU, 0xfe, 8},     {AUDIO_CODEC_PCMU, 0xef, 132},
        {AUDIO_CODEC_PCMA, 0xd5, 8},     {AUDIO_CODEC_PCMA, 0x55, -8},
        {AUDIO_CODEC_PCMA, 0xaa, 32256}, {AUDIO_CODEC_PCMA, 0x2a, -32256},
        {AUDIO_CODEC_PCMA, 0xd4, 24},    {AUDIO_CODEC_PCMA, 0xc5, 264},
    };
    (void)state;

    for (unsigned i = 0; i < sizeof(points) / sizeof(points[0]); ++i) {
        struct audio_decoder *dec = NULL;
        uint8_t data[960];
        int16_t pcm[AUDIO_PACKET_SAMPLES_MAX];
        int value = points[i].value, tolerance = 2 + abs(value) / 500;

        memset(data, points[i].code, sizeof(data));
        assert_int_equal(audio_decoder_new(&dec, points[i].codec), 0);
        assert_int_equal(audio_decoder_decode(dec, data, sizeof(data), pcm), 5760);
        if (abs(pcm[3000] - value) > tolerance)
            fail_msg("code %02x: %d instead of %d", points[i].code, pcm[3000], value);
        audio_decoder_free(dec);
    }
}

static void broken_payloads_are_refused(void **state)
{
    static uint8_t data[70000];
    static int16_t pcm[AUDIO_PACKET_SAMPLES_MAX];
    (void)state;

    memset(data, 0x55, sizeof(data));
    for (unsigned codec = 0; codec < AUDIO_CODEC_COUNT; ++codec) {
        struct audio_decoder *dec = NULL;

        assert_int_equal(audio_decoder_new(&dec, (enum audio_codec)codec), 0);
        assert_int_equal(audio_decoder_decode(dec, data, 0, pcm), -EBADMSG);
        assert_int_equal(audio_decoder_decode(dec, data, sizeof(data), pcm), -EBADMSG);
        assert_int_equal(audio_decoder_duration((enum audio_codec)codec, data, 0), -EBADMSG);
        assert_int_equal(audio_decoder_duration((enum audio_codec)codec, data, sizeof(data)),
                         -EBADMSG);
        if (codec != AUDIO_CODEC_OPUS) {
            assert_int_equal(audio_decoder_decode(dec, data, 961, pcm), -EBADMSG);
            assert_int_equal(audio_decoder_decode(dec, data, 960, pcm), AUDIO_PACKET_SAMPLES_MAX);
            assert_int_equal(audio_decoder_decode(dec, data, 1, pcm), 6);
        }
        audio_decoder_free(dec);
    }
    assert_int_equal(audio_decoder_duration(AUDIO_CODEC_COUNT, data, 10), -EBADMSG);
    data[0] = 0xff; /* code 3 packet ... */
    data[1] = 0x3f; /* ... of 63 frames of 20 ms */
    assert_int_equal(audio_decoder_duration(AUDIO_CODEC_OPUS, data, 100), -EBADMSG);
}

static void opus_in_stereo_comes_out_as_mono(void **state)
{
    OpusEncoder *opus = opus_encoder_create(AUDIO_RATE, 2, OPUS_APPLICATION_AUDIO, NULL);
    static int16_t stereo[2 * 2880], pcm[AUDIO_PACKET_SAMPLES_MAX];
    struct audio_decoder *dec = NULL;
    uint8_t buf[ROOM];
    int n = 0;
    (void)state;

    assert_non_null(opus);
    assert_int_equal(audio_decoder_new(&dec, AUDIO_CODEC_OPUS), 0);
    for (unsigned k = 0; k < 5; ++k) {
        for (unsigned i = 0; i < 2880; ++i)
            stereo[2 * i] = stereo[2 * i + 1] = sound_voice(k * 2880 + i, AUDIO_RATE);
        n = opus_encode(opus, stereo, 2880, buf, sizeof(buf));
        assert_true(n > 0);
        assert_int_equal(audio_decoder_duration(AUDIO_CODEC_OPUS, buf, (size_t)n), 2880);
        assert_int_equal(audio_decoder_decode(dec, buf, (size_t)n, pcm), 2880);
    }
    assert_true(sound_energy(pcm, 2880) > 0.5 * sound_energy(in, 2880));
    audio_decoder_free(dec);
    opus_encoder_destroy(opus);
}

/* Lose every fifth packet; returns the signal to noise of what was concealed [dB]. */
static double conceal(enum audio_codec codec, bool with_next)
{
    struct audio_decoder *dec = NULL;
    double snr = 0;
    unsigned n = 0;

    assert_int_equal(audio_decoder_new(&dec, codec), 0);
    for (unsigned t = 0; t < TICKS; ++t) {
        int16_t *pcm = out + t * AUDIO_TICK_SAMPLES;

        if (t % 5 == 4 && t + 1 < TICKS)
            assert_int_equal(audio_decoder_conceal(dec, with_next ? payload[t + 1] : NULL,
                                                   with_next ? (size_t)size[t + 1] : 0,
                                                   AUDIO_TICK_SAMPLES, pcm),
                             AUDIO_TICK_SAMPLES);
        else
            assert_int_equal(audio_decoder_decode(dec, payload[t], (size_t)size[t], pcm),
                             AUDIO_TICK_SAMPLES);
    }
    audio_decoder_free(dec);
    for (unsigned t = 4; t + 1 < TICKS; t += 5, ++n) {
        unsigned late;

        snr += sound_snr_late(in + t * AUDIO_TICK_SAMPLES, out + t * AUDIO_TICK_SAMPLES,
                              AUDIO_TICK_SAMPLES, 400, &late);
    }
    return snr / n;
}

static void fec_is_better_than_guessing(void **state)
{
    struct audio_encoder_params p = {AUDIO_CODEC_OPUS, 32000, 5, true, 20};
    struct audio_encoder *enc = NULL;
    double fec, plc;
    (void)state;

    for (unsigned i = 0; i < LEN; ++i)
        in[i] = sound_voice(i, AUDIO_RATE);
    assert_int_equal(audio_encoder_new(&enc, &p), 0);
    for (unsigned t = 0; t < TICKS; ++t)
        size[t] = audio_encoder_encode(enc, in + t * AUDIO_TICK_SAMPLES, payload[t], ROOM);
    audio_encoder_free(enc);
    fec = conceal(AUDIO_CODEC_OPUS, true);
    plc = conceal(AUDIO_CODEC_OPUS, false);
    if (fec < plc + 1)
        fail_msg("FEC %.1f dB, concealment %.1f dB", fec, plc);
}

static void concealment_is_better_than_silence(void **state)
{
    (void)state;

    for (unsigned codec = 0; codec < AUDIO_CODEC_COUNT; ++codec) {
        double snr;

        encode_voice((enum audio_codec)codec);
        snr = conceal((enum audio_codec)codec, false);
        if (snr < 1)
            fail_msg("codec %u: %.1f dB", codec, snr);
    }
}

static void concealment_fades_to_silence(void **state)
{
    (void)state;

    for (unsigned codec = AUDIO_CODEC_G722; codec < AUDIO_CODEC_COUNT; ++codec) {
        struct audio_decoder *dec = NULL;

        encode_voice((enum audio_codec)codec);
        assert_int_equal(audio_decoder_new(&dec, (enum audio_codec)codec), 0);
        for (unsigned t = 0; t < 5; ++t)
            audio_decoder_decode(dec, payload[t], (size_t)size[t], out);
        assert_int_equal(audio_decoder_conceal(dec, NULL, 0, 480, out), 480);
        assert_true(sound_energy(out, 480) > 480.0 * 500 * 500);
        assert_int_equal(audio_decoder_conceal(dec, NULL, 0, 3840, out), 3840);
        assert_true(sound_energy(out + 2880, 960) < 960.0 * 4);
        audio_decoder_free(dec);
    }
}

static void concealment_of_an_odd_length_is_refused(void **state)
{
    static const int bad[] = {0, -120, 60, 119, 121, 5880, 1 << 30};
    (void)state;

    for (unsigned codec = 0; codec < AUDIO_CODEC_COUNT; ++codec) {
        struct audio_decoder *dec = NULL;

        assert_int_equal(audio_decoder_new(&dec, (enum audio_codec)codec), 0);
        for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); ++i)
            assert_int_equal(audio_decoder_conceal(dec, NULL, 0, bad[i], out), -EINVAL);
        for (int n = 120; n <= AUDIO_PACKET_SAMPLES_MAX; n += 120)
            assert_int_equal(audio_decoder_conceal(dec, payload[3], (size_t)size[3], n, out), n);
        audio_decoder_free(dec);
    }
}

/* A voice is told from silence without decoding, where the codec says so. */
static void silence_is_seen_from_outside(void **state)
{
    static const enum audio_codec told[] = {AUDIO_CODEC_OPUS, AUDIO_CODEC_PCMA, AUDIO_CODEC_PCMU};
    static const uint8_t celt[] = {0xf8, 0xff, 0xfe};
    static const int16_t zero[AUDIO_TICK_SAMPLES];
    (void)state;

    for (unsigned i = 0; i < sizeof(told) / sizeof(told[0]); ++i) {
        struct audio_encoder_params p = params[told[i]];
        struct audio_encoder *enc = NULL;
        unsigned voiced = 0;
        int n = 0;

        encode_voice(told[i]);
        for (unsigned t = 0; t < TICKS; ++t)
            voiced += !audio_decoder_is_silence(told[i], payload[t], (size_t)size[t]);
        assert_true(voiced > TICKS / 2);

        p.bitrate_bps = 32000;
        assert_int_equal(audio_encoder_new(&enc, &p), 0);
        for (unsigned t = 0; t < TICKS; ++t)
            n = audio_encoder_encode(enc, zero, payload[0], ROOM);
        assert_true(audio_decoder_is_silence(told[i], payload[0], (size_t)n));
        audio_encoder_free(enc);
    }
    assert_false(audio_decoder_is_silence(AUDIO_CODEC_OPUS, celt, sizeof(celt)));
    assert_false(audio_decoder_is_silence(AUDIO_CODEC_OPUS, celt, 0));
    assert_false(audio_decoder_is_silence(AUDIO_CODEC_G722, payload[0], 160));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(voices_survive_the_way),
        cmocka_unit_test(rejects_bad_arguments),
        cmocka_unit_test(settings_can_be_changed_but_not_the_codec),
        cmocka_unit_test(a_buffer_that_is_too_small_is_an_error),
        cmocka_unit_test(after_a_reset_an_encoder_is_as_new),
        cmocka_unit_test(ticks_are_counted_on_the_rtp_clock),
        cmocka_unit_test(g711_follows_its_tables),
        cmocka_unit_test(broken_payloads_are_refused),
        cmocka_unit_test(opus_in_stereo_comes_out_as_mono),
        cmocka_unit_test(fec_is_better_than_guessing),
        cmocka_unit_test(concealment_is_better_than_silence),
        cmocka_unit_test(concealment_fades_to_silence),
        cmocka_unit_test(concealment_of_an_odd_length_is_refused),
        cmocka_unit_test(silence_is_seen_from_outside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
