/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/h264_sps.c  Reads H.264 sequence parameter sets, finds NAL units
 */
#include "codec/h264_sps.h"

#include <errno.h>
#include <string.h>

enum {
    NAL_SPS = 7,
    SIDE_MBS_MAX = 4096, /* 65536 pixels: far beyond any limit, and its square fits 32 bits */
    CYCLE_MAX = 255,
    ID_MAX = 31,
};

/* Reads bits; past the end it gives zeros and remembers that. */
struct bits {
    const uint8_t *data;
    uint32_t pos, end; /* [bits] */
    bool overrun;
};

/* Raw byte sequence payload: without emulation prevention bytes (7.4.1). */
static size_t unescape(uint8_t *rbsp, const uint8_t *data, size_t size)
{
    unsigned zeros = 0;
    size_t n = 0;

    for (size_t i = 0; i < size; ++i) {
        if (zeros >= 2 && data[i] == 3) {
            zeros = 0;
            continue;
        }
        zeros = data[i] ? 0 : zeros + 1;
        rbsp[n++] = data[i];
    }
    return n;
}

static uint32_t take(struct bits *b, unsigned n)
{
    uint32_t v = 0;

    while (n--) {
        uint32_t bit = 0;

        if (b->pos < b->end) {
            bit = (uint32_t)b->data[b->pos / 8] >> (7 - b->pos % 8) & 1;
            ++b->pos;
        } else {
            b->overrun = true;
        }
        v = v << 1 | bit;
    }
    return v;
}

/* ue(v), 9.1. */
static uint32_t take_ue(struct bits *b)
{
    unsigned zeros = 0;

    while (!take(b, 1)) {
        if (++zeros > 31 || b->overrun) {
            b->overrun = true;
            return 0;
        }
    }
    return (1u << zeros) - 1 + take(b, zeros);
}

/* se(v) is as long as ue(v); none of them matters here. */
static void skip_se(struct bits *b)
{
    (void)take_ue(b);
}

static int32_t take_se(struct bits *b)
{
    uint32_t v = take_ue(b);
    int32_t half = (int32_t)(v / 2);

    return v & 1 ? half + 1 : -half;
}

static bool has_chroma_fields(uint8_t profile)
{
    static const uint8_t profiles[] = {100, 110, 122, 244, 44,  83, 86,
                                       118, 128, 138, 139, 134, 135};

    return memchr(profiles, profile, sizeof(profiles)) != NULL;
}

/* scaling_list(), 7.3.2.1.1.1. */
static void skip_scaling_list(struct bits *b, unsigned count)
{
    uint32_t last = 8, next = 8;

    for (unsigned i = 0; i < count && !b->overrun; ++i) {
        if (next)
            next = (last + (uint32_t)take_se(b)) & 255;
        if (next)
            last = next;
    }
}

static int read_chroma_fields(struct h264_sps *sps, struct bits *b)
{
    uint32_t chroma = take_ue(b), luma_depth, chroma_depth;

    if (chroma > 3)
        return -EBADMSG;
    if (chroma == 3)
        (void)take(b, 1); /* separate_colour_plane_flag */
    luma_depth = take_ue(b);
    chroma_depth = take_ue(b);
    if (luma_depth > 6 || chroma_depth > 6)
        return -EBADMSG;

    sps->chroma = (uint8_t)chroma;
    sps->depth_luma = (uint8_t)(8 + luma_depth);
    sps->depth_chroma = (uint8_t)(8 + chroma_depth);
    (void)take(b, 1); /* qpprime_y_zero_transform_bypass_flag */
    if (take(b, 1)) { /* seq_scaling_matrix_present_flag */
        for (unsigned i = 0; i < (chroma == 3 ? 12u : 8u); ++i) {
            if (take(b, 1))
                skip_scaling_list(b, i < 6 ? 16 : 64);
        }
    }
    return 0;
}

static int read_order_fields(struct bits *b)
{
    uint32_t type, cycle;

    if (take_ue(b) > 12) /* log2_max_frame_num_minus4 */
        return -EBADMSG;
    type = take_ue(b); /* pic_order_cnt_type */
    if (type > 2)
        return -EBADMSG;
    if (type == 0 && take_ue(b) > 12) /* log2_max_pic_order_cnt_lsb_minus4 */
        return -EBADMSG;
    if (type != 1)
        return 0;

    (void)take(b, 1); /* delta_pic_order_always_zero_flag */
    skip_se(b);
    skip_se(b);
    cycle = take_ue(b);
    if (cycle > CYCLE_MAX)
        return -EBADMSG;
    while (cycle-- && !b->overrun)
        skip_se(b);
    return 0;
}

static int read_size(struct h264_sps *sps, struct bits *b)
{
    uint32_t w = take_ue(b), h = take_ue(b), fields;

    if (w >= SIDE_MBS_MAX || h >= SIDE_MBS_MAX)
        return -EBADMSG;
    sps->frame_mbs_only = take(b, 1);
    fields = sps->frame_mbs_only ? 1 : 2;
    if (!sps->frame_mbs_only)
        (void)take(b, 1); /* mb_adaptive_frame_field_flag */
    sps->coded_width = (w + 1) * 16;
    sps->coded_height = (h + 1) * 16 * fields;
    return sps->coded_height > SIDE_MBS_MAX * 16 ? -EBADMSG : 0;
}

/* Crop units are chroma samples, and of a field if there may be fields (7-19 to 7-22). */
static int read_crop(struct h264_sps *sps, struct bits *b)
{
    uint32_t unit_x = sps->chroma == 1 || sps->chroma == 2 ? 2 : 1;
    uint32_t unit_y = (sps->chroma == 1 ? 2u : 1u) * (sps->frame_mbs_only ? 1u : 2u);
    uint64_t left, right, top, bottom;

    sps->width = sps->coded_width;
    sps->height = sps->coded_height;
    if (!take(b, 1))
        return 0;

    left = take_ue(b);
    right = take_ue(b);
    top = take_ue(b);
    bottom = take_ue(b);
    if ((left + right) * unit_x >= sps->width || (top + bottom) * unit_y >= sps->height)
        return -EBADMSG;
    sps->width -= (uint32_t)(left + right) * unit_x;
    sps->height -= (uint32_t)(top + bottom) * unit_y;
    return 0;
}

static int read_sps(struct h264_sps *sps, struct bits *b)
{
    uint32_t id, refs;

    sps->profile = (uint8_t)take(b, 8);
    sps->constraints = (uint8_t)take(b, 8);
    sps->level = (uint8_t)take(b, 8);
    id = take_ue(b);
    if (id > ID_MAX)
        return -EBADMSG;
    sps->id = (uint8_t)id;
    sps->chroma = 1;
    sps->depth_luma = sps->depth_chroma = 8;
    if (has_chroma_fields(sps->profile) && read_chroma_fields(sps, b) < 0)
        return -EBADMSG;
    if (read_order_fields(b) < 0)
        return -EBADMSG;

    refs = take_ue(b);
    if (refs > 16)
        return -EBADMSG;
    sps->num_ref_frames = (uint8_t)refs;
    (void)take(b, 1); /* gaps_in_frame_num_value_allowed_flag */
    if (read_size(sps, b) < 0)
        return -EBADMSG;
    (void)take(b, 1); /* direct_8x8_inference_flag */
    if (read_crop(sps, b) < 0)
        return -EBADMSG;
    sps->vui_bit = b->pos;
    sps->vui = take(b, 1);
    return b->overrun ? -EBADMSG : 0;
}

int h264_sps_parse(struct h264_sps *ret_sps, const uint8_t *nal, size_t size)
{
    uint8_t rbsp[H264_SPS_SIZE_MAX];
    struct h264_sps sps = {.profile = 0};
    struct bits b = {.data = rbsp};
    int err;

    if (size < 4 || size > sizeof(rbsp) || (nal[0] & 0x80) || (nal[0] & 31) != NAL_SPS)
        return -EBADMSG;

    b.end = (uint32_t)unescape(rbsp, nal + 1, size - 1) * 8;
    err = read_sps(&sps, &b);
    if (err)
        return err;

    *ret_sps = sps;
    return 0;
}

/* NAL unit of a raw byte sequence; the opposite of unescape(). */
static int escape(uint8_t header, const uint8_t *rbsp, size_t size, uint8_t *buf, size_t room)
{
    unsigned zeros = 0;
    size_t n = 0;

    if (room < 1)
        return -EBADMSG;
    buf[n++] = header;
    for (size_t i = 0; i < size; ++i) {
        if (zeros >= 2 && rbsp[i] <= 3) {
            if (n == room)
                return -EBADMSG;
            buf[n++] = 3;
            zeros = 0;
        }
        if (n == room)
            return -EBADMSG;
        buf[n++] = rbsp[i];
        zeros = rbsp[i] ? 0 : zeros + 1;
    }
    return (int)n;
}

int h264_sps_strip(const struct h264_sps *sps, const uint8_t *nal, size_t size, uint8_t *buf,
                   size_t room)
{
    uint8_t rbsp[H264_SPS_SIZE_MAX + 1];
    uint32_t stop = sps->vui_bit + 1; /* rbsp_stop_one_bit right behind the flag */
    size_t n;

    if (size < 4 || size > H264_SPS_SIZE_MAX)
        return -EBADMSG;
    n = unescape(rbsp, nal + 1, size - 1);
    if (sps->vui_bit / 8 >= n)
        return -EBADMSG;

    rbsp[n] = 0;
    rbsp[sps->vui_bit / 8] &= (uint8_t) ~(0xff >> sps->vui_bit % 8);
    if (stop / 8 != sps->vui_bit / 8)
        rbsp[stop / 8] = 0;
    rbsp[stop / 8] |= (uint8_t)(0x80 >> stop % 8);
    return escape(nal[0], rbsp, stop / 8 + 1, buf, room);
}

/* Position of 00 00 01 from @p pos, or @p size. */
static size_t find_start(const uint8_t *data, size_t size, size_t pos)
{
    while (pos + 3 <= size) {
        const uint8_t *one = memchr(data + pos + 2, 1, size - pos - 2);

        if (!one)
            break;
        pos = (size_t)(one - data) - 2;
        if (!data[pos] && !data[pos + 1])
            return pos;
        ++pos;
    }
    return size;
}

size_t h264_sps_next_nal(const uint8_t *data, size_t size, size_t *pos, const uint8_t **ret_nal)
{
    while (*pos < size) {
        size_t start = find_start(data, size, *pos), end;

        if (start == size)
            break;
        start += 3;
        end = find_start(data, size, start);
        *pos = end;
        while (end > start && !data[end - 1])
            --end;
        if (end > start) {
            *ret_nal = data + start;
            return end - start;
        }
    }
    *pos = size;
    return 0;
}
