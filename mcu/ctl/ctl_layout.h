/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_layout.h  A room's look in lines
 */
#ifndef MCU_CTL_CTL_LAYOUT_H
#define MCU_CTL_CTL_LAYOUT_H

struct json_t;

/** Print what a room's layout says but its tiles.  @param people  List of participants, for names
 */
void ctl_layout_fields(const struct json_t *layout, const struct json_t *people);

#endif
