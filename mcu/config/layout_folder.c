/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/layout_folder.c  The built-in layouts and those in a folder as one set
 */
#include "mcu/config/layout_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "mcu/base/err.h"
#include "mcu/config/config.h"
#include "mcu/config/config_error.h"
#include "mcu/config/config_file.h"
#include "mcu/config/config_files.h"
#include "mcu/config/layout_assets.h"
#include "mcu/config/layout_file.h"
#include "mixer/layout_set.h"

enum { BUILT_IN_MAX = 32, PATH_SIZE = CONFIG_PATH_SIZE + 256 /* a folder and a name */ };

struct folder {
    const char *dir;
    const struct layout_file_cfg *cfg;
    struct layout_file file[BUILT_IN_MAX + LAYOUT_FOLDER_FILES_MAX + 1];
    unsigned n;
    char path[LAYOUT_FOLDER_FILES_MAX][PATH_SIZE];
    char *text[LAYOUT_FOLDER_FILES_MAX];
    unsigned nread;
};

bool layout_folder_takes(const char *name)
{
    const size_t len = strlen(name);

    return name[0] != '.' && len > 5 && strcmp(name + len - 5, ".yaml") == 0;
}

static int takes_entry(const struct dirent *entry)
{
    return layout_folder_takes(entry->d_name);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void add_built_in(struct folder *folder)
{
    for (unsigned i = 0; i < BUILT_IN_MAX && layout_assets_table[i].name; ++i) {
        folder->file[folder->n++] =
            (struct layout_file){.name = layout_assets_table[i].name,
                                 .text = (const char *)layout_assets_table[i].data,
                                 .len = layout_assets_table[i].size};
    }
}

/* Was it removed since its name was read?  Links that lead nowhere are still there. */
static bool is_gone(const char *path)
{
    struct stat st;

    return lstat(path, &st) && errno == ENOENT;
}

static int add_file(struct folder *folder, const char *name, struct config_errors *errs)
{
    const unsigned nerrs = errs->n, more = errs->more;
    char *path = folder->path[folder->nread];
    size_t len = 0;
    int err;

    (void)snprintf(path, PATH_SIZE, "%s/%s", folder->dir, name);
    config_files_add(folder->cfg->seen, path);
    err = config_file_read(path, true, &folder->text[folder->nread], &len, errs);
    if (err == -ENOENT && is_gone(path)) {
        errs->n = nerrs;
        errs->more = more;
        return 0;
    }
    if (err) /* without a text: names that may be in it are not missed */
        folder->text[folder->nread] = NULL;
    folder->file[folder->n++] = (struct layout_file){
        .name = path, .text = folder->text[folder->nread++], .len = len, .dir = folder->dir};
    return err;
}

/* There are files that were not read: names that may be in them are not missed. */
static void add_unread(struct folder *folder)
{
    folder->file[folder->n++] = (struct layout_file){.name = folder->dir};
}

/* Reads all files that can be read, so that the errors of all are known. */
static int add_folder(struct folder *folder, struct config_errors *errs)
{
    struct dirent **entry = NULL;
    int n = scandir(folder->dir, &entry, takes_entry, by_name), err = 0;

    if (n < 0) {
        err = -errno;
        config_error_add(errs, "%s: %s (layouts.dir)", folder->dir, err_str(err));
        add_unread(folder);
        return err;
    }
    if (n > LAYOUT_FOLDER_FILES_MAX) {
        err = -EINVAL;
        config_error_add(errs, "%s: more than %d layout files", folder->dir,
                         LAYOUT_FOLDER_FILES_MAX);
        add_unread(folder);
    }
    for (int i = 0; i < n; ++i) {
        if (i < LAYOUT_FOLDER_FILES_MAX) {
            const int failed = add_file(folder, entry[i]->d_name, errs);

            err = failed ? failed : err;
        }
        free(entry[i]);
    }
    free(entry);
    return err;
}

int layout_folder_read(struct layout_set **ret_set, const char *dir,
                       const struct layout_file_cfg *cfg, struct config_errors *errs)
{
    struct folder *folder = calloc(1, sizeof(*folder));
    struct layout_set *set = NULL;
    int err = folder ? layout_set_new(&set) : -ENOMEM, failed;

    if (err) {
        config_error_add(errs, "layouts: %s", err_str(err));
        goto out;
    }
    folder->dir = dir;
    folder->cfg = cfg;
    add_built_in(folder);
    if (dir[0])
        err = add_folder(folder, errs);
    failed = layout_file_read_for(set, folder->file, folder->n, cfg, errs);
    if (failed && !err)
        err = failed;
out:
    for (unsigned i = 0; folder && i < folder->nread; ++i)
        free(folder->text[i]);
    free(folder);
    if (err)
        layout_set_unref(set);
    else
        *ret_set = set;
    return err;
}
