/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file bench/room/offer.c  The SDP of a bench leg: print an offer, read the answer
 */
#include "bench/room/offer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

int offer_print(const struct offer *offer, char *buf, size_t size)
{
    static const char *const formats[] = {
        ("96 101\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\n"
         "a=rtpmap:101 telephone-event/48000\r\n"),
        "0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n",
        "9 101\r\na=rtpmap:9 G722/8000\r\na=rtpmap:101 telephone-event/8000\r\n",
    };
    char addr[INET_ADDRSTRLEN];
    int n, m;

    (void)inet_ntop(AF_INET, &offer->addr, addr, sizeof(addr));
    n = snprintf(buf, size,
                 "v=0\r\no=bench 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
                 "m=audio %u RTP/AVP %sa=ptime:20\r\na=sendrecv\r\n",
                 addr, addr, offer->audio_port, formats[offer->codec]);
    if (n < 0 || (size_t)n >= size) {
        return -ENOSPC;
    }
    if (!offer->video_port) {
        return n;
    }
    m = snprintf(buf + n, size - (size_t)n,
                 "m=video %u RTP/AVPF 97\r\na=rtpmap:97 H264/90000\r\n"
                 "a=fmtp:97 profile-level-id=42e01f;packetization-mode=1\r\n"
                 "a=rtcp-fb:97 nack pli\r\na=rtcp-fb:97 ccm fir\r\na=sendrecv\r\n",
                 offer->video_port);
    return m < 0 || (size_t)m >= size - (size_t)n ? -ENOSPC : n + m;
}

static void read_address(struct in_addr *ret, const char *line)
{
    char addr[INET_ADDRSTRLEN];

    if (sscanf(line, "c=IN IP4 %15[0-9.]", addr) == 1) {
        (void)inet_pton(AF_INET, addr, ret);
    }
}

static struct offer_line *read_media(struct offer_answer *answer, const char *line,
                                     struct in_addr addr)
{
    unsigned port, pt;
    char kind[8];
    struct offer_line *media;

    if (sscanf(line, "m=%7s %u %*s %u", kind, &port, &pt) != 3) {
        return NULL;
    }
    if (!strcmp(kind, "audio")) {
        media = &answer->audio;
    } else if (!strcmp(kind, "video")) {
        media = &answer->video;
    } else {
        return NULL;
    }
    media->rtp = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = addr};
    media->rtcp = media->rtp;
    media->rtcp.sin_port = htons((uint16_t)(port + 1));
    media->pt = (uint8_t)(pt & 0x7f);
    return media;
}

int offer_read_answer(struct offer_answer *ret_answer, const char *sdp)
{
    struct offer_answer answer = {0};
    struct offer_line *media = NULL;
    struct in_addr session = {0};
    unsigned port;

    for (const char *line = sdp; line && *line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (!strncmp(line, "m=", 2)) {
            media = read_media(&answer, line, session);
        } else if (!strncmp(line, "c=", 2)) {
            read_address(media ? &media->rtp.sin_addr : &session, line);
            if (media) {
                media->rtcp.sin_addr = media->rtp.sin_addr;
            }
        } else if (media && sscanf(line, "a=rtcp:%u", &port) == 1) {
            media->rtcp.sin_port = htons((uint16_t)port);
        } else if (media && !strncmp(line, "a=rtcp-mux", 10)) {
            media->rtcp.sin_port = media->rtp.sin_port;
        }
    }
    if (!answer.audio.rtp.sin_port || !answer.audio.rtp.sin_addr.s_addr) {
        return -EBADMSG;
    }
    *ret_answer = answer;
    return 0;
}
