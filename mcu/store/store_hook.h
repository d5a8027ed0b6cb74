/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_hook.h  Webhooks and their durable queue
 *
 * An event becomes a delivery of each hook that wants it.  Deliveries of a hook have numbers and
 * are taken in their order, one at a time: a later one never before an earlier one that is pending.
 *
 *     enqueue --> pending --take--> (lease) --mark--> done | dead | pending again, at next_us
 *
 * Old deliveries that are not pending go by store_purge_run().
 *
 * Each function submits a request, see store.h: 0 is answered by the handler, -EINVAL, -ENOSPC and
 * -ENOMEM are told at once.  What a function says after "answer" is what the handler gets.
 *
 * Threads: any.
 */
#ifndef MCU_STORE_STORE_HOOK_H
#define MCU_STORE_STORE_HOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/store/store.h"

enum {
    STORE_HOOK_MAX = 100, /**< Most hooks                                          */
    STORE_HOOK_PENDING_MAX =
        10000,                    /**< Most pending deliveries of a hook; beyond, the oldest die */
    STORE_HOOK_URL_MAX = 2048,    /**< Longest URL [bytes]                                 */
    STORE_HOOK_SECRET_MAX = 256,  /**< Longest secret [bytes]                              */
    STORE_HOOK_EVENTS_MAX = 1024, /**< Longest list of patterns [bytes]                    */
    STORE_HOOK_BODY_MAX = 262144, /**< Longest body of an event [bytes]                    */
    STORE_HOOK_ERROR_MAX = 512,   /**< Longest last_error [bytes]                          */
};

struct store_hook {
    const char *id;
    const char *url;
    const char *secret;
    const char *events; /**< Patterns, as store_hook_matches() has them */
    bool enabled;
    uint64_t created_us; /**< Kept by a put; so is all that follows */
    uint32_t failures;   /**< Failed tries since the last that succeeded */
    uint32_t last_status;
    const char *last_error;
    uint32_t pending; /**< Deliveries that wait */
    uint32_t dropped; /**< Deliveries that died because too many waited */
};

struct store_hook_event {
    const char *id;   /**< Of the event; added to a hook once only */
    const char *type; /**< As "room.started" */
    const char *body;
    uint64_t created_us;
};

/** Result of store_hook_enqueue(). */
struct store_hook_enqueued {
    uint32_t n;       /**< Hooks that get it */
    uint32_t dropped; /**< Older deliveries that died for it */
};

struct store_hook_delivery {
    const char *hook; /**< With seq the key */
    uint64_t seq;
    const char *id;     /**< Of the event */
    const char *url;    /**< Of the hook; take only */
    const char *secret; /**< Of the hook; take only */
    const char *type;
    const char *body; /**< Take only */
    uint64_t created_us;
    uint64_t next_us;  /**< Not tried before */
    uint32_t attempts; /**< How often it was taken */
    const char *state; /**< "pending", "done", "dead" */
    uint32_t last_status;
    const char *last_error;
};

struct store_hook_lease {
    uint64_t now_us;
    uint64_t lease_us; /**< Not taken again for so long, unless it is marked */
    uint32_t limit;    /**< 1 to STORE_HOOK_MAX */
};

struct store_hook_mark {
    const char *hook;
    uint64_t seq;
    const char *state; /**< "done", "dead", or "pending" for another try at next_us */
    uint64_t next_us;
    uint32_t last_status; /**< HTTP status, 0 for none */
    const char *last_error;
};

struct store_hook_query {
    const char *hook;
    const char *state;   /**< Only these; "" or NULL for all           */
    uint64_t before_seq; /**< Last one that is known; 0 at first       */
    uint32_t limit;      /**< 1 to STORE_LIST_MAX                      */
};

/**
 * Whether a list of patterns has one for a type: "*" is all, "room.*" what starts with "room.",
 * else it is that type; between them are commas and spaces.
 */
bool store_hook_matches(const char *events, const char *type);

/** Make or change a hook.  Answer: 0, -EDQUOT (too many hooks). */
int store_hook_put(struct store *store, const struct store_hook *hook, struct store_reply reply);

/** Answer: struct store_hook, or -ENOENT. */
int store_hook_get(struct store *store, const char *id, struct store_reply reply);

/** All hooks, by id.  Answer: struct store_list of struct store_hook. */
int store_hook_list(struct store *store, struct store_reply reply);

/** Remove a hook and its deliveries.  Answer: 0 or -ENOENT. */
int store_hook_remove(struct store *store, const char *id, struct store_reply reply);

/** Queue an event for all enabled hooks that want it.  Answer: struct store_hook_enqueued. */
int store_hook_enqueue(struct store *store, const struct store_hook_event *event,
                       struct store_reply reply);

/**
 * Take the first pending delivery of each enabled hook, where it is due.
 * Answer: struct store_list of struct store_hook_delivery, the longest due first.
 */
int store_hook_take(struct store *store, const struct store_hook_lease *lease,
                    struct store_reply reply);

/** Outcome of a delivery.  Answer: 0, -ENOENT, -EALREADY (was not pending), -EINVAL (state). */
int store_hook_mark(struct store *store, const struct store_hook_mark *mark,
                    struct store_reply reply);

/** Deliveries of a hook, newest first.  Answer: struct store_list of struct store_hook_delivery. */
int store_hook_list_deliveries(struct store *store, const struct store_hook_query *query,
                               struct store_reply reply);

#endif
