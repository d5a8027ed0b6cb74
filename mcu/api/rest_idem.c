/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_idem.c  Calls that wait before they run: for an Idempotency-Key, or for whose
 * meeting it is
 */
#include "mcu/api/rest_idem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/api_text.h"
#include "mcu/api/rest_call.h"
#include "mcu/api/rest_router.h"
#include "mcu/api/rest_task.h"
#include "mcu/api/rest_who.h"
#include "mcu/base/clock.h"
#include "mcu/store/store_idem.h"
#include "mcu/store/store_meeting.h"
#include "net/digest_hex.h"
#include "net/web_server.h"

enum { KEY_MAX = 255, HEADERS_MAX = 8 };

/* A call that waits, with all that it points to; text follows. */
struct held {
    struct rest_task task;
    const struct rest_route *route;
    struct rest_caller caller;
    struct web_server_request request;
    struct rest_call call;
    char text[];
};

/* A claim of a key. */
struct claim {
    struct rest_task task;
    char scope[STORE_IDEM_KEY_MAX + 1], key[STORE_IDEM_KEY_MAX + 1];
    uint64_t held; /* number of the call */
};

/* ---- a call that waits ---- */

static const char *keep(char **p, const char *text)
{
    const char *at = *p;

    *p = stpcpy(*p, text) + 1;
    return at;
}

static struct held *hold(const struct rest_call *call, const struct rest_route *route)
{
    const struct web_server_request *r = call->request;
    size_t size = strlen(r->path) + strlen(r->query) + strlen(r->host) + strlen(r->origin) +
                  strlen(r->peer) + strlen(r->if_match) + strlen(r->if_none_match) +
                  strlen(r->idempotency_key) + strlen(call->param[0]) + strlen(call->param[1]) +
                  10 + r->body_len + 1;
    struct held *held = rest_task_new(call, sizeof(*held) + size);
    char *p;

    if (!held)
        return NULL;
    p = held->text;
    held->route = route;
    held->caller = *call->caller;
    held->request = *r; /* method is a fixed string; who he is, is known by now */
    held->request.authorization = "";
    held->request.path = keep(&p, r->path);
    held->request.query = keep(&p, r->query);
    held->request.host = keep(&p, r->host);
    held->request.origin = keep(&p, r->origin);
    held->request.peer = keep(&p, r->peer);
    held->request.if_match = keep(&p, r->if_match);
    held->request.if_none_match = keep(&p, r->if_none_match);
    held->request.idempotency_key = keep(&p, r->idempotency_key);
    held->call = *call;
    held->call.param[0] = keep(&p, call->param[0]);
    held->call.param[1] = keep(&p, call->param[1]);
    held->call.caller = &held->caller;
    held->call.request = &held->request;
    memcpy(p, r->body, r->body_len);
    held->request.body = p;
    return held;
}

static void run_held(struct held *held)
{
    held->route->h(&held->call);
    rest_task_free(&held->task);
}

/* ---- Idempotency-Key ---- */

static void fill_idem(struct store_idem *idem, const struct claim *claim)
{
    *idem = (struct store_idem){.scope = claim->scope, .key = claim->key};
}

static void on_claimed(int err, const void *result, void *arg)
{
    const struct store_idem_claimed *claimed = result;
    struct claim *claim = rest_task_find(arg);
    struct held *held = claim ? rest_task_find((void *)(uintptr_t)claim->held) : NULL;

    if (!claim)
        return;
    if (!rest_task_answered(arg, err, REST_PROBLEM_FAILED)) {
        rest_task_free(&held->task);
        return;
    }
    switch (claimed->state) {
    case STORE_IDEM_NEW:
        held->call.ticket.idem = claim->task.number;
        run_held(held);
        return; /* the claim waits for the answer */
    case STORE_IDEM_DONE:
        rest_reply_text(&claim->task.ticket, claimed->status, claimed->body);
        rest_task_free(&claim->task);
        break;
    case STORE_IDEM_IN_FLIGHT:
        rest_task_problem(&claim->task, REST_PROBLEM_IDEM_IN_FLIGHT, NULL);
        break;
    case STORE_IDEM_MISMATCH:
        rest_task_problem(&claim->task, REST_PROBLEM_IDEM_MISMATCH, NULL);
        break;
    }
    rest_task_free(&held->task);
}

/* Whose key it is: two people never meet, whatever they choose. */
static void name_scope(char *scope, size_t size, const struct rest_call *call)
{
    const struct rest_caller *caller = call->caller;
    const char *id = caller->grants.identity, *kind = "id";

    if (!caller->signed_) {
        kind = "operator";
        id = "";
    } else if (!id[0]) { /* a token without a name stands for itself */
        kind = "jti";
        id = caller->grants.jti;
    }
    (void)snprintf(scope, size, "%.20s %s %.100s %.100s", call->request->method, kind, id,
                   call->request->path);
}

static bool is_key(const char *key)
{
    size_t n = 0;

    for (; key[n]; ++n) {
        if (key[n] < ' ' || key[n] > '~')
            return false;
    }
    return n > 0 && n < KEY_MAX && strcmp(key, "?") != 0;
}

static void claim_key(const struct rest_call *call, struct held *held)
{
    const struct web_server_request *r = call->request;
    const struct digest_hex_part part[] = {{r->query, strlen(r->query) + 1},
                                           {r->body, r->body_len}};
    char hash[DIGEST_HEX_SHA256_SIZE];
    struct claim *claim = rest_task_new(call, sizeof(*claim));
    struct store_idem idem;
    int err;

    if (!claim) {
        rest_task_free(&held->task);
        return;
    }
    claim->held = held->task.number;
    name_scope(claim->scope, sizeof(claim->scope), call);
    (void)snprintf(claim->key, sizeof(claim->key), "%s", r->idempotency_key);
    fill_idem(&idem, claim);
    idem.created_us = clock_wall_us();
    idem.request_hash = hash;
    err = digest_hex_sha256(hash, part, 2);
    if (!err)
        err = store_idem_claim(rest_task_store(), &idem, rest_task_reply(&claim->task, on_claimed));
    if (!rest_task_submitted(&claim->task, err))
        rest_task_free(&held->task);
}

void rest_idem_run(const struct rest_call *call, const struct rest_route *route)
{
    struct held *held;

    if (!route->creates || !call->request->idempotency_key[0]) {
        route->h(call);
        return;
    }
    if (!is_key(call->request->idempotency_key)) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_BAD_REQUEST,
                           "an Idempotency-Key is 1 to 254 printable ASCII characters");
        return;
    }
    held = hold(call, route);
    if (held)
        claim_key(call, held);
}

/* The copy of an answer, sent when it is stored; text follows. */
struct kept {
    struct rest_ticket ticket;
    struct web_server_answer answer;
    struct web_server_header header[HEADERS_MAX];
    char text[];
};

static struct kept *copy_answer(const struct rest_ticket *ticket,
                                const struct web_server_answer *answer)
{
    size_t size = answer->len + 1;
    struct kept *kept;
    char *p;

    if (answer->nheaders > HEADERS_MAX)
        return NULL;
    for (unsigned i = 0; i < answer->nheaders; ++i)
        size += strlen(answer->header[i].name) + strlen(answer->header[i].value) + 2;
    kept = malloc(sizeof(*kept) + size);
    if (!kept)
        return NULL;
    p = kept->text;
    kept->ticket = *ticket;
    kept->answer = *answer; /* type is a fixed string */
    kept->answer.header = kept->header;
    for (unsigned i = 0; i < answer->nheaders; ++i) {
        kept->header[i].name = keep(&p, answer->header[i].name);
        kept->header[i].value = keep(&p, answer->header[i].value);
    }
    if (answer->len)
        memcpy(p, answer->body, answer->len);
    p[answer->len] = '\0';
    kept->answer.body = p;
    return kept;
}

/* The key is free again. */
static void drop(struct claim *claim)
{
    struct store_idem idem;

    fill_idem(&idem, claim);
    (void)store_idem_drop(rest_task_store(), &idem, (struct store_reply){NULL, NULL});
    rest_task_free(&claim->task);
}

static void on_finished(int err, const void *result, void *arg)
{
    struct kept *kept = arg;
    struct claim *claim = rest_task_find((void *)(uintptr_t)kept->ticket.idem);
    (void)result;

    if (claim && err)
        drop(claim);
    else if (claim)
        rest_task_free(&claim->task);
    rest_reply_send(&kept->ticket, &kept->answer);
    free(kept);
}

/* @return NULL: it cannot be stored */
static struct kept *finish(const struct claim *claim, const struct rest_ticket *ticket,
                           const struct web_server_answer *answer)
{
    struct kept *kept = answer->status < 300 ? copy_answer(ticket, answer) : NULL;
    struct store_idem idem;

    if (!kept)
        return NULL;
    fill_idem(&idem, claim);
    idem.status = answer->status;
    idem.body = kept->answer.body;
    if (!store_idem_finish(rest_task_store(), &idem, (struct store_reply){on_finished, kept}))
        return kept;
    free(kept);
    return NULL;
}

bool rest_idem_keep(const struct rest_ticket *ticket, const struct web_server_answer *answer)
{
    struct claim *claim = ticket->idem ? rest_task_find((void *)(uintptr_t)ticket->idem) : NULL;

    if (!claim)
        return false;
    if (finish(claim, ticket, answer))
        return true;
    drop(claim);
    return false;
}

/* ---- whose meeting ---- */

static void on_meeting(int err, const void *result, void *arg)
{
    const struct store_meeting *meeting = result;
    struct held *held = rest_task_answered(arg, err, REST_PROBLEM_FORBIDDEN);
    const char *user;

    if (!held)
        return;
    user = rest_who_user(&held->caller);
    if (!user[0] || strcmp(meeting->owner, user) != 0) {
        rest_task_problem(&held->task, REST_PROBLEM_FORBIDDEN, NULL);
        return;
    }
    held->caller.since_us = meeting->created_us;
    rest_idem_run(&held->call, held->route);
    rest_task_free(&held->task);
}

void rest_idem_run_if_owner(const struct rest_call *call, const struct rest_route *route)
{
    char room[API_TEXT_ROOM_SIZE];
    struct held *held;

    if (!rest_task_store() || api_text_clean_room(room, call->param[0], strlen(call->param[0]))) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_FORBIDDEN, NULL);
        return;
    }
    held = hold(call, route);
    if (held)
        (void)rest_task_submitted(
            &held->task, store_meeting_get_by_room(rest_task_store(), room,
                                                   rest_task_reply(&held->task, on_meeting)));
}
