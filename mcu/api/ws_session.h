/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ws_session.h  One client of the medley.v1 protocol, over one WebSocket after
 * another
 *
 *     NEW --hello--> SIGNED_IN (has an identity) --join--> in a room
 *      '--hello with a room--------------------------------^
 *
 * A session outlives its socket for a while (rooms.resume): whoever knows its secret goes on
 * with it over a new one, with seat, media and mute state as they were.
 *
 * A session outlives its token too: who is in a room stays there and comes back to it; to join, to
 * call, to answer a call and to dial take a token that has neither expired nor been revoked.
 *
 * Threads:   control only.
 * Ownership: the table owns all sessions.
 */
#ifndef MCU_API_WS_SESSION_H
#define MCU_API_WS_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcu/api/api_text.h"
#include "mcu/auth/grants.h"
#include "mcu/auth/throttle.h"
#include "mcu/base/id.h"

struct control_timer;
struct entry;
struct participant;
struct web_server;

enum {
    WS_SESSION_SECRET_SIZE = 33, /**< 160 random bits and a NUL */
    WS_SESSION_SOURCE_SIZE = 64, /**< Address and a NUL */
};

/** What sessions are looked up by. */
enum ws_session_table {
    WS_SESSION_BY_CONN, /**< Those with a socket */
    WS_SESSION_BY_KEY,
    WS_SESSION_BY_SECRET,
    WS_SESSION_BY_NETWORK, /**< Those without a socket */
    WS_SESSION_TABLES,
};

/** Close codes of the protocol. */
enum ws_close {
    WS_CLOSE_NORMAL = 1000,
    WS_CLOSE_GOING_AWAY = 1001,
    WS_CLOSE_AUTH = 4001,
    WS_CLOSE_REMOVED = 4003,
    WS_CLOSE_ENDED = 4004,
    WS_CLOSE_REPLACED = 4005,
    WS_CLOSE_MEDIA_LOST = 4010,
};

struct ws_session {
    struct ws_session *next[WS_SESSION_TABLES]; /* in its bucket, by what it is looked up */
    struct ws_session *all_next, **all_link;    /* all of them */
    uint64_t conn;                              /* 0: lost, may come back */
    uint64_t key;                               /* as a device, for calls and presence */
    uint64_t seq;                               /* of the last event */
    int64_t hello_id;                /* of the request that entry or lobby answer; -1 = none */
    bool greeted;                    /* hello was said */
    bool callable;                   /* its user may be called on it */
    bool signed_in;                  /* grants are of a token */
    struct entry *entry;             /* a room that is being looked up */
    struct participant *participant; /* NULL: in no room */
    struct control_timer *timer;     /* until it is forgotten */
    char secret[WS_SESSION_SECRET_SIZE];
    char source[WS_SESSION_SOURCE_SIZE]; /* address of the last socket */
    char network[THROTTLE_ADDRESS_SIZE]; /* of it */
    char name[API_TEXT_NAME_SIZE];
    char pin[13];
    char room[API_TEXT_ROOM_SIZE]; /* that it wants into */
    struct grants grants;
    bool want_no_video, want_content; /* to be sent in the next room */
    struct {
        uint32_t room, view;
        uint64_t epoch;
        uint32_t number;
    } told; /* layout that was told last, and the number that it has for the client */
};

void ws_session_init(struct web_server *server, void (*endh)(struct ws_session *s));
/** All are forgotten; endh is called for each. */
void ws_session_finish(void);

/** A WebSocket opened.  @param source address  @return NULL: no memory; it is closed */
struct ws_session *ws_session_new(uint64_t conn, const char *source);
/** By connection, by secret, by device key, by who is in a room; NULL if there is none. */
struct ws_session *ws_session_find(uint64_t conn);
struct ws_session *ws_session_find_secret(const char *secret);
struct ws_session *ws_session_find_key(uint64_t key);

/**
 * The socket is lost: wait @p ms for another one, then endh and forget.
 * @param max  Of one address (IPv6: of one /64) may be waited for; a further one is forgotten at
 * once
 */
void ws_session_detach(struct ws_session *s, uint32_t ms, unsigned max);
/** Go on over the socket of @p with, which is forgotten; an older socket is closed. */
void ws_session_adopt(struct ws_session *s, struct ws_session *with);
/** Say bye, close the socket and forget; endh is called.  @param reason static */
void ws_session_end(struct ws_session *s, const char *reason, enum ws_close code);
/** End all sessions that are signed in to an account.  @param reason static */
void ws_session_end_user(const char *user, const char *reason, enum ws_close code);
/** Forget, without a word.  endh is called. */
void ws_session_forget(struct ws_session *s);

/** Send and free a message; NULL (no memory) is a client that misses something: its socket goes. */
void ws_session_send(struct ws_session *s, char *text);

/** Limits for people who said who they are apply from now on. */
void ws_session_trust(struct ws_session *s);

unsigned ws_session_count(void);

#endif
