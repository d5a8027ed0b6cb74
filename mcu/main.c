/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/main.c  Arguments, configuration, start, signals, stop
 */
#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mcu/api/http_gateway.h"
#include "mcu/api/sip_gateway.h"
#include "mcu/api/web_assets.h"
#include "mcu/api/ws_gateway.h"
#include "mcu/base/err.h"
#include "mcu/base/log.h"
#include "mcu/config/config.h"
#include "mcu/media/audio_out.h"
#include "mcu/media/media_metrics.h"
#include "mcu/room/participant.h"
#include "mcu/room/room_set.h"
#include "mixer/task.h"
#include "net/control_loop.h"
#include "net/local_addrs.h"
#include "net/media_loop.h"
#include "net/packet.h"
#include "net/tls_cert.h"
#include "net/web_server.h"

LOG_DOMAIN("main");

enum {
    PACKETS_LIMIT = 131072, /* of 1.7 KiB; reached only under overload */
    FDS_WANTED = 65536,
    LOOPS_MAX = 16,
    ASSETS_MAX = 32,
    WHY_SIZE = 256,
    ARENAS_MAX = 2,
    MMAP_THRESHOLD = 128 * 1024, /* [bytes] */
};

struct options {
    const char *config_file;
    bool check, print_config;
    const char *set[16];
    unsigned nset;
};

static struct {
    struct config config;
    struct task_pool *pool;
    struct media_loop *loop[LOOPS_MAX];
    unsigned nloops;
    struct web_server *web;
    bool rooms, sip;
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
            ret->config_file = optarg;
            break;
        case 's':
            if (ret->nset == sizeof(ret->set) / sizeof(ret->set[0])) {
                fputs("medleyd: too many --set\n", stderr);
                return 2;
            }
            ret->set[ret->nset++] = optarg;
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

static int read_config(const struct options *options)
{
    static struct config_errors errs;
    int err = config_load(&daemon_.config, options->config_file, &errs);

    for (unsigned i = 0; i < options->nset && !err; ++i)
        err = config_set(&daemon_.config, options->set[i], &errs);
    if (!err)
        err = config_verify(&daemon_.config, &errs);
    config_print_errors(stderr, &errs);
    if (err && !errs.n)
        fprintf(stderr, "medleyd: %s: %s\n", options->config_file ? options->config_file : "config",
                err_str(err));
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
    unsigned n = daemon_.config.media.workers;

    if (!n)
        n = cores > 0 ? (unsigned)cores : 1;
    if (n > TASK_WORKERS_MAX)
        n = TASK_WORKERS_MAX;
    return task_pool_new(&daemon_.pool, n);
}

static int find_addresses(struct media_loop_cfg *cfg)
{
    const struct config_rtc *rtc = &daemon_.config.rtc;
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
    const struct config *config = &daemon_.config;
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

static const char *content_type(const char *name)
{
    static const struct {
        const char *suffix, *type;
    } types[] = {{".html", "text/html; charset=utf-8"},
                 {".css", "text/css; charset=utf-8"},
                 {".js", "text/javascript; charset=utf-8"},
                 {".svg", "image/svg+xml"},
                 {".png", "image/png"},
                 {".json", "application/json"},
                 {".webmanifest", "application/manifest+json"}};
    size_t len = strlen(name);

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); ++i) {
        size_t n = strlen(types[i].suffix);

        if (len > n && strcmp(name + len - n, types[i].suffix) == 0)
            return types[i].type;
    }
    return "application/octet-stream";
}

static const struct web_server_file *asset_files(void)
{
    static struct web_server_file files[ASSETS_MAX + 1];
    static char path[ASSETS_MAX][80];

    for (unsigned i = 0; i < ASSETS_MAX && web_assets_table[i].name; ++i) {
        (void)snprintf(path[i], sizeof(path[i]), "/%s", web_assets_table[i].name);
        files[i] = (struct web_server_file){.path = path[i],
                                            .type = content_type(web_assets_table[i].name),
                                            .data = web_assets_table[i].data,
                                            .size = web_assets_table[i].size};
    }
    return files;
}

/* Certificate of the operator, or one of our own in the data folder. */
static int find_certificate(struct web_server_listen *tls)
{
    const struct config *config = &daemon_.config;
    const char *names[] = {config->server.name, "localhost", "127.0.0.1", "::1"};
    unsigned skip = config->server.name[0] ? 0 : 1;
    char path[CONFIG_PATH_SIZE];
    char why[WHY_SIZE];
    int err;

    if (config->http.tls_cert[0]) {
        (void)snprintf(tls->cert, sizeof(tls->cert), "%s", config->http.tls_cert);
        (void)snprintf(tls->key, sizeof(tls->key), "%s", config->http.tls_key);
        return 0;
    }
    if (mkdir(config->server.data_dir, 0750) && errno != EEXIST) {
        err = -errno;
        log_error(NULL, "data folder %s: %s", config->server.data_dir, err_str(err));
        return err;
    }
    if (snprintf(path, sizeof(path), "%s/https.pem", config->server.data_dir) >= (int)sizeof(path))
        return -ENAMETOOLONG;
    err = tls_cert_ensure(path, names + skip, 4 - skip, why, sizeof(why));
    if (err < 0) {
        log_error(NULL, "certificate %s: %s", path, why);
        return err;
    }
    if (err > 0)
        log_info(NULL, "made a self-signed certificate: %s", path);
    (void)snprintf(tls->cert, sizeof(tls->cert), "%s", path);
    (void)snprintf(tls->key, sizeof(tls->key), "%s", path);
    return 0;
}

static void fill_web_limits(struct web_server_cfg *cfg)
{
    const struct config_http *http = &daemon_.config.http;

    cfg->max_connections = http->max_connections;
    cfg->max_unauthenticated = http->max_unauthenticated;
    cfg->max_per_address = http->max_per_address;
    cfg->auth_timeout_ms = http->auth_timeout;
    cfg->max_message = http->max_message;
    cfg->max_message_unauth = http->max_message_unauthenticated;
    cfg->max_messages_per_s = http->max_messages_per_s;
    cfg->send_queue_bytes = http->send_queue;
}

static void add_listen(struct web_server_cfg *cfg, const char *addr, uint32_t port, bool admin)
{
    struct web_server_listen *listen = &cfg->listen[cfg->nlistens++];

    (void)snprintf(listen->addr, sizeof(listen->addr), "%s", addr);
    listen->port = (uint16_t)port;
    listen->admin = admin;
}

static int start_web(void)
{
    const struct config *config = &daemon_.config;
    struct web_server_cfg cfg = {
        .files = asset_files(),
        .handlers = {.requesth = http_gateway_on_request,
                     .openh = ws_gateway_on_open,
                     .messageh = ws_gateway_on_message,
                     .closeh = ws_gateway_on_close},
    };
    const char *origin[CONFIG_STRINGS_MAX + 1] = {NULL};
    uint16_t port[4] = {0};
    char why[WHY_SIZE] = "";
    int err = 0;

    fill_web_limits(&cfg);
    for (unsigned i = 0; i < config->http.allow_origin.n; ++i)
        origin[i] = config->http.allow_origin.item[i];
    cfg.allow_origin = origin;
    add_listen(&cfg, config->http.addr, config->http.port, false);
    add_listen(&cfg, config->admin.addr, config->admin.port, true);
    if (config->http.tls_enabled) {
        add_listen(&cfg, config->http.addr, config->http.tls_port, false);
        err = find_certificate(&cfg.listen[2]);
    }
    if (!err)
        err = web_server_new(&daemon_.web, &cfg, port, why, sizeof(why));
    if (err) {
        log_error(NULL, "web: %s: %s", why, err_str(err));
        return err;
    }
    http_gateway_init(daemon_.web);
    err = ws_gateway_init(daemon_.web, config);
    if (!err)
        log_info(NULL, "web on http port %u, https port %u, admin port %u", port[0], port[2],
                 port[1]);
    return err;
}

static int start_sip(void)
{
    char why[WHY_SIZE] = "";
    uint16_t port = 0;
    int err;

    if (!daemon_.config.sip.enabled)
        return 0;
    err = sip_gateway_init(&daemon_.config, &port, why, sizeof(why));
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
    const struct room_set_cfg cfg = {.config = &daemon_.config,
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
    participant_init();
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
        err = start_sip();
    if (!err)
        err = start_web();
    return err;
}

/* The other way round: first what brings work, then what does it. */
static void stop(void)
{
    if (daemon_.web)
        ws_gateway_finish();
    daemon_.web = web_server_free(daemon_.web);
    if (daemon_.sip)
        sip_gateway_finish();
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

static int serve(void)
{
    int err;

    tame_malloc();
    raise_fd_limit();
    (void)signal(SIGPIPE, SIG_IGN);
    log_set(daemon_.config.log.level, daemon_.config.log.format);
    (void)log_start();
    err = control_loop_init(fd_limit());
    if (err) {
        log_error(NULL, "control loop: %s", err_str(err));
        log_stop();
        return err;
    }
    err = start();
    if (!err) {
        log_info(NULL, "ready");
        err = control_loop_run(on_signal);
        log_info(NULL, "stopping");
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
    if (read_config(&options))
        return 1;
    if (options.print_config)
        return config_print(stdout, &daemon_.config) ? 1 : 0;
    if (options.check) {
        puts("ok");
        return 0;
    }
    return serve() ? 1 : 0;
}
