/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/webhook_signature.c  Signatures of webhooks (Standard Webhooks 1.0)
 */
#include "mcu/auth/webhook_signature.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "mcu/base/id.h"

enum { MADE_BYTES = 32, STAMP_SIZE = 24, VARIANT = sodium_base64_VARIANT_ORIGINAL };

static const char prefix[] = "whsec_";

static int read_key(unsigned char *ret_key, size_t *ret_len, const char *secret)
{
    const char *text = secret + strlen(prefix), *end;

    if (strncmp(secret, prefix, strlen(prefix)) != 0 ||
        sodium_base642bin(ret_key, WEBHOOK_SIGNATURE_KEY_MAX, text, strlen(text), NULL, ret_len,
                          &end, VARIANT) != 0 ||
        *end || *ret_len < WEBHOOK_SIGNATURE_KEY_MIN)
        return -EINVAL;
    return 0;
}

void webhook_signature_make_secret(char *ret_secret)
{
    unsigned char key[MADE_BYTES];
    size_t n = strlen(prefix);

    id_bytes(key, sizeof(key));
    memcpy(ret_secret, prefix, n);
    sodium_bin2base64(ret_secret + n, WEBHOOK_SIGNATURE_SECRET_SIZE - n, key, sizeof(key), VARIANT);
    sodium_memzero(key, sizeof(key));
}

bool webhook_signature_is_secret(const char *secret)
{
    unsigned char key[WEBHOOK_SIGNATURE_KEY_MAX];
    size_t len;
    bool is = read_key(key, &len, secret) == 0;

    sodium_memzero(key, sizeof(key));
    return is;
}

static bool is_id(const char *id)
{
    size_t len = strnlen(id, WEBHOOK_SIGNATURE_ID_MAX + 1);

    return len >= 1 && len <= WEBHOOK_SIGNATURE_ID_MAX && !strchr(id, '.');
}

int webhook_signature_sign(char *ret_value, const char *secret, const char *id,
                           uint64_t timestamp_s, const void *body, size_t len)
{
    unsigned char key[WEBHOOK_SIGNATURE_KEY_MAX], mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    char stamp[STAMP_SIZE];
    size_t key_len;
    int n;

    ret_value[0] = '\0';
    if (!is_id(id) || read_key(key, &key_len, secret) != 0)
        return -EINVAL;
    n = snprintf(stamp, sizeof(stamp), ".%" PRIu64 ".", timestamp_s);
    crypto_auth_hmacsha256_init(&state, key, key_len);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)id, strlen(id));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)stamp, (size_t)n);
    crypto_auth_hmacsha256_update(&state, body, len);
    crypto_auth_hmacsha256_final(&state, mac);
    memcpy(ret_value, "v1,", 3);
    sodium_bin2base64(ret_value + 3, WEBHOOK_SIGNATURE_SIZE - 3, mac, sizeof(mac), VARIANT);
    sodium_memzero(key, sizeof(key));
    sodium_memzero(&state, sizeof(state));
    return 0;
}

bool webhook_signature_is_right(const char *value, const char *secret, const char *id,
                                uint64_t timestamp_s, const void *body, size_t len, uint64_t now_s)
{
    char right[WEBHOOK_SIGNATURE_SIZE];
    bool found = false;

    if (timestamp_s + WEBHOOK_SIGNATURE_TOLERANCE_S < now_s ||
        timestamp_s > now_s + WEBHOOK_SIGNATURE_TOLERANCE_S ||
        webhook_signature_sign(right, secret, id, timestamp_s, body, len) != 0)
        return false;
    while (*value) {
        size_t n = strcspn(value, " ");

        if (n == sizeof(right) - 1 && sodium_memcmp(value, right, n) == 0)
            found = true;
        value += n;
        value += strspn(value, " ");
    }
    return found;
}
