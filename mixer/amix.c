/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/amix.c  The audio mix of one room
 *
 * A tick costs something for the inputs that were put and for those inside
 * of the mix, nothing for the others.
 */
#include "mixer/amix.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mixer/amix_input.h"
#include "mixer/amix_limiter.h"
#include "mixer/amix_ops.h"
#include "mixer/level.h"

enum {
    TICK = AUDIO_TICK_SAMPLES,
    MIX_MAX_DEFAULT = 8,
    HANGOVER_MS_DEFAULT = 300,
    HANGOVER_MS_MAX = 5000,
    AUDIBLE = 80, /* an input louder than this counts as one that has sound [-dBov] */
    STAY_DB = 3,  /* who is inside may be so much quieter than a newcomer [dB] */
};

/* inside[] holds exactly the inputs whose inside is set; put[] those with put_tick == tick. */
struct amix {
    const struct amix_ops *ops;
    unsigned max_inputs, mix_max, hangover; /* hangover in ticks */
    uint64_t tick;                          /* the coming one, from 1 */
    unsigned nput, ninside;
    struct amix_input *inside[AMIX_CONTRIBUTORS_MAX];
    struct amix_limiter limiter;
    bool silent;
    int32_t sum[AUDIO_TICK_SAMPLES];
    int16_t mix[AUDIO_TICK_SAMPLES];
    struct amix_input **put;    /* [max_inputs] */
    struct amix_input *input[]; /* [max_inputs], NULL where free */
};

/* The loudest of a tick, loudest first. */
struct chart {
    unsigned n, max;
    int level[AMIX_CONTRIBUTORS_MAX];
    struct amix_input *input[AMIX_CONTRIBUTORS_MAX];
};

static struct amix_input *find(const struct amix *amix, int index)
{
    return index >= 0 && (unsigned)index < amix->max_inputs ? amix->input[index] : NULL;
}

int amix_new(struct amix **ret_amix, const struct amix_cfg *cfg)
{
    struct amix *amix;
    unsigned n = cfg->max_inputs;

    assert(ret_amix);
    if (n < 1 || n > AMIX_INPUTS_MAX || cfg->mix_max > AMIX_CONTRIBUTORS_MAX ||
        cfg->hangover_ms > HANGOVER_MS_MAX)
        return -EINVAL;

    amix = calloc(1, sizeof(*amix) + 2 * n * sizeof(amix->input[0]));
    if (!amix)
        return -ENOMEM;

    amix->put = amix->input + n;
    amix->ops = amix_ops_best();
    amix->max_inputs = n;
    amix->mix_max = cfg->mix_max ? cfg->mix_max : MIX_MAX_DEFAULT;
    amix->hangover =
        (cfg->hangover_ms ? cfg->hangover_ms : HANGOVER_MS_DEFAULT) / (unsigned)AUDIO_TICK_MS;
    amix->tick = 1;
    amix->silent = true;
    amix_limiter_init(&amix->limiter);

    *ret_amix = amix;
    return 0;
}

struct amix *amix_free(struct amix *amix)
{
    if (!amix)
        return NULL;
    for (unsigned i = 0; i < amix->max_inputs; ++i)
        free(amix->input[i]);
    free(amix);
    return NULL;
}

int amix_add(struct amix *amix)
{
    unsigned i = 0;

    while (i < amix->max_inputs && amix->input[i])
        ++i;
    if (i == amix->max_inputs)
        return -ENOSPC;
    amix->input[i] = malloc(sizeof(*amix->input[i]));
    if (!amix->input[i])
        return -ENOMEM;
    amix_input_init(amix->input[i]);
    return (int)i;
}

static unsigned without(struct amix_input **list, unsigned n, const struct amix_input *input)
{
    unsigned k = 0;

    for (unsigned i = 0; i < n; ++i) {
        if (list[i] != input)
            list[k++] = list[i];
    }
    return k;
}

void amix_remove(struct amix *amix, int index)
{
    struct amix_input *input = find(amix, index);

    if (!input)
        return;
    amix->nput = without(amix->put, amix->nput, input);
    amix->ninside = without(amix->inside, amix->ninside, input);
    amix->input[index] = NULL;
    free(input);
}

void amix_put(struct amix *amix, int index, const int16_t *pcm, int level)
{
    struct amix_input *input = find(amix, index);

    if (!input || input->put_tick == amix->tick)
        return;
    if (level < 0 || level > LEVEL_SILENCE)
        level = level_rms(pcm, TICK);
    amix_input_put(input, amix->tick, pcm, (uint8_t)level);
    amix->put[amix->nput++] = input;
}

static void chart_put(struct chart *chart, struct amix_input *input, int level)
{
    unsigned i;

    if (chart->n == chart->max && level >= chart->level[chart->n - 1])
        return;
    if (chart->n < chart->max)
        ++chart->n;
    for (i = chart->n - 1; i > 0 && level < chart->level[i - 1]; --i) {
        chart->level[i] = chart->level[i - 1];
        chart->input[i] = chart->input[i - 1];
    }
    chart->level[i] = level;
    chart->input[i] = input;
}

/* Marks the loudest open inputs as chosen. */
static void choose(struct amix *amix, struct chart *chart)
{
    unsigned audible = 0;

    for (unsigned i = 0; i < amix->nput; ++i)
        audible += amix->put[i]->level < AUDIBLE;
    for (unsigned i = 0; i < amix->nput; ++i) {
        struct amix_input *input = amix->put[i];

        if (amix_input_open(input, audible <= amix->mix_max))
            chart_put(chart, input, input->level - (input->inside ? STAY_DB : 0));
    }
    for (unsigned i = 0; i < chart->n; ++i)
        chart->input[i]->chosen = true;
}

/* Who left in the last tick is gone; whose hang-over ends leaves in this one. */
static void let_go(struct amix *amix)
{
    unsigned k = 0;

    for (unsigned i = 0; i < amix->ninside; ++i) {
        struct amix_input *input = amix->inside[i];

        if (input->leaving) {
            input->leaving = input->inside = false;
            continue;
        }
        if (input->chosen)
            input->hang = (uint16_t)amix->hangover;
        else if (input->hang)
            --input->hang;
        else
            input->leaving = true;
        amix->inside[k++] = input;
    }
    amix->ninside = k;
}

/* Makes the one leave who has been quiet for the longest time. */
static void make_room(struct amix *amix)
{
    struct amix_input *quiet = NULL;

    for (unsigned i = 0; i < amix->ninside; ++i) {
        struct amix_input *input = amix->inside[i];

        if (!input->chosen && !input->leaving && (!quiet || input->hang < quiet->hang))
            quiet = input;
    }
    if (quiet)
        quiet->leaving = true;
}

static void let_in(struct amix *amix, const struct chart *chart)
{
    for (unsigned i = 0; i < chart->n; ++i) {
        struct amix_input *input = chart->input[i];

        input->chosen = false;
        if (input->inside)
            continue;
        if (amix->ninside == AMIX_CONTRIBUTORS_MAX) {
            make_room(amix); /* it comes in with the next tick; the look-back keeps its sound */
            continue;
        }
        input->inside = true;
        input->leaving = input->sounding = false;
        input->hang = (uint16_t)amix->hangover;
        input->limiter = amix->limiter;
        amix->inside[amix->ninside++] = input;
    }
}

void amix_run(struct amix *amix)
{
    struct chart chart = {.max = amix->mix_max};

    choose(amix, &chart);
    let_go(amix);
    let_in(amix, &chart);

    memset(amix->sum, 0, sizeof(amix->sum));
    for (unsigned i = 0; i < amix->ninside; ++i) {
        amix_input_play(amix->inside[i], amix->ops);
        amix->ops->add(amix->sum, amix->inside[i]->out, TICK);
    }
    amix->silent = amix->ops->peak(amix->sum, TICK) == 0;
    amix_limiter_run(&amix->limiter, amix->ops, amix->mix, amix->sum);
    amix->nput = 0;
    ++amix->tick;
}

bool amix_contributes(const struct amix *amix, int index)
{
    const struct amix_input *input = find(amix, index);

    return input && input->inside;
}

unsigned amix_contributors(const struct amix *amix)
{
    return amix->ninside;
}

const int16_t *amix_mix(const struct amix *amix)
{
    return amix->mix;
}

bool amix_silent(const struct amix *amix)
{
    return amix->silent;
}

void amix_mix_minus(struct amix *amix, int index, int16_t out[AUDIO_TICK_SAMPLES])
{
    struct amix_input *input = find(amix, index);
    int32_t rest[AUDIO_TICK_SAMPLES];

    if (!input || !input->inside) {
        memcpy(out, amix->mix, sizeof(amix->mix));
        return;
    }
    amix->ops->sub(rest, amix->sum, input->out, TICK);
    amix_limiter_run(&input->limiter, amix->ops, out, rest);
}

void amix_mix_minus_both(struct amix *amix, int index, int other, int16_t out[AUDIO_TICK_SAMPLES])
{
    struct amix_input *input = find(amix, index);
    const struct amix_input *also = find(amix, other);
    int32_t part[AUDIO_TICK_SAMPLES], rest[AUDIO_TICK_SAMPLES];

    if (!input || !input->inside) {
        amix_mix_minus(amix, other, out);
        return;
    }
    if (!also || !also->inside || also == input) {
        amix_mix_minus(amix, index, out);
        return;
    }
    amix->ops->sub(part, amix->sum, input->out, TICK);
    amix->ops->sub(rest, part, also->out, TICK);
    amix_limiter_run(&input->limiter, amix->ops, out, rest);
}

uint8_t amix_level(const struct amix *amix, int index)
{
    const struct amix_input *input = find(amix, index);

    return input && input->put_tick + 1 == amix->tick ? input->level : LEVEL_SILENCE;
}
