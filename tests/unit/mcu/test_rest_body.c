/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_rest_body.c  Bodies of the REST API: what is read, what is refused
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/api/rest_body.h"
#include "mixer/overlay.h"

static struct rest_body body;
static char why[REST_BODY_WHY_SIZE];

/** Parse from a buffer of the exact size. */
static int parse_bytes(enum rest_body_kind kind, const char *text, size_t len)
{
    char *exact = malloc(len ? len : 1);
    int err;

    assert_non_null(exact);
    memcpy(exact, text, len);
    err = rest_body_parse(&body, kind, exact, len, why, sizeof(why));
    free(exact); /* the struct must not need it */
    return err;
}

static int parse(enum rest_body_kind kind, const char *text)
{
    return parse_bytes(kind, text, strlen(text));
}

static void reads_drain_and_log(void **state)
{
    (void)state;
    assert_int_equal(parse(REST_BODY_DRAIN, "{\"on\":true}"), 0);
    assert_true(body.u.drain);
    assert_int_equal(parse(REST_BODY_DRAIN, " {\"on\": false} "), 0);
    assert_false(body.u.drain);
    assert_int_equal(parse(REST_BODY_LOG, "{\"level\":\"debug\"}"), 0);
    assert_int_equal(body.u.level, LOG_LEVEL_DEBUG);
    assert_int_equal(parse(REST_BODY_LOG, "{\"level\":\"error\"}"), 0);
    assert_int_equal(body.u.level, LOG_LEVEL_ERROR);
}

static void reads_what_is_to_become_of_a_participant(void **state)
{
    const struct rest_body_participant *p = &body.u.participant;
    (void)state;

    assert_int_equal(parse(REST_BODY_PARTICIPANT,
                           "{\"muted\":{\"audio\":true},\"hand\":false,\"seat\":\"interpreter\"}"),
                     0);
    assert_true(p->audio.given && p->audio.on);
    assert_false(p->video.given);
    assert_true(p->hand.given);
    assert_false(p->hand.on);
    assert_true(p->has_seat);
    assert_string_equal(p->seat, "interpreter");

    assert_int_equal(parse(REST_BODY_PARTICIPANT, "{\"seat\":null}"), 0);
    assert_true(p->has_seat);
    assert_string_equal(p->seat, "");
    assert_int_equal(parse(REST_BODY_PARTICIPANT, "{}"), 0);
    assert_false(p->has_seat || p->hand.given || p->audio.given || p->video.given);
}

static void reads_who_is_not_muted(void **state)
{
    (void)state;
    assert_int_equal(parse(REST_BODY_MUTE, "{\"audio\":true,\"except\":[\"pt_a\",\"pt_b\"]}"), 0);
    assert_int_equal(body.u.mute.nexcept, 2);
    assert_string_equal(body.u.mute.except[0], "pt_a");
    assert_string_equal(body.u.mute.except[1], "pt_b");
    assert_int_equal(parse(REST_BODY_MUTE, "{\"audio\":true}"), 0);
    assert_int_equal(body.u.mute.nexcept, 0);
}

static void reads_how_a_room_is_to_look(void **state)
{
    const struct rest_body_look *look = &body.u.look;
    (void)state;

    assert_int_equal(
        parse(REST_BODY_LOOK,
              "{\"layout\":\"1+7\",\"spotlight\":[\"pt_a\"],"
              "\"seats\":{\"interpreter\":\"pt_b\",\"chair\":null},\"banner\":\"H\xc3\xb6rt!\","
              "\"marks\":[\"rec\",\"live\"],\"overlays\":{\"names\":false,\"logo\":true}}"),
        0);
    assert_true(look->has_layout && look->has_spotlight && look->has_banner && look->has_marks);
    assert_string_equal(look->layout, "1+7");
    assert_int_equal(look->nspotlights, 1);
    assert_string_equal(look->spotlight[0], "pt_a");
    assert_int_equal(look->nseats, 2);
    assert_string_equal(look->seat[0].name, "interpreter");
    assert_string_equal(look->seat[0].id, "pt_b");
    assert_string_equal(look->seat[1].name, "chair");
    assert_string_equal(look->seat[1].id, "");
    assert_string_equal(look->banner, "H\xc3\xb6rt!");
    assert_int_equal(look->marks, OVERLAY_MARK_REC | OVERLAY_MARK_LIVE);
    assert_true(look->overlay[REST_BODY_NAMES].given);
    assert_false(look->overlay[REST_BODY_NAMES].on);
    assert_false(look->overlay[REST_BODY_BADGES].given);
    assert_true(look->overlay[REST_BODY_LOGO].on);

    /* Null and nothing are not the same. */
    assert_int_equal(parse(REST_BODY_LOOK, "{\"layout\":null,\"banner\":null,\"marks\":[],"
                                           "\"spotlight\":[]}"),
                     0);
    assert_true(look->has_layout && look->has_spotlight && look->has_banner && look->has_marks);
    assert_string_equal(look->layout, "");
    assert_int_equal(look->nspotlights, 0);
    assert_int_equal(parse(REST_BODY_LOOK, "{}"), 0);
    assert_false(look->has_layout || look->has_spotlight || look->has_banner || look->has_marks);
}

static void names_the_field_that_is_wrong(void **state)
{
    static const struct {
        enum rest_body_kind kind;
        const char *text, *why;
    } cases[] = {
        {REST_BODY_DRAIN, "{}", "/on: missing"},
        {REST_BODY_DRAIN, "{\"on\":1}", "/on: must be true or false"},
        {REST_BODY_DRAIN, "{\"on\":true,\"off\":true}", "/off: not known"},
        {REST_BODY_DRAIN, "{\"\":true}", "/: not known"},
        {REST_BODY_DRAIN, "[]", "/: must be an object"},
        {REST_BODY_DRAIN, "null", NULL},
        {REST_BODY_DRAIN, "", NULL},
        {REST_BODY_DRAIN, "{\"on\":true}x", NULL},
        {REST_BODY_DRAIN, "{\"on\":true,\"on\":false}", NULL},
        {REST_BODY_DRAIN, "{\"on\":\"\xff\"}", NULL},
        {REST_BODY_LOG, "{\"level\":\"loud\"}", "/level: must be error, warning, info or debug"},
        {REST_BODY_LOG, "{\"level\":3}", "/level: must be error, warning, info or debug"},
        {REST_BODY_PARTICIPANT, "{\"muted\":true}", "/muted: must be an object"},
        {REST_BODY_PARTICIPANT, "{\"muted\":{\"sound\":true}}", "/muted/sound: not known"},
        {REST_BODY_PARTICIPANT, "{\"muted\":{\"audio\":null}}",
         "/muted/audio: must be true or false"},
        {REST_BODY_PARTICIPANT, "{\"hand\":\"up\"}", "/hand: must be true or false"},
        {REST_BODY_PARTICIPANT, "{\"seat\":7}", "/seat: must be a string or null"},
        {REST_BODY_MUTE, "{\"except\":[]}", "/audio: missing"},
        {REST_BODY_MUTE, "{\"audio\":false}", "/audio: must be true"},
        {REST_BODY_MUTE, "{\"audio\":true,\"except\":\"pt_a\"}",
         "/except: must be a list of participants' ids"},
        {REST_BODY_MUTE, "{\"audio\":true,\"except\":[\"\"]}",
         "/except: must be a list of participants' ids"},
        {REST_BODY_LOOK, "{\"layout\":[]}", "/layout: must be a string or null"},
        {REST_BODY_LOOK, "{\"layuot\":\"auto\"}", "/layuot: not known"},
        {REST_BODY_LOOK, "{\"spotlight\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]}",
         "/spotlight: has too many items"},
        {REST_BODY_LOOK, "{\"spotlight\":[1]}", "/spotlight: must be a list of participants' ids"},
        {REST_BODY_LOOK, "{\"seats\":[]}", "/seats: must be an object"},
        {REST_BODY_LOOK, "{\"seats\":{\"\":null}}", "/seats/: not the name of a seat"},
        {REST_BODY_LOOK, "{\"seats\":{\"a\":1}}", "/seats/a: must be a participant's id or null"},
        {REST_BODY_LOOK, "{\"marks\":[\"air\"]}", "/marks: must be a list of \"rec\" and \"live\""},
        {REST_BODY_LOOK, "{\"overlays\":{\"name\":true}}", "/overlays/name: not known"},
        {REST_BODY_LOOK, "{\"overlays\":{\"border\":0}}",
         "/overlays/border: must be true or false"},
        {REST_BODY_LOOK, "{\"banner\":\"a\\u0000b\"}", NULL},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        assert_int_equal(parse(cases[i].kind, cases[i].text), -EBADMSG);
        if (cases[i].why)
            assert_string_equal(why, cases[i].why);
        else
            assert_string_not_equal(why, "");
    }
}

static void bounds_every_text_and_list(void **state)
{
    char text[4096];
    (void)state;

    (void)snprintf(text, sizeof(text), "{\"layout\":\"%0*d\"}", LAYOUT_NAME_SIZE - 1, 0);
    assert_int_equal(parse(REST_BODY_LOOK, text), 0);
    (void)snprintf(text, sizeof(text), "{\"layout\":\"%0*d\"}", LAYOUT_NAME_SIZE, 0);
    assert_int_equal(parse(REST_BODY_LOOK, text), -EBADMSG);
    assert_string_equal(why, "/layout: too long");
    (void)snprintf(text, sizeof(text), "{\"banner\":\"%0*d\"}", ROOM_LOOK_BANNER_SIZE - 1, 0);
    assert_int_equal(parse(REST_BODY_LOOK, text), 0);
    (void)snprintf(text, sizeof(text), "{\"banner\":\"%0*d\"}", ROOM_LOOK_BANNER_SIZE, 0);
    assert_int_equal(parse(REST_BODY_LOOK, text), -EBADMSG);
    (void)snprintf(text, sizeof(text), "{\"spotlight\":[\"%0*d\"]}", ID_SIZE, 0);
    assert_int_equal(parse(REST_BODY_LOOK, text), -EBADMSG);
    (void)snprintf(text, sizeof(text), "{\"seats\":{\"%0*d\":null}}", LAYOUT_NAME_SIZE, 0);
    assert_int_equal(parse(REST_BODY_LOOK, text), -EBADMSG);
    assert_int_equal(parse(REST_BODY_LOOK,
                           "{\"seats\":{\"1\":null,\"2\":null,\"3\":null,\"4\":null,"
                           "\"5\":null,\"6\":null,\"7\":null,\"8\":null,\"9\":null}}"),
                     -EBADMSG);
    assert_string_equal(why, "/seats: has too many seats");
    /* A name that is repeated in the reason is cut. */
    (void)snprintf(text, sizeof(text), "{\"%0*d\":1}", 3000, 0);
    assert_int_equal(parse(REST_BODY_LOOK, text), -EBADMSG);
    assert_true(strlen(why) < 100);
}

static void refuses_what_is_too_long_or_too_deep(void **state)
{
    char *text = malloc(REST_BODY_MAX + 1);
    (void)state;

    assert_non_null(text);
    memset(text, ' ', REST_BODY_MAX + 1);
    memcpy(text, "{\"on\":true}", 11);
    assert_int_equal(parse_bytes(REST_BODY_DRAIN, text, REST_BODY_MAX), 0);
    assert_int_equal(parse_bytes(REST_BODY_DRAIN, text, REST_BODY_MAX + 1), -EMSGSIZE);
    memset(text, '[', REST_BODY_MAX);
    assert_int_equal(parse_bytes(REST_BODY_DRAIN, text, REST_BODY_MAX), -EBADMSG);
    assert_string_equal(why, "/: nested too deeply");
    free(text);
}

static void describes_what_a_look_changes(void **state)
{
    static const struct {
        const char *json, *words;
    } table[] = {
        {"{\"layout\":\"1+7\"}", "layout 1+7"},
        {"{\"layout\":null,\"spotlight\":[],\"banner\":null,\"marks\":[]}",
         "layout as configured; spotlight nobody; banner as configured; marks none"},
        {"{\"spotlight\":[\"pt_a\",\"pt_b\"],\"banner\":\"Hi\",\"marks\":[\"rec\",\"live\"]}",
         "spotlight pt_a pt_b; banner; marks rec live"},
        {"{\"overlays\":{\"names\":false,\"logo\":true},\"seats\":{\"x\":\"pt_a\",\"y\":null}}",
         "seats pt_a nobody; overlays -names +logo"},
        {"{}", "nothing"},
    };
    char words[REST_BODY_DESCRIPTION_SIZE];
    (void)state;

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); ++i) {
        if (parse(REST_BODY_LOOK, table[i].json))
            fail_msg("%s", why);
        rest_body_describe_look(words, &body.u.look);
        assert_string_equal(words, table[i].words);
    }
}

static void a_banner_of_10000_combining_characters_is_refused(void **state)
{
    static const char before[] = "{\"banner\":\"e", after[] = "\"}";
    static char json[20100];
    char *p = stpcpy(json, before);
    (void)state;

    for (unsigned i = 0; i < 10000; ++i)
        p = stpcpy(p, "\xcc\x81");
    (void)stpcpy(p, after);
    assert_int_equal(parse(REST_BODY_LOOK, json), -EBADMSG);
    assert_string_equal(why, "/banner: too long");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_drain_and_log),
        cmocka_unit_test(reads_what_is_to_become_of_a_participant),
        cmocka_unit_test(reads_who_is_not_muted),
        cmocka_unit_test(reads_how_a_room_is_to_look),
        cmocka_unit_test(names_the_field_that_is_wrong),
        cmocka_unit_test(describes_what_a_look_changes),
        cmocka_unit_test(a_banner_of_10000_combining_characters_is_refused),
        cmocka_unit_test(bounds_every_text_and_list),
        cmocka_unit_test(refuses_what_is_too_long_or_too_deep),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
