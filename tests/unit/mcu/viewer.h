/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/viewer.h  A receiver of a composite: what it decodes from a fanout's packets
 */
#ifndef TESTS_UNIT_MCU_VIEWER_H
#define TESTS_UNIT_MCU_VIEWER_H

#include "tests/unit/mcu/pipeline.h"

#include <string.h>

#include "codec/video_decoder.h"
#include "codec/video_depay.h"
#include "codec/video_frame.h"

/* A receiver: what it decoded last, and how many key frames came. */
struct viewer {
    struct tap tap;
    struct video_depay *depay;
    struct video_decoder *dec;
    struct video_frame *frame;
    unsigned nframes, nkeys;
    uint32_t ts;
    uint64_t seq;
};

static inline void viewer_open(struct viewer *v, struct fanout *fanout)
{
    const struct video_limits limits = {.max_width = 1920, .max_height = 1088};

    memset(v, 0, sizeof(*v));
    tap_open(&v->tap, fanout);
    assert_int_equal(video_depay_new(&v->depay, VIDEO_CODEC_H264), 0);
    assert_int_equal(video_decoder_new(&v->dec, VIDEO_CODEC_H264, &limits), 0);
}

static inline void viewer_close(struct viewer *v)
{
    tap_close(&v->tap);
    video_depay_free(v->depay);
    video_decoder_free(v->dec);
    video_frame_unref(v->frame);
}

static inline void viewer_put(struct viewer *v, const struct packet *packet)
{
    const struct video_depay_packet p = {.payload = packet->buf + packet->payload,
                                         .size = packet->payload_len,
                                         .ext_seq = ++v->seq,
                                         .ts = packet->ts,
                                         .marker = packet->marker};
    struct video_frame *frame = NULL;
    struct video_unit unit;

    assert_true(packet->payload_len > 0 && packet->payload_len <= PACKET_PAYLOAD_MAX);
    if (video_depay_put(v->depay, &p, &unit))
        return;
    assert_int_equal(unit.key, packet->key);
    v->nkeys += unit.key;
    if (!v->nkeys)
        return; /* it refers to what was before us */
    assert_int_equal(video_decoder_decode(v->dec, unit.data, unit.size, 0, &frame), 0);
    assert_non_null(frame);
    if (v->nframes)
        assert_true((int32_t)(packet->ts - v->ts) > 0);
    v->ts = packet->ts;
    ++v->nframes;
    video_frame_unref(v->frame);
    v->frame = frame;
}

static inline void viewer_run(struct viewer *v)
{
    struct packet *packet;

    while ((packet = tap_take(&v->tap)) != NULL) {
        viewer_put(v, packet);
        packet_unref(packet);
    }
}

static inline int viewer_luma(const struct video_frame *frame, int x, int y)
{
    return frame ? frame->plane[0][y * frame->stride[0] + x] : -1;
}

static inline bool viewer_is_near(int a, int b)
{
    return a >= b - 12 && a <= b + 12;
}

#endif
