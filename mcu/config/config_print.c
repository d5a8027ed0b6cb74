/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_print.c  A struct as commented YAML, by a table
 */
#include "mcu/config/config_print.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "mcu/config/config_table.h"
#include "mcu/config/config_value.h"

/* In double quotes, JSON's way; values hold no control characters. */
static void print_quoted(FILE *f, const char *text)
{
    fputc('"', f);
    for (; *text; ++text) {
        if (*text == '"' || *text == '\\')
            fputc('\\', f);
        fputc(*text, f);
    }
    fputc('"', f);
}

static void print_value(FILE *f, const struct config_row *row, const void *base)
{
    char text[CONFIG_VALUE_TEXT_SIZE];
    unsigned n;

    if (config_value_is_list(row)) {
        n = config_value_count(base, row);
        fputc('[', f);
        for (unsigned i = 0; i < n; ++i) {
            config_value_write(base, row, i, text);
            fputs(i ? ", " : "", f);
            print_quoted(f, row->secret ? "***" : text);
        }
        fputs("]\n", f);
        return;
    }
    config_value_write(base, row, 0, text);
    if (row->secret && text[0])
        print_quoted(f, "***");
    else if (row->type == CONFIG_TYPE_STRING || row->type == CONFIG_TYPE_FILE ||
             row->type == CONFIG_TYPE_ADDR || row->type == CONFIG_TYPE_COLOR)
        print_quoted(f, text);
    else
        fputs(text, f);
    fputc('\n', f);
}

/* A limit of a row in words, by way of a row like it whose field is the limit. */
static void print_limit(FILE *f, const struct config_row *row, uint32_t limit)
{
    struct config_row alike = *row;
    char text[CONFIG_VALUE_TEXT_SIZE];

    alike.offset = 0;
    config_value_write(&limit, &alike, 0, text);
    fputs(text, f);
}

static void print_type(FILE *f, const struct config_row *row)
{
    static const char *const word[] = {
        [CONFIG_TYPE_BOOL] = "True or false",    [CONFIG_TYPE_UINT] = "Number",
        [CONFIG_TYPE_DURATION] = "Duration",     [CONFIG_TYPE_SIZE] = "Size",
        [CONFIG_TYPE_BITRATE] = "Bit rate",      [CONFIG_TYPE_ENUM] = "One of",
        [CONFIG_TYPE_STRING] = "Text",           [CONFIG_TYPE_FILE] = "File name",
        [CONFIG_TYPE_ADDR] = "Address",          [CONFIG_TYPE_ADDRS] = "List of addresses",
        [CONFIG_TYPE_STRINGS] = "List of texts", [CONFIG_TYPE_COLOR] = "Colour",
    };

    fputs(word[row->type], f);
    switch (row->type) {
    case CONFIG_TYPE_UINT:
    case CONFIG_TYPE_DURATION:
    case CONFIG_TYPE_SIZE:
    case CONFIG_TYPE_BITRATE:
        fputs(" from ", f);
        print_limit(f, row, row->min);
        fputs(" to ", f);
        print_limit(f, row, row->max);
        break;
    case CONFIG_TYPE_ENUM:
        for (unsigned i = 0; row->names[i]; ++i)
            fprintf(f, "%s %s", i ? "," : "", row->names[i]);
        break;
    default:
        break;
    }
}

/* When a change takes effect. */
static const char *reload_text(enum config_reload reload)
{
    switch (reload) {
    case CONFIG_RELOAD_LIVE:
        return "at once";
    case CONFIG_RELOAD_NEW_ROOMS:
        return "in new rooms";
    case CONFIG_RELOAD_NEW_SESSIONS:
        return "for new participants";
    case CONFIG_RELOAD_RESTART:
        break;
    }
    return "after a restart";
}

static void print_row(FILE *f, const struct config_row *row, const void *base, int indent)
{
    const char *dot = strrchr(row->path, '.');

    fprintf(f, "%*s# %s\n%*s# ", indent, "", row->help, indent, "");
    print_type(f, row);
    fprintf(f, ".  Takes effect %s.\n", reload_text(row->reload));
    fprintf(f, "%*s%s: ", indent, "", dot ? dot + 1 : row->path);
    print_value(f, row, base);
}

/* Opens the sections of a path that the path before it was not in.  Returns the key's indent. */
static int open_sections(FILE *f, const char *path, const char *prev)
{
    const char *part = path;
    bool inside = true;
    int indent = 0;

    for (const char *dot; (dot = strchr(part, '.')) != NULL; part = dot + 1) {
        inside = inside && strncmp(path, prev, (size_t)(dot + 1 - path)) == 0;
        if (!inside)
            fprintf(f, "%s%*s%.*s:\n", indent || !prev[0] ? "" : "\n", indent, "",
                    (int)(dot - part), part);
        indent += 2;
    }
    return indent;
}

int config_print_rows(FILE *f, const struct config_table *table, const void *base)
{
    const char *prev = "";

    for (unsigned i = 0; i < table->n; ++i) {
        const struct config_row *row = &table->row[i];

        print_row(f, row, base, open_sections(f, row->path, prev));
        prev = row->path;
    }
    return fflush(f) != 0 || ferror(f) ? -EIO : 0;
}
