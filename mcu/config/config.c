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
#include "mcu/config/config_print.h"
#include "mcu/config/config_table.h"
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

int config_verify(const struct config *config, struct config_errors *errs)
{
    return config_verify_keys(config, command_line, errs);
}

int config_parse(struct config *ret_config, const char *name, const char *text, size_t len,
                 struct config_errors *errs)
{
    struct config config;
    int err;

    config_default(&config);
    err = config_yaml_read(&config, &config_table_all, name, text, len, errs);
    if (!err)
        err = config_verify_keys(&config, name, errs);
    if (!err)
        *ret_config = config;
    return err;
}

/* Makes relative file names relative to the folder of the file that they stand in. */
static int resolve_files(struct config *config, const char *path, struct config_errors *errs)
{
    const char *slash = strrchr(path, '/');
    const size_t folder = slash ? (size_t)(slash + 1 - path) : 0;

    for (unsigned i = 0; i < config_table_all.n && folder; ++i) {
        const struct config_row *row = &config_table_all.row[i];
        char *field = (char *)config + row->offset;
        size_t len;

        if (row->type != CONFIG_TYPE_FILE || !field[0] || field[0] == '/')
            continue;
        len = strlen(field);
        if (folder + len >= row->size) {
            config_error_add(errs, "%s: %s: too long with the folder of this file", path,
                             row->path);
            return -EINVAL;
        }
        memmove(field + folder, field, len + 1);
        memcpy(field, path, folder);
    }
    return 0;
}

int config_load(struct config *ret_config, const char *path, struct config_errors *errs)
{
    struct config config;
    char *text = NULL;
    size_t len = 0;
    int err;

    if (!path) {
        config_default(ret_config);
        return 0;
    }
    err = config_file_read(path, false, &text, &len, errs);
    if (err)
        return err;
    err = config_parse(&config, path, text, len, errs);
    free(text);
    if (!err)
        err = resolve_files(&config, path, errs);
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
