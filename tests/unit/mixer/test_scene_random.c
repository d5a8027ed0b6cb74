/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mixer/test_scene_random.c  Scene: what holds whatever happens, by fixed seeds
 */
#include "tests/unit/mixer/scene_fixture.h"

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
        cmocka_unit_test(whatever_happens_everybody_has_one_seat_while_there_are_any),
        cmocka_unit_test(seats_of_a_grid_are_sticky),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
