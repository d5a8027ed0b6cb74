/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/scene_seats.h  The rules of scene.h: from who sits where to who sits where next
 *
 * A function of its input, without state: scene.c keeps the guests and their
 * seats, asks when something changed, and takes over the answer.
 *
 * Threads: any; only scene.c uses it.
 */
#ifndef MIXER_SCENE_SEATS_H
#define MIXER_SCENE_SEATS_H

#include "mixer/scene.h"

enum { SCENE_SEATS_KEYS = 5 };

/** A head and what the scene knows about it. */
struct scene_guest {
    struct scene_head head;
    uint64_t joined;    /**< Grows with each head that is added */
    uint64_t spoke_us;  /**< Until when he spoke; 0 = not yet, or still does */
    uint64_t turn;      /**< Greatest for the last dominant speaker; 0 = never was */
    unsigned spotlight; /**< Place among the spotlights; SCENE_SPOTLIGHTS_MAX = has none */
    bool speaking;
    int tile;          /**< Where he sits, -1 = nowhere */
    uint64_t since_us; /**< Since when he has sat there */

    int next;                       /**< Answer: tile, or negative */
    uint64_t key[SCENE_SEATS_KEYS]; /**< Scratch: importance, the least is the most important */
};

struct scene_seats {
    const struct layout_spec *spec;
    const struct scene_policy *policy;
    struct scene_guest *guest;
    unsigned nguests;
    struct scene_guest **pool; /**< Scratch of nguests pointers */
    uint64_t now_us;

    struct scene_guest *owner[LAYOUT_TILES_MAX]; /**< Answer; NULL = nobody */
    unsigned overflow;                           /**< Answer: how many want a seat and have none */
    int counter;                                 /**< Answer: tile of "+N", or -1 */
    uint64_t next_us; /**< Answer: ask again then, even if nothing happens; UINT64_MAX = no need */

    unsigned npool;             /**< Scratch: guests for the tiles that are for anybody */
    bool any[LAYOUT_TILES_MAX]; /**< Scratch: the tile is for anybody */
};

/** Does he get a tile under this policy? */
bool scene_seats_visible(const struct scene_policy *policy, const struct scene_head *head);

/** Is there a tile of that role? */
bool scene_seats_has_role(const struct layout_spec *spec, enum layout_role role);

/** Fill in the answers. */
void scene_seats_assign(struct scene_seats *seats);

#endif
