/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/vp8_header.c  Reads the uncompressed header of a VP8 frame (RFC 6386, 9.1)
 */
#include "codec/vp8_header.h"

#include <errno.h>

enum { TAG_SIZE = 3, KEY_SIZE = 10, VERSION_MAX = 3, SIDE_MASK = 0x3fff };

int vp8_header_parse(struct vp8_header *ret_header, const uint8_t *data, size_t size)
{
    struct vp8_header h = {.key = false};
    size_t header_size;
    uint32_t tag;

    if (size < TAG_SIZE)
        return -EBADMSG;

    tag = data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16;
    h.key = !(tag & 1);
    h.version = tag >> 1 & 7;
    h.show = tag >> 4 & 1;
    h.first_size = tag >> 5;
    header_size = h.key ? KEY_SIZE : TAG_SIZE;
    if (h.version > VERSION_MAX || size < header_size || h.first_size > size - header_size)
        return -EBADMSG;

    if (h.key) {
        if (data[3] != 0x9d || data[4] != 0x01 || data[5] != 0x2a)
            return -EBADMSG;
        h.width = (uint16_t)((data[6] | data[7] << 8) & SIDE_MASK);
        h.height = (uint16_t)((data[8] | data[9] << 8) & SIDE_MASK);
        if (!h.width || !h.height)
            return -EBADMSG;
    }

    *ret_header = h;
    return 0;
}
