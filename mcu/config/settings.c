/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/settings.c  Everything an operator wrote, read and checked as one
 */
#include "mcu/config/settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/base/err.h"
#include "mcu/config/config_error.h"
#include "mcu/config/config_file.h"
#include "mcu/config/config_tree.h"
#include "mcu/config/layout_file.h"
#include "mcu/config/layout_folder.h"
#include "mixer/layout_set.h"
#include "mixer/picture.h"

enum { PLACE_SIZE = CONFIG_PATH_SIZE + 32 };

struct loader {
    const struct settings_source *source;
    struct settings *settings;
    struct config_errors *errs;
};

static int read_config(struct loader *l)
{
    const struct settings_source *source = l->source;
    int err = config_load(&l->settings->config, source->config_file, l->errs);

    if (err)
        return err;
    for (unsigned i = 0; i < source->nset; ++i) {
        if (config_set(&l->settings->config, source->set[i], l->errs))
            err = -EINVAL;
    }
    if (!err && source->nset)
        err = config_verify(&l->settings->config, l->errs);
    return err;
}

/* Node of "section.key" in the configuration file, or NULL. */
static const struct config_node *find_key(const struct config_tree *tree, const char *section,
                                          const char *key)
{
    const struct config_node *map = tree->root ? config_tree_get(tree->root, section) : NULL;

    return map ? config_tree_get(map, key) : NULL;
}

static bool is_on_command_line(const struct settings_source *source, const char *section,
                               const char *key)
{
    char start[CONFIG_NAME_SIZE];
    bool found = false;

    (void)snprintf(start, sizeof(start), "%s.%s=", section, key);
    for (unsigned i = 0; i < source->nset && !found; ++i)
        found = strncmp(source->set[i], start, strlen(start)) == 0;
    return found;
}

/*
 * Where a value was written, for an error that is seen only later: "file:line:column", or less if
 * that is not known.  @param item of a list, else -1.  Reads the file once more: there is an error
 * anyway.
 */
static void find_place(const struct loader *l, const char *section, const char *key, int item,
                       char place[PLACE_SIZE])
{
    const char *file = l->source->config_file;
    const struct config_node *node;
    struct config_errors *ignored = calloc(1, sizeof(*ignored));
    struct config_tree tree = {0};
    char *text = NULL;
    size_t len;

    (void)snprintf(place, PLACE_SIZE, "%s", file ? file : "defaults");
    if (is_on_command_line(l->source, section, key)) {
        (void)snprintf(place, PLACE_SIZE, "command line");
    } else if (file && ignored && config_file_read(file, true, &text, &len, ignored) == 0 &&
               config_tree_read(&tree, file, text, len, ignored) == 0) {
        node = find_key(&tree, section, key);
        if (node && item >= 0 && node->type == CONFIG_NODE_LIST) {
            for (node = node->child; node && item > 0; --item)
                node = node->next;
        }
        if (node)
            (void)snprintf(place, PLACE_SIZE, "%s:%u:%u", file, node->line, node->column);
    }
    config_tree_finish(&tree);
    free(text);
    free(ignored);
}

static int check_layout(struct loader *l, const char *section, const char *key, int item,
                        const char *name)
{
    char place[PLACE_SIZE], quoted[CONFIG_ERROR_QUOTE_SIZE];

    if (layout_set_has(l->settings->layouts, name))
        return 0;
    find_place(l, section, key, item, place);
    config_error_add(l->errs, "%s: %s.%s: there is no layout or ladder \"%s\"", place, section, key,
                     config_error_quote(quoted, name, strlen(name)));
    return -EINVAL;
}

static int check_layouts(struct loader *l)
{
    const struct config *config = &l->settings->config;
    int err = check_layout(l, "rooms", "layout", -1, config->rooms.layout);

    for (uint32_t i = 0; i < config->dtmf.layouts.n; ++i) {
        if (check_layout(l, "dtmf", "layouts", (int)i, config->dtmf.layouts.item[i]))
            err = -EINVAL;
    }
    return err;
}

static int read_logo(struct loader *l)
{
    const char *path = l->settings->config.overlay.logo;
    char why[PICTURE_WHY_SIZE] = "", place[PLACE_SIZE];
    int err;

    if (!path[0])
        return 0;
    config_files_add(&l->settings->files, path);
    err = picture_load(&l->settings->logo, path, why);
    if (err) {
        find_place(l, "overlay", "logo", -1, place);
        config_error_add(l->errs, "%s: overlay.logo: \"%s\": %s", place, path,
                         why[0] ? why : err_str(err));
    }
    return err;
}

static int load(struct loader *l)
{
    const struct layout_file_cfg cfg = {.seen = &l->settings->files};
    int err = read_config(l), failed;

    if (err)
        return err;
    config_files_add(&l->settings->files, l->settings->config.layouts.dir);
    err = layout_folder_read(&l->settings->layouts, l->settings->config.layouts.dir, &cfg, l->errs);
    if (!err)
        err = check_layouts(l);
    failed = read_logo(l);
    return failed ? failed : err;
}

int settings_load_seen(struct settings **ret_settings, const struct settings_source *source,
                       struct config_files *ret_files, struct config_errors *errs)
{
    static _Atomic uint64_t version;
    struct loader l = {.source = source, .errs = errs};
    const unsigned before = config_error_count(errs);
    int err = -ENOMEM;

    l.settings = calloc(1, sizeof(*l.settings));
    if (l.settings) {
        ref_init(&l.settings->ref);
        err = load(&l);
    }
    if (!err) {
        /* Relaxed: the number says nothing about other data. */
        l.settings->version = atomic_fetch_add_explicit(&version, 1, memory_order_relaxed) + 1;
        *ret_settings = l.settings;
        return 0;
    }
    if (config_error_count(errs) == before)
        config_error_add(errs, "settings: %s", err_str(err));
    if (l.settings && ret_files)
        config_files_copy(ret_files, &l.settings->files);
    settings_unref(l.settings);
    return err;
}

int settings_load(struct settings **ret_settings, const struct settings_source *source,
                  struct config_errors *errs)
{
    return settings_load_seen(ret_settings, source, NULL, errs);
}

struct settings *settings_ref(struct settings *settings)
{
    ref_get(&settings->ref);
    return settings;
}

struct settings *settings_unref(struct settings *settings)
{
    if (!settings || !ref_put(&settings->ref))
        return NULL;
    layout_set_unref(settings->layouts);
    picture_free(settings->logo);
    config_files_finish(&settings->files);
    free(settings);
    return NULL;
}
