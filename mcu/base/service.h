/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/base/service.h  Tells the service manager how we are
 *
 * The protocol of sd_notify(3), without libsystemd: lines of text in one datagram to the
 * socket that NOTIFY_SOCKET names.  Started by hand, without that variable, every call does
 * nothing and succeeds.
 *
 *     service_ready() ... service_reloading() service_ready() ... service_stopping()
 *                     service_watchdog() at half of service_watchdog_us()
 *
 * Nothing here waits: a manager whose queue is full gives -EAGAIN.
 *
 * Threads: any, as long as nobody changes the environment meanwhile.
 */
#ifndef MCU_BASE_SERVICE_H
#define MCU_BASE_SERVICE_H

#include <stdint.h>

enum { SERVICE_STATUS_MAX = 500 /**< Longest status [bytes]; the rest is cut off */ };

/**
 * Started, or done with reloading: from now on units that need us may start.
 * @return 0, also if there is no service manager; -EAFNOSUPPORT (NOTIFY_SOCKET is neither a path
 *         nor abstract), -ENAMETOOLONG, -EAGAIN, -ECONNREFUSED or another error of sendmsg(2)
 */
int service_ready(void);

/** Reading the configuration again; service_ready() ends it.  @return as service_ready() */
int service_reloading(void);

/** Stopping by our own will or by a signal.  @return as service_ready() */
int service_stopping(void);

/**
 * One line about us that `systemctl status` shows, as "3 rooms, 12 people".  Control characters
 * become spaces.
 * @return as service_ready()
 */
int service_status(const char *format, ...) __attribute__((format(printf, 1, 2)));

/**
 * How often the manager wants to hear service_watchdog() [us]; 0: not at all.  It is meant for this
 * process only: with the WATCHDOG_PID of another one it is 0.
 */
uint64_t service_watchdog_us(void);

/** Still alive.  Call it where a hang would be noticed.  @return as service_ready() */
int service_watchdog(void);

#endif
