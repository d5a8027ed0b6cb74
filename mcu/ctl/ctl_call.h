/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_call.h  Calls of the server's REST API, with errors told to the user
 *
 * Threads: one.
 */
#ifndef MCU_CTL_CTL_CALL_H
#define MCU_CTL_CTL_CALL_H

#include <stddef.h>

#include "mcu/ctl/ctl_command.h"

struct ctl_answer;
struct json_t;

enum { CTL_CALL_PATH_SIZE = 1024, CTL_CALL_ID_SIZE = 64 };

/**
 * Write a path below /api/v1; only %s, each percent-encoded.
 *
 * @param buf  CTL_CALL_PATH_SIZE bytes; what does not fit is cut
 *
 * @return buf
 */
char *ctl_call_path(char *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** Say what is wrong on stderr; foreign text in it is cleaned. */
void ctl_call_complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * Ask for whatever it is.
 *
 * @param ret_answer  Free its data; only with CTL_OK
 *
 * @return CTL_OK (status below 300), or what the program ends with: the user was told
 */
enum ctl_status ctl_call_raw(struct ctl *ctl, struct ctl_answer *ret_answer, const char *method,
                             const char *path, const char *type, const void *body, size_t len);

/** GET JSON, for use in here.  @param ret_root  json_decref() it; only with CTL_OK */
enum ctl_status ctl_call_get(struct ctl *ctl, struct json_t **ret_root, const char *path);

/**
 * The call that a command is about: with -o json its answer is printed as it is.
 *
 * @param body      Taken, always; NULL for none
 * @param ret_root  json_decref() it; NULL if the server has nothing to say
 */
enum ctl_status ctl_call_look(struct ctl *ctl, struct json_t **ret_root, const char *method,
                              const char *path, struct json_t *body);

/** The same, where nothing is left to do after printing.  @param ret_root  Also NULL then; may be
 * NULL */
enum ctl_status ctl_call_run(struct ctl *ctl, struct json_t **ret_root, const char *method,
                             const char *path, struct json_t *body);

/**
 * Find a participant by id, name or the start of a name, if it is only one's.
 *
 * @param ret_id  CTL_CALL_ID_SIZE bytes
 */
enum ctl_status ctl_call_person(struct ctl *ctl, char *ret_id, const char *room, const char *who);

#endif
