/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/api_calendar.h  An invitation for people's calendars (iCalendar, RFC 5545)
 *
 * Lines end with CR LF and are folded at 75 bytes, never inside a character.  A meeting that
 * recurs in a zone with summer time brings the shifts of its clocks along, so that it stays at
 * its hour.
 *
 * Threads: any; no state.
 */
#ifndef MCU_API_API_CALENDAR_H
#define MCU_API_API_CALENDAR_H

#include <stdint.h>

struct api_calendar {
    const char *uid; /**< As "mt_x@example.org" */
    const char *title, *description;
    const char *location;   /**< A link */
    uint64_t starts_us;     /**< Not 0 */
    uint64_t ends_us;       /**< 0: an hour */
    const char *time_zone;  /**< IANA name */
    const char *recurrence; /**< As api_rrule_read() takes it, "" for once */
    uint64_t stamp_us;      /**< When it was made or changed */
    uint64_t sequence;      /**< Grows with each change */
    const char *zones;      /**< Folder of zones */
};

/** @return text for free(), NULL without memory */
char *api_calendar_make(const struct api_calendar *event);

#endif
