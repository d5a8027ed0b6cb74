/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/api_calendar.c  An invitation for people's calendars (iCalendar, RFC 5545)
 */
#include "mcu/api/api_calendar.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mcu/api/api_text.h"
#include "mcu/api/api_zone.h"

enum {
    LINE_MAX_BYTES = 75,
    LINE_SIZE = 4096,
    TIME_SIZE = 32,
    SHIFTS_MAX = 24,
    YEAR_S = 31557600,
    YEARS = 10, /* that shifts of clocks are told of */
};

static void put_line(FILE *f, const char *line)
{
    size_t room = LINE_MAX_BYTES, left = strlen(line);

    while (left) {
        size_t n = api_text_char(line, left);

        n = n ? n : 1;
        if (n > room) {
            fputs("\r\n ", f);
            room = LINE_MAX_BYTES - 1;
        }
        (void)fwrite(line, 1, n, f);
        room -= n;
        line += n;
        left -= n;
    }
    fputs("\r\n", f);
}

__attribute__((format(printf, 2, 3))) static void put(FILE *f, const char *format, ...)
{
    char line[LINE_SIZE];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    put_line(f, line);
}

/** A property of text: what means something in it is escaped (section 3.3.11). */
static void put_text(FILE *f, const char *name, const char *text)
{
    char line[LINE_SIZE];
    size_t n = (size_t)snprintf(line, sizeof(line), "%s:", name);

    for (; *text && n + 8 < sizeof(line); ++text) {
        if (strchr("\\;,", *text))
            line[n++] = '\\';
        if (*text == '\n') {
            line[n++] = '\\';
            line[n++] = 'n';
        } else if ((unsigned char)*text >= ' ' && *text != 0x7f) {
            line[n++] = *text;
        }
    }
    line[n] = '\0';
    put_line(f, line);
}

static void write_time(char *ret, int64_t at_s, bool utc)
{
    time_t t = (time_t)at_s;
    struct tm tm;

    ret[0] = '\0';
    if (gmtime_r(&t, &tm))
        (void)strftime(ret, TIME_SIZE, utc ? "%Y%m%dT%H%M%SZ" : "%Y%m%dT%H%M%S", &tm);
}

static void write_offset(char *ret, size_t size, int32_t offset_s)
{
    unsigned s = (unsigned)(offset_s < 0 ? -offset_s : offset_s);

    (void)snprintf(ret, size, "%c%02u%02u", offset_s < 0 ? '-' : '+', s / 3600 % 100, s / 60 % 60);
}

/** How clocks are set; each shift is a part of its own. */
static void put_zone(FILE *f, const char *name, const struct api_zone_shift *shift, unsigned n)
{
    char at[TIME_SIZE], before[8], after[8];

    put(f, "BEGIN:VTIMEZONE");
    put(f, "TZID:%s", name);
    for (unsigned i = 0; i < n; ++i) {
        const char *kind = shift[i].summer ? "DAYLIGHT" : "STANDARD";

        write_time(at, shift[i].at_s + shift[i].before_s, false);
        write_offset(before, sizeof(before), shift[i].before_s);
        write_offset(after, sizeof(after), shift[i].after_s);
        put(f, "BEGIN:%s", kind);
        put(f, "DTSTART:%s", at);
        put(f, "TZOFFSETFROM:%s", before);
        put(f, "TZOFFSETTO:%s", after);
        if (shift[i].name[0])
            put(f, "TZNAME:%s", shift[i].name);
        put(f, "END:%s", kind);
    }
    put(f, "END:VTIMEZONE");
}

static void put_moment(FILE *f, const char *property, const char *zone, int64_t at_s,
                       const struct api_zone_shift *shift, int n)
{
    char text[TIME_SIZE];
    int32_t offset_s = 0;

    if (n <= 0) {
        write_time(text, at_s, true);
        put(f, "%s:%s", property, text);
        return;
    }
    for (int i = 0; i < n && (i == 0 || shift[i].at_s <= at_s); ++i)
        offset_s = shift[i].after_s;
    write_time(text, at_s + offset_s, false);
    put(f, "%s;TZID=%s:%s", property, zone, text);
}

/** A date as the end of a rule becomes a time, as the start is one (section 3.3.10). */
static void put_rule(FILE *f, const char *rule)
{
    const char *until = strstr(rule, "UNTIL=");
    size_t n = until ? strcspn(until, ";") : 0;

    if (n == strlen("UNTIL=20271231"))
        put(f, "RRULE:%.*sT235959Z%s", (int)(until - rule + (long)n), rule, until + n);
    else
        put(f, "RRULE:%s", rule);
}

static void put_event(FILE *f, const struct api_calendar *event, const struct api_zone_shift *shift,
                      int n)
{
    int64_t starts_s = (int64_t)(event->starts_us / 1000000);
    char stamp[TIME_SIZE];

    write_time(stamp, (int64_t)(event->stamp_us / 1000000), true);
    put(f, "BEGIN:VEVENT");
    put_text(f, "UID", event->uid);
    put(f, "DTSTAMP:%s", stamp);
    put(f, "SEQUENCE:%" PRIu64, event->sequence);
    put_moment(f, "DTSTART", event->time_zone, starts_s, shift, n);
    if (event->ends_us)
        put_moment(f, "DTEND", event->time_zone, (int64_t)(event->ends_us / 1000000), shift, n);
    else
        put(f, "DURATION:PT1H");
    if (event->recurrence[0])
        put_rule(f, event->recurrence);
    put_text(f, "SUMMARY", event->title);
    put_text(f, "DESCRIPTION", event->description);
    put_text(f, "LOCATION", event->location);
    put(f, "STATUS:CONFIRMED");
    put(f, "END:VEVENT");
}

char *api_calendar_make(const struct api_calendar *event)
{
    struct api_zone_shift shift[SHIFTS_MAX];
    int64_t starts_s = (int64_t)(event->starts_us / 1000000);
    char *text = NULL;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    int n = 0;
    bool failed;

    if (!f)
        return NULL;
    if (event->recurrence[0] && strcmp(event->time_zone, "UTC") != 0)
        n = api_zone_shifts(shift, SHIFTS_MAX, event->time_zone, event->zones, starts_s,
                            starts_s + (int64_t)YEARS * YEAR_S);
    put(f, "BEGIN:VCALENDAR");
    put(f, "VERSION:2.0");
    put(f, "PRODID:-//Medley//EN");
    put(f, "METHOD:PUBLISH");
    if (n > 0)
        put_zone(f, event->time_zone, shift, (unsigned)n);
    put_event(f, event, shift, n);
    put(f, "END:VCALENDAR");
    failed = ferror(f) != 0;
    if (fclose(f) == 0 && !failed)
        return text;
    free(text);
    return NULL;
}
