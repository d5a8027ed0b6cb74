/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_audio_room.c  Mix-minus, shared stream and speakers, through real tasks
 */
#include "tests/unit/mcu/pipeline.h"

#include <math.h>
#include <string.h>

#include "codec/audio_decoder.h"
#include "codec/audio_encoder.h"
#include "mcu/media/audio_in.h"
#include "mcu/media/audio_out.h"
#include "mcu/media/audio_room.h"
#include "mcu/media/media_clock.h"
#include "mixer/task.h"
#include "net/sink.h"

enum { ROOM = 1, ALICE = 11, BOB = 12, SCREEN = 13, WARM_UP = 30, TICKS = 60 };

static const double pi = 3.14159265358979323846;

struct talker {
    struct audio_encoder *enc;
    struct sink *sink;  /* ours */
    struct fanout *own; /* reference */
    double hz, phase;
    uint32_t seq;
};

/* Whom the last packet leaves out. */
struct excluded {
    unsigned n;
    uint32_t key[PACKET_EXCLUDE_MAX];
};

struct scene {
    struct task_pool *pool;
    struct audio_room *room;
    struct fanout *shared; /* reference */
    struct talker alice, bob;
};

/* Who was told to speak since the start of a test. */
static struct {
    bool bob, screen;
} spoke;

static void on_speakers(void *msg, void *arg)
{
    const struct audio_room_speakers *speakers = msg;
    (void)arg;

    for (unsigned i = 0; i < speakers->nactive; ++i) {
        spoke.bob = spoke.bob || speakers->active[i].key == BOB;
        spoke.screen = spoke.screen || speakers->active[i].key == SCREEN;
    }
    spoke.screen = spoke.screen || speakers->dominant == SCREEN;
}

static struct audio_out *make_out(struct scene *s, bool shared)
{
    const struct audio_out_cfg cfg = {
        .pool = s->pool, .params = {.codec = AUDIO_CODEC_PCMU}, .clock_hz = 8000, .shared = shared};
    struct audio_out *out = NULL;

    assert_int_equal(audio_out_new(&out, &cfg), 0);
    return out;
}

static void add_talker(struct scene *s, struct talker *t, uint32_t key, double hz)
{
    const struct audio_in_cfg cfg = {.key = key, .codec = AUDIO_CODEC_PCMU, .clock_hz = 8000};
    const struct audio_encoder_params params = {.codec = AUDIO_CODEC_PCMU};
    struct audio_out *own = make_out(s, false);
    struct audio_in *in = NULL;

    assert_int_equal(audio_in_new(&in, &cfg), 0);
    assert_int_equal(audio_encoder_new(&t->enc, &params), 0);
    t->hz = hz;
    t->sink = sink_ref(audio_in_sink(in));
    t->own = fanout_ref(audio_out_fanout(own));
    assert_int_equal(audio_room_add(s->room, in, own), 0);
}

/* The sound of Alice's screen. */
static void add_screen(struct scene *s, struct talker *t, double hz)
{
    const struct audio_in_cfg cfg = {
        .key = SCREEN, .owner = ALICE, .codec = AUDIO_CODEC_PCMU, .clock_hz = 8000};
    const struct audio_encoder_params params = {.codec = AUDIO_CODEC_PCMU};
    struct audio_in *in = NULL;

    memset(t, 0, sizeof(*t));
    assert_int_equal(audio_in_new(&in, &cfg), 0);
    assert_int_equal(audio_encoder_new(&t->enc, &params), 0);
    t->hz = hz;
    t->sink = sink_ref(audio_in_sink(in));
    assert_int_equal(audio_room_add(s->room, in, NULL), 0);
}

/* 20 ms of his tone, as if it had just come from the network. */
static void talk(struct talker *t)
{
    struct packet *packet = packet_new();
    int16_t pcm[AUDIO_TICK_SAMPLES];
    int n;

    assert_non_null(packet);
    for (int i = 0; i < AUDIO_TICK_SAMPLES; ++i, t->phase += 2 * pi * t->hz / AUDIO_RATE)
        pcm[i] = (int16_t)(8000 * sin(t->phase));
    n = audio_encoder_encode(t->enc, pcm, packet->buf + packet->payload, PACKET_PAYLOAD_MAX);
    assert_true(n > 0);
    packet->payload_len = (uint16_t)n;
    packet->ext_seq = 1000 + t->seq;
    packet->seq = (uint16_t)packet->ext_seq;
    packet->ts = t->seq * 160;
    packet->ssrc = 5;
    packet->when_us = clock_now_us();
    ++t->seq;
    sink_put(t->sink, packet);
}

static int setup(void **state)
{
    static struct scene s;
    struct audio_room_cfg cfg = {
        .room = ROOM, .max_inputs = 10, .mix_max = 8, .speakersh = on_speakers};
    struct audio_out *shared;

    memset(&s, 0, sizeof(s));
    memset(&spoke, 0, sizeof(spoke));
    if (control_loop_init(1024) || packet_pool_init(4096) || audio_out_init() ||
        task_pool_new(&s.pool, 2))
        return -1;
    cfg.pool = s.pool;
    if (audio_room_new(&s.room, &cfg))
        return -1;
    shared = make_out(&s, true);
    s.shared = fanout_ref(audio_out_fanout(shared));
    assert_int_equal(audio_room_share(s.room, AUDIO_CODEC_PCMU, shared), 0);
    add_talker(&s, &s.alice, ALICE, 440);
    add_talker(&s, &s.bob, BOB, 1250);
    *state = &s;
    return 0;
}

static void drop_talker(struct talker *t)
{
    audio_encoder_free(t->enc);
    sink_unref(t->sink);
    fanout_unref(t->own);
}

static int teardown(void **state)
{
    struct scene *s = *state;

    audio_room_close(s->room);
    drop_talker(&s->alice);
    drop_talker(&s->bob);
    fanout_unref(s->shared);
    task_pool_free(s->pool);
    control_loop_flush();
    control_loop_finish();
    audio_out_finish();
    packet_pool_finish();
    return 0;
}

/* Energy of a frequency (Goertzel), relative to the number of samples. */
static double energy_at(const int16_t *pcm, int n, double hz)
{
    double k = 2 * cos(2 * pi * hz / AUDIO_RATE), a = 0, b = 0;

    for (int i = 0; i < n; ++i) {
        double c = pcm[i] + k * a - b;

        b = a;
        a = c;
    }
    return (a * a + b * b - k * a * b) / n;
}

/* Decode the packets of a tap, the last of them to pcm.  @return samples */
static int decode_all(struct tap *tap, int16_t *pcm, int max, struct excluded *ret_last)
{
    struct audio_decoder *dec = NULL;
    struct packet *packet;
    uint32_t ts = 0;
    int n = 0;

    assert_int_equal(audio_decoder_new(&dec, AUDIO_CODEC_PCMU), 0);
    while ((packet = tap_take(tap)) != NULL) {
        if (ts)
            assert_int_equal((packet->ts - ts) % 160, 0);
        ts = packet->ts;
        assert_int_equal(media_clock_ts(packet->when_us, 8000), packet->ts);
        if (n + AUDIO_PACKET_SAMPLES_MAX <= max)
            n += audio_decoder_decode(dec, packet->buf + packet->payload, packet->payload_len,
                                      pcm + n);
        ret_last->n = packet->nexclude;
        memcpy(ret_last->key, packet->exclude, sizeof(ret_last->key));
        packet_unref(packet);
    }
    audio_decoder_free(dec);
    return n;
}

static void talk_for(struct scene *s, int ticks)
{
    for (int i = 0; i < ticks; ++i) {
        talk(&s->alice);
        talk(&s->bob);
        pipeline_pause(20);
    }
}

static void contributors_hear_all_but_themselves(void **state)
{
    static int16_t pcm[AUDIO_RATE * 4];
    struct scene *s = *state;
    struct excluded last = {0};
    struct tap own, shared;
    int n;

    talk_for(s, WARM_UP);
    tap_open(&own, s->alice.own);
    talk_for(s, TICKS);
    n = decode_all(&own, pcm, AUDIO_RATE * 4, &last);
    assert_true(n > AUDIO_RATE / 2);
    assert_true(energy_at(pcm, n, 1250) > 1e6);
    assert_true(energy_at(pcm, n, 1250) > 1e4 * energy_at(pcm, n, 440));
    tap_close(&own);

    /* With as many subscribers as contributors nobody listens: two more make one. */
    tap_open(&shared, s->shared);
    talk_for(s, 5);
    while (decode_all(&shared, pcm, AUDIO_RATE * 4, &last))
        ;
    assert_int_equal(last.n, 0); /* nothing came: both contribute */
    tap_close(&shared);
}

static void listeners_hear_everybody_and_contributors_are_left_out(void **state)
{
    static int16_t pcm[AUDIO_RATE * 4];
    struct scene *s = *state;
    struct excluded last = {0};
    struct fanout_sub more[2] = {{0}};
    struct tap shared;
    int n;

    tap_open(&shared, s->shared);
    for (int i = 0; i < 2; ++i)
        fanout_attach(s->shared, &more[i], 0, shared.queue, NULL);
    talk_for(s, WARM_UP);
    (void)decode_all(&shared, pcm, AUDIO_RATE * 4, &last);
    talk_for(s, TICKS);
    n = decode_all(&shared, pcm, AUDIO_RATE * 4, &last);
    assert_true(n > AUDIO_RATE / 2);
    assert_true(energy_at(pcm, n, 440) > 1e6);
    assert_true(energy_at(pcm, n, 1250) > 1e6);
    assert_int_equal(last.n, 2);
    assert_int_equal(last.key[0] + last.key[1], ALICE + BOB);
    for (int i = 0; i < 2; ++i)
        fanout_detach(&more[i]);
    tap_close(&shared);
}

static void a_muted_participant_is_not_heard(void **state)
{
    static int16_t pcm[AUDIO_RATE * 4];
    struct scene *s = *state;
    struct excluded last = {0};
    struct fanout_sub more = {0};
    struct tap shared;
    int n;

    tap_open(&shared, s->shared);
    fanout_attach(s->shared, &more, 0, shared.queue, NULL);
    assert_int_equal(audio_room_mute(s->room, ALICE, true), 0);
    talk_for(s, WARM_UP);
    (void)decode_all(&shared, pcm, AUDIO_RATE * 4, &last);
    talk_for(s, TICKS);
    n = decode_all(&shared, pcm, AUDIO_RATE * 4, &last);
    assert_true(n > 0);
    assert_true(energy_at(pcm, n, 1250) > 1e4 * energy_at(pcm, n, 440));
    assert_int_equal(last.n, 1);
    assert_int_equal(last.key[0], BOB);
    fanout_detach(&more);
    tap_close(&shared);
}

static void who_leaves_is_gone_from_the_mix(void **state)
{
    static int16_t pcm[AUDIO_RATE * 4];
    struct scene *s = *state;
    struct excluded last = {0};
    struct tap own;
    int n;

    tap_open(&own, s->alice.own);
    talk_for(s, WARM_UP);
    assert_int_equal(audio_room_remove(s->room, BOB), 0);
    talk_for(s, 10);
    (void)decode_all(&own, pcm, AUDIO_RATE * 4, &last);
    talk_for(s, TICKS);
    n = decode_all(&own, pcm, AUDIO_RATE * 4, &last);
    assert_true(n > 0);
    assert_true(energy_at(pcm, n, 1250) < 1e3);
    tap_close(&own);
}

static void the_sound_of_a_screen_is_heard_by_all_but_its_owner(void **state)
{
    static int16_t pcm[AUDIO_RATE * 4];
    struct scene *s = *state;
    struct excluded last = {0};
    struct talker screen;
    struct tap alice, bob;
    int n;

    add_screen(s, &screen, 2300);
    for (int i = 0; i < WARM_UP; ++i) {
        talk(&screen);
        talk_for(s, 1);
    }
    tap_open(&alice, s->alice.own);
    tap_open(&bob, s->bob.own);
    for (int i = 0; i < TICKS; ++i) {
        talk(&screen);
        talk_for(s, 1);
    }
    n = decode_all(&alice, pcm, AUDIO_RATE * 4, &last);
    assert_true(n > AUDIO_RATE / 2);
    assert_true(energy_at(pcm, n, 1250) > 1e6);
    assert_true(energy_at(pcm, n, 1250) > 1e4 * energy_at(pcm, n, 440));
    assert_true(energy_at(pcm, n, 1250) > 1e4 * energy_at(pcm, n, 2300));
    n = decode_all(&bob, pcm, AUDIO_RATE * 4, &last);
    assert_true(energy_at(pcm, n, 440) > 1e6);
    assert_true(energy_at(pcm, n, 2300) > 1e6);

    /* Gone when he shares no more. */
    assert_int_equal(audio_room_remove(s->room, SCREEN), 0);
    talk_for(s, 10);
    (void)decode_all(&bob, pcm, AUDIO_RATE * 4, &last);
    talk_for(s, TICKS);
    n = decode_all(&bob, pcm, AUDIO_RATE * 4, &last);
    assert_true(energy_at(pcm, n, 440) > 1e6);
    assert_true(energy_at(pcm, n, 440) > 1e4 * energy_at(pcm, n, 2300));
    tap_close(&alice);
    tap_close(&bob);
    drop_talker(&screen);
}

/* Silent himself he hears the others without it, and is no speaker by it. */
static void the_owner_of_a_screen_with_sound_need_not_speak(void **state)
{
    static int16_t pcm[AUDIO_RATE * 4];
    struct scene *s = *state;
    struct excluded last = {0};
    struct talker screen;
    struct tap alice;
    int n;

    add_screen(s, &screen, 2300);
    assert_int_equal(audio_room_mute(s->room, ALICE, true), 0);
    for (int i = 0; i < WARM_UP; ++i) {
        talk(&screen);
        talk_for(s, 1);
    }
    tap_open(&alice, s->alice.own);
    for (int i = 0; i < TICKS; ++i) {
        talk(&screen);
        talk_for(s, 1);
    }
    n = decode_all(&alice, pcm, AUDIO_RATE * 4, &last);
    assert_true(n > AUDIO_RATE / 2);
    assert_true(energy_at(pcm, n, 1250) > 1e6);
    assert_true(energy_at(pcm, n, 1250) > 1e4 * energy_at(pcm, n, 2300));
    control_loop_flush();
    assert_true(spoke.bob);
    assert_false(spoke.screen);
    tap_close(&alice);
    drop_talker(&screen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(contributors_hear_all_but_themselves, setup, teardown),
        cmocka_unit_test_setup_teardown(listeners_hear_everybody_and_contributors_are_left_out,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_muted_participant_is_not_heard, setup, teardown),
        cmocka_unit_test_setup_teardown(who_leaves_is_gone_from_the_mix, setup, teardown),
        cmocka_unit_test_setup_teardown(the_sound_of_a_screen_is_heard_by_all_but_its_owner, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_owner_of_a_screen_with_sound_need_not_speak, setup,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
