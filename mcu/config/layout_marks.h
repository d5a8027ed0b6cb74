/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/layout_marks.h  Where layouts, ladders and aliases were defined; what they
 * require of one another
 *
 * A ladder names layouts and an alias a target that may stand in another file, so they
 * are checked once everything is read, and the errors name the place of the definition.
 *
 * Threads: any; no state.
 */
#ifndef MCU_CONFIG_LAYOUT_MARKS_H
#define MCU_CONFIG_LAYOUT_MARKS_H

#include <stdbool.h>

#include "mixer/layout_set.h"

struct config_errors;
struct config_node;

enum { LAYOUT_MARKS_MAX = 2048 /**< Names, also those of broken definitions */ };

struct layout_place {
    unsigned line, column;
};

struct layout_mark {
    char name[LAYOUT_NAME_SIZE];
    const char *file; /**< Name of the file; equal pointers are one file */
    struct layout_place at;
    bool broken; /**< Has errors of its own, so it is not in the set */
    struct layout_place rung[LAYOUT_BRANCH_COUNT][LAYOUT_SET_RUNGS_MAX]; /**< Of a ladder */
};

/** Zero it before the first use. */
struct layout_marks {
    unsigned n;
    struct layout_mark **mark;
};

/** Mark of a name, or NULL. */
struct layout_mark *layout_marks_find(const struct layout_marks *marks, const char *name);

/** Mark of a name, made if need be.  @return NULL if there are too many, or no memory */
struct layout_mark *layout_marks_ensure(struct layout_marks *marks, const char *name);

/**
 * Check ladders and aliases that have a mark: rungs and targets exist, there is a plain branch,
 * rungs have seats for their heads, no circle.
 *
 * @return 0, -EINVAL (with errors)
 */
int layout_marks_check(const struct layout_marks *marks, const struct layout_set *set,
                       struct config_errors *errs);

void layout_marks_finish(struct layout_marks *marks);

#endif
