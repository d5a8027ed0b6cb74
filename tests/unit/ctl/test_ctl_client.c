/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/ctl/test_ctl_client.c  HTTP over a Unix socket
 *
 * A thread plays the server: it reads one request and sends what the test says.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "mcu/ctl/ctl_call.h"
#include "mcu/ctl/ctl_client.h"

static char folder[] = "/tmp/test_ctl_client.XXXXXX";
static char path[64];
static int listener = -1;
static struct ctl_client *client;

static struct {
    const char *answer;
    const char *until; /* what a request ends with */
    char request[4096];
} fake;

static void *fake_run(void *arg)
{
    int fd = accept(listener, NULL, NULL);
    size_t n = 0;

    fake.request[0] = '\0';
    while (fd >= 0 && n + 1 < sizeof(fake.request) && !strstr(fake.request, fake.until)) {
        ssize_t k = recv(fd, fake.request + n, sizeof(fake.request) - 1 - n, 0);

        if (k <= 0)
            break;
        n += (size_t)k;
        fake.request[n] = '\0';
    }
    if (fd >= 0) {
        (void)!send(fd, fake.answer, strlen(fake.answer), MSG_NOSIGNAL);
        close(fd);
    }
    return arg;
}

static int set_up(void **state)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    (void)state;

    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof(path), "%s/s", folder);
    snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&un, sizeof(un)) != 0 || listen(listener, 4) != 0)
        return -1;
    return ctl_client_new(&client, path);
}

static int tear_down(void **state)
{
    (void)state;
    client = ctl_client_free(client);
    assert_null(ctl_client_free(NULL));
    close(listener);
    (void)unlink(path);
    return rmdir(folder);
}

static int ask(struct ctl_answer *answer, const char *method, const char *type, const char *body)
{
    pthread_t thread;
    int err;

    assert_int_equal(pthread_create(&thread, NULL, fake_run, NULL), 0);
    err = ctl_client_run(client, answer, method, "/api/v1/x?y=%20", type, body,
                         body ? strlen(body) : 0);
    pthread_join(thread, NULL);
    return err;
}

static void gives_the_answer_whole(void **state)
{
    struct ctl_answer answer;
    (void)state;

    fake.until = "\r\n\r\n";
    fake.answer = "HTTP/1.1 404 Not Found\r\nContent-Type: application/problem+json\r\n"
                  "Content-Length: 7\r\n\r\n{\"a\":1}";
    assert_int_equal(ask(&answer, "GET", NULL, NULL), 0);
    assert_int_equal(answer.status, 404);
    assert_string_equal(answer.type, "application/problem+json");
    assert_int_equal(answer.len, 7);
    assert_string_equal(answer.data, "{\"a\":1}");
    assert_int_equal(strncmp(fake.request, "GET /api/v1/x?y=%20 HTTP/1.1\r\n", 30), 0);
    assert_non_null(strstr(fake.request, "Host: localhost\r\n"));
    free(answer.data);
}

static void sends_method_and_body(void **state)
{
    static const char *const methods[] = {"POST", "PUT", "PATCH", "DELETE"};
    struct ctl_answer answer;
    (void)state;

    fake.answer = "HTTP/1.1 204 No Content\r\n\r\n";
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); ++i) {
        fake.until = "{\"on\":true}";
        assert_int_equal(ask(&answer, methods[i], "application/json", fake.until), 0);
        assert_int_equal(answer.status, 204);
        assert_string_equal(answer.data, "");
        assert_int_equal(strncmp(fake.request, methods[i], strlen(methods[i])), 0);
        assert_non_null(strstr(fake.request, "Content-Type: application/json\r\n"));
        assert_non_null(strstr(fake.request, "Content-Length: 11\r\n"));
        free(answer.data);
    }
    fake.until = "\r\n\r\n";
    assert_int_equal(ask(&answer, "POST", NULL, ""), 0);
    assert_non_null(strstr(fake.request, "Content-Length: 0\r\n"));
    assert_null(strstr(fake.request, "Content-Type"));
    free(answer.data);
}

static void names_what_went_wrong(void **state)
{
    struct ctl_client *other;
    struct ctl_answer answer;
    char nobody[80];
    (void)state;

    fake.until = "\r\n\r\n";
    fake.answer = "SSH-2.0-not HTTP\r\n\r\n";
    assert_int_equal(ask(&answer, "GET", NULL, NULL), -EPROTO);
    fake.answer = "";
    assert_int_equal(ask(&answer, "GET", NULL, NULL), -EPROTO);
    fake.answer = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort";
    assert_int_equal(ask(&answer, "GET", NULL, NULL), -EPROTO);
    assert_null(answer.data);

    snprintf(nobody, sizeof(nobody), "%s/nobody", folder);
    assert_int_equal(ctl_client_new(&other, nobody), 0);
    assert_int_equal(ctl_client_run(other, &answer, "GET", "/", NULL, NULL, 0), -ECONNREFUSED);
    ctl_client_free(other);
}

static void finds_the_socket(void **state)
{
    char found[CTL_CLIENT_PATH_SIZE], big[200];
    (void)state;

    assert_int_equal(setenv("MEDLEY_SOCKET", "/from/environment", 1), 0);
    assert_int_equal(ctl_client_find(found, "/given"), 0);
    assert_string_equal(found, "/given");
    assert_int_equal(ctl_client_find(found, NULL), 0);
    assert_string_equal(found, "/from/environment");
    memset(big, 'x', sizeof(big) - 1);
    big[sizeof(big) - 1] = '\0';
    assert_int_equal(ctl_client_find(found, big), -ENAMETOOLONG);
    assert_int_equal(unsetenv("MEDLEY_SOCKET"), 0);
    assert_int_equal(chdir(folder), 0); /* no data/medleyd.sock here */
    if (access("/run/medley/medleyd.sock", F_OK) != 0)
        assert_int_equal(ctl_client_find(found, NULL), -ENOENT);
}

static void encodes_paths(void **state)
{
    char buf[CTL_CALL_PATH_SIZE], big[2000];
    (void)state;

    assert_string_equal(ctl_call_path(buf, "/rooms/%s/p/%s", "a/../b?", "\u00e4 %"),
                        "/api/v1/rooms/a%2F..%2Fb%3F/p/%C3%A4%20%25");
    memset(big, '/', sizeof(big) - 1);
    big[sizeof(big) - 1] = '\0';
    assert_true(strlen(ctl_call_path(buf, "/%s/%s", big, big)) < sizeof(buf));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_answer_whole), cmocka_unit_test(sends_method_and_body),
        cmocka_unit_test(names_what_went_wrong),  cmocka_unit_test(finds_the_socket),
        cmocka_unit_test(encodes_paths),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
