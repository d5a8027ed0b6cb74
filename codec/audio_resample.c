/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/audio_resample.c  Between 48 kHz and the 8 or 16 kHz of a codec, mono
 */
#include "codec/audio_resample.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <speex/speex_resampler.h>

enum { QUALITY = 4 };

struct audio_resample {
    SpeexResamplerState *speex;
    uint32_t from, to; /* [Hz] */
};

int audio_resample_new(struct audio_resample **ret_rs, uint32_t from, uint32_t to)
{
    struct audio_resample *rs;
    int err = 0;

    if (!from || !to || (from % to && to % from))
        return -EINVAL;
    rs = calloc(1, sizeof(*rs));
    if (!rs)
        return -ENOMEM;

    rs->from = from;
    rs->to = to;
    rs->speex = speex_resampler_init(1, from, to, QUALITY, &err);
    if (!rs->speex) {
        free(rs);
        return err == RESAMPLER_ERR_INVALID_ARG ? -EINVAL : -ENOMEM;
    }

    *ret_rs = rs;
    return 0;
}

struct audio_resample *audio_resample_free(struct audio_resample *rs)
{
    if (!rs)
        return NULL;

    speex_resampler_destroy(rs->speex);
    free(rs);
    return NULL;
}

void audio_resample_reset(struct audio_resample *rs)
{
    (void)speex_resampler_reset_mem(rs->speex);
}

int audio_resample_run(struct audio_resample *rs, const int16_t *in, int nin, int16_t *out)
{
    int nout = (int)((int64_t)nin * rs->to / rs->from);
    spx_uint32_t used = (spx_uint32_t)nin, made = (spx_uint32_t)nout;

    if (speex_resampler_process_int(rs->speex, 0, in, &used, out, &made) != RESAMPLER_ERR_SUCCESS)
        made = 0;

    /* With whole ratios it makes them all; whatever happens, the tick gets its samples. */
    if ((int)made < nout)
        memset(out + made, 0, (size_t)(nout - (int)made) * sizeof(*out));
    return nout;
}
