/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/control_loop.h  The control thread: libre's main loop, timers and messages from others
 *
 * Wraps what of libre other folders need, so that its types stay in net.
 */
#ifndef NET_CONTROL_LOOP_H
#define NET_CONTROL_LOOP_H

#include <stddef.h>
#include <stdint.h>

enum { CONTROL_LOOP_MSG_MAX = 240 /**< Payload of a message [bytes] */ };

struct control_timer;

/** Handles a message on the control thread.  @param msg aligned copy of what was posted */
typedef void(control_msg_h)(void *msg, void *arg);
typedef void(control_timer_h)(void *arg);

/**
 * Initialise libre on this thread, which becomes the control thread.
 *
 * @param max_fds  Highest file descriptor that the loop will see, plus one, 64 to 1048576: at least
 *                 RLIMIT_NOFILE, since descriptors of all threads share their numbers
 * @return 0, -EALREADY, -EINVAL, -ENOMEM or another -errno
 */
int control_loop_init(unsigned max_fds);

/** Run until control_loop_stop(); signals SIGINT and SIGTERM call @p signalh. @return 0 or -errno
 */
int control_loop_run(void (*signalh)(int sig));

/**
 * Have a signal handled on the control thread as an event.  It must be blocked in all
 * threads (pthread_sigmask() before the first one is started).  One signal in a process.
 * @return 0, -EALREADY or another -errno
 */
int control_loop_on_signal(int sig, void (*h)(int sig));

/** Leave control_loop_run().  Control thread or its signal handler. */
void control_loop_stop(void);

/**
 * Handle the messages that wait.  Control thread, after the loop was left and those who post
 * have stopped: what they posted last is not lost.
 */
void control_loop_flush(void);

/**
 * Give everything back; all sockets and timers must be gone.  Messages that were not handled
 * are dropped.  No other thread may post any more.
 */
void control_loop_finish(void);

/**
 * Run @p h on the control thread with a copy of @p msg.  Any thread, never blocks.
 * Messages of one thread keep their order.
 * @return 0, -EINVAL (too large, no loop), -ENOSPC (queue full: 16384 messages)
 */
int control_loop_post(control_msg_h *h, void *arg, const void *msg, size_t size);

/** Create a timer that does not run yet.  Control thread.  @return 0 or -ENOMEM */
int control_timer_new(struct control_timer **ret_timer, control_timer_h *h, void *arg);
/** (Re)start: one shot after @p delay_ms.  Control thread. */
void control_timer_start(struct control_timer *timer, uint64_t delay_ms);
void control_timer_stop(struct control_timer *timer);
/** Stop and free.  NULL is allowed.  Returns NULL. */
struct control_timer *control_timer_free(struct control_timer *timer);

/** Move the clock of all timers forward, so that a test need not wait.  Any thread. */
void control_loop_advance(uint64_t ms);

#endif
