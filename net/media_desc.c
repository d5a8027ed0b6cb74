/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/media_desc.c  Facts about the RTP payload formats that we know
 */
#include "net/media_desc.h"

#include "net/media_desc_sdp.h"

struct format_info {
    const char *name;
    const char *rtpmap; /* what follows the name */
    enum media_kind kind;
    uint32_t clock; /* [Hz]; 8000 for G.722 by mistake of RFC 1890, see RFC 3551, 4.5.2 */
    int static_pt;
};

static const struct format_info formats[MEDIA_FORMAT_COUNT] = {
    [MEDIA_FORMAT_NONE] = {"none", "", MEDIA_KIND_NONE, 0, -1},
    [MEDIA_FORMAT_OPUS] = {"opus", "/48000/2", MEDIA_KIND_AUDIO, 48000, -1},
    [MEDIA_FORMAT_G722] = {"G722", "/8000", MEDIA_KIND_AUDIO, 8000, 9},
    [MEDIA_FORMAT_PCMA] = {"PCMA", "/8000", MEDIA_KIND_AUDIO, 8000, 8},
    [MEDIA_FORMAT_PCMU] = {"PCMU", "/8000", MEDIA_KIND_AUDIO, 8000, 0},
    [MEDIA_FORMAT_H264] = {"H264", "/90000", MEDIA_KIND_VIDEO, 90000, -1},
    [MEDIA_FORMAT_VP8] = {"VP8", "/90000", MEDIA_KIND_VIDEO, 90000, -1},
};

static const struct format_info *info(enum media_format format)
{
    return &formats[(unsigned)format < MEDIA_FORMAT_COUNT ? format : MEDIA_FORMAT_NONE];
}

const char *media_desc_format_name(enum media_format format)
{
    return info(format)->name;
}

enum media_kind media_desc_format_kind(enum media_format format)
{
    return info(format)->kind;
}

uint32_t media_desc_format_clock(enum media_format format)
{
    return info(format)->clock;
}

int media_desc_format_static_pt(enum media_format format)
{
    return info(format)->static_pt;
}

const char *media_desc_format_rtpmap(enum media_format format)
{
    return info(format)->rtpmap;
}

unsigned media_desc_count_lines(const char *sdp, size_t len)
{
    unsigned n = 0;

    if (len > MEDIA_DESC_SDP_MAX)
        len = MEDIA_DESC_SDP_MAX;
    for (size_t i = 0; i + 2 < len && n < MEDIA_DESC_LINES_MAX; ++i) {
        if (sdp[i] == '\n' && sdp[i + 1] == 'm' && sdp[i + 2] == '=')
            ++n;
    }
    return n;
}
