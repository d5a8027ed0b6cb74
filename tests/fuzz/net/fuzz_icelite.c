/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/net/fuzz_icelite.c  STUN datagrams to a peer with the credentials of RFC 5769
 *
 * Input: a datagram.  It is handled as it is; nothing that was not signed may be answered.
 */
#include <assert.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/icelite.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void handle(struct icelite *ice, const uint8_t *data, size_t size)
{
    struct sockaddr_storage src = {.ss_family = AF_INET};
    uint8_t reply[ICELITE_REPLY_MAX];
    char ufrag[ICELITE_UFRAG_LEN + 1];
    struct icelite_result result;
    size_t reply_len = 1;
    int err;

    if (icelite_peek_ufrag(data, size, ufrag) == 0)
        assert(strlen(ufrag) <= ICELITE_UFRAG_LEN);
    err = icelite_handle(ice, data, size, &src, 1, reply, &reply_len, &result);
    assert(reply_len <= ICELITE_REPLY_MAX);
    assert(err == 0 || (reply_len == 0 && !result.valid));
    assert(icelite_is_validated(ice, &src) == result.valid);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct icelite *ice = NULL;
    uint8_t *copy = malloc(size ? size : 1);

    if (copy && icelite_new(&ice, 0) == 0) {
        if (size)
            memcpy(copy, data, size);
        (void)icelite_set_local(ice, "evtj", "VOkJxbRl1RmTxUk/WvJxBt");
        (void)icelite_set_remote(ice, "h6vY");
        handle(ice, copy, size);
    }
    icelite_free(ice);
    free(copy);
    return 0;
}
