/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_sip_server.c  SIP legs over loopback with a scripted phone
 *
 * The control loop runs in the test's thread; a timer of it looks at the phone's
 * socket and stops the loop when a message is there.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "mcu/base/metric.h"
#include "net/control_loop.h"
#include "net/sip_server.h"
#include "net/tls_cert.h"

enum { LOOKS_MAX = 10000, LOOK_MS = 1, TEXT_MAX = 70000 };

static const char sdp_offer[] = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\n"
                                "t=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
static const char sdp_ours[] = "v=0\r\no=- 9 1 IN IP4 127.0.0.1\r\ns=ours\r\nt=0 0\r\n";

enum how { HOW_ANSWER, HOW_WAIT, HOW_REJECT, HOW_HANGUP_AT_ONCE };

/* What the handlers saw and shall do. */
static struct {
    struct sip_server *server;
    uint16_t port;
    enum how how;
    struct sip_leg *leg;
    unsigned ninvites, noffers, nanswers, nupdates, ncloses;
    char room[64], from[64], uri[64], agent[64], sdp[256], why[64], digits[16];
    int offer_result, answer_result;
    bool hang_up_in_handler, had_sdp;
} seen;

static struct {
    int fd;
    bool tcp;
    uint16_t port;
    char rx[TEXT_MAX];
    size_t have;
    char msg[TEXT_MAX]; /* the last message */
    bool got;
    unsigned calls;
} phone = {.fd = -1};

/* --- the owner of the legs --- */

static void on_invite(struct sip_leg *leg, const struct sip_server_invite *invite, void *arg)
{
    assert_ptr_equal(arg, &seen);
    ++seen.ninvites;
    seen.leg = leg;
    snprintf(seen.room, sizeof(seen.room), "%s", invite->room);
    snprintf(seen.from, sizeof(seen.from), "%s", invite->from);
    snprintf(seen.uri, sizeof(seen.uri), "%s", invite->uri);
    snprintf(seen.agent, sizeof(seen.agent), "%s", invite->user_agent);
    seen.had_sdp = invite->sdp != NULL;
    snprintf(seen.sdp, sizeof(seen.sdp), "%.*s", (int)invite->sdp_len,
             invite->sdp ? invite->sdp : "");
    sip_leg_set_arg(leg, &seen.leg);
    if (seen.how == HOW_REJECT)
        sip_leg_reject(leg, 404, "No such \"room\"\r\nEvil: header");
    if (seen.how == HOW_ANSWER || seen.how == HOW_HANGUP_AT_ONCE)
        assert_int_equal(sip_leg_answer(leg, sdp_ours, strlen(sdp_ours)), 0);
    if (seen.how == HOW_HANGUP_AT_ONCE)
        sip_leg_hangup(leg, "changed my mind");
}

static void hang_up_if_wanted(void)
{
    if (seen.hang_up_in_handler)
        sip_leg_hangup(seen.leg, "from a handler");
}

static int on_offer(const char *sdp, size_t len, char *ret_sdp, size_t size, void *leg_arg)
{
    assert_ptr_equal(leg_arg, &seen.leg);
    assert_true(size >= 16 * 1024);
    ++seen.noffers;
    seen.had_sdp = sdp != NULL;
    snprintf(seen.sdp, sizeof(seen.sdp), "%.*s", (int)len, sdp ? sdp : "");
    hang_up_if_wanted();
    if (seen.offer_result)
        return seen.offer_result;
    return snprintf(ret_sdp, size, "%s", sdp_ours);
}

static int on_answer(const char *sdp, size_t len, void *leg_arg)
{
    assert_ptr_equal(leg_arg, &seen.leg);
    ++seen.nanswers;
    snprintf(seen.sdp, sizeof(seen.sdp), "%.*s", (int)len, sdp);
    hang_up_if_wanted();
    return seen.answer_result;
}

static void on_fast_update(void *leg_arg)
{
    assert_ptr_equal(leg_arg, &seen.leg);
    ++seen.nupdates;
    hang_up_if_wanted();
}

static void on_dtmf(char digit, void *leg_arg)
{
    size_t n = strlen(seen.digits);

    assert_ptr_equal(leg_arg, &seen.leg);
    if (n + 1 < sizeof(seen.digits))
        seen.digits[n] = digit;
    hang_up_if_wanted();
}

static void on_close(const char *why, void *leg_arg)
{
    assert_ptr_equal(leg_arg, &seen.leg);
    ++seen.ncloses;
    snprintf(seen.why, sizeof(seen.why), "%s", why);
    sip_leg_hangup(seen.leg, "is ignored here");
    seen.leg = NULL;
}

/* --- the phone --- */

static void open_phone(bool tcp)
{
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons(seen.port)};
    socklen_t len = sizeof(addr);

    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    phone.tcp = tcp;
    phone.have = 0;
    phone.fd = socket(AF_INET, (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
    assert_true(phone.fd >= 0);
    assert_int_equal(connect(phone.fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
    assert_int_equal(getsockname(phone.fd, (struct sockaddr *)&addr, &len), 0);
    phone.port = ntohs(addr.sin_port);
}

static void close_phone(void)
{
    if (phone.fd >= 0)
        close(phone.fd);
    phone.fd = -1;
}

static void send_bytes(const void *bytes, size_t n)
{
    assert_int_equal(send(phone.fd, bytes, n, MSG_NOSIGNAL), (ssize_t)n);
}

/* Cut one message off what a connection brought. */
static bool take_from_stream(void)
{
    char *end = memmem(phone.rx, phone.have, "\r\n\r\n", 4), *length;
    size_t n;

    if (!end)
        return false;
    length = memmem(phone.rx, phone.have, "Content-Length:", 15);
    n = (size_t)(end + 4 - phone.rx) + (length ? (size_t)atoi(length + 15) : 0);
    if (phone.have < n)
        return false;
    memcpy(phone.msg, phone.rx, n);
    phone.msg[n] = '\0';
    memmove(phone.rx, phone.rx + n, phone.have - n);
    phone.have -= n;
    return true;
}

static bool look(void)
{
    ssize_t n;

    if (phone.tcp) {
        n = recv(phone.fd, phone.rx + phone.have, sizeof(phone.rx) - 1 - phone.have, MSG_DONTWAIT);
        if (n > 0)
            phone.have += (size_t)n;
        return take_from_stream();
    }
    n = recv(phone.fd, phone.msg, sizeof(phone.msg) - 1, MSG_DONTWAIT);
    if (n < 0)
        return false;
    phone.msg[n] = '\0';
    return true;
}

static struct control_timer *look_timer;
static unsigned looks_left;

static void on_look(void *arg)
{
    (void)arg;
    phone.got = look();
    if (phone.got || --looks_left == 0)
        control_loop_stop();
    else
        control_timer_start(look_timer, LOOK_MS);
}

/* Run the loop until the phone has a message.  @return false if none came */
static bool run(unsigned looks)
{
    phone.got = false;
    looks_left = looks;
    control_timer_start(look_timer, LOOK_MS);
    assert_int_equal(control_loop_run(NULL), 0);
    control_timer_stop(look_timer);
    return phone.got;
}

/* The next message that starts so; what comes before is skipped. */
static const char *expect(const char *start)
{
    char last[200] = "nothing";

    while (run(LOOKS_MAX)) {
        if (strncmp(phone.msg, start, strlen(start)) == 0)
            return phone.msg;
        snprintf(last, sizeof(last), "%.199s", phone.msg);
    }
    fail_msg("no \"%s\"; last: %s", start, last);
    return "";
}

static void expect_silence(void)
{
    if (run(30))
        fail_msg("unexpected: %s", phone.msg);
}

/* Everything that was sent is handled, nothing must come back. */
static void settle(void)
{
    (void)run(30);
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no \"%s\" in:\n%s", part, text);
}

static void has_not(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("\"%s\" in:\n%s", part, text);
}

/* Value of a header, without its CRLF. */
static const char *header(const char *msg, const char *name)
{
    static char value[512];
    const char *at = strstr(msg, name);

    if (!at)
        fail_msg("no %s in:\n%s", name, msg);
    at += strlen(name);
    snprintf(value, sizeof(value), "%.*s", (int)strcspn(at, "\r"), at);
    return value;
}

struct request {
    const char *method;
    unsigned cseq;
    const char *to_tag;  /* ";tag=..." or NULL */
    const char *headers; /* more of them, or NULL */
    const char *type;    /* of the body, NULL = application/sdp */
    const char *body;    /* or NULL */
    const char *branch;  /* NULL = one of the method and number */
    const char *uri;     /* NULL = sip:room@... */
};

static const char *to_tag(const char *msg)
{
    static char tag[128];
    const char *at = strstr(header(msg, "\r\nTo:"), ";tag=");

    assert_non_null(at);
    snprintf(tag, sizeof(tag), "%s", at);
    return tag;
}

static size_t print_request(char *text, size_t size, const struct request *r)
{
    const char *body = r->body ? r->body : "";
    char branch[64], type[128] = "";

    snprintf(branch, sizeof(branch), "%s%u-%u", r->method, r->cseq, phone.calls);
    if (r->body)
        snprintf(type, sizeof(type), "Content-Type: %s\r\n", r->type ? r->type : "application/sdp");
    return (size_t)snprintf(
        text, size,
        "%s %s SIP/2.0\r\nVia: SIP/2.0/%s 127.0.0.1:%u;branch=z9hG4bK%s;rport\r\n"
        "From: \"Ann B.\" <sip:ann@phone.example>;tag=me%u\r\nTo: <sip:room@server>%s\r\n"
        "Call-ID: call%u@phone\r\nCSeq: %u %s\r\nMax-Forwards: 70\r\n"
        "Contact: <sip:ann@10.255.255.1:9%s>\r\nUser-Agent: scripted\r\n%s%s"
        "Content-Length: %zu\r\n\r\n%s",
        r->method, r->uri ? r->uri : "sip:my%20room@127.0.0.1", phone.tcp ? "TCP" : "UDP",
        phone.port, r->branch ? r->branch : branch, phone.calls, r->to_tag ? r->to_tag : "",
        phone.calls, r->cseq, r->method, phone.tcp ? ";transport=tcp" : "",
        r->headers ? r->headers : "", type, strlen(body), body);
}

static void send_request(const struct request *r)
{
    static char text[TEXT_MAX];

    send_bytes(text, print_request(text, sizeof(text), r));
}

static void send_invite(const char *sdp)
{
    ++phone.calls;
    send_request(&(struct request){.method = "INVITE", .cseq = 1, .body = sdp});
}

static void send_ack(const char *tag, unsigned cseq, const char *sdp)
{
    send_request(&(struct request){.method = "ACK", .cseq = cseq, .to_tag = tag, .body = sdp});
}

/* 200 to a request of the server, with its Via, From, To, Call-ID and CSeq. */
static void answer_request(const char *msg, const char *status)
{
    static const char *const names[] = {"Via:", "From:", "To:", "Call-ID:", "CSeq:"};
    char text[4096];
    size_t n = (size_t)snprintf(text, sizeof(text), "SIP/2.0 %s\r\n", status);

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); ++i) {
        char name[16];

        snprintf(name, sizeof(name), "\r\n%s", names[i]);
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s\r\n", names[i], header(msg, name));
    }
    n += (size_t)snprintf(text + n, sizeof(text) - n, "Content-Length: 0\r\n\r\n");
    send_bytes(text, n);
}

/* A call that stands.  @return its To tag */
static const char *call(void)
{
    const char *tag;

    seen.how = HOW_ANSWER;
    send_invite(sdp_offer);
    tag = to_tag(expect("SIP/2.0 200"));
    send_ack(tag, 1, NULL);
    settle();
    return tag;
}

/* --- set-up --- */

static struct sip_server_cfg a_cfg(void)
{
    struct sip_server_cfg cfg = {
        .addr = "127.0.0.1",
        .user_agent = "Medley",
        .max_legs = 10,
        .max_legs_per_source = 5,
        .max_invites_per_s = 100,
        .handlers = {.inviteh = on_invite,
                     .offerh = on_offer,
                     .answerh = on_answer,
                     .fast_updateh = on_fast_update,
                     .dtmfh = on_dtmf,
                     .closeh = on_close,
                     .arg = &seen},
    };

    return cfg;
}

static void start_with(const struct sip_server_cfg *cfg)
{
    char why[128];

    memset(&seen, 0, sizeof(seen));
    assert_int_equal(control_loop_init(1024), 0);
    assert_int_equal(control_timer_new(&look_timer, on_look, NULL), 0);
    if (sip_server_new(&seen.server, cfg, &seen.port, why, sizeof(why)))
        fail_msg("%s", why);
    assert_int_not_equal(seen.port, 0);
}

static int set_up_udp(void **state)
{
    struct sip_server_cfg cfg = a_cfg();
    (void)state;

    start_with(&cfg);
    open_phone(false);
    return 0;
}

static int set_up_tcp(void **state)
{
    struct sip_server_cfg cfg = a_cfg();
    (void)state;

    start_with(&cfg);
    open_phone(true);
    return 0;
}

static int set_up_few(void **state)
{
    struct sip_server_cfg cfg = a_cfg();
    (void)state;

    cfg.max_legs = 2;
    cfg.max_legs_per_source = 1;
    start_with(&cfg);
    open_phone(false);
    return 0;
}

static int set_up_full(void **state)
{
    struct sip_server_cfg cfg = a_cfg();
    (void)state;

    cfg.max_legs = 1;
    start_with(&cfg);
    open_phone(false);
    return 0;
}

static int set_up_slow(void **state)
{
    struct sip_server_cfg cfg = a_cfg();
    (void)state;

    cfg.max_invites_per_s = 1;
    start_with(&cfg);
    open_phone(false);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    close_phone();
    assert_null(sip_server_free(seen.server));
    look_timer = control_timer_free(look_timer);
    control_loop_finish();
    return 0;
}

/* --- calls --- */

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

/* --- within a call --- */

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

/* --- what is not a call --- */

static void options_tell_what_we_do(void **state)
{
    const char *msg;
    (void)state;

    ++phone.calls;
    send_request(&(struct request){.method = "OPTIONS", .cseq = 1});
    msg = expect("SIP/2.0 200");
    has(msg, "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO\r\n");
    has(msg, "Accept: application/sdp\r\n");
    has(msg, "Supported: \r\n");
    assert_int_equal(seen.ninvites, 0);
}

static void refuses_what_is_wrong(void **state)
{
    static const struct {
        struct request request;
        const char *status, *part;
    } rows[] = {
        {{.method = "PUBLISH", .cseq = 1}, "SIP/2.0 405", "Allow: INVITE, ACK"},
        {{.method = "REFER", .cseq = 1}, "SIP/2.0 405", "Allow: INVITE, ACK"},
        {{.method = "INVITE", .cseq = 1, .body = sdp_offer, .headers = "Require: 100rel\r\n"},
         "SIP/2.0 420",
         "Unsupported: 100rel\r\n"},
        {{.method = "INVITE", .cseq = 1, .body = sdp_offer, .headers = "Require: timer, path\r\n"},
         "SIP/2.0 420",
         "Unsupported: timer, path\r\n"},
        {{.method = "INVITE", .cseq = 1, .body = "hello", .type = "text/plain"},
         "SIP/2.0 415",
         "Accept: application/sdp\r\n"},
        {{.method = "INVITE", .cseq = 1, .body = "x", .headers = "Content-Encoding: gzip\r\n"},
         "SIP/2.0 415",
         "Accept-Encoding: identity\r\n"},
        {{.method = "INVITE", .cseq = 1, .body = sdp_offer, .uri = "tel:+4912345"},
         "SIP/2.0 416",
         ""},
        {{.method = "BYE", .cseq = 1, .to_tag = ";tag=unknown"}, "SIP/2.0 481", ""},
        {{.method = "INFO", .cseq = 1, .to_tag = ";tag=unknown"}, "SIP/2.0 481", ""},
        {{.method = "CANCEL", .cseq = 1}, "SIP/2.0 481", ""},
        {{.method = "INVITE", .cseq = 1, .to_tag = ";tag=unknown", .body = sdp_offer},
         "SIP/2.0 481",
         ""},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
        ++phone.calls;
        send_request(&rows[i].request);
        has(expect(rows[i].status), rows[i].part);
    }
    assert_int_equal(seen.ninvites, 0);
}

/* A request with one line left out or replaced. */
static void send_with(const char *from, const char *to)
{
    static char text[TEXT_MAX], changed[TEXT_MAX];
    const char *at;

    ++phone.calls;
    (void)print_request(text, sizeof(text),
                        &(struct request){.method = "INVITE", .cseq = 1, .body = sdp_offer});
    at = strstr(text, from);
    assert_non_null(at);
    send_bytes(changed, (size_t)snprintf(changed, sizeof(changed), "%.*s%s%s", (int)(at - text),
                                         text, to, at + strcspn(at, "\n") + 1));
}

static void refuses_what_misses_a_header(void **state)
{
    static const struct {
        const char *from, *to, *status;
    } rows[] = {
        {"Call-ID:", "", "SIP/2.0 400 Missing Call-ID"},
        {"From:", "From: <sip:ann@phone.example>\r\n", "SIP/2.0 400 Missing From Tag"},
        {"Contact:", "", "SIP/2.0 400 Missing Contact"},
        {"CSeq:", "CSeq: 1 BYE\r\n", "SIP/2.0 400 Bad CSeq"},
        {"Content-Length:", "Content-Length: 4000\r\n", "SIP/2.0 400 Bad Content-Length"},
        {"Max-Forwards:", "Max-Forwards: 0\r\n", "SIP/2.0 483"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
        send_with(rows[i].from, rows[i].to);
        expect(rows[i].status);
    }
    assert_int_equal(seen.ninvites, 0);
}

static void a_body_ends_where_content_length_says(void **state)
{
    (void)state;

    send_with("Content-Length:", "Content-Length: 5\r\n");
    expect("SIP/2.0 200");
    assert_string_equal(seen.sdp, "v=0\r\n");
}

static void drops_what_cannot_be_answered(void **state)
{
    static const char garbage[] = "\x01\x02 nonsense \r\n\r\n\r\n";
    (void)state;

    send_with("Via:", "");
    send_with("Via:", "Via: SIP/2.0/UDP 127.0.0.1:9;rport\r\n");
    send_with("User-Agent:", "User-Agent: friendly-scanner\r\n");
    send_with("User-Agent:", "User-Agent: SIPVicious 0.3\r\n");
    send_bytes(garbage, sizeof(garbage));
    send_bytes("INVITE", 6);
    send_bytes("ACK sip:x SIP/2.0\r\n\r\n", 21);
    expect_silence();
    assert_int_equal(seen.ninvites, 0);
    (void)call();
}

static void a_body_that_is_too_large_is_refused(void **state)
{
    static char body[40 * 1024];
    (void)state;

    memset(body, 'x', sizeof(body) - 1);
    ++phone.calls;
    send_request(&(struct request){.method = "INVITE", .cseq = 1, .body = body});
    expect("SIP/2.0 413");
    assert_int_equal(seen.ninvites, 0);
}

static void mutated_requests_are_survived(void **state)
{
    static char text[TEXT_MAX];
    uint32_t seed = 12345;
    (void)state;

    seen.how = HOW_REJECT;
    for (unsigned i = 0; i < 300; ++i) {
        size_t n;

        ++phone.calls;
        n = print_request(text, sizeof(text),
                          &(struct request){.method = i % 3 ? "INVITE" : "INFO",
                                            .cseq = 1,
                                            .to_tag = i % 5 ? NULL : ";tag=x",
                                            .body = sdp_offer});
        for (unsigned k = 0; k < 1 + i % 6; ++k) {
            seed = seed * 1664525U + 1013904223U;
            text[(seed >> 8) % n] = (char)(seed >> 24);
        }
        send_bytes(text, i % 7 ? n : n / 2);
        if (i % 20 == 0)
            settle();
    }
    while (run(30))
        ;
    (void)call();
}

/* --- limits --- */

static void one_source_has_so_many_legs(void **state)
{
    (void)state;

    (void)call();
    send_invite(sdp_offer);
    has(expect("SIP/2.0 486"), "Retry-After: ");
    assert_int_equal(seen.ninvites, 1);
}

static void the_server_has_so_many_legs(void **state)
{
    (void)state;

    (void)call();
    send_invite(sdp_offer);
    has(expect("SIP/2.0 503"), "Retry-After: ");
    assert_int_equal(seen.ninvites, 1);
    sip_leg_hangup(seen.leg, "makes room");
    expect("BYE ");
    (void)call();
    assert_int_equal(seen.ninvites, 2);
}

static void one_source_sends_so_many_invites(void **state)
{
    (void)state;

    seen.how = HOW_REJECT;
    for (unsigned i = 0; i < 2; ++i) {
        send_invite(sdp_offer);
        expect("SIP/2.0 404");
    }
    send_invite(sdp_offer);
    has(expect("SIP/2.0 503"), "Retry-After: ");
    assert_int_equal(seen.ninvites, 2);
    control_loop_advance(60000);
    send_invite(sdp_offer);
    expect("SIP/2.0 404");
}

/* --- start --- */

static void a_port_that_is_taken_is_named(void **state)
{
    struct sip_server_cfg cfg = a_cfg();
    struct sip_server *server = NULL;
    char why[128], port[16];
    (void)state;

    cfg.port = seen.port;
    assert_int_equal(sip_server_new(&server, &cfg, NULL, why, sizeof(why)), -EADDRINUSE);
    assert_null(server);
    snprintf(port, sizeof(port), ":%u", seen.port);
    has(why, "127.0.0.1");
    has(why, port);
    has(why, "UDP");
    assert_int_equal(sip_server_new(&server, &cfg, NULL, NULL, 0), -EADDRINUSE);
}

static void bad_configurations_are_errors(void **state)
{
    struct sip_server_cfg cfg = a_cfg();
    struct sip_server *server = NULL;
    char why[128];
    (void)state;

    snprintf(cfg.addr, sizeof(cfg.addr), "not.numeric");
    assert_int_equal(sip_server_new(&server, &cfg, NULL, why, sizeof(why)), -EINVAL);
    has(why, "not.numeric");
    cfg = a_cfg();
    snprintf(cfg.cert, sizeof(cfg.cert), "/nonexistent.pem");
    assert_int_equal(sip_server_new(&server, &cfg, NULL, why, sizeof(why)), -EBADMSG);
    has(why, "/nonexistent.pem");
    assert_null(server);
}

static void listens_on_tls_with_a_certificate(void **state)
{
    static const char *const names[] = {"localhost"};
    struct sip_server_cfg cfg = a_cfg();
    struct sip_server *server = NULL;
    char why[128];
    uint16_t port = 0;
    int fd = -1;
    (void)state;

    snprintf(cfg.cert, sizeof(cfg.cert), "/tmp/test_sip_server.XXXXXX");
    fd = mkstemp(cfg.cert);
    assert_true(fd >= 0);
    close(fd);
    unlink(cfg.cert);
    assert_int_equal(tls_cert_ensure(cfg.cert, names, 1, why, sizeof(why)), 1);
    if (sip_server_new(&server, &cfg, &port, why, sizeof(why)))
        fail_msg("%s", why);
    assert_int_not_equal(port, 0);
    sip_server_free(server);
    unlink(cfg.cert);
}

static void listens_on_every_address_by_default(void **state)
{
    struct sip_server_cfg cfg = a_cfg();
    struct sip_server *server = NULL;
    char why[128];
    (void)state;

    cfg.addr[0] = '\0';
    close_phone();
    if (sip_server_new(&server, &cfg, &seen.port, why, sizeof(why)))
        fail_msg("%s", why);
    open_phone(true); /* the same port as UDP, on 127.0.0.1 too */
    ++phone.calls;
    send_request(&(struct request){.method = "OPTIONS", .cseq = 1});
    expect("SIP/2.0 200");
    sip_server_free(server);
}

static void the_end_of_the_server_says_bye(void **state)
{
    (void)state;

    (void)call();
    seen.server = sip_server_free(seen.server);
    assert_true(look());
    has(phone.msg, "BYE sip:ann@127.0.0.1:");
    has(phone.msg, "Server is going down");
    assert_int_equal(seen.ncloses, 0);
}

#define OVER_UDP(test) cmocka_unit_test_setup_teardown(test, set_up_udp, tear_down)
#define OVER_TCP(test) cmocka_unit_test_setup_teardown(test, set_up_tcp, tear_down)

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
        OVER_UDP(a_new_offer_is_answered),
        OVER_UDP(a_reinvite_without_sdp_gets_our_offer),
        OVER_UDP(an_offer_that_is_not_taken_gets_488),
        OVER_UDP(info_brings_digits_and_key_frame_requests),
        OVER_UDP(asks_for_a_key_frame_once_at_a_time),
        OVER_UDP(a_handler_may_hang_up),
        OVER_UDP(options_tell_what_we_do),
        OVER_UDP(refuses_what_is_wrong),
        OVER_UDP(refuses_what_misses_a_header),
        OVER_UDP(a_body_ends_where_content_length_says),
        OVER_UDP(drops_what_cannot_be_answered),
        OVER_TCP(a_body_that_is_too_large_is_refused),
        OVER_UDP(mutated_requests_are_survived),
        cmocka_unit_test_setup_teardown(one_source_has_so_many_legs, set_up_few, tear_down),
        cmocka_unit_test_setup_teardown(the_server_has_so_many_legs, set_up_full, tear_down),
        cmocka_unit_test_setup_teardown(one_source_sends_so_many_invites, set_up_slow, tear_down),
        OVER_UDP(a_port_that_is_taken_is_named),
        OVER_UDP(bad_configurations_are_errors),
        OVER_UDP(listens_on_tls_with_a_certificate),
        OVER_UDP(listens_on_every_address_by_default),
        OVER_UDP(the_end_of_the_server_says_bye),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
