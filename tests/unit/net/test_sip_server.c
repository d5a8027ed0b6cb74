/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_sip_server.c  SIP server: its limits, start and end
 */
#include <errno.h>

#include "tests/unit/net/sip_server_fixture.h"

#include "net/tls_cert.h"

/* --- limits --- */

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

int main(void)
{
    const struct CMUnitTest tests[] = {
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
