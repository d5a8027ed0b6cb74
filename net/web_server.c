/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/web_server.c  HTTP, TLS and WebSocket on a thread of their own (libwebsockets)
 *
 * This file has the interface, the virtual hosts and the thread.  What control wants crosses in
 * a queue; the queue is emptied each time libwebsockets comes back from waiting.
 */
#include "net/web_server.h"

#include <assert.h>
#include <errno.h>
#include <libwebsockets.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mcu/base/clock.h"
#include "mcu/base/id.h"
#include "mcu/base/log.h"
#include "mcu/base/mpsc.h"
#include "net/web_callback.h"
#include "net/web_private.h"

LOG_DOMAIN("web");

enum {
    COMMANDS_MAX = 16384,
    TICK_US = 250000,
    STOP_US = 500000,        /* for goodbyes */
    HEADER_MAX = 8192,       /* of a request */
    CONNECTIONS_MAX = 50000, /* so that the inbox has room for all their ends */
    MESSAGE_LIMIT = 16 << 20,
};

enum command_type { COMMAND_REPLY, COMMAND_SEND, COMMAND_SEND_MANY, COMMAND_AUTH, COMMAND_CLOSE };

/** What control wants; holds a reference of text. */
struct command {
    enum command_type type;
    unsigned status; /* or close code */
    uint64_t id;
    struct web_text *text;
    struct web_text *headers; /* COMMAND_REPLY: see web_http_headers(); or NULL */
    uint64_t *ids;            /* COMMAND_SEND_MANY: owned */
    size_t nids;
    char word[WEB_REASON_MAX + 1]; /* content type or close reason */
};

/* The public object: what both threads touch is here, the rest belongs to the web thread. */
struct web_thread {
    struct web_server server; /* web thread, constant for control */
    struct mpsc *commands;
    atomic_bool awake; /* a wake-up is on its way */
    atomic_bool lost;  /* a command did not fit */
    atomic_bool stop;
    pthread_t thread;
    bool running;
    lws_sorted_usec_list_t tick;
};

static const struct lws_protocols protocols[] = {
    {.name = "http", .callback = web_http_callback},
    {.name = "medley.v1", .callback = web_socket_callback, .rx_buffer_size = 4096},
    {.name = "medley-listen", .callback = web_peer_callback},
    {.name = NULL},
};

static struct web_thread *thread_of(struct web_server *server)
{
    return (struct web_thread *)(void *)server; /* its first member */
}

/* Texts */

struct web_text *web_server_text(const void *data, size_t len)
{
    struct web_text *text = malloc(sizeof(*text) + LWS_PRE + len + 1);

    if (!text)
        return NULL;
    ref_init(&text->ref);
    text->len = len;
    text->data = (unsigned char *)(text + 1) + LWS_PRE;
    if (len)
        memcpy(text->data, data, len);
    text->data[len] = '\0';
    return text;
}

void web_server_text_unref(struct web_text *text)
{
    if (text && ref_put(&text->ref))
        free(text);
}

/* Web thread */

static void command_finish(struct command *cmd)
{
    web_server_text_unref(cmd->text);
    web_server_text_unref(cmd->headers);
    free(cmd->ids);
}

static void send_many(struct web_server *server, const struct command *cmd)
{
    for (size_t i = 0; i < cmd->nids; ++i) {
        struct web_peer *peer = web_peer_find(server, cmd->ids[i]);

        if (peer)
            web_socket_send(peer, cmd->text);
    }
}

static void command_run(struct web_server *server, const struct command *cmd)
{
    struct web_peer *peer = web_peer_find(server, cmd->id);

    if (cmd->type == COMMAND_SEND_MANY)
        send_many(server, cmd);
    if (!peer)
        return;
    switch (cmd->type) {
    case COMMAND_REPLY:
        web_http_reply(peer, cmd->status, cmd->word, cmd->text, cmd->headers);
        break;
    case COMMAND_SEND:
        web_socket_send(peer, cmd->text);
        break;
    case COMMAND_AUTH:
        web_socket_authenticated(peer);
        break;
    case COMMAND_CLOSE:
        web_socket_close(peer, (uint16_t)cmd->status, cmd->word);
        break;
    case COMMAND_SEND_MANY:
        break;
    }
}

static void close_all(struct web_server *server, uint16_t code, const char *reason)
{
    for (uint32_t i = 0; i < server->npeers; ++i)
        if (server->peers[i].state == WEB_STATE_SOCKET)
            web_socket_close(&server->peers[i], code, reason);
}

static void commands_run(struct web_thread *t)
{
    struct command cmd;

    /* Acquire-release: a command pushed before the flag was set is seen below. */
    atomic_exchange_explicit(&t->awake, false, memory_order_acq_rel);
    while (mpsc_pop(t->commands, &cmd)) {
        command_run(&t->server, &cmd);
        command_finish(&cmd);
    }
    if (atomic_exchange_explicit(&t->lost, false, memory_order_relaxed)) {
        log_error(NULL, "commands were lost, closing all WebSockets");
        close_all(&t->server, 1013, "overloaded");
    }
}

static void on_tick(lws_sorted_usec_list_t *sul)
{
    struct web_thread *t = lws_container_of(sul, struct web_thread, tick);

    web_peer_tick(&t->server, clock_now_us());
    web_event_retry(t->server.inbox);
    lws_sul_schedule(t->server.context, 0, &t->tick, on_tick, TICK_US);
}

static void *thread_run(void *arg)
{
    struct web_thread *t = arg;
    uint64_t end_us;

    lws_sul_schedule(t->server.context, 0, &t->tick, on_tick, TICK_US);
    while (!atomic_load_explicit(&t->stop, memory_order_acquire)) {
        if (lws_service(t->server.context, 0) < 0)
            break;
        commands_run(t);
    }

    t->server.stopping = true;
    commands_run(t);
    close_all(&t->server, 1001, "server stops");
    end_us = clock_now_us() + STOP_US;
    while (t->server.nsockets > 0 && clock_now_us() < end_us)
        if (lws_service(t->server.context, 0) < 0)
            break;
    return NULL;
}

/* Set up */

static void lws_line(int level, const char *line)
{
    (void)level;
    log_debug(NULL, "%.*s", (int)strcspn(line, "\n"), line);
}

/** Say what is wrong with a certificate before libwebsockets fails without a word. */
static int check_certificate(const struct web_server_listen *listen)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    int err = -ENOMEM;

    if (!ctx)
        return err;
    if (SSL_CTX_use_certificate_chain_file(ctx, listen->cert) == 1 &&
        SSL_CTX_use_PrivateKey_file(ctx, listen->key, SSL_FILETYPE_PEM) == 1 &&
        SSL_CTX_check_private_key(ctx) == 1)
        err = 0;
    else
        err = -EBADMSG;
    SSL_CTX_free(ctx);
    return err;
}

static int open_vhost(struct web_server *server, const struct web_server_listen *cfg,
                      struct web_listen *listen)
{
    struct lws_context_creation_info info;

    id_make(listen->name, "vh"); /* cannot be guessed: a Host header shall not choose a listener */
    memset(&info, 0, sizeof(info));
    info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
    info.vhost_name = listen->name;
    info.protocols = protocols;
    info.user = listen;
    info.keepalive_timeout = 15;
    info.alpn = "http/1.1";
    if (cfg->cert[0]) {
        info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
        info.ssl_cert_filepath = cfg->cert;
        info.ssl_private_key_filepath = cfg->key;
        info.ssl_options_set =
            SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION;
    }
    listen->vhost = lws_create_vhost(server->context, &info);
    return listen->vhost ? 0 : cfg->cert[0] ? -EBADMSG : -ENOMEM;
}

static int open_listener(struct web_server *server, unsigned i, uint16_t *ret_port)
{
    const struct web_server_listen *cfg = &server->cfg.listen[i];
    struct web_listen *listen = &server->listen[i];
    lws_adopt_desc_t desc = {.type = LWS_ADOPT_RAW_FILE_DESC};
    int err = cfg->cert[0] ? check_certificate(cfg) : 0;
    int fd;

    if (err)
        return err;
    fd = web_listen_open(cfg, ret_port, &listen->inode);
    if (fd < 0)
        return fd;
    listen->server = server;
    listen->admin = cfg->admin;
    listen->fd = fd;
    err = open_vhost(server, cfg, listen);
    if (err) {
        close(fd);
        return err;
    }
    desc.vh = listen->vhost;
    desc.fd.filefd = fd;
    desc.vh_prot_name = "medley-listen";
    return lws_adopt_descriptor_vhost_via_info(&desc) ? 0 : -ENOMEM; /* closes fd if it fails */
}

static int open_context(struct web_server *server)
{
    struct lws_context_creation_info info;

    memset(&info, 0, sizeof(info));
    lws_set_log_level(LLL_ERR | LLL_WARN, lws_line);
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_VALIDATE_UTF8 |
                   LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
                   LWS_SERVER_OPTION_SKIP_SERVER_CANONICAL_NAME;
    info.server_string = "medley";
    info.timeout_secs = 10;
    info.max_http_header_data = HEADER_MAX;
    info.max_http_header_pool2 = server->cfg.max_connections + WEB_ADMIN_SLOTS;
    info.gid = (gid_t)-1;
    info.uid = (uid_t)-1;
    server->context = lws_create_context(&info);
    return server->context ? 0 : -ENOMEM;
}

static int copy_origins(struct web_server *server)
{
    const char *const *from = server->cfg.allow_origin;
    size_t n = 0;

    while (from && from[n])
        ++n;
    server->cfg.allow_origin = NULL;
    server->allow_origin = calloc(n + 1, sizeof(*server->allow_origin));
    if (!server->allow_origin)
        return -ENOMEM;
    for (size_t i = 0; i < n; ++i) {
        server->allow_origin[i] = strdup(from[i]);
        if (!server->allow_origin[i])
            return -ENOMEM;
    }
    return 0;
}

static bool cfg_is_valid(const struct web_server_cfg *cfg)
{
    return cfg->nlistens >= 1 && cfg->nlistens <= 4 && cfg->max_connections >= 1 &&
           cfg->max_connections <= CONNECTIONS_MAX && cfg->max_unauthenticated >= 1 &&
           cfg->auth_timeout_ms >= 1 && cfg->max_message >= 1 &&
           cfg->max_message <= MESSAGE_LIMIT && cfg->max_admin_body <= MESSAGE_LIMIT &&
           cfg->max_message_unauth >= 1 && cfg->max_message_unauth <= MESSAGE_LIMIT &&
           cfg->max_messages_per_s >= 1 && cfg->max_messages_per_s <= 1000000 &&
           cfg->send_queue_bytes >= 1 && cfg->handlers.requesth && cfg->handlers.openh &&
           cfg->handlers.messageh && cfg->handlers.closeh;
}

static int thread_start(struct web_thread *t)
{
    sigset_t all, old;
    int err;

    sigfillset(&all); /* signals are for control */
    pthread_sigmask(SIG_SETMASK, &all, &old);
    err = pthread_create(&t->thread, NULL, thread_run, t);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (err)
        return -err;
    t->running = true;
    (void)pthread_setname_np(t->thread, "web");
    return 0;
}

static void tell_why(const struct web_server_listen *listen, int err, char *why, size_t size)
{
    if (!why || size == 0)
        return;
    if (err == -EBADMSG)
        snprintf(why, size, "certificate %s or key %s", listen->cert, listen->key);
    else if (listen->unix_path[0])
        snprintf(why, size, "socket %s", listen->unix_path);
    else
        snprintf(why, size, "%s port %u", listen->addr[0] ? listen->addr : "all addresses",
                 listen->port);
}

static int server_open(struct web_thread *t, uint16_t *ret_ports, char *why, size_t why_size)
{
    struct web_server *server = &t->server;
    uint16_t ports[4] = {0};
    int err = copy_origins(server);

    if (!err)
        err = web_http_setup(server);
    if (!err)
        err = web_peer_setup(server);
    if (!err)
        err = mpsc_new(&t->commands, COMMANDS_MAX, sizeof(struct command));
    if (!err)
        err = open_context(server);
    for (unsigned i = 0; !err && i < server->cfg.nlistens; ++i) {
        err = open_listener(server, i, &ports[i]);
        if (err)
            tell_why(&server->cfg.listen[i], err, why, why_size);
    }
    if (!err && ret_ports)
        memcpy(ret_ports, ports, server->cfg.nlistens * sizeof(ports[0]));
    return err;
}

/* Interface */

int web_server_new(struct web_server **ret_server, const struct web_server_cfg *cfg,
                   uint16_t *ret_ports, char *why, size_t why_size)
{
    struct web_thread *t;
    int err;

    assert(ret_server && cfg);
    if (!cfg_is_valid(cfg))
        return -EINVAL;
    t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;

    t->server.cfg = *cfg;
    t->server.spare_fd = -1;
    if (t->server.cfg.ping_ms == 0)
        t->server.cfg.ping_ms = 20000;
    web_socket_register();
    t->server.inbox = web_event_inbox_new(&cfg->handlers);
    err = t->server.inbox ? server_open(t, ret_ports, why, why_size) : -ENOMEM;
    if (!err)
        err = thread_start(t);
    if (err) {
        web_server_free(&t->server);
        return err;
    }
    *ret_server = &t->server;
    return 0;
}

static void wake(struct web_thread *t)
{
    if (!atomic_exchange_explicit(&t->awake, true, memory_order_acq_rel)) /* see commands_run() */
        lws_cancel_service(t->server.context);
}

struct web_server *web_server_free(struct web_server *server)
{
    struct web_thread *t;
    struct command cmd;

    if (!server)
        return NULL;
    t = thread_of(server);
    if (t->running) {
        atomic_store_explicit(&t->stop, true, memory_order_release);
        lws_cancel_service(server->context);
        pthread_join(t->thread, NULL);
    }
    server->stopping = true;
    if (server->context)
        lws_context_destroy(server->context); /* calls back: peers are released one by one */
    if (server->peers)
        web_peer_teardown(server);
    while (t->commands && mpsc_pop(t->commands, &cmd))
        command_finish(&cmd);
    mpsc_free(t->commands);
    web_event_inbox_free(server->inbox);
    web_http_teardown(server);
    for (unsigned i = 0; i < server->cfg.nlistens; ++i)
        web_listen_remove(&server->cfg.listen[i], server->listen[i].inode);
    for (char **p = server->allow_origin; p && *p; ++p)
        free(*p);
    free(server->allow_origin);
    free(t);
    return NULL;
}

/** Takes what @p cmd holds. */
static void post(struct web_server *server, struct command *cmd)
{
    struct web_thread *t = thread_of(server);

    if (mpsc_push(t->commands, cmd) != 0) {
        command_finish(cmd);
        atomic_store_explicit(&t->lost, true, memory_order_relaxed);
    }
    wake(t);
}

void web_server_reply_full(struct web_server *server, uint64_t request,
                           const struct web_server_answer *answer)
{
    struct command cmd = {.type = COMMAND_REPLY, .id = request, .status = answer->status};

    snprintf(cmd.word, WEB_TYPE_SIZE, "%s", answer->type ? answer->type : "");
    cmd.text = web_server_text(answer->body, answer->len);
    if (answer->nheaders)
        cmd.headers = web_http_headers(answer->header, answer->nheaders);
    if (!cmd.text || (answer->nheaders && !cmd.headers))
        cmd.status = 500;
    post(server, &cmd);
}

void web_server_reply(struct web_server *server, uint64_t request, unsigned status,
                      const char *type, const void *body, size_t len)
{
    const struct web_server_answer answer = {
        .status = status, .type = type, .body = body, .len = len};

    web_server_reply_full(server, request, &answer);
}

void web_server_send(struct web_server *server, uint64_t conn, const char *text, size_t len)
{
    struct command cmd = {.type = COMMAND_SEND, .id = conn, .text = web_server_text(text, len)};

    if (!cmd.text)
        cmd = (struct command){.type = COMMAND_CLOSE, .id = conn, .status = 1011};
    post(server, &cmd);
}

void web_server_send_many(struct web_server *server, const uint64_t *conns, size_t nconns,
                          const char *text, size_t len)
{
    struct command cmd = {.type = COMMAND_SEND_MANY, .nids = nconns};

    if (nconns == 0)
        return;
    cmd.text = web_server_text(text, len);
    cmd.ids = malloc(nconns * sizeof(*cmd.ids));
    if (!cmd.text || !cmd.ids) {
        command_finish(&cmd);
        atomic_store_explicit(&thread_of(server)->lost, true, memory_order_relaxed);
        wake(thread_of(server));
        return;
    }
    memcpy(cmd.ids, conns, nconns * sizeof(*cmd.ids));
    post(server, &cmd);
}

void web_server_authenticated(struct web_server *server, uint64_t conn)
{
    struct command cmd = {.type = COMMAND_AUTH, .id = conn};

    post(server, &cmd);
}

void web_server_close(struct web_server *server, uint64_t conn, uint16_t code, const char *reason)
{
    struct command cmd = {.type = COMMAND_CLOSE, .id = conn, .status = code};

    snprintf(cmd.word, sizeof(cmd.word), "%s", reason ? reason : "");
    post(server, &cmd);
}
