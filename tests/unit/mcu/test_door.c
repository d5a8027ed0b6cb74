/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_door.c  Who comes into a room: real rooms and participants, no peers
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mcu/room/membership.h"
#include "tests/unit/mcu/pipeline.h"

#include "mcu/media/audio_out.h"
#include "mcu/room/door.h"
#include "mcu/room/participant.h"
#include "mcu/room/participant_media.h"
#include "mcu/room/room.h"
#include "mcu/room/room_chat.h"
#include "mcu/room/room_events.h"
#include "mcu/room/room_rules.h"
#include "mcu/room/room_set.h"
#include "mixer/task.h"
#include "net/control_loop.h"
#include "net/media_loop.h"
#include "net/packet.h"

enum { FDS = 1024, PEOPLE_MAX = 8, PACKETS = 1024 };

static struct {
    struct settings *settings;
    struct task_pool *pool;
    struct media_loop *loop;
} server;

/* Somebody, and what he was told. */
struct person {
    struct participant *p;
    unsigned nadmitted, nmoved, nlobby;
    const char *lost;
    bool goes_at_once; /* leaves when he is let in */
};

static struct person person[PEOPLE_MAX];
static const char *code;

static void on_admitted(void *arg)
{
    struct person *me = arg;

    ++me->nadmitted;
    if (me->goes_at_once)
        me->p = membership_leave(me->p, "failed");
}

static void on_moved(void *arg)
{
    ++((struct person *)arg)->nmoved;
}

static void on_lobby(const struct participant *who, bool waits, void *arg)
{
    (void)who;
    (void)waits;
    ++((struct person *)arg)->nlobby;
}

static void on_lost(const char *why, const char *words, void *arg)
{
    struct person *me = arg;
    (void)words;

    me->lost = why;
    me->p = membership_leave(me->p, why);
}

/* As a gateway would; NULL for grants is a guest. */
static int come(struct person *me, const char *room, const struct grants *grants, const char *pin)
{
    char name[16];
    const struct participant_cfg cfg = {
        .room = room,
        .name = name,
        .kind = PARTICIPANT_KIND_WEB,
        .grants = grants,
        .pin = pin,
        .source = "192.0.2.1",
        .handlers = {.admittedh = on_admitted,
                     .movedh = on_moved,
                     .lobbyh = on_lobby,
                     .losth = on_lost,
                     .arg = me},
    };

    memset(me, 0, sizeof(*me));
    (void)snprintf(name, sizeof(name), "P%d", (int)(me - person));
    return membership_join(&me->p, &cfg, &code);
}

static void comes_as(struct person *me, const char *room, enum role role)
{
    assert_int_equal(come(me, room, NULL, NULL), 0);
    assert_false(participant_is_waiting(me->p));
    assert_int_equal(participant_role(me->p), role);
}

static void waits(struct person *me, const char *room, const char *why)
{
    assert_int_equal(come(me, room, NULL, NULL), 0);
    assert_true(participant_is_waiting(me->p));
    assert_string_equal(code, why);
    assert_string_equal(door_waits_for(me->p), why);
}

static void token_for(struct grants *grants, const char *identity, const char *room, enum role role)
{
    grants_of_role(grants, role);
    (void)snprintf(grants->identity, sizeof(grants->identity), "%s", identity);
    (void)snprintf(grants->room, sizeof(grants->room), "%s", room);
}

static struct room_rules rules_of(const struct person *me)
{
    return *room_rules(participant_room(me->p));
}

static void set_lobby(const struct person *me, enum room_rules_lobby lobby)
{
    struct room_rules rules = rules_of(me);

    rules.lobby = lobby;
    room_set_rules(participant_room(me->p), &rules);
}

static int move(struct person *whom, const struct person *by, const char *room)
{
    const struct membership_move to = {.room = room, .by = by ? by->p : NULL};

    code = "";
    return membership_move(whom->p, &to, &code);
}

static int start(void **state)
{
    const struct media_loop_cfg loop = {.addr[0] = {.ss_family = AF_INET},
                                        .naddrs = 1,
                                        .rtp_port_min = 42000,
                                        .rtp_port_max = 42999,
                                        .max_transports = 64};
    struct media_loop_cfg cfg = loop;
    (void)state;

    ((struct sockaddr_in *)&cfg.addr[0])->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server.settings = pipeline_settings("rooms.max_participants=3");
    assert_non_null(server.settings);
    assert_int_equal(control_loop_init(FDS), 0);
    assert_int_equal(packet_pool_init(PACKETS), 0);
    assert_int_equal(audio_out_init(), 0);
    assert_int_equal(task_pool_new(&server.pool, 1), 0);
    assert_int_equal(media_loop_new(&server.loop, &cfg, NULL), 0);
    return room_set_init(&(struct room_set_cfg){
        .settings = server.settings, .pool = server.pool, .loops = &server.loop, .nloops = 1});
}

static int stop(void **state)
{
    (void)state;
    room_set_finish();
    server.loop = media_loop_free(server.loop);
    server.pool = task_pool_free(server.pool);
    control_loop_flush();
    control_loop_finish();
    server.settings = settings_unref(server.settings);
    return 0;
}

/* Every room goes with its last one. */
static int all_leave(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PEOPLE_MAX; ++i)
        person[i].p = membership_leave(person[i].p, "left");
    control_loop_flush();
    assert_int_equal(room_set_count(), 0);
    return 0;
}

static void takes_rights_away_from_each_role(void **state)
{
    static const uint32_t all =
        RIGHT_SPEAK | RIGHT_SHOW | RIGHT_SHARE | RIGHT_CHAT | RIGHT_REACT | RIGHT_HAND;
    struct room_rules rules = room_rules_defaults;
    struct rights_policy policy;
    (void)state;

    door_policy(&rules, &policy);
    assert_int_equal(policy.denied[ROLE_HOST], 0);
    assert_int_equal(policy.denied[ROLE_GUEST], 0);
    assert_int_equal(policy.denied[ROLE_VIEWER], RIGHT_SPEAK | RIGHT_SHOW | RIGHT_SHARE);

    rules.guests_can.speak = rules.guests_can.chat = false;
    door_policy(&rules, &policy);
    assert_int_equal(policy.denied[ROLE_HOST], 0);
    assert_int_equal(policy.denied[ROLE_GUEST], RIGHT_SPEAK | RIGHT_CHAT);

    memset(&rules.guests_can, 0, sizeof(rules.guests_can));
    door_policy(&rules, &policy);
    assert_int_equal(policy.denied[ROLE_HOST], 0);
    assert_int_equal(policy.denied[ROLE_GUEST], all);
    assert_int_equal(policy.denied[ROLE_VIEWER], all);
}

static void the_first_is_host_and_the_next_follows_him(void **state)
{
    (void)state;
    comes_as(&person[0], "a", ROLE_HOST);
    comes_as(&person[1], "a", ROLE_GUEST);
    comes_as(&person[2], "a", ROLE_GUEST);
    assert_int_equal(come(&person[3], "a", NULL, NULL), -ENOSPC);
    assert_string_equal(code, "room_full");
    person[0].p = membership_leave(person[0].p, "left");
    assert_int_equal(participant_role(person[1].p), ROLE_HOST);
    assert_int_equal(participant_role(person[2].p), ROLE_GUEST);
}

static void a_token_that_says_guest_makes_no_host(void **state)
{
    struct grants grants;
    (void)state;

    token_for(&grants, "x", "a", ROLE_GUEST);
    grants.role_said = true;
    grants.chat = false;
    assert_int_equal(come(&person[0], "a", &grants, NULL), 0);
    assert_int_equal(participant_role(person[0].p), ROLE_GUEST);
    participant_set_role(person[0].p, ROLE_HOST); /* a host may, but not what the token withholds */
    assert_true(participant_rights(person[0].p) & RIGHT_MODERATE);
    assert_false(participant_rights(person[0].p) & RIGHT_CHAT);
    assert_int_equal(come(&person[1], "a", &grants, NULL), 0);
    comes_as(&person[2], "a", ROLE_GUEST);
    person[0].p = membership_leave(person[0].p, "left");
    assert_int_equal(participant_role(person[1].p), ROLE_GUEST);
    assert_int_equal(participant_role(person[2].p), ROLE_HOST);
}

static void a_token_says_whether_a_room_is_made_and_how(void **state)
{
    struct grants grants;
    (void)state;

    token_for(&grants, "x", "a", ROLE_HOST);
    grants.create = false;
    assert_int_equal(come(&person[0], "a", &grants, NULL), -EACCES);
    assert_string_equal(code, "room_not_found");
    assert_int_equal(room_set_count(), 0);
    grants.join = false;
    assert_int_equal(come(&person[0], "a", &grants, NULL), -EACCES);
    assert_string_equal(code, "token_room");
    grants.join = grants.create = true;
    grants.room_config.max_participants = 2;
    (void)snprintf(grants.room_config.title, sizeof(grants.room_config.title), "Tea");
    assert_int_equal(come(&person[0], "a", &grants, NULL), 0);
    assert_string_equal(rules_of(&person[0]).title, "Tea");
    grants.create = false; /* it is there */
    grants.room_config.max_participants = 1;
    (void)snprintf(grants.identity, sizeof(grants.identity), "y");
    assert_int_equal(come(&person[1], "a", &grants, NULL), 0);
    (void)snprintf(grants.identity, sizeof(grants.identity), "z");
    assert_int_equal(come(&person[2], "a", &grants, NULL), -ENOSPC);
    assert_string_equal(code, "room_full");
}

static void a_token_of_an_account_opens_its_room_only(void **state)
{
    struct grants grants;
    (void)state;

    token_for(&grants, "us_x", "a", ROLE_HOST);
    grants.user = true;
    assert_int_equal(come(&person[0], "b", &grants, NULL), -EACCES);
    assert_string_equal(code, "token_room");
    assert_int_equal(come(&person[0], "a", &grants, NULL), 0);
    (void)snprintf(grants.room, sizeof(grants.room), "*");
    assert_int_equal(come(&person[1], "b", &grants, NULL), 0);
}

static void a_refused_one_leaves_no_room_behind(void **state)
{
    struct grants grants;
    (void)state;

    token_for(&grants, "x", "elsewhere", ROLE_HOST);
    assert_int_equal(come(&person[0], "a", &grants, NULL), -EACCES);
    assert_string_equal(code, "token_room");
    assert_int_equal(room_set_count(), 0);
}

static void hosts_let_in_and_turn_away(void **state)
{
    (void)state;
    comes_as(&person[0], "a", ROLE_HOST);
    set_lobby(&person[0], ROOM_RULES_LOBBY_ALL);
    waits(&person[1], "a", "lobby");
    waits(&person[2], "a", "lobby");
    assert_int_equal(person[0].nlobby, 2);
    assert_true(door_admit(person[1].p));
    assert_int_equal(person[1].nadmitted, 1);
    assert_false(participant_is_waiting(person[1].p));
    assert_true(door_deny(person[2].p));
    assert_null(person[2].p);
    assert_string_equal(person[2].lost, "denied");
    assert_int_equal(person[0].nlobby, 4);
    assert_int_equal(room_count(participant_room(person[0].p)), 2);
    assert_int_equal(room_count_waiting(participant_room(person[0].p)), 0);
}

static void whoever_finds_no_place_keeps_his(void **state)
{
    (void)state;
    comes_as(&person[0], "a", ROLE_HOST);
    comes_as(&person[1], "a", ROLE_GUEST);
    set_lobby(&person[0], ROOM_RULES_LOBBY_ALL);
    for (unsigned i = 2; i < 5; ++i)
        waits(&person[i], "a", "lobby");
    assert_true(door_admit(person[2].p));
    assert_false(door_admit(person[3].p));
    assert_ptr_equal(room_first_waiting(participant_room(person[0].p)), person[3].p);
    assert_int_equal(person[0].nlobby, 4); /* three came, one went in; nothing else was told */
}

static void an_open_door_lets_in_whoever_waits_as_long_as_there_is_place(void **state)
{
    (void)state;
    comes_as(&person[0], "a", ROLE_HOST);
    set_lobby(&person[0], ROOM_RULES_LOBBY_ALL);
    for (unsigned i = 1; i < 4; ++i)
        waits(&person[i], "a", "lobby");
    set_lobby(&person[0], ROOM_RULES_LOBBY_OFF);
    assert_false(participant_is_waiting(person[1].p));
    assert_false(participant_is_waiting(person[2].p));
    assert_true(participant_is_waiting(person[3].p));
    person[1].p = membership_leave(person[1].p, "left");
    assert_false(participant_is_waiting(person[3].p));
}

static void whoever_goes_as_he_comes_in_disturbs_nobody(void **state)
{
    (void)state;
    comes_as(&person[0], "a", ROLE_HOST);
    set_lobby(&person[0], ROOM_RULES_LOBBY_ALL);
    for (unsigned i = 1; i < 5; ++i)
        waits(&person[i], "a", "lobby");
    person[1].goes_at_once = person[2].goes_at_once = person[4].goes_at_once = true;
    set_lobby(&person[0], ROOM_RULES_LOBBY_OFF);
    assert_null(person[1].p);
    assert_null(person[2].p);
    assert_null(person[4].p);
    assert_int_equal(person[3].nadmitted, 1);
    assert_int_equal(room_count(participant_room(person[0].p)), 2);
    assert_int_equal(room_count_waiting(participant_room(person[0].p)), 0);
}

static void a_room_may_go_with_whoever_was_let_in(void **state)
{
    (void)state;
    comes_as(&person[0], "a", ROLE_HOST);
    set_lobby(&person[0], ROOM_RULES_LOBBY_ALL);
    for (unsigned i = 1; i < 4; ++i) {
        waits(&person[i], "a", "lobby");
        person[i].goes_at_once = true;
    }
    person[0].p = membership_leave(person[0].p, "left"); /* the first who waits is host now, ... */
    for (unsigned i = 1; i < 4; ++i)
        assert_null(person[i].p);
    assert_int_equal(room_set_count(), 0);
}

static void new_rules_say_whether_the_room_is_still_there(void **state)
{
    struct room_rules rules;
    (void)state;

    comes_as(&person[0], "a", ROLE_HOST);
    rules = rules_of(&person[0]);
    rules.lobby = ROOM_RULES_LOBBY_ALL;
    rules.first_is_host = false;
    assert_true(room_set_rules(participant_room(person[0].p), &rules));
    waits(&person[1], "a", "lobby");
    person[1].goes_at_once = true;
    person[0].p = membership_leave(person[0].p, "left");
    rules.lobby = ROOM_RULES_LOBBY_OFF;
    assert_false(room_set_rules(participant_room(person[1].p), &rules));
    assert_int_equal(room_set_count(), 0);
}

static void count_message(const struct room_chat_message *message, void *arg)
{
    (void)message;
    ++*(unsigned *)arg;
}

static unsigned messages_kept(struct room *room)
{
    unsigned n = 0;

    (void)room_chat_each_for(room_chat(room), 0, "", count_message, &n);
    return n;
}

static void new_rules_say_how_many_messages_are_kept(void **state)
{
    const struct room_chat_party somebody = {.name = "Ada"}, everybody = {.key = 0};
    const struct room_chat_message *message;
    struct room_rules rules;
    struct room *room;
    (void)state;

    comes_as(&person[0], "a", ROLE_HOST);
    room = participant_room(person[0].p);
    for (unsigned i = 0; i < 3; ++i)
        assert_int_equal(room_chat_post(room_chat(room), NULL, &somebody, &everybody, "x", 1, 1,
                                        &message, &code),
                         0);
    assert_int_equal(messages_kept(room), 3);
    rules = rules_of(&person[0]);
    rules.chat_history = 1;
    assert_true(room_set_rules(room, &rules));
    assert_int_equal(messages_kept(room), 1);
}

static void a_banned_one_does_not_come_back(void **state)
{
    (void)state;
    comes_as(&person[0], "a", ROLE_HOST);
    comes_as(&person[1], "a", ROLE_GUEST);
    door_ban(person[1].p);
    assert_string_equal(person[1].lost, "banned");
    assert_int_equal(come(&person[1], "a", NULL, NULL), -EACCES);
    assert_string_equal(code, "banned");
    comes_as(&person[2], "b", ROLE_HOST);
    comes_as(&person[1], "b", ROLE_GUEST);
    assert_int_equal(move(&person[1], NULL, "a"), -EACCES); /* not even by an operator */
    assert_string_equal(code, "banned");
}

static void people_are_moved_into_new_rooms_and_back(void **state)
{
    (void)state;
    comes_as(&person[0], "a", ROLE_HOST);
    comes_as(&person[1], "a", ROLE_GUEST);
    comes_as(&person[2], "a", ROLE_GUEST);
    assert_int_equal(move(&person[1], &person[0], "new"), 0);
    assert_int_equal(person[1].nmoved, 1);
    assert_string_equal(room_name(participant_room(person[1].p)), "new");
    assert_int_equal(participant_role(person[1].p), ROLE_GUEST);
    assert_int_equal(move(&person[0], &person[0], "new"), 0);
    assert_int_equal(participant_role(person[0].p), ROLE_HOST);
    assert_int_equal(participant_role(person[2].p), ROLE_HOST); /* follows him in the old one */
    set_lobby(&person[2], ROOM_RULES_LOBBY_ALL);
    assert_int_equal(move(&person[1], &person[0], "a"), 0); /* they belong together */
    assert_int_equal(move(&person[0], &person[0], "a"), 0);
    assert_int_equal(participant_role(person[0].p), ROLE_GUEST); /* there is a host now */
    assert_int_equal(room_set_count(), 1);
}

static void a_host_moves_nobody_past_the_rules_of_a_room_that_he_does_not_run(void **state)
{
    struct room_rules rules;
    struct grants boss;
    (void)state;

    comes_as(&person[0], "secret", ROLE_HOST);
    comes_as(&person[1], "mine", ROLE_HOST);
    rules = rules_of(&person[0]);
    (void)snprintf(rules.pin, sizeof(rules.pin), "4711");
    room_set_rules(participant_room(person[0].p), &rules);
    assert_int_equal(move(&person[1], &person[1], "secret"), -EACCES);
    assert_string_equal(code, "pin_required");
    rules.pin[0] = '\0';
    rules.lobby = ROOM_RULES_LOBBY_ALL;
    room_set_rules(participant_room(person[0].p), &rules);
    assert_int_equal(move(&person[1], &person[1], "secret"), -EACCES);
    assert_string_equal(code, "lobby");
    assert_int_equal(person[1].nmoved, 0);

    token_for(&boss, "boss", "*", ROLE_HOST);
    assert_int_equal(come(&person[2], "mine", &boss, NULL), 0);
    assert_int_equal(move(&person[1], &person[2], "secret"), 0);
    assert_int_equal(participant_role(person[1].p), ROLE_GUEST);

    rules.lobby = ROOM_RULES_LOBBY_OFF;
    room_set_rules(participant_room(person[0].p), &rules);
    comes_as(&person[3], "other", ROLE_HOST);
    assert_int_equal(move(&person[3], &person[3], "secret"), 0);
    assert_int_equal(participant_role(person[3].p), ROLE_GUEST);
    assert_int_equal(move(&person[2], NULL, "secret"), -ENOSPC);
    assert_string_equal(code, "room_full");
}

/* What a journal would write: who starts and stops to share, who enters and leaves. */
static char journal[128];

static void note(char what, const struct participant *who)
{
    size_t len = strlen(journal);

    (void)snprintf(journal + len, sizeof(journal) - len, "%c%s ", what, participant_name(who) + 1);
}

static void on_entered(const struct participant *who, void *arg)
{
    (void)arg;
    note('<', who);
}

static void on_exited(const struct participant *who, const char *reason, void *arg)
{
    (void)reason;
    (void)arg;
    note('>', who);
}

static void on_shared(const struct participant *who, bool on, void *arg)
{
    (void)arg;
    note(on ? '+' : '-', who);
}

static void a_share_ends_however_it_ends(void **state)
{
    static const struct room_events events = {
        .enteredh = on_entered, .exitedh = on_exited, .sharedh = on_shared};
    (void)state;

    journal[0] = '\0';
    room_events_add(&events);
    comes_as(&person[0], "a", ROLE_HOST);
    comes_as(&person[1], "a", ROLE_GUEST);
    assert_int_equal(participant_media_share(person[1].p, true), 0);
    assert_int_equal(participant_media_share(person[0].p, true), 0); /* takes over */
    assert_int_equal(participant_media_share(person[0].p, false), 0);
    assert_string_equal(journal, "<0 <1 +1 -1 +0 -0 ");

    journal[0] = '\0';
    assert_int_equal(participant_media_share(person[1].p, true), 0);
    assert_int_equal(move(&person[1], &person[0], "new"), 0);
    assert_int_equal(participant_media_share(person[0].p, true), 0); /* nobody's now */
    assert_int_equal(participant_media_share(person[1].p, true), 0);
    person[1].p = membership_leave(person[1].p, "left");
    assert_string_equal(journal, "+1 -1 >1 <1 +0 +1 -1 >1 ");
    room_events_remove(&events);
}

int main(void)
{
#define TEST(name_) cmocka_unit_test_teardown(name_, all_leave)
    static const struct CMUnitTest tests[] = {
        TEST(takes_rights_away_from_each_role),
        TEST(the_first_is_host_and_the_next_follows_him),
        TEST(a_token_that_says_guest_makes_no_host),
        TEST(a_token_says_whether_a_room_is_made_and_how),
        TEST(a_token_of_an_account_opens_its_room_only),
        TEST(a_refused_one_leaves_no_room_behind),
        TEST(hosts_let_in_and_turn_away),
        TEST(whoever_finds_no_place_keeps_his),
        TEST(an_open_door_lets_in_whoever_waits_as_long_as_there_is_place),
        TEST(whoever_goes_as_he_comes_in_disturbs_nobody),
        TEST(a_room_may_go_with_whoever_was_let_in),
        TEST(new_rules_say_whether_the_room_is_still_there),
        TEST(new_rules_say_how_many_messages_are_kept),
        TEST(a_banned_one_does_not_come_back),
        TEST(people_are_moved_into_new_rooms_and_back),
        TEST(a_share_ends_however_it_ends),
        TEST(a_host_moves_nobody_past_the_rules_of_a_room_that_he_does_not_run),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
