/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/mcu/fuzz_token.c  Any bytes as a token, or (first byte odd) as the claims of a
 * token whose signature was right
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/auth/token.h"
#include "mcu/auth/token_claims.h"
#include "mcu/auth/token_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW_US UINT64_C(1700000000000000)

static const struct token_cfg cfg = {
    .algorithm = TOKEN_HS256, .secret = "0123456789abcdef0123456789abcdef", .leeway_s = 30};
static const struct token_claims_rules rules = {
    .issuer = "", .audience = "", .leeway_s = 30, .max_life_s = 86400};

static struct token_keys *keys;

/** What was read is as the header promises, and can be written and read again. */
static void check(const struct grants *grants)
{
    char room[API_TEXT_ROOM_SIZE], name[API_TEXT_NAME_SIZE], why[TOKEN_WHY_SIZE];
    struct grants again = *grants;
    char *json;

    if (grants->room[0] && strcmp(grants->room, "*") != 0 &&
        (api_text_clean_room(room, grants->room, strlen(grants->room)) != 0 ||
         strcmp(room, grants->room) != 0))
        abort();
    if (grants->name[0] && (api_text_clean_name(name, grants->name, strlen(grants->name)) != 0 ||
                            strcmp(name, grants->name) != 0))
        abort();
    if ((unsigned)grants->role >= ROLE_COUNT || grants->expires_us == 0 ||
        grants->room_config.max_participants > GRANTS_PARTICIPANTS_MAX)
        abort();
    if (grants->expires_us <= NOW_US)
        again.expires_us = NOW_US + 1000000; /* was within the leeway */
    if (!again.jti[0])
        memcpy(again.jti, "t", 2); /* not a random one */
    json = token_write_claims(&again, &rules, NOW_US);
    if (!json)
        abort();
    if (again.expires_us <= NOW_US + UINT64_C(86400000000)) {
        struct grants back;
        char *same;

        if (token_claims_read(&back, json, strlen(json), &rules, NOW_US, why, sizeof(why)))
            abort();
        same = token_write_claims(&back, &rules, NOW_US);
        if (!same || strcmp(same, json) != 0)
            abort();
        free(same);
    }
    free(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char why[TOKEN_WHY_SIZE], *text;
    struct grants grants;
    enum token_error error;

    if (size < 1)
        return 0;
    if (!keys && token_keys_new(&keys, &cfg, why, sizeof(why)) != 0)
        abort();
    text = malloc(size > 1 ? size - 1 : 1); /* exact */
    if (!text)
        return 0;
    memcpy(text, data + 1, size - 1);
    if (data[0] & 1)
        error = token_claims_read(&grants, text, size - 1, &rules, NOW_US, why, sizeof(why));
    else
        error = token_verify(keys, text, size - 1, NOW_US, &grants, why, sizeof(why));
    free(text);
    if (!error)
        check(&grants);
    else if (!why[0] || !token_error_code(error)[0])
        abort();
    return 0;
}
