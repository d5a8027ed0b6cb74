/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/unit_buf.h  Bytes of an access unit: grows up to a limit and keeps what it has
 *
 * Threads: one at a time.
 */
#ifndef CODEC_UNIT_BUF_H
#define CODEC_UNIT_BUF_H

#include <stddef.h>
#include <stdint.h>

/** Embedded; all zero is an empty buffer. */
struct unit_buf {
    uint8_t *data;
    size_t size, room; /**< [bytes] */
};

/** Release the memory. */
void unit_buf_finish(struct unit_buf *buf);

/** Append bytes.  @return 0, -EFBIG (over VIDEO_DEPAY_UNIT_MAX), -ENOMEM; then nothing changed */
int unit_buf_append(struct unit_buf *buf, const uint8_t *data, size_t size);

#endif
