/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_reply.h  Answers to HTTP requests, each counted by its route
 *
 * Errors are RFC 9457 problems with a stable code:
 *
 *     {"title":"There is no such room","status":404,"code":"room_not_found","detail":"..."}
 *
 * Threads:   control only.
 * Ownership: a ticket is a plain value, so that an answer may come later; one that comes too
 *            late is ignored.
 */
#ifndef MCU_API_REST_REPLY_H
#define MCU_API_REST_REPLY_H

#include <stddef.h>
#include <stdint.h>

struct rest_json;
struct rest_route;
struct web_server;

enum { REST_REPLY_ROUTES_MAX = 48 };

/** Whom to answer. */
struct rest_ticket {
    uint64_t request; /**< As web_server_request.id */
    unsigned route;   /**< Row of the table, REST_REPLY_ROUTES_MAX for none */
};

enum rest_problem {
    REST_PROBLEM_BAD_REQUEST,
    REST_PROBLEM_UNAUTHORIZED,
    REST_PROBLEM_FORBIDDEN,
    REST_PROBLEM_NOT_FOUND,
    REST_PROBLEM_ROOM,
    REST_PROBLEM_PARTICIPANT,
    REST_PROBLEM_LAYOUT,
    REST_PROBLEM_METHOD,
    REST_PROBLEM_TOO_LARGE,
    REST_PROBLEM_FAILED,
    REST_PROBLEM_NOT_IMPLEMENTED,
    REST_PROBLEM_BUSY,
    REST_PROBLEMS,
};

/**
 * Say where to answer and register medley_http_requests_total{route,method,code}.
 * @param server  Lives longer
 * @param table   Lives for ever; at most REST_REPLY_ROUTES_MAX rows
 */
void rest_reply_init(struct web_server *server, const struct rest_route *table);

/** The server goes: later answers are dropped. */
void rest_reply_finish(void);

/** Answer with JSON.  Takes and frees what @p json holds. */
void rest_reply_json(const struct rest_ticket *ticket, unsigned status, struct rest_json *json);
/** 204. */
void rest_reply_empty(const struct rest_ticket *ticket);
/** 200 with bytes that nobody is to keep. */
void rest_reply_data(const struct rest_ticket *ticket, const char *type, const void *data,
                     size_t len);
/** @param detail  In words, may hold anything; NULL for none */
void rest_reply_problem(const struct rest_ticket *ticket, enum rest_problem problem,
                        const char *detail);
/** 405.  @param methods  What the path has, as "GET, PUT" */
void rest_reply_not_allowed(const struct rest_ticket *ticket, const char *methods);

#endif
