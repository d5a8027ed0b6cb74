/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/store_fixture.h  A store in a folder of its own, and a control thread that
 * is the test
 *
 *     assert_int_equal(did(store_user_put(store, &user, row(&store_user_shape))), 0);
 *     assert_string_equal(((const struct store_user *)last.row)->name, "anna");
 */
#ifndef TESTS_UNIT_MCU_STORE_FIXTURE_H
#define TESTS_UNIT_MCU_STORE_FIXTURE_H

#include <errno.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "mcu/base/mpsc.h"
#include "mcu/store/store.h"
#include "mcu/store/store_arena.h"
#include "mcu/store/store_op.h"

struct posted {
    control_msg_h *h;
    void *arg;
    _Alignas(16) char data[CONTROL_LOOP_MSG_MAX];
};

static struct store *store;
static char dir[64], path[96], why[256];
static struct mpsc *posted;
static sem_t posts;

/* The last answer, with a copy of its result. */
static struct {
    struct store_arena *arena;
    unsigned n; /* answers so far */
    int err;
    const void *row;
    const struct store_list *list;
    uint64_t count;
} last;

static inline int post(control_msg_h *h, void *arg, const void *msg, size_t size)
{
    struct posted message = {.h = h, .arg = arg};
    int err;

    memcpy(message.data, msg, size);
    err = mpsc_push(posted, &message);
    if (!err)
        sem_post(&posts);
    return err;
}

/* Handles one message; waits for it. */
static inline void pump(void)
{
    struct posted message;

    while (sem_wait(&posts) != 0)
        assert_int_equal(errno, EINTR);
    assert_true(mpsc_pop(posted, &message));
    message.h(message.data, message.arg);
}

static inline void pump_until(unsigned n)
{
    while (last.n < n)
        pump();
}

static inline void note(int err)
{
    ++last.n;
    last.err = err;
    last.row = NULL;
    last.list = NULL;
    last.count = 0;
    last.arena = store_arena_free(last.arena);
    last.arena = store_arena_new();
}

static inline void on_none(int err, const void *result, void *arg)
{
    (void)arg;
    note(err);
    assert_null(result);
}

static inline void on_row(int err, const void *result, void *arg)
{
    note(err);
    assert_true((err == 0) == (result != NULL));
    if (result)
        assert_int_equal(store_shape_copy(&last.row, arg, result, last.arena), 0);
}

static inline void on_list(int err, const void *result, void *arg)
{
    const struct store_list *list = result;
    const struct store_shape *shape = arg;
    struct store_list *copy;
    char *rows;

    note(err);
    if (err)
        return;
    copy = store_arena_alloc(last.arena, sizeof(*copy));
    rows = store_arena_alloc(last.arena, list->n * shape->size);
    *copy = *list;
    copy->rows = rows;
    for (uint32_t i = 0; i < list->n; ++i) {
        const void *one;

        assert_int_equal(
            store_shape_copy(&one, shape, (const char *)list->rows + i * shape->size, last.arena),
            0);
        memcpy(rows + i * shape->size, one, shape->size);
    }
    last.list = copy;
}

static inline void on_count(int err, const void *result, void *arg)
{
    (void)arg;
    note(err);
    if (!err)
        last.count = ((const struct store_count *)result)->n;
}

static inline struct store_reply none(void)
{
    return (struct store_reply){on_none, NULL};
}

static inline struct store_reply row(const struct store_shape *shape)
{
    void *arg;

    memcpy(&arg, &shape, sizeof(arg));
    return (struct store_reply){on_row, arg};
}

static inline struct store_reply list(const struct store_shape *shape)
{
    struct store_reply reply = row(shape);

    reply.h = on_list;
    return reply;
}

static inline struct store_reply count(void)
{
    return (struct store_reply){on_count, NULL};
}

/* What a request that was submitted as @p err says came to. */
static inline int did(int err)
{
    if (err)
        return err;
    pump_until(last.n + 1);
    return last.err;
}

static inline void open_store(void)
{
    const struct store_cfg cfg = {.path = path, .post = post};
    int err = store_open(&store, &cfg, why, sizeof(why));

    if (err)
        fail_msg("%s", why);
}

/* As after the end of a program that closed it well. */
static inline void reopen_store(void)
{
    store = store_close(store);
    open_store();
}

static inline int set_up_folder(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/test_store_XXXXXX");
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/medley.db", dir);
    assert_int_equal(mpsc_new(&posted, 64, sizeof(struct posted)), 0);
    assert_int_equal(sem_init(&posts, 0, 0), 0);
    return 0;
}

static inline int set_up(void **state)
{
    set_up_folder(state);
    open_store();
    return 0;
}

static inline int tear_down(void **state)
{
    char command[128];
    (void)state;

    store = store_close(store);
    while (sem_trywait(&posts) == 0) {
        sem_post(&posts);
        pump();
    }
    posted = mpsc_free(posted);
    sem_destroy(&posts);
    last.arena = store_arena_free(last.arena);
    memset(&last, 0, sizeof(last));
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    return system(command);
}

#endif
