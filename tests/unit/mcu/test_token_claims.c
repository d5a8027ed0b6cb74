/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_token_claims.c  Claims of tokens to grants and back
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/auth/token_claims.h"
#include "mcu/auth/token_write.h"

#define NOW_US UINT64_C(1700000000000000)
#define DATES  "\"exp\":1700003600,\"nbf\":1700000000,\"iat\":1700000000,"

static const struct token_claims_rules any = {
    .issuer = "", .audience = "", .leeway_s = 30, .max_life_s = 86400};
static char why[TOKEN_CLAIMS_WHY_SIZE];

static const char *read_with(struct grants *grants, const char *json,
                             const struct token_claims_rules *rules)
{
    return token_error_code(
        token_claims_read(grants, json, strlen(json), rules, NOW_US, why, sizeof(why)));
}

/** Read what must be right. */
static void read_right(struct grants *grants, const char *json)
{
    const char *code = read_with(grants, json, &any);

    if (code[0])
        fail_msg("%s: %s (%s)", json, code, why);
    assert_string_equal(why, "");
}

static void reads_all_of_ours(void **state)
{
    struct grants grants;
    (void)state;

    read_right(&grants,
               "{\"iss\":\"key1\",\"sub\":\"user-42\",\"name\":\" Ada\\n Lovelace \"," DATES
               "\"jti\":\"t1\",\"grants\":{\"room\":\"Daily\",\"join\":true,\"role\":\"viewer\","
               "\"publish\":[\"audio\",\"screen\",\"smell\"],\"subscribe\":true,\"chat\":false,"
               "\"record\":true,\"moderate\":true,\"hidden\":true,\"layout\":true,\"create\":true,"
               "\"list\":true,\"user\":true,\"operator\":true,\"fly\":7},"
               "\"attr\":{\"avatar\":\"https://a.example/x.png?s=1\",\"team\":\"x\"},"
               "\"room_config\":{\"layout\":\"speaker\",\"max_participants\":10,"
               "\"title\":\"Stand <b>up\"},\"md\":1}");
    assert_string_equal(grants.identity, "user-42");
    assert_string_equal(grants.name, "Ada Lovelace");
    assert_string_equal(grants.jti, "t1");
    assert_string_equal(grants.room, "daily");
    assert_true(grants.expires_us == UINT64_C(1700003600000000));
    assert_int_equal(grants.role, ROLE_VIEWER);
    assert_true(grants.join && grants.publish_audio && grants.publish_screen);
    assert_false(grants.publish_video || grants.chat);
    assert_true(grants.record && grants.moderate && grants.hidden && grants.layout);
    assert_true(grants.create && grants.list && grants.user && grants.operator_);
    assert_string_equal(grants.avatar, "https://a.example/x.png?s=1");
    assert_string_equal(grants.attr, "{\"team\":\"x\"}");
    assert_string_equal(grants.room_config.layout, "speaker");
    assert_int_equal(grants.room_config.max_participants, 10);
    assert_string_equal(grants.room_config.title, "Stand <b>up");
}

static void makes_who_joins_without_a_role_a_guest(void **state)
{
    struct grants grants;
    (void)state;

    read_right(&grants, "{" DATES "\"grants\":{\"room\":\"r\",\"join\":true}}");
    assert_int_equal(grants.role, ROLE_GUEST);
    assert_int_equal(grants_rights(&grants, NULL), rights_of_role(ROLE_GUEST, NULL));
    assert_true(grants.subscribe);
    assert_string_equal(grants.identity, "");
}

static void gives_a_role_its_rights_only_with_join(void **state)
{
    struct grants grants;
    (void)state;

    read_right(&grants, "{" DATES "\"grants\":{\"room\":\"*\",\"join\":true,\"role\":\"host\"}}");
    assert_int_equal(grants_rights(&grants, NULL), RIGHTS_ALL);
    assert_string_equal(grants.room, "*");
    read_right(&grants, "{" DATES "\"grants\":{\"room\":\"r\",\"role\":\"host\"}}");
    assert_int_equal(grants_rights(&grants, NULL), 0);
    read_right(&grants, "{" DATES "\"grants\":{\"join\":false}}");
    assert_int_equal(grants_rights(&grants, NULL), 0);
    read_right(&grants, "{" DATES "\"grants\":{}}");
    assert_int_equal(grants_rights(&grants, NULL), 0);
    assert_false(grants.operator_ || grants.user || grants.create || grants.list);
}

static void publishes_exactly_what_the_list_has(void **state)
{
    struct grants grants;
    (void)state;

    read_right(&grants, "{" DATES "\"grants\":{\"room\":\"r\",\"join\":true,\"role\":\"host\","
                        "\"publish\":[]}}");
    assert_false(grants.publish_audio || grants.publish_video || grants.publish_screen);
    read_right(&grants, "{" DATES "\"grants\":{\"room\":\"r\",\"join\":true,\"role\":\"viewer\","
                        "\"publish\":[\"video\"]}}");
    assert_true(grants.publish_video);
    assert_false(grants.publish_audio || grants.publish_screen);
}

static void reads_the_video_grant_of_livekit(void **state)
{
    static const struct {
        const char *video;
        uint32_t rights;
        bool join, subscribe, create, list, hidden;
    } cases[] = {
        {"\"room\":\"r\",\"roomJoin\":true", RIGHT_SPEAK | RIGHT_SHOW | RIGHT_SHARE | RIGHT_CHAT,
         true, true, false, false, false},
        {"\"room\":\"r\",\"roomJoin\":true,\"canPublish\":false,\"canPublishData\":false", 0, true,
         true, false, false, false},
        {"\"room\":\"r\",\"roomJoin\":true,\"canPublish\":true,\"canSubscribe\":true,"
         "\"canPublishSources\":[\"microphone\",\"screen_share_audio\"],\"hidden\":true",
         RIGHT_SPEAK | RIGHT_SHARE | RIGHT_CHAT, true, true, false, false, true},
        {"\"room\":\"r\",\"roomJoin\":true,\"canPublish\":false,"
         "\"canPublishSources\":[\"camera\"]",
         RIGHT_CHAT, true, true, false, false, false},
        {"\"room\":\"r\",\"roomJoin\":true,\"canPublishSources\":[]",
         RIGHT_SPEAK | RIGHT_SHOW | RIGHT_SHARE | RIGHT_CHAT, true, true, false, false, false},
        {"\"room\":\"r\",\"canPublish\":true", 0, false, false, false, false, false},
        {"\"roomCreate\":true,\"roomList\":true", 0, false, false, true, true, false},
        {"\"room\":\"r\",\"roomRecord\":true", RIGHT_RECORD, false, false, false, false, false},
        {"", 0, false, false, false, false, false},
    };
    char json[512];
    struct grants grants;
    const uint32_t looked_at = RIGHTS_ALL & ~(RIGHT_HAND | RIGHT_REACT | RIGHT_SEE_PEOPLE);
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        (void)snprintf(json, sizeof(json),
                       "{\"iss\":\"APIx\",\"sub\":\"ada\",\"name\":\"Ada\"," DATES
                       "\"video\":{%s},\"sha256\":\"\",\"metadata\":\"m\"}",
                       cases[i].video);
        read_right(&grants, json);
        if ((grants_rights(&grants, NULL) & looked_at) != cases[i].rights)
            fail_msg("%s: 0x%x", cases[i].video, grants_rights(&grants, NULL));
        assert_int_equal(grants.join, cases[i].join);
        assert_int_equal(grants.subscribe, cases[i].subscribe);
        /* as there, whoever joins makes the room, unless that is denied */
        assert_int_equal(grants.create, cases[i].create || cases[i].join);
        assert_int_equal(grants.list, cases[i].list);
        assert_int_equal(grants.hidden, cases[i].hidden);
        assert_int_equal(grants.role, ROLE_GUEST);
        assert_string_equal(grants.identity, "ada");
        assert_false(grants.user || grants.operator_);
    }
}

static void makes_the_admin_of_livekit_host(void **state)
{
    struct grants grants;
    (void)state;

    read_right(&grants,
               "{" DATES "\"video\":{\"room\":\"r\",\"roomJoin\":true,\"roomAdmin\":true}}");
    assert_int_equal(grants.role, ROLE_HOST);
    assert_int_equal(grants_rights(&grants, NULL), RIGHTS_ALL & ~RIGHT_RECORD);
    read_right(&grants, "{" DATES "\"video\":{\"room\":\"r\",\"roomAdmin\":true}}");
    assert_false(grants.join);
    assert_true(grants_may(&grants, "r", RIGHT_MODERATE, NULL));
}

static void looks_at_video_only_without_grants(void **state)
{
    struct grants grants;
    (void)state;

    read_right(&grants, "{" DATES "\"grants\":{\"room\":\"a\"},"
                        "\"video\":{\"room\":\"b\",\"roomJoin\":true,\"roomAdmin\":true}}");
    assert_string_equal(grants.room, "a");
    assert_false(grants.join || grants.moderate);
}

static const struct {
    const char *json, *code;
} mistakes[] = {
    {"", "token_malformed"},
    {"[]", "token_malformed"},
    {"\"text\"", "token_malformed"},
    {"{", "token_malformed"},
    {"{}x", "token_malformed"},
    {"{\"exp\":1,\"exp\":1700003600,\"grants\":{}}", "token_malformed"},
    {"{" DATES "\"grants\":{\"join\":false,\"join\":true}}", "token_malformed"},
    {"{" DATES "\"grants\":{\"join\":true,\"subscribe\":false}}", "token_grants"},
    {"{" DATES "\"video\":{\"roomJoin\":true,\"canSubscribe\":false}}", "token_grants"},
    {"{" DATES "\"grants\":{},\"x\":[[[[[[[[[[]]]]]]]]]]}", "token_malformed"},
    {"{" DATES "\"grants\":{},\"sub\":\"a\\u0000b\"}", "token_malformed"},
    {"{" DATES "\"grants\":{},\"sub\":\"\xff\"}", "token_malformed"},
    {"{\"grants\":{}}", "token_grants"},
    {"{\"exp\":\"1700003600\",\"grants\":{}}", "token_grants"},
    {"{\"exp\":1700003600.5,\"grants\":{}}", "token_grants"},
    {"{\"exp\":null,\"grants\":{}}", "token_grants"},
    {"{\"exp\":-1,\"grants\":{}}", "token_grants"},
    {"{\"exp\":9223372036854775807,\"grants\":{}}", "token_grants"},
    {"{\"exp\":99999999999999999999,\"grants\":{}}", "token_malformed"},
    {"{\"exp\":1700003600,\"nbf\":true,\"grants\":{}}", "token_grants"},
    {"{\"exp\":1700003600,\"iat\":\"now\",\"grants\":{}}", "token_grants"},
    {"{\"exp\":1699999970,\"grants\":{}}", "token_expired"},
    {"{\"exp\":0,\"grants\":{}}", "token_expired"},
    {"{\"exp\":1700003600,\"nbf\":1700000031,\"grants\":{}}", "token_not_yet"},
    {"{\"exp\":1700003600,\"iat\":1700000031,\"grants\":{}}", "token_not_yet"},
    {"{\"exp\":1700086431,\"grants\":{}}", "token_too_long_lived"},
    {"{\"exp\":1700000001,\"iat\":1699913600,\"grants\":{}}", "token_too_long_lived"},
    {"{\"exp\":253402300799,\"grants\":{}}", "token_too_long_lived"},
    {"{" DATES "\"sub\":\"a\"}", "token_grants"},
    {"{" DATES "\"grants\":null}", "token_grants"},
    {"{" DATES "\"grants\":[]}", "token_grants"},
    {"{" DATES "\"video\":true}", "token_grants"},
    {"{" DATES "\"iss\":1,\"grants\":{}}", "token_grants"},
    {"{" DATES "\"aud\":1,\"grants\":{}}", "token_grants"},
    {"{" DATES "\"aud\":[1],\"grants\":{}}", "token_grants"},
    {"{" DATES "\"sub\":42,\"grants\":{}}", "token_grants"},
    {"{" DATES "\"sub\":\"a\\u202eb\",\"grants\":{}}", "token_grants"},
    {"{" DATES "\"sub\":\" a\",\"grants\":{}}", "token_grants"},
    {"{" DATES "\"sub\":\"0123456789012345678901234567890123456789012345678901234567890123\","
     "\"grants\":{}}",
     "token_grants"},
    {"{" DATES "\"jti\":{},\"grants\":{}}", "token_grants"},
    {"{" DATES "\"name\":[\"a\"],\"grants\":{}}", "token_grants"},
    {"{" DATES "\"name\":\"01234567890123456789012345678901234567890123456789012345678901234\","
     "\"grants\":{}}",
     "token_grants"},
    {"{" DATES "\"grants\":{\"join\":\"true\"}}", "token_grants"},
    {"{" DATES "\"grants\":{\"join\":1}}", "token_grants"},
    {"{" DATES "\"grants\":{\"role\":\"admin\"}}", "token_grants"},
    {"{" DATES "\"grants\":{\"role\":1}}", "token_grants"},
    {"{" DATES "\"grants\":{\"room\":\"../x\"}}", "token_grants"},
    {"{" DATES "\"grants\":{\"room\":\"**\"}}", "token_grants"},
    {"{" DATES "\"grants\":{\"room\":7}}", "token_grants"},
    {"{" DATES "\"grants\":{\"publish\":\"audio\"}}", "token_grants"},
    {"{" DATES "\"grants\":{\"publish\":[1]}}", "token_grants"},
    {"{" DATES "\"grants\":{\"operator\":1}}", "token_grants"},
    {"{" DATES "\"grants\":{\"user\":true}}", "token_grants"},
    {"{" DATES "\"video\":{\"roomJoin\":\"true\"}}", "token_grants"},
    {"{" DATES "\"video\":{\"roomAdmin\":1}}", "token_grants"},
    {"{" DATES "\"video\":{\"roomJoin\":true,\"canPublish\":1}}", "token_grants"},
    {"{" DATES "\"video\":{\"roomJoin\":true,\"canPublishSources\":\"x\"}}", "token_grants"},
    {"{" DATES "\"grants\":{},\"attr\":\"x\"}", "token_grants"},
    {"{" DATES "\"grants\":{},\"attr\":{\"avatar\":1}}", "token_grants"},
    {"{" DATES "\"grants\":{},\"room_config\":[]}", "token_grants"},
    {"{" DATES "\"grants\":{},\"room_config\":{\"layout\":\"a b\"}}", "token_grants"},
    {"{" DATES "\"grants\":{},\"room_config\":{\"layout\":\"../etc/passwd\"}}", "token_grants"},
    {"{" DATES "\"grants\":{},\"room_config\":{\"max_participants\":0}}", "token_grants"},
    {"{" DATES "\"grants\":{},\"room_config\":{\"max_participants\":10001}}", "token_grants"},
    {"{" DATES "\"grants\":{},\"room_config\":{\"max_participants\":\"9\"}}", "token_grants"},
    {"{" DATES "\"grants\":{},\"room_config\":{\"title\":false}}", "token_grants"},
};

static void refuses_wrong_claims_with_a_code(void **state)
{
    static const struct grants nobody;
    struct grants grants;
    (void)state;

    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); ++i) {
        const char *code;

        memset(&grants, 1, sizeof(grants));
        code = read_with(&grants, mistakes[i].json, &any);
        if (strcmp(code, mistakes[i].code) != 0)
            fail_msg("%s: %s (%s)", mistakes[i].json, code, why);
        assert_memory_equal(&grants, &nobody, sizeof(grants));
        assert_true(why[0]);
    }
}

static void allows_for_clocks_that_differ(void **state)
{
    static const char *const cases[] = {
        "{\"exp\":1699999971,\"grants\":{}}",
        "{\"exp\":1700003600,\"nbf\":1700000030,\"iat\":1700000030,\"grants\":{}}",
        "{\"exp\":1700086430,\"iat\":1700000030,\"grants\":{}}",
    };
    struct grants grants;
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i)
        read_right(&grants, cases[i]);
}

static void wants_the_issuer_and_audience_of_the_rules(void **state)
{
    static const struct token_claims_rules rules = {
        .issuer = "key1", .audience = "medley", .max_life_s = 86400};
    static const struct {
        const char *json, *code;
    } cases[] = {
        {"{" DATES "\"iss\":\"key1\",\"aud\":\"medley\",\"grants\":{}}", ""},
        {"{" DATES "\"iss\":\"key1\",\"aud\":[\"x\",\"medley\"],\"grants\":{}}", ""},
        {"{" DATES "\"iss\":\"key2\",\"aud\":\"medley\",\"grants\":{}}", "token_issuer"},
        {"{" DATES "\"iss\":\"key\",\"aud\":\"medley\",\"grants\":{}}", "token_issuer"},
        {"{" DATES "\"aud\":\"medley\",\"grants\":{}}", "token_issuer"},
        {"{" DATES "\"iss\":\"key1\",\"aud\":\"other\",\"grants\":{}}", "token_audience"},
        {"{" DATES "\"iss\":\"key1\",\"aud\":[],\"grants\":{}}", "token_audience"},
        {"{" DATES "\"iss\":\"key1\",\"grants\":{}}", "token_audience"},
    };
    struct grants grants;
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i)
        if (strcmp(read_with(&grants, cases[i].json, &rules), cases[i].code) != 0)
            fail_msg("%s: %s", cases[i].json, why);
}

static void takes_avatars_from_https_only(void **state)
{
    static const struct {
        const char *url;
        bool right;
    } cases[] = {
        {"https://a.example/x.png", true},
        {"", true},
        {"http://a.example/x.png", false},
        {"HTTPS://a.example/", false},
        {"javascript:alert(1)", false},
        {"data:image/png;base64,AA", false},
        {"https://", false},
        {"https:///etc/passwd", false},
        {"https://a.example/\\\"onload", false},
        {"https://a.example/<b>", false},
        {"https://a.example/a b", false},
        {"https://\xc3\xa4.example/", false},
        {"//a.example/x.png", false},
    };
    char json[1200], url[600];
    struct grants grants;
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        (void)snprintf(json, sizeof(json), "{" DATES "\"grants\":{},\"attr\":{\"avatar\":\"%s\"}}",
                       cases[i].url);
        if ((read_with(&grants, json, &any)[0] == '\0') != cases[i].right)
            fail_msg("%s", cases[i].url);
        assert_string_equal(grants.avatar, cases[i].right ? cases[i].url : "");
    }
    for (size_t len = GRANTS_AVATAR_SIZE - 1; len <= GRANTS_AVATAR_SIZE; ++len) {
        memset(url, 'a', sizeof(url));
        memcpy(url, "https://", 8);
        url[len] = '\0';
        (void)snprintf(json, sizeof(json), "{" DATES "\"grants\":{},\"attr\":{\"avatar\":\"%s\"}}",
                       url);
        assert_int_equal(read_with(&grants, json, &any)[0] == '\0', len < GRANTS_AVATAR_SIZE);
    }
}

static void limits_the_length_of_attributes(void **state)
{
    char json[GRANTS_ATTR_SIZE + 128], text[GRANTS_ATTR_SIZE];
    struct grants grants;
    (void)state;

    for (size_t len = GRANTS_ATTR_SIZE - 9; len <= GRANTS_ATTR_SIZE - 8; ++len) {
        memset(text, 'a', len);
        text[len] = '\0';
        (void)snprintf(json, sizeof(json), "{" DATES "\"grants\":{},\"attr\":{\"x\":\"%s\"}}",
                       text);
        assert_int_equal(read_with(&grants, json, &any)[0] == '\0', len == GRANTS_ATTR_SIZE - 9);
        assert_int_equal(strlen(grants.attr),
                         len == GRANTS_ATTR_SIZE - 9 ? GRANTS_ATTR_SIZE - 1 : 0);
    }
}

static void reads_back_what_it_writes(void **state)
{
    static const struct token_claims_rules rules = {
        .issuer = "me \"quoted\"", .audience = "us", .max_life_s = 86400};
    struct grants cases[4], back;
    (void)state;

    memset(cases, 0, sizeof(cases));
    for (int role = 0; role < ROLE_COUNT; ++role)
        grants_of_role(&cases[role], (enum role)role);
    memcpy(cases[1].room, "*", 2);
    cases[1].publish_video = false;
    (void)snprintf(cases[2].identity, sizeof(cases[2].identity), "ada");
    (void)snprintf(cases[2].name, sizeof(cases[2].name), "Ada \"</script>' \xf0\x9f\x91\xa9");
    (void)snprintf(cases[2].room, sizeof(cases[2].room), "daily");
    (void)snprintf(cases[2].avatar, sizeof(cases[2].avatar), "https://a.example/");
    (void)snprintf(cases[2].attr, sizeof(cases[2].attr), "{\"a\":{\"b\":[1,true,null]}}");
    (void)snprintf(cases[2].room_config.title, API_TEXT_NAME_SIZE, "Title");
    (void)snprintf(cases[2].room_config.layout, GRANTS_LAYOUT_SIZE, "auto");
    cases[2].room_config.max_participants = 7;
    cases[2].user = cases[2].hidden = cases[2].create = cases[2].list = true;
    cases[3].operator_ = true;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        char *json;

        cases[i].issued_us = NOW_US;
        cases[i].role_said = true;
        cases[i].expires_us = NOW_US + 3600000000u;
        (void)snprintf(cases[i].jti, sizeof(cases[i].jti), "tk_%zu", i);
        json = token_write_claims(&cases[i], &rules, NOW_US);
        assert_non_null(json);
        assert_string_equal(read_with(&back, json, &rules), "");
        assert_memory_equal(&back, &cases[i], sizeof(back));
        free(json);
    }
}

static void makes_an_id_where_there_is_none(void **state)
{
    struct grants grants = {.expires_us = NOW_US + 1000000}, first, second;
    char *json;
    (void)state;

    json = token_write_claims(&grants, &any, NOW_US);
    read_right(&first, json);
    free(json);
    json = token_write_claims(&grants, &any, NOW_US);
    read_right(&second, json);
    free(json);
    assert_true(strlen(first.jti) > 20);
    assert_string_not_equal(first.jti, second.jti);
    assert_string_equal(grants.jti, "");
}

static void does_not_write_attributes_that_are_no_object(void **state)
{
    struct grants grants = {.expires_us = NOW_US + 1000000, .attr = "[1]"};
    (void)state;

    assert_null(token_write_claims(&grants, &any, NOW_US));
    memcpy(grants.attr, "{", 2);
    assert_null(token_write_claims(&grants, &any, NOW_US));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_all_of_ours),
        cmocka_unit_test(makes_who_joins_without_a_role_a_guest),
        cmocka_unit_test(gives_a_role_its_rights_only_with_join),
        cmocka_unit_test(publishes_exactly_what_the_list_has),
        cmocka_unit_test(reads_the_video_grant_of_livekit),
        cmocka_unit_test(makes_the_admin_of_livekit_host),
        cmocka_unit_test(looks_at_video_only_without_grants),
        cmocka_unit_test(refuses_wrong_claims_with_a_code),
        cmocka_unit_test(allows_for_clocks_that_differ),
        cmocka_unit_test(wants_the_issuer_and_audience_of_the_rules),
        cmocka_unit_test(takes_avatars_from_https_only),
        cmocka_unit_test(limits_the_length_of_attributes),
        cmocka_unit_test(reads_back_what_it_writes),
        cmocka_unit_test(makes_an_id_where_there_is_none),
        cmocka_unit_test(does_not_write_attributes_that_are_no_object),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
