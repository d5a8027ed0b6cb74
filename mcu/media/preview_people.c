/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/preview_people.c  Made-up people for previews: names and pictures
 */
#include "mcu/media/preview_people.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "codec/video_frame.h"

enum { CAMERA_W = 640, CAMERA_H = 360, SLIDE_W = 1280, SLIDE_H = 720 };

/* Several scripts, one that is too long for any tile, one with an emoji. */
static const char *const names[] = {
    "Ada Lovelace",
    "+49 30 901820",
    "Grace Hopper",
    "Bartholomew Alexander Montgomery-Featherstonehaugh of the Western Isles and Beyond",
    "\xd9\x84\xd9\x8a\xd9\x84\xd9\x89 \xd8\xad\xd8\xaf\xd8\xa7\xd8\xaf",
    "\xe5\xb1\xb1\xe7\x94\xb0 \xe5\xa4\xaa\xe9\x83\x8e",
    "Zo\xc3\xab \xf0\x9f\x8e\xa7",
    "Kwame Mensah",
    "Ingrid Solberg",
    "Priya Raman",
    "Jan Nov\xc3\xa1k",
    "Mateo Silva",
};

/* Calm colours far enough from one another: U and V. */
static const uint8_t tints[][2] = {
    {138, 116}, {118, 140}, {120, 118}, {140, 128}, {112, 130}, {130, 140}, {146, 112}, {124, 110},
};

const char *preview_people_name(unsigned i)
{
    return names[i % (sizeof(names) / sizeof(names[0]))];
}

/* Half the width of an ellipse at a row, or -1 beside it. */
static int half_width(int y, int cy, int rx, int ry)
{
    int64_t dy = y - cy, rest = (int64_t)ry * ry - dy * dy;
    int x = 0;

    if (rest < 0)
        return -1;
    while ((int64_t)(x + 1) * (x + 1) * ry * ry <= rest * rx * rx)
        ++x;
    return x;
}

/* An ellipse in one colour; what is outside is cut. */
static void fill_ellipse(struct video_frame *frame, int cx, int cy, int rx, int ry,
                         const uint8_t yuv[3])
{
    for (int plane = 0; plane < 3; ++plane) {
        int part = plane ? 2 : 1, w = frame->w / part, h = frame->h / part;

        for (int y = 0; y < h; ++y) {
            int half = half_width(y, cy / part, rx / part, ry / part);
            int left = cx / part - half, right = cx / part + half;

            if (half < 0)
                continue;
            left = left < 0 ? 0 : left;
            right = right > w ? w : right;
            memset(frame->plane[plane] + (ptrdiff_t)y * frame->stride[plane] + left, yuv[plane],
                   (size_t)(right - left));
        }
    }
}

/* From light to dark across: rows are equal, so that it is quick and makes small files. */
static void fill_wall(struct video_frame *frame, const uint8_t tint[2])
{
    for (int x = 0; x < frame->w; ++x)
        frame->plane[0][x] = (uint8_t)(150 - 70 * x / frame->w);
    for (int y = 1; y < frame->h; ++y)
        memcpy(frame->plane[0] + (ptrdiff_t)y * frame->stride[0], frame->plane[0], frame->w);
    for (int y = 0; y < frame->h / 2; ++y) {
        memset(frame->plane[1] + (ptrdiff_t)y * frame->stride[1], tint[0], frame->w / 2);
        memset(frame->plane[2] + (ptrdiff_t)y * frame->stride[2], tint[1], frame->w / 2);
    }
}

int preview_people_camera(struct video_frame **ret_frame, unsigned i)
{
    static const uint8_t skin[] = {170, 190, 120, 145, 100};
    const uint8_t *tint = tints[i % (sizeof(tints) / sizeof(tints[0]))];
    bool upright = i % 6 == 5;
    uint16_t w = upright ? CAMERA_H : CAMERA_W, h = upright ? CAMERA_W : CAMERA_H;
    int unit = CAMERA_H;
    struct video_frame *frame;
    int err = video_frame_new(&frame, w, h);

    if (err)
        return err;
    fill_wall(frame, tint);
    fill_ellipse(frame, w / 2, h + unit / 10, unit * 38 / 100, unit * 45 / 100,
                 (const uint8_t[]){62, tint[1], tint[0]});
    fill_ellipse(frame, w / 2, h * 42 / 100, unit * 15 / 100, unit * 20 / 100,
                 (const uint8_t[]){skin[i % 5], 114, 144});
    *ret_frame = frame;
    return 0;
}

int preview_people_slide(struct video_frame **ret_frame)
{
    static const uint16_t lengths[] = {820, 960, 700, 0, 900, 620, 780, 540};
    struct video_frame *frame;
    int err = video_frame_new(&frame, SLIDE_W, SLIDE_H);

    if (err)
        return err;
    video_frame_fill(frame, &(struct video_rect){0, 0, SLIDE_W, SLIDE_H}, 226, 128, 126);
    video_frame_fill(frame, &(struct video_rect){0, 0, SLIDE_W, 24}, 110, 150, 108);
    video_frame_fill(frame, &(struct video_rect){96, 88, 720, 48}, 60, 132, 126);
    for (unsigned i = 0; i < sizeof(lengths) / sizeof(lengths[0]); ++i) {
        uint16_t y = (uint16_t)(200 + 56 * i);

        if (!lengths[i])
            continue;
        video_frame_fill(frame, &(struct video_rect){96, y, 16, 16}, 110, 150, 108);
        video_frame_fill(frame, &(struct video_rect){136, y, lengths[i], 16}, 140, 128, 128);
    }
    *ret_frame = frame;
    return 0;
}
