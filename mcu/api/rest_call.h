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

#include "mcu/api/rest_body.h"
#include "mcu/api/rest_reply.h"

struct participant;
struct room;
struct web_server_request;

struct rest_call {
    struct rest_ticket ticket;
    const char *param[2]; /**< Segments of the path that are in braces, "" if none */
    const struct web_server_request *request;
};

/** The room that the first segment in braces names. */
struct room *rest_call_room(const struct rest_call *call);
/** The participant of the second one, in the room of the first. */
struct participant *rest_call_participant(const struct rest_call *call);
/** Read the body.  @return false: it was wrong */
bool rest_call_body(const struct rest_call *call, enum rest_body_kind kind, struct rest_body *ret);
/** Are these all the parameters of the query?  @param names ends with NULL */
bool rest_call_query(const struct rest_call *call, const char *const *names);

#endif
