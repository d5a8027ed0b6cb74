/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_table.h  One row for each key: all that is known about it
 *
 * Reader, printer, command line, comparison and documentation all work from
 * this table, so a new key is a field in struct config and a row here.
 *
 * Threads: any, constant.
 */
#ifndef MCU_CONFIG_CONFIG_TABLE_H
#define MCU_CONFIG_CONFIG_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcu/config/config.h"

enum { CONFIG_TABLE_ROWS_MAX = 192, CONFIG_TABLE_PATH_MAX = 64 /**< A key with its sections */ };

/** Type of a key and of its field. */
enum config_type {
    CONFIG_TYPE_BOOL,     /**< bool */
    CONFIG_TYPE_UINT,     /**< uint32_t */
    CONFIG_TYPE_DURATION, /**< uint32_t [ms], as "500ms", "20s", "2m", "1h" */
    CONFIG_TYPE_SIZE,     /**< uint32_t [bytes], as "64K", "4M" */
    CONFIG_TYPE_BITRATE,  /**< uint32_t [bit/s], as "40k", "1.5M" */
    CONFIG_TYPE_COLOR,    /**< uint32_t 0xRRGGBB, as "#rrggbb" */
    CONFIG_TYPE_ENUM,     /**< An enum whose values are the indices of names */
    CONFIG_TYPE_STRING,   /**< char[] */
    CONFIG_TYPE_FILE,     /**< char[], a file or folder */
    CONFIG_TYPE_ADDR,     /**< char[], numeric IPv4 or IPv6 address or "" */
    CONFIG_TYPE_ADDRS,    /**< struct config_addrs */
    CONFIG_TYPE_STRINGS,  /**< struct config_strings */
};

struct config_row {
    const char *path; /**< "section.key"; rows of a section stand together */
    enum config_type type;
    enum config_reload reload;
    const char *def;          /**< Default, as config_value_write() writes it; "" for no items */
    uint32_t min, max;        /**< UINT, DURATION, SIZE, BITRATE; inclusive */
    uint32_t step;            /**< Value must be a multiple of it; 0 = any */
    const char *const *names; /**< ENUM, ends with NULL */
    bool secret;              /**< Never printed */
    size_t offset, size;      /**< Field in the struct [bytes] */
    const char *help;         /**< One sentence */
};

struct config_table {
    const struct config_row *row;
    unsigned n; /**< At most CONFIG_TABLE_ROWS_MAX */
};

/** The rows of struct config. */
extern const struct config_table config_table_all;

/** Row of a key, or NULL.  @param len length of path, which need not end there [bytes] */
const struct config_row *config_table_find(const struct config_table *table, const char *path,
                                           size_t len);

/** First row of a section, or NULL. */
const struct config_row *config_table_section(const struct config_table *table, const char *path);

/**
 * What may have been meant by an unknown key or section?
 *
 * @param ret_path  CONFIG_TABLE_PATH_MAX bytes; "" if nothing is alike
 *
 * @return true if there is a suggestion
 */
bool config_table_suggest(const struct config_table *table, const char *path, char *ret_path);

/**
 * Number of single-character edits between words, neighbours that changed places being one; each
 * word is cut at 63 bytes.
 */
unsigned config_table_distance(const char *a, const char *b);

/** Most edits after which a word may still be meant by another one. */
unsigned config_table_near(const char *word);

#endif
