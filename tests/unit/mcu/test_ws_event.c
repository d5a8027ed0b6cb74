/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_ws_event.c  Messages of the server: their exact text
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/api/ws_event.h"

static const struct ws_participant ada = {.id = "pt_a",
                                          .name = "Ada \"A\"",
                                          .kind = "web",
                                          .role = "host",
                                          .identity = "us_a",
                                          .avatar = "https://a.example/a.png",
                                          .audio = true,
                                          .hand = true,
                                          .hand_at_ms = 1800000000123};
static const struct ws_participant bob = {.id = "pt_b",
                                          .name = "\xd0\x91",
                                          .kind = "sip",
                                          .role = "guest",
                                          .identity = "",
                                          .avatar = "",
                                          .video = true};

#define ADA                                                                                        \
    "{\"id\":\"pt_a\",\"name\":\"Ada \\\"A\\\"\",\"kind\":\"web\",\"role\":\"host\","              \
    "\"identity\":\"us_a\",\"audio\":true,\"video\":false,\"share\":false,\"hand\":true,"          \
    "\"avatar\":\"https://a.example/a.png\",\"hand_at\":1800000000123}"
#define BOB                                                                                        \
    "{\"id\":\"pt_b\",\"name\":\"\xd0\x91\",\"kind\":\"sip\",\"role\":\"guest\",\"identity\":"     \
    "\"\","                                                                                        \
    "\"audio\":false,\"video\":true,\"share\":false,\"hand\":false}"

/** Compare and free. */
static void expect(char *text, const char *want)
{
    assert_non_null(text);
    assert_string_equal(text, want);
    free(text);
}

static void writes_answers(void **state)
{
    (void)state;

    expect(ws_event_ok(2, "v=0\r\n"), "{\"t\":\"ok\",\"re\":2,\"d\":{\"sdp\":\"v=0\\r\\n\"}}");
    expect(ws_event_ok(-1, NULL), "{\"t\":\"ok\"}");
    expect(ws_event_chat_ok(4, "ms_1", "c", 7),
           "{\"t\":\"ok\",\"re\":4,\"d\":{\"mid\":\"ms_1\",\"ts\":7,\"cid\":\"c\"}}");
    expect(ws_event_pong(0), "{\"t\":\"pong\",\"re\":0}");
    expect(ws_event_error(3, "room_full", NULL),
           "{\"t\":\"error\",\"re\":3,\"d\":{\"code\":\"room_full\"}}");
    expect(ws_event_error(-1, "bad_message", "/d: no"),
           "{\"t\":\"error\",\"d\":{\"code\":\"bad_message\",\"detail\":\"/d: no\"}}");
    expect(ws_event_bye("removed", 4003),
           "{\"t\":\"bye\",\"d\":{\"reason\":\"removed\",\"code\":4003}}");
}

static void writes_events_of_a_room(void **state)
{
    const struct ws_left left = {"pt_c", "timeout"};
    const struct ws_speaker active[] = {{"pt_a", -20}, {"pt_b", -35}};
    const struct ws_tile tiles[] = {{"pt_a", 0, 0, 640, 720, 0, "speaker", WS_MEDIA_VIDEO},
                                    {"pt_b", 640, 0, 640, 360, 1, "any", WS_MEDIA_AVATAR},
                                    {NULL, 640, 360, 640, 360, 2, "any", WS_MEDIA_MORE}};
    const char *const burned[] = {"name", "mic", NULL};
    struct ws_layout layout = {4, "3x2", "auto", 1280, 720, 4294967295u, 3, burned, tiles, 3};
    (void)state;

    expect(ws_event_roster(9, &ada, 1, &bob, 1, &left, 1),
           "{\"t\":\"roster\",\"s\":9,\"d\":{\"add\":[" ADA "],\"upd\":[" BOB
           "],\"del\":[{\"id\":\"pt_c\",\"reason\":\"timeout\"}]}}");
    expect(ws_event_speakers(1, active, 2, "pt_a"),
           "{\"t\":\"speakers\",\"s\":1,\"d\":{\"active\":[{\"id\":\"pt_a\",\"level\":-20},"
           "{\"id\":\"pt_b\",\"level\":-35}],\"dominant\":\"pt_a\"}}");
    expect(ws_event_speakers(2, NULL, 0, NULL),
           "{\"t\":\"speakers\",\"s\":2,\"d\":{\"active\":[],\"dominant\":null}}");
    expect(ws_event_layout(3, &layout),
           "{\"t\":\"layout\",\"s\":3,\"d\":{\"epoch\":4,\"name\":\"3x2\",\"chosen\":\"auto\","
           "\"canvas\":[1280,720],\"overflow\":3,\"rtp\":{\"ts\":4294967295},"
           "\"burned\":[\"name\",\"mic\"],\"tiles\":["
           "{\"i\":0,\"x\":0,\"y\":0,\"w\":640,\"h\":720,\"z\":0,\"role\":\"speaker\",\"media\":"
           "\"video\",\"id\":\"pt_a\"},"
           "{\"i\":1,\"x\":640,\"y\":0,\"w\":640,\"h\":360,\"z\":1,\"role\":\"any\",\"media\":"
           "\"avatar\",\"id\":\"pt_b\"},"
           "{\"i\":2,\"x\":640,\"y\":360,\"w\":640,\"h\":360,\"z\":2,\"role\":\"any\",\"media\":"
           "\"more\"}]}}");
    expect(ws_event_muted(NULL, true, false),
           "{\"t\":\"muted\",\"d\":{\"by\":null,\"audio\":true,\"video\":false}}");
}

static void gives_null_for_what_is_not_utf8(void **state)
{
    struct ws_participant bad = ada;
    (void)state;

    bad.name = "\xff";
    assert_null(ws_event_roster(1, &bad, 1, NULL, 0, NULL, 0));
    assert_null(ws_event_bye("\xff", 1000));
}

static void writes_any_detail_of_an_error(void **state)
{
    char detail[1001];
    char *text;
    (void)state;

    expect(ws_event_error(-1, "x",
                          "a\xff"
                          "b"),
           "{\"t\":\"error\",\"d\":{\"code\":\"x\",\"detail\":\"a?b\"}}");
    memset(detail, 'y', 1000);
    detail[1000] = '\0';
    text = ws_event_error(-1, "x", detail);
    assert_non_null(text);
    assert_true(strlen(text) < 400);
    free(text);
    detail[299] = '\xc3'; /* cut in the middle of a character */
    detail[300] = '\xa4';
    text = ws_event_error(-1, "x", detail);
    assert_non_null(text);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_answers),
        cmocka_unit_test(writes_events_of_a_room),
        cmocka_unit_test(gives_null_for_what_is_not_utf8),
        cmocka_unit_test(writes_any_detail_of_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
