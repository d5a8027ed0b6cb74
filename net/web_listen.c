/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/web_listen.c  Listening sockets of the web server, TCP and Unix
 *
 * A Unix socket leaves a file behind when its server dies.  Whether somebody still listens
 * is found out by connecting; only a file that refuses is replaced.
 */
#include "net/web_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 1024, UNIX_MODE = 0660 };

/* TCP */

/** @return length of the address, or 0 if it is none */
static socklen_t parse_addr(const struct web_server_listen *listen, struct sockaddr_storage *ss)
{
    struct sockaddr_in *in = (struct sockaddr_in *)ss;
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;

    memset(ss, 0, sizeof(*ss));
    if (inet_pton(AF_INET, listen->addr, &in->sin_addr) == 1) {
        in->sin_family = AF_INET;
        in->sin_port = htons(listen->port);
        return sizeof(*in);
    }
    if (inet_pton(AF_INET6, listen->addr[0] ? listen->addr : "::", &in6->sin6_addr) == 1) {
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons(listen->port);
        return sizeof(*in6);
    }
    return 0;
}

static int open_tcp(const struct sockaddr_storage *ss, socklen_t len, bool both)
{
    const int on = 1, off = 0;
    int fd = socket(ss->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), err = 0;

    if (fd < 0)
        return -errno;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    /* Connections inherit it: the body of an answer must not wait 40 ms for an acknowledgement of
     * its head. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (ss->ss_family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, both ? &off : &on, sizeof(on));
    if (bind(fd, (const struct sockaddr *)ss, len) != 0 || listen(fd, BACKLOG) != 0) {
        err = -errno;
        close(fd);
        return err;
    }
    return fd;
}

/** Bind; without an address on IPv4 and IPv6, or IPv4 alone where there is no IPv6. */
static int bind_tcp(const struct web_server_listen *listen, uint16_t *ret_port)
{
    struct sockaddr_storage ss;
    socklen_t len = parse_addr(listen, &ss);
    int fd;

    if (len == 0)
        return -EINVAL;
    fd = open_tcp(&ss, len, !listen->addr[0]);
    if (fd == -EAFNOSUPPORT && !listen->addr[0]) {
        struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(listen->port)};

        memset(&ss, 0, sizeof(ss));
        memcpy(&ss, &in, sizeof(in));
        fd = open_tcp(&ss, sizeof(in), false);
    }
    if (fd < 0)
        return fd;
    len = sizeof(ss);
    if (getsockname(fd, (struct sockaddr *)&ss, &len) != 0) {
        close(fd);
        return -EIO;
    }
    /* The port is at the same place in both kinds of address. */
    *ret_port = ntohs(((const struct sockaddr_in *)&ss)->sin_port);
    return fd;
}

/* Unix */

/** Make the path free.  @return 0, -EADDRINUSE, or why it cannot be looked at */
static int remove_stale(const struct sockaddr_un *un)
{
    struct stat st;
    int fd, err;

    if (lstat(un->sun_path, &st) != 0)
        return errno == ENOENT ? 0 : -errno;
    if (!S_ISSOCK(st.st_mode))
        return -EADDRINUSE;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    err = connect(fd, (const struct sockaddr *)un, sizeof(*un)) == 0 ? 0 : errno;
    close(fd);
    if (err != ECONNREFUSED)
        return err == ENOENT ? 0 : err == EACCES ? -EACCES : -EADDRINUSE; /* EAGAIN: it is busy */
    return unlink(un->sun_path) == 0 || errno == ENOENT ? 0 : -errno;
}

static int bind_unix(const char *path, uint64_t *ret_inode)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    struct stat st;
    int fd, err;

    if (strlen(path) >= sizeof(un.sun_path))
        return -EINVAL;
    memcpy(un.sun_path, path, strlen(path));
    err = remove_stale(&un);
    if (err)
        return err;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    if (bind(fd, (const struct sockaddr *)&un, sizeof(un)) != 0) {
        err = -errno;
        close(fd);
        return err;
    }
    /* Nobody gets in before listen(), so the mode is in force from the first connection on. */
    if (chmod(path, UNIX_MODE) != 0 || stat(path, &st) != 0 || listen(fd, BACKLOG) != 0) {
        err = -errno;
        (void)unlink(path);
        close(fd);
        return err;
    }
    *ret_inode = (uint64_t)st.st_ino;
    return fd;
}

int web_listen_open(const struct web_server_listen *listen, uint16_t *ret_port, uint64_t *ret_inode)
{
    *ret_inode = 0;
    *ret_port = 0;
    if (listen->unix_path[0])
        return bind_unix(listen->unix_path, ret_inode);
    return bind_tcp(listen, ret_port);
}

void web_listen_remove(const struct web_server_listen *listen, uint64_t inode)
{
    struct stat st;

    if (inode && lstat(listen->unix_path, &st) == 0 && S_ISSOCK(st.st_mode) &&
        (uint64_t)st.st_ino == inode)
        (void)unlink(listen->unix_path);
}
