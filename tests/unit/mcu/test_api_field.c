/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_api_field.c  JSON from outside to a struct: what is read, what is
 * refused
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/api/api_field.h"
#include "mcu/api/api_text.h"

struct thing {
    struct api_flag flag;
    struct api_string text, word, digits;
    char name[API_TEXT_NAME_SIZE];
    char room[API_TEXT_ROOM_SIZE];
    struct api_number number, when;
    struct api_choice choice;
    struct api_list list;
    struct api_json any;
    struct api_flag inner;
};

static const char *const choices[] = {"red", "green", NULL};
static const struct api_field inner[] = {
    API_FIELD("inner", FLAG, struct thing, inner, .required = true),
    {.key = NULL},
};
static const struct api_field fields[] = {
    API_FIELD("flag", FLAG, struct thing, flag, .required = false),
    API_FIELD("text", TEXT, struct thing, text, .min = 1, .max = 4),
    API_FIELD("word", WORD, struct thing, word, .min = 1, .max = 9),
    API_FIELD("digits", DIGITS, struct thing, digits, .min = 2, .max = 9),
    API_FIELD("name", NAME, struct thing, name, .required = false),
    API_FIELD("room", ROOM, struct thing, room, .required = false),
    API_FIELD("number", UINT, struct thing, number, .min = 3, .max = 9),
    API_FIELD("when", TIME, struct thing, when, .required = false),
    API_FIELD("choice", CHOICE, struct thing, choice, .names = choices),
    API_FIELD("list", LIST, struct thing, list, .min = 1, .max = 2),
    API_FIELD("any", JSON, struct thing, any, .required = false),
    {.key = "object", .type = API_FIELD_OBJECT, .fields = inner},
    {.key = NULL},
};

static char why[200];

static int read_text(struct thing *thing, const char *text, bool strict)
{
    static struct json_t *root; /* strings of the last one live in it */
    int err;

    root = api_field_free(root);
    memset(thing, 0, sizeof(*thing));
    why[0] = '\0';
    err = api_field_parse(&root, text, strlen(text), 8, why, sizeof(why));
    return err ? err : api_field_read(thing, fields, root, strict, "", why, sizeof(why));
}

static void reads_every_type(void **state)
{
    struct thing t;
    (void)state;

    assert_int_equal(
        read_text(&t,
                  "{\"flag\":true,\"text\":\"\xc3\xa4 b\",\"word\":\"a-b\",\"digits\":\"012\","
                  "\"name\":\" Ada  B \",\"room\":\"Demo\",\"number\":9,"
                  "\"when\":\"2026-11-28T11:00:00.25+01:00\",\"choice\":\"green\","
                  "\"list\":[\"a\",\"b\"],\"any\":[1],\"object\":{\"inner\":true}}",
                  true),
        0);
    assert_true(t.flag.given && t.flag.on && t.inner.on);
    assert_string_equal(t.text.text, "\xc3\xa4 b");
    assert_int_equal(t.text.len, 4);
    assert_string_equal(t.name, "Ada B");
    assert_string_equal(t.room, "demo");
    assert_int_equal(t.number.n, 9);
    assert_true(t.when.n == 1795860000250000);
    assert_int_equal(t.choice.index, 1);
    assert_string_equal(api_field_item(&t.list, 1), "b");
    assert_non_null(t.any.json);
}

static void tells_what_is_not_given(void **state)
{
    struct thing t;
    (void)state;

    assert_int_equal(read_text(&t, "{\"when\":null}", true), 0);
    assert_false(t.flag.given || t.text.given || t.number.given || t.choice.given || t.list.given);
    assert_string_equal(t.text.text, "");
    assert_true(t.when.given && t.when.n == 0);
    assert_null(t.any.json);
}

static void says_what_is_wrong_and_where(void **state)
{
    static const char *const cases[][2] = {
        {"[]", "/: must be an object"},
        {"{\"x\":1}", "/x: not known"},
        {"{\"flag\":1}", "/flag: must be true or false"},
        {"{\"text\":\"\"}", "/text: must be 1 to 4 bytes"},
        {"{\"text\":\"12345\"}", "/text: must be 1 to 4 bytes"},
        {"{\"word\":\"a b\"}", "/word: must be ASCII without spaces"},
        {"{\"digits\":\"1a\"}", "/digits: must be digits"},
        {"{\"name\":\"\"}", "/name: must not be empty"},
        {"{\"name\":7}", "/name: must be a string"},
        {"{\"number\":2}", "/number: must be 3 to 9"},
        {"{\"number\":-3}", "/number: must be 3 to 9"},
        {"{\"number\":4.5}", "/number: must be a whole number"},
        {"{\"when\":\"tomorrow\"}", "/when: must be a time as 2026-11-28T10:00:00Z"},
        {"{\"choice\":\"blue\"}", "/choice: must be one of red, green"},
        {"{\"list\":[]}", "/list: must be 1 to 2 items"},
        {"{\"list\":[\"a\",1]}", "/list: must be a list of words"},
        {"{\"object\":{}}", "/object/inner: missing"},
        {"{\"object\":{\"inner\":true,\"y\":1}}", "/object/y: not known"},
        {"{\"text\":\"a\",\"text\":\"b\"}", "/: not JSON"},
        {"{\"any\":[[[[[[[[[]]]]]]]]]}", "/: nested too deeply"},
    };
    struct thing t;
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        assert_int_equal(read_text(&t, cases[i][0], true), -EBADMSG);
        assert_int_equal(strncmp(why, cases[i][1], strlen(cases[i][1])), 0);
    }
}

static void ignores_unknown_fields_if_it_may(void **state)
{
    struct thing t;
    (void)state;

    assert_int_equal(read_text(&t, "{\"x\":1,\"object\":{\"inner\":true,\"y\":1}}", false), 0);
    assert_true(t.inner.on);
}

static void reads_times_with_any_offset(void **state)
{
    static const struct {
        const char *text;
        uint64_t us;
    } cases[] = {
        {"1970-01-01T00:00:01Z", 1000000},
        {"1970-01-01T00:00:00Z", 0}, /* none of ours */
        {"2026-11-28T10:00:00Z", 1795860000000000},
        {"2026-11-28T10:00:00.5z", 1795860000500000},
        {"2026-11-28T05:30:00-04:30", 1795860000000000},
        {"2026-11-28T10:00:00", 0},
        {"2026-11-28T10:00:00+1", 0},
        {"2026-11-28T10:00:00Zx", 0},
        {"2026-13-28T10:00:00Z", 0},
        {"2027-02-30T10:00:00Z", 0},
        {"2028-02-29T10:00:00Z", 1835431200000000},
        {"26-11-28T10:00:00.000Z", 0},
        {"", 0},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i)
        assert_true(api_field_time(cases[i].text) == cases[i].us);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_type),
        cmocka_unit_test(tells_what_is_not_given),
        cmocka_unit_test(says_what_is_wrong_and_where),
        cmocka_unit_test(ignores_unknown_fields_if_it_may),
        cmocka_unit_test(reads_times_with_any_offset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
