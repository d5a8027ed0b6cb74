/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/base/test_service.c  What a service manager hears, on a real socket
 */
#include "mcu/base/service.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "mcu/base/clock.h"

/* The manager's end, and what it heard last. */
static struct manager {
    char folder[64], path[96];
    int fd;
    char heard[1024];
} manager;

static void listen_at(const struct sockaddr_un *addr, size_t path_len)
{
    socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path_len);

    manager.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(manager.fd >= 0);
    assert_int_equal(bind(manager.fd, (const struct sockaddr *)addr, len), 0);
}

static int start_manager(void **state)
{
    struct sockaddr_un addr = {.sun_family = AF_UNIX};
    (void)state;

    strcpy(manager.folder, "/tmp/medley-service-XXXXXX");
    assert_non_null(mkdtemp(manager.folder));
    (void)snprintf(manager.path, sizeof(manager.path), "%s/notify", manager.folder);
    strcpy(addr.sun_path, manager.path);
    listen_at(&addr, strlen(manager.path) + 1);
    setenv("NOTIFY_SOCKET", manager.path, 1);
    return 0;
}

static int stop_manager(void **state)
{
    (void)state;
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
    close(manager.fd);
    unlink(manager.path);
    return rmdir(manager.folder);
}

/* One datagram as text; "" if there is none. */
static const char *heard(void)
{
    ssize_t n = recv(manager.fd, manager.heard, sizeof(manager.heard) - 1, 0);

    manager.heard[n > 0 ? n : 0] = '\0';
    return manager.heard;
}

static void each_call_is_one_datagram(void **state)
{
    static const struct {
        int (*call)(void);
        const char *text;
    } rows[] = {
        {service_ready, "READY=1"},
        {service_stopping, "STOPPING=1"},
        {service_watchdog, "WATCHDOG=1"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
        assert_int_equal(rows[i].call(), 0);
        assert_string_equal(heard(), rows[i].text);
        assert_string_equal(heard(), "");
    }
}

static void reloading_tells_the_monotonic_time(void **state)
{
    uint64_t before = clock_now_us(), us = 0;
    (void)state;

    assert_int_equal(service_reloading(), 0);
    assert_int_equal(sscanf(heard(), "RELOADING=1\nMONOTONIC_USEC=%" SCNu64, &us), 1);
    assert_true(us >= before && us <= clock_now_us());
}

static void a_status_is_formatted(void **state)
{
    (void)state;
    assert_int_equal(service_status("%d rooms, %s", 3, "fine"), 0);
    assert_string_equal(heard(), "STATUS=3 rooms, fine");
}

static void a_status_cannot_begin_another_assignment(void **state)
{
    (void)state;
    assert_int_equal(service_status("a\nMAINPID=1\x7f\t\xc3\xa4"), 0);
    assert_string_equal(heard(), "STATUS=a MAINPID=1  \xc3\xa4");
}

static void a_long_status_is_cut_off(void **state)
{
    char text[2 * SERVICE_STATUS_MAX];
    (void)state;

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_int_equal(service_status("%s", text), 0);
    assert_int_equal(strlen(heard()), strlen("STATUS=") + SERVICE_STATUS_MAX);
}

static void an_abstract_socket_is_reached(void **state)
{
    struct sockaddr_un addr = {.sun_family = AF_UNIX};
    char name[64];
    (void)state;

    close(manager.fd);
    (void)snprintf(name, sizeof(name), "@medley-service-test-%d", (int)getpid());
    memcpy(addr.sun_path + 1, name + 1, strlen(name) - 1);
    listen_at(&addr, strlen(name));
    setenv("NOTIFY_SOCKET", name, 1);
    assert_int_equal(service_ready(), 0);
    assert_string_equal(heard(), "READY=1");
}

static void without_a_manager_nothing_happens(void **state)
{
    (void)state;
    for (int i = 0; i < 2; ++i) {
        if (i)
            setenv("NOTIFY_SOCKET", "", 1);
        else
            unsetenv("NOTIFY_SOCKET");
        assert_int_equal(service_ready(), 0);
        assert_int_equal(service_reloading(), 0);
        assert_int_equal(service_status("x"), 0);
        assert_int_equal(service_watchdog(), 0);
        assert_int_equal(service_stopping(), 0);
        assert_string_equal(heard(), "");
    }
}

static void a_bad_socket_is_an_error(void **state)
{
    char path[200];
    (void)state;

    memset(path, 'x', sizeof(path) - 1);
    path[0] = '/';
    path[sizeof(path) - 1] = '\0';
    setenv("NOTIFY_SOCKET", path, 1);
    assert_int_equal(service_ready(), -ENAMETOOLONG);
    setenv("NOTIFY_SOCKET", "vsock:2:1234", 1);
    assert_int_equal(service_ready(), -EAFNOSUPPORT);
    setenv("NOTIFY_SOCKET", "/nobody/is/here", 1);
    assert_int_equal(service_ready(), -ENOENT);
}

static void a_manager_that_does_not_read_is_not_waited_for(void **state)
{
    int err = 0;
    (void)state;

    for (int i = 0; i < 100000 && !err; ++i)
        err = service_watchdog();
    assert_int_equal(err, -EAGAIN);
}

static void the_watchdog_is_for_this_process_only(void **state)
{
    char pid[16];
    (void)state;

    (void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
    assert_int_equal(service_watchdog_us(), 0);
    setenv("WATCHDOG_USEC", "30000000", 1);
    assert_int_equal(service_watchdog_us(), 30000000);
    setenv("WATCHDOG_PID", pid, 1);
    assert_int_equal(service_watchdog_us(), 30000000);
    setenv("WATCHDOG_PID", "1", 1);
    assert_int_equal(service_watchdog_us(), 0);
}

static void a_watchdog_time_that_is_no_number_is_none(void **state)
{
    static const char *const bad[] = {"", "x", "-1", "1s", " 1", "99999999999999999999999"};
    (void)state;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); ++i) {
        setenv("WATCHDOG_USEC", bad[i], 1);
        assert_int_equal(service_watchdog_us(), 0);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start_manager, stop_manager)
    const struct CMUnitTest tests[] = {
        TEST(each_call_is_one_datagram),
        TEST(reloading_tells_the_monotonic_time),
        TEST(a_status_is_formatted),
        TEST(a_status_cannot_begin_another_assignment),
        TEST(a_long_status_is_cut_off),
        TEST(an_abstract_socket_is_reached),
        TEST(without_a_manager_nothing_happens),
        TEST(a_bad_socket_is_an_error),
        TEST(a_manager_that_does_not_read_is_not_waited_for),
        TEST(the_watchdog_is_for_this_process_only),
        TEST(a_watchdog_time_that_is_no_number_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
