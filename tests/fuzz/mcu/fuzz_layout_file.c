/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/mcu/fuzz_layout_file.c  Layout files: what is accepted can be drawn
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/config/config.h"
#include "mcu/config/layout_file.h"
#include "mixer/layout_set.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_draw(const struct layout_set *set, const char *name)
{
    static const unsigned heads[] = {0, 1, 7, 5000};
    struct layout layout;

    for (unsigned i = 0; i < 16; ++i) {
        const struct layout_spec *spec =
            layout_set_choose(set, name, heads[i / 4], (i & 1) != 0, (i & 2) != 0);

        if (!spec || layout_resolve(&layout, spec, 1280, 720))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config_errors errs;
    struct layout_set *set = NULL;
    char *input = malloc(size ? size : 1);

    if (!input || layout_set_new(&set)) {
        free(input);
        return 0;
    }
    if (size)
        memcpy(input, data, size);
    memset(&errs, 0, sizeof(errs));
    if (layout_file_read(set, "f", input, size, NULL, &errs) == 0) {
        if (errs.n)
            abort();
        for (unsigned i = 0; i < set->nlayouts; ++i)
            must_draw(set, set->layout[i].name);
        for (unsigned i = 0; i < set->nladders; ++i)
            must_draw(set, set->ladder[i].name);
        for (unsigned i = 0; i < set->naliases; ++i)
            must_draw(set, set->alias[i].name);
    } else if (!errs.n) {
        abort();
    }
    layout_set_unref(set);
    free(input);
    return 0;
}
