/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_notify.c  Notices that a file of an operator changed (inotify)
 */
#include "mcu/config/config_notify.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "mcu/config/layout_folder.h"

enum { FILE_FOLDER, LAYOUT_FOLDER, BUFFER_SIZE = 4096 };

static const uint32_t mask = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
                             IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

/* Path of a folder that is to be watched, or NULL. */
static const char *folder_path(const struct config_notify *notify, unsigned folder,
                               char buf[CONFIG_PATH_SIZE])
{
    const char *slash;

    if (!notify->on)
        return NULL;
    if (folder == LAYOUT_FOLDER)
        return notify->dir[0] ? notify->dir : NULL;
    if (!notify->file)
        return NULL;
    slash = strrchr(notify->file, '/');
    if (!slash)
        return ".";
    (void)snprintf(buf, CONFIG_PATH_SIZE, "%.*s", (int)(slash + 1 - notify->file), notify->file);
    return buf;
}

/* Two folders may be one, with one watch. */
static void remove_watch(struct config_notify *notify, unsigned folder)
{
    const int watch = notify->watch[folder];

    notify->watch[folder] = -1;
    if (watch >= 0 && watch != notify->watch[!folder])
        (void)inotify_rm_watch(notify->fd, watch);
}

static void add_watch(struct config_notify *notify, unsigned folder)
{
    char buf[CONFIG_PATH_SIZE];
    const char *path = folder_path(notify, folder, buf);

    if (path && notify->fd >= 0)
        notify->watch[folder] = inotify_add_watch(notify->fd, path, mask);
}

int config_notify_init(struct config_notify *notify, const char *file)
{
    memset(notify, 0, sizeof(*notify));
    notify->file = file;
    for (unsigned i = 0; i < CONFIG_NOTIFY_FOLDERS; ++i)
        notify->watch[i] = -1;
    notify->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    return notify->fd < 0 ? -errno : 0;
}

void config_notify_finish(struct config_notify *notify)
{
    if (notify->fd >= 0)
        (void)close(notify->fd);
    notify->fd = -1;
}

void config_notify_set(struct config_notify *notify, bool on, const char *dir)
{
    if (notify->on == on && strcmp(notify->dir, dir) == 0)
        return;
    for (unsigned i = 0; i < CONFIG_NOTIFY_FOLDERS; ++i)
        remove_watch(notify, i);
    notify->on = on;
    (void)snprintf(notify->dir, sizeof(notify->dir), "%s", dir);
    for (unsigned i = 0; i < CONFIG_NOTIFY_FOLDERS; ++i)
        add_watch(notify, i);
}

static bool is_image(const char *name)
{
    const size_t len = strlen(name);

    return name[0] != '.' && len > 4 && strcmp(name + len - 4, ".png") == 0;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* May what has this name be read by settings_load()?  "..data" is how Kubernetes swaps a folder. */
static bool concerns(const struct config_notify *notify, int watch, const char *name)
{
    if (strcmp(name, "..data") == 0 || is_image(name))
        return true;
    if (watch == notify->watch[LAYOUT_FOLDER] && layout_folder_takes(name))
        return true;
    return watch == notify->watch[FILE_FOLDER] && notify->file &&
           strcmp(name, last_part(notify->file)) == 0;
}

/* A folder is gone, or moved to where it is not meant any more. */
static bool lose(struct config_notify *notify, int watch)
{
    bool lost = false;

    for (unsigned i = 0; i < CONFIG_NOTIFY_FOLDERS; ++i) {
        if (watch >= 0 && notify->watch[i] == watch) {
            notify->watch[i] = -1;
            lost = true;
        }
    }
    if (lost)
        (void)inotify_rm_watch(notify->fd, watch);
    return lost;
}

static bool read_event(struct config_notify *notify, const struct inotify_event *event)
{
    if (event->mask & IN_Q_OVERFLOW)
        return true;
    if (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT))
        return lose(notify, event->wd);
    if (event->wd != notify->watch[FILE_FOLDER] && event->wd != notify->watch[LAYOUT_FOLDER])
        return false; /* of a watch that was removed since */
    return event->len > 0 && concerns(notify, event->wd, event->name);
}

bool config_notify_read(struct config_notify *notify)
{
    _Alignas(struct inotify_event) char buf[BUFFER_SIZE];
    bool changed = false;
    ssize_t n;

    while (notify->fd >= 0 && (n = read(notify->fd, buf, sizeof(buf))) > 0) {
        const struct inotify_event *event;

        for (ssize_t at = 0; at < n; at += (ssize_t)(sizeof(*event) + event->len)) {
            event = (const struct inotify_event *)(const void *)(buf + at);
            changed = read_event(notify, event) || changed;
        }
    }
    return changed;
}

bool config_notify_is_lost(const struct config_notify *notify)
{
    char buf[CONFIG_PATH_SIZE];
    bool lost = false;

    for (unsigned i = 0; i < CONFIG_NOTIFY_FOLDERS && notify->fd >= 0; ++i)
        lost = lost || (notify->watch[i] < 0 && folder_path(notify, i, buf));
    return lost;
}

bool config_notify_retry(struct config_notify *notify)
{
    bool back = false;

    for (unsigned i = 0; i < CONFIG_NOTIFY_FOLDERS; ++i) {
        if (notify->watch[i] >= 0)
            continue;
        add_watch(notify, i);
        back = back || notify->watch[i] >= 0;
    }
    return back;
}
