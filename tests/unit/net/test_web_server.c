/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_web_server.c  Web server: WebSockets, their limits, start and stop
 */
#include "tests/unit/net/web_server_fixture.h"

/* WebSocket */

static void opens_only_for_our_subprotocol_path_and_origin(void **state)
{
    static const struct {
        const char *path, *more;
        int status;
    } cases[] = {
        {"/ws", MEDLEY, 101},
        {"/ws", MEDLEY "Origin: http://conf.example:8080\r\n", 101},
        {"/ws", MEDLEY "Origin: https://CONF.example:8080\r\n", 101},
        {"/ws", MEDLEY "Origin: https://friend.example\r\n", 101},
        {"/ws", MEDLEY "Origin: https://friend.example.evil.example\r\n", 403},
        {"/ws", MEDLEY "Origin: http://conf.example\r\n", 403},
        {"/ws", MEDLEY "Origin: http://conf.example:8080.evil.example\r\n", 403},
        {"/ws", MEDLEY "Origin: http://evil.example\r\n", 403},
        {"/ws", MEDLEY "Origin: null\r\n", 403},
        {"/ws", MEDLEY "Origin: conf.example:8080\r\n", 403},
        {"/ws", "", 426},
        {"/ws", "Sec-WebSocket-Protocol: http\r\n", 426},
        {"/ws", "Sec-WebSocket-Protocol: medley-listen, medley.v1\r\n", 426},
        {"/other", MEDLEY, 404},
    };
    struct web_server_cfg cfg = default_cfg();
    (void)state;

    start(&cfg);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        int fd = dial(ports[0], NULL);

        assert_int_equal(upgrade(fd, cases[i].path, cases[i].more), cases[i].status);
        if (cases[i].status == 101)
            assert_non_null(strcasestr(head, "sec-websocket-protocol: medley.v1\r\n"));
        close(fd);
    }
}

static void carries_messages_both_ways(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    size_t len;
    int fd;
    (void)state;

    start(&cfg);
    fd = ws_dial();
    assert_int_equal(strncmp(seen.peer, "127.0.0.1:", 10), 0);
    ws_frame(fd, 0x81, "h\xc3\xa4llo", 6);
    while (seen.messages == 0)
        assert_true(pump());
    assert_string_equal(seen.body, "h\xc3\xa4llo");
    web_server_send(server, seen.conn, "one", 3);
    web_server_send_many(server, &seen.conn, 1, "two", 3);
    assert_int_equal(ws_read(fd, body, sizeof(body), &len), 0x81);
    assert_string_equal(body, "one");
    assert_int_equal(ws_read(fd, body, sizeof(body), &len), 0x81);
    assert_string_equal(body, "two");
    close(fd);
    wait_closed();
    assert_int_equal(seen.closed, seen.conn);
    assert_int_equal(seen.closes, 1);
}

static void tells_how_a_peer_closed(void **state)
{
    static const struct {
        const char *data;
        size_t len;
        uint16_t code;
    } cases[] = {{"\x03\xe8", 2, 1000}, {"\x03\xe9 bye", 6, 1001}, {"", 0, 1005}, {NULL, 0, 0}};
    struct web_server_cfg cfg = default_cfg();
    (void)state;

    start(&cfg);
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        int fd = ws_dial();

        seen.closes = 0;
        if (cases[i].data)
            ws_frame(fd, 0x88, cases[i].data, cases[i].len);
        else
            close(fd); /* as a network that is gone */
        wait_closed();
        assert_int_equal(seen.close_code, cases[i].code);
        if (cases[i].data)
            close(fd);
    }
}

static void joins_fragments_and_answers_pings_between(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    size_t len;
    int fd;
    (void)state;

    start(&cfg);
    fd = ws_dial();
    ws_frame(fd, 0x01, "ab", 2);
    ws_frame(fd, 0x89, "ping", 4);
    ws_frame(fd, 0x00, "", 0);
    ws_frame(fd, 0x00, "cd", 2);
    ws_frame(fd, 0x80, "ef", 2);
    while (seen.messages == 0)
        assert_true(pump());
    assert_string_equal(seen.body, "abcdef");
    assert_int_equal(ws_read(fd, body, sizeof(body), &len), 0x8a);
    assert_string_equal(body, "ping");
    close(fd);
}

static void holds_its_limits_on_messages(void **state)
{
    static const struct {
        const char *what;
        size_t len;
        bool authenticated, fragmented;
        unsigned code; /* 0 = fits */
    } cases[] = {
        {"before login", 1000, false, false, 0},    {"too long", 1001, false, false, 1009},
        {"in pieces", 1001, false, true, 1009},     {"after login", 20000, true, false, 0},
        {"too long then", 20001, true, true, 1009},
    };
    struct web_server_cfg cfg = default_cfg();
    static char data[30000];
    (void)state;

    start(&cfg);
    memset(data, 'x', sizeof(data));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        size_t half = cases[i].len / 2;
        int fd = ws_dial();

        seen.messages = 0;
        if (cases[i].authenticated) { /* a message back tells that the server knows */
            size_t len;

            web_server_authenticated(server, seen.conn);
            web_server_send(server, seen.conn, "", 0);
            assert_int_equal(ws_read(fd, body, sizeof(body), &len), 0x81);
        }
        if (cases[i].fragmented) {
            ws_frame(fd, 0x01, data, half);
            ws_frame(fd, 0x80, data + half, cases[i].len - half);
        } else {
            ws_frame(fd, 0x81, data, cases[i].len);
        }
        while (!cases[i].code && seen.messages == 0)
            assert_true(pump());
        if (cases[i].code)
            assert_int_equal(ws_close_code(fd), cases[i].code);
        else
            assert_int_equal(seen.body_len, cases[i].len);
        close(fd);
    }
}

static void closes_what_is_not_text(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    unsigned code;
    int fd;
    (void)state;

    start(&cfg);
    fd = ws_dial();
    ws_frame(fd, 0x82, "\0\1", 2);
    assert_int_equal(ws_close_code(fd), 1003);
    close(fd);
    fd = ws_dial();
    ws_frame(fd, 0x81, "\xc3\x28", 2);
    code = ws_close_code(fd);
    assert_true(code == 1007 || code == 0);
    close(fd);
    assert_int_equal(seen.messages, 0);
}

static void closes_whoever_sends_too_many(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    int fd;
    (void)state;

    cfg.max_messages_per_s = 1;
    start(&cfg);
    fd = ws_dial();
    for (int i = 0; i < 20; ++i)
        ws_frame(fd, 0x81, "x", 1);
    assert_int_equal(ws_close_code(fd), 4029);
    wait_closed();
    assert_true(seen.messages >= 3 && seen.messages < 20);
    close(fd);

    fd = ws_dial();
    seen.messages = 0;
    ws_frame(fd, 0x01, "x", 1);
    for (int i = 0; i < 100; ++i)
        ws_frame(fd, 0x00, "", 0);
    assert_int_equal(ws_close_code(fd), 1009);
    close(fd);
    assert_int_equal(seen.messages, 0);
}

static void closes_whoever_does_not_authenticate(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    int fd;
    (void)state;

    cfg.auth_timeout_ms = 1;
    start(&cfg);
    fd = ws_dial();
    assert_int_equal(ws_close_code(fd), 4001);
    wait_closed();
    close(fd);
}

static void limits_sockets_before_login(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    int a, b, c;
    (void)state;

    cfg.max_unauthenticated = 1;
    start(&cfg);
    a = ws_dial();
    b = dial(ports[0], NULL);
    assert_int_equal(upgrade(b, "/ws", MEDLEY), 503);
    close(b);
    web_server_authenticated(server, seen.conn);
    web_server_send(server, seen.conn, "ok", 2);
    assert_true(take(a, body, 4));
    c = ws_dial();
    close(a);
    close(c);
}

static void closes_a_slow_reader_and_nobody_else(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    static char text[30000];
    uint64_t slow, good;
    size_t len;
    int a, b;
    (void)state;

    start(&cfg);
    a = ws_dial();
    slow = seen.conn;
    b = ws_dial();
    good = seen.conn;
    memset(text, 'y', sizeof(text));
    for (int i = 0; i < 2000 && seen.closes == 0; ++i) {
        uint64_t both[2] = {slow, good};
        static char got[40000];

        web_server_send_many(server, both, 2, text, sizeof(text));
        assert_int_equal(ws_read(b, got, sizeof(got), &len), 0x81);
        assert_int_equal(len, sizeof(text));
        pthread_mutex_lock(&lock);
        len = nposts;
        pthread_mutex_unlock(&lock);
        if (len)
            assert_true(pump());
    }
    assert_int_equal(seen.closes, 1);
    assert_int_equal(seen.closed, slow);
    assert_int_equal(ws_close_code(a), 4008);
    close(a);
    close(b);
}

static void sends_what_is_queued_before_a_close(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    size_t len;
    int fd;
    (void)state;

    start(&cfg);
    fd = ws_dial();
    web_server_send(server, seen.conn, "bye", 3);
    web_server_close(server, seen.conn, 4003, "removed");
    web_server_send(server, seen.conn, "after", 5);
    assert_int_equal(ws_read(fd, body, sizeof(body), &len), 0x81);
    assert_string_equal(body, "bye");
    assert_int_equal(ws_read(fd, body, sizeof(body), &len), 0x88);
    assert_memory_equal(body, "\x0f\xa3removed", 9);
    wait_closed();
    close(fd);
}

static void closes_peers_that_do_not_answer_pings(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    size_t len;
    int fd, pings = 0;
    (void)state;

    cfg.ping_ms = 1;
    start(&cfg);
    fd = ws_dial();
    while (ws_read(fd, body, sizeof(body), &len) == 0x89)
        ++pings;
    assert_int_equal(pings, 2);
    wait_closed();
    close(fd);
}

static void says_goodbye_when_it_stops(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    int fd;
    (void)state;

    start(&cfg);
    fd = ws_dial();
    server = web_server_free(server);
    assert_int_equal(ws_close_code(fd), 1001);
    close(fd);
    while (nposts)
        assert_true(pump());
    assert_int_equal(seen.closes, 0); /* no handler after free */
}

static void tells_control_later_when_its_queue_was_full(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    int fd;
    (void)state;

    start(&cfg);
    refuse(true);
    fd = dial(ports[0], NULL);
    assert_int_equal(upgrade(fd, "/ws", MEDLEY), 101);
    refuse(false);
    while (seen.opens == 0)
        assert_true(pump());
    close(fd);
}

/* start */

static void says_what_is_wrong_with_its_listeners(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    struct web_server *other = NULL;
    char why[256] = "";
    (void)state;

    start(&cfg);
    cfg.listen[0].port = ports[0];
    assert_int_equal(web_server_new(&other, &cfg, NULL, why, sizeof(why)), -EADDRINUSE);
    assert_non_null(strstr(why, "127.0.0.1"));
    cfg.listen[0].port = 0;
    snprintf(cfg.listen[0].addr, sizeof(cfg.listen[0].addr), "not an address");
    assert_int_equal(web_server_new(&other, &cfg, NULL, why, sizeof(why)), -EINVAL);
    snprintf(cfg.listen[0].addr, sizeof(cfg.listen[0].addr), "192.0.2.77");
    assert_int_equal(web_server_new(&other, &cfg, NULL, why, sizeof(why)), -EADDRNOTAVAIL);
    cfg.listen[0].addr[0] = '\0';
    snprintf(cfg.listen[0].cert, sizeof(cfg.listen[0].cert), "/nonexistent/cert.pem");
    assert_int_equal(web_server_new(&other, &cfg, NULL, why, sizeof(why)), -EBADMSG);
    assert_non_null(strstr(why, "/nonexistent/cert.pem"));
    cfg.nlistens = 0;
    assert_int_equal(web_server_new(&other, &cfg, NULL, why, sizeof(why)), -EINVAL);
    assert_null(other);
    assert_null(web_server_free(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(opens_only_for_our_subprotocol_path_and_origin),
        TEST(carries_messages_both_ways),
        TEST(tells_how_a_peer_closed),
        TEST(joins_fragments_and_answers_pings_between),
        TEST(holds_its_limits_on_messages),
        TEST(closes_what_is_not_text),
        TEST(closes_whoever_sends_too_many),
        TEST(closes_whoever_does_not_authenticate),
        TEST(limits_sockets_before_login),
        TEST(closes_a_slow_reader_and_nobody_else),
        TEST(sends_what_is_queued_before_a_close),
        TEST(closes_peers_that_do_not_answer_pings),
        TEST(says_goodbye_when_it_stops),
        TEST(tells_control_later_when_its_queue_was_full),
        TEST(says_what_is_wrong_with_its_listeners),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
