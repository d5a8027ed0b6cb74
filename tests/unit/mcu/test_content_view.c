/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_content_view.c  A screen as a picture of its own, through real tasks
 */
#include "tests/unit/mcu/pipeline.h"

#include <string.h>

#include "codec/video_frame.h"
#include "mcu/media/media_metrics.h"
#include "mcu/media/video_head.h"
#include "mcu/media/video_room.h"
#include "mcu/media/video_source.h"
#include "mcu/room/content_view.h"
#include "mcu/room/room_media.h"
#include "mixer/task.h"
#include "net/control_loop.h"
#include "tests/unit/mcu/viewer.h"

enum { ROOM = 1, ALICE = 11, BOB = 12, SCREEN = 21, OTHER_SCREEN = 22, W = 640, H = 400 };

struct scene {
    struct settings *settings;
    struct task_pool *pool;
    struct room_media *media;
    struct content_view *view;
    struct video_source *camera, *screen, *other;
    unsigned nchanges, ntold;
    uint32_t latest_view; /* so many were made */
    uint64_t start_us;
};

static struct scene s;

static void on_layout(void *msg, void *arg)
{
    struct video_room_layout *layout = *(struct video_room_layout **)msg;
    (void)arg;

    if (!layout->view) {
        free(layout);
        return;
    }
    if (s.latest_view < layout->view)
        s.latest_view = layout->view;
    s.ntold += content_view_take_layout(s.view, layout);
}

static void on_change(void *arg)
{
    (void)arg;
    ++s.nchanges;
}

static void add(uint32_t key, bool content, struct video_source *source)
{
    const struct video_head_cfg head = {
        .key = key, .content = content, .on = true, .source = source, .name = "Ada"};

    assert_int_equal(room_media_add_head(s.media, &head), 0);
}

static int setup(void **state)
{
    struct room_media_cfg cfg = {.room = ROOM, .layouth = on_layout, .changedh = on_change};
    (void)state;

    memset(&s, 0, sizeof(s));
    s.settings = pipeline_settings("rooms.content_bitrate=400k");
    if (!s.settings || control_loop_init(1024) || packet_pool_init(8192) ||
        task_pool_new(&s.pool, 2))
        return -1;
    cfg.settings = s.settings;
    cfg.pool = s.pool;
    if (room_media_new(&s.media, &cfg) || video_source_new(&s.camera) ||
        video_source_new(&s.screen) || video_source_new(&s.other))
        return -1;
    s.view = room_media_view(s.media);
    add(ALICE, false, s.camera);
    s.start_us = clock_now_us();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    room_media_close(s.media);
    video_source_unref(s.camera);
    video_source_unref(s.screen);
    video_source_unref(s.other);
    task_pool_free(s.pool);
    control_loop_flush();
    control_loop_finish();
    packet_pool_finish();
    settings_unref(s.settings);
    return 0;
}

static void show(struct video_source *source, uint16_t w, uint16_t h, uint8_t luma)
{
    const struct video_rect all = {0, 0, w, h};
    struct video_frame *frame = NULL;

    assert_int_equal(video_frame_new(&frame, w, h), 0);
    video_frame_fill(frame, &all, luma, 128, 128);
    video_source_put(source, frame);
}

static void leave(void *arg)
{
    (void)arg;
    control_loop_stop();
}

/* Messages and timers that wait, and a little time for the tasks. */
static void turn(void)
{
    struct control_timer *timer = NULL;

    assert_int_equal(control_timer_new(&timer, leave, NULL), 0);
    control_timer_start(timer, 5);
    assert_int_equal(control_loop_run(NULL), 0);
    control_timer_free(timer);
    pipeline_wait(s.start_us);
}

static struct fanout *fanout(void)
{
    return content_view_fanout(s.view, VIDEO_CODEC_H264);
}

static int64_t encoders(void)
{
    return metric_value(media_metrics_video_encoders(VIDEO_CODEC_H264));
}

static void share(uint16_t w, uint16_t h, uint8_t luma)
{
    show(s.screen, w, h, luma);
    show(s.camera, 320, 180, 30);
    turn();
}

/* A viewer who wants it, and Alice's camera that is dark beside a bright screen. */
static void open_view(uint16_t w, uint16_t h, uint8_t luma)
{
    content_view_want(s.view, VIDEO_CODEC_H264);
    add(SCREEN, true, s.screen);
    while (!fanout())
        share(w, h, luma);
}

static bool sees(struct viewer *v, uint16_t w, uint16_t h, int luma)
{
    viewer_run(v);
    return v->frame && v->frame->w == w && v->frame->h == h &&
           viewer_is_near(viewer_luma(v->frame, w / 2, h / 2), luma) &&
           viewer_is_near(viewer_luma(v->frame, w - w / 12, h - h / 12), 30);
}

static void who_wants_it_gets_the_screen_in_its_own_size(void **state)
{
    const struct video_room_layout *layout;
    struct viewer v;
    (void)state;

    open_view(W, H, 200);
    viewer_open(&v, fanout());
    fanout_request_key(fanout());
    while (!sees(&v, W, H, 200))
        share(W, H, 200);
    layout = content_view_layout(s.view);
    assert_non_null(layout);
    assert_string_equal(layout->canvas.name, "content-full");
    assert_int_equal(layout->canvas.w, W);
    assert_int_equal(layout->canvas.h, H);
    assert_int_equal(layout->canvas.tile[0].head, SCREEN);
    assert_int_equal(layout->canvas.tile[1].head, ALICE);
    assert_true(s.nchanges > 0);
    viewer_close(&v);
}

static void nobody_is_sent_to_it_before_it_has_the_screen(void **state)
{
    (void)state;
    content_view_want(s.view, VIDEO_CODEC_H264);
    for (unsigned i = 0; i < 40; ++i)
        turn();
    assert_int_equal(encoders(), 0); /* nobody shares */
    add(SCREEN, true, s.screen);
    while (!encoders())
        turn();
    for (unsigned i = 0; i < 40; ++i) {
        show(s.camera, 320, 180, 30);
        turn();
        assert_null(fanout());
    }
    assert_int_equal(s.nchanges, 0);
}

static void it_ends_with_the_share_and_comes_back(void **state)
{
    unsigned nchanges;
    (void)state;

    open_view(W, H, 200);
    nchanges = s.nchanges;
    assert_int_equal(room_media_remove_head(s.media, SCREEN), 0);
    while (fanout())
        turn();
    assert_int_equal(s.nchanges, nchanges + 1);
    assert_null(content_view_layout(s.view));
    while (encoders())
        turn();

    add(SCREEN, true, s.screen);
    while (!fanout())
        share(W, H, 200);
}

static void it_ends_when_nobody_wants_it(void **state)
{
    (void)state;
    open_view(W, H, 200);
    content_view_want(s.view, VIDEO_CODEC_H264);
    content_view_drop(s.view, VIDEO_CODEC_H264);
    turn();
    assert_non_null(fanout());
    content_view_drop(s.view, VIDEO_CODEC_H264);
    while (encoders())
        turn();
    assert_null(fanout());
    assert_null(content_view_layout(s.view));
}

static void each_codec_has_an_encoder_while_it_is_wanted(void **state)
{
    (void)state;
    open_view(W, H, 200);
    assert_null(content_view_fanout(s.view, VIDEO_CODEC_VP8));
    content_view_want(s.view, VIDEO_CODEC_VP8);
    assert_non_null(content_view_fanout(s.view, VIDEO_CODEC_VP8));
    content_view_drop(s.view, VIDEO_CODEC_VP8);
    assert_null(content_view_fanout(s.view, VIDEO_CODEC_VP8));
    assert_non_null(fanout());
}

static void a_screen_that_takes_over_is_shown_in_its_place(void **state)
{
    const struct fanout *before;
    struct viewer v;
    unsigned nchanges;
    (void)state;

    open_view(W, H, 200);
    viewer_open(&v, fanout());
    fanout_request_key(fanout());
    before = fanout();
    nchanges = s.nchanges;
    assert_int_equal(room_media_remove_head(s.media, SCREEN), 0);
    add(OTHER_SCREEN, true, s.other);
    assert_true(content_view_is_ending(s.view)); /* for whoever shared first */
    while (!sees(&v, W, H, 120)) {
        show(s.other, W, H, 120);
        share(W, H, 200);
        assert_ptr_equal(fanout(), before);
    }
    assert_int_equal(s.nchanges, nchanges + 1);
    assert_false(content_view_is_ending(s.view));

    /* And the same one again. */
    assert_int_equal(room_media_remove_head(s.media, OTHER_SCREEN), 0);
    add(OTHER_SCREEN, true, s.other);
    while (!sees(&v, W, H, 160)) {
        show(s.other, W, H, 160);
        share(W, H, 200);
    }
    viewer_close(&v);
}

static void it_follows_the_shape_of_the_screen(void **state)
{
    const struct fanout *before;
    struct viewer v;
    (void)state;

    open_view(W, H, 200);
    before = fanout();
    while (fanout() == before)
        share(H, W, 100);
    viewer_open(&v, fanout());
    fanout_request_key(fanout());
    while (!sees(&v, H, W, 100))
        share(H, W, 100);
    viewer_close(&v);
}

static void a_screen_of_ever_changing_size_makes_no_composite_that_is_not_shown(void **state)
{
    (void)state;
    open_view(W, H, 200);
    while (s.nchanges < 4) {
        share(W, H, 200);
        share(H, W, 100);
        assert_in_range(s.latest_view, 1, s.nchanges + 2); /* a first guess, and the next one */
    }
}

static void its_size_is_that_of_the_screen_within_limits(void **state)
{
    static const struct {
        uint16_t w, h, canvas_w, canvas_h;
    } cases[] = {
        {1920, 1080, 1920, 1080}, {3840, 2160, 1920, 1080},   {1280, 720, 1280, 720},
        {1600, 1200, 1440, 1080}, {1080, 1920, 606, 1080},    {1001, 701, 1000, 700},
        {320, 200, 640, 400},     {100, 400, 160, 640},       {8000, 20, 1920, 32},
        {1, 1, 640, 640},         {65535, 65535, 1080, 1080},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        uint16_t w, h;

        content_view_size(cases[i].w, cases[i].h, 1920, 1080, &w, &h);
        assert_int_equal(w, cases[i].canvas_w);
        assert_int_equal(h, cases[i].canvas_h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_size_is_that_of_the_screen_within_limits),
        cmocka_unit_test_setup_teardown(who_wants_it_gets_the_screen_in_its_own_size, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(nobody_is_sent_to_it_before_it_has_the_screen, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(it_ends_with_the_share_and_comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(it_ends_when_nobody_wants_it, setup, teardown),
        cmocka_unit_test_setup_teardown(each_codec_has_an_encoder_while_it_is_wanted, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_screen_that_takes_over_is_shown_in_its_place, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(it_follows_the_shape_of_the_screen, setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_screen_of_ever_changing_size_makes_no_composite_that_is_not_shown, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
