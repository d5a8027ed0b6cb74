/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/depay_h264.c  H.264 RTP payloads to an Annex B access unit (RFC 6184)
 */
#include "codec/depay_h264.h"

#include <errno.h>

#include "codec/unit_buf.h"

/* NAL unit types (H.264 table 7-1) and packet types (RFC 6184 table 1). */
enum {
    NAL_SLICE = 1,
    NAL_PART_A = 2,
    NAL_PART_C = 4,
    NAL_IDR = 5,
    NAL_SPS = 7,
    NAL_PPS = 8,
    NAL_AUD = 9,
    NAL_LAST = 23,
    STAP_A = 24,
    STAP_B = 25,
    FU_A = 28,
    FU_B = 29,
    TYPE_MASK = 0x1f,
    FORBIDDEN = 0x80,
    FU_START = 0x80,
    FU_END = 0x40,
};

static const uint8_t start_code[4] = {0, 0, 0, 1};

/* Data partitions are of the extended profile, which nobody decodes. */
static bool is_partition(uint8_t type)
{
    return type >= NAL_PART_A && type <= NAL_PART_C;
}

static bool is_slice(uint8_t type)
{
    return type == NAL_SLICE || type == NAL_IDR;
}

static bool is_kept(uint8_t type)
{
    return is_slice(type) || type == NAL_SPS || type == NAL_PPS;
}

/* Count a NAL unit and note what it is. */
static int note_nal(struct depay_h264 *depay, uint8_t header)
{
    uint8_t type = header & TYPE_MASK;

    if ((header & FORBIDDEN) || is_partition(type))
        return -EBADMSG;
    if (++depay->nals > DEPAY_H264_NALS_MAX)
        return -EFBIG;
    if (!is_slice(type) && ++depay->others > DEPAY_H264_OTHERS_MAX)
        return -EFBIG;
    if (type == NAL_IDR)
        depay->key = true;
    if (type == NAL_SPS)
        depay->sends_sets = true;
    return 0;
}

static int append_nal(struct depay_h264 *depay, struct unit_buf *buf, const uint8_t *nal,
                      size_t size)
{
    int err = note_nal(depay, nal[0]);

    if (err)
        return err;
    if (!is_kept(nal[0] & TYPE_MASK))
        return 0;
    err = unit_buf_append(buf, start_code, sizeof(start_code));
    return err ? err : unit_buf_append(buf, nal, size);
}

/* 5.7.1 */
static int append_stap(struct depay_h264 *depay, struct unit_buf *buf, const uint8_t *data,
                       size_t size)
{
    if (!size)
        return -EBADMSG;
    while (size) {
        size_t n;
        int err;

        if (size < 2)
            return -EBADMSG;
        n = (size_t)data[0] << 8 | data[1];
        data += 2;
        size -= 2;
        if (!n || n > size || (data[0] & TYPE_MASK) > NAL_LAST)
            return -EBADMSG;
        err = append_nal(depay, buf, data, n);
        if (err)
            return err;
        data += n;
        size -= n;
    }
    return 0;
}

static int start_fu(struct depay_h264 *depay, struct unit_buf *buf, uint8_t header)
{
    uint8_t type = header & TYPE_MASK;
    int err;

    if (depay->fu_header || type == 0 || type > NAL_LAST)
        return -EBADMSG;
    err = note_nal(depay, header);
    if (err)
        return err;

    depay->fu_header = header;
    depay->fu_skip = !is_kept(type);
    if (depay->fu_skip)
        return 0;
    err = unit_buf_append(buf, start_code, sizeof(start_code));
    return err ? err : unit_buf_append(buf, &header, 1);
}

/* 5.8 */
static int append_fu(struct depay_h264 *depay, struct unit_buf *buf, const uint8_t *data,
                     size_t size)
{
    uint8_t header;
    int err = 0;

    if (size < 2)
        return -EBADMSG;
    header = (uint8_t)((data[0] & ~TYPE_MASK) | (data[1] & TYPE_MASK));
    if (data[1] & FU_START)
        err = start_fu(depay, buf, header);
    else if (!depay->fu_header || (header & TYPE_MASK) != (depay->fu_header & TYPE_MASK))
        err = -EBADMSG;
    if (err)
        return err;

    if (!depay->fu_skip)
        err = unit_buf_append(buf, data + 2, size - 2);
    if (data[1] & FU_END)
        depay->fu_header = 0;
    return err;
}

void depay_h264_start(struct depay_h264 *depay)
{
    *depay = (struct depay_h264){.sends_sets = depay->sends_sets};
}

int depay_h264_append(struct depay_h264 *depay, struct unit_buf *buf, const uint8_t *payload,
                      size_t size)
{
    uint8_t type = payload[0] & TYPE_MASK;

    if (type == FU_A)
        return append_fu(depay, buf, payload, size);
    if (depay->fu_header || (payload[0] & FORBIDDEN))
        return -EBADMSG;
    if (type == STAP_A)
        return append_stap(depay, buf, payload + 1, size - 1);
    if (type >= STAP_B && type <= FU_B)
        return -EBADMSG;
    return append_nal(depay, buf, payload, size);
}

int depay_h264_end(const struct depay_h264 *depay)
{
    return depay->fu_header ? -EBADMSG : 0;
}

bool depay_h264_is_head(const struct depay_h264 *depay, const uint8_t *payload, size_t size)
{
    uint8_t type = payload[0] & TYPE_MASK;
    const uint8_t *slice = payload + 1;

    if (type == STAP_A && size > 4) {
        type = payload[3] & TYPE_MASK;
        slice = payload + 4;
    } else if (type == FU_A && size > 2 && (payload[1] & FU_START)) {
        type = payload[1] & TYPE_MASK;
        slice = payload + 2;
    }
    if (type == NAL_SPS || type == NAL_AUD)
        return true;
    /* first_mb_in_slice is 0 if the first bit is set; an IDR needs the sets that stand before it.
     */
    if (type == NAL_SLICE || (type == NAL_IDR && !depay->sends_sets))
        return slice < payload + size && (slice[0] & 0x80);
    return false;
}
