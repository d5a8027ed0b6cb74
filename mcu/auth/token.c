/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/token.c  Signed tokens (JWT, RFC 7519): read and made
 *
 * ES256 and RS256 are libjwt's.  HS256 is done here with libsodium, although libjwt can do it and
 * compares in constant time: so the payload is not parsed before the signature is known, and
 * only one spelling of a signature is right (libjwt reads base64 generously).
 */
#include "mcu/auth/token.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <jansson.h>
#include <jwt.h>
#include <sodium.h>

#include "mcu/api/api_json.h"
#include "mcu/auth/token_claims.h"
#include "mcu/auth/token_write.h"
#include "mcu/base/err.h"
#include "net/tls_error.h"

enum {
    DAY_S = 24 * 3600,
    HEADER_DEPTH_MAX = 4,
    MAC_SIZE = crypto_auth_hmacsha256_BYTES,
    MAC_TEXT_SIZE = sodium_base64_ENCODED_LEN(MAC_SIZE, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
    PART_MAX = TOKEN_MAX / 4 * 3,
};

static const char hs256_header[] = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";

static const struct {
    const char *name;
    jwt_alg_t alg;
} algorithms[] = {
    [TOKEN_HS256] = {"HS256", JWT_ALG_HS256},
    [TOKEN_ES256] = {"ES256", JWT_ALG_ES256},
    [TOKEN_RS256] = {"RS256", JWT_ALG_RS256},
};

struct token_keys {
    enum token_algorithm algorithm;
    struct token_key secret, public_key, private_key;
    char issuer[TOKEN_ISSUER_SIZE], audience[TOKEN_ISSUER_SIZE];
    struct token_claims_rules rules; /* points to these two */
};

/** A token cut at its dots. */
struct parts {
    const char *text;
    size_t header_len, payload_len, signature_len;
};

static const char *text_or_empty(const char *text)
{
    return text ? text : "";
}

/* ---- keys ---- */

static int read_hs256(struct token_keys *keys, const struct token_cfg *cfg, const char **ret_what)
{
    if (text_or_empty(cfg->secret)[0]) {
        *ret_what = "secret";
        return token_key_set_secret(&keys->secret, cfg->secret);
    }
    *ret_what = text_or_empty(cfg->secret_file);
    return **ret_what ? token_key_read_secret(&keys->secret, cfg->secret_file) : -EINVAL;
}

static int read_pair(struct token_keys *keys, const struct token_cfg *cfg, const char **ret_what)
{
    int err;

    *ret_what = text_or_empty(cfg->public_key_file);
    if (!**ret_what)
        return -EINVAL;
    err = token_key_read_public(&keys->public_key, cfg->algorithm, cfg->public_key_file);
    if (err || !text_or_empty(cfg->private_key_file)[0])
        return err;
    *ret_what = cfg->private_key_file;
    return token_key_read_private(&keys->private_key, cfg->private_key_file);
}

/** Sign something and check it: that keys are a pair is not seen otherwise. */
static int try_pair(const struct token_keys *keys)
{
    const uint64_t now_us = UINT64_C(1000000000000000);
    char text[TOKEN_SIZE], why[TOKEN_WHY_SIZE];
    struct grants grants;
    int err;

    grants_of_role(&grants, ROLE_VIEWER);
    grants.expires_us = now_us + 1000000;
    err = token_mint(keys, &grants, now_us, text, sizeof(text));
    if (err)
        return err == -ENOMEM ? err : -EKEYREJECTED;
    if (token_verify(keys, text, strlen(text), now_us, &grants, why, sizeof(why)))
        return -EKEYREJECTED;
    return 0;
}

static int check_cfg(const struct token_cfg *cfg)
{
    if ((unsigned)cfg->algorithm > TOKEN_RS256 || cfg->leeway_s > TOKEN_LEEWAY_MAX_S ||
        cfg->max_life_s > TOKEN_LIFE_MAX_S ||
        strlen(text_or_empty(cfg->issuer)) >= TOKEN_ISSUER_SIZE ||
        strlen(text_or_empty(cfg->audience)) >= TOKEN_ISSUER_SIZE)
        return -EINVAL;
    return 0;
}

static void set_rules(struct token_keys *keys, const struct token_cfg *cfg)
{
    (void)snprintf(keys->issuer, sizeof(keys->issuer), "%s", text_or_empty(cfg->issuer));
    (void)snprintf(keys->audience, sizeof(keys->audience), "%s", text_or_empty(cfg->audience));
    keys->rules = (struct token_claims_rules){
        .issuer = keys->issuer,
        .audience = keys->audience,
        .leeway_s = cfg->leeway_s,
        .max_life_s = cfg->max_life_s ? cfg->max_life_s : DAY_S,
    };
}

int token_keys_new(struct token_keys **ret_keys, const struct token_cfg *cfg, char *why,
                   size_t why_size)
{
    const char *what = "token keys";
    struct token_keys *keys = NULL;
    int err = check_cfg(cfg);

    if (why_size)
        why[0] = '\0';
    if (err)
        goto out;
    err = -EIO;
    if (sodium_init() < 0)
        goto out;
    err = -ENOMEM;
    keys = calloc(1, sizeof(*keys));
    if (!keys)
        goto out;
    keys->algorithm = cfg->algorithm;
    set_rules(keys, cfg);
    err =
        cfg->algorithm == TOKEN_HS256 ? read_hs256(keys, cfg, &what) : read_pair(keys, cfg, &what);
    if (!err && keys->private_key.data)
        err = try_pair(keys);

out:
    if (err) {
        (void)snprintf(why, why_size, "%s: %s", *what ? what : "no key", err_str(err));
        token_keys_free(keys);
    } else {
        *ret_keys = keys;
    }
    return err;
}

struct token_keys *token_keys_free(struct token_keys *keys)
{
    if (!keys)
        return NULL;
    token_key_wipe(&keys->secret);
    token_key_wipe(&keys->public_key);
    token_key_wipe(&keys->private_key);
    free(keys);
    return NULL;
}

/* ---- checking ---- */

static enum token_error refuse(enum token_error error, const char *what, char *why, size_t size)
{
    (void)snprintf(why, size, "%s", what);
    return error;
}

/** Cut at the two dots; base64url is all there may be around them.  @return false if not so */
static bool cut(struct parts *parts, const char *text, size_t len)
{
    const char *dot1 = memchr(text, '.', len), *dot2;

    if (!dot1)
        return false;
    parts->text = text;
    parts->header_len = (size_t)(dot1 - text);
    dot2 = memchr(dot1 + 1, '.', len - parts->header_len - 1);
    if (!dot2)
        return false;
    parts->payload_len = (size_t)(dot2 - dot1 - 1);
    parts->signature_len = len - parts->header_len - parts->payload_len - 2;
    return parts->header_len && parts->payload_len;
}

static bool decode(unsigned char *ret_data, size_t size, size_t *ret_len, const char *text,
                   size_t len)
{
    const char *end;

    return sodium_base642bin(ret_data, size, text, len, NULL, ret_len, &end,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           end == text + len;
}

static enum token_error check_header(const struct token_keys *keys, const char *json, size_t len,
                                     char *why, size_t size)
{
    enum token_error error = TOKEN_ERROR_NONE;
    json_t *header = NULL, *alg, *typ;

    if (!api_json_is_too_deep(json, len, HEADER_DEPTH_MAX))
        header = json_loadb(json, len, JSON_REJECT_DUPLICATES, NULL);
    alg = json_object_get(header, "alg");
    typ = json_object_get(header, "typ");
    if (!json_is_object(header))
        error = refuse(TOKEN_ERROR_MALFORMED, "header is not a JSON object", why, size);
    else if (!json_is_string(alg) ||
             strcmp(json_string_value(alg), algorithms[keys->algorithm].name) != 0)
        error = refuse(TOKEN_ERROR_ALGORITHM, "alg is not the one in use here", why, size);
    else if (json_object_get(header, "crit"))
        error = refuse(TOKEN_ERROR_MALFORMED, "header asks for an extension", why, size);
    else if (typ && (!json_is_string(typ) || strcasecmp(json_string_value(typ), "JWT") != 0))
        error = refuse(TOKEN_ERROR_MALFORMED, "typ is not JWT", why, size);
    json_decref(header);
    return error;
}

static void make_mac(unsigned char *ret_mac, const struct token_key *secret, const char *text,
                     size_t len)
{
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret->data, secret->len);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)text, len);
    crypto_auth_hmacsha256_final(&state, ret_mac);
    sodium_memzero(&state, sizeof(state));
}

static bool is_right_hs256(const struct token_keys *keys, const struct parts *parts)
{
    size_t signed_len = parts->header_len + 1 + parts->payload_len, len;
    unsigned char given[MAC_SIZE], mac[MAC_SIZE];

    if (!decode(given, sizeof(given), &len, parts->text + signed_len + 1, parts->signature_len) ||
        len != sizeof(given))
        return false;
    make_mac(mac, &keys->secret, parts->text, signed_len);
    return sodium_memcmp(mac, given, sizeof(mac)) == 0;
}

static bool is_right_pem(const struct token_keys *keys, const struct parts *parts)
{
    size_t len = parts->header_len + parts->payload_len + parts->signature_len + 2, signature_len;
    unsigned char signature[PART_MAX];
    char text[TOKEN_SIZE];
    jwt_t *jwt = NULL;
    bool right;

    if (!decode(signature, sizeof(signature), &signature_len,
                parts->text + len - parts->signature_len, parts->signature_len))
        return false;
    memcpy(text, parts->text, len);
    text[len] = '\0';
    right = jwt_decode(&jwt, text, (const unsigned char *)keys->public_key.data,
                       (int)keys->public_key.len) == 0 &&
            jwt_get_alg(jwt) == algorithms[keys->algorithm].alg;
    jwt_free(jwt);
    tls_error_clear();
    return right;
}

static enum token_error verify(const struct token_keys *keys, const struct parts *parts,
                               uint64_t now_us, struct grants *ret_grants, char *why, size_t size)
{
    unsigned char json[PART_MAX];
    enum token_error error;
    size_t len;

    if (!decode(json, sizeof(json), &len, parts->text, parts->header_len))
        return refuse(TOKEN_ERROR_MALFORMED, "header is not base64url", why, size);
    error = check_header(keys, (const char *)json, len, why, size);
    if (error)
        return error;
    if (!decode(json, sizeof(json), &len, parts->text + parts->header_len + 1, parts->payload_len))
        return refuse(TOKEN_ERROR_MALFORMED, "payload is not base64url", why, size);
    /* libjwt parses before it checks, and the parser recurses. */
    if (api_json_is_too_deep((const char *)json, len, TOKEN_CLAIMS_DEPTH_MAX))
        return refuse(TOKEN_ERROR_MALFORMED, "payload is nested too deep", why, size);
    if (!(keys->algorithm == TOKEN_HS256 ? is_right_hs256(keys, parts) : is_right_pem(keys, parts)))
        return refuse(TOKEN_ERROR_SIGNATURE, "signature is wrong", why, size);
    return token_claims_read(ret_grants, (const char *)json, len, &keys->rules, now_us, why, size);
}

enum token_error token_verify(const struct token_keys *keys, const char *text, size_t len,
                              uint64_t now_us, struct grants *ret_grants, char *why,
                              size_t why_size)
{
    struct parts parts;

    memset(ret_grants, 0, sizeof(*ret_grants));
    if (why_size)
        why[0] = '\0';
    if (len > TOKEN_MAX)
        return refuse(TOKEN_ERROR_MALFORMED, "token is too long", why, why_size);
    if (!cut(&parts, text, len))
        return refuse(TOKEN_ERROR_MALFORMED, "not a JWT", why, why_size);
    return verify(keys, &parts, now_us, ret_grants, why, why_size);
}

/* ---- making ---- */

static size_t encode(char *ret_text, size_t size, const void *data, size_t len)
{
    sodium_bin2base64(ret_text, size, data, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return strlen(ret_text);
}

static int sign_hs256(const struct token_keys *keys, const char *json, char *ret_text, size_t size)
{
    const int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    size_t header_size = sodium_base64_encoded_len(sizeof(hs256_header) - 1, variant);
    size_t json_size = sodium_base64_encoded_len(strlen(json), variant), n;
    unsigned char mac[MAC_SIZE];

    if (header_size + json_size + MAC_TEXT_SIZE > size) /* each counts a NUL, or its dot */
        return -EMSGSIZE;
    n = encode(ret_text, size, hs256_header, sizeof(hs256_header) - 1);
    ret_text[n++] = '.';
    n += encode(ret_text + n, size - n, json, strlen(json));
    make_mac(mac, &keys->secret, ret_text, n);
    ret_text[n++] = '.';
    (void)encode(ret_text + n, size - n, mac, sizeof(mac));
    return 0;
}

static int sign_pem(const struct token_keys *keys, const char *json, char *ret_text, size_t size)
{
    const unsigned char *key = (const unsigned char *)keys->private_key.data;
    char *text = NULL;
    jwt_t *jwt = NULL;
    int err = -jwt_new(&jwt);

    if (err)
        goto out;
    err = -jwt_add_grants_json(jwt, json);
    if (err)
        goto out;
    err = -jwt_set_alg(jwt, algorithms[keys->algorithm].alg, key, (int)keys->private_key.len);
    if (err)
        goto out;
    text = jwt_encode_str(jwt);
    if (!text)
        err = -EIO;
    else if (strlen(text) >= size)
        err = -EMSGSIZE;
    else
        memcpy(ret_text, text, strlen(text) + 1);

out:
    free(text);
    jwt_free(jwt);
    tls_error_clear();
    return err;
}

int token_mint(const struct token_keys *keys, const struct grants *grants, uint64_t now_us,
               char *ret_text, size_t size)
{
    char why[TOKEN_CLAIMS_WHY_SIZE], *json;
    struct grants read_back;
    int err;

    if (size)
        ret_text[0] = '\0';
    if (keys->algorithm != TOKEN_HS256 && !keys->private_key.data)
        return -EPERM;
    json = token_write_claims(grants, &keys->rules, now_us);
    if (!json)
        return -ENOMEM;
    if (token_claims_read(&read_back, json, strlen(json), &keys->rules, now_us, why, sizeof(why)))
        err = -EINVAL;
    else if (keys->algorithm == TOKEN_HS256)
        err = sign_hs256(keys, json, ret_text, size);
    else
        err = sign_pem(keys, json, ret_text, size);
    free(json);
    return err;
}

int token_secret_file(char *ret_secret, const char *data_dir, char *why, size_t why_size)
{
    return secret_file_get(ret_secret, data_dir, "token.key", why, why_size);
}
