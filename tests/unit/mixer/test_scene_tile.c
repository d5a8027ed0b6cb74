/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mixer/test_scene_tile.c  Scene: tiles with a role, vacant tiles, the counter
 */
#include "tests/unit/mixer/scene_fixture.h"

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

static void reserve(struct scene *scene, uint32_t id, const char *seat)
{
    struct scene_head head = {.id = id, .video = true};

    (void)snprintf(head.reserved, sizeof(head.reserved), "%s", seat);
    scene_set(scene, &head);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_has_its_tile_and_the_latest_is_shown),
        cmocka_unit_test(content_without_a_tile_comes_before_all_others),
        cmocka_unit_test(sharing_chooses_the_content_branch_without_counting),
        cmocka_unit_test(a_reserved_tile_waits_for_its_name),
        cmocka_unit_test(a_tile_that_may_be_filled_is_filled_until_needed),
        cmocka_unit_test(vacant_tiles_hide_if_they_are_to),
        cmocka_unit_test(the_last_any_tile_counts_those_without_a_seat),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
