/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/token_key.c  Key files of tokens, read and checked
 */
#include "mcu/auth/token_key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

/* SubjectPublicKeyInfo (RFC 5280) of an uncompressed point on P-256 (RFC 5480) up to its x and y.
 */
static const unsigned char p256_head[] = {
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
    0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
};
enum { P256_SIZE = sizeof(p256_head) + 64 };

/* The same of RSA (RFC 3279): its algorithm, behind a tag and a length of two bytes. */
static const unsigned char rsa_algorithm[] = {
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
};
enum { RSA_AT = 4, RSA_SIZE_MIN = TOKEN_KEY_RSA_BITS_MIN / 8 + 36 /* around the modulus, e = 3 */ };

void token_key_wipe(struct token_key *key)
{
    if (key->data)
        sodium_memzero(key->data, key->len);
    free(key->data);
    *key = (struct token_key){0};
}

static int read_file(struct token_key *ret_key, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err = 0; /* not to wait for a pipe */
    struct token_key key = {0};

    if (fd < 0)
        return -errno;
    key.data = malloc(TOKEN_KEY_FILE_MAX + 1);
    if (!key.data) {
        err = -ENOMEM;
        goto out;
    }
    for (ssize_t n = 1; n > 0 && key.len <= TOKEN_KEY_FILE_MAX; key.len += (size_t)n) {
        n = read(fd, key.data + key.len, TOKEN_KEY_FILE_MAX + 1 - key.len);
        if (n < 0) {
            err = -errno;
            goto out;
        }
    }
    if (key.len > TOKEN_KEY_FILE_MAX) {
        err = -EFBIG;
        goto out;
    }
    key.data[key.len] = '\0';

out:
    close(fd);
    if (err)
        token_key_wipe(&key);
    else
        *ret_key = key;
    return err;
}

int token_key_set_secret(struct token_key *ret_key, const char *text)
{
    size_t len = strlen(text);

    if (len < TOKEN_KEY_SECRET_MIN || len > TOKEN_KEY_SECRET_MAX)
        return -EMSGSIZE;
    ret_key->data = malloc(len + 1);
    if (!ret_key->data)
        return -ENOMEM;
    memcpy(ret_key->data, text, len + 1);
    ret_key->len = len;
    return 0;
}

int token_key_read_secret(struct token_key *ret_key, const char *path)
{
    struct token_key file;
    int err = read_file(&file, path);
    size_t n;

    if (err)
        return err;
    n = strcspn(file.data, "\r\n");
    if (n + strspn(file.data + n, "\r\n") != file.len) {
        err = -EBADMSG;
    } else {
        file.data[n] = '\0';
        err = token_key_set_secret(ret_key, file.data);
    }
    token_key_wipe(&file);
    return err;
}

static bool is_kind(enum token_algorithm algorithm, const unsigned char *der, size_t len)
{
    if (algorithm == TOKEN_ES256)
        return len == P256_SIZE && memcmp(der, p256_head, sizeof(p256_head)) == 0;
    return algorithm == TOKEN_RS256 && len >= RSA_SIZE_MIN &&
           memcmp(der + RSA_AT, rsa_algorithm, sizeof(rsa_algorithm)) == 0;
}

int token_key_read_public(struct token_key *ret_key, enum token_algorithm algorithm,
                          const char *path)
{
    static const char begin[] = "-----BEGIN PUBLIC KEY-----", end[] = "-----END PUBLIC KEY-----";
    unsigned char der[TOKEN_KEY_FILE_MAX];
    const char *from, *to;
    struct token_key key;
    int err = read_file(&key, path);
    size_t len;

    if (err)
        return err;
    from = strstr(key.data, begin);
    to = from ? strstr(from, end) : NULL;
    if (!to || sodium_base642bin(der, sizeof(der), from + strlen(begin),
                                 (size_t)(to - from) - strlen(begin), "\r\n", &len, NULL,
                                 sodium_base64_VARIANT_ORIGINAL) != 0)
        err = -EBADMSG;
    else if (!is_kind(algorithm, der, len))
        err = -EKEYREJECTED;
    if (err)
        token_key_wipe(&key);
    else
        *ret_key = key;
    return err;
}

int token_key_read_private(struct token_key *ret_key, const char *path)
{
    struct token_key key;
    int err = read_file(&key, path);

    if (err)
        return err;
    if (!strstr(key.data, "PRIVATE KEY-----"))
        err = -EBADMSG;
    else if (strstr(key.data, "ENCRYPTED"))
        err = -EKEYREJECTED; /* the library would ask for the passphrase on the terminal */
    if (err)
        token_key_wipe(&key);
    else
        *ret_key = key;
    return err;
}
