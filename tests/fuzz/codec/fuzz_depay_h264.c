/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/codec/fuzz_depay_h264.c  Depacketizer of H264
 */
#include "tests/fuzz/codec/packets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every byte of a unit must be there. */
static void check(const struct video_unit *unit, void *arg)
{
    unsigned *sum = arg;

    if (!unit->size || unit->size > VIDEO_DEPAY_UNIT_MAX)
        abort();
    for (size_t i = 0; i < unit->size; ++i)
        *sum += unit->data[i];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned sum = 0;

    packets_run(VIDEO_CODEC_H264, data, size, check, &sum);
    return 0;
}
