/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/transport_media.h  The media side of a transport: commands, timers, events
 *
 *     transport_media   life, commands, tick       transport_flow    RTP and RTCP in and out
 *     transport_webrtc  ICE, DTLS, SRTP            transport_rtp     port pairs, latching
 *
 * Threads: the media thread of its loop, unless said otherwise.
 */
#ifndef NET_TRANSPORT_MEDIA_H
#define NET_TRANSPORT_MEDIA_H

#include <stdbool.h>
#include <stdint.h>

#include "net/transport.h"

struct media_loop;
struct transport_bucket;
struct transport_command;
struct transport_media;

/** Create; control thread.  Takes a reference to the handle.  @return 0 or -ENOMEM */
int transport_media_new(struct transport_media **ret_media, struct media_loop *loop,
                        struct transport *handle);

/** Free what is in no loop (any more), and drop the handle.  NULL is allowed; any thread. */
void transport_media_free(struct transport_media *media);

/** Free a command that is not executed, with what it owns; any thread. */
void transport_media_drop_command(struct transport_command *command);

/** Execute a command and free it. */
void transport_media_command(struct media_loop *loop, struct transport_command *command,
                             uint64_t now_us);

/** Say BYE, let go of everything and post CLOSED; gone when this returns or at a later tick. */
void transport_media_close(struct transport_media *media, uint64_t now_us);

/** Do what is due and arm the next tick. */
void transport_media_tick(struct transport_media *media, uint64_t now_us);

/** See that a tick comes at @p due_us at the latest, to the next 10 ms. */
void transport_media_arm(struct transport_media *media, uint64_t due_us);

/** Post an event; one that must not be lost is tried again when control has no room. */
void transport_media_event(struct transport_media *media, enum transport_event event, int value,
                           const char *why);

/** Can media of this line be sent to the remote? */
bool transport_media_ready(const struct transport_media *media, unsigned line);

/**
 * See which lines can be sent now; a video that could not be before gets a key frame asked for.
 * After all that may change transport_media_ready() or the description.
 */
void transport_media_follow(struct transport_media *media);

/** Take a token.  @return false if there is none */
bool transport_media_take(struct transport_bucket *bucket, uint32_t per_s, uint32_t burst,
                          uint64_t now_us);

#endif
