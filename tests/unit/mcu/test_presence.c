/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file test_presence.c  Who is signed in, with which devices, and who wants to know
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <malloc.h>

#include <cmocka.h>

#include "mcu/room/presence.h"

struct heard {
    unsigned npending, nchanged;
    uint64_t device;
    char identity[PRESENCE_IDENTITY_SIZE], text[PRESENCE_TEXT_SIZE];
    enum presence_state state;
};

static void on_pending(void *arg)
{
    struct heard *heard = arg;

    ++heard->npending;
}

static void on_changed(uint64_t device, const struct presence_info *info, void *arg)
{
    struct heard *heard = arg;

    ++heard->nchanged;
    heard->device = device;
    heard->state = info->state;
    (void)snprintf(heard->identity, sizeof(heard->identity), "%s", info->identity);
    (void)snprintf(heard->text, sizeof(heard->text), "%s", info->text);
}

static struct presence *new_presence(struct heard *heard, uint32_t max_devices,
                                     uint32_t max_watches)
{
    const struct presence_cfg cfg = {.max_devices = max_devices,
                                     .max_watches = max_watches,
                                     .pendingh = on_pending,
                                     .changedh = on_changed,
                                     .arg = heard};
    struct presence *presence = NULL;

    memset(heard, 0, sizeof(*heard));
    assert_int_equal(presence_new(&presence, &cfg), 0);
    return presence;
}

static enum presence_state state_of(const struct presence *presence, const char *identity)
{
    struct presence_info info;

    presence_look(presence, identity, &info);
    return info.state;
}

static void rejects_bad_settings(void **state)
{
    struct presence *presence = NULL;
    (void)state;

    assert_int_equal(presence_new(&presence, &(struct presence_cfg){.max_devices = 0}), -EINVAL);
    assert_int_equal(presence_new(&presence, &(struct presence_cfg){.max_devices = 1000001}),
                     -EINVAL);
    assert_null(presence_free(NULL));
}

static void a_person_is_online_while_he_has_a_device_and_busy_while_in_a_room(void **state)
{
    struct heard heard;
    struct presence *presence = new_presence(&heard, 10, 10);
    (void)state;

    assert_int_equal(state_of(presence, "ada"), PRESENCE_OFFLINE);
    assert_int_equal(presence_add(presence, "ada", 1, PRESENCE_WEB), 0);
    assert_int_equal(presence_add(presence, "ada", 2, PRESENCE_SIP), 0);
    assert_int_equal(state_of(presence, "ada"), PRESENCE_ONLINE);
    assert_int_equal(presence_enter(presence, "ada"), 0);
    assert_int_equal(presence_enter(presence, "ada"), 0);
    assert_int_equal(state_of(presence, "ada"), PRESENCE_BUSY);
    presence_leave(presence, "ada");
    assert_int_equal(state_of(presence, "ada"), PRESENCE_BUSY);
    presence_leave(presence, "ada");
    presence_leave(presence, "ada"); /* once too often */
    assert_int_equal(state_of(presence, "ada"), PRESENCE_ONLINE);
    presence_remove(presence, 1);
    presence_detach(presence, 2, true);
    assert_int_equal(state_of(presence, "ada"), PRESENCE_ONLINE);
    presence_remove(presence, 2);
    presence_remove(presence, 2);
    assert_int_equal(state_of(presence, "ada"), PRESENCE_OFFLINE);
    assert_string_equal(presence_state_name(PRESENCE_BUSY), "busy");
    presence_free(presence);
}

static void a_room_counts_although_he_signs_in_later(void **state)
{
    struct heard heard;
    struct presence *presence = new_presence(&heard, 10, 10);
    (void)state;

    assert_int_equal(presence_enter(presence, "ada"), 0);
    assert_int_equal(state_of(presence, "ada"), PRESENCE_OFFLINE);
    assert_int_equal(presence_add(presence, "ada", 1, PRESENCE_WEB), 0);
    assert_int_equal(state_of(presence, "ada"), PRESENCE_BUSY);
    presence_free(presence);
}

static void refuses_what_is_wrong_or_too_much(void **state)
{
    char longest[PRESENCE_IDENTITY_SIZE + 1];
    struct heard heard;
    struct presence *presence = new_presence(&heard, 12, 10);
    (void)state;

    memset(longest, 'x', sizeof(longest));
    longest[PRESENCE_IDENTITY_SIZE] = '\0';
    assert_int_equal(presence_add(presence, longest, 1, PRESENCE_WEB), -EINVAL);
    assert_int_equal(presence_enter(presence, longest), -EINVAL);
    longest[PRESENCE_IDENTITY_SIZE - 1] = '\0';
    assert_int_equal(presence_add(presence, longest, 99, PRESENCE_WEB), 0);
    assert_int_equal(presence_add(presence, "", 1, PRESENCE_WEB), -EINVAL);
    assert_int_equal(presence_add(presence, "ada", 0, PRESENCE_WEB), -EINVAL);
    assert_int_equal(presence_add(presence, "ada", 99, PRESENCE_WEB), -EEXIST);
    for (unsigned i = 1; i <= PRESENCE_DEVICES_MAX; ++i)
        assert_int_equal(presence_add(presence, "ada", i, PRESENCE_WEB), 0);
    assert_int_equal(presence_add(presence, "ada", 11, PRESENCE_WEB), -EMFILE);
    assert_int_equal(presence_add(presence, "bob", 11, PRESENCE_WEB), 0);
    assert_int_equal(presence_add(presence, "bob", 12, PRESENCE_WEB), -ENOSPC);
    presence_free(presence);
}

struct list {
    uint64_t device[PRESENCE_DEVICES_MAX];
    enum presence_kind kind[PRESENCE_DEVICES_MAX];
    unsigned n;
};

static void collect(uint64_t device, enum presence_kind kind, void *arg)
{
    struct list *list = arg;

    list->kind[list->n] = kind;
    list->device[list->n++] = device;
}

static void lists_devices_that_are_there_in_order(void **state)
{
    struct list list = {.n = 0};
    struct heard heard;
    struct presence *presence = new_presence(&heard, 10, 10);
    (void)state;

    assert_int_equal(presence_each_device(presence, "ada", collect, &list), 0);
    for (unsigned i = 1; i <= 4; ++i)
        assert_int_equal(presence_add(presence, "ada", i * 7, (enum presence_kind)(i % 2)), 0);
    presence_detach(presence, 14, true);
    presence_detach(presence, 21, true);
    presence_detach(presence, 21, false);
    presence_detach(presence, 1000, true);
    assert_int_equal(presence_each_device(presence, "ada", collect, &list), 3);
    assert_int_equal(list.device[0], 7);
    assert_int_equal(list.kind[0], PRESENCE_SIP);
    assert_int_equal(list.device[1], 21);
    assert_int_equal(list.device[2], 28);
    assert_int_equal(list.kind[2], PRESENCE_WEB);
    assert_string_equal(presence_identity(presence, 14), "ada");
    assert_null(presence_identity(presence, 15));
    assert_int_equal(presence_kind(presence, 7), PRESENCE_SIP);
    presence_free(presence);
}

static void a_status_text_is_kept_while_he_is_signed_in(void **state)
{
    static const struct {
        const char *text;
        int err;
    } row[] = {{"at lunch", 0},
               {"\xf0\x9f\x8d\x9c", 0},
               {"", 0},
               {"bad \xff", -EILSEQ},
               {"a\x01", -EILSEQ}};
    char longest[PRESENCE_TEXT_CHARS + 2];
    struct presence_info info;
    struct heard heard;
    struct presence *presence = new_presence(&heard, 10, 10);
    (void)state;

    assert_int_equal(presence_set_text(presence, "ada", "hi"), -ENOENT);
    assert_int_equal(presence_add(presence, "ada", 1, PRESENCE_WEB), 0);
    for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); ++i) {
        assert_int_equal(presence_set_text(presence, "ada", row[i].text), row[i].err);
        presence_look(presence, "ada", &info);
        if (!row[i].err)
            assert_string_equal(info.text, row[i].text);
    }
    memset(longest, 'x', sizeof(longest));
    longest[PRESENCE_TEXT_CHARS + 1] = '\0';
    assert_int_equal(presence_set_text(presence, "ada", longest), -E2BIG);
    longest[PRESENCE_TEXT_CHARS] = '\0';
    assert_int_equal(presence_set_text(presence, "ada", longest), 0);
    presence_remove(presence, 1);
    assert_int_equal(presence_add(presence, "ada", 1, PRESENCE_WEB), 0);
    presence_look(presence, "ada", &info);
    assert_string_equal(info.text, "");
    presence_free(presence);
}

static void watchers_are_told_what_changed_once_per_flush(void **state)
{
    struct heard heard;
    struct presence *presence = new_presence(&heard, 10, 10);
    (void)state;

    assert_int_equal(presence_add(presence, "eve", 9, PRESENCE_WEB), 0);
    assert_int_equal(presence_watch(presence, 9, "ada"), 0);
    assert_int_equal(presence_watch(presence, 9, "ada"), 0); /* again: nothing */
    assert_int_equal(presence_add(presence, "ada", 1, PRESENCE_WEB), 0);
    assert_int_equal(presence_enter(presence, "ada"), 0);
    assert_int_equal(presence_set_text(presence, "ada", "hi"), 0);
    assert_int_equal(heard.npending, 1);
    assert_int_equal(heard.nchanged, 0);
    presence_flush(presence);
    assert_int_equal(heard.nchanged, 1);
    assert_int_equal(heard.device, 9);
    assert_int_equal(heard.state, PRESENCE_BUSY);
    assert_string_equal(heard.identity, "ada");
    assert_string_equal(heard.text, "hi");
    presence_flush(presence);
    assert_int_equal(heard.nchanged, 1);

    presence_leave(presence, "ada"); /* there and back again */
    assert_int_equal(presence_enter(presence, "ada"), 0);
    presence_flush(presence);
    assert_int_equal(heard.nchanged, 1);
    assert_int_equal(heard.npending, 2);

    presence_leave(presence, "ada");
    presence_remove(presence, 1);
    presence_flush(presence);
    assert_int_equal(heard.nchanged, 2);
    assert_int_equal(heard.state, PRESENCE_OFFLINE);
    assert_string_equal(heard.text, "");
    presence_free(presence);
}

static void who_stopped_watching_or_left_is_told_nothing(void **state)
{
    struct heard heard;
    struct presence *presence = new_presence(&heard, 10, 10);
    (void)state;

    for (uint64_t device = 7; device <= 9; ++device) {
        assert_int_equal(presence_add(presence, "eve", device, PRESENCE_WEB), 0);
        assert_int_equal(presence_watch(presence, device, "ada"), 0);
        assert_int_equal(presence_watch(presence, device, "bob"), 0);
    }
    presence_unwatch(presence, 8, "ada");
    presence_unwatch(presence, 8, "ada");
    presence_unwatch(presence, 8, "nobody");
    presence_unwatch(presence, 100, "ada");
    presence_remove(presence, 9);
    assert_int_equal(presence_add(presence, "ada", 1, PRESENCE_WEB), 0);
    presence_flush(presence);
    assert_int_equal(heard.nchanged, 1);
    assert_int_equal(heard.device, 7);
    presence_remove(presence, 7); /* his last watcher, while a change waits */
    presence_remove(presence, 1);
    presence_flush(presence);
    assert_int_equal(heard.nchanged, 1);
    presence_free(presence);
}

static void somebody_who_is_gone_is_still_told_about(void **state)
{
    struct heard heard;
    struct presence *presence = new_presence(&heard, 10, 10);
    (void)state;

    assert_int_equal(presence_add(presence, "ada", 1, PRESENCE_WEB), 0);
    assert_int_equal(presence_add(presence, "eve", 9, PRESENCE_WEB), 0);
    assert_int_equal(presence_watch(presence, 9, "ada"), 0);
    presence_remove(presence, 1);
    presence_unwatch(presence, 9, "ada"); /* nothing holds him but the change that waits */
    presence_flush(presence);
    assert_int_equal(heard.nchanged, 0);
    assert_int_equal(state_of(presence, "ada"), PRESENCE_OFFLINE);
    presence_free(presence);
}

static void watches_are_limited_per_device_and_in_all(void **state)
{
    char identity[PRESENCE_IDENTITY_SIZE];
    struct heard heard;
    struct presence *presence = new_presence(&heard, 10, PRESENCE_WATCHES_MAX + 1);
    (void)state;

    assert_int_equal(presence_watch(presence, 1, "ada"), -ENOENT);
    assert_int_equal(presence_add(presence, "ada", 1, PRESENCE_WEB), 0);
    assert_int_equal(presence_add(presence, "ada", 2, PRESENCE_WEB), 0);
    assert_int_equal(presence_watch(presence, 1, ""), -EINVAL);
    for (unsigned i = 0; i < PRESENCE_WATCHES_MAX; ++i) {
        (void)snprintf(identity, sizeof(identity), "user-%u", i);
        assert_int_equal(presence_watch(presence, 1, identity), 0);
    }
    assert_int_equal(presence_watch(presence, 1, "one-more"), -EMFILE);
    assert_int_equal(presence_watch(presence, 2, "user-1"), 0);
    assert_int_equal(presence_watch(presence, 2, "user-2"), -ENOSPC);
    presence_remove(presence, 1);
    assert_int_equal(presence_watch(presence, 2, "user-2"), 0);
    presence_free(presence);
}

/* The same, as plain as can be: devices 1 to 20, people "p0" to "p5". */
struct model {
    int owner[21]; /* of a device; -1 = none */
    bool watches[21][6];
    unsigned nbusy[6];
    enum presence_state told[21][6]; /* what each watcher was told last, or saw when it began */
};

static struct model model;

static enum presence_state model_state(int person)
{
    bool here = false;

    for (unsigned d = 1; d <= 20; ++d)
        here = here || model.owner[d] == person;
    return !here ? PRESENCE_OFFLINE : model.nbusy[person] ? PRESENCE_BUSY : PRESENCE_ONLINE;
}

static void on_model_changed(uint64_t device, const struct presence_info *info, void *arg)
{
    int person = info->identity[1] - '0';
    (void)arg;

    assert_true(model.owner[device] >= 0 && model.watches[device][person]);
    assert_int_equal(info->state, model_state(person));
    model.told[device][person] = info->state;
}

static void shake(struct presence *presence)
{
    unsigned device = 1 + (unsigned)rand() % 20;
    int person = rand() % 6;
    const char identity[] = {'p', (char)('0' + person), '\0'};

    switch (rand() % 6) {
    case 0:
        assert_int_equal(presence_add(presence, identity, device, PRESENCE_WEB),
                         model.owner[device] >= 0 ? -EEXIST : 0);
        if (model.owner[device] < 0)
            model.owner[device] = person;
        break;
    case 1:
        presence_remove(presence, device);
        model.owner[device] = -1;
        memset(model.watches[device], 0, sizeof(model.watches[device]));
        break;
    case 2:
        assert_int_equal(presence_enter(presence, identity), 0);
        ++model.nbusy[person];
        break;
    case 3:
        presence_leave(presence, identity);
        model.nbusy[person] -= model.nbusy[person] > 0;
        break;
    case 4:
        presence_unwatch(presence, device, identity);
        model.watches[device][person] = false;
        break;
    default:
        if (model.owner[device] < 0 || model.watches[device][person])
            break;
        assert_int_equal(presence_watch(presence, device, identity), 0);
        model.watches[device][person] = true;
        model.told[device][person] = state_of(presence, identity);
        break;
    }
    assert_int_equal(state_of(presence, identity), model_state(person));
}

static void whatever_happens_watchers_know_the_state_after_a_flush(void **state)
{
    const struct presence_cfg cfg = {
        .max_devices = 20, .max_watches = 200, .changedh = on_model_changed};
    struct presence *presence = NULL;
    (void)state;

    memset(&model, 0, sizeof(model));
    memset(model.owner, -1, sizeof(model.owner));
    assert_int_equal(presence_new(&presence, &cfg), 0);
    srand(1);
    for (unsigned round = 0; round < 20000; ++round) {
        for (int k = rand() % 8; k > 0; --k)
            shake(presence);
        presence_flush(presence);
        for (unsigned d = 1; d <= 20; ++d) {
            for (int person = 0; person < 6; ++person) {
                if (model.watches[d][person])
                    assert_int_equal(model.told[d][person], model_state(person));
            }
        }
    }
    presence_free(presence);
}

static void an_idle_person_costs_less_than_a_kilobyte(void **state)
{
    enum { N = 100000 };
    struct heard heard;
    size_t before = mallinfo2().uordblks + mallinfo2().hblkhd, after;
    struct presence *presence = new_presence(&heard, N, 10);
    char identity[PRESENCE_IDENTITY_SIZE];
    (void)state;

    for (unsigned i = 0; i < N; ++i) {
        (void)snprintf(identity, sizeof(identity), "a-user-with-a-name-of-usual-length-%u", i);
        assert_int_equal(presence_add(presence, identity, i + 1, PRESENCE_WEB), 0);
    }
    after = mallinfo2().uordblks + mallinfo2().hblkhd;
    assert_true(after - before < (size_t)N * 400); /* 0 under a sanitizer */
    for (unsigned i = 0; i < N; ++i) {
        (void)snprintf(identity, sizeof(identity), "a-user-with-a-name-of-usual-length-%u", i);
        assert_int_equal(state_of(presence, identity), PRESENCE_ONLINE);
        presence_remove(presence, i + 1);
        assert_int_equal(state_of(presence, identity), PRESENCE_OFFLINE);
    }
    presence_free(presence);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rejects_bad_settings),
        cmocka_unit_test(a_person_is_online_while_he_has_a_device_and_busy_while_in_a_room),
        cmocka_unit_test(a_room_counts_although_he_signs_in_later),
        cmocka_unit_test(refuses_what_is_wrong_or_too_much),
        cmocka_unit_test(lists_devices_that_are_there_in_order),
        cmocka_unit_test(a_status_text_is_kept_while_he_is_signed_in),
        cmocka_unit_test(watchers_are_told_what_changed_once_per_flush),
        cmocka_unit_test(who_stopped_watching_or_left_is_told_nothing),
        cmocka_unit_test(somebody_who_is_gone_is_still_told_about),
        cmocka_unit_test(watches_are_limited_per_device_and_in_all),
        cmocka_unit_test(whatever_happens_watchers_know_the_state_after_a_flush),
        cmocka_unit_test(an_idle_person_costs_less_than_a_kilobyte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
