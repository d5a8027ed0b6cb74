/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/h264_sps.h  Reads H.264 sequence parameter sets, finds NAL units
 *
 * Reads what a decoder must be protected from, before it sees the bytes: profile,
 * picture size and sample format (ITU-T H.264, 7.3.2.1.1).
 *
 * Threads: any.
 */
#ifndef CODEC_H264_SPS_H
#define CODEC_H264_SPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { H264_SPS_SIZE_MAX = 1024 /**< Longest parameter set that is read [bytes] */ };

struct h264_sps {
    uint8_t profile;                  /**< profile_idc */
    uint8_t constraints;              /**< constraint_set0 to 5 flags, as they stand in the byte */
    uint8_t level;                    /**< level_idc, 31 = 3.1 */
    uint8_t id;                       /**< 0 to 31 */
    uint8_t chroma;                   /**< chroma_format_idc, 1 = 4:2:0 */
    uint8_t depth_luma, depth_chroma; /**< [bits] */
    uint8_t num_ref_frames;
    bool frame_mbs_only;                /**< false: may be interlaced */
    uint32_t coded_width, coded_height; /**< Whole macroblocks, up to 65536 [pixels] */
    uint32_t width, height;             /**< After cropping, at least 1 [pixels] */
    bool vui;                           /**< Has usability information ... */
    uint32_t vui_bit;                   /**< ... and where its flag stands in the RBSP [bits] */
};

/**
 * Read a sequence parameter set.
 *
 * @param ret_sps  Set on success only
 * @param nal      NAL unit with its header byte, without start code
 * @param size     [bytes]
 *
 * @return 0, -EBADMSG (broken, no SPS, or longer than H264_SPS_SIZE_MAX)
 */
int h264_sps_parse(struct h264_sps *ret_sps, const uint8_t *nal, size_t size);

/**
 * Copy a sequence parameter set without its usability information, where a sender may announce a
 * reordering delay that it does not use.
 *
 * @param sps   What h264_sps_parse() read from @p nal
 * @param buf   Gets the NAL unit
 * @param room  At least size + 2 [bytes]
 *
 * @return size of the copy [bytes], -EBADMSG
 */
int h264_sps_strip(const struct h264_sps *sps, const uint8_t *nal, size_t size, uint8_t *buf,
                   size_t room);

/**
 * Next NAL unit of an Annex B byte stream.
 *
 * @param pos      Where to go on [bytes], 0 at first; moved behind the NAL unit
 * @param ret_nal  Start of the NAL unit, behind its start code
 *
 * @return its size [bytes] without trailing zeros, 0 if there is none left
 */
size_t h264_sps_next_nal(const uint8_t *data, size_t size, size_t *pos, const uint8_t **ret_nal);

#endif
