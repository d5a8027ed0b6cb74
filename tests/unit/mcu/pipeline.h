/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/pipeline.h  What the tests of the pipeline share: a tap on a fanout, fed
 * packets, waiting
 *
 * The pipeline runs on worker threads in real time; tests wait for conditions with a deadline
 * and never assert how long something took.
 */
#ifndef TESTS_UNIT_MCU_PIPELINE_H
#define TESTS_UNIT_MCU_PIPELINE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "mcu/base/clock.h"
#include "mcu/config/settings.h"
#include "net/fanout.h"
#include "net/media_queue.h"
#include "net/packet.h"

enum { PIPELINE_DEADLINE_US = 20000000 };

/* Settings as of the command line: KEY=VALUE, or NULL for the defaults.  NULL if they are wrong. */
static inline struct settings *pipeline_settings(const char *set)
{
    struct settings_source source = {.set = {set}, .nset = set ? 1 : 0};
    struct config_errors *errs = calloc(1, sizeof(*errs));
    struct settings *settings = NULL;

    if (errs && settings_load(&settings, &source, errs))
        config_print_errors(stderr, errs);
    free(errs);
    return settings;
}

/* Plays the media thread for one fanout. */
struct tap {
    struct media_queue *queue;
    struct fanout_sub sub;
};

static inline void tap_open(struct tap *tap, struct fanout *fanout)
{
    tap->sub = (struct fanout_sub){0};
    assert_int_equal(media_queue_new(&tap->queue, 1024), 0);
    fanout_attach(fanout, &tap->sub, 0, tap->queue, NULL);
}

/* Next packet, the caller's, or NULL. */
static inline struct packet *tap_take(struct tap *tap)
{
    struct media_queue_item item;

    media_queue_clear(tap->queue);
    if (!media_queue_take(tap->queue, &item))
        return NULL;
    fanout_unref(item.fanout);
    return item.packet;
}

static inline void tap_close(struct tap *tap)
{
    fanout_detach(&tap->sub);
    media_queue_free(tap->queue);
}

static inline void pipeline_pause(unsigned ms)
{
    struct timespec ts = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

    nanosleep(&ts, NULL);
}

/* One round of waiting, for loops that run until something happens; fails the test at the deadline.
 */
static inline bool pipeline_wait(uint64_t start_us)
{
    if (clock_now_us() - start_us > PIPELINE_DEADLINE_US)
        fail_msg("nothing happened for %d s", PIPELINE_DEADLINE_US / 1000000);
    pipeline_pause(5);
    return true;
}

#endif
