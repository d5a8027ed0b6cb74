/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/process_metrics.c  The standard Prometheus figures of a process, from /proc
 */
#include "mcu/api/process_metrics.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static unsigned count_entries(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *e;
    unsigned n = 0;

    if (!dir)
        return 0;
    while ((e = readdir(dir)) != NULL)
        n += e->d_name[0] != '.';
    closedir(dir);
    return n;
}

double process_metrics_cpu_seconds(void)
{
    struct rusage u;

    if (getrusage(RUSAGE_SELF, &u))
        return 0;
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* Virtual and resident size from /proc/self/statm [bytes]. */
static void memory(unsigned long long *ret_virtual, unsigned long long *ret_resident)
{
    unsigned long long pages[2] = {0, 0};
    FILE *f = fopen("/proc/self/statm", "re");
    unsigned long long page = (unsigned long long)sysconf(_SC_PAGESIZE);

    if (f) {
        if (fscanf(f, "%llu %llu", &pages[0], &pages[1]) != 2)
            pages[0] = pages[1] = 0;
        fclose(f);
    }
    *ret_virtual = pages[0] * page;
    *ret_resident = pages[1] * page;
}

/* Field 22 of /proc/self/stat, after the name in parentheses: ticks since boot. */
static double start_seconds(void)
{
    unsigned long long ticks = 0;
    struct timespec wall, boot;
    char line[1024];
    FILE *f = fopen("/proc/self/stat", "re");
    char *p = NULL;

    if (f) {
        p = fgets(line, sizeof(line), f);
        fclose(f);
    }
    p = p ? strrchr(line, ')') : NULL;
    for (int field = 2; p && field < 22; ++field)
        p = strchr(p + 1, ' ');
    if (!p || sscanf(p, " %llu", &ticks) != 1)
        return 0;
    clock_gettime(CLOCK_REALTIME, &wall);
    clock_gettime(CLOCK_BOOTTIME, &boot);
    return (double)(wall.tv_sec - boot.tv_sec) + (double)ticks / (double)sysconf(_SC_CLK_TCK);
}

uint64_t process_metrics_resident_bytes(void)
{
    unsigned long long vsize, rss;

    memory(&vsize, &rss);
    return rss;
}

size_t process_metrics_print(char *buf, size_t size)
{
    unsigned long long vsize, rss;
    struct rlimit fds = {0};
    unsigned open_fds = count_entries("/proc/self/fd");
    int n;

    memory(&vsize, &rss);
    (void)getrlimit(RLIMIT_NOFILE, &fds);
    n = snprintf(buf, size,
                 "# HELP process_cpu_seconds_total CPU time used\n"
                 "# TYPE process_cpu_seconds_total counter\n"
                 "process_cpu_seconds_total %.2f\n"
                 "# HELP process_virtual_memory_bytes Virtual memory\n"
                 "# TYPE process_virtual_memory_bytes gauge\n"
                 "process_virtual_memory_bytes %llu\n"
                 "# HELP process_resident_memory_bytes Resident memory\n"
                 "# TYPE process_resident_memory_bytes gauge\n"
                 "process_resident_memory_bytes %llu\n"
                 "# HELP process_open_fds Open file descriptors\n"
                 "# TYPE process_open_fds gauge\n"
                 "process_open_fds %u\n"
                 "# HELP process_max_fds Largest number of open file descriptors\n"
                 "# TYPE process_max_fds gauge\n"
                 "process_max_fds %llu\n"
                 "# HELP process_threads Threads\n"
                 "# TYPE process_threads gauge\n"
                 "process_threads %u\n"
                 "# HELP process_start_time_seconds Start, since 1970\n"
                 "# TYPE process_start_time_seconds gauge\n"
                 "process_start_time_seconds %.2f\n",
                 process_metrics_cpu_seconds(), vsize, rss, open_fds ? open_fds - 1 : 0,
                 (unsigned long long)fds.rlim_cur, count_entries("/proc/self/task"),
                 start_seconds());
    if (n < 0 || (size_t)n >= size) {
        buf[0] = '\0';
        return 0;
    }
    return (size_t)n;
}
