/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/video_source.c  The latest picture of one video stream
 */
#include "mcu/media/video_source.h"

#include <errno.h>
#include <stdlib.h>

#include "codec/video_frame.h"
#include "mcu/base/ref.h"
#include "mixer/slot.h"

struct video_source {
    struct ref ref;
    struct slot slot;
};

int video_source_new(struct video_source **ret_source)
{
    struct video_source *source = calloc(1, sizeof(*source));

    if (!source)
        return -ENOMEM;
    ref_init(&source->ref);
    slot_init(&source->slot);
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
        free(source);
    }
    return NULL;
}

void video_source_put(struct video_source *source, struct video_frame *frame)
{
    video_frame_unref(slot_put(&source->slot, frame));
}

struct video_frame *video_source_take(struct video_source *source)
{
    return slot_take(&source->slot);
}
