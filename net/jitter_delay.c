/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/jitter_delay.c  How late packets are: fastest path and target delay
 */
#include "net/jitter_delay.h"

#include <string.h>

enum { JUMP_US = 3000000, SECOND_US = 1000000, LATE_RUN = 25 };

static const float forget = 0.998f; /* per packet: 500 packets are 10 s of 20 ms */
static const float tail = 0.03f;    /* share of packets that may come later than the percentile */

void jitter_delay_init(struct jitter_delay *delay)
{
    memset(delay, 0, sizeof(*delay));
    delay->bin[0] = 1.0f;
}

void jitter_delay_rebase(struct jitter_delay *delay)
{
    delay->started = false;
    delay->nlate = 0;
    memset(delay->second, 0, sizeof(delay->second));
}

static void update_base(struct jitter_delay *delay, uint64_t when_us, int64_t diff_us)
{
    uint64_t second = when_us / SECOND_US + 1;
    unsigned slot = (unsigned)(second % JITTER_DELAY_WINDOW);

    if (delay->second[slot] != second || diff_us < delay->least_us[slot]) {
        delay->second[slot] = second;
        delay->least_us[slot] = diff_us;
    }
    delay->base_us = diff_us;
    for (unsigned i = 0; i < JITTER_DELAY_WINDOW; ++i)
        if (delay->second[i] && delay->second[i] + JITTER_DELAY_WINDOW > second &&
            delay->least_us[i] < delay->base_us)
            delay->base_us = delay->least_us[i];
    delay->started = true;
}

static void update_histogram(struct jitter_delay *delay, int64_t late_us)
{
    int64_t bin = late_us / (JITTER_DELAY_BIN_MS * 1000);
    float sum = 0.0f;
    unsigned i;

    if (bin >= JITTER_DELAY_BINS)
        bin = JITTER_DELAY_BINS - 1;
    for (i = 0; i < JITTER_DELAY_BINS; ++i)
        delay->bin[i] *= forget;
    delay->bin[bin] += 1.0f - forget;

    for (i = JITTER_DELAY_BINS - 1; i > 0; --i) {
        sum += delay->bin[i];
        if (sum > tail)
            break;
    }
    /* Bin 0 is no jitter; of any other its upper edge. */
    delay->jitter_ms = i ? (i + 1) * JITTER_DELAY_BIN_MS : 0;
}

void jitter_delay_update(struct jitter_delay *delay, uint64_t when_us, int64_t media_us,
                         uint32_t max_ms)
{
    int64_t diff_us = (int64_t)when_us - media_us;

    if (!delay->started || diff_us - delay->base_us <= (int64_t)max_ms * 1000)
        delay->nlate = 0;
    else if (++delay->nlate >= LATE_RUN)
        jitter_delay_rebase(delay);
    update_base(delay, when_us, diff_us);
    update_histogram(delay, diff_us - delay->base_us);
}

bool jitter_delay_is_jump(const struct jitter_delay *delay, uint64_t when_us, int64_t media_us)
{
    int64_t since_us = jitter_delay_since(delay, when_us, media_us);

    return delay->started && (since_us > JUMP_US || since_us < -JUMP_US);
}

int64_t jitter_delay_since(const struct jitter_delay *delay, uint64_t now_us, int64_t media_us)
{
    return (int64_t)now_us - media_us - delay->base_us;
}

uint32_t jitter_delay_ms(const struct jitter_delay *delay)
{
    return delay->jitter_ms;
}
