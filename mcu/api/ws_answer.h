/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ws_answer.h  Answers to requests of a session: done, or what is wrong
 *
 * Threads: control only.
 */
#ifndef MCU_API_WS_ANSWER_H
#define MCU_API_WS_ANSWER_H

#include <stdint.h>

struct ws_message;
struct ws_session;

/** Register the metrics; once. */
void ws_answer_init(void);

/** id of a request, -1 if it has none. */
int64_t ws_answer_id(const struct ws_message *msg);
void ws_answer_ok(struct ws_session *s, const struct ws_message *msg);
/** @param code stable  @param detail in words; NULL for none */
void ws_answer_error(struct ws_session *s, int64_t re, const char *code, const char *detail);
/** The same for a request. */
void ws_answer_fail(struct ws_session *s, const struct ws_message *msg, const char *code,
                    const char *detail);
/** Too often.  @param retry_after_ms  when it may be tried again */
void ws_answer_later(struct ws_session *s, int64_t re, uint64_t retry_after_ms);

#endif
