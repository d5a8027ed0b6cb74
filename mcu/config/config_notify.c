/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_notify.c  Notices that a file of an operator changed (inotify)
 */
#include "mcu/config/config_notify.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "mcu/config/layout_folder.h"

enum { PATH_SIZE = CONFIG_NOTIFY_PATH_SIZE, LINKS_MAX = 40, BUFFER_SIZE = 4096 };

/* CREATE is for links, which nobody writes to; a new file is told once more when it is closed. */
static const uint32_t mask = IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
                             IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

/* ---- what to watch ---- */

/* Folder of that name, made if need be; NULL if there is no room. */
static struct config_notify_folder *ensure_folder(struct config_notify *notify, const char *path,
                                                  size_t len)
{
    struct config_notify_folder *folder;

    for (unsigned i = 0; i < notify->nfolders; ++i) {
        folder = &notify->folder[i];
        if (strncmp(folder->path, path, len) == 0 && !folder->path[len])
            return folder;
    }
    if (notify->nfolders == CONFIG_NOTIFY_FOLDERS || len >= PATH_SIZE)
        return NULL;
    folder = &notify->folder[notify->nfolders++];
    memset(folder, 0, sizeof(*folder));
    folder->watch = -1;
    memcpy(folder->path, path, len);
    return folder;
}

/* The folder that a file is in. */
static struct config_notify_folder *ensure_folder_of(struct config_notify *notify, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return ensure_folder(notify, ".", 1);
    return ensure_folder(notify, path, slash == path ? 1 : (size_t)(slash - path));
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static bool concerns_name(const struct config_notify *notify, unsigned folder, const char *name)
{
    for (unsigned i = 0; i < notify->nnames; ++i) {
        if (notify->name[i].folder == folder && strcmp(notify->name[i].name, name) == 0)
            return true;
    }
    return false;
}

static void add_name(struct config_notify *notify, const char *path)
{
    const struct config_notify_folder *folder = ensure_folder_of(notify, path);
    const unsigned i = folder ? (unsigned)(folder - notify->folder) : 0;
    char *name;

    if (!folder || notify->nnames == CONFIG_NOTIFY_NAMES ||
        concerns_name(notify, i, last_part(path)))
        return;
    name = strdup(last_part(path));
    if (!name)
        return;
    notify->name[notify->nnames].folder = i;
    notify->name[notify->nnames++].name = name;
}

/* If the first len bytes of a path are a symbolic link: watches it, and puts what it leads to
 * there. */
static bool follow_link(struct config_notify *notify, char path[PATH_SIZE], size_t len)
{
    char head[PATH_SIZE], target[PATH_SIZE], whole[3 * PATH_SIZE];
    ssize_t n;
    int folder;

    memcpy(head, path, len);
    head[len] = '\0';
    n = readlink(head, target, sizeof(target) - 1);
    if (n <= 0)
        return false;
    target[n] = '\0';
    add_name(notify, head);
    folder = target[0] == '/' ? 0 : (int)(last_part(head) - head);
    n = snprintf(whole, sizeof(whole), "%.*s%s%s", folder, head, target, path + len);
    if (n >= PATH_SIZE)
        return false;
    memcpy(path, whole, (size_t)n + 1);
    return true;
}

/* A file, and each symbolic link on the way to it. */
static void add_file(struct config_notify *notify, const char *file)
{
    char path[PATH_SIZE];
    size_t len = strlen(file), at = 0;
    unsigned links = 0;

    while (len > 1 && file[len - 1] == '/')
        --len;
    if (len >= PATH_SIZE)
        return;
    memcpy(path, file, len);
    path[len] = '\0';
    do {
        at += strspn(path + at, "/");
        at += strcspn(path + at, "/");
        if (follow_link(notify, path, at)) {
            at = 0;
            ++links;
        }
    } while (path[at] && links < LINKS_MAX);
    add_name(notify, path);
}

static void add_all(struct config_notify *notify)
{
    struct config_notify_folder *folder;

    if (notify->file) {
        folder = ensure_folder_of(notify, notify->file);
        if (folder)
            folder->base = true;
        add_file(notify, notify->file);
    }
    if (notify->dir[0]) {
        folder = ensure_folder(notify, notify->dir, strlen(notify->dir));
        if (folder)
            folder->base = folder->layouts = true;
        add_file(notify, notify->dir);
    }
    for (unsigned i = 0; i < notify->files.n; ++i)
        add_file(notify, notify->files.path[i]);
}

static void forget_all(struct config_notify *notify)
{
    while (notify->nnames)
        free(notify->name[--notify->nnames].name);
    notify->nfolders = 0;
}

static bool is_watch(const struct config_notify *notify, int watch)
{
    for (unsigned i = 0; i < notify->nfolders; ++i) {
        if (notify->folder[i].watch == watch)
            return true;
    }
    return false;
}

/* New watches before old ones end, so that a folder that stays is watched all the time. */
static void watch_all(struct config_notify *notify)
{
    const unsigned nold = notify->nfolders;
    int old[CONFIG_NOTIFY_FOLDERS];

    for (unsigned i = 0; i < nold; ++i)
        old[i] = notify->folder[i].watch;
    forget_all(notify);
    if (notify->fd < 0)
        return;
    if (notify->on)
        add_all(notify);
    for (unsigned i = 0; i < notify->nfolders; ++i)
        notify->folder[i].watch = inotify_add_watch(notify->fd, notify->folder[i].path, mask);
    for (unsigned i = 0; i < nold; ++i) {
        if (old[i] >= 0 && !is_watch(notify, old[i]))
            (void)inotify_rm_watch(notify->fd, old[i]); /* fails if another name had it */
    }
}

int config_notify_init(struct config_notify *notify, const char *file)
{
    memset(notify, 0, sizeof(*notify));
    notify->file = file;
    notify->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    return notify->fd < 0 ? -errno : 0;
}

void config_notify_finish(struct config_notify *notify)
{
    if (notify->fd >= 0)
        (void)close(notify->fd);
    notify->fd = -1;
    forget_all(notify);
    config_files_finish(&notify->files);
}

void config_notify_set(struct config_notify *notify, bool on, const char *dir)
{
    notify->on = on;
    (void)snprintf(notify->dir, sizeof(notify->dir), "%s", dir);
    watch_all(notify);
}

void config_notify_set_files(struct config_notify *notify, const struct config_files *files)
{
    config_files_copy(&notify->files, files);
    watch_all(notify);
}

/* ---- what happened ---- */

static bool is_image(const char *name)
{
    const size_t len = strlen(name);

    return name[0] != '.' && len > 4 && strcmp(name + len - 4, ".png") == 0;
}

/* May what has this name be read by settings_load()?  "..data" is how Kubernetes swaps a folder. */
static bool concerns(const struct config_notify *notify, int watch, const char *name)
{
    for (unsigned i = 0; i < notify->nfolders; ++i) {
        const struct config_notify_folder *folder = &notify->folder[i];

        if (folder->watch != watch) /* of a watch that was removed since, or another one */
            continue;
        if ((folder->base && (strcmp(name, "..data") == 0 || is_image(name))) ||
            (folder->layouts && layout_folder_takes(name)) || concerns_name(notify, i, name))
            return true;
    }
    return false;
}

/* A folder is gone, or moved to where it is not meant any more. */
static bool lose(struct config_notify *notify, int watch)
{
    bool lost = false;

    for (unsigned i = 0; i < notify->nfolders; ++i) {
        if (watch >= 0 && notify->folder[i].watch == watch) {
            notify->folder[i].watch = -1;
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
    return is_watch(notify, -1);
}

bool config_notify_retry(struct config_notify *notify)
{
    bool back = false;

    for (unsigned i = 0; i < notify->nfolders; ++i) {
        struct config_notify_folder *folder = &notify->folder[i];

        if (folder->watch >= 0)
            continue;
        folder->watch = inotify_add_watch(notify->fd, folder->path, mask);
        back = back || folder->watch >= 0;
    }
    return back;
}
