/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/reaction.c  Which reactions there are, and how often
 */
#include "mcu/room/reaction.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "mcu/room/room_text.h"

void reaction_set_default(struct reaction_set *set)
{
    static const char *const emoji[] = {
        "\xf0\x9f\x91\x8d",         /* U+1F44D thumbs up */
        "\xf0\x9f\x91\x8f",         /* U+1F44F clapping hands */
        "\xe2\x9d\xa4\xef\xb8\x8f", /* U+2764 U+FE0F red heart */
        "\xf0\x9f\x98\x82",         /* U+1F602 tears of joy */
        "\xf0\x9f\x98\xae",         /* U+1F62E open mouth */
        "\xf0\x9f\x8e\x89",         /* U+1F389 party popper */
        "\xf0\x9f\x91\x8b",         /* U+1F44B waving hand */
        "\xe2\x9c\x8b",             /* U+270B raised hand */
    };

    set->n = 0;
    for (unsigned i = 0; i < sizeof(emoji) / sizeof(emoji[0]); ++i)
        (void)reaction_set_add(set, emoji[i]);
}

static bool has(const struct reaction_set *set, const char *emoji)
{
    for (unsigned i = 0; i < set->n; ++i) {
        if (strcmp(set->emoji[i], emoji) == 0)
            return true;
    }
    return false;
}

int reaction_set_add(struct reaction_set *set, const char *emoji)
{
    size_t len = strnlen(emoji, REACTION_SIZE);

    if (len == 0 || len == REACTION_SIZE || !(emoji[0] & 0x80) || room_text_length(emoji) < 0)
        return -EINVAL;
    if (has(set, emoji))
        return 0;
    if (set->n == REACTION_MAX)
        return -ENOSPC;
    memcpy(set->emoji[set->n++], emoji, len + 1);
    return 0;
}

int reaction_check(const struct reaction_set *set, struct room_rate *rate, const char *emoji,
                   uint64_t now_us, const char **ret_code)
{
    *ret_code = "";
    if (!has(set, emoji)) {
        *ret_code = "bad_reaction";
        return -EINVAL;
    }
    if (room_rate_take(rate, REACTION_RATE, REACTION_RATE_PERIOD_US, now_us)) {
        *ret_code = "rate_limited";
        return -EAGAIN;
    }
    return 0;
}
