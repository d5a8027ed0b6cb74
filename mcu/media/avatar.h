/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/avatar.h  The picture that stands for somebody without a camera
 *
 * Drawn in a task of its own (text shaping takes milliseconds), at the size of the
 * tile, again when that changes.
 *
 * Threads:   created on control; the rest from the task of the room.
 * Ownership: one owner.
 */
#ifndef MCU_MEDIA_AVATAR_H
#define MCU_MEDIA_AVATAR_H

#include <stdint.h>

struct avatar;
struct task_pool;
struct video_frame;

/** @param name  UTF-8, copied, cut at 255 bytes  @return 0, -ENOMEM */
int avatar_new(struct avatar **ret_avatar, struct task_pool *pool, const char *name);

/** Have it drawn at a size; the same size again costs nothing. */
void avatar_request(struct avatar *avatar, uint16_t w, uint16_t h);

/** A picture that was drawn since the last call, or NULL.  Gives its reference. */
struct video_frame *avatar_take(struct avatar *avatar);

/** Returns at once.  NULL is allowed.  Returns NULL. */
struct avatar *avatar_close(struct avatar *avatar);

#endif
