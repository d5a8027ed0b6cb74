/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file bench/room/stream.h  An encoded H.264 stream, cut into RTP payloads once, sent many times
 *
 * A file in Annex B format (start codes; SPS and PPS before each IDR picture)
 * is split into pictures and each picture into single NAL units and FU-A
 * fragments (RFC 6184) that point into the file's bytes.
 *
 * Threads: any after loading, nothing changes.
 */
#ifndef BENCH_ROOM_STREAM_H
#define BENCH_ROOM_STREAM_H

#include <stdbool.h>
#include <stdint.h>

enum {
    STREAM_PAYLOAD_MAX = 1180,           /**< RTP payload [bytes] */
    STREAM_FILE_MAX = 256 * 1024 * 1024, /**< [bytes] */
    STREAM_PICTURE_PACKETS_MAX = 256,
};

struct stream;

/** One RTP payload: @p fu_len bytes of @p fu, then @p len bytes of @p data. */
struct stream_packet {
    const uint8_t *data;
    uint16_t len;
    uint8_t fu[2];
    uint8_t fu_len; /**< 0 or 2 */
};

struct stream_picture {
    const struct stream_packet *packets;
    unsigned npackets;
    bool key; /**< Starts with SPS, PPS, IDR */
};

/** Read a file.  @return 0, -ENOENT and what open(2) says, -EFBIG, -EBADMSG, -ENOMEM */
int stream_load(struct stream **ret_stream, const char *path);

/** NULL is allowed.  Returns NULL. */
struct stream *stream_free(struct stream *stream);

/** Number of pictures, at least 1. */
unsigned stream_pictures(const struct stream *stream);

/** Picture @p index, modulo the number of pictures. */
const struct stream_picture *stream_picture(const struct stream *stream, unsigned index);

/** Index of the next key picture at or after @p index, wrapping; the first is one always. */
unsigned stream_next_key(const struct stream *stream, unsigned index);

#endif
