/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/web_setup.c  The web server as configured: listeners, certificate, files, handlers
 */
#include "mcu/web_setup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "mcu/api/http_gateway.h"
#include "mcu/api/web_assets.h"
#include "mcu/api/ws_gateway.h"
#include "mcu/base/err.h"
#include "mcu/base/log.h"
#include "mcu/config/config.h"
#include "net/tls_cert.h"
#include "net/web_server.h"

LOG_DOMAIN("web");

enum { ASSETS_MAX = 64, WHY_SIZE = 256 };

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

static int make_data_dir(const struct config *config)
{
    const char *dir = config->server.data_dir;
    int err = 0;

    if (mkdir(dir, 0750) && errno != EEXIST) {
        err = -errno;
        log_error(NULL, "data folder %s: %s", dir, err_str(err));
    }
    return err;
}

/* Certificate of the operator, or one of our own in the data folder. */
static int find_certificate(struct web_server_listen *tls, const struct config *config)
{
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

static void fill_limits(struct web_server_cfg *cfg, const struct config_http *http)
{
    cfg->max_connections = http->max_connections;
    cfg->max_unauthenticated = http->max_unauthenticated;
    cfg->max_per_address = http->max_per_address;
    cfg->auth_timeout_ms = http->auth_timeout;
    cfg->max_message = http->max_message;
    cfg->max_admin_body = CONFIG_FILE_MAX; /* a layout file to check */
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

/* The socket of medleyctl. */
static int add_socket(struct web_server_cfg *cfg, const struct config *config)
{
    struct web_server_listen *listen = &cfg->listen[cfg->nlistens++];
    const char *dir = config->server.data_dir;
    int n;

    listen->admin = true;
    if (config->admin.socket[0])
        n = snprintf(listen->unix_path, sizeof(listen->unix_path), "%s", config->admin.socket);
    else
        n = snprintf(listen->unix_path, sizeof(listen->unix_path), "%s/medleyd.sock", dir);
    if (n < (int)sizeof(listen->unix_path))
        return 0;
    log_error(NULL, "the path of the control socket in %s is too long: set admin.socket", dir);
    return -ENAMETOOLONG;
}

static int start_http(struct web_server *web, const struct config *config, struct task_pool *pool,
                      struct store *store)
{
    const struct http_gateway_cfg cfg = {
        .server = web, .pool = pool, .data_dir = config->server.data_dir, .store = store};
    char why[CONFIG_PATH_SIZE + 32];
    int err = http_gateway_init(&cfg, why, sizeof(why));

    if (err)
        log_error(NULL, "operators' token %s: %s", why, err_str(err));
    return err;
}

/* What is wrong is logged. */
static int add_listeners(struct web_server_cfg *cfg, const struct config *config)
{
    struct web_server_listen *tls = NULL;
    int err;

    add_listen(cfg, config->http.addr, config->http.port, false);
    add_listen(cfg, config->admin.addr, config->admin.port, true);
    if (config->http.tls_enabled) {
        tls = &cfg->listen[cfg->nlistens];
        add_listen(cfg, config->http.addr, config->http.tls_port, false);
    }
    err = make_data_dir(config);
    if (!err && tls)
        err = find_certificate(tls, config);
    if (!err)
        err = add_socket(cfg, config);
    return err;
}

static void tell_ports(const struct config *config, const uint16_t port[])
{
    char tls[32] = "no https";

    if (config->http.tls_enabled)
        (void)snprintf(tls, sizeof(tls), "https port %u", port[2]);
    log_info(NULL, "web on http port %u, %s, admin port %u", port[0], tls, port[1]);
}

int web_setup_start(struct web_server **ret_web, const struct config *config,
                    struct task_pool *pool, struct store *store)
{
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
    int err;

    fill_limits(&cfg, &config->http);
    for (unsigned i = 0; i < config->http.allow_origin.n; ++i)
        origin[i] = config->http.allow_origin.item[i];
    cfg.allow_origin = origin;
    err = add_listeners(&cfg, config);
    if (err)
        return err;
    err = web_server_new(ret_web, &cfg, port, why, sizeof(why));
    if (err) {
        log_error(NULL, "web: %s: %s", why, err_str(err));
        return err;
    }
    err = start_http(*ret_web, config, pool, store);
    if (!err)
        err = ws_gateway_init(*ret_web);
    if (!err)
        tell_ports(config, port);
    return err;
}
