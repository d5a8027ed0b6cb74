/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_person.h  People in a room as a table
 */
#ifndef MCU_CTL_CTL_PERSON_H
#define MCU_CTL_CTL_PERSON_H

struct json_t;

/** Print a list of participants as the server gives it. */
void ctl_person_list(const struct json_t *people);

#endif
