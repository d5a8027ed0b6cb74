/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sip_digest.c  Digest authentication of SIP: header values and hashes
 */
#include "net/sip_digest.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/crypto.h>

#include "net/digest_hex.h"

static_assert((int)SIP_DIGEST_HEX_SIZE >= (int)DIGEST_HEX_SHA256_SIZE, "has room for any hash");

enum {
    NC_LEN = 8,
    PARAM_NAME_MAX = 16,
    HASHED_MAX = 6, /* texts in a hash */
};

/* --- reading --- */

struct cursor {
    const char *at, *end;
};

static void skip_space(struct cursor *c)
{
    while (c->at < c->end && strchr(" \t\r\n", *c->at) && *c->at)
        ++c->at;
}

static bool is_token(char ch)
{
    return isalnum((unsigned char)ch) || (ch && strchr("-.!%*_+`'~", ch));
}

/* A token into @p ret_text.  @return its length, 0 if there is none or no room */
static size_t read_token(struct cursor *c, char *ret_text, size_t size)
{
    const char *start = c->at;
    size_t n;

    while (c->at < c->end && is_token(*c->at))
        ++c->at;
    n = (size_t)(c->at - start);
    if (n >= size)
        return 0;
    memcpy(ret_text, start, n);
    ret_text[n] = '\0';
    return n;
}

static int read_quoted(struct cursor *c, char *ret_text, size_t size)
{
    const char *start = ++c->at;
    size_t n;

    for (; c->at < c->end && *c->at != '"'; ++c->at) {
        if (*c->at == '\\' || (unsigned char)*c->at < 0x20 || *c->at == 0x7f)
            return -EBADMSG;
    }
    n = (size_t)(c->at - start);
    if (c->at == c->end || n >= size)
        return -EBADMSG;
    memcpy(ret_text, start, n);
    ret_text[n] = '\0';
    ++c->at;
    return 0;
}

static int read_value(struct cursor *c, char *ret_text, size_t size)
{
    skip_space(c);
    if (c->at < c->end && *c->at == '"')
        return read_quoted(c, ret_text, size);
    return read_token(c, ret_text, size) ? 0 : -EBADMSG;
}

static enum sip_digest_algorithm read_algorithm(const char *text)
{
    if (strcasecmp(text, "MD5") == 0)
        return SIP_DIGEST_MD5;
    return strcasecmp(text, "SHA-256") == 0 ? SIP_DIGEST_SHA256 : SIP_DIGEST_UNKNOWN;
}

/* @return where the text of a parameter goes, NULL if it is none that we use */
static char *find_field(struct sip_digest *digest, const char *name)
{
    const struct {
        const char *name;
        char *field;
    } fields[] = {
        {"username", digest->username},
        {"realm", digest->realm},
        {"nonce", digest->nonce},
        {"uri", digest->uri},
        {"response", digest->response},
        {"cnonce", digest->cnonce},
        {"nc", digest->nc},
        {"qop", digest->qop},
        {"opaque", digest->opaque},
    };

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); ++i) {
        if (strcasecmp(name, fields[i].name) == 0)
            return fields[i].field;
    }
    return NULL;
}

static int read_param(struct cursor *c, struct sip_digest *digest)
{
    char name[PARAM_NAME_MAX], value[SIP_DIGEST_TEXT_SIZE];
    char *field;

    if (!read_token(c, name, sizeof(name)))
        return -EBADMSG;
    skip_space(c);
    if (c->at == c->end || *c->at++ != '=' || read_value(c, value, sizeof(value)))
        return -EBADMSG;
    field = find_field(digest, name);
    if (field) {
        if (field[0])
            return -EBADMSG;
        memcpy(field, value, sizeof(value));
    } else if (strcasecmp(name, "algorithm") == 0) {
        digest->algorithm = read_algorithm(value);
    } else if (strcasecmp(name, "stale") == 0) {
        digest->stale = strcasecmp(value, "true") == 0;
    }
    return 0;
}

int sip_digest_parse(struct sip_digest *ret_digest, const char *text, size_t len)
{
    struct cursor c = {text, text + len};
    char scheme[PARAM_NAME_MAX];

    memset(ret_digest, 0, sizeof(*ret_digest));
    skip_space(&c);
    if (!read_token(&c, scheme, sizeof(scheme)) || strcasecmp(scheme, "Digest") != 0)
        return -ENOENT;
    skip_space(&c);
    while (c.at < c.end) {
        if (read_param(&c, ret_digest))
            return -EBADMSG;
        skip_space(&c);
        if (c.at < c.end && *c.at++ != ',')
            return -EBADMSG;
        skip_space(&c);
    }
    return 0;
}

/* --- hashes --- */

static size_t hex_len(enum sip_digest_algorithm algorithm)
{
    return algorithm == SIP_DIGEST_SHA256 ? 64 : 32;
}

/* Of texts with colons between them. */
static int hash(char ret_hex[SIP_DIGEST_HEX_SIZE], enum sip_digest_algorithm algorithm,
                const char *const *texts, unsigned n)
{
    struct digest_hex_part part[2 * HASHED_MAX];
    unsigned nparts = 0;

    assert(n <= HASHED_MAX);
    for (unsigned i = 0; i < n; ++i) {
        if (i > 0)
            part[nparts++] = (struct digest_hex_part){":", 1};
        part[nparts++] = (struct digest_hex_part){texts[i], strlen(texts[i])};
    }
    if (algorithm == SIP_DIGEST_UNKNOWN)
        return -EINVAL;
    return algorithm == SIP_DIGEST_SHA256 ? digest_hex_sha256(ret_hex, part, nparts)
                                          : digest_hex_md5(ret_hex, part, nparts);
}

int sip_digest_ha1(char ret_ha1[SIP_DIGEST_HEX_SIZE], enum sip_digest_algorithm algorithm,
                   const char *user, const char *realm, const char *password)
{
    const char *const texts[] = {user, realm, password};

    return hash(ret_ha1, algorithm, texts, 3);
}

/* RFC 7616, 3.4.1.  @p qop NULL: as RFC 2069 had it */
static int make_response(char ret_hex[SIP_DIGEST_HEX_SIZE], const struct sip_digest *digest,
                         const char *ha1, const char *method, const char *qop)
{
    char ha2[SIP_DIGEST_HEX_SIZE];
    const char *const request[] = {method, digest->uri};
    const char *const old[] = {ha1, digest->nonce, ha2};
    const char *const texts[] = {ha1, digest->nonce, digest->nc, digest->cnonce, qop, ha2};
    int err = hash(ha2, digest->algorithm, request, 2);

    if (err)
        return err;
    return qop ? hash(ret_hex, digest->algorithm, texts, 6)
               : hash(ret_hex, digest->algorithm, old, 3);
}

unsigned sip_digest_nonce_count(const struct sip_digest *answer)
{
    if (strlen(answer->nc) != NC_LEN || strspn(answer->nc, "0123456789abcdefABCDEF") != NC_LEN)
        return 0;
    return (unsigned)strtoul(answer->nc, NULL, 16);
}

bool sip_digest_is_right(const struct sip_digest *answer, const char *ha1, const char *method)
{
    size_t len = hex_len(answer->algorithm);
    char ours[SIP_DIGEST_HEX_SIZE], theirs[SIP_DIGEST_HEX_SIZE] = "";

    if (strcasecmp(answer->qop, "auth") != 0 || !answer->cnonce[0] ||
        sip_digest_nonce_count(answer) == 0 || strlen(answer->response) != len ||
        strlen(ha1) != len || make_response(ours, answer, ha1, method, answer->qop))
        return false;
    for (size_t i = 0; i < len; ++i)
        theirs[i] = (char)tolower((unsigned char)answer->response[i]);
    return CRYPTO_memcmp(ours, theirs, len) == 0;
}

/* --- our answer to a trunk --- */

static bool has_auth(const char *qop)
{
    for (const char *at = qop; *at;) {
        size_t n = strcspn(at, ", \t");

        if (n == 4 && strncasecmp(at, "auth", 4) == 0)
            return true;
        at += n;
        at += strspn(at, ", \t");
    }
    return false;
}

static bool is_quotable(const char *text)
{
    for (; *text; ++text) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f || *text == '"' || *text == '\\')
            return false;
    }
    return true;
}

static int copy_text(char to[SIP_DIGEST_TEXT_SIZE], const char *from)
{
    if (!is_quotable(from))
        return -EINVAL;
    return (size_t)snprintf(to, SIP_DIGEST_TEXT_SIZE, "%s", from) < SIP_DIGEST_TEXT_SIZE
               ? 0
               : -EMSGSIZE;
}

static int print_answer(char *ret_text, size_t size, const struct sip_digest *a)
{
    static const char *const names[] = {"MD5", "SHA-256"};
    char opaque[SIP_DIGEST_TEXT_SIZE + 16] = "", qop[2 * SIP_DIGEST_TEXT_SIZE + 48] = "";
    int n;

    if (a->opaque[0])
        snprintf(opaque, sizeof(opaque), ", opaque=\"%s\"", a->opaque);
    if (a->qop[0])
        snprintf(qop, sizeof(qop), ", qop=auth, nc=%s, cnonce=\"%s\"", a->nc, a->cnonce);
    n = snprintf(ret_text, size,
                 "Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", "
                 "response=\"%s\", algorithm=%s%s%s",
                 a->username, a->realm, a->nonce, a->uri, a->response, names[a->algorithm], qop,
                 opaque);
    return n > 0 && (size_t)n < size ? 0 : -EMSGSIZE;
}

int sip_digest_answer(char *ret_text, size_t size, const struct sip_digest *challenge,
                      const struct sip_digest_client *client)
{
    struct sip_digest a = *challenge;
    char ha1[SIP_DIGEST_HEX_SIZE];
    int err;

    if (a.algorithm == SIP_DIGEST_UNKNOWN || !a.nonce[0] || (a.qop[0] && !has_auth(a.qop)))
        return -ENOTSUP;
    err = copy_text(a.username, client->user);
    if (!err)
        err = copy_text(a.uri, client->uri);
    if (!err)
        err = copy_text(a.cnonce, client->cnonce);
    if (err)
        return err;
    snprintf(a.nc, sizeof(a.nc), "00000001");
    err = sip_digest_ha1(ha1, a.algorithm, a.username, a.realm, client->password);
    if (!err)
        err = make_response(a.response, &a, ha1, client->method, a.qop[0] ? "auth" : NULL);
    if (!err)
        err = print_answer(ret_text, size, &a);
    OPENSSL_cleanse(ha1, sizeof(ha1));
    return err;
}
