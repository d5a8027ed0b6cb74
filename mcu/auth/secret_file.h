/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/secret_file.h  A secret in a file of the data folder, made at the first start
 *
 * One line of printable ASCII.  The file is for its owner only and appears whole or not at all:
 * it is written beside and renamed.
 *
 * Threads: any; it blocks on the disk, so not while calls run.
 */
#ifndef MCU_AUTH_SECRET_FILE_H
#define MCU_AUTH_SECRET_FILE_H

#include <stddef.h>

enum {
    SECRET_FILE_BYTES = 32, /**< Of randomness in a secret that we make */
    SECRET_FILE_MIN = 16,   /**< Shortest secret [characters] */
    SECRET_FILE_MAX = 128,  /**< Longest secret [characters] */
    SECRET_FILE_SIZE = SECRET_FILE_MAX + 1,
};

/**
 * Read the secret of a file, or make one: SECRET_FILE_BYTES random bytes in base64url, mode 0600.
 *
 * @param ret_secret  At least SECRET_FILE_SIZE bytes; untouched after an error
 * @param dir         Made if it is missing, mode 0750
 * @param name        Of the file in @p dir
 * @param why         Gets what failed: the name of the file or folder
 *
 * @return 0, 1 (made), -EBADMSG (no secret in the file), -ENAMETOOLONG, -errno of the file
 */
int secret_file_get(char *ret_secret, const char *dir, const char *name, char *why,
                    size_t why_size);

#endif
