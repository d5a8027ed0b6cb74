/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/avatar.c  The picture that stands for somebody without a camera
 */
#include "mcu/media/avatar.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "codec/video_frame.h"
#include "mixer/placeholder.h"
#include "mixer/slot.h"
#include "mixer/task.h"

struct avatar {
    struct task *task;
    struct slot slot;      /* drawn, not yet taken */
    _Atomic uint32_t size; /* wanted: width << 16 | height; written by the room's task */
    uint32_t requested;    /* the same, room's task only */
    uint32_t drawn;        /* our task only */
    char name[PLACEHOLDER_NAME_MAX];
};

static void run(uint64_t now_us, void *arg)
{
    struct avatar *avatar = arg;
    uint32_t size = atomic_load(&avatar->size);
    struct video_frame *frame = NULL;
    (void)now_us;

    if (size == avatar->drawn)
        return;
    avatar->drawn = size;
    if (placeholder_draw(&frame, avatar->name, (uint16_t)(size >> 16), (uint16_t)size))
        return; /* the tile stays background */
    video_frame_unref(slot_put(&avatar->slot, frame));
}

static void release(void *arg)
{
    struct avatar *avatar = arg;

    video_frame_unref(slot_finish(&avatar->slot));
    free(avatar);
}

int avatar_new(struct avatar **ret_avatar, struct task_pool *pool, const char *name)
{
    struct avatar *avatar = calloc(1, sizeof(*avatar));
    int err;

    if (!avatar)
        return -ENOMEM;
    slot_init(&avatar->slot);
    (void)snprintf(avatar->name, sizeof(avatar->name), "%s", name);
    err = task_new(&avatar->task, pool, TASK_PRIO_VIDEO, run, avatar);
    if (err) {
        free(avatar);
        return err;
    }
    *ret_avatar = avatar;
    return 0;
}

void avatar_request(struct avatar *avatar, uint16_t w, uint16_t h)
{
    uint32_t size = (uint32_t)w << 16 | h;

    if (size == avatar->requested)
        return;
    avatar->requested = size;
    atomic_store(&avatar->size, size);
    task_wake(avatar->task);
}

struct video_frame *avatar_take(struct avatar *avatar)
{
    return slot_take(&avatar->slot);
}

struct avatar *avatar_close(struct avatar *avatar)
{
    if (avatar)
        task_close(avatar->task, release);
    return NULL;
}
