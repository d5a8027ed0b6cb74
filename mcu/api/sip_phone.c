/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/sip_phone.c  A phone in a room, on its way to one, or being called
 */
#include "mcu/api/sip_phone.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/entry.h"
#include "mcu/base/log.h"
#include "mcu/room/membership.h"
#include "mcu/room/participant.h"
#include "mcu/room/participant_media.h"
#include "net/media_desc.h"

LOG_DOMAIN("sip");

enum { WHY_SIZE = 200 };

static struct sip_phone *phones;
static void (*call_handler)(struct sip_phone *phone);
static char sdp_buf[MEDIA_DESC_SDP_MAX]; /* control thread only */

struct sip_phone *sip_phone_new(void)
{
    struct sip_phone *phone = calloc(1, sizeof(*phone));

    if (!phone)
        return NULL;
    phone->next = phones;
    if (phones)
        phones->prev = phone;
    phones = phone;
    return phone;
}

struct sip_phone *sip_phone_first(void)
{
    return phones;
}

void sip_phone_set_call_handler(void (*h)(struct sip_phone *phone))
{
    call_handler = h;
}

static void unlink_phone(struct sip_phone *phone)
{
    if (phone->prev)
        phone->prev->next = phone->next;
    else
        phones = phone->next;
    if (phone->next)
        phone->next->prev = phone->prev;
    free(phone->sdp);
    free(phone);
}

void sip_phone_free(struct sip_phone *phone, const char *reason)
{
    phone->leg = NULL;
    phone->entry = entry_cancel(phone->entry);
    /* Out of the room first: whoever counts its people shall not count him. */
    phone->participant = membership_leave(phone->participant, reason);
    if (phone->call[0] && call_handler)
        call_handler(phone);
    phone->call[0] = '\0';
    if (!phone->lookups)
        unlink_phone(phone); /* else the last answer does */
}

void sip_phone_end(struct sip_phone *phone, unsigned code, const char *reason)
{
    struct sip_leg *leg = phone->leg;
    bool answered = phone->answered || phone->dialled;

    sip_phone_free(phone, reason);
    if (leg && answered)
        sip_leg_hangup(leg, reason);
    else if (leg)
        sip_leg_reject(leg, code, reason);
}

bool sip_phone_looked_up(struct sip_phone *phone)
{
    --phone->lookups;
    if (phone->leg)
        return true;
    if (!phone->lookups)
        unlink_phone(phone);
    return false;
}

void sip_phone_source(char ret_source[SIP_PHONE_SOURCE_SIZE], const struct sockaddr_storage *peer)
{
    const struct sockaddr_in *in = (const struct sockaddr_in *)peer;
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)peer;

    ret_source[0] = '\0';
    if (peer->ss_family == AF_INET)
        (void)inet_ntop(AF_INET, &in->sin_addr, ret_source, SIP_PHONE_SOURCE_SIZE);
    else if (peer->ss_family == AF_INET6)
        (void)inet_ntop(AF_INET6, &in6->sin6_addr, ret_source, SIP_PHONE_SOURCE_SIZE);
}

/* ---- from the room ---- */

static void on_fast_update(void *arg)
{
    struct sip_phone *phone = arg;

    sip_leg_fast_update(phone->leg);
}

static void on_lost(const char *code, const char *why, void *arg)
{
    (void)why;
    sip_phone_end(arg, 403, code);
}

static void on_admitted(void *arg)
{
    (void)sip_phone_answer(arg);
}

void sip_phone_fill(struct sip_phone *phone, struct participant_cfg *cfg)
{
    *cfg = (struct participant_cfg){
        .room = phone->room,
        .name = phone->name,
        .kind = PARTICIPANT_KIND_SIP,
        .grants = phone->grants.user ? &phone->grants : NULL,
        .pin = phone->pin[0] ? phone->pin : NULL,
        .source = phone->source,
        .peer = phone->peer,
        .handlers = {.fast_updateh = on_fast_update,
                     .admittedh = on_admitted,
                     .losth = on_lost,
                     .arg = phone},
    };
}

/* ---- media ---- */

static unsigned status_of_sdp_error(int err)
{
    switch (err) {
    case -EBADMSG:
    case -E2BIG:
        return 400;
    case -ENOTSUP:
    case -EPROTO:
        return 488;
    default:
        return 503;
    }
}

/* Answer the offer of the invite, or make one.  @return length or -errno */
static int negotiate(struct sip_phone *phone, char *why)
{
    why[0] = '\0';
    if (!phone->sdp)
        return participant_media_offer(phone->participant, sdp_buf, sizeof(sdp_buf));
    return participant_media_answer(phone->participant, phone->sdp, phone->sdp_len, sdp_buf,
                                    sizeof(sdp_buf), why, WHY_SIZE);
}

bool sip_phone_answer(struct sip_phone *phone)
{
    char why[WHY_SIZE];
    int n = negotiate(phone, why);

    if (n < 0) {
        log_info(NULL, "call from %s refused: %s", phone->address, why);
        sip_phone_end(phone, status_of_sdp_error(n), why[0] ? why : "no resources");
        return false;
    }
    if (sip_leg_answer(phone->leg, sdp_buf, (size_t)n)) {
        sip_phone_end(phone, 500, "cannot answer");
        return false;
    }
    phone->answered = true;
    return true;
}

int sip_phone_on_offer(const char *sdp, size_t len, char *ret_sdp, size_t size, void *arg)
{
    struct sip_phone *phone = arg;
    char why[WHY_SIZE];
    int n;

    if (!phone->participant)
        return -EINVAL;
    if (!sdp)
        return participant_media_offer(phone->participant, ret_sdp, size);
    n = participant_media_answer(phone->participant, sdp, len, ret_sdp, size, why, sizeof(why));
    if (n < 0)
        log_info(&(struct log_ids){.part = participant_id(phone->participant)},
                 "new offer of a phone refused: %s", why);
    return n;
}

/* After an error the leg is ended with BYE, and on_close() cleans up. */
int sip_phone_on_answer(const char *sdp, size_t len, void *arg)
{
    struct sip_phone *phone = arg;
    char why[WHY_SIZE];
    int err = phone->participant
                  ? participant_media_accept(phone->participant, sdp, len, why, sizeof(why))
                  : -EINVAL;

    if (err && phone->participant)
        log_info(NULL, "answer of a phone refused: %s", why);
    return err;
}

void sip_phone_on_fast_update(void *arg)
{
    struct sip_phone *phone = arg;

    if (phone->participant)
        participant_request_key(phone->participant);
}

void sip_phone_on_dtmf(char digit, void *arg)
{
    struct sip_phone *phone = arg;

    if (phone->participant)
        participant_press(phone->participant, digit);
}

void sip_phone_on_close(const char *why, void *arg)
{
    struct sip_phone *phone = arg;

    log_debug(NULL, "call ended: %s", why);
    sip_phone_free(phone, "left");
}
