/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/ctl/fuzz_import_freeswitch.c  FreeSWITCH's layouts: a text or an error comes out
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/config/config.h"
#include "mcu/ctl/import_freeswitch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config_errors errs;
    char *input, *yaml = NULL;
    int err;

    input = malloc(size ? size : 1);
    if (!input)
        return 0;
    if (size)
        memcpy(input, data, size);
    memset(&errs, 0, sizeof(errs));
    err = import_freeswitch_convert(&yaml, "f", input, size, &errs);
    if (err ? yaml || !errs.n : !yaml)
        abort();
    free(yaml);
    free(input);
    return 0;
}
