/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/ctl/test_import_freeswitch.c  FreeSWITCH's layouts: what becomes of them, what
 * is refused
 */
#include "mcu/ctl/import_freeswitch.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/config/config.h"

#define WRAP(layouts, groups)                                                                      \
    "<configuration><layout-settings>\n<layouts>\n" layouts "\n</layouts>\n<groups>\n" groups      \
    "\n</groups></layout-settings></configuration>"
#define ONE(images) WRAP("<layout name=\"a\">" images "</layout>", "")
#define SOLO        "<image x=\"0\" y=\"0\" scale=\"360\"/>"

static struct config_errors errs;

static int import(char **ret_yaml, const char *xml)
{
    memset(&errs, 0, sizeof(errs));
    *ret_yaml = NULL;
    return import_freeswitch_convert(ret_yaml, "f.xml", xml, strlen(xml), &errs);
}

static void expect(const char *xml, const char *part)
{
    char *yaml;

    if (import(&yaml, xml))
        fail_msg("%s", errs.text[0]);
    if (!strstr(yaml, part))
        fail_msg("not there: %s\nin: %s", part, yaml);
    free(yaml);
}

static void refuse(const char *xml, const char *error)
{
    char *yaml;

    assert_int_equal(import(&yaml, xml), -EINVAL);
    assert_null(yaml);
    assert_true(errs.n > 0);
    assert_string_equal(errs.text[0], error);
}

static void parts_become_reduced_fractions(void **state)
{
    (void)state;
    expect(ONE("<image x=\"90\" y=\"0\" scale=\"180\"/>"),
           "- { rect: [\"1/4\", \"0\", \"1/2\", \"1/2\"] }\n");
    expect(ONE("<image x=\"0\" y=\"180\" scale=\"120\" hscale=\"180\"/>"),
           "- { rect: [\"0\", \"1/2\", \"1/3\", \"1/2\"] }\n");
    expect(ONE("<image x=\"7\" y=\"0\" scale=\"353\" hscale=\"360\"/>"),
           "- { rect: [\"7/360\", \"0\", \"353/360\", \"1\"] }\n");
}

static void attributes_become_roles_and_fits(void **state)
{
    static const struct {
        const char *attributes, *yaml;
    } table[] = {
        {"floor=\"true\"", "role: speaker }\n"},
        {"floor=\"false\"", "\"1\"] }\n"},
        {"floor=\"1\" zoom=\"on\"", "role: speaker, fit: cover }\n"},
        {"floor-only=\"true\"", "role: speaker, vacant: hide }\n"},
        {"floor-only=\"no\"", "\"1\"] }\n"},
        {"border=\"5\"", "\"1\"] } # not taken over: border=\"5\"\n"},
        {"audio-position=\"auto\" x-y=\"&#10;z\"",
         "\"1\"] } # not taken over: audio-position=\"auto\"; not taken over: x-y=\"?z\"\n"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); ++i) {
        char xml[512];

        (void)snprintf(xml, sizeof(xml), ONE("<image x=\"0\" y=\"0\" scale=\"360\" %s/>"),
                       table[i].attributes);
        expect(xml, table[i].yaml);
    }
}

static void reservations_become_seats(void **state)
{
    (void)state;
    expect(ONE("<image x=\"0\" y=\"0\" scale=\"180\"/>"
               "<image x=\"180\" y=\"0\" scale=\"180\" floor=\"true\" reservation_id=\"second\"/>"),
           "role: \"reserved:second\", vacant: hide }\n");
    expect(ONE("<image x=\"0\" y=\"0\" scale=\"180\"/>"
               "<image x=\"180\" y=\"0\" scale=\"180\" reservation-id=\"a b\" role-id=\"c\"/>"),
           "role: \"reserved:c\", vacant: hide } # called \"a b\" there; was also reserved: a-b\n");
}

static void played_files_become_content(void **state)
{
    (void)state;
    expect(ONE(SOLO "<image x=\"180\" y=\"0\" scale=\"180\" file-only=\"true\" overlap=\"true\"/>"),
           "role: content, vacant: hide, z: 1 } # was file-only\n");
    expect(WRAP("<layout name=\"a\">" SOLO "</layout><layout name=\"b\">"
                "<image x=\"0\" y=\"0\" scale=\"360\" file-only=\"true\"/></layout>",
                ""),
           "# \"b\" was left out: it has no tile for people\n");
}

static void later_tiles_lie_above_those_they_overlap(void **state)
{
    (void)state;
    expect(ONE(SOLO "<image x=\"0\" y=\"0\" scale=\"60\" overlap=\"true\"/>"
                    "<image x=\"30\" y=\"30\" scale=\"60\"/>"
                    "<image x=\"300\" y=\"300\" scale=\"60\" overlap=\"true\"/>"),
           "\"1/6\", \"1/6\"], z: 1 }\n"
           "      - { rect: [\"1/12\", \"1/12\", \"1/6\", \"1/6\"], z: 2 }\n"
           "      - { rect: [\"5/6\", \"5/6\", \"1/6\", \"1/6\"], z: 1 }\n");
}

static void groups_become_ladders_by_their_seats(void **state)
{
    (void)state;
    expect(WRAP("<layout name=\"b\">" SOLO SOLO "</layout><layout name=\"a\">" SOLO "</layout>"
                "<layout name=\"c\">" SOLO "</layout>",
                "<group name=\"g\"><layout> b\n</layout><layout>a</layout><layout>c</layout>"
                "</group>"),
           "ladders:\n  \"g\":\n"
           "    - { max: 1, layout: \"a\" }\n"
           "    # \"c\" seats 1 as well, or nobody\n"
           "    - { max: 2, layout: \"b\" }\n"
           "\naliases:\n  \"group:g\": \"g\"\n");
}

static void groups_may_come_before_the_layouts(void **state)
{
    (void)state;
    expect("<layout-settings><groups><group name=\"g\"><layout>a</layout></group></groups>"
           "<layouts><layout name=\"a\">" SOLO "</layout></layouts></layout-settings>",
           "\"g\":\n    - { max: 1, layout: \"a\" }\n");
}

static void a_group_with_a_layouts_name_goes_by_its_prefix(void **state)
{
    char *yaml;
    (void)state;

    expect(WRAP("<layout name=\"g\">" SOLO "</layout>",
                "<group name=\"g\"><layout>g</layout></group>"),
           "  \"group:g\":\n    - { max: 1, layout: \"g\" }\n");
    assert_int_equal(import(&yaml, WRAP("<layout name=\"g\">" SOLO "</layout>",
                                        "<group name=\"g\"><layout>g</layout></group>")),
                     0);
    assert_null(strstr(yaml, "aliases:"));
    free(yaml);
}

static void names_stay_but_for_forbidden_characters(void **state)
{
    (void)state;
    expect(WRAP("<layout name=\"1up_top_left+5\">" SOLO "</layout>", ""),
           "  \"1up_top_left+5\":\n    gap: 0\n    tiles:\n");
    expect(WRAP("<layout name=\"my &quot;own&quot; \xc3\xa9\">" SOLO "</layout>", ""),
           "  \"my--own----\":\n    # called \"my \"own\" ??\" there\n");
}

static void what_is_not_taken_over_is_said(void **state)
{
    (void)state;
    expect(WRAP("<layout name=\"a\" auto-3d-position=\"true\" bgimg=\"/tmp/a.png\">" SOLO
                "<fx/></layout><other/>",
                ""),
           "    # not taken over: auto-3d-position=\"true\"; "
           "not taken over: bgimg=\"/tmp/a.png\"; <fx>\n");
    expect(WRAP("<layout name=\"a\">" SOLO "</layout><other/>", ""), "# Not taken over: <other>\n");
}

static void a_whole_configuration_is_searched(void **state)
{
    (void)state;
    expect("<document><section><group name=\"x\"/><layout/><configuration>" ONE(
               SOLO) "</configuration></section></document>",
           "  \"a\":\n");
}

static void errors_say_where(void **state)
{
    (void)state;
    refuse("<a>\n  <b>", "f.xml:2:6: no element found");
    refuse("", "f.xml:1:1: no element found");
    refuse("<a/>", "f.xml:1:5: there is no <layout> in <layout-settings> <layouts>");
    refuse(ONE("\n <image x=\"0\" y=\"0\"/>"), "f.xml:4:2: image: x, y and scale are needed");
    refuse(ONE("<image x=\"-1\" y=\"0\" scale=\"1\"/>"),
           "f.xml:3:18: image: x: \"-1\" is not a number from 0 to 360");
    refuse(ONE("<image x=\"4294967297\" y=\"0\" scale=\"1\"/>"),
           "f.xml:3:18: image: x: \"4294967297\" is not a number from 0 to 360");
    refuse(ONE("<image x=\"300\" y=\"0\" scale=\"61\"/>"),
           "f.xml:3:18: image: 300,0 with 61x61 is not inside of the canvas of 360x360");
    refuse(ONE("<image x=\"0\" y=\"0\" scale=\"0\"/>"),
           "f.xml:3:18: image: 0,0 with 0x0 is not inside of the canvas of 360x360");
    refuse(ONE(""), "f.xml:3:18: layout: \"a\" has no (good) image");
    refuse(WRAP("<layout>" SOLO "</layout>", ""), "f.xml:3:41: layout: it has no (good) name");
    refuse(WRAP("<layout name=\"\">" SOLO "</layout>", ""),
           "f.xml:3:1: layout: \"\" has no characters");
    refuse(WRAP("<layout name=\"a\">" SOLO "</layout>\n<layout name=\"a\">" SOLO "</layout>", ""),
           "f.xml:4:50: layout: \"a\" is there twice");
    refuse(WRAP("<layout name=\"a\">" SOLO "</layout>",
                "<group name=\"g\"><layout>nobody</layout></group>"),
           "f.xml:6:31: group: \"g\": there is no layout \"nobody\"");
    refuse(WRAP("<layout name=\"a\">" SOLO "</layout>", "<group name=\"g\"></group>"),
           "f.xml:6:17: group: \"g\" has no layout");
}

static void several_errors_are_told_at_once(void **state)
{
    char *yaml;
    (void)state;

    assert_int_equal(import(&yaml, ONE("<image/><image x=\"a\" y=\"b\" scale=\"1\"/>")), -EINVAL);
    assert_true(errs.n >= 3);
}

static void entities_are_refused(void **state)
{
    (void)state;
    refuse("<!DOCTYPE a [<!ENTITY b \"bbbb\">]><a>&b;</a>",
           "f.xml:1:13: a document type with declarations or another file is not allowed");
    refuse("<!DOCTYPE a SYSTEM \"/etc/passwd\"><a/>",
           "f.xml:1:33: a document type with declarations or another file is not allowed");
    refuse("<a>&b;</a>", "f.xml:1:4: undefined entity");
}

/* n times a text between two others, with a number for each #; the caller frees. */
static char *repeat(const char *before, const char *text, unsigned n, const char *after)
{
    char *s = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&s, &len);

    assert_non_null(f);
    (void)fputs(before, f);
    for (unsigned i = 0; i < n; ++i) {
        for (const char *c = text; *c; ++c)
            (void)(*c == '#' ? fprintf(f, "%u", i) : fputc(*c, f));
    }
    (void)fputs(after, f);
    (void)fclose(f);
    return s;
}

static void all_that_a_file_can_grow_is_bounded(void **state)
{
    static const struct {
        const char *before, *text;
        unsigned n;
        const char *after, *error;
    } table[] = {
        {"", "<a>", 40, "", "more than 32 elements in one another"},
        {"<layout-settings><layouts><layout name=\"a\">", SOLO, 65,
         "</layout></layouts></layout-settings>", "image: a layout has at most 64"},
        {"<layout-settings><layouts>", "<layout name=\"a#\">" SOLO "</layout>", 257,
         "</layouts></layout-settings>", "layout: there may be 256"},
        {"<layout-settings><layouts><layout name=\"a\">" SOLO "</layout></layouts><groups>",
         "<group name=\"g#\"><layout>a</layout></group>", 65, "</groups></layout-settings>",
         "group: there may be 64"},
        {"<layout-settings><groups><group name=\"g\">", "<layout>a</layout>", 33,
         "</group></groups></layout-settings>", "group: \"g\" has more than 32 layouts"},
        {"<layout-settings><groups><group name=\"g\"><layout>", "a", 100000,
         "</layout></group></groups></layout-settings>",
         "group: layout: \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...\" has "
         "more than 63 bytes"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); ++i) {
        char *xml = repeat(table[i].before, table[i].text, table[i].n, table[i].after), *yaml;

        assert_int_equal(import(&yaml, xml), -EINVAL);
        if (!strstr(errs.text[0], table[i].error))
            fail_msg("%s", errs.text[0]);
        free(xml);
    }
}

static void large_files_are_refused_unread(void **state)
{
    char *xml = repeat("", "<layout>", 10 * 1024 * 1024 / 8, ""), *yaml;
    (void)state;

    assert_int_equal(import(&yaml, xml), -EFBIG);
    assert_string_equal(errs.text[0], "f.xml:1:1: larger than 1048576 bytes");
    free(xml);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_become_reduced_fractions),
        cmocka_unit_test(attributes_become_roles_and_fits),
        cmocka_unit_test(reservations_become_seats),
        cmocka_unit_test(played_files_become_content),
        cmocka_unit_test(later_tiles_lie_above_those_they_overlap),
        cmocka_unit_test(groups_become_ladders_by_their_seats),
        cmocka_unit_test(groups_may_come_before_the_layouts),
        cmocka_unit_test(a_group_with_a_layouts_name_goes_by_its_prefix),
        cmocka_unit_test(names_stay_but_for_forbidden_characters),
        cmocka_unit_test(what_is_not_taken_over_is_said),
        cmocka_unit_test(a_whole_configuration_is_searched),
        cmocka_unit_test(errors_say_where),
        cmocka_unit_test(several_errors_are_told_at_once),
        cmocka_unit_test(entities_are_refused),
        cmocka_unit_test(all_that_a_file_can_grow_is_bounded),
        cmocka_unit_test(large_files_are_refused_unread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
