/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_sip_terms.c  Calls in terms of SIP, and SIP in terms of calls
 */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/api/sip_terms.h"

static void the_user_of_from_has_no_character_that_needs_quoting(void **state)
{
    static const struct {
        const char *text, *user;
    } rows[] = {
        {"us_ada", "us_ada"},
        {"a.b-c_D9", "a.b-c_D9"},
        {"sip:ada@example.com;x=<y>", "sipadaexample.comxy"},
        {"\r\nVia: x", "Viax"},
        {"\xc3\xa4", "medley"},
        {"", "medley"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
        char user[SIP_TERMS_USER_SIZE];

        sip_terms_user(user, rows[i].text);
        assert_string_equal(user, rows[i].user);
    }
}

static void a_long_user_is_cut(void **state)
{
    char text[300], user[SIP_TERMS_USER_SIZE];
    (void)state;

    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    sip_terms_user(user, text);
    assert_int_equal(strlen(user), SIP_TERMS_USER_SIZE - 1);
}

static void the_way_to_an_address_is_that_to_its_numeric_host(void **state)
{
    static const struct {
        const char *address, *peer;
    } rows[] = {
        {"sip:desk@192.0.2.7", "192.0.2.7"},
        {"sip:desk@192.0.2.7:5070;transport=tcp", "192.0.2.7"},
        {"sip:192.0.2.7", "192.0.2.7"},
        {"sip:desk@example.com", "198.51.100.1"},
        {"sip:desk@192.0.2.7777777777777777777", "198.51.100.1"},
        {"sip:desk@[2001:db8::1]", "198.51.100.1"},
        {"sip:", "198.51.100.1"},
        {"nothing", "198.51.100.1"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
        struct sockaddr_storage peer;
        char text[INET_ADDRSTRLEN];

        sip_terms_peer(&peer, rows[i].address);
        assert_int_equal(peer.ss_family, AF_INET);
        assert_non_null(
            inet_ntop(AF_INET, &((struct sockaddr_in *)&peer)->sin_addr, text, sizeof(text)));
        assert_string_equal(text, rows[i].peer);
    }
}

static void busy_says_more_than_any_other_answer(void **state)
{
    static const unsigned rows[][3] = {
        {480, 0, 480}, {486, 0, 486}, {480, 486, 486}, {486, 480, 486}, {404, 480, 404}, {0, 0, 0},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i)
        assert_int_equal(sip_terms_worse(rows[i][0], rows[i][1]), rows[i][2]);
}

static void only_6xx_is_meant_for_all_contacts(void **state)
{
    (void)state;

    assert_true(sip_terms_is_final(600));
    assert_true(sip_terms_is_final(603));
    assert_false(sip_terms_is_final(486));
    assert_false(sip_terms_is_final(503));
}

static void each_end_has_its_status(void **state)
{
    (void)state;

    assert_int_equal(sip_terms_status(CALL_DECLINED), 603);
    assert_int_equal(sip_terms_status(CALL_BUSY), 486);
    assert_int_equal(sip_terms_status(CALL_TIMEOUT), 480);
    assert_int_equal(sip_terms_status(CALL_FAILED), 480);
    assert_int_equal(sip_terms_status(CALL_CANCELLED), 480);
}

static enum call_kind kind_of(const char *sdp)
{
    return sip_terms_kind(sdp, sdp ? strlen(sdp) : 0);
}

static void an_offer_with_a_line_of_video_is_a_video_call(void **state)
{
    (void)state;

    assert_int_equal(kind_of("v=0\r\nm=audio 4 RTP/AVP 0\r\nm=video 6 RTP/AVP 97\r\n"), CALL_VIDEO);
    assert_int_equal(kind_of("v=0\r\nm=audio 4 RTP/AVP 0\r\n"), CALL_AUDIO);
    assert_int_equal(kind_of("v=0\r\ns=m=video \r\n"), CALL_AUDIO);
    assert_int_equal(kind_of(""), CALL_AUDIO);
    assert_int_equal(kind_of(NULL), CALL_VIDEO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_user_of_from_has_no_character_that_needs_quoting),
        cmocka_unit_test(a_long_user_is_cut),
        cmocka_unit_test(the_way_to_an_address_is_that_to_its_numeric_host),
        cmocka_unit_test(busy_says_more_than_any_other_answer),
        cmocka_unit_test(only_6xx_is_meant_for_all_contacts),
        cmocka_unit_test(each_end_has_its_status),
        cmocka_unit_test(an_offer_with_a_line_of_video_is_a_video_call),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
