/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/participant_private.h  What participant.c, participant_media.c and membership.c
 * share; for them only
 */
#ifndef MCU_ROOM_PARTICIPANT_PRIVATE_H
#define MCU_ROOM_PARTICIPANT_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/base/id.h"
#include "mcu/base/log.h"
#include "mcu/room/dtmf_menu.h"
#include "mcu/room/participant.h"
#include "mcu/room/room_rate.h"
#include "mixer/layout.h"

enum { NAME_SIZE = 260, SOURCE_SIZE = 64, PIN_SIZE = 13 };

struct participant {
    struct participant *next;
    struct participant_cfg cfg;
    struct room *room; /* NULL after leaving, and before somebody answers whom we call */
    struct leg *leg;
    uint32_t key, content_key;
    bool muted_audio, muted_video;
    bool changed; /* and the room was not told yet */
    uint64_t joined_us, hand_us;
    struct grants grants;
    struct grants given; /* before a room or a host gave him another role */
    struct room_rate chat_rate, reaction_rate;
    bool token;           /* grants are of one */
    bool waiting;         /* outside of room */
    bool told;            /* room_events know that he is in */
    bool content_offered; /* with the last offer */
    char source[SOURCE_SIZE], pin[PIN_SIZE];
    struct dtmf_menu menu;
    char seat[LAYOUT_NAME_SIZE];
    char id[ID_SIZE];
    char name[NAME_SIZE];
};

/** For log lines about him. */
struct log_ids participant_ids(const struct participant *p);
/** Has he no tile?  Viewers, and people who are on no list. */
bool participant_is_unseen(const struct participant *p);

#endif
