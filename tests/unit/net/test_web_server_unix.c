/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_web_server_unix.c  Web server: Unix sockets
 */
#include <sys/stat.h>
#include <sys/un.h>

#include "tests/unit/net/web_server_fixture.h"

static char folder[] = "/tmp/test_web_server_unix.XXXXXX";
static char path[64];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof(path), "%s/medleyd.sock", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

static struct web_server_cfg unix_cfg(void)
{
    struct web_server_cfg cfg = default_cfg();

    snprintf(cfg.listen[1].unix_path, sizeof(cfg.listen[1].unix_path), "%s", path);
    return cfg;
}

static int unix_socket(bool listening)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct timeval limit = {.tv_sec = WAIT_S};

    assert_true(fd >= 0);
    snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    if (listening)
        assert_int_equal(bind(fd, (struct sockaddr *)&un, sizeof(un)), 0);
    else
        assert_int_equal(connect(fd, (struct sockaddr *)&un, sizeof(un)), 0);
    return fd;
}

static bool exists(void)
{
    return access(path, F_OK) == 0;
}

/** A request over the socket is answered. */
static void assert_it_works(void)
{
    int fd = unix_socket(false);

    seen.requests = 0;
    assert_int_equal(
        fetch_on(fd, "GET /api HTTP/1.1\r\nHost: localhost\r\n\r\n", head, sizeof(head), body),
        200);
    assert_string_equal(body, "{\"a\":1}");
    close(fd);
}

static void serves_requests_as_admin(void **state)
{
    struct web_server_cfg cfg = unix_cfg();
    int fd;
    (void)state;

    cfg.listen[1].admin = true;
    start(&cfg);
    assert_int_equal(ports[1], 0);
    assert_it_works();
    assert_true(seen.admin);

    /* Twice on a connection, with a body. */
    fd = unix_socket(false);
    for (int i = 0; i < 2; ++i) {
        seen.requests = 0;
        assert_int_equal(fetch_on(fd, "PUT /api HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello",
                                  head, sizeof(head), body),
                         200);
        assert_string_equal(seen.body, "hello");
    }
    close(fd);
}

static void lets_only_owner_and_group_in(void **state)
{
    struct web_server_cfg cfg = unix_cfg();
    mode_t old = umask(0);
    struct stat st;
    (void)state;

    start(&cfg);
    umask(old);
    assert_int_equal(stat(path, &st), 0);
    assert_true(S_ISSOCK(st.st_mode));
    assert_int_equal(st.st_mode & 07777, 0660);
}

static void removes_its_file_in_the_end(void **state)
{
    struct web_server_cfg cfg = unix_cfg();
    (void)state;

    start(&cfg);
    assert_true(exists());
    server = web_server_free(server);
    assert_false(exists());
}

static void leaves_the_file_of_its_successor(void **state)
{
    struct web_server_cfg cfg = unix_cfg();
    char moved[80];
    int fd;
    (void)state;

    start(&cfg);
    snprintf(moved, sizeof(moved), "%s.old", path);
    assert_int_equal(rename(path, moved), 0);
    fd = unix_socket(true);
    server = web_server_free(server);
    assert_true(exists());
    close(fd);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(unlink(moved), 0);
}

static void replaces_the_file_of_a_dead_server(void **state)
{
    struct web_server_cfg cfg = unix_cfg();
    (void)state;

    cfg.listen[1].admin = true;
    close(unix_socket(true));
    assert_true(exists());
    start(&cfg);
    assert_it_works();
}

static void leaves_a_living_server_alone(void **state)
{
    struct web_server_cfg cfg = unix_cfg();
    struct web_server *other = NULL;
    char why[256] = "";
    (void)state;

    cfg.listen[1].admin = true;
    start(&cfg);
    assert_int_equal(web_server_new(&other, &cfg, NULL, why, sizeof(why)), -EADDRINUSE);
    assert_non_null(strstr(why, path));
    assert_null(other);
    assert_true(exists());
    assert_it_works();
}

static void leaves_files_of_other_kinds_alone(void **state)
{
    struct web_server_cfg cfg = unix_cfg();
    FILE *f = fopen(path, "w");
    struct stat st;
    (void)state;

    assert_non_null(f);
    fclose(f);
    assert_int_equal(web_server_new(&server, &cfg, NULL, NULL, 0), -EADDRINUSE);
    assert_int_equal(stat(path, &st), 0);
    assert_true(S_ISREG(st.st_mode));
    assert_int_equal(unlink(path), 0);
}

static void says_that_the_folder_is_missing(void **state)
{
    struct web_server_cfg cfg = unix_cfg();
    char why[256] = "";
    (void)state;

    snprintf(cfg.listen[1].unix_path, sizeof(cfg.listen[1].unix_path), "%s/no/x.sock", folder);
    assert_int_equal(web_server_new(&server, &cfg, NULL, why, sizeof(why)), -ENOENT);
    assert_non_null(strstr(why, "/no/x.sock"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(serves_requests_as_admin),           TEST(lets_only_owner_and_group_in),
        TEST(removes_its_file_in_the_end),        TEST(leaves_the_file_of_its_successor),
        TEST(replaces_the_file_of_a_dead_server), TEST(leaves_a_living_server_alone),
        TEST(leaves_files_of_other_kinds_alone),  TEST(says_that_the_folder_is_missing),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
