/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_sip_registrar.c  SIP registrar: phones that say where they are
 */
#include <errno.h>

#include "tests/unit/net/sip_user_fixture.h"

enum { RX = 2 * SIP_REGISTRAR_CONTACTS_MAX /* sees too many */ };

static void send_register(const char *contacts, const char *authorization_line)
{
    static char text[TEXT_MAX];
    int n =
        snprintf(text, sizeof(text),
                 "REGISTER sip:" REALM " SIP/2.0\r\n"
                 "Via: SIP/2.0/%s 127.0.0.1:%u;branch=z9hG4bKreg%u;rport\r\n"
                 "From: <sip:%s@" REALM ">;tag=r\r\nTo: <sip:%s@" REALM ">\r\n"
                 "Call-ID: reg@phone\r\nCSeq: %u REGISTER\r\nMax-Forwards: 70\r\n"
                 "User-Agent: %s\r\n%s%sContent-Length: 0\r\n\r\n",
                 phone.tcp ? "TCP" : "UDP", phone.port, user.cseq + 1, user.name, user.name,
                 user.cseq + 1, user.agent ? user.agent : "scripted", contacts, authorization_line);

    ++user.cseq;
    send_bytes(text, (size_t)n);
}

#define CONTACT(n, params) "Contact: <sip:ann@10.255.255.1:" #n ">" params "\r\n"

/** Challenge, answer, and what comes back. */
static const char *register_with(const char *contacts)
{
    send_register(contacts, "");
    read_challenge(expect("SIP/2.0 401"));
    send_register(contacts, authorization("REGISTER"));
    return expect("SIP/2.0 ");
}

static void a_phone_registers_refreshes_and_leaves(void **state)
{
    struct sip_registrar_binding all[RX];
    char target[64];
    (void)state;

    send_register(CONTACT(5070, ";expires=600"), "");
    has(expect("SIP/2.0 401"), "algorithm=SHA-256");
    has(strstr(phone.msg, "SHA-256"), "algorithm=MD5"); /* in this order */
    read_challenge(phone.msg);
    send_register(CONTACT(5070, ";expires=600"), authorization("REGISTER"));
    has(expect("SIP/2.0 200"), "Contact: <sip:ann@10.255.255.1:5070>;expires=600\r\n");
    assert_string_equal(user.online, "+ann ");
    assert_string_equal(user.realm, REALM);

    assert_int_equal(sip_registrar_bindings(seen.server, "ann", all, RX), 1);
    assert_string_equal(all[0].uri, "sip:ann@10.255.255.1:5070");
    assert_int_equal(all[0].transport, SIP_REGISTRAR_UDP);
    snprintf(target, sizeof(target), "sip:ann@127.0.0.1:%u", phone.port);
    assert_string_equal(all[0].target, target);

    /* The nonce is good for the next one too. */
    send_register(CONTACT(5070, "") "Expires: 9999\r\n", authorization("REGISTER"));
    has(expect("SIP/2.0 200"), ";expires=3600\r\n");
    send_register(CONTACT(5070, ";expires=0"), authorization("REGISTER"));
    has_not(expect("SIP/2.0 200"), "Contact:");
    assert_string_equal(user.online, "+ann -ann ");
    assert_int_equal(sip_registrar_bindings(seen.server, "ann", all, RX), 0);
    assert_int_equal(sip_registrar_bindings(seen.server, "bob", all, RX), 0);
}

static void a_nonce_is_good_for_either_digest(void **state)
{
    char first[SIP_DIGEST_TEXT_SIZE];
    (void)state;

    send_register(CONTACT(5070, ""), "");
    read_challenge(expect("SIP/2.0 401"));
    snprintf(first, sizeof(first), "%s", user.nonce);
    user.algorithm = SIP_DIGEST_MD5;
    read_challenge(phone.msg);
    assert_string_equal(user.nonce, first);
    send_register(CONTACT(5070, ""), authorization("REGISTER"));
    expect("SIP/2.0 200");
    /* What was used by one is used. */
    user.algorithm = SIP_DIGEST_SHA256;
    user.nc = 0;
    send_register(CONTACT(5070, ""), authorization("REGISTER"));
    has(expect("SIP/2.0 401"), "stale=true");
}

static void an_md5_phone_registers(void **state)
{
    (void)state;

    user.algorithm = SIP_DIGEST_MD5;
    has(register_with(CONTACT(5070, "")), "SIP/2.0 200");
    assert_string_equal(user.online, "+ann ");
}

static void a_phone_that_stumbles_over_sha_256_is_asked_for_md5_alone(void **state)
{
    static const struct {
        const char *agent;
        bool both;
    } cases[] = {{"baresip v1.0.0 (x86_64/linux)", false},
                 {"baresip v3.11.0", false},
                 {"baresip v3.12.0", true},
                 {"baresip v4.0", true},
                 {"baresip", true},
                 {"not baresip v1.0.0", true}};
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        user.agent = cases[i].agent;
        send_register(CONTACT(1, ""), "");
        has(expect("SIP/2.0 401"), "algorithm=MD5");
        if ((strstr(phone.msg, "SHA-256") != NULL) != cases[i].both)
            fail_msg("%s: %s", cases[i].agent, phone.msg);
    }
}

static void the_digests_are_what_is_configured(void **state)
{
    static const struct {
        enum sip_registrar_digests digests;
        const char *first, *second;
    } cases[] = {{SIP_REGISTRAR_SHA256_MD5, "SHA-256", "MD5"},
                 {SIP_REGISTRAR_MD5_SHA256, "MD5", "SHA-256"},
                 {SIP_REGISTRAR_MD5, "MD5", NULL}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        struct sip_server_cfg cfg = a_user_cfg();
        const char *at;

        cfg.registrar.digests = cases[i].digests;
        start_with(&cfg);
        open_phone(false);
        memset(&user, 0, sizeof(user));
        user.name = "ann";
        send_register(CONTACT(1, ""), "");
        at = strstr(expect("SIP/2.0 401"), "algorithm=");
        assert_non_null(at);
        assert_memory_equal(at + 10, cases[i].first, strlen(cases[i].first));
        at = strstr(at + 1, "algorithm=");
        assert_int_equal(at != NULL, cases[i].second != NULL);
        if (at)
            assert_memory_equal(at + 10, cases[i].second, strlen(cases[i].second));
        if (i + 1 < sizeof(cases) / sizeof(cases[0]))
            assert_int_equal(tear_down(state), 0);
    }
}

static void a_connection_is_reached_through_itself(void **state)
{
    struct sip_registrar_binding all[RX];
    char target[96];
    (void)state;

    has(register_with("Contact: \"A\" <sip:ann@10.255.255.1:5070;transport=tcp;line=x7>;q=0.5\r\n"),
        ";expires=600\r\n");
    assert_int_equal(sip_registrar_bindings(seen.server, "ann", all, RX), 1);
    assert_int_equal(all[0].transport, SIP_REGISTRAR_TCP);
    snprintf(target, sizeof(target), "sip:ann@127.0.0.1:%u;line=x7;transport=tcp", phone.port);
    assert_string_equal(all[0].target, target);
}

static void the_wildcard_removes_all(void **state)
{
    (void)state;

    has(register_with(CONTACT(1, "") CONTACT(2, "") "Contact: <sip:ann@h>, <sip:ann@i>\r\n"),
        "SIP/2.0 200");
    send_register("Contact: *\r\n", authorization("REGISTER"));
    expect("SIP/2.0 400");
    send_register("Contact: *\r\nExpires: 60\r\n", authorization("REGISTER"));
    expect("SIP/2.0 400");
    send_register("Contact: *\r\nExpires: 0\r\n" CONTACT(1, ""), authorization("REGISTER"));
    expect("SIP/2.0 400");
    assert_string_equal(user.online, "+ann ");
    send_register("Contact: *\r\nExpires: 0\r\n", authorization("REGISTER"));
    has_not(expect("SIP/2.0 200"), "Contact:");
    assert_string_equal(user.online, "+ann -ann ");
}

static void no_contact_asks_what_is_there(void **state)
{
    (void)state;

    has(register_with(CONTACT(1, "") CONTACT(2, "")), "SIP/2.0 200");
    send_register("", authorization("REGISTER"));
    has(expect("SIP/2.0 200"), ":1>;expires=");
    has(phone.msg, ":2>;expires=");
}

static void a_short_interval_is_refused(void **state)
{
    (void)state;

    has(register_with(CONTACT(1, ";expires=59")), "SIP/2.0 423");
    has(phone.msg, "Min-Expires: 60\r\n");
    assert_string_equal(user.online, "");
    send_register(CONTACT(1, ";expires=60"), authorization("REGISTER"));
    expect("SIP/2.0 200");
}

static void an_interval_that_is_no_number_is_none(void **state)
{
    static const char *const params[] = {";expires=soon", ";expires=-1",
                                         ";expires=", ";expires=99999999999999999999999"};
    char line[128];
    (void)state;

    has(register_with(CONTACT(1, "") "Expires: never\r\n"), ":1>;expires=3600\r\n");
    for (size_t i = 0; i < sizeof(params) / sizeof(params[0]); ++i) {
        snprintf(line, sizeof(line), "Contact: <sip:ann@10.255.255.1:1>%s\r\n", params[i]);
        send_register(line, authorization("REGISTER"));
        has(expect("SIP/2.0 200"), ":1>;expires=3600\r\n");
    }
    send_register("Contact: *\r\nExpires: never\r\n", authorization("REGISTER"));
    expect("SIP/2.0 400");
}

static void bad_contacts_are_refused(void **state)
{
    static char lines[1024];
    (void)state;

    has(register_with("Contact: <mailto:ann@h>\r\n"), "SIP/2.0 400");
    send_register("Contact: <sip:a b@h>\r\n", authorization("REGISTER"));
    expect("SIP/2.0 400");
    snprintf(lines, sizeof(lines), "Contact: <sip:%0*d@h>\r\n", SIP_REGISTRAR_TEXT_SIZE, 0);
    send_register(lines, authorization("REGISTER"));
    expect("SIP/2.0 400");
    assert_string_equal(user.online, "");
}

static void the_eleventh_contact_is_refused(void **state)
{
    struct sip_registrar_binding all[RX];
    (void)state;

    has(register_with(CONTACT(1, "") CONTACT(2, "") CONTACT(3, "") CONTACT(4, "") CONTACT(
            5, "") CONTACT(6, "") CONTACT(7, "") CONTACT(8, "") CONTACT(9, "") CONTACT(10, "")),
        "SIP/2.0 200");
    send_register(CONTACT(11, ""), authorization("REGISTER"));
    has(expect("SIP/2.0 503"), "Retry-After");
    assert_int_equal(sip_registrar_bindings(seen.server, "ann", all, RX),
                     SIP_REGISTRAR_CONTACTS_MAX);
    send_register(CONTACT(1, ";expires=0") CONTACT(11, ""), authorization("REGISTER"));
    expect("SIP/2.0 200");
}

static void a_contact_twice_is_refused(void **state)
{
    struct sip_registrar_binding all[RX];
    (void)state;

    has(register_with(CONTACT(1, "") CONTACT(2, "") CONTACT(3, "") CONTACT(4, "") CONTACT(
            5, "") CONTACT(6, "") CONTACT(7, "") CONTACT(8, "") CONTACT(9, "") CONTACT(10, "")),
        "SIP/2.0 200");
    /* One goes five times, which made room for five. */
    send_register(CONTACT(1, ";expires=0") CONTACT(1, ";expires=0") CONTACT(1, ";expires=0")
                      CONTACT(1, ";expires=0") CONTACT(1, ";expires=0") CONTACT(11, "")
                          CONTACT(12, "") CONTACT(13, "") CONTACT(14, "") CONTACT(15, ""),
                  authorization("REGISTER"));
    expect("SIP/2.0 400");
    assert_int_equal(sip_registrar_bindings(seen.server, "ann", all, RX),
                     SIP_REGISTRAR_CONTACTS_MAX);
    /* The same URI in another spelling. */
    send_register("Contact: <sip:ann@H>, <sip:ann@h;transport=UDP>\r\n", authorization("REGISTER"));
    expect("SIP/2.0 400");
    assert_string_equal(user.online, "+ann ");
}

static void a_wrong_password_and_an_unknown_user_look_the_same(void **state)
{
    char first[2048];
    char *tag;
    (void)state;

    user.password = "guess";
    has(register_with(CONTACT(1, "")), "SIP/2.0 403");
    snprintf(first, sizeof(first), "%s", strstr(phone.msg, "Server:"));
    user.name = "eve";
    user.password = "secret";
    has(register_with(CONTACT(1, "")), "SIP/2.0 403");
    tag = strstr(phone.msg, "Server:");
    assert_string_equal(tag, first);
    assert_int_equal(user.nlookups, 2);
    assert_string_equal(user.online, "");
}

static void nobody_registers_somebody_else(void **state)
{
    (void)state;

    send_register(CONTACT(1, ""), "");
    read_challenge(expect("SIP/2.0 401"));
    {
        char line[1024];

        snprintf(line, sizeof(line), "%s", authorization("REGISTER"));
        user.name = "bob"; /* in From and To */
        send_register(CONTACT(1, ""), line);
    }
    expect("SIP/2.0 403");
    assert_string_equal(user.user, "ann");
    assert_string_equal(user.online, "");
}

static void an_old_or_replayed_nonce_is_stale(void **state)
{
    char line[1024];
    (void)state;

    has(register_with(CONTACT(1, "")), "SIP/2.0 200");
    --user.nc;
    snprintf(line, sizeof(line), "%s", authorization("REGISTER"));
    send_register(CONTACT(2, ""), line); /* the same nonce count */
    has(expect("SIP/2.0 401"), "stale=true");
    read_challenge(phone.msg);
    send_register(CONTACT(2, ""), authorization("REGISTER"));
    expect("SIP/2.0 200");

    control_loop_advance(301 * 1000);
    send_register(CONTACT(2, ""), authorization("REGISTER"));
    has(expect("SIP/2.0 401"), "stale=true");
    assert_int_equal(user.nlookups, 3); /* for an old one nobody is asked */
}

static void a_foreign_nonce_is_challenged_anew(void **state)
{
    (void)state;

    snprintf(user.nonce, sizeof(user.nonce), "%056d", 7);
    send_register(CONTACT(1, ""), authorization("REGISTER"));
    has_not(expect("SIP/2.0 401"), "stale");
    send_register(CONTACT(1, ""), "Authorization: Digest username=\"ann\"\r\n");
    expect("SIP/2.0 401");
    send_register(CONTACT(1, ""), "Authorization: Basic YW5uOnNlY3JldA==\r\n");
    expect("SIP/2.0 401");
    assert_int_equal(user.nlookups, 0);
}

static void a_binding_expires(void **state)
{
    (void)state;

    has(register_with(CONTACT(1, ";expires=60") CONTACT(2, ";expires=120")), "SIP/2.0 200");
    control_loop_advance(61 * 1000);
    settle();
    assert_string_equal(user.online, "+ann ");
    control_loop_advance(61 * 1000);
    settle();
    assert_string_equal(user.online, "+ann -ann ");
}

static void the_lookup_may_take_its_time(void **state)
{
    const char *line;
    (void)state;

    user.lookup = LOOKUP_LATER;
    send_register(CONTACT(1, ""), "");
    read_challenge(expect("SIP/2.0 401"));
    line = authorization("REGISTER");
    send_register(CONTACT(1, ""), line);
    expect_silence();
    --user.cseq;
    send_register(CONTACT(1, ""), line); /* again, as it was lost */
    expect_silence();
    assert_int_equal(user.nlookups, 1);
    answer_lookup();
    expect("SIP/2.0 200");
    answer_lookup(); /* is not known any more */
    --user.cseq;
    send_register(CONTACT(1, ""), line); /* libre repeats the answer */
    expect("SIP/2.0 200");
    assert_int_equal(user.nlookups, 1);
}

static void a_lookup_without_an_end_gets_503(void **state)
{
    (void)state;

    user.lookup = LOOKUP_NEVER;
    send_register(CONTACT(1, ""), "");
    read_challenge(expect("SIP/2.0 401"));
    send_register(CONTACT(1, ""), authorization("REGISTER"));
    settle();
    control_loop_advance(10 * 1000);
    has(expect("SIP/2.0 503"), "Retry-After");
    answer_lookup();
    assert_string_equal(user.online, "");
}

static void a_server_that_goes_forgets_lookups(void **state)
{
    (void)state;

    user.lookup = LOOKUP_LATER;
    send_register(CONTACT(1, ""), "");
    read_challenge(expect("SIP/2.0 401"));
    send_register(CONTACT(1, ""), authorization("REGISTER"));
    settle();
    assert_int_equal(user.nlookups, 1);
}

static void an_old_cseq_of_the_same_phone_is_refused(void **state)
{
    (void)state;

    has(register_with(CONTACT(1, "")), "SIP/2.0 200");
    user.cseq -= 2;
    send_register(CONTACT(1, ";expires=0"), authorization("REGISTER"));
    expect("SIP/2.0 500");
    assert_string_equal(user.online, "+ann ");
}

static void a_source_over_its_limit_gets_503(void **state)
{
    struct sip_server_cfg cfg = a_user_cfg();
    (void)state;

    cfg.registrar.max_registers_per_s = 1;
    start_with(&cfg);
    open_phone(false);
    memset(&user, 0, sizeof(user));
    user.name = "ann";
    for (int i = 0; i < 2; ++i) {
        send_register(CONTACT(1, ""), "");
        expect("SIP/2.0 401");
    }
    send_register(CONTACT(1, ""), "");
    has(expect("SIP/2.0 503"), "Retry-After");
}

static void options_name_the_method(void **state)
{
    (void)state;

    ++phone.calls;
    send_request(&(struct request){.method = "OPTIONS", .cseq = 1});
    has(expect("SIP/2.0 200"), "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, REGISTER\r\n");
}

static void without_a_realm_there_is_no_registrar(void **state)
{
    (void)state;

    user.name = "ann";
    send_register(CONTACT(1, ""), "");
    has_not(expect("SIP/2.0 405"), "REGISTER\r\nAllow");
    has_not(strstr(phone.msg, "Allow:"), "REGISTER");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_USERS(a_phone_registers_refreshes_and_leaves),
        WITH_USERS(a_nonce_is_good_for_either_digest),
        WITH_USERS(an_md5_phone_registers),
        WITH_USERS(a_phone_that_stumbles_over_sha_256_is_asked_for_md5_alone),
        cmocka_unit_test_teardown(the_digests_are_what_is_configured, tear_down),
        WITH_USERS_TCP(a_connection_is_reached_through_itself),
        WITH_USERS(the_wildcard_removes_all),
        WITH_USERS(no_contact_asks_what_is_there),
        WITH_USERS(a_short_interval_is_refused),
        WITH_USERS(an_interval_that_is_no_number_is_none),
        WITH_USERS(bad_contacts_are_refused),
        WITH_USERS(the_eleventh_contact_is_refused),
        WITH_USERS(a_contact_twice_is_refused),
        WITH_USERS(a_wrong_password_and_an_unknown_user_look_the_same),
        WITH_USERS(nobody_registers_somebody_else),
        WITH_USERS(an_old_or_replayed_nonce_is_stale),
        WITH_USERS(a_foreign_nonce_is_challenged_anew),
        WITH_USERS(a_binding_expires),
        WITH_USERS(the_lookup_may_take_its_time),
        WITH_USERS(a_lookup_without_an_end_gets_503),
        WITH_USERS(a_server_that_goes_forgets_lookups),
        WITH_USERS(an_old_cseq_of_the_same_phone_is_refused),
        cmocka_unit_test_teardown(a_source_over_its_limit_gets_503, tear_down),
        WITH_USERS(options_name_the_method),
        OVER_UDP(without_a_realm_there_is_no_registrar),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
