/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/mcu/fuzz_config.c  Configuration: what can be read can be printed and read again
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config first, second;
    static struct config_errors errs;
    char *input, *text = NULL;
    size_t len = 0;
    FILE *f;

    input = malloc(size ? size : 1);
    if (!input)
        return 0;
    if (size)
        memcpy(input, data, size);
    memset(&errs, 0, sizeof(errs));
    if (config_parse(&first, "f", input, size, &errs) == 0) {
        f = open_memstream(&text, &len);
        if (!f || config_print(f, &first) || fclose(f) ||
            config_parse(&second, "f", text, len, &errs) ||
            config_diff(&first, &second, NULL, NULL))
            abort();
        free(text);
    } else if (!errs.n) {
        abort();
    }
    free(input);
    return 0;
}
