/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/net/fuzz_dtls_srtp.c  First flights to a DTLS server, and answers to a client
 *
 * Input: datagrams, each behind its length in two bytes.  They go to a server
 * and to a client that has sent its hello.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/dtls_srtp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_send(const uint8_t *data, size_t len, void *arg)
{
    (void)data, (void)arg;
    assert(len <= DTLS_SRTP_MTU);
}

static void put_copy(struct dtls_srtp *dtls, const uint8_t *data, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);

    if (!copy)
        return;
    if (len)
        memcpy(copy, data, len);
    (void)dtls_srtp_put(dtls, copy, len, 1);
    free(copy);
}

static void run(struct dtls_srtp_ctx *ctx, enum dtls_srtp_role role, const uint8_t *data,
                size_t size)
{
    const struct dtls_srtp_cfg cfg = {.role = role, .sendh = on_send};
    struct rtp_crypt_keys keys;
    struct dtls_srtp *dtls;

    if (dtls_srtp_new(&dtls, ctx, &cfg))
        return;
    dtls_srtp_start(dtls, 1);
    while (size >= 2) {
        size_t len = (size_t)(data[0] << 8 | data[1]);

        data += 2;
        size -= 2;
        if (len > size)
            len = size;
        put_copy(dtls, data, len);
        data += len;
        size -= len;
    }
    assert(dtls_srtp_keys(dtls, &keys) != 0); /* nobody can finish without a fingerprint */
    dtls_srtp_free(dtls);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct dtls_srtp_ctx *ctx;

    if (!ctx && dtls_srtp_ctx_new(&ctx))
        abort();
    run(ctx, DTLS_SRTP_ROLE_SERVER, data, size);
    run(ctx, DTLS_SRTP_ROLE_CLIENT, data, size);
    return 0;
}
