/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/layout_images.h  Background images, each file read once
 *
 * Threads: any; reads files, so it blocks.
 */
#ifndef MCU_CONFIG_LAYOUT_IMAGES_H
#define MCU_CONFIG_LAYOUT_IMAGES_H

#include <stdint.h>
#include <sys/types.h>

#include "mcu/config/config.h"
#include "mcu/config/config_files.h"

struct video_frame;

enum {
    LAYOUT_IMAGES_MAX = 32,                      /**< Files of one set of layouts */
    LAYOUT_IMAGES_PIXELS_MAX = 64 * 1024 * 1024, /**< In all of them */
    LAYOUT_IMAGES_WHY_SIZE = 160                 /**< Room for a reason and its NUL [bytes] */
};

/** Which file it is, by whatever name. */
struct layout_images_id {
    dev_t device;
    ino_t inode;
};

/** Zero it before the first use. */
struct layout_images {
    struct config_files *seen; /**< Gets names of files; may be NULL */
    unsigned n;
    uint64_t pixels; /* of all */
    struct {
        struct layout_images_id id;
        struct video_frame *frame;
    } image[LAYOUT_IMAGES_MAX];
};

/**
 * Read an image.
 *
 * @param ret_frame  Borrowed until layout_images_finish()
 * @param dir        Folder of relative names
 * @param why        Gets what is wrong, LAYOUT_IMAGES_WHY_SIZE bytes
 *
 * @return 0, -ENOSPC (too many, or too large in all), -ENAMETOOLONG or as picture_load()
 */
int layout_images_load(struct layout_images *images, struct video_frame **ret_frame,
                       const char *dir, const char *name, char *why);

/** Drop all. */
void layout_images_finish(struct layout_images *images);

#endif
