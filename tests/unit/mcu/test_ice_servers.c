/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_ice_servers.c  TURN servers for clients, with credentials that expire
 */
#include "mcu/api/ice_servers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "mcu/api/rest_json.h"
#include "mcu/base/clock.h"
#include "mcu/config/settings.h"
#include "mcu/room/room_set.h"
#include "net/turn_credential.h"

#define SECRET "north"

enum { TTL_S = 7200 };

/* What a client reads. */
struct server {
    char urls[256], username[TURN_CREDENTIAL_USERNAME_SIZE];
    char credential[TURN_CREDENTIAL_PASSWORD_SIZE];
};

static void configure(const char *uris)
{
    static struct config_errors errs;
    char path[] = "/tmp/test_ice_servers_XXXXXX";
    struct settings_source source = {.config_file = path};
    struct settings *settings = NULL;
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_true(dprintf(fd, "turn: {uris: %s, secret: " SECRET ", ttl: 2h}", uris) > 0);
    close(fd);
    assert_int_equal(settings_load(&settings, &source, &errs), 0);
    unlink(path);
    (void)room_set_configure(settings);
    settings_unref(settings);
}

static void write_for(struct rest_json *j, const char *identity)
{
    rest_json_init(j);
    rest_json_open(j, NULL, '{');
    ice_servers_write(j, "ice_servers", identity);
    rest_json_close(j);
    assert_non_null(rest_json_text(j, NULL));
}

static void read_for(struct server *ret, const char *identity)
{
    struct rest_json j;
    int n;

    write_for(&j, identity);
    n = sscanf(rest_json_text(&j, NULL),
               "{\"ice_servers\":[{\"urls\":[%255[^]]],\"username\":\"%95[^\"]\","
               "\"credential\":\"%28[^\"]\"}]}",
               ret->urls, ret->username, ret->credential);
    rest_json_finish(&j);
    assert_int_equal(n, 3);
}

static void is_empty_without_servers(void **state)
{
    struct rest_json j;
    (void)state;

    configure("[]");
    write_for(&j, "us_ada");
    assert_string_equal(rest_json_text(&j, NULL), "{\"ice_servers\":[]}");
    rest_json_finish(&j);
}

static void lists_all_uris_of_the_configuration(void **state)
{
    struct server server;
    (void)state;

    configure("[\"turn:t.example:3478?transport=tcp\", \"turns:t.example:5349\"]");
    read_for(&server, "us_ada");
    assert_string_equal(server.urls,
                        "\"turn:t.example:3478?transport=tcp\",\"turns:t.example:5349\"");
}

static void the_password_is_for_the_time_and_the_name(void **state)
{
    static const struct {
        const char *identity;
        bool told; /* to the TURN server */
    } cases[] = {
        {"us_ada-1", true},
        {"", false},
        {"Ada", false},
        {"a:b", false},
        {"a b", false},
        {"\xc3\xa4", false},
        {"a-name-that-is-much-longer-than-any-of-ours-could-ever-be-in-here", false},
    };
    (void)state;

    configure("[\"turn:t.example\"]");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        char password[TURN_CREDENTIAL_PASSWORD_SIZE];
        struct server server;
        uint64_t before_s = clock_wall_us() / 1000000, after_s, expiry_s;
        char *name;

        read_for(&server, cases[i].identity);
        after_s = clock_wall_us() / 1000000;
        expiry_s = strtoull(server.username, &name, 10);
        assert_in_range(expiry_s, before_s + TTL_S, after_s + TTL_S);
        assert_int_equal(*name++, ':');
        if (cases[i].told)
            assert_string_equal(name, cases[i].identity);
        else
            assert_int_equal(strncmp(name, "g_", 2), 0); /* a guest's, by chance */
        assert_int_equal(turn_credential_sign(password, SECRET, server.username), 0);
        assert_string_equal(server.credential, password);
    }
}

static void two_guests_have_different_names(void **state)
{
    struct server one, other;
    (void)state;

    configure("[\"turn:t.example\"]");
    read_for(&one, "");
    read_for(&other, "");
    assert_string_not_equal(strchr(one.username, ':'), strchr(other.username, ':'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_empty_without_servers),
        cmocka_unit_test(lists_all_uris_of_the_configuration),
        cmocka_unit_test(the_password_is_for_the_time_and_the_name),
        cmocka_unit_test(two_guests_have_different_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
