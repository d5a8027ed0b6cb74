/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file bench/room/offer.h  The SDP of a bench leg: print an offer, read the answer
 *
 * Just enough for one audio and one H.264 line over IPv4.
 *
 * Threads: any; no state.
 */
#ifndef BENCH_ROOM_OFFER_H
#define BENCH_ROOM_OFFER_H

#include "bench/room/options.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

struct offer {
    struct in_addr addr;
    uint16_t audio_port;
    uint16_t video_port; /**< 0 = no video line */
    enum options_codec codec;
};

struct offer_line {
    struct sockaddr_in rtp; /**< Port 0: line was refused */
    struct sockaddr_in rtcp;
    uint8_t pt;
};

struct offer_answer {
    struct offer_line audio, video;
};

/** Print.  @return length [bytes], or -ENOSPC */
int offer_print(const struct offer *offer, char *buf, size_t size);

/** Read an answer.  @return 0, -EBADMSG (no address, or the audio line was refused) */
int offer_read_answer(struct offer_answer *ret_answer, const char *sdp);

#endif
