/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mixer/test_scene_order.c  Scene: who is seen: speakers, spotlights, hands, dwell
 * time
 */
#include "tests/unit/mixer/scene_fixture.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_moves_while_two_people_alternate_in_a_grid),
        cmocka_unit_test(a_speaker_change_swaps_exactly_two_tiles),
        cmocka_unit_test(several_speaker_tiles_show_the_last_distinct_speakers),
        cmocka_unit_test(spotlights_come_before_speakers_and_in_order),
        cmocka_unit_test(a_speaker_without_a_seat_comes_and_the_one_before_stays_seen),
        cmocka_unit_test(heads_without_a_picture_are_hidden_if_wanted),
        cmocka_unit_test(the_order_decides_who_is_seen),
        cmocka_unit_test(the_more_recent_speech_counts_for_a_minute),
        cmocka_unit_test(nobody_is_replaced_before_the_dwell_time),
        cmocka_unit_test(who_had_to_move_has_his_dwell_time_anew),
        cmocka_unit_test(tells_who_is_active),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
