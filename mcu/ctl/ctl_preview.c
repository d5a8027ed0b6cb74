/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_preview.c  Draws a layout here, by the code that draws rooms
 */
#include "mcu/ctl/ctl_preview.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "codec/video_frame.h"
#include "mcu/config/settings.h"
#include "mcu/ctl/ctl_call.h"
#include "mcu/ctl/ctl_check.h"
#include "mcu/media/preview.h"
#include "mixer/layout_set.h"
#include "mixer/picture.h"

/** @return false unless @p text is a number with @p end after it; *ret_rest is behind that */
static bool number(const char *text, char end, unsigned long max, unsigned long *ret,
                   const char **ret_rest)
{
    char *rest;

    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    *ret = strtoul(text, &rest, 10);
    if (errno || *ret > max || *rest != end)
        return false;
    *ret_rest = rest + (end != '\0');
    return true;
}

static bool is_side(unsigned long side)
{
    return side >= PREVIEW_SIDE_MIN && side <= PREVIEW_SIDE_MAX && side % 2 == 0;
}

/** What was typed, as numbers.  Says which of it is wrong. */
static enum ctl_status parse(const struct ctl_preview *preview, struct preview_cfg *cfg)
{
    unsigned long count, w, h;
    const char *rest;

    if (!number(preview->count, '\0', PREVIEW_COUNT_MAX, &count, &rest)) {
        ctl_call_complain("--count: %s is not a number from 0 to %d", preview->count,
                          PREVIEW_COUNT_MAX);
        return CTL_USAGE;
    }
    if (!number(preview->size, 'x', UINT16_MAX, &w, &rest) ||
        !number(rest, '\0', UINT16_MAX, &h, &rest)) {
        ctl_call_complain("--size: %s is not as 1280x720", preview->size);
        return CTL_USAGE;
    }
    if (!is_side(w) || !is_side(h)) {
        ctl_call_complain("--size: %s: both must be even and from %d to %d", preview->size,
                          PREVIEW_SIDE_MIN, PREVIEW_SIDE_MAX);
        return CTL_USAGE;
    }
    cfg->count = (unsigned)count;
    cfg->w = (uint16_t)w;
    cfg->h = (uint16_t)h;
    return CTL_OK;
}

enum ctl_status ctl_preview_check(const struct ctl_preview *preview)
{
    struct preview_cfg cfg;

    return parse(preview, &cfg);
}

static enum ctl_status draw(const struct preview_cfg *cfg, void **ret_png, size_t *ret_size)
{
    struct video_frame *frame;
    int err = preview_draw(&frame, cfg);

    if (!err) {
        err = picture_png(ret_png, ret_size, frame);
        video_frame_unref(frame);
    }
    switch (err) {
    case 0:
        return CTL_OK;
    case -ENOENT:
        ctl_call_complain("no layout is called %s", cfg->name);
        return CTL_REFUSED;
    default:
        ctl_call_complain("%s", strerror(-err));
        return CTL_REFUSED;
    }
}

enum ctl_status ctl_preview_draw(const struct ctl *ctl, const struct ctl_preview *preview,
                                 void **ret_png, size_t *ret_size)
{
    struct preview_cfg cfg = {.name = preview->name, .content = preview->content};
    struct layout_set *set = NULL;
    struct settings *settings = NULL;
    enum ctl_status status = parse(preview, &cfg);

    if (!status)
        status = ctl_check_settings(ctl, &settings, preview->config);
    if (!status && preview->nfiles)
        status = ctl_check_layout_set(ctl, &set, preview->files, preview->nfiles);
    if (!status) {
        cfg.layouts = set ? set : settings->layouts;
        cfg.config = &settings->config;
        cfg.logo = settings->logo;
        status = draw(&cfg, ret_png, ret_size);
    }
    layout_set_unref(set);
    settings_unref(settings);
    return status;
}
