/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/base/test_log.c  Log: escaping, valid JSON, budgets, the writer thread
 */
#include "mcu/base/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "mcu/base/metric.h"

LOG_DOMAIN("test");

enum { CAPTURE_MAX = 256 * 1024 };

static int saved_stderr, capture_fd;
static char captured[CAPTURE_MAX];

/* A file takes what a pipe would block on. */
static void capture(void)
{
    char path[] = "/tmp/test_log_XXXXXX";

    capture_fd = mkstemp(path);
    assert_true(capture_fd >= 0);
    unlink(path);
    fflush(stderr);
    saved_stderr = dup(STDERR_FILENO);
    assert_true(dup2(capture_fd, STDERR_FILENO) >= 0);
}

static const char *end_capture(void)
{
    ssize_t n;

    dup2(saved_stderr, STDERR_FILENO);
    close(saved_stderr);
    n = pread(capture_fd, captured, sizeof(captured) - 1, 0);
    close(capture_fd);
    assert_true(n >= 0);
    captured[n] = '\0';
    return captured;
}

/* One line from a site of its own, so that no budget gets in the way. */
static const char *line_of(enum log_format format, const struct log_ids *ids, const char *msg)
{
    struct log_site site = {.domain = "test"};

    log_set(LOG_LEVEL_DEBUG, format);
    capture();
    log_write(&site, LOG_LEVEL_WARNING, ids, "%s", msg);
    return end_capture();
}

static const char *scan_string(const char *p)
{
    if (*p++ != '"')
        return NULL;
    while (*p != '"') {
        if ((unsigned char)*p < 0x20)
            return NULL;
        if (*p++ != '\\')
            continue;
        if (*p == 'u') {
            if (strspn(p + 1, "0123456789abcdef") < 4)
                return NULL;
            p += 4;
        } else if (*p != '"' && *p != '\\') {
            return NULL;
        }
        ++p;
    }
    return p + 1;
}

/* RFC 8259, as far as we write it: one object of strings and numbers in a line. */
static bool is_json_line(const char *p)
{
    if (*p != '{')
        return false;
    do {
        p = scan_string(p + 1);
        if (!p || *p++ != ':')
            return false;
        p = *p == '"' ? scan_string(p) : p + strspn(p, "0123456789");
    } while (p && *p == ',');
    return p && strcmp(p, "}\n") == 0;
}

/* Well-formed UTF-8 by what the C library thinks of it would need a locale: count by hand. */
static bool is_utf8(const char *text)
{
    const unsigned char *p = (const unsigned char *)text;

    while (*p) {
        int more = *p < 0x80 ? 0 : *p >= 0xc2 && *p < 0xe0 ? 1 : *p >= 0xe0 && *p < 0xf0 ? 2 : 3;

        if ((*p >= 0x80 && *p < 0xc2) || *p > 0xf4)
            return false;
        for (++p; more; --more, ++p) {
            if ((*p & 0xc0) != 0x80)
                return false;
        }
    }
    return true;
}

static void writes_text_for_people(void **state)
{
    const char *line =
        line_of(LOG_FORMAT_TEXT, &(struct log_ids){.room = "r1", .part = "pt_2"}, "no answer");
    (void)state;

    assert_int_equal(strspn(line, "0123456789:."), 12);
    assert_string_equal(line + 12, " warning test: no answer room=r1 part=pt_2\n");
}

static void writes_json_for_machines(void **state)
{
    const char *line =
        line_of(LOG_FORMAT_JSON, &(struct log_ids){.room = "r1", .part = "pt_2"}, "no answer");
    (void)state;

    assert_memory_equal(line, "{\"ts\":\"20", 9);
    assert_string_equal(strstr(line, "Z\","),
                        "Z\",\"level\":\"warning\",\"mod\":\"test\",\"room\":\"r1\","
                        "\"part\":\"pt_2\",\"msg\":\"no answer\"}\n");
    assert_true(is_json_line(line));
}

static void leaves_out_ids_that_are_not_there(void **state)
{
    (void)state;

    assert_non_null(strstr(line_of(LOG_FORMAT_TEXT, NULL, "a"), "test: a\n"));
    assert_non_null(
        strstr(line_of(LOG_FORMAT_JSON, NULL, "a"), "\"mod\":\"test\",\"msg\":\"a\"}\n"));
}

static void escapes_what_could_forge_a_line_or_drive_a_terminal(void **state)
{
    static const struct {
        const char *msg, *escaped;
    } row[] = {
        {"a\nb", "a\\u000ab"},
        {"\x1b[2J", "\\u001b[2J"},
        {"say \"hi\" \\", "say \\\"hi\\\" \\\\"},
        {"\x7f", "\\u007f"},
        {"\xc2\x9b", "\\u00c2\\u009b"},                       /* CSI of C1 */
        {"\xff\xfe", "\\u00ff\\u00fe"},                       /* no UTF-8 */
        {"\xc3", "\\u00c3"},                                  /* cut */
        {"\xe2\x82", "\\u00e2\\u0082"},                       /* cut */
        {"\xc0\xaf", "\\u00c0\\u00af"},                       /* overlong */
        {"\xe0\x80\xaf", "\\u00e0\\u0080\\u00af"},            /* overlong */
        {"\xed\xa0\x80", "\\u00ed\\u00a0\\u0080"},            /* surrogate */
        {"\xf4\x90\x80\x80", "\\u00f4\\u0090\\u0080\\u0080"}, /* beyond Unicode */
        {"M\xc3\xbcnchen \xe2\x82\xac \xf0\x9f\x98\x80",
         "M\xc3\xbcnchen \xe2\x82\xac \xf0\x9f\x98\x80"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); ++i) {
        char want[128];

        snprintf(want, sizeof(want), " warning test: %s\n", row[i].escaped);
        assert_string_equal(line_of(LOG_FORMAT_TEXT, NULL, row[i].msg) + 12, want);
        snprintf(want, sizeof(want), ",\"msg\":\"%s\"}\n", row[i].escaped);
        assert_non_null(strstr(line_of(LOG_FORMAT_JSON, NULL, row[i].msg), want));
    }
}

/* Lengths around every cut, with characters of each width. */
static void stays_valid_however_long_it_is(void **state)
{
    static const char *const unit[] = {
        "a", "\n", "\"", "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xff"};
    static char text[4200];
    (void)state;

    for (size_t u = 0; u < sizeof(unit) / sizeof(unit[0]); ++u) {
        for (unsigned n = 1; n < 1000; n += n < 60 || n > 760 ? 1 : 97) {
            const struct log_ids ids = {.room = text, .part = text};
            const char *line;

            text[0] = '\0';
            for (unsigned i = 0, k = 0; i < n; ++i, k += (unsigned)strlen(unit[u]))
                memcpy(text + k, unit[u], strlen(unit[u]) + 1);
            line = line_of(LOG_FORMAT_JSON, &ids, text);
            assert_true(is_json_line(line));
            assert_true(is_utf8(line));
            assert_true(strlen(line) <= 1016);
            line = line_of(LOG_FORMAT_TEXT, &ids, text);
            assert_true(is_utf8(line));
            assert_int_equal(strcspn(line, "\n"), strlen(line) - 1);
            assert_non_null(strstr(line, " part="));
        }
    }
}

static void below_the_level_nothing_is_written(void **state)
{
    (void)state;

    log_set(LOG_LEVEL_WARNING, LOG_FORMAT_TEXT);
    capture();
    log_info(NULL, "not this");
    log_warning(NULL, "but this");
    assert_null(strstr(end_capture(), "not this"));
    assert_non_null(strstr(captured, "but this"));
}

static unsigned count_lines(const char *text)
{
    unsigned n = 0;

    for (; *text; ++text)
        n += *text == '\n';
    return n;
}

static void a_site_has_a_budget_and_tells_what_it_held_back(void **state)
{
    struct log_site site = {.domain = "test"}, other = {.domain = "test"};
    (void)state;

    log_set(LOG_LEVEL_INFO, LOG_FORMAT_JSON);
    capture();
    log_write(&site, LOG_LEVEL_INFO, NULL, "x");
    /* The second that the budget is for: let it not pass while this runs, and then be long ago. */
    atomic_store(&site.window_us, INT64_MAX);
    for (int i = 1; i < 25; ++i)
        log_write(&site, LOG_LEVEL_INFO, NULL, "x");
    log_write(&other, LOG_LEVEL_INFO, NULL, "other");
    atomic_store(&site.window_us, 0);
    log_write(&site, LOG_LEVEL_INFO, NULL, "again");
    end_capture();
    assert_true(count_lines(captured) >= 3);
    assert_non_null(strstr(captured, "\"msg\":\"other\""));
    assert_non_null(strstr(captured, ",\"msg\":\"again\"}\n"));
    assert_non_null(strstr(captured, "\"suppressed\":15,\"msg\":\"again\"}\n"));
    assert_int_equal(count_lines(captured), 12);
}

static void *write_many(void *arg)
{
    for (int i = 0; i < 100; ++i) {
        struct log_site site = {.domain = "test"};

        log_write(&site, LOG_LEVEL_INFO, NULL, "line %d of %s", i, (const char *)arg);
    }
    return NULL;
}

static void the_writer_thread_loses_nothing_that_is_queued(void **state)
{
    static char many[] = "many";
    pthread_t thread[4];
    (void)state;

    log_set(LOG_LEVEL_INFO, LOG_FORMAT_JSON);
    for (int again = 0; again < 2; ++again) {
        char *p;

        capture();
        assert_int_equal(log_start(), 0);
        assert_int_equal(log_start(), 0);
        for (int i = 0; i < 4; ++i)
            assert_int_equal(pthread_create(&thread[i], NULL, write_many, many), 0);
        for (int i = 0; i < 4; ++i)
            pthread_join(thread[i], NULL);
        log_stop();
        log_stop();
        end_capture();
        assert_int_equal(count_lines(captured), 400);
        for (p = captured; *p; p += strlen(p) + 1) {
            char *end = strchr(p, '\n');

            assert_non_null(end);
            *end = '\0';
            assert_non_null(strstr(p, "of many\"}"));
        }
    }
}

static void writes_by_itself_after_stop(void **state)
{
    (void)state;

    assert_non_null(strstr(line_of(LOG_FORMAT_TEXT, NULL, "late"), "late\n"));
}

/* The writer is held up by a pipe that is full: callers go on and lines are counted as lost. */
static void a_full_queue_drops_and_counts(void **state)
{
    static char text[1 << 20], metrics[65536];
    const char *lost;
    ssize_t n = 1;
    int fds[2], null;
    (void)state;

    log_set(LOG_LEVEL_INFO, LOG_FORMAT_JSON);
    assert_int_equal(pipe(fds), 0);
    saved_stderr = dup(STDERR_FILENO);
    dup2(fds[1], STDERR_FILENO);
    close(fds[1]);
    log_start();
    memset(text, 'a', 700);
    for (int i = 0; i < 3000; ++i) {
        struct log_site site = {.domain = "test"};

        log_write(&site, LOG_LEVEL_INFO, NULL, "%.700s", text);
    }
    metric_print(metrics, sizeof(metrics));
    /* Let the writer go: what it is at fits once the pipe is empty, the rest goes nowhere. */
    null = open("/dev/null", O_WRONLY);
    dup2(null, STDERR_FILENO);
    close(null);
    fcntl(fds[0], F_SETFL, O_NONBLOCK);
    while (n > 0)
        n = read(fds[0], text, sizeof(text));
    log_stop();
    close(fds[0]);
    dup2(saved_stderr, STDERR_FILENO);
    close(saved_stderr);
    lost = strstr(metrics, "\nmedley_log_dropped_total ");
    assert_non_null(lost);
    assert_true(atoi(lost + strlen("\nmedley_log_dropped_total ")) >= 3000 - 1024 - 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_text_for_people),
        cmocka_unit_test(writes_json_for_machines),
        cmocka_unit_test(leaves_out_ids_that_are_not_there),
        cmocka_unit_test(escapes_what_could_forge_a_line_or_drive_a_terminal),
        cmocka_unit_test(stays_valid_however_long_it_is),
        cmocka_unit_test(below_the_level_nothing_is_written),
        cmocka_unit_test(a_site_has_a_budget_and_tells_what_it_held_back),
        cmocka_unit_test(the_writer_thread_loses_nothing_that_is_queued),
        cmocka_unit_test(writes_by_itself_after_stop),
        cmocka_unit_test(a_full_queue_drops_and_counts),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
