/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mixer/test_placeholder.c  Placeholder: one test for each promise in
 * placeholder.h
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/video_frame.h"
#include "mixer/placeholder.h"

static void initials_are_the_first_graphemes_of_first_and_last_word(void **state)
{
    static const struct {
        const char *name, *initials;
    } table[] = {
        {"Ada Lovelace", "AL"},
        {"ada king lovelace", "AL"},
        {"  bob  ", "B"},
        {"", ""},
        {"   \t\n", ""},
        {"(Eve) \"Mallory\"", "EM"},
        {"!!! ???", ""},
        {"\xc3\xa9mile zola", "\xc3\x89Z"},
        {"e\xcc\x81mile", "E\xcc\x81"},                                        /* combining acute */
        {"\xe5\xb1\xb1\xe7\x94\xb0 \xe5\xa4\xaa", "\xe5\xb1\xb1\xe5\xa4\xaa"}, /* Yamada Ta */
        {"\xe3\x80\x80\xe5\xb1\xb1", "\xe5\xb1\xb1"},                          /* wide blank */
        {"\xd7\xa9\xd7\x9c", "\xd7\xa9"},
        {"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80 x",
         "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80X"}, /* woman astronaut */
        {"\xe2\x80\xae"
         "abc",
         "A"},                  /* override of direction */
        {"a\xff\xfe\xc3", "A"}, /* broken */
        {"\xed\xa0\x80z", "Z"}, /* surrogate */
        {"\x01\x02q", "Q"},
    };
    (void)state;

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); ++i) {
        char text[PLACEHOLDER_INITIALS_MAX];

        assert_int_equal(placeholder_initials(text, table[i].name), strlen(table[i].initials));
        assert_string_equal(text, table[i].initials);
    }
    assert_int_equal(placeholder_initials((char[PLACEHOLDER_INITIALS_MAX]){0}, NULL), 0);
}

static void a_grapheme_of_many_marks_is_cut(void **state)
{
    char name[PLACEHOLDER_NAME_MAX * 2] = "z", text[PLACEHOLDER_INITIALS_MAX];
    (void)state;

    for (size_t i = 1; i + 2 < sizeof(name); i += 2)
        memcpy(name + i, "\xcc\x81", 3);
    assert_in_range(placeholder_initials(text, name), 1, 31);
    assert_int_equal(text[0], 'Z');
}

static void rejects_bad_sizes(void **state)
{
    struct video_frame *frame = NULL;
    (void)state;

    assert_int_equal(placeholder_draw(&frame, "a", 15, 100), -EINVAL);
    assert_int_equal(placeholder_draw(&frame, "a", 100, 4097), -EINVAL);
    assert_int_equal(placeholder_draw_count(&frame, 1, 15, 100), -EINVAL);
    assert_null(frame);
}

static unsigned brightest(const struct video_frame *frame)
{
    unsigned most = 0;

    for (int y = 0; y < frame->h; ++y) {
        for (int x = 0; x < frame->w; ++x) {
            unsigned v = frame->plane[0][y * frame->stride[0] + x];

            most = v > most ? v : most;
        }
    }
    return most;
}

static void picture_has_a_disc_and_white_initials(void **state)
{
    struct video_frame *frame = NULL;
    unsigned disc;
    (void)state;

    assert_int_equal(placeholder_draw(&frame, NULL, 320, 180), 0);
    assert_int_equal(frame->w, 320);
    assert_int_equal(frame->h, 180);
    assert_in_range(frame->plane[0][0], 31, 35); /* background */
    disc = brightest(frame);
    assert_in_range(disc, 60, 180);
    video_frame_unref(frame);

    assert_int_equal(placeholder_draw(&frame, "Ada Lovelace", 321, 179), 0);
    assert_in_range(brightest(frame), 220, 236);
    video_frame_unref(frame);
}

static void count_is_white_on_dark(void **state)
{
    static const unsigned table[] = {0, 7, 42, 4096, 4294967295u};
    (void)state;

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); ++i) {
        struct video_frame *frame = NULL;

        assert_int_equal(placeholder_draw_count(&frame, table[i], 160, 90), 0);
        assert_in_range(frame->plane[0][0], 40, 60);
        assert_in_range(frame->plane[0][45 * frame->stride[0] + 2], 40,
                        60); /* not out to the rim */
        assert_in_range(brightest(frame), 215, 236);
        video_frame_unref(frame);
    }
}

static void colour_follows_from_the_name(void **state)
{
    static const char *const name[] = {"Ada", "Ada", "Bob"};
    uint8_t u[3], v[3];
    (void)state;

    for (unsigned i = 0; i < 3; ++i) {
        struct video_frame *frame = NULL;

        assert_int_equal(placeholder_draw(&frame, name[i], 100, 100), 0);
        u[i] = frame->plane[1][25 * frame->stride[1] + 12]; /* left part of the disc */
        v[i] = frame->plane[2][25 * frame->stride[2] + 12];
        video_frame_unref(frame);
    }
    assert_true(u[0] == u[1] && v[0] == v[1]);
    assert_true(u[0] != u[2] || v[0] != v[2]);
}

static void random_bytes_are_harmless(void **state)
{
    (void)state;

    srand(1);
    for (int round = 0; round < 3000; ++round) {
        char *name = malloc(400), text[PLACEHOLDER_INITIALS_MAX];
        int size = rand() % 399;

        assert_non_null(name);
        for (int i = 0; i < size; ++i)
            name[i] = (char)(rand() % 4 ? 0x80 + rand() % 0x80 : rand() % 0x80);
        name[size] = '\0';
        assert_in_range(placeholder_initials(text, name), 0, PLACEHOLDER_INITIALS_MAX - 1);
        if (round % 100 == 0) {
            struct video_frame *frame = NULL;

            assert_int_equal(placeholder_draw(&frame, name, 64, 36), 0);
            video_frame_unref(frame);
        }
        free(name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(initials_are_the_first_graphemes_of_first_and_last_word),
        cmocka_unit_test(a_grapheme_of_many_marks_is_cut),
        cmocka_unit_test(rejects_bad_sizes),
        cmocka_unit_test(picture_has_a_disc_and_white_initials),
        cmocka_unit_test(count_is_white_on_dark),
        cmocka_unit_test(colour_follows_from_the_name),
        cmocka_unit_test(random_bytes_are_harmless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
