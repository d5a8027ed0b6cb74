/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_json.h  Writes JSON for the REST API, one value after the other
 *
 *     struct rest_json j;
 *
 *     rest_json_init(&j);
 *     rest_json_open(&j, NULL, '{');
 *     rest_json_string(&j, "name", "demo");     {"name":"demo","tiles":[1,2]}
 *     rest_json_open(&j, "tiles", '[');
 *     rest_json_int(&j, NULL, 1);
 *     ...
 *
 * Several files write parts of one answer, and lists may be long, so this appends text and
 * keeps no tree.  Strings may hold anything: what is not UTF-8 becomes U+FFFD and control
 * characters are escaped.  No memory: the rest is ignored and rest_json_text() is NULL.
 *
 * Threads: any; one at a time.
 */
#ifndef MCU_API_REST_JSON_H
#define MCU_API_REST_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    REST_JSON_DEPTH_MAX = 16,         /**< Deepest nesting [levels] */
    REST_JSON_SIZE_MAX = 8 * 1048576, /**< Longest text; more is as no memory [bytes] */
};

/** Fields are for rest_json.c only. */
struct rest_json {
    char *text;
    size_t len, size;
    unsigned depth;
    char close[REST_JSON_DEPTH_MAX];
    bool comma; /**< The next value is not the first one of its list or object */
    bool failed;
};

void rest_json_init(struct rest_json *json);
/** Free the text. */
void rest_json_finish(struct rest_json *json);

/** Begin an object '{' or a list '['.  @param key NULL in a list and for the whole */
void rest_json_open(struct rest_json *json, const char *key, char kind);
void rest_json_close(struct rest_json *json);

/** @param value NULL is null */
void rest_json_string(struct rest_json *json, const char *key, const char *value);
void rest_json_stringn(struct rest_json *json, const char *key, const char *value, size_t len);
void rest_json_int(struct rest_json *json, const char *key, int64_t value);
/** With three digits after the point; what is no number is null. */
void rest_json_real(struct rest_json *json, const char *key, double value);
void rest_json_bool(struct rest_json *json, const char *key, bool value);
void rest_json_null(struct rest_json *json, const char *key);
/** A value that is JSON text already, of ours; "" is null. */
void rest_json_raw(struct rest_json *json, const char *key, const char *text);
/** A point in time as RFC 3339 with milliseconds, in UTC.  @param wall_us since 1970; 0 is null */
void rest_json_time(struct rest_json *json, const char *key, uint64_t wall_us);

/** What was written, for the caller to free(); NULL as with rest_json_text().  Finishes. */
char *rest_json_take(struct rest_json *json);

/** What was written, valid until the next call; NULL if memory was short or something is open. */
const char *rest_json_text(struct rest_json *json, size_t *ret_len);

#endif
