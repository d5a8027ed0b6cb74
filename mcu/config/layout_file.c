/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/layout_file.c  Layouts, ladders and aliases from YAML files
 */
#include "mcu/config/layout_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mcu/config/config.h"
#include "mcu/config/config_error.h"
#include "mcu/config/config_tree.h"
#include "mcu/config/config_value.h"
#include "mcu/config/layout_check.h"
#include "mcu/config/layout_images.h"
#include "mcu/config/layout_marks.h"
#include "mcu/config/layout_reader.h"
#include "mcu/config/layout_tiles.h"
#include "mixer/layout_set.h"
#include "mixer/picture.h"

enum { RUNG_HEADS_MAX = 9999 };

/* Limits that were reached: said once, however many are beyond. */
struct limits {
    bool layouts, ladders, aliases, names, images;
};

struct file {
    struct layout_reader reader;
    const char *dir;
    bool unread_images;
    struct layout_set *set;
    struct layout_marks *marks;
    struct layout_images *images;
    struct limits *told;
    unsigned order; /* from 1 */
};

/* Reads a definition.  0: it is in the set. */
typedef int(define_h)(struct file *file, const struct layout_field *field,
                      struct layout_mark *mark);

/* A failure to put something into the set, in words. */
static int complain_put(struct file *file, const struct layout_field *field, int err,
                        const char *what, unsigned max, bool *told)
{
    if (err && !*told) {
        if (err == -ENOSPC)
            layout_reader_complain(&file->reader, field,
                                   "more than %u %s in all, with those that are built in", max,
                                   what);
        else
            layout_reader_complain(&file->reader, field, "out of memory");
        *told = true;
    }
    return err;
}

static int read_background(struct file *file, const struct layout_field *field,
                           struct layout_spec *spec)
{
    const char *text;
    uint32_t rgb = 0x101418; /* as pictures for those without a camera */

    if (field->node && config_tree_is_nothing(field->node)) {
        layout_reader_complain(&file->reader, field, "has no value" CONFIG_VALUE_COLOR_HINT);
        return -EINVAL;
    }
    if (field->node) {
        text = layout_reader_text(&file->reader, field);
        if (!text)
            return -EINVAL;
        if (config_value_color(&rgb, text)) {
            layout_reader_complain(&file->reader, field,
                                   "must be a colour, as \"#38bdf8\" (in quotes)");
            return -EINVAL;
        }
    }
    picture_yuv(spec->background, rgb);
    return 0;
}

static int read_image(struct file *file, const struct layout_field *field, struct layout_spec *spec)
{
    char why[LAYOUT_IMAGES_WHY_SIZE], quoted[CONFIG_ERROR_QUOTE_SIZE];
    const char *text = layout_reader_text(&file->reader, field);
    int err;

    if (!text)
        return -EINVAL;
    if (file->unread_images)
        return 0;
    config_error_quote(quoted, text, strlen(text));
    if (!file->dir) {
        layout_reader_complain(&file->reader, field, "images are not possible here");
        return -EINVAL;
    }
    err = layout_images_load(file->images, &spec->image, file->dir, text, why);
    if (err && !(err == -ENOSPC && file->told->images))
        layout_reader_complain(&file->reader, field, "\"%s\": %s", quoted, why);
    file->told->images = file->told->images || err == -ENOSPC;
    return err ? -EINVAL : 0;
}

/* "grid: [columns, rows]" or "none" */
static int read_grid(struct file *file, const struct layout_field *field,
                     struct layout_tiles_cfg *cfg)
{
    const struct config_node *node = field->node;
    unsigned pair[2];

    if (node->type == CONFIG_NODE_SCALAR && strcmp(node->text, "none") == 0)
        return 0;
    if (layout_reader_pair(&file->reader, field, 1, LAYOUT_TILES_GRID_MAX, pair))
        return -EINVAL;
    cfg->columns = pair[0];
    cfg->rows = pair[1];
    return 0;
}

enum { KEY_GRID, KEY_GAP, KEY_BACKGROUND, KEY_IMAGE, KEY_FIT, KEY_OVERFLOW, KEY_TILES, KEYS };

static int read_look(struct file *file, const struct layout_field *fields, struct layout_spec *spec)
{
    unsigned gap = 0;
    int err = 0;

    if (fields[KEY_GAP].node &&
        layout_reader_number(&file->reader, &fields[KEY_GAP], 0, LAYOUT_GAP_MAX, &gap))
        err = -EINVAL;
    spec->gap = (uint16_t)gap;
    if (fields[KEY_OVERFLOW].node &&
        layout_reader_bool(&file->reader, &fields[KEY_OVERFLOW], &spec->overflow))
        err = -EINVAL;
    if (read_background(file, &fields[KEY_BACKGROUND], spec))
        err = -EINVAL;
    if (fields[KEY_IMAGE].node && read_image(file, &fields[KEY_IMAGE], spec))
        err = -EINVAL;
    return err;
}

static int read_geometry(struct file *file, const struct layout_field *layout,
                         const struct layout_field *fields, struct layout_spec *spec)
{
    static const char *const fit_words[] = {"contain", "cover", NULL};
    struct layout_tiles_cfg cfg = {.fit = SCALE_CONTAIN};
    unsigned fit = 0;
    int n;

    if (fields[KEY_FIT].node &&
        layout_reader_word(&file->reader, &fields[KEY_FIT], fit_words, &fit))
        return -EINVAL;
    cfg.fit = (enum scale_fit)fit;
    if (fields[KEY_GRID].node && read_grid(file, &fields[KEY_GRID], &cfg))
        return -EINVAL;
    n = layout_tiles_read(&file->reader, layout, &fields[KEY_TILES], &cfg, spec->tile);
    if (n < 0)
        return n;
    spec->ntiles = (unsigned)n;
    return layout_tiles_check(&file->reader, layout, &fields[KEY_TILES], spec);
}

static int define_layout(struct file *file, const struct layout_field *field,
                         struct layout_mark *mark)
{
    static const char *const keys[] = {"grid", "gap",      "background", "image",
                                       "fit",  "overflow", "tiles",      NULL};
    struct layout_spec_tile tile[LAYOUT_TILES_MAX];
    struct layout_spec spec = {.tile = tile};
    struct layout_field fields[KEYS];
    int err = layout_reader_keys(&file->reader, field, keys, fields);

    if (field->node->type != CONFIG_NODE_MAP)
        return err;
    memcpy(spec.name, mark->name, sizeof(spec.name));
    if (read_look(file, fields, &spec))
        err = -EINVAL;
    if (read_geometry(file, field, fields, &spec))
        err = -EINVAL;
    if (err)
        return err;
    return complain_put(file, field, layout_set_put(file->set, &spec), "layouts",
                        LAYOUT_SET_LAYOUTS_MAX, &file->told->layouts);
}

/* Words to a branch: each word is a bit of enum layout_branch. */
static int read_when(struct file *file, const struct layout_field *field, unsigned *ret_branch)
{
    static const char *const words[] = {"content", "portrait", NULL};
    unsigned word, i = 0;

    *ret_branch = LAYOUT_BRANCH_PLAIN;
    if (field->node->type != CONFIG_NODE_LIST) {
        if (layout_reader_word(&file->reader, field, words, &word))
            return -EINVAL;
        *ret_branch = 1u << word;
        return 0;
    }
    if (layout_reader_list(&file->reader, field, 1, 2))
        return -EINVAL;
    for (const struct config_node *item = field->node->child; item; item = item->next) {
        struct layout_field part;

        layout_reader_part(&part, field, item, "[%u]", i++);
        if (layout_reader_word(&file->reader, &part, words, &word))
            return -EINVAL;
        *ret_branch |= 1u << word;
    }
    return 0;
}

/*
 * Is a rung above the one before on its branch?  A max of 0 is one that was not good, and told.
 */
static int check_order(struct file *file, const struct layout_field *max_field,
                       const struct layout_rung *before, const struct layout_rung *rung)
{
    if (before->max == LAYOUT_MARKS_ANY)
        layout_reader_complain(&file->reader, max_field,
                               "is never reached: the rung before it has no max");
    else if (rung->max && before->max >= rung->max)
        layout_reader_complain(&file->reader, max_field,
                               "must be greater than %u of the rung before", (unsigned)before->max);
    else
        return 0;
    return -EINVAL;
}

/* Puts a rung on its branch.  One that is wrong is put there too: its layout is still checked. */
static int add_rung(struct file *file, const struct layout_field *max_field, unsigned branch,
                    struct layout_ladder *ladder, const struct layout_rung *rung)
{
    const unsigned n = ladder->nrungs[branch];
    int err;

    if (n == LAYOUT_SET_RUNGS_MAX) {
        layout_reader_complain(&file->reader, max_field, "more than %d rungs",
                               LAYOUT_SET_RUNGS_MAX);
        return -EINVAL;
    }
    err = n ? check_order(file, max_field, &ladder->rung[branch][n - 1], rung) : 0;
    ladder->rung[branch][n] = *rung;
    if (err)
        ladder->rung[branch][n].max = 0;
    ++ladder->nrungs[branch];
    return err;
}

enum { KEY_MAX, KEY_LAYOUT, KEY_WHEN, RUNG_KEYS };

static int read_rung_layout(struct file *file, const struct layout_field *field,
                            const struct layout_field *fields, struct layout_rung *rung)
{
    const char *text;

    if (!fields[KEY_LAYOUT].node) {
        layout_reader_complain(&file->reader, field, "needs \"layout\"");
        return -EINVAL;
    }
    text = layout_reader_text(&file->reader, &fields[KEY_LAYOUT]);
    return text ? layout_reader_name(&file->reader, &fields[KEY_LAYOUT], text, rung->layout)
                : -EINVAL;
}

static int read_rung(struct file *file, const struct layout_field *field,
                     struct layout_ladder *ladder, struct layout_mark *mark)
{
    static const char *const keys[] = {"max", "layout", "when", NULL};
    struct layout_field fields[RUNG_KEYS];
    struct layout_rung rung = {0};
    unsigned max = LAYOUT_MARKS_ANY, branch = LAYOUT_BRANCH_PLAIN;
    int err = layout_reader_keys(&file->reader, field, keys, fields);

    if (field->node->type != CONFIG_NODE_MAP)
        return err;
    if (fields[KEY_MAX].node &&
        layout_reader_number(&file->reader, &fields[KEY_MAX], 1, RUNG_HEADS_MAX, &max))
        err = -EINVAL;
    if (fields[KEY_WHEN].node && read_when(file, &fields[KEY_WHEN], &branch))
        err = -EINVAL;
    if (read_rung_layout(file, field, fields, &rung))
        return -EINVAL;
    rung.max = err ? 0 : (uint16_t)max;
    if (ladder->nrungs[branch] < LAYOUT_SET_RUNGS_MAX)
        mark->rung[branch][ladder->nrungs[branch]] =
            (struct layout_place){fields[KEY_LAYOUT].node->line, fields[KEY_LAYOUT].node->column};
    if (add_rung(file, fields[KEY_MAX].node ? &fields[KEY_MAX] : field, branch, ladder, &rung))
        err = -EINVAL;
    return err;
}

static int define_ladder(struct file *file, const struct layout_field *field,
                         struct layout_mark *mark)
{
    struct layout_ladder ladder = {0};
    unsigned i = 0;
    int err = 0;

    if (layout_reader_list(&file->reader, field, 1, LAYOUT_BRANCH_COUNT * LAYOUT_SET_RUNGS_MAX))
        return -EINVAL;
    memcpy(ladder.name, mark->name, sizeof(ladder.name));
    for (const struct config_node *item = field->node->child; item; item = item->next) {
        struct layout_field part;

        layout_reader_part(&part, field, item, "[%u]", i++);
        if (read_rung(file, &part, &ladder, mark))
            err = -EINVAL;
    }
    if (!err && !ladder.nrungs[LAYOUT_BRANCH_PLAIN]) {
        layout_reader_complain(&file->reader, field, "needs a rung without \"when\"");
        err = -EINVAL;
    }
    if (err)
        return layout_marks_keep(mark, &ladder) ? -ENOMEM : err;
    return complain_put(file, field, layout_set_put_ladder(file->set, &ladder), "ladders",
                        LAYOUT_SET_LADDERS_MAX, &file->told->ladders);
}

static int define_alias(struct file *file, const struct layout_field *field,
                        struct layout_mark *mark)
{
    const char *text = layout_reader_text(&file->reader, field);
    char target[LAYOUT_NAME_SIZE];

    if (!text || layout_reader_name(&file->reader, field, text, target))
        return -EINVAL;
    return complain_put(file, field, layout_set_put_alias(file->set, mark->name, target), "aliases",
                        LAYOUT_SET_ALIASES_MAX, &file->told->aliases);
}

/* Mark of a name that is about to be defined, or NULL with a complaint. */
static struct layout_mark *take_name(struct file *file, const struct layout_field *section,
                                     const struct config_node *key)
{
    struct layout_mark *mark;
    struct layout_field at;
    char quoted[CONFIG_ERROR_QUOTE_SIZE], name[LAYOUT_NAME_SIZE];

    if (key->type != CONFIG_NODE_SCALAR || key->binary) {
        layout_reader_part(&at, section, key, "%s", "");
        layout_reader_complain(&file->reader, &at, "a name must be a word");
        return NULL;
    }
    layout_reader_part(&at, section, key, ".%s",
                       config_error_quote(quoted, key->text, strlen(key->text)));
    if (layout_reader_name(&file->reader, &at, key->text, name))
        return NULL;
    mark = layout_marks_find(file->marks, name);
    if (mark && mark->order == file->order) {
        layout_reader_complain(&file->reader, &at, "is there twice, first in line %u",
                               mark->at.line);
        return NULL;
    }
    mark = layout_marks_ensure(file->marks, name);
    if (!mark) {
        if (!file->told->names)
            layout_reader_complain(&file->reader, &at, "more than %d names", LAYOUT_MARKS_MAX);
        file->told->names = file->marks->incomplete = true;
        return NULL;
    }
    mark->order = file->order;
    mark->file = file->reader.file;
    mark->at = (struct layout_place){key->line, key->column};
    return mark;
}

static int read_section(struct file *file, const struct layout_field *section, define_h *defineh)
{
    int err = 0;

    if (!section->node || config_tree_is_nothing(section->node))
        return 0;
    if (section->node->type != CONFIG_NODE_MAP) {
        layout_reader_complain(&file->reader, section, "must be a section with names");
        return -EINVAL;
    }
    for (const struct config_node *key = section->node->child; key; key = key->next->next) {
        struct layout_mark *mark = take_name(file, section, key);
        struct layout_field field;

        if (!mark) {
            err = -EINVAL;
            continue;
        }
        layout_reader_part(&field, section, key->next, ".%s", mark->name);
        mark->broken = defineh(file, &field, mark) != 0;
        if (mark->broken)
            err = -EINVAL;
    }
    return err;
}

static int read_file(struct file *file, const char *text, size_t len)
{
    static const char *const keys[] = {"layouts", "ladders", "aliases", NULL};
    struct layout_field root = {.node = NULL}, fields[3];
    struct config_tree tree;
    int err = config_tree_read(&tree, file->reader.file, text, len, file->reader.errs);

    file->marks->incomplete = file->marks->incomplete || err;
    if (!err && tree.root && !config_tree_is_nothing(tree.root)) {
        root.node = tree.root;
        err = layout_reader_keys(&file->reader, &root, keys, fields);
        if (read_section(file, &fields[0], define_layout))
            err = -EINVAL;
        if (read_section(file, &fields[1], define_ladder))
            err = -EINVAL;
        if (read_section(file, &fields[2], define_alias))
            err = -EINVAL;
    }
    config_tree_finish(&tree);
    return err;
}

int layout_file_read_for(struct layout_set *set, const struct layout_file *files, unsigned n,
                         const struct layout_file_cfg *cfg, struct config_errors *errs)
{
    struct layout_images images = {.seen = cfg->seen};
    struct layout_marks marks = {0};
    struct limits told = {0};
    int err = 0;

    for (unsigned i = 0; i < n; ++i) {
        struct file file = {
            .reader = {.file = files[i].name, .errs = errs},
            .dir = files[i].dir,
            .unread_images = files[i].unread_images,
            .set = set,
            .marks = &marks,
            .images = &images,
            .told = &told,
            .order = i + 1,
        };
        const int failed = files[i].text ? read_file(&file, files[i].text, files[i].len) : -EINVAL;

        marks.incomplete = marks.incomplete || !files[i].text;
        if (failed && err != -ENOMEM)
            err = failed;
    }
    if (layout_check_all(&marks, set, cfg->want, cfg->nwant, errs) && !err)
        err = -EINVAL;
    layout_marks_finish(&marks);
    layout_images_finish(&images);
    return err;
}

int layout_file_read_all(struct layout_set *set, const struct layout_file *files, unsigned n,
                         struct config_errors *errs)
{
    const struct layout_file_cfg cfg = {.nwant = 0};

    return layout_file_read_for(set, files, n, &cfg, errs);
}

int layout_file_read(struct layout_set *set, const char *name, const char *text, size_t len,
                     const char *dir, struct config_errors *errs)
{
    const struct layout_file file = {.name = name, .text = text, .len = len, .dir = dir};

    return layout_file_read_all(set, &file, 1, errs);
}
