/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_reply.c  Answers to HTTP requests, each counted by its route
 */
#include "mcu/api/rest_reply.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "mcu/api/rest_cors.h"
#include "mcu/api/rest_etag.h"
#include "mcu/api/rest_idem.h"
#include "mcu/api/rest_json.h"
#include "mcu/api/rest_router.h"
#include "mcu/base/metric.h"
#include "net/web_server.h"

enum { CLASSES = 3, LABELS_SIZE = 128, HEADERS_MAX = 8 };

static const struct {
    unsigned status;
    const char *code, *title;
} problems[REST_PROBLEMS] = {
    [REST_PROBLEM_BAD_REQUEST] = {400, "bad_request", "The request is not right"},
    [REST_PROBLEM_BAD_CURSOR] = {400, "bad_cursor", "This cursor is not one of ours"},
    [REST_PROBLEM_UNAUTHORIZED] = {401, "unauthorized", "This needs a token"},
    [REST_PROBLEM_LOGIN] = {401, "login_wrong", "Name or password is wrong"},
    [REST_PROBLEM_FORBIDDEN] = {403, "forbidden", "You may not do this"},
    [REST_PROBLEM_ORIGIN] = {403, "forbidden", "Pages of other sites may not do this"},
    [REST_PROBLEM_NOT_FOUND] = {404, "not_found", "There is nothing at this address"},
    [REST_PROBLEM_ROOM] = {404, "room_not_found", "There is no such room"},
    [REST_PROBLEM_PARTICIPANT] = {404, "participant_not_found", "There is nobody of this id"},
    [REST_PROBLEM_LAYOUT] = {404, "layout_not_found", "There is no layout of this name"},
    [REST_PROBLEM_USER] = {404, "user_not_found", "There is no such user"},
    [REST_PROBLEM_MEETING] = {404, "meeting_not_found", "There is no such meeting"},
    [REST_PROBLEM_SESSION] = {404, "session_not_found", "There is no such session"},
    [REST_PROBLEM_CALL] = {404, "call_not_found", "There is no such call"},
    [REST_PROBLEM_WEBHOOK] = {404, "webhook_not_found", "There is no such webhook"},
    [REST_PROBLEM_METHOD] = {405, "method_not_allowed", "This address has other methods"},
    [REST_PROBLEM_CONFLICT] = {409, "conflict", "Somebody else changed it at the same time"},
    [REST_PROBLEM_NAME_TAKEN] = {409, "name_taken", "Another user has this name"},
    [REST_PROBLEM_ROOM_TAKEN] = {409, "room_taken", "Another meeting has this room"},
    [REST_PROBLEM_TOO_MANY] = {409, "too_many", "There are too many of them"},
    [REST_PROBLEM_LAST_HOST] = {409, "last_host", "The room would have no host"},
    [REST_PROBLEM_NO_SCHEDULE] = {409, "no_schedule", "The meeting has no time"},
    [REST_PROBLEM_WEBHOOK_OFF] = {409, "webhook_disabled", "The webhook is disabled"},
    [REST_PROBLEM_IDEM_IN_FLIGHT] = {409, "idempotency_in_flight",
                                     "A request with this key is not done yet"},
    [REST_PROBLEM_PRECONDITION] = {412, "precondition_failed", "It has another version by now"},
    [REST_PROBLEM_TOO_LARGE] = {413, "too_large", "The body is too long"},
    [REST_PROBLEM_IN_THE_PAST] = {422, "in_the_past", "This time has passed"},
    [REST_PROBLEM_ENDS_BEFORE_START] = {422, "ends_before_start", "The end is before the start"},
    [REST_PROBLEM_TIME_ZONE] = {422, "unknown_time_zone", "There is no such time zone"},
    [REST_PROBLEM_RECURRENCE] = {422, "bad_recurrence", "The recurrence is not right"},
    [REST_PROBLEM_PASSWORD] = {422, "bad_password", "This may not be a password"},
    [REST_PROBLEM_IDEM_MISMATCH] = {422, "idempotency_mismatch",
                                    "The key was used for another request"},
    [REST_PROBLEM_RATE] = {429, "rate_limited", "Too many tries; come again later"},
    [REST_PROBLEM_FAILED] = {500, "internal_error", "The server could not do it"},
    [REST_PROBLEM_NOT_IMPLEMENTED] = {501, "not_implemented", "This server cannot do that"},
    [REST_PROBLEM_BUSY] = {503, "busy", "The server has too much to do"},
    [REST_PROBLEM_NO_STORE] = {503, "no_store", "This server has no database"},
    [REST_PROBLEM_STORAGE] = {503, "storage_failed", "The database could not do it"},
};

static const char *const class_names[CLASSES] = {"2xx", "4xx", "5xx"};

static struct {
    struct web_server *server;
    unsigned nroutes;
    struct metric metric[REST_REPLY_ROUTES_MAX + 1][CLASSES]; /* the last one: no route */
    char labels[REST_REPLY_ROUTES_MAX + 1][CLASSES][LABELS_SIZE];
} reply;

static void add_metrics(unsigned row, const char *path, const char *method)
{
    for (unsigned i = 0; i < CLASSES; ++i) {
        struct metric *metric = &reply.metric[row][i];
        char *labels = reply.labels[row][i];

        (void)snprintf(labels, LABELS_SIZE, "route=\"%s\",method=\"%s\",code=\"%s\"", path, method,
                       class_names[i]);
        metric->name = "medley_http_requests_total";
        metric->labels = labels;
        metric->help = "Requests that control answered, by route";
        metric->type = METRIC_TYPE_COUNTER;
        metric_register(metric);
    }
}

void rest_reply_init(struct web_server *server, const struct rest_route *table)
{
    reply.server = server;
    for (reply.nroutes = 0; table[reply.nroutes].method; ++reply.nroutes) {
        const struct rest_route *route = &table[reply.nroutes];

        assert(reply.nroutes < REST_REPLY_ROUTES_MAX);
        add_metrics(reply.nroutes, route->path, route->method);
    }
    add_metrics(REST_REPLY_ROUTES_MAX, "none", "");
}

void rest_reply_finish(void)
{
    reply.server = NULL;
}

/* What every answer is made of, and its own headers behind those that all have. */
struct draft {
    struct web_server_answer answer;
    struct web_server_header header[HEADERS_MAX];
};

static void add_header(struct draft *draft, const char *name, const char *value)
{
    assert(draft->answer.nheaders < HEADERS_MAX);
    draft->header[draft->answer.nheaders++] = (struct web_server_header){name, value};
}

static void add_cors(struct draft *draft, const struct rest_ticket *ticket)
{
    const char *origin = rest_cors_origin(ticket->origin);

    if (!rest_cors_origin(1))
        return;
    add_header(draft, "Vary", "Origin");
    if (!origin)
        return;
    add_header(draft, "Access-Control-Allow-Origin", origin);
    add_header(draft, "Access-Control-Expose-Headers", "ETag, Retry-After, WWW-Authenticate");
}

void rest_reply_send(const struct rest_ticket *ticket, const struct web_server_answer *answer)
{
    unsigned row = ticket->route < reply.nroutes ? ticket->route : REST_REPLY_ROUTES_MAX;
    unsigned status = answer->status, class = status >= 500 ? 2 : status >= 400 ? 1 : 0;

    if (!reply.server)
        return;
    metric_add(&reply.metric[row][class], 1);
    web_server_reply_full(reply.server, ticket->request, answer);
}

static void send(const struct rest_ticket *ticket, struct draft *draft)
{
    if (!reply.server)
        return;
    add_cors(draft, ticket);
    draft->answer.header = draft->header;
    if (!rest_idem_keep(ticket, &draft->answer))
        rest_reply_send(ticket, &draft->answer);
}

static void send_json(const struct rest_ticket *ticket, struct draft *draft, struct rest_json *json)
{
    static const char none[] = "{\"type\":\"/docs#problem-no_memory\",\"title\":\"No memory\","
                               "\"status\":500,\"code\":\"no_memory\"}";

    draft->answer.body = rest_json_text(json, &draft->answer.len);
    if (!draft->answer.body) {
        draft->answer.status = 500;
        draft->answer.type = "application/problem+json";
        draft->answer.body = none;
        draft->answer.len = sizeof(none) - 1;
    }
    send(ticket, draft);
    rest_json_finish(json);
}

void rest_reply_json(const struct rest_ticket *ticket, unsigned status, struct rest_json *json)
{
    struct draft draft = {.answer = {.status = status, .type = "application/json"}};

    add_header(&draft, "Cache-Control", "no-store");
    send_json(ticket, &draft, json);
}

void rest_reply_version(const struct rest_ticket *ticket, unsigned status, uint64_t version,
                        struct rest_json *json)
{
    struct draft draft = {.answer = {.status = status, .type = "application/json"}};
    char tag[REST_ETAG_SIZE];

    rest_etag_write(tag, version);
    add_header(&draft, "Cache-Control", "private, no-cache");
    add_header(&draft, "ETag", tag);
    send_json(ticket, &draft, json);
}

void rest_reply_unchanged(const struct rest_ticket *ticket, uint64_t version)
{
    struct draft draft = {.answer = {.status = 304}};
    char tag[REST_ETAG_SIZE];

    rest_etag_write(tag, version);
    add_header(&draft, "Cache-Control", "private, no-cache");
    add_header(&draft, "ETag", tag);
    send(ticket, &draft);
}

void rest_reply_text(const struct rest_ticket *ticket, unsigned status, const char *text)
{
    struct draft draft = {.answer = {.status = status,
                                     .type = text[0] ? "application/json" : NULL,
                                     .body = text,
                                     .len = strlen(text)}};

    add_header(&draft, "Cache-Control", "no-store");
    send(ticket, &draft);
}

void rest_reply_empty(const struct rest_ticket *ticket)
{
    struct draft draft = {.answer = {.status = 204}};

    send(ticket, &draft);
}

void rest_reply_preflight(const struct rest_ticket *ticket)
{
    struct draft draft = {.answer = {.status = 204}};

    add_header(&draft, "Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE");
    add_header(&draft, "Access-Control-Allow-Headers",
               "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key");
    add_header(&draft, "Access-Control-Max-Age", "3600");
    send(ticket, &draft);
}

void rest_reply_data(const struct rest_ticket *ticket, const char *type, const void *data,
                     size_t len)
{
    struct draft draft = {.answer = {.status = 200, .type = type, .body = data, .len = len}};

    add_header(&draft, "Cache-Control", "no-store");
    send(ticket, &draft);
}

/* Problems */

struct words {
    unsigned status;
    const char *code, *title;
};

static void open_problem(struct rest_json *j, const struct rest_ticket *ticket,
                         const struct words *words, const char *detail)
{
    char type[64];

    (void)snprintf(type, sizeof(type), "/docs#problem-%s", words->code);
    rest_json_init(j);
    rest_json_open(j, NULL, '{');
    rest_json_string(j, "type", type);
    rest_json_string(j, "title", words->title);
    rest_json_int(j, "status", words->status);
    rest_json_string(j, "code", words->code);
    if (ticket->instance[0])
        rest_json_string(j, "instance", ticket->instance);
    if (detail)
        rest_json_string(j, "detail", detail);
}

static void send_words(const struct rest_ticket *ticket, const struct words *words,
                       const char *detail, const struct web_server_header *header)
{
    struct draft draft = {.answer = {.status = words->status, .type = "application/problem+json"}};
    struct rest_json json;

    add_header(&draft, "Cache-Control", "no-store");
    if (header)
        add_header(&draft, header->name, header->value);
    open_problem(&json, ticket, words, detail);
    rest_json_close(&json);
    send_json(ticket, &draft, &json);
}

static struct words words_of(enum rest_problem problem)
{
    return (struct words){problems[problem].status, problems[problem].code,
                          problems[problem].title};
}

void rest_reply_problem(const struct rest_ticket *ticket, enum rest_problem problem,
                        const char *detail)
{
    static const struct web_server_header soon = {"Retry-After", "1"};
    const struct words words = words_of(problem);

    send_words(ticket, &words, detail, problem == REST_PROBLEM_BUSY ? &soon : NULL);
}

void rest_reply_invalid(const struct rest_ticket *ticket, enum rest_problem problem,
                        const char *why)
{
    struct draft draft = {
        .answer = {.status = problems[problem].status, .type = "application/problem+json"}};
    const struct words words = words_of(problem);
    const char *colon = strstr(why, ": ");
    struct rest_json json;

    add_header(&draft, "Cache-Control", "no-store");
    open_problem(&json, ticket, &words, why);
    if (colon && why[0] == '/') {
        rest_json_open(&json, "errors", '[');
        rest_json_open(&json, NULL, '{');
        rest_json_stringn(&json, "pointer", why, colon - why > 1 ? (size_t)(colon - why) : 0);
        rest_json_string(&json, "detail", colon + 2);
        rest_json_close(&json);
        rest_json_close(&json);
    }
    rest_json_close(&json);
    send_json(ticket, &draft, &json);
}

void rest_reply_denied(const struct rest_ticket *ticket, const char *code, const char *detail)
{
    const struct words words = {401, code, "This token opens nothing here"};

    send_words(ticket, &words, detail, NULL);
}

void rest_reply_wait(const struct rest_ticket *ticket, uint32_t wait_ms)
{
    const struct words words = words_of(REST_PROBLEM_RATE);
    char seconds[16];
    const struct web_server_header after = {"Retry-After", seconds};

    (void)snprintf(seconds, sizeof(seconds), "%u", (unsigned)(wait_ms / 1000 + 1));
    send_words(ticket, &words, NULL, &after);
}

void rest_reply_not_allowed(const struct rest_ticket *ticket, const char *methods)
{
    const struct words words = words_of(REST_PROBLEM_METHOD);
    const struct web_server_header allow = {"Allow", methods};

    send_words(ticket, &words, methods, &allow);
}
