/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/media_desc_read.c  From the peer's SDP to a description: what is taken, what is refused
 *
 *     text -- media_desc_sdp_parse() --> sections -- read_offer_line() each --> lines
 *
 * The new description is built beside the old one and replaces it on success only.
 */
#include "net/media_desc.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/base/id.h"
#include "net/media_desc_sdp.h"

/* What one reading has at hand. */
struct reading {
    struct media_desc_sdp sdp;
    struct media_desc desc;
    const struct media_desc *old;
    const struct media_policy *policy;
    struct media_desc_text bundle; /* the peer's group that we take */
    bool has_bundle;
    bool audio_taken, content_audio_taken, main_video_taken;
    bool audio_seen;
    unsigned videos_taken, videos_seen;
    const char *refused; /* why a line was refused; the first reason */
};

static bool is_secure(struct media_desc_text proto)
{
    return proto.n > 5 && (memmem(proto.p, proto.n, "SAVP", 4) != NULL);
}

static bool is_feedback(struct media_desc_text proto)
{
    return proto.n > 0 && proto.p[proto.n - 1] == 'F';
}

static void copy_text(char *to, size_t size, struct media_desc_text text)
{
    size_t n = text.n < size ? text.n : size - 1;

    memcpy(to, text.p, n);
    to[n] = '\0';
}

/* "application 0 UDP/BFCP *": cut at a word, so that the line stays well-formed. */
static void refuse(struct reading *r, struct media_line *line,
                   const struct media_desc_section *section, const char *why)
{
    struct media_desc_text rest = section->formats, word;
    size_t n;

    memset(line, 0, sizeof(*line));
    n = (size_t)snprintf(line->reject_text, sizeof(line->reject_text), "%.*s 0 %.*s",
                         section->media.n < 20 ? (int)section->media.n : 20, section->media.p,
                         section->proto.n < 30 ? (int)section->proto.n : 30, section->proto.p);
    for (word = media_desc_sdp_word(&rest, " "); word.n > 0;
         word = media_desc_sdp_word(&rest, " ")) {
        if (n + 1 + word.n >= sizeof(line->reject_text))
            break;
        line->reject_text[n++] = ' ';
        memcpy(line->reject_text + n, word.p, word.n);
        n += word.n;
        line->reject_text[n] = '\0';
    }
    if (section->mid.n)
        copy_text(line->mid, sizeof(line->mid), section->mid);
    if (!r->refused)
        r->refused = why;
}

static void set_feedback(struct media_line *line, const struct media_desc_section *section,
                         const struct media_desc_choice *choice)
{
    unsigned feedback = choice->codec->feedback | section->feedback_all;

    line->nack = feedback & MEDIA_DESC_FB_NACK;
    line->pli = feedback & MEDIA_DESC_FB_PLI;
    line->fir = feedback & MEDIA_DESC_FB_FIR;
    line->remb = feedback & MEDIA_DESC_FB_REMB;
    line->transport_cc = (feedback & MEDIA_DESC_FB_TRANSPORT_CC) && section->ext.transport_cc;
}

static void set_remote_ssrcs(struct media_line *line, const struct media_desc_section *section)
{
    for (unsigned i = 0; i < section->nssrcs; ++i) {
        uint32_t rtx = 0;
        bool is_rtx = false;

        for (unsigned k = 0; k < section->nfids; ++k) {
            is_rtx = is_rtx || section->fid[k][1] == section->ssrc[i];
            if (section->fid[k][0] == section->ssrc[i])
                rtx = section->fid[k][1];
        }
        if (!is_rtx && line->nremote_ssrcs < MEDIA_DESC_REMOTE_SSRCS_MAX) {
            line->remote_ssrc[line->nremote_ssrcs] = section->ssrc[i];
            line->remote_rtx_ssrc[line->nremote_ssrcs++] = rtx;
        }
    }
}

static void set_format(struct media_line *line, const struct media_desc_section *section,
                       const struct media_desc_choice *choice)
{
    line->format = choice->codec->format;
    line->pt = choice->codec->pt;
    line->clock = media_desc_format_clock(line->format);
    line->rtx_pt = choice->rtx ? choice->rtx->pt : 0;
    line->dtmf_pt = choice->dtmf ? choice->dtmf->pt : 0;
    line->dtmf_clock = choice->dtmf ? choice->dtmf->clock : 0;
    line->h264_mode = choice->h264_mode;
    memcpy(line->h264_profile, choice->h264_profile, sizeof(line->h264_profile));
    set_feedback(line, section, choice);
}

static bool ssrc_is_used(const struct media_desc *desc, uint32_t ssrc)
{
    for (unsigned i = 0; i < desc->nlines; ++i) {
        if (desc->line[i].ssrc == ssrc || desc->line[i].rtx_ssrc == ssrc)
            return true;
    }
    return false;
}

static uint32_t new_ssrc(const struct media_desc *desc)
{
    uint32_t ssrc;

    do {
        ssrc = id_u32();
    } while (ssrc == 0 || ssrc_is_used(desc, ssrc));
    return ssrc;
}

/* Our side of a line: the same for the life of the line. */
static void set_own(struct reading *r, struct media_line *line, const struct media_line *old)
{
    if (old) {
        line->ssrc = old->ssrc;
        line->rtx_ssrc = old->rtx_ssrc;
        line->ts_offset = old->ts_offset;
        memcpy(line->label, old->label, sizeof(line->label));
    } else {
        line->ssrc = new_ssrc(&r->desc);
        line->ts_offset = id_u32();
    }
    if (line->rtx_pt && !line->rtx_ssrc)
        line->rtx_ssrc = new_ssrc(&r->desc);
    for (unsigned i = 0; i < r->desc.nlines && !line->label[0]; ++i)
        memcpy(line->label, r->desc.line[i].label, sizeof(line->label));
    if (!line->label[0]) /* one for all lines: they are one source and in lip-sync */
        id_text(line->label, 16);
}

static const struct media_line *old_line(const struct reading *r, unsigned index,
                                         const struct media_desc_section *section,
                                         enum media_kind kind)
{
    const struct media_line *old = &r->old->line[index];

    if (index >= r->old->nlines || old->kind != kind)
        return NULL;
    /* A browser may use a stopped line again for something new, under another mid. */
    if (r->policy->webrtc && !media_desc_sdp_is(section->mid, old->mid))
        return NULL;
    return old;
}

static bool is_any_address(const struct sockaddr_storage *addr)
{
    struct sockaddr_in in;
    struct sockaddr_in6 in6;

    if (addr->ss_family == AF_INET) {
        memcpy(&in, addr, sizeof(in));
        return in.sin_addr.s_addr == INADDR_ANY;
    }
    memcpy(&in6, addr, sizeof(in6));
    return addr->ss_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&in6.sin6_addr);
}

static void set_port(struct sockaddr_storage *addr, uint16_t port)
{
    struct sockaddr_in in;
    struct sockaddr_in6 in6;

    if (addr->ss_family == AF_INET) {
        memcpy(&in, addr, sizeof(in));
        in.sin_port = htons(port);
        memcpy(addr, &in, sizeof(in));
    } else if (addr->ss_family == AF_INET6) {
        memcpy(&in6, addr, sizeof(in6));
        in6.sin6_port = htons(port);
        memcpy(addr, &in6, sizeof(in6));
    }
}

/* Plain RTP: where the peer wants its packets.  @return NULL or why not */
static const char *set_remote_addr(struct media_line *line, const struct media_desc_sdp *sdp,
                                   const struct media_desc_section *section)
{
    bool own = section->addr.ss_family || section->addr_bad;
    const struct media_desc_section *from = own ? section : &sdp->session;

    if (from->addr_bad || from->addr.ss_family == AF_UNSPEC)
        return "no usable address in c=";
    if (is_any_address(&from->addr)) { /* hold as in RFC 2543: nowhere to send to */
        line->send = false;
        line->remote_rtp.ss_family = AF_UNSPEC;
        return NULL;
    }
    line->remote_rtp = from->addr;
    set_port(&line->remote_rtp, section->port);
    line->remote_rtcp = line->remote_rtp;
    line->rtcp_mux = section->rtcp_mux;
    if (!line->rtcp_mux) {
        if (section->rtcp_addr.ss_family && !is_any_address(&section->rtcp_addr))
            line->remote_rtcp = section->rtcp_addr;
        if (!section->rtcp_port && section->port == UINT16_MAX)
            return "no room for RTCP above port 65535";
        set_port(&line->remote_rtcp,
                 section->rtcp_port ? section->rtcp_port : (uint16_t)(section->port + 1));
    }
    return NULL;
}

static void set_direction(struct media_line *line, const struct media_desc_sdp *sdp,
                          const struct media_desc_section *section)
{
    const struct media_desc_section *from = section->has_direction ? section : &sdp->session;

    line->recv = from->has_direction ? from->sends : true;
    line->send = from->has_direction ? from->receives : true;
}

/* What does not depend on who offers.  @return NULL or why the line is refused */
static const char *set_line(struct reading *r, struct media_line *line,
                            const struct media_desc_section *section,
                            const struct media_desc_choice *choice, enum media_kind kind)
{
    const char *why = NULL;

    line->kind = kind;
    set_format(line, section, choice);
    set_direction(line, &r->sdp, section);
    line->avpf = is_feedback(section->proto);
    line->rtcp_rsize = section->rtcp_rsize && line->avpf;
    line->ptime_ms = section->ptime_ms;
    line->max_bitrate_bps = section->max_bitrate_bps;
    if (!line->max_bitrate_bps && kind == MEDIA_KIND_VIDEO)
        line->max_bitrate_bps = r->sdp.session.max_bitrate_bps;
    copy_text(line->proto, sizeof(line->proto), section->proto);
    if (section->mid.n)
        copy_text(line->mid, sizeof(line->mid), section->mid);

    if (r->policy->webrtc) {
        line->rtcp_mux = true;
        line->ext = section->ext;
        set_remote_ssrcs(line, section);
    } else {
        why = set_remote_addr(line, &r->sdp, section);
        set_remote_ssrcs(line, section);
    }
    return why;
}

/* Are there as many lines of this kind as we take? */
static bool is_full(const struct reading *r, enum media_kind kind, bool content)
{
    const struct media_policy *policy = r->policy;

    if (kind == MEDIA_KIND_VIDEO)
        return !policy->video || r->videos_taken >= policy->video_lines_max ||
               (!content && r->main_video_taken);
    if (content)
        return !policy->audio || !policy->content_audio || r->content_audio_taken;
    return !policy->audio || r->audio_taken;
}

/* The checks that come before a codec is chosen.  @return NULL or why the line is refused */
static const char *check_line(const struct reading *r, const struct media_desc_section *section,
                              enum media_kind kind, bool content, unsigned index)
{
    const struct media_policy *policy = r->policy;
    bool secure = is_secure(section->proto);

    if (kind == MEDIA_KIND_NONE || !section->any_rtp)
        return "media that is not supported";
    if (section->port == 0 && !(policy->webrtc && section->bundle_only))
        return "port 0";
    if (is_full(r, kind, content))
        return "no more lines of this kind";
    if (policy->webrtc) {
        if (!secure)
            return "RTP without DTLS";
        if (!section->rtcp_mux)
            return "no rtcp-mux";
        if (r->has_bundle && !media_desc_sdp_has_word(r->bundle, section->mid))
            return "not in the BUNDLE group";
        if (!r->has_bundle && (r->audio_taken || r->videos_taken))
            return "no BUNDLE";
        return NULL;
    }
    if (secure)
        return "SRTP is not supported on this line";
    return policy->local_port[index] ? NULL : "no RTP port left";
}

static enum media_kind kind_of(const struct media_desc_section *section)
{
    if (media_desc_sdp_is(section->media, "audio"))
        return MEDIA_KIND_AUDIO;
    return media_desc_sdp_is(section->media, "video") ? MEDIA_KIND_VIDEO : MEDIA_KIND_NONE;
}

/* A screen, or its sound: what a browser has beyond one line of each kind. */
static bool is_content(struct reading *r, const struct media_desc_section *section,
                       enum media_kind kind)
{
    bool first;

    if (kind == MEDIA_KIND_VIDEO) {
        first = r->videos_seen++ == 0;
        return section->slides || (r->policy->webrtc && !first);
    }
    first = !r->audio_seen;
    r->audio_seen = r->audio_seen || kind == MEDIA_KIND_AUDIO;
    return kind == MEDIA_KIND_AUDIO && r->policy->webrtc && !first;
}

static void read_offer_line(struct reading *r, unsigned index)
{
    const struct media_desc_section *section = &r->sdp.section[index];
    enum media_kind kind = kind_of(section);
    const struct media_line *old = old_line(r, index, section, kind);
    struct media_line *line = &r->desc.line[index];
    struct media_desc_choice choice;
    bool content = is_content(r, section, kind);
    const char *why = check_line(r, section, kind, content, index);

    if (!why && !media_desc_match_choose(section, r->policy, kind, old, &choice))
        why = "no codec in common";
    if (!why)
        why = set_line(r, line, section, &choice, kind);
    if (why) {
        refuse(r, line, section, why);
        return;
    }
    line->content = content;
    line->send = line->send && !(content && kind == MEDIA_KIND_AUDIO);
    line->local_port = r->policy->webrtc ? 0 : r->policy->local_port[index];
    set_own(r, line, old);
    r->audio_taken = r->audio_taken || (kind == MEDIA_KIND_AUDIO && !content);
    r->content_audio_taken = r->content_audio_taken || (kind == MEDIA_KIND_AUDIO && content);
    r->main_video_taken = r->main_video_taken || (kind == MEDIA_KIND_VIDEO && !content);
    r->videos_taken += kind == MEDIA_KIND_VIDEO;
}

/* The group that holds the first line which could be taken. */
static void choose_bundle(struct reading *r)
{
    for (unsigned i = 0; i < r->sdp.nsections; ++i) {
        const struct media_desc_section *section = &r->sdp.section[i];

        for (unsigned k = 0; k < r->sdp.nbundles && !r->has_bundle; ++k) {
            if (section->any_rtp && section->mid.n &&
                media_desc_sdp_has_word(r->sdp.bundle[k], section->mid)) {
                r->bundle = r->sdp.bundle[k];
                r->has_bundle = true;
            }
        }
    }
}

static void print_bundle(struct media_desc *desc)
{
    size_t n = 0;

    desc->bundle[0] = '\0';
    for (unsigned i = 0; i < desc->nlines; ++i) {
        const struct media_line *line = &desc->line[i];

        if (line->kind != MEDIA_KIND_NONE && line->mid[0])
            n += (size_t)snprintf(desc->bundle + n, sizeof(desc->bundle) - n, "%s%s", n ? " " : "",
                                  line->mid);
    }
}

/*
 * ICE and DTLS of the one transport.  They may stand at the session, on every line, or
 * only on the first line of the group (RFC 9143, 7.1.3).
 */
static int read_transport(struct reading *r)
{
    const struct media_desc_section *ice = &r->sdp.session, *print = &r->sdp.session;
    enum media_desc_setup setup = r->sdp.session.setup;

    for (unsigned i = r->sdp.nsections; i-- > 0;) {
        const struct media_desc_section *section = &r->sdp.section[i];

        if (r->has_bundle ? !media_desc_sdp_has_word(r->bundle, section->mid)
                          : r->desc.line[i].kind == MEDIA_KIND_NONE)
            continue;
        if (section->ufrag.n && section->pwd.n)
            ice = section;
        if (section->print.len)
            print = section;
        if (section->setup != MEDIA_DESC_SETUP_NONE)
            setup = section->setup;
    }
    if (!ice->ufrag.n || !ice->pwd.n) {
        r->sdp.error = "no ice-ufrag and ice-pwd";
        return -EPROTO;
    }
    if (!print->print.len) {
        r->sdp.error = "no fingerprint that can be checked";
        return -EPROTO;
    }
    if (setup == MEDIA_DESC_SETUP_OTHER) {
        r->sdp.error = "the peer must be active in DTLS";
        return -EPROTO;
    }
    copy_text(r->desc.remote_ufrag, sizeof(r->desc.remote_ufrag), ice->ufrag);
    copy_text(r->desc.remote_pwd, sizeof(r->desc.remote_pwd), ice->pwd);
    memcpy(r->desc.fingerprint_hash, print->print.hash, sizeof(r->desc.fingerprint_hash));
    memcpy(r->desc.fingerprint, print->print.bytes, print->print.len);
    r->desc.fingerprint_len = print->print.len;
    print_bundle(&r->desc);
    return 0;
}

static void start_session(struct media_desc *desc, const struct media_desc *old)
{
    desc->session_id = old->session_id;
    desc->version = old->version + 1;
    while (desc->session_id == 0) /* fits the 63 bits that RFC 8829, 5.2.1 allows */
        desc->session_id = (uint64_t)id_u32() << 31 | id_u32();
}

static int read_offer(struct reading *r)
{
    if (r->old->nlines > r->sdp.nsections) {
        r->sdp.error = "m-lines are missing";
        return -EBADMSG;
    }
    r->desc.webrtc = r->policy->webrtc;
    start_session(&r->desc, r->old);
    if (r->policy->webrtc)
        choose_bundle(r);
    for (unsigned i = 0; i < r->sdp.nsections; ++i) {
        read_offer_line(r, i);
        r->desc.nlines = i + 1;
    }
    if (!r->audio_taken && !r->videos_taken) {
        r->sdp.error = r->refused;
        return -ENOTSUP;
    }
    return r->policy->webrtc ? read_transport(r) : 0;
}

/* A line of the answer: what we offered, narrowed by what the peer says. */
static void read_answer_line(struct reading *r, unsigned index)
{
    const struct media_desc_section *section = &r->sdp.section[index];
    const struct media_line *old = &r->old->line[index];
    struct media_line *line = &r->desc.line[index];
    struct media_policy first = *r->policy;
    struct media_desc_choice choice;
    const char *why;

    if (old->kind == MEDIA_KIND_NONE || section->port == 0) {
        *line = *old;
        line->kind = MEDIA_KIND_NONE;
        line->format = MEDIA_FORMAT_NONE;
        line->recv = line->send = false;
        if (!line->reject_text[0])
            refuse(r, line, section, "refused by the peer");
        return;
    }
    first.prefer_remote = true; /* the answerer's first format is the one that it uses */
    first.webrtc = false;
    if (!section->any_rtp || is_secure(section->proto) || kind_of(section) != old->kind)
        why = "another medium or transport than offered";
    else if (!media_desc_match_choose(section, &first, old->kind, NULL, &choice))
        why = "no codec in common";
    else
        why = set_line(r, line, section, &choice, old->kind);
    if (why) {
        refuse(r, line, section, why);
        return;
    }
    line->recv = line->recv && old->recv;
    line->send = line->send && old->send;
    line->content = old->content;
    line->local_port = old->local_port;
    set_own(r, line, old);
    r->audio_taken = r->audio_taken || line->kind == MEDIA_KIND_AUDIO;
    r->videos_taken += line->kind == MEDIA_KIND_VIDEO;
}

static int read_answer(struct reading *r)
{
    if (r->policy->webrtc || r->old->webrtc) {
        r->sdp.error = "only the browser offers";
        return -ENOTSUP;
    }
    if (r->sdp.nsections != r->old->nlines) {
        r->sdp.error = "the answer has not the m-lines of the offer";
        return -EBADMSG;
    }
    r->desc.session_id = r->old->session_id;
    r->desc.version = r->old->version;
    for (unsigned i = 0; i < r->sdp.nsections; ++i) {
        read_answer_line(r, i);
        r->desc.nlines = i + 1;
    }
    if (!r->audio_taken && !r->videos_taken) {
        r->sdp.error = r->refused;
        return -ENOTSUP;
    }
    return 0;
}

static int read_sdp(struct media_desc *desc, const struct media_policy *policy, const char *text,
                    size_t len, char *why, size_t why_size, int (*decide)(struct reading *))
{
    struct reading *r = calloc(1, sizeof(*r));
    const char *error = "out of memory";
    int err = -ENOMEM;

    if (r) {
        r->old = desc;
        r->policy = policy;
        err = media_desc_sdp_parse(&r->sdp, text, len);
        if (!err)
            err = decide(r);
        error = err ? r->sdp.error : "";
        if (!err)
            *desc = r->desc;
    }
    if (why && why_size)
        snprintf(why, why_size, "%s", error ? error : "nothing that is supported");
    free(r);
    return err;
}

int media_desc_read_offer(struct media_desc *desc, const struct media_policy *policy,
                          const char *sdp, size_t len, char *why, size_t why_size)
{
    return read_sdp(desc, policy, sdp, len, why, why_size, read_offer);
}

int media_desc_read_answer(struct media_desc *desc, const struct media_policy *policy,
                           const char *sdp, size_t len, char *why, size_t why_size)
{
    return read_sdp(desc, policy, sdp, len, why, why_size, read_answer);
}
