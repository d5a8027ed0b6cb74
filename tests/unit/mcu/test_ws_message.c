/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_ws_message.c  Messages of a client: what is read, what is refused
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

#include "mcu/api/ws_message.h"

static char why[WS_MESSAGE_WHY_SIZE];

/** Parse from a buffer of the exact size. */
static int parse(struct ws_message *msg, const char *text, size_t len)
{
    char *exact = malloc(len ? len : 1);
    int err;

    assert_non_null(exact);
    memcpy(exact, text, len);
    err = ws_message_parse(msg, exact, len, why, sizeof(why));
    free(exact); /* the message must not need it */
    return err;
}

static int parse_text(struct ws_message *msg, const char *text)
{
    return parse(msg, text, strlen(text));
}

static void reads_hello(void **state)
{
    struct ws_message msg;
    (void)state;

    assert_int_equal(
        parse_text(&msg, "{\"t\":\"hello\",\"id\":7,\"d\":{\"room\":\"Demo\",\"name\":\" Ada \","
                         "\"client\":\"x\\u0007y\",\"want\":{\"video\":false},\"new\":[1]}}"),
        0);
    assert_int_equal(msg.type, WS_MESSAGE_HELLO);
    assert_true(msg.has_id);
    assert_int_equal(msg.id, 7);
    assert_string_equal(msg.u.hello.room, "demo");
    assert_string_equal(msg.u.hello.name, "Ada");
    assert_string_equal(msg.u.hello.client, "xy");
    assert_false(msg.u.hello.want.video.on);
    ws_message_finish(&msg);

    assert_int_equal(parse_text(&msg, "{\"t\":\"hello\",\"d\":{\"room\":\"a\",\"name\":\"b\","
                                      "\"client\":{\"ua\":\"browser\"}}}"),
                     0);
    assert_false(msg.has_id);
    assert_true(msg.u.hello.want.video.on);
    assert_string_equal(msg.u.hello.client, "browser");
    ws_message_finish(&msg);
}

static void reads_offer_mute_leave_and_ping(void **state)
{
    struct ws_message msg;
    (void)state;

    assert_int_equal(parse_text(&msg, "{\"t\":\"offer\",\"id\":0,\"d\":{\"sdp\":\"v=0\\r\\n\","
                                      "\"restart\":true}}"),
                     0);
    assert_int_equal(msg.type, WS_MESSAGE_OFFER);
    assert_true(msg.has_id);
    assert_string_equal(msg.u.offer.sdp.text, "v=0\r\n");
    assert_int_equal(msg.u.offer.sdp.len, 5);
    assert_true(msg.u.offer.restart.on);
    ws_message_finish(&msg);

    assert_int_equal(parse_text(&msg, "{\"t\":\"mute\",\"d\":{\"audio\":true}}"), 0);
    assert_int_equal(msg.type, WS_MESSAGE_MUTE);
    assert_true(msg.u.mute.audio.given && msg.u.mute.audio.on);
    assert_false(msg.u.mute.video.given);
    ws_message_finish(&msg);

    assert_int_equal(parse_text(&msg, "{\"t\":\"leave\"}"), 0);
    assert_int_equal(msg.type, WS_MESSAGE_LEAVE);
    ws_message_finish(&msg);
    assert_int_equal(parse_text(&msg, "{\"t\":\"ping\",\"id\":9007199254740991,\"d\":{}}"), 0);
    assert_int_equal(msg.type, WS_MESSAGE_PING);
    assert_true(msg.id == 9007199254740991);
    ws_message_finish(&msg);
    ws_message_finish(&msg);
    ws_message_finish(NULL);
}

static void reads_what_hosts_and_callers_say(void **state)
{
    struct ws_message msg;
    (void)state;

    assert_int_equal(parse_text(&msg, "{\"t\":\"hello\",\"d\":{\"token\":\"e.y.J\"}}"), 0);
    assert_string_equal(msg.u.hello.token.text, "e.y.J");
    assert_string_equal(msg.u.hello.room, "");
    assert_string_equal(msg.u.hello.pin.text, "");
    ws_message_finish(&msg);

    assert_int_equal(parse_text(&msg, "{\"t\":\"room.set\",\"d\":{\"locked\":true,\"lobby\":"
                                      "\"guests\",\"guests_can\":{\"chat\":false}}}"),
                     0);
    assert_true(msg.u.room.locked.on && msg.u.room.lobby.given && msg.u.room.chat.given);
    assert_int_equal(msg.u.room.lobby.index, 1);
    assert_false(msg.u.room.chat.on || msg.u.room.speak.given);
    ws_message_finish(&msg);

    assert_int_equal(parse_text(&msg, "{\"t\":\"call.start\",\"d\":{\"to\":[\"us_a\","
                                      "\"sip:b@c.example\"],\"kind\":\"video\"}}"),
                     0);
    assert_int_equal(msg.u.call.to.n, 2);
    assert_string_equal(api_field_item(&msg.u.call.to, 1), "sip:b@c.example");
    assert_int_equal(msg.u.call.kind.index, 1);
    ws_message_finish(&msg);

    assert_int_equal(parse_text(&msg, "{\"t\":\"layout.set\",\"d\":{\"layout\":\"2x2\"}}"), 0);
    assert_string_equal(msg.look, "{\"layout\":\"2x2\"}");
    ws_message_finish(&msg);
    assert_int_equal(parse_text(&msg, "{\"t\":\"mute.all\"}"), 0);
    assert_false(msg.u.ids.ids.given);
    ws_message_finish(&msg);
}

static void names_the_field_that_is_wrong(void **state)
{
#define HELLO(d_) "{\"t\":\"hello\",\"d\":{" d_ "}}"
    static const struct {
        const char *text;
        int err;
        const char *pointer;
    } cases[] = {
        {"", -EBADMSG, "/:"},
        {"hello", -EBADMSG, "/:"},
        {"[]", -EBADMSG, "/:"},
        {"{\"t\":\"ping\"} x", -EBADMSG, "/:"},
        {"{\"t\":\"ping\",\"t\":\"leave\"}", -EBADMSG, "/:"},
        {"{\"t\":\"ping\",\"x\":\"\\u0000\"}", -EBADMSG, "/:"},
        {"{\"t\":\"pi\xff\"}", -EBADMSG, "/:"},
        {"{}", -EBADMSG, "/t:"},
        {"{\"t\":1}", -EBADMSG, "/t:"},
        {"{\"t\":\"dance\"}", -ENOTSUP, "/t:"},
        {"{\"t\":\"\"}", -ENOTSUP, "/t:"},
        {"{\"t\":\"ping\",\"id\":-1}", -EBADMSG, "/id:"},
        {"{\"t\":\"ping\",\"id\":1.5}", -EBADMSG, "/id:"},
        {"{\"t\":\"ping\",\"id\":\"1\"}", -EBADMSG, "/id:"},
        {"{\"t\":\"ping\",\"id\":9007199254740992}", -EBADMSG, "/id:"},
        {"{\"t\":\"ping\",\"d\":[]}", -EBADMSG, "/d:"},
        {"{\"t\":\"hello\"}", -EBADMSG, "/d:"},
        {HELLO("\"name\":\"a\""), -EBADMSG, "/d/room:"},
        {HELLO("\"name\":\"a\",\"room\":null"), -EBADMSG, "/d/room:"},
        {HELLO("\"name\":\"a\",\"room\":\"../etc\""), -EBADMSG, "/d/room:"},
        {HELLO("\"room\":\"a\""), -EBADMSG, "/d/name:"},
        {HELLO("\"room\":\"a\",\"name\":\" \""), -EBADMSG, "/d/name:"},
        {HELLO("\"room\":\"a\",\"name\":\"b\",\"client\":5"), -EBADMSG, "/d/client:"},
        {HELLO("\"room\":\"a\",\"name\":\"b\",\"want\":true"), -EBADMSG, "/d/want:"},
        {HELLO("\"room\":\"a\",\"name\":\"b\",\"want\":{\"video\":1}"), -EBADMSG, "/d/want/video:"},
        {"{\"t\":\"offer\",\"d\":{}}", -EBADMSG, "/d/sdp:"},
        {"{\"t\":\"offer\",\"d\":{\"sdp\":\"\"}}", -EBADMSG, "/d/sdp:"},
        {"{\"t\":\"offer\",\"d\":{\"sdp\":\"v\",\"restart\":0}}", -EBADMSG, "/d/restart:"},
        {"{\"t\":\"hello\",\"d\":{\"token\":\"\"}}", -EBADMSG, "/d/token:"},
        {"{\"t\":\"hello\",\"d\":{\"token\":\"a b\"}}", -EBADMSG, "/d/token:"},
        {HELLO("\"room\":\"a\",\"name\":\"b\",\"pin\":\"12a4\""), -EBADMSG, "/d/pin:"},
        {"{\"t\":\"join\",\"d\":{\"name\":\"b\"}}", -EBADMSG, "/d/room:"},
        {"{\"t\":\"chat\",\"d\":{}}", -EBADMSG, "/d/text:"},
        {"{\"t\":\"chat\",\"d\":{\"text\":\"a\",\"to\":7}}", -EBADMSG, "/d/to:"},
        {"{\"t\":\"participant.set\",\"d\":{\"id\":\"pt_a\",\"role\":\"king\"}}", -EBADMSG,
         "/d/role: must be one of viewer, guest, host"},
        {"{\"t\":\"participant.set\",\"d\":{\"id\":\"pt_a\",\"muted\":{\"audio\":1}}}", -EBADMSG,
         "/d/muted/audio:"},
        {"{\"t\":\"participant.ask\",\"d\":{\"id\":\"pt_a\"}}", -EBADMSG, "/d:"},
        {"{\"t\":\"lobby.admit\",\"d\":{}}", -EBADMSG, "/d:"},
        {"{\"t\":\"lobby.admit\",\"d\":{\"ids\":[\"a\",3]}}", -EBADMSG, "/d/ids:"},
        {"{\"t\":\"call.start\",\"d\":{\"to\":[]}}", -EBADMSG, "/d/to: must be 1 to 16 items"},
        {"{\"t\":\"reaction\",\"d\":{\"emoji\":\"123456789012345678901234567890123\"}}", -EBADMSG,
         "/d/emoji: must be 1 to 32 bytes"},
        {"{\"t\":\"mute\",\"d\":{}}", -EBADMSG, "/d:"},
        {"{\"t\":\"mute\",\"d\":{\"audio\":\"yes\"}}", -EBADMSG, "/d/audio:"},
        {"{\"t\":\"mute\",\"d\":{\"audio\":true,\"video\":0}}", -EBADMSG, "/d/video:"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        struct ws_message msg;

        assert_int_equal(parse_text(&msg, cases[i].text), cases[i].err);
        assert_int_equal(msg.type, WS_MESSAGE_NONE);
        assert_int_equal(strncmp(why, cases[i].pointer, strlen(cases[i].pointer)), 0);
        ws_message_finish(&msg);
    }
}

static void keeps_the_id_for_the_error_answer(void **state)
{
    struct ws_message msg;
    (void)state;

    assert_int_equal(parse_text(&msg, "{\"t\":\"dance\",\"id\":4}"), -ENOTSUP);
    assert_true(msg.has_id);
    assert_int_equal(msg.id, 4);
    ws_message_finish(&msg);
}

static void bounds_depth_and_length(void **state)
{
    static char text[WS_MESSAGE_MAX + 2];
    struct ws_message msg;
    (void)state;

    /* The envelope is one level and "d" another. */
    assert_int_equal(parse_text(&msg, "{\"t\":\"ping\",\"d\":{\"x\":[[[[[[[[[[[[[[\"[[[{{\\\"[[[\""
                                      "]]]]]]]]]]]]]]}}"),
                     0);
    ws_message_finish(&msg);
    assert_int_equal(
        parse_text(&msg, "{\"t\":\"ping\",\"d\":{\"x\":[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]}}"),
        -EBADMSG);
    assert_string_equal(why, "/: nested too deeply");
    ws_message_finish(&msg);
    memset(text, '[', sizeof(text));
    assert_int_equal(parse(&msg, text, WS_MESSAGE_MAX), -EBADMSG);
    ws_message_finish(&msg);
    assert_int_equal(parse(&msg, text, WS_MESSAGE_MAX + 1), -EMSGSIZE);
    ws_message_finish(&msg);
}

static void bounds_the_session_description(void **state)
{
    static char text[WS_MESSAGE_MAX];
    struct ws_message msg;
    (void)state;

    for (int over = 0; over <= 1; ++over) {
        size_t n = (size_t)snprintf(text, sizeof(text), "{\"t\":\"offer\",\"d\":{\"sdp\":\"");
        size_t sdp = WS_MESSAGE_SDP_MAX + (size_t)over;

        memset(text + n, 'v', sdp);
        memcpy(text + n + sdp, "\"}}", 3);
        assert_int_equal(parse(&msg, text, n + sdp + 3), over ? -EBADMSG : 0);
        ws_message_finish(&msg);
    }
}

static void has_a_code_for_each_error(void **state)
{
    (void)state;

    assert_string_equal(ws_message_error_code(-EBADMSG), "bad_message");
    assert_string_equal(ws_message_error_code(-ENOTSUP), "unknown_type");
    assert_string_equal(ws_message_error_code(-EMSGSIZE), "too_large");
    assert_string_equal(ws_message_error_code(-ENOMEM), "no_memory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_hello),
        cmocka_unit_test(reads_offer_mute_leave_and_ping),
        cmocka_unit_test(reads_what_hosts_and_callers_say),
        cmocka_unit_test(names_the_field_that_is_wrong),
        cmocka_unit_test(keeps_the_id_for_the_error_answer),
        cmocka_unit_test(bounds_depth_and_length),
        cmocka_unit_test(bounds_the_session_description),
        cmocka_unit_test(has_a_code_for_each_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
