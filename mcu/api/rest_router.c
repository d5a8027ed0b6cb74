/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_router.c  Which handler a request is for, by a table of methods and paths
 */
#include "mcu/api/rest_router.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct params {
    char text[REST_ROUTER_PARAMS_MAX][REST_ROUTER_PARAM_SIZE];
};

/** Does a path fit a pattern?  @param ret gets the segments in braces */
static bool fits(const char *pattern, const char *path, struct params *ret)
{
    unsigned nparams = 0;

    while (*pattern) {
        if (*pattern == '{') {
            size_t n = strcspn(path, "/");

            assert(nparams < REST_ROUTER_PARAMS_MAX);
            if (n == 0 || n >= REST_ROUTER_PARAM_SIZE)
                return false;
            memcpy(ret->text[nparams], path, n);
            ret->text[nparams++][n] = '\0';
            path += n;
            pattern = strchr(pattern, '}') + 1;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }
    return *path == '\0';
}

static void add_method(char *methods, const char *method)
{
    size_t n = strlen(methods);

    if (strstr(methods, method))
        return; /* "PUT" and the like are no part of another one */
    (void)snprintf(methods + n, REST_ROUTER_METHODS_SIZE - n, "%s%s%s", n ? ", " : "", method,
                   strcmp(method, "GET") == 0 ? ", HEAD" : "");
}

void rest_router_find(struct rest_router_match *ret, const struct rest_route *table,
                      const char *method, const char *path)
{
    struct params found = {0};

    memset(ret, 0, sizeof(*ret));
    if (strcmp(method, "HEAD") == 0)
        method = "GET";
    for (const struct rest_route *r = table; r->method; ++r) {
        if (!fits(r->path, path, &found))
            continue;
        add_method(ret->methods, r->method);
        if (!ret->route && strcmp(r->method, method) == 0) {
            ret->route = r;
            memcpy(ret->param, found.text, sizeof(found.text));
        }
    }
}
