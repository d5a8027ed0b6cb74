/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ws_session.c  One client of the medley.v1 protocol, over one WebSocket after
 * another
 */
#include "mcu/api/ws_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/ws_event.h"
#include "mcu/auth/throttle.h"
#include "mcu/base/metric.h"
#include "net/control_loop.h"
#include "net/web_server.h"

enum { BUCKETS = 4096 };

static struct {
    struct web_server *server;
    void (*endh)(struct ws_session *s);
    struct ws_session *bucket[WS_SESSION_TABLES][BUCKETS];
    struct ws_session *all;
    uint64_t key;
    unsigned n;
} table;

static struct metric sessions =
    METRIC_GAUGE("medley_ws_sessions", "", "Clients with a socket, or expected back");

void ws_session_init(struct web_server *server, void (*endh)(struct ws_session *s))
{
    metric_register(&sessions);
    table.server = server;
    table.endh = endh;
}

static struct ws_session **bucket_of(enum ws_session_table by, uint64_t hash)
{
    return &table.bucket[by][hash % BUCKETS];
}

/* FNV-1a. */
static uint64_t hash_text(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325;

    for (; *text; ++text)
        hash = (hash ^ (uint8_t)*text) * 0x100000001b3;
    return hash;
}

static void link_by(struct ws_session *s, enum ws_session_table by, uint64_t hash)
{
    struct ws_session **bucket = bucket_of(by, hash);

    s->next[by] = *bucket;
    *bucket = s;
}

/* Is in it or not. */
static void unlink_by(const struct ws_session *s, enum ws_session_table by, uint64_t hash)
{
    struct ws_session **p = bucket_of(by, hash);

    while (*p && *p != s)
        p = &(*p)->next[by];
    if (*p)
        *p = s->next[by];
}

static void link_conn(struct ws_session *s, uint64_t conn)
{
    s->conn = conn;
    link_by(s, WS_SESSION_BY_CONN, conn);
}

static void unlink_conn(struct ws_session *s)
{
    unlink_by(s, WS_SESSION_BY_CONN, s->conn);
    s->conn = 0;
}

/* "192.0.2.1:4000" and "[2001:db8::1]:4000" without the port. */
static void copy_address(char *ret_address, const char *peer)
{
    bool bracket = peer[0] == '[';
    size_t len = strcspn(peer + bracket, bracket ? "]" : ":");

    (void)snprintf(ret_address, WS_SESSION_SOURCE_SIZE, "%.*s", (int)len, peer + bracket);
}

struct ws_session *ws_session_new(uint64_t conn, const char *source)
{
    struct ws_session *s = calloc(1, sizeof(*s));

    if (!s) {
        web_server_close(table.server, conn, WS_CLOSE_GOING_AWAY, "out of memory");
        return NULL;
    }
    s->key = ++table.key;
    s->hello_id = -1;
    id_text(s->secret, sizeof(s->secret) - 1);
    copy_address(s->source, source);
    throttle_address(s->network, s->source);
    link_conn(s, conn);
    link_by(s, WS_SESSION_BY_KEY, s->key);
    link_by(s, WS_SESSION_BY_SECRET, hash_text(s->secret));
    s->all_next = table.all;
    s->all_link = &table.all;
    if (s->all_next)
        s->all_next->all_link = &s->all_next;
    table.all = s;
    metric_set(&sessions, ++table.n);
    return s;
}

struct ws_session *ws_session_find(uint64_t conn)
{
    struct ws_session *s = conn ? *bucket_of(WS_SESSION_BY_CONN, conn) : NULL;

    while (s && s->conn != conn)
        s = s->next[WS_SESSION_BY_CONN];
    return s;
}

/* Every byte is looked at: how long it takes tells nothing about the secret. */
static bool same_secret(const char *a, const char *b)
{
    unsigned differ = 0;

    for (size_t i = 0; i < WS_SESSION_SECRET_SIZE - 1; ++i)
        differ |= (unsigned)(a[i] ^ b[i]);
    return differ == 0;
}

struct ws_session *ws_session_find_secret(const char *secret)
{
    struct ws_session *s = *bucket_of(WS_SESSION_BY_SECRET, hash_text(secret));

    if (strlen(secret) != WS_SESSION_SECRET_SIZE - 1)
        return NULL;
    while (s && (!s->greeted || !same_secret(s->secret, secret)))
        s = s->next[WS_SESSION_BY_SECRET];
    return s;
}

struct ws_session *ws_session_find_key(uint64_t key)
{
    struct ws_session *s = *bucket_of(WS_SESSION_BY_KEY, key);

    while (s && s->key != key)
        s = s->next[WS_SESSION_BY_KEY];
    return s;
}

void ws_session_forget(struct ws_session *s)
{
    table.endh(s);
    if (s->conn)
        unlink_conn(s);
    else
        unlink_by(s, WS_SESSION_BY_NETWORK, hash_text(s->network));
    unlink_by(s, WS_SESSION_BY_KEY, s->key);
    unlink_by(s, WS_SESSION_BY_SECRET, hash_text(s->secret));
    *s->all_link = s->all_next;
    if (s->all_next)
        s->all_next->all_link = s->all_link;
    control_timer_free(s->timer);
    free(s);
    metric_set(&sessions, --table.n);
}

void ws_session_end(struct ws_session *s, const char *reason, enum ws_close code)
{
    uint64_t conn = s->conn;

    ws_session_send(s, ws_event_bye(reason, code));
    if (conn)
        web_server_close(table.server, conn, (uint16_t)code, reason);
    ws_session_forget(s);
}

/* Any other may end with one of his: a room, and everybody in it, with its last host. */
void ws_session_end_user(const char *user, const char *reason, enum ws_close code)
{
    struct ws_session *s = table.all;

    while (s) {
        if (s->signed_in && s->grants.user && strcmp(s->grants.identity, user) == 0) {
            ws_session_end(s, reason, code);
            s = table.all;
        } else {
            s = s->all_next;
        }
    }
}

static void on_timeout(void *arg)
{
    ws_session_forget(arg);
}

static unsigned count_detached(const char *network)
{
    const struct ws_session *s = *bucket_of(WS_SESSION_BY_NETWORK, hash_text(network));
    unsigned n = 0;

    for (; s; s = s->next[WS_SESSION_BY_NETWORK])
        n += strcmp(s->network, network) == 0;
    return n;
}

void ws_session_detach(struct ws_session *s, uint32_t ms, unsigned max)
{
    bool fits = count_detached(s->network) < max;

    unlink_conn(s);
    link_by(s, WS_SESSION_BY_NETWORK, hash_text(s->network));
    if (!fits || (!s->timer && control_timer_new(&s->timer, on_timeout, s))) {
        ws_session_forget(s);
        return;
    }
    control_timer_start(s->timer, ms);
}

void ws_session_adopt(struct ws_session *s, struct ws_session *with)
{
    uint64_t conn = with->conn, old = s->conn;

    char source[WS_SESSION_SOURCE_SIZE];

    memcpy(source, with->source, sizeof(source));
    unlink_conn(with);
    ws_session_forget(with);
    if (old) {
        ws_session_send(s, ws_event_bye("resumed", WS_CLOSE_REPLACED));
        unlink_conn(s);
        web_server_close(table.server, old, WS_CLOSE_REPLACED, "resumed");
    } else {
        unlink_by(s, WS_SESSION_BY_NETWORK, hash_text(s->network));
    }
    memcpy(s->source, source, sizeof(source));
    throttle_address(s->network, s->source);
    if (s->timer)
        control_timer_stop(s->timer);
    link_conn(s, conn);
}

void ws_session_send(struct ws_session *s, char *text)
{
    if (s->conn && text)
        web_server_send(table.server, s->conn, text, strlen(text));
    else if (s->conn)
        web_server_close(table.server, s->conn, WS_CLOSE_GOING_AWAY, "out of memory");
    free(text);
}

void ws_session_trust(struct ws_session *s)
{
    web_server_authenticated(table.server, s->conn);
}

unsigned ws_session_count(void)
{
    return table.n;
}

void ws_session_finish(void)
{
    while (table.all)
        ws_session_end(table.all, "server_stops", WS_CLOSE_GOING_AWAY);
}
