/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_json.c  Writes JSON for the REST API, one value after the other
 */
#include "mcu/api/rest_json.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mcu/api/api_text.h"

enum { SIZE_MIN = 512 };

/** Make room for @p n more bytes and a NUL.  @return false if there is none */
static bool reserve(struct rest_json *json, size_t n)
{
    size_t size = json->size ? json->size : SIZE_MIN;
    char *text;

    if (json->failed)
        return false;
    if (n < json->size - json->len)
        return true;
    while (size <= json->len + n && size <= REST_JSON_SIZE_MAX)
        size *= 2;
    text = size <= REST_JSON_SIZE_MAX ? realloc(json->text, size) : NULL;
    if (!text) {
        json->failed = true;
        return false;
    }
    json->text = text;
    json->size = size;
    return true;
}

static void put(struct rest_json *json, const char *text, size_t len)
{
    if (!reserve(json, len))
        return;
    memcpy(json->text + json->len, text, len);
    json->len += len;
    json->text[json->len] = '\0';
}

static void put_text(struct rest_json *json, const char *text)
{
    put(json, text, strlen(text));
}

static void put_escaped(struct rest_json *json, unsigned char c)
{
    char text[8];

    if (c == '"' || c == '\\')
        (void)snprintf(text, sizeof(text), "\\%c", c);
    else if (c < 0x20 || c == 0x7f)
        (void)snprintf(text, sizeof(text), "\\u%04x", c);
    else
        (void)snprintf(text, sizeof(text), "%c", c);
    put_text(json, text);
}

static void put_quoted(struct rest_json *json, const char *value, size_t len)
{
    const char *end = value + len;

    put(json, "\"", 1);
    while (value < end && !json->failed) {
        size_t n = api_text_char(value, (size_t)(end - value));

        if (n == 0)
            put_text(json, "\xef\xbf\xbd"); /* U+FFFD */
        else if (n == 1)
            put_escaped(json, (unsigned char)*value);
        else
            put(json, value, n);
        value += n ? n : 1;
    }
    put(json, "\"", 1);
}

/** What goes before a value: comma and key. */
static void begin(struct rest_json *json, const char *key)
{
    if (json->comma)
        put(json, ",", 1);
    json->comma = true;
    if (key) {
        put_quoted(json, key, strlen(key));
        put(json, ":", 1);
    }
}

void rest_json_init(struct rest_json *json)
{
    memset(json, 0, sizeof(*json));
}

void rest_json_finish(struct rest_json *json)
{
    free(json->text);
    memset(json, 0, sizeof(*json));
}

void rest_json_open(struct rest_json *json, const char *key, char kind)
{
    assert(json->depth < REST_JSON_DEPTH_MAX);
    begin(json, key);
    put(json, &kind, 1);
    json->close[json->depth++] = kind == '{' ? '}' : ']';
    json->comma = false;
}

void rest_json_close(struct rest_json *json)
{
    assert(json->depth > 0);
    put(json, &json->close[--json->depth], 1);
    json->comma = true;
}

void rest_json_string(struct rest_json *json, const char *key, const char *value)
{
    if (value)
        rest_json_stringn(json, key, value, strlen(value));
    else
        rest_json_null(json, key);
}

void rest_json_stringn(struct rest_json *json, const char *key, const char *value, size_t len)
{
    begin(json, key);
    put_quoted(json, value, len);
}

void rest_json_int(struct rest_json *json, const char *key, int64_t value)
{
    char text[24];

    (void)snprintf(text, sizeof(text), "%" PRId64, value);
    begin(json, key);
    put_text(json, text);
}

void rest_json_real(struct rest_json *json, const char *key, double value)
{
    char text[64];

    if (!isfinite(value) || fabs(value) > 1e15) {
        rest_json_null(json, key);
        return;
    }
    (void)snprintf(text, sizeof(text), "%.3f", value);
    begin(json, key);
    put_text(json, text);
}

void rest_json_bool(struct rest_json *json, const char *key, bool value)
{
    begin(json, key);
    put_text(json, value ? "true" : "false");
}

void rest_json_null(struct rest_json *json, const char *key)
{
    begin(json, key);
    put_text(json, "null");
}

void rest_json_raw(struct rest_json *json, const char *key, const char *text)
{
    begin(json, key);
    put_text(json, text[0] ? text : "null");
}

void rest_json_time(struct rest_json *json, const char *key, uint64_t wall_us)
{
    time_t seconds = (time_t)(wall_us / 1000000);
    struct tm tm;
    char text[64];
    size_t n;

    if (wall_us == 0 || !gmtime_r(&seconds, &tm)) {
        rest_json_null(json, key);
        return;
    }
    n = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
    (void)snprintf(text + n, sizeof(text) - n, ".%03uZ", (unsigned)(wall_us / 1000 % 1000));
    rest_json_string(json, key, text);
}

const char *rest_json_text(struct rest_json *json, size_t *ret_len)
{
    if (json->failed || json->depth > 0 || !json->text)
        return NULL;
    if (ret_len)
        *ret_len = json->len;
    return json->text;
}

char *rest_json_take(struct rest_json *json)
{
    char *text = json->failed || json->depth > 0 ? NULL : json->text;

    if (text)
        json->text = NULL;
    rest_json_finish(json);
    return text;
}
