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
#include "mcu/config/config_place.h"
#include "mcu/config/config_table.h"
#include "mcu/config/config_tree.h"
#include "mcu/config/layout_check.h"
#include "mcu/config/layout_file.h"
#include "mcu/config/layout_folder.h"
#include "mixer/layout_set.h"
#include "mixer/picture.h"

enum {
    WANTS_MAX = CONFIG_STRINGS_MAX + 1,
    WANT_SIZE = CONFIG_PLACE_SIZE + CONFIG_TABLE_PATH_MAX,
};

struct loader {
    const struct settings_source *source;
    struct settings *settings;
    struct config_places places;
    struct config_errors *errs;
    struct {
        unsigned n;
        struct layout_check_want want[WANTS_MAX];
        char place[WANTS_MAX][WANT_SIZE];
    } layouts; /* that keys name */
};

/* Does it have a key that is none? */
static bool has_unknown_key(const struct config_node *section, const char *name)
{
    char path[CONFIG_TABLE_PATH_MAX];

    if (section->type != CONFIG_NODE_MAP)
        return !config_tree_is_nothing(section);
    for (const struct config_node *key = section->child; key; key = key->next->next) {
        (void)snprintf(path, sizeof(path), "%s.%s", name, key->text ? key->text : "");
        if (!config_table_find(&config_table_all, path, strlen(path)))
            return true;
    }
    return false;
}

/*
 * Is it unknown where layouts are?  A key that was not understood may have been layouts.dir, and
 * then names of layouts would be missed that are there.
 */
static bool is_folder_unknown(const struct loader *l)
{
    static const char section[] = "layouts";
    const struct config_node *root = l->places.tree.root, *node;

    if (l->settings->config.layouts.dir[0] || !root)
        return false;
    node = config_tree_get(root, section);
    if (config_place_is_bad(&l->places, "layouts.dir") || (node && has_unknown_key(node, section)))
        return true;
    for (const struct config_node *key = root->child; key && !node; key = key->next->next) {
        if (key->text && config_table_distance(key->text, section) <= config_table_near(section))
            return true;
    }
    return false;
}

static void add_want(struct loader *l, const char *key, int item, const char *name)
{
    const unsigned i = l->layouts.n;
    char place[CONFIG_PLACE_SIZE];

    if (config_place_is_bad(&l->places, key))
        return;
    (void)snprintf(l->layouts.place[i], WANT_SIZE, "%s: %s",
                   config_place_find(&l->places, key, item, place), key);
    l->layouts.want[i] = (struct layout_check_want){.place = l->layouts.place[i], .name = name};
    ++l->layouts.n;
}

static int read_layouts(struct loader *l, bool names)
{
    const struct config *config = &l->settings->config;
    struct layout_file_cfg cfg = {.want = l->layouts.want, .seen = &l->settings->files};

    if (names) {
        add_want(l, "rooms.layout", -1, config->rooms.layout);
        for (uint32_t i = 0; i < config->dtmf.layouts.n; ++i)
            add_want(l, "dtmf.layouts", (int)i, config->dtmf.layouts.item[i]);
    }
    cfg.nwant = l->layouts.n;
    if (config->layouts.dir[0])
        config_files_add(&l->settings->files, config->layouts.dir);
    return layout_folder_read(&l->settings->layouts, config->layouts.dir, &cfg, l->errs);
}

static int read_logo(struct loader *l)
{
    const char *path = l->settings->config.overlay.logo;
    char why[PICTURE_WHY_SIZE] = "", place[CONFIG_PLACE_SIZE];
    int err;

    if (!path[0])
        return 0;
    config_files_add(&l->settings->files, path);
    err = picture_load(&l->settings->logo, path, why);
    if (err)
        config_error_add(l->errs, "%s: overlay.logo: \"%s\": %s",
                         config_place_find(&l->places, "overlay.logo", -1, place), path,
                         why[0] ? why : err_str(err));
    return err;
}

/* Goes on after errors, so that all are known in one go. */
static int load(struct loader *l)
{
    const struct settings_source *source = l->source;
    int err = config_read(&l->settings->config, &l->places, source->config_file, source->set,
                          source->nset, l->errs);
    int failed;

    if (l->places.unread)
        return err;
    failed = read_layouts(l, !err || !is_folder_unknown(l));
    err = err ? err : failed;
    failed = read_logo(l);
    return err ? err : failed;
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
        config_place_finish(&l.places);
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
