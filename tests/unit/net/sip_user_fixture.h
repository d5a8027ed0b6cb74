/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/sip_user_fixture.h  Users with passwords, for tests of the SIP server
 *
 * One user, ann, whose secret the owner knows; a phone that answers challenges.  The
 * password that the phone has is what a test sets.
 */
#ifndef TESTS_UNIT_NET_SIP_USER_FIXTURE_H
#define TESTS_UNIT_NET_SIP_USER_FIXTURE_H

#include "tests/unit/net/sip_server_fixture.h"

#include "net/sip_digest.h"
#include "net/sip_registrar.h"

#define REALM "office"

enum lookup { LOOKUP_NOW, LOOKUP_LATER, LOOKUP_NEVER };

static struct {
    enum lookup lookup;
    uint32_t request; /* the last one */
    unsigned nlookups;
    int verdict; /* of the last answer */
    char user[64], realm[64];
    char online[256]; /* "+ann -ann " */
    /* what the phone does */
    const char *name, *password, *agent;
    enum sip_digest_algorithm algorithm;
    unsigned nc;
    char nonce[SIP_DIGEST_TEXT_SIZE];
    unsigned cseq;
} user;

static inline void answer_lookup(void)
{
    char md5[SIP_DIGEST_HEX_SIZE], sha256[SIP_DIGEST_HEX_SIZE];
    bool found = strcmp(user.user, "ann") == 0;

    assert_int_equal(sip_digest_ha1(md5, SIP_DIGEST_MD5, "ann", user.realm, "secret"), 0);
    assert_int_equal(sip_digest_ha1(sha256, SIP_DIGEST_SHA256, "ann", user.realm, "secret"), 0);
    user.verdict = sip_registrar_credentials(seen.server, user.request, found, found ? md5 : NULL,
                                             found ? sha256 : NULL);
}

static inline void on_credentials(uint32_t request, const char *name, const char *realm,
                                  const struct sockaddr_storage *source, void *arg)
{
    assert_ptr_equal(arg, &seen);
    assert_int_equal(((const struct sockaddr_in *)source)->sin_port, htons(phone.port));
    ++user.nlookups;
    user.request = request;
    snprintf(user.user, sizeof(user.user), "%s", name);
    snprintf(user.realm, sizeof(user.realm), "%s", realm);
    if (user.lookup == LOOKUP_NOW)
        answer_lookup();
}

static inline void on_register(const char *name, bool online, void *arg)
{
    size_t n = strlen(user.online);

    assert_ptr_equal(arg, &seen);
    snprintf(user.online + n, sizeof(user.online) - n, "%c%s ", online ? '+' : '-', name);
}

static inline struct sip_server_cfg a_user_cfg(void)
{
    struct sip_server_cfg cfg = a_cfg();

    cfg.registrar = (struct sip_registrar_cfg){.realm = REALM, .max_bindings = 100};
    cfg.handlers.credentialsh = on_credentials;
    cfg.handlers.registerh = on_register;
    return cfg;
}

static inline void set_up_users(bool tcp)
{
    struct sip_server_cfg cfg = a_user_cfg();

    start_with(&cfg);
    open_phone(tcp);
    memset(&user, 0, sizeof(user));
    user.name = "ann";
    user.password = "secret";
    user.algorithm = SIP_DIGEST_SHA256;
}

static inline int set_up_users_udp(void **state)
{
    (void)state;
    set_up_users(false);
    return 0;
}

static inline int set_up_users_tcp(void **state)
{
    (void)state;
    set_up_users(true);
    return 0;
}

/** The challenge of the algorithm that the phone wants; its nonce is kept. */
static inline void read_challenge(const char *msg)
{
    struct sip_digest challenge;

    for (const char *at = msg; (at = strstr(at, "\r\nWWW-Authenticate: ")) != NULL;) {
        at += 20;
        assert_int_equal(sip_digest_parse(&challenge, at, strcspn(at, "\r")), 0);
        if (challenge.algorithm != user.algorithm)
            continue;
        assert_string_equal(challenge.realm, REALM);
        assert_string_equal(challenge.qop, "auth");
        snprintf(user.nonce, sizeof(user.nonce), "%s", challenge.nonce);
        user.nc = 0;
        return;
    }
    fail_msg("no challenge in:\n%s", msg);
}

/** An Authorization line for the next request with the nonce that was read. */
static inline const char *authorization(const char *method)
{
    static char line[SIP_DIGEST_HEADER_SIZE + 32];
    static const char *const names[] = {"MD5", "SHA-256"};
    struct sip_digest d = {.algorithm = user.algorithm};
    char ha1[SIP_DIGEST_HEX_SIZE], ha2[SIP_DIGEST_HEX_SIZE], response[SIP_DIGEST_HEX_SIZE];
    char secret[1024];

    assert_int_equal(sip_digest_ha1(ha1, d.algorithm, user.name, REALM, user.password), 0);
    snprintf(d.nc, sizeof(d.nc), "%08x", ++user.nc);
    /* H(a:b:c) is all that is needed of the hash. */
    assert_int_equal(sip_digest_ha1(ha2, d.algorithm, method, "sip", REALM), 0);
    snprintf(secret, sizeof(secret), "%s:c0:auth:%s", d.nc, ha2);
    assert_int_equal(sip_digest_ha1(response, d.algorithm, ha1, user.nonce, secret), 0);
    snprintf(line, sizeof(line),
             "Authorization: Digest username=\"%s\", realm=\"" REALM "\", nonce=\"%s\", "
             "uri=\"sip:" REALM "\", response=\"%s\", algorithm=%s, cnonce=\"c0\", qop=auth, "
             "nc=%s\r\n",
             user.name, user.nonce, response, names[d.algorithm], d.nc);
    return line;
}

#define WITH_USERS(test)     cmocka_unit_test_setup_teardown(test, set_up_users_udp, tear_down)
#define WITH_USERS_TCP(test) cmocka_unit_test_setup_teardown(test, set_up_users_tcp, tear_down)

#endif
