/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_router.h  Which handler a request is for, by a table of methods and paths
 *
 *     {"GET", "/api/v1/rooms/{r}", handler}    GET /api/v1/rooms/demo  -->  handler, param[0]
 * "demo"
 *
 * A part in braces takes any one segment of a path, as it is decoded; the other parts must be
 * equal. HEAD finds what GET does: the web server leaves the body out.
 *
 * Threads: any; plain values.
 */
#ifndef MCU_API_REST_ROUTER_H
#define MCU_API_REST_ROUTER_H

#include <stddef.h>

enum {
    REST_ROUTER_PARAMS_MAX = 2,
    REST_ROUTER_PARAM_SIZE = 65,   /**< A segment and its NUL; longer ones match nothing [bytes] */
    REST_ROUTER_METHODS_SIZE = 64, /**< Room for the methods of a path [bytes] */
};

struct rest_call;
typedef void(rest_router_h)(const struct rest_call *call);

/** Who may. */
enum rest_router_who {
    REST_ROUTER_ANYBODY, /**< Everybody, on every listener */
    REST_ROUTER_LOCAL,   /**< The admin listener alone */
    REST_ROUTER_ADMIN,   /**< The admin listener's users, and with the token everybody */
};

/** A row; the table ends with a NULL method. */
struct rest_route {
    const char *method;
    const char *path; /**< At most REST_ROUTER_PARAMS_MAX parts in braces */
    enum rest_router_who who;
    rest_router_h *h;
};

struct rest_router_match {
    const struct rest_route *route; /**< NULL: see methods */
    char param[REST_ROUTER_PARAMS_MAX][REST_ROUTER_PARAM_SIZE];
    char methods[REST_ROUTER_METHODS_SIZE]; /**< What the path has, as "GET, PUT"; "": no such path
                                             */
};

/** Find the row of a request. */
void rest_router_find(struct rest_router_match *ret, const struct rest_route *table,
                      const char *method, const char *path);

#endif
