/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/media_desc_sdp.c  SDP text to a bounded structure
 *
 * One pass over the text.  Lines that we do not use are skipped; a line that
 * is not "x=..." is an error, as are bytes that have no place in text.
 */
#include "net/media_desc_sdp.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

static int fail(struct media_desc_sdp *sdp, int err, const char *why)
{
    sdp->error = why;
    return err;
}

bool media_desc_sdp_is(struct media_desc_text text, const char *s)
{
    return text.n == strlen(s) && (text.n == 0 || memcmp(text.p, s, text.n) == 0);
}

bool media_desc_sdp_is_nocase(struct media_desc_text text, const char *s)
{
    return text.n == strlen(s) && (text.n == 0 || strncasecmp(text.p, s, text.n) == 0);
}

static bool is_sep(char c, const char *seps)
{
    return strchr(seps, c) != NULL && c != '\0';
}

struct media_desc_text media_desc_sdp_word(struct media_desc_text *rest, const char *seps)
{
    struct media_desc_text word = *rest;

    while (word.n > 0 && is_sep(*word.p, seps)) {
        ++word.p;
        --word.n;
    }
    rest->p = word.p;
    rest->n = word.n;
    word.n = 0;
    while (rest->n > 0 && !is_sep(*rest->p, seps)) {
        ++rest->p;
        --rest->n;
        ++word.n;
    }
    return word;
}

bool media_desc_sdp_number(struct media_desc_text text, uint32_t max, uint32_t *ret_number)
{
    uint64_t number = 0;

    if (text.n < 1 || text.n > 10)
        return false;
    for (size_t i = 0; i < text.n; ++i) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
        number = number * 10 + (unsigned)(text.p[i] - '0');
    }
    if (number > max)
        return false;
    *ret_number = (uint32_t)number;
    return true;
}

bool media_desc_sdp_param(struct media_desc_text params, const char *name,
                          struct media_desc_text *ret_value)
{
    while (params.n > 0) {
        struct media_desc_text value = media_desc_sdp_word(&params, "; \t");
        struct media_desc_text key = media_desc_sdp_word(&value, "=");

        if (media_desc_sdp_is_nocase(key, name)) {
            if (value.n > 0) { /* step over the '=' */
                ++value.p;
                --value.n;
            }
            *ret_value = value;
            return true;
        }
    }
    return false;
}

bool media_desc_sdp_has_word(struct media_desc_text list, struct media_desc_text word)
{
    while (list.n > 0) {
        struct media_desc_text w = media_desc_sdp_word(&list, " ");

        if (w.n == word.n && w.n > 0 && memcmp(w.p, word.p, w.n) == 0)
            return true;
    }
    return false;
}

/* Static payload types may come without a=rtpmap (RFC 3551). */
static void set_static(struct media_desc_pt *pt)
{
    static const enum media_format known[] = {MEDIA_FORMAT_PCMU, MEDIA_FORMAT_PCMA,
                                              MEDIA_FORMAT_G722};

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); ++i) {
        if (media_desc_format_static_pt(known[i]) == pt->pt) {
            pt->kind = MEDIA_DESC_PT_CODEC;
            pt->format = known[i];
            pt->clock = media_desc_format_clock(known[i]);
        }
    }
}

static int read_payload_types(struct media_desc_sdp *sdp, struct media_desc_section *section)
{
    struct media_desc_text rest = section->formats;
    uint64_t seen[2] = {0, 0};

    for (;;) {
        struct media_desc_text word = media_desc_sdp_word(&rest, " ");
        struct media_desc_pt *pt;
        uint32_t number;

        if (word.n == 0)
            return 0;
        if (!media_desc_sdp_number(word, 127, &number))
            return fail(sdp, -EBADMSG, "bad payload type in m=");
        if (seen[number / 64] & (1ULL << (number % 64)))
            continue;
        if (section->npts >= MEDIA_DESC_PTS_MAX)
            return fail(sdp, -E2BIG, "too many payload types");
        seen[number / 64] |= 1ULL << (number % 64);
        pt = &section->pt[section->npts++];
        pt->pt = (uint8_t)number;
        set_static(pt);
    }
}

static bool is_rtp(struct media_desc_text proto)
{
    static const char *const protos[] = {
        "RTP/AVP",           "RTP/AVPF",          "RTP/SAVP",
        "RTP/SAVPF",         "UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP",
        "TCP/TLS/RTP/SAVPF", "TCP/TLS/RTP/SAVP",  "TCP/DTLS/RTP/SAVPF"};

    for (size_t i = 0; i < sizeof(protos) / sizeof(protos[0]); ++i) {
        if (media_desc_sdp_is(proto, protos[i]))
            return true;
    }
    return false;
}

static int read_media(struct media_desc_sdp *sdp, struct media_desc_text value)
{
    struct media_desc_section *section;
    struct media_desc_text rest = value, port;
    uint32_t number;

    if (sdp->nsections >= MEDIA_DESC_LINES_MAX)
        return fail(sdp, -E2BIG, "too many m-lines");
    section = &sdp->section[sdp->nsections++];
    section->value = value;
    section->media = media_desc_sdp_word(&rest, " ");
    port = media_desc_sdp_word(&rest, " ");
    section->proto = media_desc_sdp_word(&rest, " ");
    section->formats = rest;

    port = media_desc_sdp_word(&port, "/"); /* without "/number of ports" */
    if (section->proto.n == 0 || !media_desc_sdp_number(port, UINT16_MAX, &number))
        return fail(sdp, -EBADMSG, "broken m=");
    section->port = (uint16_t)number;
    section->any_rtp = is_rtp(section->proto) && (media_desc_sdp_is(section->media, "audio") ||
                                                  media_desc_sdp_is(section->media, "video"));
    return section->any_rtp ? read_payload_types(sdp, section) : 0;
}

static void read_bandwidth(struct media_desc_section *section, struct media_desc_text value)
{
    enum { BITRATE_MAX = 1000000000 };
    struct media_desc_text type = media_desc_sdp_word(&value, ":");
    struct media_desc_text text = media_desc_sdp_word(&value, ":");
    uint32_t number;

    if (!media_desc_sdp_number(text, UINT32_MAX, &number))
        return;
    if (media_desc_sdp_is(type, "AS"))
        section->max_bitrate_bps = number > BITRATE_MAX / 1000 ? BITRATE_MAX : number * 1000;
    else if (media_desc_sdp_is(type, "TIAS"))
        section->max_bitrate_bps = number > BITRATE_MAX ? BITRATE_MAX : number;
}

static int read_line(struct media_desc_sdp *sdp, struct media_desc_text line)
{
    struct media_desc_section *section =
        sdp->nsections ? &sdp->section[sdp->nsections - 1] : &sdp->session;
    struct media_desc_text value = {line.p + 2, line.n - 2};

    switch (line.p[0]) {
    case 'm':
        return read_media(sdp, value);
    case 'a':
        if (++section->nattrs > MEDIA_DESC_ATTRS_MAX)
            return fail(sdp, -E2BIG, "too many attributes");
        return media_desc_attr_read(sdp, section, value);
    case 'c':
        section->addr_bad = !media_desc_attr_address(value, &section->addr);
        return 0;
    case 'b':
        read_bandwidth(section, value);
        return 0;
    case 'v':
        return media_desc_sdp_is(value, "0") ? 0 : fail(sdp, -EBADMSG, "unknown SDP version");
    default:
        return 0;
    }
}

/* The next line without its end; both CRLF and LF are in use. */
static struct media_desc_text next_line(struct media_desc_text *rest)
{
    struct media_desc_text line = {rest->p, 0};
    const char *end = memchr(rest->p, '\n', rest->n);

    line.n = end ? (size_t)(end - rest->p) : rest->n;
    rest->p += line.n + (end ? 1 : 0);
    rest->n -= line.n + (end ? 1 : 0);
    if (line.n > 0 && line.p[line.n - 1] == '\r')
        --line.n;
    return line;
}

static bool is_text(struct media_desc_text line)
{
    for (size_t i = 0; i < line.n; ++i) {
        unsigned char c = (unsigned char)line.p[i];

        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

int media_desc_sdp_parse(struct media_desc_sdp *sdp, const char *text, size_t len)
{
    struct media_desc_text rest = {text, len};
    bool first = true;

    memset(sdp, 0, sizeof(*sdp));
    if (len > MEDIA_DESC_SDP_MAX)
        return fail(sdp, -E2BIG, "SDP is too long");

    while (rest.n > 0) {
        struct media_desc_text line = next_line(&rest);
        int err;

        if (line.n == 0)
            continue;
        if (!is_text(line) || line.n < 2 || line.p[1] != '=' || (first && line.p[0] != 'v'))
            return fail(sdp, -EBADMSG, "not SDP");
        first = false;
        err = read_line(sdp, line);
        if (err)
            return err;
    }
    if (sdp->nsections == 0)
        return fail(sdp, -EBADMSG, first ? "no SDP" : "no m-line");
    return 0;
}
