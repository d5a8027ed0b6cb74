/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/codec/fuzz_video_decode.c  Depacketizer and decoder with limits; the first byte
 * picks the codec
 */
#include <stdlib.h>

#include "codec/video_decoder.h"
#include "codec/video_frame.h"
#include "tests/fuzz/codec/packets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SIDE_MAX = 320 };

struct run {
    struct video_decoder *dec;
    uint64_t now_us;
    unsigned sum;
};

/* Every pixel of a picture must be there, and not too many of them. */
static void check(struct run *run, const struct video_frame *frame)
{
    if (!frame->w || !frame->h || frame->w > SIDE_MAX || frame->h > SIDE_MAX)
        abort();
    for (int i = 0; i < 3; ++i) {
        unsigned w = i ? (frame->w + 1u) / 2 : frame->w, h = i ? (frame->h + 1u) / 2 : frame->h;

        for (unsigned y = 0; y < h; ++y) {
            const uint8_t *row = frame->plane[i] + (ptrdiff_t)y * frame->stride[i];

            run->sum += row[0] + row[w - 1];
        }
    }
}

static void decode(const struct video_unit *unit, void *arg)
{
    struct run *run = arg;
    struct video_frame *frame = NULL;

    run->now_us += 33000;
    if (video_decoder_decode(run->dec, unit->data, unit->size, run->now_us, &frame) < 0 && frame)
        abort();
    if (frame)
        check(run, frame);
    video_frame_unref(frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct video_limits limits = {.max_width = SIDE_MAX, .max_height = SIDE_MAX};
    struct run run = {.now_us = 1};
    enum video_codec codec;

    if (!size)
        return 0;
    codec = data[0] & 1 ? VIDEO_CODEC_VP8 : VIDEO_CODEC_H264;
    if (video_decoder_new(&run.dec, codec, &limits) < 0)
        return 0;
    packets_run(codec, data + 1, size - 1, decode, &run);
    video_decoder_free(run.dec);
    return 0;
}
