/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/video_in.h  One received video stream: packets to pictures
 *
 *     sink --> jitter (bounded wait) --> video_depay --> video_decoder --> video_source
 *       ^------------- key frame requests ----------------'
 *
 * Until a decodable picture is there the stream shows nothing; after a loss
 * that retransmission could not mend it freezes and asks for a key frame.  So it does when
 * decoding is so far behind that what waits is too old to be shown.
 *
 * Threads:   created and closed on control; works in a task of its own.
 * Ownership: the creator closes it; sink and source are counted.
 */
#ifndef MCU_MEDIA_VIDEO_IN_H
#define MCU_MEDIA_VIDEO_IN_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/params.h"

struct sink;
struct task_pool;
struct video_in;
struct video_source;

struct video_in_cfg {
    struct task_pool *pool;
    enum video_codec codec;
    struct video_limits limits;
    bool nack;                   /**< Lost packets are asked for again: worth waiting for */
    struct video_source *source; /**< Gets the pictures; a reference is taken */
};

/** @return 0, -EINVAL, -ENOMEM */
int video_in_new(struct video_in **ret_in, const struct video_in_cfg *cfg);

/** Where the transport puts the packets; belongs to the stream. */
struct sink *video_in_sink(struct video_in *in);

/** End the stream; returns at once, its memory goes when its task has left.  NULL is allowed.
 * Returns NULL. */
struct video_in *video_in_close(struct video_in *in);

#endif
