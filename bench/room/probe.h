/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file bench/room/probe.h  Added latency: a tone burst and a colour flash, in to out
 *
 *     leg 0 sends     burst or flash at a known time      probe_sent_*()
 *     leg 1 receives  onset of the tone, change of light  probe_audio(), probe_video()
 *
 * Audio: from sending the packet that starts with the burst to receiving the
 * packet that has the onset, plus the onset's place in that packet; found by
 * Goertzel's algorithm over windows of 2 ms.  Video: from sending the last
 * packet of the picture to receiving the last packet of the composite that
 * shows it; the received stream is decoded and the flash looked for
 * in the block of the picture that changes most.
 *
 * Threads: one.
 */
#ifndef BENCH_ROOM_PROBE_H
#define BENCH_ROOM_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PROBE_FLASH_PICTURES = 20 /**< Pictures between two changes of light */ };

struct probe;

/** A sorted list of latencies. */
struct probe_result {
    unsigned n;
    double p50_ms, p95_ms, min_ms; /**< 0 without a sample */
};

/** Create.  @return 0, -ENOMEM, -ENOTSUP (no H.264 decoder) */
int probe_new(struct probe **ret_probe);

/** NULL is allowed.  Returns NULL. */
struct probe *probe_free(struct probe *probe);

/** A voice packet was sent; number 0 starts the burst. */
void probe_sent_audio(struct probe *probe, unsigned index, uint64_t now_us);

/** A picture of the flash stream was sent. */
void probe_sent_picture(struct probe *probe, unsigned index, uint64_t now_us);

/** PCMU came in. */
void probe_audio(struct probe *probe, const uint8_t *payload, size_t len, uint64_t now_us);

/** An H.264 payload (RFC 6184) came in.  @return true if a key picture is needed */
bool probe_video(struct probe *probe, const uint8_t *payload, size_t len, bool marker,
                 uint64_t now_us);

/** Forget the samples, keep what was learnt about the picture. */
void probe_reset(struct probe *probe);

void probe_results(struct probe *probe, struct probe_result *ret_audio,
                   struct probe_result *ret_video);

#endif
