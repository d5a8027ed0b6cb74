/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/signin.h  Who somebody is: tokens, passwords, PINs, and how often one may guess
 *
 *     token --> throttle --> signature --> revoked? made before its account changed? --> grants
 *     name, password --> throttle --> database --> argon2id (a thread) --> token
 *
 * What was revoked is read from the database at the start; until that is done, tokens are told to
 * wait, never taken.
 *
 * A change of password or role and the removal of an account end its tokens. Those made for guests
 * of its meetings go on until they expire or are revoked.
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
#include "mcu/store/store.h"

struct config;
struct password_pool;

enum {
    SIGNIN_NAME_MAX = 64, /**< Longest login [bytes] */
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

/**
 * Are grants of a token that was taken still good, on a connection that outlives it?
 * @return NULL: yes; else a stable code, as "token_expired", "token_revoked"
 */
const char *signin_why_over(const struct grants *grants);

/** How long a token lives for which nothing else is asked [ms]. */
uint64_t signin_ttl_ms(void);

/** Make a token.  @param ret_text TOKEN_SIZE bytes  @return as token_mint() */
int signin_mint(const struct grants *grants, char *ret_text);

/**
 * Refuse a token from now on; after a restart, once the store has answered.
 * @param own  By whoever has it, not by an operator: see signin_block.h
 * @return 0, -ENOSPC, -ENOMEM: as signin_block_revoke() and store_token_revoke()
 */
int signin_revoke(const char *jti, uint64_t expires_us, bool own, struct store_reply reply);

/**
 * Refuse the tokens of an account that were made until a moment: its password or role has changed,
 * or it was removed.  That it is so after a restart too is the store's doing (store_token.h).
 * @return 0, -ENOMEM
 */
int signin_end_user(const char *user, uint64_t at_us);

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
