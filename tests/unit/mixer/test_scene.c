/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mixer/test_scene.c  Scene: seats, who comes and goes, the choice and the change
 * of layouts
 */
#include "tests/unit/mixer/scene_fixture.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rejects_what_it_cannot_seat),
        cmocka_unit_test(an_empty_scene_has_empty_tiles),
        cmocka_unit_test(newcomers_take_the_lowest_free_seat),
        cmocka_unit_test(the_layout_grows_and_shrinks_with_few_moves),
        cmocka_unit_test(a_portrait_canvas_uses_that_branch),
        cmocka_unit_test(who_does_not_fit_waits_in_order),
        cmocka_unit_test(a_chosen_layout_is_used_and_others_are_refused),
        cmocka_unit_test(a_change_of_layout_keeps_the_numbers_of_seats),
        cmocka_unit_test(who_had_a_seat_gets_one_before_equals),
        cmocka_unit_test(a_set_may_be_swapped_and_a_lost_name_comes_back),
        cmocka_unit_test(a_broken_set_still_gives_a_picture),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
