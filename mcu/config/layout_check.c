/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/layout_check.c  What layouts, ladders and aliases require of one another
 */
#include "mcu/config/layout_check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mcu/config/config.h"
#include "mcu/config/config_error.h"
#include "mcu/config/config_table.h"
#include "mcu/config/layout_marks.h"

enum {
    ALIAS_DEPTH_MAX = 32,
    NEAR_SIZE = LAYOUT_NAME_SIZE + 32,
    WHY_SIZE = 64,
    PLACE_SIZE = CONFIG_PATH_SIZE + 288
};

struct checker {
    const struct layout_marks *marks;
    const struct layout_set *set;
    struct config_errors *errs;
};

/* A rung, and where it stands; mark is NULL if that is not known. */
struct rung {
    const struct layout_ladder *ladder;
    const struct layout_mark *mark;
    const struct layout_rung *rung;
    enum layout_branch branch;
    struct layout_place at;
};

/* Was it written, if not rightly, or where we could not read?  Then those errors are enough. */
static bool is_broken(const struct checker *c, const char *name)
{
    const struct layout_mark *mark = layout_marks_find(c->marks, name);

    return mark ? mark->broken : c->marks->incomplete;
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
    const size_t len = strlen(name);
    unsigned best = len < 6 ? 2 : (unsigned)len / 3 + 1;
    const char *near = NULL;

    buf[0] = '\0';
    if (c->errs->n == CONFIG_ERRORS_MAX) /* nobody will see it, and it takes long */
        return buf;
    if (len < 4) /* "1+8" is as near to "1+0" as to "1+7" */
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

/* ---- aliases ---- */

static const struct layout_alias *find_alias(const struct checker *c, const char *name)
{
    for (unsigned i = 0; i < c->set->naliases; ++i) {
        if (strcmp(c->set->alias[i].name, name) == 0)
            return &c->set->alias[i];
    }
    return NULL;
}

static void check_alias(const struct checker *c, const struct layout_mark *mark,
                        const struct layout_alias *alias)
{
    const struct layout_alias *next = alias;
    const char *name = alias->target;
    char near[NEAR_SIZE];
    unsigned depth = 0;

    if (layout_set_has(c->set, alias->name))
        return;
    for (; depth < ALIAS_DEPTH_MAX && (next = find_alias(c, name)); ++depth) {
        if (next == alias)
            break; /* back where it began */
        name = next->target;
    }
    if (is_broken(c, name))
        return;
    if (next == alias)
        config_error_add(c->errs, "%s:%u:%u: aliases.%s: leads in a circle by way of \"%s\"",
                         mark->file, mark->at.line, mark->at.column, alias->name, alias->target);
    else if (next || layout_set_has(c->set, name))
        config_error_add(c->errs, "%s:%u:%u: aliases.%s: leads through too many aliases",
                         mark->file, mark->at.line, mark->at.column, alias->name);
    else if (name == alias->target) /* else the alias that it leads to says it */
        config_error_add(c->errs, "%s:%u:%u: aliases.%s: there is no layout or ladder \"%s\"%s",
                         mark->file, mark->at.line, mark->at.column, alias->name, name,
                         suggest(c, name, false, near));
}

/* ---- rungs ---- */

static bool has_role(const struct layout_spec *spec, enum layout_role role)
{
    for (unsigned i = 0; i < spec->ntiles; ++i) {
        if (spec->tile[i].role == role)
            return true;
    }
    return false;
}

/*
 * Is everybody seen, or counted in the tile of role any that overflow turns to "+N"?  A layout
 * without such a tile, as a presenter's, is not meant to show all.
 */
static bool misses_nobody(const struct layout_spec *spec, unsigned max, unsigned seats)
{
    const bool any = has_role(spec, LAYOUT_ROLE_ANY);

    if (spec->overflow && any)
        return true;
    return max == LAYOUT_MARKS_ANY ? !any : seats >= max;
}

/* Seats of people while somebody shares, or nobody does. */
static unsigned count_seats(const struct layout_spec *spec, bool content)
{
    unsigned n = layout_seats(spec);

    for (unsigned i = 0; i < spec->ntiles && content; ++i)
        n -=
            spec->tile[i].role == LAYOUT_ROLE_CONTENT && spec->tile[i].vacant == LAYOUT_VACANT_FILL;
    return n;
}

static unsigned order_of(const struct layout_mark *mark)
{
    return mark ? mark->order : 0;
}

/*
 * Complain of a rung whose layout does not do.  Whoever replaced that layout, or an alias of it,
 * after the ladder was written is told there, since the ladder was right before.
 */
static void complain_rung(const struct checker *c, const struct rung *r, const char *name,
                          const char *wrong, const char *need)
{
    struct layout_mark *target = layout_marks_find(c->marks, name);
    struct layout_mark *alias = layout_marks_find(c->marks, r->rung->layout);
    struct layout_mark *last = order_of(alias) >= order_of(target) ? alias : target;
    char at[PLACE_SIZE] = "";

    if (r->mark)
        (void)snprintf(at, sizeof(at), "%s:%u:%u", r->mark->file, r->at.line, r->at.column);
    if (last && order_of(last) > order_of(r->mark)) {
        if (last->told == r->ladder) /* by another rung */
            return;
        last->told = r->ladder;
        config_error_add(c->errs, "%s:%u:%u: %s.%s: %s, but the ladder %s%s%s%s %s", last->file,
                         last->at.line, last->at.column,
                         find_alias(c, last->name)               ? "aliases"
                         : layout_set_ladder(c->set, last->name) ? "ladders"
                                                                 : "layouts",
                         last->name, wrong, r->ladder->name, at[0] ? " (" : "", at,
                         at[0] ? ")" : "", need);
    } else if (r->mark) {
        config_error_add(c->errs, "%s: ladders.%s: \"%s\" %s, but the rung %s", at, r->ladder->name,
                         r->rung->layout, wrong, need);
    }
}

/* A rung that leads to no layout. */
static void check_nothing(const struct checker *c, const struct rung *r)
{
    const struct layout_ladder *other = layout_set_ladder(c->set, r->rung->layout);
    char near[NEAR_SIZE];

    if (is_broken(c, r->rung->layout))
        return;
    if (other)
        complain_rung(c, r, other->name, "is a ladder", "must name a layout");
    else if (r->mark && !find_alias(c, r->rung->layout)) /* else the alias says it */
        config_error_add(c->errs, "%s:%u:%u: ladders.%s: there is no layout \"%s\"%s",
                         r->mark->file, r->at.line, r->at.column, r->ladder->name, r->rung->layout,
                         suggest(c, r->rung->layout, true, near));
}

static void check_rung(const struct checker *c, const struct rung *r)
{
    const bool content = r->branch & LAYOUT_BRANCH_CONTENT;
    const struct layout_spec *spec = layout_set_layout(c->set, r->rung->layout);
    const unsigned max = r->rung->max, seats = spec ? count_seats(spec, content) : 0;
    char wrong[WHY_SIZE], need[WHY_SIZE];

    if (!spec) {
        check_nothing(c, r);
        return;
    }
    if (!max || is_broken(c, spec->name)) /* it has errors of its own */
        return;
    if (content && !has_role(spec, LAYOUT_ROLE_CONTENT)) {
        complain_rung(c, r, spec->name, "has no tile of role content", "is for shared content");
        return;
    }
    if (misses_nobody(spec, max, seats))
        return;
    (void)snprintf(wrong, sizeof(wrong), "has %u seat%s and no overflow", seats,
                   seats == 1 ? "" : "s");
    if (max == LAYOUT_MARKS_ANY)
        (void)snprintf(need, sizeof(need), "puts any number of people into it");
    else
        (void)snprintf(need, sizeof(need), "puts %u people into it", max);
    complain_rung(c, r, spec->name, wrong, need);
}

static void check_ladder(const struct checker *c, const struct layout_ladder *ladder,
                         const struct layout_mark *mark)
{
    for (unsigned branch = 0; branch < LAYOUT_BRANCH_COUNT; ++branch) {
        for (unsigned i = 0; i < ladder->nrungs[branch]; ++i) {
            struct rung rung = {.ladder = ladder,
                                .mark = mark,
                                .rung = &ladder->rung[branch][i],
                                .branch = (enum layout_branch)branch};

            if (mark)
                rung.at = mark->rung[branch][i];
            check_rung(c, &rung);
        }
    }
}

/* ---- all ---- */

static void check_want(const struct checker *c, const struct layout_check_want *want)
{
    char near[NEAR_SIZE], quoted[CONFIG_ERROR_QUOTE_SIZE];

    if (layout_set_has(c->set, want->name) || is_broken(c, want->name) || find_alias(c, want->name))
        return;
    config_error_add(c->errs, "%s: there is no layout or ladder \"%s\"%s", want->place,
                     config_error_quote(quoted, want->name, strlen(want->name)),
                     suggest(c, want->name, false, near));
}

int layout_check_all(const struct layout_marks *marks, const struct layout_set *set,
                     const struct layout_check_want *want, unsigned nwant,
                     struct config_errors *errs)
{
    const struct checker c = {.marks = marks, .set = set, .errs = errs};
    const unsigned before = config_error_count(errs);

    for (unsigned n = 0; n < set->nladders; ++n) {
        const struct layout_mark *mark = layout_marks_find(marks, set->ladder[n].name);

        if (!mark || !mark->broken) /* else an earlier one of that name is in the set */
            check_ladder(&c, &set->ladder[n], mark);
    }
    for (unsigned n = 0; n < marks->n; ++n) {
        if (marks->mark[n]->ladder)
            check_ladder(&c, marks->mark[n]->ladder, marks->mark[n]);
    }
    for (unsigned n = 0; n < set->naliases; ++n) {
        const struct layout_mark *mark = layout_marks_find(marks, set->alias[n].name);

        if (mark && !mark->broken)
            check_alias(&c, mark, &set->alias[n]);
    }
    for (unsigned n = 0; n < nwant; ++n)
        check_want(&c, &want[n]);
    return config_error_count(errs) > before ? -EINVAL : 0;
}
