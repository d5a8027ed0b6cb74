/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/dtmf_menu.c  What somebody types on a phone's keys: digits to an action
 */
#include "mcu/room/dtmf_menu.h"

#include <stdbool.h>
#include <string.h>

/* @return the action of a code that was typed whole; *ret_begun: it may become one */
static enum dtmf_menu_action look_up(const struct config_dtmf *config, const char *typed,
                                     bool *ret_begun)
{
    const struct {
        const char *code;
        enum dtmf_menu_action action;
    } entry[] = {{config->mute, DTMF_MENU_MUTE},     {config->hand, DTMF_MENU_HAND},
                 {config->layout, DTMF_MENU_LAYOUT}, {config->spotlight, DTMF_MENU_SPOTLIGHT},
                 {config->seat, DTMF_MENU_SEAT},     {config->overlays, DTMF_MENU_OVERLAYS}};

    *ret_begun = false;
    for (unsigned i = 0; i < sizeof(entry) / sizeof(entry[0]); ++i) {
        if (!entry[i].code[0])
            continue;
        if (strcmp(entry[i].code, typed) == 0)
            return entry[i].action;
        *ret_begun = *ret_begun || strncmp(entry[i].code, typed, strlen(typed)) == 0;
    }
    return DTMF_MENU_NONE;
}

enum dtmf_menu_action dtmf_menu_put(struct dtmf_menu *menu, const struct config_dtmf *config,
                                    char digit, uint64_t now_us)
{
    size_t len = strlen(menu->typed);
    enum dtmf_menu_action action = DTMF_MENU_NONE;
    bool begun = false;

    if (!config->enabled)
        return DTMF_MENU_NONE;
    if (now_us - menu->last_us > (uint64_t)config->timeout * 1000 || len + 1 >= sizeof(menu->typed))
        len = 0;
    menu->last_us = now_us;
    menu->typed[len] = digit;
    menu->typed[len + 1] = '\0';

    /* After a slip the latest digits count: "**6" is "*6". */
    for (const char *from = menu->typed; *from; ++from) {
        action = look_up(config, from, &begun);
        if (action || begun) {
            memmove(menu->typed, from, strlen(from) + 1);
            break;
        }
    }
    if (action || !begun)
        menu->typed[0] = '\0';
    return action;
}
