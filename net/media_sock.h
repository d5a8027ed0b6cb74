/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/media_sock.h  UDP sockets, read and written in batches
 *
 *     recvmmsg --> struct media_sock_rx, up to MEDIA_SOCK_RX pooled packets at once
 *     media_sock_reserve, fill, media_sock_commit ... media_sock_flush --> sendmmsg
 *
 * One receive and one send batch serve all sockets of a media thread.  The send
 * batch belongs to no socket: a flush groups what is in it by socket, and keeps
 * the order within each.
 *
 * Threads: opening from any; a batch from one.
 */
#ifndef NET_MEDIA_SOCK_H
#define NET_MEDIA_SOCK_H

#include <stddef.h>
#include <stdint.h>

#include "net/media_addr.h"

struct media_sock_tx;
struct packet;

enum {
    MEDIA_SOCK_RX = 32,                  /**< Datagrams in a receive batch */
    MEDIA_SOCK_TX = 64,                  /**< Datagrams in a send batch */
    MEDIA_SOCK_DATAGRAM_MAX = 1536,      /**< Longest datagram that we send [bytes] */
    MEDIA_SOCK_BUFFER = 2 * 1024 * 1024, /**< Kernel buffers of a shared socket [bytes] */
    MEDIA_SOCK_BUFFER_PAIR = 256 * 1024, /**< Kernel buffers of a socket of one leg [bytes] */
    MEDIA_SOCK_WAIT_MS = 2,              /**< For a full socket [ms] */
};

/** What was received: packet[0 .. n - 1] with when_us, start and len set, and who sent it. */
struct media_sock_rx {
    struct packet *packet[MEDIA_SOCK_RX]; /**< Take by setting to NULL; kept for reuse otherwise */
    union media_addr from[MEDIA_SOCK_RX];
};

/**
 * Open a non-blocking socket, bound to an address.
 * @param addr    Port 0 = any; gets the port that was bound
 * @param buffer  Size of the kernel's buffers, as far as it allows [bytes]
 * @return descriptor, or -EADDRINUSE, -EACCES, -EADDRNOTAVAIL, -EMFILE, ...
 */
int media_sock_open(union media_addr *addr, int buffer);

/**
 * Open an even port and the odd one above it, at a random place in a range.
 * @param ret_fd  Gets the even port's and the odd port's descriptor
 * @param addr    Address to bind; gets the even port
 * @return 0, -EADDRINUSE (none left), -EINVAL (empty range), -errno
 */
int media_sock_open_pair(int ret_fd[2], union media_addr *addr, uint16_t port_min,
                         uint16_t port_max);

/**
 * Receive what is there, without waiting.
 * @param rx      Zeroed before the first use
 * @param now_us  Goes to the packets' when_us
 * @return number of datagrams, 0 if there are none (or no packets left in the pool)
 */
unsigned media_sock_recv(struct media_sock_rx *rx, int fd, uint64_t now_us);

/** Give the batch's unused packets back to the pool. */
void media_sock_rx_finish(struct media_sock_rx *rx);

/** Create a send batch.  @return 0 or -ENOMEM */
int media_sock_tx_new(struct media_sock_tx **ret_tx);

/** Free a send batch with what is in it.  NULL is allowed.  Returns NULL. */
struct media_sock_tx *media_sock_tx_free(struct media_sock_tx *tx);

/** Room for one datagram of MEDIA_SOCK_DATAGRAM_MAX bytes, 8-byte aligned; flushes if full. */
uint8_t *media_sock_reserve(struct media_sock_tx *tx);

/** Queue what was written to the reserved room. */
void media_sock_commit(struct media_sock_tx *tx, int fd, const union media_addr *to, size_t len);

/**
 * Send what is queued.  For a full socket it waits MEDIA_SOCK_WAIT_MS, once; what the kernel
 * does not take then is dropped and counted.
 */
void media_sock_flush(struct media_sock_tx *tx);

#endif
