/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_reply.c  Answers to HTTP requests, each counted by its route
 */
#include "mcu/api/rest_reply.h"

#include <assert.h>
#include <stdio.h>

#include "mcu/api/rest_json.h"
#include "mcu/api/rest_router.h"
#include "mcu/base/metric.h"
#include "net/web_server.h"

enum { CLASSES = 3, LABELS_SIZE = 128 };

static const struct {
    unsigned status;
    const char *code, *title;
} problems[REST_PROBLEMS] = {
    [REST_PROBLEM_BAD_REQUEST] = {400, "bad_request", "The request is not right"},
    [REST_PROBLEM_UNAUTHORIZED] = {401, "unauthorized", "This needs the operator's token"},
    [REST_PROBLEM_FORBIDDEN] = {403, "forbidden", "Pages of other sites may not do this"},
    [REST_PROBLEM_NOT_FOUND] = {404, "not_found", "There is nothing at this address"},
    [REST_PROBLEM_ROOM] = {404, "room_not_found", "There is no such room"},
    [REST_PROBLEM_PARTICIPANT] = {404, "participant_not_found", "There is nobody of this id"},
    [REST_PROBLEM_LAYOUT] = {404, "layout_not_found", "There is no layout of this name"},
    [REST_PROBLEM_METHOD] = {405, "method_not_allowed", "This address has other methods"},
    [REST_PROBLEM_TOO_LARGE] = {413, "too_large", "The body is too long"},
    [REST_PROBLEM_FAILED] = {500, "internal_error", "The server could not do it"},
    [REST_PROBLEM_NOT_IMPLEMENTED] = {501, "not_implemented", "This server cannot do that"},
    [REST_PROBLEM_BUSY] = {503, "busy", "The server has too much to do"},
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

static void send(const struct rest_ticket *ticket, const struct web_server_answer *answer)
{
    unsigned row = ticket->route < reply.nroutes ? ticket->route : REST_REPLY_ROUTES_MAX;
    unsigned class = answer->status >= 500 ? 2 : answer->status >= 400 ? 1 : 0;

    if (!reply.server)
        return;
    metric_add(&reply.metric[row][class], 1);
    web_server_reply_full(reply.server, ticket->request, answer);
}

static void send_json(const struct rest_ticket *ticket, struct web_server_answer *answer,
                      struct rest_json *json)
{
    static const char none[] = "{\"title\":\"No memory\",\"status\":500,\"code\":\"no_memory\"}";

    answer->body = rest_json_text(json, &answer->len);
    if (!answer->body) {
        answer->status = 500;
        answer->type = "application/problem+json";
        answer->body = none;
        answer->len = sizeof(none) - 1;
    }
    send(ticket, answer);
    rest_json_finish(json);
}

void rest_reply_json(const struct rest_ticket *ticket, unsigned status, struct rest_json *json)
{
    static const struct web_server_header header = {"Cache-Control", "no-store"};
    struct web_server_answer answer = {
        .status = status, .type = "application/json", .header = &header, .nheaders = 1};

    send_json(ticket, &answer, json);
}

void rest_reply_empty(const struct rest_ticket *ticket)
{
    const struct web_server_answer answer = {.status = 204};

    send(ticket, &answer);
}

void rest_reply_data(const struct rest_ticket *ticket, const char *type, const void *data,
                     size_t len)
{
    static const struct web_server_header header = {"Cache-Control", "no-store"};
    const struct web_server_answer answer = {
        .status = 200, .type = type, .body = data, .len = len, .header = &header, .nheaders = 1};

    send(ticket, &answer);
}

static void send_problem(const struct rest_ticket *ticket, enum rest_problem problem,
                         const char *detail, const struct web_server_header *header)
{
    struct web_server_answer answer = {.status = problems[problem].status,
                                       .type = "application/problem+json",
                                       .header = header,
                                       .nheaders = header ? 1 : 0};
    struct rest_json json;

    rest_json_init(&json);
    rest_json_open(&json, NULL, '{');
    rest_json_string(&json, "title", problems[problem].title);
    rest_json_int(&json, "status", problems[problem].status);
    rest_json_string(&json, "code", problems[problem].code);
    if (detail)
        rest_json_string(&json, "detail", detail);
    rest_json_close(&json);
    send_json(ticket, &answer, &json);
}

void rest_reply_problem(const struct rest_ticket *ticket, enum rest_problem problem,
                        const char *detail)
{
    send_problem(ticket, problem, detail, NULL);
}

void rest_reply_not_allowed(const struct rest_ticket *ticket, const char *methods)
{
    const struct web_server_header allow = {"Allow", methods};

    send_problem(ticket, REST_PROBLEM_METHOD, methods, &allow);
}
