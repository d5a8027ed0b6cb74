/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/hook/hook_transfer.c  One try to deliver: a signed POST by libcurl, and what came of it
 */
#include "mcu/hook/hook_transfer.h"

#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "mcu/auth/webhook_signature.h"
#include "mcu/hook/hook_address.h"

enum { HEADER_SIZE = 256, HTTP_TOO_MANY = 429, HTTP_UNAVAILABLE = 503 };

static_assert((int)HOOK_TRANSFER_WHY_SIZE <= (int)STORE_HOOK_ERROR_MAX, "fits into last_error");

struct hook_transfer {
    struct hook_transfer_cfg cfg;
    struct hook_transfer_delivery delivery;
    char *url, *secret, *body;
    struct hook_transfer_outcome outcome;
    CURL *easy;
    struct curl_slist *headers;
    /* Of the answer, so far: */
    const char *not_public; /* why the last address that was not is not */
    bool connected;         /* or tried to, to an address that was right */
    bool answered;          /* the header is complete */
    bool too_long;          /* the header is */
    size_t header_bytes, body_bytes;
    char error[CURL_ERROR_SIZE];
};

/* ---- control ---- */

int hook_transfer_new(struct hook_transfer **ret, const struct store_hook_delivery *delivery,
                      const struct hook_transfer_cfg *cfg)
{
    struct hook_transfer *transfer = calloc(1, sizeof(*transfer));

    if (!transfer)
        return -ENOMEM;
    transfer->cfg = *cfg;
    transfer->delivery.seq = delivery->seq;
    transfer->delivery.attempts = delivery->attempts;
    (void)snprintf(transfer->delivery.hook, sizeof(transfer->delivery.hook), "%s", delivery->hook);
    (void)snprintf(transfer->delivery.id, sizeof(transfer->delivery.id), "%s", delivery->id);
    transfer->url = strdup(delivery->url);
    transfer->secret = strdup(delivery->secret);
    transfer->body = strdup(delivery->body);
    if (!transfer->url || !transfer->secret || !transfer->body) {
        hook_transfer_free(transfer);
        return -ENOMEM;
    }
    transfer->delivery.url = transfer->url;
    *ret = transfer;
    return 0;
}

static void drop_easy(struct hook_transfer *transfer)
{
    curl_easy_cleanup(transfer->easy);
    transfer->easy = NULL;
    curl_slist_free_all(transfer->headers);
    transfer->headers = NULL;
}

struct hook_transfer *hook_transfer_free(struct hook_transfer *transfer)
{
    if (!transfer)
        return NULL;
    drop_easy(transfer);
    if (transfer->secret)
        explicit_bzero(transfer->secret, strlen(transfer->secret));
    free(transfer->secret);
    free(transfer->url);
    free(transfer->body);
    free(transfer);
    return NULL;
}

const struct hook_transfer_delivery *hook_transfer_delivery(const struct hook_transfer *transfer)
{
    return &transfer->delivery;
}

const struct hook_transfer_outcome *hook_transfer_outcome(const struct hook_transfer *transfer)
{
    return &transfer->outcome;
}

/* ---- courier, called by libcurl ---- */

static bool may_reach(struct hook_transfer *transfer, const char *why_not)
{
    if (!why_not || transfer->cfg.allow_private)
        return true;
    transfer->not_public = why_not;
    return false;
}

/* Here the name is resolved, and this very address is what is connected to. */
static curl_socket_t on_open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct hook_transfer *transfer = arg;

    if (purpose != CURLSOCKTYPE_IPCXN ||
        !may_reach(transfer, hook_address_why_not(&address->addr, (socklen_t)address->addrlen)))
        return CURL_SOCKET_BAD;
    transfer->connected = true;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Also for a connection that was kept from when its address was still allowed. */
static int on_connected(void *arg, char *ip, char *local_ip, int port, int local_port)
{
    struct hook_transfer *transfer = arg;
    (void)local_ip;
    (void)port;
    (void)local_port;

    if (may_reach(transfer, hook_address_why_not_text(ip)))
        return CURL_PREREQFUNC_OK;
    transfer->connected = false;
    return CURL_PREREQFUNC_ABORT;
}

/* One line of the header; those of "100 Continue" and the like come before the true one's. */
static size_t on_header(char *line, size_t size, size_t n, void *arg)
{
    struct hook_transfer *transfer = arg;
    long status = 0;

    n *= size;
    transfer->header_bytes += n;
    if (transfer->header_bytes > HOOK_TRANSFER_HEADERS_MAX) {
        transfer->too_long = true;
        return 0;
    }
    if (n && (line[0] == '\r' || line[0] == '\n') &&
        curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK &&
        status >= 200)
        transfer->answered = true;
    return n;
}

/* What comes after the status and a little is not worth the wait. */
static size_t on_body(char *data, size_t size, size_t n, void *arg)
{
    struct hook_transfer *transfer = arg;
    (void)data;

    n *= size;
    transfer->body_bytes += n;
    return transfer->body_bytes > HOOK_TRANSFER_BODY_MAX ? 0 : n;
}

/* ---- courier ---- */

static void __attribute__((format(printf, 2, 3)))
set_why(struct hook_transfer *transfer, const char *format, ...)
{
    struct hook_transfer_outcome *outcome = &transfer->outcome;
    va_list args;

    va_start(args, format);
    (void)vsnprintf(outcome->why, sizeof(outcome->why), format, args);
    va_end(args);
    /* Texts of libcurl have parts of the URL as they were found. */
    for (char *p = outcome->why; *p; ++p)
        if (*p < ' ' || *p > '~')
            *p = '?';
}

static bool add_header(struct hook_transfer *transfer, const char *name, const char *value)
{
    char line[HEADER_SIZE];
    struct curl_slist *longer;
    const int n = snprintf(line, sizeof(line), "%s:%s%s", name, *value ? " " : "", value);

    if (n < 0 || (size_t)n >= sizeof(line))
        return false;
    longer = curl_slist_append(transfer->headers, line);
    if (longer)
        transfer->headers = longer;
    return longer != NULL;
}

static bool make_headers(struct hook_transfer *transfer, uint64_t now_us)
{
    char signature[WEBHOOK_SIGNATURE_SIZE], stamp[24];
    const char *id = transfer->delivery.id;
    const uint64_t now_s = now_us / 1000000;

    (void)snprintf(stamp, sizeof(stamp), "%" PRIu64, now_s);
    if (strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") !=
            strlen(id) ||
        webhook_signature_sign(signature, transfer->secret, id, now_s, transfer->body,
                               strlen(transfer->body)) != 0) {
        set_why(transfer, "cannot sign: the hook's secret is not whsec_ and base64");
        return false;
    }
    if (!add_header(transfer, "content-type", "application/json") ||
        !add_header(transfer, "webhook-id", id) ||
        !add_header(transfer, "webhook-timestamp", stamp) ||
        !add_header(transfer, "webhook-signature", signature) ||
        !add_header(transfer, "expect", "")) { /* none: no round trip before the body */
        set_why(transfer, "out of memory");
        return false;
    }
    return true;
}

static bool set_numbers(CURL *easy, const struct hook_transfer *transfer)
{
    const struct {
        CURLoption option;
        long value;
    } numbers[] = {
        {CURLOPT_POST, 1},
        {CURLOPT_POSTFIELDSIZE, (long)strlen(transfer->body)},
        {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
        {CURLOPT_FOLLOWLOCATION, 0},
        {CURLOPT_TIMEOUT_MS, (long)transfer->cfg.timeout_ms},
        {CURLOPT_NOSIGNAL, 1},
        {CURLOPT_BUFFERSIZE, HOOK_TRANSFER_BODY_MAX},
        /* A thread that still asks a name server is left alone instead of waited for. */
        {CURLOPT_QUICK_EXIT, 1},
    };

    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); ++i)
        if (curl_easy_setopt(easy, numbers[i].option, numbers[i].value) != CURLE_OK)
            return false;
    return true;
}

static bool set_texts(CURL *easy, const struct hook_transfer *transfer)
{
    const struct {
        CURLoption option;
        const char *value;
    } texts[] = {
        {CURLOPT_URL, transfer->url},
        {CURLOPT_POSTFIELDS, transfer->body}, /* not copied */
        {CURLOPT_PROTOCOLS_STR, "http,https"},
        {CURLOPT_PROXY, ""}, /* nor those of the environment */
        {CURLOPT_USERAGENT, "Medley/" MEDLEY_VERSION},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); ++i)
        if (curl_easy_setopt(easy, texts[i].option, texts[i].value) != CURLE_OK)
            return false;
    return true;
}

static bool set_handlers(CURL *easy, struct hook_transfer *transfer)
{
    return curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer) == CURLE_OK;
}

void *hook_transfer_begin(struct hook_transfer *transfer, uint64_t now_us)
{
    if (!make_headers(transfer, now_us))
        return NULL;
    transfer->easy = curl_easy_init();
    if (!transfer->easy || !set_numbers(transfer->easy, transfer) ||
        !set_texts(transfer->easy, transfer) || !set_handlers(transfer->easy, transfer)) {
        set_why(transfer, "out of memory");
        drop_easy(transfer);
    }
    return transfer->easy;
}

struct hook_transfer *hook_transfer_of(void *easy)
{
    struct hook_transfer *transfer = NULL;

    (void)curl_easy_getinfo((CURL *)easy, CURLINFO_PRIVATE, (char **)&transfer);
    return transfer;
}

static void judge_answer(struct hook_transfer *transfer)
{
    struct hook_transfer_outcome *outcome = &transfer->outcome;
    curl_off_t retry_s = 0;
    long status = 0;

    (void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    outcome->status = (uint32_t)status;
    if (status >= 300 && status < 400)
        set_why(transfer, "HTTP %ld: redirects are not followed", status);
    else if (status >= 300)
        set_why(transfer, "HTTP %ld", status);
    if ((status == HTTP_TOO_MANY || status == HTTP_UNAVAILABLE) &&
        curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &retry_s) == CURLE_OK &&
        retry_s > 0)
        outcome->retry_after_s = retry_s < HOOK_TRANSFER_RETRY_MAX_S
                                     ? (uint32_t)retry_s
                                     : (uint32_t)HOOK_TRANSFER_RETRY_MAX_S;
}

void hook_transfer_end(struct hook_transfer *transfer, int code)
{
    if (transfer->answered) {
        judge_answer(transfer);
    } else if (transfer->not_public && !transfer->connected) {
        transfer->outcome.refused = true;
        set_why(transfer, "refused: the address is not public (%s); see webhooks.allow_private",
                transfer->not_public);
    } else if (transfer->too_long) {
        set_why(transfer, "the header of the answer is too long");
    } else {
        set_why(transfer, "%s",
                transfer->error[0] ? transfer->error : curl_easy_strerror((CURLcode)code));
    }
    drop_easy(transfer);
}
