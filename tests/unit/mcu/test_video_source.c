/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_video_source.c  The latest picture of a stream, for whoever wants it
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/video_frame.h"
#include "mcu/media/video_source.h"

static struct video_source *source;

static int setup(void **state)
{
    (void)state;
    return video_source_new(&source);
}

static int teardown(void **state)
{
    (void)state;
    source = video_source_unref(source);
    return 0;
}

static struct video_frame *put(void)
{
    struct video_frame *frame = NULL;

    assert_int_equal(video_frame_new(&frame, 64, 64), 0);
    video_source_put(source, frame);
    return frame;
}

static void takes(struct video_frame *got, const struct video_frame *frame)
{
    assert_ptr_equal(got, frame);
    video_frame_unref(got);
}

static void one_picture_reaches_all_who_take(void **state)
{
    struct video_frame *frame;
    (void)state;

    video_source_open_again(source, 1);
    video_source_open_again(source, 2);
    frame = put();
    takes(video_source_take_again(source, 1), frame);
    takes(video_source_take_again(source, 2), frame);
    takes(video_source_take(source), frame);
    assert_null(video_source_take_again(source, 1));
    assert_null(video_source_take_again(source, 2));
    video_source_close_again(source, 1);
    video_source_close_again(source, 2);
}

static void only_those_who_opened_get_pictures(void **state)
{
    struct video_frame *frame;
    (void)state;

    video_source_open_again(source, 2);
    frame = put();
    assert_null(video_source_take_again(source, 1));
    takes(video_source_take_again(source, 2), frame);
    (void)put();
    video_source_close_again(source, 2);
    assert_null(video_source_take_again(source, 2));
}

static void it_stays_open_until_the_last_one_closes(void **state)
{
    struct video_frame *frame;
    (void)state;

    video_source_open_again(source, 1);
    video_source_open_again(source, 1);
    frame = put();
    video_source_close_again(source, 1);
    takes(video_source_take_again(source, 1), frame);
    video_source_close_again(source, 1);
    (void)put();
    assert_null(video_source_take_again(source, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_picture_reaches_all_who_take, setup, teardown),
        cmocka_unit_test_setup_teardown(only_those_who_opened_get_pictures, setup, teardown),
        cmocka_unit_test_setup_teardown(it_stays_open_until_the_last_one_closes, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
