/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/room_set.h  All rooms of this process, by name and by key
 *
 * Threads:   control, but for the two message handlers, which any task may name in a post.
 * Ownership: owns the rooms.
 */
#ifndef MCU_ROOM_ROOM_SET_H
#define MCU_ROOM_ROOM_SET_H

#include <stdbool.h>
#include <stdint.h>

struct media_loop;
struct room;
struct room_rules;
struct settings;
struct task_pool;

struct room_set_cfg {
    struct settings *settings; /**< A reference is taken */
    struct task_pool *pool;
    struct media_loop *const *loops; /**< Participants are spread over them */
    unsigned nloops;
};

/** Set up; once.  @return 0 */
int room_set_init(const struct room_set_cfg *cfg);
/** Free the rooms; participants must have left. */
void room_set_finish(void);

/**
 * Room of a name, made if there is none.
 * @param rules  Of a new room; NULL = as configured
 * @param owner  Of a new room; NULL = nobody
 * @return 0, -ENOSPC (too many rooms), -ESHUTDOWN (draining), -ENOMEM
 */
int room_set_open(struct room **ret_room, const char *name, const struct room_rules *rules,
                  const char *owner);
/** Rules as configured: of rooms without a meeting, and what a meeting's are written over. */
void room_set_default_rules(struct room_rules *ret_rules);
struct task_pool *room_set_pool(void);
/** Free a room that nobody is in and nobody waits for. */
void room_set_settle(struct room *room);
struct room *room_set_find(uint32_t key);
struct room *room_set_find_name(const char *name);
/** Each room; they must not come or go meanwhile. */
void room_set_each(void (*h)(struct room *room, void *arg), void *arg);

/** Put settings into force: running rooms follow at their next tick.  A reference is taken.
 *  @return rooms that lost the layout that was chosen for them */
unsigned room_set_configure(struct settings *settings);
/** Those in force; valid until the next room_set_configure(). */
struct settings *room_set_settings(void);

/** Let nobody in any more, or do so again; who is in stays. */
void room_set_drain(bool on);
bool room_set_draining(void);

/** Somebody left: give the memory that is free back to the system, soon and not too often. */
void room_set_trim(void);

unsigned room_set_count(void);

/** A number for a participant or room that no other one has. */
uint32_t room_set_next_key(void);
/** Media loop for a new participant. */
struct media_loop *room_set_pick_loop(void);

/** For video_room_cfg and audio_room_cfg. */
void room_set_on_layout(void *msg, void *arg);
void room_set_on_speakers(void *msg, void *arg);

#endif
