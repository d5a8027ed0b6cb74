/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_node.c  Commands about the server as a whole: status, drain, log
 */
#include <jansson.h>
#include <string.h>

#include "mcu/ctl/ctl_call.h"
#include "mcu/ctl/ctl_command.h"
#include "mcu/ctl/ctl_json.h"
#include "mcu/ctl/ctl_table.h"
#include "mcu/ctl/ctl_text.h"

static void show_settings(const json_t *settings)
{
    const json_t *errors = ctl_json_at(settings, "errors"), *error;
    double age = ctl_json_age(settings, "loaded_at");
    char text[CTL_TEXT_FIGURE_SIZE];
    size_t i;

    ctl_table_field("settings", "version %.0f, %s%s, %s", ctl_json_number(settings, "version", 0),
                    age < 0 ? "from the start" : ctl_text_duration(text, age),
                    age < 0 ? "" : " old",
                    ctl_json_is(settings, "ok") ? "ok" : "the last reload failed");
    json_array_foreach(errors, i, error)
    {
        ctl_table_field("", "%s", json_string_value(error) ? json_string_value(error) : "");
    }
}

static void show_node(const json_t *node)
{
    const json_t *people = ctl_json_at(node, "participants");
    char text[CTL_TEXT_FIGURE_SIZE];

    ctl_table_field("version", "%s", ctl_json_text(node, "version"));
    ctl_table_field("up", "%s", ctl_text_duration(text, ctl_json_number(node, "uptime_s", 0)));
    ctl_table_field("draining", "%s", ctl_json_is(node, "draining") ? "yes" : "no");
    ctl_table_field("rooms", "%.0f", ctl_json_number(node, "rooms", 0));
    ctl_table_field("people", "%.0f in browsers, %.0f on phones", ctl_json_number(people, "web", 0),
                    ctl_json_number(people, "sip", 0));
    ctl_table_field("cpu", "%s", ctl_text_duration(text, ctl_json_number(node, "cpu_s", 0)));
    ctl_table_field("memory", "%s", ctl_text_bytes(text, ctl_json_number(node, "rss_bytes", 0)));
    ctl_table_field("log", "%s", ctl_json_text(node, "log_level"));
    show_settings(ctl_json_at(node, "settings"));
}

static enum ctl_status status(struct ctl *ctl)
{
    json_t *root;
    enum ctl_status result = ctl_call_run(ctl, &root, "GET", "/api/v1/node", NULL);

    if (root)
        show_node(root);
    json_decref(root);
    return result;
}

static enum ctl_status drain(struct ctl *ctl)
{
    bool on = ctl->args->n == 0 || strcmp(ctl->args->arg[0], "on") == 0;
    enum ctl_status result;
    json_t *root;

    if (!on && strcmp(ctl->args->arg[0], "off") != 0) {
        ctl_call_complain("on or off, not %s", ctl->args->arg[0]);
        return CTL_USAGE;
    }
    result =
        ctl_call_run(ctl, &root, "POST", "/api/v1/node/drain", json_pack("{s:b}", "on", (int)on));
    if (root) {
        const json_t *people = ctl_json_at(root, "participants");

        printf("%s; %.0f in %.0f rooms\n",
               ctl_json_is(root, "draining") ? "draining: nobody gets in any more"
                                             : "not draining: everybody gets in",
               ctl_json_number(people, "web", 0) + ctl_json_number(people, "sip", 0),
               ctl_json_number(root, "rooms", 0));
    }
    json_decref(root);
    return result;
}

static enum ctl_status set_log(struct ctl *ctl)
{
    return ctl_call_run(ctl, NULL, "PUT", "/api/v1/node/log",
                        json_pack("{s:s}", "level", ctl->args->arg[0]));
}

const struct ctl_command ctl_node_commands[] = {
    {.name = "status", .usage = "", .help = "how the server is", .run = status},
    {.name = "drain",
     .usage = "[on|off]",
     .help = "let nobody in any more; those inside stay",
     .more = "Before maintenance: the server refuses joins, and /readyz tells load balancers.",
     .max = 1,
     .kind = {CTL_KIND_WORD},
     .words = "on off",
     .run = drain},
    {.name = "log",
     .usage = "LEVEL",
     .help = "log more or less",
     .more = "Until log.level changes in a reload, or the server restarts.",
     .min = 1,
     .max = 1,
     .kind = {CTL_KIND_WORD},
     .words = "error warning info debug",
     .run = set_log},
    {.name = NULL},
};
