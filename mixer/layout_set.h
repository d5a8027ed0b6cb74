/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/layout_set.h  All layouts that rooms may use, by name; ladders that choose one by
 * head count
 *
 *     "auto" --alias--> "grid" --ladder--> 5 heads: "3x2", 17 heads: "5x4", content: "content-side"
 *
 * A ladder has up to four branches: somebody shares content or not, on a landscape or a portrait
 * canvas.  A branch without rungs gives way to: the landscape one, then the one without content,
 * then both.
 *
 * Threads:   filled by one; then any, because immutable.
 * Ownership: counted.  Background images belong to it.
 */
#ifndef MIXER_LAYOUT_SET_H
#define MIXER_LAYOUT_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/base/ref.h"
#include "mixer/layout.h"

enum {
    LAYOUT_SET_LAYOUTS_MAX = 512,
    LAYOUT_SET_LADDERS_MAX = 128,
    LAYOUT_SET_ALIASES_MAX = 512,
    LAYOUT_SET_RUNGS_MAX = 32, /**< Of one branch */
};

struct layout_rung {
    uint16_t max;                  /**< Up to so many heads */
    char layout[LAYOUT_NAME_SIZE]; /**< A layout, or an alias of one */
};

enum layout_branch {
    LAYOUT_BRANCH_PLAIN,
    LAYOUT_BRANCH_CONTENT,
    LAYOUT_BRANCH_PORTRAIT,
    LAYOUT_BRANCH_PORTRAIT_CONTENT,
    LAYOUT_BRANCH_COUNT
};

struct layout_ladder {
    char name[LAYOUT_NAME_SIZE];
    unsigned nrungs[LAYOUT_BRANCH_COUNT];
    struct layout_rung rung[LAYOUT_BRANCH_COUNT]
                           [LAYOUT_SET_RUNGS_MAX]; /**< By growing max; above the last: the last */
};

struct layout_alias {
    char name[LAYOUT_NAME_SIZE], target[LAYOUT_NAME_SIZE];
};

/** Read freely, change only through the functions, and not once others have it. */
struct layout_set {
    struct ref ref;
    unsigned nlayouts, nladders, naliases;
    struct layout_spec *layout; /**< In order of definition */
    struct layout_ladder *ladder;
    struct layout_alias *alias;
};

/** Create an empty set with one reference.  @return 0, -ENOMEM */
int layout_set_new(struct layout_set **ret_set);
/**
 * Create a set with equal grids and the ladder "auto" of them, transposed on a portrait canvas:
 *
 *     1x1, 2x1, 2x2, 3x2, 3x3, 4x3, 4x4, 5x4, 5x5, 6x5, 6x6, 7x6, 7x7
 *
 * @return 0, -ENOMEM
 */
int layout_set_default(struct layout_set **ret_set);
struct layout_set *layout_set_ref(struct layout_set *set);
/** Drop a reference.  NULL is allowed.  Returns NULL. */
struct layout_set *layout_set_unref(struct layout_set *set);

/**
 * Add a copy, or replace the layout, ladder or alias of that name (one name means one thing).
 * A reference to the image is taken.
 * @return 0, -EINVAL (a name is empty or too long; ntiles, nrungs), -ENOSPC, -ENOMEM
 */
int layout_set_put(struct layout_set *set, const struct layout_spec *spec);
int layout_set_put_ladder(struct layout_set *set, const struct layout_ladder *ladder);
int layout_set_put_alias(struct layout_set *set, const char *name, const char *target);

/** Layout of a name, through aliases (at most 16 of them: a circle ends); NULL if there is none. */
const struct layout_spec *layout_set_layout(const struct layout_set *set, const char *name);
/** Ladder of a name, as layout_set_layout(). */
const struct layout_ladder *layout_set_ladder(const struct layout_set *set, const char *name);
/** Is it a layout, a ladder, or an alias of one? */
bool layout_set_has(const struct layout_set *set, const char *name);

/** Do two sets hold the same, in the same order?  Background images are compared pixel by pixel. */
bool layout_set_equal(const struct layout_set *a, const struct layout_set *b);

/**
 * The layout for a name and an occasion.
 *
 * @param name      Layout, ladder or alias
 * @param heads     To be seated, without content
 * @return NULL if there is none of that name (or a rung names nothing)
 */
const struct layout_spec *layout_set_choose(const struct layout_set *set, const char *name,
                                            unsigned heads, bool content, bool portrait);

#endif
