/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file test_bans.c  Who is kept out of a room
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <errno.h>

#include <cmocka.h>

#include "mcu/room/bans.h"

static void knows_whom_it_keeps_out(void **state)
{
    static const struct {
        struct bans_person banned, comes;
        bool out;
    } row[] = {
        {{.identity = "ada"}, {.identity = "ada"}, true},
        {{.identity = "ada"}, {.identity = "Ada"}, false},
        {{.identity = "ada"}, {.address = "10.0.0.1", .name = "ada"}, false},
        /* An account counts, wherever it comes from. */
        {{.identity = "ada", .address = "10.0.0.1", .name = "Ada"},
         {.identity = "ada", .address = "10.0.0.2"},
         true},
        {{.identity = "ada", .address = "10.0.0.1", .name = "Ada"},
         {.address = "10.0.0.1", .name = "Ada"},
         false},
        {{.address = "10.0.0.1", .name = "Ada"},
         {.identity = "ada", .address = "10.0.0.1", .name = "Ada"},
         false},
        /* A guest: his address and his name. */
        {{.address = "10.0.0.1", .name = "Tim"}, {.address = "10.0.0.1", .name = "TIM"}, true},
        {{.address = "10.0.0.1", .name = "Tim"}, {.address = "10.0.0.1", .name = "Tom"}, false},
        {{.address = "10.0.0.1", .name = "Tim"}, {.address = "10.0.0.2", .name = "Tim"}, false},
        {{.address = "10.0.0.1", .name = "Tim"}, {.address = "10.0.0.1"}, false},
        /* Of IPv6 the network counts. */
        {{.address = "2001:db8:1:2::1", .name = "Tim"},
         {.address = "2001:db8:1:2:ffff::9", .name = "Tim"},
         true},
        {{.address = "2001:db8:1:2::1", .name = "Tim"},
         {.address = "2001:db8:1:3::1", .name = "Tim"},
         false},
        {{.address = "::ffff:10.0.0.1", .name = "Tim"},
         {.address = "10.0.0.1", .name = "Tim"},
         true},
    };
    (void)state;

    for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); ++i) {
        struct bans *bans = NULL;

        assert_int_equal(bans_new(&bans), 0);
        assert_false(bans_match(bans, &row[i].comes));
        assert_int_equal(bans_add(bans, &row[i].banned), 0);
        if (bans_match(bans, &row[i].comes) != row[i].out)
            print_error("row %u\n", i);
        assert_int_equal(bans_match(bans, &row[i].comes), row[i].out);
        bans_free(bans);
    }
}

static void refuses_a_ban_that_would_hit_everybody_or_nobody(void **state)
{
    static const struct bans_person row[] = {
        {0}, {.identity = ""}, {.address = "10.0.0.1"}, {.name = "Tim"}};
    struct bans *bans = NULL;
    (void)state;

    assert_int_equal(bans_new(&bans), 0);
    for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); ++i)
        assert_int_equal(bans_add(bans, &row[i]), -EINVAL);
    bans_free(bans);
    assert_null(bans_free(NULL));
}

static void the_oldest_ban_goes_when_there_are_too_many(void **state)
{
    struct bans *bans = NULL;
    char identity[32];
    (void)state;

    assert_int_equal(bans_new(&bans), 0);
    for (unsigned i = 0; i < BANS_MAX; ++i) {
        (void)snprintf(identity, sizeof(identity), "user-%u", i);
        assert_int_equal(bans_add(bans, &(struct bans_person){.identity = identity}), 0);
    }
    assert_int_equal(bans_add(bans, &(struct bans_person){.identity = "user-0"}), 0); /* again */
    assert_true(bans_match(bans, &(struct bans_person){.identity = "user-1"}));
    assert_int_equal(bans_add(bans, &(struct bans_person){.identity = "one-more"}), 0);
    assert_true(bans_match(bans, &(struct bans_person){.identity = "user-0"}));
    assert_false(bans_match(bans, &(struct bans_person){.identity = "user-1"}));
    assert_true(bans_match(bans, &(struct bans_person){.identity = "user-2"}));
    assert_true(bans_match(bans, &(struct bans_person){.identity = "one-more"}));
    bans_free(bans);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_whom_it_keeps_out),
        cmocka_unit_test(refuses_a_ban_that_would_hit_everybody_or_nobody),
        cmocka_unit_test(the_oldest_ban_goes_when_there_are_too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
