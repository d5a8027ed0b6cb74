/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_call.h  A request to the REST API, and what all its handlers ask of one
 *
 * Each function answers with the problem itself if it returns NULL or false, and the handler
 * just returns.
 *
 * Threads:   control only.
 * Ownership: a call lives until its handler returns; keep the ticket to answer later.
 */
#ifndef MCU_API_REST_CALL_H
#define MCU_API_REST_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcu/api/rest_body.h"
#include "mcu/api/rest_cursor.h"
#include "mcu/api/rest_reply.h"
#include "mcu/api/rest_who.h"

struct api_field;
struct json_t;
struct participant;
struct rest_json;
struct room;
struct web_server_request;

struct rest_call {
    struct rest_ticket ticket;
    const char *param[2]; /**< Segments of the path that are in braces, "" if none */
    const struct web_server_request *request;
    const struct rest_caller *caller; /**< Who he is, as far as the route asks */
};

enum { REST_CALL_PAGE = 50, REST_CALL_PAGE_MAX = 200 /**< Rows of a page */ };

/** Where a page of a list begins. */
struct rest_page {
    uint32_t limit;
    struct rest_cursor after; /**< Zero at the start */
};

/** Who asks, for log lines: an operator, or the identity of a token or its id. */
const char *rest_call_by(const struct rest_call *call);
/** The room that the first segment in braces names. */
struct room *rest_call_room(const struct rest_call *call);
/** The participant of the second one, in the room of the first. */
struct participant *rest_call_participant(const struct rest_call *call);
/** Read the body.  @return false: it was wrong */
bool rest_call_body(const struct rest_call *call, enum rest_body_kind kind, struct rest_body *ret);
/** Are these all the parameters of the query?  @param names ends with NULL */
bool rest_call_query(const struct rest_call *call, const char *const *names);
/** A parameter.  @param ret_text "" if it is not there  @return false: twice or too long */
bool rest_call_text(const struct rest_call *call, const char *name, char *ret_text, size_t size);
/** A parameter that is a time.  @param ret 0 if it is not there [us since 1970] */
bool rest_call_time(const struct rest_call *call, const char *name, uint64_t *ret);
/** "limit" and "cursor" of a list that has this name. */
bool rest_call_page(const struct rest_call *call, const char *list, struct rest_page *ret);
/** Read the body by a table.  @param ret_root  For api_field_free(), what is read points into it */
bool rest_call_fields(const struct rest_call *call, const struct api_field *fields, void *ret,
                      struct json_t **ret_root);

/** End a list of rows: "next" is where it goes on.  @param n, key of its last row */
void rest_call_write_next(struct rest_json *j, bool more, const char *list, uint64_t n,
                          const char *key);
/** Begin a page of a list: what is written to j then are its items. */
void rest_call_open_page(struct rest_json *j);
/** End it.  Further parameters as for rest_call_write_next(). */
void rest_call_close_page(struct rest_json *j, bool more, const char *list, uint64_t n,
                          const char *key);

#endif
