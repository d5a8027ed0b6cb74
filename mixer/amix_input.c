/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/amix_input.c  One input of amix.c: gate, look-back, catch-up and ramps
 */
#include "mixer/amix_input.h"

#include <math.h>
#include <string.h>

#include "mixer/level.h"

/* Levels count downwards: a greater number is quieter. */
enum {
    GENEROUS_LEAST = 90,  /* never open below this [-dBov] */
    GENEROUS_ALWAYS = 60, /* open from here on, noise or not */
    GENEROUS_ABOVE = 4,   /* open so much above the noise floor [dB] */
    CROWDED_LEAST = 80,
    CROWDED_ALWAYS = 35,
    CROWDED_ABOVE = 9,
};

enum {
    TICK = AUDIO_TICK_SAMPLES,
    RAMP = AMIX_INPUT_RAMP,
    SKIP_MIN = 120, /* less than this is left out without looking for a wave [samples] */
    SKIP_MAX = 720, /* one period of 67 Hz */
    COARSE = 4,     /* first look at every fourth length */
    CUTS = 4,       /* places in a tick where a wave may be left out */
};

void amix_input_init(struct amix_input *input)
{
    *input = (struct amix_input){.level = LEVEL_SILENCE};
    memset(input->floor, LEVEL_SILENCE, sizeof(input->floor));
    amix_limiter_init(&input->limiter);
}

static void track_floor(struct amix_input *input, uint8_t level)
{
    if (++input->floor_ticks > AMIX_INPUT_FLOOR_TICKS) {
        memmove(input->floor + 1, input->floor, sizeof(input->floor) - 1);
        input->floor[0] = level;
        input->floor_ticks = 1;
    }
    if (level > input->floor[0])
        input->floor[0] = level;
}

static void drop(struct amix_input *input, unsigned n)
{
    input->queued = (uint16_t)(input->queued - n);
    memmove(input->queue, input->queue + n, input->queued * sizeof(input->queue[0]));
}

void amix_input_put(struct amix_input *input, uint64_t tick, const int16_t *pcm, uint8_t level)
{
    if (input->put_tick + 1 != tick) {
        track_floor(input, LEVEL_SILENCE);
        if (!input->inside)
            input->queued = 0;
    }
    track_floor(input, level);
    input->put_tick = tick;
    input->level = level;

    if (input->queued > AMIX_INPUT_LOOKBACK)
        drop(input, input->queued - AMIX_INPUT_LOOKBACK);
    memcpy(input->queue + input->queued, pcm, TICK * sizeof(*pcm));
    input->queued = (uint16_t)(input->queued + TICK);
}

bool amix_input_open(const struct amix_input *input, bool generous)
{
    int least = generous ? GENEROUS_LEAST : CROWDED_LEAST;
    int always = generous ? GENEROUS_ALWAYS : CROWDED_ALWAYS;
    int above = generous ? GENEROUS_ABOVE : CROWDED_ABOVE;
    int noise = input->floor[0];

    for (unsigned i = 1; i < AMIX_INPUT_FLOOR_BLOCKS; ++i)
        noise = input->floor[i] > noise ? input->floor[i] : noise;
    return input->level < least && (input->level <= always || input->level + above <= noise);
}

/* The place in the coming tick around which leaving out some samples loses the least sound. */
static unsigned quietest_cut(const struct amix_input *input, const struct amix_ops *ops,
                             unsigned skip)
{
    int64_t least = INT64_MAX;
    unsigned best = 0;

    for (unsigned i = 0; i < CUTS; ++i) {
        const int16_t *at = input->queue + i * RAMP;
        int64_t energy = ops->dot(at, at, RAMP + skip);

        if (energy < least) {
            least = energy;
            best = i * RAMP;
        }
    }
    return best;
}

/* How alike the sound is before and after leaving out skip samples; longer ones are preferred a
 * little. */
static double likeness(const int16_t *at, const struct amix_ops *ops, double energy, unsigned skip,
                       unsigned most)
{
    double both = energy * (double)ops->dot(at + skip, at + skip, RAMP);
    double dot = (double)ops->dot(at, at + skip, RAMP);

    return dot / sqrt(both + 1.0) + 0.2 * (double)skip / (double)most;
}

static unsigned best_skip(const int16_t *at, const struct amix_ops *ops, unsigned least,
                          unsigned most)
{
    double energy = (double)ops->dot(at, at, RAMP), best_is = -2.0;
    unsigned best = most, from, to;

    for (unsigned skip = most; skip >= least; skip -= COARSE) {
        double is = likeness(at, ops, energy, skip, most);

        if (is > best_is) {
            best_is = is;
            best = skip;
        }
    }
    from = best > least + COARSE ? best - COARSE : least;
    to = best + COARSE < most ? best + COARSE : most;
    for (unsigned skip = from; skip <= to; ++skip) {
        double is = likeness(at, ops, energy, skip, most);

        if (is > best_is) {
            best_is = is;
            best = skip;
        }
    }
    return best;
}

/* Leaves out a wave from the queue, which holds more than a tick. */
static void catch_up(struct amix_input *input, const struct amix_ops *ops)
{
    unsigned behind = input->queued - TICK, skip, cut;
    unsigned most = behind < SKIP_MAX ? behind : SKIP_MAX;
    int16_t *at;

    cut = quietest_cut(input, ops, most);
    at = input->queue + cut;
    skip = most > SKIP_MIN ? best_skip(at, ops, most / 2, most) : most;

    for (int i = 0; i < RAMP; ++i)
        at[i] = (int16_t)((at[i] * (RAMP - i) + at[skip + (unsigned)i] * i) / RAMP);
    memmove(at + RAMP, at + RAMP + skip,
            (input->queued - cut - RAMP - skip) * sizeof(input->queue[0]));
    input->queued = (uint16_t)(input->queued - skip);
}

static void ramp_in(int16_t *pcm)
{
    for (int i = 0; i < RAMP; ++i)
        pcm[i] = (int16_t)(pcm[i] * i / RAMP);
}

/* Fades what is there, then silence. */
static void ramp_out(int16_t *pcm)
{
    for (int i = 0; i < RAMP; ++i)
        pcm[i] = (int16_t)(pcm[i] * (RAMP - i) / RAMP);
    memset(pcm + RAMP, 0, (TICK - RAMP) * sizeof(*pcm));
}

/* The sound broke off: play its end backwards, fading, so that there is no click. */
static void trail_off(struct amix_input *input)
{
    for (int i = 0; i < RAMP; ++i)
        input->out[i] = input->last[RAMP - 1 - i];
    ramp_out(input->out);
    input->sounding = false;
}

void amix_input_play(struct amix_input *input, const struct amix_ops *ops)
{
    if (input->queued < TICK) {
        if (input->sounding)
            trail_off(input);
        else
            memset(input->out, 0, sizeof(input->out));
        input->queued = 0;
        return;
    }

    if (input->leaving) {
        memcpy(input->out, input->queue, sizeof(input->out));
        if (!input->sounding)
            ramp_in(input->out);
        ramp_out(input->out);
        input->sounding = false;
        return;
    }
    if (input->queued > TICK)
        catch_up(input, ops);
    memcpy(input->out, input->queue, sizeof(input->out));
    drop(input, TICK);
    if (!input->sounding)
        ramp_in(input->out);
    input->sounding = true;
    memcpy(input->last, input->out + TICK - RAMP, sizeof(input->last));
}
