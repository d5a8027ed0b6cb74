/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/control_loop.c  The control thread: libre's main loop, timers and messages from others
 *
 *     any thread -- control_loop_post() --> mpsc + eventfd -- drain() --> handler, on control
 *
 * libre is started for real, but runs on our clock: tmr_jiffies() of the library is the wall
 * clock, and a step of that would stop or fire every timer.  The definition here takes its
 * place because the executable's symbols come first.
 */
#include "net/control_loop.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <re.h>

#include "mcu/base/clock.h"
#include "mcu/base/mpsc.h"

enum {
    QUEUE_MAX = 16384, /* messages */
    BATCH_MAX = 256,   /* messages before timers and sockets get their turn */
};

struct message {
    control_msg_h *h;
    void *arg;
    _Alignas(16) unsigned char data[CONTROL_LOOP_MSG_MAX];
};

/* One control thread in a process, as libre has one default loop. */
static struct {
    struct mpsc *queue;
    int eventfd;
    bool ready;
    _Atomic bool waking; /* the eventfd was written and not yet read */
    _Atomic uint64_t skew_ms;
    int signalfd;
    void (*signalh)(int sig);
} loop = {.eventfd = -1, .signalfd = -1};

uint64_t tmr_jiffies(void)
{
    /* Relaxed: a number of its own. */
    return clock_now_us() / 1000 + atomic_load_explicit(&loop.skew_ms, memory_order_relaxed);
}

static void wake(void)
{
    const uint64_t one = 1;

    /* Acq_rel: pairs with drain(), so that either it sees our message or we write again. */
    if (!atomic_exchange_explicit(&loop.waking, true, memory_order_acq_rel))
        (void)!write(loop.eventfd, &one, sizeof(one));
}

static void drain(int flags, void *arg)
{
    struct message msg;
    uint64_t count;
    unsigned n = 0;

    (void)flags;
    (void)arg;
    (void)!read(loop.eventfd, &count, sizeof(count));
    /* Before the queue is looked at: who pushes later writes the eventfd again. */
    (void)atomic_exchange_explicit(&loop.waking, false, memory_order_acq_rel);
    while (n < BATCH_MAX && loop.queue && mpsc_pop(loop.queue, &msg)) {
        msg.h(msg.data, msg.arg);
        ++n;
    }
    if (n == BATCH_MAX)
        wake();
}

int control_loop_init(unsigned max_fds)
{
    int err;

    if (loop.ready)
        return -EALREADY;
    if (max_fds < 64 || max_fds > 1048576)
        return -EINVAL;
    err = libre_init();
    if (err)
        return -err;
    err = fd_setsize((int)max_fds);
    if (err)
        goto out;
    err = -mpsc_new(&loop.queue, QUEUE_MAX, sizeof(struct message));
    if (err)
        goto out;
    atomic_store(&loop.waking, false);
    loop.eventfd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (loop.eventfd < 0) {
        err = errno;
        goto out;
    }
    err = fd_listen(loop.eventfd, FD_READ, drain, NULL);

out:
    loop.ready = true;
    if (err)
        control_loop_finish();
    return -err;
}

int control_loop_run(void (*signalh)(int sig))
{
    return -re_main(signalh);
}

static void on_signal(int flags, void *arg)
{
    struct signalfd_siginfo info;

    (void)flags;
    (void)arg;
    if (read(loop.signalfd, &info, sizeof(info)) == (ssize_t)sizeof(info))
        loop.signalh((int)info.ssi_signo);
}

int control_loop_on_signal(int sig, void (*h)(int sig))
{
    sigset_t set;

    if (loop.signalfd >= 0)
        return -EALREADY;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, sig);
    loop.signalfd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (loop.signalfd < 0)
        return -errno;
    loop.signalh = h;
    return -fd_listen(loop.signalfd, FD_READ, on_signal, NULL);
}

void control_loop_stop(void)
{
    re_cancel();
}

void control_loop_flush(void)
{
    struct message msg;

    while (loop.queue && mpsc_pop(loop.queue, &msg))
        msg.h(msg.data, msg.arg);
}

void control_loop_finish(void)
{
    if (!loop.ready)
        return;
    if (loop.signalfd >= 0) {
        fd_close(loop.signalfd);
        (void)close(loop.signalfd);
        loop.signalfd = -1;
    }
    if (loop.eventfd >= 0) {
        fd_close(loop.eventfd);
        close(loop.eventfd);
        loop.eventfd = -1;
    }
    loop.queue = mpsc_free(loop.queue);
    fd_setsize(0); /* gives the loop's tables back */
    libre_close();
    loop.ready = false;
}

int control_loop_post(control_msg_h *h, void *arg, const void *msg, size_t size)
{
    struct message message = {.h = h, .arg = arg};
    int err;

    if (!h || !loop.queue || size > CONTROL_LOOP_MSG_MAX || (size > 0 && !msg))
        return -EINVAL;
    if (size)
        memcpy(message.data, msg, size);
    err = mpsc_push(loop.queue, &message);
    if (!err)
        wake();
    return err;
}

void control_loop_advance(uint64_t ms)
{
    atomic_fetch_add_explicit(&loop.skew_ms, ms, memory_order_relaxed);
}
