/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/control_timer.c  Timers of the control loop
 */
#include "net/control_loop.h"

#include <errno.h>
#include <stdlib.h>

#include <re.h>

struct control_timer {
    struct tmr tmr;
    control_timer_h *h;
    void *arg;
};

static void fire(void *arg)
{
    struct control_timer *timer = arg;

    timer->h(timer->arg);
}

int control_timer_new(struct control_timer **ret_timer, control_timer_h *h, void *arg)
{
    struct control_timer *timer = calloc(1, sizeof(*timer));

    if (!timer)
        return -ENOMEM;
    tmr_init(&timer->tmr);
    timer->h = h;
    timer->arg = arg;
    *ret_timer = timer;
    return 0;
}

void control_timer_start(struct control_timer *timer, uint64_t delay_ms)
{
    tmr_start(&timer->tmr, delay_ms, fire, timer);
}

void control_timer_stop(struct control_timer *timer)
{
    tmr_cancel(&timer->tmr);
}

struct control_timer *control_timer_free(struct control_timer *timer)
{
    if (timer) {
        tmr_cancel(&timer->tmr);
        free(timer);
    }
    return NULL;
}
