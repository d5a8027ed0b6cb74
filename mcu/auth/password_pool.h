/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/password_pool.h  Hashes and checks passwords off the control thread
 *
 *     control: password_pool_verify() --> ring --> thread "password": argon2id --.
 *     control: handler <-------------------------------------------------- post --'
 *
 * One thread, so that a flood of logins takes one core at a low priority and one hash's memory,
 * never more.  Requests are answered in their order.  The queue is bounded: whoever comes when it
 * is full is to be told to come again.
 *
 * Threads:   one that asks (control), and where the handler runs: the same, by the post function.
 * Ownership: passwords are copied and wiped after use.
 */
#ifndef MCU_AUTH_PASSWORD_POOL_H
#define MCU_AUTH_PASSWORD_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcu/auth/password.h"
#include "net/control_loop.h"

enum { PASSWORD_POOL_WAITING_MAX = 64 /**< Requests that wait */ };

struct password_pool;

struct password_pool_result {
    uint64_t id;                   /**< Of the request: what it was for may be gone by now */
    int err;                       /**< 0, or the error of password_hash() or password_verify() */
    bool right;                    /**< Verified: it is the password */
    bool needs_rehash;             /**< Verified: store a new hash; see password_verify() */
    char hash[PASSWORD_HASH_SIZE]; /**< Hashed: the hash, else "" */
};

/** Gets an answer.  Wipe copies of the hash.  @param arg as given with the request */
typedef void(password_pool_h)(const struct password_pool_result *result, void *arg);

/** Carries an answer to the thread that asked, as control_loop_post(). */
typedef int(password_pool_post_h)(control_msg_h *h, void *arg, const void *msg, size_t size);

/**
 * Start the thread.
 *
 * @param ret_pool  New pool, set on success only
 * @param post      NULL: control_loop_post(); while it says -ENOSPC the thread tries again
 *
 * @return 0, -ENOMEM, -EIO (libsodium), or another -errno of the thread
 */
int password_pool_new(struct password_pool **ret_pool, password_pool_post_h *post);

/**
 * Stop the thread; takes up to the time of one hash.  Requests that wait are dropped without an
 * answer; one that was posted already still comes.  NULL is allowed.  Returns NULL.
 */
struct password_pool *password_pool_free(struct password_pool *pool);

/**
 * Hash a password.
 *
 * @param ret_id  Number of the request, never 0
 * @param arg     For the handler; what it points to must outlive the request
 *
 * @return 0, -EINVAL, -E2BIG or -EILSEQ (as password_check()), -EAGAIN (queue full), -ENOMEM
 */
int password_pool_hash(struct password_pool *pool, const char *text, size_t len, password_pool_h *h,
                       void *arg, uint64_t *ret_id);

/**
 * Check a password.
 *
 * @param hash  Of the user; NULL or "" if there is no such user, which takes as long
 *
 * @return 0, -E2BIG (longer than PASSWORD_MAX or not a hash), -EAGAIN (queue full), -ENOMEM
 */
int password_pool_verify(struct password_pool *pool, const char *hash, const char *text, size_t len,
                         password_pool_h *h, void *arg, uint64_t *ret_id);

#endif
