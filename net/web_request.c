/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/web_request.c  The head of a request: method, size of the body, and the event that
 * control gets
 */
#include <stdio.h>
#include <string.h>

#include <libwebsockets.h>

#include "net/web_private.h"

enum {
    QUERY_MAX = 4096,
    QUERY_PART_SIZE = 1024, /* of one "key=value" and its NUL */
    AUTHORIZATION_MAX = 8192,
    SITE_SIZE = 256,
};

static const struct {
    enum lws_token_indexes token;
    const char *name;
} methods[] = {
    {WSI_TOKEN_GET_URI, "GET"},         {WSI_TOKEN_HEAD_URI, "HEAD"},
    {WSI_TOKEN_POST_URI, "POST"},       {WSI_TOKEN_PUT_URI, "PUT"},
    {WSI_TOKEN_PATCH_URI, "PATCH"},     {WSI_TOKEN_DELETE_URI, "DELETE"},
    {WSI_TOKEN_OPTIONS_URI, "OPTIONS"},
};

const char *web_request_method(struct lws *wsi)
{
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); ++i)
        if (lws_hdr_total_length(wsi, methods[i].token))
            return methods[i].name;
    return NULL;
}

/** Announced size of the body; a request whose end we could not tell is refused. @return status */
unsigned web_request_body_size(struct lws *wsi, const char *method, size_t max, size_t *ret_size)
{
    char text[24] = "";
    size_t n = 0;
    int len = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH);

    *ret_size = 0;
    if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING))
        return 501;
    if (len == 0)
        return *method == 'P' ? 411 : 0; /* POST, PUT, PATCH */
    if (lws_hdr_copy(wsi, text, sizeof(text), WSI_TOKEN_HTTP_CONTENT_LENGTH) <= 0)
        return 400;
    for (const char *p = text; *p; ++p) {
        if (*p < '0' || *p > '9')
            return 400;
        n = n * 10 + (size_t)(*p - '0');
        if (n > max)
            return 413;
    }
    *ret_size = n;
    return 0;
}

/** Is every part of the query short enough for copy_query()? */
bool web_request_fits(struct lws *wsi)
{
    int len, i = 0;

    do
        len = lws_hdr_fragment_length(wsi, WSI_TOKEN_HTTP_URI_ARGS, i++);
    while (len > 0 && len < QUERY_PART_SIZE);
    return len < QUERY_PART_SIZE;
}

/** The query of a request; libwebsockets has decoded its parts, so '&' and the like come back. */
static void copy_query(struct lws *wsi, char *buf, size_t size)
{
    static const char hex[] = "0123456789ABCDEF";
    char part[QUERY_PART_SIZE];
    size_t n = 0;
    int len;

    for (int i = 0;; ++i) {
        len = lws_hdr_copy_fragment(wsi, part, sizeof(part), WSI_TOKEN_HTTP_URI_ARGS, i);
        if (len < 0)
            break;
        if (i > 0 && n + 1 < size)
            buf[n++] = '&';
        for (int k = 0; k < len && n + 4 < size; ++k) {
            unsigned char c = (unsigned char)part[k];

            if (c > ' ' && c < 0x7f && !strchr("%&#+", c)) {
                buf[n++] = (char)c;
            } else {
                buf[n++] = '%';
                buf[n++] = hex[c >> 4];
                buf[n++] = hex[c & 15];
            }
        }
    }
    buf[n] = '\0';
}

/** Append a string to what an event holds. */
static const char *keep(char **p, const char *text)
{
    const char *at = *p;

    *p = stpcpy(*p, text) + 1;
    return at;
}

/** A header that fits, "" if there is none. @param instead of one that does not fit */
static void copy_site(struct lws *wsi, char *buf, enum lws_token_indexes token, const char *instead)
{
    buf[0] = '\0';
    if (lws_hdr_total_length(wsi, token) && lws_hdr_copy(wsi, buf, SITE_SIZE, token) <= 0)
        (void)snprintf(buf, SITE_SIZE, "%s", instead);
}

/** The same for one that libwebsockets has no number of. */
static void copy_key(struct lws *wsi, char *buf)
{
    static const char name[] = "idempotency-key:";
    int len = (int)sizeof(name) - 1;

    buf[0] = '\0';
    if (lws_hdr_custom_length(wsi, name, len) > 0 &&
        lws_hdr_custom_copy(wsi, buf, SITE_SIZE, name, len) <= 0)
        (void)snprintf(buf, SITE_SIZE, "?");
}

struct head {
    char query[QUERY_MAX], auth[AUTHORIZATION_MAX];
    char host[SITE_SIZE], origin[SITE_SIZE];
    char if_match[SITE_SIZE], if_none_match[SITE_SIZE], key[SITE_SIZE];
};

static bool copy_head(struct lws *wsi, struct head *head)
{
    head->auth[0] = '\0';
    if (lws_hdr_copy(wsi, head->auth, sizeof(head->auth), WSI_TOKEN_HTTP_AUTHORIZATION) < 0)
        return false;
    copy_query(wsi, head->query, sizeof(head->query));
    copy_site(wsi, head->host, WSI_TOKEN_HOST, "");
    copy_site(wsi, head->origin, WSI_TOKEN_ORIGIN, "null");
    copy_site(wsi, head->if_match, WSI_TOKEN_HTTP_IF_MATCH, "?");
    copy_site(wsi, head->if_none_match, WSI_TOKEN_HTTP_IF_NONE_MATCH, "");
    copy_key(wsi, head->key);
    return true;
}

/** Make the event of a request; its strings and then its body are in data. */
struct web_event *web_request_event(struct web_peer *peer, const char *method, const char *path,
                                    size_t body)
{
    struct head head;
    struct web_event *event;
    char *p;

    if (!copy_head(peer->wsi, &head))
        return NULL;
    event =
        web_event_new(WEB_EVENT_REQUEST, 0,
                      strlen(path) + strlen(head.query) + strlen(head.auth) + strlen(head.host) +
                          strlen(head.origin) + strlen(peer->name) + strlen(head.if_match) +
                          strlen(head.if_none_match) + strlen(head.key) + 9 + body + 1);
    if (!event)
        return NULL;

    p = event->data;
    event->request = (struct web_server_request){.method = method, .admin = peer->listen->admin};
    event->request.path = keep(&p, path);
    event->request.query = keep(&p, head.query);
    event->request.authorization = keep(&p, head.auth);
    event->request.host = keep(&p, head.host);
    event->request.origin = keep(&p, head.origin);
    event->request.peer = keep(&p, peer->name);
    event->request.if_match = keep(&p, head.if_match);
    event->request.if_none_match = keep(&p, head.if_none_match);
    event->request.idempotency_key = keep(&p, head.key);
    event->request.body = p;
    event->id = event->request.id = web_peer_renew(peer);
    return event;
}
