/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file bench/room/voice.h  Encoded audio of 20 ms packets, made once, sent many times
 *
 * Threads: any after loading, nothing changes.
 */
#ifndef BENCH_ROOM_VOICE_H
#define BENCH_ROOM_VOICE_H

#include "bench/room/options.h"

#include <stddef.h>
#include <stdint.h>

enum {
    VOICE_TONE_HZ = 1000,
    VOICE_BURST_PACKETS = 5,   /**< A burst is 100 ms long ... */
    VOICE_PERIOD_PACKETS = 50, /**< ... and comes each second */
};

struct voice;

/** Speech number @p index from the media folder.  @return 0, -ENOENT, -EBADMSG, -ENOMEM */
int voice_speech(struct voice **ret_voice, enum options_codec codec, const char *media,
                 unsigned index);

/** Silence, encoded by the same encoder.  @return as voice_speech() */
int voice_silence(struct voice **ret_voice, enum options_codec codec, const char *media);

/** Bursts of a tone in PCMU; a burst starts at packets 0, 50, ...  @return 0 or -ENOMEM */
int voice_bursts(struct voice **ret_voice);

/** NULL is allowed.  Returns NULL. */
struct voice *voice_free(struct voice *voice);

/** Packet @p index, modulo the length.  @param ret_len  [bytes] */
const uint8_t *voice_packet(const struct voice *voice, unsigned index, size_t *ret_len);

/** Number of packets, at least 1. */
unsigned voice_packets(const struct voice *voice);

/** A sample as G.711 mu-law. */
uint8_t voice_ulaw(int sample);

/** A G.711 mu-law byte as a sample. */
int voice_from_ulaw(uint8_t byte);

#endif
