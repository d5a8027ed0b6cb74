/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/video_source.c  The latest picture of one video stream
 */
#include "mcu/media/video_source.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "codec/video_frame.h"
#include "mcu/base/ref.h"
#include "mixer/slot.h"

struct again {
    struct slot slot;  /* filled while nopen is not 0 */
    atomic_uint nopen; /* who opened it and has not closed it */
};

struct video_source {
    struct ref ref;
    struct slot slot;
    struct again again[VIDEO_SOURCE_AGAIN_MAX];
};

int video_source_new(struct video_source **ret_source)
{
    struct video_source *source = calloc(1, sizeof(*source));

    if (!source)
        return -ENOMEM;
    ref_init(&source->ref);
    slot_init(&source->slot);
    for (unsigned i = 0; i < VIDEO_SOURCE_AGAIN_MAX; ++i) {
        slot_init(&source->again[i].slot);
        atomic_init(&source->again[i].nopen, 0);
    }
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
        for (unsigned i = 0; i < VIDEO_SOURCE_AGAIN_MAX; ++i)
            video_frame_unref(slot_take(&source->again[i].slot));
        free(source);
    }
    return NULL;
}

void video_source_put(struct video_source *source, struct video_frame *frame)
{
    for (unsigned i = 0; i < VIDEO_SOURCE_AGAIN_MAX; ++i) {
        struct again *again = &source->again[i];

        /* Relaxed: a picture more or less; the slot orders what is in it. */
        if (atomic_load_explicit(&again->nopen, memory_order_relaxed))
            video_frame_unref(slot_put(&again->slot, video_frame_ref(frame)));
    }
    video_frame_unref(slot_put(&source->slot, frame));
}

struct video_frame *video_source_take(struct video_source *source)
{
    return slot_take(&source->slot);
}

static struct again *again_of(struct video_source *source, unsigned number)
{
    assert(number >= 1 && number <= VIDEO_SOURCE_AGAIN_MAX);
    return &source->again[number - 1];
}

void video_source_open_again(struct video_source *source, unsigned number)
{
    struct again *again = again_of(source, number);

    /* One that was put while it was being closed may be old.  Nobody else takes: the first one. */
    if (!atomic_load_explicit(&again->nopen, memory_order_relaxed))
        video_frame_unref(slot_take(&again->slot));
    /* Relaxed: nothing else is told by it. */
    atomic_fetch_add_explicit(&again->nopen, 1, memory_order_relaxed);
}

void video_source_close_again(struct video_source *source, unsigned number)
{
    struct again *again = again_of(source, number);

    /* Relaxed: as above.  Who counts down to 0 drops what is left. */
    if (atomic_fetch_sub_explicit(&again->nopen, 1, memory_order_relaxed) == 1)
        video_frame_unref(slot_take(&again->slot));
}

struct video_frame *video_source_take_again(struct video_source *source, unsigned number)
{
    return slot_take(&again_of(source, number)->slot);
}
