/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_table.h  All addresses of the server, and who may use them
 *
 * Threads: any; constant.
 */
#ifndef MCU_API_REST_TABLE_H
#define MCU_API_REST_TABLE_H

#include "mcu/api/rest_router.h"

/** Ends with a NULL method. */
extern const struct rest_route rest_table_routes[];

#endif
