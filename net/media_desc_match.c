/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/media_desc_match.c  Which of the offered formats a line gets
 */
#include "net/media_desc_sdp.h"

#include <string.h>

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/*
 * How well an H.264 profile suits us: 0 = we do not take it.  By profile_idc and
 * constraint bits, since the level in the string varies (RFC 6184, 8.1, table 5).
 */
static unsigned profile_rank(const char profile[8])
{
    unsigned idc = (unsigned)(hex(profile[0]) << 4 | hex(profile[1]));
    unsigned constraints = (unsigned)(hex(profile[2]) << 4 | hex(profile[3]));

    switch (idc) {
    case 0x42: /* Baseline; with constraint_set1 it is Constrained Baseline */
        return constraints & 0x40 ? 4 : 3;
    case 0x4d: /* Main; with constraint_set0 it is Constrained Baseline */
        return constraints & 0x80 ? 4 : 2;
    case 0x64: /* High */
        return 1;
    default:
        return 0;
    }
}

bool media_desc_match_h264(const struct media_desc_pt *pt, uint8_t *ret_mode, char ret_profile[8])
{
    struct media_desc_text value;
    uint32_t mode = 0;

    memset(ret_profile, 0, 8);
    if (media_desc_sdp_param(pt->fmtp, "packetization-mode", &value) &&
        !media_desc_sdp_number(value, 1, &mode))
        return false; /* mode 2 is interleaved */
    *ret_mode = (uint8_t)mode;

    if (!media_desc_sdp_param(pt->fmtp, "profile-level-id", &value))
        return true; /* Baseline, level 1 (RFC 6184, 8.1) */
    if (value.n != 6)
        return false;
    for (size_t i = 0; i < 6; ++i) {
        if (hex(value.p[i]) < 0)
            return false;
    }
    memcpy(ret_profile, value.p, 6);
    return profile_rank(ret_profile) > 0;
}

static bool takes(const struct media_desc_pt *pt, enum media_format format)
{
    uint8_t mode;
    char profile[8];

    return pt->kind == MEDIA_DESC_PT_CODEC && pt->format == format &&
           (format != MEDIA_FORMAT_H264 || media_desc_match_h264(pt, &mode, profile));
}

/*
 * The entry of a format: the first one, but of a browser's many H.264 entries
 * the best: mode 1 first (fewer, larger packets), then the profile that all decode.
 */
static const struct media_desc_pt *find_entry(const struct media_desc_section *section,
                                              enum media_format format, bool best)
{
    const struct media_desc_pt *found = NULL;
    unsigned found_rank = 0;

    for (unsigned i = 0; i < section->npts; ++i) {
        const struct media_desc_pt *pt = &section->pt[i];
        unsigned rank = 1;
        uint8_t mode;
        char profile[8];

        if (!takes(pt, format))
            continue;
        if (best && format == MEDIA_FORMAT_H264 && media_desc_match_h264(pt, &mode, profile))
            rank = mode * 10U + (profile[0] ? profile_rank(profile) : 3);
        if (rank > found_rank) {
            found = pt;
            found_rank = rank;
        }
    }
    return found;
}

static bool is_wanted(const enum media_format *order, size_t n, enum media_format format)
{
    for (size_t i = 0; i < n && order[i] != MEDIA_FORMAT_NONE; ++i) {
        if (order[i] == format)
            return true;
    }
    return false;
}

static const struct media_desc_pt *choose_codec(const struct media_desc_section *section,
                                                const struct media_policy *policy,
                                                enum media_kind kind, const struct media_line *old)
{
    bool audio = kind == MEDIA_KIND_AUDIO;
    const enum media_format *order = audio ? policy->audio_order : policy->video_order;
    size_t n = audio ? sizeof(policy->audio_order) / sizeof(order[0])
                     : sizeof(policy->video_order) / sizeof(order[0]);
    const struct media_desc_pt *pt = NULL;

    for (unsigned i = 0; old && old->kind == kind && i < section->npts; ++i) {
        if (section->pt[i].pt == old->pt && takes(&section->pt[i], old->format))
            return &section->pt[i];
    }
    if (policy->prefer_remote) {
        for (unsigned i = 0; i < section->npts && !pt; ++i) {
            enum media_format format = section->pt[i].format;

            if (format != MEDIA_FORMAT_NONE && is_wanted(order, n, format))
                pt = find_entry(section, format, policy->webrtc);
        }
        return pt;
    }
    for (size_t i = 0; i < n && order[i] != MEDIA_FORMAT_NONE && !pt; ++i) {
        if (media_desc_format_kind(order[i]) == kind)
            pt = find_entry(section, order[i], policy->webrtc);
    }
    return pt;
}

/* The telephone-event with the clock of the codec; any, if there is none (RFC 4733, 2.1). */
static const struct media_desc_pt *find_dtmf(const struct media_desc_section *section,
                                             uint32_t clock)
{
    const struct media_desc_pt *found = NULL;

    for (unsigned i = 0; i < section->npts; ++i) {
        const struct media_desc_pt *pt = &section->pt[i];

        if (pt->kind == MEDIA_DESC_PT_DTMF && pt->clock > 0 &&
            (!found || (pt->clock == clock && found->clock != clock)))
            found = pt;
    }
    return found;
}

static const struct media_desc_pt *find_rtx(const struct media_desc_section *section, uint8_t apt)
{
    for (unsigned i = 0; i < section->npts; ++i) {
        const struct media_desc_pt *pt = &section->pt[i];
        struct media_desc_text value;
        uint32_t number;

        if (pt->kind == MEDIA_DESC_PT_RTX && media_desc_sdp_param(pt->fmtp, "apt", &value) &&
            media_desc_sdp_number(value, 127, &number) && number == apt)
            return pt;
    }
    return NULL;
}

bool media_desc_match_choose(const struct media_desc_section *section,
                             const struct media_policy *policy, enum media_kind kind,
                             const struct media_line *old, struct media_desc_choice *ret_choice)
{
    const struct media_desc_pt *codec = choose_codec(section, policy, kind, old);

    memset(ret_choice, 0, sizeof(*ret_choice));
    if (!codec)
        return false;
    ret_choice->codec = codec;
    if (codec->format == MEDIA_FORMAT_H264)
        (void)media_desc_match_h264(codec, &ret_choice->h264_mode, ret_choice->h264_profile);
    if (kind == MEDIA_KIND_AUDIO)
        ret_choice->dtmf = find_dtmf(section, codec->clock);
    else
        ret_choice->rtx = find_rtx(section, codec->pt);
    return true;
}
