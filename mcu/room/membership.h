/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/membership.h  How a participant comes into a room, to another one, and out of it
 *
 *     nobody --join--> [waits outside] --> in --move--> in another one --leave--> gone
 *        '-----dial--> rings --come--------^
 *
 * Threads:   control only.
 * Ownership: a participant belongs to whoever had him join or dialled him, until
 * membership_leave().
 */
#ifndef MCU_ROOM_MEMBERSHIP_H
#define MCU_ROOM_MEMBERSHIP_H

#include <stdbool.h>

struct participant;
struct participant_cfg;
struct room_rules;

/** Register the metrics; once. */
void membership_init(void);

/**
 * Knock at a room: he is in it then, or waits outside (participant_is_waiting()).
 *
 * A room that is not there is made, unless his token denies that ("room_not_found"). Without rules
 * of a meeting, its title and how many it takes are as his token says.
 *
 * @param ret_code  Gets a stable error code, as "room_full", "pin_required"; why he waits, as
 *                  "lobby"; "" if he is in
 * @return 0, -EACCES (refused), -ENOSPC, -ENOMEM, -EMFILE
 */
int membership_join(struct participant **ret_participant, const struct participant_cfg *cfg,
                    const char **ret_code);

/** Leave the room; no handler is called any more.  @param reason static, as "left"  Returns NULL.
 */
struct participant *membership_leave(struct participant *participant, const char *reason);

/**
 * Somebody whom we call by SIP: he has media to offer (participant_media_offer()) but is in no room
 * yet.
 * @param cfg  room and handlers of a room are not used
 * @return 0, -ENOMEM, -EMFILE
 */
int membership_dial(struct participant **ret_participant, const struct participant_cfg *cfg);
/** He answered: into a room, whose rules are not asked; made if there is none.
 *  @param rules, owner  of the room, if it is made  @return as membership_join() */
int membership_come(struct participant *participant, const char *room,
                    const struct room_rules *rules, const char **ret_code);

/** For door.c: he gets in now, or out of the lobby.  @return 0, or as membership_join() */
int membership_enter(struct participant *participant, const char **ret_code);
/** For door.c: he waits outside.  @return as room_wait() */
int membership_wait(struct participant *participant);
/** Where somebody is taken, and by whom. */
struct membership_move {
    const char *room;               /**< Clean room name */
    const struct participant *by;   /**< NULL = an operator */
    const struct room_rules *rules; /**< Of its meeting; NULL = it has none */
    const char *owner;              /**< Of its meeting */
    bool is_host, is_listed;        /**< As participant_cfg, of its meeting */
};

/** Take him to another room if door_move() lets him in; made if there is none.
 *  @return 0, or as membership_join(); he stays then */
int membership_move(struct participant *participant, const struct membership_move *move,
                    const char **ret_code);

#endif
