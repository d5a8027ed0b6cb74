/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_task.h  A request that is answered later: its state until the database or a
 * password thread is done
 *
 *     struct work { struct rest_task task; ... };
 *
 *     struct work *w = rest_task_new(call, sizeof(*w));             answers if it cannot
 *     rest_task_submitted(&w->task, store_user_get(rest_task_store(), id,
 *                                                  rest_task_reply(&w->task, on_user)));
 *
 *     static void on_user(int err, const void *result, void *arg)
 *     {
 *         struct work *w = rest_task_answered(arg, err, REST_PROBLEM_USER);
 *
 *         if (w)                                                    else it was answered
 *             ...
 *             rest_task_json(&w->task, 200, &json);                 answers and frees
 *     }
 *
 * Others name a task by a number, because it may be gone when they come back: rest_task_finish()
 * frees all.  A task is wiped when it goes, since it may hold a password.
 *
 * Threads: control only.
 */
#ifndef MCU_API_REST_TASK_H
#define MCU_API_REST_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcu/api/rest_reply.h"
#include "mcu/store/store.h"

struct api_field;
struct json_t;
struct rest_call;

enum { REST_TASK_MAX = 1024 /**< Requests that wait; more are told to come again */ };

/** First member of the struct of each. */
struct rest_task {
    struct rest_task *prev, *next;
    uint64_t number;
    size_t size;
    struct rest_ticket ticket;
    struct json_t *root; /**< Body, freed with the task */
};

/** @param store  Lives until after rest_task_finish(); NULL: there is none */
void rest_task_init(struct store *store);
/** Free all tasks; who comes back later finds nothing. */
void rest_task_finish(void);

/** The database, NULL if there is none. */
struct store *rest_task_store(void);

/** Zeroed state of @p size bytes.  @return NULL: no database, or too much to do; was answered */
void *rest_task_new(const struct rest_call *call, size_t size);
/** Read the body by a table.  @return false: it was wrong; was answered, task is gone */
bool rest_task_body(struct rest_task *task, const struct rest_call *call,
                    const struct api_field *fields, void *ret);
void rest_task_free(struct rest_task *task);

/** For handlers that come back. */
void *rest_task_arg(const struct rest_task *task);
/** The task of rest_task_arg(), NULL if it is gone. */
void *rest_task_find(void *arg);
struct store_reply rest_task_reply(const struct rest_task *task,
                                   void (*h)(int err, const void *result, void *arg));

/** What submitting a request to the store gave.  @return false: was answered, task is gone */
bool rest_task_submitted(struct rest_task *task, int err);
/**
 * What the store answered.
 * @param missing  Problem of -ENOENT
 * @return the task, or NULL: it is gone, or the error was answered
 */
void *rest_task_answered(void *arg, int err, enum rest_problem missing);

/* Answer and free. */
void rest_task_problem(struct rest_task *task, enum rest_problem problem, const char *detail);
void rest_task_invalid(struct rest_task *task, enum rest_problem problem, const char *why);
struct rest_json;
void rest_task_json(struct rest_task *task, unsigned status, struct rest_json *json);
void rest_task_version(struct rest_task *task, unsigned status, uint64_t version,
                       struct rest_json *json);
void rest_task_empty(struct rest_task *task);

#endif
