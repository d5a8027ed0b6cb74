/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/sip_server_fixture.h  What the tests of the SIP server share
 *
 * A server on loopback, an owner of its legs that keeps what the handlers saw, and a scripted
 * phone.  The control loop runs in the test's thread; a timer of it looks at the phone's
 * socket and stops the loop when a message is there.  One file of a program includes it.
 */
#ifndef TESTS_UNIT_NET_SIP_SERVER_FIXTURE_H
#define TESTS_UNIT_NET_SIP_SERVER_FIXTURE_H

#include <arpa/inet.h>
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

#include "net/control_loop.h"
#include "net/sip_server.h"

enum { LOOKS_MAX = 10000, LOOK_MS = 1, TEXT_MAX = 70000 };

static const char sdp_offer[] = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\n"
                                "t=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
static const char sdp_ours[] = "v=0\r\no=- 9 1 IN IP4 127.0.0.1\r\ns=ours\r\nt=0 0\r\n";

enum how { HOW_ANSWER, HOW_WAIT, HOW_REJECT, HOW_HANGUP_AT_ONCE };

/** What the handlers saw and shall do. */
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

static inline void on_invite(struct sip_leg *leg, const struct sip_server_invite *invite, void *arg)
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

static inline void hang_up_if_wanted(void)
{
    if (seen.hang_up_in_handler)
        sip_leg_hangup(seen.leg, "from a handler");
}

static inline int on_offer(const char *sdp, size_t len, char *ret_sdp, size_t size, void *leg_arg)
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

static inline int on_answer(const char *sdp, size_t len, void *leg_arg)
{
    assert_ptr_equal(leg_arg, &seen.leg);
    ++seen.nanswers;
    snprintf(seen.sdp, sizeof(seen.sdp), "%.*s", (int)len, sdp);
    hang_up_if_wanted();
    return seen.answer_result;
}

static inline void on_fast_update(void *leg_arg)
{
    assert_ptr_equal(leg_arg, &seen.leg);
    ++seen.nupdates;
    hang_up_if_wanted();
}

static inline void on_dtmf(char digit, void *leg_arg)
{
    size_t n = strlen(seen.digits);

    assert_ptr_equal(leg_arg, &seen.leg);
    if (n + 1 < sizeof(seen.digits))
        seen.digits[n] = digit;
    hang_up_if_wanted();
}

static inline void on_close(const char *why, void *leg_arg)
{
    assert_ptr_equal(leg_arg, &seen.leg);
    ++seen.ncloses;
    snprintf(seen.why, sizeof(seen.why), "%s", why);
    sip_leg_hangup(seen.leg, "is ignored here");
    seen.leg = NULL;
}

/* --- the phone --- */

static inline void open_phone(bool tcp)
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

static inline void close_phone(void)
{
    if (phone.fd >= 0)
        close(phone.fd);
    phone.fd = -1;
}

static inline void send_bytes(const void *bytes, size_t n)
{
    assert_int_equal(send(phone.fd, bytes, n, MSG_NOSIGNAL), (ssize_t)n);
}

/** Cut one message off what a connection brought. */
static inline bool take_from_stream(void)
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

static inline bool look(void)
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

static inline void on_look(void *arg)
{
    (void)arg;
    phone.got = look();
    if (phone.got || --looks_left == 0)
        control_loop_stop();
    else
        control_timer_start(look_timer, LOOK_MS);
}

/** Run the loop until the phone has a message.  @return false if none came */
static inline bool run(unsigned looks)
{
    phone.got = false;
    looks_left = looks;
    control_timer_start(look_timer, LOOK_MS);
    assert_int_equal(control_loop_run(NULL), 0);
    control_timer_stop(look_timer);
    return phone.got;
}

/** The next message that starts so; what comes before is skipped. */
static inline const char *expect(const char *start)
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

static inline void expect_silence(void)
{
    if (run(30))
        fail_msg("unexpected: %s", phone.msg);
}

/** Everything that was sent is handled, nothing must come back. */
static inline void settle(void)
{
    (void)run(30);
}

static inline void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no \"%s\" in:\n%s", part, text);
}

static inline void has_not(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("\"%s\" in:\n%s", part, text);
}

/** Value of a header, without its CRLF. */
static inline const char *header(const char *msg, const char *name)
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

static inline const char *to_tag(const char *msg)
{
    static char tag[128];
    const char *at = strstr(header(msg, "\r\nTo:"), ";tag=");

    assert_non_null(at);
    snprintf(tag, sizeof(tag), "%s", at);
    return tag;
}

static inline size_t print_request(char *text, size_t size, const struct request *r)
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

static inline void send_request(const struct request *r)
{
    static char text[TEXT_MAX];

    send_bytes(text, print_request(text, sizeof(text), r));
}

static inline void send_invite(const char *sdp)
{
    ++phone.calls;
    send_request(&(struct request){.method = "INVITE", .cseq = 1, .body = sdp});
}

static inline void send_ack(const char *tag, unsigned cseq, const char *sdp)
{
    send_request(&(struct request){.method = "ACK", .cseq = cseq, .to_tag = tag, .body = sdp});
}

/** 200 to a request of the server, with its Via, From, To, Call-ID and CSeq. */
static inline void answer_request(const char *msg, const char *status)
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

/** A call that stands.  @return its To tag */
static inline const char *call(void)
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

static inline struct sip_server_cfg a_cfg(void)
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

static inline void start_with(const struct sip_server_cfg *cfg)
{
    char why[128];

    memset(&seen, 0, sizeof(seen));
    assert_int_equal(control_loop_init(1024), 0);
    assert_int_equal(control_timer_new(&look_timer, on_look, NULL), 0);
    if (sip_server_new(&seen.server, cfg, &seen.port, why, sizeof(why)))
        fail_msg("%s", why);
    assert_int_not_equal(seen.port, 0);
}

static inline int set_up_udp(void **state)
{
    struct sip_server_cfg cfg = a_cfg();
    (void)state;

    start_with(&cfg);
    open_phone(false);
    return 0;
}

static inline int set_up_tcp(void **state)
{
    struct sip_server_cfg cfg = a_cfg();
    (void)state;

    start_with(&cfg);
    open_phone(true);
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    close_phone();
    assert_null(sip_server_free(seen.server));
    look_timer = control_timer_free(look_timer);
    control_loop_finish();
    return 0;
}

#define OVER_UDP(test) cmocka_unit_test_setup_teardown(test, set_up_udp, tear_down)
#define OVER_TCP(test) cmocka_unit_test_setup_teardown(test, set_up_tcp, tear_down)

#endif
