/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/participant.h  Somebody in a room, whatever he came with
 *
 * The gateways (mcu/api) make participants for WebSockets and SIP legs and get told
 * what happens in the room through the handlers.
 *
 * Threads:   control only.
 * Ownership: the gateway owns it until participant_leave().
 */
#ifndef MCU_ROOM_PARTICIPANT_H
#define MCU_ROOM_PARTICIPANT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcu/room/leg.h"
#include "mcu/room/room.h"

struct participant;

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
    /** His media ended, or he is sent away; call participant_leave().
     *  @param code stable, as "media_lost", "removed" */
    void (*losth)(const char *code, const char *why, void *arg);
    void *arg;
};

struct participant_cfg {
    const char *room; /**< Clean room name */
    const char *name; /**< Clean display name */
    enum participant_kind kind;
    struct sockaddr_storage peer, local; /**< SIP: as leg_cfg */
    struct participant_handlers handlers;
};

/** Register the metrics; once. */
void participant_init(void);

/**
 * Enter a room.
 * @param ret_code  Gets a stable error code, as "room_full"
 * @return 0, -ENOSPC, -ENOMEM, -EMFILE
 */
int participant_join(struct participant **ret_participant, const struct participant_cfg *cfg,
                     const char **ret_code);

/** Leave the room; no handler is called any more.  @param reason static, as "left"  Returns NULL.
 */
struct participant *participant_leave(struct participant *participant, const char *reason);

/** As leg_answer(), leg_offer() and leg_accept(); others are told what changed. */
int participant_answer(struct participant *participant, const char *sdp, size_t len, char *buf,
                       size_t size, char *why, size_t why_size);
int participant_offer(struct participant *participant, char *buf, size_t size);
int participant_accept(struct participant *participant, const char *sdp, size_t len, char *why,
                       size_t why_size);

void participant_set_muted(struct participant *participant, bool audio, bool video);
/** By somebody else: as participant_set_muted(), and he is told. */
void participant_mute(struct participant *participant, bool audio, bool video);
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

#endif
