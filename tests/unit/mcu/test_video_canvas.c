/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_video_canvas.c  What a room looks like, tick by tick; only drawings
 * take real time
 */
#include "tests/unit/mcu/pipeline.h"

#include <string.h>

#include "codec/video_frame.h"
#include "mcu/media/room_look.h"
#include "mcu/media/video_canvas.h"
#include "mcu/media/video_head.h"
#include "mcu/media/video_source.h"
#include "mixer/task.h"

enum { W = 640, H = 360, TICK_US = 33333 };

struct room {
    struct task_pool *pool;
    struct settings *settings;
    struct video_canvas *canvas;
    struct video_canvas_layout layout; /* last announced */
    struct video_frame *frame;         /* last one */
    uint64_t now_us;
    unsigned nlayouts;
};

static int setup(void **state)
{
    static struct room r;

    r = (struct room){.now_us = 1000000, .settings = pipeline_settings(NULL)};
    if (!r.settings || task_pool_new(&r.pool, 2) ||
        video_canvas_new(&r.canvas, r.pool, r.settings, W, H))
        return -1;
    *state = &r;
    return 0;
}

static int teardown(void **state)
{
    struct room *r = *state;

    video_frame_unref(r->frame);
    video_canvas_free(r->canvas);
    task_pool_free(r->pool);
    settings_unref(r->settings);
    return 0;
}

/* @return true if there was a new picture */
static bool tick(struct room *r)
{
    struct video_frame *frame = NULL;

    r->now_us += TICK_US;
    assert_int_equal(video_canvas_run(r->canvas, r->now_us, r->now_us, &frame), 0);
    if (video_canvas_layout(r->canvas, &r->layout)) {
        video_canvas_announced(r->canvas);
        ++r->nlayouts;
    }
    if (!frame)
        return false;
    video_frame_unref(r->frame);
    r->frame = frame;
    return true;
}

/* Until all that was asked to be drawn is in the picture. */
static void settle(struct room *r)
{
    uint64_t start = clock_now_us();

    for (unsigned quiet = 0; quiet < 10; ++quiet) {
        if (tick(r))
            quiet = 0;
        pipeline_wait(start);
    }
}

static struct video_head_cfg person(uint32_t key)
{
    struct video_head_cfg cfg = {.key = key};

    (void)snprintf(cfg.name, sizeof(cfg.name), "Person %u", key);
    return cfg;
}

static void join(struct room *r, uint32_t from, uint32_t to)
{
    for (uint32_t key = from; key <= to; ++key) {
        struct video_head_cfg cfg = person(key);

        video_canvas_add(r->canvas, &cfg, r->now_us);
    }
}

static void configure(struct room *r, const char *set)
{
    settings_unref(r->settings);
    r->settings = pipeline_settings(set);
    assert_non_null(r->settings);
    video_canvas_configure(r->canvas, r->settings);
}

static struct room_look plain_look(void)
{
    return (struct room_look){.names = true, .badges = true, .border = true, .logo = true};
}

static int tile_of(const struct room *r, uint32_t key)
{
    for (unsigned i = 0; i < r->layout.ntiles; ++i) {
        if (r->layout.tile[i].head == key)
            return (int)i;
    }
    return -1;
}

static void a_layout_is_announced_once(void **state)
{
    struct room *r = *state;

    join(r, 1, 2);
    settle(r);
    assert_int_equal(r->layout.ntiles, 2);
    assert_int_equal(r->layout.w, W);
    assert_int_equal(r->layout.h, H);
    assert_string_equal(r->layout.chosen, "auto");
    assert_int_equal(r->layout.tile[0].head, 1);
    assert_int_equal(r->layout.tile[1].head, 2);
    assert_int_equal(r->layout.tile[0].rect.w, W / 2);
    assert_int_equal(r->layout.tile[0].media, VIDEO_CANVAS_AVATAR);
    r->nlayouts = 0;
    settle(r);
    assert_int_equal(r->nlayouts, 0);
}

static void a_room_where_nothing_happens_makes_no_picture(void **state)
{
    struct room *r = *state;

    join(r, 1, 5);
    settle(r);
    for (int i = 0; i < 100; ++i)
        assert_false(tick(r));
}

static void content_changes_the_layout_until_it_ends(void **state)
{
    struct room *r = *state;
    struct video_head_cfg screen = {.key = 100, .content = true, .on = true};
    char before[LAYOUT_NAME_SIZE];
    int tile;

    join(r, 1, 3);
    settle(r);
    (void)snprintf(before, sizeof(before), "%s", r->layout.name);
    video_canvas_add(r->canvas, &screen, r->now_us);
    tick(r);
    assert_string_not_equal(r->layout.name, before);
    tile = tile_of(r, 100);
    assert_true(tile >= 0);
    assert_int_equal(r->layout.tile[tile].role, LAYOUT_ROLE_CONTENT);
    for (uint32_t key = 1; key <= 3; ++key) {
        int other = tile_of(r, key);

        assert_true(other >= 0);
        assert_true(r->layout.tile[other].rect.w < r->layout.tile[tile].rect.w);
    }
    video_canvas_remove(r->canvas, 100);
    tick(r);
    assert_string_equal(r->layout.name, before);
    assert_int_equal(tile_of(r, 100), -1);
}

/* @return how often a layout was announced while a screen changed its size twice */
static unsigned resize_screen(struct room *r, struct video_head_cfg *screen)
{
    static const uint16_t width[] = {320, 160, 320};

    screen->content = screen->on = true;
    assert_int_equal(video_source_new(&screen->source), 0);
    video_canvas_add(r->canvas, screen, r->now_us);
    for (unsigned i = 0; i < 3; ++i) {
        struct video_frame *frame = NULL;

        assert_int_equal(video_frame_new(&frame, width[i], 180), 0);
        tick(r); /* it is wanted from now on */
        video_source_put(screen->source, frame);
        tick(r);
        if (i == 0) {
            settle(r);
            r->nlayouts = 0;
        }
    }
    assert_int_equal(r->layout.tile[tile_of(r, screen->key)].media, VIDEO_CANVAS_CONTENT);
    video_canvas_remove(r->canvas, screen->key);
    video_source_unref(screen->source);
    return r->nlayouts;
}

static void only_a_view_of_the_screen_tells_its_size(void **state)
{
    struct room *r = *state;
    struct video_head_cfg main_one = person(1), again = person(2);

    again.again = 1;
    assert_int_equal(resize_screen(r, &main_one), 0);
    assert_int_equal(r->layout.content_w, 0);
    assert_int_equal(resize_screen(r, &again), 2);
    assert_int_equal(r->layout.content_w, 320);
    assert_int_equal(r->layout.content_h, 180);
}

static void other_settings_hold_from_the_next_tick_on(void **state)
{
    struct room *r = *state;
    uint64_t epoch;

    join(r, 1, 2);
    settle(r);
    epoch = r->layout.epoch;
    configure(r, "rooms.layout=2x2");
    assert_true(tick(r));
    assert_string_equal(r->layout.name, "2x2");
    assert_int_equal(r->layout.when_us, r->now_us);
    assert_int_equal(r->frame->when_us, r->now_us);
    assert_int_equal(r->layout.epoch, epoch + 1);

    configure(r, "rooms.layout=2x2");
    r->nlayouts = 0;
    tick(r);
    assert_int_equal(r->nlayouts, 0);
}

static void a_rooms_own_layout_outlives_other_settings(void **state)
{
    struct room *r = *state;
    struct room_look look = plain_look();

    join(r, 1, 2);
    (void)snprintf(look.layout, sizeof(look.layout), "3x3");
    video_canvas_set_look(r->canvas, &look);
    tick(r);
    assert_string_equal(r->layout.name, "3x3");
    configure(r, "rooms.layout=2x2");
    tick(r);
    assert_string_equal(r->layout.name, "3x3");
    look.layout[0] = '\0';
    video_canvas_set_look(r->canvas, &look);
    tick(r);
    assert_string_equal(r->layout.name, "2x2");
}

static void the_spotlight_has_the_large_tile(void **state)
{
    struct room *r = *state;
    struct room_look look = plain_look();
    int tile;

    join(r, 1, 4);
    (void)snprintf(look.layout, sizeof(look.layout), "1+5");
    look.spotlight[0] = 3;
    look.nspotlights = 1;
    video_canvas_set_look(r->canvas, &look);
    tick(r);
    tile = tile_of(r, 3);
    assert_true(tile >= 0);
    assert_int_equal(r->layout.tile[tile].role, LAYOUT_ROLE_SPEAKER);
}

static void those_without_a_tile_are_counted(void **state)
{
    struct room *r = *state;
    unsigned more = 0;

    join(r, 1, 60);
    tick(r);
    for (unsigned i = 0; i < r->layout.ntiles; ++i)
        more += r->layout.tile[i].media == VIDEO_CANVAS_MORE;
    assert_int_equal(more, 1);
    assert_int_equal(r->layout.overflow, 60 - (r->layout.ntiles - 1));
}

static void audio_only_participants_can_be_hidden(void **state)
{
    struct room *r = *state;
    struct video_head_cfg seen = person(9);

    join(r, 1, 3);
    seen.on = true;
    video_canvas_add(r->canvas, &seen, r->now_us);
    configure(r, "seats.audio_only=hide");
    tick(r);
    assert_true(tile_of(r, 9) >= 0);
    for (uint32_t key = 1; key <= 3; ++key)
        assert_int_equal(tile_of(r, key), -1);
    assert_int_equal(r->layout.ntiles, 1);
}

/* Luma in the middle of the left edge of somebody's tile. */
static int edge_of(const struct room *r, uint32_t key)
{
    const struct video_rect *rect = &r->layout.tile[tile_of(r, key)].rect;

    return r->frame->plane[0][(rect->y + rect->h / 2) * r->frame->stride[0] + rect->x];
}

static void who_speaks_has_a_border(void **state)
{
    struct room *r = *state;
    const uint32_t active = 2;
    struct room_look look = plain_look();
    int before;

    join(r, 1, 2);
    settle(r);
    before = edge_of(r, 2);
    video_canvas_set_speakers(r->canvas, 2, &active, 1, r->now_us);
    assert_true(tick(r));
    assert_int_not_equal(edge_of(r, 2), before);
    assert_true(r->layout.burned & VIDEO_CANVAS_BURNED_BORDER);

    video_canvas_set_speakers(r->canvas, 2, NULL, 0, r->now_us);
    assert_true(tick(r));
    assert_int_equal(edge_of(r, 2), before);

    look.border = false;
    video_canvas_set_look(r->canvas, &look);
    video_canvas_set_speakers(r->canvas, 2, &active, 1, r->now_us);
    tick(r);
    assert_int_equal(edge_of(r, 2), before);
    assert_false(r->layout.burned & VIDEO_CANVAS_BURNED_BORDER);
}

static int corner_sum(const struct room *r)
{
    int sum = 0;

    for (int y = 0; y < H / 6; ++y)
        for (int x = W - W / 4; x < W; ++x)
            sum += r->frame->plane[0][y * r->frame->stride[0] + x];
    return sum;
}

static void marks_and_banner_come_and_go(void **state)
{
    struct room *r = *state;
    struct room_look look = plain_look();
    int before;

    join(r, 1, 1);
    settle(r);
    before = corner_sum(r);
    look.marks = OVERLAY_MARK_REC;
    (void)snprintf(look.banner, sizeof(look.banner), "Annual meeting");
    video_canvas_set_look(r->canvas, &look);
    settle(r);
    assert_int_not_equal(corner_sum(r), before);
    look = plain_look();
    video_canvas_set_look(r->canvas, &look);
    settle(r);
    assert_int_equal(corner_sum(r), before);
}

static void a_hostile_name_is_harmless(void **state)
{
    struct room *r = *state;
    struct video_head_cfg cfg = person(1);

    for (size_t i = 0; i + 3 < sizeof(cfg.name); i += 2)
        memcpy(cfg.name + i, "\xcc\x81", 3); /* combining acute accents, nothing else */
    video_canvas_add(r->canvas, &cfg, r->now_us);
    cfg = person(2);
    memset(cfg.name, '\xff', sizeof(cfg.name) - 1);
    video_canvas_add(r->canvas, &cfg, r->now_us);
    settle(r);
    assert_int_equal(r->layout.ntiles, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_layout_is_announced_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_room_where_nothing_happens_makes_no_picture, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(content_changes_the_layout_until_it_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(only_a_view_of_the_screen_tells_its_size, setup, teardown),
        cmocka_unit_test_setup_teardown(other_settings_hold_from_the_next_tick_on, setup, teardown),
        cmocka_unit_test_setup_teardown(a_rooms_own_layout_outlives_other_settings, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_spotlight_has_the_large_tile, setup, teardown),
        cmocka_unit_test_setup_teardown(those_without_a_tile_are_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(audio_only_participants_can_be_hidden, setup, teardown),
        cmocka_unit_test_setup_teardown(who_speaks_has_a_border, setup, teardown),
        cmocka_unit_test_setup_teardown(marks_and_banner_come_and_go, setup, teardown),
        cmocka_unit_test_setup_teardown(a_hostile_name_is_harmless, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
