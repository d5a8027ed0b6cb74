/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/layout_marks.c  Where layouts, ladders and aliases were defined
 */
#include "mcu/config/layout_marks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct layout_mark *layout_marks_find(const struct layout_marks *marks, const char *name)
{
    for (unsigned i = 0; i < marks->n; ++i) {
        if (strcmp(marks->mark[i]->name, name) == 0)
            return marks->mark[i];
    }
    return NULL;
}

struct layout_mark *layout_marks_ensure(struct layout_marks *marks, const char *name)
{
    struct layout_mark *mark = layout_marks_find(marks, name);

    if (mark) {
        free(mark->ladder);
        mark->ladder = NULL;
        return mark;
    }
    if (!marks->mark)
        marks->mark = calloc(LAYOUT_MARKS_MAX, sizeof(struct layout_mark *));
    if (!marks->mark || marks->n == LAYOUT_MARKS_MAX)
        return NULL;
    mark = calloc(1, sizeof(*mark));
    if (!mark)
        return NULL;
    (void)snprintf(mark->name, sizeof(mark->name), "%s", name);
    marks->mark[marks->n++] = mark;
    return mark;
}

int layout_marks_keep(struct layout_mark *mark, const struct layout_ladder *ladder)
{
    mark->ladder = malloc(sizeof(*mark->ladder));
    if (!mark->ladder)
        return -ENOMEM;
    *mark->ladder = *ladder;
    return 0;
}

void layout_marks_finish(struct layout_marks *marks)
{
    for (unsigned i = 0; i < marks->n; ++i) {
        free(marks->mark[i]->ladder);
        free(marks->mark[i]);
    }
    free(marks->mark);
    memset(marks, 0, sizeof(*marks));
}
