/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_webhook.h  /api/v1/webhooks: who is told what happens, and what became of it
 *
 * A secret is shown once, when the webhook is made.  Every webhook gets "ping", whatever else it
 * wants: that is what a test sends, with the id of the webhook it is for.
 *
 * Threads: control only.
 */
#ifndef MCU_API_REST_WEBHOOK_H
#define MCU_API_REST_WEBHOOK_H

struct rest_call;

void rest_webhook_list(const struct rest_call *call);
void rest_webhook_create(const struct rest_call *call);
void rest_webhook_get(const struct rest_call *call);
void rest_webhook_change(const struct rest_call *call);
void rest_webhook_remove(const struct rest_call *call);
void rest_webhook_test(const struct rest_call *call);
void rest_webhook_deliveries(const struct rest_call *call);

#endif
