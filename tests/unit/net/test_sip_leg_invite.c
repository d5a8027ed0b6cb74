/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_sip_leg_invite.c  SIP legs that call us: who they are, long ringing
 */
#include <errno.h>

#include "tests/unit/net/sip_user_fixture.h"

/* Of net/sip_leg.h, which needs libre. */
void sip_leg_end(struct sip_leg *leg, const char *why, bool tell);

/* What inviteh saw and shall do. */
static struct {
    unsigned n;
    bool challenge, wait;
    char auth_user[64], from_user[64];
    bool registered, to_prove;
} in;

static void on_invite_of_user(struct sip_leg *leg, const struct sip_server_invite *invite,
                              void *arg)
{
    assert_ptr_equal(arg, &seen);
    ++in.n;
    seen.leg = leg;
    sip_leg_set_arg(leg, &seen.leg);
    snprintf(in.auth_user, sizeof(in.auth_user), "%s", invite->auth_user ? invite->auth_user : "-");
    snprintf(in.from_user, sizeof(in.from_user), "%s", invite->from_user);
    in.registered = invite->registered;
    in.to_prove = invite->to_prove;
    if (in.challenge && !invite->auth_user)
        sip_leg_challenge(leg, REALM);
    else if (!in.wait)
        assert_int_equal(sip_leg_answer(leg, sdp_ours, strlen(sdp_ours)), 0);
}

static int set_up(bool tcp)
{
    struct sip_server_cfg cfg = a_user_cfg();

    cfg.handlers.inviteh = on_invite_of_user;
    memset(&in, 0, sizeof(in));
    memset(&user, 0, sizeof(user));
    start_with(&cfg);
    open_phone(tcp);
    user.name = "ann";
    user.password = "secret";
    user.algorithm = SIP_DIGEST_SHA256;
    in.challenge = true;
    ++phone.calls;
    return 0;
}

static int set_up_in(void **state)
{
    (void)state;
    return set_up(false);
}

static int set_up_in_tcp(void **state)
{
    (void)state;
    return set_up(true);
}

static void invite(unsigned cseq, const char *headers)
{
    send_request(
        &(struct request){.method = "INVITE", .cseq = cseq, .body = sdp_offer, .headers = headers});
}

static void send_final_ack(unsigned cseq)
{
    char branch[64];

    snprintf(branch, sizeof(branch), "INVITE%u-%u", cseq, phone.calls);
    send_request(&(struct request){
        .method = "ACK", .cseq = cseq, .to_tag = to_tag(phone.msg), .branch = branch});
}

/** The first INVITE, and its 401. */
static void be_challenged(void)
{
    invite(1, NULL);
    read_challenge(expect("SIP/2.0 401"));
    send_final_ack(1);
    settle();
}

static void a_caller_proves_who_he_is(void **state)
{
    (void)state;

    be_challenged();
    assert_int_equal(in.n, 1);
    assert_string_equal(in.auth_user, "-");
    assert_string_equal(in.from_user, "ann");
    assert_false(in.registered);
    invite(2, authorization("INVITE"));
    has(expect("SIP/2.0 200"), "s=ours");
    send_ack(to_tag(phone.msg), 2, NULL);
    settle();
    assert_int_equal(in.n, 2);
    assert_string_equal(in.auth_user, "ann");
    assert_int_equal(seen.ncloses, 0);
    sip_leg_hangup(seen.leg, "enough");
    expect("BYE ");
}

static void an_md5_caller_proves_it_too(void **state)
{
    (void)state;

    user.algorithm = SIP_DIGEST_MD5;
    be_challenged();
    invite(2, authorization("INVITE"));
    expect("SIP/2.0 200");
    assert_string_equal(in.auth_user, "ann");
}

static void a_wrong_password_never_reaches_the_owner(void **state)
{
    (void)state;

    user.password = "guess";
    be_challenged();
    invite(2, authorization("INVITE"));
    expect("SIP/2.0 403");
    assert_int_equal(user.verdict, -EACCES);
    send_final_ack(2);
    user.name = "eve";
    user.password = "secret";
    invite(3, authorization("INVITE"));
    expect("SIP/2.0 403");
    assert_int_equal(in.n, 1);
    assert_int_equal(seen.ncloses, 0);
}

static void the_answer_to_another_method_is_wrong(void **state)
{
    (void)state;

    be_challenged();
    invite(2, authorization("REGISTER"));
    expect("SIP/2.0 403");
    assert_int_equal(in.n, 1);
}

static void a_replayed_or_old_answer_is_stale(void **state)
{
    (void)state;

    be_challenged();
    invite(2, authorization("INVITE"));
    send_ack(to_tag(expect("SIP/2.0 200")), 2, NULL);
    settle();
    ++phone.calls;
    --user.nc;
    invite(1, authorization("INVITE"));
    has(expect("SIP/2.0 401"), "stale=true");
    send_final_ack(1);
    control_loop_advance(301 * 1000);
    ++phone.calls;
    invite(1, authorization("INVITE"));
    has(expect("SIP/2.0 401"), "stale=true");
    assert_int_equal(in.n, 2);
}

static void an_answer_to_no_challenge_of_ours_is_nothing(void **state)
{
    (void)state;

    snprintf(user.nonce, sizeof(user.nonce), "%056d", 7);
    invite(1, authorization("INVITE"));
    has_not(expect("SIP/2.0 401"), "stale");
    assert_int_equal(in.n, 1);
    assert_int_equal(user.nlookups, 0);
}

static void the_lookup_may_take_its_time(void **state)
{
    const char *line;
    (void)state;

    user.lookup = LOOKUP_LATER;
    be_challenged();
    line = authorization("INVITE");
    invite(2, line);
    expect("SIP/2.0 182");
    invite(2, line); /* again, as it was lost */
    expect("SIP/2.0 182");
    assert_int_equal(user.nlookups, 1);
    assert_int_equal(in.n, 1);
    in.wait = true;
    answer_lookup();
    expect("SIP/2.0 180");
    assert_int_equal(in.n, 2);
    assert_int_equal(sip_leg_answer(seen.leg, sdp_ours, strlen(sdp_ours)), 0);
    expect("SIP/2.0 200");
}

static void a_caller_may_give_up_during_the_lookup(void **state)
{
    (void)state;

    user.lookup = LOOKUP_LATER;
    be_challenged();
    invite(2, authorization("INVITE"));
    expect("SIP/2.0 182");
    {
        char branch[64];

        snprintf(branch, sizeof(branch), "INVITE2-%u", phone.calls);
        send_request(&(struct request){.method = "CANCEL", .cseq = 2, .branch = branch});
    }
    expect("SIP/2.0 200");
    expect("SIP/2.0 487");
    answer_lookup();
    assert_int_equal(in.n, 1);
    assert_int_equal(seen.ncloses, 0);
}

static void an_owner_who_cannot_say_gets_503(void **state)
{
    (void)state;

    user.lookup = LOOKUP_LATER;
    be_challenged();
    invite(2, authorization("INVITE"));
    expect("SIP/2.0 182");
    sip_registrar_no_credentials(seen.server, user.request);
    has(expect("SIP/2.0 503"), "Retry-After");
    answer_lookup();
    assert_int_equal(user.verdict, -ENOENT);
    assert_int_equal(in.n, 1);
}

static void a_lookup_without_an_end_gets_503(void **state)
{
    (void)state;

    user.lookup = LOOKUP_NEVER;
    be_challenged();
    invite(2, authorization("INVITE"));
    expect("SIP/2.0 182");
    control_loop_advance(10 * 1000);
    has(expect("SIP/2.0 503"), "Retry-After");
    assert_int_equal(in.n, 1);
}

static void a_server_that_goes_forgets_lookups(void **state)
{
    (void)state;

    user.lookup = LOOKUP_LATER;
    be_challenged();
    invite(2, authorization("INVITE"));
    expect("SIP/2.0 182");
}

static void a_ringing_caller_may_be_challenged(void **state)
{
    (void)state;

    in.challenge = false;
    in.wait = true;
    invite(1, NULL);
    expect("SIP/2.0 180");
    sip_leg_challenge(seen.leg, REALM);
    read_challenge(expect("SIP/2.0 401"));
    send_final_ack(1);
    invite(2, authorization("INVITE"));
    expect("SIP/2.0 180");
    assert_string_equal(in.auth_user, "ann");
    assert_int_equal(seen.ncloses, 0);
}

static void whoever_challenges_hears_no_more_of_the_leg(void **state)
{
    (void)state;

    in.challenge = false;
    in.wait = true;
    invite(1, NULL);
    expect("SIP/2.0 180");
    sip_leg_end(seen.leg, "the connection of the caller is gone", true);
    sip_leg_challenge(seen.leg, REALM);
    settle();
    control_loop_advance(1000);
    assert_int_equal(seen.ncloses, 0);
}

static void ringing_is_said_again_each_minute(void **state)
{
    (void)state;

    in.challenge = false;
    in.wait = true;
    invite(1, NULL);
    expect("SIP/2.0 180");
    for (int minute = 0; minute < 10; ++minute) {
        control_loop_advance(59 * 1000);
        expect_silence();
        control_loop_advance(1 * 1000);
        expect("SIP/2.0 180");
    }
    assert_int_equal(seen.ncloses, 0);
    assert_int_equal(sip_leg_answer(seen.leg, sdp_ours, strlen(sdp_ours)), 0);
    send_ack(to_tag(expect("SIP/2.0 200")), 1, NULL);
    settle();
    control_loop_advance(61 * 1000);
    expect_silence();
}

static void register_ann(void)
{
    char text[2048];

    for (int i = 0; i < 2; ++i) {
        int n = snprintf(text, sizeof(text),
                         "REGISTER sip:" REALM " SIP/2.0\r\n"
                         "Via: SIP/2.0/%s 127.0.0.1:%u;branch=z9hG4bKreg%d;rport\r\n"
                         "From: <sip:ann@h>;tag=r\r\nTo: <sip:ann@h>\r\nCall-ID: r@h\r\n"
                         "CSeq: %d REGISTER\r\nContact: <sip:ann@10.255.255.1>\r\n%s"
                         "Content-Length: 0\r\n\r\n",
                         phone.tcp ? "TCP" : "UDP", phone.port, i, i + 1,
                         i ? authorization("REGISTER") : "");

        send_bytes(text, (size_t)n);
        if (i == 0)
            read_challenge(expect("SIP/2.0 401"));
    }
    expect("SIP/2.0 200");
}

static void a_registered_phone_is_known_by_its_connection(void **state)
{
    (void)state;

    register_ann();
    in.challenge = false;
    invite(1, NULL);
    expect("SIP/2.0 200");
    assert_true(in.registered);

    close_phone();
    open_phone(true); /* another one */
    ++phone.calls;
    invite(1, NULL);
    expect("SIP/2.0 200");
    assert_false(in.registered);
}

/* Its source may be forged. */
static void a_datagram_proves_nothing(void **state)
{
    (void)state;

    register_ann();
    in.challenge = false;
    invite(1, NULL);
    expect("SIP/2.0 200");
    assert_false(in.registered);
    assert_true(in.to_prove);
}

#define IN(test)     cmocka_unit_test_setup_teardown(test, set_up_in, tear_down)
#define IN_TCP(test) cmocka_unit_test_setup_teardown(test, set_up_in_tcp, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN(a_caller_proves_who_he_is),
        IN(an_md5_caller_proves_it_too),
        IN(whoever_challenges_hears_no_more_of_the_leg),
        IN(an_owner_who_cannot_say_gets_503),
        IN(a_wrong_password_never_reaches_the_owner),
        IN(the_answer_to_another_method_is_wrong),
        IN(a_replayed_or_old_answer_is_stale),
        IN(an_answer_to_no_challenge_of_ours_is_nothing),
        IN(the_lookup_may_take_its_time),
        IN(a_caller_may_give_up_during_the_lookup),
        IN(a_lookup_without_an_end_gets_503),
        IN(a_server_that_goes_forgets_lookups),
        IN(a_ringing_caller_may_be_challenged),
        IN(ringing_is_said_again_each_minute),
        IN_TCP(a_registered_phone_is_known_by_its_connection),
        IN(a_datagram_proves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
