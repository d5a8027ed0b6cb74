/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/layout_images.c  Background images, each file read once
 */
#include "mcu/config/layout_images.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "codec/video_frame.h"
#include "mcu/base/err.h"
#include "mixer/picture.h"

static_assert((int)PICTURE_WHY_SIZE <= (int)LAYOUT_IMAGES_WHY_SIZE, "a picture's reason must fit");

static int fail(char *why, int err, const char *text)
{
    (void)snprintf(why, LAYOUT_IMAGES_WHY_SIZE, "%s", text);
    return err;
}

static int read_frame(struct video_frame **ret_frame, const char *path, char *why)
{
    struct picture *picture = NULL;
    int err;

    why[0] = '\0';
    err = picture_load(&picture, path, why);
    if (err)
        return why[0] ? err : fail(why, err, err_str(err));
    err = picture_frame(ret_frame, picture);
    picture_free(picture);
    return err ? fail(why, err, err_str(err)) : 0;
}

int layout_images_load(struct layout_images *images, struct video_frame **ret_frame,
                       const char *dir, const char *name, char *why)
{
    char path[CONFIG_PATH_SIZE];
    const bool absolute = name[0] == '/' || !dir[0];
    int err,
        n = snprintf(path, sizeof(path), "%s%s%s", absolute ? "" : dir, absolute ? "" : "/", name);

    if (n < 0 || n >= (int)sizeof(path))
        return fail(why, -ENAMETOOLONG, "the name with its folder is too long");
    for (unsigned i = 0; i < images->n; ++i) {
        if (strcmp(images->image[i].path, path) == 0) {
            *ret_frame = images->image[i].frame;
            return 0;
        }
    }
    config_files_add(images->seen, path);
    if (images->n == LAYOUT_IMAGES_MAX) {
        (void)snprintf(why, LAYOUT_IMAGES_WHY_SIZE, "more than %d different images in all",
                       LAYOUT_IMAGES_MAX);
        return -ENOSPC;
    }
    err = read_frame(&images->image[images->n].frame, path, why);
    if (err)
        return err;
    memcpy(images->image[images->n].path, path, sizeof(path));
    *ret_frame = images->image[images->n++].frame;
    return 0;
}

void layout_images_finish(struct layout_images *images)
{
    while (images->n)
        video_frame_unref(images->image[--images->n].frame);
}
