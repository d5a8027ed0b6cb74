/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/audio_plc.c  Makes up for lost sound of codecs that cannot do it themselves
 */
#include "codec/audio_plc.h"

#include <string.h>

/* Times, most as in G.711 Appendix I [us] */
enum {
    PITCH_MIN_US = 5000, /* 200 Hz; higher voices match at two or more periods */
    PITCH_MAX_US = 15000,
    TEMPLATE_US = 20000, /* what must look alike */
    HOLD_US = 10000,     /* full volume this long */
    SILENCE_US = 60000,  /* nothing from here on */
    JOIN_US = 4000,      /* back to good sound */
    GAIN_ONE = 32768,
};

static int samples(const struct audio_plc *plc, int us)
{
    return (int)((int64_t)plc->rate * us / 1000000);
}

/* The lag at which the end of the history looks most like itself (normalized correlation). */
static int find_pitch(const struct audio_plc *plc)
{
    const int16_t *end = plc->history + AUDIO_PLC_HISTORY;
    int n = samples(plc, TEMPLATE_US), max = samples(plc, PITCH_MAX_US);
    int best = max;
    double best_score = 0;

    for (int lag = samples(plc, PITCH_MIN_US); lag <= max; ++lag) {
        const int16_t *a = end - n, *b = end - n - lag;
        int64_t corr = 0, energy = 1;
        double score;

        for (int i = 0; i < n; i += 2) {
            corr += a[i] * b[i];
            energy += b[i] * b[i];
        }
        if (corr <= 0)
            continue;
        score = (double)corr * (double)corr / (double)energy;
        if (score > best_score) {
            best_score = score;
            best = lag;
        }
    }
    return best;
}

/* Linear cross-fade from @p a to @p b. */
static int16_t mix(int16_t a, int16_t b, int i, int n)
{
    return (int16_t)((a * (n - i) + b * i) / n);
}

/* The period, its end bent towards what stood before its beginning, so that it can be repeated. */
static void make_period(struct audio_plc *plc)
{
    int n = find_pitch(plc), join = n / 4;
    const int16_t *from = plc->history + AUDIO_PLC_HISTORY - n;

    memcpy(plc->period, from, (size_t)n * sizeof(*from));
    for (int i = 0; i < join; ++i)
        plc->period[n - join + i] = mix(from[n - join + i], from[i - join], i + 1, join);
    plc->length = n;
    plc->pos = 0;
}

static int gain(const struct audio_plc *plc)
{
    int hold = samples(plc, HOLD_US), end = samples(plc, SILENCE_US);

    if (plc->concealed <= hold)
        return GAIN_ONE;
    if (plc->concealed >= end)
        return 0;
    return (int)((int64_t)GAIN_ONE * (end - plc->concealed) / (end - hold));
}

static int16_t next_sample(struct audio_plc *plc)
{
    int16_t s = (int16_t)(plc->period[plc->pos] * (int64_t)gain(plc) / GAIN_ONE);

    plc->pos = (plc->pos + 1) % plc->length;
    if (plc->concealed < samples(plc, SILENCE_US))
        ++plc->concealed;
    return s;
}

static void remember(struct audio_plc *plc, const int16_t *pcm, int n)
{
    if (n > AUDIO_PLC_HISTORY) {
        pcm += n - AUDIO_PLC_HISTORY;
        n = AUDIO_PLC_HISTORY;
    }
    memmove(plc->history, plc->history + n, (size_t)(AUDIO_PLC_HISTORY - n) * sizeof(*pcm));
    memcpy(plc->history + AUDIO_PLC_HISTORY - n, pcm, (size_t)n * sizeof(*pcm));
}

void audio_plc_init(struct audio_plc *plc, uint32_t rate)
{
    *plc = (struct audio_plc){.rate = rate};
}

void audio_plc_good(struct audio_plc *plc, int16_t *pcm, int n)
{
    if (plc->concealed) {
        int join = samples(plc, JOIN_US);

        if (join > n)
            join = n;
        for (int i = 0; i < join; ++i)
            pcm[i] = mix(next_sample(plc), pcm[i], i + 1, join);
        plc->concealed = 0;
    }
    remember(plc, pcm, n);
}

void audio_plc_conceal(struct audio_plc *plc, int16_t *pcm, int n)
{
    if (!plc->concealed)
        make_period(plc);
    for (int i = 0; i < n; ++i)
        pcm[i] = next_sample(plc);
    remember(plc, pcm, n);
}
