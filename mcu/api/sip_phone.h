/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/sip_phone.h  A phone in a room, on its way to one, or being called
 *
 *     in:   INVITE --> looked up --> knocks at a room | calls a user --> answered | rejected
 *     out:  dialled --> rings --> answered: comes into the room of its call | failed
 *
 * What sip_gateway.c, sip_call.c and sip_users.c share.
 *
 * Threads:   control only.
 * Ownership: a phone belongs to the list; it goes with its leg, but not while something is
 *            looked up for it.
 */
#ifndef MCU_API_SIP_PHONE_H
#define MCU_API_SIP_PHONE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcu/api/api_text.h"
#include "mcu/auth/grants.h"
#include "mcu/base/id.h"
#include "net/sip_server.h"

struct entry;
struct participant;
struct participant_cfg;

enum {
    SIP_PHONE_USER_SIZE = 80,
    SIP_PHONE_PIN_SIZE = 13,
    SIP_PHONE_SOURCE_SIZE = 64,
    SIP_PHONE_ADDRESS_SIZE = 256,
};

struct sip_phone {
    struct sip_phone *prev, *next;
    struct sip_leg *leg; /* NULL: it is gone */
    struct participant *participant;
    struct entry *entry;
    unsigned lookups; /* that have not answered yet */
    struct sockaddr_storage peer;
    char target[SIP_PHONE_USER_SIZE]; /* user part that it called */
    char room[API_TEXT_ROOM_SIZE];
    char pin[SIP_PHONE_PIN_SIZE];
    char callee[GRANTS_IDENTITY_SIZE]; /* user that it calls; "" = a room */
    char callee_name[API_TEXT_NAME_SIZE];
    char caller[SIP_PHONE_USER_SIZE];     /* login that it proved, "" = nobody's */
    char address[SIP_PHONE_ADDRESS_SIZE]; /* From */
    char source[SIP_PHONE_SOURCE_SIZE];
    char name[API_TEXT_NAME_SIZE];
    struct grants grants; /* of the user who calls, or whose phone we call; user: there is one */
    char *sdp;            /* of the INVITE; NULL = a late offer */
    size_t sdp_len;

    char call[ID_SIZE]; /* of call_set; "" = none, or it knows that this phone is out of it */
    int call_leg;       /* in it */
    uint64_t device;    /* as call_set knows it */
    unsigned worse;     /* what another contact of this leg answered; 0 = nothing */
    bool dialled;       /* we called it */
    bool answered;
    bool lost; /* nobody will bring it into its room: it is let go */
};

/** @return NULL: no memory */
struct sip_phone *sip_phone_new(void);
/** Forget it: out of its room, its call told.  Its leg must be gone or hung up. */
void sip_phone_free(struct sip_phone *phone, const char *reason);
/** Hang up or reject with words, and forget. */
void sip_phone_end(struct sip_phone *phone, unsigned code, const char *reason);
/** The first one, then next. */
struct sip_phone *sip_phone_first(void);
/** Another lookup was answered.  @return false: the phone is gone, and has been freed */
bool sip_phone_looked_up(struct sip_phone *phone);

/** An address without its port as text, "" if it is none. */
void sip_phone_source(char ret_source[SIP_PHONE_SOURCE_SIZE], const struct sockaddr_storage *peer);

/** What every phone brings into a room. */
void sip_phone_fill(struct sip_phone *phone, struct participant_cfg *cfg);
/** It has a participant with media: answer its INVITE.  @return false: it was rejected and is gone
 */
bool sip_phone_answer(struct sip_phone *phone);

/** For sip_server_handlers: what happens in a call that was answered; arg is the phone. */
int sip_phone_on_offer(const char *sdp, size_t len, char *ret_sdp, size_t size, void *arg);
int sip_phone_on_answer(const char *sdp, size_t len, void *arg);
void sip_phone_on_fast_update(void *arg);
void sip_phone_on_dtmf(char digit, void *arg);
void sip_phone_on_close(const char *why, void *arg);

/** Called before a phone that has one is forgotten: its call is over for it.  Its leg and its
 *  participant are gone by then. */
void sip_phone_set_call_handler(void (*h)(struct sip_phone *phone));

#endif
