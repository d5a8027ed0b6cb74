/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/mcu/fuzz_ws_message.c  Any bytes as a message of a WebSocket client
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/ws_event.h"
#include "mcu/api/ws_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** What has been read must have the form that its header promises. */
static void check(const struct ws_message *msg)
{
    char name[API_TEXT_NAME_SIZE], room[API_TEXT_ROOM_SIZE];

    if (msg->type == WS_MESSAGE_HELLO) {
        const struct ws_message_hello *hello = &msg->u.hello;

        if (hello->name[0] && (api_text_clean_name(name, hello->name, strlen(hello->name)) != 0 ||
                               strcmp(name, hello->name) != 0))
            abort();
        if (hello->room[0] && (api_text_clean_room(room, hello->room, strlen(hello->room)) != 0 ||
                               strcmp(room, hello->room) != 0))
            abort();
        if (!hello->room[0] && !hello->token.given && !hello->resume.given)
            abort();
    } else if (msg->type == WS_MESSAGE_OFFER) {
        if (strlen(msg->u.offer.sdp.text) != msg->u.offer.sdp.len)
            abort();
    } else if (msg->type == WS_MESSAGE_MUTE) {
        if (!msg->u.mute.audio.given && !msg->u.mute.video.given)
            abort();
    } else if (msg->type == WS_MESSAGE_CALL_START) {
        for (unsigned i = 0; i < msg->u.call.to.n; ++i) {
            if (!api_field_item(&msg->u.call.to, i)[0])
                abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size ? size : 1);
    char why[WS_MESSAGE_WHY_SIZE];
    struct ws_message msg;
    int err;

    if (!text)
        return 0;
    if (size)
        memcpy(text, data, size);
    err = ws_message_parse(&msg, text, size, why, sizeof(why));
    free(text);
    if (err) {
        char *answer = ws_event_error(msg.has_id ? msg.id : -1, ws_message_error_code(err), why);

        if (!answer || msg.type != WS_MESSAGE_NONE)
            abort();
        free(answer);
    } else {
        check(&msg);
    }
    ws_message_finish(&msg);
    return 0;
}
