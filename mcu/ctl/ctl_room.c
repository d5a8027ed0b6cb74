/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_room.c  Commands about rooms
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mcu/ctl/ctl_call.h"
#include "mcu/ctl/ctl_client.h"
#include "mcu/ctl/ctl_command.h"
#include "mcu/ctl/ctl_file.h"
#include "mcu/ctl/ctl_json.h"
#include "mcu/ctl/ctl_layout.h"
#include "mcu/ctl/ctl_person.h"
#include "mcu/ctl/ctl_table.h"
#include "mcu/ctl/ctl_text.h"

static enum ctl_status rooms(struct ctl *ctl)
{
    static const char *const head[] = {"ROOM", ">PEOPLE", "LAYOUT", "SHOWING", ">FOR", NULL};
    char text[CTL_TEXT_FIGURE_SIZE];
    struct ctl_table *table;
    const json_t *room;
    json_t *root;
    size_t i;
    enum ctl_status status = ctl_call_run(ctl, &root, "GET", "/api/v1/rooms", NULL);

    if (!root)
        return status;
    table = ctl_table_new(head);
    json_array_foreach(ctl_json_at(root, "rooms"), i, room)
    {
        const json_t *layout = ctl_json_at(room, "layout");

        if (!table)
            break;
        ctl_table_cell(table, "%s", ctl_json_text(room, "name"));
        ctl_table_cell(table, "%.0f", ctl_json_number(room, "participants", 0));
        ctl_table_cell(table, "%s", ctl_json_text(layout, "layout"));
        ctl_table_cell(table, "%s", ctl_json_text(layout, "showing"));
        ctl_table_cell(table, "%s", ctl_text_duration(text, ctl_json_age(room, "created_at")));
    }
    if (!table || ctl_table_print(table, stdout) != 0)
        ctl_call_complain("out of memory");
    ctl_table_free(table);
    json_decref(root);
    return status;
}

static enum ctl_status show(struct ctl *ctl)
{
    char path[CTL_CALL_PATH_SIZE], text[CTL_TEXT_FIGURE_SIZE];
    json_t *root;
    const json_t *people;
    enum ctl_status status =
        ctl_call_run(ctl, &root, "GET", ctl_call_path(path, "/rooms/%s", ctl->args->arg[0]), NULL);

    if (!root)
        return status;
    people = ctl_json_at(root, "participants_list");
    ctl_table_field("room", "%s", ctl_json_text(root, "name"));
    ctl_table_field("since", "%s (%s)", ctl_text_duration(text, ctl_json_age(root, "created_at")),
                    ctl_json_text(root, "created_at"));
    ctl_layout_fields(ctl_json_at(root, "layout"), people);
    putchar('\n');
    ctl_person_list(people);
    json_decref(root);
    return status;
}

/** Takes @p look. */
static enum ctl_status put_look(struct ctl *ctl, json_t *look)
{
    char path[CTL_CALL_PATH_SIZE];

    return ctl_call_run(ctl, NULL, "PUT",
                        ctl_call_path(path, "/rooms/%s/layout", ctl->args->arg[0]), look);
}

static enum ctl_status banner(struct ctl *ctl)
{
    return put_look(ctl, json_pack("{s:s}", "banner", ctl->args->n > 1 ? ctl->args->arg[1] : ""));
}

static enum ctl_status marks(struct ctl *ctl)
{
    json_t *list = json_array();

    for (unsigned i = 1; i < ctl->args->n; ++i)
        (void)json_array_append_new(list, json_string(ctl->args->arg[i]));
    return put_look(ctl, json_pack("{s:o}", "marks", list));
}

static enum ctl_status overlays(struct ctl *ctl)
{
    json_t *set = json_object();

    for (unsigned i = 1; i < ctl->args->n; ++i) {
        const char *word = ctl->args->arg[i], *value = strchr(word, '=');
        char name[32];
        bool on = value && strcmp(value, "=on") == 0;

        if (!value || value == word || (!on && strcmp(value, "=off") != 0) ||
            (size_t)(value - word) >= sizeof(name)) {
            ctl_call_complain("not NAME=on or NAME=off: %s", word);
            json_decref(set);
            return CTL_USAGE;
        }
        memcpy(name, word, (size_t)(value - word));
        name[value - word] = '\0';
        (void)json_object_set_new(set, name, json_boolean(on));
    }
    return put_look(ctl, json_pack("{s:o}", "overlays", set));
}

static enum ctl_status record(struct ctl *ctl)
{
    bool start = strcmp(ctl->args->arg[1], "start") == 0;
    char path[CTL_CALL_PATH_SIZE];

    if (!start && strcmp(ctl->args->arg[1], "stop") != 0) {
        ctl_call_complain("start or stop, not %s", ctl->args->arg[1]);
        return CTL_USAGE;
    }
    return ctl_call_run(ctl, NULL, start ? "POST" : "DELETE",
                        ctl_call_path(path, "/rooms/%s/recordings", ctl->args->arg[0]), NULL);
}

static enum ctl_status snapshot(struct ctl *ctl)
{
    const char *file = ctl_args_value(ctl->args, "output");
    const char *width = ctl_args_value(ctl->args, "width");
    char path[CTL_CALL_PATH_SIZE];
    struct ctl_answer answer;
    enum ctl_status status;

    if (!file || (strcmp(file, "-") == 0 && isatty(STDOUT_FILENO))) {
        ctl_call_complain("where to? -o FILE");
        return CTL_USAGE;
    }
    if (width)
        ctl_call_path(path, "/rooms/%s/snapshot.jpg?w=%s", ctl->args->arg[0], width);
    else
        ctl_call_path(path, "/rooms/%s/snapshot.jpg", ctl->args->arg[0]);
    status = ctl_call_raw(ctl, &answer, "GET", path, NULL, NULL, 0);
    if (status)
        return status;
    if (ctl_file_write(file, answer.data, answer.len) != 0)
        status = CTL_REFUSED;
    free(answer.data);
    return status;
}

static const struct ctl_option snapshot_options[] = {
    {'o', "output", "FILE", "where to; - is standard output"},
    {'w', "width", "PIXELS", "scale it down to this width"},
    {0, NULL, NULL, NULL},
};

const struct ctl_command ctl_room_commands[] = {
    {.name = "rooms", .usage = "", .help = "all rooms", .run = rooms},
    {.name = "room show",
     .usage = "ROOM",
     .help = "a room, its look and its people",
     .min = 1,
     .max = 1,
     .kind = {CTL_KIND_ROOM},
     .run = show},
    {.name = "banner",
     .usage = "ROOM [TEXT]",
     .help = "a line over the picture; no text: as configured",
     .min = 1,
     .max = 2,
     .kind = {CTL_KIND_ROOM, CTL_KIND_TEXT},
     .run = banner},
    {.name = "marks",
     .usage = "ROOM [rec] [live]",
     .help = "the marks that the picture shows",
     .min = 1,
     .max = 3,
     .kind = {CTL_KIND_ROOM, CTL_KIND_WORD},
     .words = "rec live",
     .run = marks},
    {.name = "overlays",
     .usage = "ROOM NAME=on|off...",
     .help = "what is drawn over the picture",
     .more = "NAME is names, badges, border or logo.",
     .min = 2,
     .max = CTL_COMMAND_MANY,
     .kind = {CTL_KIND_ROOM, CTL_KIND_WORD},
     .words = "names=on names=off badges=on badges=off border=on border=off logo=on logo=off",
     .run = overlays},
    {.name = "record",
     .usage = "ROOM start|stop",
     .help = "record a room",
     .min = 2,
     .max = 2,
     .kind = {CTL_KIND_ROOM, CTL_KIND_WORD},
     .words = "start stop",
     .run = record},
    {.name = "snapshot",
     .usage = "ROOM -o FILE",
     .help = "the picture of a room as JPEG",
     .min = 1,
     .max = 1,
     .kind = {CTL_KIND_ROOM},
     .options = snapshot_options,
     .run = snapshot},
    {.name = NULL},
};
