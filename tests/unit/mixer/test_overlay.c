/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mixer/test_overlay.c  Overlays: one test for each promise in overlay.h
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mixer/overlay.h"
#include "mixer/overlay_ops.h"
#include "mixer/picture.h"

static const struct overlay_style style = {.font = "DejaVu Sans", .size = 18};

static struct video_frame *grey(uint16_t w, uint16_t h, uint8_t y)
{
    const struct video_rect all = {0, 0, w, h};
    struct video_frame *frame = NULL;

    assert_int_equal(video_frame_new(&frame, w, h), 0);
    video_frame_fill(frame, &all, y, 128, 128);
    return frame;
}

static unsigned luma(const struct video_frame *frame, unsigned x, unsigned y)
{
    return frame->plane[0][(size_t)y * (size_t)frame->stride[0] + x];
}

/* One colour, 0xAARRGGBB, premultiplied. */
static struct overlay *flat(uint32_t argb, uint16_t w, uint16_t h)
{
    uint32_t *px = malloc((size_t)w * h * sizeof(*px));
    struct overlay *overlay = NULL;

    assert_non_null(px);
    for (size_t i = 0; i < (size_t)w * h; ++i)
        px[i] = argb;
    assert_int_equal(overlay_from_argb(&overlay, (const void *)px, 4 * w, w, h), 0);
    free(px);
    return overlay;
}

static unsigned pixels_of(const struct overlay *overlay, unsigned y_min)
{
    unsigned n = 0;

    for (unsigned y = 0; y < overlay->h; ++y) {
        for (unsigned x = 0; x < overlay->w; ++x)
            n += overlay->plane[0][y * (unsigned)overlay->stride[0] + x] >= y_min;
    }
    return n;
}

static void assert_sane(const struct overlay *overlay, unsigned max_w)
{
    assert_true(overlay->w > 0 && overlay->h > 0);
    assert_int_equal((overlay->w | overlay->h) & 1, 0);
    assert_in_range(overlay->w, 2, max_w);
    assert_in_range(overlay->h, 2, 4 * OVERLAY_FONT_SIZE);
}

static void kernels_equal_the_reference(void **state)
{
    const struct overlay_ops *fast = overlay_ops_avx2();
    uint8_t ground[65536], want[65536], colour[65536], keep[65536];
    (void)state;

    if (!fast)
        skip();
    for (unsigned i = 0; i < 65536; ++i) { /* all pairs */
        ground[i] = (uint8_t)i;
        keep[i] = (uint8_t)(i >> 8);
        colour[i] = (uint8_t)(i * 7 % (256u - keep[i] + 20) & 255);
    }
    memcpy(want, ground, sizeof(want));
    overlay_ops_c.blend(want, colour, keep, sizeof(want));
    fast->blend(ground, colour, keep, sizeof(ground));
    assert_memory_equal(ground, want, sizeof(want));

    for (size_t n = 0; n < 100; ++n) {
        memset(ground, 77, 200);
        memset(want, 77, 200);
        overlay_ops_c.blend(want + 3, colour + n, keep + 1000, n);
        fast->blend(ground + 3, colour + n, keep + 1000, n);
        assert_memory_equal(ground, want, 200); /* and nothing behind it */
    }
}

static void blend_is_what_the_header_says(void **state)
{
    struct overlay *clear = flat(0, 8, 8), *half = flat(0x80800000, 8, 8);
    struct overlay *white = flat(0xffffffff, 8, 8);
    struct video_frame *frame = grey(32, 32, 200);
    const struct video_rect all = {0, 0, 32, 32};
    (void)state;

    overlay_blend(frame, &all, 0, 0, clear);
    assert_int_equal(luma(frame, 3, 3), 200);
    overlay_blend(frame, &all, 8, 8, white);
    assert_int_equal(luma(frame, 8, 8), 235);
    assert_int_equal(luma(frame, 7, 8), 200);
    assert_int_equal(luma(frame, 16, 15), 200);
    assert_int_equal(frame->plane[1][4 * frame->stride[1] + 4], 128);
    overlay_blend(frame, &all, 16, 16, half); /* half red, whose luma is 81, over 200 */
    assert_in_range(luma(frame, 16, 16), 139, 142);
    assert_in_range(frame->plane[2][8 * frame->stride[2] + 8], 182, 186);
    overlay_unref(clear);
    overlay_unref(half);
    overlay_unref(white);
    video_frame_unref(frame);
}

static void nothing_is_drawn_outside_of_clip_and_frame(void **state)
{
    struct overlay *white = flat(0xffffffff, 40, 40);
    (void)state;

    srand(1);
    for (unsigned round = 0; round < 500; ++round) {
        uint16_t w = (uint16_t)(1 + rand() % 60), h = (uint16_t)(1 + rand() % 60);
        struct video_frame *frame = grey(w, h, 50);
        struct video_rect clip = {(uint16_t)(rand() % 35 * 2), (uint16_t)(rand() % 35 * 2),
                                  (uint16_t)(rand() % 35 * 2), (uint16_t)(rand() % 35 * 2)};
        uint16_t x = (uint16_t)(rand() % 35 * 2), y = (uint16_t)(rand() % 35 * 2);

        overlay_blend(frame, &clip, x, y, white);
        for (unsigned v = 0; v < h; ++v) {
            for (unsigned u = 0; u < w; ++u) {
                int in = u >= clip.x && u < clip.x + clip.w && v >= clip.y && v < clip.y + clip.h &&
                         u >= x && u < x + 40u && v >= y && v < y + 40u;

                assert_int_equal(luma(frame, u, v), in ? 235 : 50);
            }
        }
        video_frame_unref(frame);
    }
    overlay_unref(white);
}

static void overlays_are_counted_and_have_ids_of_their_own(void **state)
{
    struct overlay *a = flat(0, 2, 2), *b = flat(0, 2, 2);
    (void)state;

    assert_true(a->id && b->id && a->id != b->id);
    assert_ptr_equal(overlay_ref(a), a);
    assert_null(overlay_unref(a));
    assert_int_equal(a->w, 2); /* still there */
    overlay_unref(a);
    overlay_unref(b);
    assert_null(overlay_unref(NULL));
}

static void rejects_bad_sizes(void **state)
{
    uint32_t px[16] = {0};
    struct overlay *overlay = NULL;
    (void)state;

    assert_int_equal(overlay_from_argb(&overlay, (const void *)px, 16, 3, 2), -EINVAL);
    assert_int_equal(overlay_from_argb(&overlay, (const void *)px, 16, 2, 0), -EINVAL);
    assert_int_equal(overlay_from_argb(&overlay, (const void *)px, 4, 2, 2), -EINVAL);
    assert_int_equal(overlay_from_argb(&overlay, (const void *)px, 40000, 8194, 2), -EINVAL);
    assert_null(overlay);
}

static void nothing_to_show_is_no_overlay(void **state)
{
    struct overlay *overlay = (void *)1;
    (void)state;

    assert_int_equal(overlay_draw_plate(&overlay, &style, NULL, 0, 300), 0);
    assert_null(overlay);
    assert_int_equal(overlay_draw_plate(&overlay, &style, " \n\xe2\x80\xae", 0x100, 300), 0);
    assert_null(overlay);
    assert_int_equal(overlay_draw_plate(&overlay, &style, "Ada", 0, 20), 0);
    assert_null(overlay);
    assert_int_equal(overlay_draw_plate(&overlay, &style, "Ada", 7, 0), 0);
    assert_null(overlay);
    assert_int_equal(overlay_draw_marks(&overlay, &style, 0), 0);
    assert_null(overlay);
    assert_int_equal(overlay_draw_banner(&overlay, &style, "", 640), 0);
    assert_null(overlay);
    assert_int_equal(overlay_draw_banner(&overlay, &style, "hello", 3), 0);
    assert_null(overlay);
}

static void a_plate_is_a_dark_pill_with_white_text(void **state)
{
    struct overlay *name, *none;
    (void)state;

    assert_int_equal(overlay_draw_plate(&name, &style, "Ada Lovelace", 0, 300), 0);
    assert_int_equal(overlay_draw_plate(&none, &style, "", OVERLAY_BADGE_MIC_OFF, 300), 0);
    assert_sane(name, 300);
    assert_sane(none, 300);
    assert_true(name->w > 5 * none->w / 2);
    assert_int_equal(name->h, none->h);
    assert_int_equal(name->keep[0][0], 255); /* the corner is round */
    assert_in_range(name->keep[0][name->stride[0] * (name->h / 2) + 4], 98, 106); /* 60 % black */
    assert_in_range(pixels_of(name, 200), 60, 5000);
    assert_int_equal(pixels_of(none, 200), 0); /* red */
    overlay_unref(name);
    overlay_unref(none);
}

static void each_badge_is_seen_and_takes_room(void **state)
{
    unsigned last = 0;
    (void)state;

    for (unsigned badges = 1; badges < 8; ++badges) {
        unsigned n = (badges & 1) + (badges >> 1 & 1) + (badges >> 2);
        struct overlay *overlay;

        assert_int_equal(overlay_draw_plate(&overlay, &style, "", badges, 300), 0);
        assert_sane(overlay, 300);
        assert_true(n == 1 ? overlay->w < 60 : overlay->w > 60);
        assert_true(pixels_of(overlay, 60) > 40 * n);
        assert_true(overlay->id > last);
        last = (unsigned)overlay->id;
        overlay_unref(overlay);
    }
}

/* A name that is cut leaves the badges whole. */
static void a_long_name_ends_in_an_ellipsis_within_max_w(void **state)
{
    char name[200];
    unsigned last = 0;
    (void)state;

    memset(name, 'W', sizeof(name));
    name[sizeof(name) - 1] = '\0';
    for (uint16_t max_w = 80; max_w < 600; max_w = (uint16_t)(max_w + 37)) {
        for (unsigned badges = 0; badges < 8; ++badges) {
            struct overlay *overlay;

            assert_int_equal(overlay_draw_plate(&overlay, &style, name, badges, max_w), 0);
            if (!overlay)
                continue;
            assert_sane(overlay, max_w);
            if (!badges) {
                assert_true(overlay->w + 20 > max_w); /* uses its room */
                assert_true(overlay->w > last);
                last = overlay->w;
            }
            overlay_unref(overlay);
        }
    }
}

static void hostile_names_are_bounded(void **state)
{
    static const char *const part[] = {
        "\xcc\x81",             /* combining acute */
        "\xe2\x80\xae",         /* override of direction */
        "\xe2\x81\xa7\xd7\xa9", /* isolate, shin */
        "\n",
        "\xff\xc0\x80",                                     /* broken */
        "\xf0\x9f\x91\xa9\xe2\x80\x8d",                     /* woman, joiner: one endless emoji */
        "\xe0\xb8\x94\xe0\xb9\x89\xe0\xb9\x89\xe0\xb9\x89", /* Thai with towers */
        "\xef\xb7\xbd",                                     /* bismillah: the widest letter */
        "\xf0\x92\x80\xb1",                                 /* cuneiform */
        "<b>&amp;</b>%s%n",
    };
    (void)state;

    for (unsigned i = 0; i < sizeof(part) / sizeof(part[0]); ++i) {
        size_t len = strlen(part[i]), size = 64 * 1024;
        char *name = calloc(1, size + 1);
        struct overlay *overlay;

        assert_non_null(name);
        for (size_t at = 0; at + len <= size; at += len)
            memcpy(name + at, part[i], len);
        assert_int_equal(overlay_draw_plate(&overlay, &style, name, 7, 320), 0);
        assert_sane(overlay, 320);
        overlay_unref(overlay);
        assert_int_equal(overlay_draw_banner(&overlay, &style, name, 640), 0);
        if (overlay)
            assert_sane(overlay, 640);
        overlay_unref(overlay);
        free(name);
    }
}

static void a_name_of_10000_combining_characters_is_drawn_within_its_plate(void **state)
{
    static char name[20002] = "e";
    struct overlay *overlay;
    (void)state;

    for (unsigned i = 0; i < 10000; ++i)
        memcpy(name + 1 + 2 * i, "\xcc\x81", 2);
    assert_int_equal(overlay_draw_plate(&overlay, &style, name, 0, 320), 0);
    assert_sane(overlay, 320);
    overlay_unref(overlay);
}

/* Arabic is drawn as other names are: at the left of its plate, not behind its end. */
static void names_from_right_to_left_are_inside_of_the_plate(void **state)
{
    static const char *const name = "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xd7\xa2\xd7\x95\xd7\x9c"
                                    "\xd7\x9d \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d";
    (void)state;

    for (uint16_t max_w = 100; max_w <= 400; max_w = (uint16_t)(max_w + 300)) { /* cut, and not */
        struct overlay *overlay;
        unsigned first = 0, n = 0;

        assert_int_equal(overlay_draw_plate(&overlay, &style, name, 0, max_w), 0);
        assert_sane(overlay, max_w);
        for (unsigned y = 0; y < overlay->h; ++y) {
            for (unsigned x = 0; x < overlay->w; ++x) {
                if (overlay->plane[0][y * (unsigned)overlay->stride[0] + x] < 150)
                    continue;
                first = n++ == 0 || x < first ? x : first;
            }
        }
        assert_true(n > 50);
        assert_in_range(first, 6, 30);
        overlay_unref(overlay);
    }
}

static void odd_styles_are_harmless(void **state)
{
    struct overlay_style odd[4] = {{.font = "no such font", .size = 0},
                                   {.font = "", .size = 65535},
                                   {.font = "\xff\xfe,,\x01", .size = 18},
                                   {.size = 7}};
    (void)state;

    memset(odd[3].font, 'f', sizeof(odd[3].font)); /* no NUL */
    for (unsigned i = 0; i < 4; ++i) {
        struct overlay *overlay;

        assert_int_equal(overlay_draw_plate(&overlay, &odd[i], "Ada", 7, 65535), 0);
        assert_non_null(overlay);
        assert_in_range(overlay->h, 6, 600);
        overlay_unref(overlay);
        assert_int_equal(overlay_draw_marks(&overlay, &odd[i], 3), 0);
        overlay_unref(overlay);
    }
}

static void marks_are_side_by_side(void **state)
{
    struct overlay *mark[4];
    (void)state;

    for (unsigned i = 1; i < 4; ++i) {
        assert_int_equal(overlay_draw_marks(&mark[i], &style, i), 0);
        assert_sane(mark[i], 400);
    }
    assert_true(mark[3]->w > mark[1]->w + mark[2]->w);
    assert_int_equal(mark[3]->h, mark[1]->h);
    /* LIVE is red, that is, its V is high: REC has it in its dot only */
    assert_in_range(mark[2]->plane[2][4 * mark[2]->stride[1] + mark[2]->w / 4], 170, 240);
    for (unsigned i = 1; i < 4; ++i)
        overlay_unref(mark[i]);
}

static void a_banner_is_as_wide_as_it_is_told(void **state)
{
    struct overlay *overlay;
    (void)state;

    assert_int_equal(overlay_draw_banner(&overlay, &style, "All hands, Friday", 641), 0);
    assert_int_equal(overlay->w, 640);
    assert_sane(overlay, 640);
    assert_in_range(overlay->keep[0][0], 98, 106);
    assert_in_range(pixels_of(overlay, 200), 60, 5000);
    overlay_unref(overlay);
}

static struct picture *load(uint16_t w, uint16_t h)
{
    struct video_frame *frame = grey(w, h, 180);
    struct picture *picture = NULL;
    void *data = NULL;
    size_t size;

    assert_int_equal(picture_png(&data, &size, frame), 0);
    assert_int_equal(picture_parse(&picture, data, size, NULL), 0);
    free(data);
    video_frame_unref(frame);
    return picture;
}

static void pictures_are_scaled_down_to_fit_and_never_up(void **state)
{
    static const struct {
        uint16_t w, h, max_w, max_h, want_w, want_h;
    } table[] = {
        {100, 50, 200, 200, 100, 50},
        {101, 51, 200, 200, 102, 52},
        {400, 200, 100, 100, 100, 50},
        {200, 400, 100, 100, 50, 100},
        {400, 400, 101, 60, 60, 60},
        {4096, 1, 100, 100, 100, 2},
        {1, 1, 2, 2, 2, 2},
        {3, 3, 3, 3, 2, 2},
    };
    (void)state;

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); ++i) {
        struct picture *picture = load(table[i].w, table[i].h);
        struct overlay *overlay = NULL;

        assert_int_equal(overlay_from_picture(&overlay, picture, table[i].max_w, table[i].max_h),
                         0);
        assert_int_equal(overlay->w, table[i].want_w);
        assert_int_equal(overlay->h, table[i].want_h);
        assert_int_equal(overlay->keep[0][0], 0);
        assert_in_range(overlay->plane[0][0], 178, 182);
        overlay_unref(overlay);
        assert_int_equal(overlay_from_picture(&overlay, picture, 1, 100), -EINVAL);
        picture_free(picture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_equal_the_reference),
        cmocka_unit_test(blend_is_what_the_header_says),
        cmocka_unit_test(nothing_is_drawn_outside_of_clip_and_frame),
        cmocka_unit_test(overlays_are_counted_and_have_ids_of_their_own),
        cmocka_unit_test(rejects_bad_sizes),
        cmocka_unit_test(nothing_to_show_is_no_overlay),
        cmocka_unit_test(a_plate_is_a_dark_pill_with_white_text),
        cmocka_unit_test(each_badge_is_seen_and_takes_room),
        cmocka_unit_test(a_long_name_ends_in_an_ellipsis_within_max_w),
        cmocka_unit_test(hostile_names_are_bounded),
        cmocka_unit_test(a_name_of_10000_combining_characters_is_drawn_within_its_plate),
        cmocka_unit_test(names_from_right_to_left_are_inside_of_the_plate),
        cmocka_unit_test(odd_styles_are_harmless),
        cmocka_unit_test(marks_are_side_by_side),
        cmocka_unit_test(a_banner_is_as_wide_as_it_is_told),
        cmocka_unit_test(pictures_are_scaled_down_to_fit_and_never_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
