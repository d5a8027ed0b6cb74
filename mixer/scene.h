/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/scene.h  Who sits in which tile
 *
 *     heads: who came when, camera, hand, content, spotlight, reserved seat --.
 *     speakers ---------------------------------------------------------------+-> scene_update()
 *     layout set, chosen name, seat policy -----------------------------------'     once a tick
 *                                                     '--> layout on the canvas, head of each tile
 *
 * Seats are sticky: nobody moves when somebody else joins, leaves or speaks.  While there are
 * seats for all, a newcomer takes the lowest free one and nothing else happens.  When heads
 * outnumber the tiles, the policy's order decides who is seen; whoever is not seen takes the place
 * of the least important one who has had his seat for the dwell time.  When the layout changes
 * everybody keeps the number of his seat if there is such a tile; others take the lowest free ones
 * in order.
 *
 * Roles: a SPEAKER tile shows the spotlight, else the dominant speaker; who had it goes to the seat
 * that the new one left (they swap).  Several SPEAKER tiles: the last distinct speakers, sticky;
 * before anybody has spoken, those who came first.  A CONTENT tile shows the latest shared screen.
 * A RESERVED tile shows whoever has that seat's name.  Content without a CONTENT tile takes seats
 * as others do, before all of them, and is counted with the heads when a ladder is asked.  A head
 * is in one tile only.
 *
 *     tiles are filled in this order: RESERVED, CONTENT, SPEAKER, then ANY and those that are
 * FILLed
 *
 * Costs nothing but a comparison per tick when nothing changed and no dwell ran out.
 *
 * Threads: one task; no locks inside.
 */
#ifndef MIXER_SCENE_H
#define MIXER_SCENE_H

#include <stdbool.h>
#include <stdint.h>

#include "mixer/layout.h"

struct layout_set;
struct scene;

enum {
    SCENE_HEADS_MAX = 4096, /**< Seated or not */
    SCENE_SPOTLIGHTS_MAX = 8,
    SCENE_ACTIVE_MAX = 16,
    SCENE_SPOKE_RECENTLY_MS = 60000, /**< Who spoke longer ago counts as if he never had */
};

/** What decides who is seen; a list in order of importance.  Join time is always the last one. */
enum scene_rank {
    SCENE_RANK_NONE,
    SCENE_RANK_SPOTLIGHT,
    SCENE_RANK_HAND,
    SCENE_RANK_SPEAKER,
    SCENE_RANK_JOINED,
    SCENE_RANK_COUNT
};

struct scene_policy {
    enum scene_rank order[4]; /**< Ends with NONE if shorter */
    uint32_t min_dwell_ms;    /**< Nobody is replaced in an ANY tile before he had it for so long */
    bool hide_audio_only;     /**< Heads without a picture get no tile at all */
};

/** What a head is like; the id is his key. */
struct scene_head {
    uint32_t id;                     /**< Not 0 */
    bool content;                    /**< A shared screen */
    bool video;                      /**< Has a camera that is on */
    uint64_t hand_us;                /**< When he raised his hand; 0 = down */
    char reserved[LAYOUT_NAME_SIZE]; /**< Name of the seat that is his; "" = none */
};

/**
 * Create a scene for a canvas, with the layout "auto", or the first one of the set.  Policy:
 * spotlight, hand, speaker, joined; a dwell time of 3 s; heads without a picture are shown.
 *
 * @param set  A reference is taken; has a layout at least
 * @return 0, -EINVAL (size, see layout.h; set without a layout), -ENOMEM
 */
int scene_new(struct scene **ret_scene, struct layout_set *set, uint16_t w, uint16_t h);

/** Free a scene.  NULL is allowed.  Returns NULL. */
struct scene *scene_free(struct scene *scene);

/** Everything below takes effect with the next scene_update(). */

/** Add a head at the end of the queue.  @return 0, -EINVAL (id 0), -EEXIST, -ENOSPC, -ENOMEM */
int scene_add(struct scene *scene, const struct scene_head *head);
/** Change what a head is like (content stays).  Unknown: ignored. */
void scene_set(struct scene *scene, const struct scene_head *head);
/** Remove a head.  Unknown: ignored. */
void scene_remove(struct scene *scene, uint32_t id);

/** Use another set; a reference is taken.  A chosen name that it does not have: "auto", else its
 * first layout, until a set has it again. */
void scene_set_layouts(struct scene *scene, struct layout_set *set);
/** Choose a layout, ladder or alias.  @return 0, -ENOENT (not in the set; nothing changes) */
int scene_choose(struct scene *scene, const char *name);
void scene_set_policy(struct scene *scene, const struct scene_policy *policy);
/** Whom to show large, in order; replaces the former ones.  Unknown ids are kept for when they
 * come. */
void scene_set_spotlight(struct scene *scene, const uint32_t *ids, unsigned n);
/** Who speaks now.  @param dominant 0 = nobody yet; @param active those who speak at this moment */
void scene_set_speakers(struct scene *scene, uint32_t dominant, const uint32_t *active,
                        unsigned nactive, uint64_t now_us);

/**
 * Choose the layout and seat everybody.
 * @return true if the layout, a seat or the "+N" that is shown changed since the last update
 */
bool scene_update(struct scene *scene, uint64_t now_us);

/** Layout as of the last update; valid until the next one. */
const struct layout *scene_layout(const struct scene *scene);
/** Its spec: name, background.  Valid until the next update. */
const struct layout_spec *scene_spec(const struct scene *scene);
/** Who sits in tile @p tile as of the last update; 0 if nobody does, or he was removed since. */
uint32_t scene_id(const struct scene *scene, unsigned tile);
/** Tile of a head, or -ENOENT. */
int scene_tile(const struct scene *scene, uint32_t id);
/** Is the tile not to be drawn (vacant and HIDE)? */
bool scene_hidden(const struct scene *scene, unsigned tile);
/** Heads that have no seat and would have one with more tiles; shown as "+N". */
unsigned scene_overflow(const struct scene *scene);
/** The tile that shows "+N" (its layout wants that, and it is more than 0), or -ENOENT; scene_id()
 * of it is 0. */
int scene_overflow_tile(const struct scene *scene);
/** Does he speak at this moment (as told by scene_set_speakers())? */
bool scene_is_active(const struct scene *scene, uint32_t id);
/** Heads, seated or not. */
unsigned scene_heads(const struct scene *scene);
/** Raised by one with each update that returned true; starts at 0. */
uint64_t scene_epoch(const struct scene *scene);

#endif
