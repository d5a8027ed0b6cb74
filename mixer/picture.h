/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/picture.h  PNG files: read for logos and backgrounds, written for previews
 *
 * A file is hostile until read: at most PICTURE_FILE_MAX bytes and PICTURE_SIDE_MAX pixels a side,
 * which are taken from the header before anything is decoded.  Chunks that make no picture (texts,
 * profiles) are not looked at.
 *
 * Threads: any; reading a file blocks, so not on control or in a tick.
 */
#ifndef MIXER_PICTURE_H
#define MIXER_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct picture; /* RGB with alpha */
struct video_frame;

enum { PICTURE_FILE_MAX = 16 * 1024 * 1024, PICTURE_SIDE_MAX = 4096, PICTURE_WHY_SIZE = 128 };

/**
 * Read a PNG file.
 * @param why  Gets what is wrong in words, PICTURE_WHY_SIZE bytes, as "not a PNG image"
 * @return 0, -EBADMSG (no PNG image, or a broken one), -EFBIG, -ENOMEM, or why it cannot be read
 * (-ENOENT, ...)
 */
int picture_load(struct picture **ret_picture, const char *path, char *why);
/** As picture_load(), of a file's content. */
int picture_parse(struct picture **ret_picture, const void *data, size_t size, char *why);
/** Free.  NULL is allowed.  Returns NULL. */
struct picture *picture_free(struct picture *picture);
/** Have two pictures the same size and pixels?  NULL is no picture: equal to NULL alone. */
bool picture_equal(const struct picture *a, const struct picture *b);
uint16_t picture_w(const struct picture *picture);
uint16_t picture_h(const struct picture *picture);
/** Its pixels as overlay_from_argb() wants them; only to be read.  @param ret_stride [bytes] */
uint8_t *picture_argb(const struct picture *picture, int *ret_stride);
/** The picture on black as a frame of its own size, made even.  @return 0, -ENOMEM */
int picture_frame(struct video_frame **ret_frame, const struct picture *picture);

/**
 * Write a frame as PNG (RGB).
 * @param ret_data  From malloc, the caller's
 * @return 0, -ENOMEM
 */
int picture_png(void **ret_data, size_t *ret_size, const struct video_frame *frame);
/** Colour as BT.601 limited Y, U, V, of 0xRRGGBB. */
void picture_yuv(uint8_t ret_yuv[3], uint32_t rgb);

#endif
