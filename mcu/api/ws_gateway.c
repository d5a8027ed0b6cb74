/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ws_gateway.c  The medley.v1 protocol: which message does what, and who may
 */
#include "mcu/api/ws_gateway.h"

#include <stddef.h>

#include "mcu/api/entry.h"
#include "mcu/api/signin.h"
#include "mcu/api/ws_answer.h"
#include "mcu/api/ws_call.h"
#include "mcu/api/ws_enter.h"
#include "mcu/api/ws_event.h"
#include "mcu/api/ws_host.h"
#include "mcu/api/ws_member.h"
#include "mcu/api/ws_message.h"
#include "mcu/api/ws_session.h"
#include "mcu/base/log.h"
#include "mcu/config/settings.h"
#include "mcu/room/membership.h"
#include "mcu/room/participant.h"
#include "mcu/room/room.h"
#include "mcu/room/room_set.h"
#include "net/web_server.h"

LOG_DOMAIN("ws");

/** What a session must be to say something. */
enum need {
    NEED_NOTHING,
    NEED_HELLO, /**< Has said hello */
    NEED_USER,  /**< Is signed in with an account */
    NEED_ROOM,  /**< Is in a room, or waits for one */
    NEED_IN,    /**< Is in a room */
};

static void do_ping(struct ws_session *s, const struct ws_message *msg)
{
    ws_session_send(s, ws_event_pong(ws_answer_id(msg)));
}

/* Whatever has no row is refused. */
static const struct {
    enum ws_message_type type;
    enum need need;
    uint32_t rights; /* that it takes in the room; 0: none */
    void (*h)(struct ws_session *s, const struct ws_message *msg);
} table[] = {
    {WS_MESSAGE_PING, NEED_NOTHING, 0, do_ping},
    {WS_MESSAGE_HELLO, NEED_NOTHING, 0, ws_enter_hello},
    {WS_MESSAGE_JOIN, NEED_HELLO, 0, ws_enter_join},
    {WS_MESSAGE_LEAVE, NEED_ROOM, 0, ws_enter_leave},
    {WS_MESSAGE_OFFER, NEED_IN, 0, ws_member_offer},
    {WS_MESSAGE_MUTE, NEED_IN, 0, ws_member_mute},
    {WS_MESSAGE_HAND, NEED_IN, RIGHT_HAND, ws_member_hand},
    {WS_MESSAGE_REACTION, NEED_IN, RIGHT_REACT, ws_member_reaction},
    {WS_MESSAGE_CHAT, NEED_IN, RIGHT_CHAT, ws_member_chat},
    {WS_MESSAGE_SHARE, NEED_IN, RIGHT_SHARE, ws_member_share},
    {WS_MESSAGE_SUBSCRIBE, NEED_IN, 0, ws_member_subscribe},
    {WS_MESSAGE_PERSON_SET, NEED_IN, RIGHT_MODERATE, ws_host_set_person},
    {WS_MESSAGE_PERSON_REMOVE, NEED_IN, RIGHT_MODERATE, ws_host_remove_person},
    {WS_MESSAGE_PERSON_MOVE, NEED_IN, RIGHT_MODERATE, ws_host_move_person},
    {WS_MESSAGE_PERSON_ASK, NEED_IN, RIGHT_MODERATE, ws_host_ask_person},
    {WS_MESSAGE_LOBBY_ADMIT, NEED_IN, RIGHT_MODERATE, ws_host_admit},
    {WS_MESSAGE_LOBBY_DENY, NEED_IN, RIGHT_MODERATE, ws_host_deny},
    {WS_MESSAGE_MUTE_ALL, NEED_IN, RIGHT_MODERATE, ws_host_mute_all},
    {WS_MESSAGE_ROOM_SET, NEED_IN, RIGHT_MODERATE, ws_host_set_room},
    {WS_MESSAGE_LAYOUT_SET, NEED_IN, RIGHT_LAYOUT, ws_host_set_layout},
    {WS_MESSAGE_DIAL, NEED_IN, RIGHT_DIAL, ws_call_dial},
    {WS_MESSAGE_CALL_START, NEED_USER, 0, ws_call_start},
    {WS_MESSAGE_CALL_ANSWER, NEED_USER, 0, ws_call_answer},
    {WS_MESSAGE_CALL_DECLINE, NEED_USER, 0, ws_call_decline},
    {WS_MESSAGE_CALL_CANCEL, NEED_USER, 0, ws_call_cancel},
    {WS_MESSAGE_CALL_HANGUP, NEED_USER, 0, ws_call_hangup},
    {WS_MESSAGE_WATCH, NEED_USER, 0, ws_call_watch},
    {WS_MESSAGE_STATUS, NEED_USER, 0, ws_call_status},
};

/* These take a token that is not over; whoever is in a room may stay there. */
static bool enters(enum ws_message_type type)
{
    return type == WS_MESSAGE_JOIN || type == WS_MESSAGE_DIAL || type == WS_MESSAGE_CALL_START ||
           type == WS_MESSAGE_CALL_ANSWER;
}

/* @return NULL: he may; else the code of an error */
static const char *refusal(const struct ws_session *s, enum need need, uint32_t rights)
{
    bool in = s->participant && !participant_is_waiting(s->participant);

    if (need == NEED_NOTHING)
        return NULL;
    if (!s->greeted)
        return "not_joined";
    if (need == NEED_USER && !s->callable)
        return "sign_in_first";
    if (need == NEED_ROOM && !s->participant)
        return "not_joined";
    if (need == NEED_IN && !in)
        return s->participant ? "waiting" : "not_joined";
    if (rights && (participant_rights(s->participant) & rights) != rights)
        return "forbidden";
    return NULL;
}

static void handle(struct ws_session *s, const struct ws_message *msg)
{
    unsigned row = 0;
    const char *code;

    while (row < sizeof(table) / sizeof(table[0]) && table[row].type != msg->type)
        ++row;
    if (row == sizeof(table) / sizeof(table[0])) {
        ws_answer_fail(s, msg, "unknown_type", NULL);
        return;
    }
    code = refusal(s, table[row].need, table[row].rights);
    if (!code && s->signed_in && enters(msg->type))
        code = signin_why_over(&s->grants);
    if (code)
        ws_answer_fail(s, msg, code, NULL);
    else
        table[row].h(s, msg);
}

void ws_gateway_on_open(uint64_t conn, const char *peer, void *arg)
{
    const struct ws_session *s = ws_session_new(conn, peer);
    (void)arg;

    if (s)
        log_debug(NULL, "websocket se_%llu from %s", (unsigned long long)s->key, s->source);
}

void ws_gateway_on_message(uint64_t conn, const char *text, size_t len, void *arg)
{
    struct ws_session *s = ws_session_find(conn);
    struct ws_message msg;
    char why[WS_MESSAGE_WHY_SIZE];
    int err;
    (void)arg;

    if (!s)
        return;
    err = ws_message_parse(&msg, text, len, why, sizeof(why));
    if (err)
        ws_answer_fail(s, &msg, ws_message_error_code(err), why);
    else
        handle(s, &msg);
    ws_message_finish(&msg);
}

/* A page that is closed says so; whose connection broke may come back for a while. */
void ws_gateway_on_close(uint64_t conn, uint16_t code, void *arg)
{
    struct ws_session *s = ws_session_find(conn);
    const struct config *config = &room_set_settings()->config;
    (void)arg;

    if (!s)
        return;
    if (!s->greeted || !config->rooms.resume || code == WS_CLOSE_NORMAL ||
        code == WS_CLOSE_GOING_AWAY) {
        ws_session_forget(s);
        return;
    }
    ws_call_lost(s);
    ws_session_detach(s, config->rooms.resume, config->http.max_per_address);
}

/* The session is over. */
static void on_end(struct ws_session *s)
{
    s->entry = entry_cancel(s->entry);
    ws_call_sign_out(s);
    s->participant = membership_leave(s->participant, s->conn ? "left" : "disconnected");
}

int ws_gateway_init(struct web_server *server)
{
    ws_answer_init();
    ws_session_init(server, on_end);
    ws_call_init();
    return 0;
}

void ws_gateway_finish(void)
{
    ws_session_finish();
}
