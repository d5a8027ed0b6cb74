/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/sip_users.h  Phones of users: their passwords, and that they are there
 *
 *     REGISTER --> credentialsh --> database --> auth.attempts --> registrar
 *         '-- 503, not 403, if the database cannot say, or he tried too often
 *     first contact of a user, last one gone --> presence: a device of his, as soon as the
 *                                                database can say whose it is
 *
 * Threads: control only.
 */
#ifndef MCU_API_SIP_USERS_H
#define MCU_API_SIP_USERS_H

#include <stdbool.h>
#include <stdint.h>

struct sip_phone;
struct sockaddr_storage;
struct sip_server;
struct store;
struct store_user;

/** Bit of the keys of phones among those of devices. */
#define SIP_USERS_KEY (UINT64_C(1) << 63)

/** @param server, store  live until sip_users_finish()  @return 0, -ENOMEM */
int sip_users_init(struct sip_server *server, struct store *store);
void sip_users_finish(void);

/** For sip_server_handlers. */
void sip_users_on_credentials(uint32_t request, const char *user, const char *realm,
                              const struct sockaddr_storage *source, void *arg);
void sip_users_on_register(const char *user, bool online, void *arg);

/** Login of the user whose phone a device is; NULL if there is none. */
const char *sip_users_of_device(uint64_t device);
/** Login of a user who has a phone here; NULL if he has none.  What phones call him by. */
const char *sip_users_login(const char *identity);
/** What that user is called; NULL if there is none, or he has no name. */
const char *sip_users_name(uint64_t device);

/** A key that no other device has. */
uint64_t sip_users_next_key(void);

typedef void(sip_users_h)(struct sip_phone *phone, const struct store_user *user);
/**
 * Look up a user for a phone.
 * @param h  Called once if 0 is returned, unless the phone is gone by then; user NULL: there is
 * none
 * @return 0, -ENOENT (there is no database), -errno
 */
int sip_users_find(struct sip_phone *phone, const char *login, sip_users_h *h);

#endif
