/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_video_room.c  Composite, placeholders and key frames, through real
 * tasks
 */
#include "tests/unit/mcu/pipeline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec/video_frame.h"
#include "mcu/config/settings.h"
#include "mcu/media/media_clock.h"
#include "mcu/media/media_metrics.h"
#include "mcu/media/room_look.h"
#include "mcu/media/video_head.h"
#include "mcu/media/video_out.h"
#include "mcu/media/video_room.h"
#include "mcu/media/video_source.h"
#include "mixer/task.h"
#include "tests/unit/mcu/viewer.h"

enum { ROOM = 1, ALICE = 11, BOB = 12, W = 320, H = 180, FPS = 30 };

struct scene {
    struct settings *settings;
    struct task_pool *pool;
    struct video_room *room;
    struct video_out *out;
    struct viewer viewer;
};

static struct video_head_cfg head(uint32_t key, const char *name, struct video_source *source,
                                  bool on)
{
    struct video_head_cfg cfg = {.key = key, .source = source, .on = on};

    (void)snprintf(cfg.name, sizeof(cfg.name), "%s", name);
    return cfg;
}

static void add(struct scene *s, uint32_t key, const char *name, struct video_source *source)
{
    struct video_head_cfg cfg = head(key, name, source, source != NULL);

    assert_int_equal(video_room_add_head(s->room, &cfg), 0);
}

static void ignore(void *msg, void *arg)
{
    free(*(struct video_room_layout **)msg);
    (void)arg;
}

static int setup(void **state)
{
    static struct scene s;
    struct video_room_cfg cfg = {.room = ROOM, .w = W, .h = H, .fps = FPS, .layouth = ignore};
    struct video_out_cfg out = {.params = {.codec = VIDEO_CODEC_H264,
                                           .width = W,
                                           .height = H,
                                           .fps = FPS,
                                           .bitrate_bps = 400000,
                                           .max_payload = 1180,
                                           .preset = VIDEO_PRESET_ULTRAFAST}};

    memset(&s, 0, sizeof(s));
    s.settings = pipeline_settings(NULL);
    cfg.settings = s.settings;
    if (!s.settings || control_loop_init(1024) || packet_pool_init(8192) ||
        task_pool_new(&s.pool, 2))
        return -1;
    cfg.pool = out.pool = s.pool;
    if (video_room_new(&s.room, &cfg) || video_out_new(&s.out, &out))
        return -1;
    viewer_open(&s.viewer, video_out_fanout(s.out));
    if (video_room_add_out(s.room, s.out))
        return -1;
    *state = &s;
    return 0;
}

static int teardown(void **state)
{
    struct scene *s = *state;

    video_room_close(s->room);
    viewer_close(&s->viewer);
    task_pool_free(s->pool);
    control_loop_flush();
    control_loop_finish();
    packet_pool_finish();
    settings_unref(s->settings);
    return 0;
}

static void show(struct video_source *source, uint8_t luma)
{
    const struct video_rect all = {0, 0, W, H};
    struct video_frame *frame = NULL;

    assert_int_equal(video_frame_new(&frame, W, H), 0);
    video_frame_fill(frame, &all, luma, 128, 128);
    video_source_put(source, frame);
}

static void two_heads_sit_side_by_side(void **state)
{
    struct scene *s = *state;
    struct video_source *alice = NULL, *bob = NULL;
    uint64_t start = clock_now_us();

    assert_int_equal(video_source_new(&alice), 0);
    assert_int_equal(video_source_new(&bob), 0);
    add(s, ALICE, "Alice", alice);
    add(s, BOB, "Bob", bob);
    do {
        show(alice, 60);
        show(bob, 200);
        viewer_run(&s->viewer);
        pipeline_wait(start);
    } while (!viewer_is_near(viewer_luma(s->viewer.frame, W / 4, H / 2), 60) ||
             !viewer_is_near(viewer_luma(s->viewer.frame, 3 * W / 4, H / 2), 200));
    video_source_unref(alice);
    video_source_unref(bob);
}

static void a_head_without_pictures_gets_initials(void **state)
{
    struct scene *s = *state;
    struct video_source *alice = NULL;
    struct video_head_cfg off;
    uint64_t start = clock_now_us();
    int64_t stale = metric_value(&media_metrics_stale_tiles);

    assert_int_equal(video_source_new(&alice), 0);
    add(s, ALICE, "Alice", alice);
    do {
        show(alice, 235);
        viewer_run(&s->viewer);
        pipeline_wait(start);
    } while (!viewer_is_near(viewer_luma(s->viewer.frame, 8, 8), 235));
    start = clock_now_us();
    do {
        viewer_run(&s->viewer);
        pipeline_wait(start);
    } while (viewer_is_near(viewer_luma(s->viewer.frame, 8, 8), 235) ||
             metric_value(&media_metrics_stale_tiles) != stale + 1);

    /* Back at once when pictures come again. */
    start = clock_now_us();
    do {
        show(alice, 235);
        viewer_run(&s->viewer);
        pipeline_wait(start);
    } while (!viewer_is_near(viewer_luma(s->viewer.frame, 8, 8), 235));

    /* And turned off, it is not stale. */
    start = clock_now_us();
    off = head(ALICE, "Alice", alice, false);
    assert_int_equal(video_room_set_head(s->room, &off), 0);
    do {
        show(alice, 235);
        viewer_run(&s->viewer);
        pipeline_wait(start);
    } while (viewer_is_near(viewer_luma(s->viewer.frame, 8, 8), 235));
    assert_int_equal(metric_value(&media_metrics_stale_tiles), stale);
    video_source_unref(alice);
}

static void key_frames_come_on_request_but_not_in_a_storm(void **state)
{
    struct scene *s = *state;
    struct viewer *v = &s->viewer;
    struct video_source *alice = NULL;
    uint64_t start = clock_now_us(), end;
    unsigned nkeys;

    assert_int_equal(video_source_new(&alice), 0);
    add(s, ALICE, "Alice", alice);
    while (v->nframes < 5) {
        viewer_run(v);
        pipeline_wait(start);
    }
    assert_int_equal(v->nkeys, 1); /* the first one */

    /* Nothing moves any more: a request is still answered. */
    fanout_request_key(video_out_fanout(s->out));
    while (v->nkeys < 2) {
        viewer_run(v);
        pipeline_wait(start);
    }
    nkeys = v->nkeys;
    start = clock_now_us();
    end = start + 2500000;
    while (clock_now_us() < end) {
        fanout_request_key(video_out_fanout(s->out));
        viewer_run(v);
        pipeline_wait(start);
    }
    assert_in_range(v->nkeys - nkeys, 1, 3);
    video_source_unref(alice);
}

/* The first picture is lost to whoever is still connecting; he need not wait for a second. */
static void who_missed_the_first_key_frame_gets_another_soon(void **state)
{
    struct scene *s = *state;
    struct viewer *v = &s->viewer;
    uint64_t start = clock_now_us(), first;

    fanout_request_key(video_out_fanout(s->out));
    add(s, ALICE, "Alice", NULL);
    while (v->nkeys < 1) {
        viewer_run(v);
        pipeline_wait(start);
    }
    first = clock_now_us();
    fanout_request_key(video_out_fanout(s->out));
    while (!video_out_wants_key(s->out, first + 300000))
        pipeline_wait(start);
    while (v->nkeys < 2) {
        viewer_run(v);
        pipeline_wait(start);
    }
}

static void an_unchanged_composite_is_hardly_encoded(void **state)
{
    struct scene *s = *state;
    uint64_t start = clock_now_us();
    unsigned n;

    add(s, ALICE, "Alice", NULL);
    while (s->viewer.nframes < 3) {
        viewer_run(&s->viewer);
        pipeline_wait(start);
    }
    pipeline_pause(300);
    viewer_run(&s->viewer);
    n = s->viewer.nframes;
    pipeline_pause(3000);
    viewer_run(&s->viewer);
    assert_in_range(s->viewer.nframes - n, 1, 5); /* about one a second instead of 30 */
}

struct snapshot {
    unsigned n;
    struct video_frame *frame;
};

static void keep(struct video_frame *frame, void *arg)
{
    struct snapshot *snapshot = arg;

    video_frame_unref(snapshot->frame);
    snapshot->frame = frame;
    ++snapshot->n;
}

static void snapshots_are_answered_also_when_nobody_watches(void **state)
{
    struct scene *s = *state;
    struct snapshot snapshot = {0};
    uint64_t start = clock_now_us();

    add(s, ALICE, "Alice", NULL);
    assert_int_equal(video_room_snapshot(s->room, keep, &snapshot), 0);
    while (snapshot.n < 1) {
        control_loop_flush();
        pipeline_wait(start);
    }
    assert_non_null(snapshot.frame);

    assert_int_equal(video_room_remove_out(s->room, s->out), 0);
    for (unsigned n = 2; n < 4; ++n) {
        assert_int_equal(video_room_snapshot(s->room, keep, &snapshot), 0);
        while (snapshot.n < n) {
            control_loop_flush();
            pipeline_wait(start);
        }
        assert_non_null(snapshot.frame);
        assert_int_equal(snapshot.frame->w, W);
    }
    video_frame_unref(snapshot.frame);
}

static void the_first_snapshot_shows_initials(void **state)
{
    struct scene *s = *state;
    struct snapshot snapshot = {0};
    uint64_t start = clock_now_us();
    int brightest = 0;

    assert_int_equal(video_room_remove_out(s->room, s->out), 0);
    add(s, ALICE, "Alice", NULL);
    assert_int_equal(video_room_snapshot(s->room, keep, &snapshot), 0);
    while (snapshot.n < 1) {
        control_loop_flush();
        pipeline_wait(start);
    }
    assert_non_null(snapshot.frame);
    for (int x = 0; x < W; ++x) {
        int luma = viewer_luma(snapshot.frame, x, H / 2);

        brightest = luma > brightest ? luma : brightest;
    }
    assert_true(brightest > 180);
    video_frame_unref(snapshot.frame);
}

static void snapshots_that_are_kept_do_not_stop_the_picture(void **state)
{
    struct scene *s = *state;
    struct snapshot snapshot[8] = {{0}};
    struct video_source *alice = NULL;
    uint64_t start = clock_now_us();
    unsigned nframes;

    assert_int_equal(video_source_new(&alice), 0);
    add(s, ALICE, "Alice", alice);
    for (unsigned i = 0; i < 8; ++i) {
        show(alice, (uint8_t)(60 + 10 * i));
        assert_int_equal(video_room_snapshot(s->room, keep, &snapshot[i]), 0);
        while (!snapshot[i].n) {
            control_loop_flush();
            pipeline_wait(start);
        }
    }
    viewer_run(&s->viewer);
    nframes = s->viewer.nframes;
    for (uint8_t luma = 60; s->viewer.nframes < nframes + 5; luma = (uint8_t)(luma + 16)) {
        show(alice, luma);
        viewer_run(&s->viewer);
        pipeline_wait(start);
    }
    for (unsigned i = 0; i < 8; ++i)
        video_frame_unref(snapshot[i].frame);
    video_source_unref(alice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(two_heads_sit_side_by_side, setup, teardown),
        cmocka_unit_test_setup_teardown(a_head_without_pictures_gets_initials, setup, teardown),
        cmocka_unit_test_setup_teardown(who_missed_the_first_key_frame_gets_another_soon, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(key_frames_come_on_request_but_not_in_a_storm, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_unchanged_composite_is_hardly_encoded, setup, teardown),
        cmocka_unit_test_setup_teardown(the_first_snapshot_shows_initials, setup, teardown),
        cmocka_unit_test_setup_teardown(snapshots_that_are_kept_do_not_stop_the_picture, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(snapshots_are_answered_also_when_nobody_watches, setup,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
