/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file bench/room/report.c  What a run found: the server's cost and what the legs received
 */
#include "bench/room/report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Something of each leg, in ascending order. */
struct spread {
    double min, p50, p95;
};

struct line {
    const char *name, *unit;
    double value;
    bool known;
};

static bool read_proc(char *buf, size_t size, int pid, const char *file)
{
    char path[64];
    size_t n;
    FILE *f;

    (void)snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
    f = fopen(path, "r");
    if (!f) {
        return false;
    }
    n = fread(buf, 1, size - 1, f);
    buf[n] = '\0';
    (void)fclose(f);
    return n > 0;
}

void report_look(struct report_process *ret_process, int pid)
{
    char buf[8192];
    unsigned long user, sys;
    const char *p;

    *ret_process = (struct report_process){0};
    if (!pid || !read_proc(buf, sizeof(buf), pid, "stat")) {
        return;
    }
    p = strrchr(buf, ')'); /* the name may have anything in it */
    if (p &&
        sscanf(p + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &sys) == 2) {
        ret_process->cpu_s = (double)(user + sys) / (double)sysconf(_SC_CLK_TCK);
    }
    if (!read_proc(buf, sizeof(buf), pid, "status")) {
        return;
    }
    p = strstr(buf, "VmRSS:");
    ret_process->rss_mb = p ? (double)strtoul(p + 6, NULL, 10) / 1024 : 0;
    p = strstr(buf, "Threads:");
    ret_process->threads = p ? (unsigned)strtoul(p + 8, NULL, 10) : 0;
}

double report_own_cpu(void)
{
    struct rusage u;

    (void)getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double pictures_per_second(const struct leg_stats *s, double seconds)
{
    return s->pictures / seconds;
}

static double packets_per_second(const struct leg_stats *s, double seconds)
{
    return s->audio_packets / seconds;
}

static double gap_ms(const struct leg_stats *s, double seconds)
{
    (void)seconds;
    return (double)s->longest_gap_us / 1000;
}

static struct spread spread_of(const struct report *r, double *values,
                               double (*pick)(const struct leg_stats *, double))
{
    for (unsigned i = 0; i < r->nlegs; i++) {
        values[i] = pick(&r->legs[i], r->seconds);
    }
    if (!r->nlegs) {
        return (struct spread){0};
    }
    qsort(values, r->nlegs, sizeof(values[0]), compare);
    return (struct spread){
        .min = values[0],
        .p50 = values[r->nlegs / 2],
        .p95 = values[(r->nlegs * 95 + 99) / 100 - 1],
    };
}

static void print_line(const struct line *line, bool json)
{
    if (json) {
        if (line->known) {
            (void)printf(",\"%s\":%.6g", line->name, line->value);
        } else {
            (void)printf(",\"%s\":null", line->name);
        }
    } else if (line->known) {
        (void)printf("  %-24s %10.1f %s\n", line->name, line->value, line->unit);
    }
}

static void print_head(const struct options *o)
{
    char video[32] = "none";

    if (o->video) {
        (void)snprintf(video, sizeof(video), "%ux%u", o->width, o->height);
    }
    (void)printf(o->json ? "{\"bench\":\"room\",\"codec\":\"%s\",\"video\":\"%s\""
                         : "bench_room: audio %s, video %s\n",
                 options_codec_name(o->codec), video);
}

int report_print(const struct report *r)
{
    const struct options *o = r->options;
    double *values = calloc(r->nlegs + 1, sizeof(*values));
    uint64_t lost = 0, keys = 0;
    struct spread fps, audio, gap;

    if (!values) {
        return -ENOMEM;
    }
    fps = spread_of(r, values, pictures_per_second);
    audio = spread_of(r, values, packets_per_second);
    gap = spread_of(r, values, gap_ms);
    free(values);
    for (unsigned i = 0; i < r->nlegs; i++) {
        lost += r->legs[i].lost;
        keys += r->legs[i].key_requests;
    }
    const bool pid = o->pid != 0, any = r->nlegs != 0, video = any && o->video;
    const struct line lines[] = {
        {"rooms", "", o->rooms, true},
        {"people", "per room", o->people, true},
        {"talkers", "per room", o->talkers, true},
        {"seconds", "s", r->seconds, true},
        {"legs", "answered", r->nlegs, true},
        {"sip_failures", "", r->sip_failures, true},
        {"hangups", "by the server", r->hangups, true},
        {"server_cpu_percent", "% of a core", 100 * (r->after.cpu_s - r->before.cpu_s) / r->seconds,
         pid},
        {"server_rss_mb", "MiB", r->after.rss_mb, pid},
        {"server_threads", "", r->after.threads, pid},
        {"fps_p50", "pictures/s", fps.p50, video},
        {"fps_min", "pictures/s", fps.min, video},
        {"gap_p95_ms", "ms", gap.p95, video},
        {"audio_pps_p50", "packets/s", audio.p50, any},
        {"audio_pps_min", "packets/s", audio.min, any},
        {"lost_packets", "", (double)lost, true},
        {"key_requests", "", (double)keys, true},
        {"audio_latency_p50_ms", "ms", r->audio_latency.p50_ms, r->audio_latency.n != 0},
        {"audio_latency_p95_ms", "ms", r->audio_latency.p95_ms, r->audio_latency.n != 0},
        {"audio_latency_min_ms", "ms", r->audio_latency.min_ms, r->audio_latency.n != 0},
        {"audio_latency_samples", "", r->audio_latency.n, o->latency},
        {"video_latency_p50_ms", "ms", r->video_latency.p50_ms, r->video_latency.n != 0},
        {"video_latency_p95_ms", "ms", r->video_latency.p95_ms, r->video_latency.n != 0},
        {"video_latency_min_ms", "ms", r->video_latency.min_ms, r->video_latency.n != 0},
        {"video_latency_samples", "", r->video_latency.n, o->latency},
        {"own_cpu_percent", "% of a core", 100 * r->own_cpu_s / r->seconds, true},
    };
    print_head(o);
    for (unsigned i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        print_line(&lines[i], o->json);
    }
    (void)printf(o->json ? "}\n" : "");
    return 0;
}
