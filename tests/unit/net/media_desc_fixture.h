/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/media_desc_fixture.h  What the tests of media_desc share
 *
 * A policy of a server, and offers read from an exact copy.  One file of a program includes it.
 */
#ifndef TESTS_UNIT_NET_MEDIA_DESC_FIXTURE_H
#define TESTS_UNIT_NET_MEDIA_DESC_FIXTURE_H

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "net/media_desc.h"
#include "tests/unit/net/offers.h"

static char answer[32 * 1024], why[128];

static inline struct sockaddr_storage address(const char *numeric, uint16_t port)
{
    struct sockaddr_storage addr;
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};

    assert_int_equal(inet_pton(AF_INET, numeric, &in.sin_addr), 1);
    memset(&addr, 0, sizeof(addr));
    memcpy(&addr, &in, sizeof(in));
    return addr;
}

/** What a server at 192.0.2.1 wants of browsers (webrtc) or of phones */
static inline struct media_policy a_policy(bool webrtc)
{
    struct media_policy policy = {
        .webrtc = webrtc,
        .audio = true,
        .video = true,
        .video_lines_max = 2,
        .audio_order = {MEDIA_FORMAT_OPUS, MEDIA_FORMAT_G722, MEDIA_FORMAT_PCMA, MEDIA_FORMAT_PCMU},
        .video_order = {MEDIA_FORMAT_H264, MEDIA_FORMAT_VP8},
        .ufrag = "srvu",
        .pwd = "serverpasswordserverpass",
        .fingerprint = "sha-256 AB:CD",
        .ncandidates = 1,
    };

    policy.candidate[0] = address("192.0.2.1", 10000);
    policy.local_addr = address("192.0.2.1", 0);
    for (unsigned i = 0; i < MEDIA_DESC_LINES_MAX; ++i)
        policy.local_port[i] = (uint16_t)(20000 + 2 * i);
    return policy;
}

/** Reads the offer; what is wrong with it is in why */
static inline int read_offer(struct media_desc *desc, const struct media_policy *policy,
                             const char *sdp)
{
    /* An exact copy without a NUL, so that a sanitizer sees every byte too far. */
    size_t len = strlen(sdp);
    char *copy = malloc(len ? len : 1);
    int err;

    assert_non_null(copy);
    memcpy(copy, sdp, len);
    err = media_desc_read_offer(desc, policy, copy, len, why, sizeof(why));
    free(copy);
    return err;
}

/** Reads an offer that must be good.  @return our answer to it, in answer */
static inline const char *answer_to(const char *offer, bool webrtc, struct media_desc *desc)
{
    struct media_policy policy = a_policy(webrtc);
    int err = read_offer(desc, &policy, offer), n;

    if (err)
        fail_msg("refused with %d: %s", err, why);
    n = media_desc_print_answer(desc, &policy, answer, sizeof(answer));
    assert_true(n > 0);
    assert_int_equal((size_t)n, strlen(answer));
    return answer;
}

static inline void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no \"%s\" in:\n%s", part, text);
}

static inline void has_not(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("\"%s\" in:\n%s", part, text);
}

#endif
