/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/api_zone.h  Time zones by their IANA names, as the system's tzdata has them
 *
 * Without tzdata there is only UTC.
 *
 * Threads: any; reads a small file that the kernel keeps in memory.
 */
#ifndef MCU_API_API_ZONE_H
#define MCU_API_API_ZONE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    API_ZONE_SIZE = 64,         /**< Room for a name, with NUL [bytes] */
    API_ZONE_SHORT_SIZE = 12,   /**< Room for an abbreviation, with NUL [bytes] */
    API_ZONE_FILE_MAX = 131072, /**< Longest file that is read [bytes] */
};

#define API_ZONE_FOLDER "/usr/share/zoneinfo"

/**
 * Is there such a zone?  @param name  Anything; a path that leaves the folder is none
 * @param folder  Usually API_ZONE_FOLDER
 */
bool api_zone_exists(const char *name, const char *folder);

/** From a moment on, clocks are ahead of UTC by so much. */
struct api_zone_shift {
    int64_t at_s;                   /**< Since 1970 */
    int32_t before_s, after_s;      /**< Ahead of UTC */
    bool summer;                    /**< Afterwards it is summer time */
    char name[API_ZONE_SHORT_SIZE]; /**< As "CEST" */
};

/**
 * How clocks of a zone are set in a time (TZif, RFC 8536): the last shift up to @p from_s, then all
 * until @p to_s, @p max at most.
 * @return number, at least 1; -ENOENT, -EBADMSG (no such file), -ENOMEM
 */
int api_zone_shifts(struct api_zone_shift *ret, unsigned max, const char *name, const char *folder,
                    int64_t from_s, int64_t to_s);

#endif
