/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/leg_private.h  What leg.c and leg_streams.c share; for them only
 */
#ifndef MCU_ROOM_LEG_PRIVATE_H
#define MCU_ROOM_LEG_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/media/drawing.h"
#include "mcu/room/leg.h"
#include "mixer/layout.h"
#include "net/media_desc.h"

struct fanout;
struct sink;
struct video_in;
struct video_source;

/* What is running for an m-line. */
struct leg_line {
    enum media_kind kind; /* NONE: nothing */
    enum media_format format;
    bool content;

    struct sink *sink; /* references of ours */
    struct fanout *own;
    struct fanout *shared; /* the room's, wanted by us */
    struct fanout *view;   /* of the content view, instead of shared */
    bool wants_view;       /* the view knows */
    struct video_in *video_in;
};

struct leg {
    struct leg_cfg cfg;
    struct transport *transport;
    struct media_desc desc;     /* in force once agreed */
    struct media_desc offered;  /* ours, not yet answered */
    struct media_policy policy; /* of the last offer or answer */
    bool agreed;                /* desc is in force */
    struct leg_line line[MEDIA_DESC_LINES_MAX];
    struct video_source *camera, *screen;
    bool muted_audio, muted_video;
    bool screen_on; /* the screen's head is seated */
    bool content_allowed;
    struct leg_want want;
    uint64_t switched_us; /* when he got another picture than before */
    uint64_t hand_us;
    char seat[LAYOUT_NAME_SIZE];
    char name[DRAWING_TEXT_SIZE];
};

#endif
