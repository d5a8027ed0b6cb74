/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file bench/room/main.c  bench_room: a load of SIP legs, and what the server makes of it
 *
 * Exit status: 0, 1 if a leg was refused or hung up on, 2 if it could not run.
 */
#include <errno.h>
#include <stdio.h>

#include "bench/room/crowd.h"
#include "mcu/base/clock.h"
#include "mcu/base/err.h"

static int measure(struct crowd *crowd, struct report *report)
{
    const struct options *o = report->options;
    uint64_t start_us;

    crowd_join(crowd);
    crowd_run(crowd, o->warmup * 1000);
    report_look(&report->before, o->pid);
    report->own_cpu_s = -report_own_cpu();
    start_us = clock_now_us();
    crowd_reset(crowd);
    crowd_run(crowd, o->window_ms);
    report->seconds = (double)(clock_now_us() - start_us) / 1e6;
    report->own_cpu_s += report_own_cpu();
    report_look(&report->after, o->pid);
    crowd_report(crowd, report);
    crowd_leave(crowd);
    return report_print(report);
}

int main(int argc, char **argv)
{
    struct options options;
    struct report report = {.options = &options};
    struct crowd *crowd = NULL;
    int err = options_parse(&options, argc, argv);

    if (err) {
        return err == -ECANCELED ? 0 : 2;
    }
    if (options.latency) { /* the probe reads PCMU, and nobody may talk over the tone */
        options.codec = OPTIONS_CODEC_PCMU;
        options.talkers = 0;
    }
    err = crowd_new(&crowd, &options);
    if (!err) {
        err = measure(crowd, &report);
    }
    crowd_free(crowd);
    if (err) {
        (void)fprintf(stderr, "bench_room: %s\n", err_str(err));
        return 2;
    }
    return report.sip_failures || report.hangups ? 1 : 0;
}
