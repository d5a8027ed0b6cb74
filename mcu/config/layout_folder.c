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

#include "mcu/base/err.h"
#include "mcu/config/config.h"
#include "mcu/config/config_error.h"
#include "mcu/config/config_file.h"
#include "mcu/config/layout_assets.h"
#include "mcu/config/layout_file.h"
#include "mixer/layout_set.h"

enum { BUILT_IN_MAX = 32, PATH_SIZE = CONFIG_PATH_SIZE + 256 /* a folder and a name */ };

struct folder {
    const char *dir;
    struct layout_file file[BUILT_IN_MAX + LAYOUT_FOLDER_FILES_MAX];
    unsigned n;
    char built_in[BUILT_IN_MAX][CONFIG_NAME_SIZE]; /* names */
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
        (void)snprintf(folder->built_in[i], sizeof(folder->built_in[i]), "built-in/%s",
                       layout_assets_table[i].name);
        folder->file[folder->n++] =
            (struct layout_file){.name = folder->built_in[i],
                                 .text = (const char *)layout_assets_table[i].data,
                                 .len = layout_assets_table[i].size};
    }
}

static int add_file(struct folder *folder, const char *name, struct config_errors *errs)
{
    char *path = folder->path[folder->nread];
    size_t len = 0;
    int err;

    (void)snprintf(path, PATH_SIZE, "%s/%s", folder->dir, name);
    err = config_file_read(path, true, &folder->text[folder->nread], &len, errs);
    if (err)
        return err;
    folder->file[folder->n++] = (struct layout_file){
        .name = path, .text = folder->text[folder->nread++], .len = len, .dir = folder->dir};
    return 0;
}

/* Reads all files that can be read, so that the errors of all are known. */
static int add_folder(struct folder *folder, struct config_errors *errs)
{
    struct dirent **entry = NULL;
    int n = scandir(folder->dir, &entry, takes_entry, by_name), err = 0;

    if (n < 0) {
        err = -errno;
        config_error_add(errs, "%s: %s (layouts.dir)", folder->dir, err_str(err));
        return err;
    }
    if (n > LAYOUT_FOLDER_FILES_MAX) {
        err = -EINVAL;
        config_error_add(errs, "%s: more than %d layout files", folder->dir,
                         LAYOUT_FOLDER_FILES_MAX);
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

int layout_folder_read(struct layout_set **ret_set, const char *dir, struct config_errors *errs)
{
    struct folder *folder = calloc(1, sizeof(*folder));
    struct layout_set *set = NULL;
    int err = folder ? layout_set_new(&set) : -ENOMEM, failed;

    if (err) {
        config_error_add(errs, "layouts: %s", err_str(err));
        goto out;
    }
    folder->dir = dir;
    add_built_in(folder);
    if (dir[0])
        err = add_folder(folder, errs);
    failed = layout_file_read_all(set, folder->file, folder->n, errs);
    if (failed)
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
