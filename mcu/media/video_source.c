/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/video_source.c  The latest picture of one video stream
 */
#include "mcu/media/video_source.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "codec/video_frame.h"
#include "mcu/base/ref.h"
#include "mixer/slot.h"

struct video_source {
    struct ref ref;
    struct slot slot;
    struct slot again;  /* filled while nagain is not 0 */
    atomic_uint nagain; /* who opened it and has not closed it */
};

int video_source_new(struct video_source **ret_source)
{
    struct video_source *source = calloc(1, sizeof(*source));

    if (!source)
        return -ENOMEM;
    ref_init(&source->ref);
    slot_init(&source->slot);
    slot_init(&source->again);
    atomic_init(&source->nagain, 0);
    *ret_source = source;
    return 0;
}

struct video_source *video_source_ref(struct video_source *source)
{
    ref_get(&source->ref);
    return source;
}

struct video_source *video_source_unref(struct video_source *source)
{
    if (source && ref_put(&source->ref)) {
        video_frame_unref(slot_take(&source->slot));
        video_frame_unref(slot_take(&source->again));
        free(source);
    }
    return NULL;
}

void video_source_put(struct video_source *source, struct video_frame *frame)
{
    /* Relaxed: a picture more or less; the slot orders what is in it. */
    if (atomic_load_explicit(&source->nagain, memory_order_relaxed))
        video_frame_unref(slot_put(&source->again, video_frame_ref(frame)));
    video_frame_unref(slot_put(&source->slot, frame));
}

struct video_frame *video_source_take(struct video_source *source)
{
    return slot_take(&source->slot);
}

void video_source_open_again(struct video_source *source)
{
    /* One that was put while it was being closed may be old.  Nobody else takes: the first one. */
    if (!atomic_load_explicit(&source->nagain, memory_order_relaxed))
        video_frame_unref(slot_take(&source->again));
    /* Relaxed: nothing else is told by it. */
    atomic_fetch_add_explicit(&source->nagain, 1, memory_order_relaxed);
}

void video_source_close_again(struct video_source *source)
{
    /* Relaxed: as above.  Who counts down to 0 drops what is left. */
    if (atomic_fetch_sub_explicit(&source->nagain, 1, memory_order_relaxed) == 1)
        video_frame_unref(slot_take(&source->again));
}

struct video_frame *video_source_take_again(struct video_source *source)
{
    return slot_take(&source->again);
}
