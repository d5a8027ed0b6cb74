/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_user.c  Commands about accounts and tokens
 */
#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "mcu/ctl/ctl_call.h"
#include "mcu/ctl/ctl_command.h"
#include "mcu/ctl/ctl_json.h"
#include "mcu/ctl/ctl_table.h"

enum { PASSWORD_SIZE = 256, CURSOR_SIZE = 512 };

/* ---- passwords ---- */

static bool set_echo(bool on)
{
    struct termios t;

    if (tcgetattr(STDIN_FILENO, &t) != 0)
        return false;
    if (on)
        t.c_lflag |= ECHO;
    else
        t.c_lflag &= ~(tcflag_t)ECHO;
    return tcsetattr(STDIN_FILENO, TCSAFLUSH, &t) == 0;
}

/* The first line of standard input; from a terminal it is asked for and not shown.
 * @return false: the user was told */
static bool read_password(char text[PASSWORD_SIZE], const char *what)
{
    bool hidden = isatty(STDIN_FILENO) && set_echo(false);
    bool got;

    if (hidden)
        fprintf(stderr, "%s: ", what);
    got = fgets(text, PASSWORD_SIZE, stdin) != NULL;
    if (hidden) {
        (void)set_echo(true);
        fputc('\n', stderr);
    }
    text[got ? strcspn(text, "\r\n") : 0] = '\0';
    if (!text[0])
        ctl_call_complain("no password on standard input");
    return text[0] != '\0';
}

/* ---- users ---- */

static void add_rows(struct ctl_table *table, const json_t *items)
{
    const json_t *user;
    size_t i;

    json_array_foreach(items, i, user)
    {
        ctl_table_cell(table, "%s", ctl_json_text(user, "name"));
        ctl_table_cell(table, "%s", ctl_json_text(user, "display"));
        ctl_table_cell(table, "%s", ctl_json_text(user, "role"));
        ctl_table_cell(table, "%s", ctl_json_is(user, "sip") ? "yes" : "no");
        ctl_table_cell(table, "%s", ctl_json_text(user, "id"));
    }
}

static enum ctl_status users(struct ctl *ctl)
{
    static const char *const head[] = {"NAME", "DISPLAY", "ROLE", "PHONE", "ID", NULL};
    char path[CTL_CALL_PATH_SIZE] = "/api/v1/users?limit=200", next[CURSOR_SIZE];
    struct ctl_table *table = ctl_table_new(head);
    enum ctl_status status = CTL_OK;
    json_t *root;

    do {
        status = ctl_call_run(ctl, &root, "GET", path, NULL);
        (void)snprintf(next, sizeof(next), "%s", ctl_json_text(root, "next"));
        if (table && root)
            add_rows(table, ctl_json_at(root, "items"));
        json_decref(root);
        (void)ctl_call_path(path, "/users?limit=200&cursor=%s", next);
    } while (!status && next[0]);
    if (!status && !ctl->json && (!table || ctl_table_print(table, stdout) != 0))
        ctl_call_complain("out of memory");
    ctl_table_free(table);
    return status;
}

/* Id of the user of a login.  @return CTL_OK, or what to end with */
static enum ctl_status find(struct ctl *ctl, const char *name, char id[CTL_CALL_ID_SIZE])
{
    char path[CTL_CALL_PATH_SIZE];
    enum ctl_status status;
    const json_t *user;
    json_t *root;
    size_t i;

    id[0] = '\0';
    status = ctl_call_get(ctl, &root, ctl_call_path(path, "/users/lookup?name=%s", name));
    if (status)
        return status;
    json_array_foreach(ctl_json_at(root, "items"), i, user)
    {
        if (strcmp(ctl_json_text(user, "name"), name) == 0)
            (void)snprintf(id, CTL_CALL_ID_SIZE, "%s", ctl_json_text(user, "id"));
    }
    json_decref(root);
    if (id[0])
        return CTL_OK;
    ctl_call_complain("there is no user %s", name);
    return CTL_REFUSED;
}

static enum ctl_status add(struct ctl *ctl)
{
    const char *display = ctl_args_value(ctl->args, "display");
    char password[PASSWORD_SIZE];
    json_t *body, *root;
    enum ctl_status status;

    if (!read_password(password, "Password"))
        return CTL_REFUSED;
    body =
        json_pack("{s:s, s:s, s:s, s:s*}", "name", ctl->args->arg[0], "password", password, "role",
                  ctl_args_value(ctl->args, "operator") ? "operator" : "user", "display", display);
    if (ctl_args_value(ctl->args, "phone"))
        (void)json_object_set_new(body, "sip_password", json_string(password));
    explicit_bzero(password, sizeof(password));
    status = ctl_call_run(ctl, &root, "POST", "/api/v1/users", body);
    if (root)
        puts(ctl_json_text(root, "id"));
    json_decref(root);
    return status;
}

static enum ctl_status set_password(struct ctl *ctl)
{
    char id[CTL_CALL_ID_SIZE], path[CTL_CALL_PATH_SIZE], password[PASSWORD_SIZE];
    enum ctl_status status = find(ctl, ctl->args->arg[0], id);
    json_t *body;

    if (status)
        return status;
    if (!read_password(password, "New password"))
        return CTL_REFUSED;
    body = json_pack("{s:s}", ctl_args_value(ctl->args, "phone") ? "sip_password" : "password",
                     password);
    explicit_bzero(password, sizeof(password));
    return ctl_call_run(ctl, NULL, "PATCH", ctl_call_path(path, "/users/%s", id), body);
}

static enum ctl_status drop(struct ctl *ctl)
{
    char id[CTL_CALL_ID_SIZE], path[CTL_CALL_PATH_SIZE];
    enum ctl_status status = find(ctl, ctl->args->arg[0], id);

    return status ? status
                  : ctl_call_run(ctl, NULL, "DELETE", ctl_call_path(path, "/users/%s", id), NULL);
}

/* ---- tokens ---- */

static enum ctl_status token(struct ctl *ctl)
{
    const char *hours = ctl_args_value(ctl->args, "hours");
    char *end = NULL;
    unsigned long n = hours && isdigit((unsigned char)*hours) ? strtoul(hours, &end, 10) : 0;
    json_t *body;
    enum ctl_status status;
    json_t *root;

    if (hours && (!n || *end || n > 8760)) {
        ctl_call_complain("--hours: a whole number from 1 to 8760: %s", hours);
        return CTL_USAGE;
    }
    body = json_pack("{s:s, s:s, s:s*, s:s*}", "room", ctl->args->arg[0], "role",
                     ctl->args->n > 1 ? ctl->args->arg[1] : "guest", "name",
                     ctl_args_value(ctl->args, "name"), "identity",
                     ctl_args_value(ctl->args, "identity"));
    if (hours)
        (void)json_object_set_new(body, "ttl_ms", json_integer((json_int_t)n * 3600000));
    status = ctl_call_run(ctl, &root, "POST", "/api/v1/tokens", body);
    if (root)
        puts(ctl_json_text(root, "token"));
    json_decref(root);
    return status;
}

static const struct ctl_option add_options[] = {
    {'d', "display", "NAME", "the name that others see"},
    {'p', "phone", NULL, "the password is that of his SIP phones too"},
    {'O', "operator", NULL, "he may run the server"},
    {0, NULL, NULL, NULL},
};

static const struct ctl_option password_options[] = {
    {'p', "phone", NULL, "that of his SIP phones"},
    {0, NULL, NULL, NULL},
};

static const struct ctl_option token_options[] = {
    {'n', "name", "NAME", "the name of whoever uses it; else he gives one"},
    {'i', "identity", "ID", "who he is: with it he has one seat, however often he comes"},
    {'H', "hours", "N", "how long it is good; else as configured"},
    {0, NULL, NULL, NULL},
};

static const char password_help[] =
    "The password is asked for on a terminal, else it is the first line of standard input.";

const struct ctl_command ctl_user_commands[] = {
    {.name = "users", .usage = "", .help = "all accounts", .run = users},
    {.name = "user add",
     .usage = "NAME",
     .help = "a new account",
     .more = password_help,
     .min = 1,
     .max = 1,
     .kind = {CTL_KIND_TEXT},
     .options = add_options,
     .run = add},
    {.name = "user password",
     .usage = "NAME",
     .help = "another password for somebody",
     .more = password_help,
     .min = 1,
     .max = 1,
     .kind = {CTL_KIND_TEXT},
     .options = password_options,
     .run = set_password},
    {.name = "user remove",
     .usage = "NAME",
     .help = "remove an account; what he did stays in the history",
     .min = 1,
     .max = 1,
     .kind = {CTL_KIND_TEXT},
     .run = drop},
    {.name = "token",
     .usage = "ROOM [host|guest|viewer]",
     .help = "a token that lets somebody into a room",
     .min = 1,
     .max = 2,
     .kind = {CTL_KIND_ROOM, CTL_KIND_WORD},
     .words = "host guest viewer",
     .options = token_options,
     .run = token},
    {.name = NULL},
};
