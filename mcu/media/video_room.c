/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/video_room.c  A room's picture: sources to one composite per tick
 */
#include "mcu/media/video_room.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec/video_frame.h"
#include "mcu/base/clock.h"
#include "mcu/base/mpsc.h"
#include "mcu/config/settings.h"
#include "mcu/media/media_metrics.h"
#include "mcu/media/room_look.h"
#include "mcu/media/video_head.h"
#include "mcu/media/video_out.h"
#include "mcu/media/video_source.h"
#include "mixer/scale.h"
#include "mixer/scene.h"
#include "mixer/task.h"

enum {
    COMMANDS_MAX = 4096,
    OUTS_MAX = 8,
    SNAPSHOTS_MAX = 16,
    SNAPSHOT_WAIT_US = 300000, /* for names and initials to be drawn, while nobody watches */
    REFRESH_US = 1000000,      /* an unchanged composite is encoded again after so long */
    LATE_TICKS_MAX = 2,
};

enum command_type {
    ADD_HEAD,
    SET_HEAD,
    REMOVE_HEAD,
    SET_SPEAKERS,
    SET_LOOK,
    CONFIGURE,
    SNAPSHOT,
    ADD_OUT,
    REMOVE_OUT,
};

struct speakers {
    uint32_t dominant;
    unsigned nactive;
    uint32_t active[SCENE_ACTIVE_MAX];
};

/* Somebody who waits for the composite; also the message with it. */
struct snapshot {
    video_room_snapshot_h *h;
    void *arg;
    struct video_frame *frame;
};

/* Owns what it points to; ADD_OUT the rendition, head its reference to the source. */
struct command {
    enum command_type type;
    union {
        uint32_t key;
        struct video_head_cfg *head;
        struct speakers *speakers;
        struct room_look *look;
        struct settings *settings;
        struct snapshot snapshot;
        struct video_out *out;
    } u;
};

struct video_room {
    struct video_room_cfg cfg;
    struct task *task;
    struct mpsc *commands; /* from control */

    struct {
        struct video_canvas *canvas;
        struct video_out *out[OUTS_MAX];
        unsigned nouts;
        struct snapshot snapshot[SNAPSHOTS_MAX];
        unsigned nsnapshots;
        uint64_t asked_us; /* since when a snapshot waits, while nobody watches; 0 = none does */
        uint64_t start_us, tick;  /* tick n is due at start + n / fps; start 0 = not ticking */
        struct video_frame *last; /* composite, for late key frames */
        uint64_t last_us;         /* when it was given out */
        unsigned stale;           /* of ours in the gauge */
    } work;                       /* our task only */
};

/* ---- commands ---- */

static void do_add_out(struct video_room *room, struct video_out *out)
{
    if (room->work.nouts == OUTS_MAX) {
        video_out_close(out);
        return;
    }
    room->work.out[room->work.nouts++] = out;
    if (room->work.last && room->work.start_us) /* while nobody watched it got old */
        video_out_put(out, room->work.last);
}

static void do_remove_out(struct video_room *room, struct video_out *out)
{
    for (unsigned i = 0; i < room->work.nouts; ++i) {
        if (room->work.out[i] == out) {
            room->work.out[i] = room->work.out[--room->work.nouts];
            video_out_close(out);
            return;
        }
    }
}

static void on_snapshot(void *msg, void *arg)
{
    const struct snapshot *snapshot = msg;
    (void)arg;

    snapshot->h(snapshot->frame, snapshot->arg);
}

/* @return false: control is far behind, to be tried again */
static bool answer(struct snapshot *snapshot, struct video_frame *frame)
{
    snapshot->frame = frame ? video_frame_ref(frame) : NULL;
    if (control_loop_post(on_snapshot, NULL, snapshot, sizeof(*snapshot)) == 0)
        return true;
    snapshot->frame = video_frame_unref(snapshot->frame);
    return false;
}

static void do_snapshot(struct video_room *room, struct snapshot *snapshot)
{
    if (room->work.nsnapshots < SNAPSHOTS_MAX)
        room->work.snapshot[room->work.nsnapshots++] = *snapshot;
    else
        (void)answer(snapshot, NULL);
}

static void drop_command(struct command *cmd)
{
    switch (cmd->type) {
    case ADD_HEAD:
    case SET_HEAD:
        video_source_unref(cmd->u.head->source);
        free(cmd->u.head);
        break;
    case SET_SPEAKERS:
        free(cmd->u.speakers);
        break;
    case SET_LOOK:
        free(cmd->u.look);
        break;
    case CONFIGURE:
        settings_unref(cmd->u.settings);
        break;
    case SNAPSHOT:
        (void)answer(&cmd->u.snapshot, NULL);
        break;
    case ADD_OUT:
        video_out_close(cmd->u.out);
        break;
    case REMOVE_HEAD:
    case REMOVE_OUT:
        break;
    }
}

/* @return true if the command was taken whole and owns nothing any more */
static bool do_command(struct video_room *room, struct command *cmd, uint64_t now_us)
{
    struct video_canvas *canvas = room->work.canvas;

    switch (cmd->type) {
    case ADD_HEAD:
        video_canvas_add(canvas, cmd->u.head, now_us);
        return false;
    case SET_HEAD:
        video_canvas_set(canvas, cmd->u.head, now_us);
        return false;
    case REMOVE_HEAD:
        video_canvas_remove(canvas, cmd->u.key);
        return true;
    case SET_SPEAKERS:
        video_canvas_set_speakers(canvas, cmd->u.speakers->dominant, cmd->u.speakers->active,
                                  cmd->u.speakers->nactive, now_us);
        return false;
    case SET_LOOK:
        video_canvas_set_look(canvas, cmd->u.look);
        return false;
    case CONFIGURE:
        video_canvas_configure(canvas, cmd->u.settings);
        return false;
    case SNAPSHOT:
        do_snapshot(room, &cmd->u.snapshot);
        return true;
    case ADD_OUT:
        do_add_out(room, cmd->u.out);
        return true;
    case REMOVE_OUT:
        do_remove_out(room, cmd->u.out);
        return true;
    }
    return true;
}

static void take_commands(struct video_room *room, uint64_t now_us)
{
    struct command cmd;

    while (mpsc_pop(room->commands, &cmd)) {
        if (!do_command(room, &cmd, now_us))
            drop_command(&cmd);
    }
}

/* ---- ticks ---- */

static void count_stale(struct video_room *room)
{
    unsigned n = room->cfg.view ? 0 : video_canvas_stale(room->work.canvas); /* counted once */

    metric_add(&media_metrics_stale_tiles, (int64_t)n - (int64_t)room->work.stale);
    room->work.stale = n;
}

/* Tell control what the composite looks like, if it looks different. */
static void announce(struct video_room *room)
{
    struct video_canvas_layout layout;
    struct video_room_layout *msg;

    if (!video_canvas_layout(room->work.canvas, &layout))
        return;
    msg = malloc(sizeof(*msg));
    if (!msg)
        return;
    msg->room = room->cfg.room;
    msg->view = room->cfg.view;
    msg->canvas = layout;
    if (control_loop_post(room->cfg.layouth, room->cfg.arg, &msg, sizeof(msg)) == 0)
        video_canvas_announced(room->work.canvas);
    else
        free(msg); /* control is far behind: tried again with the next tick */
}

static void give_out(struct video_room *room, uint64_t now_us, bool changed)
{
    bool refresh = now_us - room->work.last_us >= REFRESH_US;

    if (!room->work.last)
        return;
    for (unsigned i = 0; i < room->work.nouts; ++i) {
        struct video_out *out = room->work.out[i];

        if (changed || refresh || video_out_wants_key(out, now_us))
            video_out_put(out, room->work.last);
    }
    if (changed || refresh)
        room->work.last_us = now_us;
}

/* A copy: whoever gets it may keep it, but the compositor needs its canvases. */
static struct video_frame *copy(const struct video_frame *frame)
{
    const struct video_rect whole = {.w = frame->w, .h = frame->h};
    struct video_frame *made;

    if (video_frame_new(&made, frame->w, frame->h))
        return NULL;
    if (scale_draw(made, &whole, frame, SCALE_COVER))
        made = video_frame_unref(made);
    return made;
}

static void answer_snapshots(struct video_room *room)
{
    struct video_frame *frame;

    if (!room->work.nsnapshots)
        return;
    frame = room->work.last ? copy(room->work.last) : NULL;
    while (room->work.nsnapshots && answer(&room->work.snapshot[room->work.nsnapshots - 1], frame))
        --room->work.nsnapshots;
    video_frame_unref(frame);
}

static void compose(struct video_room *room, uint64_t now_us, uint64_t when_us)
{
    struct video_frame *frame = NULL;
    int err = video_canvas_run(room->work.canvas, now_us, when_us, &frame);

    count_stale(room);
    if (err) {
        metric_add(&media_metrics_frames_late, 1);
        return;
    }
    if (frame) {
        metric_add(&media_metrics_frames_composed, 1);
        video_frame_unref(room->work.last);
        room->work.last = frame;
    }
    announce(room);
    give_out(room, now_us, frame != NULL);
}

/* Due time of a tick without accumulating a rounding error. */
static uint64_t due(const struct video_room *room, uint64_t tick)
{
    return room->work.start_us + tick * 1000000 / room->cfg.fps;
}

/* Nobody watches; but for somebody who asked for one picture. */
static void rest(struct video_room *room, uint64_t now_us)
{
    room->work.start_us = 0;
    if (!room->work.nsnapshots) {
        room->work.asked_us = 0;
        return;
    }
    if (!room->work.asked_us)
        room->work.asked_us = now_us;
    compose(room, now_us, now_us);
    if (!video_canvas_is_drawing(room->work.canvas) ||
        now_us - room->work.asked_us > SNAPSHOT_WAIT_US) {
        answer_snapshots(room);
        room->work.asked_us = 0;
    }
    if (room->work.nsnapshots)
        task_wake_at(room->task, now_us + 1000000 / room->cfg.fps);
}

static void run(uint64_t now_us, void *arg)
{
    struct video_room *room = arg;
    uint64_t when_us, done_us;

    take_commands(room, now_us);
    if (!room->work.nouts) {
        rest(room, now_us);
        return;
    }
    if (!room->work.start_us) {
        room->work.start_us = now_us;
        room->work.tick = 0;
    }
    when_us = due(room, room->work.tick);
    if (now_us >= when_us) {
        compose(room, now_us, when_us);
        answer_snapshots(room);
        done_us = clock_now_us();
        metric_observe(&media_metrics_compose, done_us - now_us);
        ++room->work.tick;
        if (done_us > due(room, room->work.tick + LATE_TICKS_MAX)) {
            uint64_t behind = (done_us - due(room, room->work.tick)) * room->cfg.fps / 1000000;

            metric_add(&media_metrics_frames_late, (int64_t)behind);
            room->work.tick += behind;
        }
    }
    task_wake_at(room->task, due(room, room->work.tick));
}

static void release(void *arg)
{
    struct video_room *room = arg;
    struct command cmd;

    while (room->commands && mpsc_pop(room->commands, &cmd))
        drop_command(&cmd);
    while (room->work.nsnapshots)
        (void)answer(&room->work.snapshot[--room->work.nsnapshots], NULL);
    for (unsigned i = 0; i < room->work.nouts; ++i)
        video_out_close(room->work.out[i]);
    metric_add(&media_metrics_stale_tiles, -(int64_t)room->work.stale);
    video_frame_unref(room->work.last);
    video_canvas_free(room->work.canvas);
    mpsc_free(room->commands);
    free(room);
}

int video_room_new(struct video_room **ret_room, const struct video_room_cfg *cfg)
{
    struct video_room *room = calloc(1, sizeof(*room));
    int err;

    if (!room)
        return -ENOMEM;
    room->cfg = *cfg;
    room->cfg.settings = NULL; /* the canvas has its own reference */
    err = video_canvas_new(&room->work.canvas, cfg->pool, cfg->settings, cfg->w, cfg->h);
    if (!err)
        err = mpsc_new(&room->commands, COMMANDS_MAX, sizeof(struct command));
    if (!err)
        err = task_new(&room->task, cfg->pool, TASK_PRIO_VIDEO, run, room);
    if (err) {
        release(room);
        return err;
    }
    *ret_room = room;
    return 0;
}

static int command(struct video_room *room, const struct command *cmd)
{
    int err = mpsc_push(room->commands, cmd);

    if (!err)
        task_wake(room->task);
    return err;
}

/* As command(), for one that owns something: it is dropped if it cannot be queued. */
static int command_owning(struct video_room *room, struct command *cmd)
{
    int err = command(room, cmd);

    if (err)
        drop_command(cmd);
    return err;
}

static int command_head(struct video_room *room, enum command_type type,
                        const struct video_head_cfg *head)
{
    struct command cmd = {.type = type, .u.head = malloc(sizeof(*head))};

    if (!cmd.u.head)
        return -ENOMEM;
    *cmd.u.head = *head;
    if (head->source)
        video_source_ref(head->source);
    return command_owning(room, &cmd);
}

int video_room_add_head(struct video_room *room, const struct video_head_cfg *head)
{
    return command_head(room, ADD_HEAD, head);
}

int video_room_set_head(struct video_room *room, const struct video_head_cfg *head)
{
    return command_head(room, SET_HEAD, head);
}

int video_room_remove_head(struct video_room *room, uint32_t head)
{
    return command(room, &(struct command){.type = REMOVE_HEAD, .u.key = head});
}

int video_room_set_speakers(struct video_room *room, uint32_t dominant, const uint32_t *active,
                            unsigned nactive)
{
    struct command cmd = {.type = SET_SPEAKERS, .u.speakers = calloc(1, sizeof(struct speakers))};

    if (!cmd.u.speakers)
        return -ENOMEM;
    cmd.u.speakers->dominant = dominant;
    cmd.u.speakers->nactive = nactive < SCENE_ACTIVE_MAX ? nactive : SCENE_ACTIVE_MAX;
    for (unsigned i = 0; i < cmd.u.speakers->nactive; ++i)
        cmd.u.speakers->active[i] = active[i];
    return command_owning(room, &cmd);
}

int video_room_set_look(struct video_room *room, const struct room_look *look)
{
    struct command cmd = {.type = SET_LOOK, .u.look = malloc(sizeof(*look))};

    if (!cmd.u.look)
        return -ENOMEM;
    *cmd.u.look = *look;
    return command_owning(room, &cmd);
}

int video_room_configure(struct video_room *room, struct settings *settings)
{
    struct command cmd = {.type = CONFIGURE, .u.settings = settings_ref(settings)};

    return command_owning(room, &cmd);
}

int video_room_snapshot(struct video_room *room, video_room_snapshot_h *h, void *arg)
{
    return command(room, &(struct command){.type = SNAPSHOT, .u.snapshot = {.h = h, .arg = arg}});
}

int video_room_add_out(struct video_room *room, struct video_out *out)
{
    return command(room, &(struct command){.type = ADD_OUT, .u.out = out});
}

int video_room_remove_out(struct video_room *room, struct video_out *out)
{
    return command(room, &(struct command){.type = REMOVE_OUT, .u.out = out});
}

struct video_room *video_room_close(struct video_room *room)
{
    if (room)
        task_close(room->task, release);
    return NULL;
}
