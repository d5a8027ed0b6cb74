/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/amix_ops.c  Chooses the kernels of amix.c
 */
#include "mixer/amix_ops.h"

const struct amix_ops *amix_ops_best(void)
{
    const struct amix_ops *ops = amix_ops_avx2();

    return ops ? ops : &amix_ops_c;
}
