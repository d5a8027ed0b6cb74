/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/api_rrule.c  How a meeting recurs: RFC 5545 recurrence rules
 */
#include "mcu/api/api_rrule.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static bool is(const char *text, size_t len, const char *word)
{
    return len == strlen(word) && memcmp(text, word, len) == 0;
}

/** A number without sign and leading zero.  @return 0 if it is none, or not from 1 to @p max */
static unsigned number(const char *text, size_t len, unsigned max)
{
    unsigned n = 0;

    if (len == 0 || len > 4 || text[0] == '0')
        return 0;
    for (size_t i = 0; i < len; ++i) {
        if (text[i] < '0' || text[i] > '9')
            return 0;
        n = n * 10 + (unsigned)(text[i] - '0');
    }
    return n <= max ? n : 0;
}

static int digits(const char *text, unsigned n)
{
    int value = 0;

    for (unsigned i = 0; i < n; ++i) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

static const char *read_freq(struct api_rrule *ret, const char *text, size_t len)
{
    static const char *const names[] = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};

    for (unsigned i = 0; i < 4; ++i) {
        if (is(text, len, names[i])) {
            ret->freq = (enum api_rrule_freq)i;
            return NULL;
        }
    }
    return "FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY";
}

static const char *read_interval(struct api_rrule *ret, const char *text, size_t len)
{
    ret->interval = number(text, len, API_RRULE_INTERVAL_MAX);
    return ret->interval ? NULL : "INTERVAL must be 1 to 999";
}

static const char *read_count(struct api_rrule *ret, const char *text, size_t len)
{
    ret->count = number(text, len, API_RRULE_COUNT_MAX);
    return ret->count ? NULL : "COUNT must be 1 to 9999";
}

static const char *read_until(struct api_rrule *ret, const char *text, size_t len)
{
    static const char wrong[] = "UNTIL must be a date as 20271231, or 20271231T235959Z";
    struct tm tm = {.tm_hour = 23, .tm_min = 59, .tm_sec = 59}, same;
    time_t t;

    if ((len != 8 && len != 16) || digits(text, 4) < 1970 || digits(text + 4, 2) < 1 ||
        digits(text + 6, 2) < 1)
        return wrong;
    tm.tm_year = digits(text, 4) - 1900;
    tm.tm_mon = digits(text + 4, 2) - 1;
    tm.tm_mday = digits(text + 6, 2);
    if (len == 16) {
        if (text[8] != 'T' || text[15] != 'Z' || digits(text + 9, 2) < 0 ||
            digits(text + 11, 2) < 0 || digits(text + 13, 2) < 0)
            return wrong;
        tm.tm_hour = digits(text + 9, 2);
        tm.tm_min = digits(text + 11, 2);
        tm.tm_sec = digits(text + 13, 2);
    }
    same = tm;
    t = timegm(&tm); /* a day that there is not becomes another one */
    if (t <= 0 || same.tm_mon != tm.tm_mon || same.tm_mday != tm.tm_mday ||
        same.tm_hour != tm.tm_hour || same.tm_min != tm.tm_min || same.tm_sec != tm.tm_sec)
        return wrong;
    ret->until_us = (uint64_t)t * 1000000;
    return NULL;
}

/** A day with its number within month or year.  @param ret_nth whether it has one */
static bool is_day(const char *text, size_t len, bool *ret_nth)
{
    static const char names[] = "MO TU WE TH FR SA SU";
    char name[3];
    size_t sign = len && (text[0] == '+' || text[0] == '-') ? 1 : 0;

    *ret_nth = len > 2;
    if (len < 2 || len > 5)
        return false;
    (void)snprintf(name, sizeof(name), "%.2s", text + len - 2);
    if (name[0] == ' ' || name[1] == ' ' || strlen(name) != 2 || !strstr(names, name))
        return false;
    return len == 2 || number(text + sign, len - 2 - sign, 53) > 0;
}

static const char *read_days(struct api_rrule *ret, const char *text, size_t len, bool *ret_nth)
{
    for (size_t i = 0; i <= len;) {
        size_t n = 0;
        bool nth;

        while (i + n < len && text[i + n] != ',')
            ++n;
        if (!is_day(text + i, n, &nth) || ++ret->ndays > API_RRULE_DAYS_MAX)
            return "BYDAY must be days as MO,WE or -1FR, 20 at most";
        *ret_nth |= nth;
        i += n + 1;
    }
    return NULL;
}

/** Of the parts that were seen already, one bit each. */
enum { FREQ = 1, INTERVAL = 2, COUNT = 4, UNTIL = 8, BYDAY = 16 };

struct reader {
    unsigned seen;
    bool nth;
};

static const char *read_part(struct api_rrule *ret, struct reader *r, const char *text, size_t len)
{
    static const struct {
        const char *name;
        unsigned bit;
    } parts[] = {{"FREQ", FREQ},
                 {"INTERVAL", INTERVAL},
                 {"COUNT", COUNT},
                 {"UNTIL", UNTIL},
                 {"BYDAY", BYDAY}};
    const char *equals = memchr(text, '=', len);
    size_t name = equals ? (size_t)(equals - text) : len;
    const char *value = equals ? equals + 1 : text + len;
    unsigned bit = 0;

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); ++i) {
        if (is(text, name, parts[i].name))
            bit = parts[i].bit;
    }
    if (!bit || (r->seen & bit))
        return "must be FREQ, INTERVAL, COUNT, UNTIL and BYDAY, each once";
    r->seen |= bit;
    len -= (size_t)(value - text);
    switch (bit) {
    case FREQ:
        return read_freq(ret, value, len);
    case INTERVAL:
        return read_interval(ret, value, len);
    case COUNT:
        return read_count(ret, value, len);
    case UNTIL:
        return read_until(ret, value, len);
    default:
        return read_days(ret, value, len, &r->nth);
    }
}

int api_rrule_read(struct api_rrule *ret, const char *text, char *why, size_t why_size)
{
    struct reader r = {0};
    const char *wrong = NULL, *p = text;

    *ret = (struct api_rrule){.interval = 1};
    if (strlen(text) > API_RRULE_MAX)
        wrong = "is too long";
    while (!wrong) {
        size_t len = strcspn(p, ";");

        wrong = read_part(ret, &r, p, len);
        if (!p[len])
            break;
        p += len + 1;
    }
    if (!wrong && !(r.seen & FREQ))
        wrong = "FREQ is missing";
    if (!wrong && (r.seen & COUNT) && (r.seen & UNTIL))
        wrong = "has COUNT and UNTIL, of which only one may be";
    if (!wrong && r.nth && ret->freq < API_RRULE_MONTHLY)
        wrong = "BYDAY has numbers, which only go with MONTHLY and YEARLY";
    if (!wrong)
        return 0;
    (void)snprintf(why, why_size, "%s", wrong);
    return -EINVAL;
}
