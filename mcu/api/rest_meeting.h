/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_meeting.h  /api/v1/meetings: rooms with a schedule, PINs and people
 *
 * The owner and operators see and change all of a meeting; whoever is one of its people reads it
 * without the PINs; for others it is not there.  The owner is always one of the people.
 *
 * Threads: control only.
 */
#ifndef MCU_API_REST_MEETING_H
#define MCU_API_REST_MEETING_H

#include <stdbool.h>

enum {
    REST_MEETING_OWN_MAX = 200,           /**< Meetings of a user that have not ended */
    REST_MEETING_PEOPLE_MAX = 200,        /**< People of a meeting */
    REST_MEETING_GRACE_US = 300000000,    /**< So long ago is not in the past yet [us] */
    REST_MEETING_ROOM_LEN = 3 + 4 + 3 + 2 /**< Of a name that is made up, as "abc-defg-hij" */
};

struct rest_call;
struct rest_caller;
struct store_meeting;

void rest_meeting_list(const struct rest_call *call);
void rest_meeting_create(const struct rest_call *call);
void rest_meeting_get(const struct rest_call *call);
void rest_meeting_change(const struct rest_call *call);
void rest_meeting_remove(const struct rest_call *call);

/** What somebody may with a meeting. */
enum rest_meeting_access { REST_MEETING_NONE, REST_MEETING_READ, REST_MEETING_OWN };

/** @param user  Id of an account, "" for none  @param meeting with its people */
enum rest_meeting_access rest_meeting_access(bool is_operator, const char *user,
                                             const struct store_meeting *meeting);

#endif
