/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_complete.c  Completion for shells
 *
 * The shells' part is a few lines that ask this program: "medleyctl complete -- WORDS..." prints
 * what the last word may become.  So it always fits the table of commands, and knows the rooms,
 * people and layouts of the server that runs.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "mcu/ctl/ctl_call.h"
#include "mcu/ctl/ctl_command.h"
#include "mcu/ctl/ctl_json.h"
#include "mcu/ctl/ctl_text.h"

enum { WORD_SIZE = 512 };

static const char bash_script[] =
    "# medleyctl completion bash > /usr/share/bash-completion/completions/medleyctl\n"
    "_medleyctl() {\n"
    "    local cur words cword i\n"
    "    if declare -F _get_comp_words_by_ref >/dev/null; then\n"
    "        _get_comp_words_by_ref -n := cur words cword\n"
    "    else\n"
    "        words=(\"${COMP_WORDS[@]}\") cword=$COMP_CWORD cur=${COMP_WORDS[COMP_CWORD]}\n"
    "    fi\n"
    "    mapfile -t COMPREPLY < <(\n"
    "        \"${words[0]}\" complete -- \"${words[@]:1:cword}\" 2>/dev/null)\n"
    "    for i in \"${!COMPREPLY[@]}\"; do\n"
    "        printf -v 'COMPREPLY[i]' %q \"${COMPREPLY[i]}\"\n"
    "    done\n"
    "    if declare -F __ltrim_colon_completions >/dev/null; then\n"
    "        __ltrim_colon_completions \"$cur\"\n"
    "    fi\n"
    "}\n"
    "complete -o default -F _medleyctl medleyctl\n";

static const char zsh_script[] =
    "#compdef medleyctl\n"
    "# medleyctl completion zsh > /usr/share/zsh/vendor-completions/_medleyctl\n"
    "_medleyctl() {\n"
    "    local -a found\n"
    "    found=(\"${(@f)$(\"${words[1]}\" complete -- \"${(@)words[2,CURRENT]}\" 2>/dev/null)}\")\n"
    "    if [[ -n ${found[1]} ]]; then compadd -a found; else _files; fi\n"
    "}\n"
    "if [[ $funcstack[1] == _medleyctl ]]; then _medleyctl \"$@\"; else compdef _medleyctl "
    "medleyctl; fi\n";

static enum ctl_status completion(struct ctl *ctl)
{
    if (strcmp(ctl->args->arg[0], "bash") == 0) {
        fputs(bash_script, stdout);
    } else if (strcmp(ctl->args->arg[0], "zsh") == 0) {
        fputs(zsh_script, stdout);
    } else {
        ctl_call_complain("bash or zsh, not %s", ctl->args->arg[0]);
        return CTL_USAGE;
    }
    return CTL_OK;
}

/** Offer a word if it goes on from what was typed; one that a terminal would not show is none. */
static void offer(const char *word, const char *typed)
{
    char clean[WORD_SIZE];

    if (word[0] && strncmp(word, typed, strlen(typed)) == 0 &&
        strcmp(ctl_text_clean(clean, sizeof(clean), word, WORD_SIZE), word) == 0)
        puts(word);
}

static void offer_words(const char *words, const char *typed)
{
    while (*words) {
        size_t len = strcspn(words, " ");
        char word[WORD_SIZE];

        (void)snprintf(word, sizeof(word), "%.*s", (int)len, words);
        offer(word, typed);
        words += len + (words[len] == ' ');
    }
}

static void offer_options(const struct ctl_option *o, const char *typed)
{
    for (; o && o->name; ++o) {
        char word[WORD_SIZE];

        (void)snprintf(word, sizeof(word), "--%s", o->name);
        offer(word, typed);
    }
}

/** Members @p key of the objects in the list @p list of an answer. */
static void offer_answer(struct ctl *ctl, const char *path, const char *list, const char *key,
                         const char *typed)
{
    const json_t *item;
    json_t *root;
    size_t i;

    if (ctl_call_get(ctl, &root, path) != CTL_OK)
        return;
    json_array_foreach(ctl_json_at(root, list), i, item)
    {
        offer(ctl_json_text(item, key), typed);
    }
    json_decref(root);
}

/** Seats of all layouts, each once. */
static void offer_seats(struct ctl *ctl, const char *typed)
{
    json_t *root, *seats = json_object();
    const json_t *layout, *seat;
    const char *name;
    json_t *value;
    size_t i, k;

    if (ctl_call_get(ctl, &root, "/api/v1/layouts") == CTL_OK) {
        json_array_foreach(ctl_json_at(root, "layouts"), i, layout)
        {
            json_array_foreach(ctl_json_at(layout, "seats"), k, seat)
            {
                if (json_is_string(seat))
                    (void)json_object_set_new(seats, json_string_value(seat), json_true());
            }
        }
        json_decref(root);
    }
    json_object_foreach(seats, name, value)
    {
        offer(name, typed);
    }
    json_decref(seats);
    offer("none", typed);
}

/** Words of commands: the first one, or the second after @p first. */
static void offer_commands(const char *first, const char *typed)
{
    char last[WORD_SIZE] = "";

    for (const struct ctl_command *const *table = ctl_command_tables(); *table; ++table)
        for (const struct ctl_command *c = *table; c->name; ++c) {
            const char *space = strchr(c->name, ' ');
            size_t len = strcspn(c->name, " ");
            char word[WORD_SIZE];

            if (!c->help)
                continue;
            if (first && (!space || strlen(first) != len || strncmp(first, c->name, len) != 0))
                continue;
            (void)snprintf(word, sizeof(word), "%.*s", first ? WORD_SIZE - 1 : (int)len,
                           first ? space + 1 : c->name);
            if (strcmp(word, last) != 0) /* two-word commands are side by side */
                offer(word, typed);
            memcpy(last, word, sizeof(last));
        }
}

static void offer_argument(struct ctl *ctl, const struct ctl_command *command,
                           const struct ctl_args *before, const char *typed)
{
    char path[CTL_CALL_PATH_SIZE];
    unsigned i = before->n, kind = CTL_KIND_END;

    if (i >= command->max)
        return;
    for (unsigned k = 0; k <= i && k < CTL_COMMAND_KINDS && command->kind[k]; ++k)
        kind = command->kind[k];
    switch (kind) {
    case CTL_KIND_ROOM:
        offer_answer(ctl, "/api/v1/rooms", "rooms", "name", typed);
        break;
    case CTL_KIND_PERSON:
        offer_answer(ctl, ctl_call_path(path, "/rooms/%s/participants", before->arg[0]),
                     "participants", "name", typed);
        break;
    case CTL_KIND_LAYOUT:
        offer_answer(ctl, "/api/v1/layouts", "layouts", "name", typed);
        break;
    case CTL_KIND_SEAT:
        offer_seats(ctl, typed);
        break;
    case CTL_KIND_WORD:
        offer_words(command->words, typed);
        break;
    default: /* files are the shell's business */
        break;
    }
}

/** Is the last of the words an option that waits for its value? */
static bool wants_value(const struct ctl_option *const *tables, const char *const *words,
                        unsigned n)
{
    struct ctl_args args;
    char why[CTL_ARGS_WHY_SIZE];

    return n > 0 && words[n - 1][0] == '-' &&
           ctl_args_parse(&args, tables, 1, &words[n - 1], false, why) == -EINVAL &&
           strstr(why, "needs a value");
}

/** @param words  What was typed, the last one (perhaps empty) is to be completed */
static void complete_line(struct ctl *ctl, const char *const *words, unsigned n)
{
    const struct ctl_option *tables[] = {ctl_command_options, NULL, NULL};
    const struct ctl_command *command;
    const char *typed = words[n - 1];
    char why[CTL_ARGS_WHY_SIZE];
    struct ctl_args args;
    unsigned used = 0;
    int skip;

    --n;
    skip = ctl_args_parse(&args, tables, (int)n, words, true, why);
    if (skip < 0)
        return;
    if (ctl_args_value(&args, "socket"))
        ctl->socket = ctl_args_value(&args, "socket");
    words += skip;
    n -= (unsigned)skip;
    command = ctl_command_find(words, n, &used);
    if (command && command->options) {
        tables[0] = command->options;
        tables[1] = ctl_command_options;
    }
    if (wants_value(tables, words, n))
        return;
    if (typed[0] == '-') {
        offer_options(tables[0], typed);
        offer_options(tables[1], typed);
    } else if (!command) {
        if (n < 2)
            offer_commands(n ? words[0] : NULL, typed);
    } else if (ctl_args_parse(&args, tables, (int)(n - used), words + used, false, why) >= 0) {
        if (ctl_args_value(&args, "socket"))
            ctl->socket = ctl_args_value(&args, "socket");
        offer_argument(ctl, command, &args, typed);
    }
}

static enum ctl_status complete(struct ctl *ctl)
{
    ctl->quiet = true;
    if (ctl->args->n)
        complete_line(ctl, ctl->args->arg, ctl->args->n);
    return CTL_OK;
}

const struct ctl_command ctl_complete_commands[] = {
    {.name = "completion",
     .usage = "bash|zsh",
     .help = "print a script that completes commands in a shell",
     .more = "For now:  . <(medleyctl completion bash)",
     .min = 1,
     .max = 1,
     .kind = {CTL_KIND_WORD},
     .words = "bash zsh",
     .run = completion},
    {.name = "complete",
     .usage = "-- [WORDS...]",
     .max = CTL_COMMAND_MANY,
     .kind = {CTL_KIND_TEXT},
     .run = complete},
    {.name = NULL},
};
