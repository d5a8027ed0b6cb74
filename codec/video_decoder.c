/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/video_decoder.c  Access units to pictures: what is checked before a library decodes
 *
 *     unit --> headers: size, profile, key? --> changes of size --> library --> frame
 */
#include "codec/video_decoder.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "codec/h264_sps.h"
#include "codec/video_decoder_ffmpeg.h"
#include "codec/video_depay.h"
#include "codec/video_frame.h"
#include "codec/vp8_header.h"

enum {
    CHANGES_US = 10 * 1000 * 1000,
    SIDE_MIN = 16,
    SPS_GROWTH = 2, /* stop bit and an escape */
    NAL_SLICE = 1,
    NAL_IDR = 5,
    NAL_SPS = 7,
    PROFILE_BASELINE = 66,
    PROFILE_MAIN = 77,
    PROFILE_HIGH = 100,
};

/* What a unit holds, and how much of it goes to the library. */
struct unit_info {
    bool key, picture;
    size_t size; /* [bytes] */
};

struct video_decoder {
    enum video_codec codec;
    struct video_limits limits;
    struct video_decoder_ffmpeg *ffmpeg;
    bool want_key;
    bool flush; /* the library may hold pictures from before an error */

    uint32_t width, height; /* that the library was last set up for */
    uint64_t
        change_us[VIDEO_DECODER_CHANGES_MAX]; /* of the latest changes of size, 0 if none; ring */
    unsigned change;                          /* where the oldest of them is */
};

/* Is a picture of this size within the limits, lying or standing, with @p more pixels per side? */
static bool fits(const struct video_limits *limits, uint32_t w, uint32_t h, uint32_t unit)
{
    uint32_t a = limits->max_width, b = limits->max_height;

    a = (a + unit - 1) / unit * unit;
    b = (b + unit - 1) / unit * unit;
    return (w > h ? w : h) <= (a > b ? a : b) && (w > h ? h : w) <= (a > b ? b : a);
}

static int check_sps(const struct video_decoder *dec, const struct h264_sps *sps)
{
    /* Coded sizes are whole macroblocks, or pairs of them where there may be fields. */
    if (!fits(&dec->limits, sps->width, sps->height, 2) ||
        !fits(&dec->limits, sps->coded_width, sps->coded_height, sps->frame_mbs_only ? 16 : 32))
        return -EFBIG;
    if (sps->profile != PROFILE_BASELINE && sps->profile != PROFILE_MAIN &&
        sps->profile != PROFILE_HIGH)
        return -ENOTSUP;
    if (sps->chroma != 1 || sps->depth_luma != 8 || sps->depth_chroma != 8)
        return -ENOTSUP;
    return 0;
}

/* Check a parameter set and write it without a reordering delay; returns its size. */
static int copy_sps(const struct video_decoder *dec, const uint8_t *nal, size_t size, uint8_t *buf)
{
    struct h264_sps sps;
    int err = h264_sps_parse(&sps, nal, size);

    if (!err)
        err = check_sps(dec, &sps);
    if (err)
        return err;
    if (sps.vui)
        return h264_sps_strip(&sps, nal, size, buf, size + SPS_GROWTH);
    memcpy(buf, nal, size);
    return (int)size;
}

/* The library finds the same NAL units as we do, because it gets those that we found. */
static int copy_h264(const struct video_decoder *dec, const uint8_t *data, size_t size,
                     uint8_t *buf, struct unit_info *info)
{
    static const uint8_t start_code[4] = {0, 0, 0, 1};
    const uint8_t *nal;
    size_t pos = 0, n;

    while ((n = h264_sps_next_nal(data, size, &pos, &nal)) > 0) {
        uint8_t type = nal[0] & 31;

        memcpy(buf + info->size, start_code, sizeof(start_code));
        info->size += sizeof(start_code);
        if (type == NAL_SPS) {
            int err = copy_sps(dec, nal, n, buf + info->size);

            if (err < 0)
                return err;
            n = (size_t)err;
        } else {
            memcpy(buf + info->size, nal, n);
        }
        info->size += n;
        info->key |= type == NAL_IDR;
        info->picture |= type == NAL_IDR || type == NAL_SLICE;
    }
    return info->size ? 0 : -EBADMSG;
}

static int copy_vp8(const struct video_decoder *dec, const uint8_t *data, size_t size, uint8_t *buf,
                    struct unit_info *info)
{
    struct vp8_header header;
    int err = vp8_header_parse(&header, data, size);

    if (err)
        return err;
    if (header.key && !fits(&dec->limits, header.width, header.height, 2))
        return -EFBIG;
    memcpy(buf, data, size);
    *info = (struct unit_info){.key = header.key, .picture = true, .size = size};
    return 0;
}

/* Room for a copy: each NAL unit may get a longer start code, and a parameter set grow. */
static size_t room_for(const struct video_decoder *dec, size_t size)
{
    return dec->codec == VIDEO_CODEC_H264 ? size + size / 2 + 16 : size;
}

static bool changes_too_often(const struct video_decoder *dec, uint64_t when_us)
{
    uint64_t oldest = dec->change_us[dec->change];

    return oldest && when_us - oldest < CHANGES_US;
}

/* See whether the library was set up for another size. */
static void note_size(struct video_decoder *dec, uint64_t when_us)
{
    uint32_t w, h;

    video_decoder_ffmpeg_coded_size(dec->ffmpeg, &w, &h);
    if (w == dec->width && h == dec->height)
        return;
    if (dec->width) {
        dec->change_us[dec->change] = when_us ? when_us : 1;
        dec->change = (dec->change + 1) % VIDEO_DECODER_CHANGES_MAX;
    }
    dec->width = w;
    dec->height = h;
}

static int decode(struct video_decoder *dec, const struct unit_info *info, uint64_t when_us,
                  struct video_frame **ret_frame)
{
    int err;

    if (dec->flush && info->key) {
        video_decoder_ffmpeg_flush(dec->ffmpeg);
        dec->flush = false;
    }
    err = video_decoder_ffmpeg_decode(dec->ffmpeg, info->size, when_us, ret_frame);
    note_size(dec, when_us);

    /* Parameter sets alone are kept by the library, which then misses a picture. */
    if (!info->picture)
        return err == -ENOMEM ? err : 0;
    if (!err && info->key)
        dec->want_key = false;
    return err;
}

int video_decoder_new(struct video_decoder **ret_dec, enum video_codec codec,
                      const struct video_limits *limits)
{
    struct video_decoder *dec;
    int err;

    assert(ret_dec && limits);
    if ((codec != VIDEO_CODEC_H264 && codec != VIDEO_CODEC_VP8) || limits->max_width < SIDE_MIN ||
        limits->max_height < SIDE_MIN || limits->max_width > VIDEO_DECODER_SIDE_MAX ||
        limits->max_height > VIDEO_DECODER_SIDE_MAX)
        return -EINVAL;

    dec = calloc(1, sizeof(*dec));
    if (!dec)
        return -ENOMEM;
    dec->codec = codec;
    dec->limits = *limits;
    dec->want_key = true;
    err = video_decoder_ffmpeg_new(&dec->ffmpeg, codec, limits);
    if (err) {
        free(dec);
        return err;
    }

    *ret_dec = dec;
    return 0;
}

struct video_decoder *video_decoder_free(struct video_decoder *dec)
{
    if (!dec)
        return NULL;

    video_decoder_ffmpeg_free(dec->ffmpeg);
    free(dec);
    return NULL;
}

void video_decoder_want_key(struct video_decoder *dec)
{
    dec->want_key = true;
}

int video_decoder_decode(struct video_decoder *dec, const uint8_t *data, size_t size,
                         uint64_t when_us, struct video_frame **ret_frame)
{
    struct unit_info info = {.key = false};
    uint8_t *buf;
    int err;

    *ret_frame = NULL;
    if (!size || size > VIDEO_DEPAY_UNIT_MAX)
        return size ? -EFBIG : -EBADMSG;
    buf = video_decoder_ffmpeg_room(dec->ffmpeg, room_for(dec, size));
    if (!buf)
        return -ENOMEM;

    if (dec->codec == VIDEO_CODEC_H264)
        err = copy_h264(dec, data, size, buf, &info);
    else
        err = copy_vp8(dec, data, size, buf, &info);
    if (!err && info.picture && !info.key && dec->want_key)
        return -EAGAIN;
    if (!err && changes_too_often(dec, when_us))
        err = -EFBIG;
    if (!err)
        err = decode(dec, &info, when_us, ret_frame);
    if (err && err != -ENOMEM)
        dec->want_key = dec->flush = true;
    return err;
}
