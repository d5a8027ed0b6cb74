/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/media_desc.h  What two sides agreed to send: SDP in, a description and SDP out
 *
 * One parser and one answerer for browsers (RFC 8829 subset: BUNDLE, rtcp-mux,
 * ICE-lite, DTLS-SRTP) and for SIP legs (RFC 3264: RTP/AVP and AVPF, early and
 * late offer, hold).  A description is a flat struct, so that it crosses
 * threads as a copy.
 *
 * Threads: any; no state.
 */
#ifndef NET_MEDIA_DESC_H
#define NET_MEDIA_DESC_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MEDIA_DESC_LINES_MAX = 16,      /**< m-lines; an offer with more is refused */
    MEDIA_DESC_SDP_MAX = 32 * 1024, /**< [bytes] */
    MEDIA_DESC_ATTRS_MAX = 256,     /**< a= lines of an m-line, or before the first one */
    MEDIA_DESC_PTS_MAX = 64,        /**< Payload types of an m-line that we look at */
    MEDIA_DESC_CANDIDATES_MAX = 64, /**< ICE candidates of an m-line; all are ignored */
    MEDIA_DESC_FMTP_MAX = 512,      /**< Parameters of a format [bytes] */
    MEDIA_DESC_REMOTE_SSRCS_MAX = 4,
};

enum media_kind { MEDIA_KIND_NONE, MEDIA_KIND_AUDIO, MEDIA_KIND_VIDEO };

/** RTP payload formats that we know; names as in the registry. */
enum media_format {
    MEDIA_FORMAT_NONE,
    MEDIA_FORMAT_OPUS,
    MEDIA_FORMAT_G722,
    MEDIA_FORMAT_PCMA,
    MEDIA_FORMAT_PCMU,
    MEDIA_FORMAT_H264,
    MEDIA_FORMAT_VP8,
    MEDIA_FORMAT_COUNT
};

/** Header extension ids of an m-line; 0 = not agreed. */
struct media_exts {
    uint8_t mid;
    uint8_t audio_level;
    uint8_t transport_cc;
    uint8_t abs_send_time;
};

struct media_line {
    enum media_kind kind;     /**< NONE: rejected, answered with port 0 */
    enum media_format format; /**< In both directions */
    bool content; /**< Screen: a=content:slides, or the second video line of a browser; its sound:
                     the second audio line of a browser, only received */
    bool recv, send; /**< From our side, after hold and direction attributes */

    uint8_t pt;          /**< Payload type of the format */
    uint8_t rtx_pt;      /**< RFC 4588, 0 = none */
    uint8_t dtmf_pt;     /**< telephone-event, 0 = none */
    uint32_t dtmf_clock; /**< [Hz] */
    uint32_t clock;      /**< RTP clock of the format [Hz] */
    uint8_t h264_mode;   /**< packetization-mode, 0 or 1 */
    char
        h264_profile[8]; /**< profile-level-id to answer with, 6 hex digits, "" if none was given */
    uint32_t max_bitrate_bps; /**< Remote's b=AS/TIAS, 0 = not said */
    uint16_t ptime_ms;        /**< Remote's wish, 0 = not said */

    bool nack, pli, fir, remb, transport_cc; /**< Feedback that both sides know */
    struct media_exts ext;
    char mid[32];

    uint32_t ssrc, rtx_ssrc; /**< Ours, fixed for the session */
    uint32_t ts_offset; /**< Ours, random and fixed: added to the media clock's RTP timestamp on the
                           wire */
    char label[64];     /**< Ours: cname and msid */
    uint32_t remote_ssrc[MEDIA_DESC_REMOTE_SSRCS_MAX]; /**< Signalled by the remote side, if any */
    uint32_t remote_rtx_ssrc[MEDIA_DESC_REMOTE_SSRCS_MAX];
    uint8_t nremote_ssrcs;

    /* Plain RTP (SIP legs) */
    struct sockaddr_storage remote_rtp;  /**< ss_family 0 = not known */
    struct sockaddr_storage remote_rtcp; /**< Where it wants RTCP; the same as RTP with rtcp_mux */
    bool rtcp_mux;
    bool rtcp_rsize;     /**< Reduced-size RTCP (RFC 5506) is agreed */
    bool avpf;           /**< Profile is RTP/AVPF (or SAVPF), else AVP */
    char proto[24];      /**< Transport as offered, to be echoed: "RTP/AVP", "UDP/TLS/RTP/SAVPF" */
    uint16_t local_port; /**< Ours, in the SDP; RTCP is at +1 without rtcp_mux */

    /* Rejected line: value of its m= in our SDP, as "application 0 UDP/DTLS/SCTP
     * webrtc-datachannel" */
    char reject_text[96];
};

struct media_desc {
    bool webrtc;
    unsigned nlines;
    struct media_line line[MEDIA_DESC_LINES_MAX];

    uint64_t session_id; /**< o= of ours */
    uint32_t version;    /**< o= of ours, raised at each answer or offer */

    char remote_ufrag[260], remote_pwd[260];
    char fingerprint_hash[12]; /**< "sha-256", "sha-384" or "sha-512" */
    uint8_t fingerprint[64];   /**< Remote certificate's */
    uint8_t fingerprint_len;
    char bundle[512]; /**< mids of the answer's BUNDLE group, space separated */
};

/** What we are willing to take, and our own side of the transport. */
struct media_policy {
    bool webrtc;
    bool audio, video;                /**< Kinds that are taken at all */
    unsigned video_lines_max;         /**< 2: main and content */
    bool content_audio;               /**< A browser's second audio line is taken */
    enum media_format audio_order[8]; /**< Preferred first, ends with NONE; for a browser the
                                         remote's order among these decides only if prefer_remote */
    enum media_format video_order[4];
    bool prefer_remote;

    /* WebRTC */
    char ufrag[32], pwd[64];              /**< Ours */
    char fingerprint[128];                /**< Ours, as in the SDP: "sha-256 AA:BB:.." */
    struct sockaddr_storage candidate[4]; /**< Addresses to offer as host candidates */
    unsigned ncandidates;
    uint32_t video_start_bps; /**< x-google-start-bitrate for Chromium, 0 = leave out */
    uint32_t video_max_bps;   /**< b=AS for video, 0 = none */

    /* SIP */
    struct sockaddr_storage local_addr; /**< For o= and c= */
    uint16_t
        local_port[MEDIA_DESC_LINES_MAX]; /**< RTP ports by line; 0 = none left: line refused */
};

/** Number of m-lines in an SDP, at most MEDIA_DESC_LINES_MAX: how many RTP ports it may need. */
unsigned media_desc_count_lines(const char *sdp, size_t len);

/**
 * Read an offer and decide on each line.
 *
 * On renegotiation pass the description of the last answer as @p desc: its
 * session id, SSRCs, payload types and extension ids are kept for lines that
 * are still there.  For the first offer @p desc is zeroed.
 *
 * Before printing, the caller may clear send or recv of a line: the direction that is answered and
 * the announced SSRCs follow.
 *
 * @param why  Gets a reason in English for the peer and the log, "" on success; may be NULL.
 *             ASCII without quotes or control bytes
 *
 * On an error @p desc is not changed.
 *
 * @return 0, -EBADMSG (not SDP or broken), -E2BIG (over a limit), -EPROTO (misses what WebRTC
 * needs: ufrag, fingerprint, ...), -ENOTSUP (nothing in it that we take), -ENOMEM
 */
int media_desc_read_offer(struct media_desc *desc, const struct media_policy *policy,
                          const char *sdp, size_t len, char *why, size_t why_size);

/** Print our answer.  @return length [bytes], or -ENOSPC */
int media_desc_print_answer(const struct media_desc *desc, const struct media_policy *policy,
                            char *buf, size_t size);

/**
 * Make and print an offer of ours (SIP only: late offer, re-INVITE).
 *
 * With a zeroed @p desc one audio line with all of audio_order and one video line with
 * all of video_order (H.264 in both packetization modes).  Otherwise the lines
 * of @p desc again, each with the format that is in use.  Then pass the peer's answer to
 * media_desc_read_answer() with the same @p desc.
 *
 * @return length [bytes], -EINVAL (webrtc), -ENOSPC
 */
int media_desc_print_offer(struct media_desc *desc, const struct media_policy *policy, char *buf,
                           size_t size);

/** Read the answer to our offer.  Errors as media_desc_read_offer(); then @p desc is not changed.
 */
int media_desc_read_answer(struct media_desc *desc, const struct media_policy *policy,
                           const char *sdp, size_t len, char *why, size_t why_size);

/** Registry name, as "opus". */
const char *media_desc_format_name(enum media_format format);

#endif
