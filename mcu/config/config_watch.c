/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_watch.c  Reads the settings anew, when asked to or when a file changes
 */
#include "mcu/config/config_watch.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mcu/base/clock.h"
#include "mcu/base/err.h"
#include "mcu/base/log.h"
#include "mcu/config/config_error.h"
#include "mcu/config/config_notify.h"
#include "net/control_loop.h"

LOG_DOMAIN("config");

enum {
    SETTLE_US = 200000,      /* without a change, then files are read */
    SETTLE_MAX_US = 2000000, /* or so long after the first one */
    RETRY_MS = 1000,         /* until a lost folder is looked for again */
    POST_TRIES = 100,        /* of the thread, which may block */
    POST_WAIT_MS = 10,
};

/* To the thread; small enough that a pipe takes it whole. */
struct command {
    bool reload, check_only; /* else: what to watch */
    uint64_t request;
    bool watch;
    char dir[CONFIG_PATH_SIZE];
};

static_assert(sizeof(struct command) <= PIPE_BUF, "a command must be written as one");

/* Held by its owner and by each result on its way, since that may arrive after the end. */
struct config_watch {
    struct ref ref;
    struct settings_source source;
    int in, out; /* pipe of commands; its end is the thread's end */
    pthread_t thread;
    struct {
        config_watch_h *h; /* NULL once freed */
        void *arg;
        uint64_t number;
        unsigned waiting; /* requests without a result */
    } control;            /* control only */
    struct {
        struct config_notify notify;
        uint64_t first_us, last_us; /* changes that were not followed by a load; 0 = none */
    } files;                        /* the thread only */
};

struct message {
    struct config_watch *watch;
    struct config_watch_result result;
};

static void unref(struct config_watch *watch)
{
    if (ref_put(&watch->ref))
        free(watch);
}

/* ---- control ---- */

static void on_result(void *msg, void *arg)
{
    const struct message *message = msg;
    struct config_watch *watch = message->watch;
    (void)arg;

    if (message->result.request)
        --watch->control.waiting;
    if (watch->control.h) {
        watch->control.h(&message->result, watch->control.arg);
    } else {
        settings_unref(message->result.settings);
        free(message->result.errs);
    }
    unref(watch);
}

/* ---- thread, or control for a request that is refused ---- */

/* Takes what the result has.  Waits between tries. */
static void post(struct config_watch *watch, const struct config_watch_result *result,
                 unsigned tries)
{
    const struct message message = {.watch = watch, .result = *result};
    int err = -ENOSPC;

    ref_get(&watch->ref);
    for (unsigned i = 0; i < tries && err == -ENOSPC; ++i) {
        if (i)
            (void)poll(NULL, 0, POST_WAIT_MS);
        err = control_loop_post(on_result, NULL, &message, sizeof(message));
    }
    if (!err)
        return;
    log_error(NULL, "outcome of a reload is lost: %s", err_str(err));
    settings_unref(result->settings);
    free(result->errs);
    unref(watch);
}

/* What was read from a pipe is gone, and opening it again might wait for ever. */
static bool can_be_read_again(const char *path, struct config_errors *errs)
{
    struct stat st;

    if (!path || stat(path, &st) != 0 || S_ISREG(st.st_mode))
        return true; /* one that is not there is told by the reader */
    config_error_add(errs, "%s: not a regular file: it cannot be read again", path);
    return false;
}

static void load(struct config_watch *watch, uint64_t request, bool check_only)
{
    struct config_watch_result result = {.request = request, .check_only = check_only};
    struct config_files files = {.n = 0};

    result.errs = calloc(1, sizeof(*result.errs));
    if (!result.errs) {
        log_error(NULL, "reload: %s", err_str(-ENOMEM));
        return;
    }
    if (can_be_read_again(watch->source.config_file, result.errs))
        (void)settings_load_seen(&result.settings, &watch->source, &files, result.errs);
    config_notify_set_files(&watch->files.notify,
                            result.settings ? &result.settings->files : &files);
    config_files_finish(&files);
    post(watch, &result, POST_TRIES);
}

/* ---- thread ---- */

static void note_change(struct config_watch *watch)
{
    watch->files.last_us = clock_now_us();
    if (!watch->files.first_us)
        watch->files.first_us = watch->files.last_us;
}

/* When the files that changed are to be read; 0 = none did. */
static uint64_t due_us(const struct config_watch *watch)
{
    const uint64_t settled = watch->files.last_us + SETTLE_US;
    const uint64_t latest = watch->files.first_us + SETTLE_MAX_US;

    if (!watch->files.first_us)
        return 0;
    return settled < latest ? settled : latest;
}

static int wait_ms(const struct config_watch *watch)
{
    const uint64_t due = due_us(watch), now = clock_now_us();

    if (due)
        return due > now ? (int)((due - now) / 1000 + 1) : 0;
    return config_notify_is_lost(&watch->files.notify) ? RETRY_MS : -1;
}

/* @return false at the end of the pipe */
static bool take_command(struct config_watch *watch)
{
    struct command command;
    ssize_t n = read(watch->out, &command, sizeof(command));

    if (n < 0)
        return errno == EINTR || errno == EAGAIN;
    if (n != sizeof(command))
        return false;
    if (command.reload)
        load(watch, command.request, command.check_only);
    else
        config_notify_set(&watch->files.notify, command.watch, command.dir);
    return true;
}

static void *run(void *arg)
{
    struct config_watch *watch = arg;
    bool running = true;

    while (running) {
        struct pollfd fds[] = {{.fd = watch->out, .events = POLLIN},
                               {.fd = watch->files.notify.fd, .events = POLLIN}};
        const int n = poll(fds, 2, wait_ms(watch));

        if (n > 0 && fds[0].revents)
            running = take_command(watch);
        if (config_notify_read(&watch->files.notify))
            note_change(watch);
        if (n == 0 && config_notify_is_lost(&watch->files.notify) &&
            config_notify_retry(&watch->files.notify))
            note_change(watch);
        if (running && due_us(watch) && due_us(watch) <= clock_now_us()) {
            watch->files.first_us = 0;
            load(watch, 0, false);
        }
    }
    return NULL;
}

/* ---- control ---- */

static int start_thread(struct config_watch *watch)
{
    sigset_t all, old;
    int err;

    /* Signals are for the control thread. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    err = pthread_create(&watch->thread, NULL, run, watch);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (!err)
        (void)pthread_setname_np(watch->thread, "config");
    return -err;
}

int config_watch_new(struct config_watch **ret_watch, const struct settings_source *source,
                     const struct settings *now, config_watch_h *h, void *arg)
{
    struct config_watch *watch = calloc(1, sizeof(*watch));
    int fds[2], err;

    if (!watch)
        return -ENOMEM;
    if (pipe2(fds, O_CLOEXEC | O_NONBLOCK)) {
        err = -errno;
        free(watch);
        return err;
    }
    ref_init(&watch->ref);
    watch->source = *source;
    watch->out = fds[0];
    watch->in = fds[1];
    watch->control.h = h;
    watch->control.arg = arg;
    err = config_notify_init(&watch->files.notify, source->config_file);
    if (err)
        log_warning(NULL, "changes of files are not noticed: %s", err_str(err));
    config_notify_set_files(&watch->files.notify, &now->files);
    config_notify_set(&watch->files.notify, now->config.layouts.watch, now->config.layouts.dir);
    err = start_thread(watch);
    if (err) {
        config_notify_finish(&watch->files.notify);
        (void)close(watch->in);
        (void)close(watch->out);
        free(watch);
        return err;
    }
    *ret_watch = watch;
    return 0;
}

struct config_watch *config_watch_free(struct config_watch *watch)
{
    if (!watch)
        return NULL;
    watch->control.h = NULL;
    (void)close(watch->in);
    (void)pthread_join(watch->thread, NULL);
    (void)close(watch->out);
    config_notify_finish(&watch->files.notify);
    unref(watch);
    return NULL;
}

static bool send_command(struct config_watch *watch, const struct command *command)
{
    ssize_t n;

    do
        n = write(watch->in, command, sizeof(*command));
    while (n < 0 && errno == EINTR);
    return n == sizeof(*command);
}

uint64_t config_watch_reload(struct config_watch *watch, bool check_only)
{
    const uint64_t number = ++watch->control.number;
    const struct command command = {.reload = true, .check_only = check_only, .request = number};
    const bool room = watch->control.waiting < CONFIG_WATCH_REQUESTS_MAX;
    struct config_watch_result refused = {.request = number, .check_only = check_only};

    ++watch->control.waiting;
    if (room && send_command(watch, &command))
        return number;
    refused.errs = calloc(1, sizeof(*refused.errs));
    if (!refused.errs) {
        log_error(NULL, "reload: %s", err_str(-ENOMEM));
        return number;
    }
    config_error_add(refused.errs, "too many reloads at a time");
    post(watch, &refused, 1);
    return number;
}

void config_watch_update(struct config_watch *watch, const struct settings *settings)
{
    struct command command = {.watch = settings->config.layouts.watch};

    (void)snprintf(command.dir, sizeof(command.dir), "%s", settings->config.layouts.dir);
    if (!send_command(watch, &command))
        log_warning(NULL, "changes of files may not be noticed: too many commands wait");
}
