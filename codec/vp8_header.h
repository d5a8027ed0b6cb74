/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/vp8_header.h  Reads the uncompressed header of a VP8 frame (RFC 6386, 9.1)
 *
 * Threads: any.
 */
#ifndef CODEC_VP8_HEADER_H
#define CODEC_VP8_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vp8_header {
    bool key;
    bool show;
    uint8_t version;        /**< 0 to 3 */
    uint32_t first_size;    /**< Size of the first partition [bytes] */
    uint16_t width, height; /**< Key frames only, 1 to 16383 [pixels] */
};

/**
 * Read the header of a frame.
 *
 * @param ret_header  Set on success only
 * @param size        [bytes]
 *
 * @return 0, -EBADMSG (cut off, unknown version, or no start code)
 */
int vp8_header_parse(struct vp8_header *ret_header, const uint8_t *data, size_t size);

#endif
