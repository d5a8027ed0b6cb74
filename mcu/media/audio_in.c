/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/audio_in.c  One received audio stream: packets to 20 ms of sound at a time
 */
#include "mcu/media/audio_in.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec/audio_decoder.h"
#include "mcu/media/media_metrics.h"
#include "net/jitter.h"
#include "net/packet.h"
#include "net/sink.h"

enum {
    SINK_PACKETS = 128,
    DELAY_MIN_MS = 20,
    DELAY_MAX_MS = 200,
    PULLS_MAX = 8,          /* packets looked at for one tick */
    CONCEAL_TICKS_MAX = 10, /* a longer gap is silence */
    LEVEL_SILENT = 120,     /* RFC 6464 level that is not worth decoding [-dBov] */
    QUIET_PEAK = 400,       /* sound that may be dropped to catch up [sample value] */
    EXCESS_DROP_MS = 60,    /* so far over target anything may be dropped */
    SILENCE_PACKETS = 15,   /* so many silent ones in a row, and the next are not decoded */
};

struct audio_in {
    struct audio_in_cfg cfg;
    struct sink *sink;

    struct {
        struct jitter *jitter;
        struct audio_decoder *dec;
        int level;              /* of the last packet, -1 unknown */
        unsigned concealed;     /* losses in a row */
        bool sounding;          /* the last packet was decoded: there is something to fade out */
        int have;               /* samples in pcm */
        bool silent;            /* the samples at hand were not decoded: all zero */
        unsigned nsilent;       /* packets in a row that say they are silent */
        struct packet *skipped; /* last one that was not decoded: warms up the decoder */
        int16_t pcm[AUDIO_PACKET_SAMPLES_MAX + AUDIO_TICK_SAMPLES];
    } work; /* the room's task only */
};

int audio_in_new(struct audio_in **ret_in, const struct audio_in_cfg *cfg)
{
    const struct jitter_cfg jitter = {.clock_hz = cfg->clock_hz,
                                      .min_ms = DELAY_MIN_MS,
                                      .max_ms = DELAY_MAX_MS,
                                      .max_packets = SINK_PACKETS};
    const struct sink_cfg sink = {.capacity = SINK_PACKETS};
    struct audio_in *in;
    int err;

    assert(cfg->key);
    in = calloc(1, sizeof(*in));
    if (!in)
        return -ENOMEM;
    in->cfg = *cfg;
    in->work.level = -1;
    err = jitter_new(&in->work.jitter, &jitter);
    if (!err)
        err = audio_decoder_new(&in->work.dec, cfg->codec);
    if (!err)
        err = sink_new(&in->sink, &sink);
    if (err) {
        audio_decoder_free(in->work.dec);
        jitter_free(in->work.jitter);
        free(in);
        return err;
    }
    metric_add(media_metrics_audio_decoders(cfg->codec), 1);
    *ret_in = in;
    return 0;
}

struct audio_in *audio_in_free(struct audio_in *in)
{
    if (!in)
        return NULL;
    metric_add(media_metrics_audio_decoders(in->cfg.codec), -1);
    packet_unref(in->work.skipped);
    audio_decoder_free(in->work.dec);
    jitter_free(in->work.jitter);
    sink_unref(in->sink);
    free(in);
    return NULL;
}

struct sink *audio_in_sink(struct audio_in *in)
{
    return in->sink;
}

uint32_t audio_in_key(const struct audio_in *in)
{
    return in->cfg.key;
}

uint32_t audio_in_owner(const struct audio_in *in)
{
    return in->cfg.owner;
}

enum audio_codec audio_in_codec(const struct audio_in *in)
{
    return in->cfg.codec;
}

static void take_arrivals(struct audio_in *in)
{
    struct packet *packet;

    while ((packet = sink_get(in->sink)) != NULL) {
        int samples = packet->payload_len
                          ? audio_decoder_duration(in->cfg.codec, packet->buf + packet->payload,
                                                   packet->payload_len)
                          : 0;
        uint32_t duration =
            samples > 0 ? (uint32_t)samples * (in->cfg.clock_hz / 1000) / (AUDIO_RATE / 1000) : 0;

        if (samples < 0 || jitter_put(in->work.jitter, packet, duration))
            packet_unref(packet);
    }
}

static void append_silence(struct audio_in *in, int samples)
{
    memset(in->work.pcm + in->work.have, 0, (size_t)samples * sizeof(in->work.pcm[0]));
    in->work.have += samples;
}

static bool is_quiet(const int16_t *pcm, int n)
{
    for (int i = 0; i < n; ++i) {
        if (pcm[i] > QUIET_PEAK || pcm[i] < -QUIET_PEAK)
            return false;
    }
    return true;
}

/* Silence that lasts is not decoded; the gate of the mix has closed by then. */
static bool is_worth_decoding(struct audio_in *in, const struct packet *packet)
{
    if (packet->has_level)
        return packet->level < LEVEL_SILENT;
    if (!audio_decoder_is_silence(in->cfg.codec, packet->buf + packet->payload,
                                  packet->payload_len)) {
        in->work.nsilent = 0;
        return true;
    }
    return in->work.nsilent < SILENCE_PACKETS && ++in->work.nsilent;
}

static int decode_payload(struct audio_in *in, const struct packet *packet, int16_t *pcm)
{
    return audio_decoder_decode(in->work.dec, packet->buf + packet->payload, packet->payload_len,
                                pcm);
}

static int decode_or_skip(struct audio_in *in, struct packet *packet, int16_t *pcm)
{
    if (!is_worth_decoding(in, packet)) {
        int n = audio_decoder_duration(in->cfg.codec, packet->buf + packet->payload,
                                       packet->payload_len);

        packet_unref(in->work.skipped);
        in->work.skipped = packet_ref(packet);
        if (n > 0)
            memset(pcm, 0, (size_t)n * sizeof(pcm[0]));
        return n;
    }
    if (in->work.skipped) {
        (void)decode_payload(in, in->work.skipped, pcm);
        in->work.skipped = packet_unref(in->work.skipped);
    }
    in->work.silent = false;
    in->work.sounding = true;
    return decode_payload(in, packet, pcm);
}

static void take_frame(struct audio_in *in, const struct jitter_frame *frame)
{
    int16_t *end = in->work.pcm + in->work.have;
    int n;

    in->work.concealed = 0;
    in->work.sounding = false;
    in->work.level = frame->packet->has_level ? frame->packet->level : -1;
    n = decode_or_skip(in, frame->packet, end);
    if (n <= 0)
        return;
    /* Too long a delay: leave this one out if nobody will notice, or if it is far too long. */
    if (frame->excess_ms * (AUDIO_RATE / 1000) >= (uint32_t)n &&
        (frame->excess_ms >= EXCESS_DROP_MS || is_quiet(end, n)))
        return;
    in->work.have += n;
}

static void conceal(struct audio_in *in, uint32_t duration)
{
    const struct packet *next = jitter_peek(in->work.jitter);
    int samples = (int)(duration * (AUDIO_RATE / 1000) / (in->cfg.clock_hz / 1000));
    int n;

    if (samples < 120 || samples > AUDIO_PACKET_SAMPLES_MAX)
        samples = AUDIO_TICK_SAMPLES;
    samples -= samples % 120;
    metric_add(&media_metrics_audio_concealed, 1);
    n = audio_decoder_conceal(in->work.dec, next ? next->buf + next->payload : NULL,
                              next ? next->payload_len : 0, samples, in->work.pcm + in->work.have);
    if (n > 0) {
        in->work.have += n;
        in->work.silent = false;
    }
}

/* Nothing is there: fade out what was heard, then be silent. */
static void run_dry(struct audio_in *in)
{
    if (!in->work.sounding || in->work.concealed >= CONCEAL_TICKS_MAX)
        return;
    ++in->work.concealed;
    conceal(in, (uint32_t)AUDIO_TICK_SAMPLES * (in->cfg.clock_hz / 1000) / (AUDIO_RATE / 1000));
}

bool audio_in_pull(struct audio_in *in, uint64_t now_us, int16_t *pcm, int *ret_level)
{
    struct jitter_frame frame;

    take_arrivals(in);
    for (unsigned i = 0; i < PULLS_MAX && in->work.have < AUDIO_TICK_SAMPLES; ++i) {
        /* What comes next is played behind what is still at hand. */
        uint64_t play_us = now_us + (uint64_t)in->work.have * 1000 / (AUDIO_RATE / 1000);
        enum jitter_result result = jitter_get(in->work.jitter, play_us, &frame);

        if (!in->work.have)
            in->work.silent = true;
        if (result == JITTER_EMPTY) {
            run_dry(in);
            break;
        }
        if (result == JITTER_LOST) {
            if (in->work.concealed++ < CONCEAL_TICKS_MAX)
                conceal(in, frame.duration);
            continue;
        }
        take_frame(in, &frame);
        packet_unref(frame.packet);
    }

    if (!in->work.have)
        return false;
    if (in->work.have < AUDIO_TICK_SAMPLES)
        append_silence(in, AUDIO_TICK_SAMPLES - in->work.have);
    memcpy(pcm, in->work.pcm, AUDIO_TICK_SAMPLES * sizeof(pcm[0]));
    in->work.have -= AUDIO_TICK_SAMPLES;
    memmove(in->work.pcm, in->work.pcm + AUDIO_TICK_SAMPLES,
            (size_t)in->work.have * sizeof(pcm[0]));
    *ret_level = in->work.level;
    return !in->work.silent;
}
