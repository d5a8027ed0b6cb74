/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/audio_room.c  A room's sound: streams to one mix per tick
 */
#include "mcu/media/audio_room.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/base/clock.h"
#include "mcu/base/id.h"
#include "mcu/base/mpsc.h"
#include "mcu/media/audio_in.h"
#include "mcu/media/audio_out.h"
#include "mcu/media/media_clock.h"
#include "mcu/media/media_metrics.h"
#include "mixer/amix.h"
#include "mixer/speaker.h"
#include "mixer/task.h"
#include "net/fanout.h"

enum {
    COMMANDS_MAX = 4096,
    LATE_TICKS_MAX = 5, /* caught up with; more are left out */
    SPEAKERS_TICKS = 2, /* control is told at most each 40 ms */
    REST_TICKS = 500,   /* an own encoder without work for 10 s is given back */
};

_Static_assert((int)AMIX_CONTRIBUTORS_MAX <= (int)AUDIO_OUT_EXCLUDE_MAX,
               "each contributor can be left out");

enum command_type { ADD, REMOVE, MUTE, SHARE, UNSHARE };

/* Owns in and out of ADD, out of SHARE. */
struct command {
    enum command_type type;
    uint32_t key;
    bool muted;
    enum audio_codec codec;
    struct audio_in *in;
    struct audio_out *out;
};

struct member {
    struct member *next;
    struct audio_in *in;
    struct audio_out *own;
    struct member *screen; /* sound of his screen */
    int index;             /* in amix and speaker */
    bool muted;
    uint32_t idle; /* ticks since he contributed, up to REST_TICKS */
};

struct audio_room {
    struct audio_room_cfg cfg;
    struct task *task;
    struct mpsc *commands; /* from control */

    struct {
        struct amix *amix;
        struct speaker *speaker;
        struct member *members;
        struct audio_out *shared[AUDIO_CODEC_COUNT];
        uint64_t next_us; /* media clock of the next tick */
        uint32_t speaker_epoch;
        unsigned quiet_ticks; /* since control was told */
    } work;                   /* our task only */
};

static void free_member(struct member *m)
{
    audio_in_free(m->in);
    audio_out_close(m->own);
    free(m);
}

static struct member **find_member(struct audio_room *room, uint32_t key)
{
    struct member **p = &room->work.members;

    while (*p && audio_in_key((*p)->in) != key)
        p = &(*p)->next;
    return p;
}

/* Either may come first, and either may go. */
static void pair(struct audio_room *room)
{
    for (struct member *m = room->work.members; m; m = m->next)
        m->screen = NULL;
    for (struct member *m = room->work.members; m; m = m->next) {
        uint32_t owner = audio_in_owner(m->in);
        struct member *of = owner ? *find_member(room, owner) : NULL;

        if (of)
            of->screen = m;
    }
}

static void do_add(struct audio_room *room, const struct command *cmd)
{
    struct member *m = calloc(1, sizeof(*m));

    if (m)
        m->index = amix_add(room->work.amix);
    if (!m || m->index < 0) {
        free(m);
        audio_in_free(cmd->in);
        audio_out_close(cmd->out);
        return;
    }
    m->in = cmd->in;
    m->own = cmd->out;
    m->idle = REST_TICKS;
    m->next = room->work.members;
    room->work.members = m;
    pair(room);
}

static void do_remove(struct audio_room *room, uint32_t key)
{
    struct member **p = find_member(room, key);
    struct member *m = *p;

    if (!m)
        return;
    *p = m->next;
    amix_remove(room->work.amix, m->index);
    speaker_remove(room->work.speaker, m->index);
    free_member(m);
    pair(room);
}

static void take_commands(struct audio_room *room)
{
    struct command cmd;
    struct member *m;

    while (mpsc_pop(room->commands, &cmd)) {
        switch (cmd.type) {
        case ADD:
            do_add(room, &cmd);
            break;
        case REMOVE:
            do_remove(room, cmd.key);
            break;
        case MUTE:
            m = *find_member(room, cmd.key);
            if (m)
                m->muted = cmd.muted;
            break;
        case SHARE:
            audio_out_close(room->work.shared[cmd.codec]);
            room->work.shared[cmd.codec] = cmd.out;
            break;
        case UNSHARE:
            room->work.shared[cmd.codec] = audio_out_close(room->work.shared[cmd.codec]);
            break;
        }
    }
}

static void pull_all(struct audio_room *room, uint64_t when_us)
{
    int16_t pcm[AUDIO_TICK_SAMPLES];

    for (struct member *m = room->work.members; m; m = m->next) {
        int level;

        if (audio_in_pull(m->in, when_us, pcm, &level) && !m->muted)
            amix_put(room->work.amix, m->index, pcm, level < 0 ? AMIX_LEVEL_UNKNOWN : level);
    }
}

static void send_own(struct audio_room *room, struct member *m, uint64_t when_us)
{
    struct audio_out_tick *tick = audio_out_tick_new();

    if (!tick)
        return;
    tick->when_us = when_us;
    if (m->screen)
        amix_mix_minus_both(room->work.amix, m->index, m->screen->index, tick->pcm);
    else
        amix_mix_minus(room->work.amix, m->index, tick->pcm);
    audio_out_put(m->own, tick);
}

static bool contributes(const struct audio_room *room, const struct member *m)
{
    return amix_contributes(room->work.amix, m->index) ||
           (m->screen && amix_contributes(room->work.amix, m->screen->index));
}

/* Contributors with a stream of their own; their keys and how many there are of each codec. */
static unsigned serve_contributors(struct audio_room *room, uint64_t when_us, uint32_t *ret_key,
                                   uint32_t *ret_per_codec)
{
    unsigned n = 0;

    for (struct member *m = room->work.members; m; m = m->next) {
        if (!m->own)
            continue;
        if (!contributes(room, m) || n == AMIX_CONTRIBUTORS_MAX) {
            if (m->idle < REST_TICKS && ++m->idle == REST_TICKS)
                audio_out_rest(m->own);
            continue;
        }
        m->idle = 0;
        ret_key[n++] = audio_in_key(m->in);
        ++ret_per_codec[audio_in_codec(m->in)];
        send_own(room, m, when_us);
    }
    return n;
}

static void send_shared(struct audio_room *room, struct audio_out *out, uint64_t when_us,
                        const uint32_t *exclude, unsigned nexclude)
{
    struct audio_out_tick *tick = audio_out_tick_new();

    if (!tick)
        return;
    tick->when_us = when_us;
    memcpy(tick->pcm, amix_mix(room->work.amix), sizeof(tick->pcm));
    tick->nexclude = (uint8_t)nexclude;
    memcpy(tick->exclude, exclude, nexclude * sizeof(exclude[0]));
    audio_out_put(out, tick);
}

static void send_mix(struct audio_room *room, uint64_t when_us)
{
    uint32_t key[AMIX_CONTRIBUTORS_MAX];
    uint32_t per_codec[AUDIO_CODEC_COUNT] = {0};
    unsigned n = serve_contributors(room, when_us, key, per_codec);

    for (unsigned i = 0; i < AUDIO_CODEC_COUNT; ++i) {
        struct audio_out *out = room->work.shared[i];

        if (out && fanout_subscribers(audio_out_fanout(out)) > per_codec[i])
            send_shared(room, out, when_us, key, n);
    }
}

static uint32_t key_of_index(const struct audio_room *room, int index)
{
    const struct member *m = room->work.members;

    while (m && m->index != index)
        m = m->next;
    return m ? audio_in_key(m->in) : 0;
}

static void tell_speakers(struct audio_room *room)
{
    uint32_t epoch = speaker_epoch(room->work.speaker);
    struct audio_room_speakers msg = {.room = room->cfg.room};
    int index[AUDIO_ROOM_ACTIVE_MAX];
    unsigned n;

    if (++room->work.quiet_ticks < SPEAKERS_TICKS || epoch == room->work.speaker_epoch)
        return;
    n = speaker_active(room->work.speaker, index, AUDIO_ROOM_ACTIVE_MAX);
    msg.dominant = key_of_index(room, speaker_dominant(room->work.speaker));
    for (unsigned i = 0; i < n; ++i) {
        msg.active[msg.nactive].key = key_of_index(room, index[i]);
        msg.active[msg.nactive].level = amix_level(room->work.amix, index[i]);
        msg.nactive += msg.active[msg.nactive].key != 0;
    }
    if (control_loop_post(room->cfg.speakersh, room->cfg.arg, &msg, sizeof(msg)) == 0) {
        room->work.quiet_ticks = 0;
        room->work.speaker_epoch = epoch;
    }
}

/* A late tick plays what was due at its time, so that catching up loses nothing. */
static void tick(struct audio_room *room, uint64_t when_us)
{
    pull_all(room, when_us);
    amix_run(room->work.amix);
    for (struct member *m = room->work.members; m; m = m->next) {
        if (!audio_in_owner(m->in)) /* music is not somebody who speaks */
            speaker_put(room->work.speaker, m->index, amix_level(room->work.amix, m->index));
    }
    speaker_run(room->work.speaker);
    send_mix(room, when_us);
    tell_speakers(room);
}

static void run(uint64_t now_us, void *arg)
{
    struct audio_room *room = arg;

    take_commands(room);
    if (now_us > room->work.next_us + (uint64_t)LATE_TICKS_MAX * MEDIA_CLOCK_AUDIO_TICK_US) {
        uint64_t late = (now_us - room->work.next_us) / MEDIA_CLOCK_AUDIO_TICK_US;

        metric_add(&media_metrics_audio_late_ticks, (int64_t)late);
        room->work.next_us += late * MEDIA_CLOCK_AUDIO_TICK_US;
    }
    while (room->work.next_us <= now_us) {
        uint64_t start_us = clock_now_us();

        tick(room, room->work.next_us);
        room->work.next_us += MEDIA_CLOCK_AUDIO_TICK_US;
        metric_observe(&media_metrics_audio_mix, clock_now_us() - start_us);
    }
    task_wake_at(room->task, room->work.next_us);
}

static void drop_command(const struct command *cmd)
{
    audio_in_free(cmd->in);
    audio_out_close(cmd->out);
}

static void release(void *arg)
{
    struct audio_room *room = arg;
    struct command cmd;
    struct member *m;

    while (room->commands && mpsc_pop(room->commands, &cmd))
        drop_command(&cmd);
    while ((m = room->work.members) != NULL) {
        room->work.members = m->next;
        free_member(m);
    }
    for (unsigned i = 0; i < AUDIO_CODEC_COUNT; ++i)
        audio_out_close(room->work.shared[i]);
    speaker_free(room->work.speaker);
    amix_free(room->work.amix);
    mpsc_free(room->commands);
    free(room);
}

int audio_room_new(struct audio_room **ret_room, const struct audio_room_cfg *cfg)
{
    const struct amix_cfg amix = {.max_inputs = cfg->max_inputs, .mix_max = cfg->mix_max};
    const struct speaker_cfg speaker = {.max_inputs = cfg->max_inputs,
                                        .hold_ms = cfg->speaker_hold_ms};
    struct audio_room *room = calloc(1, sizeof(*room));
    int err;

    if (!room)
        return -ENOMEM;
    room->cfg = *cfg;
    err = amix_new(&room->work.amix, &amix);
    if (!err)
        err = speaker_new(&room->work.speaker, &speaker);
    if (!err)
        err = mpsc_new(&room->commands, COMMANDS_MAX, sizeof(struct command));
    if (!err)
        err = task_new(&room->task, cfg->pool, TASK_PRIO_AUDIO, run, room);
    if (err) {
        release(room);
        return err;
    }
    /* Whole milliseconds, for exact RTP timestamps; rooms tick at different times. */
    room->work.next_us = clock_now_us() / 1000 * 1000 +
                         (1 + id_u32() % (MEDIA_CLOCK_AUDIO_TICK_US / 1000)) * 1000ull;
    task_wake_at(room->task, room->work.next_us);
    *ret_room = room;
    return 0;
}

static int command(struct audio_room *room, const struct command *cmd)
{
    return mpsc_push(room->commands, cmd); /* seen with the next tick */
}

int audio_room_add(struct audio_room *room, struct audio_in *in, struct audio_out *own)
{
    return command(room, &(struct command){.type = ADD, .in = in, .out = own});
}

int audio_room_remove(struct audio_room *room, uint32_t key)
{
    return command(room, &(struct command){.type = REMOVE, .key = key});
}

int audio_room_mute(struct audio_room *room, uint32_t key, bool muted)
{
    return command(room, &(struct command){.type = MUTE, .key = key, .muted = muted});
}

int audio_room_share(struct audio_room *room, enum audio_codec codec, struct audio_out *out)
{
    return command(room, &(struct command){.type = SHARE, .codec = codec, .out = out});
}

int audio_room_unshare(struct audio_room *room, enum audio_codec codec)
{
    return command(room, &(struct command){.type = UNSHARE, .codec = codec});
}

struct audio_room *audio_room_close(struct audio_room *room)
{
    if (room)
        task_close(room->task, release);
    return NULL;
}
