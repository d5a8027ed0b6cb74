/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_verify.c  What keys require of one another
 */
#include "mcu/config/config_verify.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "mcu/config/config.h"
#include "mcu/config/config_error.h"

static void require(bool ok, const char *name, struct config_errors *errs, const char *text)
{
    if (!ok)
        config_error_add(errs, "%s: %s", name, text);
}

/* Do two port ranges overlap?  Port 0 is any free one. */
static bool overlap(uint32_t a, uint32_t alast, uint32_t b, uint32_t blast)
{
    return a && b && a <= blast && b <= alast;
}

static void verify_ports(const struct config *c, const char *name, struct config_errors *errs)
{
    const uint32_t udp = c->rtc.udp_port, udp_last = udp + c->media.threads - 1;
    const uint32_t rtp = c->sip.rtp_port_min, rtp_last = c->sip.rtp_port_max;

    require(!c->http.tls_enabled ||
                !overlap(c->http.port, c->http.port, c->http.tls_port, c->http.tls_port),
            name, errs, "http.tls_port: must not be http.port");
    require(udp_last <= 65535, name, errs,
            "rtc.udp_port: leaves no port for each of media.threads");
    if (!c->sip.enabled)
        return;
    require(rtp < rtp_last && rtp_last % 2 == 1, name, errs,
            "sip.rtp_port_max: must be odd and greater than sip.rtp_port_min");
    require(!overlap(udp, udp_last, rtp, rtp_last), name, errs,
            "rtc.udp_port: must not be among sip.rtp_port_min to sip.rtp_port_max");
    require(!overlap(udp, udp_last, c->sip.port, c->sip.port), name, errs,
            "rtc.udp_port: must not be sip.port");
    require(!overlap(rtp, rtp_last, c->sip.port, c->sip.port), name, errs,
            "sip.port: must not be among sip.rtp_port_min to sip.rtp_port_max");
    require(!c->sip.tls_cert[0] ||
                !overlap(c->sip.port, c->sip.port, c->sip.tls_port, c->sip.tls_port),
            name, errs, "sip.tls_port: must not be sip.port");
}

/* Each a known word, none twice. */
static void verify_order(const struct config_strings *order, const char *name,
                         struct config_errors *errs)
{
    static const char *const words[] = {"spotlight", "hand", "speaker", "joined"};
    unsigned seen = 0;

    for (uint32_t i = 0; i < order->n; ++i) {
        char quoted[CONFIG_ERROR_QUOTE_SIZE];
        unsigned word = 0;

        while (word < 4 && strcmp(words[word], order->item[i]) != 0)
            ++word;
        config_error_quote(quoted, order->item[i], strlen(order->item[i]));
        if (word == 4)
            config_error_add(errs,
                             "%s: seats.order: \"%s\" must be one of spotlight, hand, speaker, "
                             "joined",
                             name, quoted);
        else if (seen & 1u << word)
            config_error_add(errs, "%s: seats.order: \"%s\" is there twice", name, quoted);
        else
            seen |= 1u << word;
    }
}

/* Codes of keys that a phone has, and none that is the start of another: it would hide that one. */
static void verify_dtmf(const struct config_dtmf *dtmf, const char *name,
                        struct config_errors *errs)
{
    enum { CODES = 6 };
    const char *const key[CODES] = {"mute", "hand", "layout", "spotlight", "seat", "overlays"};
    const char *const code[CODES] = {dtmf->mute,      dtmf->hand, dtmf->layout,
                                     dtmf->spotlight, dtmf->seat, dtmf->overlays};

    for (unsigned i = 0; i < CODES; ++i) {
        if (code[i][strspn(code[i], "0123456789*#")])
            config_error_add(errs, "%s: dtmf.%s: must consist of digits, * and #", name, key[i]);
        for (unsigned j = 0; j < CODES && code[i][0]; ++j) {
            if (i != j && strncmp(code[i], code[j], strlen(code[i])) == 0 &&
                (i < j || strcmp(code[i], code[j]) != 0))
                config_error_add(errs, "%s: dtmf.%s: must not be the start of dtmf.%s", name,
                                 key[i], key[j]);
        }
    }
}

/* It goes into a header of HTTP, so without spaces. */
static void verify_token(const char *token, const char *name, struct config_errors *errs)
{
    size_t len = 0;

    while (token[len] > ' ' && token[len] < 0x7f)
        ++len;
    require(!token[0] || (!token[len] && len >= CONFIG_TOKEN_MIN), name, errs,
            "admin.token: must be 16 or more ASCII characters without spaces");
}

int config_verify_keys(const struct config *c, const char *name, struct config_errors *errs)
{
    const unsigned before = config_error_count(errs);

    verify_ports(c, name, errs);
    verify_order(&c->seats.order, name, errs);
    verify_dtmf(&c->dtmf, name, errs);
    verify_token(c->admin.token, name, errs);
    require(!c->http.tls_cert[0] == !c->http.tls_key[0], name, errs,
            "http.tls_cert: needs http.tls_key, and that needs this");
    require(!c->rtc.addresses.n || !c->rtc.public_addresses.n ||
                c->rtc.addresses.n == c->rtc.public_addresses.n,
            name, errs, "rtc.public_addresses: must be as many as rtc.addresses");
    require(c->http.max_message_unauthenticated <= c->http.max_message, name, errs,
            "http.max_message_unauthenticated: must not be larger than http.max_message");
    return config_error_count(errs) > before ? -EINVAL : 0;
}
