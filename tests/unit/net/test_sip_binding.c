/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_sip_binding.c  Where registered users are
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "net/sip_binding.h"

#define S(n) ((uint64_t)(n)*1000000)

enum { MAX_ALL = 25 };

static struct sip_binding *table;
static char events[256];

static void on_online(const char *user, bool online, void *arg)
{
    size_t n = strlen(events);

    assert_ptr_equal(arg, events);
    snprintf(events + n, sizeof(events) - n, "%c%s ", online ? '+' : '-', user);
}

static int set_up(void **state)
{
    (void)state;
    events[0] = '\0';
    return sip_binding_new(&table, MAX_ALL, on_online, events);
}

static int tear_down(void **state)
{
    (void)state;
    table = sip_binding_free(table);
    assert_null(table);
    return 0;
}

static struct sip_binding_change contact(int number, uint32_t expires_s, uint32_t cseq)
{
    struct sip_binding_change change = {.expires_s = expires_s, .binding.cseq = cseq};

    snprintf(change.key, sizeof(change.key), "key%d", number);
    snprintf(change.binding.uri, sizeof(change.binding.uri), "sip:%d@host", number);
    snprintf(change.binding.call_id, sizeof(change.binding.call_id), "call");
    return change;
}

static int set(const char *user, int number, uint32_t expires_s, uint32_t cseq, uint64_t now_us)
{
    struct sip_binding_change change = contact(number, expires_s, cseq);

    return sip_binding_apply(table, user, &change, 1, now_us);
}

static unsigned count(const char *user, uint64_t now_us)
{
    struct sip_registrar_binding all[2 * SIP_REGISTRAR_CONTACTS_MAX]; /* sees too many */

    return sip_binding_list(table, user, all, 2 * SIP_REGISTRAR_CONTACTS_MAX, now_us);
}

static void tells_of_the_first_and_the_last_contact(void **state)
{
    (void)state;

    assert_int_equal(set("ann", 1, 60, 1, 0), 0);
    assert_int_equal(set("ann", 2, 60, 2, 0), 0);
    assert_int_equal(set("bob", 1, 60, 1, 0), 0);
    assert_int_equal(set("ann", 1, 0, 3, 0), 0);
    assert_string_equal(events, "+ann +bob ");
    assert_int_equal(set("ann", 2, 0, 4, 0), 0);
    assert_string_equal(events, "+ann +bob -ann ");
    assert_int_equal(count("ann", 0), 0);
    assert_int_equal(count("bob", 0), 1);
    assert_int_equal(set("eve", 1, 0, 1, 0), 0); /* removes what was never there */
    assert_string_equal(events, "+ann +bob -ann ");
}

static void a_refresh_replaces(void **state)
{
    struct sip_registrar_binding all[2];
    (void)state;

    assert_int_equal(set("ann", 1, 60, 1, 0), 0);
    assert_int_equal(set("ann", 2, 60, 2, 0), 0);
    assert_int_equal(set("ann", 1, 100, 3, S(10)), 0);
    assert_int_equal(sip_binding_list(table, "ann", all, 2, S(10)), 2);
    assert_string_equal(all[0].uri, "sip:1@host"); /* the newest first */
    assert_int_equal(all[0].expires_us, S(110));
    assert_int_equal(sip_binding_list(table, "ann", all, 1, S(10)), 1);
    assert_string_equal(events, "+ann ");
}

static void expires(void **state)
{
    (void)state;

    assert_int_equal(set("ann", 1, 60, 1, 0), 0);
    assert_int_equal(set("bob", 1, 90, 1, 0), 0);
    assert_int_equal(sip_binding_expire(table, S(60) - 1), 2);
    assert_int_equal(count("ann", S(60)), 0); /* even before it is swept */
    assert_int_equal(sip_binding_expire(table, S(60)), 1);
    assert_string_equal(events, "+ann +bob -ann ");
    assert_int_equal(sip_binding_expire(table, S(90)), 0);
    assert_string_equal(events, "+ann +bob -ann -bob ");
}

static void keeps_the_order_within_a_call_id(void **state)
{
    struct sip_binding_change change = contact(1, 60, 3);
    (void)state;

    assert_int_equal(set("ann", 1, 60, 5, 0), 0);
    assert_int_equal(set("ann", 1, 60, 5, 0), -ESTALE);
    assert_int_equal(set("ann", 1, 0, 4, 0), -ESTALE);
    assert_int_equal(sip_binding_remove_all(table, "ann", "call", 5, 0), -ESTALE);
    assert_int_equal(count("ann", 0), 1);
    snprintf(change.binding.call_id, sizeof(change.binding.call_id), "rebooted");
    assert_int_equal(sip_binding_apply(table, "ann", &change, 1, 0), 0);
    assert_int_equal(sip_binding_remove_all(table, "ann", "call", 1, 0), 0);
    assert_int_equal(count("ann", 0), 0);
    assert_string_equal(events, "+ann -ann ");
    assert_int_equal(sip_binding_remove_all(table, "nobody", "call", 1, 0), 0);
}

static void limits_contacts_of_a_user_and_of_all(void **state)
{
    struct sip_binding_change two[2];
    (void)state;

    for (int i = 0; i < SIP_REGISTRAR_CONTACTS_MAX; ++i)
        assert_int_equal(set("ann", i, 60, 1, 0), 0);
    assert_int_equal(set("ann", 10, 60, 2, 0), -ENOSPC);
    assert_int_equal(set("ann", 3, 60, 2, 0), 0); /* a refresh is always possible */

    /* One that goes makes room in the same request; half a change is none. */
    two[0] = contact(10, 60, 3);
    two[1] = contact(11, 60, 3);
    assert_int_equal(sip_binding_apply(table, "ann", two, 2, 0), -ENOSPC);
    two[1] = contact(0, 0, 3);
    assert_int_equal(sip_binding_apply(table, "ann", two, 2, 0), 0);
    assert_int_equal(count("ann", 0), SIP_REGISTRAR_CONTACTS_MAX);

    for (int i = 0; i < 10; ++i)
        assert_int_equal(set("bob", i, 30, 1, 0), 0);
    for (int i = 0; i < 5; ++i)
        assert_int_equal(set("cid", i, 60, 1, 0), 0);
    assert_int_equal(set("cid", 5, 60, 1, 0), -ENOSPC);
    assert_int_equal(set("dan", 0, 60, 1, 0), -ENOSPC);
    assert_string_equal(events, "+ann +bob +cid ");
    assert_int_equal(sip_binding_expire(table, S(30)), 15);
    assert_int_equal(set("dan", 0, 60, 1, S(30)), 0);
}

static void knows_where_somebody_is_registered_from(void **state)
{
    static const enum sip_registrar_transport all[] = {SIP_REGISTRAR_UDP, SIP_REGISTRAR_TCP,
                                                       SIP_REGISTRAR_TLS};
    struct sip_binding_change change = contact(1, 60, 1);
    struct sockaddr_storage other;
    (void)state;

    change.binding.source.ss_family = AF_INET;
    ((struct sockaddr_in *)&change.binding.source)->sin_port = 5060;
    other = change.binding.source;
    ((struct sockaddr_in *)&other)->sin_port = 5061;
    for (unsigned i = 0; i < 3; ++i) {
        const struct sockaddr_storage *source = &change.binding.source;

        change.binding.transport = all[i];
        change.binding.cseq = i + 1;
        assert_int_equal(sip_binding_apply(table, "ann", &change, 1, 0), 0);
        for (unsigned k = 0; k < 3; ++k) {
            assert_int_equal(sip_binding_is_from(table, "ann", all[k], source, S(60) - 1), k == i);
            assert_false(sip_binding_is_from(table, "ann", all[k], &other, 0));
            assert_false(sip_binding_is_from(table, "bob", all[k], source, 0));
            assert_false(sip_binding_is_from(table, "ann", all[k], source, S(60)));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tells_of_the_first_and_the_last_contact, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_refresh_replaces, set_up, tear_down),
        cmocka_unit_test_setup_teardown(expires, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keeps_the_order_within_a_call_id, set_up, tear_down),
        cmocka_unit_test_setup_teardown(knows_where_somebody_is_registered_from, set_up, tear_down),
        cmocka_unit_test_setup_teardown(limits_contacts_of_a_user_and_of_all, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
