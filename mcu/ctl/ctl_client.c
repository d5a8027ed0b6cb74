/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_client.c  HTTP to the server over its Unix socket (libcurl)
 */
#include "mcu/ctl/ctl_client.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { URL_SIZE = 2048, HEADER_SIZE = 128 };

struct ctl_client {
    CURL *curl;
    char socket[CTL_CLIENT_PATH_SIZE];
};

/** An answer while it comes in. */
struct body {
    char *data;
    size_t len, size;
    bool too_large, no_memory;
};

/* As the package, ./mcu/up and the programs by hand have it. */
static const char *const places[] = {
    "/run/medley/medleyd.sock",
    "data/medleyd.sock",
    ".build/run/data/medleyd.sock",
    NULL,
};

const char *const *ctl_client_places(void)
{
    return places;
}

/** @return 0 or -errno of connecting */
static int knock(const char *path)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), err = 0;

    if (fd < 0)
        return -errno;
    memcpy(un.sun_path, path, strnlen(path, sizeof(un.sun_path) - 1));
    if (connect(fd, (const struct sockaddr *)&un, sizeof(un)) != 0)
        err = -errno;
    close(fd);
    return err;
}

int ctl_client_find(char *ret_path, const char *given)
{
    if (!given || !given[0])
        given = getenv("MEDLEY_SOCKET");
    if (given && given[0]) {
        if (strlen(given) >= CTL_CLIENT_PATH_SIZE)
            return -ENAMETOOLONG;
        memcpy(ret_path, given, strlen(given) + 1);
        return 0;
    }
    for (const char *const *p = places; *p; ++p) {
        int err = knock(*p);

        if (err == 0 || err == -EACCES) { /* not allowed is worth to be told */
            memcpy(ret_path, *p, strlen(*p) + 1);
            return 0;
        }
    }
    return -ENOENT;
}

int ctl_client_new(struct ctl_client **ret_client, const char *socket_path)
{
    struct ctl_client *client = calloc(1, sizeof(*client));

    if (!client)
        return -ENOMEM;
    client->curl = curl_easy_init();
    if (!client->curl) {
        free(client);
        return -ENOMEM;
    }
    snprintf(client->socket, sizeof(client->socket), "%s", socket_path);
    *ret_client = client;
    return 0;
}

struct ctl_client *ctl_client_free(struct ctl_client *client)
{
    if (client)
        curl_easy_cleanup(client->curl);
    free(client);
    return NULL;
}

static size_t on_data(char *data, size_t size, size_t n, void *arg)
{
    struct body *body = arg;
    char *grown;

    n *= size;
    if (n > CTL_CLIENT_ANSWER_MAX - body->len) {
        body->too_large = true;
        return 0;
    }
    if (body->len + n + 1 > body->size) {
        size = (body->len + n + 1) * 2;
        grown = realloc(body->data, size);
        if (!grown) {
            body->no_memory = true;
            return 0;
        }
        body->data = grown;
        body->size = size;
    }
    memcpy(body->data + body->len, data, n);
    body->len += n;
    body->data[body->len] = '\0';
    return n;
}

static int error_of(CURLcode code, const struct body *body)
{
    if (body->too_large)
        return -EMSGSIZE;
    if (body->no_memory)
        return -ENOMEM;
    switch (code) {
    case CURLE_OK:
        return 0;
    case CURLE_COULDNT_CONNECT:
        return -ECONNREFUSED;
    case CURLE_OPERATION_TIMEDOUT:
        return -ETIMEDOUT;
    case CURLE_OUT_OF_MEMORY:
        return -ENOMEM;
    default:
        return -EPROTO;
    }
}

static CURLcode set_up(struct ctl_client *client, const char *method, const char *url,
                       const void *data, size_t len, struct body *body)
{
    CURL *c = client->curl;
    CURLcode code;

    curl_easy_reset(c);
    code = curl_easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, client->socket);
    if (!code)
        code = curl_easy_setopt(c, CURLOPT_URL, url);
    if (!code)
        code = curl_easy_setopt(c, CURLOPT_PROXY, ""); /* whatever the environment says */
    if (!code)
        code = curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    if (!code)
        code = curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)CTL_CLIENT_WAIT_S);
    if (!code)
        code = curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_data);
    if (!code)
        code = curl_easy_setopt(c, CURLOPT_WRITEDATA, body);
    if (!code && data) {
        code = curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)len);
        if (!code)
            code = curl_easy_setopt(c, CURLOPT_POSTFIELDS, data);
    }
    return code ? code : curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method);
}

static struct curl_slist *headers(const char *type)
{
    char text[HEADER_SIZE];
    struct curl_slist *list = curl_slist_append(NULL, "Expect:"), *more;

    if (!list)
        return NULL;
    snprintf(text, sizeof(text), "Content-Type:%s%s", type ? " " : "", type ? type : "");
    more = curl_slist_append(list, text);
    if (!more)
        curl_slist_free_all(list);
    return more;
}

static int perform(struct ctl_client *client, struct body *body, struct ctl_answer *ret_answer)
{
    CURLcode code = curl_easy_perform(client->curl);
    const char *type = NULL;
    long status = 0;
    int err = error_of(code, body);

    if (err == -ECONNREFUSED && knock(client->socket) == -EACCES)
        return -EACCES;
    if (err)
        return err;
    (void)curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(client->curl, CURLINFO_CONTENT_TYPE, &type);
    ret_answer->status = (unsigned)status;
    snprintf(ret_answer->type, sizeof(ret_answer->type), "%s", type ? type : "");
    return 0;
}

int ctl_client_run(struct ctl_client *client, struct ctl_answer *ret_answer, const char *method,
                   const char *path, const char *type, const void *data, size_t len)
{
    struct body body = {.data = calloc(1, 1), .size = 1};
    struct curl_slist *list = headers(type);
    char url[URL_SIZE];
    int err = -ENOMEM;

    memset(ret_answer, 0, sizeof(*ret_answer));
    if (snprintf(url, sizeof(url), "http://localhost%s", path) >= (int)sizeof(url))
        err = -EMSGSIZE;
    else if (body.data && list && set_up(client, method, url, data, len, &body) == CURLE_OK &&
             curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, list) == CURLE_OK)
        err = perform(client, &body, ret_answer);
    curl_slist_free_all(list);
    if (err) {
        free(body.data);
        return err;
    }
    ret_answer->data = body.data;
    ret_answer->len = body.len;
    return 0;
}
