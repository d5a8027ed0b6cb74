/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/web_problem.c  Errors that control never sees, in the form of its own (RFC 9457)
 */
#include <stdio.h>
#include <string.h>

#include "net/web_private.h"

static const struct {
    const char *code, *title;
} titles[] = {
    {"bad_request", "The request is not right"},
    {"busy", "The server has too much to do"},
    {"length_required", "A body needs a Content-Length"},
    {"method_not_allowed", "This address has other methods"},
    {"not_found", "There is nothing at this address"},
    {"not_implemented", "This server cannot do that"},
    {"origin", "Pages of other sites may not do this"},
    {"subprotocol", "A WebSocket here is of subprotocol medley.v1"},
    {"too_large", "The body is too long"},
    {"upgrade_required", "This address is a WebSocket's"},
};

size_t web_problem_write(char *buf, size_t size, unsigned status, const char *code,
                         const char *detail)
{
    const char *title = code;
    int n;

    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); ++i)
        if (strcmp(titles[i].code, code) == 0)
            title = titles[i].title;
    n = snprintf(buf, size,
                 "{\"type\":\"/docs#problem-%s\",\"title\":\"%s\",\"status\":%u,\"code\":\"%s\""
                 "%s%s%s}\n",
                 code, title, status, code, detail[0] ? ",\"detail\":\"" : "", detail,
                 detail[0] ? "\"" : "");
    return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
}
