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
#include "mcu/ctl/ctl_check.h"

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

/* Whatever an import makes has to load. */
static void load(const char *yaml)
{
    if (ctl_check_layout_text("imported", yaml) != CTL_OK)
        fail_msg("does not load: %s", yaml);
}

static void expect(const char *xml, const char *part)
{
    char *yaml;

    if (import(&yaml, xml))
        fail_msg("%s", errs.text[0]);
    load(yaml);
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

/* The rest is imported, and what was left out is told. */
static void leave_out(const char *xml, const char *part, const char *told)
{
    expect(xml, part);
    assert_true(errs.n > 0);
    assert_string_equal(errs.text[0], told);
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
           "# \"b\" was left out: nobody may be in it without a seat\n");
}

static void later_tiles_lie_above_those_they_overlap(void **state)
{
    (void)state;
    expect(ONE(SOLO "<image x=\"0\" y=\"0\" scale=\"60\" overlap=\"true\"/>"
                    "<image x=\"30\" y=\"30\" scale=\"60\"/>"
                    "<image x=\"300\" y=\"300\" scale=\"60\" overlap=\"true\"/>"),
           "\"1/6\", \"1/6\"], vacant: hide, z: 1 }\n"
           "      - { rect: [\"1/12\", \"1/12\", \"1/6\", \"1/6\"], z: 2 }\n"
           "      - { rect: [\"5/6\", \"5/6\", \"1/6\", \"1/6\"], vacant: hide, z: 1 }\n");
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
           "    # \"c\" seats 1 as well\n"
           "    - { max: 2, layout: \"b\" }\n"
           "    - { max: 1, layout: content+1, when: content }\n"
           "    - { max: 4, layout: content+4, when: content }\n"
           "    - { max: 9, layout: content+9, when: content }\n"
           "    - { layout: content+11, when: content }\n"
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
    expect(WRAP("<layout name=\"mine_top.left:+5\">" SOLO "</layout>", ""),
           "  \"mine_top.left:+5\":\n    gap: 0\n    tiles:\n");
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
    refuse("<a/>", "f.xml:1:5: there is no (good) <layout> in <layout-settings> <layouts>");
    refuse(ONE(""), "f.xml:3:18: left out: layout: \"a\" has no (good) image");
}

/* Beside a layout that is as it should be. */
#define BESIDE(layouts, groups) WRAP(layouts "\n<layout name=\"good\">" SOLO "</layout>", groups)
#define AND(image)              BESIDE("<layout name=\"a\">" SOLO image "</layout>", "")

static void bad_images_are_left_out(void **state)
{
    static const struct {
        const char *xml, *told;
    } table[] = {
        {AND("\n <image x=\"0\" y=\"0\"/>"),
         "f.xml:4:2: left out: image: x, y and scale are needed"},
        {AND("\n<image x=\"-1\" y=\"0\" scale=\"90\"/>"),
         "f.xml:4:1: left out: image: x: \"-1\" is not a number from 0 to 360"},
        {AND("\n<image x=\"4294967297\" y=\"0\" scale=\"90\"/>"),
         "f.xml:4:1: left out: image: x: \"4294967297\" is not a number from 0 to 360"},
        {AND("\n<image x=\"300\" y=\"0\" scale=\"61\"/>"),
         "f.xml:4:1: left out: image: 300,0 with 61x61 is not inside of the canvas of 360x360"},
        {AND("\n<image x=\"0\" y=\"0\" scale=\"0\"/>"),
         "f.xml:4:1: left out: image: 0,0 with 0x0 is not inside of the canvas of 360x360"},
        {AND("\n<image x=\"0\" y=\"0\" scale=\"10\"/>"),
         "f.xml:4:1: left out: image: 0,0 with 10x10 is smaller than 64x36 pixels on 1280x720"},
        {AND("\n<image x=\"0\" y=\"0\" scale=\"90\" role-id=\"\"/>"),
         "f.xml:4:1: left out: role-id: \"\" has no characters"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); ++i) {
        leave_out(table[i].xml, "  \"a\":\n    # the image of line ", table[i].told);
        assert_int_equal(errs.n, 1);
    }
}

static void bad_layouts_are_left_out(void **state)
{
    static const struct {
        const char *xml, *told;
    } table[] = {
        {BESIDE("<layout name=\"a\"></layout>", ""),
         "f.xml:3:18: left out: layout: \"a\" has no (good) image"},
        {BESIDE("<layout>" SOLO "</layout>", ""),
         "f.xml:3:41: left out: layout: it has no (good) name"},
        {BESIDE("<layout name=\"\">" SOLO "</layout>", ""),
         "f.xml:3:1: left out: layout: \"\" has no characters"},
        {BESIDE("<layout name=\"a\">" SOLO "</layout>\n<layout name=\"a\">" SOLO "</layout>", ""),
         "f.xml:4:50: left out: layout: \"a\" is there twice"},
        {BESIDE(
             "<layout name=\"a\"><image x=\"0\" y=\"0\" scale=\"360\" file-only=\"1\"/></layout>",
             ""),
         "f.xml:3:64: left out: layout: \"a\" has no image that anybody may be in"},
        {BESIDE("<layout name=\"a\"><image x=\"0\" y=\"0\" scale=\"360\" role-id=\"b\"/></layout>",
                ""),
         "f.xml:3:62: left out: layout: \"a\" has no image that anybody may be in"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); ++i)
        leave_out(table[i].xml, "  \"good\":\n", table[i].told);
}

static void groups_leave_out_what_is_not_there(void **state)
{
    char *yaml;
    (void)state;

    leave_out(BESIDE("", "<group name=\"g\"><layout>nobody</layout><layout>good</layout></group>"),
              "  \"g\":\n    - { max: 1, layout: \"good\" }\n",
              "f.xml:7:31: left out: group: \"g\": there is no (good) layout \"nobody\"");
    leave_out(BESIDE("", "<group name=\"g\"></group>"), "  \"good\":\n",
              "f.xml:7:17: left out: group: \"g\" has no layout");
    assert_int_equal(import(&yaml, BESIDE("", "<group name=\"g\"><layout>b</layout></group>")), 0);
    assert_null(strstr(yaml, "ladders:"));
    assert_string_equal(errs.text[1], "f.xml:7:26: left out: group: \"g\" has no layout");
    free(yaml);
}

static void shared_screens_get_rungs_of_their_own(void **state)
{
    char *yaml;
    (void)state;

    expect(BESIDE("", "<group name=\"grid\"><layout>good</layout></group>"),
           "# The rungs for shared screens (when: content) are not FreeSWITCH's");
    /* A layout of the same name has no tile for the screen. */
    assert_int_equal(import(&yaml, BESIDE("<layout name=\"content+4\">" SOLO "</layout>",
                                          "<group name=\"g\"><layout>good</layout></group>")),
                     0);
    assert_null(strstr(yaml, "layout: content+4"));
    assert_non_null(strstr(yaml, "layout: content+9"));
    free(yaml);
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
         "</layouts></layout-settings>", "left out: layout: \"a256\": there may be 256"},
        {"<layout-settings><layouts><layout name=\"a\">" SOLO "</layout></layouts><groups>",
         "<group name=\"g#\"><layout>a</layout></group>", 65, "</groups></layout-settings>",
         "left out: group: \"g64\": there may be 64"},
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

        (void)import(&yaml, xml);
        assert_true(errs.n > 0);
        free(yaml);
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
        cmocka_unit_test(bad_images_are_left_out),
        cmocka_unit_test(bad_layouts_are_left_out),
        cmocka_unit_test(groups_leave_out_what_is_not_there),
        cmocka_unit_test(shared_screens_get_rungs_of_their_own),
        cmocka_unit_test(several_errors_are_told_at_once),
        cmocka_unit_test(entities_are_refused),
        cmocka_unit_test(all_that_a_file_can_grow_is_bounded),
        cmocka_unit_test(large_files_are_refused_unread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
