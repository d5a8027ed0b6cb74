/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_verify.c  What keys require of one another
 */
#include "mcu/config/config_verify.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "mcu/config/config.h"
#include "mcu/config/config_error.h"
#include "mcu/config/config_place.h"

struct verifier {
    const struct config *config;
    const struct config_places *places;
    struct config_errors *errs;
};

/* Takes the next of some keys with spaces between; NULL after the last one. */
static const char *next_key(const char *keys, char key[CONFIG_TABLE_PATH_MAX])
{
    const size_t len = strcspn(keys, " ");

    if (!len)
        return NULL;
    (void)snprintf(key, CONFIG_TABLE_PATH_MAX, "%.*s", (int)len, keys);
    return keys + len + strspn(keys + len, " ");
}

/*
 * Complain of the first of some keys, at the first one that somebody wrote.  Keys whose value was
 * refused have a default that nobody wants, and an error already.
 */
static void complain(const struct verifier *v, const char *keys, int item, const char *text)
{
    char key[CONFIG_TABLE_PATH_MAX], first[CONFIG_TABLE_PATH_MAX], place[CONFIG_PLACE_SIZE] = "";

    (void)next_key(keys, first);
    for (const char *p = keys; (p = next_key(p, key));) {
        if (config_place_is_bad(v->places, key))
            return;
        if (!place[0] && config_place_is_set(v->places, key))
            (void)config_place_find(v->places, key, item, place);
    }
    config_error_add(v->errs, "%s: %s: %s", place[0] ? place : "default", first, text);
}

static void require(const struct verifier *v, bool ok, const char *keys, const char *text)
{
    if (!ok)
        complain(v, keys, -1, text);
}

/* Do two port ranges overlap?  Port 0 is any free one. */
static bool overlap(uint32_t a, uint32_t alast, uint32_t b, uint32_t blast)
{
    return a && b && a <= blast && b <= alast;
}

static void verify_ports(const struct verifier *v)
{
    const struct config *c = v->config;
    const uint32_t udp = c->rtc.udp_port, udp_last = udp + c->media.threads - 1;
    const uint32_t rtp = c->sip.rtp_port_min, rtp_last = c->sip.rtp_port_max;

    require(v,
            !c->http.tls_enabled ||
                !overlap(c->http.port, c->http.port, c->http.tls_port, c->http.tls_port),
            "http.tls_port http.port", "must not be http.port");
    require(v, udp_last <= 65535, "rtc.udp_port media.threads",
            "leaves no port for each of media.threads");
    if (!c->sip.enabled)
        return;
    require(v, rtp < rtp_last && rtp_last % 2 == 1, "sip.rtp_port_max sip.rtp_port_min",
            "must be odd and greater than sip.rtp_port_min");
    require(v, !overlap(udp, udp_last, rtp, rtp_last),
            "rtc.udp_port sip.rtp_port_min sip.rtp_port_max media.threads",
            "must not be among sip.rtp_port_min to sip.rtp_port_max");
    require(v, !overlap(udp, udp_last, c->sip.port, c->sip.port),
            "rtc.udp_port sip.port media.threads", "must not be sip.port");
    require(v, !overlap(rtp, rtp_last, c->sip.port, c->sip.port),
            "sip.port sip.rtp_port_min sip.rtp_port_max",
            "must not be among sip.rtp_port_min to sip.rtp_port_max");
    require(v,
            !c->sip.tls_cert[0] ||
                !overlap(c->sip.port, c->sip.port, c->sip.tls_port, c->sip.tls_port),
            "sip.tls_port sip.port", "must not be sip.port");
}

/* Each a known word, none twice. */
static void verify_order(const struct verifier *v, const struct config_strings *order)
{
    static const char *const words[] = {"spotlight", "hand", "speaker", "joined"};
    unsigned seen = 0;

    for (uint32_t i = 0; i < order->n; ++i) {
        char quoted[CONFIG_ERROR_QUOTE_SIZE], text[CONFIG_ERROR_SIZE];
        unsigned word = 0;
        bool again;

        while (word < 4 && strcmp(words[word], order->item[i]) != 0)
            ++word;
        again = word < 4 && seen & 1u << word;
        seen |= 1u << word;
        if (word < 4 && !again)
            continue;
        config_error_quote(quoted, order->item[i], strlen(order->item[i]));
        (void)snprintf(text, sizeof(text), "\"%s\" %s", quoted,
                       again ? "is there twice"
                             : "must be one of spotlight, hand, speaker, joined");
        complain(v, "seats.order", (int)i, text);
    }
}

/* Codes of keys that a phone has, and none that is the start of another: it would hide that one. */
static void verify_dtmf(const struct verifier *v, const struct config_dtmf *dtmf)
{
    enum { CODES = 6 };
    static const char *const key[CODES] = {"dtmf.mute",      "dtmf.hand", "dtmf.layout",
                                           "dtmf.spotlight", "dtmf.seat", "dtmf.overlays"};
    const char *const code[CODES] = {dtmf->mute,      dtmf->hand, dtmf->layout,
                                     dtmf->spotlight, dtmf->seat, dtmf->overlays};
    char text[CONFIG_ERROR_SIZE], keys[2 * CONFIG_TABLE_PATH_MAX];

    for (unsigned i = 0; i < CODES; ++i) {
        if (code[i][strspn(code[i], "0123456789*#")])
            complain(v, key[i], -1, "must consist of digits, * and #");
        for (unsigned j = 0; j < CODES && code[i][0]; ++j) {
            if (i == j || strncmp(code[i], code[j], strlen(code[i])) != 0 ||
                (i > j && strcmp(code[i], code[j]) == 0))
                continue;
            (void)snprintf(keys, sizeof(keys), "%s %s", key[i], key[j]);
            (void)snprintf(text, sizeof(text), "must not be the start of %s", key[j]);
            complain(v, keys, -1, text);
        }
    }
}

/* It goes into a header of HTTP, so without spaces. */
static void verify_token(const struct verifier *v, const char *token)
{
    size_t len = 0;

    while (token[len] > ' ' && token[len] < 0x7f)
        ++len;
    require(v, !token[0] || (!token[len] && len >= CONFIG_TOKEN_MIN), "admin.token",
            "must be 16 or more ASCII characters without spaces");
}

/* A secret that people chose has a least length; a key pair is given, a secret can be made. */
static void verify_auth(const struct verifier *v)
{
    const struct config *c = v->config;
    const struct config_auth *auth = &c->auth;

    require(v, !auth->secret[0] || strlen(auth->secret) >= CONFIG_SECRET_MIN, "auth.secret",
            "must be 32 or more characters");
    require(v, auth->algorithm == CONFIG_ALGORITHM_HS256 || auth->public_key[0],
            "auth.public_key auth.algorithm", "is needed by es256 and rs256");
    require(v, auth->token_ttl <= auth->token_max_ttl, "auth.token_ttl auth.token_max_ttl",
            "must not be longer than auth.token_max_ttl");
    require(v, !c->turn.uris.n || c->turn.secret[0], "turn.secret turn.uris",
            "is needed by turn.uris");
}

int config_verify_keys(const struct config *c, const struct config_places *places,
                       struct config_errors *errs)
{
    const struct verifier v = {.config = c, .places = places, .errs = errs};
    const unsigned before = config_error_count(errs);

    verify_ports(&v);
    verify_order(&v, &c->seats.order);
    verify_dtmf(&v, &c->dtmf);
    verify_token(&v, c->admin.token);
    verify_auth(&v);
    require(&v, !c->http.tls_cert[0] == !c->http.tls_key[0], "http.tls_cert http.tls_key",
            "needs http.tls_key, and that needs this");
    require(&v,
            !c->rtc.addresses.n || !c->rtc.public_addresses.n ||
                c->rtc.addresses.n == c->rtc.public_addresses.n,
            "rtc.public_addresses rtc.addresses", "must be as many as rtc.addresses");
    require(&v, c->http.max_message_unauthenticated <= c->http.max_message,
            "http.max_message_unauthenticated http.max_message",
            "must not be larger than http.max_message");
    return config_error_count(errs) > before ? -EINVAL : 0;
}
