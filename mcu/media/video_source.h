/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/video_source.h  The latest picture of one video stream
 *
 *     video_in --- put ---+->  [ latest frame wins ]  --- take --->       video_room
 *                         '->  [ latest frame wins ]  --- take_again -->  content view
 *                              twice, while open                          and the next one
 *
 * Shared by the stream's decoder and the room that shows it, so that either
 * may end first.
 *
 * Threads:   one task puts.  One task takes, and for each number one task takes again: the one
 *            that opened it, and it closes it.  While a composite that ends still has a number
 *            that the next one has opened, a picture goes to either.
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

enum { VIDEO_SOURCE_AGAIN_MAX = 2 };

/**
 * Pictures are wanted once more, or no longer; calls are counted.  The opener closes.
 * @param number  From 1 to VIDEO_SOURCE_AGAIN_MAX: each gets every picture
 */
void video_source_open_again(struct video_source *source, unsigned number);
void video_source_close_again(struct video_source *source, unsigned number);
/** As video_source_take(), once more: pictures that came since it was opened. */
struct video_frame *video_source_take_again(struct video_source *source, unsigned number);

#endif
