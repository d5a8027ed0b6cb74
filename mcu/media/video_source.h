/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/video_source.h  The latest picture of one video stream
 *
 *     video_in --- put ---+->  [ latest frame wins ]  --- take --->       video_room
 *                         '->  [ latest frame wins ]  --- take_again -->  content view
 *                              while one is open
 *
 * Shared by the stream's decoder and the room that shows it, so that either
 * may end first.
 *
 * Ownership: counted.
 */
#ifndef MCU_MEDIA_VIDEO_SOURCE_H
#define MCU_MEDIA_VIDEO_SOURCE_H

struct video_frame;
struct video_source;

/** Create with one reference.  @return 0 or -ENOMEM */
int video_source_new(struct video_source **ret_source);
struct video_source *video_source_ref(struct video_source *source);
/** Drop a reference.  NULL is allowed.  Returns NULL. */
struct video_source *video_source_unref(struct video_source *source);

/** Show a picture; one task.  Takes the frame; an older one that nobody took is dropped. */
void video_source_put(struct video_source *source, struct video_frame *frame);
/** The latest picture since the last call, or NULL; one task.  Gives its reference. */
struct video_frame *video_source_take(struct video_source *source);

/** Pictures are wanted a second time, or no longer; calls are counted.  Any thread. */
void video_source_open_again(struct video_source *source);
void video_source_close_again(struct video_source *source);
/** As video_source_take(), for the second time: pictures that came since it was opened. */
struct video_frame *video_source_take_again(struct video_source *source);

#endif
