/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mixer/test_scene.c  Scene: one test for each promise in scene.h
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mixer/layout_set.h"
#include "mixer/scene.h"

enum { SECOND = 1000000, DWELL = 3 * SECOND, MINUTE = 60 * SECOND };

/*
 * Layouts are strings here, a letter for each tile: A any, h any and hidden when vacant,
 * S speaker, C content, c the same or anybody, R reserved for "sign", r the same or anybody,
 * H reserved and hidden when vacant; a plus at the end: the last any is a counter.
 */
static void put(struct layout_set *set, const char *name, const char *tiles)
{
    struct layout_spec_tile tile[LAYOUT_TILES_MAX] = {0};
    struct layout_spec spec = {.tile = tile};

    (void)snprintf(spec.name, sizeof(spec.name), "%s", name);
    spec.ntiles = (unsigned)strcspn(tiles, "+");
    spec.overflow = tiles[spec.ntiles] == '+';
    for (unsigned i = 0; i < spec.ntiles; ++i) {
        tile[i].left = (struct layout_ratio){i, spec.ntiles};
        tile[i].right = (struct layout_ratio){i + 1, spec.ntiles};
        tile[i].top = (struct layout_ratio){0, 1};
        tile[i].bottom = (struct layout_ratio){1, 1};
        tile[i].role = strchr("Ah", tiles[i])   ? LAYOUT_ROLE_ANY
                       : tiles[i] == 'S'        ? LAYOUT_ROLE_SPEAKER
                       : strchr("Cc", tiles[i]) ? LAYOUT_ROLE_CONTENT
                                                : LAYOUT_ROLE_RESERVED;
        if (tile[i].role == LAYOUT_ROLE_RESERVED)
            (void)strcpy(tile[i].reserved, "sign");
        tile[i].vacant = strchr("cr", tiles[i])   ? LAYOUT_VACANT_FILL
                         : strchr("hH", tiles[i]) ? LAYOUT_VACANT_HIDE
                                                  : LAYOUT_VACANT_SHOW;
    }
    assert_int_equal(layout_set_put(set, &spec), 0);
}

static struct scene *new_scene_of(struct layout_set *set)
{
    struct scene *scene = NULL;

    assert_int_equal(scene_new(&scene, set, 1280, 720), 0);
    layout_set_unref(set);
    return scene;
}

/* A scene with one layout. */
static struct scene *new_scene(const char *tiles)
{
    struct layout_set *set = NULL;

    assert_int_equal(layout_set_new(&set), 0);
    put(set, "only", tiles);
    return new_scene_of(set);
}

static struct scene *new_default_scene(void)
{
    struct layout_set *set = NULL;

    assert_int_equal(layout_set_default(&set), 0);
    return new_scene_of(set);
}

static void join(struct scene *scene, uint32_t first, uint32_t last)
{
    for (uint32_t id = first; id <= last; ++id)
        assert_int_equal(scene_add(scene, &(struct scene_head){.id = id, .video = true}), 0);
}

static void share(struct scene *scene, uint32_t id)
{
    assert_int_equal(scene_add(scene, &(struct scene_head){.id = id, .content = true}), 0);
}

static void reserve(struct scene *scene, uint32_t id, const char *seat)
{
    struct scene_head head = {.id = id, .video = true};

    (void)snprintf(head.reserved, sizeof(head.reserved), "%s", seat);
    scene_set(scene, &head);
}

static void speak(struct scene *scene, uint32_t id, uint64_t now_us)
{
    scene_set_speakers(scene, id, &id, 1, now_us);
}

static void silence(struct scene *scene, uint32_t dominant, uint64_t now_us)
{
    scene_set_speakers(scene, dominant, NULL, 0, now_us);
}

/* Updates, then compares the seats with a list like "1 2 . 4"; a dot is nobody. */
static void check_seats(struct scene *scene, uint64_t now_us, const char *expected)
{
    char seats[8 * LAYOUT_TILES_MAX] = "";
    size_t len = 0;

    (void)scene_update(scene, now_us);
    for (unsigned i = 0; i < scene_layout(scene)->ntiles; ++i) {
        uint32_t id = scene_id(scene, i);

        len += (size_t)snprintf(seats + len, sizeof(seats) - len, i ? " " : "");
        if (id)
            len += (size_t)snprintf(seats + len, sizeof(seats) - len, "%u", id);
        else
            len += (size_t)snprintf(seats + len, sizeof(seats) - len, ".");
        if (id)
            assert_int_equal(scene_tile(scene, id), i);
    }
    assert_string_equal(seats, expected);
}

static void rejects_what_it_cannot_seat(void **state)
{
    struct layout_set *set = NULL;
    struct scene *scene = NULL;
    (void)state;

    assert_int_equal(layout_set_new(&set), 0);
    assert_int_equal(scene_new(&scene, set, 1280, 720), -EINVAL);
    put(set, "only", "AAAA");
    assert_int_equal(scene_new(&scene, set, 1, 1), -EINVAL);
    assert_null(scene);
    assert_null(scene_free(NULL));
    scene = new_scene_of(set);
    assert_int_equal(scene_add(scene, &(struct scene_head){.id = 0}), -EINVAL);
    join(scene, 1, SCENE_HEADS_MAX);
    assert_int_equal(scene_add(scene, &(struct scene_head){.id = 5}), -EEXIST);
    assert_int_equal(scene_add(scene, &(struct scene_head){.id = 5000}), -ENOSPC);
    scene_update(scene, 0);
    assert_int_equal(scene_add(scene, &(struct scene_head){.id = 5}), -EEXIST);
    assert_int_equal(scene_heads(scene), SCENE_HEADS_MAX);
    assert_int_equal(scene_overflow(scene), SCENE_HEADS_MAX - 4);
    assert_int_equal(scene_tile(scene, 0), -ENOENT);
    assert_int_equal(scene_tile(scene, 4000), -ENOENT);
    scene_free(scene);
}

static void an_empty_scene_has_empty_tiles(void **state)
{
    struct scene *scene = new_default_scene();
    (void)state;

    assert_string_equal(scene_spec(scene)->name, "1x1");
    assert_false(scene_update(scene, 1));
    assert_int_equal(scene_layout(scene)->ntiles, 1);
    assert_int_equal(scene_id(scene, 0), 0);
    assert_int_equal(scene_id(scene, 1000), 0);
    assert_int_equal(scene_overflow_tile(scene), -ENOENT);
    assert_true(scene_epoch(scene) == 0);
    scene_free(scene);
}

static void newcomers_take_the_lowest_free_seat(void **state)
{
    struct scene *scene = new_default_scene();
    (void)state;

    join(scene, 11, 14);
    assert_true(scene_update(scene, 1));
    assert_false(scene_update(scene, 2));
    assert_true(scene_epoch(scene) == 1);
    scene_remove(scene, 12);
    assert_int_equal(scene_id(scene, 1), 0);
    assert_int_equal(scene_tile(scene, 12), -ENOENT);
    scene_remove(scene, 999);
    join(scene, 15, 15);
    check_seats(scene, 3, "11 15 13 14");
    assert_true(scene_epoch(scene) == 2);
    scene_free(scene);
}

static void the_layout_grows_and_shrinks_with_few_moves(void **state)
{
    struct scene *scene = new_default_scene();
    (void)state;

    join(scene, 1, 4);
    check_seats(scene, 1, "1 2 3 4");
    join(scene, 5, 5);
    check_seats(scene, 2, "1 2 3 4 5 .");
    scene_remove(scene, 2);
    check_seats(scene, 3, "1 5 3 4");
    scene_remove(scene, 4);
    join(scene, 6, 9);
    check_seats(scene, 4, "1 5 3 6 7 8 9 . .");
    scene_remove(scene, 5);
    scene_remove(scene, 3);
    scene_remove(scene, 6);
    check_seats(scene, 5, "1 7 8 9");
    scene_free(scene);
}

static void a_portrait_canvas_uses_that_branch(void **state)
{
    struct layout_set *set = NULL;
    struct scene *scene = NULL;
    (void)state;

    assert_int_equal(layout_set_default(&set), 0);
    assert_int_equal(scene_new(&scene, set, 720, 1280), 0);
    layout_set_unref(set);
    join(scene, 1, 2);
    check_seats(scene, 1, "1 2");
    assert_string_equal(scene_spec(scene)->name, "1x2");
    scene_free(scene);
}

static void who_does_not_fit_waits_in_order(void **state)
{
    struct scene *scene = new_scene("AAAA");
    (void)state;

    join(scene, 1, 9);
    check_seats(scene, 1, "1 2 3 4");
    assert_int_equal(scene_overflow(scene), 5);
    assert_int_equal(scene_overflow_tile(scene), -ENOENT); /* the layout does not want it */
    scene_remove(scene, 6);                                /* gives up waiting */
    assert_false(scene_update(scene, 2));
    scene_remove(scene, 4);
    scene_remove(scene, 2);
    check_seats(scene, 3, "1 5 3 7");
    check_seats(scene, 3 + 10 * DWELL, "1 5 3 7");
    scene_free(scene);
}

static void nobody_moves_while_two_people_alternate_in_a_grid(void **state)
{
    struct scene *scene = new_default_scene();
    (void)state;

    join(scene, 1, 4);
    check_seats(scene, 0, "1 2 3 4");
    for (uint64_t now_us = 0; now_us <= MINUTE; now_us += SECOND / 30) {
        speak(scene, now_us / SECOND % 3 == 0 ? 2 : 4, now_us);
        assert_false(scene_update(scene, now_us));
    }
    assert_true(scene_epoch(scene) == 1);
    scene_free(scene);
}

static void a_speaker_change_swaps_exactly_two_tiles(void **state)
{
    static const struct {
        uint32_t dominant;
        const char *seats;
    } rows[] = {
        {0, "1 2 3 4 5 6"}, {4, "4 2 3 1 5 6"}, {4, "4 2 3 1 5 6"},  {6, "6 2 3 1 5 4"},
        {4, "4 2 3 1 5 6"}, {1, "1 2 3 4 5 6"}, {99, "1 2 3 4 5 6"}, {2, "2 1 3 4 5 6"},
    };
    struct scene *scene = new_scene("SAAAAA");
    (void)state;

    join(scene, 1, 6);
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
        silence(scene, rows[i].dominant, i);
        check_seats(scene, i, rows[i].seats);
    }
    scene_remove(scene, 2); /* the last one before him */
    check_seats(scene, 10, "1 . 3 4 5 6");
    silence(scene, 6, 11);
    check_seats(scene, 11, "6 . 3 4 5 1"); /* not the free one: it is a swap */
    scene_free(scene);
}

static void several_speaker_tiles_show_the_last_distinct_speakers(void **state)
{
    static const struct {
        uint32_t dominant;
        const char *seats;
    } rows[] = {
        {0, "1 2 3 4 5"}, {4, "1 4 3 2 5"}, {5, "5 4 3 2 1"},
        {4, "5 4 3 2 1"}, {5, "5 4 3 2 1"}, {1, "5 1 3 2 4"},
    };
    struct scene *scene = new_scene("SSAAA");
    (void)state;

    join(scene, 1, 5);
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
        silence(scene, rows[i].dominant, i);
        check_seats(scene, i, rows[i].seats);
    }
    scene_free(scene);
}

static void spotlights_come_before_speakers_and_in_order(void **state)
{
    struct scene *one = new_scene("SAAA"), *two = new_scene("SSAA");
    (void)state;

    join(one, 1, 4);
    silence(one, 2, 0);
    check_seats(one, 0, "2 1 3 4");
    scene_set_spotlight(one, (const uint32_t[]){9, 3}, 2);
    check_seats(one, 1, "3 1 2 4");
    silence(one, 4, 2);
    check_seats(one, 2, "3 1 2 4");
    scene_remove(one, 4);
    join(one, 9, 9); /* was wanted before he came */
    check_seats(one, 3, "9 1 2 3");
    scene_set_spotlight(one, NULL, 0);
    check_seats(one, 4, "2 1 9 3");
    scene_free(one);

    join(two, 1, 4);
    check_seats(two, 0, "1 2 3 4");
    scene_set_spotlight(two, (const uint32_t[]){2, 4}, 2);
    check_seats(two, 1, "2 4 3 1");
    scene_set_spotlight(two, (const uint32_t[]){4, 2, 4, 1, 1, 1, 1, 1, 3, 3}, 10);
    check_seats(two, 2, "4 2 3 1");
    scene_free(two);
}

static void a_speaker_without_a_seat_comes_and_the_one_before_stays_seen(void **state)
{
    struct scene *scene = new_scene("SAA");
    (void)state;

    join(scene, 1, 5);
    silence(scene, 1, 0);
    check_seats(scene, 0, "1 2 3");
    speak(scene, 5, MINUTE);
    check_seats(scene, MINUTE, "5 2 1"); /* 3 came last of those who have not spoken */
    assert_int_equal(scene_overflow(scene), 2);
    scene_free(scene);
}

static void content_has_its_tile_and_the_latest_is_shown(void **state)
{
    struct scene *one = new_scene("ACAA"), *two = new_scene("CCA");
    (void)state;

    join(one, 1, 3);
    check_seats(one, 0, "1 . 2 3");
    share(one, 11);
    check_seats(one, 1, "1 11 2 3");
    share(one, 12);
    check_seats(one, 2, "1 12 2 3");
    assert_int_equal(scene_overflow(one), 0); /* the other one would not have a seat anyway */
    scene_remove(one, 12);
    check_seats(one, 3, "1 11 2 3");
    scene_set_spotlight(one, (const uint32_t[]){11}, 1);
    check_seats(one, 4, "1 11 2 3");
    scene_free(one);

    join(two, 1, 1);
    share(two, 11);
    share(two, 12);
    check_seats(two, 0, "12 11 1");
    share(two, 13);
    check_seats(two, 1, "12 13 1");
    scene_free(two);
}

static void content_without_a_tile_comes_before_all_others(void **state)
{
    struct scene *grid = new_scene("AAA"), *speaker = new_scene("SAA");
    (void)state;

    join(grid, 1, 5);
    check_seats(grid, 0, "1 2 3");
    share(grid, 11);
    check_seats(grid, 1, "1 2 3"); /* they have just come */
    check_seats(grid, DWELL - 1, "1 2 3");
    check_seats(grid, DWELL, "1 2 11");
    scene_remove(grid, 11);
    check_seats(grid, DWELL + 1, "1 2 3");
    scene_free(grid);

    join(speaker, 1, 2);
    scene_set_spotlight(speaker, (const uint32_t[]){2}, 1);
    check_seats(speaker, 0, "2 1 .");
    share(speaker, 11);
    check_seats(speaker, 1, "11 1 2");
    scene_remove(speaker, 1);
    share(speaker, 12);
    check_seats(speaker, 2, "12 11 2");
    scene_remove(speaker, 12);
    scene_remove(speaker, 11);
    check_seats(speaker, 3, "2 . .");
    scene_free(speaker);
}

static void sharing_chooses_the_content_branch_without_counting(void **state)
{
    struct layout_ladder ladder = {.name = "auto"};
    struct layout_set *set = NULL;
    struct scene *scene;
    (void)state;

    assert_int_equal(layout_set_default(&set), 0);
    scene = new_scene_of(layout_set_ref(set));
    join(scene, 1, 2);
    share(scene, 11);
    check_seats(scene, 0, "1 2 11 ."); /* a grid: the screen needs a seat of it */
    scene_remove(scene, 11);
    check_seats(scene, 1, "1 2");

    ladder = *layout_set_ladder(set, "auto");
    ladder.nrungs[LAYOUT_BRANCH_CONTENT] = 2;
    ladder.rung[LAYOUT_BRANCH_CONTENT][0] = (struct layout_rung){2, "few"};
    ladder.rung[LAYOUT_BRANCH_CONTENT][1] = (struct layout_rung){9, "many"};
    layout_set_unref(set);
    assert_int_equal(layout_set_default(&set), 0);
    put(set, "few", "CAA");
    put(set, "many", "CAAAA");
    assert_int_equal(layout_set_put_ladder(set, &ladder), 0);
    scene_set_layouts(scene, set);
    layout_set_unref(set);
    share(scene, 12);
    share(scene, 13);
    check_seats(scene, 2, "13 2 1");
    join(scene, 3, 3);
    check_seats(scene, 3, "13 2 1 3 .");
    scene_remove(scene, 12);
    scene_remove(scene, 13);
    check_seats(scene, 4, ". 2 1 3");
    scene_free(scene);
}

static void a_reserved_tile_waits_for_its_name(void **state)
{
    struct scene *scene = new_scene("ARAS");
    (void)state;

    join(scene, 1, 4);
    check_seats(scene, 0, "2 . 3 1");
    reserve(scene, 3, "sign");
    check_seats(scene, 1, "2 3 4 1");
    reserve(scene, 2, "sign"); /* two have the name: who sits there stays */
    check_seats(scene, 2, "2 3 4 1");
    silence(scene, 3, 3); /* speaks: stays there as well */
    check_seats(scene, 3, "2 3 4 1");
    scene_remove(scene, 3);
    check_seats(scene, 4, ". 2 4 1");
    reserve(scene, 2, "cook");
    check_seats(scene, 5, "2 . 4 1");
    scene_free(scene);
}

static void a_tile_that_may_be_filled_is_filled_until_needed(void **state)
{
    struct scene *scene = new_scene("crAA");
    (void)state;

    join(scene, 1, 3);
    check_seats(scene, 0, "1 2 3 .");
    share(scene, 11);
    check_seats(scene, 1, "11 2 3 1");
    reserve(scene, 3, "sign");
    check_seats(scene, 2, "11 3 2 1");
    scene_remove(scene, 11);
    join(scene, 4, 4);
    check_seats(scene, 3, "4 3 2 1");
    scene_free(scene);
}

static void vacant_tiles_hide_if_they_are_to(void **state)
{
    struct scene *scene = new_scene("AhHA+");
    (void)state;

    assert_false(scene_hidden(scene, 0));
    assert_true(scene_hidden(scene, 1));
    assert_true(scene_hidden(scene, 2));
    assert_false(scene_hidden(scene, 4));
    join(scene, 1, 2);
    check_seats(scene, 0, "1 2 . .");
    assert_false(scene_hidden(scene, 1));
    reserve(scene, 1, "sign");
    scene_update(scene, 1);
    assert_false(scene_hidden(scene, 2));
    scene_free(scene);

    scene = new_scene("Ah+");
    join(scene, 1, 3);
    check_seats(scene, 0, "1 .");
    assert_false(scene_hidden(scene, 1)); /* the counter */
    scene_free(scene);
}

static void the_last_any_tile_counts_those_without_a_seat(void **state)
{
    struct scene *scene = new_scene("AAAAS+");
    uint64_t epoch;
    (void)state;

    join(scene, 1, 5);
    check_seats(scene, 0, "2 3 4 5 1");
    assert_int_equal(scene_overflow_tile(scene), -ENOENT);
    assert_int_equal(scene_overflow(scene), 0);
    join(scene, 6, 6);
    check_seats(scene, DWELL, "2 3 4 . 1");
    assert_int_equal(scene_overflow_tile(scene), 3);
    assert_int_equal(scene_overflow(scene), 2);
    epoch = scene_epoch(scene);
    join(scene, 7, 7);
    assert_true(scene_update(scene, DWELL + 1)); /* +3 */
    assert_true(scene_epoch(scene) == epoch + 1);
    assert_int_equal(scene_overflow(scene), 3);
    scene_remove(scene, 7);
    scene_remove(scene, 2);
    check_seats(scene, DWELL + 2, "5 3 4 6 1");
    assert_int_equal(scene_overflow_tile(scene), -ENOENT);
    scene_free(scene);
}

static void heads_without_a_picture_are_hidden_if_wanted(void **state)
{
    const struct scene_policy hide = {.order = {SCENE_RANK_SPEAKER}, .hide_audio_only = true};
    struct scene *scene = new_default_scene();
    (void)state;

    join(scene, 1, 3);
    scene_set(scene, &(struct scene_head){.id = 2});
    check_seats(scene, 0, "1 2 3 .");
    scene_set_policy(scene, &hide);
    speak(scene, 2, 1);
    check_seats(scene, 1, "1 3");
    assert_int_equal(scene_overflow(scene), 0);
    assert_int_equal(scene_heads(scene), 3);
    scene_set(scene, &(struct scene_head){.id = 2, .video = true});
    check_seats(scene, 2, "1 3 2 .");
    share(scene, 11); /* a screen has always a picture */
    check_seats(scene, 3, "1 3 2 11");
    scene_free(scene);
}

static void the_order_decides_who_is_seen(void **state)
{
    static const struct {
        struct scene_policy policy;
        const char *seats; /* of 2: 4 speaks, 5 and then 6 has a hand up, 7 is spotlighted */
    } rows[] = {
        {{.order = {SCENE_RANK_SPOTLIGHT, SCENE_RANK_HAND, SCENE_RANK_SPEAKER}}, "5 7"},
        {{.order = {SCENE_RANK_HAND, SCENE_RANK_SPOTLIGHT}}, "6 5"},
        {{.order = {SCENE_RANK_SPEAKER, SCENE_RANK_HAND, SCENE_RANK_JOINED}}, "5 4"},
        {{.order = {SCENE_RANK_SPEAKER, SCENE_RANK_JOINED, SCENE_RANK_HAND}}, "1 4"},
        {{.order = {SCENE_RANK_JOINED, SCENE_RANK_HAND, SCENE_RANK_SPEAKER}}, "1 2"},
        {{.order = {SCENE_RANK_NONE, SCENE_RANK_HAND}}, "1 2"},
        {{.order = {SCENE_RANK_SPOTLIGHT, SCENE_RANK_SPOTLIGHT, SCENE_RANK_SPOTLIGHT,
                    SCENE_RANK_SPOTLIGHT}},
         "1 7"},
    };
    (void)state;

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
        struct scene *scene = new_scene("AA");

        scene_set_policy(scene, &rows[i].policy);
        join(scene, 1, 7);
        check_seats(scene, 0, "1 2");
        speak(scene, 4, 1);
        scene_set(scene, &(struct scene_head){.id = 6, .video = true, .hand_us = 20});
        scene_set(scene, &(struct scene_head){.id = 5, .video = true, .hand_us = 10});
        scene_set_spotlight(scene, (const uint32_t[]){7}, 1);
        check_seats(scene, 1, rows[i].seats);
        assert_false(scene_update(scene, MINUTE));
        scene_free(scene);
    }
}

static void the_more_recent_speech_counts_for_a_minute(void **state)
{
    const struct scene_policy policy = {.order = {SCENE_RANK_SPEAKER, SCENE_RANK_HAND}};
    struct scene *scene = new_scene("AA");
    (void)state;

    scene_set_policy(scene, &policy);
    join(scene, 1, 4);
    check_seats(scene, 1, "1 2");
    scene_set_speakers(scene, 0, (const uint32_t[]){1, 2}, 2, 1);
    scene_set_speakers(scene, 0, (const uint32_t[]){1}, 1, 2 * SECOND);
    scene_set_speakers(scene, 0, NULL, 0, 4 * SECOND);
    scene_set(scene, &(struct scene_head){.id = 4, .video = true, .hand_us = 1});
    check_seats(scene, 4 * SECOND, "1 2"); /* 1 spoke until 4 s, 2 until 2 s */
    check_seats(scene, MINUTE + 2 * SECOND - 1, "1 2");
    check_seats(scene, MINUTE + 2 * SECOND, "1 4"); /* now the hand counts more */
    scene_set_speakers(scene, 0, (const uint32_t[]){3}, 1, MINUTE + 3 * SECOND);
    check_seats(scene, MINUTE + 3 * SECOND, "1 3");
    scene_free(scene);
}

static void nobody_is_replaced_before_the_dwell_time(void **state)
{
    struct scene *scene = new_scene("AA"); /* a policy of 3 s */
    (void)state;

    join(scene, 1, 4);
    check_seats(scene, SECOND, "1 2");
    speak(scene, 3, 2 * SECOND);
    check_seats(scene, 2 * SECOND, "1 2");
    check_seats(scene, SECOND + DWELL - 1, "1 2");
    check_seats(scene, SECOND + DWELL, "1 3");
    speak(scene, 4, 5 * SECOND);
    check_seats(scene, 5 * SECOND, "4 3"); /* 1 has been there for long */
    speak(scene, 2, 6 * SECOND);
    check_seats(scene, 6 * SECOND, "4 3");
    check_seats(scene, SECOND + 2 * DWELL, "4 2"); /* 3 since 4 s */
    scene_free(scene);
}

static void who_had_to_move_has_his_dwell_time_anew(void **state)
{
    struct scene *scene = new_scene("SA");
    (void)state;

    join(scene, 1, 3);
    check_seats(scene, 0, "1 2");
    silence(scene, 2, 10 * SECOND);
    scene_set(scene, &(struct scene_head){.id = 3, .video = true, .hand_us = 1});
    check_seats(scene, 10 * SECOND, "2 1");
    check_seats(scene, 10 * SECOND + DWELL, "2 3");
    scene_free(scene);
}

static void a_chosen_layout_is_used_and_others_are_refused(void **state)
{
    struct scene *scene = new_default_scene();
    char name[LAYOUT_NAME_SIZE + 10];
    (void)state;

    memset(name, 'x', sizeof(name));
    name[sizeof(name) - 1] = '\0';
    join(scene, 1, 3);
    assert_int_equal(scene_choose(scene, "2x1"), 0);
    check_seats(scene, 0, "1 2");
    assert_int_equal(scene_overflow(scene), 1);
    assert_int_equal(scene_choose(scene, "9x9"), -ENOENT);
    assert_int_equal(scene_choose(scene, ""), -ENOENT);
    assert_int_equal(scene_choose(scene, name), -ENOENT);
    assert_false(scene_update(scene, 1));
    assert_int_equal(scene_choose(scene, "3x2"), 0);
    assert_string_equal(scene_spec(scene)->name, "2x1"); /* until the update */
    check_seats(scene, 2, "1 2 3 . . .");
    assert_int_equal(scene_choose(scene, "auto"), 0);
    check_seats(scene, 3, "1 2 3 .");
    scene_free(scene);
}

static void a_change_of_layout_keeps_the_numbers_of_seats(void **state)
{
    struct layout_set *set = NULL;
    struct scene *scene;
    (void)state;

    assert_int_equal(layout_set_default(&set), 0);
    put(set, "speaker", "SAAAAA");
    put(set, "screen", "CSAA");
    scene = new_scene_of(set);
    join(scene, 1, 5);
    silence(scene, 3, 0);
    check_seats(scene, 0, "1 2 3 4 5 .");
    assert_int_equal(scene_choose(scene, "speaker"), 0);
    check_seats(scene, 1, "3 2 1 4 5 .");
    assert_int_equal(scene_choose(scene, "auto"), 0);
    check_seats(scene, 2, "3 2 1 4 5 .");
    assert_int_equal(scene_choose(scene, "screen"), 0);
    check_seats(scene, 3, ". 3 1 4");
    assert_int_equal(scene_choose(scene, "auto"), 0);
    check_seats(scene, 4, "2 3 1 4 5 .");
    scene_free(scene);
}

static void who_had_a_seat_gets_one_before_equals(void **state)
{
    struct layout_set *set = NULL;
    struct scene *scene;
    (void)state;

    assert_int_equal(layout_set_new(&set), 0);
    put(set, "left", "AAC");
    put(set, "right", "ACA");
    scene = new_scene_of(set);
    join(scene, 1, 4);
    scene_set(scene, &(struct scene_head){.id = 3, .video = true, .hand_us = 1});
    check_seats(scene, 0, "1 3 .");
    scene_set(scene, &(struct scene_head){.id = 3, .video = true});
    scene_set(scene, &(struct scene_head){.id = 4, .video = true, .hand_us = 2});
    check_seats(scene, DWELL, "1 4 .");
    scene_set(scene, &(struct scene_head){.id = 4, .video = true});
    assert_int_equal(scene_choose(scene, "right"), 0);
    check_seats(scene, 3 * DWELL, "1 . 4"); /* though 2 and 3 came before */
    scene_free(scene);
}

static void a_set_may_be_swapped_and_a_lost_name_comes_back(void **state)
{
    struct layout_set *mine = NULL, *other = NULL, *third = NULL;
    struct scene *scene;
    (void)state;

    assert_int_equal(layout_set_default(&mine), 0);
    put(mine, "mine", "AA");
    assert_int_equal(layout_set_default(&other), 0);
    assert_int_equal(layout_set_new(&third), 0);
    put(third, "first", "AAAAA");
    put(third, "second", "A");
    scene = new_scene_of(layout_set_ref(mine));
    join(scene, 1, 3);
    assert_int_equal(scene_choose(scene, "mine"), 0);
    check_seats(scene, 0, "1 2");

    scene_set_layouts(scene, other);
    assert_string_equal(scene_spec(scene)->name, "mine"); /* valid until the update */
    assert_true(scene_update(scene, 1));
    assert_string_equal(scene_spec(scene)->name, "2x2");
    scene_set_layouts(scene, third);
    scene_update(scene, 2);
    assert_string_equal(scene_spec(scene)->name, "first");
    scene_set_layouts(scene, mine);
    scene_update(scene, 3);
    assert_string_equal(scene_spec(scene)->name, "mine");
    layout_set_unref(other);
    layout_set_unref(third);
    layout_set_unref(mine);
    check_seats(scene, 4, "1 2");
    scene_free(scene);
}

static void a_broken_set_still_gives_a_picture(void **state)
{
    struct layout_ladder ladder = {.name = "auto", .nrungs = {1}};
    struct layout_set *set = NULL;
    struct scene *scene = NULL;
    (void)state;

    assert_int_equal(layout_set_new(&set), 0);
    put(set, "first", "AAA");
    (void)strcpy(ladder.rung[0][0].layout, "nothing");
    assert_int_equal(layout_set_put_ladder(set, &ladder), 0);
    assert_int_equal(scene_new(&scene, set, 1280, 720), 0);
    join(scene, 1, 2);
    check_seats(scene, 0, "1 2 .");
    scene_free(scene);

    put(set, "auto", "AAAAAAAAAAAAAAAAAAAA"); /* twenty tiles on 16 pixels */
    assert_int_equal(scene_new(&scene, set, 16, 16), 0);
    layout_set_unref(set);
    join(scene, 1, 2);
    check_seats(scene, 0, "1");
    assert_int_equal(scene_layout(scene)->tile[0].rect.w, 16);
    assert_false(scene_update(scene, 1));
    assert_int_equal(layout_set_new(&set), 0);
    scene_set_layouts(scene, set);
    layout_set_unref(set);
    check_seats(scene, 2, "1");
    scene_free(scene);
}

static void tells_who_is_active(void **state)
{
    uint32_t many[SCENE_ACTIVE_MAX + 4];
    struct scene *scene = new_scene("AA");
    (void)state;

    for (uint32_t i = 0; i < SCENE_ACTIVE_MAX + 4; ++i)
        many[i] = i + 1;
    assert_false(scene_is_active(scene, 1));
    scene_set_speakers(scene, 3, (const uint32_t[]){1, 2}, 2, 0);
    assert_true(scene_is_active(scene, 2));
    assert_false(scene_is_active(scene, 3)); /* dominant, but silent at this moment */
    assert_false(scene_is_active(scene, 0));
    scene_set_speakers(scene, 0, many, SCENE_ACTIVE_MAX + 4, 1);
    assert_true(scene_is_active(scene, SCENE_ACTIVE_MAX));
    assert_false(scene_is_active(scene, SCENE_ACTIVE_MAX + 1));
    silence(scene, 0, 2);
    assert_false(scene_is_active(scene, 1));
    scene_free(scene);
}

/* What must hold after each update, whatever happened before. */
static void check_invariants(const struct scene *scene, const bool *here, const bool *content,
                             uint32_t nids)
{
    const struct layout *layout = scene_layout(scene);
    unsigned seated = 0, empty = 0, screens = 0, content_tiles = 0, people = 0;

    for (unsigned i = 0; i < layout->ntiles; ++i) {
        const struct video_rect *r = &layout->tile[i].rect;
        uint32_t id = scene_id(scene, i);
        enum layout_role role = layout->tile[i].role;

        assert_true(r->w > 0 && r->h > 0 && r->x + r->w <= layout->w && r->y + r->h <= layout->h);
        content_tiles += role == LAYOUT_ROLE_CONTENT;
        if (!id) {
            empty += ((int)i != scene_overflow_tile(scene) && role == LAYOUT_ROLE_ANY) ||
                     role == LAYOUT_ROLE_SPEAKER;
            continue;
        }
        assert_true(id < nids && here[id]);
        assert_int_equal(scene_tile(scene, id), i); /* the first tile of his is the only one */
        assert_int_not_equal((int)i, scene_overflow_tile(scene));
        if (role == LAYOUT_ROLE_CONTENT && layout->tile[i].vacant != LAYOUT_VACANT_FILL)
            assert_true(content[id]);
        seated += !content[id];
        screens += content[id];
    }
    for (unsigned i = layout->ntiles; i < LAYOUT_TILES_MAX; ++i)
        assert_int_equal(scene_id(scene, i), 0);
    for (uint32_t id = 1; id < nids; ++id)
        people += here[id] && !content[id];
    if (content_tiles)
        assert_int_equal(seated + scene_overflow(scene), people);
    else
        assert_int_equal(seated + screens + scene_overflow(scene), scene_heads(scene));
    assert_true(empty == 0 || scene_overflow(scene) == 0);
}

static void shake(struct scene *scene, bool *here, bool *content, uint32_t nids, uint64_t now_us)
{
    static const char *const names[] = {"auto", "big", "two", "screen", "fill", "few", "3x3"};
    uint32_t id = 1 + (uint32_t)rand() % (nids - 1), other = 1 + (uint32_t)rand() % (nids - 1);
    struct scene_head head = {.id = id, .content = rand() % 8 == 0, .video = rand() % 2};
    struct scene_policy policy = {.order = {(enum scene_rank)(rand() % SCENE_RANK_COUNT),
                                            (enum scene_rank)(rand() % SCENE_RANK_COUNT)},
                                  .min_dwell_ms = (uint32_t)rand() % 4000};

    if (rand() % 10 == 0)
        (void)strcpy(head.reserved, "sign");
    head.hand_us = rand() % 5 == 0 ? now_us : 0;
    switch (rand() % 12) {
    case 0:
        assert_int_equal(scene_choose(scene, names[rand() % 7]), 0);
        break;
    case 1:
        scene_set_policy(scene, &policy);
        break;
    case 2:
        scene_set_spotlight(scene, (const uint32_t[]){id, other}, (unsigned)rand() % 3);
        break;
    case 3:
    case 4:
        scene_set_speakers(scene, id, (const uint32_t[]){id, other}, (unsigned)rand() % 3, now_us);
        break;
    case 5:
        scene_set(scene, &head);
        break;
    case 6:
    case 7:
    case 8:
        scene_remove(scene, id);
        here[id] = false;
        break;
    default:
        assert_int_equal(scene_add(scene, &head), here[id] ? -EEXIST : 0);
        content[id] = here[id] ? content[id] : head.content;
        here[id] = true;
        break;
    }
}

static void whatever_happens_everybody_has_one_seat_while_there_are_any(void **state)
{
    enum { IDS = 40 };
    bool here[IDS] = {0}, content[IDS] = {0};
    struct layout_set *set = NULL;
    struct scene *scene;
    uint64_t now_us = 1;
    (void)state;

    assert_int_equal(layout_set_default(&set), 0);
    put(set, "big", "SAAAAAAA+");
    put(set, "two", "ASSRAAA+");
    put(set, "screen", "CSAAAH");
    put(set, "fill", "AcrCAAS+");
    put(set, "few", "AhA");
    scene = new_scene_of(set);
    srand(1);
    for (int step = 0; step < 50000; ++step) {
        uint32_t before[LAYOUT_TILES_MAX];
        const struct layout_spec *spec = scene_spec(scene);
        uint64_t epoch = scene_epoch(scene);
        bool changed, differs;

        for (unsigned i = 0; i < LAYOUT_TILES_MAX; ++i)
            before[i] = scene_id(scene, i);
        for (int k = rand() % 4; k > 0; --k)
            shake(scene, here, content, IDS, now_us);
        now_us += (uint64_t)rand() % SECOND;
        changed = scene_update(scene, now_us);
        differs = spec != scene_spec(scene);
        for (unsigned i = 0; i < LAYOUT_TILES_MAX; ++i)
            differs = differs || before[i] != scene_id(scene, i);
        assert_true(changed || !differs);
        assert_true(scene_epoch(scene) == epoch + changed);
        assert_false(scene_update(scene, now_us));
        check_invariants(scene, here, content, IDS);
    }
    scene_free(scene);
}

/* With seats for all, whoever has a seat that the new grid still has keeps it. */
static void seats_of_a_grid_are_sticky(void **state)
{
    enum { IDS = 50 };
    struct scene *scene = new_default_scene();
    bool here[IDS] = {0};
    (void)state;

    srand(2);
    for (int step = 0; step < 20000; ++step) {
        uint32_t before[LAYOUT_TILES_MAX], id = 1 + (uint32_t)rand() % (IDS - 1);

        for (unsigned i = 0; i < LAYOUT_TILES_MAX; ++i)
            before[i] = scene_id(scene, i);
        if (here[id])
            scene_remove(scene, id);
        else
            join(scene, id, id);
        here[id] = !here[id];
        speak(scene, 1 + (uint32_t)rand() % IDS, (uint64_t)step * SECOND);
        scene_update(scene, (uint64_t)step * SECOND);
        for (unsigned i = 0; i < scene_layout(scene)->ntiles; ++i) {
            if (before[i] && here[before[i]])
                assert_int_equal(scene_id(scene, i), before[i]);
        }
        assert_int_equal(scene_overflow(scene), 0);
    }
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rejects_what_it_cannot_seat),
        cmocka_unit_test(an_empty_scene_has_empty_tiles),
        cmocka_unit_test(newcomers_take_the_lowest_free_seat),
        cmocka_unit_test(the_layout_grows_and_shrinks_with_few_moves),
        cmocka_unit_test(a_portrait_canvas_uses_that_branch),
        cmocka_unit_test(who_does_not_fit_waits_in_order),
        cmocka_unit_test(nobody_moves_while_two_people_alternate_in_a_grid),
        cmocka_unit_test(a_speaker_change_swaps_exactly_two_tiles),
        cmocka_unit_test(several_speaker_tiles_show_the_last_distinct_speakers),
        cmocka_unit_test(spotlights_come_before_speakers_and_in_order),
        cmocka_unit_test(a_speaker_without_a_seat_comes_and_the_one_before_stays_seen),
        cmocka_unit_test(content_has_its_tile_and_the_latest_is_shown),
        cmocka_unit_test(content_without_a_tile_comes_before_all_others),
        cmocka_unit_test(sharing_chooses_the_content_branch_without_counting),
        cmocka_unit_test(a_reserved_tile_waits_for_its_name),
        cmocka_unit_test(a_tile_that_may_be_filled_is_filled_until_needed),
        cmocka_unit_test(vacant_tiles_hide_if_they_are_to),
        cmocka_unit_test(the_last_any_tile_counts_those_without_a_seat),
        cmocka_unit_test(heads_without_a_picture_are_hidden_if_wanted),
        cmocka_unit_test(the_order_decides_who_is_seen),
        cmocka_unit_test(the_more_recent_speech_counts_for_a_minute),
        cmocka_unit_test(nobody_is_replaced_before_the_dwell_time),
        cmocka_unit_test(who_had_to_move_has_his_dwell_time_anew),
        cmocka_unit_test(a_chosen_layout_is_used_and_others_are_refused),
        cmocka_unit_test(a_change_of_layout_keeps_the_numbers_of_seats),
        cmocka_unit_test(who_had_a_seat_gets_one_before_equals),
        cmocka_unit_test(a_set_may_be_swapped_and_a_lost_name_comes_back),
        cmocka_unit_test(a_broken_set_still_gives_a_picture),
        cmocka_unit_test(tells_who_is_active),
        cmocka_unit_test(whatever_happens_everybody_has_one_seat_while_there_are_any),
        cmocka_unit_test(seats_of_a_grid_are_sticky),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
