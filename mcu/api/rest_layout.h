/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_layout.h  /api/v1/rooms/{r}/layout and /api/v1/layouts: how rooms look, and
 * could
 *
 * Threads: control only; a preview and a check are work for rest_job.h.
 */
#ifndef MCU_API_REST_LAYOUT_H
#define MCU_API_REST_LAYOUT_H

#include <stddef.h>

struct rest_body_look;
struct rest_call;
struct rest_json;
struct room;

/**
 * Have a room look as a body says: all of it or nothing.
 * @param why  Gets what is not known: a participant (-ESRCH) or a layout (-ENOENT)
 * @return 0, -ESRCH, -ENOENT, -ENOMEM, -ENOSPC
 */
int rest_layout_apply(struct room *room, const struct rest_body_look *to, char *why,
                      size_t why_size);

/** How a room looks. */
void rest_layout_get(const struct rest_call *call);
/** Change some of it; all or nothing. */
void rest_layout_put(const struct rest_call *call);

/** Names of all layouts, ladders and aliases. */
void rest_layout_list(const struct rest_call *call);

/** How a room looks, as an object. */
void rest_layout_write(struct rest_json *json, const char *key, const struct room *room);

#endif
