/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file bench/room/leg.h  The media of one call: paced RTP out, RTP counted in
 *
 *     voice, stream --- leg_tick() ---> sockets ---> server
 *     leg_stats <------ leg_recv() <--- sockets <--- server
 *
 * Nothing is decoded: pictures are counted by their timestamps.  A PLI or FIR makes
 * the stream jump to its next key picture.
 *
 * Threads: one.
 */
#ifndef BENCH_ROOM_LEG_H
#define BENCH_ROOM_LEG_H

#include "bench/room/offer.h"
#include "bench/room/stream.h"
#include "bench/room/voice.h"

#include <stdbool.h>

enum { LEG_AUDIO, LEG_AUDIO_RTCP, LEG_VIDEO, LEG_VIDEO_RTCP, LEG_SOCKETS };

struct leg;

/** Somebody who looks at a leg's packets; each may be NULL. */
struct leg_tap {
    void (*audio_senth)(unsigned index, uint64_t now_us, void *arg);   /**< voice packet index */
    void (*picture_senth)(unsigned index, uint64_t now_us, void *arg); /**< with its last packet */
    void (*audioh)(const uint8_t *payload, size_t len, uint64_t now_us, void *arg);
    void (*videoh)(const uint8_t *payload, size_t len, bool marker, uint64_t now_us, void *arg);
    void *arg;
};

struct leg_cfg {
    enum options_codec codec;
    const struct voice *voice;
    const struct stream *stream; /**< NULL = no video */
    uint32_t phase_us;           /**< Start of sending after the answer [us] */
    unsigned first;              /**< Where to start in voice and stream */
    struct leg_tap tap;
};

/** What came in since leg_reset(). */
struct leg_stats {
    uint32_t audio_packets, video_packets;
    uint32_t pictures;
    uint32_t lost;           /**< Gaps in the sequence numbers, audio and video */
    uint32_t key_requests;   /**< PLI, FIR and picture_fast_update from the server */
    uint64_t longest_gap_us; /**< Between pictures, up to @p now_us of leg_stats() */
};

/** Open the sockets.  @return 0 or -errno */
int leg_new(struct leg **ret_leg, const struct leg_cfg *cfg);

/** NULL is allowed.  Returns NULL. */
struct leg *leg_free(struct leg *leg);

/** Socket number @p which to poll for reading, or -1. */
int leg_fd(const struct leg *leg, unsigned which);

/** Port of an RTP socket, for the offer. */
uint16_t leg_port(const struct leg *leg, unsigned which);

/** Start sending. */
void leg_start(struct leg *leg, const struct offer_answer *answer, uint64_t now_us);

/** Stop sending. */
void leg_stop(struct leg *leg);

/** Send what is due; about every millisecond. */
void leg_tick(struct leg *leg, uint64_t now_us);

/** Read what is there on socket @p which. */
void leg_recv(struct leg *leg, unsigned which, uint64_t now_us);

/** Jump to the next key picture of the stream. */
void leg_key(struct leg *leg);

/** Ask the server for a key picture by PLI. */
void leg_request_key(struct leg *leg);

/** Start counting. */
void leg_reset(struct leg *leg, uint64_t now_us);

/** What was counted. */
void leg_stats(const struct leg *leg, uint64_t now_us, struct leg_stats *ret_stats);

#endif
