/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/participant_media.h  A participant's media: what he sends, shares and gets to see
 *
 * What is over his leg and under his rights: others are told what changed.
 *
 * Threads:   control only.
 * Ownership: none; the participant is the caller's.
 */
#ifndef MCU_ROOM_PARTICIPANT_MEDIA_H
#define MCU_ROOM_PARTICIPANT_MEDIA_H

#include <stdbool.h>
#include <stddef.h>

struct leg_want;
struct participant;
struct video_room_layout;

/** As leg_answer(), leg_offer() and leg_accept(); others are told what changed. */
int participant_media_answer(struct participant *participant, const char *sdp, size_t len,
                             char *buf, size_t size, char *why, size_t why_size);
int participant_media_offer(struct participant *participant, char *buf, size_t size);
int participant_media_accept(struct participant *participant, const char *sdp, size_t len,
                             char *why, size_t why_size);

void participant_media_set_muted(struct participant *participant, bool audio, bool video);

/** Share a screen, or stop; a share that he takes over ends.
 *  @return 0, -EACCES (no right), -EBUSY (somebody else shares) */
int participant_media_share(struct participant *participant, bool on);
/** He is about to leave his room: if he shares, others may now. */
void participant_media_free_floor(struct participant *participant);
/** Say what he wants to be sent. */
void participant_media_set_want(struct participant *participant, const struct leg_want *want);
const struct leg_want *participant_media_want(const struct participant *participant);
/** What he is sent may be something else now; if it is, its layout is told.  For room.c. */
void participant_media_follow_picture(struct participant *participant);
/** What he looks at, the composite or the content view; NULL: nothing is known of it. */
const struct video_room_layout *participant_media_layout(const struct participant *participant);
/** Does he get the content view? */
bool participant_media_gets_view(const struct participant *participant);

#endif
