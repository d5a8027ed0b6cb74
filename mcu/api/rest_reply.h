/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_reply.h  Answers to HTTP requests, each counted by its route
 *
 * Errors are RFC 9457 problems with a stable code:
 *
 *     {"type":"/docs#problem-room_not_found","title":"There is no such room","status":404,
 *      "code":"room_not_found","instance":"/api/v1/rooms/x","detail":"...",
 *      "errors":[{"pointer":"/hand","detail":"must be true or false"}]}
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
struct web_server_answer;

enum {
    REST_REPLY_ROUTES_MAX = 96,
    REST_REPLY_INSTANCE_SIZE = 128, /**< Longer paths are cut [bytes] */
};

/** Whom to answer. */
struct rest_ticket {
    uint64_t request; /**< As web_server_request.id */
    unsigned route;   /**< Row of the table, REST_REPLY_ROUTES_MAX for none */
    unsigned origin;  /**< Page of another site that may read it, see rest_cors.h; 0 = none */
    uint64_t idem;    /**< Number of its claim of an Idempotency-Key, see rest_idem.h; 0 = none */
    char instance[REST_REPLY_INSTANCE_SIZE]; /**< Path of the request */
};

enum rest_problem {
    REST_PROBLEM_BAD_REQUEST,
    REST_PROBLEM_BAD_CURSOR,
    REST_PROBLEM_UNAUTHORIZED,
    REST_PROBLEM_LOGIN,
    REST_PROBLEM_FORBIDDEN,
    REST_PROBLEM_ORIGIN,
    REST_PROBLEM_NOT_FOUND,
    REST_PROBLEM_ROOM,
    REST_PROBLEM_PARTICIPANT,
    REST_PROBLEM_LAYOUT,
    REST_PROBLEM_USER,
    REST_PROBLEM_MEETING,
    REST_PROBLEM_SESSION,
    REST_PROBLEM_CALL,
    REST_PROBLEM_WEBHOOK,
    REST_PROBLEM_METHOD,
    REST_PROBLEM_CONFLICT,
    REST_PROBLEM_NAME_TAKEN,
    REST_PROBLEM_ROOM_TAKEN,
    REST_PROBLEM_TOO_MANY,
    REST_PROBLEM_LAST_HOST,
    REST_PROBLEM_NO_SCHEDULE,
    REST_PROBLEM_WEBHOOK_OFF,
    REST_PROBLEM_IDEM_IN_FLIGHT,
    REST_PROBLEM_PRECONDITION,
    REST_PROBLEM_TOO_LARGE,
    REST_PROBLEM_IN_THE_PAST,
    REST_PROBLEM_ENDS_BEFORE_START,
    REST_PROBLEM_TIME_ZONE,
    REST_PROBLEM_RECURRENCE,
    REST_PROBLEM_PASSWORD,
    REST_PROBLEM_IDEM_MISMATCH,
    REST_PROBLEM_RATE,
    REST_PROBLEM_FAILED,
    REST_PROBLEM_NOT_IMPLEMENTED,
    REST_PROBLEM_BUSY,
    REST_PROBLEM_NO_STORE,
    REST_PROBLEM_STORAGE,
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
/** The same with the version of the thing as ETag. */
void rest_reply_version(const struct rest_ticket *ticket, unsigned status, uint64_t version,
                        struct rest_json *json);
/** 304: he has this version. */
void rest_reply_unchanged(const struct rest_ticket *ticket, uint64_t version);
/** Answer with JSON text again. */
void rest_reply_text(const struct rest_ticket *ticket, unsigned status, const char *text);
/** 204. */
void rest_reply_empty(const struct rest_ticket *ticket);
/** 204 to a browser that asks whether a page of another site may (Fetch, CORS-preflight). */
void rest_reply_preflight(const struct rest_ticket *ticket);
/** 200 with bytes that nobody is to keep. */
void rest_reply_data(const struct rest_ticket *ticket, const char *type, const void *data,
                     size_t len);
/** @param detail  In words, may hold anything; NULL for none */
void rest_reply_problem(const struct rest_ticket *ticket, enum rest_problem problem,
                        const char *detail);
/** A body is wrong.  @param why  "/pointer: what is wrong", as api_field_read() says it */
void rest_reply_invalid(const struct rest_ticket *ticket, enum rest_problem problem,
                        const char *why);
/** 401.  @param code  Stable, as "token_expired" */
void rest_reply_denied(const struct rest_ticket *ticket, const char *code, const char *detail);
/** 429 with Retry-After. */
void rest_reply_wait(const struct rest_ticket *ticket, uint32_t wait_ms);
/** For rest_idem.c: an answer that one of these made before. */
void rest_reply_send(const struct rest_ticket *ticket, const struct web_server_answer *answer);
/** 405.  @param methods  What the path has, as "GET, PUT" */
void rest_reply_not_allowed(const struct rest_ticket *ticket, const char *methods);

#endif
