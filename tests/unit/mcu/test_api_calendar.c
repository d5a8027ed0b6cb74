/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_api_calendar.c  An invitation for people's calendars
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/api/api_calendar.h"
#include "mcu/api/api_zone.h"

static struct api_calendar plain(void)
{
    return (struct api_calendar){.uid = "mt_1@example.org",
                                 .title = "Weekly",
                                 .description = "Join: https://example.org/r/weekly",
                                 .location = "https://example.org/r/weekly",
                                 .starts_us = 1799658000000000, /* 2027-01-11T09:00:00Z */
                                 .ends_us = 1799661600000000,
                                 .time_zone = "UTC",
                                 .recurrence = "",
                                 .stamp_us = 1795863269000000,
                                 .sequence = 3,
                                 .zones = API_ZONE_FOLDER};
}

static void writes_an_event_line_by_line(void **state)
{
    static const char expected[] = "BEGIN:VCALENDAR\r\n"
                                   "VERSION:2.0\r\n"
                                   "PRODID:-//Medley//EN\r\n"
                                   "METHOD:PUBLISH\r\n"
                                   "BEGIN:VEVENT\r\n"
                                   "UID:mt_1@example.org\r\n"
                                   "DTSTAMP:20261128T105429Z\r\n"
                                   "SEQUENCE:3\r\n"
                                   "DTSTART:20270111T090000Z\r\n"
                                   "DTEND:20270111T100000Z\r\n"
                                   "SUMMARY:Weekly\r\n"
                                   "DESCRIPTION:Join: https://example.org/r/weekly\r\n"
                                   "LOCATION:https://example.org/r/weekly\r\n"
                                   "STATUS:CONFIRMED\r\n"
                                   "END:VEVENT\r\n"
                                   "END:VCALENDAR\r\n";
    const struct api_calendar event = plain();
    char *text = api_calendar_make(&event);
    (void)state;

    assert_non_null(text);
    assert_string_equal(expected, text);
    free(text);
}

static void escapes_what_means_something(void **state)
{
    struct api_calendar event = plain();
    char *text;
    (void)state;

    event.title = "a, b; c\\d\ne\r\nATTENDEE:x\x01\x7f";
    text = api_calendar_make(&event);
    assert_non_null(strstr(text, "\r\nSUMMARY:a\\, b\\; c\\\\d\\ne\\nATTENDEE:x\r\n"));
    free(text);
}

static void folds_long_lines_between_characters(void **state)
{
    struct api_calendar event = plain();
    char title[601], *text, *joined, *to;
    (void)state;

    for (size_t i = 0; i < 600; i += 3)
        memcpy(title + i, "\xe2\x82\xac", 3);
    title[600] = '\0';
    event.title = title;
    text = api_calendar_make(&event);
    for (const char *line = text, *end; (end = strstr(line, "\r\n")); line = end + 2) {
        assert_true(end - line <= 75);
        assert_true(((unsigned char)line[line[0] == ' '] & 0xc0) != 0x80);
    }
    joined = to = malloc(strlen(text) + 1);
    for (const char *p = text; *p;) {
        if (strncmp(p, "\r\n ", 3) == 0)
            p += 3;
        else
            *to++ = *p++;
    }
    *to = '\0';
    assert_non_null(strstr(joined, title));
    free(joined);
    free(text);
}

static void keeps_a_meeting_that_recurs_at_its_hour(void **state)
{
    struct api_calendar event = plain();
    char *text;
    (void)state;

    if (!api_zone_exists("Europe/Berlin", API_ZONE_FOLDER))
        skip();
    event.time_zone = "Europe/Berlin";
    event.recurrence = "FREQ=WEEKLY;UNTIL=20291231;BYDAY=MO";
    text = api_calendar_make(&event);
    assert_non_null(strstr(text, "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n"));
    assert_non_null(strstr(text, "BEGIN:DAYLIGHT\r\nDTSTART:20270328T020000\r\n"
                                 "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\n"));
    assert_non_null(strstr(text, "\r\nDTSTART;TZID=Europe/Berlin:20270111T100000\r\n"));
    assert_non_null(strstr(text, "\r\nRRULE:FREQ=WEEKLY;UNTIL=20291231T235959Z;BYDAY=MO\r\n"));
    free(text);
}

static void takes_an_hour_and_utc_where_nothing_is_known(void **state)
{
    struct api_calendar event = plain();
    char *text;
    (void)state;

    event.ends_us = 0;
    event.recurrence = "FREQ=DAILY;UNTIL=20270201T120000Z";
    event.time_zone = "Europe/Berlin";
    event.zones = "/nonexistent";
    text = api_calendar_make(&event);
    assert_non_null(strstr(text, "\r\nDTSTART:20270111T090000Z\r\nDURATION:PT1H\r\n"
                                 "RRULE:FREQ=DAILY;UNTIL=20270201T120000Z\r\n"));
    assert_null(strstr(text, "VTIMEZONE"));
    free(text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_an_event_line_by_line),
        cmocka_unit_test(escapes_what_means_something),
        cmocka_unit_test(folds_long_lines_between_characters),
        cmocka_unit_test(keeps_a_meeting_that_recurs_at_its_hour),
        cmocka_unit_test(takes_an_hour_and_utc_where_nothing_is_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
