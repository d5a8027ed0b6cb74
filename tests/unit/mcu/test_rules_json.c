/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_rules_json.c  Rules of a room as JSON: read over others, written
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/api/rest_json.h"
#include "mcu/api/rules_json.h"
#include "mcu/room/room_rules.h"

static struct room_rules rules;
static char why[RULES_JSON_WHY_SIZE];

static int begin(void **state)
{
    (void)state;
    rules = room_rules_defaults;
    return 0;
}

/* From a buffer of the exact size. */
static int read_text(const char *text)
{
    size_t len = strlen(text);
    char *exact = malloc(len ? len : 1);
    int err;

    assert_non_null(exact);
    memcpy(exact, text, len);
    err = rules_json_read(&rules, exact, len, why, sizeof(why));
    free(exact);
    return err;
}

static void reads_every_field(void **state)
{
    (void)state;
    assert_int_equal(
        read_text("{\"lobby\":\"guests\",\"locked\":true,\"wait_for_host\":true,"
                  "\"members_only\":true,\"max_participants\":25,"
                  "\"guests_can\":{\"speak\":false,\"show\":false,\"share\":false,\"chat\":false,"
                  "\"chat_private\":false,\"react\":false,\"hand\":false},"
                  "\"share_takeover\":\"anybody\",\"chat_history\":7,\"history_for\":\"members\","
                  "\"first_is_host\":false,\"ends_with_host\":true}"),
        0);
    assert_int_equal(rules.lobby, ROOM_RULES_LOBBY_GUESTS);
    assert_true(rules.locked && rules.wait_for_host && rules.members_only && rules.ends_with_host);
    assert_false(rules.first_is_host);
    assert_int_equal(rules.max_participants, 25);
    assert_false(rules.guests_can.speak || rules.guests_can.show || rules.guests_can.share ||
                 rules.guests_can.chat || rules.guests_can.chat_private || rules.guests_can.react ||
                 rules.guests_can.hand);
    assert_int_equal(rules.share_takeover, ROOM_RULES_TAKEOVER_ANYBODY);
    assert_int_equal(rules.chat_history, 7);
    assert_int_equal(rules.history_for, ROOM_RULES_HISTORY_MEMBERS);
    assert_null(room_rules_check(&rules));
}

static void what_is_not_given_stays(void **state)
{
    (void)state;
    rules.locked = true;
    rules.chat_history = 5;
    assert_int_equal(read_text(""), 0);
    assert_int_equal(read_text("{}"), 0);
    assert_int_equal(read_text("{\"guests_can\":{\"share\":false}}"), 0);
    assert_true(rules.locked && rules.first_is_host && rules.guests_can.speak);
    assert_false(rules.guests_can.share);
    assert_int_equal(rules.chat_history, 5);
}

static void says_what_is_wrong_and_changes_nothing(void **state)
{
    static const struct {
        const char *text, *pointer;
    } row[] = {
        {"[]", "/"},
        {"{\"lobby\":\"open\"}", "/lobby"},
        {"{\"locked\":true,\"lobby\":1}", "/lobby"},
        {"{\"locked\":\"yes\"}", "/locked"},
        {"{\"locked\":true,\"max_participants\":-1}", "/max_participants"},
        {"{\"max_participants\":4097}", "/max_participants"},
        {"{\"chat_history\":1001}", "/chat_history"},
        {"{\"chat_history\":1.5}", "/chat_history"},
        {"{\"guests_can\":{\"fly\":true}}", "/guests_can/fly"},
        {"{\"guests_can\":{\"speak\":null}}", "/guests_can/speak"},
        {"{\"locked\":true,\"pin\":\"4711\"}", "/pin"},
        {"{\"title\":\"x\"}", "/title"},
        {"{\"history_for\":\"hosts\"}", "/history_for"},
        {"{\"locked\":true,\"locked\":true}", ""},
        {"{\"locked\":true", ""},
        {"{\"guests_can\":{\"speak\":{\"a\":{\"b\":[]}}}}", ""},
    };
    (void)state;

    for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); ++i) {
        why[0] = '\0';
        assert_int_equal(read_text(row[i].text), -EBADMSG);
        assert_true(why[0]);
        if (strncmp(why, row[i].pointer, strlen(row[i].pointer)) != 0)
            fail_msg("%s: \"%s\"", row[i].text, why);
        assert_false(rules.locked);
    }
}

static const char *written(struct rest_json *j, bool host)
{
    rest_json_init(j);
    rest_json_open(j, NULL, '{');
    rules_json_write(j, &rules, host);
    rest_json_close(j);
    return rest_json_text(j, NULL);
}

static void writes_the_pin_for_hosts_only_and_no_host_pin(void **state)
{
    struct rest_json j;
    const char *text;
    (void)state;

    strcpy(rules.title, "Weekly");
    strcpy(rules.pin, "4711");
    strcpy(rules.host_pin, "998877");
    text = written(&j, false);
    assert_non_null(strstr(text, "\"title\":\"Weekly\",\"has_pin\":true,\"lobby\":\"off\""));
    assert_null(strstr(text, "4711"));
    assert_null(strstr(text, "998877"));
    rest_json_finish(&j);
    text = written(&j, true);
    assert_non_null(strstr(text, "\"pin\":\"4711\""));
    assert_null(strstr(text, "998877"));
    rest_json_finish(&j);
}

static void what_it_writes_it_reads(void **state)
{
    static const char *const extra[] = {"\"title\":\"\",", "\"has_pin\":false,"};
    struct room_rules was;
    struct rest_json j;
    char *text;
    (void)state;

    rules.lobby = ROOM_RULES_LOBBY_ALL;
    rules.wait_for_host = true;
    rules.guests_can.hand = false;
    rules.share_takeover = ROOM_RULES_TAKEOVER_NOBODY;
    rules.max_participants = 9;
    was = rules;
    text = strdup(written(&j, false));
    rest_json_finish(&j);
    assert_non_null(text);
    for (unsigned i = 0; i < 2; ++i) { /* fields of a meeting, not of a policy */
        char *at = strstr(text, extra[i]);

        assert_non_null(at);
        memmove(at, at + strlen(extra[i]), strlen(at + strlen(extra[i])) + 1);
    }
    rules = room_rules_defaults;
    assert_int_equal(read_text(text), 0);
    assert_memory_equal(&rules, &was, sizeof(was));
    free(text);
}

int main(void)
{
#define TEST(name_) cmocka_unit_test_setup(name_, begin)
    static const struct CMUnitTest tests[] = {
        TEST(reads_every_field),
        TEST(what_is_not_given_stays),
        TEST(says_what_is_wrong_and_changes_nothing),
        TEST(writes_the_pin_for_hosts_only_and_no_host_pin),
        TEST(what_it_writes_it_reads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
