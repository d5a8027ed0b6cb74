/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/ctl/test_ctl_preview.c  Layouts drawn without a server
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "mcu/ctl/ctl_preview.h"

static const struct ctl ctl = {.json = false};

static void draws_a_png_of_the_size(void **state)
{
    static const char *const files[] = {TEST_SOURCE_DIR "/configs/layouts.d/10-grids.yaml"};
    const struct ctl_preview by_default = {.name = "auto", .count = "3", .size = "320x180"};
    const struct ctl_preview of_file = {
        .name = "2x2", .count = "3", .size = "320x180", .files = files, .nfiles = 1};
    const struct ctl_preview *const previews[] = {&by_default, &of_file};
    (void)state;

    for (unsigned i = 0; i < 2; ++i) {
        unsigned char *png = NULL;
        size_t size = 0;

        assert_int_equal(ctl_preview_draw(&ctl, previews[i], (void **)&png, &size), CTL_OK);
        assert_true(size > 24);
        assert_memory_equal(png, "\x89PNG\r\n\x1a\n", 8);
        assert_int_equal(png[18] << 8 | png[19], 320);
        assert_int_equal(png[22] << 8 | png[23], 180);
        free(png);
    }
}

static void says_what_it_cannot_draw(void **state)
{
    static const char *const nowhere[] = {"/nonexistent.yaml"};
    static const struct {
        struct ctl_preview preview;
        enum ctl_status status;
    } cases[] = {
        {{.name = "no such", .count = "3", .size = "320x180"}, CTL_REFUSED},
        {{.name = "auto", .count = "many", .size = "320x180"}, CTL_USAGE},
        {{.name = "auto", .count = "-1", .size = "320x180"}, CTL_USAGE},
        {{.name = "auto", .count = "99999999999999999999", .size = "320x180"}, CTL_USAGE},
        {{.name = "auto", .count = "3", .size = "320"}, CTL_USAGE},
        {{.name = "auto", .count = "3", .size = "320x"}, CTL_USAGE},
        {{.name = "auto", .count = "3", .size = "320x180x"}, CTL_USAGE},
        {{.name = "auto", .count = "3", .size = "70000x180"}, CTL_USAGE},
        {{.name = "auto", .count = "3", .size = "2x2"}, CTL_USAGE},
        {{.name = "auto", .count = "3", .size = "641x360"}, CTL_USAGE},
        {{.name = "auto", .count = "3", .size = "640x361"}, CTL_USAGE},
        {{.name = "auto", .count = "3", .size = "1922x64"}, CTL_USAGE},
        {{.name = "auto", .count = "65", .size = "320x180"}, CTL_USAGE},
        {{.name = "auto", .count = "3", .size = "320x180", .config = "/nonexistent"}, CTL_REFUSED},
        {{.name = "auto", .count = "3", .size = "320x180", .files = nowhere, .nfiles = 1},
         CTL_REFUSED},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        void *png = NULL;
        size_t size = 0;

        assert_int_equal(ctl_preview_draw(&ctl, &cases[i].preview, &png, &size), cases[i].status);
        assert_null(png);
        assert_int_equal(ctl_preview_check(&cases[i].preview),
                         cases[i].status == CTL_USAGE ? CTL_USAGE : CTL_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_a_png_of_the_size),
        cmocka_unit_test(says_what_it_cannot_draw),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
