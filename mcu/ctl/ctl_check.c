/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_check.c  Files checked here, by the server's own code
 */
#include "mcu/ctl/ctl_check.h"

#include <errno.h>
#include <jansson.h>
#include <libgen.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/config/config.h"
#include "mcu/config/layout_assets.h"
#include "mcu/config/layout_file.h"
#include "mcu/config/settings.h"
#include "mcu/ctl/ctl_call.h"
#include "mcu/ctl/ctl_file.h"
#include "mixer/layout_set.h"

enum { FILES_MAX = CTL_ARGS_MAX };

/** As the server's answer to a check is. */
static void print_json(const struct config_errors *errs, bool ok)
{
    json_t *list = json_array(), *root;

    for (unsigned i = 0; i < errs->n; ++i)
        (void)json_array_append_new(list, json_string(errs->text[i]));
    root = json_pack("{s:b, s:o}", "ok", (int)ok, "errors", list);
    (void)json_dumpf(root, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(root);
}

/** Tell errors, unless they are in the answer of -o json anyway. */
static void complain(const struct ctl *ctl, int err, const struct config_errors *errs)
{
    if (ctl->json)
        print_json(errs, false);
    else if (errs->n)
        config_print_errors(stderr, errs);
    else
        ctl_call_complain("%s", strerror(-err));
}

static enum ctl_status approve(const struct ctl *ctl)
{
    puts(ctl->json ? "{\"ok\":true,\"errors\":[]}" : "ok");
    return CTL_OK;
}

enum ctl_status ctl_check_settings(const struct ctl *ctl, struct settings **ret_settings,
                                   const char *path)
{
    const struct settings_source source = {.config_file = path};
    struct config_errors *errs = calloc(1, sizeof(*errs));
    int err = errs ? settings_load(ret_settings, &source, errs) : -ENOMEM;

    if (err && errs)
        complain(ctl, err, errs);
    free(errs);
    return err ? CTL_REFUSED : CTL_OK;
}

enum ctl_status ctl_check_config(const struct ctl *ctl, const char *path)
{
    struct settings *settings = NULL;
    enum ctl_status status = ctl_check_settings(ctl, &settings, path);

    settings_unref(settings);
    return status ? status : approve(ctl);
}

/** Read a file and find its folder.  @return 0, or why it cannot be read */
static int read_file(struct layout_file *file, const char *path)
{
    char *text, *name = strdup(path);
    int err = name ? ctl_file_read(&text, &file->len, path) : -ENOMEM;

    if (err) {
        free(name);
        return err;
    }
    file->name = path;
    file->text = text;
    file->dir = strdup(dirname(name));
    free(name);
    return 0;
}

static unsigned add_builtin(struct layout_file *file)
{
    unsigned n = 0;

    for (const struct layout_asset *a = layout_assets_table; a->name && n < FILES_MAX - 1; ++a)
        file[n++] = (struct layout_file){
            .name = a->name, .text = (const char *)a->data, .len = a->size, .dir = NULL};
    return n;
}

static int read_all(struct layout_file *file, unsigned *n, const char *const *paths,
                    unsigned npaths)
{
    int err = 0;

    *n = add_builtin(file);
    for (unsigned i = 0; i < npaths && *n < FILES_MAX && !err; ++i) {
        err = read_file(&file[*n], paths[i]);
        *n += err ? 0 : 1;
    }
    return err;
}

static void free_files(struct layout_file *file, unsigned n)
{
    for (unsigned i = 0; i < n; ++i) {
        if (!file[i].dir)
            continue; /* built in */
        free((char *)(uintptr_t)file[i].text);
        free((char *)(uintptr_t)file[i].dir);
    }
    free(file);
}

enum ctl_status ctl_check_layout_set(const struct ctl *ctl, struct layout_set **ret_set,
                                     const char *const *paths, unsigned n)
{
    struct layout_file *file = calloc(FILES_MAX, sizeof(*file));
    struct config_errors *errs = calloc(1, sizeof(*errs));
    struct layout_set *set = NULL;
    unsigned nfiles = 0;
    int err = file && errs ? layout_set_new(&set) : -ENOMEM;

    if (!err)
        err = read_all(file, &nfiles, paths, n);
    if (!err) {
        err = layout_file_read_all(set, file, nfiles, errs);
        if (err)
            complain(ctl, err, errs);
    }
    if (!err)
        *ret_set = set;
    else
        layout_set_unref(set);
    free_files(file, nfiles);
    free(errs);
    return err ? CTL_REFUSED : CTL_OK;
}

enum ctl_status ctl_check_layout_text(const char *name, const char *text)
{
    struct layout_file *file = calloc(FILES_MAX, sizeof(*file));
    struct config_errors *errs = calloc(1, sizeof(*errs));
    struct layout_set *set = NULL;
    int err = file && errs ? layout_set_new(&set) : -ENOMEM;

    if (!err) {
        unsigned n = add_builtin(file);

        file[n++] = (struct layout_file){.name = name, .text = text, .len = strlen(text)};
        err = layout_file_read_all(set, file, n, errs);
    }
    if (err && errs && errs->n)
        config_print_errors(stderr, errs);
    else if (err)
        ctl_call_complain("%s", strerror(-err));
    layout_set_unref(set);
    free(file);
    free(errs);
    return err ? CTL_REFUSED : CTL_OK;
}

enum ctl_status ctl_check_layouts(const struct ctl *ctl, const char *const *paths, unsigned n)
{
    struct layout_set *set = NULL;
    enum ctl_status status = ctl_check_layout_set(ctl, &set, paths, n);

    layout_set_unref(set);
    return status ? status : approve(ctl);
}
