/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_health.h  /healthz, /readyz and /metrics
 *
 * Threads: control only.
 */
#ifndef MCU_API_REST_HEALTH_H
#define MCU_API_REST_HEALTH_H

struct readiness;
struct rest_call;

void rest_health_get(const struct rest_call *call);
/** 503 while no new rooms should come here; with the reasons on the admin listener. */
void rest_health_ready(const struct rest_call *call);
void rest_health_metrics(const struct rest_call *call);

/** What rest_health_ready() tells, for who brings it up to date. */
struct readiness *rest_health_readiness(void);

#endif
