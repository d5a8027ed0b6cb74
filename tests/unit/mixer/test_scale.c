/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mixer/test_scale.c  Scale: one test for each promise in scale.h
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "mixer/scale.h"
#include "mixer/scale_ops.h"

static const struct {
    uint16_t w, h;
} sizes[] = {{1280, 720}, {640, 360}, {641, 361}, {1, 1},    {2, 2},     {3, 5},
             {17, 4},     {4, 17},    {480, 640}, {333, 77}, {176, 144}, {1919, 3},
             {5, 1079},   {800, 600}, {8192, 9},  {9, 8192}};

enum { NSIZES = sizeof(sizes) / sizeof(sizes[0]), MARK = 0xa5 };

/* A smooth picture that goes up to a fine pattern: phase shifts and blur both show. */
static uint8_t pattern(double x, double y, unsigned plane)
{
    return (uint8_t)lrint(128 + 50 * sin(6 * x + 2 * plane) + 40 * sin(9 * y + x * 3) +
                          15 * sin(40 * x) * sin(30 * y));
}

static unsigned plane_w(const struct video_frame *frame, unsigned plane)
{
    return plane ? (frame->w + 1u) / 2 : frame->w;
}

static unsigned plane_h(const struct video_frame *frame, unsigned plane)
{
    return plane ? (frame->h + 1u) / 2 : frame->h;
}

static uint8_t *pixel(const struct video_frame *frame, unsigned plane, unsigned x, unsigned y)
{
    return frame->plane[plane] + (size_t)y * (size_t)frame->stride[plane] + x;
}

static struct video_frame *new_frame(uint16_t w, uint16_t h)
{
    struct video_frame *frame = NULL;

    assert_int_equal(video_frame_new(&frame, w, h), 0);
    for (unsigned p = 0; p < 3; ++p)
        memset(frame->plane[p], MARK, (size_t)frame->stride[p] * plane_h(frame, p));
    return frame;
}

static void paint(struct video_frame *frame)
{
    for (unsigned p = 0; p < 3; ++p) {
        for (unsigned y = 0; y < plane_h(frame, p); ++y) {
            for (unsigned x = 0; x < plane_w(frame, p); ++x)
                *pixel(frame, p, x, y) =
                    pattern((x + 0.5) / plane_w(frame, p), (y + 0.5) / plane_h(frame, p), p);
        }
    }
}

/* Everything outside of the rectangle is still marked. */
static void assert_untouched(const struct video_frame *frame, const struct video_rect *rect)
{
    for (unsigned p = 0; p < 3; ++p) {
        unsigned s = p > 0, x0 = rect->x >> s, y0 = rect->y >> s;
        unsigned x1 = (unsigned)(rect->x + rect->w + (int)s) >> s;
        unsigned y1 = (unsigned)(rect->y + rect->h + (int)s) >> s;

        for (unsigned y = 0; y < plane_h(frame, p); ++y) {
            for (unsigned x = 0; x < plane_w(frame, p); ++x) {
                if (x < x0 || x >= x1 || y < y0 || y >= y1)
                    assert_int_equal(*pixel(frame, p, x, y), MARK);
            }
        }
    }
}

static void rejects_bad_rectangles(void **state)
{
    static const struct video_rect table[] = {{0, 0, 0, 10},   {0, 0, 10, 0},   {1, 0, 10, 10},
                                              {0, 1, 10, 10},  {0, 0, 11, 10},  {0, 0, 10, 11},
                                              {90, 0, 20, 10}, {0, 50, 10, 20}, {65534, 0, 4, 4}};
    struct video_frame *dst = new_frame(100, 60), *src = new_frame(16, 16);
    (void)state;

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); ++i)
        assert_int_equal(scale_draw(dst, &table[i], src, SCALE_COVER), -EINVAL);
    assert_untouched(dst, &(struct video_rect){0, 0, 0, 0});
    video_frame_unref(dst);
    video_frame_unref(src);
}

static void aspect_ratio_is_kept(void **state)
{
    static const struct {
        struct video_rect rect;
        uint16_t w, h;
        enum scale_fit fit;
        struct video_rect src, dst;
    } table[] = {
        {{0, 0, 640, 360}, 1280, 720, SCALE_COVER, {0, 0, 1280, 720}, {0, 0, 640, 360}},
        {{0, 0, 640, 360}, 1280, 720, SCALE_CONTAIN, {0, 0, 1280, 720}, {0, 0, 640, 360}},
        {{640, 0, 640, 720}, 1280, 720, SCALE_COVER, {320, 0, 640, 720}, {640, 0, 640, 720}},
        {{640, 0, 640, 720}, 1280, 720, SCALE_CONTAIN, {0, 0, 1280, 720}, {640, 180, 640, 360}},
        {{10, 20, 640, 360}, 360, 640, SCALE_CONTAIN, {0, 0, 360, 640}, {228, 20, 202, 360}},
        {{10, 20, 640, 360}, 360, 640, SCALE_COVER, {0, 218, 360, 202}, {10, 20, 640, 360}},
        {{0, 0, 426, 240}, 1280, 720, SCALE_COVER, {0, 0, 1280, 720}, {0, 0, 426, 240}},
        {{0, 0, 100, 100}, 8192, 1, SCALE_CONTAIN, {0, 0, 8192, 1}, {0, 48, 100, 2}},
        {{0, 0, 100, 100}, 8192, 1, SCALE_COVER, {4094, 0, 2, 1}, {0, 0, 100, 100}},
    };
    (void)state;

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); ++i) {
        struct video_rect src, dst;

        scale_place(&src, &dst, &table[i].rect, table[i].w, table[i].h, table[i].fit);
        assert_memory_equal(&src, &table[i].src, sizeof(src));
        assert_memory_equal(&dst, &table[i].dst, sizeof(dst));
    }
}

static void placed_parts_are_inside_for_all_sizes(void **state)
{
    (void)state;

    srand(1);
    for (unsigned i = 0; i < 200000; ++i) {
        struct video_rect rect = {(uint16_t)(rand() % 500 * 2), (uint16_t)(rand() % 500 * 2),
                                  (uint16_t)(1 + rand() % 2000), (uint16_t)(1 + rand() % 2000)};
        uint16_t w = (uint16_t)(1 + rand() % (i % 2 ? 8192 : 9));
        uint16_t h = (uint16_t)(1 + rand() % (i % 3 ? 8192 : 9));
        struct video_rect src, dst;

        scale_place(&src, &dst, &rect, w, h, rand() % 2 ? SCALE_COVER : SCALE_CONTAIN);
        assert_true(src.w && src.h && dst.w && dst.h);
        assert_true(src.x + src.w <= w && src.y + src.h <= h);
        assert_true(dst.x >= rect.x && dst.x + dst.w <= rect.x + rect.w);
        assert_true(dst.y >= rect.y && dst.y + dst.h <= rect.y + rect.h);
        assert_int_equal((src.x | src.y | (dst.x - rect.x) | (dst.y - rect.y)) & 1, 0);
        assert_true(src.w % 2 == 0 || src.w == w);
        assert_true(src.h % 2 == 0 || src.h == h);
    }
}

static void same_size_is_copied_as_it_is(void **state)
{
    struct video_frame *src = new_frame(640, 360), *dst = new_frame(1280, 720);
    const struct video_rect rect = {640, 360, 640, 360};
    (void)state;

    paint(src);
    assert_int_equal(scale_draw(dst, &rect, src, SCALE_CONTAIN), 0);
    assert_untouched(dst, &rect);
    for (unsigned p = 0; p < 3; ++p) {
        for (unsigned y = 0; y < plane_h(src, p); ++y)
            assert_memory_equal(pixel(dst, p, p ? 320 : 640, y + (p ? 180 : 360)),
                                pixel(src, p, 0, y), plane_w(src, p));
    }
    video_frame_unref(src);
    video_frame_unref(dst);
}

static void bars_are_black_and_the_rest_is_untouched(void **state)
{
    struct video_frame *src = new_frame(360, 640), *dst = new_frame(800, 600);
    const struct video_rect rect = {100, 100, 640, 360};
    (void)state;

    assert_int_equal(scale_draw(dst, &rect, src, SCALE_CONTAIN), 0);
    assert_untouched(dst, &rect);
    for (unsigned y = 100; y < 460; ++y) {
        assert_int_equal(*pixel(dst, 0, 100, y), 16);
        assert_int_equal(*pixel(dst, 0, 739, y), 16);
        assert_int_equal(*pixel(dst, 1, 50, y / 2), 128);
        assert_int_equal(*pixel(dst, 2, 369, y / 2), 128);
        assert_int_equal(*pixel(dst, 0, 420, y), MARK); /* the picture, which has that grey */
    }
    video_frame_unref(src);
    video_frame_unref(dst);
}

static void any_size_goes_into_any_rectangle_and_nowhere_else(void **state)
{
    static const struct video_rect rects[] = {{0, 0, 321, 241}, {2, 4, 64, 48},   {320, 240, 1, 1},
                                              {10, 10, 2, 200}, {0, 100, 321, 2}, {320, 0, 1, 241},
                                              {64, 64, 16, 16}};
    (void)state;

    for (unsigned s = 0; s < NSIZES; ++s) {
        struct video_frame *src = new_frame(sizes[s].w, sizes[s].h);

        for (unsigned r = 0; r < 2 * sizeof(rects) / sizeof(rects[0]); ++r) {
            struct video_frame *dst = new_frame(321, 241);

            assert_int_equal(
                scale_draw(dst, &rects[r / 2], src, r % 2 ? SCALE_COVER : SCALE_CONTAIN), 0);
            assert_untouched(dst, &rects[r / 2]);
            video_frame_unref(dst);
        }
        video_frame_unref(src);
    }
}

/* The planes end where memory ends, so that the processor finds reads behind the last row. */
static void nothing_is_read_behind_the_source(void **state)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), room = 1280 * 720 / page * page + page;
    struct video_frame *dst = new_frame(1280, 720);
    uint8_t *map[3];
    (void)state;

    for (unsigned p = 0; p < 3; ++p) {
        map[p] =
            mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        assert_true(map[p] != MAP_FAILED);
        assert_int_equal(mprotect(map[p] + room, page, PROT_NONE), 0);
    }
    for (unsigned s = 0; s < NSIZES; ++s) {
        struct video_frame src = {.w = sizes[s].w, .h = sizes[s].h};

        for (unsigned p = 0; p < 3; ++p) {
            src.stride[p] = (int)plane_w(&src, p);
            src.plane[p] = map[p] + room - (size_t)src.stride[p] * plane_h(&src, p);
        }
        for (unsigned i = 0; i < NSIZES; ++i) {
            const struct video_rect rect = {0, 0, (uint16_t)(sizes[i].w + 1) & 0xfffe,
                                            (uint16_t)(sizes[i].h + 1) & 0xfffe};

            if (rect.w <= dst->w && rect.h <= dst->h)
                assert_int_equal(scale_draw(dst, &rect, &src, i % 2), 0);
        }
    }
    for (unsigned p = 0; p < 3; ++p)
        munmap(map[p], room + page);
    video_frame_unref(dst);
}

/* Mean of the source over the area of a destination pixel, as an ideal box filter has it. */
static double box(const struct video_frame *src, unsigned plane, double x0, double x1, double y0,
                  double y1)
{
    double sum = 0.0, area = 0.0;

    for (unsigned y = (unsigned)y0; y < plane_h(src, plane) && y < y1; ++y) {
        for (unsigned x = (unsigned)x0; x < plane_w(src, plane) && x < x1; ++x) {
            double w = fmin(x + 1, x1) - fmax(x, x0), h = fmin(y + 1, y1) - fmax(y, y0);

            sum += w * h * *pixel(src, plane, x, y);
            area += w * h;
        }
    }
    return sum / area;
}

static double psnr(const struct video_frame *dst, const struct video_frame *src)
{
    double error = 0.0, n = 0.0;

    for (unsigned p = 0; p < 3; ++p) {
        double rx = (double)plane_w(src, p) / plane_w(dst, p);
        double ry = (double)plane_h(src, p) / plane_h(dst, p);

        for (unsigned y = 0; y < plane_h(dst, p); ++y) {
            for (unsigned x = 0; x < plane_w(dst, p); ++x) {
                double d =
                    box(src, p, x * rx, (x + 1) * rx, y * ry, (y + 1) * ry) - *pixel(dst, p, x, y);

                error += d * d;
                ++n;
            }
        }
    }
    return error > 0.0 ? 10.0 * log10(255.0 * 255.0 * n / error) : 99.0;
}

static void pictures_are_close_to_an_ideal_box_filter(void **state)
{
    static const struct {
        uint16_t sw, sh, dw, dh;
        double floor; /* [dB] */
    } table[] = {
        {1280, 720, 640, 360, 50.0},  {1280, 720, 426, 240, 45.0}, {1280, 720, 320, 180, 50.0},
        {1280, 720, 256, 144, 45.0},  {1280, 720, 182, 102, 42.0}, {640, 360, 426, 240, 42.0},
        {641, 361, 320, 180, 42.0},   {640, 360, 212, 120, 42.0},  {320, 180, 640, 360, 40.0},
        {1919, 1079, 640, 360, 45.0}, {8000, 400, 1700, 84, 40.0},
    };
    (void)state;

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); ++i) {
        struct video_frame *src = new_frame(table[i].sw, table[i].sh);
        struct video_frame *dst = new_frame(table[i].dw, table[i].dh);
        const struct video_rect all = {0, 0, table[i].dw, table[i].dh};
        double got;

        paint(src);
        assert_int_equal(scale_draw(dst, &all, src, SCALE_COVER), 0);
        got = psnr(dst, src);
        if (got < table[i].floor)
            fail_msg("%ux%u to %ux%u: %.1f dB", table[i].sw, table[i].sh, table[i].dw, table[i].dh,
                     got);
        video_frame_unref(src);
        video_frame_unref(dst);
    }
}

static void kernels_equal_the_reference(void **state)
{
    enum { N = 300 };
    const struct scale_ops *ops = scale_ops_best(), *c = &scale_ops_c;
    uint8_t a[2 * N], b[2 * N], x[N * SCALE_OPS_GROUP], y[N * SCALE_OPS_GROUP];
    struct scale_ops_group group[N];
    (void)state;

    srand(2);
    for (unsigned round = 0; round < 300; ++round) {
        size_t n = (size_t)rand() % N, ngroups = (size_t)rand() % 40;
        unsigned weight = (unsigned)rand() % (SCALE_OPS_WEIGHT + 1);

        for (unsigned i = 0; i < 2 * N; ++i) {
            a[i] = round % 4 ? (uint8_t)rand() : 255;
            b[i] = round % 4 ? (uint8_t)rand() : 255;
        }
        for (unsigned g = 0; g < ngroups; ++g) {
            group[g].start = (unsigned)rand() % (2 * N - SCALE_OPS_REACH);
            for (unsigned k = 0; k < 2 * SCALE_OPS_GROUP; k += 2) {
                group[g].at[k] = (uint8_t)(rand() % SCALE_OPS_REACH);
                group[g].at[k + 1] = (uint8_t)(rand() % SCALE_OPS_REACH);
                group[g].weight[k] = (uint8_t)(rand() % (SCALE_OPS_WEIGHT + 1));
                group[g].weight[k + 1] = (uint8_t)(SCALE_OPS_WEIGHT - group[g].weight[k]);
            }
        }
        ops->half(x, a, b, n);
        c->half(y, a, b, n);
        assert_memory_equal(x, y, n);
        ops->blend(x, a, b, weight, n);
        c->blend(y, a, b, weight, n);
        assert_memory_equal(x, y, n);
        ops->columns(x, a, group, ngroups);
        c->columns(y, a, group, ngroups);
        assert_memory_equal(x, y, ngroups * SCALE_OPS_GROUP);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rejects_bad_rectangles),
        cmocka_unit_test(aspect_ratio_is_kept),
        cmocka_unit_test(placed_parts_are_inside_for_all_sizes),
        cmocka_unit_test(same_size_is_copied_as_it_is),
        cmocka_unit_test(bars_are_black_and_the_rest_is_untouched),
        cmocka_unit_test(any_size_goes_into_any_rectangle_and_nowhere_else),
        cmocka_unit_test(nothing_is_read_behind_the_source),
        cmocka_unit_test(kernels_equal_the_reference),
        cmocka_unit_test(pictures_are_close_to_an_ideal_box_filter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
