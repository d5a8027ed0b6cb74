/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_person.c  Commands about people in a room
 */
#include "mcu/ctl/ctl_person.h"

#include <jansson.h>
#include <string.h>

#include "mcu/ctl/ctl_call.h"
#include "mcu/ctl/ctl_command.h"
#include "mcu/ctl/ctl_json.h"
#include "mcu/ctl/ctl_table.h"
#include "mcu/ctl/ctl_text.h"

/** Codec of a voice or a picture, or why there is none. */
static const char *state(const json_t *person, const char *kind, const char *codec)
{
    const char *name = ctl_json_text(ctl_json_at(person, "media"), codec);

    if (ctl_json_is(ctl_json_at(person, "muted"), kind))
        return "muted";
    if (!ctl_json_is(person, kind))
        return "-";
    return name[0] ? name : "on";
}

/** What is special about somebody, in words. */
static void add_special(struct ctl_table *table, const json_t *person)
{
    const char *seat = ctl_json_text(person, "seat");
    bool share = ctl_json_is(person, "share"), hand = ctl_json_is(person, "hand");

    if (share || hand || seat[0])
        ctl_table_cell(table, "%s%s%s%s%s", share ? "share" : "", share && hand ? " " : "",
                       hand ? "hand" : "", seat[0] && (share || hand) ? " " : "", seat);
    else
        ctl_table_cell(table, "-");
}

static void add_media(struct ctl_table *table, const json_t *media)
{
    double got = ctl_json_number(media, "rx_packets", 0),
           lost = ctl_json_number(media, "rx_lost", 0);
    double rtt = ctl_json_number(media, "rtt_ms", -1);
    char text[CTL_TEXT_FIGURE_SIZE];

    ctl_table_cell(table, "%s", ctl_text_rate(text, ctl_json_number(media, "rx_bps", 0)));
    ctl_table_cell(table, "%s", ctl_text_percent(text, got + lost > 0 ? lost / (got + lost) : -1));
    ctl_table_cell(table, "%s", ctl_text_rate(text, ctl_json_number(media, "tx_bps", 0)));
    ctl_table_cell(table, "%s", ctl_text_percent(text, ctl_json_number(media, "loss_ratio", -1)));
    if (rtt > 0)
        ctl_table_cell(table, "%.0f ms", rtt);
    else
        ctl_table_cell(table, "-");
}

void ctl_person_list(const struct json_t *people)
{
    static const char *const head[] = {"ID",    "NAME", "KIND",   "AUDIO", "VIDEO",
                                       "STATE", ">FOR", ">SENDS", ">LOSS", ">GETS",
                                       ">LOSS", ">RTT", NULL};
    struct ctl_table *table = ctl_table_new(head);
    char text[CTL_TEXT_FIGURE_SIZE];
    const json_t *p;
    size_t i;

    if (!table)
        return;
    json_array_foreach(people, i, p)
    {
        ctl_table_cell(table, "%s", ctl_json_text(p, "id"));
        ctl_table_cell(table, "%s", ctl_json_text(p, "name"));
        ctl_table_cell(table, "%s", ctl_json_text(p, "kind"));
        ctl_table_cell(table, "%s", state(p, "audio", "audio_codec"));
        ctl_table_cell(table, "%s", state(p, "video", "video_codec"));
        add_special(table, p);
        ctl_table_cell(table, "%s", ctl_text_duration(text, ctl_json_age(p, "joined_at")));
        add_media(table, ctl_json_at(p, "media"));
    }
    if (ctl_table_print(table, stdout) != 0)
        ctl_call_complain("out of memory");
    ctl_table_free(table);
}

static enum ctl_status participants(struct ctl *ctl)
{
    char path[CTL_CALL_PATH_SIZE];
    json_t *root;
    enum ctl_status status = ctl_call_run(
        ctl, &root, "GET", ctl_call_path(path, "/rooms/%s/participants", ctl->args->arg[0]), NULL);

    if (root)
        ctl_person_list(ctl_json_at(root, "participants"));
    json_decref(root);
    return status;
}

/** Path of the participant that the second argument names. */
static enum ctl_status person_path(struct ctl *ctl, char *path)
{
    char id[CTL_CALL_ID_SIZE];
    enum ctl_status status = ctl_call_person(ctl, id, ctl->args->arg[0], ctl->args->arg[1]);

    if (!status)
        ctl_call_path(path, "/rooms/%s/participants/%s", ctl->args->arg[0], id);
    return status;
}

static enum ctl_status patch(struct ctl *ctl, json_t *body)
{
    char path[CTL_CALL_PATH_SIZE];
    enum ctl_status status = person_path(ctl, path);

    if (status) {
        json_decref(body);
        return status;
    }
    return ctl_call_run(ctl, NULL, "PATCH", path, body);
}

/** --all and a participant exclude each other. */
static bool wants_all(const struct ctl *ctl, enum ctl_status *ret_status)
{
    bool all = ctl_args_value(ctl->args, "all") != NULL;

    *ret_status = CTL_OK;
    if (all == (ctl->args->n == 1))
        return all;
    ctl_call_complain(all ? "a participant or --all, not both" : "who? a participant, or --all");
    *ret_status = CTL_USAGE;
    return all;
}

static enum ctl_status mute_all(struct ctl *ctl)
{
    const struct ctl_args *args = ctl->args;
    json_t *except = json_array(), *root;
    char path[CTL_CALL_PATH_SIZE];
    enum ctl_status status;

    for (unsigned i = 0; i < args->ngiven; ++i) {
        char id[CTL_CALL_ID_SIZE];

        if (strcmp(args->given[i].option->name, "except") != 0)
            continue;
        status = ctl_call_person(ctl, id, args->arg[0], args->given[i].value);
        if (status) {
            json_decref(except);
            return status;
        }
        (void)json_array_append_new(except, json_string(id));
    }
    status = ctl_call_run(ctl, &root, "POST", ctl_call_path(path, "/rooms/%s/mute", args->arg[0]),
                          json_pack("{s:b, s:o}", "audio", 1, "except", except));
    if (root)
        printf("muted %.0f\n", ctl_json_number(root, "muted", 0));
    json_decref(root);
    return status;
}

static enum ctl_status set_muted(struct ctl *ctl, bool on)
{
    const char *kind = ctl_args_value(ctl->args, "video") ? "video" : "audio";

    return patch(ctl, json_pack("{s:{s:b}}", "muted", kind, (int)on));
}

static enum ctl_status mute(struct ctl *ctl)
{
    enum ctl_status status;
    bool all = wants_all(ctl, &status);

    if (status)
        return status;
    return all ? mute_all(ctl) : set_muted(ctl, true);
}

static enum ctl_status unmute(struct ctl *ctl)
{
    return set_muted(ctl, false);
}

static enum ctl_status kick(struct ctl *ctl)
{
    char path[CTL_CALL_PATH_SIZE];
    enum ctl_status status;
    bool all = wants_all(ctl, &status);

    if (!status && all)
        ctl_call_path(path, "/rooms/%s", ctl->args->arg[0]);
    else if (!status)
        status = person_path(ctl, path);
    return status ? status : ctl_call_run(ctl, NULL, "DELETE", path, NULL);
}

static enum ctl_status hand(struct ctl *ctl)
{
    bool up = strcmp(ctl->args->arg[2], "up") == 0;

    if (!up && strcmp(ctl->args->arg[2], "down") != 0) {
        ctl_call_complain("up or down, not %s", ctl->args->arg[2]);
        return CTL_USAGE;
    }
    return patch(ctl, json_pack("{s:b}", "hand", (int)up));
}

static bool has_seat(const json_t *layouts, const char *name)
{
    const json_t *layout, *seat;
    size_t i, k;

    json_array_foreach(layouts, i, layout)
    {
        json_array_foreach(ctl_json_at(layout, "seats"), k, seat)
        {
            if (json_is_string(seat) && strcmp(json_string_value(seat), name) == 0)
                return true;
        }
    }
    return false;
}

/** It is done, but nobody will see anything of it: most likely a slip of the hand. */
static void warn_of_seat(struct ctl *ctl, const char *name)
{
    json_t *root;

    if (ctl_call_get(ctl, &root, "/api/v1/layouts") != CTL_OK)
        return;
    if (!has_seat(ctl_json_at(root, "layouts"), name))
        ctl_call_complain("no layout has a seat of that name: %s", name);
    json_decref(root);
}

static enum ctl_status seat(struct ctl *ctl)
{
    const char *name = ctl->args->arg[2];
    bool none = strcmp(name, "none") == 0;
    enum ctl_status status = patch(ctl, json_pack("{s:s}", "seat", none ? "" : name));

    if (!status && !none)
        warn_of_seat(ctl, name);
    return status;
}

static enum ctl_status spotlight(struct ctl *ctl)
{
    json_t *list = json_array();
    char path[CTL_CALL_PATH_SIZE];

    for (unsigned i = 1; i < ctl->args->n; ++i) {
        char id[CTL_CALL_ID_SIZE];
        enum ctl_status status = ctl_call_person(ctl, id, ctl->args->arg[0], ctl->args->arg[i]);

        if (status) {
            json_decref(list);
            return status;
        }
        (void)json_array_append_new(list, json_string(id));
    }
    return ctl_call_run(ctl, NULL, "PUT",
                        ctl_call_path(path, "/rooms/%s/layout", ctl->args->arg[0]),
                        json_pack("{s:o}", "spotlight", list));
}

static const struct ctl_option mute_options[] = {
    {'a', "all", NULL, "everybody in the room"},
    {'x', "except", "PERSON", "with --all: but not this one; may be repeated"},
    {'v', "video", NULL, "the picture instead of the sound"},
    {0, NULL, NULL, NULL},
};

static const struct ctl_option unmute_options[] = {
    {'v', "video", NULL, "the picture instead of the sound"},
    {0, NULL, NULL, NULL},
};

static const struct ctl_option kick_options[] = {
    {'a', "all", NULL, "everybody in the room"},
    {0, NULL, NULL, NULL},
};

static const char person_help[] = "PERSON is an id, a name or the start of a name.";

const struct ctl_command ctl_person_commands[] = {
    {.name = "participants",
     .usage = "ROOM",
     .help = "who is in a room, and how well",
     .more =
         "SENDS and the LOSS after it are what the server receives, GETS and the next LOSS what "
         "it sends to them,\nin bit/s.  STATE: shares a screen, raised a hand, sits in a reserved "
         "seat.  More is in -o json.",
     .min = 1,
     .max = 1,
     .kind = {CTL_KIND_ROOM},
     .run = participants},
    {.name = "mute",
     .usage = "ROOM PERSON|--all",
     .help = "take somebody's voice or picture",
     .more = person_help,
     .min = 1,
     .max = 2,
     .kind = {CTL_KIND_ROOM, CTL_KIND_PERSON},
     .options = mute_options,
     .run = mute},
    {.name = "unmute",
     .usage = "ROOM PERSON",
     .help = "give it back",
     .more = person_help,
     .min = 2,
     .max = 2,
     .kind = {CTL_KIND_ROOM, CTL_KIND_PERSON},
     .options = unmute_options,
     .run = unmute},
    {.name = "kick",
     .usage = "ROOM PERSON|--all",
     .help = "send somebody away",
     .more = person_help,
     .min = 1,
     .max = 2,
     .kind = {CTL_KIND_ROOM, CTL_KIND_PERSON},
     .options = kick_options,
     .run = kick},
    {.name = "hand",
     .usage = "ROOM PERSON up|down",
     .help = "raise or lower somebody's hand",
     .more = person_help,
     .min = 3,
     .max = 3,
     .kind = {CTL_KIND_ROOM, CTL_KIND_PERSON, CTL_KIND_WORD},
     .words = "up down",
     .run = hand},
    {.name = "seat",
     .usage = "ROOM PERSON NAME|none",
     .help = "give somebody a reserved seat, as interpreter",
     .more = person_help,
     .min = 3,
     .max = 3,
     .kind = {CTL_KIND_ROOM, CTL_KIND_PERSON, CTL_KIND_SEAT},
     .run = seat},
    {.name = "spotlight",
     .usage = "ROOM [PERSON...]",
     .help = "give people the first seats; nobody: as usual",
     .more = person_help,
     .min = 1,
     .max = CTL_COMMAND_MANY,
     .kind = {CTL_KIND_ROOM, CTL_KIND_PERSON},
     .run = spotlight},
    {.name = NULL},
};
