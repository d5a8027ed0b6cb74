/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/level_ops.c  Chooses the kernels of level.c
 */
#include "mixer/level_ops.h"

const struct level_ops *level_ops_best(void)
{
    const struct level_ops *ops = level_ops_avx2();

    return ops ? ops : &level_ops_c;
}
