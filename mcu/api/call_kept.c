/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/call_kept.c  Answers that wait until the records of calls are on the disk
 */
#include "mcu/api/call_kept.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

struct waiting {
    struct waiting *next;
    uint64_t after; /* records */
    call_kept_h *h;
    void *arg;
};

static struct {
    uint64_t submitted, answered;
    struct waiting *first, **end;
} kept = {.end = &kept.first};

void call_kept_submitted(void)
{
    ++kept.submitted;
}

static void call_due(void)
{
    struct waiting *w;

    while ((w = kept.first) && w->after <= kept.answered) {
        kept.first = w->next;
        if (!kept.first)
            kept.end = &kept.first;
        w->h(w->arg);
        free(w);
    }
}

void call_kept_answered(void)
{
    if (kept.answered < kept.submitted)
        ++kept.answered;
    call_due();
}

void call_kept_wait(call_kept_h *h, void *arg)
{
    struct waiting *w = NULL;

    if (kept.answered < kept.submitted)
        w = malloc(sizeof(*w));
    if (!w) {
        h(arg);
        return;
    }
    *w = (struct waiting){.after = kept.submitted, .h = h, .arg = arg};
    *kept.end = w;
    kept.end = &w->next;
}

void call_kept_finish(void)
{
    kept.answered = kept.submitted;
    call_due();
}
