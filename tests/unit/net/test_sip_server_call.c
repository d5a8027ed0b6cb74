/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_sip_server_call.c  SIP server: calls from the INVITE to the BYE
 */
#include <errno.h>

#include "tests/unit/net/sip_server_fixture.h"

#include "mcu/base/metric.h"

static void a_call_with_an_early_offer(void **state)
{
    const char *msg, *tag;
    char contact[64];
    struct sockaddr_storage local;
    (void)state;

    send_invite(sdp_offer);
    msg = expect("SIP/2.0 200");
    has(msg, "s=ours");
    has(msg, "Content-Type: application/sdp\r\n");
    has(msg, "Server: Medley\r\n");
    has(msg, "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO\r\n");
    has_not(msg, "100rel");
    snprintf(contact, sizeof(contact), "<sip:my%%20room@127.0.0.1:%u>", seen.port);
    has(header(msg, "\r\nContact:"), contact);
    assert_string_equal(seen.room, "my room");
    assert_string_equal(seen.from, "Ann B.");
    assert_string_equal(seen.uri, "sip:ann@phone.example");
    assert_string_equal(seen.agent, "scripted");
    assert_string_equal(seen.sdp, sdp_offer);
    sip_leg_local_addr(seen.leg, &local);
    assert_int_equal(local.ss_family, AF_INET);

    tag = to_tag(msg);
    send_ack(tag, 1, NULL);
    send_request(&(struct request){.method = "BYE", .cseq = 2, .to_tag = tag});
    has(expect("SIP/2.0 200"), "CSeq: 2 BYE\r\n");
    assert_int_equal(seen.ncloses, 1);
    assert_string_equal(seen.why, "ended by the peer");
    assert_int_equal(seen.nanswers, 0);
}

static void a_call_that_is_answered_later_rings(void **state)
{
    (void)state;

    seen.how = HOW_WAIT;
    send_invite(sdp_offer);
    expect("SIP/2.0 180");
    assert_int_equal(sip_leg_answer(seen.leg, sdp_ours, 0), -EINVAL);
    assert_int_equal(sip_leg_answer(seen.leg, sdp_ours, strlen(sdp_ours)), 0);
    assert_int_equal(sip_leg_answer(seen.leg, sdp_ours, strlen(sdp_ours)), -EINVAL);
    has(expect("SIP/2.0 200"), "s=ours");
}

static void a_late_offer_is_answered_in_the_ack(void **state)
{
    const char *msg;
    (void)state;

    send_invite(NULL);
    msg = expect("SIP/2.0 200");
    assert_false(seen.had_sdp);
    has(msg, "s=ours");
    send_ack(to_tag(msg), 1, sdp_offer);
    settle();
    assert_int_equal(seen.nanswers, 1);
    assert_string_equal(seen.sdp, sdp_offer);
    assert_int_equal(seen.ncloses, 0);
}

static void a_late_offer_without_an_answer_ends_in_bye(void **state)
{
    static const struct {
        const char *sdp;
        int result;
        unsigned nanswers;
    } rows[] = {{NULL, 0, 0}, {sdp_offer, -ENOTSUP, 1}};
    (void)state;

    for (unsigned i = 0; i < 2; ++i) {
        const char *msg;

        seen.answer_result = rows[i].result;
        send_invite(NULL);
        msg = expect("SIP/2.0 200");
        send_ack(to_tag(msg), 1, rows[i].sdp);
        msg = expect("BYE ");
        has(msg, "\r\nReason: SIP;cause=200;text=\"");
        answer_request(msg, "200 OK");
        settle();
        assert_int_equal(seen.nanswers, rows[i].nanswers);
        assert_int_equal(seen.ncloses, i + 1);
    }
}

static void who_hangs_up_is_not_told(void **state)
{
    (void)state;

    seen.answer_result = -ENOTSUP; /* ends the leg by a timer */
    seen.hang_up_in_handler = true;
    send_invite(NULL);
    send_ack(to_tag(expect("SIP/2.0 200")), 1, sdp_offer);
    expect("BYE ");
    settle();
    assert_int_equal(seen.nanswers, 1);
    assert_int_equal(seen.ncloses, 0);
}

static void cancel_ends_a_ringing_call(void **state)
{
    char branch[32];
    const char *msg;
    (void)state;

    seen.how = HOW_WAIT;
    send_invite(sdp_offer);
    expect("SIP/2.0 180");
    snprintf(branch, sizeof(branch), "INVITE1-%u", phone.calls);
    send_request(&(struct request){.method = "CANCEL", .cseq = 1, .branch = branch});
    has(expect("SIP/2.0 200"), "CSeq: 1 CANCEL");
    msg = expect("SIP/2.0 487");
    has(msg, "CSeq: 1 INVITE");
    assert_int_equal(seen.ncloses, 1);
    assert_string_equal(seen.why, "cancelled by the caller");
    send_request(
        &(struct request){.method = "ACK", .cseq = 1, .to_tag = to_tag(msg), .branch = branch});
    settle();
}

/* @return -1 if it is not there */
static int refused_total(void)
{
    static const char name[] = "\nmedley_sip_requests_refused_total ";
    static char text[TEXT_MAX];
    const char *at;

    assert_true(metric_print(text, sizeof(text)) < sizeof(text));
    at = strstr(text, name);
    return at ? atoi(at + sizeof(name) - 1) : -1;
}

static void a_rejection_is_counted(void **state)
{
    int before = refused_total();

    (void)state;
    assert_true(before >= 0); /* from the start: a rate needs the zero */
    seen.how = HOW_REJECT;
    send_invite(sdp_offer);
    (void)expect("SIP/2.0 404 ");
    assert_int_equal(refused_total(), before + 1);
}

static void a_rejection_carries_its_reason(void **state)
{
    const char *msg;
    (void)state;

    seen.how = HOW_REJECT;
    send_invite(sdp_offer);
    msg = expect("SIP/2.0 404 No such roomEvil: header\r\n");
    has(msg, "\r\nReason: SIP;cause=404;text=\"No such roomEvil: header\"\r\n");
    has_not(msg, "\r\nEvil");
    assert_int_equal(seen.ncloses, 0);
}

static void a_ringing_call_can_be_rejected(void **state)
{
    (void)state;

    seen.how = HOW_WAIT;
    send_invite(sdp_offer);
    expect("SIP/2.0 180");
    sip_leg_reject(seen.leg, 486, "Busy Here");
    has(expect("SIP/2.0 486 Busy Here"), "Reason: SIP;cause=486");
    assert_int_equal(seen.ncloses, 0);
}

static void hangup_says_bye_to_where_the_call_came_from(void **state)
{
    const char *msg;
    (void)state;

    (void)call();
    sip_leg_hangup(seen.leg, "Meeting is over");
    msg = expect("BYE sip:ann@127.0.0.1:"); /* not the Contact's 10.255.255.1 */
    has(msg, "\r\nReason: SIP;cause=200;text=\"Meeting is over\"\r\n");
    answer_request(msg, "200 OK");
    settle();
    assert_int_equal(seen.ncloses, 0);
    sip_leg_hangup(NULL, "is allowed");
}

static void hangup_before_the_ack_waits_for_it(void **state)
{
    const char *msg;
    (void)state;

    seen.how = HOW_HANGUP_AT_ONCE;
    send_invite(sdp_offer);
    msg = expect("SIP/2.0 200");
    send_ack(to_tag(msg), 1, NULL);
    has(expect("BYE "), "changed my mind");
    assert_int_equal(seen.ncloses, 0);
}

static void an_unacknowledged_answer_frees_the_leg(void **state)
{
    (void)state;

    send_invite(sdp_offer);
    expect("SIP/2.0 200");
    control_loop_advance(33000);
    expect("BYE ");
    assert_int_equal(seen.ncloses, 1);
    assert_string_equal(seen.why, "the peer does not answer");
}

static void a_repeated_invite_is_one_call(void **state)
{
    (void)state;

    send_invite(sdp_offer);
    expect("SIP/2.0 200");
    send_request(&(struct request){.method = "INVITE", .cseq = 1, .body = sdp_offer});
    settle();
    assert_int_equal(seen.ninvites, 1);
}

static void the_same_call_over_another_way_is_a_loop(void **state)
{
    (void)state;

    send_invite(sdp_offer);
    expect("SIP/2.0 200");
    send_request(
        &(struct request){.method = "INVITE", .cseq = 1, .body = sdp_offer, .branch = "other"});
    expect("SIP/2.0 482 Loop Detected");
    assert_int_equal(seen.ninvites, 1);
}

static void a_call_over_tcp(void **state)
{
    const char *msg;
    (void)state;

    send_invite(sdp_offer);
    msg = expect("SIP/2.0 200");
    has(header(msg, "\r\nContact:"), ";transport=tcp>");
    send_ack(to_tag(msg), 1, NULL);
    settle();
    sip_leg_hangup(seen.leg, "over"); /* over the same connection */
    has(expect("BYE "), "Via: SIP/2.0/TCP ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OVER_UDP(a_rejection_is_counted), /* first: nothing was counted yet */
        OVER_UDP(a_call_with_an_early_offer),
        OVER_UDP(a_call_that_is_answered_later_rings),
        OVER_UDP(a_late_offer_is_answered_in_the_ack),
        OVER_UDP(a_late_offer_without_an_answer_ends_in_bye),
        OVER_UDP(who_hangs_up_is_not_told),
        OVER_UDP(cancel_ends_a_ringing_call),
        OVER_UDP(a_rejection_carries_its_reason),
        OVER_UDP(a_ringing_call_can_be_rejected),
        OVER_UDP(hangup_says_bye_to_where_the_call_came_from),
        OVER_UDP(hangup_before_the_ack_waits_for_it),
        OVER_UDP(an_unacknowledged_answer_frees_the_leg),
        OVER_UDP(a_repeated_invite_is_one_call),
        OVER_UDP(the_same_call_over_another_way_is_a_loop),
        OVER_TCP(a_call_over_tcp),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
