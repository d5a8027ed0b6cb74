/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/throttle.h  Who may try how often: logins, PINs, tokens
 *
 * A token bucket for each key (an address, an account, a room with an address).  A try takes one;
 * who was right gives it back, so that only failures cost.  One success does not forgive earlier
 * failures: otherwise an own account would buy tries at those of others.
 *
 * The table has a fixed size, so a flood of new keys makes old ones go.  Nothing is gained by
 * that: a new key takes over the place of the one that tried least, together with what that one
 * has used ("space saving", Metwally et al., 2005).  What a key has used is therefore never
 * forgotten in its favour, and one that is blocked stays until its time has come.  Where all are
 * blocked, strangers wait for the first place to become free.  So a flood from thousands of
 * networks can make others wait, but never opens a door.
 *
 * Threads:   one, no locks inside.
 * Ownership: one owner.
 */
#ifndef MCU_AUTH_THROTTLE_H
#define MCU_AUTH_THROTTLE_H

#include <stddef.h>
#include <stdint.h>

enum {
    THROTTLE_BURST_MAX = 1000,
    THROTTLE_REFILL_MAX_MS = 24 * 3600 * 1000,
    THROTTLE_ENTRIES_MAX = 65536, /**< 16 bytes each */
    THROTTLE_ADDRESS_SIZE = 64,   /**< Room for throttle_address(), with NUL [bytes] */
};

struct throttle;

struct throttle_cfg {
    unsigned burst;     /**< Failures in a row, 1 to THROTTLE_BURST_MAX */
    unsigned refill_ms; /**< Until one more is allowed, 1 to THROTTLE_REFILL_MAX_MS */
    unsigned entries;   /**< Keys, 8 to THROTTLE_ENTRIES_MAX, rounded up to a power of two */
};

/**
 * @param ret_throttle  New table, set on success only
 * @return 0, -EINVAL (cfg out of range), -ENOMEM
 */
int throttle_new(struct throttle **ret_throttle, const struct throttle_cfg *cfg);

/** Free a table.  NULL is allowed.  Returns NULL. */
struct throttle *throttle_free(struct throttle *throttle);

/**
 * May this key try now?  If so, the try counts as a failure until throttle_give_back().
 *
 * @param key     Any text
 * @param now_us  Monotonic [us]
 *
 * @return 0, or how long to wait [ms], at least 1; waiting is not prolonged by asking
 */
uint32_t throttle_take(struct throttle *throttle, const char *key, uint64_t now_us);

/** The try was right after all.  Does nothing for a key that is not in the table. */
void throttle_give_back(struct throttle *throttle, const char *key, uint64_t now_us);

/**
 * The key of an address: IPv4 as it is, IPv6 by its /64, since whoever has one address of a network
 * has all; IPv4 inside IPv6 is IPv4.
 *
 * @param ret_key  At least THROTTLE_ADDRESS_SIZE bytes
 * @param address  Numeric, also with %zone, in brackets, with :port; other text is cut and kept
 */
void throttle_address(char *ret_key, const char *address);

#endif
