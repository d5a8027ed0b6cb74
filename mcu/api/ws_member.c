/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ws_member.c  What somebody in a room does himself: media, hand, chat, screen
 */
#include "mcu/api/ws_member.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/chat_gateway.h"
#include "mcu/api/ws_answer.h"
#include "mcu/api/ws_event.h"
#include "mcu/api/ws_message.h"
#include "mcu/api/ws_say.h"
#include "mcu/api/ws_session.h"
#include "mcu/base/log.h"
#include "mcu/room/participant.h"
#include "mcu/room/participant_media.h"
#include "mcu/room/reaction.h"
#include "mcu/room/room.h"
#include "net/media_desc.h"

LOG_DOMAIN("ws");

enum { WHY_SIZE = 200 };

static const char *code_of_offer_error(int err)
{
    switch (err) {
    case -EBADMSG:
        return "bad_sdp";
    case -E2BIG:
        return "sdp_too_large";
    case -EPROTO:
        return "bad_transport";
    case -ENOTSUP:
        return "unsupported_media";
    default:
        return "out_of_resources";
    }
}

void ws_member_offer(struct ws_session *s, const struct ws_message *msg)
{
    static char answer[MEDIA_DESC_SDP_MAX]; /* control thread only */
    const struct api_string *sdp = &msg->u.offer.sdp;
    char why[WHY_SIZE];
    int n = participant_media_answer(s->participant, sdp->text, sdp->len, answer, sizeof(answer),
                                     why, sizeof(why));
    const struct video_room_layout *layout;

    if (n < 0) {
        log_info(&(struct log_ids){.part = participant_id(s->participant)}, "offer refused: %s",
                 why);
        ws_answer_fail(s, msg, code_of_offer_error(n), why);
        return;
    }
    ws_session_send(s, ws_event_ok(ws_answer_id(msg), answer));
    layout = participant_media_layout(s->participant);
    if (layout)
        ws_say_layout(s, layout);
}

void ws_member_mute(struct ws_session *s, const struct ws_message *msg)
{
    const struct ws_message_mute *mute = &msg->u.mute;
    uint32_t rights = participant_rights(s->participant);
    bool audio = mute->audio.given ? mute->audio.on : participant_muted_audio(s->participant);
    bool video = mute->video.given ? mute->video.on : participant_muted_video(s->participant);

    if ((!audio && mute->audio.given && !(rights & RIGHT_SPEAK)) ||
        (!video && mute->video.given && !(rights & RIGHT_SHOW))) {
        ws_answer_fail(s, msg, "forbidden", "a host keeps it off");
        return;
    }
    participant_media_set_muted(s->participant, audio, video);
    ws_answer_ok(s, msg);
}

void ws_member_hand(struct ws_session *s, const struct ws_message *msg)
{
    participant_set_hand(s->participant, msg->u.flag.on);
    ws_answer_ok(s, msg);
}

void ws_member_reaction(struct ws_session *s, const struct ws_message *msg)
{
    const char *code;
    int err = participant_react(s->participant, msg->u.text.text, &code);

    if (err == -EAGAIN)
        ws_answer_later(s, ws_answer_id(msg), REACTION_RATE_PERIOD_US / REACTION_RATE / 1000);
    else if (err)
        ws_answer_fail(s, msg, code, NULL);
    else
        ws_answer_ok(s, msg);
}

/* Who is asked when the message is on the disk: the session, if it is still there. */
struct written {
    uint64_t session;
    int64_t re;
    char cid[WS_MESSAGE_CID_SIZE];
};

static void on_written(int err, const char *id, uint64_t sent_us, void *arg)
{
    struct written *written = arg;
    struct ws_session *s = ws_session_find_key(written->session);

    if (s && err)
        ws_answer_error(s, written->re, "unavailable", "the message may be lost");
    else if (s)
        ws_session_send(s, ws_event_chat_ok(written->re, id, written->cid, sent_us / 1000));
    free(written);
}

void ws_member_chat(struct ws_session *s, const struct ws_message *msg)
{
    const struct ws_message_chat *chat = &msg->u.chat;
    struct written *written = calloc(1, sizeof(*written));
    struct chat_gateway_result result;

    if (!written) {
        ws_answer_fail(s, msg, "out_of_resources", NULL);
        return;
    }
    written->session = s->key;
    written->re = ws_answer_id(msg);
    memcpy(written->cid, chat->cid.text, chat->cid.len);
    chat_gateway_say(&result, s->participant, &chat->text, chat->to.text, on_written, written);
    if (!result.code)
        return;
    free(written);
    if (result.wait_ms)
        ws_answer_later(s, ws_answer_id(msg), result.wait_ms);
    else
        ws_answer_fail(s, msg, result.code, NULL);
}

void ws_member_share(struct ws_session *s, const struct ws_message *msg)
{
    switch (participant_media_share(s->participant, msg->u.flag.on)) {
    case 0:
        ws_answer_ok(s, msg);
        break;
    case -EACCES:
        ws_answer_fail(s, msg, "forbidden", "you may not share");
        break;
    default:
        ws_answer_fail(s, msg, "share_taken", "somebody else shares");
        break;
    }
}

/* What is not said stays as it is. */
void ws_member_subscribe(struct ws_session *s, const struct ws_message *msg)
{
    const struct ws_message_want *said = &msg->u.want;
    struct leg_want want = *participant_media_want(s->participant);

    if (said->video.given)
        want.no_video = !said->video.on;
    if (said->content.given)
        want.content = said->content.on;
    ws_answer_ok(s, msg);
    participant_media_set_want(s->participant, &want);
}
