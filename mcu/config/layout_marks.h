/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/layout_marks.h  Where layouts, ladders and aliases were defined
 *
 * For checks that are possible only once everything is read: layout_check.h.
 *
 * Threads: any; no state.
 */
#ifndef MCU_CONFIG_LAYOUT_MARKS_H
#define MCU_CONFIG_LAYOUT_MARKS_H

#include <stdbool.h>

#include "mixer/layout_set.h"

enum {
    LAYOUT_MARKS_MAX = 2048,      /**< Names, also those of broken definitions */
    LAYOUT_MARKS_ANY = UINT16_MAX /**< max of a rung that has none */
};

struct layout_place {
    unsigned line, column;
};

struct layout_mark {
    char name[LAYOUT_NAME_SIZE];
    const char *file; /**< Name of the file; equal pointers are one file */
    struct layout_place at;
    unsigned order; /**< Number of the file, from 1: the greater was read later */
    bool broken;    /**< Has errors of its own, so it is not in the set */
    struct layout_place rung[LAYOUT_BRANCH_COUNT][LAYOUT_SET_RUNGS_MAX]; /**< Of a ladder */
    struct layout_ladder *ladder; /**< A broken one: what could be read of it; a rung that is not
                                     good but for its layout has a max of 0; else NULL */
    const struct layout_ladder *told; /**< Of layout_check.c: who complained of this last */
};

/** Zero it before the first use. */
struct layout_marks {
    unsigned n;
    struct layout_mark **mark;
    bool incomplete; /**< There are definitions that could not be read at all */
};

/** Mark of a name, or NULL. */
struct layout_mark *layout_marks_find(const struct layout_marks *marks, const char *name);

/** Mark of a name that is defined now, made if need be.  @return NULL if there are too many, or no
 * memory */
struct layout_mark *layout_marks_ensure(struct layout_marks *marks, const char *name);

/** Keep what could be read of a broken ladder, so that its rungs are checked.  @return 0, -ENOMEM
 */
int layout_marks_keep(struct layout_mark *mark, const struct layout_ladder *ladder);

void layout_marks_finish(struct layout_marks *marks);

#endif
