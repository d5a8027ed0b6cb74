/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_layout.c  Commands about layouts
 */
#include "mcu/ctl/ctl_layout.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mcu/config/config.h"
#include "mcu/ctl/ctl_call.h"
#include "mcu/ctl/ctl_check.h"
#include "mcu/ctl/ctl_client.h"
#include "mcu/ctl/ctl_command.h"
#include "mcu/ctl/ctl_file.h"
#include "mcu/ctl/ctl_json.h"
#include "mcu/ctl/ctl_preview.h"
#include "mcu/ctl/ctl_table.h"
#include "mcu/ctl/import_freeswitch.h"

enum { LIST_SIZE = 1024 };

static const char *name_of(const json_t *people, const char *id)
{
    const json_t *p;
    size_t i;

    json_array_foreach(people, i, p)
    {
        if (strcmp(ctl_json_text(p, "id"), id) == 0)
            return ctl_json_text(p, "name");
    }
    return id;
}

/** Add a word to a list of them. */
static void add(char *list, const char *a, const char *between, const char *b)
{
    size_t n = strlen(list);

    (void)snprintf(list + n, LIST_SIZE - n, "%s%s%s%s", n ? ", " : "", a, between, b);
}

static void show_list(const char *name, const char *list)
{
    if (list[0])
        ctl_table_field(name, "%s", list);
}

static void show_overlays(const json_t *overlays)
{
    json_t *all = json_deep_copy(overlays);
    char list[LIST_SIZE] = "";
    const char *key;
    json_t *value;

    json_object_foreach(all, key, value)
    {
        if (json_is_true(value))
            add(list, key, "", "");
    }
    ctl_table_field("overlays", "%s", list[0] ? list : "none");
    json_decref(all);
}

static void show_seats(const json_t *seats, const json_t *people)
{
    json_t *all = json_deep_copy(seats);
    char list[LIST_SIZE] = "";
    const char *key;
    json_t *value;

    json_object_foreach(all, key, value)
    {
        if (json_is_string(value))
            add(list, key, " = ", name_of(people, json_string_value(value)));
    }
    show_list("seats", list);
    json_decref(all);
}

void ctl_layout_fields(const struct json_t *layout, const struct json_t *people)
{
    const json_t *canvas = ctl_json_at(layout, "canvas"), *item;
    const char *showing = ctl_json_text(layout, "showing");
    char spotlight[LIST_SIZE] = "", marks[LIST_SIZE] = "";
    size_t i;

    ctl_table_field("layout", "%s%s%s%s", ctl_json_text(layout, "layout"),
                    ctl_json_is(layout, "chosen") ? " (chosen for this room)" : "",
                    showing[0] ? ", showing " : "", showing);
    ctl_table_field("canvas", "%lldx%lld", (long long)json_integer_value(json_array_get(canvas, 0)),
                    (long long)json_integer_value(json_array_get(canvas, 1)));
    json_array_foreach(ctl_json_at(layout, "spotlight"), i, item)
    {
        if (json_is_string(item))
            add(spotlight, name_of(people, json_string_value(item)), "", "");
    }
    json_array_foreach(ctl_json_at(layout, "marks"), i, item)
    {
        if (json_is_string(item))
            add(marks, json_string_value(item), "", "");
    }
    show_list("spotlight", spotlight);
    show_seats(ctl_json_at(layout, "seats"), people);
    show_list("banner", ctl_json_text(layout, "banner"));
    show_list("marks", marks);
    show_overlays(ctl_json_at(layout, "overlays"));
    if (ctl_json_number(layout, "overflow", 0) > 0)
        ctl_table_field("unseen", "%.0f", ctl_json_number(layout, "overflow", 0));
}

static void show_tiles(const json_t *tiles, const json_t *people)
{
    static const char *const head[] = {">X", ">Y", ">W", ">H", "ROLE", "SHOWS", "WHO", NULL};
    struct ctl_table *table = ctl_table_new(head);
    const json_t *tile;
    size_t i;

    if (!table)
        return;
    json_array_foreach(tiles, i, tile)
    {
        const char *id = ctl_json_text(tile, "id");

        ctl_table_cell(table, "%.0f", ctl_json_number(tile, "x", 0));
        ctl_table_cell(table, "%.0f", ctl_json_number(tile, "y", 0));
        ctl_table_cell(table, "%.0f", ctl_json_number(tile, "w", 0));
        ctl_table_cell(table, "%.0f", ctl_json_number(tile, "h", 0));
        ctl_table_cell(table, "%s", ctl_json_text(tile, "role"));
        ctl_table_cell(table, "%s", ctl_json_text(tile, "media"));
        ctl_table_cell(table, "%s", id[0] ? name_of(people, id) : "-");
    }
    (void)ctl_table_print(table, stdout);
    ctl_table_free(table);
}

static enum ctl_status show(struct ctl *ctl)
{
    char path[CTL_CALL_PATH_SIZE];
    json_t *root, *people = NULL;
    const char *room = ctl->args->arg[0];
    enum ctl_status status =
        ctl_call_run(ctl, &root, "GET", ctl_call_path(path, "/rooms/%s/layout", room), NULL);

    if (!root)
        return status;
    status = ctl_call_get(ctl, &people, ctl_call_path(path, "/rooms/%s/participants", room));
    ctl_layout_fields(root, ctl_json_at(people, "participants"));
    putchar('\n');
    show_tiles(ctl_json_at(root, "tiles"), ctl_json_at(people, "participants"));
    json_decref(people);
    json_decref(root);
    return status;
}

static enum ctl_status set(struct ctl *ctl)
{
    char path[CTL_CALL_PATH_SIZE];
    const char *name = ctl->args->n > 1 ? ctl->args->arg[1] : NULL;

    return ctl_call_run(ctl, NULL, "PUT",
                        ctl_call_path(path, "/rooms/%s/layout", ctl->args->arg[0]),
                        json_pack("{s:s?}", "layout", name));
}

static enum ctl_status list(struct ctl *ctl)
{
    static const char *const head[] = {"NAME", "KIND", ">TILES", "MEANS", NULL};
    struct ctl_table *table;
    const json_t *layout;
    json_t *root;
    size_t i;
    enum ctl_status status = ctl_call_run(ctl, &root, "GET", "/api/v1/layouts", NULL);

    if (!root)
        return status;
    table = ctl_table_new(head);
    json_array_foreach(ctl_json_at(root, "layouts"), i, layout)
    {
        double tiles = ctl_json_number(layout, "tiles", -1);

        if (!table)
            break;
        ctl_table_cell(table, "%s", ctl_json_text(layout, "name"));
        ctl_table_cell(table, "%s", ctl_json_text(layout, "kind"));
        if (tiles >= 0)
            ctl_table_cell(table, "%.0f", tiles);
        else
            ctl_table_cell(table, "-");
        ctl_table_cell(table, "%s", ctl_json_text(layout, "target"));
    }
    if (!table || ctl_table_print(table, stdout) != 0)
        ctl_call_complain("out of memory");
    ctl_table_free(table);
    json_decref(root);
    return status;
}

static enum ctl_status check(struct ctl *ctl)
{
    return ctl_check_layouts(ctl, ctl->args->arg, ctl->args->n);
}

/** Values of an option that may be repeated. */
static unsigned values(const struct ctl_args *args, const char *name, const char **ret)
{
    unsigned n = 0;

    for (unsigned i = 0; i < args->ngiven; ++i)
        if (strcmp(args->given[i].option->name, name) == 0)
            ret[n++] = args->given[i].value;
    return n;
}

static enum ctl_status preview_by_server(struct ctl *ctl, const struct ctl_preview *p,
                                         void **ret_png, size_t *ret_size)
{
    char path[CTL_CALL_PATH_SIZE];
    struct ctl_answer answer;
    enum ctl_status status;

    ctl_call_path(path, "/layouts/%s/preview.png?count=%s&content=%s&size=%s", p->name, p->count,
                  p->content ? "1" : "0", p->size);
    status = ctl_call_raw(ctl, &answer, "GET", path, NULL, NULL, 0);
    if (!status) {
        *ret_png = answer.data;
        *ret_size = answer.len;
    }
    return status;
}

static enum ctl_status preview(struct ctl *ctl)
{
    const char *file = ctl_args_value(ctl->args, "output"), *files[CTL_ARGS_OPTIONS];
    const char *count = ctl_args_value(ctl->args, "count");
    const char *size = ctl_args_value(ctl->args, "size");
    const struct ctl_preview p = {.name = ctl->args->arg[0],
                                  .count = count ? count : "5",
                                  .size = size ? size : "1280x720",
                                  .content = ctl_args_value(ctl->args, "content") != NULL,
                                  .config = ctl_args_value(ctl->args, "config"),
                                  .files = files,
                                  .nfiles = values(ctl->args, "file", files)};
    enum ctl_status status;
    void *png;
    size_t len;

    if (!file || (strcmp(file, "-") == 0 && isatty(STDOUT_FILENO))) {
        ctl_call_complain("where to? -o FILE");
        return CTL_USAGE;
    }
    status = ctl_preview_check(&p);
    if (status)
        return status;
    status = p.config || p.nfiles ? ctl_preview_draw(ctl, &p, &png, &len)
                                  : preview_by_server(ctl, &p, &png, &len);
    if (status)
        return status;
    if (ctl_file_write(file, png, len) != 0)
        status = CTL_REFUSED;
    free(png);
    return status;
}

/** Tell what is wrong, or what was left out. */
static void tell_import(const char *from, int err, const struct config_errors *errs)
{
    if (errs->n)
        config_print_errors(stderr, errs);
    else if (err)
        ctl_call_complain("%s: %s", from, strerror(-err));
    if (!err && errs->n)
        ctl_call_complain("%u left out, the rest is imported", errs->n + errs->more);
}

static enum ctl_status import_text(const char *from, const char *xml, size_t len, const char *to)
{
    struct config_errors *errs = calloc(1, sizeof(*errs));
    char *yaml = NULL;
    int err = errs ? import_freeswitch_convert(&yaml, from, xml, len, errs) : -ENOMEM;

    if (errs)
        tell_import(from, err, errs);
    free(errs);
    /* A file that does not load would stop every later reload, so it is not even written. */
    if (!err && ctl_check_layout_text("imported", yaml) != CTL_OK) {
        ctl_call_complain("what comes of %s does not load: not written", from);
        err = -EINVAL;
    }
    if (!err)
        err = ctl_file_write(to, yaml, strlen(yaml));
    free(yaml);
    return err ? CTL_REFUSED : CTL_OK;
}

static enum ctl_status import(struct ctl *ctl)
{
    const char *to = ctl_args_value(ctl->args, "output"), *from = ctl->args->arg[1];
    enum ctl_status status;
    char *xml;
    size_t len;

    if (strcmp(ctl->args->arg[0], "freeswitch") != 0) {
        ctl_call_complain("freeswitch, not %s", ctl->args->arg[0]);
        return CTL_USAGE;
    }
    if (ctl_file_read(&xml, &len, from) != 0)
        return CTL_REFUSED;
    status = import_text(from, xml, len, to ? to : "-");
    free(xml);
    return status;
}

static const struct ctl_option import_options[] = {
    {'o', "output", "FILE", "where to; else standard output"},
    {0, NULL, NULL, NULL},
};

static const struct ctl_option preview_options[] = {
    {'n', "count", "N", "people in it; 5"},
    {'c', "content", NULL, "somebody shares a screen"},
    {0, "size", "WxH", "size of the picture; 1280x720"},
    {'f', "file", "FILE", "a layout file of its own; may be repeated"},
    {0, "config", "FILE", "another configuration than the server's"},
    {'o', "output", "FILE", "where to; - is standard output"},
    {0, NULL, NULL, NULL},
};

const struct ctl_command ctl_layout_commands[] = {
    {.name = "layout show",
     .usage = "ROOM",
     .help = "what a room looks like, tile by tile",
     .min = 1,
     .max = 1,
     .kind = {CTL_KIND_ROOM},
     .run = show},
    {.name = "layout set",
     .usage = "ROOM [LAYOUT]",
     .help = "choose a layout; none: as configured",
     .min = 1,
     .max = 2,
     .kind = {CTL_KIND_ROOM, CTL_KIND_LAYOUT},
     .run = set},
    {.name = "layout list", .usage = "", .help = "all layouts, ladders and aliases", .run = list},
    {.name = "layout preview",
     .usage = "LAYOUT -o FILE",
     .help = "draw a layout with made-up people, as PNG",
     .more = "The server draws it, with its configuration.  With --file or --config it is drawn\n"
             "here by the same code, and no server is needed.",
     .min = 1,
     .max = 1,
     .kind = {CTL_KIND_LAYOUT},
     .options = preview_options,
     .run = preview},
    {.name = "layout check",
     .usage = "FILE...",
     .help = "what is wrong with layout files",
     .more = "They are read over the built-in layouts, in this order.  No server is needed.",
     .min = 1,
     .max = CTL_COMMAND_MANY / 2,
     .kind = {CTL_KIND_FILE},
     .run = check},
    {.name = "layout import",
     .usage = "freeswitch FILE",
     .help = "a layout file from conference_layouts.conf.xml",
     .more = "What has no equivalent becomes a comment.  What would not load here is left out and "
             "told on\nstderr.  No server is needed.",
     .min = 2,
     .max = 2,
     .kind = {CTL_KIND_WORD, CTL_KIND_FILE},
     .words = "freeswitch",
     .options = import_options,
     .run = import},
    {.name = NULL},
};
