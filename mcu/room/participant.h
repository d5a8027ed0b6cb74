/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/participant.h  Somebody in a room, whatever he came with
 *
 * The gateways (mcu/api) make participants for WebSockets and SIP legs and get told
 * what happens in the room through the handlers.
 *
 * Threads:   control only.
 * Ownership: the gateway owns it until membership_leave().
 */
#ifndef MCU_ROOM_PARTICIPANT_H
#define MCU_ROOM_PARTICIPANT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcu/auth/grants.h"
#include "mcu/room/leg.h"
#include "mcu/room/room.h"

struct participant;
struct room_chat_message;
struct room_rate;

enum participant_kind { PARTICIPANT_KIND_WEB, PARTICIPANT_KIND_SIP, PARTICIPANT_KIND_COUNT };

/** Each may be NULL. */
struct participant_handlers {
    /** Others came or left; or somebody's state changed, his own too. */
    void (*rosterh)(const struct room_roster *roster, void *arg);
    void (*layouth)(const struct video_room_layout *layout, void *arg);
    void (*speakersh)(const struct audio_room_speakers *speakers, void *arg);
    void (*fast_updateh)(void *arg); /**< Ask the peer for a key frame by signalling */
    /** Somebody else muted his microphone or camera (true), or gave it back (false). */
    void (*mutedh)(bool audio, bool video, void *arg);
    /** He was let in: now he has media. */
    void (*admittedh)(void *arg);
    /** He is in another room now, with the same media. */
    void (*movedh)(void *arg);
    /** The room's rules, or who shares, or his own role changed. */
    void (*roomh)(void *arg);
    /** Hosts: somebody waits outside, or no longer. */
    void (*lobbyh)(const struct participant *who, bool waits, void *arg);
    void (*chath)(const struct room_chat_message *message, void *arg);
    void (*reactionh)(const struct participant *who, const char *emoji, void *arg);
    /** A host asks him to turn his microphone or camera on. */
    void (*askedh)(const struct participant *by, bool audio, bool video, void *arg);
    /** His media ended, or he is sent away; call membership_leave().
     *  @param code stable, as "media_lost", "removed" */
    void (*losth)(const char *code, const char *why, void *arg);
    void *arg;
};

struct participant_cfg {
    const char *room; /**< Clean room name */
    const char *name; /**< Clean display name */
    enum participant_kind kind;
    const struct grants *grants;         /**< What his token gives; NULL = a guest; copied */
    const char *pin;                     /**< As typed; NULL = none */
    const char *source;                  /**< Where he comes from, for bans: an address; copied */
    const struct room_rules *rules;      /**< Of the room, if he makes it; NULL = as configured */
    const char *owner;                   /**< As room_cfg, if he makes it; NULL = nobody */
    struct leg_want want;                /**< What he wants to be sent */
    bool is_host;                        /**< He runs this room whatever his grants say */
    bool is_listed;                      /**< He is one of those the room is for */
    bool is_invited;                     /**< Somebody inside called him: neither lobby nor lock */
    struct sockaddr_storage peer, local; /**< SIP: as leg_cfg */
    struct participant_handlers handlers;
};

bool participant_is_waiting(const struct participant *participant);
/** What he came with. */
const struct participant_cfg *participant_cfg(const struct participant *participant);

/** By somebody else: as participant_media_set_muted(), and he is told. */
void participant_mute(struct participant *participant, bool audio, bool video);
/** Ask him to turn on what is true. */
void participant_ask(struct participant *participant, const struct participant *by, bool audio,
                     bool video);
/** Give him another role, see grants_with_role(); all are told. */
void participant_set_role(struct participant *participant, enum role role);
/** He is @p from by another way: a role that from got in the room is his too. */
void participant_inherit(struct participant *participant, const struct participant *from);
/** The same before he is in, without telling; for door.c. */
void participant_adopt_role(struct participant *participant, enum role role);
/** The rules changed: what he may not do any more ends. */
void participant_check_rights(struct participant *participant);
/** Show a reaction to everybody.
 *  @param ret_code  as reaction_check(), or "forbidden"  @return 0, or as reaction_check() */
int participant_react(struct participant *participant, const char *emoji, const char **ret_code);
/** How much he has written of late, for room_chat_post(). */
struct room_rate *participant_chat_rate(struct participant *participant);
/** Raise or lower his hand. */
void participant_set_hand(struct participant *participant, bool up);
/** Give him a reserved seat, which takes it from who had it.  @param name "" = none */
void participant_set_seat(struct participant *participant, const char *name);
/** A key of his phone, from the media or from signalling. */
void participant_press(struct participant *participant, char digit);
/** Send him away: his losth is called.  @param code stable, as "removed" */
void participant_remove(struct participant *participant, const char *code);
void participant_request_key(struct participant *participant);

const char *participant_id(const struct participant *participant);
const char *participant_name(const struct participant *participant);
/** User, or as his token says; "" = a guest without one. */
const char *participant_identity(const struct participant *participant);
/** Where he comes from, as participant_cfg.source. */
const char *participant_source(const struct participant *participant);
const struct grants *participant_grants(const struct participant *participant);
/** He came with a token of a room, not with an account or with nothing. */
bool participant_has_token(const struct participant *participant);
/** His token, of a room or of an account, is not for that one. */
bool participant_is_elsewhere(const struct participant *participant, const char *room);
/** The token of a room says that he is a guest or a viewer: only a host makes him one. */
bool participant_is_bound(const struct participant *participant);
enum role participant_role(const struct participant *participant);
/** The role that he came with: of his token, or a guest's. */
enum role participant_given_role(const struct participant *participant);
uint32_t participant_rights(const struct participant *participant); /**< RIGHT_*, under the rules */
/** Has no tile and is not in lists. */
bool participant_is_hidden(const struct participant *participant);
const char *participant_kind_name(const struct participant *participant);
uint32_t participant_key(const struct participant *participant);
uint32_t participant_content_key(const struct participant *participant);
bool participant_audio(const struct participant *participant); /**< Microphone on */
bool participant_video(const struct participant *participant); /**< Camera on */
bool participant_muted_audio(const struct participant *participant);
bool participant_muted_video(const struct participant *participant);
struct room *participant_room(const struct participant *participant);
enum participant_kind participant_kind(const struct participant *participant);
bool participant_sharing(const struct participant *participant);     /**< A screen */
uint64_t participant_hand_us(const struct participant *participant); /**< Since when; 0 = down */
const char *participant_seat(const struct participant *participant); /**< "" = none */
/** When he came, wall clock since 1970 [us]. */
uint64_t participant_joined_us(const struct participant *participant);
void participant_figures(const struct participant *participant, struct leg_figures *ret);
/** As leg_video_ts(). */
bool participant_video_ts(const struct participant *participant, uint64_t when_us,
                          uint32_t *ret_ts);

/** In order of joining; for room.c and lists. */
struct participant *participant_next(const struct participant *participant);
struct participant **participant_next_link(struct participant *participant);

/** A change of state that is not told yet, for room.c. */
void participant_mark_changed(struct participant *participant);
bool participant_take_changed(struct participant *participant);

/** Events of the room, for room.c. */
void participant_on_roster(struct participant *participant, const struct room_roster *roster);
void participant_on_layout(struct participant *participant, const struct video_room_layout *layout);
void participant_on_speakers(struct participant *participant,
                             const struct audio_room_speakers *speakers);
void participant_on_room(struct participant *participant);
void participant_on_lobby(struct participant *participant, const struct participant *who,
                          bool waits);
void participant_on_chat(struct participant *participant, const struct room_chat_message *message);

#endif
