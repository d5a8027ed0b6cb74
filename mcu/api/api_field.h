/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/api_field.h  JSON from outside to a struct, by a table of fields
 *
 *     static const struct api_field fields[] = {
 *         API_FIELD("text", TEXT, struct chat, text, .required = true, .min = 1, .max = 8000),
 *         API_FIELD("to", WORD, struct chat, to, .min = 1, .max = 31),
 *         {.key = NULL},
 *     };
 *
 * Reads objects that a client or a program sends (operators' older ones: rest_body.h): types,
 * lengths, what is needed, and what is wrong as a JSON pointer with words, as "/d/text: missing".
 *
 * Threads:   any.
 * Ownership: strings and lists point into the JSON tree and live as long as it.
 */
#ifndef MCU_API_API_FIELD_H
#define MCU_API_API_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_t;

enum api_field_type {
    API_FIELD_FLAG,   /**< struct api_flag: true or false */
    API_FIELD_TEXT,   /**< struct api_string: UTF-8 of min to max bytes, without NUL */
    API_FIELD_WORD,   /**< struct api_string: the same, printable ASCII without spaces */
    API_FIELD_DIGITS, /**< struct api_string: the same, 0-9 */
    API_FIELD_NAME,   /**< char[API_TEXT_NAME_SIZE]: a display name, cleaned; "" = not given */
    API_FIELD_ROOM,   /**< char[API_TEXT_ROOM_SIZE]: a room's name, cleaned; "" = not given */
    API_FIELD_UINT,   /**< struct api_number: min to max */
    API_FIELD_TIME,   /**< struct api_number: RFC 3339 text, since 1970 [us]; null is 0 */
    API_FIELD_CHOICE, /**< struct api_choice: one of names */
    API_FIELD_LIST,   /**< struct api_list: min to max words of at most API_FIELD_ITEM_MAX bytes */
    API_FIELD_OBJECT, /**< The fields of a table, in the same struct */
    API_FIELD_JSON,   /**< struct api_json: any value; for somebody who reads on */
};

enum { API_FIELD_ITEM_MAX = 256 /**< Longest item of a list [bytes] */ };

struct api_flag {
    bool given, on;
};

struct api_string {
    const char *text; /**< NUL-terminated; "" = not given */
    size_t len;       /**< [bytes] */
    bool given;
};

struct api_number {
    bool given;
    uint64_t n;
};

struct api_choice {
    bool given;
    unsigned index; /**< In names */
};

struct api_list {
    bool given;
    unsigned n;
    const struct json_t *json; /**< For api_field_item() */
};

struct api_json {
    const struct json_t *json; /**< NULL = not given */
};

/** A row; a table ends with a NULL key. */
struct api_field {
    const char *key;
    enum api_field_type type;
    bool required;
    size_t offset;                  /**< Of the field in the struct [bytes] */
    uint64_t min, max;              /**< By type */
    const char *const *names;       /**< CHOICE; ends with NULL */
    const struct api_field *fields; /**< OBJECT */
};

/** A row: key, type, struct, field of it, and what else there is to say of it, at least min. */
#define API_FIELD(key_, type_, struct_, field_, ...)                                               \
    {                                                                                              \
        .key = (key_), .type = API_FIELD_##type_, .offset = offsetof(struct_, field_), __VA_ARGS__ \
    }

/**
 * Read an object.
 *
 * @param ret      The struct; zeroed before; fields that are not given stay so
 * @param strict   A key that is not in the table is an error
 * @param pointer  Of the object, as "/d"; "" for the whole
 * @param why      Gets what is wrong
 *
 * @return 0, -EBADMSG
 */
int api_field_read(void *ret, const struct api_field *fields, const struct json_t *object,
                   bool strict, const char *pointer, char *why, size_t why_size);

/** Item of a list, which is a word.  @param i less than list->n */
const char *api_field_item(const struct api_list *list, unsigned i);

/**
 * Parse text into a tree: one value, no key twice, nesting up to @p depth.
 *
 * @param ret_root  For api_field_free(); NULL after an error
 *
 * @return 0, -EBADMSG, -ENOMEM
 */
int api_field_parse(struct json_t **ret_root, const char *text, size_t len, unsigned depth,
                    char *why, size_t why_size);

/** Read RFC 3339 text, as "2026-11-28T10:00:00+01:00".
 *  @return since 1970 [us], 0: it is none, or before 1970 or after 9999 */
uint64_t api_field_time(const char *text);

/** NULL is allowed.  Returns NULL. */
struct json_t *api_field_free(struct json_t *root);

#endif
