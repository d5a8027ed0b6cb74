/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_sip_server_request.c  SIP server: what is no call, or wrong
 */
#include "tests/unit/net/sip_server_fixture.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        OVER_UDP(options_tell_what_we_do),       OVER_UDP(refuses_what_is_wrong),
        OVER_UDP(refuses_what_misses_a_header),  OVER_UDP(a_body_ends_where_content_length_says),
        OVER_UDP(drops_what_cannot_be_answered), OVER_TCP(a_body_that_is_too_large_is_refused),
        OVER_UDP(mutated_requests_are_survived),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
