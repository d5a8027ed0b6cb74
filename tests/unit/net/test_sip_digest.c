/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_sip_digest.c  Digest header values and hashes
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "net/sip_digest.h"

/* RFC 7616, 3.9.1 */
#define RFC_HEAD                                                                                   \
    "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", "       \
    "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, "                        \
    "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, "
#define RFC_MD5    "response=\"8ca523f5e9506fed4657c9700eebdbec\""
#define RFC_SHA256 "response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\""

static int parse(struct sip_digest *digest, const char *text)
{
    return sip_digest_parse(digest, text, strlen(text));
}

static void reads_the_parameters_of_an_answer(void **state)
{
    struct sip_digest d;
    (void)state;

    assert_int_equal(parse(&d, RFC_HEAD RFC_SHA256 ", algorithm=SHA-256, opaque=\"a, b=c\""), 0);
    assert_int_equal(d.algorithm, SIP_DIGEST_SHA256);
    assert_string_equal(d.username, "Mufasa");
    assert_string_equal(d.realm, "http-auth@example.org");
    assert_string_equal(d.uri, "/dir/index.html");
    assert_string_equal(d.qop, "auth");
    assert_string_equal(d.opaque, "a, b=c");
    assert_int_equal(sip_digest_nonce_count(&d), 1);
    assert_false(d.stale);

    assert_int_equal(
        parse(&d, "dIgEsT realm = \"\" ,nonce=x,STALE=TRUE,new=\"thing\",algorithm=md5"), 0);
    assert_int_equal(d.algorithm, SIP_DIGEST_MD5);
    assert_true(d.stale);
    assert_string_equal(d.nonce, "x");
    assert_int_equal(sip_digest_nonce_count(&d), 0);

    assert_int_equal(parse(&d, "Digest algorithm=SHA-512-256, realm=\"a\""), 0);
    assert_int_equal(d.algorithm, SIP_DIGEST_UNKNOWN);
}

static void refuses_what_is_no_digest(void **state)
{
    static const char *const texts[] = {
        "Digest realm",
        "Digest realm=",
        "Digest realm=\"open",
        "Digest realm=\"a\\\"b\"",
        "Digest realm=\"a\" b=c",
        "Digest realm=a,,nonce=b",
        "Digest =a",
        "Digest realm=\"a\", realm=\"b\"",
        "Digest realm=\"a\nb\"",
    };
    struct sip_digest d;
    char text[SIP_DIGEST_TEXT_SIZE + 32];
    (void)state;

    assert_int_equal(parse(&d, "Basic abc"), -ENOENT);
    assert_int_equal(parse(&d, ""), -ENOENT);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); ++i) {
        if (parse(&d, texts[i]) != -EBADMSG)
            fail_msg("accepted: %s", texts[i]);
    }
    snprintf(text, sizeof(text), "Digest realm=\"%0*d\"", SIP_DIGEST_TEXT_SIZE - 1, 0);
    assert_int_equal(parse(&d, text), 0);
    snprintf(text, sizeof(text), "Digest realm=\"%0*d\"", SIP_DIGEST_TEXT_SIZE, 0);
    assert_int_equal(parse(&d, text), -EBADMSG);
}

static void knows_a_right_response(void **state)
{
    char md5[SIP_DIGEST_HEX_SIZE], sha256[SIP_DIGEST_HEX_SIZE];
    struct sip_digest d;
    (void)state;

    assert_int_equal(
        sip_digest_ha1(md5, SIP_DIGEST_MD5, "Mufasa", "http-auth@example.org", "Circle of Life"),
        0);
    assert_int_equal(sip_digest_ha1(sha256, SIP_DIGEST_SHA256, "Mufasa", "http-auth@example.org",
                                    "Circle of Life"),
                     0);
    assert_int_equal(sip_digest_ha1(sha256, SIP_DIGEST_UNKNOWN, "a", "b", "c"), -EINVAL);
    assert_int_equal(parse(&d, RFC_HEAD RFC_MD5), 0);
    assert_true(sip_digest_is_right(&d, md5, "GET"));
    assert_false(sip_digest_is_right(&d, md5, "PUT"));
    assert_false(sip_digest_is_right(&d, sha256, "GET"));
    d.response[3] ^= 1;
    assert_false(sip_digest_is_right(&d, md5, "GET"));

    assert_int_equal(parse(&d, RFC_HEAD "algorithm=SHA-256, " RFC_SHA256), 0);
    assert_true(sip_digest_is_right(&d, sha256, "GET"));
    assert_false(sip_digest_is_right(&d, md5, "GET"));
    assert_false(sip_digest_is_right(&d, "", "GET"));
    d.algorithm = SIP_DIGEST_UNKNOWN;
    assert_false(sip_digest_is_right(&d, sha256, "GET"));
}

static void wants_qop_nc_and_cnonce(void **state)
{
    static const char *const cuts[] = {"nc=00000001, ", "qop=auth, ",
                                       "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", "};
    char ha1[SIP_DIGEST_HEX_SIZE], text[1024];
    struct sip_digest d;
    (void)state;

    assert_int_equal(
        sip_digest_ha1(ha1, SIP_DIGEST_MD5, "Mufasa", "http-auth@example.org", "Circle of Life"),
        0);
    for (size_t i = 0; i < 3; ++i) {
        char *at;

        snprintf(text, sizeof(text), "%s", RFC_HEAD RFC_MD5);
        at = strstr(text, cuts[i]);
        assert_non_null(at);
        memmove(at, at + strlen(cuts[i]), strlen(at + strlen(cuts[i])) + 1);
        assert_int_equal(parse(&d, text), 0);
        assert_false(sip_digest_is_right(&d, ha1, "GET"));
    }
}

static void answers_what_it_can_verify(void **state)
{
    static const char *const challenges[] = {
        "Digest realm=\"r\", nonce=\"n\", qop=\"auth-int,auth\", algorithm=SHA-256, opaque=\"o\"",
        "Digest realm=\"r\", nonce=\"n\", qop=auth",
    };
    const struct sip_digest_client client = {"ann", "secret", "INVITE", "sip:b@h", "c0"};
    char text[SIP_DIGEST_HEADER_SIZE], ha1[SIP_DIGEST_HEX_SIZE];
    struct sip_digest challenge, answer;
    (void)state;

    for (size_t i = 0; i < 2; ++i) {
        assert_int_equal(parse(&challenge, challenges[i]), 0);
        assert_int_equal(sip_digest_answer(text, sizeof(text), &challenge, &client), 0);
        assert_int_equal(parse(&answer, text), 0);
        assert_string_equal(answer.username, "ann");
        assert_string_equal(answer.uri, "sip:b@h");
        assert_string_equal(answer.opaque, i ? "" : "o");
        assert_int_equal(sip_digest_ha1(ha1, answer.algorithm, "ann", "r", "secret"), 0);
        assert_true(sip_digest_is_right(&answer, ha1, "INVITE"));
    }
    /* As RFC 2069 had it; H(H(ann:r:secret):n:H(INVITE:sip:b@h)) */
    assert_int_equal(parse(&challenge, "Digest realm=\"r\", nonce=\"n\""), 0);
    assert_int_equal(sip_digest_answer(text, sizeof(text), &challenge, &client), 0);
    assert_null(strstr(text, "qop"));
    assert_non_null(strstr(text, "response=\"1b1dbd4f00593c91aeb4cd5ed4a360b7\""));
}

static void does_not_answer_what_it_cannot(void **state)
{
    struct sip_digest_client client = {"ann", "secret", "INVITE", "sip:b@h", "c0"};
    struct sip_digest challenge;
    char text[SIP_DIGEST_HEADER_SIZE];
    (void)state;

    assert_int_equal(parse(&challenge, "Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\""), 0);
    assert_int_equal(sip_digest_answer(text, sizeof(text), &challenge, &client), -ENOTSUP);
    assert_int_equal(parse(&challenge, "Digest realm=\"r\", nonce=\"n\", algorithm=MD5-sess"), 0);
    assert_int_equal(sip_digest_answer(text, sizeof(text), &challenge, &client), -ENOTSUP);
    assert_int_equal(parse(&challenge, "Digest realm=\"r\", nonce=\"n\""), 0);
    client.user = "a\"b";
    assert_int_equal(sip_digest_answer(text, sizeof(text), &challenge, &client), -EINVAL);
    client.user = "ann";
    assert_int_equal(sip_digest_answer(text, 20, &challenge, &client), -EMSGSIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_parameters_of_an_answer),
        cmocka_unit_test(refuses_what_is_no_digest),
        cmocka_unit_test(knows_a_right_response),
        cmocka_unit_test(wants_qop_nc_and_cnonce),
        cmocka_unit_test(answers_what_it_can_verify),
        cmocka_unit_test(does_not_answer_what_it_cannot),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
