/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/media_peers.h  Finds the WebRTC peer that a datagram is for
 *
 * Two hash tables: by our socket and the peer's address, for media and DTLS; by
 * our ufrag, for STUN.  The nodes are embedded in their owners.
 *
 * Threads: one media thread.
 */
#ifndef NET_MEDIA_PEERS_H
#define NET_MEDIA_PEERS_H

#include <stdint.h>

#include "net/media_addr.h"

struct media_peers;

enum { MEDIA_PEERS_UFRAG_MAX = 16 /**< With its NUL [bytes] */ };

/** owner NULL: not in the table. */
struct media_peers_addr {
    struct media_peers_addr *next;
    union media_addr addr;
    int fd; /**< Our socket that the peer uses */
    void *owner;
};

/** owner NULL: not in the table. */
struct media_peers_ufrag {
    struct media_peers_ufrag *next;
    char ufrag[MEDIA_PEERS_UFRAG_MAX];
    void *owner;
};

/** Create tables for about @p peers peers.  @return 0 or -ENOMEM */
int media_peers_new(struct media_peers **ret_peers, uint32_t peers);

/** Free the tables, not the nodes.  NULL is allowed.  Returns NULL. */
struct media_peers *media_peers_free(struct media_peers *peers);

/** Put a node in; its fields but next are set.  One with the same key must not be there. */
void media_peers_add_addr(struct media_peers *peers, struct media_peers_addr *node);

/** Take a node out; nothing if it is not in. */
void media_peers_remove_addr(struct media_peers *peers, struct media_peers_addr *node);

/** Find by socket and address, or NULL. */
struct media_peers_addr *media_peers_find_addr(const struct media_peers *peers, int fd,
                                               const union media_addr *addr);

void media_peers_add_ufrag(struct media_peers *peers, struct media_peers_ufrag *node);
void media_peers_remove_ufrag(struct media_peers *peers, struct media_peers_ufrag *node);
struct media_peers_ufrag *media_peers_find_ufrag(const struct media_peers *peers,
                                                 const char *ufrag);

#endif
