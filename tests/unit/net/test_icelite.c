/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_icelite.c  ICE-lite: checks, answers, nomination, restart, limits; RFC
 * 5769
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cmocka.h>

#include "net/icelite.h"

enum {
    SEC = 1000000,
    USERNAME = 0x0006,
    INTEGRITY = 0x0008,
    ERROR_CODE = 0x0009,
    UNKNOWN_ATTRIBUTES = 0x000a,
    XOR_MAPPED = 0x0020,
    PRIORITY = 0x0024,
    USE_CANDIDATE = 0x0025,
    FINGERPRINT = 0x8028,
    CONTROLLED = 0x8029,
    CONTROLLING = 0x802a,
};

/* A STUN message that is being made. */
struct stun {
    uint8_t buf[512];
    size_t len;
};

static struct icelite *ice;
static uint8_t reply[ICELITE_REPLY_MAX];
static size_t reply_len;
static struct icelite_result result;

static int setup(void **state)
{
    (void)state;
    return icelite_new(&ice, SEC);
}

static int teardown(void **state)
{
    (void)state;
    ice = icelite_free(ice);
    return 0;
}

static struct sockaddr_storage address(const char *text, uint16_t port)
{
    struct sockaddr_storage addr = {0};
    struct sockaddr_in *v4 = (struct sockaddr_in *)&addr;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&addr;

    if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
    } else if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(port);
    }
    return addr;
}

static uint32_t crc32(const uint8_t *p, size_t len)
{
    uint32_t crc = 0xffffffff;

    while (len--) {
        crc ^= *p++;
        for (unsigned i = 0; i < 8; ++i)
            crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
    }
    return ~crc;
}

static void set_length(struct stun *m, size_t more)
{
    m->buf[2] = (uint8_t)((m->len + more - 20) >> 8);
    m->buf[3] = (uint8_t)(m->len + more - 20);
}

static void begin(struct stun *m, uint16_t type)
{
    static const uint8_t tail[] = {0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01,
                                   0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae};

    memset(m, 0, sizeof(*m));
    m->buf[0] = (uint8_t)(type >> 8);
    m->buf[1] = (uint8_t)type;
    memcpy(m->buf + 4, tail, sizeof(tail));
    m->len = 20;
}

static void add(struct stun *m, uint16_t type, const void *data, size_t len)
{
    uint8_t *p = m->buf + m->len;

    p[0] = (uint8_t)(type >> 8);
    p[1] = (uint8_t)type;
    p[2] = (uint8_t)(len >> 8);
    p[3] = (uint8_t)len;
    if (len)
        memcpy(p + 4, data, len);
    m->len += 4 + ((len + 3) & ~(size_t)3);
}

static void add_username(struct stun *m, const char *ours, const char *theirs)
{
    char text[64];

    add(m, USERNAME, text, (size_t)snprintf(text, sizeof(text), "%s:%s", ours, theirs));
}

static void add_integrity(struct stun *m, const char *pwd)
{
    uint8_t mac[20];
    unsigned len = 0;

    set_length(m, 24);
    HMAC(EVP_sha1(), pwd, (int)strlen(pwd), m->buf, m->len, mac, &len);
    add(m, INTEGRITY, mac, 20);
}

static void add_fingerprint(struct stun *m)
{
    uint32_t crc;

    set_length(m, 8);
    crc = htonl(crc32(m->buf, m->len) ^ 0x5354554e);
    add(m, FINGERPRINT, &crc, 4);
}

/* A browser's check. */
static void make_check(struct stun *m, const char *ours, const char *pwd, bool nominate)
{
    begin(m, 0x0001);
    add_username(m, ours, "them");
    add(m, CONTROLLING, "12345678", 8);
    if (nominate)
        add(m, USE_CANDIDATE, NULL, 0);
    add(m, PRIORITY, "1234", 4);
    add_integrity(m, pwd);
    add_fingerprint(m);
}

static int handle(const struct stun *m, const struct sockaddr_storage *src, uint64_t now_us)
{
    return icelite_handle(ice, m->buf, m->len, src, now_us, reply, &reply_len, &result);
}

/* Find an attribute of the reply, or NULL. */
static const uint8_t *attribute(uint16_t type)
{
    for (size_t pos = 20; pos + 4 <= reply_len;) {
        size_t len = (size_t)(reply[pos + 2] << 8 | reply[pos + 3]);

        if ((reply[pos] << 8 | reply[pos + 1]) == type)
            return reply + pos;
        pos += 4 + ((len + 3) & ~(size_t)3);
    }
    return NULL;
}

static unsigned error_code(void)
{
    const uint8_t *p = attribute(ERROR_CODE);

    return p ? p[6] * 100u + p[7] : 0;
}

/* Integrity and fingerprint of the reply are as we would have made them. */
static void assert_reply_is_signed(const char *pwd)
{
    struct stun m;

    assert_in_range(reply_len, 52, ICELITE_REPLY_MAX);
    memset(&m, 0, sizeof(m));
    m.len = reply_len - 32;
    memcpy(m.buf, reply, m.len);
    add_integrity(&m, pwd);
    add_fingerprint(&m);
    set_length(&m, 0);
    assert_int_equal(m.len, reply_len);
    assert_memory_equal(m.buf, reply, reply_len);
}

static void draws_unguessable_credentials(void **state)
{
    struct icelite *other;
    (void)state;

    assert_int_equal(strlen(icelite_ufrag(ice)), ICELITE_UFRAG_LEN);
    assert_int_equal(strlen(icelite_pwd(ice)), ICELITE_PWD_LEN);
    assert_int_equal(icelite_new(&other, 0), 0);
    assert_string_not_equal(icelite_ufrag(ice), icelite_ufrag(other));
    assert_string_not_equal(icelite_pwd(ice), icelite_pwd(other));
    icelite_free(other);
}

static void answers_a_check_with_the_mapped_address(void **state)
{
    static const uint8_t v4[] = {0x00, 0x20, 0, 8, 0, 1, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43};
    static const uint8_t v6[] = {0x00, 0x20, 0x00, 0x14, 0x00, 0x02, 0xa1, 0x47,
                                 0x01, 0x13, 0xa9, 0xfa, 0xa5, 0xd3, 0xf1, 0x79,
                                 0xbc, 0x25, 0xf4, 0xb5, 0xbe, 0xd2, 0xb9, 0xd9};
    /* Addresses and values of RFC 5769, sections 2.2 and 2.3. */
    struct sockaddr_storage a4 = address("192.0.2.1", 32853);
    struct sockaddr_storage a6 = address("2001:db8:1234:5678:11:2233:4455:6677", 32853);
    struct stun m;
    (void)state;

    make_check(&m, icelite_ufrag(ice), icelite_pwd(ice), false);
    assert_int_equal(handle(&m, &a4, SEC), 0);
    assert_true(result.valid);
    assert_true(result.new_address);
    assert_false(result.selected);
    assert_int_equal(reply[0] << 8 | reply[1], 0x0101);
    assert_memory_equal(reply + 4, m.buf + 4, 16);
    assert_memory_equal(attribute(XOR_MAPPED), v4, sizeof(v4));
    assert_reply_is_signed(icelite_pwd(ice));
    assert_true(reply_len <= m.len);

    assert_int_equal(handle(&m, &a6, SEC), 0);
    assert_memory_equal(attribute(XOR_MAPPED), v6, sizeof(v6));
    assert_reply_is_signed(icelite_pwd(ice));
    assert_true(reply_len <= m.len);
}

static void takes_the_request_of_rfc5769(void **state)
{
    static const uint8_t request[] = {
        0x00, 0x01, 0x00, 0x58, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34,
        0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x10, 0x53, 0x54, 0x55, 0x4e,
        0x20, 0x74, 0x65, 0x73, 0x74, 0x20, 0x63, 0x6c, 0x69, 0x65, 0x6e, 0x74, 0x00, 0x24,
        0x00, 0x04, 0x6e, 0x00, 0x01, 0xff, 0x80, 0x29, 0x00, 0x08, 0x93, 0x2f, 0xf9, 0xb1,
        0x51, 0x26, 0x3b, 0x36, 0x00, 0x06, 0x00, 0x09, 0x65, 0x76, 0x74, 0x6a, 0x3a, 0x68,
        0x36, 0x76, 0x59, 0x20, 0x20, 0x20, 0x00, 0x08, 0x00, 0x14, 0x9a, 0xea, 0xa7, 0x0c,
        0xbf, 0xd8, 0xcb, 0x56, 0x78, 0x1e, 0xf2, 0xb5, 0xb2, 0xd3, 0xf2, 0x49, 0xc1, 0xb5,
        0x71, 0xa2, 0x80, 0x28, 0x00, 0x04, 0xe5, 0x7a, 0x3b, 0xcf};
    struct sockaddr_storage src = address("192.0.2.1", 32853);
    char ufrag[ICELITE_UFRAG_LEN + 1];
    uint8_t bad[sizeof(request)];
    (void)state;

    assert_int_equal(icelite_set_local(ice, "evtj", "VOkJxbRl1RmTxUk/WvJxBt"), 0);
    assert_int_equal(icelite_set_remote(ice, "h6vY"), 0);
    assert_int_equal(icelite_peek_ufrag(request, sizeof(request), ufrag), 0);
    assert_string_equal(ufrag, "evtj");
    /* Its integrity is right; its sender says that it is controlled, as we are. */
    assert_int_equal(
        icelite_handle(ice, request, sizeof(request), &src, SEC, reply, &reply_len, &result), 0);
    assert_int_equal(error_code(), 487);
    assert_reply_is_signed("VOkJxbRl1RmTxUk/WvJxBt");

    for (size_t i = 0; i < sizeof(request); ++i) {
        memcpy(bad, request, sizeof(bad));
        bad[i] ^= 1;
        assert_true(icelite_handle(ice, bad, sizeof(bad), &src, (2 + i) * SEC, reply, &reply_len,
                                   &result) < 0);
        assert_int_equal(reply_len, 0);
    }
}

static void finds_whom_a_check_is_for(void **state)
{
    char ufrag[ICELITE_UFRAG_LEN + 1];
    struct stun m;
    (void)state;

    make_check(&m, "abcdefghijkl", "x", false);
    assert_int_equal(icelite_peek_ufrag(m.buf, m.len, ufrag), 0);
    assert_string_equal(ufrag, "abcdefghijkl");
    for (size_t n = 0; n < m.len; ++n) {
        uint8_t cut[512];

        memcpy(cut, m.buf, n);
        assert_int_equal(icelite_peek_ufrag(cut, n, ufrag), -EBADMSG);
    }
    make_check(&m, "abcdefghijklm", "x", false); /* longer than any of ours */
    assert_int_equal(icelite_peek_ufrag(m.buf, m.len, ufrag), -ENOENT);
    begin(&m, 0x0001);
    add(&m, PRIORITY, "1234", 4);
    set_length(&m, 0);
    assert_int_equal(icelite_peek_ufrag(m.buf, m.len, ufrag), -ENOENT);
    begin(&m, 0x0001);
    add(&m, USERNAME, "no colon", 8);
    set_length(&m, 0);
    assert_int_equal(icelite_peek_ufrag(m.buf, m.len, ufrag), -ENOENT);
    m.buf[23] = 200; /* attribute beyond the message */
    assert_int_equal(icelite_peek_ufrag(m.buf, m.len, ufrag), -EBADMSG);
    begin(&m, 0x0101);
    add_username(&m, "abcdefghijkl", "them");
    set_length(&m, 0);
    assert_int_equal(icelite_peek_ufrag(m.buf, m.len, ufrag), -EBADMSG);
}

static void is_silent_to_whoever_does_not_know_the_password(void **state)
{
    struct sockaddr_storage src = address("192.0.2.1", 1000);
    struct icelite_stats stats;
    struct stun m;
    (void)state;

    make_check(&m, icelite_ufrag(ice), "wrong password 123456789", true);
    assert_int_equal(handle(&m, &src, SEC), -EACCES);
    assert_int_equal(reply_len, 0);
    make_check(&m, "abcdefghijkl", icelite_pwd(ice), true);
    assert_int_equal(handle(&m, &src, SEC), -EACCES);
    assert_int_equal(icelite_set_remote(ice, "other"), 0);
    make_check(&m, icelite_ufrag(ice), icelite_pwd(ice), true);
    assert_int_equal(handle(&m, &src, SEC), -EACCES);
    begin(&m, 0x0001); /* no integrity at all */
    add_username(&m, icelite_ufrag(ice), "other");
    add_fingerprint(&m);
    assert_int_equal(handle(&m, &src, SEC), -EACCES);
    begin(&m, 0x0001); /* no fingerprint */
    add_username(&m, icelite_ufrag(ice), "other");
    add_integrity(&m, icelite_pwd(ice));
    assert_int_equal(handle(&m, &src, SEC), -EACCES);
    begin(&m, 0x0001); /* nomination behind the integrity, by somebody on the way */
    add_username(&m, icelite_ufrag(ice), "other");
    add_integrity(&m, icelite_pwd(ice));
    add(&m, USE_CANDIDATE, NULL, 0);
    add_fingerprint(&m);
    assert_int_equal(handle(&m, &src, SEC), -EACCES);

    assert_int_equal(reply_len, 0);
    assert_false(result.valid);
    assert_false(icelite_is_validated(ice, &src));
    assert_null(icelite_selected(ice));
    icelite_stats(ice, &stats);
    assert_int_equal(stats.bad_integrity, 6);
    assert_int_equal(stats.valid, 0);
}

static void ignores_indications_and_responses(void **state)
{
    static const uint16_t types[] = {0x0011, 0x0101, 0x0111, 0x0003};
    struct sockaddr_storage src = address("192.0.2.1", 1000);
    struct stun m;
    (void)state;

    for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); ++i) {
        begin(&m, types[i]);
        add_username(&m, icelite_ufrag(ice), "them");
        add_integrity(&m, icelite_pwd(ice));
        add_fingerprint(&m);
        assert_int_equal(handle(&m, &src, SEC), -EBADMSG);
        assert_int_equal(reply_len, 0);
    }
}

static void answers_420_to_unknown_attributes_that_matter(void **state)
{
    struct sockaddr_storage src = address("192.0.2.1", 1000);
    const uint8_t *p;
    struct stun m;
    (void)state;

    begin(&m, 0x0001);
    add_username(&m, icelite_ufrag(ice), "them");
    add(&m, 0x7f01, "1234", 4);
    add(&m, 0xc001, "1234", 4); /* this one may be ignored */
    add(&m, USE_CANDIDATE, NULL, 0);
    add_integrity(&m, icelite_pwd(ice));
    add_fingerprint(&m);
    assert_int_equal(handle(&m, &src, SEC), 0);
    assert_int_equal(error_code(), 420);
    p = attribute(UNKNOWN_ATTRIBUTES);
    assert_non_null(p);
    assert_int_equal(p[4] << 8 | p[5], 0x7f01);
    assert_reply_is_signed(icelite_pwd(ice));
    assert_false(result.valid);
    assert_false(icelite_is_validated(ice, &src));
}

static void bounds_the_answer_to_many_unknown_attributes(void **state)
{
    struct sockaddr_storage src = address("192.0.2.1", 1000);
    struct stun m;
    (void)state;

    begin(&m, 0x0001);
    add_username(&m, icelite_ufrag(ice), "them");
    for (uint16_t i = 0; i < 50; ++i)
        add(&m, (uint16_t)(0x7f00 + i), "1234", 4);
    add_integrity(&m, icelite_pwd(ice));
    add_fingerprint(&m);
    assert_int_equal(handle(&m, &src, SEC), 0);
    assert_int_equal(error_code(), 420);
    assert_true(reply_len <= ICELITE_REPLY_MAX);
}

static void follows_the_nomination(void **state)
{
    struct sockaddr_storage a = address("192.0.2.1", 1000), b = address("2001:db8::1", 1000);
    struct stun plain, nominate;
    (void)state;

    make_check(&plain, icelite_ufrag(ice), icelite_pwd(ice), false);
    make_check(&nominate, icelite_ufrag(ice), icelite_pwd(ice), true);
    assert_int_equal(handle(&plain, &a, SEC), 0);
    assert_null(icelite_selected(ice));
    assert_int_equal(handle(&nominate, &a, SEC), 0);
    assert_true(result.selected);
    assert_memory_equal(icelite_selected(ice), &a, sizeof(struct sockaddr_in));
    assert_int_equal(handle(&nominate, &a, SEC), 0);
    assert_false(result.selected);
    assert_true(result.nominated); /* perhaps through another socket of ours */
    assert_int_equal(handle(&plain, &b, SEC), 0);
    assert_true(result.new_address);
    assert_false(result.selected || result.nominated);
    assert_int_equal(handle(&nominate, &b, SEC), 0);
    assert_true(result.selected);
    assert_int_equal(icelite_selected(ice)->ss_family, AF_INET6);
    assert_true(icelite_is_validated(ice, &a));
}

static void keeps_few_addresses_but_always_the_selected_one(void **state)
{
    struct sockaddr_storage first = address("192.0.2.1", 1), addr;
    struct stun plain, nominate;
    unsigned n = 0;
    (void)state;

    make_check(&plain, icelite_ufrag(ice), icelite_pwd(ice), false);
    make_check(&nominate, icelite_ufrag(ice), icelite_pwd(ice), true);
    assert_int_equal(handle(&nominate, &first, SEC), 0);
    for (uint16_t port = 2; port < 100; ++port) {
        addr = address("192.0.2.1", port);
        assert_int_equal(handle(&plain, &addr, port * (uint64_t)SEC), 0);
        assert_true(icelite_is_validated(ice, &addr));
    }
    for (uint16_t port = 1; port < 100; ++port) {
        addr = address("192.0.2.1", port);
        n += icelite_is_validated(ice, &addr);
    }
    assert_int_equal(n, ICELITE_VALIDATED_MAX);
    assert_true(icelite_is_validated(ice, &first));
    assert_memory_equal(icelite_selected(ice), &first, sizeof(struct sockaddr_in));
}

static void takes_both_credentials_until_the_restart_is_done(void **state)
{
    struct sockaddr_storage a = address("192.0.2.1", 1000), b = address("192.0.2.2", 1000);
    char ufrag[ICELITE_UFRAG_LEN + 1];
    struct stun old, new;
    (void)state;

    assert_int_equal(icelite_set_remote(ice, "them"), 0);
    make_check(&old, icelite_ufrag(ice), icelite_pwd(ice), true);
    strcpy(ufrag, icelite_ufrag(ice));
    assert_int_equal(handle(&old, &a, SEC), 0);
    icelite_restart(ice);
    assert_string_not_equal(icelite_ufrag(ice), ufrag);
    assert_string_equal(icelite_old_ufrag(ice), ufrag);
    assert_int_equal(icelite_set_remote(ice, "them"), 0);
    assert_memory_equal(icelite_selected(ice), &a, sizeof(struct sockaddr_in));

    make_check(&new, icelite_ufrag(ice), icelite_pwd(ice), true);
    assert_int_equal(handle(&old, &a, 2 * SEC), 0);
    assert_true(result.valid);
    assert_false(result.restarted);
    assert_int_equal(handle(&new, &b, 3 * SEC), 0);
    assert_true(result.restarted);
    assert_true(result.selected);
    assert_string_equal(icelite_old_ufrag(ice), "");
    assert_int_equal(handle(&old, &a, 4 * SEC), -EACCES);
}

static void loses_consent_after_30_s(void **state)
{
    struct sockaddr_storage a = address("192.0.2.1", 1000);
    struct stun good, bad;
    (void)state;

    assert_false(icelite_expired(ice, SEC + 30 * SEC));
    assert_true(icelite_expired(ice, SEC + 30 * SEC + 1));
    make_check(&good, icelite_ufrag(ice), icelite_pwd(ice), true);
    make_check(&bad, icelite_ufrag(ice), "wrong password 123456789", true);
    assert_int_equal(handle(&good, &a, 20 * SEC), 0);
    assert_int_equal(handle(&bad, &a, 40 * SEC), -EACCES);
    assert_int_equal(icelite_last_us(ice), 20 * SEC);
    assert_false(icelite_expired(ice, 50 * SEC));
    assert_true(icelite_expired(ice, 51 * SEC));
    assert_false(icelite_expired(ice, 0));
}

static void limits_the_rate_of_a_source(void **state)
{
    struct sockaddr_storage a = address("192.0.2.1", 1000);
    unsigned n = 0;
    struct stun m;
    (void)state;

    make_check(&m, icelite_ufrag(ice), icelite_pwd(ice), true);
    for (unsigned ms = 0; ms < 10000; ++ms)
        n += handle(&m, &a, SEC + ms * 1000) == 0;
    assert_in_range(n, 10 * ICELITE_CHECKS_PER_S - 1, 11 * ICELITE_CHECKS_PER_S);
    assert_int_equal(handle(&m, &a, SEC + 9999000), -EBUSY);
}

static void is_not_disturbed_by_a_flood_from_elsewhere(void **state)
{
    struct sockaddr_storage a = address("192.0.2.1", 1000);
    struct icelite_stats stats;
    struct stun good, bad;
    unsigned admitted = 0;
    (void)state;

    make_check(&good, icelite_ufrag(ice), icelite_pwd(ice), true);
    make_check(&bad, icelite_ufrag(ice), "wrong password 123456789", true);
    assert_int_equal(handle(&good, &a, SEC), 0);
    for (uint32_t i = 0; i < 20000; ++i) {
        struct sockaddr_storage src = address("203.0.113.1", (uint16_t)(i + 1));

        admitted += handle(&bad, &src, SEC + i * 100) == -EACCES;
        if (i % 5000 == 0)
            assert_int_equal(handle(&good, &a, SEC + i * 100), 0);
    }
    assert_in_range(admitted, 1, 3 * ICELITE_UNKNOWN_PER_S + 1);
    icelite_stats(ice, &stats);
    assert_int_equal(stats.limited + stats.bad_integrity, 20000);
    assert_true(icelite_is_validated(ice, &a));
}

static void refuses_bad_credentials(void **state)
{
    static char longname[300];
    (void)state;

    memset(longname, 'x', 257);
    assert_int_equal(icelite_set_local(ice, "abc", "0123456789012345678901"), -EINVAL);
    assert_int_equal(icelite_set_local(ice, "abcdefghijklm", "0123456789012345678901"), -EINVAL);
    assert_int_equal(icelite_set_local(ice, "abcd", "012345678901234567890"), -EINVAL);
    assert_int_equal(icelite_set_remote(ice, "abc"), -EINVAL);
    assert_int_equal(icelite_set_remote(ice, longname), -EINVAL);
    longname[256] = 0;
    assert_int_equal(icelite_set_remote(ice, longname), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(draws_unguessable_credentials, setup, teardown),
        cmocka_unit_test_setup_teardown(answers_a_check_with_the_mapped_address, setup, teardown),
        cmocka_unit_test_setup_teardown(takes_the_request_of_rfc5769, setup, teardown),
        cmocka_unit_test(finds_whom_a_check_is_for),
        cmocka_unit_test_setup_teardown(is_silent_to_whoever_does_not_know_the_password, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(ignores_indications_and_responses, setup, teardown),
        cmocka_unit_test_setup_teardown(answers_420_to_unknown_attributes_that_matter, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(bounds_the_answer_to_many_unknown_attributes, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(follows_the_nomination, setup, teardown),
        cmocka_unit_test_setup_teardown(keeps_few_addresses_but_always_the_selected_one, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(takes_both_credentials_until_the_restart_is_done, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(loses_consent_after_30_s, setup, teardown),
        cmocka_unit_test_setup_teardown(limits_the_rate_of_a_source, setup, teardown),
        cmocka_unit_test_setup_teardown(is_not_disturbed_by_a_flood_from_elsewhere, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(refuses_bad_credentials, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
