/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/mcu/fuzz_rules_json.c  Any bytes as the policy of a meeting
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/rest_json.h"
#include "mcu/api/rules_json.h"
#include "mcu/room/room_rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Rules that were read can be written, and asked. */
static void use(const struct room_rules *rules)
{
    struct rest_json json;

    if (room_rules_check(rules) || rules->max_participants > 4096)
        abort();
    for (unsigned act = ROOM_RULES_SPEAK; act <= ROOM_RULES_HAND; ++act)
        (void)room_rules_may(rules, ROOM_RULES_GUEST, (enum room_rules_act)act);
    rest_json_init(&json);
    rest_json_open(&json, NULL, '{');
    rules_json_write(&json, rules, true);
    rest_json_close(&json);
    if (!rest_json_text(&json, NULL))
        abort();
    rest_json_finish(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct room_rules rules = room_rules_defaults;
    const struct room_rules before = rules;
    char why[RULES_JSON_WHY_SIZE] = "";
    char *text = malloc(size ? size : 1); /* exact */

    if (!text)
        return 0;
    if (size)
        memcpy(text, data, size);
    if (rules_json_read(&rules, text, size, why, sizeof(why)) == 0)
        use(&rules);
    else if (!why[0] || memcmp(&rules, &before, sizeof(rules)) != 0)
        abort();
    free(text);
    return 0;
}
