/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/layout_set.c  All layouts that rooms may use, by name; ladders that choose one by
 * head count
 */
#include "mixer/layout_set.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIAS_DEPTH_MAX = 16 };

/* Rungs of "auto" on a landscape canvas; a portrait one has them transposed. */
static const struct {
    uint8_t columns, rows;
} grids[] = {{1, 1}, {2, 1}, {2, 2}, {3, 2}, {3, 3}, {4, 3}, {4, 4},
             {5, 4}, {5, 5}, {6, 5}, {6, 6}, {7, 6}, {7, 7}};

enum { NGRIDS = sizeof(grids) / sizeof(grids[0]) };

int layout_set_new(struct layout_set **ret_set)
{
    struct layout_set *set;

    assert(ret_set);
    set = calloc(1, sizeof(*set));
    if (!set)
        return -ENOMEM;
    ref_init(&set->ref);
    *ret_set = set;
    return 0;
}

struct layout_set *layout_set_ref(struct layout_set *set)
{
    ref_get(&set->ref);
    return set;
}

static void finish_spec(struct layout_spec *spec)
{
    free(spec->tile);
    video_frame_unref(spec->image);
}

struct layout_set *layout_set_unref(struct layout_set *set)
{
    if (!set || !ref_put(&set->ref))
        return NULL;
    for (unsigned i = 0; i < set->nlayouts; ++i)
        finish_spec(&set->layout[i]);
    free(set->layout);
    free(set->ladder);
    free(set->alias);
    free(set);
    return NULL;
}

static bool valid_name(const char *name)
{
    size_t len = strnlen(name, LAYOUT_NAME_SIZE);

    return len > 0 && len < LAYOUT_NAME_SIZE;
}

static struct layout_spec *find_layout(const struct layout_set *set, const char *name)
{
    for (unsigned i = 0; i < set->nlayouts; ++i) {
        if (strcmp(set->layout[i].name, name) == 0)
            return &set->layout[i];
    }
    return NULL;
}

static struct layout_ladder *find_ladder(const struct layout_set *set, const char *name)
{
    for (unsigned i = 0; i < set->nladders; ++i) {
        if (strcmp(set->ladder[i].name, name) == 0)
            return &set->ladder[i];
    }
    return NULL;
}

static struct layout_alias *find_alias(const struct layout_set *set, const char *name)
{
    for (unsigned i = 0; i < set->naliases; ++i) {
        if (strcmp(set->alias[i].name, name) == 0)
            return &set->alias[i];
    }
    return NULL;
}

/* Takes item i out of an array of n items of that size. */
static void take_out(void *array, unsigned i, unsigned n, size_t size)
{
    char *item = (char *)array + i * size;

    memmove(item, item + size, (n - i - 1) * size);
}

/* The name is about to mean something of another kind. */
static void drop_layout(struct layout_set *set, const char *name)
{
    struct layout_spec *spec = find_layout(set, name);

    if (!spec)
        return;
    finish_spec(spec);
    take_out(set->layout, (unsigned)(spec - set->layout), set->nlayouts--, sizeof(*spec));
}

static void drop_ladder(struct layout_set *set, const char *name)
{
    struct layout_ladder *ladder = find_ladder(set, name);

    if (ladder)
        take_out(set->ladder, (unsigned)(ladder - set->ladder), set->nladders--, sizeof(*ladder));
}

static void drop_alias(struct layout_set *set, const char *name)
{
    struct layout_alias *alias = find_alias(set, name);

    if (alias)
        take_out(set->alias, (unsigned)(alias - set->alias), set->naliases--, sizeof(*alias));
}

/* Room for one more; sets are filled once, so that growing by one is good enough. */
static int grow(void **array, unsigned n, unsigned max, size_t size)
{
    void *grown;

    if (n >= max)
        return -ENOSPC;
    grown = realloc(*array, (n + 1) * size);
    if (!grown)
        return -ENOMEM;
    *array = grown;
    return 0;
}

static int copy_spec(struct layout_spec *ret_copy, const struct layout_spec *spec)
{
    struct layout_spec copy = *spec;

    copy.tile = malloc(spec->ntiles * sizeof(*copy.tile));
    if (!copy.tile)
        return -ENOMEM;
    memcpy(copy.tile, spec->tile, spec->ntiles * sizeof(*copy.tile));
    for (unsigned i = 0; i < spec->ntiles; ++i)
        copy.tile[i].reserved[LAYOUT_NAME_SIZE - 1] = '\0';
    if (copy.image)
        video_frame_ref(copy.image);
    *ret_copy = copy;
    return 0;
}

int layout_set_put(struct layout_set *set, const struct layout_spec *spec)
{
    struct layout_spec copy, *place;
    void *array = set->layout;
    int err;

    if (!valid_name(spec->name) || spec->ntiles == 0 || spec->ntiles > LAYOUT_TILES_MAX)
        return -EINVAL;
    place = find_layout(set, spec->name);
    if (!place) {
        err = grow(&array, set->nlayouts, LAYOUT_SET_LAYOUTS_MAX, sizeof(copy));
        if (err)
            return err;
        set->layout = array;
    }
    err = copy_spec(&copy, spec);
    if (err)
        return err;

    if (place)
        finish_spec(place);
    else
        place = &set->layout[set->nlayouts++];
    *place = copy;
    drop_ladder(set, copy.name);
    drop_alias(set, copy.name);
    return 0;
}

static bool valid_ladder(const struct layout_ladder *ladder)
{
    if (!valid_name(ladder->name))
        return false;
    for (unsigned branch = 0; branch < LAYOUT_BRANCH_COUNT; ++branch) {
        if (ladder->nrungs[branch] > LAYOUT_SET_RUNGS_MAX)
            return false;
        for (unsigned i = 0; i < ladder->nrungs[branch]; ++i) {
            if (!valid_name(ladder->rung[branch][i].layout))
                return false;
        }
    }
    return true;
}

int layout_set_put_ladder(struct layout_set *set, const struct layout_ladder *ladder)
{
    struct layout_ladder *place;
    void *array = set->ladder;
    int err;

    if (!valid_ladder(ladder))
        return -EINVAL;
    place = find_ladder(set, ladder->name);
    if (!place) {
        err = grow(&array, set->nladders, LAYOUT_SET_LADDERS_MAX, sizeof(*ladder));
        if (err)
            return err;
        set->ladder = array;
        place = &set->ladder[set->nladders++];
    }
    *place = *ladder;
    drop_layout(set, place->name);
    drop_alias(set, place->name);
    return 0;
}

int layout_set_put_alias(struct layout_set *set, const char *name, const char *target)
{
    struct layout_alias *place;
    void *array = set->alias;
    int err;

    if (!valid_name(name) || !valid_name(target))
        return -EINVAL;
    place = find_alias(set, name);
    if (!place) {
        err = grow(&array, set->naliases, LAYOUT_SET_ALIASES_MAX, sizeof(*place));
        if (err)
            return err;
        set->alias = array;
        place = &set->alias[set->naliases++];
        (void)snprintf(place->name, sizeof(place->name), "%s", name);
    }
    (void)snprintf(place->target, sizeof(place->target), "%s", target);
    drop_layout(set, place->name);
    drop_ladder(set, place->name);
    return 0;
}

/* What an alias stands for in the end; the name of a circle stands for nothing. */
static const char *real_name(const struct layout_set *set, const char *name)
{
    for (unsigned depth = 0; depth <= ALIAS_DEPTH_MAX; ++depth) {
        const struct layout_alias *alias = find_alias(set, name);

        if (!alias)
            return name;
        name = alias->target;
    }
    return "";
}

const struct layout_spec *layout_set_layout(const struct layout_set *set, const char *name)
{
    return find_layout(set, real_name(set, name));
}

const struct layout_ladder *layout_set_ladder(const struct layout_set *set, const char *name)
{
    return find_ladder(set, real_name(set, name));
}

bool layout_set_has(const struct layout_set *set, const char *name)
{
    name = real_name(set, name);
    return find_layout(set, name) || find_ladder(set, name);
}

static bool same_ratio(const struct layout_ratio *a, const struct layout_ratio *b)
{
    return (uint64_t)a->num * b->den == (uint64_t)b->num * a->den;
}

static bool same_tile(const struct layout_spec_tile *a, const struct layout_spec_tile *b)
{
    return same_ratio(&a->left, &b->left) && same_ratio(&a->top, &b->top) &&
           same_ratio(&a->right, &b->right) && same_ratio(&a->bottom, &b->bottom) &&
           a->role == b->role && strcmp(a->reserved, b->reserved) == 0 && a->vacant == b->vacant &&
           a->fit == b->fit && a->z == b->z;
}

static bool same_plane(const struct video_frame *a, const struct video_frame *b, unsigned plane)
{
    const size_t w = plane ? (a->w + 1u) / 2 : a->w, h = plane ? (a->h + 1u) / 2 : a->h;

    for (size_t y = 0; y < h; ++y) {
        if (memcmp(a->plane[plane] + y * (size_t)a->stride[plane],
                   b->plane[plane] + y * (size_t)b->stride[plane], w) != 0)
            return false;
    }
    return true;
}

/* A file that was replaced by another picture of its size is another background. */
static bool same_image(const struct video_frame *a, const struct video_frame *b)
{
    if (a == b)
        return true;
    return a && b && a->w == b->w && a->h == b->h && same_plane(a, b, 0) && same_plane(a, b, 1) &&
           same_plane(a, b, 2);
}

/* Many layouts may share an image; the last pair is remembered, so that it is compared once. */
struct image_pair {
    const struct video_frame *a, *b;
    bool same;
};

static bool same_pair(struct image_pair *last, const struct video_frame *a,
                      const struct video_frame *b)
{
    if (last->a != a || last->b != b)
        *last = (struct image_pair){a, b, same_image(a, b)};
    return last->same;
}

static bool same_spec(const struct layout_spec *a, const struct layout_spec *b,
                      struct image_pair *last)
{
    if (strcmp(a->name, b->name) != 0 || a->ntiles != b->ntiles || a->gap != b->gap ||
        a->overflow != b->overflow || memcmp(a->background, b->background, 3) != 0 ||
        !same_pair(last, a->image, b->image))
        return false;
    for (unsigned i = 0; i < a->ntiles; ++i) {
        if (!same_tile(&a->tile[i], &b->tile[i]))
            return false;
    }
    return true;
}

static bool same_ladder(const struct layout_ladder *a, const struct layout_ladder *b)
{
    if (strcmp(a->name, b->name) != 0)
        return false;
    for (unsigned branch = 0; branch < LAYOUT_BRANCH_COUNT; ++branch) {
        if (a->nrungs[branch] != b->nrungs[branch])
            return false;
        for (unsigned i = 0; i < a->nrungs[branch]; ++i) {
            if (a->rung[branch][i].max != b->rung[branch][i].max ||
                strcmp(a->rung[branch][i].layout, b->rung[branch][i].layout) != 0)
                return false;
        }
    }
    return true;
}

bool layout_set_equal(const struct layout_set *a, const struct layout_set *b)
{
    struct image_pair last = {NULL, NULL, true};

    if (a->nlayouts != b->nlayouts || a->nladders != b->nladders || a->naliases != b->naliases)
        return false;
    for (unsigned i = 0; i < a->nlayouts; ++i) {
        if (!same_spec(&a->layout[i], &b->layout[i], &last))
            return false;
    }
    for (unsigned i = 0; i < a->nladders; ++i) {
        if (!same_ladder(&a->ladder[i], &b->ladder[i]))
            return false;
    }
    for (unsigned i = 0; i < a->naliases; ++i) {
        if (strcmp(a->alias[i].name, b->alias[i].name) != 0 ||
            strcmp(a->alias[i].target, b->alias[i].target) != 0)
            return false;
    }
    return true;
}

static const char *choose_rung(const struct layout_ladder *ladder, enum layout_branch branch,
                               unsigned heads)
{
    unsigned i = 0;

    while (i + 1 < ladder->nrungs[branch] && ladder->rung[branch][i].max < heads)
        ++i;
    return ladder->rung[branch][i].layout;
}

const struct layout_spec *layout_set_choose(const struct layout_set *set, const char *name,
                                            unsigned heads, bool content, bool portrait)
{
    const struct {
        enum layout_branch branch;
        bool suits;
    } by_taste[] = {
        {LAYOUT_BRANCH_PORTRAIT_CONTENT, content && portrait},
        {LAYOUT_BRANCH_CONTENT, content},
        {LAYOUT_BRANCH_PORTRAIT, portrait},
        {LAYOUT_BRANCH_PLAIN, true},
    };
    const struct layout_ladder *ladder = layout_set_ladder(set, name);

    if (!ladder)
        return layout_set_layout(set, name);
    for (unsigned i = 0; i < sizeof(by_taste) / sizeof(by_taste[0]); ++i) {
        enum layout_branch branch = by_taste[i].branch;

        if (by_taste[i].suits && ladder->nrungs[branch])
            return layout_set_layout(set, choose_rung(ladder, branch, heads));
    }
    return NULL;
}

static int put_grid(struct layout_set *set, unsigned columns, unsigned rows)
{
    struct layout_spec_tile tile[LAYOUT_TILES_MAX] = {0};
    struct layout_spec spec = {
        .ntiles = columns * rows, .tile = tile, .background = {33, 130, 126}};

    (void)snprintf(spec.name, sizeof(spec.name), "%ux%u", columns, rows);
    for (unsigned i = 0; i < spec.ntiles; ++i) {
        unsigned column = i % columns, row = i / columns;

        tile[i].left = (struct layout_ratio){column, columns};
        tile[i].top = (struct layout_ratio){row, rows};
        tile[i].right = (struct layout_ratio){column + 1, columns};
        tile[i].bottom = (struct layout_ratio){row + 1, rows};
    }
    return layout_set_put(set, &spec);
}

static void add_rung(struct layout_ladder *ladder, enum layout_branch branch, unsigned columns,
                     unsigned rows)
{
    struct layout_rung *rung = &ladder->rung[branch][ladder->nrungs[branch]++];

    rung->max = (uint16_t)(columns * rows);
    (void)snprintf(rung->layout, sizeof(rung->layout), "%ux%u", columns, rows);
}

int layout_set_default(struct layout_set **ret_set)
{
    struct layout_ladder ladder = {.name = "auto"};
    struct layout_set *set;
    int err = layout_set_new(&set);

    if (err)
        return err;
    for (unsigned i = 0; i < NGRIDS; ++i) {
        unsigned columns = grids[i].columns, rows = grids[i].rows;

        err = put_grid(set, columns, rows);
        if (!err && columns != rows)
            err = put_grid(set, rows, columns);
        if (err)
            goto out;
        add_rung(&ladder, LAYOUT_BRANCH_PLAIN, columns, rows);
        add_rung(&ladder, LAYOUT_BRANCH_PORTRAIT, rows, columns);
    }
    err = layout_set_put_ladder(set, &ladder);
    if (err)
        goto out;
    *ret_set = set;
    return 0;
out:
    layout_set_unref(set);
    return err;
}
