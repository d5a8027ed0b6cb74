/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_meeting_body.c  What a request wants of a meeting: JSON laid over a meeting
 */
#include "mcu/api/rest_meeting_body.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/api_rrule.h"
#include "mcu/api/api_zone.h"
#include "mcu/api/rest_dump.h"
#include "mcu/api/rules_json.h"
#include "mcu/base/id.h"

#define COMMON                                                                                     \
    API_FIELD("room", ROOM, struct rest_meeting_body, room, .min = 0),                             \
        API_FIELD("starts_at", TIME, struct rest_meeting_body, starts, .min = 0),                  \
        API_FIELD("ends_at", TIME, struct rest_meeting_body, ends, .min = 0),                      \
        API_FIELD("time_zone", TEXT, struct rest_meeting_body, time_zone, .min = 1, .max = 256),   \
        API_FIELD("recurrence", TEXT, struct rest_meeting_body, recurrence, .min = 0,              \
                  .max = API_RRULE_MAX),                                                           \
        API_FIELD("pin", JSON, struct rest_meeting_body, pin, .min = 0),                           \
        API_FIELD("host_pin", JSON, struct rest_meeting_body, host_pin, .min = 0),                 \
        API_FIELD("policy", JSON, struct rest_meeting_body, policy, .min = 0),                     \
        API_FIELD("people", JSON, struct rest_meeting_body, people, .min = 0),                     \
    {                                                                                              \
        .key = NULL                                                                                \
    }

const struct api_field rest_meeting_body_create[] = {
    API_FIELD("title", NAME, struct rest_meeting_body, title, .required = true), COMMON};
const struct api_field rest_meeting_body_change[] = {
    API_FIELD("title", NAME, struct rest_meeting_body, title, .min = 0), COMMON};

static const char *const roles[] = {"guest", "viewer", "host", NULL};

struct person {
    struct api_string who;
    struct api_choice role;
};
static const struct api_field person_fields[] = {
    API_FIELD("who", WORD, struct person, who, .required = true, .min = 1,
              .max = STORE_IDENTITY_MAX),
    API_FIELD("role", CHOICE, struct person, role, .names = roles),
    {.key = NULL},
};

static enum rest_problem wrong(struct rest_meeting_draft *draft, enum rest_problem problem,
                               const char *why)
{
    (void)snprintf(draft->why, sizeof(draft->why), "%s", why);
    return problem;
}

/** Digits, true for new ones, null for none.  @return false: something else */
static bool read_pin(char *buf, const char **ret_pin, const json_t *json)
{
    const char *text = json_string_value(json);

    if (!json)
        return true;
    if (json_is_null(json))
        buf[0] = '\0';
    else if (json_is_true(json))
        pin_make(buf);
    else if (text && pin_is_valid(text))
        (void)snprintf(buf, PIN_SIZE, "%s", text);
    else
        return false;
    *ret_pin = buf;
    return true;
}

static bool is_named(const struct rest_meeting_draft *draft, const char *who)
{
    for (uint32_t i = 0; i < draft->meeting.people_n; ++i) {
        if (strcmp(draft->people[i].who, who) == 0)
            return true;
    }
    return false;
}

/** The owner is one of the people, so that all lists have him. */
static void add_owner(struct rest_meeting_draft *draft)
{
    struct store_meeting *m = &draft->meeting;

    if (m->owner[0] && !is_named(draft, m->owner))
        draft->people[m->people_n++] = (struct store_meeting_person){m->owner, "host"};
    m->people = draft->people;
}

static enum rest_problem read_people(struct rest_meeting_draft *draft, const json_t *json)
{
    size_t n = json_array_size(json);
    char pointer[32];

    if (!json_is_array(json) || n > REST_MEETING_PEOPLE_MAX)
        return wrong(draft, REST_PROBLEM_BAD_REQUEST, "/people: must be a list of 200 at most");
    draft->meeting.people_n = 0;
    for (size_t i = 0; i < n; ++i) {
        struct person person = {0};

        (void)snprintf(pointer, sizeof(pointer), "/people/%zu", i);
        if (api_field_read(&person, person_fields, json_array_get(json, i), true, pointer,
                           draft->why, sizeof(draft->why)))
            return REST_PROBLEM_BAD_REQUEST;
        if (is_named(draft, person.who.text)) {
            (void)snprintf(draft->why, sizeof(draft->why), "%s/who: is named twice", pointer);
            return REST_PROBLEM_BAD_REQUEST;
        }
        draft->people[draft->meeting.people_n++] =
            (struct store_meeting_person){person.who.text, roles[person.role.index]};
    }
    return REST_PROBLEMS;
}

static enum rest_problem keep_people(struct rest_meeting_draft *draft)
{
    const struct store_meeting *m = &draft->meeting;

    if (m->people_n > REST_MEETING_PEOPLE_MAX)
        return wrong(draft, REST_PROBLEM_BAD_REQUEST, "/people: are too many");
    for (uint32_t i = 0; i < m->people_n; ++i)
        draft->people[i] = m->people[i];
    return REST_PROBLEMS;
}

static enum rest_problem check_recurrence(struct rest_meeting_draft *draft, uint64_t now_us)
{
    struct api_rrule rule;
    char why[128];

    if (!draft->meeting.starts_us)
        return wrong(draft, REST_PROBLEM_RECURRENCE, "/recurrence: needs starts_at");
    if (api_rrule_read(&rule, draft->meeting.recurrence, why, sizeof(why))) {
        (void)snprintf(draft->why, sizeof(draft->why), "/recurrence: %s", why);
        return REST_PROBLEM_RECURRENCE;
    }
    if (rule.until_us && rule.until_us < now_us)
        return wrong(draft, REST_PROBLEM_IN_THE_PAST, "/recurrence: UNTIL has passed");
    return REST_PROBLEMS;
}

/** @param changed  Somebody set the times: they must be to come */
static enum rest_problem check_schedule(struct rest_meeting_draft *draft, bool changed,
                                        uint64_t now_us)
{
    const struct store_meeting *m = &draft->meeting;

    if (!api_zone_exists(m->time_zone, API_ZONE_FOLDER))
        return wrong(draft, REST_PROBLEM_TIME_ZONE, "/time_zone: there is no such zone");
    if (m->ends_us && !m->starts_us)
        return wrong(draft, REST_PROBLEM_BAD_REQUEST, "/ends_at: needs starts_at");
    if (m->ends_us && m->ends_us <= m->starts_us)
        return wrong(draft, REST_PROBLEM_ENDS_BEFORE_START, "/ends_at: must be after starts_at");
    if (changed && m->starts_us && m->starts_us + REST_MEETING_GRACE_US < now_us)
        return wrong(draft, REST_PROBLEM_IN_THE_PAST, "/starts_at: has passed");
    if (changed && m->ends_us && m->ends_us < now_us)
        return wrong(draft, REST_PROBLEM_IN_THE_PAST, "/ends_at: has passed");
    return m->recurrence[0] ? check_recurrence(draft, now_us) : REST_PROBLEMS;
}

static enum rest_problem apply_texts(struct rest_meeting_draft *draft,
                                     const struct rest_meeting_body *body)
{
    struct store_meeting *m = &draft->meeting;

    if (body->title[0])
        m->title = body->title;
    if (body->room[0])
        m->room = body->room;
    if (body->starts.given)
        m->starts_us = body->starts.n;
    if (body->ends.given)
        m->ends_us = body->ends.n;
    if (body->time_zone.given)
        m->time_zone = body->time_zone.text;
    if (body->recurrence.given)
        m->recurrence = body->recurrence.text;
    if (!read_pin(draft->pin, &m->pin, body->pin.json))
        return wrong(draft, REST_PROBLEM_BAD_REQUEST, "/pin: must be 4 to 12 digits, true or null");
    if (!read_pin(draft->host_pin, &m->host_pin, body->host_pin.json))
        return wrong(draft, REST_PROBLEM_BAD_REQUEST,
                     "/host_pin: must be 4 to 12 digits, true or null");
    if (m->pin[0] && strcmp(m->pin, m->host_pin) == 0)
        return wrong(draft, REST_PROBLEM_BAD_REQUEST, "/host_pin: must differ from pin");
    return REST_PROBLEMS;
}

static enum rest_problem apply_policy(struct rest_meeting_draft *draft, const json_t *json)
{
    int err = rules_json_check(json, "/policy", draft->why, sizeof(draft->why));

    if (!err)
        err = rest_dump_object(&draft->policy, json, RULES_JSON_MAX);
    if (err)
        return err == -ENOMEM ? REST_PROBLEM_BUSY : REST_PROBLEM_BAD_REQUEST;
    draft->meeting.policy = draft->policy;
    return REST_PROBLEMS;
}

enum rest_problem rest_meeting_body_apply(struct rest_meeting_draft *draft,
                                          const struct rest_meeting_body *body, uint64_t now_us)
{
    enum rest_problem problem = apply_texts(draft, body);

    if (problem == REST_PROBLEMS)
        problem = check_schedule(draft, body->starts.given || body->ends.given, now_us);
    if (problem == REST_PROBLEMS && body->policy.json)
        problem = apply_policy(draft, body->policy.json);
    if (problem == REST_PROBLEMS)
        problem = body->people.json ? read_people(draft, body->people.json) : keep_people(draft);
    if (problem == REST_PROBLEMS)
        add_owner(draft);
    return problem;
}

void rest_meeting_body_finish(struct rest_meeting_draft *draft)
{
    free(draft->policy);
    draft->policy = NULL;
}

void rest_meeting_body_make_room(char *ret_room)
{
    unsigned n = 0;

    while (n < REST_MEETING_ROOM_LEN) {
        unsigned char c;

        id_bytes(&c, 1);
        if (n == 3 || n == 8)
            ret_room[n++] = '-';
        else if ((c & 31) < 26) /* all letters alike */
            ret_room[n++] = (char)('a' + (c & 31));
    }
    ret_room[n] = '\0';
}
