/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/net/fuzz_rtp_crypt.c  Datagrams to SRTP and SRTCP; none of them can be authentic
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/rtp_crypt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void unprotect(struct rtp_crypt *crypt, const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    size_t len = size;

    if (!copy)
        return;
    if (size)
        memcpy(copy, data, size);
    assert(rtp_crypt_unprotect(crypt, copy, &len) != 0 && len == size);
    if (size)
        memcpy(copy, data, size);
    assert(rtp_crypt_unprotect_rtcp(crypt, copy, &len) != 0 && len == size);
    assert(rtp_crypt_ssrcs(crypt) == 0);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct rtp_crypt_keys gcm = {.profile = RTP_CRYPT_PROFILE_AEAD_AES_128_GCM};
    static const struct rtp_crypt_keys cm = {.profile = RTP_CRYPT_PROFILE_AES128_CM_SHA1_80};
    static struct rtp_crypt *crypt[2]; /* nothing gets in, so nothing changes in them */

    if (!crypt[0] && (rtp_crypt_new(&crypt[0], &gcm) || rtp_crypt_new(&crypt[1], &cm)))
        abort();
    unprotect(crypt[0], data, size);
    unprotect(crypt[1], data, size);
    return 0;
}
