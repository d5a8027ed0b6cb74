/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/layout.c  Where tiles are on a canvas
 */
#include "mixer/layout.h"

#include <assert.h>
#include <errno.h>

static const struct {
    uint8_t columns, rows; /* on a landscape canvas */
} ladder[] = {{1, 1}, {2, 1}, {2, 2}, {3, 2}, {3, 3}, {4, 3}, {4, 4},
              {5, 4}, {5, 5}, {6, 5}, {6, 6}, {7, 6}, {7, 7}};

enum { NRUNGS = sizeof(ladder) / sizeof(ladder[0]) };

static unsigned rung(unsigned heads)
{
    unsigned i = 0;

    while (i + 1 < NRUNGS && (unsigned)ladder[i].columns * ladder[i].rows < heads)
        ++i;
    return i;
}

/* Where part i of n starts on a side: even, and all parts alike but for the remainder. */
static unsigned edge(unsigned i, unsigned n, unsigned side)
{
    return i == n ? side : side / 2 * i / n * 2;
}

unsigned layout_capacity(unsigned heads)
{
    unsigned i = rung(heads);

    return (unsigned)ladder[i].columns * ladder[i].rows;
}

int layout_grid(struct layout *ret_layout, unsigned heads, uint16_t w, uint16_t h)
{
    struct layout layout = {.w = w, .h = h};
    unsigned i = rung(heads), columns, rows;

    assert(ret_layout);
    if (w < LAYOUT_SIDE_MIN || h < LAYOUT_SIDE_MIN || w > LAYOUT_SIDE_MAX || h > LAYOUT_SIDE_MAX)
        return -EINVAL;

    columns = w >= h ? ladder[i].columns : ladder[i].rows;
    rows = w >= h ? ladder[i].rows : ladder[i].columns;
    for (unsigned row = 0; row < rows; ++row) {
        for (unsigned column = 0; column < columns; ++column) {
            unsigned x = edge(column, columns, w), y = edge(row, rows, h);

            layout.tile[layout.ntiles++].rect = (struct video_rect){
                .x = (uint16_t)x,
                .y = (uint16_t)y,
                .w = (uint16_t)(edge(column + 1, columns, w) - x),
                .h = (uint16_t)(edge(row + 1, rows, h) - y),
            };
        }
    }

    *ret_layout = layout;
    return 0;
}
