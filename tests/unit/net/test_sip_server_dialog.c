/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_sip_server_dialog.c  SIP server: within a call
 */
#include <errno.h>

#include "tests/unit/net/sip_server_fixture.h"

static void a_new_offer_is_answered(void **state)
{
    const char *tag = call();
    (void)state;

    send_request(
        &(struct request){.method = "INVITE", .cseq = 2, .to_tag = tag, .body = sdp_offer});
    has(expect("SIP/2.0 200"), "s=ours");
    send_ack(tag, 2, NULL);
    settle();
    assert_int_equal(seen.noffers, 1);
    assert_int_equal(seen.nanswers, 0);
    assert_string_equal(seen.sdp, sdp_offer);
    assert_int_equal(seen.ninvites, 1);
}

static void a_reinvite_without_sdp_gets_our_offer(void **state)
{
    const char *tag = call();
    (void)state;

    send_request(&(struct request){.method = "INVITE", .cseq = 2, .to_tag = tag});
    has(expect("SIP/2.0 200"), "s=ours");
    assert_int_equal(seen.noffers, 1);
    assert_false(seen.had_sdp);
    send_ack(tag, 2, sdp_offer);
    settle();
    assert_int_equal(seen.nanswers, 1);

    /* An answer that cannot be used ends the call. */
    send_request(&(struct request){.method = "INVITE", .cseq = 3, .to_tag = tag});
    expect("SIP/2.0 200");
    seen.answer_result = -EBADMSG;
    send_ack(tag, 3, sdp_offer);
    has(expect("BYE "), "SDP answer not accepted");
    assert_int_equal(seen.ncloses, 1);
}

static void an_offer_that_is_not_taken_gets_488(void **state)
{
    const char *tag = call();
    (void)state;

    seen.offer_result = -ENOTSUP;
    send_request(
        &(struct request){.method = "INVITE", .cseq = 2, .to_tag = tag, .body = sdp_offer});
    expect("SIP/2.0 488");
    assert_int_equal(seen.ncloses, 0);
}

static void info_brings_digits_and_key_frame_requests(void **state)
{
    static const struct {
        const char *type, *body;
        const char *status;
    } rows[] = {
        {"application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", "SIP/2.0 200"},
        {"application/dtmf-relay", "Signal= *\r\nDuration= 160\r\n", "SIP/2.0 200"},
        {"application/dtmf-relay", "Signal=11\r\n", "SIP/2.0 200"},
        {"application/dtmf-relay", "Signal=\r\n", "SIP/2.0 200"},
        {"application/dtmf", "d", "SIP/2.0 200"},
        {"application/media_control+xml", "<x><picture_fast_update/></x>", "SIP/2.0 200"},
        {"application/media_control+xml", "<x/>", "SIP/2.0 200"},
        {"text/plain", "hello", "SIP/2.0 415"},
        {NULL, NULL, "SIP/2.0 200"},
    };
    const char *tag = call();
    (void)state;

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
        send_request(&(struct request){.method = "INFO",
                                       .cseq = i + 2,
                                       .to_tag = tag,
                                       .type = rows[i].type,
                                       .body = rows[i].body});
        expect(rows[i].status);
    }
    assert_string_equal(seen.digits, "5*#D");
    assert_int_equal(seen.nupdates, 1);
}

static void asks_for_a_key_frame_once_at_a_time(void **state)
{
    const char *msg;
    (void)state;

    (void)call();
    sip_leg_fast_update(seen.leg);
    sip_leg_fast_update(seen.leg);
    msg = expect("INFO ");
    has(msg, "Content-Type: application/media_control+xml\r\n");
    has(msg, "<picture_fast_update/>");
    answer_request(msg, "200 OK");
    expect_silence();
    sip_leg_fast_update(seen.leg);
    answer_request(expect("INFO "), "415 Unsupported Media Type");
    settle();
    sip_leg_fast_update(seen.leg); /* it does not know that: never again */
    expect_silence();
}

static void a_handler_may_hang_up(void **state)
{
    static const struct {
        const char *method, *type, *body;
    } rows[] = {{"INVITE", NULL, sdp_offer},
                {"INFO", "application/dtmf", "1"},
                {"INFO", "application/media_control+xml", "picture_fast_update"}};
    (void)state;

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
        const char *tag;

        seen.hang_up_in_handler = false;
        tag = call();
        seen.hang_up_in_handler = true;
        send_request(&(struct request){.method = rows[i].method,
                                       .cseq = 2,
                                       .to_tag = tag,
                                       .type = rows[i].type,
                                       .body = rows[i].body});
        expect("SIP/2.0 200");
        if (rows[i].type == NULL)
            send_ack(tag, 2, NULL);
        has(expect("BYE "), "from a handler");
        answer_request(phone.msg, "200 OK");
        settle();
    }
    assert_int_equal(seen.ncloses, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OVER_UDP(a_new_offer_is_answered),
        OVER_UDP(a_reinvite_without_sdp_gets_our_offer),
        OVER_UDP(an_offer_that_is_not_taken_gets_488),
        OVER_UDP(info_brings_digits_and_key_frame_requests),
        OVER_UDP(asks_for_a_key_frame_once_at_a_time),
        OVER_UDP(a_handler_may_hang_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
