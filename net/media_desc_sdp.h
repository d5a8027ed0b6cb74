/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/media_desc_sdp.h  SDP text to a bounded structure; for media_desc*.c only
 *
 * Every slice points into the text that was parsed, so the text must outlive
 * the structure.  Nothing is decided here: what the lines mean for us is the
 * business of media_desc_read.c.
 *
 * Threads: any; no state.
 */
#ifndef NET_MEDIA_DESC_SDP_H
#define NET_MEDIA_DESC_SDP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/media_desc.h"

enum {
    MEDIA_DESC_SDP_SSRCS_MAX = 16, /**< SSRCs and FID pairs of a line that are looked at */
};

#define MEDIA_DESC_EXT_MID         "urn:ietf:params:rtp-hdrext:sdes:mid"
#define MEDIA_DESC_EXT_AUDIO_LEVEL "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
#define MEDIA_DESC_EXT_TRANSPORT_CC                                                                \
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
#define MEDIA_DESC_EXT_ABS_SEND_TIME "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"

/** A slice of the text; p is never NULL once set. */
struct media_desc_text {
    const char *p;
    size_t n;
};

enum media_desc_pt_kind {
    MEDIA_DESC_PT_OTHER,
    MEDIA_DESC_PT_CODEC,
    MEDIA_DESC_PT_RTX,
    MEDIA_DESC_PT_DTMF
};

enum {
    MEDIA_DESC_FB_NACK = 1 << 0,
    MEDIA_DESC_FB_PLI = 1 << 1,
    MEDIA_DESC_FB_FIR = 1 << 2,
    MEDIA_DESC_FB_REMB = 1 << 3,
    MEDIA_DESC_FB_TRANSPORT_CC = 1 << 4,
};

/** One payload type of an m-line. */
struct media_desc_pt {
    uint8_t pt;
    enum media_desc_pt_kind kind;
    enum media_format format; /**< CODEC only */
    uint32_t clock;           /**< [Hz] */
    unsigned feedback;        /**< MEDIA_DESC_FB_ bits */
    struct media_desc_text fmtp;
};

/** What a=fingerprint said; len 0 = nothing that we can check. */
struct media_desc_print {
    char hash[12];
    uint8_t bytes[64];
    uint8_t len;
};

enum media_desc_setup {
    MEDIA_DESC_SETUP_NONE,
    MEDIA_DESC_SETUP_ACTPASS,
    MEDIA_DESC_SETUP_ACTIVE,
    MEDIA_DESC_SETUP_OTHER,
};

/** One m-line; the part before the first m-line uses the same structure. */
struct media_desc_section {
    struct media_desc_text value; /**< Of m= */
    struct media_desc_text media, proto, formats;
    uint16_t port;
    bool any_rtp; /**< Formats are payload types */

    struct media_desc_pt pt[MEDIA_DESC_PTS_MAX];
    unsigned npts;
    unsigned feedback_all; /**< a=rtcp-fb:* */

    struct sockaddr_storage addr; /**< c=, family 0 = none */
    bool addr_bad;                /**< There is a c= that we cannot use */
    uint16_t rtcp_port;
    struct sockaddr_storage rtcp_addr;

    struct media_desc_text mid, ufrag, pwd;
    struct media_desc_print print;
    enum media_desc_setup setup;
    bool has_direction, sends, receives; /**< As the peer says it */
    bool rtcp_mux, rtcp_rsize, bundle_only, slides;
    uint32_t max_bitrate_bps;
    uint16_t ptime_ms;
    struct media_exts ext;

    uint32_t ssrc[MEDIA_DESC_SDP_SSRCS_MAX];
    unsigned nssrcs;
    uint32_t fid[MEDIA_DESC_SDP_SSRCS_MAX][2]; /**< Media and its retransmission */
    unsigned nfids;

    unsigned nattrs, ncandidates;
};

struct media_desc_sdp {
    struct media_desc_section session;
    struct media_desc_section section[MEDIA_DESC_LINES_MAX];
    unsigned nsections;
    struct media_desc_text bundle[4]; /**< mids of each BUNDLE group */
    unsigned nbundles;
    const char *error; /**< Set when parsing failed, static */
};

/**
 * Parse SDP.
 * @param text  Not changed, must outlive @p sdp
 * @return 0, -EBADMSG, -E2BIG; then sdp->error says why
 */
int media_desc_sdp_parse(struct media_desc_sdp *sdp, const char *text, size_t len);

/** True if a slice is exactly @p s, case-sensitive. */
bool media_desc_sdp_is(struct media_desc_text text, const char *s);

/** The same without regard to case (ASCII). */
bool media_desc_sdp_is_nocase(struct media_desc_text text, const char *s);

/** Cut the next word off, up to a separator in @p seps; leading separators are skipped. */
struct media_desc_text media_desc_sdp_word(struct media_desc_text *rest, const char *seps);

/** Read a whole slice as a decimal number up to @p max.  @return false if it is not one */
bool media_desc_sdp_number(struct media_desc_text text, uint32_t max, uint32_t *ret_number);

/** Value of a parameter in "a=1;b=2", any case.  @return false if it is not there */
bool media_desc_sdp_param(struct media_desc_text params, const char *name,
                          struct media_desc_text *ret_value);

/** True if @p word is one of the space-separated words of @p list. */
bool media_desc_sdp_has_word(struct media_desc_text list, struct media_desc_text word);

/** Handle the value of one a= line; media_desc_attr.c.  @return 0, -EBADMSG, -E2BIG with sdp->error
 */
int media_desc_attr_read(struct media_desc_sdp *sdp, struct media_desc_section *section,
                         struct media_desc_text line);

/** Read "IN IP4 1.2.3.4".  @return false if it is no unicast address that we can use */
bool media_desc_attr_address(struct media_desc_text text, struct sockaddr_storage *ret_addr);

/* Facts about formats; media_desc.c */

enum media_kind media_desc_format_kind(enum media_format format);
uint32_t media_desc_format_clock(enum media_format format);
/** Static payload type (RFC 3551), or -1. */
int media_desc_format_static_pt(enum media_format format);
/** As after the name in a=rtpmap, "opus/48000/2" without the name: "/48000/2". */
const char *media_desc_format_rtpmap(enum media_format format);

/* Choosing; media_desc_match.c */

/** What a line of the peer offers, narrowed to one choice. */
struct media_desc_choice {
    const struct media_desc_pt *codec, *rtx, *dtmf; /**< rtx and dtmf may be NULL */
    uint8_t h264_mode;
    char h264_profile[8];
};

/**
 * Choose a format of @p section.
 * @param old  Line of the last answer whose choice is kept if it is still there; may be NULL
 * @return false if there is none that we take
 */
bool media_desc_match_choose(const struct media_desc_section *section,
                             const struct media_policy *policy, enum media_kind kind,
                             const struct media_line *old, struct media_desc_choice *ret_choice);

/** Packetization mode and profile-level-id of an H.264 entry.  @return false if we cannot take it
 */
bool media_desc_match_h264(const struct media_desc_pt *pt, uint8_t *ret_mode, char ret_profile[8]);

#endif
