/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/base/err.h  Error codes in words
 *
 * Threads: any.
 */
#ifndef MCU_BASE_ERR_H
#define MCU_BASE_ERR_H

/** Text of an error, as "Address already in use"; @p err is -errno or errno.  Static string. */
const char *err_str(int err);

#endif
