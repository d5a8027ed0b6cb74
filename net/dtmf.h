/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/dtmf.h  Digits from telephone-event packets (RFC 4733)
 *
 * The end of an event is sent three times; an event is told once, at its first
 * end packet, or when the next event begins and all ends were lost.
 *
 * Threads:   one; no locks inside.
 * Ownership: embedded; all zeros is the start.
 */
#ifndef NET_DTMF_H
#define NET_DTMF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Fields are for dtmf.c only. */
struct dtmf {
    bool open; /* an event runs that was not told */
    bool any;  /* ts is valid */
    uint8_t event;
    uint32_t ts; /* RTP timestamp names the event */
};

/**
 * Take in a packet.
 * @param ts  Its RTP timestamp
 * @return the character '0'-'9' '*' '#' 'A'-'D' that ended, or 0
 */
char dtmf_put(struct dtmf *dtmf, uint32_t ts, const uint8_t *payload, size_t len);

#endif
