/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/codec/fuzz_vp8_header.c  VP8 frame header and payload descriptor
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "codec/depay_vp8.h"
#include "codec/vp8_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    struct depay_vp8_descriptor desc;
    struct vp8_header header;

    if (!copy)
        return 0;
    memcpy(copy, data, size);
    if (vp8_header_parse(&header, copy, size) == 0 &&
        (header.first_size > size || (header.key && (!header.width || !header.height))))
        abort();
    if (depay_vp8_parse(&desc, copy, size) == 0 && desc.size >= size)
        abort();
    free(copy);
    return 0;
}
