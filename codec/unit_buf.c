/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/unit_buf.c  Bytes of an access unit: grows up to a limit and keeps what it has
 */
#include "codec/unit_buf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec/video_depay.h"

enum { ROOM_MIN = 16 * 1024 };

void unit_buf_finish(struct unit_buf *buf)
{
    free(buf->data);
    *buf = (struct unit_buf){.data = NULL};
}

int unit_buf_append(struct unit_buf *buf, const uint8_t *data, size_t size)
{
    if (size > VIDEO_DEPAY_UNIT_MAX || buf->size > VIDEO_DEPAY_UNIT_MAX - size)
        return -EFBIG;

    if (buf->size + size > buf->room) {
        size_t room = buf->room ? buf->room : ROOM_MIN;
        uint8_t *p;

        while (room < buf->size + size)
            room *= 2;
        p = realloc(buf->data, room);
        if (!p)
            return -ENOMEM;
        buf->data = p;
        buf->room = room;
    }

    if (size)
        memcpy(buf->data + buf->size, data, size);
    buf->size += size;
    return 0;
}
