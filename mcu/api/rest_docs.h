/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_docs.h  /api/v1/openapi.json: the description of this API
 *
 * The page /docs, a fixed file, shows it.
 *
 * Threads: control only.
 */
#ifndef MCU_API_REST_DOCS_H
#define MCU_API_REST_DOCS_H

struct rest_call;

void rest_docs_openapi(const struct rest_call *call);

#endif
