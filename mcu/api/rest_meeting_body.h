/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_meeting_body.h  What a request wants of a meeting: JSON laid over a meeting
 *
 *     {"title":"Weekly","room":"weekly","starts_at":"2027-01-11T09:00:00Z","ends_at":null,
 *      "time_zone":"Europe/Berlin","recurrence":"FREQ=WEEKLY","pin":"123456","host_pin":true,
 *      "policy":{},"people":[{"who":"us_x","role":"host"}]}
 *
 * Threads: any; one at a time.
 */
#ifndef MCU_API_REST_MEETING_BODY_H
#define MCU_API_REST_MEETING_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcu/api/api_field.h"
#include "mcu/api/api_text.h"
#include "mcu/api/rest_meeting.h"
#include "mcu/api/rest_reply.h"
#include "mcu/auth/pin.h"
#include "mcu/store/store_meeting.h"

enum { REST_MEETING_BODY_WHY_SIZE = 256 };

struct rest_meeting_body {
    char title[API_TEXT_NAME_SIZE];
    char room[API_TEXT_ROOM_SIZE];
    struct api_number starts, ends; /* [us] */
    struct api_string time_zone, recurrence;
    struct api_json pin, host_pin, policy, people;
};

/** For a new meeting, and for one that is changed: nothing is needed then. */
extern const struct api_field rest_meeting_body_create[];
extern const struct api_field rest_meeting_body_change[];

/** A meeting with what was laid over it; its texts point into this, the body and the old one. */
struct rest_meeting_draft {
    struct store_meeting meeting;
    struct store_meeting_person people[REST_MEETING_PEOPLE_MAX + 1];
    char pin[PIN_SIZE], host_pin[PIN_SIZE];
    char *policy;
    char why[REST_MEETING_BODY_WHY_SIZE];
};

/**
 * Lay a body over a meeting and check the outcome.
 *
 * @param draft   Its meeting is what was; for rest_meeting_body_finish(), whatever this returns
 * @param now_us  Since 1970
 *
 * @return REST_PROBLEMS: all is well; else what is wrong, with a pointer in draft->why
 */
enum rest_problem rest_meeting_body_apply(struct rest_meeting_draft *draft,
                                          const struct rest_meeting_body *body, uint64_t now_us);
void rest_meeting_body_finish(struct rest_meeting_draft *draft);

/** Make up a name of a room.  @param ret_room REST_MEETING_ROOM_LEN + 1 bytes */
void rest_meeting_body_make_room(char *ret_room);

#endif
