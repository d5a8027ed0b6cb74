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
#include <stdlib.h>

#include <cmocka.h>

#include "mixer/scene.h"

static struct scene *new_scene(void)
{
    struct scene *scene = NULL;

    assert_int_equal(scene_new(&scene, 1280, 720), 0);
    return scene;
}

static void join(struct scene *scene, uint32_t first, uint32_t last)
{
    for (uint32_t id = first; id <= last; ++id)
        assert_int_equal(scene_add(scene, id), 0);
}

static void rejects_what_it_cannot_seat(void **state)
{
    struct scene *scene = NULL;
    (void)state;

    assert_int_equal(scene_new(&scene, 1, 1), -EINVAL);
    assert_null(scene);
    assert_null(scene_free(NULL));
    scene = new_scene();
    assert_int_equal(scene_add(scene, 0), -EINVAL);
    join(scene, 1, SCENE_HEADS_MAX);
    assert_int_equal(scene_add(scene, 5), -EEXIST);
    assert_int_equal(scene_add(scene, 5000), -ENOSPC);
    scene_update(scene);
    assert_int_equal(scene_add(scene, 5), -EEXIST);
    assert_int_equal(scene_seat(scene, 0), -ENOENT);
    assert_int_equal(scene_set_size(scene, 0, 0), -EINVAL);
    scene_free(scene);
}

static void an_empty_scene_is_one_empty_tile(void **state)
{
    struct scene *scene = new_scene();
    (void)state;

    assert_false(scene_update(scene));
    assert_int_equal(scene_layout(scene)->ntiles, 1);
    assert_int_equal(scene_id(scene, 0), 0);
    assert_int_equal(scene_id(scene, 1000), 0);
    assert_true(scene_epoch(scene) == 0);
    scene_free(scene);
}

static void newcomers_take_the_lowest_free_seat(void **state)
{
    struct scene *scene = new_scene();
    (void)state;

    join(scene, 11, 14);
    assert_true(scene_update(scene));
    assert_false(scene_update(scene));
    assert_true(scene_epoch(scene) == 1);
    scene_remove(scene, 12);
    scene_remove(scene, 999);
    join(scene, 15, 15);
    assert_true(scene_update(scene));
    assert_int_equal(scene_seat(scene, 15), 1);
    assert_int_equal(scene_seat(scene, 13), 2);
    assert_int_equal(scene_id(scene, 3), 14);
    scene_free(scene);
}

static void grid_grows_and_shrinks_with_few_moves(void **state)
{
    struct scene *scene = new_scene();
    (void)state;

    join(scene, 1, 5);
    scene_update(scene);
    assert_int_equal(scene_layout(scene)->ntiles, 6);
    scene_remove(scene, 2);
    assert_true(scene_update(scene)); /* four heads fit 2x2: 5 moves from seat 4 to 1 */
    assert_int_equal(scene_layout(scene)->ntiles, 4);
    assert_int_equal(scene_id(scene, 0), 1);
    assert_int_equal(scene_id(scene, 1), 5);
    assert_int_equal(scene_id(scene, 2), 3);
    assert_int_equal(scene_id(scene, 3), 4);
    scene_free(scene);
}

static void who_does_not_fit_waits_in_order(void **state)
{
    struct scene *scene = new_scene();
    (void)state;

    join(scene, 1, 60);
    scene_update(scene);
    assert_int_equal(scene_heads(scene), 60);
    assert_int_equal(scene_seat(scene, 49), 48);
    assert_int_equal(scene_seat(scene, 50), -ENOENT);
    scene_remove(scene, 51); /* gives up waiting */
    scene_remove(scene, 10);
    scene_remove(scene, 20);
    scene_update(scene);
    assert_int_equal(scene_seat(scene, 50), 9);
    assert_int_equal(scene_seat(scene, 52), 19);
    assert_int_equal(scene_seat(scene, 53), -ENOENT);
    scene_free(scene);
}

static void a_new_size_comes_with_the_next_update(void **state)
{
    struct scene *scene = new_scene();
    (void)state;

    assert_int_equal(scene_set_size(scene, 640, 360), 0);
    assert_int_equal(scene_layout(scene)->w, 1280);
    assert_true(scene_update(scene));
    assert_int_equal(scene_layout(scene)->w, 640);
    assert_false(scene_update(scene));
    scene_free(scene);
}

/* Whoever had a seat that the new grid still has keeps it, whatever happens. */
static void seats_are_sticky(void **state)
{
    struct scene *scene = new_scene();
    uint32_t next = 1;
    (void)state;

    srand(1);
    for (int step = 0; step < 20000; ++step) {
        uint32_t before[LAYOUT_TILES_MAX], gone[4] = {0};
        unsigned seated = 0, ntiles, heads;
        uint64_t epoch = scene_epoch(scene);
        bool changed, differs = false;

        for (unsigned i = 0; i < LAYOUT_TILES_MAX; ++i)
            before[i] = scene_id(scene, i);
        for (int k = rand() % 4; k > 0; --k) {
            uint32_t id = next > 70 ? next - (uint32_t)rand() % 70 : 1 + (uint32_t)rand() % next;

            if (rand() % 2 || scene_heads(scene) > 60) {
                scene_remove(scene, id);
                gone[k] = id;
            } else {
                assert_int_equal(scene_add(scene, next++), 0);
            }
        }
        ntiles = scene_layout(scene)->ntiles;
        changed = scene_update(scene);
        heads = scene_heads(scene);
        differs = ntiles != scene_layout(scene)->ntiles;
        ntiles = scene_layout(scene)->ntiles;
        assert_true(ntiles >= heads || ntiles == 49);
        for (unsigned i = 0; i < LAYOUT_TILES_MAX; ++i) {
            uint32_t id = scene_id(scene, i);
            bool left = before[i] == gone[1] || before[i] == gone[2] || before[i] == gone[3];

            seated += id != 0;
            differs = differs || id != before[i];
            if (before[i] && !left && i < ntiles)
                assert_int_equal(id, before[i]);
            if (i >= ntiles)
                assert_int_equal(id, 0);
            if (id)
                assert_int_equal(scene_seat(scene, id), i);
        }
        assert_int_equal(seated, heads < ntiles ? heads : ntiles);
        assert_true(changed || !differs);
        assert_true(scene_epoch(scene) == epoch + changed);
    }
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rejects_what_it_cannot_seat),
        cmocka_unit_test(an_empty_scene_is_one_empty_tile),
        cmocka_unit_test(newcomers_take_the_lowest_free_seat),
        cmocka_unit_test(grid_grows_and_shrinks_with_few_moves),
        cmocka_unit_test(who_does_not_fit_waits_in_order),
        cmocka_unit_test(a_new_size_comes_with_the_next_update),
        cmocka_unit_test(seats_are_sticky),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
