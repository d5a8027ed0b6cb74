/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/leg_streams.h  The streams of a leg for each m-line, and where they go; for leg.c
 * only
 *
 * Threads:   control only.
 * Ownership: what runs for a line belongs to the leg until leg_streams_drop().
 */
#ifndef MCU_ROOM_LEG_STREAMS_H
#define MCU_ROOM_LEG_STREAMS_H

#include <stdbool.h>

struct leg;
struct leg_line;

/** Start, change or stop the streams of line i as it was agreed, and route them.
 *  @return 0 or -errno; then it is as if the line had been refused */
int leg_streams_apply(struct leg *leg, unsigned i);
/** Stop all that runs for a line.  One that was dropped already is ignored. */
void leg_streams_drop(struct leg *leg, struct leg_line *line);
/** What is sent on the line of the composite: that, or the content view, or nothing.  Nobody gets a
 *  view of his own screen.  @return 0 or -errno */
int leg_streams_choose(struct leg *leg, struct leg_line *line, bool send);
/** Have the transport carry what runs for line i.  @return as transport_route() */
int leg_streams_route(struct leg *leg, unsigned i);

#endif
