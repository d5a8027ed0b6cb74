/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/hook/hook_url.c  Whether a URL can be a webhook's, told when it is entered
 */
#include "mcu/hook/hook_url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#include "mcu/hook/hook_address.h"
#include "mcu/store/store_hook.h"

static const char not_public[] = "the address is not public; see webhooks.allow_private";

static bool is_localhost(const char *host)
{
    static const char name[] = "localhost";
    size_t len = strlen(host);

    if (len && host[len - 1] == '.')
        --len;
    if (len < sizeof(name) - 1 ||
        strncasecmp(host + len - (sizeof(name) - 1), name, sizeof(name) - 1) != 0)
        return false;
    return len == sizeof(name) - 1 || host[len - sizeof(name)] == '.';
}

/* @param host  As libcurl has it: other spellings of IPv4 are dotted by now, IPv6 is in brackets */
static const char *host_why_not(char *host)
{
    struct in_addr ip4;
    size_t len = strlen(host);

    if (is_localhost(host))
        return not_public;
    if (len >= 2 && host[0] == '[') {
        host[len - 1] = '\0';
        return hook_address_why_not_text(host + 1) ? not_public : NULL;
    }
    if (inet_pton(AF_INET, host, &ip4) == 1)
        return hook_address_why_not_text(host) ? not_public : NULL;
    return NULL;
}

static const char *parts_why_not(CURLU *parts, const char *url, bool allow_private)
{
    char *scheme = NULL, *host = NULL;
    const char *why = NULL;

    if (curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK ||
        curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
        curl_url_get(parts, CURLUPART_HOST, &host, 0) != CURLUE_OK)
        why = "is not a URL";
    else if (strcasecmp(scheme, "http") != 0 && strcasecmp(scheme, "https") != 0)
        why = "must begin with http:// or https://";
    else if (!allow_private)
        why = host_why_not(host);
    curl_free(scheme);
    curl_free(host);
    return why;
}

const char *hook_url_why_not(const char *url, bool allow_private)
{
    const char *why;
    CURLU *parts;

    if (strnlen(url, STORE_HOOK_URL_MAX + 1) > STORE_HOOK_URL_MAX)
        return "is too long";
    parts = curl_url();
    why = parts ? parts_why_not(parts, url, allow_private) : "out of memory";
    curl_url_cleanup(parts);
    return why;
}
