/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/presence.h  Who is signed in, with which devices, and who wants to know
 *
 *     sign-in: presence_add() --> person with devices --> presence_each_device(): who is to ring
 *     in a room or call: presence_enter()        |
 *     presence_watch() ---> watches -------------+---> presence_flush(): changes to the watchers
 *
 * A device is a WebSocket session or a SIP registration; its key is the owner's and not 0.  A
 * device that lost its connection and may come back is detached: its person stays online, but
 * nothing is sent to it.
 *
 * Changes gather: pendingh says that there is one, the owner calls presence_flush() when it suits
 * him, and each watcher is told the state of that moment, once.  Who went and came back in between
 * is not told at all.
 *
 * Costs about 300 bytes for a person with one device who watches nobody, and 48 more for each one
 * he watches.
 *
 * Threads:   one; no locks inside.  Handlers must not call back, but for presence_look().
 */
#ifndef MCU_ROOM_PRESENCE_H
#define MCU_ROOM_PRESENCE_H

#include <stdbool.h>
#include <stdint.h>

struct presence;

enum {
    PRESENCE_IDENTITY_SIZE = 63 + 1, /**< Room for an identity and its NUL [bytes] */
    PRESENCE_DEVICES_MAX = 10,       /**< Of one person */
    PRESENCE_WATCHES_MAX = 200,      /**< Of one device */
    PRESENCE_TEXT_CHARS = 128,       /**< Longest status text [characters] */
    PRESENCE_TEXT_SIZE = PRESENCE_TEXT_CHARS * 4 + 1,
};

enum presence_state { PRESENCE_OFFLINE, PRESENCE_ONLINE, PRESENCE_BUSY };
enum presence_kind { PRESENCE_WEB, PRESENCE_SIP };

struct presence_info {
    const char *identity;
    enum presence_state state;
    const char *text; /**< Status text, "" = none; offline has none */
    unsigned ndevices;
};

struct presence_cfg {
    uint32_t max_devices; /**< Of everybody, 1 to 1000000 */
    uint32_t max_watches; /**< Of everybody */
    /** There is something to flush, for the first time since the last presence_flush(). */
    void (*pendingh)(void *arg);
    /** Tell a device about somebody it watches. */
    void (*changedh)(uint64_t device, const struct presence_info *info, void *arg);
    void *arg;
};

/** Create.  @param cfg copied; handlers may be NULL  @return 0, -EINVAL, -ENOMEM */
int presence_new(struct presence **ret_presence, const struct presence_cfg *cfg);
/** Free it with everybody in it; nobody is told.  NULL is allowed.  Returns NULL. */
struct presence *presence_free(struct presence *presence);

/**
 * A device signs in.
 * @return 0, -EINVAL (identity empty or too long; key 0), -EEXIST (key is known), -EMFILE (he has
 *         too many), -ENOSPC (all have too many), -ENOMEM
 */
int presence_add(struct presence *presence, const char *identity, uint64_t device,
                 enum presence_kind kind);
/** A device signs out, and its watches end.  Unknown: ignored. */
void presence_remove(struct presence *presence, uint64_t device);
/** Its connection is lost (true), or it has a new one (false).  Unknown: ignored. */
void presence_detach(struct presence *presence, uint64_t device, bool detached);

/** He came into a call or room; counted, so that he is busy until he left them all.
 *  @return 0, -EINVAL (identity), -ENOMEM; then do not call presence_leave() */
int presence_enter(struct presence *presence, const char *identity);
/** He left one.  Unknown: ignored. */
void presence_leave(struct presence *presence, const char *identity);

/** Status text, "" = none; gone with his last device.
 *  @return 0, -ENOENT (not signed in), -E2BIG, -EILSEQ (no clean UTF-8), -ENOMEM */
int presence_set_text(struct presence *presence, const char *identity, const char *text);

/**
 * Be told of changes of somebody, signed in or not.  The state of now is presence_look()'s.
 * @return 0 (also if it does already), -ENOENT (no such device), -EINVAL (identity), -EMFILE (it
 *         watches too many), -ENOSPC (all watch too many), -ENOMEM
 */
int presence_watch(struct presence *presence, uint64_t device, const char *identity);
/** Unknown: ignored. */
void presence_unwatch(struct presence *presence, uint64_t device, const char *identity);
/** Tell a device how all are that it watches: what was told while it was detached may be lost. */
void presence_retell(struct presence *presence, uint64_t device);
/** Tell the watchers what has changed.  Detached devices are told too: the owner keeps or drops. */
void presence_flush(struct presence *presence);

/** How somebody is; valid until the next change.  An unknown identity is offline. */
void presence_look(const struct presence *presence, const char *identity,
                   struct presence_info *ret_info);
/** Each device of his that is not detached, in order of signing in; @p h must not add or remove.
 *  @return how many there were */
unsigned presence_each_device(const struct presence *presence, const char *identity,
                              void (*h)(uint64_t device, enum presence_kind kind, void *arg),
                              void *arg);
/** Whose device it is; NULL if unknown. */
const char *presence_identity(const struct presence *presence, uint64_t device);
/** What a device is; PRESENCE_WEB if unknown. */
enum presence_kind presence_kind(const struct presence *presence, uint64_t device);
const char *presence_state_name(enum presence_state state); /**< "offline", "online", "busy" */

#endif
