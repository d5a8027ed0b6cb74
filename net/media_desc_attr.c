/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/media_desc_attr.c  The a= lines that we use, one handler each
 */
#include "net/media_desc_sdp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

enum { EXT_ID_MAX = 14 /* one-byte header form, RFC 8285, 4.2 */, PTIME_MAX = 200 };

typedef int(attr_h)(struct media_desc_sdp *sdp, struct media_desc_section *section,
                    struct media_desc_text value);

static int fail(struct media_desc_sdp *sdp, int err, const char *why)
{
    sdp->error = why;
    return err;
}

static struct media_desc_pt *find_pt(struct media_desc_section *section,
                                     struct media_desc_text text)
{
    uint32_t number;

    if (!media_desc_sdp_number(text, 127, &number))
        return NULL;
    for (unsigned i = 0; i < section->npts; ++i) {
        if (section->pt[i].pt == number)
            return &section->pt[i];
    }
    return NULL;
}

static bool is_word(struct media_desc_text text, size_t min, size_t max)
{
    if (text.n < min || text.n > max)
        return false;
    for (size_t i = 0; i < text.n; ++i) {
        if (text.p[i] <= ' ' || text.p[i] > '~')
            return false;
    }
    return true;
}

bool media_desc_attr_address(struct media_desc_text text, struct sockaddr_storage *ret_addr)
{
    struct media_desc_text net = media_desc_sdp_word(&text, " ");
    struct media_desc_text type = media_desc_sdp_word(&text, " ");
    struct media_desc_text host = media_desc_sdp_word(&text, " ");
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    char numeric[INET6_ADDRSTRLEN];

    memset(ret_addr, 0, sizeof(*ret_addr));
    if (!media_desc_sdp_is(net, "IN") || host.n >= sizeof(numeric))
        return false;
    memcpy(numeric, host.p, host.n);
    numeric[host.n] = '\0';

    if (media_desc_sdp_is(type, "IP4") && inet_pton(AF_INET, numeric, &in.sin_addr) == 1) {
        uint32_t ip = ntohl(in.sin_addr.s_addr);

        if (ip >> 28 == 0xe || ip == INADDR_BROADCAST)
            return false;
        memcpy(ret_addr, &in, sizeof(in));
        return true;
    }
    if (media_desc_sdp_is(type, "IP6") && inet_pton(AF_INET6, numeric, &in6.sin6_addr) == 1) {
        if (IN6_IS_ADDR_MULTICAST(&in6.sin6_addr) || IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr))
            return false;
        memcpy(ret_addr, &in6, sizeof(in6));
        return true;
    }
    return false;
}

static int read_group(struct media_desc_sdp *sdp, struct media_desc_section *section,
                      struct media_desc_text value)
{
    (void)section;
    if (media_desc_sdp_is(media_desc_sdp_word(&value, " "), "BUNDLE") &&
        sdp->nbundles < sizeof(sdp->bundle) / sizeof(sdp->bundle[0]))
        sdp->bundle[sdp->nbundles++] = value;
    return 0;
}

static int read_mid(struct media_desc_sdp *sdp, struct media_desc_section *section,
                    struct media_desc_text value)
{
    if (!is_word(value, 1, sizeof(((struct media_line *)0)->mid) - 1))
        return fail(sdp, -EBADMSG, "bad mid");
    for (unsigned i = 0; i < sdp->nsections; ++i) {
        const struct media_desc_section *other = &sdp->section[i];

        if (other != section && other->mid.n == value.n && value.n > 0 &&
            memcmp(other->mid.p, value.p, value.n) == 0)
            return fail(sdp, -EBADMSG, "two m-lines with one mid");
    }
    section->mid = value;
    return 0;
}

/* ICE: RFC 8839, 5.4 */
static int read_ufrag(struct media_desc_sdp *sdp, struct media_desc_section *section,
                      struct media_desc_text value)
{
    if (!is_word(value, 4, 256))
        return fail(sdp, -EBADMSG, "bad ice-ufrag");
    section->ufrag = value;
    return 0;
}

static int read_pwd(struct media_desc_sdp *sdp, struct media_desc_section *section,
                    struct media_desc_text value)
{
    if (!is_word(value, 22, 256))
        return fail(sdp, -EBADMSG, "bad ice-pwd");
    section->pwd = value;
    return 0;
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool read_print_bytes(struct media_desc_print *print, struct media_desc_text text)
{
    if (text.n != (size_t)print->len * 3 - 1)
        return false;
    for (size_t i = 0; i < print->len; ++i) {
        int high = hex(text.p[3 * i]), low = hex(text.p[3 * i + 1]);

        if (high < 0 || low < 0 || (i + 1 < print->len && text.p[3 * i + 2] != ':'))
            return false;
        print->bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* RFC 8122, 5; of several the first that we can check counts. */
static int read_fingerprint(struct media_desc_sdp *sdp, struct media_desc_section *section,
                            struct media_desc_text value)
{
    static const struct {
        const char *name;
        uint8_t len;
    } hashes[] = {{"sha-256", 32}, {"sha-384", 48}, {"sha-512", 64}};
    struct media_desc_text hash = media_desc_sdp_word(&value, " ");
    struct media_desc_text bytes = media_desc_sdp_word(&value, " ");

    for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); ++i) {
        struct media_desc_print print = {.len = hashes[i].len};

        if (!media_desc_sdp_is_nocase(hash, hashes[i].name) || section->print.len)
            continue;
        memcpy(print.hash, hashes[i].name, strlen(hashes[i].name));
        if (!read_print_bytes(&print, bytes))
            return fail(sdp, -EBADMSG, "bad fingerprint");
        section->print = print;
    }
    return 0;
}

static int read_setup(struct media_desc_sdp *sdp, struct media_desc_section *section,
                      struct media_desc_text value)
{
    (void)sdp;
    if (media_desc_sdp_is(value, "actpass"))
        section->setup = MEDIA_DESC_SETUP_ACTPASS;
    else if (media_desc_sdp_is(value, "active"))
        section->setup = MEDIA_DESC_SETUP_ACTIVE;
    else
        section->setup = MEDIA_DESC_SETUP_OTHER;
    return 0;
}

static int set_direction(struct media_desc_section *section, bool sends, bool receives)
{
    section->has_direction = true;
    section->sends = sends;
    section->receives = receives;
    return 0;
}

static int read_sendrecv(struct media_desc_sdp *sdp, struct media_desc_section *section,
                         struct media_desc_text value)
{
    (void)sdp;
    (void)value;
    return set_direction(section, true, true);
}

static int read_sendonly(struct media_desc_sdp *sdp, struct media_desc_section *section,
                         struct media_desc_text value)
{
    (void)sdp;
    (void)value;
    return set_direction(section, true, false);
}

static int read_recvonly(struct media_desc_sdp *sdp, struct media_desc_section *section,
                         struct media_desc_text value)
{
    (void)sdp;
    (void)value;
    return set_direction(section, false, true);
}

static int read_inactive(struct media_desc_sdp *sdp, struct media_desc_section *section,
                         struct media_desc_text value)
{
    (void)sdp;
    (void)value;
    return set_direction(section, false, false);
}

static int read_rtcp_mux(struct media_desc_sdp *sdp, struct media_desc_section *section,
                         struct media_desc_text value)
{
    (void)sdp;
    (void)value;
    section->rtcp_mux = true;
    return 0;
}

static int read_rtcp_rsize(struct media_desc_sdp *sdp, struct media_desc_section *section,
                           struct media_desc_text value)
{
    (void)sdp;
    (void)value;
    section->rtcp_rsize = true;
    return 0;
}

static int read_bundle_only(struct media_desc_sdp *sdp, struct media_desc_section *section,
                            struct media_desc_text value)
{
    (void)sdp;
    (void)value;
    section->bundle_only = true;
    return 0;
}

/* RFC 3605: port, and perhaps an address; an odd one is ignored, the default is RTP's port + 1. */
static int read_rtcp(struct media_desc_sdp *sdp, struct media_desc_section *section,
                     struct media_desc_text value)
{
    uint32_t port;

    (void)sdp;
    if (!media_desc_sdp_number(media_desc_sdp_word(&value, " "), UINT16_MAX, &port))
        return 0;
    section->rtcp_port = (uint16_t)port;
    (void)media_desc_attr_address(value, &section->rtcp_addr);
    return 0;
}

static int read_content(struct media_desc_sdp *sdp, struct media_desc_section *section,
                        struct media_desc_text value)
{
    (void)sdp;
    while (value.n > 0) {
        if (media_desc_sdp_is(media_desc_sdp_word(&value, ", "), "slides"))
            section->slides = true;
    }
    return 0;
}

static int read_ptime(struct media_desc_sdp *sdp, struct media_desc_section *section,
                      struct media_desc_text value)
{
    uint32_t ms;

    (void)sdp;
    if (media_desc_sdp_number(value, PTIME_MAX, &ms))
        section->ptime_ms = (uint16_t)ms;
    return 0;
}

static void set_format(struct media_desc_pt *pt, struct media_desc_text name, uint32_t clock,
                       uint32_t channels)
{
    pt->kind = MEDIA_DESC_PT_OTHER;
    pt->format = MEDIA_FORMAT_NONE;
    pt->clock = clock;
    if (media_desc_sdp_is_nocase(name, "rtx")) {
        pt->kind = MEDIA_DESC_PT_RTX;
    } else if (media_desc_sdp_is_nocase(name, "telephone-event")) {
        pt->kind = MEDIA_DESC_PT_DTMF;
    } else {
        for (int f = MEDIA_FORMAT_NONE + 1; f < MEDIA_FORMAT_COUNT; ++f) {
            enum media_format format = (enum media_format)f;

            if (media_desc_sdp_is_nocase(name, media_desc_format_name(format)) &&
                clock == media_desc_format_clock(format) &&
                channels == (format == MEDIA_FORMAT_OPUS ? 2 : 1)) {
                pt->kind = MEDIA_DESC_PT_CODEC;
                pt->format = format;
            }
        }
    }
}

/* "111 opus/48000/2" */
static int read_rtpmap(struct media_desc_sdp *sdp, struct media_desc_section *section,
                       struct media_desc_text value)
{
    struct media_desc_pt *pt = find_pt(section, media_desc_sdp_word(&value, " "));
    struct media_desc_text name = media_desc_sdp_word(&value, " /");
    struct media_desc_text clock_text = media_desc_sdp_word(&value, "/ ");
    struct media_desc_text channels_text = media_desc_sdp_word(&value, "/ ");
    uint32_t clock, channels = 1;

    if (!pt)
        return 0;
    if (name.n == 0 || !media_desc_sdp_number(clock_text, 1000000, &clock))
        return fail(sdp, -EBADMSG, "bad rtpmap");
    (void)media_desc_sdp_number(channels_text, 255, &channels);
    set_format(pt, name, clock, channels);
    return 0;
}

static int read_fmtp(struct media_desc_sdp *sdp, struct media_desc_section *section,
                     struct media_desc_text value)
{
    struct media_desc_pt *pt = find_pt(section, media_desc_sdp_word(&value, " "));

    while (value.n > 0 && *value.p == ' ') {
        ++value.p;
        --value.n;
    }
    if (value.n > MEDIA_DESC_FMTP_MAX)
        return fail(sdp, -E2BIG, "fmtp is too long");
    if (pt)
        pt->fmtp = value;
    return 0;
}

/* "96 nack pli", or "*" for all payload types (RFC 4585, 4.2) */
static int read_rtcp_fb(struct media_desc_sdp *sdp, struct media_desc_section *section,
                        struct media_desc_text value)
{
    struct media_desc_text which = media_desc_sdp_word(&value, " ");
    struct media_desc_text type = media_desc_sdp_word(&value, " ");
    struct media_desc_text param = media_desc_sdp_word(&value, " ");
    struct media_desc_pt *pt = find_pt(section, which);
    unsigned bit = 0;

    (void)sdp;
    if (media_desc_sdp_is(type, "nack"))
        bit = param.n == 0 ? MEDIA_DESC_FB_NACK : 0;
    if (media_desc_sdp_is(type, "nack") && media_desc_sdp_is(param, "pli"))
        bit = MEDIA_DESC_FB_PLI;
    else if (media_desc_sdp_is(type, "ccm") && media_desc_sdp_is(param, "fir"))
        bit = MEDIA_DESC_FB_FIR;
    else if (media_desc_sdp_is(type, "goog-remb"))
        bit = MEDIA_DESC_FB_REMB;
    else if (media_desc_sdp_is(type, "transport-cc"))
        bit = MEDIA_DESC_FB_TRANSPORT_CC;

    if (media_desc_sdp_is(which, "*"))
        section->feedback_all |= bit;
    else if (pt)
        pt->feedback |= bit;
    return 0;
}

/* "3 URI", "3/sendonly URI"; ids that need the two-byte header form are not agreed. */
static int read_extmap(struct media_desc_sdp *sdp, struct media_desc_section *section,
                       struct media_desc_text value)
{
    struct media_desc_text id_text = media_desc_sdp_word(&value, " ");
    struct media_desc_text uri = media_desc_sdp_word(&value, " ");
    uint32_t id;

    (void)sdp;
    if (!media_desc_sdp_number(media_desc_sdp_word(&id_text, "/"), EXT_ID_MAX, &id))
        return 0;
    if (media_desc_sdp_is(uri, MEDIA_DESC_EXT_MID))
        section->ext.mid = (uint8_t)id;
    else if (media_desc_sdp_is(uri, MEDIA_DESC_EXT_AUDIO_LEVEL))
        section->ext.audio_level = (uint8_t)id;
    else if (media_desc_sdp_is(uri, MEDIA_DESC_EXT_TRANSPORT_CC))
        section->ext.transport_cc = (uint8_t)id;
    else if (media_desc_sdp_is(uri, MEDIA_DESC_EXT_ABS_SEND_TIME))
        section->ext.abs_send_time = (uint8_t)id;
    return 0;
}

static void add_ssrc(struct media_desc_section *section, uint32_t ssrc)
{
    for (unsigned i = 0; i < section->nssrcs; ++i) {
        if (section->ssrc[i] == ssrc)
            return;
    }
    if (section->nssrcs < MEDIA_DESC_SDP_SSRCS_MAX)
        section->ssrc[section->nssrcs++] = ssrc;
}

static int read_ssrc(struct media_desc_sdp *sdp, struct media_desc_section *section,
                     struct media_desc_text value)
{
    uint32_t ssrc;

    (void)sdp;
    if (media_desc_sdp_number(media_desc_sdp_word(&value, " "), UINT32_MAX, &ssrc))
        add_ssrc(section, ssrc);
    return 0;
}

/* "FID 1111 2222" (RFC 4588, 8.8) */
static int read_ssrc_group(struct media_desc_sdp *sdp, struct media_desc_section *section,
                           struct media_desc_text value)
{
    struct media_desc_text semantics = media_desc_sdp_word(&value, " ");
    uint32_t first, second;

    (void)sdp;
    if (media_desc_sdp_is(semantics, "FID") && section->nfids < MEDIA_DESC_SDP_SSRCS_MAX &&
        media_desc_sdp_number(media_desc_sdp_word(&value, " "), UINT32_MAX, &first) &&
        media_desc_sdp_number(media_desc_sdp_word(&value, " "), UINT32_MAX, &second)) {
        section->fid[section->nfids][0] = first;
        section->fid[section->nfids++][1] = second;
    }
    return 0;
}

static int read_candidate(struct media_desc_sdp *sdp, struct media_desc_section *section,
                          struct media_desc_text value)
{
    (void)value;
    if (++section->ncandidates > MEDIA_DESC_CANDIDATES_MAX)
        return fail(sdp, -E2BIG, "too many candidates");
    return 0;
}

static const struct {
    const char *name;
    attr_h *h;
} attrs[] = {
    {"rtpmap", read_rtpmap},
    {"fmtp", read_fmtp},
    {"rtcp-fb", read_rtcp_fb},
    {"extmap", read_extmap},
    {"ssrc", read_ssrc},
    {"ssrc-group", read_ssrc_group},
    {"candidate", read_candidate},
    {"mid", read_mid},
    {"group", read_group},
    {"ice-ufrag", read_ufrag},
    {"ice-pwd", read_pwd},
    {"fingerprint", read_fingerprint},
    {"setup", read_setup},
    {"sendrecv", read_sendrecv},
    {"sendonly", read_sendonly},
    {"recvonly", read_recvonly},
    {"inactive", read_inactive},
    {"rtcp-mux", read_rtcp_mux},
    {"rtcp-rsize", read_rtcp_rsize},
    {"bundle-only", read_bundle_only},
    {"rtcp", read_rtcp},
    {"content", read_content},
    {"ptime", read_ptime},
};

int media_desc_attr_read(struct media_desc_sdp *sdp, struct media_desc_section *section,
                         struct media_desc_text line)
{
    const char *colon = memchr(line.p, ':', line.n);
    struct media_desc_text name = {line.p, colon ? (size_t)(colon - line.p) : line.n};
    struct media_desc_text value = {line.p + name.n, 0};

    if (colon) {
        value.p = colon + 1;
        value.n = line.n - name.n - 1;
    }
    for (size_t i = 0; i < sizeof(attrs) / sizeof(attrs[0]); ++i) {
        if (media_desc_sdp_is(name, attrs[i].name))
            return attrs[i].h(sdp, section, value);
    }
    return 0;
}
