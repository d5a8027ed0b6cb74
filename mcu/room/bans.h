/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/bans.h  Who is kept out of a room
 *
 * Whoever has an identity is banned by it: an account, or the address of a phone.  A guest is
 * banned by his network address together with his name: by the address alone the whole office
 * behind one NAT would be out, and by the name alone everybody who is called so.  Who changes one
 * gets through; against him there are the lobby, the lock and the PIN.  A ban lasts as long as the
 * room.  Of an IPv6 address the first 64 bits count: the rest is his to choose.
 *
 * Threads:   one; no locks inside.
 * Ownership: copies what it keeps.
 */
#ifndef MCU_ROOM_BANS_H
#define MCU_ROOM_BANS_H

#include <stdbool.h>

enum { BANS_MAX = 256 /**< Oldest out */ };

struct bans;

/** Somebody, as he comes or as he was banned; each may be NULL or "". */
struct bans_person {
    const char *identity; /**< Account, or "sip:..." of a phone: 255 bytes count */
    const char *address;  /**< Of a guest: IPv4 or IPv6 without port, or any text: 63 bytes count */
    const char *name;     /**< Of a guest: 256 bytes count, ASCII letters alike in either case */
};

/** Create.  @return 0, -ENOMEM */
int bans_new(struct bans **ret_bans);
/** Free.  NULL is allowed.  Returns NULL. */
struct bans *bans_free(struct bans *bans);

/** Keep somebody out; again: he is the newest.
 *  @return 0, -EINVAL (neither an identity nor an address with a name), -ENOMEM */
int bans_add(struct bans *bans, const struct bans_person *person);
/** Whether he is kept out. */
bool bans_match(const struct bans *bans, const struct bans_person *person);

#endif
