/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/password.c  Passwords: argon2id hashes (RFC 9106) by libsodium
 */
#include "mcu/auth/password.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include <sodium.h>

#include "mcu/api/api_text.h"

static_assert(PASSWORD_OPS == crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE, "as documented");
static_assert(PASSWORD_MEMORY == crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE, "as documented");
static_assert(PASSWORD_HASH_SIZE == crypto_pwhash_STRBYTES, "as documented");

/* Of nobody: what it is the hash of was random and is forgotten. */
static const char nobody[] = "$argon2id$v=19$m=65536,t=2,p=1$agb+MFrB69WBOo0B4aznVg$"
                             "J55Xcmv3TUikRKtzXFq8BbAWfptMaEQLEuPcTXJJ7O8";

int password_check(const char *text, size_t len)
{
    if (len < PASSWORD_MIN)
        return -EINVAL;
    if (len > PASSWORD_MAX)
        return -E2BIG;
    for (size_t i = 0; i < len;) {
        size_t n = text[i] ? api_text_char(text + i, len - i) : 0;

        if (n == 0)
            return -EILSEQ;
        i += n;
    }
    return 0;
}

int password_hash(char *ret_hash, const char *text, size_t len)
{
    int err = password_check(text, len);

    ret_hash[0] = '\0';
    if (err)
        return err;
    if (sodium_init() < 0)
        return -EIO;
    if (crypto_pwhash_str_alg(ret_hash, text, len, PASSWORD_OPS, PASSWORD_MEMORY,
                              crypto_pwhash_ALG_ARGON2ID13) != 0) {
        ret_hash[0] = '\0';
        return -ENOMEM; /* the only way to fail within its limits */
    }
    return 0;
}

int password_verify(const char *hash, const char *text, size_t len, bool *ret_needs_rehash)
{
    bool known = hash && hash[0];
    char full[PASSWORD_HASH_SIZE] = ""; /* libsodium's prototype wants all of it */
    int wrong;

    *ret_needs_rehash = false;
    if (sodium_init() < 0)
        return -EIO;
    if (len > PASSWORD_MAX)
        return 0;
    if (!known)
        hash = nobody;
    if (strnlen(hash, sizeof(full)) == sizeof(full))
        return -EINVAL;
    memcpy(full, hash, strlen(hash));
    errno = 0;
    wrong = crypto_pwhash_str_verify(full, text, len);
    if (wrong && errno == ENOMEM)
        return -ENOMEM;
    if (wrong || !known)
        return 0;
    *ret_needs_rehash = crypto_pwhash_str_needs_rehash(full, PASSWORD_OPS, PASSWORD_MEMORY) != 0;
    return 1;
}

void password_wipe(void *data, size_t size)
{
    sodium_memzero(data, size);
}
