/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_task.c  A request that is answered later
 */
#include "mcu/api/rest_task.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/api_field.h"
#include "mcu/api/rest_call.h"
#include "mcu/api/rest_json.h"

enum { BUCKETS = 256 };

static struct {
    struct store *store;
    struct rest_task *bucket[BUCKETS];
    uint64_t last;
    unsigned n;
} tasks;

void rest_task_init(struct store *store)
{
    tasks.store = store;
}

void rest_task_finish(void)
{
    for (unsigned i = 0; i < BUCKETS; ++i) {
        while (tasks.bucket[i])
            rest_task_free(tasks.bucket[i]);
    }
    tasks.store = NULL;
}

struct store *rest_task_store(void)
{
    return tasks.store;
}

void *rest_task_new(const struct rest_call *call, size_t size)
{
    struct rest_task *task = NULL;
    struct rest_task **bucket;

    if (!tasks.store) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_NO_STORE, NULL);
        return NULL;
    }
    if (tasks.n < REST_TASK_MAX)
        task = calloc(1, size);
    if (!task) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_BUSY, NULL);
        return NULL;
    }
    task->number = ++tasks.last;
    task->size = size;
    task->ticket = call->ticket;
    bucket = &tasks.bucket[task->number % BUCKETS];
    task->next = *bucket;
    if (task->next)
        task->next->prev = task;
    *bucket = task;
    ++tasks.n;
    return task;
}

void rest_task_free(struct rest_task *task)
{
    size_t size = task->size;

    if (task->prev)
        task->prev->next = task->next;
    else
        tasks.bucket[task->number % BUCKETS] = task->next;
    if (task->next)
        task->next->prev = task->prev;
    --tasks.n;
    (void)api_field_free(task->root);
    explicit_bzero(task, size);
    free(task);
}

bool rest_task_body(struct rest_task *task, const struct rest_call *call,
                    const struct api_field *fields, void *ret)
{
    if (rest_call_fields(call, fields, ret, &task->root))
        return true;
    rest_task_free(task);
    return false;
}

void *rest_task_arg(const struct rest_task *task)
{
    return (void *)(uintptr_t)task->number;
}

void *rest_task_find(void *arg)
{
    uint64_t number = (uint64_t)(uintptr_t)arg;
    struct rest_task *task = tasks.bucket[number % BUCKETS];

    while (task && task->number != number)
        task = task->next;
    return task;
}

struct store_reply rest_task_reply(const struct rest_task *task,
                                   void (*h)(int err, const void *result, void *arg))
{
    return (struct store_reply){h, rest_task_arg(task)};
}

bool rest_task_submitted(struct rest_task *task, int err)
{
    if (!err)
        return true;
    if (err == -EINVAL)
        rest_task_problem(task, REST_PROBLEM_BAD_REQUEST, "a text is too long or not UTF-8");
    else
        rest_task_problem(task, REST_PROBLEM_BUSY, NULL);
    return false;
}

void *rest_task_answered(void *arg, int err, enum rest_problem missing)
{
    struct rest_task *task = rest_task_find(arg);

    if (!task || !err)
        return task;
    switch (err) {
    case -ENOENT:
        rest_task_problem(task, missing, NULL);
        break;
    case -EAGAIN:
        rest_task_problem(task, REST_PROBLEM_CONFLICT, NULL);
        break;
    case -EDQUOT:
        rest_task_problem(task, REST_PROBLEM_TOO_MANY, NULL);
        break;
    case -EINVAL:
        rest_task_problem(task, REST_PROBLEM_BAD_REQUEST, NULL);
        break;
    default:
        rest_task_problem(task, REST_PROBLEM_STORAGE, NULL);
    }
    return NULL;
}

void rest_task_problem(struct rest_task *task, enum rest_problem problem, const char *detail)
{
    rest_reply_problem(&task->ticket, problem, detail);
    rest_task_free(task);
}

void rest_task_invalid(struct rest_task *task, enum rest_problem problem, const char *why)
{
    rest_reply_invalid(&task->ticket, problem, why);
    rest_task_free(task);
}

void rest_task_json(struct rest_task *task, unsigned status, struct rest_json *json)
{
    rest_reply_json(&task->ticket, status, json);
    rest_task_free(task);
}

void rest_task_version(struct rest_task *task, unsigned status, uint64_t version,
                       struct rest_json *json)
{
    rest_reply_version(&task->ticket, status, version, json);
    rest_task_free(task);
}

void rest_task_empty(struct rest_task *task)
{
    rest_reply_empty(&task->ticket);
    rest_task_free(task);
}
