/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_sip_leg_call.c  SIP legs that we call, against a scripted phone
 */
#include <errno.h>

#include "tests/unit/net/sip_user_fixture.h"

static const char sdp_theirs[] = "v=0\r\no=- 3 1 IN IP4 127.0.0.1\r\ns=theirs\r\nt=0 0\r\n";

/* What the handlers of an outgoing leg saw and shall do. */
static struct {
    unsigned nringing, nanswered, nfailed, code;
    bool early;
    char reason[64];
    int result;
    bool hang_up_when_ringing, hang_up_when_answered;
} out;

static void on_ringing(unsigned code, bool has_sdp, void *leg_arg)
{
    assert_ptr_equal(leg_arg, &seen.leg);
    ++out.nringing;
    out.code = code;
    out.early = has_sdp;
    if (out.hang_up_when_ringing)
        sip_leg_hangup(seen.leg, "from a handler");
}

static int on_answered(const char *sdp, size_t len, void *leg_arg)
{
    assert_ptr_equal(leg_arg, &seen.leg);
    ++out.nanswered;
    snprintf(seen.sdp, sizeof(seen.sdp), "%.*s", (int)len, sdp);
    if (out.hang_up_when_answered)
        sip_leg_hangup(seen.leg, "from a handler");
    return out.result;
}

static void on_failed(unsigned code, const char *reason, void *leg_arg)
{
    assert_ptr_equal(leg_arg, &seen.leg);
    ++out.nfailed;
    out.code = code;
    snprintf(out.reason, sizeof(out.reason), "%s", reason);
    sip_leg_hangup(seen.leg, "is ignored here");
    seen.leg = NULL;
}

static int set_up(bool tcp)
{
    struct sip_server_cfg cfg = a_user_cfg();

    cfg.handlers.ringingh = on_ringing;
    cfg.handlers.answeredh = on_answered;
    cfg.handlers.failedh = on_failed;
    cfg.max_legs = 2;
    memset(&out, 0, sizeof(out));
    start_with(&cfg);
    open_phone(tcp);
    return 0;
}

static int set_up_out(void **state)
{
    (void)state;
    return set_up(false);
}

static int set_up_out_tcp(void **state)
{
    (void)state;
    return set_up(true);
}

static char target[128];

static struct sip_leg_call_cfg a_call(void)
{
    snprintf(target, sizeof(target), "sip:bob@127.0.0.1:%u%s", phone.port,
             phone.tcp ? ";transport=tcp" : "");
    return (struct sip_leg_call_cfg){.target = target,
                                     .from_name = "The \"Room\"",
                                     .from_user = "room 1",
                                     .sdp = sdp_ours,
                                     .sdp_len = strlen(sdp_ours),
                                     .ring_timeout_s = 30,
                                     .leg_arg = &seen.leg};
}

static char invite[TEXT_MAX]; /* the last INVITE that the phone got */

static void expect_invite(void)
{
    (void)expect("INVITE ");
    memcpy(invite, phone.msg, sizeof(invite));
}

static void call_with(const struct sip_leg_call_cfg *cfg)
{
    assert_int_equal(sip_leg_call(&seen.leg, seen.server, cfg), 0);
    expect_invite();
}

static void call_out(void)
{
    struct sip_leg_call_cfg cfg = a_call();

    call_with(&cfg);
}

/* A response of the phone to the last INVITE.  @p tag of To, NULL: none */
static void respond_with(const char *status, const char *tag, const char *headers, const char *sdp)
{
    static const char *const names[] = {"Via:", "From:", "Call-ID:", "CSeq:"};
    static char text[TEXT_MAX];
    size_t n = (size_t)snprintf(text, sizeof(text), "SIP/2.0 %s\r\n", status);

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); ++i) {
        char name[16];

        snprintf(name, sizeof(name), "\r\n%s", names[i]);
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s\r\n", names[i],
                              header(invite, name));
    }
    n += (size_t)snprintf(
        text + n, sizeof(text) - n, "To:%s%s%s\r\n%s%sContent-Length: %zu\r\n\r\n%s",
        header(invite, "\r\nTo:"), tag ? ";tag=" : "", tag ? tag : "", headers,
        sdp ? "Content-Type: application/sdp\r\n" : "", sdp ? strlen(sdp) : 0, sdp ? sdp : "");
    send_bytes(text, n);
}

static const char *contact(void)
{
    static char line[128];

    snprintf(line, sizeof(line), "Contact: <sip:bob@127.0.0.1:%u%s>\r\n", phone.port,
             phone.tcp ? ";transport=tcp" : "");
    return line;
}

static void respond(const char *status)
{
    respond_with(status, "t1", contact(), NULL);
}

static void answer(void)
{
    respond_with("200 OK", "t1", contact(), sdp_theirs);
    expect("ACK ");
    settle();
    assert_int_equal(out.nanswered, 1);
    assert_string_equal(seen.sdp, sdp_theirs);
}

/* A request of the phone within the call that it answered. */
static void send_within(const char *method, unsigned cseq, const char *body)
{
    char text[4096], from[512], to[512];
    int n;

    snprintf(from, sizeof(from), "%s", header(invite, "\r\nTo:"));
    snprintf(to, sizeof(to), "%s", header(invite, "\r\nFrom:"));
    n = snprintf(text, sizeof(text),
                 "%s sip:room@127.0.0.1 SIP/2.0\r\n"
                 "Via: SIP/2.0/%s 127.0.0.1:%u;branch=z9hG4bKw%s%u;rport\r\n"
                 "From:%s;tag=t1\r\nTo:%s\r\nCall-ID:%s\r\nCSeq: %u %s\r\nMax-Forwards: 70\r\n"
                 "%s%sContent-Length: %zu\r\n\r\n%s",
                 method, phone.tcp ? "TCP" : "UDP", phone.port, method, cseq, from, to,
                 header(invite, "\r\nCall-ID:"), cseq, method, contact(),
                 body ? "Content-Type: application/sdp\r\n" : "", body ? strlen(body) : 0,
                 body ? body : "");
    send_bytes(text, (size_t)n);
}

/* --- the tests --- */

static void a_call_rings_is_answered_and_hung_up(void **state)
{
    char host[64];
    (void)state;

    call_out();
    snprintf(host, sizeof(host), "From: \"The Room\" <sip:room%%201@127.0.0.1:%u>;tag=", seen.port);
    has(invite, host);
    has(invite, "To: <sip:bob@127.0.0.1:");
    has(invite, "Contact: <sip:room%201@127.0.0.1:");
    has(invite, "Allow: INVITE");
    has(invite, "Content-Type: application/sdp\r\n");
    has(invite, sdp_ours);
    respond_with("100 Trying", NULL, "", NULL);
    settle();
    assert_int_equal(out.nringing, 0);
    respond("180 Ringing");
    settle();
    assert_int_equal(out.nringing, 1);
    assert_int_equal(out.code, 180);
    assert_false(out.early);
    respond_with("183 Session Progress", "t1", contact(), sdp_theirs);
    settle();
    assert_int_equal(out.nringing, 2);
    assert_true(out.early);
    answer();
    sip_leg_hangup(seen.leg, "enough");
    has(expect("BYE "), "enough");
    answer_request(phone.msg, "200 OK");
    settle();
    assert_int_equal(seen.ncloses + out.nfailed, 0);
}

static void a_call_over_a_connection_of_the_phone(void **state)
{
    (void)state;

    send_bytes("\r\n\r\n", 4); /* it keeps the connection */
    settle();
    phone.have = 0;
    call_out();
    respond("180 Ringing");
    answer();
    send_within("BYE", 1, NULL);
    expect("SIP/2.0 200");
    assert_int_equal(seen.ncloses, 1);
}

static void the_phone_ends_the_call(void **state)
{
    (void)state;

    call_out();
    answer();
    send_within("BYE", 1, NULL);
    expect("SIP/2.0 200");
    assert_int_equal(seen.ncloses, 1);
    assert_string_equal(seen.why, "ended by the peer");
}

static void refusals_are_told(void **state)
{
    static const struct {
        const char *status;
        unsigned code;
        const char *reason;
    } cases[] = {
        {"486 Busy Here", 486, "Busy Here"},
        {"603 Decline", 603, "Decline"},
        {"404 Not \"Found\"", 404, "Not Found"},
        {"480 Temporarily Unavailable", 480, "Temporarily Unavailable"},
        {"302 Moved", 302, "Moved"},
        {"401 Unauthorized", 401, "Unauthorized"},
        {"407 Proxy Authentication Required", 407, "Proxy Authentication Required"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        call_out();
        respond_with(cases[i].status, "t1",
                     "Contact: <sip:elsewhere@127.0.0.1:9>\r\n"
                     "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n"
                     "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n",
                     NULL);
        expect("ACK ");
        expect_silence();
        assert_int_equal(out.nfailed, i + 1);
        assert_int_equal(out.code, cases[i].code);
        assert_string_equal(out.reason, cases[i].reason);
    }
    assert_int_equal(out.nanswered + seen.ncloses, 0);
}

static void a_redirection_after_ringing_is_not_followed(void **state)
{
    (void)state;

    call_out();
    respond("180 Ringing");
    settle();
    respond_with("302 Moved", "t1", "Contact: <sip:elsewhere@127.0.0.1:9>\r\n", NULL);
    expect("ACK ");
    expect_silence();
    assert_int_equal(out.nfailed, 1);
    assert_int_equal(out.code, 302);
}

static void no_answer_is_cancelled(void **state)
{
    (void)state;

    call_out();
    respond("180 Ringing");
    settle();
    control_loop_advance(29 * 1000);
    settle();
    assert_int_equal(out.nfailed, 0);
    control_loop_advance(1 * 1000);
    expect("CANCEL ");
    assert_int_equal(out.nfailed, 1);
    assert_int_equal(out.code, 408);
    answer_request(phone.msg, "200 OK");
    respond("487 Request Terminated");
    expect("ACK ");
    expect_silence();
    assert_int_equal(out.nfailed, 1);
}

static void nobody_there_fails(void **state)
{
    struct sip_leg_call_cfg cfg = a_call();
    (void)state;

    cfg.ring_timeout_s = 600;
    call_with(&cfg);
    control_loop_advance(33 * 1000);
    settle();
    assert_int_equal(out.nfailed, 1);
    assert_int_equal(out.code, 408);
}

static void a_closed_port_fails(void **state)
{
    struct sip_leg_call_cfg cfg = a_call();
    (void)state;

    cfg.target = "sip:bob@127.0.0.1:1;transport=tcp";
    assert_int_equal(sip_leg_call(&seen.leg, seen.server, &cfg), 0);
    settle();
    assert_int_equal(out.nfailed, 1);
    assert_int_equal(out.code, 503);
}

static void hanging_up_cancels(void **state)
{
    (void)state;

    call_out();
    sip_leg_hangup(seen.leg, "changed my mind");
    expect_silence(); /* no CANCEL before a provisional response: RFC 3261, 9.1 */
    respond("180 Ringing");
    expect("CANCEL ");
    answer_request(phone.msg, "200 OK");
    respond("487 Request Terminated");
    expect("ACK ");
    assert_int_equal(out.nringing + out.nfailed + seen.ncloses, 0);
}

static void an_answer_that_crosses_cancel_gets_ack_and_bye(void **state)
{
    (void)state;

    call_out();
    respond("180 Ringing");
    settle();
    sip_leg_hangup(seen.leg, "changed my mind");
    expect("CANCEL ");
    respond_with("200 OK", "t1", contact(), sdp_theirs);
    expect("ACK ");
    expect("BYE ");
    answer_request(phone.msg, "200 OK");
    assert_int_equal(out.nanswered + out.nfailed + seen.ncloses, 0);
}

static void a_handler_may_hang_up(void **state)
{
    (void)state;

    out.hang_up_when_ringing = true;
    call_out();
    respond("180 Ringing");
    expect("CANCEL ");
    answer_request(phone.msg, "200 OK");
    respond("487 Request Terminated");
    expect("ACK ");

    out.hang_up_when_ringing = false;
    out.hang_up_when_answered = true;
    call_out();
    respond_with("200 OK", "t1", contact(), sdp_theirs);
    expect("ACK ");
    has(expect("BYE "), "from a handler");
    assert_int_equal(out.nfailed + seen.ncloses, 0);
}

static void an_answer_that_is_not_taken_gets_bye(void **state)
{
    (void)state;

    out.result = -EBADMSG;
    call_out();
    respond_with("200 OK", "t1", contact(), sdp_theirs);
    expect("ACK ");
    has(expect("BYE "), "SDP answer not accepted");
    assert_int_equal(out.nanswered, 1);
    assert_int_equal(out.nfailed, 0);
    assert_int_equal(seen.ncloses, 1);
    assert_string_equal(seen.why, "SDP answer not accepted");
}

static void an_answer_without_sdp_fails(void **state)
{
    (void)state;

    call_out();
    respond("200 OK");
    expect("ACK ");
    has(expect("BYE "), "No SDP answer");
    assert_int_equal(out.nfailed, 1);
    assert_int_equal(out.code, 500);
    assert_int_equal(out.nanswered + seen.ncloses, 0);
}

static void malformed_answers_fail(void **state)
{
    (void)state;

    call_out();
    respond_with("200 OK", NULL, contact(), sdp_theirs); /* no tag */
    settle();
    assert_int_equal(out.nfailed, 1);
    call_out();
    respond_with("200 OK", "t1", "", sdp_theirs); /* no Contact */
    settle();
    assert_int_equal(out.nfailed, 2);
    call_out();
    respond_with("200 OK", "t1", "Contact: <nonsense\r\n", sdp_theirs);
    settle();
    assert_int_equal(out.nfailed, 3);
    assert_int_equal(out.code, 500);
    assert_int_equal(out.nanswered, 0);
}

static void a_repeated_answer_gets_its_ack_again(void **state)
{
    (void)state;

    call_out();
    answer();
    for (int i = 0; i < 3; ++i) {
        respond_with("200 OK", "t1", contact(), sdp_theirs);
        expect("ACK ");
    }
    expect_silence();
    assert_int_equal(out.nanswered, 1);
}

static void the_second_answer_of_a_fork_gets_bye(void **state)
{
    (void)state;

    call_out();
    respond_with("180 Ringing", "t1", contact(), NULL);
    respond_with("180 Ringing", "t2", contact(), NULL);
    answer();
    respond_with("200 OK", "t2", contact(), sdp_theirs);
    has(expect("ACK "), ";tag=t2");
    has(expect("BYE "), ";tag=t2");
    answer_request(phone.msg, "200 OK");
    expect_silence();
    assert_int_equal(seen.ncloses, 0);
    send_within("INFO", 1, NULL);
    expect("SIP/2.0 200"); /* the first stands */
}

static void a_new_offer_within_the_call_is_answered(void **state)
{
    (void)state;

    call_out();
    answer();
    send_within("INVITE", 7, sdp_offer);
    has(expect("SIP/2.0 200"), "s=ours");
    send_within("ACK", 7, NULL);
    settle();
    assert_int_equal(seen.noffers, 1);
    assert_string_equal(seen.sdp, sdp_offer);
    expect_silence();
}

static void a_phone_behind_a_nat_is_reached_within_the_call(void **state)
{
    struct sip_leg_call_cfg cfg = a_call();
    (void)state;

    cfg.symmetric = true;
    call_with(&cfg);
    respond_with("200 OK", "t1", "Contact: <sip:bob@10.255.255.1:5060>\r\n", sdp_theirs);
    expect("ACK sip:bob@127.0.0.1:");
    sip_leg_hangup(seen.leg, "enough");
    expect("BYE sip:bob@127.0.0.1:");
}

static void a_next_hop_is_a_route(void **state)
{
    struct sip_leg_call_cfg cfg = a_call();
    (void)state;

    cfg.next_hop = target;
    cfg.target = "sip:bob@far.example";
    cfg.from_host = "near.example";
    call_with(&cfg);
    has(invite, "INVITE sip:bob@far.example SIP/2.0\r\n");
    has(invite, "Route: <sip:bob@127.0.0.1:");
    has(invite, "@near.example>;tag=");
    sip_leg_hangup(seen.leg, "enough");
}

/* The Authorization of the INVITE is right for ann's password in realm "r". */
static void check_credentials(enum sip_digest_algorithm algorithm, const char *name)
{
    char ha1[SIP_DIGEST_HEX_SIZE];
    const char *value = header(invite, name);
    struct sip_digest d;

    assert_int_equal(sip_digest_parse(&d, value, strlen(value)), 0);
    assert_int_equal(d.algorithm, algorithm);
    assert_string_equal(d.username, "ann");
    assert_string_equal(d.uri, target);
    assert_int_equal(sip_digest_ha1(ha1, algorithm, "ann", "r", "secret"), 0);
    assert_true(sip_digest_is_right(&d, ha1, "INVITE"));
}

static void a_trunk_gets_credentials(void **state)
{
    static const struct {
        const char *status, *challenge, *answer;
        enum sip_digest_algorithm algorithm;
    } cases[] = {
        {"401 Unauthorized", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n",
         "\r\nAuthorization:", SIP_DIGEST_MD5},
        {"407 Proxy Authentication Required",
         "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n",
         "\r\nProxy-Authorization:", SIP_DIGEST_MD5},
        {"401 Unauthorized",
         "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\", "
         "algorithm=SHA-512-256\r\n"
         "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256\r\n"
         "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=MD5\r\n",
         "\r\nAuthorization:", SIP_DIGEST_SHA256},
        {"407 Proxy Authentication Required",
         "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256\r\n",
         "\r\nProxy-Authorization:", SIP_DIGEST_SHA256},
    };
    struct sip_leg_call_cfg cfg = a_call();
    (void)state;

    cfg.auth_user = "ann";
    cfg.auth_password = "secret";
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        call_with(&cfg);
        has_not(invite, "uthorization");
        respond_with(cases[i].status, "t1", cases[i].challenge, NULL);
        expect("ACK ");
        expect_invite();
        check_credentials(cases[i].algorithm, cases[i].answer);
        /* Wrong after all: no third try. */
        respond_with(cases[i].status, "t1", cases[i].challenge, NULL);
        expect("ACK ");
        expect_silence();
        assert_int_equal(out.nfailed, i + 1);
        assert_int_equal(out.code, atoi(cases[i].status));
    }
    call_with(&cfg);
    respond_with("401 Unauthorized", "t1", cases[2].challenge, NULL);
    expect("ACK ");
    expect_invite();
    answer();
}

static void a_challenge_that_nobody_can_answer_fails(void **state)
{
    static const char *const challenges[] = {
        "WWW-Authenticate: Basic realm=\"r\"\r\n",
        "WWW-Authenticate: Digest realm=\"r\"\r\n",
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=MD5-sess\r\n",
        "",
    };
    struct sip_leg_call_cfg cfg = a_call();
    (void)state;

    cfg.auth_user = "ann";
    cfg.auth_password = "secret";
    for (unsigned i = 0; i < 3; ++i) {
        call_with(&cfg);
        respond_with("401 Unauthorized", "t1", challenges[i], NULL);
        settle();
        assert_int_equal(out.nfailed, i + 1);
        assert_int_equal(out.code, 401);
    }
}

static void bad_configurations_are_refused(void **state)
{
    static const char *const targets[] = {"",
                                          "bob",
                                          "sips:bob@h",
                                          "tel:123",
                                          "sip:bob@h?Subject=x",
                                          "sip:b>ob@h",
                                          "sip:bob@h\r\nX: y",
                                          "sip:"};
    struct sip_leg_call_cfg cfg = a_call();
    (void)state;

    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); ++i) {
        cfg.target = targets[i];
        if (sip_leg_call(&seen.leg, seen.server, &cfg) != -EINVAL)
            fail_msg("accepted: %s", targets[i]);
    }
    cfg = a_call();
    cfg.from_user = "";
    assert_int_equal(sip_leg_call(&seen.leg, seen.server, &cfg), -EINVAL);
    cfg = a_call();
    cfg.from_host = "a>b";
    assert_int_equal(sip_leg_call(&seen.leg, seen.server, &cfg), -EINVAL);
    cfg = a_call();
    cfg.sdp_len = 0;
    assert_int_equal(sip_leg_call(&seen.leg, seen.server, &cfg), -EINVAL);
    cfg = a_call();
    cfg.ring_timeout_s = 601;
    assert_int_equal(sip_leg_call(&seen.leg, seen.server, &cfg), -EINVAL);
    cfg = a_call();
    cfg.target = "sip:bob@127.0.0.1;transport=sctp";
    assert_int_equal(sip_leg_call(&seen.leg, seen.server, &cfg), -EPROTONOSUPPORT);
    cfg.target = "sip:bob@127.0.0.1;transport=tls";
    assert_int_equal(sip_leg_call(&seen.leg, seen.server, &cfg), -EPROTONOSUPPORT);
    settle();
    assert_int_equal(out.nfailed, 0);
}

static void both_directions_share_one_limit(void **state)
{
    struct sip_leg_call_cfg cfg = a_call();
    struct sip_leg *second;
    (void)state;

    assert_int_equal(sip_leg_call(&seen.leg, seen.server, &cfg), 0);
    assert_int_equal(sip_leg_call(&second, seen.server, &cfg), 0);
    assert_int_equal(sip_leg_call(&second, seen.server, &cfg), -ENOSPC);
    send_invite(sdp_offer);
    expect("SIP/2.0 503");
}

static void a_leg_may_have_handlers_of_its_own(void **state)
{
    struct sip_server_handlers own = {.failedh = on_failed};
    struct sip_leg_call_cfg cfg = a_call();
    (void)state;

    cfg.handlers = &own;
    call_with(&cfg);
    respond("180 Ringing");
    settle();
    assert_int_equal(out.nringing, 0);
    respond("486 Busy Here");
    expect("ACK ");
    assert_int_equal(out.nfailed, 1);
}

static void the_local_address_is_known_before_the_call(void **state)
{
    struct sockaddr_in dst = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_storage to = {0}, local;
    (void)state;

    memcpy(&to, &dst, sizeof(dst));
    assert_int_equal(sip_server_local_addr(seen.server, &to, &local), 0);
    memcpy(&dst, &local, sizeof(dst));
    assert_int_equal(dst.sin_family, AF_INET);
    assert_int_equal(dst.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
    assert_int_equal(dst.sin_port, 0);
    to.ss_family = AF_INET6; /* not the family of the configured address */
    assert_int_equal(sip_server_local_addr(seen.server, &to, &local), -EAFNOSUPPORT);
    to.ss_family = AF_UNIX;
    assert_int_equal(sip_server_local_addr(seen.server, &to, &local), -EAFNOSUPPORT);
}

static void without_an_address_the_routing_table_is_asked(void **state)
{
    struct sockaddr_in dst = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_storage to = {0}, local;
    struct sip_server_cfg cfg = a_cfg();
    struct sip_server *server = NULL;
    (void)state;

    cfg.addr[0] = '\0';
    assert_int_equal(sip_server_new(&server, &cfg, NULL, NULL, 0), 0);
    memcpy(&to, &dst, sizeof(dst));
    assert_int_equal(sip_server_local_addr(server, &to, &local), 0);
    memcpy(&dst, &local, sizeof(dst));
    assert_int_equal(dst.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
    assert_int_equal(dst.sin_port, 0);
    sip_server_free(server);
}

static void a_phone_with_an_ipv6_address_is_called(void **state)
{
    struct sockaddr_in6 addr = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
    struct sip_server_cfg cfg = a_cfg();
    struct sip_leg_call_cfg call_cfg = a_call();
    struct sip_server *server = NULL;
    socklen_t len = sizeof(addr);
    uint16_t port;
    (void)state;

    snprintf(cfg.addr, sizeof(cfg.addr), "::1");
    if (sip_server_new(&server, &cfg, &port, NULL, 0))
        skip();
    close_phone();
    phone.fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    addr.sin6_port = htons(port);
    assert_int_equal(connect(phone.fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
    assert_int_equal(getsockname(phone.fd, (struct sockaddr *)&addr, &len), 0);
    snprintf(target, sizeof(target), "sip:bob@[::1]:%u", ntohs(addr.sin6_port));
    assert_int_equal(sip_leg_call(&seen.leg, server, &call_cfg), 0);
    expect_invite();
    has(invite, "<sip:room%201@[::1]:");
    sip_server_free(server);
}

static void a_server_that_goes_drops_its_calls(void **state)
{
    struct sip_leg_call_cfg cfg = a_call();
    (void)state;

    call_out();
    respond("180 Ringing");
    settle();
    cfg.target = "sip:bob@127.0.0.1:1";
    assert_int_equal(sip_leg_call(&seen.leg, seen.server, &cfg), 0);
    assert_int_equal(out.nfailed, 0);
}

#define OUT(test) cmocka_unit_test_setup_teardown(test, set_up_out, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OUT(a_call_rings_is_answered_and_hung_up),
        cmocka_unit_test_setup_teardown(a_call_over_a_connection_of_the_phone, set_up_out_tcp,
                                        tear_down),
        OUT(the_phone_ends_the_call),
        OUT(refusals_are_told),
        OUT(a_redirection_after_ringing_is_not_followed),
        OUT(no_answer_is_cancelled),
        OUT(nobody_there_fails),
        OUT(a_closed_port_fails),
        OUT(hanging_up_cancels),
        OUT(an_answer_that_crosses_cancel_gets_ack_and_bye),
        OUT(a_handler_may_hang_up),
        OUT(an_answer_that_is_not_taken_gets_bye),
        OUT(an_answer_without_sdp_fails),
        OUT(malformed_answers_fail),
        OUT(a_repeated_answer_gets_its_ack_again),
        OUT(the_second_answer_of_a_fork_gets_bye),
        OUT(a_new_offer_within_the_call_is_answered),
        OUT(a_phone_behind_a_nat_is_reached_within_the_call),
        OUT(a_next_hop_is_a_route),
        OUT(a_trunk_gets_credentials),
        OUT(a_challenge_that_nobody_can_answer_fails),
        OUT(bad_configurations_are_refused),
        OUT(both_directions_share_one_limit),
        OUT(a_leg_may_have_handlers_of_its_own),
        OUT(the_local_address_is_known_before_the_call),
        OUT(without_an_address_the_routing_table_is_asked),
        OUT(a_phone_with_an_ipv6_address_is_called),
        OUT(a_server_that_goes_drops_its_calls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
