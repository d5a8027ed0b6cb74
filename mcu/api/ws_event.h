/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ws_event.h  What the server says over medley.v1: structs to JSON text
 *
 *     {"t":"ok","re":2,"d":{"sdp":"v=0..."}}
 *     {"t":"speakers","s":17,"d":{"active":[{"id":"pt_...","level":-23}],"dominant":"pt_..."}}
 *
 * Events carry a sequence number "s" that counts those of the session.  What the client says is
 * in ws_message.h.
 *
 * Every function returns a string from malloc that the caller frees, or NULL: no memory,
 * or a string is not UTF-8 (names have passed api_text_clean_name()).
 *
 * Threads: any.
 */
#ifndef MCU_API_WS_EVENT_H
#define MCU_API_WS_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ws_participant {
    const char *id;       /**< As "pt_..." */
    const char *name;     /**< Display name */
    const char *kind;     /**< "web" or "sip" */
    const char *role;     /**< "host", "guest" or "viewer" */
    const char *identity; /**< User, "" = a guest without one */
    const char *avatar;   /**< Address, "" = none */
    bool audio;           /**< Microphone on */
    bool video;           /**< Camera on */
    bool share;           /**< Shares a screen */
    bool hand;            /**< Raised */
    uint64_t hand_at_ms;  /**< When, wall clock since 1970 [ms] */
};

/** Somebody who left. */
struct ws_left {
    const char *id;
    const char *reason; /**< "left", "timeout", "removed", ... */
};

struct ws_speaker {
    const char *id;
    int level; /**< [dBov], 0 = loudest, -127 = silence */
};

enum ws_media {
    WS_MEDIA_EMPTY,
    WS_MEDIA_VIDEO,
    WS_MEDIA_AVATAR,
    WS_MEDIA_CONTENT, /**< A shared screen */
    WS_MEDIA_MORE,    /**< "+N": those who have no tile */
};

struct ws_tile {
    const char *id;   /**< Participant, NULL if the tile is empty */
    int x, y, w, h;   /**< In the canvas [pixels] */
    int z;            /**< Greater lies above */
    const char *role; /**< "any", "speaker", "content", "reserved" */
    enum ws_media media;
};

struct ws_layout {
    uint32_t epoch;     /**< Counts the layouts that this client was told */
    const char *name;   /**< Of the layout, as "3x2" */
    const char *chosen; /**< What was chosen: it, or a ladder, as "auto" */
    int canvas_w, canvas_h;
    uint32_t rtp_ts;           /**< RTP timestamp of the composite from which it holds */
    unsigned overflow;         /**< People without a tile */
    const char *const *burned; /**< Overlays that are in the picture, as "name"; ends with NULL */
    const struct ws_tile *tiles;
    size_t ntiles;
};

/** Done.  @param sdp  Answer to an offer, NULL for none */
char *ws_event_ok(int64_t re, const char *sdp);

/** A chat message is on the disk.  @param cid  the client's own name of it, "" = none */
char *ws_event_chat_ok(int64_t re, const char *mid, const char *cid, uint64_t ts_ms);

/** Answer to ping. */
char *ws_event_pong(int64_t re);

/**
 * Something failed; the connection stays.
 *
 * @param re      id of the request, -1 if none
 * @param code    Stable, as "room_full"
 * @param detail  In words, may be NULL; bytes that are not UTF-8 are replaced
 */
char *ws_event_error(int64_t re, const char *code, const char *detail);

/** Last word before the server closes.  @param code  close code that follows */
char *ws_event_bye(const char *reason, unsigned code);

/** Who came, who changed (their whole new state) and who left; lists may be empty. */
char *ws_event_roster(uint64_t s, const struct ws_participant *add, size_t nadd,
                      const struct ws_participant *upd, size_t nupd, const struct ws_left *del,
                      size_t ndel);

/** Who speaks now.  @param dominant  may be NULL */
char *ws_event_speakers(uint64_t s, const struct ws_speaker *active, size_t nactive,
                        const char *dominant);

/** Where the tiles are. */
char *ws_event_layout(uint64_t s, const struct ws_layout *layout);

/** The client has been muted by @p by (NULL: by the server's policy). */
char *ws_event_muted(const char *by, bool audio, bool video);

#endif
