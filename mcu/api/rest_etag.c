/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_etag.c  Versions of things as entity tags
 */
#include "mcu/api/rest_etag.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void rest_etag_write(char *ret_tag, uint64_t version)
{
    (void)snprintf(ret_tag, REST_ETAG_SIZE, "\"%" PRIu64 "\"", version);
}

bool rest_etag_matches(const char *header, uint64_t version, bool weak)
{
    char tag[REST_ETAG_SIZE];
    size_t len;

    rest_etag_write(tag, version);
    for (const char *p = header; *p; p += len) {
        bool is_weak;

        p += strspn(p, " \t,");
        len = strcspn(p, ",");
        while (len && strchr(" \t", p[len - 1]))
            --len;
        if (len == 1 && *p == '*')
            return true;
        is_weak = strncmp(p, "W/", 2) == 0;
        if (is_weak && weak && len == strlen(tag) + 2 && memcmp(p + 2, tag, len - 2) == 0)
            return true;
        if (!is_weak && len == strlen(tag) && memcmp(p, tag, len) == 0)
            return true;
        len = strcspn(p, ",");
    }
    return false;
}
