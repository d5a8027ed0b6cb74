/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/api_field.c  JSON from outside to a struct, by a table of fields
 */
#include "mcu/api/api_field.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "mcu/api/api_json.h"
#include "mcu/api/api_text.h"

enum { KEY_SHOWN = 64 /* of a name in a reason [bytes] */, WHAT_SIZE = 160 };

/** Where we are, and where to say what is wrong. */
struct place {
    const char *pointer, *key;
    bool strict;
    char *why;
    size_t size;
};

static int wrong(const struct place *at, const char *what)
{
    (void)snprintf(at->why, at->size, "%s/%.*s: %s", at->pointer, KEY_SHOWN, at->key, what);
    return -EBADMSG;
}

static int wrong_range(const struct place *at, const struct api_field *f, const char *unit)
{
    char what[WHAT_SIZE];

    (void)snprintf(what, sizeof(what), "must be %" PRIu64 " to %" PRIu64 "%s", f->min, f->max,
                   unit);
    return wrong(at, what);
}

static int read_flag(struct api_flag *ret, const json_t *value, const struct place *at)
{
    if (!json_is_boolean(value))
        return wrong(at, "must be true or false");
    *ret = (struct api_flag){true, json_is_true(value)};
    return 0;
}

static bool is_word(const char *text)
{
    while (*text > ' ' && *text <= '~')
        ++text;
    return *text == '\0';
}

static int read_string(struct api_string *ret, const struct api_field *f, const json_t *value,
                       const struct place *at)
{
    if (!json_is_string(value))
        return wrong(at, "must be a string");
    *ret = (struct api_string){json_string_value(value), json_string_length(value), true};
    if (strlen(ret->text) != ret->len)
        return wrong(at, "must not contain NUL");
    if (ret->len < f->min || ret->len > f->max)
        return wrong_range(at, f, " bytes");
    if (f->type == API_FIELD_WORD && !is_word(ret->text))
        return wrong(at, "must be ASCII without spaces");
    if (f->type == API_FIELD_DIGITS && ret->text[strspn(ret->text, "0123456789")])
        return wrong(at, "must be digits");
    return 0;
}

static int read_name(char *ret, const json_t *value, const struct place *at)
{
    if (!json_is_string(value))
        return wrong(at, "must be a string");
    switch (api_text_clean_name(ret, json_string_value(value), json_string_length(value))) {
    case 0:
        return 0;
    case -ENODATA:
        return wrong(at, "must not be empty");
    case -E2BIG:
        return wrong(at, "must have at most 64 characters");
    default:
        return wrong(at, "must be UTF-8");
    }
}

static int read_room(char *ret, const json_t *value, const struct place *at)
{
    if (!json_is_string(value) ||
        api_text_clean_room(ret, json_string_value(value), json_string_length(value)) != 0)
        return wrong(at, "must be 1 to 64 of a-z 0-9 . _ -, first a letter or digit");
    return 0;
}

static int read_uint(struct api_number *ret, const struct api_field *f, const json_t *value,
                     const struct place *at)
{
    if (!json_is_integer(value))
        return wrong(at, "must be a whole number");
    if (json_integer_value(value) < 0 || (uint64_t)json_integer_value(value) < f->min ||
        (uint64_t)json_integer_value(value) > f->max)
        return wrong_range(at, f, "");
    *ret = (struct api_number){true, (uint64_t)json_integer_value(value)};
    return 0;
}

/* "Z" or an offset; and nothing behind it. */
static bool read_offset(const char *text, long *ret_s)
{
    unsigned h, m;
    int n = 0;

    *ret_s = 0;
    if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
        return true;
    if ((*text != '+' && *text != '-') || sscanf(text + 1, "%2u:%2u%n", &h, &m, &n) != 2 ||
        n != 5 || text[6] || h > 23 || m > 59)
        return false;
    *ret_s = (long)(h * 3600 + m * 60) * (*text == '-' ? -1 : 1);
    return true;
}

uint64_t api_field_time(const char *text)
{
    struct tm tm = {0};
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
    uint64_t us = 0, digit = 100000;
    long offset_s;
    time_t s;
    int day;

    if (!rest || strlen(text) < 20 || text[4] != '-')
        return 0;
    if (*rest == '.') {
        for (++rest; *rest >= '0' && *rest <= '9'; ++rest, digit /= 10)
            us += (uint64_t)(*rest - '0') * digit;
    }
    if (!read_offset(rest, &offset_s))
        return 0;
    day = tm.tm_mday;
    s = timegm(&tm) - offset_s;
    if (tm.tm_mday != day) /* 30 February was made another day */
        return 0;
    return s <= 0 ? 0 : (uint64_t)s * 1000000 + us;
}

static int read_time(struct api_number *ret, const json_t *value, const struct place *at)
{
    *ret = (struct api_number){true, 0};
    if (json_is_null(value))
        return 0;
    ret->n = json_is_string(value) ? api_field_time(json_string_value(value)) : 0;
    return ret->n ? 0 : wrong(at, "must be a time as 2026-11-28T10:00:00Z");
}

static int read_choice(struct api_choice *ret, const struct api_field *f, const json_t *value,
                       const struct place *at)
{
    char what[WHAT_SIZE] = "must be one of";
    size_t n;

    for (unsigned i = 0; f->names[i]; ++i) {
        if (json_is_string(value) && strcmp(f->names[i], json_string_value(value)) == 0) {
            *ret = (struct api_choice){true, i};
            return 0;
        }
        n = strlen(what);
        (void)snprintf(what + n, sizeof(what) - n, "%s %s", i ? "," : "", f->names[i]);
    }
    return wrong(at, what);
}

static int read_list(struct api_list *ret, const struct api_field *f, const json_t *value,
                     const struct place *at)
{
    if (!json_is_array(value))
        return wrong(at, "must be a list");
    if (json_array_size(value) < f->min || json_array_size(value) > f->max)
        return wrong_range(at, f, " items");
    for (size_t i = 0; i < json_array_size(value); ++i) {
        const json_t *item = json_array_get(value, i);

        if (!json_is_string(item) || json_string_length(item) < 1 ||
            json_string_length(item) > API_FIELD_ITEM_MAX || !is_word(json_string_value(item)) ||
            strlen(json_string_value(item)) != json_string_length(item))
            return wrong(at, "must be a list of words");
    }
    *ret = (struct api_list){true, (unsigned)json_array_size(value), value};
    return 0;
}

static int read_one(void *ret, const struct api_field *f, const json_t *value,
                    const struct place *at)
{
    void *to = (char *)ret + f->offset;
    char pointer[WHAT_SIZE];

    switch (f->type) {
    case API_FIELD_FLAG:
        return read_flag(to, value, at);
    case API_FIELD_TEXT:
    case API_FIELD_WORD:
    case API_FIELD_DIGITS:
        return read_string(to, f, value, at);
    case API_FIELD_NAME:
        return read_name(to, value, at);
    case API_FIELD_ROOM:
        return read_room(to, value, at);
    case API_FIELD_UINT:
        return read_uint(to, f, value, at);
    case API_FIELD_TIME:
        return read_time(to, value, at);
    case API_FIELD_CHOICE:
        return read_choice(to, f, value, at);
    case API_FIELD_LIST:
        return read_list(to, f, value, at);
    case API_FIELD_OBJECT:
        (void)snprintf(pointer, sizeof(pointer), "%s/%s", at->pointer, f->key);
        return api_field_read(ret, f->fields, value, at->strict, pointer, at->why, at->size);
    case API_FIELD_JSON:
        *(struct api_json *)to = (struct api_json){value};
        return 0;
    }
    return 0;
}

static const struct api_field *find(const struct api_field *fields, const char *key)
{
    while (fields->key && strcmp(fields->key, key) != 0)
        ++fields;
    return fields->key ? fields : NULL;
}

/* So that readers need not ask whether one was given. */
static void empty_strings(void *ret, const struct api_field *fields)
{
    for (const struct api_field *f = fields; f->key; ++f) {
        if (f->type == API_FIELD_TEXT || f->type == API_FIELD_WORD || f->type == API_FIELD_DIGITS)
            ((struct api_string *)((char *)ret + f->offset))->text = "";
        else if (f->type == API_FIELD_OBJECT)
            empty_strings(ret, f->fields);
    }
}

int api_field_read(void *ret, const struct api_field *fields, const struct json_t *object,
                   bool strict, const char *pointer, char *why, size_t why_size)
{
    struct place at = {
        .pointer = pointer, .key = "", .strict = strict, .why = why, .size = why_size};

    empty_strings(ret, fields);
    if (!json_is_object(object)) {
        (void)snprintf(why, why_size, "%s: must be an object", *pointer ? pointer : "/");
        return -EBADMSG;
    }
    for (void *it = json_object_iter((json_t *)(uintptr_t)object); strict && it;
         it = json_object_iter_next((json_t *)(uintptr_t)object, it)) {
        at.key = json_object_iter_key(it);
        if (!find(fields, at.key))
            return wrong(&at, "not known");
    }
    for (const struct api_field *f = fields; f->key; ++f) {
        const json_t *value = json_object_get(object, f->key);
        int err;

        at.key = f->key;
        if (!value && f->required)
            return wrong(&at, "missing");
        err = value ? read_one(ret, f, value, &at) : 0;
        if (err)
            return err;
    }
    return 0;
}

const char *api_field_item(const struct api_list *list, unsigned i)
{
    return json_string_value(json_array_get(list->json, i));
}

int api_field_parse(struct json_t **ret_root, const char *text, size_t len, unsigned depth,
                    char *why, size_t why_size)
{
    json_error_t error;

    *ret_root = NULL;
    if (api_json_is_too_deep(text, len, depth)) {
        (void)snprintf(why, why_size, "/: nested too deeply");
        return -EBADMSG;
    }
    *ret_root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
    if (*ret_root)
        return 0;
    if (json_error_code(&error) == json_error_out_of_memory)
        return -ENOMEM;
    (void)snprintf(why, why_size, "/: not JSON: byte %d", error.position);
    return -EBADMSG;
}

struct json_t *api_field_free(struct json_t *root)
{
    json_decref(root);
    return NULL;
}
