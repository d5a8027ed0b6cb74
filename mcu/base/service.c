/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/base/service.c  Tells the service manager how we are
 */
#include "mcu/base/service.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "mcu/base/clock.h"

/* A path, or '@' and a name without a file.  @return length of the address, or -errno */
static int parse_address(struct sockaddr_un *ret_addr, const char *name)
{
    size_t len = strlen(name);

    if (name[0] != '/' && name[0] != '@')
        return -EAFNOSUPPORT; /* as vsock:..., which only virtual machines have */
    if (len >= sizeof(ret_addr->sun_path))
        return -ENAMETOOLONG;
    memset(ret_addr, 0, sizeof(*ret_addr));
    ret_addr->sun_family = AF_UNIX;
    memcpy(ret_addr->sun_path, name, len);
    if (name[0] == '@') /* no trailing zero: it would be a part of the name */
        ret_addr->sun_path[0] = '\0';
    else
        ++len;
    return (int)(offsetof(struct sockaddr_un, sun_path) + len);
}

static int notify(const char *text)
{
    const char *name = getenv("NOTIFY_SOCKET");
    struct sockaddr_un addr;
    int len, fd, err = 0;

    if (!name || !name[0])
        return 0;
    len = parse_address(&addr, name);
    if (len < 0)
        return len;
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (sendto(fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&addr,
               (socklen_t)len) < 0)
        err = -errno;
    (void)close(fd);
    return err;
}

/* @return false: not set, or not a number */
static bool number_of(const char *name, uint64_t *ret_number)
{
    const char *text = getenv(name);
    char *end;

    if (!text || text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    *ret_number = strtoull(text, &end, 10);
    return !errno && !*end;
}

int service_ready(void)
{
    return notify("READY=1");
}

int service_reloading(void)
{
    char text[64];

    /* systemd compares the time with that of its request, to know which reload this is. */
    (void)snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, clock_now_us());
    return notify(text);
}

int service_stopping(void)
{
    return notify("STOPPING=1");
}

int service_status(const char *format, ...)
{
    static const char key[] = "STATUS=";
    char text[sizeof(key) + SERVICE_STATUS_MAX];
    char *status = text + sizeof(key) - 1;
    va_list args;

    memcpy(text, key, sizeof(key));
    va_start(args, format);
    (void)vsnprintf(status, SERVICE_STATUS_MAX + 1, format, args);
    va_end(args);
    /* A line break would begin another assignment. */
    for (char *c = status; *c; ++c)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = ' ';
    return notify(text);
}

uint64_t service_watchdog_us(void)
{
    uint64_t us, pid;

    if (!number_of("WATCHDOG_USEC", &us))
        return 0;
    if (getenv("WATCHDOG_PID") && (!number_of("WATCHDOG_PID", &pid) || pid != (uint64_t)getpid()))
        return 0;
    return us;
}

int service_watchdog(void)
{
    return notify("WATCHDOG=1");
}
