/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_token.c  Signed tokens: right ones, and every forgery we know
 *
 * The keys in tests/unit/mcu/keys were made for these tests and open nothing.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "mcu/auth/token.h"

#define NOW_US  UINT64_C(1700000000000000)
#define KEYS    TEST_SOURCE_DIR "/tests/unit/mcu/keys/"
#define SECRET  "0123456789abcdef0123456789abcdef"
#define HEADER  "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define PAYLOAD "{\"sub\":\"ada\",\"exp\":1700003600,\"grants\":{\"room\":\"r\",\"join\":true}}"

static const struct token_cfg hs256_cfg = {.algorithm = TOKEN_HS256, .secret = SECRET};
static const struct token_cfg es256_cfg = {.algorithm = TOKEN_ES256,
                                           .public_key_file = KEYS "test_es256_public.pem",
                                           .private_key_file = KEYS "test_es256_private.pem"};
static const struct token_cfg rs256_cfg = {.algorithm = TOKEN_RS256,
                                           .public_key_file = KEYS "test_rs256_public.pem",
                                           .private_key_file = KEYS "test_rs256_private.pem"};
static const struct token_cfg *const cfgs[] = {&hs256_cfg, &es256_cfg, &rs256_cfg};
enum { NCFGS = sizeof(cfgs) / sizeof(cfgs[0]) };

static char why[512];

static struct token_keys *keys_of(const struct token_cfg *cfg)
{
    struct token_keys *keys = NULL;
    int err = token_keys_new(&keys, cfg, why, sizeof(why));

    if (err)
        fail_msg("%d: %s", err, why);
    assert_string_equal(why, "");
    return keys;
}

static const char *verify(const struct token_keys *keys, const char *text, struct grants *grants)
{
    struct grants unused;

    return token_error_code(token_verify(keys, text, strlen(text), NOW_US,
                                         grants ? grants : &unused, why, sizeof(why)));
}

/** Sign anything by HMAC-SHA256, whatever the header says. */
static const char *forge(const char *header, const char *payload, const char *secret)
{
    static char text[3 * TOKEN_SIZE];
    crypto_auth_hmacsha256_state state;
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    const int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    size_t n;

    sodium_bin2base64(text, sizeof(text), (const unsigned char *)header, strlen(header), variant);
    n = strlen(text);
    text[n++] = '.';
    sodium_bin2base64(text + n, sizeof(text) - n, (const unsigned char *)payload, strlen(payload),
                      variant);
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)text, strlen(text));
    crypto_auth_hmacsha256_final(&state, mac);
    n = strlen(text);
    text[n++] = '.';
    sodium_bin2base64(text + n, sizeof(text) - n, mac, sizeof(mac), variant);
    return text;
}

static void make_guest(struct grants *grants)
{
    grants_of_role(grants, ROLE_GUEST);
    memcpy(grants->identity, "ada", 4);
    memcpy(grants->room, "daily", 6);
    memcpy(grants->jti, "t1", 3);
    grants->expires_us = NOW_US + UINT64_C(3600000000);
}

static void mint(const struct token_keys *keys, char *text)
{
    struct grants grants;

    make_guest(&grants);
    assert_int_equal(token_mint(keys, &grants, NOW_US, text, TOKEN_SIZE), 0);
}

static void verifies_what_it_makes_with_each_algorithm(void **state)
{
    (void)state;
    for (size_t i = 0; i < NCFGS; ++i) {
        struct token_keys *keys = keys_of(cfgs[i]);
        struct grants grants, back;
        char text[TOKEN_SIZE];

        make_guest(&grants);
        assert_int_equal(token_mint(keys, &grants, NOW_US, text, sizeof(text)), 0);
        assert_string_equal(verify(keys, text, &back), "");
        grants.issued_us = NOW_US;
        grants.role_said = true;
        assert_memory_equal(&back, &grants, sizeof(back));
        token_keys_free(keys);
    }
}

static void reads_a_token_of_another_maker(void **state)
{
    /* By python3: hmac over base64url of HEADER and PAYLOAD. */
    static const char text[] =
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhZGEiLCJleHAiOjE3MDAwMDM2MDAsImd"
        "yYW50cyI6eyJyb29tIjoiciIsImpvaW4iOnRydWV9fQ.0hRIqrw1NYMGdj-4ZA-zzen_fYQrAzvz5gvo"
        "-WOzxH8";
    struct token_keys *keys = keys_of(&hs256_cfg);
    struct grants grants;
    (void)state;

    assert_string_equal(verify(keys, text, &grants), "");
    assert_string_equal(grants.identity, "ada");
    assert_string_equal(forge(HEADER, PAYLOAD, SECRET), text);
    token_keys_free(keys);
}

static void needs_no_nul_behind_a_token(void **state)
{
    struct token_keys *keys = keys_of(&hs256_cfg);
    const char *text = forge(HEADER, PAYLOAD, SECRET);
    char *exact = malloc(strlen(text));
    struct grants grants;
    (void)state;

    memcpy(exact, text, strlen(text));
    assert_int_equal(token_verify(keys, exact, strlen(text), NOW_US, &grants, why, sizeof(why)), 0);
    free(exact);
    token_keys_free(keys);
}

static void refuses_headers_of_any_other_algorithm(void **state)
{
    static const struct {
        const char *header, *code;
    } cases[] = {
        {"{\"alg\":\"none\"}", "token_algorithm"},
        {"{\"alg\":\"None\"}", "token_algorithm"},
        {"{\"alg\":\"NONE\",\"typ\":\"JWT\"}", "token_algorithm"},
        {"{\"alg\":\"\"}", "token_algorithm"},
        {"{\"alg\":null}", "token_algorithm"},
        {"{\"alg\":[\"HS256\"]}", "token_algorithm"},
        {"{\"typ\":\"JWT\"}", "token_algorithm"},
        {"{\"alg\":\"hs256\"}", "token_algorithm"},
        {"{\"alg\":\"HS256 \"}", "token_algorithm"},
        {"{\"alg\":\"HS384\"}", "token_algorithm"},
        {"{\"alg\":\"HS512\"}", "token_algorithm"},
        {"{\"alg\":\"RS256\"}", "token_algorithm"},
        {"{\"alg\":\"ES256\"}", "token_algorithm"},
        {"{\"alg\":\"PS256\"}", "token_algorithm"},
        {"{\"alg\":\"EdDSA\"}", "token_algorithm"},
        {"{\"alg\":\"none\",\"alg\":\"HS256\"}", "token_malformed"},
        {"{\"alg\":\"HS256\",\"crit\":[\"exp\"]}", "token_malformed"},
        {"{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}", "token_malformed"},
        {"{\"alg\":\"HS256\",\"typ\":1}", "token_malformed"},
        {"{\"alg\":\"HS256\",\"x\":[[[[[]]]]]}", "token_malformed"},
        {"[\"HS256\"]", "token_malformed"},
        {"HS256", "token_malformed"},
        {"{\"alg\":\"HS256\"", "token_malformed"},
        {"{\"alg\":\"HS256\",\"jku\":\"https://evil.example/\",\"kid\":\"../../dev/null\"}", ""},
        {"{\"alg\":\"HS256\",\"typ\":\"jwt\"}", ""},
        {"{\"alg\":\"HS256\"}", ""},
    };
    struct token_keys *keys = keys_of(&hs256_cfg);
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        const char *code = verify(keys, forge(cases[i].header, PAYLOAD, SECRET), NULL);

        if (strcmp(code, cases[i].code) != 0)
            fail_msg("%s: %s", cases[i].header, code);
        assert_int_equal(why[0] != '\0', code[0] != '\0');
    }
    token_keys_free(keys);
}

static void read_file(char *ret_text, size_t size, const char *path)
{
    FILE *f = fopen(path, "r");
    size_t n;

    assert_non_null(f);
    n = fread(ret_text, 1, size - 1, f);
    fclose(f);
    ret_text[n] = '\0';
}

static void refuses_a_public_key_that_is_used_as_a_secret(void **state)
{
    static const struct {
        const struct token_cfg *cfg;
        const char *alg;
    } cases[] = {{&rs256_cfg, "RS256"}, {&es256_cfg, "ES256"}};
    char pem[2048], header[64];
    (void)state;

    for (size_t i = 0; i < 2; ++i) {
        struct token_keys *keys = keys_of(cases[i].cfg);

        read_file(pem, sizeof(pem), cases[i].cfg->public_key_file);
        assert_string_equal(verify(keys, forge(HEADER, PAYLOAD, pem), NULL), "token_algorithm");
        (void)snprintf(header, sizeof(header), "{\"alg\":\"%s\"}", cases[i].alg);
        assert_string_equal(verify(keys, forge(header, PAYLOAD, pem), NULL), "token_signature");
        token_keys_free(keys);
    }
}

static void refuses_a_signature_of_another_key(void **state)
{
    struct token_cfg other = es256_cfg;
    struct token_keys *keys = keys_of(&hs256_cfg), *signer;
    char text[TOKEN_SIZE];
    (void)state;

    assert_string_equal(verify(keys, forge(HEADER, PAYLOAD, SECRET "x"), NULL), "token_signature");
    assert_string_equal(verify(keys, forge(HEADER, PAYLOAD, ""), NULL), "token_signature");
    token_keys_free(keys);
    signer = keys_of(&es256_cfg);
    mint(signer, text);
    other.public_key_file = KEYS "test_es256_other_public.pem";
    other.private_key_file = NULL;
    keys = keys_of(&other);
    assert_string_equal(verify(signer, text, NULL), "");
    assert_string_equal(verify(keys, text, NULL), "token_signature");
    token_keys_free(keys);
    token_keys_free(signer);
}

/** Every character of every part. */
static void refuses_a_token_that_was_changed_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < NCFGS; ++i) {
        struct token_keys *keys = keys_of(cfgs[i]);
        char text[TOKEN_SIZE];

        mint(keys, text);
        for (size_t at = 0; text[at]; ++at) {
            char was = text[at];

            text[at] = was == 'A' ? 'B' : 'A';
            if (verify(keys, text, NULL)[0] == '\0')
                fail_msg("algorithm %zu, character %zu", i, at);
            text[at] = was;
        }
        assert_string_equal(verify(keys, text, NULL), "");
        token_keys_free(keys);
    }
}

static void refuses_a_token_that_was_cut_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < NCFGS; ++i) {
        struct token_keys *keys = keys_of(cfgs[i]);
        struct grants grants;
        char text[TOKEN_SIZE];

        mint(keys, text);
        for (size_t len = 0; len < strlen(text); ++len)
            if (!token_verify(keys, text, len, NOW_US, &grants, why, sizeof(why)))
                fail_msg("algorithm %zu, length %zu", i, len);
        token_keys_free(keys);
    }
}

static void takes_one_spelling_only(void **state)
{
    static const char *const behind[] = {"=", "==", "\n", " ", ".", "A", ".e30"};
    (void)state;

    for (size_t i = 0; i < NCFGS; ++i) {
        struct token_keys *keys = keys_of(cfgs[i]);
        char text[TOKEN_SIZE], changed[TOKEN_SIZE + 8];

        mint(keys, text);
        for (size_t j = 0; j < sizeof(behind) / sizeof(behind[0]); ++j) {
            (void)snprintf(changed, sizeof(changed), "%s%s", text, behind[j]);
            assert_string_not_equal(verify(keys, changed, NULL), "");
        }
        (void)snprintf(changed, sizeof(changed), " %s", text);
        assert_string_equal(verify(keys, changed, NULL), "token_malformed");
        (void)snprintf(changed, sizeof(changed), "Bearer %s", text);
        assert_string_equal(verify(keys, changed, NULL), "token_malformed");
        token_keys_free(keys);
    }
}

static void refuses_what_is_no_jwt(void **state)
{
    static const char *const texts[] = {"",
                                        ".",
                                        "..",
                                        "...",
                                        "a",
                                        "a.b",
                                        "a.b.c",
                                        "a.b.c.d",
                                        "..a",
                                        ".a.",
                                        "eyJ.e30.",
                                        "eyJhbGciOiJub25lIn0.e30.",
                                        "\xff\xfe.\x01.",
                                        "a b.c d.e f"};
    (void)state;

    for (size_t i = 0; i < NCFGS; ++i) {
        struct token_keys *keys = keys_of(cfgs[i]);

        for (size_t j = 0; j < sizeof(texts) / sizeof(texts[0]); ++j)
            assert_string_not_equal(verify(keys, texts[j], NULL), "");
        token_keys_free(keys);
    }
}

static void looks_at_no_claim_before_the_signature(void **state)
{
    struct token_keys *keys = keys_of(&hs256_cfg);
    (void)state;

    assert_string_equal(verify(keys, forge(HEADER, "{\"exp\":1}", "no"), NULL), "token_signature");
    assert_string_equal(verify(keys, forge(HEADER, "not JSON", "no"), NULL), "token_signature");
    assert_string_equal(verify(keys, forge(HEADER, "not JSON", SECRET), NULL), "token_malformed");
    assert_string_equal(verify(keys, forge(HEADER, "{\"exp\":1,\"grants\":{}}", SECRET), NULL),
                        "token_expired");
    token_keys_free(keys);
}

static void limits_the_length_of_a_token(void **state)
{
    struct token_keys *keys = keys_of(&hs256_cfg);
    char payload[TOKEN_SIZE];
    (void)state;

    for (int room = 6000; room <= 6200; room += 200) {
        (void)snprintf(payload, sizeof(payload), "{\"x\":\"%*s\",%s", room, "", PAYLOAD + 1);
        assert_string_equal(verify(keys, forge(HEADER, payload, SECRET), NULL),
                            room == 6000 ? "" : "token_malformed");
    }
    token_keys_free(keys);
}

static void refuses_deep_nesting_before_anybody_parses_it(void **state)
{
    char payload[4000];
    (void)state;

    memset(payload, '[', sizeof(payload) - 1);
    payload[sizeof(payload) - 1] = '\0';
    for (size_t i = 0; i < NCFGS; ++i) {
        static const char *const headers[] = {HEADER, "{\"alg\":\"ES256\"}", "{\"alg\":\"RS256\"}"};
        struct token_keys *keys = keys_of(cfgs[i]);

        assert_string_equal(verify(keys, forge(headers[i], payload, SECRET), NULL),
                            "token_malformed");
        token_keys_free(keys);
    }
}

static void says_nothing_of_the_token_in_its_reason(void **state)
{
    struct token_keys *keys = keys_of(&hs256_cfg);
    (void)state;

    (void)verify(keys,
                 forge(HEADER, "{\"exp\":1700003600,\"sub\":\" canary\",\"grants\":{}}", SECRET),
                 NULL);
    assert_non_null(strstr(why, "sub"));
    assert_null(strstr(why, "canary"));
    token_keys_free(keys);
}

static void makes_only_what_it_would_verify(void **state)
{
    struct token_keys *keys = keys_of(&hs256_cfg);
    struct grants grants;
    char text[TOKEN_SIZE], small[64];
    (void)state;

    make_guest(&grants);
    grants.expires_us = NOW_US;
    assert_int_equal(token_mint(keys, &grants, NOW_US, text, sizeof(text)), -EINVAL);
    grants.expires_us = 0;
    assert_int_equal(token_mint(keys, &grants, NOW_US, text, sizeof(text)), -EINVAL);
    grants.expires_us = NOW_US + UINT64_C(86401000000);
    assert_int_equal(token_mint(keys, &grants, NOW_US, text, sizeof(text)), -EINVAL);
    assert_string_equal(text, "");
    make_guest(&grants);
    memcpy(grants.room, "No Room", 8);
    assert_int_equal(token_mint(keys, &grants, NOW_US, text, sizeof(text)), -EINVAL);
    make_guest(&grants);
    assert_int_equal(token_mint(keys, &grants, NOW_US, small, sizeof(small)), -EMSGSIZE);
    assert_string_equal(small, "");
    token_keys_free(keys);
}

static void fits_into_a_buffer_that_is_just_large_enough(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; ++i) { /* signatures of RS256 and HS256 have one length */
        struct token_keys *keys = keys_of(i ? &rs256_cfg : &hs256_cfg);
        struct grants grants;
        char text[TOKEN_SIZE], *exact;
        size_t len;

        make_guest(&grants);
        mint(keys, text);
        len = strlen(text);
        exact = malloc(len + 1);
        assert_int_equal(token_mint(keys, &grants, NOW_US, exact, len + 1), 0);
        assert_int_equal(token_mint(keys, &grants, NOW_US, exact, len), -EMSGSIZE);
        free(exact);
        token_keys_free(keys);
    }
}

static void makes_none_without_a_private_key(void **state)
{
    struct token_cfg cfg = rs256_cfg;
    struct token_keys *keys;
    struct grants grants;
    char text[TOKEN_SIZE];
    (void)state;

    cfg.private_key_file = "";
    keys = keys_of(&cfg);
    make_guest(&grants);
    assert_int_equal(token_mint(keys, &grants, NOW_US, text, sizeof(text)), -EPERM);
    token_keys_free(keys);
}

static void keeps_to_issuer_audience_and_life_of_the_configuration(void **state)
{
    struct token_cfg cfg = hs256_cfg;
    struct token_keys *keys;
    char text[TOKEN_SIZE];
    (void)state;

    cfg.issuer = "key1";
    cfg.audience = "medley";
    cfg.max_life_s = 3600;
    keys = keys_of(&cfg);
    mint(keys, text);
    assert_string_equal(verify(keys, text, NULL), "");
    assert_string_equal(verify(keys, forge(HEADER, PAYLOAD, SECRET), NULL), "token_issuer");
    token_keys_free(keys);
    cfg.issuer = cfg.audience = "";
    cfg.max_life_s = 3599;
    keys = keys_of(&cfg);
    assert_string_equal(verify(keys, text, NULL), "token_too_long_lived");
    token_keys_free(keys);
}

static void refuses_keys_that_are_none_and_names_the_file(void **state)
{
    static const struct {
        struct token_cfg cfg;
        int err;
        const char *names;
    } cases[] = {
        {{.algorithm = TOKEN_HS256}, -EINVAL, "no key"},
        {{.algorithm = TOKEN_ES256}, -EINVAL, "no key"},
        {{.algorithm = (enum token_algorithm)7, .secret = SECRET}, -EINVAL, ""},
        {{.algorithm = TOKEN_HS256, .secret = SECRET, .leeway_s = 301}, -EINVAL, ""},
        {{.algorithm = TOKEN_HS256, .secret = SECRET, .max_life_s = 31 * 86400 + 1}, -EINVAL, ""},
        {{.algorithm = TOKEN_HS256, .secret = "0123456789abcdef0123456789abcde"},
         -EMSGSIZE,
         "secret"},
        {{.algorithm = TOKEN_HS256, .secret_file = "/nowhere/key"}, -ENOENT, "/nowhere/key"},
        {{.algorithm = TOKEN_HS256, .secret_file = KEYS "test_es256_public.pem"},
         -EBADMSG,
         "test_es256_public.pem"},
        {{.algorithm = TOKEN_HS256, .secret_file = "/dev/zero"}, -EFBIG, "/dev/zero"},
        {{.algorithm = TOKEN_ES256, .public_key_file = KEYS "test_rs256_public.pem"},
         -EKEYREJECTED,
         "test_rs256_public.pem"},
        {{.algorithm = TOKEN_ES256, .public_key_file = KEYS "test_es384_public.pem"},
         -EKEYREJECTED,
         "test_es384_public.pem"},
        {{.algorithm = TOKEN_RS256, .public_key_file = KEYS "test_es256_public.pem"},
         -EKEYREJECTED,
         "test_es256_public.pem"},
        {{.algorithm = TOKEN_RS256, .public_key_file = KEYS "test_rsa1024_public.pem"},
         -EKEYREJECTED,
         "test_rsa1024_public.pem"},
        {{.algorithm = TOKEN_ES256, .public_key_file = KEYS "test_es256_private.pem"},
         -EBADMSG,
         "test_es256_private.pem"},
        {{.algorithm = TOKEN_ES256,
          .public_key_file = KEYS "test_es256_public.pem",
          .private_key_file = KEYS "test_es256_encrypted_private.pem"},
         -EKEYREJECTED,
         "test_es256_encrypted_private.pem"},
        {{.algorithm = TOKEN_ES256,
          .public_key_file = KEYS "test_es256_public.pem",
          .private_key_file = KEYS "test_es256_public.pem"},
         -EBADMSG,
         "test_es256_public.pem"},
        {{.algorithm = TOKEN_ES256,
          .public_key_file = KEYS "test_es256_other_public.pem",
          .private_key_file = KEYS "test_es256_private.pem"},
         -EKEYREJECTED,
         "test_es256_private.pem"},
        {{.algorithm = TOKEN_ES256,
          .public_key_file = KEYS "test_es256_public.pem",
          .private_key_file = KEYS "test_rs256_private.pem"},
         -EKEYREJECTED,
         "test_rs256_private.pem"},
    };
    struct token_keys *keys = NULL;
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        int err = token_keys_new(&keys, &cases[i].cfg, why, sizeof(why));

        if (err != cases[i].err || !strstr(why, cases[i].names))
            fail_msg("case %zu: %d, %s", i, err, why);
        assert_null(keys);
        assert_true(why[0]);
    }
    assert_null(token_keys_free(NULL));
}

static void keeps_a_secret_of_its_own_in_the_data_folder(void **state)
{
    char dir[] = "/tmp/test_token_XXXXXX", file[64], first[SECRET_FILE_SIZE];
    char second[SECRET_FILE_SIZE], text[TOKEN_SIZE];
    struct token_cfg cfg = {.algorithm = TOKEN_HS256, .secret = first};
    struct token_keys *made, *read;
    struct stat st;
    (void)state;

    assert_non_null(mkdtemp(dir));
    (void)snprintf(file, sizeof(file), "%s/token.key", dir);
    assert_int_equal(token_secret_file(first, dir, why, sizeof(why)), 1);
    assert_int_equal(token_secret_file(second, dir, why, sizeof(why)), 0);
    assert_string_equal(first, second);
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    made = keys_of(&cfg);
    cfg.secret = NULL;
    cfg.secret_file = file;
    read = keys_of(&cfg);
    mint(made, text);
    assert_string_equal(verify(read, text, NULL), "");
    token_keys_free(made);
    token_keys_free(read);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(verifies_what_it_makes_with_each_algorithm),
        cmocka_unit_test(reads_a_token_of_another_maker),
        cmocka_unit_test(needs_no_nul_behind_a_token),
        cmocka_unit_test(refuses_headers_of_any_other_algorithm),
        cmocka_unit_test(refuses_a_public_key_that_is_used_as_a_secret),
        cmocka_unit_test(refuses_a_signature_of_another_key),
        cmocka_unit_test(refuses_a_token_that_was_changed_anywhere),
        cmocka_unit_test(refuses_a_token_that_was_cut_anywhere),
        cmocka_unit_test(takes_one_spelling_only),
        cmocka_unit_test(refuses_what_is_no_jwt),
        cmocka_unit_test(looks_at_no_claim_before_the_signature),
        cmocka_unit_test(limits_the_length_of_a_token),
        cmocka_unit_test(refuses_deep_nesting_before_anybody_parses_it),
        cmocka_unit_test(says_nothing_of_the_token_in_its_reason),
        cmocka_unit_test(makes_only_what_it_would_verify),
        cmocka_unit_test(fits_into_a_buffer_that_is_just_large_enough),
        cmocka_unit_test(makes_none_without_a_private_key),
        cmocka_unit_test(keeps_to_issuer_audience_and_life_of_the_configuration),
        cmocka_unit_test(refuses_keys_that_are_none_and_names_the_file),
        cmocka_unit_test(keeps_a_secret_of_its_own_in_the_data_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
