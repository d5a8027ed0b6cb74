/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/digest_hex.c  Hashes of text as lower-case hex (OpenSSL)
 */
#include "net/digest_hex.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

static int hash(char *ret_hex, const EVP_MD *kind, const struct digest_hex_part *part,
                unsigned nparts)
{
    unsigned char md[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    int err = ctx && EVP_DigestInit_ex(ctx, kind, NULL) == 1 ? 0 : -EIO;

    ret_hex[0] = '\0';
    for (unsigned i = 0; !err && i < nparts; ++i)
        err = EVP_DigestUpdate(ctx, part[i].data, part[i].len) == 1 ? 0 : -EIO;
    if (!err && EVP_DigestFinal_ex(ctx, md, &len) != 1)
        err = -EIO;
    for (unsigned i = 0; !err && i < len; ++i)
        (void)snprintf(ret_hex + 2 * (size_t)i, 3, "%02x", md[i]);
    EVP_MD_CTX_free(ctx);
    return err;
}

int digest_hex_md5(char *ret_hex, const struct digest_hex_part *part, unsigned nparts)
{
    return hash(ret_hex, EVP_md5(), part, nparts);
}

int digest_hex_sha256(char *ret_hex, const struct digest_hex_part *part, unsigned nparts)
{
    return hash(ret_hex, EVP_sha256(), part, nparts);
}
