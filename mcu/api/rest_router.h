/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_router.h  Which handler a request is for, by a table of methods and paths
 *
 *     {"GET", "/api/v1/rooms/{r}", handler}    GET /api/v1/rooms/demo  -->  handler, param[0]
 * "demo"
 *
 * A part in braces takes any one segment of a path, as it is decoded; the other parts must be
 * equal, and of several rows that fit the first one counts. HEAD finds what GET does: the web
 * server leaves the body out.
 *
 * Threads: any; plain values.
 */
#ifndef MCU_API_REST_ROUTER_H
#define MCU_API_REST_ROUTER_H

#include <stdbool.h>
#include <stddef.h>

enum {
    REST_ROUTER_PARAMS_MAX = 2,
    REST_ROUTER_PARAM_SIZE = 65,   /**< A segment and its NUL; longer ones match nothing [bytes] */
    REST_ROUTER_METHODS_SIZE = 64, /**< Room for the methods of a path [bytes] */
};

struct rest_call;
typedef void(rest_router_h)(const struct rest_call *call);

/** A row; the table ends with a NULL method. */
struct rest_route {
    const char *method;
    const char *path; /**< At most REST_ROUTER_PARAMS_MAX parts in braces */
    unsigned who;     /**< REST_WHO_* of rest_who.h; 0: nobody */
    rest_router_h *h;
    bool creates; /**< Makes something: an Idempotency-Key counts, see rest_idem.h */
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
