/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/tls_cert.c  A self-signed certificate for the first start
 */
#include "net/tls_cert.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "mcu/base/err.h"
#include "mcu/base/id.h"

enum {
    DAY_S = 24 * 60 * 60,
    VALID_DAYS = 3650,
    SERIAL_BYTES = 16,
    NAME_MAX_BYTES = 253, /* of a host name, RFC 1035 */
    COMMON_NAME_MAX = 64, /* ub-common-name, RFC 5280, A.1 */
    PATH_SIZE = 4096,
};

static bool is_ip(const char *name)
{
    unsigned char bytes[16];

    return inet_pton(AF_INET, name, bytes) == 1 || inet_pton(AF_INET6, name, bytes) == 1;
}

static bool is_name(const char *name)
{
    size_t n = strlen(name);

    if (n < 1 || n > NAME_MAX_BYTES)
        return false;
    if (is_ip(name))
        return true;
    return strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.*") == n;
}

/* "DNS:a.example,IP:192.0.2.1"; the names have no byte that would end an entry. */
static char *alt_names(const char *const *names, size_t nnames)
{
    size_t size = 1, n = 0;
    char *text;

    for (size_t i = 0; i < nnames; ++i)
        size += strlen(names[i]) + 5;
    text = malloc(size);
    if (!text)
        return NULL;
    text[0] = '\0';
    for (size_t i = 0; i < nnames; ++i)
        n += (size_t)snprintf(text + n, size - n, "%s%s:%s", i ? "," : "",
                              is_ip(names[i]) ? "IP" : "DNS", names[i]);
    return text;
}

static int add_extension(X509 *cert, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509_EXTENSION *ext;
    int ok;

    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
    ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    if (!ext)
        return -EIO;
    ok = X509_add_ext(cert, ext, -1);
    X509_EXTENSION_free(ext);
    return ok ? 0 : -EIO;
}

static int set_subject(X509 *cert, const char *name)
{
    X509_NAME *subject = X509_get_subject_name(cert);
    int n = strlen(name) > COMMON_NAME_MAX ? COMMON_NAME_MAX : (int)strlen(name);

    if (!X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, n,
                                    -1, 0) ||
        !X509_set_issuer_name(cert, subject))
        return -EIO;
    return 0;
}

static int set_serial(X509 *cert)
{
    unsigned char bytes[SERIAL_BYTES];
    BIGNUM *number;
    int ok;

    id_bytes(bytes, sizeof(bytes));
    bytes[0] = (bytes[0] & 0x7f) | 0x40; /* positive and of full length */
    number = BN_bin2bn(bytes, sizeof(bytes), NULL);
    if (!number)
        return -ENOMEM;
    ok = BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) != NULL;
    BN_free(number);
    return ok ? 0 : -EIO;
}

static int fill(X509 *cert, EVP_PKEY *key, const char *const *names, size_t nnames)
{
    char *alt = alt_names(names, nnames);
    int err = -ENOMEM;

    if (!alt)
        return -ENOMEM;
    err = set_serial(cert);
    if (err)
        goto out;
    err = set_subject(cert, names[0]);
    if (err)
        goto out;
    err = add_extension(cert, NID_subject_alt_name, alt);
    if (err)
        goto out;
    err = add_extension(cert, NID_basic_constraints, "critical,CA:FALSE");
    if (err)
        goto out;
    err = add_extension(cert, NID_ext_key_usage, "serverAuth,clientAuth");
    if (err)
        goto out;
    /* A day back, for clients whose clock is a little behind. */
    if (!X509_set_version(cert, 2) || !X509_gmtime_adj(X509_getm_notBefore(cert), -DAY_S) ||
        !X509_gmtime_adj(X509_getm_notAfter(cert), (long)VALID_DAYS * DAY_S) ||
        !X509_set_pubkey(cert, key) || !X509_sign(cert, key, EVP_sha256()))
        err = -EIO;

out:
    free(alt);
    return err;
}

static int write_pem(const char *path, EVP_PKEY *key, X509 *cert)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), err = 0;
    FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;

    if (!f) {
        err = -errno;
        if (fd >= 0)
            close(fd);
        return err;
    }
    if (!PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) || !PEM_write_X509(f, cert))
        err = -EIO;
    if (fflush(f) != 0 || fsync(fd) != 0)
        err = -errno;
    if (fclose(f) != 0 && !err)
        err = -errno;
    return err;
}

static int make(const char *path, const char *const *names, size_t nnames)
{
    char beside[PATH_SIZE + 16], id[ID_SIZE];
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    int err = -EIO;

    id_make(id, "new");
    snprintf(beside, sizeof(beside), "%s.%.12s", path, id);
    if (!key || !cert)
        goto out;
    err = fill(cert, key, names, nnames);
    if (err)
        goto out;
    err = write_pem(beside, key, cert);
    if (!err && rename(beside, path) != 0)
        err = -errno;
    if (err)
        (void)unlink(beside);

out:
    X509_free(cert);
    EVP_PKEY_free(key);
    return err;
}

static int check_file(const char *path)
{
    FILE *f = fopen(path, "re");
    EVP_PKEY *key = NULL;
    X509 *cert = NULL;
    int err = 0;

    if (!f)
        return -errno;
    key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
    rewind(f);
    cert = PEM_read_X509(f, NULL, NULL, NULL);
    if (!key || !cert || X509_check_private_key(cert, key) != 1)
        err = -EBADMSG;
    X509_free(cert);
    EVP_PKEY_free(key);
    fclose(f);
    return err;
}

int tls_cert_ensure(const char *path, const char *const *names, size_t nnames, char *why,
                    size_t why_size)
{
    const char *what = "cannot make a certificate";
    int err = 0;

    if (why && why_size)
        why[0] = '\0';
    if (nnames < 1 || nnames > TLS_CERT_NAMES_MAX || strlen(path) >= PATH_SIZE)
        err = -EINVAL;
    for (size_t i = 0; !err && i < nnames; ++i)
        err = is_name(names[i]) ? 0 : -EINVAL;
    if (!err) {
        err = check_file(path);
        what = "cannot use this certificate";
        if (err == -ENOENT) {
            err = make(path, names, nnames);
            what = "cannot make a certificate";
            if (!err)
                return 1;
        }
    }
    if (err && why && why_size)
        snprintf(why, why_size, "%s: %s: %s", path, what, err_str(err));
    return err;
}
