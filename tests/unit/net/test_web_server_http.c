/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_web_server_http.c  Web server: files, requests, answers, limits on them
 */
#include "tests/unit/net/web_server_fixture.h"

static void serves_fixed_files_with_safe_headers(void **state)
{
    static const struct {
        const char *path, *type, *text;
    } cases[] = {
        {"/", "text/html; charset=utf-8", "<!doctype html><p>hi"},
        {"/index.html", "text/html; charset=utf-8", "<!doctype html><p>hi"},
        {"/r/demo", "text/html; charset=utf-8", "<!doctype html><p>hi"},
        {"/r/demo?name=Ada", "text/html; charset=utf-8", "<!doctype html><p>hi"},
        {"/app.js", "text/javascript", "let a;"},
        {"/admin", "text/html; charset=utf-8", "<!doctype html><p>ops"},
        {"/admin/", "text/html; charset=utf-8", "<!doctype html><p>ops"},
    };
    struct web_server_cfg cfg = default_cfg();
    (void)state;

    start(&cfg);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        char request[256], type[128];

        snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\n" HOST "\r\n", cases[i].path);
        snprintf(type, sizeof(type), "content-type: %s\r\n", cases[i].type);
        assert_int_equal(fetch(ports[0], request, head, sizeof(head), body), 200);
        assert_string_equal(body, cases[i].text);
        assert_non_null(strstr(head, type));
        assert_non_null(strstr(head, "cache-control: no-cache\r\n"));
        assert_non_null(strstr(head, "x-content-type-options: nosniff\r\n"));
        assert_non_null(strstr(head, "content-security-policy: default-src 'self'"));
        assert_non_null(strstr(head, "permissions-policy: camera=(self), microphone=(self)"));
    }
    assert_int_equal(seen.requests, 0);
}

static void answers_head_and_conditional_requests_without_a_body(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    char etag[64], request[256];
    const char *p;
    int fd;
    (void)state;

    start(&cfg);
    fd = dial(ports[0], NULL);
    assert_int_equal(
        fetch_on(fd, "HEAD /app.js HTTP/1.1\r\n" HOST "\r\n", head, sizeof(head), body), 200);
    assert_non_null(strstr(head, "content-length: 6\r\n"));
    p = strstr(head, "etag: ");
    assert_non_null(p);
    snprintf(etag, sizeof(etag), "%.*s", (int)strcspn(p + 6, "\r"), p + 6);
    snprintf(request, sizeof(request), "GET /app.js HTTP/1.1\r\n" HOST "If-None-Match: %s\r\n\r\n",
             etag);
    assert_int_equal(fetch_on(fd, request, head, sizeof(head), body), 304);
    assert_int_equal(fetch_on(fd, "GET /app.js HTTP/1.1\r\n" HOST "If-None-Match: \"x\"\r\n\r\n",
                              head, sizeof(head), body),
                     200);
    assert_string_equal(body, "let a;");
    close(fd);
}

static void passes_other_requests_whole_to_control(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    (void)state;

    start(&cfg);
    assert_int_equal(fetch(ports[0],
                           "POST /api/v1/a%20b?x=1%262&y=%C3%A4 HTTP/1.1\r\n" HOST
                           "Authorization: Bearer abc\r\nContent-Length: 5\r\n\r\nhello",
                           head, sizeof(head), body),
                     404);
    assert_string_equal(body, "{\"a\":1}");
    assert_string_equal(seen.method, "POST");
    assert_string_equal(seen.path, "/api/v1/a b");
    assert_string_equal(seen.query, "x=1%262&y=%C3%A4");
    assert_string_equal(seen.authorization, "Bearer abc");
    assert_string_equal(seen.host, "conf.example:8080");
    assert_string_equal(seen.origin, "");
    assert_string_equal(seen.body, "hello");
    assert_false(seen.admin);
}

static void passes_where_it_came_from_and_what_it_depends_on(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    char request[1024], key[301];
    (void)state;

    start(&cfg);
    assert_int_equal(fetch(ports[0],
                           "PUT /api HTTP/1.1\r\n" HOST
                           "If-Match: \"7\"\r\nIf-None-Match: \"8\"\r\n"
                           "Idempotency-Key: k-1\r\nContent-Length: 0\r\n\r\n",
                           head, sizeof(head), body),
                     404);
    assert_string_equal(seen.if_match, "\"7\"");
    assert_string_equal(seen.if_none_match, "\"8\"");
    assert_string_equal(seen.key, "k-1");
    assert_int_equal(0, strncmp(seen.peer, "127.0.0.1:", 10));

    seen.requests = 0;
    assert_int_equal(fetch(ports[0], "GET /api HTTP/1.1\r\n" HOST "\r\n", head, sizeof(head), body),
                     404);
    assert_string_equal(seen.if_match, "");
    assert_string_equal(seen.if_none_match, "");
    assert_string_equal(seen.key, "");

    /* Too long to be kept is not as if it were not there. */
    memset(key, 'a', sizeof(key));
    key[300] = '\0';
    seen.requests = 0;
    snprintf(request, sizeof(request),
             "GET /api HTTP/1.1\r\n" HOST "If-Match: %s\r\nIdempotency-Key: %s\r\n\r\n", key, key);
    assert_int_equal(fetch(ports[0], request, head, sizeof(head), body), 404);
    assert_string_equal(seen.if_match, "?");
    assert_string_equal(seen.key, "?");
}

static void passes_the_origin_of_a_page(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    char request[512], name[301];
    (void)state;

    start(&cfg);
    memset(name, 'a', sizeof(name));
    name[300] = '\0';
    assert_int_equal(fetch(ports[0],
                           "DELETE /api HTTP/1.1\r\n" HOST "Origin: https://evil.example\r\n\r\n",
                           head, sizeof(head), body),
                     404);
    assert_string_equal(seen.origin, "https://evil.example");

    /* Too long to be kept is nobody's own page, and no host. */
    snprintf(request, sizeof(request), "GET /api HTTP/1.1\r\n" HOST "Origin: http://%s\r\n\r\n",
             name);
    seen.requests = 0;
    assert_int_equal(fetch(ports[0], request, head, sizeof(head), body), 404);
    assert_string_equal(seen.origin, "null");
    snprintf(request, sizeof(request), "GET /api HTTP/1.1\r\nHost: %s\r\n\r\n", name);
    seen.requests = 0;
    assert_int_equal(fetch(ports[0], request, head, sizeof(head), body), 404);
    assert_string_equal(seen.host, "");
}

static void finds_pages_by_their_name_alone(void **state)
{
    static const char *const elsewhere[] = {"/admin/x", "/admi", "/admin.htm", "/app.js/",
                                            "/x/admin"};
    struct web_server_cfg cfg = default_cfg();
    (void)state;

    start(&cfg);
    for (unsigned i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); ++i) {
        int fd = dial(ports[0], NULL);
        char request[256];

        snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\n" HOST "\r\n", elsewhere[i]);
        puts_to(fd, request);
        while (seen.requests == i)
            assert_true(pump());
        assert_int_equal(read_head(fd, head, sizeof(head)), 404);
        close(fd);
    }
}

static void passes_the_body_of_any_method(void **state)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    struct web_server_cfg cfg = default_cfg();
    int fd;
    (void)state;

    start(&cfg);
    fd = dial(ports[0], NULL);
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); ++i) {
        char request[256];

        seen.requests = 0;
        snprintf(request, sizeof(request),
                 "%s /api HTTP/1.1\r\n" HOST "Content-Length: 7\r\n\r\n{\"n\":%zu}", methods[i], i);
        assert_int_equal(fetch_on(fd, request, head, sizeof(head), body), 404);
        assert_string_equal(body, "{\"a\":1}");
        assert_string_equal(seen.method, methods[i]);
        assert_string_equal(seen.body, strchr(request, '{'));
    }
    seen.requests = 0;
    assert_int_equal(fetch_on(fd, "DELETE /api HTTP/1.1\r\n" HOST "\r\n", head, sizeof(head), body),
                     404);
    assert_string_equal(seen.method, "DELETE");
    assert_string_equal(seen.body, "");
    close(fd);
}

static void sends_the_headers_of_an_answer_instead_of_its_own(void **state)
{
    static char big[1100];
    const struct web_server_header header[] = {
        {"Cache-Control", "no-store"},
        {"ETag", "\"x1\""},
        {"WWW-Authenticate", "Bearer x=\"y\""},
        {"Retry-After", "7"},
        {"X-Bad", "a\r\nX-Worse: 1"},
        {"X Bad", "1"},
        {"", "1"},
        {"X-Null", NULL},
        {"X-Big", big},
        {"X-Last", "fits"},
    };
    const struct web_server_answer answer = {
        .status = 503, .body = "b", .len = 1, .header = header, .nheaders = 10};
    struct web_server_cfg cfg = default_cfg();
    int fd;
    (void)state;

    memset(big, 'b', sizeof(big) - 1);
    start(&cfg);
    seen.answer = &answer;
    fd = dial(ports[0], NULL);
    assert_int_equal(fetch_on(fd, "GET /api HTTP/1.1\r\n" HOST "\r\n", head, sizeof(head), body),
                     503);
    assert_string_equal(body, "b");
    assert_non_null(strstr(head, "cache-control: no-store\r\n"));
    assert_null(strstr(head, "no-cache"));
    assert_non_null(strstr(head, "etag: \"x1\"\r\n"));
    assert_non_null(strstr(head, "www-authenticate: Bearer x=\"y\"\r\n"));
    assert_non_null(strstr(head, "retry-after: 7\r\n"));
    assert_null(strstr(head, "retry-after: 2"));
    assert_non_null(strstr(head, "x-last: fits\r\n"));
    assert_non_null(strstr(head, "x-content-type-options: nosniff\r\n"));
    assert_null(strcasestr(head, "worse"));
    assert_null(strcasestr(head, "bad"));
    assert_null(strcasestr(head, "x-null"));
    assert_null(strcasestr(head, "x-big"));

    /* The next answer on this connection has none of them. */
    seen.answer = NULL;
    seen.requests = 0;
    assert_int_equal(fetch_on(fd, "GET /api HTTP/1.1\r\n" HOST "\r\n", head, sizeof(head), body),
                     404);
    assert_null(strstr(head, "x-last"));
    assert_non_null(strstr(head, "cache-control: no-cache\r\n"));
    close(fd);
}

static void answers_without_a_body(void **state)
{
    const struct web_server_answer answer = {.status = 204};
    struct web_server_cfg cfg = default_cfg();
    int fd;
    (void)state;

    start(&cfg);
    seen.answer = &answer;
    fd = dial(ports[0], NULL);
    for (int i = 0; i < 2; ++i) {
        seen.requests = 0;
        assert_int_equal(
            fetch_on(fd, "DELETE /api HTTP/1.1\r\n" HOST "\r\n", head, sizeof(head), body), 204);
        assert_string_equal(body, "");
    }
    close(fd);
}

static void keeps_the_admin_listener_apart(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    int fd;
    (void)state;

    start(&cfg);
    assert_int_equal(fetch(ports[1], "GET /api HTTP/1.1\r\n" HOST "\r\n", head, sizeof(head), body),
                     200);
    assert_true(seen.admin);

    /* The operators' page, but neither the client nor its WebSocket on the admin listener. */
    assert_int_equal(
        fetch(ports[1], "GET /admin HTTP/1.1\r\n" HOST "\r\n", head, sizeof(head), body), 200);
    assert_string_equal(body, "<!doctype html><p>ops");
    seen.requests = 0;
    fd = dial(ports[1], NULL);
    puts_to(fd, "GET /index.html HTTP/1.1\r\n" HOST "\r\n");
    while (seen.requests == 0)
        assert_true(pump());
    assert_string_equal(seen.path, "/index.html");
    close(fd);
    fd = dial(ports[1], NULL);
    assert_int_equal(upgrade(fd, "/ws", MEDLEY), 404);
    close(fd);
    assert_int_equal(seen.opens, 0);

    /* Nothing in a request makes a public connection an admin one. */
    seen.requests = 0;
    assert_int_equal(
        fetch(ports[0], "GET /api HTTP/1.1\r\nHost: 127.0.0.1:9090\r\nX-Forwarded-For: ::1\r\n\r\n",
              head, sizeof(head), body),
        404);
    assert_false(seen.admin);
}

static void refuses_a_query_of_which_it_would_lose_a_part(void **state)
{
    char request[4096], filler[1100];
    struct web_server_cfg cfg = default_cfg();
    int fd;
    (void)state;

    memset(filler, 'y', sizeof(filler) - 1);
    filler[sizeof(filler) - 1] = '\0';
    (void)snprintf(request, sizeof(request), "GET /api?x=%s&w=2 HTTP/1.1\r\n" HOST "\r\n", filler);
    start(&cfg);
    fd = dial(ports[0], NULL);
    puts_to(fd, request);
    assert_int_equal(read_head(fd, head, sizeof(head)), 400);
    close(fd);
    assert_int_equal(seen.requests, 0);
}

static void refuses_bodies_that_it_cannot_bound(void **state)
{
    static const struct {
        const char *request;
        int status;
    } cases[] = {
        {"POST /api HTTP/1.1\r\n" HOST "Content-Length: 20001\r\n\r\n", 413},
        {"POST /api HTTP/1.1\r\n" HOST "Content-Length: 99999999999999999999999\r\n\r\n", 413},
        {"POST /api HTTP/1.1\r\n" HOST "Content-Length: 18446744073709551617\r\n\r\n", 413},
        {"POST /api HTTP/1.1\r\n" HOST "Content-Length: -5\r\n\r\n", 400},
        {"POST /api HTTP/1.1\r\n" HOST "Content-Length: 5x\r\n\r\nhello", 400},
        {"POST /api HTTP/1.1\r\n" HOST "\r\n", 411},
        {"POST /api HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501},
        {"POST /app.js HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 405},
        {"GET /ws HTTP/1.1\r\n" HOST "\r\n", 426},
    };
    struct web_server_cfg cfg = default_cfg();
    (void)state;

    start(&cfg);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        int fd = dial(ports[0], NULL);

        puts_to(fd, cases[i].request);
        assert_int_equal(read_head(fd, head, sizeof(head)), cases[i].status);
        assert_true(is_closed(fd));
        close(fd);
    }
    assert_int_equal(seen.requests, 0);
}

/* Else a reset could overtake the answer. */
static void reads_the_body_after_it_has_refused_it(void **state)
{
    enum { SIZE = 300000 };
    static const char more[SIZE];
    struct web_server_cfg cfg = default_cfg();
    size_t sent = 0;
    int fd;
    (void)state;

    start(&cfg);
    fd = dial(ports[0], NULL);
    puts_to(fd, "POST /api HTTP/1.1\r\n" HOST "Content-Length: 300000\r\n\r\n");
    assert_int_equal(read_head(fd, head, sizeof(head)), 413);
    while (sent < SIZE) {
        ssize_t n = send(fd, more + sent, SIZE - sent, MSG_NOSIGNAL);

        assert_true(n > 0);
        sent += (size_t)n;
    }
    assert_true(is_closed(fd));
    close(fd);
}

static void says_what_is_wrong_in_the_form_of_the_api(void **state)
{
    static const struct {
        unsigned listen;
        const char *request, *body;
    } cases[] = {
        {0, "POST /api HTTP/1.1\r\n" HOST "Content-Length: 20001\r\n\r\n",
         "{\"type\":\"/docs#problem-too_large\",\"title\":\"The body is too "
         "long\",\"status\":413,\"code\":\"too_large\","
         "\"detail\":\"more than 20000 bytes; the admin listener takes 50000\"}\n"},
        {1, "POST /api HTTP/1.1\r\n" HOST "Content-Length: 50001\r\n\r\n",
         "{\"type\":\"/docs#problem-too_large\",\"title\":\"The body is too "
         "long\",\"status\":413,\"code\":\"too_large\","
         "\"detail\":\"more than 50000 bytes\"}\n"},
        {0, "POST /api HTTP/1.1\r\n" HOST "\r\n",
         "{\"type\":\"/docs#problem-length_required\",\"title\":\"A body needs a "
         "Content-Length\",\"status\":411,"
         "\"code\":\"length_required\"}\n"},
    };
    struct web_server_cfg cfg = default_cfg();
    (void)state;

    cfg.max_admin_body = 50000;
    start(&cfg);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        int fd = dial(ports[cases[i].listen], NULL);

        puts_to(fd, cases[i].request);
        (void)read_head(fd, head, sizeof(head));
        assert_non_null(strstr(head, "content-type: application/problem+json"));
        assert_true(take(fd, body, strlen(cases[i].body)));
        body[strlen(cases[i].body)] = '\0';
        assert_string_equal(body, cases[i].body);
        close(fd);
    }
}

static void takes_larger_bodies_on_admin_listeners(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    static char request[50200];
    int n, fd;
    (void)state;

    cfg.max_admin_body = 50000;
    start(&cfg);
    n = snprintf(request, sizeof(request),
                 "POST /api HTTP/1.1\r\n" HOST "Content-Length: 50000\r\n\r\n");
    memset(request + n, 'a', 50000);
    fd = dial(ports[1], NULL);
    assert_int_equal(fetch_on(fd, request, head, sizeof(head), body), 200);
    assert_int_equal(seen.body_len, 50000);
    close(fd);
}

static void closes_on_rubbish(void **state)
{
    static const char *const cases[] = {
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 this is no TLS here\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET nowhere HTTP/1.1\r\n\r\n",
        "BREW /coffee HTTP/1.1\r\n\r\n",
    };
    struct web_server_cfg cfg = default_cfg();
    static char big[20000];
    int fd;
    (void)state;

    start(&cfg);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        fd = dial(ports[0], NULL);
        puts_to(fd, cases[i]);
        assert_true(is_closed(fd));
        close(fd);
    }
    memset(big, 'a', sizeof(big));
    memcpy(big, "GET / HTTP/1.1\r\nX: ", 19);
    memcpy(big + sizeof(big) - 4, "\r\n\r\n", 4);
    fd = dial(ports[0], NULL);
    memcpy(big, "GET / HTTP/1.1\r\nCookie: ", 24);
    (void)!send(fd, big, sizeof(big), MSG_NOSIGNAL);
    assert_true(is_closed(fd));
    close(fd);
    assert_int_equal(seen.requests, 0);
    assert_int_equal(
        fetch(ports[0], "GET /app.js HTTP/1.1\r\n" HOST "\r\n", head, sizeof(head), body), 200);
}

static void ignores_an_answer_that_comes_too_late(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    uint64_t old;
    int fd;
    (void)state;

    start(&cfg);
    seen.hold = true;
    fd = dial(ports[0], NULL);
    puts_to(fd, "GET /api HTTP/1.1\r\n" HOST "\r\n");
    while (seen.requests == 0)
        assert_true(pump());
    old = seen.request_id;
    close(fd);
    seen.hold = false;
    seen.requests = 0;
    web_server_reply(server, old, 200, "text/plain", "late", 4);
    web_server_reply(server, 12345, 200, "text/plain", "never", 5);
    assert_int_equal(fetch(ports[0], "GET /api HTTP/1.1\r\n" HOST "\r\n", head, sizeof(head), body),
                     404);
    assert_true(seen.request_id != old);
    web_server_reply(server, old, 200, "text/plain", "late", 4);
}

static void limits_connections_from_one_address(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    int fd[3], other;
    (void)state;

    cfg.max_per_address = 2;
    start(&cfg);
    for (int i = 0; i < 2; ++i) {
        fd[i] = dial(ports[0], NULL);
        assert_int_equal(
            fetch_on(fd[i], "GET /app.js HTTP/1.1\r\n" HOST "\r\n", head, sizeof(head), body), 200);
    }
    fd[2] = dial(ports[0], NULL);
    assert_true(is_closed(fd[2]));
    other = dial(ports[0], "127.0.0.77");
    assert_int_equal(
        fetch_on(other, "GET /app.js HTTP/1.1\r\n" HOST "\r\n", head, sizeof(head), body), 200);
    for (int i = 0; i < 3; ++i)
        close(fd[i]);
    close(other);
}

static void keeps_room_for_admin_when_it_is_full(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    int a, b;
    (void)state;

    cfg.max_connections = 1;
    start(&cfg);
    a = dial(ports[0], NULL);
    assert_int_equal(fetch_on(a, "GET /app.js HTTP/1.1\r\n" HOST "\r\n", head, sizeof(head), body),
                     200);
    b = dial(ports[0], "127.0.0.2");
    assert_true(is_closed(b));
    assert_int_equal(fetch(ports[1], "GET /api HTTP/1.1\r\n" HOST "\r\n", head, sizeof(head), body),
                     200);
    close(a);
    close(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(serves_fixed_files_with_safe_headers),
        TEST(answers_head_and_conditional_requests_without_a_body),
        TEST(passes_other_requests_whole_to_control),
        TEST(passes_where_it_came_from_and_what_it_depends_on),
        TEST(passes_the_origin_of_a_page),
        TEST(finds_pages_by_their_name_alone),
        TEST(passes_the_body_of_any_method),
        TEST(sends_the_headers_of_an_answer_instead_of_its_own),
        TEST(answers_without_a_body),
        TEST(keeps_the_admin_listener_apart),
        TEST(refuses_a_query_of_which_it_would_lose_a_part),
        TEST(refuses_bodies_that_it_cannot_bound),
        TEST(reads_the_body_after_it_has_refused_it),
        TEST(says_what_is_wrong_in_the_form_of_the_api),
        TEST(takes_larger_bodies_on_admin_listeners),
        TEST(closes_on_rubbish),
        TEST(ignores_an_answer_that_comes_too_late),
        TEST(limits_connections_from_one_address),
        TEST(keeps_room_for_admin_when_it_is_full),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
