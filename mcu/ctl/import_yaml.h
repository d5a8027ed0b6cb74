/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/import_yaml.h  Writes layouts of another system as a layout file of ours
 *
 *     foreign file --> import_freeswitch.c --> struct import_layout, import_group --> YAML
 *
 * What has no equivalent here is kept as a comment beside the layout or tile that had it.
 *
 * Threads: any; no state.
 */
#ifndef MCU_CTL_IMPORT_YAML_H
#define MCU_CTL_IMPORT_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
    IMPORT_YAML_NAME_SIZE = 64, /**< As LAYOUT_NAME_SIZE */
    IMPORT_YAML_NOTE_SIZE = 192,
    IMPORT_YAML_TILES_MAX = 64,
    IMPORT_YAML_MEMBERS_MAX = 32, /**< As LAYOUT_SET_RUNGS_MAX */
};

enum import_yaml_role {
    IMPORT_YAML_ANY,
    IMPORT_YAML_SPEAKER,
    IMPORT_YAML_CONTENT,
    IMPORT_YAML_RESERVED,
};

struct import_yaml_tile {
    unsigned x, y, w, h; /**< In parts of @ref import_yaml_layout.grid; w and h are not 0 */
    enum import_yaml_role role;
    char seat[IMPORT_YAML_NAME_SIZE]; /**< RESERVED: name of the seat */
    bool cover;                       /**< Cut to fill the tile */
    bool hide;                        /**< Nothing is drawn when nobody sits there */
    bool above;                       /**< Lies on others */
    char note[IMPORT_YAML_NOTE_SIZE]; /**< Becomes a comment, cut to fit */
};

struct import_yaml_layout {
    char name[IMPORT_YAML_NAME_SIZE];
    unsigned grid; /**< Parts of the canvas' width, and of its height */
    unsigned ntiles;
    struct import_yaml_tile tile[IMPORT_YAML_TILES_MAX];
    char note[IMPORT_YAML_NOTE_SIZE];
};

/** Layouts of which the first one that has seats for all is used. */
struct import_yaml_group {
    char name[IMPORT_YAML_NAME_SIZE];
    unsigned nmembers;
    struct {
        char layout[IMPORT_YAML_NAME_SIZE];
        unsigned seats; /**< Heads that it seats, see import_yaml_seats() */
    } member[IMPORT_YAML_MEMBERS_MAX];
};

/**
 * Make a name that our files allow: other characters become '-'.
 * @return bytes that were replaced, or -1 (empty, or longer than IMPORT_YAML_NAME_SIZE - 1 bytes)
 */
int import_yaml_name(char ret_name[IMPORT_YAML_NAME_SIZE], const char *name);

/** Append to a note: "; " between parts, cut at its end; what could end a comment becomes '?'. */
void import_yaml_note(char note[IMPORT_YAML_NOTE_SIZE], const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/** Tiles that anybody may come to sit in. */
unsigned import_yaml_seats(const struct import_yaml_layout *layout);

#define IMPORT_YAML_LEAST "64x36 pixels on 1280x720" /**< A smaller tile does not load */

/** Would the tile load? */
bool import_yaml_is_large_enough(const struct import_yaml_tile *tile, unsigned grid);

/** Write an entry of "layouts:". */
void import_yaml_put_layout(FILE *out, const struct import_yaml_layout *layout);
/** Write an entry of "ladders:"; members that seat no more than a smaller one become a comment. */
void import_yaml_put_group(FILE *out, const struct import_yaml_group *group);

#endif
