/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_error.c  Collects what was wrong
 */
#include "mcu/config/config_error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mcu/config/config.h"

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

void config_error_add(struct config_errors *errs, const char *fmt, ...)
{
    char *text;
    va_list ap;

    if (errs->n >= CONFIG_ERRORS_MAX) {
        ++errs->more;
        return;
    }
    text = errs->text[errs->n++];
    va_start(ap, fmt);
    (void)vsnprintf(text, CONFIG_ERROR_SIZE, fmt, ap);
    va_end(ap);
    for (; *text; ++text) {
        if (is_control(*text))
            *text = '?';
    }
}

unsigned config_error_count(const struct config_errors *errs)
{
    return errs->n + errs->more;
}

const char *config_error_quote(char *buf, const char *text, size_t len)
{
    const size_t most = CONFIG_ERROR_QUOTE_SIZE - 4;
    size_t n = len <= most ? len : most;

    /* Do not cut within a UTF-8 character. */
    while (n < len && n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
        --n;
    for (size_t i = 0; i < n; ++i)
        buf[i] = is_control(text[i]) ? '?' : text[i];
    memcpy(buf + n, n < len ? "..." : "", n < len ? 4 : 1);
    return buf;
}
