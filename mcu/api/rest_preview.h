/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_preview.h  /api/v1/layouts/{n}/preview.png and /api/v1/layouts/check
 *
 * Both draw or read a lot, so a worker does it (rest_job.h) and the answer comes later.
 *
 * Threads: control only.
 */
#ifndef MCU_API_REST_PREVIEW_H
#define MCU_API_REST_PREVIEW_H

struct rest_call;

/** A picture of a layout with made-up people. */
void rest_preview_get(const struct rest_call *call);
/** What is wrong with the text of a layout file, on top of the layouts in force. */
void rest_preview_check(const struct rest_call *call);

#endif
