/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_idem.h  Calls that wait before they run: for an Idempotency-Key, or for whose
 * meeting it is
 *
 *     rest_idem_run(): claim --> new: the handler runs, and its answer is stored
 *                          '--> done: the stored answer;  in flight: 409;  another request: 422
 *     rest_idem_run_if_owner(): meeting of the room --> his: the handler runs;  else 403
 *
 * A key counts for a route and a caller, see store_idem.h.  Only what succeeds is stored, and is
 * answered when it is; after an error the key is free again, so that the request may be sent anew.
 *
 * Threads: control only.
 */
#ifndef MCU_API_REST_IDEM_H
#define MCU_API_REST_IDEM_H

#include <stdbool.h>

struct rest_call;
struct rest_route;
struct rest_ticket;
struct web_server_answer;

/** Run the handler of a route; after its key was claimed if there is one and the route creates. */
void rest_idem_run(const struct rest_call *call, const struct rest_route *route);

/** The same if the caller owns the meeting of the room that the path names. */
void rest_idem_run_if_owner(const struct rest_call *call, const struct rest_route *route);

/**
 * For rest_reply.c: store an answer, whose body ends with a NUL, if its ticket has a claim.
 * @return true: it was copied, and rest_reply_send() is called when it is stored; false: send it
 */
bool rest_idem_keep(const struct rest_ticket *ticket, const struct web_server_answer *answer);

#endif
