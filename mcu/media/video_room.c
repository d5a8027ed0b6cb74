/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/video_room.c  A room's picture: sources to one composite per tick
 */
#include "mcu/media/video_room.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/base/clock.h"
#include "mcu/base/mpsc.h"
#include "mcu/media/avatar.h"
#include "mcu/media/media_metrics.h"
#include "mcu/media/video_out.h"
#include "mcu/media/video_source.h"
#include "mixer/compositor.h"
#include "mixer/layout_set.h"
#include "mixer/scene.h"
#include "mixer/task.h"

enum {
    COMMANDS_MAX = 4096,
    OUTS_MAX = 8,
    STALE_US = 1000000,         /* a camera without a picture for so long: initials */
    STALE_CONTENT_US = 5000000, /* a screen that stands still is sent about once a second */
    REFRESH_US = 1000000,       /* an unchanged composite is encoded again after so long */
    LATE_TICKS_MAX = 2,
};

enum command_type { ADD_HEAD, SET_HEAD, REMOVE_HEAD, ADD_OUT, REMOVE_OUT };

/* Owns a reference to source, the avatar and (ADD_OUT) the rendition. */
struct command {
    enum command_type type;
    uint32_t head;
    bool on, content;
    struct video_source *source;
    struct avatar *avatar;
    struct video_out *out;
};

struct head {
    struct head *next;
    uint32_t key;
    bool on; /* camera */
    uint64_t stale_us;
    struct video_source *source;
    struct avatar *avatar;
    struct video_frame *picture; /* latest of the camera, NULL when stale */
    struct video_frame *initials;
    uint64_t picture_us;      /* when it came, or when the camera was turned on [us] */
    uint64_t picture_version; /* unique in the room, for the compositor */
    uint64_t initials_version;
};

struct video_room {
    struct video_room_cfg cfg;
    struct task *task;
    struct mpsc *commands; /* from control */

    struct {
        struct scene *scene;
        struct compositor *compositor;
        struct head *heads;
        struct video_out *out[OUTS_MAX];
        unsigned nouts;
        uint64_t start_us, tick;  /* tick n is due at start + n / fps; start 0 = not ticking */
        uint64_t version;         /* last one given to a picture */
        struct video_frame *last; /* composite, for late key frames */
        uint64_t last_us;         /* when it was given out */
        enum video_room_media shown[LAYOUT_TILES_MAX];
        uint64_t shown_epoch; /* of the scene */
        uint64_t epoch;       /* of what control knows */
        bool announced;
        unsigned stale; /* of ours in the gauge */
    } work;             /* our task only */
};

static struct head *find_head(struct video_room *room, uint32_t key)
{
    struct head *head = room->work.heads;

    while (head && head->key != key)
        head = head->next;
    return head;
}

static void free_head(struct head *head)
{
    video_source_unref(head->source);
    avatar_close(head->avatar);
    video_frame_unref(head->picture);
    video_frame_unref(head->initials);
    free(head);
}

static void do_add_head(struct video_room *room, struct command *cmd, uint64_t now_us)
{
    const struct scene_head seat = {
        .id = cmd->head, .content = cmd->content, .video = cmd->on && cmd->source};
    struct head *head = calloc(1, sizeof(*head));

    if (!head || scene_add(room->work.scene, &seat)) {
        free(head);
        video_source_unref(cmd->source);
        avatar_close(cmd->avatar);
        return;
    }
    head->key = cmd->head;
    head->on = cmd->on;
    head->stale_us = cmd->content ? STALE_CONTENT_US : STALE_US;
    head->source = cmd->source;
    head->avatar = cmd->avatar;
    head->picture_us = now_us;
    head->next = room->work.heads;
    room->work.heads = head;
}

static void do_set_head(struct video_room *room, struct command *cmd, uint64_t now_us)
{
    struct head *head = find_head(room, cmd->head);

    if (!head) {
        video_source_unref(cmd->source);
        return;
    }
    video_source_unref(head->source);
    head->source = cmd->source;
    if (!head->on || !cmd->on)
        head->picture = video_frame_unref(head->picture);
    if (!head->on && cmd->on)
        head->picture_us = now_us;
    head->on = cmd->on;
    scene_set(room->work.scene,
              &(struct scene_head){.id = cmd->head, .video = cmd->on && cmd->source});
}

static void do_remove_head(struct video_room *room, uint32_t key)
{
    struct head **p = &room->work.heads;

    while (*p && (*p)->key != key)
        p = &(*p)->next;
    if (*p) {
        struct head *head = *p;

        *p = head->next;
        free_head(head);
        scene_remove(room->work.scene, key);
    }
}

static void do_add_out(struct video_room *room, struct video_out *out)
{
    if (room->work.nouts == OUTS_MAX) {
        video_out_close(out);
        return;
    }
    room->work.out[room->work.nouts++] = out;
    if (room->work.last)
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

static void take_commands(struct video_room *room, uint64_t now_us)
{
    struct command cmd;

    while (mpsc_pop(room->commands, &cmd)) {
        switch (cmd.type) {
        case ADD_HEAD:
            do_add_head(room, &cmd, now_us);
            break;
        case SET_HEAD:
            do_set_head(room, &cmd, now_us);
            break;
        case REMOVE_HEAD:
            do_remove_head(room, cmd.head);
            break;
        case ADD_OUT:
            do_add_out(room, cmd.out);
            break;
        case REMOVE_OUT:
            do_remove_out(room, cmd.out);
            break;
        }
    }
}

/* Take what came since the last tick; forget a picture that is too old. */
static void refresh_head(struct video_room *room, struct head *head, uint64_t now_us)
{
    struct video_frame *frame = head->source ? video_source_take(head->source) : NULL;

    if (frame && head->on) {
        video_frame_unref(head->picture);
        head->picture = frame;
        head->picture_us = now_us;
        head->picture_version = ++room->work.version;
    } else {
        video_frame_unref(frame);
    }
    if (head->picture && now_us - head->picture_us >= head->stale_us)
        head->picture = video_frame_unref(head->picture);

    frame = avatar_take(head->avatar);
    if (frame) {
        video_frame_unref(head->initials);
        head->initials = frame;
        head->initials_version = ++room->work.version;
    }
}

static enum video_room_media fill_tile(struct compositor_tile *tile, struct head *head)
{
    if (!head)
        return VIDEO_ROOM_EMPTY;
    if (head->picture) {
        tile->frame = head->picture;
        tile->version = head->picture_version;
        return VIDEO_ROOM_VIDEO;
    }
    avatar_request(head->avatar, tile->rect.w, tile->rect.h);
    tile->frame = head->initials;
    tile->version = head->initials_version;
    return VIDEO_ROOM_AVATAR;
}

static void count_stale(struct video_room *room, uint64_t now_us)
{
    unsigned n = 0;

    for (struct head *head = room->work.heads; head; head = head->next)
        n += head->on && head->source && !head->picture &&
             now_us - head->picture_us >= head->stale_us;
    metric_add(&media_metrics_stale_tiles, (int64_t)n - (int64_t)room->work.stale);
    room->work.stale = n;
}

/* Tell control what the composite of when_us looks like, if it looks different. */
static void announce(struct video_room *room, const struct compositor_tile *tile,
                     const enum video_room_media *media, uint64_t when_us)
{
    const struct layout *layout = scene_layout(room->work.scene);
    uint64_t scene = scene_epoch(room->work.scene);
    struct video_room_layout *msg;

    if (room->work.announced && scene == room->work.shown_epoch &&
        memcmp(media, room->work.shown, layout->ntiles * sizeof(media[0])) == 0)
        return;
    msg = calloc(1, sizeof(*msg));
    if (!msg)
        return;

    msg->room = room->cfg.room;
    msg->epoch = ++room->work.epoch;
    msg->when_us = when_us;
    msg->w = layout->w;
    msg->h = layout->h;
    msg->ntiles = layout->ntiles;
    for (unsigned i = 0; i < layout->ntiles; ++i) {
        msg->tile[i].head = scene_id(room->work.scene, i);
        msg->tile[i].rect = tile[i].rect;
        msg->tile[i].media = media[i];
    }
    if (control_loop_post(room->cfg.layouth, room->cfg.arg, &msg, sizeof(msg))) {
        free(msg); /* control is far behind: tried again with the next tick */
        return;
    }
    room->work.announced = true;
    room->work.shown_epoch = scene;
    memcpy(room->work.shown, media, layout->ntiles * sizeof(media[0]));
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

static void compose(struct video_room *room, uint64_t now_us, uint64_t when_us)
{
    struct compositor_tile tile[LAYOUT_TILES_MAX] = {0}, drawn[LAYOUT_TILES_MAX];
    unsigned ndrawn = 0;
    enum video_room_media media[LAYOUT_TILES_MAX];
    struct video_frame *frame = NULL;
    const struct layout *layout;
    int err;

    for (struct head *head = room->work.heads; head; head = head->next)
        refresh_head(room, head, now_us);
    count_stale(room, now_us);
    (void)scene_update(room->work.scene, now_us);
    layout = scene_layout(room->work.scene);
    for (unsigned i = 0; i < layout->ntiles; ++i) {
        uint32_t key = scene_id(room->work.scene, i);

        tile[i].rect = layout->tile[i].rect;
        tile[i].fit = layout->tile[i].fit;
        media[i] = fill_tile(&tile[i], key ? find_head(room, key) : NULL);
    }
    for (unsigned i = 0; i < layout->ntiles; ++i) {
        if (!scene_hidden(room->work.scene, layout->order[i]))
            drawn[ndrawn++] = tile[layout->order[i]];
    }

    err = compositor_run(room->work.compositor, drawn, ndrawn, when_us, &frame);
    if (err) {
        metric_add(&media_metrics_frames_late, 1);
        return;
    }
    if (frame) {
        metric_add(&media_metrics_frames_composed, 1);
        video_frame_unref(room->work.last);
        room->work.last = frame;
    }
    announce(room, tile, media, when_us);
    give_out(room, now_us, frame != NULL);
}

/* Due time of a tick without accumulating a rounding error. */
static uint64_t due(const struct video_room *room, uint64_t tick)
{
    return room->work.start_us + tick * 1000000 / room->cfg.fps;
}

static void run(uint64_t now_us, void *arg)
{
    struct video_room *room = arg;
    uint64_t when_us, done_us;

    take_commands(room, now_us);
    if (!room->work.nouts) {
        room->work.start_us = 0;
        room->work.last = video_frame_unref(room->work.last);
        return;
    }
    if (!room->work.start_us) {
        room->work.start_us = now_us;
        room->work.tick = 0;
    }
    when_us = due(room, room->work.tick);
    if (now_us >= when_us) {
        compose(room, now_us, when_us);
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

static void drop_command(struct command *cmd)
{
    video_source_unref(cmd->source);
    avatar_close(cmd->avatar);
    if (cmd->type == ADD_OUT)
        video_out_close(cmd->out);
}

static void release(void *arg)
{
    struct video_room *room = arg;
    struct command cmd;
    struct head *head;

    while (room->commands && mpsc_pop(room->commands, &cmd))
        drop_command(&cmd);
    while ((head = room->work.heads) != NULL) {
        room->work.heads = head->next;
        free_head(head);
    }
    for (unsigned i = 0; i < room->work.nouts; ++i)
        video_out_close(room->work.out[i]);
    metric_add(&media_metrics_stale_tiles, -(int64_t)room->work.stale);
    video_frame_unref(room->work.last);
    compositor_free(room->work.compositor);
    scene_free(room->work.scene);
    mpsc_free(room->commands);
    free(room);
}

int video_room_new(struct video_room **ret_room, const struct video_room_cfg *cfg)
{
    struct video_room *room = calloc(1, sizeof(*room));
    struct layout_set *set = NULL;
    int err;

    if (!room)
        return -ENOMEM;
    room->cfg = *cfg;
    err = layout_set_default(&set);
    if (!err)
        err = scene_new(&room->work.scene, set, cfg->w, cfg->h);
    layout_set_unref(set);
    if (!err)
        err = compositor_new(&room->work.compositor, cfg->w, cfg->h);
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

int video_room_add_head(struct video_room *room, uint32_t head, const char *name,
                        struct video_source *source, bool on, bool content)
{
    struct command cmd = {.type = ADD_HEAD, .head = head, .on = on, .content = content};
    int err = avatar_new(&cmd.avatar, room->cfg.pool, name);

    if (err)
        return err;
    cmd.source = source ? video_source_ref(source) : NULL;
    err = command(room, &cmd);
    if (err)
        drop_command(&cmd);
    return err;
}

int video_room_set_head(struct video_room *room, uint32_t head, struct video_source *source,
                        bool on)
{
    struct command cmd = {.type = SET_HEAD, .head = head, .on = on};
    int err;

    cmd.source = source ? video_source_ref(source) : NULL;
    err = command(room, &cmd);
    if (err)
        drop_command(&cmd);
    return err;
}

int video_room_remove_head(struct video_room *room, uint32_t head)
{
    return command(room, &(struct command){.type = REMOVE_HEAD, .head = head});
}

int video_room_add_out(struct video_room *room, struct video_out *out)
{
    return command(room, &(struct command){.type = ADD_OUT, .out = out});
}

int video_room_remove_out(struct video_room *room, struct video_out *out)
{
    return command(room, &(struct command){.type = REMOVE_OUT, .out = out});
}

struct video_room *video_room_close(struct video_room *room)
{
    if (room)
        task_close(room->task, release);
    return NULL;
}
