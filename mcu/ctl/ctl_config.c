/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_config.c  Commands about configuration: config, check, reload
 */
#include <jansson.h>
#include <string.h>

#include "mcu/ctl/ctl_call.h"
#include "mcu/ctl/ctl_check.h"
#include "mcu/ctl/ctl_command.h"
#include "mcu/ctl/ctl_json.h"
#include "mcu/ctl/ctl_table.h"

static enum ctl_status show(struct ctl *ctl)
{
    json_t *root;
    enum ctl_status status = ctl_call_run(ctl, &root, "GET", "/api/v1/config", NULL);

    if (root)
        fputs(ctl_json_text(root, "yaml"), stdout);
    json_decref(root);
    return status;
}

static void show_errors(const json_t *root)
{
    const json_t *errors = ctl_json_at(root, "errors"), *error;
    size_t i;

    json_array_foreach(errors, i, error)
    {
        const char *text = json_string_value(error);

        ctl_call_complain("%s", text ? text : "");
    }
}

/** @return how many keys have changed */
static size_t show_changes(const json_t *root)
{
    static const char *const head[] = {"CHANGED", "TAKES EFFECT", NULL};
    static const struct {
        const char *reload, *words;
    } effects[] = {
        {"live", "at once"},
        {"new rooms", "in new rooms"},
        {"new sessions", "for new participants"},
        {"restart", "after a restart"},
    };
    const json_t *changed = ctl_json_at(root, "changed"), *key;
    struct ctl_table *table = json_array_size(changed) ? ctl_table_new(head) : NULL;
    size_t i;

    if (!table)
        return json_array_size(changed);
    json_array_foreach(changed, i, key)
    {
        const char *reload = ctl_json_text(key, "class"), *words = reload;

        for (size_t k = 0; k < sizeof(effects) / sizeof(effects[0]); ++k)
            if (strcmp(effects[k].reload, reload) == 0)
                words = effects[k].words;
        ctl_table_cell(table, "%s", ctl_json_text(key, "key"));
        ctl_table_cell(table, "%s", words);
    }
    (void)ctl_table_print(table, stdout);
    ctl_table_free(table);
    return i;
}

/** Ask for a check or a reload; errors are no success.  @param done,same  What is said then */
static enum ctl_status run(struct ctl *ctl, const char *path, const char *done, const char *same)
{
    json_t *root;
    enum ctl_status status = ctl_call_look(ctl, &root, "POST", path, NULL);
    bool ok = ctl_json_is(root, "ok"), layouts = ctl_json_is(root, "layouts_changed");

    if (status)
        return status;
    if (!ctl->json) {
        size_t n = show_changes(root);

        show_errors(root);
        if (layouts)
            puts("Layouts have changed.");
        if (ok)
            puts(n == 0 && !layouts ? same : done);
        else
            ctl_call_complain("there are errors: nothing was changed");
    }
    json_decref(root);
    return ok ? CTL_OK : CTL_REFUSED;
}

static enum ctl_status reload(struct ctl *ctl)
{
    return run(ctl, "/api/v1/config/reload", "Reloaded.", "Nothing has changed.");
}

static enum ctl_status check(struct ctl *ctl)
{
    if (ctl->args->n)
        return ctl_check_config(ctl, ctl->args->arg[0]);
    return run(ctl, "/api/v1/config/check", "ok", "Nothing has changed.\nok");
}

const struct ctl_command ctl_config_commands[] = {
    {.name = "config",
     .usage = "",
     .help = "the configuration in force, secrets masked",
     .run = show},
    {.name = "check",
     .usage = "[FILE]",
     .help = "what is wrong with the configuration",
     .more = "Without FILE: what a reload of the running server would say and change.\n"
             "With FILE, a medley.yaml: no server is needed.",
     .max = 1,
     .kind = {CTL_KIND_FILE},
     .run = check},
    {.name = "reload",
     .usage = "",
     .help = "read configuration and layouts again",
     .more = "All or nothing: with an error in any file nothing changes and the exit status is 1.",
     .run = reload},
    {.name = NULL},
};
