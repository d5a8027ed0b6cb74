/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file bench/room/voice.c  Encoded audio of 20 ms packets, made once, sent many times
 */
#include "bench/room/voice.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <opus/opus.h>

enum {
    PACKETS_MAX = 500,    /* ten seconds, then it repeats */
    PACKET_SIZE = 400,    /* room for one [bytes] */
    NARROW_BYTES = 160,   /* PCMU and G.722: 20 ms [bytes] */
    OPUS_SAMPLES = 960,   /* 20 ms at 48 kHz */
    OPUS_BITRATE = 32000, /* [bit/s] */
};

struct voice {
    unsigned npackets;
    uint16_t len[PACKETS_MAX];
    uint8_t data[PACKETS_MAX][PACKET_SIZE];
};

struct voice *voice_free(struct voice *voice)
{
    free(voice);
    return NULL;
}

/* G.711, as in ITU-T G.191. */
uint8_t voice_ulaw(int sample)
{
    int sign = sample < 0 ? 0x80 : 0, magnitude = abs(sample), segment = 7;

    magnitude = (magnitude > 32635 ? 32635 : magnitude) + 132;
    for (int bit = 0x4000; segment > 0 && !(magnitude & bit); bit >>= 1) {
        segment--;
    }
    return (uint8_t) ~(sign | segment << 4 | ((magnitude >> (segment + 3)) & 15));
}

int voice_from_ulaw(uint8_t byte)
{
    int u = ~byte & 0xff;
    int magnitude = ((((u & 15) << 3) + 132) << ((u & 0x70) >> 4)) - 132;

    return u & 0x80 ? -magnitude : magnitude;
}

static int read_narrow(struct voice *voice, FILE *file)
{
    while (voice->npackets < PACKETS_MAX &&
           fread(voice->data[voice->npackets], NARROW_BYTES, 1, file) == 1) {
        voice->len[voice->npackets++] = NARROW_BYTES;
    }
    return voice->npackets ? 0 : -EBADMSG;
}

static OpusEncoder *new_encoder(void)
{
    int err;
    OpusEncoder *enc = opus_encoder_create(48000, 1, OPUS_APPLICATION_VOIP, &err);

    if (err != OPUS_OK) {
        return NULL;
    }
    (void)opus_encoder_ctl(enc, OPUS_SET_BITRATE(OPUS_BITRATE));
    (void)opus_encoder_ctl(enc, OPUS_SET_COMPLEXITY(5));
    (void)opus_encoder_ctl(enc, OPUS_SET_INBAND_FEC(1));
    return enc;
}

/* Encode a file of 48 kHz mono s16, or @p silent packets of silence if it is NULL. */
static int encode_opus(struct voice *voice, FILE *file, unsigned silent)
{
    OpusEncoder *enc = new_encoder();
    opus_int16 pcm[OPUS_SAMPLES] = {0};
    int n;

    if (!enc) {
        return -ENOMEM;
    }
    while (voice->npackets < PACKETS_MAX) {
        if (file ? fread(pcm, sizeof(pcm), 1, file) != 1 : voice->npackets == silent) {
            break;
        }
        n = opus_encode(enc, pcm, OPUS_SAMPLES, voice->data[voice->npackets], PACKET_SIZE);
        if (n < 1) {
            voice->npackets = 0;
            break;
        }
        voice->len[voice->npackets++] = (uint16_t)n;
    }
    opus_encoder_destroy(enc);
    return voice->npackets ? 0 : -EBADMSG;
}

static int load(struct voice **ret_voice, const char *media, const char *name, bool opus)
{
    char path[512];
    struct voice *voice;
    FILE *file;
    int err;

    (void)snprintf(path, sizeof(path), "%s/%s", media, name);
    file = fopen(path, "rb");
    if (!file) {
        (void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return -errno;
    }
    voice = calloc(1, sizeof(*voice));
    if (!voice) {
        err = -ENOMEM;
        goto out;
    }
    err = opus ? encode_opus(voice, file, 0) : read_narrow(voice, file);
    if (err) {
        goto out;
    }
    *ret_voice = voice;
    voice = NULL;
out:
    free(voice);
    (void)fclose(file);
    return err;
}

int voice_speech(struct voice **ret_voice, enum options_codec codec, const char *media,
                 unsigned index)
{
    static const char *const suffix[] = {"s16", "ul", "g722"};
    char name[32];

    (void)snprintf(name, sizeof(name), "voice%u.%s", index, suffix[codec]);
    return load(ret_voice, media, name, codec == OPTIONS_CODEC_OPUS);
}

int voice_silence(struct voice **ret_voice, enum options_codec codec, const char *media)
{
    struct voice *voice;
    int err;

    if (codec == OPTIONS_CODEC_G722) {
        return load(ret_voice, media, "silence.g722", false);
    }
    voice = calloc(1, sizeof(*voice));
    if (!voice) {
        return -ENOMEM;
    }
    if (codec == OPTIONS_CODEC_OPUS) {
        err = encode_opus(voice, NULL, 50);
        if (err) {
            free(voice);
            return err;
        }
    } else {
        memset(voice->data[0], voice_ulaw(0), NARROW_BYTES);
        voice->len[0] = NARROW_BYTES;
        voice->npackets = 1;
    }
    *ret_voice = voice;
    return 0;
}

int voice_bursts(struct voice **ret_voice)
{
    const double step = 2 * M_PI * VOICE_TONE_HZ / 8000;
    struct voice *voice = calloc(1, sizeof(*voice));

    if (!voice) {
        return -ENOMEM;
    }
    for (unsigned i = 0; i < VOICE_PERIOD_PACKETS; i++) {
        for (unsigned k = 0; k < NARROW_BYTES; k++) {
            double sample = i < VOICE_BURST_PACKETS ? 10000 * sin(step * k) : 0;

            voice->data[i][k] = voice_ulaw((int)lrint(sample));
        }
        voice->len[i] = NARROW_BYTES;
    }
    voice->npackets = VOICE_PERIOD_PACKETS;
    *ret_voice = voice;
    return 0;
}

const uint8_t *voice_packet(const struct voice *voice, unsigned index, size_t *ret_len)
{
    index %= voice->npackets;
    *ret_len = voice->len[index];
    return voice->data[index];
}

unsigned voice_packets(const struct voice *voice)
{
    return voice->npackets;
}
