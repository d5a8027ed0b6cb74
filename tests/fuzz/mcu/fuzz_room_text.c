/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/mcu/fuzz_room_text.c  Texts, addresses, room names, PINs of strangers: what is
 * let through is harmless
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/room/bans.h"
#include "mcu/room/call.h"
#include "mcu/room/reaction.h"
#include "mcu/room/room_rules.h"
#include "mcu/room/room_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_names(const char *text, int length)
{
    size_t size = strlen(text);

    if (length > (int)size || (length >= 0 && (size_t)length * 4 < size))
        abort();
    if (call_address_ok(text) && (length != (int)size || strpbrk(text, "<>\" \r\n")))
        abort();
    if (call_room_ok(text) && (length != (int)size || strpbrk(text, "/\\%:")))
        abort();
}

/* Whoever is banned is kept out as he came. */
static void check_ban(const char *text)
{
    const struct bans_person guest = {.address = text, .name = text};
    struct bans *bans = NULL;

    if (bans_new(&bans))
        return;
    if (bans_add(bans, &guest) == 0 && !bans_match(bans, &guest))
        abort();
    bans_free(bans);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char pin[ROOM_RULES_PIN_SIZE] = "123456";
    struct reaction_set set = {.n = 0};
    char *text = malloc(size + 1);

    if (!text)
        return 0;
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    check_names(text, room_text_length(text));
    check_ban(text);
    if (room_rules_same_pin(pin, text) != (strcmp(pin, text) == 0))
        abort();
    if (reaction_set_add(&set, text) == 0 && room_text_length(set.emoji[0]) < 1)
        abort();
    free(text);
    return 0;
}
