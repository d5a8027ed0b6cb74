/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/net/fuzz_media_desc.c  SDP from the network, as offer and as answer
 *
 * First byte: 0 offer of a browser, 1 offer of a phone, 2 answer to our offer, and bit 2:
 * the peer's order of codecs counts.  What was accepted is printed and offered again.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/media_desc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void set_policy(struct media_policy *policy, uint8_t how)
{
    static const struct media_policy defaults = {
        .audio = true,
        .video = true,
        .video_lines_max = 2,
        .audio_order = {MEDIA_FORMAT_OPUS, MEDIA_FORMAT_G722, MEDIA_FORMAT_PCMA, MEDIA_FORMAT_PCMU},
        .video_order = {MEDIA_FORMAT_H264, MEDIA_FORMAT_VP8},
        .ufrag = "ours",
        .pwd = "0123456789abcdefghijklmn",
        .fingerprint = "sha-256 AA",
        .video_start_bps = 1000000,
    };

    *policy = defaults;
    policy->webrtc = (how & 3) == 0;
    policy->prefer_remote = how & 4;
    for (unsigned i = 0; i < MEDIA_DESC_LINES_MAX; ++i)
        policy->local_port[i] = (uint16_t)(20000 + 2 * i);
}

static void must(int ok)
{
    if (!ok)
        abort();
}

/* What we answered must be readable for ourselves, and a repeated offer must keep what is ours. */
static void check_accepted(struct media_desc *desc, const struct media_policy *policy,
                           const char *sdp, size_t len)
{
    static char text[64 * 1024];
    struct media_desc again = *desc;

    must(desc->nlines <= MEDIA_DESC_LINES_MAX);
    must(media_desc_print_answer(desc, policy, text, sizeof(text)) > 0);
    must(media_desc_print_answer(desc, policy, text, 100) < 0);
    must(media_desc_read_offer(&again, policy, sdp, len, NULL, 0) == 0);
    for (unsigned i = 0; i < desc->nlines; ++i) {
        must(again.line[i].kind == desc->line[i].kind);
        must(again.line[i].ssrc == desc->line[i].ssrc);
        must(again.line[i].pt == desc->line[i].pt);
    }
    if (!policy->webrtc)
        must(media_desc_print_offer(&again, policy, text, sizeof(text)) > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[64 * 1024];
    struct media_policy policy;
    struct media_desc desc;
    char *sdp, why[128];

    if (size < 1)
        return 0;
    set_policy(&policy, data[0]);
    memset(&desc, 0, sizeof(desc));
    sdp = malloc(size > 1 ? size - 1 : 1); /* exact size: a read beyond it is found */
    must(sdp != NULL);
    memcpy(sdp, data + 1, size - 1);
    (void)media_desc_count_lines(sdp, size - 1);

    if ((data[0] & 3) == 2) {
        must(media_desc_print_offer(&desc, &policy, text, sizeof(text)) > 0);
        if (media_desc_read_answer(&desc, &policy, sdp, size - 1, why, sizeof(why)) == 0)
            must(media_desc_print_offer(&desc, &policy, text, sizeof(text)) > 0);
    } else if (media_desc_read_offer(&desc, &policy, sdp, size - 1, why, sizeof(why)) == 0) {
        check_accepted(&desc, &policy, sdp, size - 1);
    }
    free(sdp);
    return 0;
}
