/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/tls_cert.h  A self-signed certificate for the first start
 *
 * ECDSA P-256, valid for ten years, one PEM file with the key and the
 * certificate, readable by its owner only.
 *
 * Threads: any; it blocks on the disk, so not while calls run.
 */
#ifndef NET_TLS_CERT_H
#define NET_TLS_CERT_H

#include <stddef.h>

enum { TLS_CERT_NAMES_MAX = 32 /**< Names and addresses in a certificate */ };

/**
 * Make a key and a certificate at @p path, if there is no file yet.
 *
 * The file appears whole or not at all: it is written beside and renamed.
 *
 * @param names   Host names and numeric addresses for subjectAltName; the first is the common name
 * @param nnames  1 to TLS_CERT_NAMES_MAX
 * @param why     Gets what failed, "" on success; may be NULL
 *
 * @return 1 if it was made, 0 if there is one already, -EINVAL (a name is empty, too long or has
 *         a byte that names do not have), -EBADMSG (what is there has no key and certificate that
 *         belong together), -EIO (OpenSSL), -errno of the file
 */
int tls_cert_ensure(const char *path, const char *const *names, size_t nnames, char *why,
                    size_t why_size);

#endif
