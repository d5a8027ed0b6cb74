/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/signin.h  Who somebody is: tokens, passwords, PINs, and how often one may guess
 *
 *     token --> throttle --> signature --> revoked? --> grants
 *     name, password --> throttle --> database --> argon2id (a thread) --> token
 *
 * Wrong tries are counted by address, and for a password by account as well (auth.attempts).
 *
 * Threads: control only.
 */
#ifndef MCU_API_SIGNIN_H
#define MCU_API_SIGNIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcu/auth/grants.h"
#include "mcu/auth/token.h"

struct config;
struct password_pool;
struct store;

enum {
    SIGNIN_REVOKED_MAX = 16384, /**< Tokens that were revoked and have not expired yet */
    SIGNIN_NAME_MAX = 64,       /**< Longest login [bytes] */
};

struct signin_result {
    struct grants grants;
    const char *code; /**< NULL: let in; else stable, as "token_expired" */
    char why[TOKEN_WHY_SIZE];
    uint32_t wait_ms; /**< Not 0: tried too often; nothing else is set */
};

/**
 * Read the keys, and which tokens are revoked.
 * @param store  NULL: there are no users; lives until signin_finish()
 * @param why    Gets what failed, with the file
 * @return 0, -errno
 */
int signin_init(const struct config *config, struct store *store, char *why, size_t why_size);
void signin_finish(void);

/** Check a token that came from an address. */
void signin_token(struct signin_result *ret, const char *text, size_t len, const char *source);

/** How long an address has to wait before a token of it is looked at [ms], 0 = not at all.  Whoever
 *  compares a token himself asks this first, and has signin_token() look at a wrong one. */
uint32_t signin_token_wait(const char *source);

/** Make a token.  @param ret_text TOKEN_SIZE bytes  @return as token_mint() */
int signin_mint(const struct grants *grants, char *ret_text);

/** Refuse a token from now on.  @return 0, -ENOSPC (SIGNIN_REVOKED_MAX), -ENOMEM */
int signin_revoke(const char *jti, uint64_t expires_us);

/** Somebody tries a PIN.  @return 0, or how long to wait [ms] */
uint32_t signin_pin_try(const char *source, const char *room);
/** He got in or waits, or nothing was looked at: the try does not count.  Whoever is refused for
 *  another reason than his PIN may have guessed at the host PIN as well, and learns that it is not
 *  his: that counts. */
void signin_pin_right(const char *source, const char *room);

/** Somebody is about to prove that he knows a password of an account, as a phone's SIP password;
 *  such tries are counted with those of signin_login().  @return 0, or how long to wait [ms] */
uint32_t signin_proof_try(const char *name, const char *source);
/** What came of it: only a wrong one counts. */
void signin_proof_done(const char *name, const char *source, bool wrong);

/** @param token  "" after an error  @param code  NULL: let in; else stable, as "login_wrong" */
typedef void(signin_login_h)(const char *token, const struct grants *grants, const char *code,
                             uint32_t wait_ms, void *arg);

/**
 * Sign in by name and password.  Takes as long for names that there are not.
 * @param h    Called once, maybe before this returns; not after signin_finish()
 */
void signin_login(const char *name, const char *password, size_t len, const char *source,
                  signin_login_h *h, void *arg);

/** For setting passwords. */
struct password_pool *signin_passwords(void);

#endif
