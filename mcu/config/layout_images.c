/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/layout_images.c  Background images, each file read once
 */
#include "mcu/config/layout_images.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

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

/* The same file by whatever name; one that is not there is like no other. */
static void identify(struct layout_images_id *ret_id, const char *path)
{
    struct stat st;

    *ret_id = (struct layout_images_id){0};
    if (stat(path, &st) == 0)
        *ret_id = (struct layout_images_id){st.st_dev, st.st_ino};
}

static bool same_file(const struct layout_images_id *a, const struct layout_images_id *b)
{
    return a->inode && a->inode == b->inode && a->device == b->device;
}

int layout_images_load(struct layout_images *images, struct video_frame **ret_frame,
                       const char *dir, const char *name, char *why)
{
    char path[CONFIG_PATH_SIZE];
    struct video_frame *frame = NULL;
    struct layout_images_id id;
    const bool absolute = name[0] == '/' || !dir[0];
    int err,
        n = snprintf(path, sizeof(path), "%s%s%s", absolute ? "" : dir, absolute ? "" : "/", name);

    if (n < 0 || n >= (int)sizeof(path))
        return fail(why, -ENAMETOOLONG, "the name with its folder is too long");
    config_files_add(images->seen, path);
    identify(&id, path);
    for (unsigned i = 0; i < images->n; ++i) {
        if (same_file(&images->image[i].id, &id)) {
            *ret_frame = images->image[i].frame;
            return 0;
        }
    }
    if (images->n == LAYOUT_IMAGES_MAX) {
        (void)snprintf(why, LAYOUT_IMAGES_WHY_SIZE, "more than %d different images in all",
                       LAYOUT_IMAGES_MAX);
        return -ENOSPC;
    }
    err = read_frame(&frame, path, why);
    if (err)
        return err;
    images->pixels += (uint64_t)frame->w * frame->h;
    if (images->pixels > LAYOUT_IMAGES_PIXELS_MAX) {
        video_frame_unref(frame);
        return fail(why, -ENOSPC, "the images are too large in all");
    }
    images->image[images->n].id = id;
    images->image[images->n++].frame = frame;
    *ret_frame = frame;
    return 0;
}

void layout_images_finish(struct layout_images *images)
{
    while (images->n)
        video_frame_unref(images->image[--images->n].frame);
}
