/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/main.c  Arguments, configuration, start, signals, stop
 */
#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "mcu/api/http_gateway.h"
#include "mcu/api/sip_gateway.h"
#include "mcu/api/ws_gateway.h"
#include "mcu/base/err.h"
#include "mcu/base/log.h"
#include "mcu/base/service.h"
#include "mcu/config/settings.h"
#include "mcu/media/audio_out.h"
#include "mcu/media/media_metrics.h"
#include "mcu/people_setup.h"
#include "mcu/reload.h"
#include "mcu/room/membership.h"
#include "mcu/room/participant.h"
#include "mcu/room/room_set.h"
#include "mcu/web_setup.h"
#include "mixer/task.h"
#include "net/control_loop.h"
#include "net/local_addrs.h"
#include "net/media_loop.h"
#include "net/packet.h"
#include "net/web_server.h"

LOG_DOMAIN("main");

enum {
    PACKETS_LIMIT = 131072, /* of 1.7 KiB; reached only under overload */
    FDS_WANTED = 65536,
    LOOPS_MAX = 16,
    WHY_SIZE = 256,
    ARENAS_MAX = 2,
    MMAP_THRESHOLD = 128 * 1024, /* [bytes] */
};

struct options {
    bool check, print_config;
    struct settings_source source;
};

static struct {
    struct settings *settings;   /* what it was started with */
    const struct config *config; /* of settings */
    struct task_pool *pool;
    struct media_loop *loop[LOOPS_MAX];
    unsigned nloops;
    struct web_server *web;
    bool rooms, sip, reload;
    struct control_timer *watchdog;
} daemon_;

static void usage(FILE *f)
{
    fputs("Usage: medleyd [OPTION]...\n"
          "Mixing conference server: browsers and SIP phones in one room, one composite for all.\n"
          "\n"
          "  -c, --config FILE     read FILE (YAML) over the defaults\n"
          "  -s, --set KEY=VALUE   set one key, as sip.port=5070; may be repeated\n"
          "      --check           check the configuration and exit\n"
          "      --print-config    print the configuration in force and exit\n"
          "  -h, --help            print this and exit\n"
          "  -V, --version         print the version and exit\n"
          "\n"
          "Exit status: 0 ok, 1 configuration or start failed, 2 wrong usage.\n",
          f);
}

/* @return -1 to go on, else the exit status */
static int parse_options(int argc, char **argv, struct options *ret)
{
    enum { OPT_CHECK = 256, OPT_PRINT };
    static const struct option longopts[] = {
        {"config", required_argument, NULL, 'c'},
        {"set", required_argument, NULL, 's'},
        {"check", no_argument, NULL, OPT_CHECK},
        {"print-config", no_argument, NULL, OPT_PRINT},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},
        {NULL, 0, NULL, 0},
    };
    int c;

    while ((c = getopt_long(argc, argv, "c:s:hV", longopts, NULL)) != -1) {
        switch (c) {
        case 'c':
            ret->source.config_file = optarg;
            break;
        case 's':
            if (ret->source.nset == SETTINGS_SET_MAX) {
                fputs("medleyd: too many --set\n", stderr);
                return 2;
            }
            ret->source.set[ret->source.nset++] = optarg;
            break;
        case OPT_CHECK:
            ret->check = true;
            break;
        case OPT_PRINT:
            ret->print_config = true;
            break;
        case 'h':
            usage(stdout);
            return 0;
        case 'V':
            puts("medleyd " MEDLEY_VERSION);
            return 0;
        default:
            usage(stderr);
            return 2;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "medleyd: what is \"%s\"?\n", argv[optind]);
        return 2;
    }
    return -1;
}

static int read_settings(const struct options *options)
{
    static struct config_errors errs;
    const char *file = options->source.config_file;
    int err = settings_load(&daemon_.settings, &options->source, &errs);

    config_print_errors(stderr, &errs);
    if (err && !errs.n)
        fprintf(stderr, "medleyd: %s: %s\n", file ? file : "config", err_str(err));
    if (!err)
        daemon_.config = &daemon_.settings->config;
    return err;
}

static void raise_fd_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit))
        return;
    if (limit.rlim_max < FDS_WANTED) {
        struct rlimit more = {.rlim_cur = FDS_WANTED, .rlim_max = FDS_WANTED};

        if (setrlimit(RLIMIT_NOFILE, &more) == 0)
            return;
    }
    limit.rlim_cur = limit.rlim_max < FDS_WANTED ? limit.rlim_max : FDS_WANTED;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

/*
 * Memory must not creep with people coming and going.  Pictures and encoders are mapped and so go
 * back with their room (a fixed threshold: by default glibc raises it with each large
 * free), and few arenas keep little.  Streaming takes from pools and hardly allocates.
 */
static void tame_malloc(void)
{
    (void)mallopt(M_ARENA_MAX, ARENAS_MAX);
    (void)mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD);
}

static unsigned fd_limit(void)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_NOFILE, &limit) ? 1024 : (unsigned)limit.rlim_cur;
}

static int start_workers(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned n = daemon_.config->media.workers;

    if (!n)
        n = cores > 0 ? (unsigned)cores : 1;
    if (n > TASK_WORKERS_MAX)
        n = TASK_WORKERS_MAX;
    return task_pool_new(&daemon_.pool, n);
}

static int find_addresses(struct media_loop_cfg *cfg)
{
    const struct config_rtc *rtc = &daemon_.config->rtc;
    int n;

    if (rtc->addresses.n) {
        memcpy(cfg->addr, rtc->addresses.addr, sizeof(rtc->addresses.addr));
        cfg->naddrs = rtc->addresses.n;
    } else {
        n = local_addrs_list(cfg->addr, MEDIA_LOOP_ADDRS_MAX);
        if (n < 0)
            return n;
        cfg->naddrs = (unsigned)n;
    }
    for (unsigned i = 0; i < rtc->public_addresses.n && i < cfg->naddrs; ++i)
        cfg->public_addr[i] = rtc->public_addresses.addr[i];
    return 0;
}

static int start_media(void)
{
    const struct config *config = daemon_.config;
    struct media_loop_cfg cfg = {
        .udp_port = (uint16_t)config->rtc.udp_port,
        .rtp_port_min = (uint16_t)config->sip.rtp_port_min,
        .rtp_port_max = (uint16_t)config->sip.rtp_port_max,
        .max_transports = config->rtc.max_transports,
    };
    int err = find_addresses(&cfg);

    for (; !err && daemon_.nloops < config->media.threads; ++daemon_.nloops) {
        uint16_t port = 0;

        cfg.index = daemon_.nloops;
        err = media_loop_new(&daemon_.loop[daemon_.nloops], &cfg, &port);
        if (err) {
            log_error(NULL, "media: UDP port %u: %s", config->rtc.udp_port + daemon_.nloops,
                      err_str(err));
            return err;
        }
        log_info(NULL, "media on UDP port %u", port);
    }
    return err;
}

static int start_sip(void)
{
    char why[WHY_SIZE] = "";
    uint16_t port = 0;
    int err;

    if (!daemon_.config->sip.enabled)
        return 0;
    err = sip_gateway_init(daemon_.config, people_setup_store(), &port, why, sizeof(why));
    if (err) {
        log_error(NULL, "sip: %s: %s", why, err_str(err));
        return err;
    }
    daemon_.sip = true;
    log_info(NULL, "sip on port %u", port);
    return 0;
}

static int start_rooms(void)
{
    const struct room_set_cfg cfg = {.settings = daemon_.settings,
                                     .pool = daemon_.pool,
                                     .loops = daemon_.loop,
                                     .nloops = daemon_.nloops};
    int err = room_set_init(&cfg);

    daemon_.rooms = !err;
    return err;
}

static void register_metrics(void)
{
    static struct metric build = METRIC_GAUGE("medley_build_info", "version=\"" MEDLEY_VERSION "\"",
                                              "What is running; always 1");

    metric_register(&build);
    metric_set(&build, 1);
    membership_init();
    media_metrics_register();
    media_loop_metrics_register();
    task_metrics_register();
}

static int start(void)
{
    int err;

    register_metrics();
    err = packet_pool_init(PACKETS_LIMIT);
    if (!err)
        err = audio_out_init();
    if (!err)
        err = start_workers();
    if (err)
        log_error(NULL, "workers: %s", err_str(err));
    if (!err)
        err = start_media();
    if (!err)
        err = start_rooms();
    if (!err)
        err = people_setup_start(daemon_.config);
    if (!err)
        err = start_sip();
    if (!err)
        err = web_setup_start(&daemon_.web, daemon_.config, daemon_.pool, people_setup_store());
    return err;
}

/* The other way round: first what brings work, then what does it. */
static void stop(void)
{
    daemon_.watchdog = control_timer_free(daemon_.watchdog);
    if (daemon_.reload)
        reload_finish();
    if (daemon_.web)
        ws_gateway_finish();
    http_gateway_finish();
    daemon_.web = web_server_free(daemon_.web);
    people_setup_drain();
    if (daemon_.sip)
        sip_gateway_finish();
    people_setup_stop();
    if (daemon_.rooms)
        room_set_finish();
    while (daemon_.nloops) {
        --daemon_.nloops;
        daemon_.loop[daemon_.nloops] = media_loop_free(daemon_.loop[daemon_.nloops]);
    }
    daemon_.pool = task_pool_free(daemon_.pool);
    control_loop_flush(); /* the last words of both */
}

static void on_signal(int sig)
{
    (void)sig;
    control_loop_stop();
}

/* SIGHUP is an event of the control loop; all threads are started after this. */
static void block_hangup(void)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static void on_hangup(int sig)
{
    (void)sig;
    (void)service_reloading();
    if (reload_request(false, NULL, NULL))
        (void)service_ready();
}

/* The service manager sees that the control loop still turns. */
static void feed_watchdog(void *arg)
{
    (void)arg;
    (void)service_watchdog();
    control_timer_start(daemon_.watchdog, service_watchdog_us() / 2000);
}

static int start_watching(const struct settings_source *source)
{
    int err = reload_init(source, daemon_.settings);

    if (err)
        return err;
    daemon_.reload = true;
    err = control_loop_on_signal(SIGHUP, on_hangup);
    if (err || !service_watchdog_us())
        return err;
    err = control_timer_new(&daemon_.watchdog, feed_watchdog, NULL);
    if (!err)
        feed_watchdog(NULL);
    return err;
}

static int serve(const struct settings_source *source)
{
    int err;

    tame_malloc();
    raise_fd_limit();
    block_hangup();
    (void)signal(SIGPIPE, SIG_IGN);
    log_set(daemon_.config->log.level, daemon_.config->log.format);
    (void)log_start();
    err = control_loop_init(fd_limit());
    if (err) {
        log_error(NULL, "control loop: %s", err_str(err));
        log_stop();
        return err;
    }
    err = start();
    if (!err)
        err = start_watching(source);
    if (!err) {
        log_info(NULL, "ready");
        (void)service_ready();
        err = control_loop_run(on_signal);
        log_info(NULL, "stopping");
        (void)service_stopping();
    }
    stop();
    control_loop_finish();
    log_stop();
    return err;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    int status = parse_options(argc, argv, &options);

    if (status >= 0)
        return status;
    if (read_settings(&options))
        return 1;
    if (options.print_config)
        status = config_print(stdout, daemon_.config) ? 1 : 0;
    else if (options.check)
        status = puts("ok") < 0;
    else
        status = serve(&options.source) ? 1 : 0;
    settings_unref(daemon_.settings);
    return status;
}
