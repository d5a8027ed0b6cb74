/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mixer/scene_fixture.h  What the tests of the scene share
 *
 * Layouts written as strings, people who come and speak, and seats compared as a list.
 * One file of a program includes it.
 */
#ifndef TESTS_UNIT_MIXER_SCENE_FIXTURE_H
#define TESTS_UNIT_MIXER_SCENE_FIXTURE_H

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

/**
 * Layouts are strings here, a letter for each tile: A any, h any and hidden when vacant,
 * S speaker, C content, c the same or anybody, R reserved for "sign", r the same or anybody,
 * H reserved and hidden when vacant; a plus at the end: the last any is a counter.
 */
static inline void put(struct layout_set *set, const char *name, const char *tiles)
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

/** A scene of 1280x720; takes the reference to the set */
static inline struct scene *new_scene_of(struct layout_set *set)
{
    struct scene *scene = NULL;

    assert_int_equal(scene_new(&scene, set, 1280, 720), 0);
    layout_set_unref(set);
    return scene;
}

/** A scene with one layout */
static inline struct scene *new_scene(const char *tiles)
{
    struct layout_set *set = NULL;

    assert_int_equal(layout_set_new(&set), 0);
    put(set, "only", tiles);
    return new_scene_of(set);
}

static inline struct scene *new_default_scene(void)
{
    struct layout_set *set = NULL;

    assert_int_equal(layout_set_default(&set), 0);
    return new_scene_of(set);
}

static inline void join(struct scene *scene, uint32_t first, uint32_t last)
{
    for (uint32_t id = first; id <= last; ++id)
        assert_int_equal(scene_add(scene, &(struct scene_head){.id = id, .video = true}), 0);
}

static inline void share(struct scene *scene, uint32_t id)
{
    assert_int_equal(scene_add(scene, &(struct scene_head){.id = id, .content = true}), 0);
}

static inline void speak(struct scene *scene, uint32_t id, uint64_t now_us)
{
    scene_set_speakers(scene, id, &id, 1, now_us);
}

static inline void silence(struct scene *scene, uint32_t dominant, uint64_t now_us)
{
    scene_set_speakers(scene, dominant, NULL, 0, now_us);
}

/** Updates, then compares the seats with a list like "1 2 . 4"; a dot is nobody */
static inline void check_seats(struct scene *scene, uint64_t now_us, const char *expected)
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

#endif
