/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config.c  Defaults, files, command line
 */
#include "mcu/config/config.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/config/config_error.h"
#include "mcu/config/config_file.h"
#include "mcu/config/config_place.h"
#include "mcu/config/config_print.h"
#include "mcu/config/config_table.h"
#include "mcu/config/config_tree.h"
#include "mcu/config/config_value.h"
#include "mcu/config/config_verify.h"
#include "mcu/config/config_yaml.h"

static const char command_line[] = "command line";

/* Sets a key from one line of text: a value, or the items of a list between commas. */
static int set_value(struct config *config, const struct config_row *row, const char *text,
                     char *why)
{
    struct config old = *config;
    char item[CONFIG_VALUE_TEXT_SIZE];
    int err = 0;

    if (!config_value_is_list(row))
        return config_value_read(config, row, text, why);

    config_value_clear(config, row);
    while (*text && !err) {
        size_t n = strcspn(text, ",");

        (void)snprintf(item, sizeof(item), "%.*s", (int)(n < sizeof(item) ? n : sizeof(item)),
                       text);
        err = config_value_add(config, row, item, why);
        text += n + (text[n] == ',');
    }
    if (err)
        *config = old;
    return err;
}

void config_default(struct config *ret_config)
{
    char why[CONFIG_VALUE_WHY_SIZE];

    memset(ret_config, 0, sizeof(*ret_config));
    for (unsigned i = 0; i < config_table_all.n; ++i) {
        const struct config_row *row = &config_table_all.row[i];
        int err = set_value(ret_config, row, row->def, why);

        assert(!err);
        (void)err;
    }
}

/* Makes relative file names relative to the folder of the file that they stand in. */
static int resolve_files(struct config *config, const struct config_places *places,
                         struct config_errors *errs)
{
    const char *slash = strrchr(places->file, '/');
    const size_t folder = slash ? (size_t)(slash + 1 - places->file) : 0;
    char place[CONFIG_PLACE_SIZE];
    int err = 0;

    for (unsigned i = 0; i < config_table_all.n && folder; ++i) {
        const struct config_row *row = &config_table_all.row[i];
        char *field = (char *)config + row->offset;
        size_t len;

        if (row->type != CONFIG_TYPE_FILE || !field[0] || field[0] == '/')
            continue;
        len = strlen(field);
        if (folder + len >= row->size) {
            config_error_add(errs, "%s: %s: too long with the folder of this file",
                             config_place_find(places, row->path, -1, place), row->path);
            err = -EINVAL;
            continue;
        }
        memmove(field + folder, field, len + 1);
        memcpy(field, places->file, folder);
    }
    return err;
}

/* A text over the defaults; its tree is kept in places. */
static int read_text(struct config *config, struct config_places *places, const char *text,
                     size_t len, struct config_errors *errs)
{
    int err = config_tree_read(&places->tree, places->file, text, len, errs);
    const struct config_node *root = places->tree.root;

    places->unread =
        err || (root && root->type != CONFIG_NODE_MAP && !config_tree_is_nothing(root));
    if (err)
        return err;
    return config_yaml_read(config, &config_table_all, places->file, &places->tree, places->bad,
                            errs);
}

static int read_file(struct config *config, struct config_places *places,
                     struct config_errors *errs)
{
    char *text = NULL;
    size_t len = 0;
    int err = config_file_read(places->file, false, &text, &len, errs), failed;

    if (err) {
        places->unread = true;
        return err;
    }
    err = read_text(config, places, text, len, errs);
    free(text);
    failed = resolve_files(config, places, errs);
    return err ? err : failed;
}

static int set_all(struct config *config, struct config_places *places, struct config_errors *errs)
{
    int err = 0;

    for (unsigned i = 0; i < places->nset; ++i) {
        const char *text = places->set[i];
        const struct config_row *row =
            config_table_find(&config_table_all, text, strcspn(text, "="));
        const int failed = config_set(config, text, errs);

        if (row) /* what the command line says counts, even if the file is wrong */
            places->bad[row - config_table_all.row] = failed != 0;
        err = failed ? failed : err;
    }
    return err;
}

int config_read(struct config *ret_config, struct config_places *ret_places, const char *path,
                const char *const *set, unsigned nset, struct config_errors *errs)
{
    int err = 0, failed;

    memset(ret_places, 0, sizeof(*ret_places));
    ret_places->file = path;
    ret_places->set = set;
    ret_places->nset = nset;
    config_default(ret_config);
    if (path)
        err = read_file(ret_config, ret_places, errs);
    failed = set_all(ret_config, ret_places, errs);
    err = err ? err : failed;
    failed = ret_places->unread ? 0 : config_verify_keys(ret_config, ret_places, errs);
    return err ? err : failed;
}

int config_parse(struct config *ret_config, const char *name, const char *text, size_t len,
                 struct config_errors *errs)
{
    struct config_places places = {.file = name};
    struct config config;
    int err, failed;

    config_default(&config);
    err = read_text(&config, &places, text, len, errs);
    failed = places.unread ? 0 : config_verify_keys(&config, &places, errs);
    config_place_finish(&places);
    if (!err && !failed)
        *ret_config = config;
    return err ? err : failed;
}

int config_load(struct config *ret_config, const char *path, struct config_errors *errs)
{
    struct config_places places;
    struct config config;
    int err = config_read(&config, &places, path, NULL, 0, errs);

    config_place_finish(&places);
    if (!err)
        *ret_config = config;
    return err;
}

int config_set(struct config *config, const char *assignment, struct config_errors *errs)
{
    char why[CONFIG_VALUE_WHY_SIZE], near[CONFIG_TABLE_PATH_MAX], key[CONFIG_ERROR_QUOTE_SIZE];
    const char *equals = strchr(assignment, '=');
    const struct config_row *row;

    if (!equals) {
        config_error_quote(key, assignment, strlen(assignment));
        config_error_add(errs, "%s: \"%s\" must be KEY=VALUE", command_line, key);
        return -EINVAL;
    }
    row = config_table_find(&config_table_all, assignment, (size_t)(equals - assignment));
    if (!row) {
        config_error_quote(key, assignment, (size_t)(equals - assignment));
        if (config_table_suggest(&config_table_all, key, near))
            config_error_add(errs, "%s: %s: no such key (did you mean \"%s\"?)", command_line, key,
                             near);
        else
            config_error_add(errs, "%s: %s: no such key", command_line, key);
        return -EINVAL;
    }
    if (set_value(config, row, equals + 1, why)) {
        config_error_add(errs, "%s: %s: %s", command_line, row->path, why);
        return -EINVAL;
    }
    return 0;
}

int config_print(FILE *f, const struct config *config)
{
    struct config defaults;

    fputs("# Configuration of Medley: every option.  Each key may be left out.\n"
          "# Made by `medleyd --print-config`; check a file with `medleyd --check --config FILE`.\n"
          "# Relative file names are taken from the folder of the file.\n\n",
          f);
    if (!config) {
        config_default(&defaults);
        config = &defaults;
    }
    return config_print_rows(f, &config_table_all, config);
}

void config_print_errors(FILE *f, const struct config_errors *errs)
{
    for (unsigned i = 0; i < errs->n; ++i)
        fprintf(f, "%s\n", errs->text[i]);
    if (errs->more)
        fprintf(f, "and %u more errors\n", errs->more);
    (void)fflush(f);
}

unsigned config_diff(const struct config *a, const struct config *b, config_diff_h *diffh,
                     void *arg)
{
    unsigned n = 0;

    for (unsigned i = 0; i < config_table_all.n; ++i) {
        const struct config_row *row = &config_table_all.row[i];

        if (config_value_equal(a, b, row))
            continue;
        ++n;
        if (diffh)
            diffh(row->path, row->reload, arg);
    }
    return n;
}

void config_keep(struct config *config, const struct config *from, enum config_reload class)
{
    for (unsigned i = 0; i < config_table_all.n; ++i) {
        const struct config_row *row = &config_table_all.row[i];

        if (row->reload == class)
            memcpy((char *)config + row->offset, (const char *)from + row->offset, row->size);
    }
}

const char *config_sip_realm(const struct config *config)
{
    if (config->sip.domain[0])
        return config->sip.domain;
    return config->server.name[0] ? config->server.name : "medley";
}
