/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file bench/room/probe.c  Added latency: a tone burst and a colour flash, in to out
 */
#include "bench/room/probe.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>

#include "bench/room/voice.h"

enum {
    SAMPLES_MAX = 4096,
    WINDOW = 16,             /* 2 ms: two periods of the tone [samples] */
    ONSET_LEVEL = 800,       /* amplitude of the tone */
    BURST_GUARD_US = 500000, /* after an onset: the same burst goes on */
    LATENCY_MAX_US = 700000,
    BLOCKS_X = 32,
    BLOCKS_Y = 18,
    BLOCKS = BLOCKS_X * BLOCKS_Y,
    LIGHT_RANGE = 60,      /* least difference of luma between dark and bright */
    SETTLE_PICTURES = 45,  /* skipped: placeholders turn into pictures */
    LEARN_PICTURES = 60,   /* two changes of light are in these */
    PICTURE_MAX = 1 << 20, /* [bytes] */
    EVENTS = 8,
};

struct samples {
    unsigned n;
    uint32_t us[SAMPLES_MAX];
};

struct flash {
    uint64_t us;
    bool bright;
};

struct probe {
    struct samples audio, video;
    struct {
        uint64_t sent_us, onset_us;
        int window[WINDOW];
        unsigned n;
    } tone;
    struct {
        struct flash sent[EVENTS]; /* a ring */
        unsigned nsent;
        bool last_sent, any_sent;
        uint8_t low[BLOCKS], high[BLOCKS];
        unsigned seen, learnt;
        int block;          /* with the flash, -1 = not found yet */
        bool bright, known; /* of the last picture */
    } light;
    AVCodecContext *decoder;
    AVFrame *frame;
    AVPacket *packet;
    uint8_t *picture; /* Annex B, PICTURE_MAX and padding */
    size_t size;
    bool key_seen;
};

int probe_new(struct probe **ret_probe)
{
    const AVCodec *codec = avcodec_find_decoder(AV_CODEC_ID_H264);
    struct probe *probe = calloc(1, sizeof(*probe));

    if (!probe || !codec) {
        free(probe);
        return codec ? -ENOMEM : -ENOTSUP;
    }
    probe->light.block = -1;
    memset(probe->light.low, 255, sizeof(probe->light.low));
    probe->decoder = avcodec_alloc_context3(codec);
    probe->frame = av_frame_alloc();
    probe->packet = av_packet_alloc();
    probe->picture = calloc(1, PICTURE_MAX + AV_INPUT_BUFFER_PADDING_SIZE);
    if (!probe->decoder || !probe->frame || !probe->packet || !probe->picture) {
        probe_free(probe);
        return -ENOMEM;
    }
    av_log_set_level(AV_LOG_QUIET);
    probe->decoder->thread_count = 1;
    probe->decoder->flags |= AV_CODEC_FLAG_LOW_DELAY;
    if (avcodec_open2(probe->decoder, codec, NULL)) {
        probe_free(probe);
        return -ENOTSUP;
    }
    *ret_probe = probe;
    return 0;
}

struct probe *probe_free(struct probe *probe)
{
    if (probe) {
        avcodec_free_context(&probe->decoder);
        av_frame_free(&probe->frame);
        av_packet_free(&probe->packet);
        free(probe->picture);
        free(probe);
    }
    return NULL;
}

static void add_sample(struct samples *samples, uint64_t us)
{
    if (samples->n < SAMPLES_MAX) {
        samples->us[samples->n++] = (uint32_t)us;
    }
}

void probe_sent_audio(struct probe *probe, unsigned index, uint64_t now_us)
{
    if (index == 0) {
        probe->tone.sent_us = now_us;
    }
}

/* Amplitude of the tone in the window (Goertzel, one bin). */
static double tone_level(const int *x)
{
    const double c = 2 * cos(2 * M_PI * VOICE_TONE_HZ / 8000);
    double s0, s1 = 0, s2 = 0;

    for (unsigned i = 0; i < WINDOW; i++) {
        s0 = x[i] + c * s1 - s2;
        s2 = s1;
        s1 = s0;
    }
    return 2 * sqrt(fmax(0, s1 * s1 + s2 * s2 - c * s1 * s2)) / WINDOW;
}

void probe_audio(struct probe *probe, const uint8_t *payload, size_t len, uint64_t now_us)
{
    for (size_t i = 0; i < len; i++) {
        uint64_t at_us = now_us + i * 125; /* 8 kHz */

        probe->tone.window[probe->tone.n++] = voice_from_ulaw(payload[i]);
        if (probe->tone.n < WINDOW) {
            continue;
        }
        probe->tone.n = 0;
        if (tone_level(probe->tone.window) < ONSET_LEVEL) {
            continue;
        }
        /* Signed: two packets read at once overlap in this reckoning. */
        if ((int64_t)(at_us - probe->tone.onset_us) > BURST_GUARD_US && probe->tone.sent_us &&
            at_us - probe->tone.sent_us < LATENCY_MAX_US) {
            /* The onset is between the start of this window and its end. */
            add_sample(&probe->audio, at_us - WINDOW / 2 * 125 - probe->tone.sent_us);
        }
        probe->tone.onset_us = at_us;
    }
}

void probe_sent_picture(struct probe *probe, unsigned index, uint64_t now_us)
{
    bool bright = index / PROBE_FLASH_PICTURES % 2;

    if (probe->light.any_sent && bright != probe->light.last_sent) {
        probe->light.sent[probe->light.nsent++ % EVENTS] =
            (struct flash){.us = now_us, .bright = bright};
    }
    probe->light.any_sent = true;
    probe->light.last_sent = bright;
}

static uint8_t block_luma(const AVFrame *frame, unsigned block)
{
    int w = frame->width / BLOCKS_X, h = frame->height / BLOCKS_Y;
    int x0 = (int)(block % BLOCKS_X) * w, y0 = (int)(block / BLOCKS_X) * h;
    unsigned long sum = 0;

    for (int y = y0; y < y0 + h; y++) {
        const uint8_t *line = frame->data[0] + (ptrdiff_t)y * frame->linesize[0];

        for (int x = x0; x < x0 + w; x++) {
            sum += line[x];
        }
    }
    return w > 0 && h > 0 ? (uint8_t)(sum / ((unsigned long)w * (unsigned long)h)) : 0;
}

/* Find the block whose light changes most. */
static void learn(struct probe *probe)
{
    int range, best = 0;

    for (unsigned i = 0; i < BLOCKS; i++) {
        uint8_t luma = block_luma(probe->frame, i);

        probe->light.low[i] = luma < probe->light.low[i] ? luma : probe->light.low[i];
        probe->light.high[i] = luma > probe->light.high[i] ? luma : probe->light.high[i];
        range = probe->light.high[i] - probe->light.low[i];
        if (range > best) {
            best = range;
            probe->light.block = (int)i;
        }
    }
    if (++probe->light.learnt >= LEARN_PICTURES && best < LIGHT_RANGE) {
        probe->light.learnt = 0; /* the flash is not in the picture yet */
    }
}

/* When was this change of light sent? */
static const struct flash *find_sent(const struct probe *probe, bool bright, uint64_t now_us)
{
    for (unsigned i = 1; i <= EVENTS && i <= probe->light.nsent; i++) {
        const struct flash *flash = &probe->light.sent[(probe->light.nsent - i) % EVENTS];

        if (now_us >= flash->us && now_us - flash->us < LATENCY_MAX_US && flash->bright == bright) {
            return flash;
        }
    }
    return NULL;
}

static void look_at_frame(struct probe *probe, uint64_t now_us)
{
    const struct flash *flash;
    unsigned block;
    bool bright;

    if (probe->frame->format != AV_PIX_FMT_YUV420P && probe->frame->format != AV_PIX_FMT_YUVJ420P) {
        return;
    }
    if (probe->light.seen < SETTLE_PICTURES) {
        probe->light.seen++;
        return;
    }
    if (probe->light.learnt < LEARN_PICTURES) {
        learn(probe);
        return;
    }
    block = (unsigned)probe->light.block;
    bright =
        2 * block_luma(probe->frame, block) > probe->light.low[block] + probe->light.high[block];
    if (probe->light.known && bright != probe->light.bright) {
        flash = find_sent(probe, bright, now_us);
        if (flash) {
            add_sample(&probe->video, now_us - flash->us);
        }
    }
    probe->light.bright = bright;
    probe->light.known = true;
}

static void append(struct probe *probe, const void *bytes, size_t len)
{
    if (probe->size + len <= PICTURE_MAX) {
        memcpy(probe->picture + probe->size, bytes, len);
        probe->size += len;
    }
}

static void append_nal(struct probe *probe, const uint8_t *nal, size_t len)
{
    static const uint8_t start[] = {0, 0, 0, 1};

    if (len) {
        probe->key_seen |= (nal[0] & 0x1f) == 7;
        append(probe, start, sizeof(start));
        append(probe, nal, len);
    }
}

static void append_payload(struct probe *probe, const uint8_t *p, size_t len)
{
    unsigned type = len ? p[0] & 0x1fu : 0;

    if (type == 24) { /* STAP-A */
        for (size_t pos = 1, n; pos + 2 <= len; pos += n) {
            n = (size_t)p[pos] << 8 | p[pos + 1];
            pos += 2;
            if (pos + n > len) {
                break;
            }
            append_nal(probe, p + pos, n);
        }
    } else if (type == 28 && len > 2) { /* FU-A */
        if (p[1] & 0x80) {
            uint8_t header = (uint8_t)((p[0] & 0xe0) | (p[1] & 0x1f));

            append_nal(probe, &header, 1);
        }
        append(probe, p + 2, len - 2);
    } else if (type && type < 24) {
        append_nal(probe, p, len);
    }
}

bool probe_video(struct probe *probe, const uint8_t *payload, size_t len, bool marker,
                 uint64_t now_us)
{
    append_payload(probe, payload, len);
    if (!marker) {
        return false;
    }
    if (probe->key_seen) {
        memset(probe->picture + probe->size, 0, AV_INPUT_BUFFER_PADDING_SIZE);
        probe->packet->data = probe->picture;
        probe->packet->size = (int)probe->size;
        if (!avcodec_send_packet(probe->decoder, probe->packet)) {
            while (!avcodec_receive_frame(probe->decoder, probe->frame)) {
                look_at_frame(probe, now_us);
            }
        }
    }
    probe->size = 0;
    return !probe->key_seen;
}

void probe_reset(struct probe *probe)
{
    probe->audio.n = probe->video.n = 0;
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static void summarize(struct samples *samples, struct probe_result *ret)
{
    *ret = (struct probe_result){.n = samples->n};
    if (samples->n) {
        qsort(samples->us, samples->n, sizeof(samples->us[0]), compare);
        ret->min_ms = samples->us[0] / 1000.0;
        ret->p50_ms = samples->us[samples->n / 2] / 1000.0;
        ret->p95_ms = samples->us[(samples->n * 95 + 99) / 100 - 1] / 1000.0;
    }
}

void probe_results(struct probe *probe, struct probe_result *ret_audio,
                   struct probe_result *ret_video)
{
    summarize(&probe->audio, ret_audio);
    summarize(&probe->video, ret_video);
}
