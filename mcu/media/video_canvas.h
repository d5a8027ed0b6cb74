/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/video_canvas.h  What a room looks like: heads, seats, overlays, one picture per
 * tick
 *
 *     heads --> scene (seats) --> tiles, dressed with plates and borders --> compositor --> frame
 *     look, settings, speakers ---'                                              '--> layout
 *
 * Threads:   one task; no locks inside.
 * Ownership: one owner.
 */
#ifndef MCU_MEDIA_VIDEO_CANVAS_H
#define MCU_MEDIA_VIDEO_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/video_frame.h"
#include "mixer/layout.h"

struct room_look;
struct settings;
struct task_pool;
struct video_canvas;
struct video_head_cfg;

enum video_canvas_media {
    VIDEO_CANVAS_EMPTY,
    VIDEO_CANVAS_VIDEO,
    VIDEO_CANVAS_AVATAR,
    VIDEO_CANVAS_CONTENT,
    VIDEO_CANVAS_MORE, /**< "+N" */
};

/** Overlays that are drawn into the picture, a set of bits. */
enum {
    VIDEO_CANVAS_BURNED_NAMES = 1,
    VIDEO_CANVAS_BURNED_BADGES = 2,
    VIDEO_CANVAS_BURNED_BORDER = 4,
    VIDEO_CANVAS_BURNED_MARKS = 8,
};

/** What is where in the picture from a point in time on. */
struct video_canvas_layout {
    uint64_t epoch;   /**< Grows with each change */
    uint64_t when_us; /**< Media clock of the first picture that looks so */
    uint16_t w, h;
    char name[LAYOUT_NAME_SIZE];   /**< Of the layout that is shown */
    char chosen[LAYOUT_NAME_SIZE]; /**< Layout, ladder or alias that it came from */
    unsigned overflow;             /**< Heads that have no tile */
    unsigned burned;
    /** Picture of a screen that is shown, of a head with .again only: nobody else follows it;
     *  0 = none [pixels] */
    uint16_t content_w, content_h;
    unsigned ntiles; /**< Those that are drawn */
    struct {
        uint32_t head; /**< Key, 0 = nobody */
        struct video_rect rect;
        uint8_t z; /**< Greater lies above */
        enum layout_role role;
        enum video_canvas_media media;
    } tile[LAYOUT_TILES_MAX];
};

/**
 * @param settings  A reference is taken
 * @param w,h       As compositor_new()
 * @return 0, -EINVAL, -ENOMEM
 */
int video_canvas_new(struct video_canvas **ret_canvas, struct task_pool *pool,
                     struct settings *settings, uint16_t w, uint16_t h);
/** NULL is allowed.  Returns NULL. */
struct video_canvas *video_canvas_free(struct video_canvas *canvas);

/** Seat somebody, change him, or take him out; unknown or known ones are ignored. */
void video_canvas_add(struct video_canvas *canvas, const struct video_head_cfg *head,
                      uint64_t now_us);
void video_canvas_set(struct video_canvas *canvas, const struct video_head_cfg *head,
                      uint64_t now_us);
void video_canvas_remove(struct video_canvas *canvas, uint32_t key);

/** Who speaks, as scene_set_speakers(). */
void video_canvas_set_speakers(struct video_canvas *canvas, uint32_t dominant,
                               const uint32_t *active, unsigned nactive, uint64_t now_us);
void video_canvas_set_look(struct video_canvas *canvas, const struct room_look *look);
/** Follow other settings from the next tick on; a reference is taken. */
void video_canvas_configure(struct video_canvas *canvas, struct settings *settings);

/**
 * Make the picture of a tick.
 * @param ret_frame  New reference; NULL if nothing changed
 * @return 0, or as compositor_run()
 */
int video_canvas_run(struct video_canvas *canvas, uint64_t now_us, uint64_t when_us,
                     struct video_frame **ret_frame);

/** The layout of the last tick if it is not what video_canvas_announced() was last called for. */
bool video_canvas_layout(struct video_canvas *canvas, struct video_canvas_layout *ret_layout);
/** The layout that was last returned has been told. */
void video_canvas_announced(struct video_canvas *canvas);

/** Is something for the picture being drawn, so that the next one will look better? */
bool video_canvas_is_drawing(const struct video_canvas *canvas);

/** Cameras that are on and show nothing, as of the last tick. */
unsigned video_canvas_stale(const struct video_canvas *canvas);

#endif
