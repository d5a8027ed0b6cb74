/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/leg.h  A participant's media in a room: what was agreed, and the streams for it
 *
 *     SDP --> media_desc --> per line:  audio: audio_in, own audio_out, the room's shared mix
 *                                       video: video_in, the room's composite or content view
 *                                       content: video_in only, a head of its own;
 *                                                its sound: audio_in only
 *             transport  <-- routes --'
 *
 * Threads:   control only.
 * Ownership: one owner; leg_close() gives everything back at once, and closedh says
 *            when the transport has let go of the owner.
 */
#ifndef MCU_ROOM_LEG_H
#define MCU_ROOM_LEG_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/transport.h"

struct leg;
struct room_media;
struct task_pool;

struct leg_handlers {
    void (*losth)(const char *why, void *arg);
    void (*connectedh)(void *arg);
    void (*fast_updateh)(void *arg); /**< Ask for a key frame by signalling */
    void (*dtmfh)(char digit, void *arg);
    void (*closedh)(void *arg); /**< The last one, after leg_close() */
    void *arg;
};

struct leg_cfg {
    struct room_media *media; /**< Of the room that he is in; NULL = none yet */
    struct task_pool *pool;
    bool webrtc;
    bool unseen;                   /**< Has no tile */
    uint32_t key;                  /**< Participant */
    uint32_t content_key;          /**< His screen, as a head of its own */
    const char *name;              /**< For the initials; copied */
    struct sockaddr_storage peer;  /**< Plain RTP: where the signalling came from */
    struct sockaddr_storage local; /**< Plain RTP: our address towards it */
    struct leg_handlers handlers;
};

/** Seats the participant in the composite, unless he is unseen.  @return 0, -ENOMEM, -EMFILE,
 * -ENOSPC */
int leg_new(struct leg **ret_leg, const struct leg_cfg *cfg);

/**
 * Answer an offer, the first one or a later one.
 *
 * @param buf  Gets our SDP
 * @param why  Gets the reason of an error in words
 * @return length [bytes], or as media_desc_read_offer(), -EADDRINUSE (no RTP port left), -ENOMEM
 */
int leg_answer(struct leg *leg, const char *sdp, size_t len, char *buf, size_t size, char *why,
               size_t why_size);

/** Make an offer (plain RTP).  @return length [bytes] or -errno */
int leg_offer(struct leg *leg, char *buf, size_t size);
/** Take the answer to it.  @return 0 or as media_desc_read_answer() */
int leg_accept(struct leg *leg, const char *sdp, size_t len, char *why, size_t why_size);

/** The participant muted or unmuted himself. */
void leg_set_muted(struct leg *leg, bool audio, bool video);

/**
 * What else of him is seen in the composite.
 * @param hand_us  When he raised his hand; 0 = down
 * @param seat     Reserved seat that is his; "" = none
 */
void leg_set_presence(struct leg *leg, uint64_t hand_us, const char *seat);

/**
 * Give him a tile, or take it away.
 * @return 0, -ENOMEM, -ENOSPC: he has none
 */
int leg_set_unseen(struct leg *leg, bool unseen);

/** May he share a screen?  While he may not, what he sends as one is not looked at or heard. */
void leg_allow_content(struct leg *leg, bool on);

/** What he wants to be sent; zeroed: the composite. */
struct leg_want {
    bool no_video; /**< Nothing to look at */
    bool content;  /**< While somebody else shares a screen: content_view.h, not the composite */
};
/** Takes effect with leg_follow_picture(). */
void leg_set_want(struct leg *leg, const struct leg_want *want);
/** Send what he wants and what there is: after either changed.
 *  @return whether it is another picture than before */
bool leg_follow_picture(struct leg *leg);
/** Does he get the content view? */
bool leg_gets_view(const struct leg *leg);

/** Does he offer a screen, whether he may share it or not? */
bool leg_offers_content(const struct leg *leg);

/**
 * Go to another room: same transport, same peer, nothing is agreed anew.
 * @return 0, -ENOMEM, -ENOSPC: he is in the new room, but not all of his streams are
 */
int leg_move(struct leg *leg, struct room_media *media);

/** Out of his room: same transport, but no streams until leg_move(). */
void leg_leave(struct leg *leg);

/** Does he send it now: agreed and not muted? */
bool leg_sends_audio(const struct leg *leg);
bool leg_sends_video(const struct leg *leg);

/** Does he share a screen? */
bool leg_shares(const struct leg *leg);

/** What flows, for people to look at. */
struct leg_figures {
    const char *audio_codec, *video_codec; /**< As "opus", "" = none */
    struct transport_stats transport;
};
void leg_figures(const struct leg *leg, struct leg_figures *ret);

/** Wire timestamp of a media clock time on the composite's stream.  @return false: he gets none */
bool leg_video_ts(const struct leg *leg, uint64_t when_us, uint32_t *ret_ts);

/** The receiver asks for a key frame by signalling. */
void leg_request_key(struct leg *leg);

/** NULL is allowed.  Returns NULL. */
struct leg *leg_close(struct leg *leg);

#endif
