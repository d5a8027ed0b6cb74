/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/media_desc_print.c  A description as SDP: our answers and offers
 *
 * Attributes of one m-line come in the order of RFC 8829, 5.3.1.
 */
#include "net/media_desc.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mcu/base/id.h"
#include "net/media_desc_sdp.h"

/* Payload types of our own offers; 101 for telephone-event is what old phones expect. */
enum {
    PT_DTMF_8000 = 101,
    PT_DTMF_48000 = 100,
    PT_H264_0 = 103,
    PT_DYNAMIC = 96,
    AUDIO_PTIME = 20
};

struct out {
    char *buf;
    size_t size, n; /* n >= size: it did not fit */
};

static void put(struct out *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void put(struct out *out, const char *fmt, ...)
{
    va_list ap;
    int n;

    if (out->n >= out->size)
        return;
    va_start(ap, fmt);
    n = vsnprintf(out->buf + out->n, out->size - out->n, fmt, ap);
    va_end(ap);
    out->n = n < 0 ? out->size : out->n + (size_t)n;
}

static int finish(const struct out *out)
{
    if (out->n >= out->size)
        return -ENOSPC;
    return (int)out->n;
}

/* "IP4 192.0.2.1" and the port [host order] */
static uint16_t print_addr(const struct sockaddr_storage *addr, char *ret_text, size_t size)
{
    char numeric[INET6_ADDRSTRLEN] = "0.0.0.0";
    struct sockaddr_in in;
    struct sockaddr_in6 in6;

    memcpy(&in, addr, sizeof(in));
    memcpy(&in6, addr, sizeof(in6));
    if (addr->ss_family == AF_INET6) {
        (void)inet_ntop(AF_INET6, &in6.sin6_addr, numeric, sizeof(numeric));
        snprintf(ret_text, size, "IP6 %s", numeric);
        return ntohs(in6.sin6_port);
    }
    if (addr->ss_family == AF_INET)
        (void)inet_ntop(AF_INET, &in.sin_addr, numeric, sizeof(numeric));
    snprintf(ret_text, size, "IP4 %s", numeric);
    return addr->ss_family == AF_INET ? ntohs(in.sin_port) : 0;
}

static void put_session(struct out *out, const struct media_desc *desc,
                        const struct sockaddr_storage *addr, bool with_c)
{
    char text[64];

    (void)print_addr(addr, text, sizeof(text));
    put(out, "v=0\r\no=- %" PRIu64 " %" PRIu32 " IN %s\r\ns=-\r\n", desc->session_id, desc->version,
        text);
    if (with_c)
        put(out, "c=IN %s\r\n", text);
    put(out, "t=0 0\r\n");
}

static const char *direction(const struct media_line *line)
{
    if (line->send)
        return line->recv ? "sendrecv" : "sendonly";
    return line->recv ? "recvonly" : "inactive";
}

static void put_bandwidth(struct out *out, const struct media_line *line,
                          const struct media_policy *policy)
{
    if (line->kind == MEDIA_KIND_VIDEO && policy->video_max_bps >= 1000)
        put(out, "b=AS:%" PRIu32 "\r\n", policy->video_max_bps / 1000);
}

static void put_rtpmap(struct out *out, unsigned pt, enum media_format format)
{
    put(out, "a=rtpmap:%u %s%s\r\n", pt, media_desc_format_name(format),
        media_desc_format_rtpmap(format));
}

/* What we want to receive. */
static void put_fmtp(struct out *out, const struct media_line *line,
                     const struct media_policy *policy)
{
    char start[48] = "";

    if (policy->webrtc && line->kind == MEDIA_KIND_VIDEO && policy->video_start_bps >= 1000)
        snprintf(start, sizeof(start), "x-google-start-bitrate=%" PRIu32,
                 policy->video_start_bps / 1000);

    if (line->format == MEDIA_FORMAT_OPUS) {
        put(out, "a=fmtp:%u minptime=10;useinbandfec=1\r\n", line->pt);
    } else if (line->format == MEDIA_FORMAT_H264) {
        put(out, "a=fmtp:%u level-asymmetry-allowed=1;packetization-mode=%u", line->pt,
            line->h264_mode);
        if (line->h264_profile[0])
            put(out, ";profile-level-id=%s", line->h264_profile);
        put(out, "%s%s\r\n", start[0] ? ";" : "", start);
    } else if (start[0]) {
        put(out, "a=fmtp:%u %s\r\n", line->pt, start);
    }
}

static void put_feedback(struct out *out, const struct media_line *line)
{
    const struct {
        bool on;
        const char *text;
    } feedback[] = {
        {line->remb, "goog-remb"}, {line->transport_cc, "transport-cc"},
        {line->fir, "ccm fir"},    {line->nack, "nack"},
        {line->pli, "nack pli"},
    };

    for (size_t i = 0; i < sizeof(feedback) / sizeof(feedback[0]); ++i) {
        if (feedback[i].on)
            put(out, "a=rtcp-fb:%u %s\r\n", line->pt, feedback[i].text);
    }
}

static void put_formats(struct out *out, const struct media_line *line,
                        const struct media_policy *policy)
{
    put_rtpmap(out, line->pt, line->format);
    put_feedback(out, line);
    put_fmtp(out, line, policy);
    if (line->rtx_pt)
        put(out, "a=rtpmap:%u rtx/90000\r\na=fmtp:%u apt=%u\r\n", line->rtx_pt, line->rtx_pt,
            line->pt);
    if (line->dtmf_pt) {
        put(out, "a=rtpmap:%u telephone-event/%" PRIu32 "\r\n", line->dtmf_pt, line->dtmf_clock);
        put(out, "a=fmtp:%u 0-15\r\n", line->dtmf_pt);
    }
}

static void put_pts(struct out *out, const struct media_line *line)
{
    put(out, " %u", line->pt);
    if (line->rtx_pt)
        put(out, " %u", line->rtx_pt);
    if (line->dtmf_pt)
        put(out, " %u", line->dtmf_pt);
    put(out, "\r\n");
}

static const char *kind_name(const struct media_line *line)
{
    return line->kind == MEDIA_KIND_AUDIO ? "audio" : "video";
}

static void put_rejected(struct out *out, const struct media_line *line)
{
    put(out, "m=%s\r\nc=IN IP4 0.0.0.0\r\na=inactive\r\n", line->reject_text);
    if (line->mid[0])
        put(out, "a=mid:%s\r\n", line->mid);
}

static void put_exts(struct out *out, const struct media_exts *ext)
{
    const struct {
        uint8_t id;
        const char *uri;
    } exts[] = {
        {ext->audio_level, MEDIA_DESC_EXT_AUDIO_LEVEL},
        {ext->abs_send_time, MEDIA_DESC_EXT_ABS_SEND_TIME},
        {ext->transport_cc, MEDIA_DESC_EXT_TRANSPORT_CC},
        {ext->mid, MEDIA_DESC_EXT_MID},
    };

    for (size_t i = 0; i < sizeof(exts) / sizeof(exts[0]); ++i) {
        if (exts[i].id)
            put(out, "a=extmap:%u %s\r\n", exts[i].id, exts[i].uri);
    }
}

/* Chromium shows no stream that it does not find here (or in the mid extension). */
static void put_ssrcs(struct out *out, const struct media_line *line, unsigned index)
{
    const uint32_t ssrcs[] = {line->ssrc, line->rtx_pt ? line->rtx_ssrc : 0};

    if (!line->send)
        return;
    put(out, "a=msid:%s%s %s-%u\r\n", line->label, line->content ? "-content" : "", line->label,
        index);
    if (ssrcs[1])
        put(out, "a=ssrc-group:FID %" PRIu32 " %" PRIu32 "\r\n", ssrcs[0], ssrcs[1]);
    for (size_t i = 0; i < 2; ++i) {
        if (ssrcs[i])
            put(out, "a=ssrc:%" PRIu32 " cname:%s\r\n", ssrcs[i], line->label);
    }
}

/* RFC 8839, 5.1; all host candidates of component 1 */
static void put_candidates(struct out *out, const struct media_policy *policy)
{
    for (unsigned i = 0; i < policy->ncandidates && i < 4; ++i) {
        uint32_t priority = 126U << 24 | (65535U - i) << 8 | 255U;
        char text[64];
        uint16_t port = print_addr(&policy->candidate[i], text, sizeof(text));

        put(out, "a=candidate:%u 1 udp %" PRIu32 " %s %u typ host\r\n", i + 1, priority, text + 4,
            port);
    }
    put(out, "a=end-of-candidates\r\n");
}

static void put_webrtc_line(struct out *out, const struct media_desc *desc, unsigned index,
                            const struct media_policy *policy)
{
    const struct media_line *line = &desc->line[index];
    char text[64] = "IP4 0.0.0.0";
    uint16_t port = 9;

    if (policy->ncandidates)
        port = print_addr(&policy->candidate[0], text, sizeof(text));
    put(out, "m=%s %u %s", kind_name(line), port, line->proto);
    put_pts(out, line);
    put(out, "c=IN %s\r\n", text);
    put_bandwidth(out, line, policy);
    if (line->mid[0])
        put(out, "a=mid:%s\r\n", line->mid);
    put(out, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n", policy->ufrag, policy->pwd);
    put(out, "a=fingerprint:%s\r\na=setup:passive\r\n", policy->fingerprint);
    put(out, "a=rtcp-mux\r\n%s", line->rtcp_rsize ? "a=rtcp-rsize\r\n" : "");
    put_exts(out, &line->ext);
    put(out, "a=%s\r\n", direction(line));
    put_formats(out, line, policy);
    put_ssrcs(out, line, index);
    put_candidates(out, policy);
}

static void put_plain_line(struct out *out, const struct media_line *line,
                           const struct media_policy *policy)
{
    put(out, "m=%s %u %s", kind_name(line), line->local_port, line->proto);
    put_pts(out, line);
    put_bandwidth(out, line, policy);
    put_formats(out, line, policy);
    if (line->kind == MEDIA_KIND_AUDIO)
        put(out, "a=ptime:%d\r\n", AUDIO_PTIME);
    put(out, "a=%s\r\n", direction(line));
    if (line->rtcp_mux)
        put(out, "a=rtcp-mux\r\n");
    if (line->rtcp_rsize)
        put(out, "a=rtcp-rsize\r\n");
    if (line->content)
        put(out, "a=content:slides\r\n");
}

static void put_plain(struct out *out, const struct media_desc *desc,
                      const struct media_policy *policy)
{
    put_session(out, desc, &policy->local_addr, true);
    for (unsigned i = 0; i < desc->nlines; ++i) {
        if (desc->line[i].kind == MEDIA_KIND_NONE)
            put(out, "m=%s\r\n", desc->line[i].reject_text);
        else
            put_plain_line(out, &desc->line[i], policy);
    }
}

int media_desc_print_answer(const struct media_desc *desc, const struct media_policy *policy,
                            char *buf, size_t size)
{
    struct out out = {.buf = buf, .size = size};

    if (!desc->webrtc) {
        put_plain(&out, desc, policy);
        return finish(&out);
    }
    put_session(&out, desc, &policy->candidate[0], false);
    if (desc->bundle[0])
        put(&out, "a=group:BUNDLE %s\r\n", desc->bundle);
    put(&out, "a=ice-lite\r\na=msid-semantic: WMS *\r\n");
    for (unsigned i = 0; i < desc->nlines; ++i) {
        if (desc->line[i].kind == MEDIA_KIND_NONE)
            put_rejected(&out, &desc->line[i]);
        else
            put_webrtc_line(&out, desc, i, policy);
    }
    return finish(&out);
}

/* Payload type of a format in an offer of ours; H.264 has a second one for mode 0. */
static unsigned offer_pt(enum media_format format)
{
    int pt = media_desc_format_static_pt(format);

    return pt >= 0 ? (unsigned)pt : (unsigned)(PT_DYNAMIC + (int)format);
}

static void put_offer_video(struct out *out, struct media_line *line,
                            const struct media_policy *policy)
{
    line->fir = line->pli = true;
    for (size_t i = 0; i < 4 && policy->video_order[i] != MEDIA_FORMAT_NONE; ++i)
        put(out, " %u%s", offer_pt(policy->video_order[i]),
            policy->video_order[i] == MEDIA_FORMAT_H264 ? " 103" : "");
    put(out, "\r\n");
    put_bandwidth(out, line, policy);
    for (size_t i = 0; i < 4 && policy->video_order[i] != MEDIA_FORMAT_NONE; ++i) {
        line->format = policy->video_order[i];
        line->pt = (uint8_t)offer_pt(line->format);
        line->h264_mode = 1;
        memcpy(line->h264_profile, "42e01f", 7);
        put_formats(out, line, policy);
        if (line->format == MEDIA_FORMAT_H264) {
            line->pt = PT_H264_0;
            line->h264_mode = 0;
            put_formats(out, line, policy);
        }
    }
}

static void put_offer_audio(struct out *out, struct media_line *line,
                            const struct media_policy *policy)
{
    for (size_t i = 0; i < 8 && policy->audio_order[i] != MEDIA_FORMAT_NONE; ++i)
        put(out, " %u", offer_pt(policy->audio_order[i]));
    put(out, " %d %d\r\n", PT_DTMF_48000, PT_DTMF_8000);
    for (size_t i = 0; i < 8 && policy->audio_order[i] != MEDIA_FORMAT_NONE; ++i) {
        line->format = policy->audio_order[i];
        line->pt = (uint8_t)offer_pt(line->format);
        put_formats(out, line, policy);
    }
    put(out, "a=rtpmap:%d telephone-event/48000\r\na=fmtp:%d 0-15\r\n", PT_DTMF_48000,
        PT_DTMF_48000);
    put(out, "a=rtpmap:%d telephone-event/8000\r\na=fmtp:%d 0-15\r\n", PT_DTMF_8000, PT_DTMF_8000);
    put(out, "a=ptime:%d\r\n", AUDIO_PTIME);
}

/* What the answer is compared with; the answer fills in the rest. */
static void add_offer_line(struct out *out, struct media_desc *desc,
                           const struct media_policy *policy, enum media_kind kind)
{
    struct media_line *line = &desc->line[desc->nlines];

    *line = (struct media_line){.kind = kind, .recv = true, .send = true};
    line->local_port = policy->local_port[desc->nlines];
    line->ssrc = id_u32() | 1U;
    line->ts_offset = id_u32();
    if (desc->nlines)
        memcpy(line->label, desc->line[0].label, sizeof(line->label));
    else
        id_text(line->label, 16);
    snprintf(line->proto, sizeof(line->proto), "RTP/AVP");
    ++desc->nlines;

    put(out, "m=%s %u %s", kind_name(line), line->local_port, line->proto);
    if (kind == MEDIA_KIND_AUDIO)
        put_offer_audio(out, line, policy);
    else
        put_offer_video(out, line, policy);
    put(out, "a=sendrecv\r\n");
}

static int print_first_offer(struct media_desc *desc, const struct media_policy *policy,
                             struct out *out)
{
    do {
        desc->session_id = (uint64_t)id_u32() << 31 | id_u32();
    } while (desc->session_id == 0);
    put_session(out, desc, &policy->local_addr, true);
    if (policy->audio && policy->local_port[desc->nlines])
        add_offer_line(out, desc, policy, MEDIA_KIND_AUDIO);
    if (policy->video && policy->video_lines_max && policy->local_port[desc->nlines])
        add_offer_line(out, desc, policy, MEDIA_KIND_VIDEO);
    return finish(out);
}

int media_desc_print_offer(struct media_desc *desc, const struct media_policy *policy, char *buf,
                           size_t size)
{
    struct out out = {.buf = buf, .size = size};

    if (policy->webrtc || desc->webrtc)
        return -EINVAL;
    ++desc->version;
    if (desc->nlines == 0)
        return print_first_offer(desc, policy, &out);

    /* An offer ends a hold: each side says anew what it wants (RFC 3264, 8.4). */
    for (unsigned i = 0; i < desc->nlines; ++i)
        desc->line[i].recv = desc->line[i].send = desc->line[i].kind != MEDIA_KIND_NONE;
    put_plain(&out, desc, policy);
    return finish(&out);
}
