/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/net/fuzz_sip_digest.c  Authorization and WWW-Authenticate values
 *
 * Input: a header value.  What could be read is checked as an answer and answered as a challenge.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/sip_digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const ha1[] = {
    "00000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000000",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct sip_digest_client client = {"ann", "secret", "INVITE", "sip:bob@host", "c0"};
    char text[SIP_DIGEST_HEADER_SIZE];
    struct sip_digest digest, answer;
    char *copy = malloc(size ? size : 1);

    if (!copy)
        return 0;
    if (size)
        memcpy(copy, data, size);
    if (sip_digest_parse(&digest, copy, size) == 0) {
        assert(strlen(digest.username) < SIP_DIGEST_TEXT_SIZE);
        assert(!sip_digest_is_right(&digest, ha1[0], "INVITE"));
        assert(!sip_digest_is_right(&digest, ha1[1], "INVITE"));
        if (sip_digest_answer(text, sizeof(text), &digest, &client) == 0) {
            /* What we write we can read. */
            assert(sip_digest_parse(&answer, text, strlen(text)) == 0);
            assert(strcmp(answer.nonce, digest.nonce) == 0);
        }
    }
    free(copy);
    return 0;
}
