/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/layout_marks.c  Where layouts, ladders and aliases were defined; what they
 * require of one another
 */
#include "mcu/config/layout_marks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/config/config.h"
#include "mcu/config/config_error.h"
#include "mcu/config/config_table.h"

enum { NEAR_SIZE = LAYOUT_NAME_SIZE + 32 };

struct checker {
    const struct layout_marks *marks;
    const struct layout_set *set;
    struct config_errors *errs;
};

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

    if (mark)
        return mark;
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

void layout_marks_finish(struct layout_marks *marks)
{
    for (unsigned i = 0; i < marks->n; ++i)
        free(marks->mark[i]);
    free(marks->mark);
    memset(marks, 0, sizeof(*marks));
}

/* Was it written, if not rightly?  Then its own errors are enough. */
static bool is_broken(const struct checker *c, const char *name)
{
    const struct layout_mark *mark = layout_marks_find(c->marks, name);

    return mark && mark->broken;
}

static void keep_nearer(const char **near, unsigned *best, const char *have, const char *name)
{
    const unsigned d = config_table_distance(have, name);

    if (d < *best) {
        *best = d;
        *near = have;
    }
}

/* " (did you mean ...?)", or "". */
static const char *suggest(const struct checker *c, const char *name, bool layouts_only, char *buf)
{
    unsigned best = strlen(name) < 6 ? 2 : (unsigned)strlen(name) / 3 + 1;
    const char *near = NULL;

    buf[0] = '\0';
    if (c->errs->n == CONFIG_ERRORS_MAX) /* nobody will see it, and it takes long */
        return buf;
    for (unsigned i = 0; i < c->set->nlayouts; ++i)
        keep_nearer(&near, &best, c->set->layout[i].name, name);
    for (unsigned i = 0; i < c->set->nladders && !layouts_only; ++i)
        keep_nearer(&near, &best, c->set->ladder[i].name, name);
    for (unsigned i = 0; i < c->set->naliases && !layouts_only; ++i)
        keep_nearer(&near, &best, c->set->alias[i].name, name);
    if (near)
        (void)snprintf(buf, NEAR_SIZE, " (did you mean \"%s\"?)", near);
    return buf;
}

static void check_alias(const struct checker *c, const struct layout_mark *mark,
                        const struct layout_alias *alias)
{
    const char *name = alias->target;
    char near[NEAR_SIZE];
    unsigned depth = 0;

    if (layout_set_has(c->set, alias->name))
        return;
    for (; depth <= c->set->naliases; ++depth) {
        const struct layout_alias *next = NULL;

        for (unsigned i = 0; i < c->set->naliases && !next; ++i) {
            if (strcmp(c->set->alias[i].name, name) == 0)
                next = &c->set->alias[i];
        }
        if (!next)
            break;
        name = next->target;
    }
    if (is_broken(c, name))
        return;
    if (depth > c->set->naliases)
        config_error_add(c->errs, "%s:%u:%u: aliases.%s: leads in a circle by way of \"%s\"",
                         mark->file, mark->at.line, mark->at.column, alias->name, alias->target);
    else if (layout_set_has(c->set, name))
        config_error_add(c->errs, "%s:%u:%u: aliases.%s: leads through too many aliases",
                         mark->file, mark->at.line, mark->at.column, alias->name);
    else if (name == alias->target) /* else the alias that it leads to says it */
        config_error_add(c->errs, "%s:%u:%u: aliases.%s: there is no layout or ladder \"%s\"%s",
                         mark->file, mark->at.line, mark->at.column, alias->name, name,
                         suggest(c, name, false, near));
}

static void check_rung(const struct checker *c, const struct layout_mark *mark,
                       const struct layout_ladder *ladder, unsigned branch, unsigned i)
{
    const struct layout_rung *rung = &ladder->rung[branch][i];
    const struct layout_spec *spec = layout_set_layout(c->set, rung->layout);
    const struct layout_place *at = &mark->rung[branch][i];
    const bool last = i + 1 == ladder->nrungs[branch];
    char near[NEAR_SIZE];

    if (!spec) {
        if (is_broken(c, rung->layout))
            return;
        if (layout_set_ladder(c->set, rung->layout))
            config_error_add(c->errs,
                             "%s:%u:%u: ladders.%s: \"%s\" is a ladder; a rung must name a layout",
                             mark->file, at->line, at->column, ladder->name, rung->layout);
        else
            config_error_add(c->errs, "%s:%u:%u: ladders.%s: there is no layout \"%s\"%s",
                             mark->file, at->line, at->column, ladder->name, rung->layout,
                             suggest(c, rung->layout, true, near));
        return;
    }
    if (!last && !spec->overflow && layout_seats(spec) < rung->max)
        config_error_add(
            c->errs,
            "%s:%u:%u: ladders.%s: \"%s\" has %u seats, fewer than max %u, and no overflow",
            mark->file, at->line, at->column, ladder->name, rung->layout, layout_seats(spec),
            (unsigned)rung->max);
}

int layout_marks_check(const struct layout_marks *marks, const struct layout_set *set,
                       struct config_errors *errs)
{
    const struct checker c = {.marks = marks, .set = set, .errs = errs};
    const unsigned before = config_error_count(errs);

    for (unsigned n = 0; n < set->nladders; ++n) {
        const struct layout_mark *mark = layout_marks_find(marks, set->ladder[n].name);

        for (unsigned branch = 0; mark && branch < LAYOUT_BRANCH_COUNT; ++branch) {
            for (unsigned i = 0; i < set->ladder[n].nrungs[branch]; ++i)
                check_rung(&c, mark, &set->ladder[n], branch, i);
        }
    }
    for (unsigned n = 0; n < set->naliases; ++n) {
        const struct layout_mark *mark = layout_marks_find(marks, set->alias[n].name);

        if (mark)
            check_alias(&c, mark, &set->alias[n]);
    }
    return config_error_count(errs) > before ? -EINVAL : 0;
}
