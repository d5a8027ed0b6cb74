/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/base/err.c  Error codes in words
 */
#include "mcu/base/err.h"

#include <string.h>

const char *err_str(int err)
{
    const char *s = strerrordesc_np(err < 0 ? -err : err);

    return s ? s : "Unknown error";
}
