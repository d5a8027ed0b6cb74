/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file bench/room/uac.h  A tiny SIP user agent client: many calls over one UDP socket
 *
 * INVITE with an early offer, ACK, BYE; retransmission; answers to requests in a
 * call: a re-INVITE gets the same SDP again, INFO is looked at for a
 * picture_fast_update, everything else gets a 200.  It trusts its server: this is
 * a load generator, not a phone.
 *
 * Threads: one.
 */
#ifndef BENCH_ROOM_UAC_H
#define BENCH_ROOM_UAC_H

#include <netinet/in.h>
#include <stdint.h>

struct uac;

struct uac_handlers {
    void (*answerh)(unsigned call, const char *sdp, void *arg); /**< 200 came in; ACK is sent */
    void (*failh)(unsigned call, unsigned status, void *arg);   /**< 408 = no answer in time */
    void (*endh)(unsigned call, void *arg);                     /**< BYE from the server */
    void (*keyh)(unsigned call, void *arg);                     /**< picture_fast_update */
    void *arg;
};

/** Create for @p ncalls calls, numbered from 0.  @return 0 or -errno */
int uac_new(struct uac **ret_uac, const struct sockaddr_in *server, unsigned ncalls,
            const struct uac_handlers *handlers);

/** NULL is allowed.  Returns NULL. */
struct uac *uac_free(struct uac *uac);

/** Socket to poll for reading. */
int uac_fd(const struct uac *uac);

/** Our address towards the server. */
struct in_addr uac_addr(const struct uac *uac);

/** Call sip:ROOM@server.  @param sdp  Copied  @return 0, -EINVAL, -ENOMEM */
int uac_call(struct uac *uac, unsigned call, const char *room, const char *sdp, uint64_t now_us);

/** Hang up an answered call; nothing for others. */
void uac_bye(struct uac *uac, unsigned call, uint64_t now_us);

/** Calls that wait for a final answer to INVITE or BYE. */
unsigned uac_pending(const struct uac *uac);

/** Read what is there. */
void uac_recv(struct uac *uac, uint64_t now_us);

/** Retransmit and give up; about every 100 ms. */
void uac_tick(struct uac *uac, uint64_t now_us);

#endif
