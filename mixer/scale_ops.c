/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/scale_ops.c  Chooses the kernels of scale_plane.c
 */
#include "mixer/scale_ops.h"

const struct scale_ops *scale_ops_best(void)
{
    const struct scale_ops *ops = scale_ops_avx2();

    return ops ? ops : &scale_ops_c;
}
