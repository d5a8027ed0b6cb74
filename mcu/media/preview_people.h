/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/preview_people.h  Made-up people for previews: names and pictures
 *
 * Always the same for the same index.  Pictures are drawn without fonts.
 *
 * Threads: any; no state.
 */
#ifndef MCU_MEDIA_PREVIEW_PEOPLE_H
#define MCU_MEDIA_PREVIEW_PEOPLE_H

#include <stdint.h>

struct video_frame;

/** Name of somebody; after a dozen they repeat. */
const char *preview_people_name(unsigned i);

/**
 * Draw what a camera might show: a muted gradient with head and shoulders.
 * @param ret_frame  About 16:9, one in six upright as from a telephone
 * @return 0, -ENOMEM
 */
int preview_people_camera(struct video_frame **ret_frame, unsigned i);

/** Draw what a shared screen might show: a slide with a title and lines.  @return 0, -ENOMEM */
int preview_people_slide(struct video_frame **ret_frame);

#endif
