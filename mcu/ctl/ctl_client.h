/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_client.h  HTTP to the server over its Unix socket (libcurl)
 *
 * Threads: one.
 */
#ifndef MCU_CTL_CTL_CLIENT_H
#define MCU_CTL_CTL_CLIENT_H

#include <stddef.h>

struct ctl_client;

enum {
    CTL_CLIENT_ANSWER_MAX = 64 * 1024 * 1024, /**< Largest answer [bytes] */
    CTL_CLIENT_WAIT_S = 60,                   /**< Longest wait for one */
    CTL_CLIENT_TYPE_SIZE = 64,
    CTL_CLIENT_PATH_SIZE = 108, /**< As sun_path */
};

struct ctl_answer {
    unsigned status;                 /**< HTTP */
    char type[CTL_CLIENT_TYPE_SIZE]; /**< Content-Type, "" if none */
    char *data;                      /**< With a NUL after it; free() it */
    size_t len;
};

/**
 * Where the server is: $MEDLEY_SOCKET, or the first of the usual places where somebody listens.
 *
 * @param ret_path  CTL_CLIENT_PATH_SIZE bytes
 * @param given     From the command line, or NULL
 *
 * @return 0, -ENOENT (nowhere), -ENAMETOOLONG
 */
int ctl_client_find(char *ret_path, const char *given);

/** The usual places, in order; ends with NULL. */
const char *const *ctl_client_places(void);

/** @param socket  Path of a Unix socket, copied  @return 0, -ENOMEM */
int ctl_client_new(struct ctl_client **ret_client, const char *socket);
/** Free.  NULL is allowed.  Returns NULL. */
struct ctl_client *ctl_client_free(struct ctl_client *client);

/**
 * Ask and wait for the answer.
 *
 * @param path  With query, percent-encoded
 * @param type  Content-Type of the body, or NULL for none
 *
 * @return 0 (any HTTP status), -ECONNREFUSED (nobody there), -EACCES, -ETIMEDOUT, -EMSGSIZE (answer
 * too large), -EPROTO, -ENOMEM
 */
int ctl_client_run(struct ctl_client *client, struct ctl_answer *ret_answer, const char *method,
                   const char *path, const char *type, const void *body, size_t len);

#endif
