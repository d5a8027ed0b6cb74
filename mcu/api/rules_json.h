/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rules_json.h  Rules of a room as JSON: policies of meetings, what clients are told
 *
 *     {"lobby":"guests","locked":false,"wait_for_host":true,"members_only":false,
 *      "max_participants":25,"guests_can":{"speak":true,"show":true,"share":false,"chat":true,
 *      "chat_private":true,"react":true,"hand":true},"share_takeover":"host","chat_history":100,
 *      "history_for":"members","first_is_host":false,"ends_with_host":true}
 *
 * Title and PINs are not among them: those are fields of a meeting.
 *
 * Threads: any; no state.
 */
#ifndef MCU_API_RULES_JSON_H
#define MCU_API_RULES_JSON_H

#include <stdbool.h>
#include <stddef.h>

struct json_t;
struct rest_json;
struct room_rules;

enum { RULES_JSON_WHY_SIZE = 200, RULES_JSON_MAX = 8192 /**< Longest text [bytes] */ };

/**
 * Read rules over others; what is not given stays.  A field that is not known is an error.
 * @param text  "" = nothing is given
 * @param why   Gets what is wrong, as "/lobby: must be one of off, guests, all"
 * @return 0, -EBADMSG, -ENOMEM; nothing is changed then
 */
int rules_json_read(struct room_rules *rules, const char *text, size_t len, char *why,
                    size_t why_size);

/** The same from a tree.  @param pointer of it, as "/policy" */
int rules_json_read_tree(struct room_rules *rules, const struct json_t *tree, const char *pointer,
                         char *why, size_t why_size);

/** May this be the policy of a meeting?  As rules_json_read_tree(). */
int rules_json_check(const struct json_t *tree, const char *pointer, char *why, size_t why_size);

/** Write the fields into an object that is open.  @param host  With the PINs themselves, not only
 * whether there are any */
void rules_json_write(struct rest_json *j, const struct room_rules *rules, bool host);

#endif
