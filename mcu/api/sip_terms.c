/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/sip_terms.c  Calls in terms of SIP, and SIP in terms of calls
 */
#include "mcu/api/sip_terms.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

void sip_terms_user(char ret_user[SIP_TERMS_USER_SIZE], const char *text)
{
    size_t n = 0;

    for (; *text && n + 1 < SIP_TERMS_USER_SIZE; ++text) {
        if (isalnum((unsigned char)*text) || *text == '.' || *text == '-' || *text == '_')
            ret_user[n++] = *text;
    }
    ret_user[n] = '\0';
    if (!n)
        (void)snprintf(ret_user, SIP_TERMS_USER_SIZE, "medley");
}

void sip_terms_peer(struct sockaddr_storage *ret_peer, const char *address)
{
    static const char outside[] = "198.51.100.1"; /* RFC 5737: goes the default way */
    struct sockaddr_in *in = (struct sockaddr_in *)ret_peer;
    const char *host = strchr(address, '@'), *scheme = strchr(address, ':');
    char text[INET_ADDRSTRLEN] = "";
    size_t n;

    memset(ret_peer, 0, sizeof(*ret_peer));
    host = host ? host + 1 : scheme ? scheme + 1 : address;
    n = strspn(host, "0123456789.");
    if (n < sizeof(text))
        memcpy(text, host, n);
    in->sin_family = AF_INET;
    if (inet_pton(AF_INET, text, &in->sin_addr) != 1)
        (void)inet_pton(AF_INET, outside, &in->sin_addr);
}

unsigned sip_terms_worse(unsigned last, unsigned before)
{
    return before == 486 || !last ? before : last;
}

bool sip_terms_is_final(unsigned code)
{
    return code >= 600;
}

unsigned sip_terms_status(enum call_state state)
{
    switch (state) {
    case CALL_DECLINED:
        return 603;
    case CALL_BUSY:
        return 486;
    default:
        return 480;
    }
}

enum call_kind sip_terms_kind(const char *sdp, size_t len)
{
    static const char video[] = "\nm=video ";

    return !sdp || memmem(sdp, len, video, sizeof(video) - 1) ? CALL_VIDEO : CALL_AUDIO;
}
