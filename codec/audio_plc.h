/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/audio_plc.h  Makes up for lost sound of codecs that cannot do it themselves
 *
 * Repeats the last pitch period with a smooth joint and fades to silence within 60 ms; the first
 * sound that comes again is faded in.  The idea is that of ITU-T G.711 Appendix I, without its
 * delay: the past is never changed.
 *
 * Threads: one at a time.
 */
#ifndef CODEC_AUDIO_PLC_H
#define CODEC_AUDIO_PLC_H

#include <stdint.h>

enum {
    AUDIO_PLC_RATE_MAX = 16000,                         /**< [Hz] */
    AUDIO_PLC_HISTORY = AUDIO_PLC_RATE_MAX * 40 / 1000, /**< [samples] */
};

/** Embedded; audio_plc_init() sets it up. */
struct audio_plc {
    uint32_t rate;                      /* [Hz] */
    int16_t history[AUDIO_PLC_HISTORY]; /* latest sound, the last sample at its end */
    int16_t period[AUDIO_PLC_HISTORY];  /* what is repeated */
    int length;                         /* of the period [samples] */
    int pos;                            /* in the period [samples] */
    int concealed;                      /* since the last good sound; 0 = none [samples] */
};

/** Set up.  @p rate 8000 or 16000 [Hz] */
void audio_plc_init(struct audio_plc *plc, uint32_t rate);

/** Note @p n good samples; those right after a loss are changed at their beginning. */
void audio_plc_good(struct audio_plc *plc, int16_t *pcm, int n);

/** Make @p n samples. */
void audio_plc_conceal(struct audio_plc *plc, int16_t *pcm, int n);

#endif
