/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_video_in.c  Received packets to pictures: losses, new sources, delays
 */
#include "tests/unit/mcu/pipeline.h"

#include <string.h>

#include "codec/video_encoder.h"
#include "codec/video_frame.h"
#include "mcu/media/video_in.h"
#include "mcu/media/video_source.h"
#include "mixer/task.h"
#include "net/sink.h"

enum { W = 320, H = 180, FPS = 30 };

struct scene {
    struct task_pool *pool;
    struct video_source *source;
    struct video_in *in;
    struct sink *sink;
    struct video_encoder *enc;
    uint32_t ssrc, ts;
    uint64_t seq;
    uint64_t age_us; /* of what is sent */
};

static int setup(void **state)
{
    static struct scene s;
    const struct video_encoder_params params = {.codec = VIDEO_CODEC_H264,
                                                .width = W,
                                                .height = H,
                                                .fps = FPS,
                                                .bitrate_bps = 400000,
                                                .max_payload = 1180,
                                                .preset = VIDEO_PRESET_ULTRAFAST};
    struct video_in_cfg cfg = {.codec = VIDEO_CODEC_H264,
                               .limits = {.max_width = 640, .max_height = 640}};

    memset(&s, 0, sizeof(s));
    if (packet_pool_init(4096) || task_pool_new(&s.pool, 2) || video_source_new(&s.source))
        return -1;
    cfg.pool = s.pool;
    cfg.source = s.source;
    if (video_in_new(&s.in, &cfg) || video_encoder_new(&s.enc, &params))
        return -1;
    s.sink = sink_ref(video_in_sink(s.in));
    s.ssrc = 1;
    s.seq = 40000;
    *state = &s;
    return 0;
}

static int teardown(void **state)
{
    struct scene *s = *state;

    video_in_close(s->in);
    sink_unref(s->sink);
    video_source_unref(s->source);
    video_encoder_free(s->enc);
    task_pool_free(s->pool);
    packet_pool_finish();
    return 0;
}

/* Encode a picture and hand its packets to the stream; lose leaves out the first of them. */
static void send_picture(struct scene *s, uint8_t luma, bool key, bool lose)
{
    const struct video_rect all = {0, 0, W, H};
    struct video_frame *frame = NULL;
    bool marker = false;

    assert_int_equal(video_frame_new(&frame, W, H), 0);
    video_frame_fill(frame, &all, luma, 128, 128);
    s->ts += 3000;
    frame->when_us = (uint64_t)s->ts * 100 / 9;
    assert_int_equal(video_encoder_encode(s->enc, frame, key, &key), 0);
    video_frame_unref(frame);
    while (!marker) {
        struct packet *packet = packet_new();

        packet->payload_len =
            (uint16_t)video_encoder_payload(s->enc, packet->buf + packet->payload, &marker);
        assert_true(packet->payload_len > 0);
        packet->marker = marker;
        packet->ssrc = s->ssrc;
        packet->ext_seq = s->seq++;
        packet->ts = s->ts;
        packet->when_us = clock_now_us() - s->age_us;
        if (lose)
            packet_unref(packet);
        else
            sink_put(s->sink, packet);
        lose = false;
    }
}

/* Luma of the next picture that comes out. */
static int next_luma(struct scene *s)
{
    uint64_t start = clock_now_us();
    struct video_frame *frame;
    int luma;

    while ((frame = video_source_take(s->source)) == NULL)
        pipeline_wait(start);
    luma = frame->plane[0][H / 2 * frame->stride[0] + W / 2];
    video_frame_unref(frame);
    return luma;
}

static void wait_for_key_request(struct scene *s)
{
    uint64_t start = clock_now_us();

    while (!sink_take_key_request(s->sink))
        pipeline_wait(start);
}

static void pictures_come_out(void **state)
{
    struct scene *s = *state;

    send_picture(s, 60, false, false);
    assert_in_range(next_luma(s), 56, 64);
    send_picture(s, 200, false, false);
    assert_in_range(next_luma(s), 190, 210);
    assert_false(sink_take_key_request(s->sink));
}

static void a_loss_freezes_until_a_key_frame(void **state)
{
    struct scene *s = *state;

    send_picture(s, 60, false, false);
    assert_in_range(next_luma(s), 56, 64);
    send_picture(s, 120, false, true);
    send_picture(s, 180, false, false);
    wait_for_key_request(s);
    assert_null(video_source_take(s->source));
    send_picture(s, 220, true, false);
    assert_in_range(next_luma(s), 210, 230);
}

static void a_new_source_is_followed_whatever_its_numbers(void **state)
{
    struct scene *s = *state;

    send_picture(s, 60, false, false);
    assert_in_range(next_luma(s), 56, 64);
    s->ssrc = 2;
    s->seq = 1000; /* below the old one's */
    send_picture(s, 120, false, false);
    wait_for_key_request(s);
    assert_null(video_source_take(s->source)); /* refers to nothing that we have */
    send_picture(s, 220, true, false);
    assert_in_range(next_luma(s), 210, 230);
}

static void what_is_too_old_is_left_out(void **state)
{
    struct scene *s = *state;

    send_picture(s, 60, false, false);
    assert_in_range(next_luma(s), 56, 64);
    s->age_us = 2000000;
    for (int i = 0; i < 20; ++i)
        send_picture(s, 120, false, false);
    wait_for_key_request(s);
    assert_null(video_source_take(s->source));
    s->age_us = 0;
    send_picture(s, 220, true, false);
    assert_in_range(next_luma(s), 210, 230);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pictures_come_out, setup, teardown),
        cmocka_unit_test_setup_teardown(a_loss_freezes_until_a_key_frame, setup, teardown),
        cmocka_unit_test_setup_teardown(a_new_source_is_followed_whatever_its_numbers, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_is_too_old_is_left_out, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
