/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/composite.c  A composite of a room and the streams of it, one per codec
 */
#include "mcu/room/composite.h"

#include <errno.h>
#include <stdlib.h>

#include "mcu/media/video_out.h"
#include "mcu/media/video_room.h"
#include "net/fanout.h"
#include "net/packet.h"

enum { HEADER_ROOM = 20 /* of a payload, for what the codecs put in front [bytes] */ };

/* The fanout is ours, the rendition belongs to the pipeline. */
struct stream {
    unsigned users;
    struct fanout *fanout;
    struct video_out *out; /* to name it when it ends */
};

struct composite {
    struct composite_cfg cfg;
    struct video_room *video;
    struct stream codec[VIDEO_CODEC_COUNT];
};

int composite_new(struct composite **ret_composite, const struct composite_cfg *cfg)
{
    const struct video_room_cfg video = {
        .pool = cfg->pool,
        .settings = cfg->settings,
        .room = cfg->room,
        .view = cfg->view,
        .w = cfg->w,
        .h = cfg->h,
        .fps = cfg->fps,
        .layouth = cfg->layouth,
        .arg = cfg->arg,
    };
    struct composite *composite = calloc(1, sizeof(*composite));
    int err;

    if (!composite)
        return -ENOMEM;
    composite->cfg = *cfg;
    composite->cfg.settings = NULL; /* the room's task has its own reference */
    err = video_room_new(&composite->video, &video);
    if (err) {
        free(composite);
        return err;
    }
    *ret_composite = composite;
    return 0;
}

struct composite *composite_close(struct composite *composite)
{
    if (!composite)
        return NULL;
    video_room_close(composite->video);
    for (unsigned i = 0; i < VIDEO_CODEC_COUNT; ++i)
        fanout_unref(composite->codec[i].fanout);
    free(composite);
    return NULL;
}

struct video_room *composite_video(struct composite *composite)
{
    return composite->video;
}

const struct composite_cfg *composite_cfg(const struct composite *composite)
{
    return &composite->cfg;
}

static int start(struct composite *composite, enum video_codec codec, struct stream *stream)
{
    const struct composite_cfg *cfg = &composite->cfg;
    const struct video_out_cfg out_cfg = {
        .pool = cfg->pool,
        .params = {.codec = codec,
                   .width = cfg->w,
                   .height = cfg->h,
                   .fps = cfg->fps,
                   .bitrate_bps = cfg->bitrate_bps,
                   .max_payload = PACKET_PAYLOAD_MAX - HEADER_ROOM,
                   .preset = cfg->preset},
    };
    struct video_out *out;
    int err = video_out_new(&out, &out_cfg);

    if (err)
        return err;
    stream->fanout = fanout_ref(video_out_fanout(out));
    stream->out = out;
    err = video_room_add_out(composite->video, out);
    if (err) {
        video_out_close(out);
        stream->fanout = fanout_unref(stream->fanout);
        stream->out = NULL;
    }
    return err;
}

int composite_want(struct composite *composite, enum video_codec codec, struct fanout **ret_fanout)
{
    struct stream *stream = &composite->codec[codec];
    int err = stream->users ? 0 : start(composite, codec, stream);

    if (err)
        return err;
    ++stream->users;
    *ret_fanout = stream->fanout;
    return 0;
}

void composite_drop(struct composite *composite, enum video_codec codec)
{
    struct stream *stream = &composite->codec[codec];

    if (--stream->users)
        return;
    (void)video_room_remove_out(composite->video, stream->out);
    stream->fanout = fanout_unref(stream->fanout);
    stream->out = NULL;
}

struct fanout *composite_fanout(const struct composite *composite, enum video_codec codec)
{
    return composite->codec[codec].fanout;
}
