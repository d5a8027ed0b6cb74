/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/mcu/fuzz_rest_cursor.c  Any bytes as the cursor of a list
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/rest_cursor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char again[REST_CURSOR_SIZE];
    struct rest_cursor cursor;
    char *text = malloc(size ? size : 1); /* exact */

    if (!text)
        return 0;
    memcpy(text, data, size);
    if (rest_cursor_read(&cursor, "users", text, size) == 0) {
        rest_cursor_write(again, "users", cursor.n, cursor.key);
        if (strlen(again) != size || memcmp(again, text, size) != 0)
            abort(); /* there is one way to write each */
    } else if (cursor.n || cursor.key[0]) {
        abort();
    }
    free(text);
    return 0;
}
