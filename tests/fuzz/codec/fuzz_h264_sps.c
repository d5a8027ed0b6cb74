/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/codec/fuzz_h264_sps.c  SPS reader, and that what it strips it can read again
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "codec/h264_sps.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(const uint8_t *nal, size_t size)
{
    struct h264_sps sps, again;
    uint8_t buf[H264_SPS_SIZE_MAX + 2];
    int n;

    if (h264_sps_parse(&sps, nal, size) < 0)
        return;
    if (!sps.width || !sps.height || sps.width > sps.coded_width || sps.height > sps.coded_height)
        abort();
    n = h264_sps_strip(&sps, nal, size, buf, size + 2);
    if (n < 0)
        return;
    if (h264_sps_parse(&again, buf, (size_t)n) < 0 || again.vui || again.width != sps.width ||
        again.height != sps.height || again.coded_width != sps.coded_width ||
        again.coded_height != sps.coded_height || again.profile != sps.profile)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    const uint8_t *nal;
    size_t pos = 0, n;

    if (!copy)
        return 0;
    memcpy(copy, data, size);
    parse(copy, size);
    while ((n = h264_sps_next_nal(copy, size, &pos, &nal)) > 0)
        parse(nal, n);
    free(copy);
    return 0;
}
