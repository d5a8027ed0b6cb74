/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/speaker.c  Who is speaking, without flicker
 *
 * Each input that has sound collects credit: one per tick with speech, minus
 * one per tick without.  It is active from START ticks of credit on and until the
 * credit is used up, so short noises never count and short pauses never end a
 * turn.  Only inputs with credit are on the list that a tick walks through.
 */
#include "mixer/speaker.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "codec/params.h"

enum {
    INPUTS_MAX = 4096,
    HOLD_MS_DEFAULT = 1500,
    HOLD_MS_MAX = 30000,
    SILENCE = 127,
    LEAST = 65,        /* speech is louder than this [-dBov] ... */
    ABOVE_NOISE = 6,   /* ... and so much above the noise floor [dB] */
    NOISE_TICKS = 64,  /* the floor follows a steady sound by 1 dB in so many ticks */
    START = 10,        /* 200 ms of speech make an input active [ticks of credit] */
    CREDIT_MAX = 25,   /* half a second of pause ends it */
    LOUDER = 6,        /* to interrupt an active speaker: so much louder [dB] ... */
    LOUDER_TICKS = 50, /* ... for a second */
    SMOOTH = 8,        /* smoothing of the level [ticks] */
    SCALE = 16,        /* of a smoothed level */
};

struct input {
    uint64_t tick;       /* of the last put */
    uint8_t level;       /* in it */
    uint8_t noise;       /* floor [-dBov] */
    uint8_t noise_ticks; /* since it last rose */
    uint8_t credit;
    uint8_t louder; /* ticks of being clearly louder than the dominant one */
    bool listed, active;
    uint16_t smooth; /* level * SCALE */
    uint64_t since;  /* tick when it became active */
};

struct speaker {
    unsigned max_inputs, hold; /* hold in ticks */
    uint64_t tick, switched;
    int dominant;
    uint32_t epoch;
    unsigned nlisted, nactive;
    int active[SPEAKER_ACTIVE_MAX]; /* in order of since */
    int *listed;                    /* [max_inputs]: put in this tick or with credit */
    struct input input[];           /* [max_inputs] */
};

static void reset(struct input *input)
{
    *input = (struct input){.level = SILENCE, .noise = SILENCE, .smooth = SILENCE * SCALE};
}

int speaker_new(struct speaker **ret_speaker, const struct speaker_cfg *cfg)
{
    struct speaker *speaker;
    unsigned n = cfg->max_inputs;

    assert(ret_speaker);
    if (n < 1 || n > INPUTS_MAX || cfg->hold_ms > HOLD_MS_MAX)
        return -EINVAL;

    speaker = calloc(1, sizeof(*speaker) + n * sizeof(speaker->input[0]));
    if (!speaker)
        return -ENOMEM;
    speaker->listed = calloc(n, sizeof(speaker->listed[0]));
    if (!speaker->listed) {
        free(speaker);
        return -ENOMEM;
    }

    speaker->max_inputs = n;
    speaker->hold = (cfg->hold_ms ? cfg->hold_ms : HOLD_MS_DEFAULT) / (unsigned)AUDIO_TICK_MS;
    speaker->tick = 1;
    speaker->dominant = -1;
    for (unsigned i = 0; i < n; ++i)
        reset(&speaker->input[i]);

    *ret_speaker = speaker;
    return 0;
}

struct speaker *speaker_free(struct speaker *speaker)
{
    if (!speaker)
        return NULL;
    free(speaker->listed);
    free(speaker);
    return NULL;
}

void speaker_put(struct speaker *speaker, int index, uint8_t level)
{
    struct input *input;

    if (index < 0 || (unsigned)index >= speaker->max_inputs)
        return;
    input = &speaker->input[index];
    input->tick = speaker->tick;
    input->level = level < SILENCE ? level : SILENCE;
    if (!input->listed) {
        input->listed = true;
        speaker->listed[speaker->nlisted++] = index;
    }
}

static unsigned without(int *list, unsigned n, int index)
{
    unsigned k = 0;

    for (unsigned i = 0; i < n; ++i) {
        if (list[i] != index)
            list[k++] = list[i];
    }
    return k;
}

void speaker_remove(struct speaker *speaker, int index)
{
    struct input *input;
    bool known;

    if (index < 0 || (unsigned)index >= speaker->max_inputs)
        return;
    input = &speaker->input[index];
    known = input->active || speaker->dominant == index;
    if (input->listed)
        speaker->nlisted = without(speaker->listed, speaker->nlisted, index);
    if (input->active)
        speaker->nactive = without(speaker->active, speaker->nactive, index);
    if (speaker->dominant == index) {
        speaker->dominant = -1;
        speaker->switched = 0;
    }
    speaker->epoch += known;
    reset(input);
}

/* The floor falls at once and rises slowly, so that a steady noise stops counting as speech. */
static void track_noise(struct input *input)
{
    if (input->level >= input->noise) {
        input->noise = input->level;
        input->noise_ticks = 0;
    } else if (++input->noise_ticks == NOISE_TICKS) {
        --input->noise;
        input->noise_ticks = 0;
    }
}

static void start(struct speaker *speaker, int index)
{
    struct input *input = &speaker->input[index];

    if (speaker->nactive == SPEAKER_ACTIVE_MAX)
        return;
    input->active = true;
    input->since = speaker->tick;
    speaker->active[speaker->nactive++] = index;
    ++speaker->epoch;
}

static void stop(struct speaker *speaker, int index)
{
    speaker->input[index].active = false;
    speaker->nactive = without(speaker->active, speaker->nactive, index);
    ++speaker->epoch;
}

/* Returns false if the input needs no attention until it is put again. */
static bool judge(struct speaker *speaker, int index)
{
    struct input *input = &speaker->input[index];
    int level = input->tick == speaker->tick ? input->level : SILENCE;
    bool speech;

    if (level == SILENCE)
        input->level = SILENCE;
    speech = level < LEAST && level + ABOVE_NOISE <= input->noise;
    track_noise(input);
    input->smooth = (uint16_t)(input->smooth + (level * SCALE - input->smooth) / SMOOTH);
    if (speech && input->credit < CREDIT_MAX)
        ++input->credit;
    else if (!speech && input->credit)
        --input->credit;

    if (!input->active && input->credit >= START)
        start(speaker, index);
    else if (input->active && !input->credit)
        stop(speaker, index);
    if (!input->active)
        input->louder = 0;
    return input->credit || input->tick == speaker->tick;
}

static void make_dominant(struct speaker *speaker, int index)
{
    if (index < 0 || index == speaker->dominant)
        return;
    speaker->dominant = index;
    speaker->switched = speaker->tick;
    for (unsigned i = 0; i < speaker->nactive; ++i)
        speaker->input[speaker->active[i]].louder = 0;
    ++speaker->epoch;
}

/* The loudest active input; after the dominant one has fallen silent. */
static int loudest(const struct speaker *speaker)
{
    int best = -1;

    for (unsigned i = 0; i < speaker->nactive; ++i) {
        int index = speaker->active[i];

        if (best < 0 || speaker->input[index].smooth < speaker->input[best].smooth)
            best = index;
    }
    return best;
}

/* Somebody who has been clearly louder than the active dominant one for long, or -1. */
static int interrupter(struct speaker *speaker)
{
    int best = -1;

    for (unsigned i = 0; i < speaker->nactive; ++i) {
        int index = speaker->active[i];
        struct input *input = &speaker->input[index];

        if (input->smooth + LOUDER * SCALE > speaker->input[speaker->dominant].smooth) {
            input->louder = 0;
            continue;
        }
        if (input->louder < LOUDER_TICKS)
            ++input->louder;
        if (input->louder == LOUDER_TICKS &&
            (best < 0 || input->smooth < speaker->input[best].smooth))
            best = index;
    }
    return best;
}

void speaker_run(struct speaker *speaker)
{
    unsigned k = 0;
    int next;

    for (unsigned i = 0; i < speaker->nlisted; ++i) {
        int index = speaker->listed[i];

        speaker->input[index].listed = judge(speaker, index);
        if (speaker->input[index].listed)
            speaker->listed[k++] = index;
    }
    speaker->nlisted = k;

    if (speaker->dominant >= 0 && speaker->input[speaker->dominant].active)
        next = interrupter(speaker);
    else
        next = loudest(speaker);
    if (speaker->dominant < 0 || speaker->tick - speaker->switched >= speaker->hold)
        make_dominant(speaker, next);
    ++speaker->tick;
}

int speaker_dominant(const struct speaker *speaker)
{
    return speaker->dominant;
}

unsigned speaker_active(const struct speaker *speaker, int *ret_index, unsigned max)
{
    unsigned n = speaker->nactive < max ? speaker->nactive : max;

    memcpy(ret_index, speaker->active, n * sizeof(ret_index[0]));
    return n;
}

uint32_t speaker_epoch(const struct speaker *speaker)
{
    return speaker->epoch;
}
