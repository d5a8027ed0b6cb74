/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sip_nonce.c  Nonces that carry their own proof, and what was seen of them
 *
 *     tttttttt rrrrrrrrrrrrrrrr hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh
 *     seconds  random           first half of HMAC-SHA256(secret, seconds random realm)
 */
#include "net/sip_nonce.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "mcu/base/id.h"

enum {
    SECRET_SIZE = 32,
    TIME_LEN = 8,
    HEAD_LEN = TIME_LEN + 16,
    MAC_BYTES = 16,
    REALM_MAX = 256,
    WAYS = 8,
    ROWS = SIP_NONCE_SEEN_MAX / WAYS,
    SECOND_US = 1000000
};

struct used {
    uint64_t random; /* of the nonce; 0 = free */
    uint32_t made_s;
    uint32_t count;
};

struct row {
    struct used used[WAYS];
    uint32_t floor_s; /* what was made then or before, and is not in the row, is stale */
    bool has_floor;
};

struct sip_nonce {
    unsigned char secret[SECRET_SIZE];
    struct row rows[ROWS];
};

int sip_nonce_new(struct sip_nonce **ret_nonce)
{
    struct sip_nonce *nonce = calloc(1, sizeof(*nonce));

    if (!nonce)
        return -ENOMEM;
    id_bytes(nonce->secret, sizeof(nonce->secret));
    *ret_nonce = nonce;
    return 0;
}

struct sip_nonce *sip_nonce_free(struct sip_nonce *nonce)
{
    if (nonce)
        OPENSSL_cleanse(nonce->secret, sizeof(nonce->secret));
    free(nonce);
    return NULL;
}

/* The head is at @p text; its proof is written behind it. */
static void sign(const struct sip_nonce *nonce, char *text, const char *realm)
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    char signed_text[HEAD_LEN + REALM_MAX];
    unsigned size = 0;
    int n = snprintf(signed_text, sizeof(signed_text), "%.*s%s", HEAD_LEN, text, realm);

    memset(mac, 0, sizeof(mac));
    if ((size_t)n >= sizeof(signed_text))
        n = sizeof(signed_text) - 1;
    (void)HMAC(EVP_sha256(), nonce->secret, SECRET_SIZE, (const unsigned char *)signed_text,
               (size_t)n, mac, &size);
    for (unsigned i = 0; i < MAC_BYTES; ++i)
        snprintf(text + HEAD_LEN + 2 * (size_t)i, 3, "%02x", mac[i]);
}

void sip_nonce_make(const struct sip_nonce *nonce, char ret_text[SIP_NONCE_SIZE], const char *realm,
                    uint64_t now_us)
{
    uint64_t random;

    do
        id_bytes(&random, sizeof(random));
    while (random == 0);
    snprintf(ret_text, SIP_NONCE_SIZE, "%08" PRIx32 "%016" PRIx64, (uint32_t)(now_us / SECOND_US),
             random);
    sign(nonce, ret_text, realm);
}

static uint64_t read_hex(const char *text, size_t len)
{
    uint64_t value = 0;

    for (size_t i = 0; i < len; ++i)
        value = value << 4 | (uint64_t)(text[i] <= '9' ? text[i] - '0' : text[i] - 'a' + 10);
    return value;
}

/* Only of a text that was signed here: it is lower case hex. */
static void read_head(const char *text, uint32_t *ret_made_s, uint64_t *ret_random)
{
    *ret_made_s = (uint32_t)read_hex(text, TIME_LEN);
    *ret_random = read_hex(text + TIME_LEN, HEAD_LEN - TIME_LEN);
}

enum sip_nonce_verdict sip_nonce_check(const struct sip_nonce *nonce, const char *text,
                                       const char *realm, uint64_t now_us)
{
    char ours[SIP_NONCE_SIZE];
    uint32_t made_s, age_s;
    uint64_t random;

    if (strlen(text) != SIP_NONCE_SIZE - 1)
        return SIP_NONCE_FOREIGN;
    memcpy(ours, text, sizeof(ours));
    sign(nonce, ours, realm);
    if (CRYPTO_memcmp(ours, text, SIP_NONCE_SIZE - 1) != 0)
        return SIP_NONCE_FOREIGN;
    read_head(text, &made_s, &random);
    age_s = (uint32_t)(now_us / SECOND_US) - made_s;
    return age_s > SIP_NONCE_AGE_MAX ? SIP_NONCE_STALE : SIP_NONCE_FRESH;
}

bool sip_nonce_use(struct sip_nonce *nonce, const char *text, uint32_t count)
{
    struct used *oldest;
    struct row *row;
    uint32_t made_s;
    uint64_t random;

    read_head(text, &made_s, &random);
    row = &nonce->rows[random % ROWS];
    oldest = &row->used[0];
    for (unsigned i = 0; i < WAYS; ++i) {
        struct used *used = &row->used[i];

        if (used->random == random) {
            bool grows = count > used->count;

            used->count = grows ? count : used->count;
            return grows;
        }
        if (!used->random || (oldest->random && used->made_s < oldest->made_s))
            oldest = used;
    }
    if (row->has_floor && made_s <= row->floor_s)
        return false;
    if (oldest->random) {
        row->has_floor = true;
        row->floor_s = oldest->made_s > row->floor_s ? oldest->made_s : row->floor_s;
    }
    *oldest = (struct used){.random = random, .made_s = made_s, .count = count};
    return true;
}
