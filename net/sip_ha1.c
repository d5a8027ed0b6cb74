/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sip_ha1.c  What digest authentication of SIP needs to know of a password
 */
#include "net/sip_ha1.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static bool is_quotable(const char *text)
{
    return *text && !strpbrk(text, ":\"\\\r\n");
}

int sip_ha1_make(struct sip_ha1 *ret_ha1, const char *user, const char *realm, const char *password,
                 size_t len)
{
    const struct digest_hex_part part[] = {
        {user, strlen(user)}, {":", 1}, {realm, strlen(realm)}, {":", 1}, {password, len}};
    int err;

    memset(ret_ha1, 0, sizeof(*ret_ha1));
    if (!is_quotable(user) || !is_quotable(realm) || len == 0 || memchr(password, '\0', len))
        return -EINVAL;
    err = digest_hex_md5(ret_ha1->md5, part, sizeof(part) / sizeof(part[0]));
    if (!err)
        err = digest_hex_sha256(ret_ha1->sha256, part, sizeof(part) / sizeof(part[0]));
    if (err)
        memset(ret_ha1, 0, sizeof(*ret_ha1));
    return err;
}
