/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_api_zone.c  Time zones by their IANA names
 *
 * Zones are made here: tzdata may be missing, and changes.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "mcu/api/api_zone.h"

enum { PATH_SIZE = 128 };

static char folder[] = "/tmp/test_api_zone.XXXXXX";

/* A zone of two types, "WIN" +1 h and "SUM" +2 h, that changes at 1000 and 2000. */
static const unsigned char zone[] = {
    /* first part: one type, one character, nothing else */
    'T', 'Z', 'i', 'f', '2', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,   /* */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, /* */
    0, 0, 0, 0, 0, 0, 0,
    /* second part */
    'T', 'Z', 'i', 'f', '2', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,   /* */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 8, /* */
    0, 0, 0, 0, 0, 0, 3, 232, 0, 0, 0, 0, 0, 0, 7, 208,                     /* times */
    1, 0,                                                                   /* types of them */
    0, 0, 14, 16, 0, 0, 0, 0, 28, 32, 1, 4,                                 /* types */
    'W', 'I', 'N', 0, 'S', 'U', 'M', 0,                                     /* */
    '\n', '\n'};

static void put_file(const char *name, const void *data, size_t len)
{
    char path[PATH_SIZE];
    FILE *f;

    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(len, fwrite(data, 1, len, f));
    assert_int_equal(0, fclose(f));
}

static int make_folder(void **state)
{
    char path[PATH_SIZE];
    (void)state;

    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof(path), "%s/Europe", folder);
    assert_int_equal(0, mkdir(path, 0700));
    put_file("Europe/Here", zone, sizeof(zone));
    put_file("GMT+1", zone, sizeof(zone));
    put_file("notes", "no zone", 7);
    put_file("empty", "", 0);
    put_file(".hidden", zone, sizeof(zone));
    return 0;
}

static int remove_folder(void **state)
{
    static const char *const names[] = {"Europe/Here", "GMT+1", "notes", "empty",
                                        ".hidden",     "cut",   "Europe"};
    char path[PATH_SIZE];
    (void)state;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); ++i) {
        (void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        (void)remove(path);
    }
    return rmdir(folder);
}

static void knows_zones_of_the_folder_and_utc(void **state)
{
    (void)state;

    assert_true(api_zone_exists("Europe/Here", folder));
    assert_true(api_zone_exists("GMT+1", folder));
    assert_true(api_zone_exists("UTC", folder));
    assert_true(api_zone_exists("UTC", "/nonexistent"));
    assert_true(api_zone_exists("Etc/UTC", "/nonexistent"));
    assert_false(api_zone_exists("Europe/Here", "/nonexistent"));
}

static void knows_no_others_and_does_not_leave_the_folder(void **state)
{
    static const char *const names[] = {
        "",
        "Europe",
        "Europe/",
        "Europe/There",
        "/Europe/Here",
        "notes",
        "empty",
        ".hidden",
        "../etc/passwd",
        "Europe/../GMT+1",
        "./GMT+1",
        "Europe//Here",
        "europe/here",
        "Europe/Here ",
        "Europe/Here\n",
        "/etc/passwd",
        "GMT+1/../notes",
        "utc",
        "Europe/H\xc3\xa4re",
        "Europe/./Here",
        "A234567890123456789012345678901234567890123456789012345678901234567890"};
    (void)state;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); ++i)
        if (api_zone_exists(names[i], folder))
            fail_msg("\"%s\" was taken", names[i]);
}

static void tells_how_clocks_are_set(void **state)
{
    struct api_zone_shift shift[4];
    (void)state;

    assert_int_equal(3, api_zone_shifts(shift, 4, "Europe/Here", folder, 500, 5000));
    assert_int_equal(500, shift[0].at_s);
    assert_int_equal(3600, shift[0].after_s);
    assert_false(shift[0].summer);
    assert_int_equal(1000, shift[1].at_s);
    assert_int_equal(3600, shift[1].before_s);
    assert_int_equal(7200, shift[1].after_s);
    assert_true(shift[1].summer);
    assert_string_equal("SUM", shift[1].name);
    assert_string_equal("WIN", shift[2].name);

    assert_int_equal(2, api_zone_shifts(shift, 4, "Europe/Here", folder, 1500, 5000));
    assert_int_equal(1000, shift[0].at_s);
    assert_true(shift[0].summer);
    assert_int_equal(1, api_zone_shifts(shift, 4, "Europe/Here", folder, 2500, 5000));
    assert_int_equal(2000, shift[0].at_s);
    assert_int_equal(1, api_zone_shifts(shift, 1, "Europe/Here", folder, 500, 5000));
    assert_int_equal(2, api_zone_shifts(shift, 4, "Europe/Here", folder, 500, 1500));
}

static void refuses_damaged_files(void **state)
{
    unsigned char data[sizeof(zone)];
    struct api_zone_shift shift[4];
    (void)state;

    for (size_t len = 0; len < sizeof(zone) - 2; ++len) {
        put_file("cut", zone, len);
        assert_int_equal(-EBADMSG, api_zone_shifts(shift, 4, "cut", folder, 500, 5000));
    }
    /* No byte of it makes it read beyond its end. */
    for (size_t i = 0; i < sizeof(zone); ++i) {
        memcpy(data, zone, sizeof(zone));
        data[i] = 255;
        put_file("cut", data, sizeof(data));
        assert_true(api_zone_shifts(shift, 4, "cut", folder, 500, 5000) <= 4);
    }
    assert_int_equal(-ENOENT, api_zone_shifts(shift, 4, "Europe/There", folder, 0, 1));
    assert_int_equal(-ENOENT, api_zone_shifts(shift, 4, "../x", folder, 0, 1));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_zones_of_the_folder_and_utc),
        cmocka_unit_test(knows_no_others_and_does_not_leave_the_folder),
        cmocka_unit_test(tells_how_clocks_are_set),
        cmocka_unit_test(refuses_damaged_files),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
