/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/overlay_ops.c  Chooses the kernels of overlay.c
 */
#include "mixer/overlay_ops.h"

const struct overlay_ops *overlay_ops_best(void)
{
    const struct overlay_ops *ops = overlay_ops_avx2();

    return ops ? ops : &overlay_ops_c;
}
