/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_door.c  Commands about who comes into a room, as what, and who is called into
 * it
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "mcu/ctl/ctl_call.h"
#include "mcu/ctl/ctl_command.h"
#include "mcu/ctl/ctl_json.h"
#include "mcu/ctl/ctl_table.h"
#include "mcu/ctl/ctl_text.h"

/* ---- the lobby ---- */

static enum ctl_status lobby(struct ctl *ctl)
{
    static const char *const head[] = {"ID", "NAME", "KIND", ">FOR", NULL};
    char path[CTL_CALL_PATH_SIZE], text[CTL_TEXT_FIGURE_SIZE];
    struct ctl_table *table;
    enum ctl_status status;
    const json_t *p;
    json_t *root;
    size_t i;

    status = ctl_call_run(ctl, &root, "GET",
                          ctl_call_path(path, "/rooms/%s/lobby", ctl->args->arg[0]), NULL);
    if (!root)
        return status;
    table = ctl_table_new(head);
    json_array_foreach(ctl_json_at(root, "items"), i, p)
    {
        if (!table)
            break;
        ctl_table_cell(table, "%s", ctl_json_text(p, "id"));
        ctl_table_cell(table, "%s", ctl_json_text(p, "name"));
        ctl_table_cell(table, "%s", ctl_json_text(p, "kind"));
        ctl_table_cell(table, "%s", ctl_text_duration(text, ctl_json_age(p, "waits_since")));
    }
    if (!table || ctl_table_print(table, stdout) != 0)
        ctl_call_complain("out of memory");
    ctl_table_free(table);
    json_decref(root);
    return status;
}

static unsigned count_named(const json_t *items, const char *name)
{
    const json_t *p;
    size_t i;
    unsigned n = 0;

    json_array_foreach(items, i, p)
    {
        n += strcmp(ctl_json_text(p, "name"), name) == 0;
    }
    return n;
}

static bool is_he(const json_t *p, const char *who)
{
    return strcmp(ctl_json_text(p, "id"), who) == 0 || strcmp(ctl_json_text(p, "name"), who) == 0;
}

/* Each who waits and is meant.  @param who  NULL: all */
static enum ctl_status decide(struct ctl *ctl, const char *who, const char *what)
{
    char path[CTL_CALL_PATH_SIZE];
    enum ctl_status status;
    const json_t *p;
    json_t *root;
    size_t i;
    unsigned n = 0;

    status = ctl_call_get(ctl, &root, ctl_call_path(path, "/rooms/%s/lobby", ctl->args->arg[0]));
    if (status)
        return status;
    if (who && (n = count_named(ctl_json_at(root, "items"), who)) > 1) {
        ctl_call_complain("%u who wait for %s are called %s; take the id", n, ctl->args->arg[0],
                          who);
        json_decref(root);
        return CTL_REFUSED;
    }
    n = 0;
    json_array_foreach(ctl_json_at(root, "items"), i, p)
    {
        if (status || (who && !is_he(p, who)))
            continue;
        ++n;
        status = ctl_call_run(ctl, NULL, "POST",
                              ctl_call_path(path, "/rooms/%s/lobby/%s/%s", ctl->args->arg[0],
                                            ctl_json_text(p, "id"), what),
                              NULL);
    }
    json_decref(root);
    if (!n && who) {
        ctl_call_complain("nobody of this id or name waits: %s", who);
        status = CTL_REFUSED;
    }
    return status;
}

static enum ctl_status decide_by_args(struct ctl *ctl, const char *what)
{
    bool all = ctl_args_value(ctl->args, "all") != NULL;

    if (all == (ctl->args->n == 1))
        return decide(ctl, all ? NULL : ctl->args->arg[1], what);
    ctl_call_complain(all ? "somebody or --all, not both" : "who? somebody, or --all");
    return CTL_USAGE;
}

static enum ctl_status admit(struct ctl *ctl)
{
    return decide_by_args(ctl, "admit");
}

static enum ctl_status deny(struct ctl *ctl)
{
    return decide_by_args(ctl, "deny");
}

/* ---- rules ---- */

/* Takes @p body. */
static enum ctl_status set_rules(struct ctl *ctl, json_t *body)
{
    char path[CTL_CALL_PATH_SIZE];

    return ctl_call_run(ctl, NULL, "PATCH", ctl_call_path(path, "/rooms/%s", ctl->args->arg[0]),
                        body);
}

static enum ctl_status lock(struct ctl *ctl)
{
    return set_rules(ctl, json_pack("{s:{s:b}}", "rules", "locked", 1));
}

static enum ctl_status unlock(struct ctl *ctl)
{
    return set_rules(ctl, json_pack("{s:{s:b}}", "rules", "locked", 0));
}

static enum ctl_status pin(struct ctl *ctl)
{
    return set_rules(ctl, json_pack("{s:s}", "pin", ctl->args->n > 1 ? ctl->args->arg[1] : ""));
}

/* ---- people ---- */

/* Path of something of the participant that the second argument names. */
static enum ctl_status person_path(struct ctl *ctl, char *path, const char *what)
{
    char id[CTL_CALL_ID_SIZE];
    enum ctl_status status = ctl_call_person(ctl, id, ctl->args->arg[0], ctl->args->arg[1]);

    if (!status)
        ctl_call_path(path, "/rooms/%s/participants/%s/%s", ctl->args->arg[0], id, what);
    return status;
}

static enum ctl_status role(struct ctl *ctl)
{
    char path[CTL_CALL_PATH_SIZE];
    enum ctl_status status = person_path(ctl, path, "role");

    return status ? status
                  : ctl_call_run(ctl, NULL, "PUT", path,
                                 json_pack("{s:s}", "role", ctl->args->arg[2]));
}

static enum ctl_status move(struct ctl *ctl)
{
    char path[CTL_CALL_PATH_SIZE];
    enum ctl_status status = person_path(ctl, path, "move");

    return status ? status
                  : ctl_call_run(ctl, NULL, "POST", path,
                                 json_pack("{s:s}", "room", ctl->args->arg[2]));
}

static enum ctl_status call(struct ctl *ctl)
{
    char path[CTL_CALL_PATH_SIZE];
    json_t *to = json_array(), *root;
    enum ctl_status status;

    for (unsigned i = 1; i < ctl->args->n; ++i)
        (void)json_array_append_new(to, json_string(ctl->args->arg[i]));
    status =
        ctl_call_run(ctl, &root, "POST", ctl_call_path(path, "/rooms/%s/calls", ctl->args->arg[0]),
                     json_pack("{s:o}", "to", to));
    if (root)
        printf("%s %s\n", ctl_json_text(root, "id"), ctl_json_text(root, "state"));
    json_decref(root);
    return status;
}

static const struct ctl_option all_options[] = {
    {'a', "all", NULL, "everybody who waits"},
    {0, NULL, NULL, NULL},
};

const struct ctl_command ctl_door_commands[] = {
    {.name = "lobby",
     .usage = "ROOM",
     .help = "who waits outside a room",
     .min = 1,
     .max = 1,
     .kind = {CTL_KIND_ROOM},
     .run = lobby},
    {.name = "admit",
     .usage = "ROOM PERSON|--all",
     .help = "let somebody in who waits",
     .min = 1,
     .max = 2,
     .kind = {CTL_KIND_ROOM, CTL_KIND_TEXT},
     .options = all_options,
     .run = admit},
    {.name = "deny",
     .usage = "ROOM PERSON|--all",
     .help = "send somebody away who waits",
     .min = 1,
     .max = 2,
     .kind = {CTL_KIND_ROOM, CTL_KIND_TEXT},
     .options = all_options,
     .run = deny},
    {.name = "lock",
     .usage = "ROOM",
     .help = "let nobody in any more",
     .min = 1,
     .max = 1,
     .kind = {CTL_KIND_ROOM},
     .run = lock},
    {.name = "unlock",
     .usage = "ROOM",
     .help = "let people in again",
     .min = 1,
     .max = 1,
     .kind = {CTL_KIND_ROOM},
     .run = unlock},
    {.name = "pin",
     .usage = "ROOM [DIGITS]",
     .help = "the PIN of a room; no digits: none",
     .min = 1,
     .max = 2,
     .kind = {CTL_KIND_ROOM, CTL_KIND_TEXT},
     .run = pin},
    {.name = "role",
     .usage = "ROOM PERSON host|guest|viewer",
     .help = "what somebody may do",
     .min = 3,
     .max = 3,
     .kind = {CTL_KIND_ROOM, CTL_KIND_PERSON, CTL_KIND_WORD},
     .words = "host guest viewer",
     .run = role},
    {.name = "move",
     .usage = "ROOM PERSON OTHER",
     .help = "take somebody to another room",
     .min = 3,
     .max = 3,
     .kind = {CTL_KIND_ROOM, CTL_KIND_PERSON, CTL_KIND_ROOM},
     .run = move},
    {.name = "call",
     .usage = "ROOM USER|sip:ADDRESS...",
     .help = "call people into a room",
     .min = 2,
     .max = 17,
     .kind = {CTL_KIND_ROOM, CTL_KIND_TEXT},
     .run = call},
    {.name = NULL},
};
