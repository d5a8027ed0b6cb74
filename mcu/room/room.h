/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/room.h  A room: who is in it, who waits outside, its rules and what it looks like
 *
 * Made by the first who wants in (room_set.h) and gone with the last one.  It has media
 * (room_media.h) from its first member on: people who wait cost none.  Who gets in is
 * decided in door.h.
 *
 * Threads:   control only.
 * Ownership: belongs to the room set; members are told when they are to go.
 */
#ifndef MCU_ROOM_ROOM_H
#define MCU_ROOM_ROOM_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/room/room_rules.h"

struct audio_room_speakers;
struct bans;
struct participant;
struct room;
struct room_chat;
struct room_look;
struct room_media;
struct room_rate;
struct settings;
struct share_floor;
struct task_pool;
struct video_frame;
struct video_room;
struct video_room_layout;

enum room_change { ROOM_CHANGE_JOINED, ROOM_CHANGE_UPDATED, ROOM_CHANGE_LEFT };

/** What happened to whom. */
struct room_roster {
    enum room_change change;
    const struct participant *const *who;
    unsigned nwho;      /**< 1, or for UPDATED up to the size of the room */
    const char *reason; /**< LEFT: why, static */
};

enum { ROOM_WAITING_MAX = 200 /**< People who wait outside of one room */ };

struct room_cfg {
    const char *name;               /**< Copied */
    const struct room_rules *rules; /**< Copied */
    const char *owner;         /**< Who may run it whatever his token says; "" = nobody; copied */
    uint32_t key;              /**< Unique in the process, not 0 */
    struct settings *settings; /**< What holds for rooms made now; a reference is taken */
    struct task_pool *pool;
};

/** @return 0, -ENOMEM */
int room_new(struct room **ret_room, const struct room_cfg *cfg);
/** Members must have left.  NULL is allowed.  Returns NULL. */
struct room *room_free(struct room *room);

const char *room_name(const struct room *room);
uint32_t room_key(const struct room *room);
unsigned room_count(const struct room *room);
/** Most members, by the rules and the settings. */
unsigned room_max_participants(const struct room *room);
/** Those who wait outside. */
unsigned room_count_waiting(const struct room *room);
/** Members who run it. */
unsigned room_count_hosts(const struct room *room);
/** Id of this time that the room is open, as "ss_..."; another one after it was empty. */
const char *room_session(const struct room *room);
/** Rooms between which hosts may move people: one that is made by moving somebody belongs to the
 *  room that he came from. */
bool room_same_family(const struct room *room, const struct room *other);
void room_join_family(struct room *room, const struct room *of);
/** Most members at once of this session. */
unsigned room_peak(const struct room *room);
/** User whose room it is; "" = nobody's. */
const char *room_owner(const struct room *room);
struct task_pool *room_pool(struct room *room);
/** When it was made, wall clock since 1970 [us]. */
uint64_t room_created_us(const struct room *room);
/** Its media; NULL before the first member. */
struct room_media *room_media(struct room *room);

const struct room_rules *room_rules(const struct room *room);
/** Other rules, in range (room_rules_check()), hold from now on: members are told, and whoever may
 * come in now comes in.
 *  @return false: the room is gone, with the last one of those, who did not stay */
bool room_set_rules(struct room *room, const struct room_rules *rules);
struct bans *room_bans(struct room *room);
struct room_chat *room_chat(struct room *room);
/** How often hosts who are not in it may say something in it, all together. */
struct room_rate *room_say_rate(struct room *room);
struct share_floor *room_floor(struct room *room);

/** Have somebody wait outside, and tell the hosts.  @return 0, -ENOSPC (ROOM_WAITING_MAX) */
int room_wait(struct room *room, struct participant *participant);
/** He waits no longer. */
void room_unwait(struct room *room, struct participant *participant);
/** The first who waits, then participant_next(). */
struct participant *room_first_waiting(const struct room *room);
struct participant *room_find_waiting(const struct room *room, const char *id);

/** Take in a participant and tell the others.
 *  @return 0, -ENOSPC (as many as the rules or settings let in), -ENOMEM */
int room_enter(struct room *room, struct participant *participant);
/** Take out a participant, who does not have the floor any more, and tell the others.
 *  @param reason static, as "left" */
void room_exit(struct room *room, struct participant *participant, const char *reason);
/** Somebody's state changed: everybody, he too, is told within 100 ms, of all changes at once. */
void room_changed(struct room *room, struct participant *about);

/** First member, then the next one with participant_next(). */
struct participant *room_first(const struct room *room);
struct participant *room_find(const struct room *room, uint32_t key);
/** By his id, as "pt_..."; NULL if there is none. */
struct participant *room_find_id(const struct room *room, const char *id);

/** The same person by another tab: another member of that identity with a browser; NULL if there is
 * none, or he has no identity. */
struct participant *room_find_other(const struct room *room, const struct participant *p);
/** Is there a place for him?  He takes over that of another tab of his, which is about to go. */
bool room_has_place(const struct room *room, const struct participant *p);

/** How it was chosen to look. */
const struct room_look *room_look(const struct room *room);
/** Choose.  @return 0, -ENOENT (no such layout; nothing changes), -ENOMEM, -ENOSPC */
int room_set_look(struct room *room, const struct room_look *look);
/** The next one of the layouts that phones may choose (dtmf.layouts). */
void room_next_layout(struct room *room);
/** Put a participant into the spotlight, behind others who have it, or take him out. */
void room_toggle_spotlight(struct room *room, uint32_t key);
/** Hide names, badges, border and logo, or show them again. */
void room_toggle_overlays(struct room *room);
/** Follow these settings as far as they take effect at once.
 *  @return false: they lack the layout that was chosen for the room; the configured one is shown */
bool room_configure(struct room *room, struct settings *settings);

/** Gets a reference to the composite, or NULL: there is none; called once. */
typedef void(room_snapshot_h)(struct video_frame *frame, void *arg);
/** Ask for the composite as it is.  @return 0, -ENOSPC */
int room_snapshot(struct room *room, room_snapshot_h *h, void *arg);

/** Send everybody away; the room goes with the last one.  @param code stable, as "removed" */
void room_clear(struct room *room, const char *code);
/** Is that going on? */
bool room_is_clearing(const struct room *room);

/** The composite, or the content view, looks different; takes the layout. */
void room_on_layout(struct room *room, struct video_room_layout *layout);
void room_on_speakers(struct room *room, const struct audio_room_speakers *speakers);
/** Somebody else shares a screen, or nobody any more. */
void room_tell_share(struct room *room);
/** What the composite looks like now, or NULL. */
const struct video_room_layout *room_layout(const struct room *room);

#endif
