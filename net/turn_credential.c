/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/turn_credential.c  Time-limited credentials for a TURN server
 */
#include "net/turn_credential.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

enum { SHA1_SIZE = 20 };

static bool is_identity(const char *text)
{
    size_t n = 0;

    for (; text[n]; ++n)
        if (n == TURN_CREDENTIAL_IDENTITY_MAX || text[n] <= ' ' || text[n] > '~' || text[n] == ':')
            return false;
    return true;
}

int turn_credential_sign(char *ret_password, const char *secret, const char *username)
{
    unsigned char mac[SHA1_SIZE];
    size_t len = strlen(secret);

    ret_password[0] = '\0';
    if (len < 1 || len > INT_MAX)
        return -EINVAL;
    if (!HMAC(EVP_sha1(), secret, (int)len, (const unsigned char *)username, strlen(username), mac,
              NULL))
        return -EIO;
    (void)EVP_EncodeBlock((unsigned char *)ret_password, mac, sizeof(mac));
    return 0;
}

int turn_credential_make(struct turn_credential *ret_credential, const char *secret,
                         const char *identity, uint64_t expiry_s)
{
    if (!is_identity(identity))
        return -EINVAL;
    (void)snprintf(ret_credential->username, sizeof(ret_credential->username), "%" PRIu64 "%s%s",
                   expiry_s, identity[0] ? ":" : "", identity);
    return turn_credential_sign(ret_credential->password, secret, ret_credential->username);
}
