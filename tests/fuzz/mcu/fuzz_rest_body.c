/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/mcu/fuzz_rest_body.c  Any bytes as the body of a request; the first one chooses
 * its kind
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/rest_body.h"
#include "mcu/api/rest_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** What has been read must be within the limits of its header. */
static void check(const struct rest_body *body)
{
    if (body->kind == REST_BODY_MUTE) {
        if (body->u.mute.nexcept > REST_BODY_EXCEPT_MAX)
            abort();
        for (unsigned i = 0; i < body->u.mute.nexcept; ++i)
            if (strnlen(body->u.mute.except[i], ID_SIZE) == ID_SIZE)
                abort();
    } else if (body->kind == REST_BODY_LOOK) {
        const struct rest_body_look *look = &body->u.look;

        if (look->nspotlights > SCENE_SPOTLIGHTS_MAX || look->nseats > REST_BODY_SEATS_MAX ||
            strnlen(look->layout, sizeof(look->layout)) == sizeof(look->layout) ||
            strnlen(look->banner, sizeof(look->banner)) == sizeof(look->banner))
            abort();
        for (unsigned i = 0; i < look->nseats; ++i)
            if (!look->seat[i].name[0] || strnlen(look->seat[i].id, ID_SIZE) == ID_SIZE)
                abort();
    } else if (body->kind == REST_BODY_LOG) {
        if (body->u.level > LOG_LEVEL_DEBUG)
            abort();
    }
}

/** What is said of it goes into an answer, whatever it repeats. */
static void answer(const char *why)
{
    struct rest_json json;

    if (!why[0])
        abort();
    rest_json_init(&json);
    rest_json_string(&json, NULL, why);
    if (!rest_json_text(&json, NULL))
        abort();
    rest_json_finish(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char why[REST_BODY_WHY_SIZE];
    struct rest_body body;
    char *text;

    if (size < 1)
        return 0;
    text = malloc(size > 1 ? size - 1 : 1); /* exact */
    if (!text)
        return 0;
    memcpy(text, data + 1, size - 1);
    if (rest_body_parse(&body, (enum rest_body_kind)(data[0] % REST_BODY_KINDS), text, size - 1,
                        why, sizeof(why)))
        answer(why);
    else
        check(&body);
    free(text);
    return 0;
}
