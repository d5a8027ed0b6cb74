/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_value.c  One field of a struct: from text and to text
 */
#include "mcu/config/config_value.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mcu/config/config.h"
#include "mcu/config/config_table.h"

struct unit {
    const char *name; /* "" = no unit written */
    uint32_t factor;
};

/* Largest first, so that a value is written in the largest unit that suits. */
static const struct unit plain_units[] = {{"", 1}, {NULL, 0}};
static const struct unit duration_units[] = {
    {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}, {NULL, 0}};
static const struct unit size_units[] = {
    {"G", 1 << 30}, {"M", 1 << 20}, {"K", 1 << 10}, {"", 1}, {NULL, 0}};
static const struct unit bitrate_units[] = {{"M", 1000000}, {"k", 1000}, {"", 1}, {NULL, 0}};

static const struct unit *units_of(enum config_type type)
{
    switch (type) {
    case CONFIG_TYPE_DURATION:
        return duration_units;
    case CONFIG_TYPE_SIZE:
        return size_units;
    case CONFIG_TYPE_BITRATE:
        return bitrate_units;
    default:
        return plain_units;
    }
}

static void *field_of(void *base, const struct config_row *row)
{
    return (char *)base + row->offset;
}

static const void *const_field_of(const void *base, const struct config_row *row)
{
    return (const char *)base + row->offset;
}

static int fail(char *why, const char *text)
{
    (void)snprintf(why, CONFIG_VALUE_WHY_SIZE, "%s", text);
    return -EINVAL;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Writes a number in the largest unit of which it is a multiple, bit rates to a tenth. */
static void write_number(uint32_t value, enum config_type type, char *buf, size_t size)
{
    const struct unit *unit = units_of(type);
    uint32_t part;

    for (; unit[1].name; ++unit) {
        if (value && value % unit->factor == 0)
            break;
        if (type == CONFIG_TYPE_BITRATE && value >= unit->factor &&
            value % (unit->factor / 10) == 0)
            break;
    }
    part = value % unit->factor;
    if (part)
        (void)snprintf(buf, size, "%" PRIu32 ".%" PRIu32 "%s", value / unit->factor,
                       part / (unit->factor / 10), unit->name);
    else
        (void)snprintf(buf, size, "%" PRIu32 "%s", value / unit->factor, unit->name);
}

/* Digits with up to 6 decimals, in millionths.  Returns the end, or NULL. */
static const char *scan_decimal(const char *p, uint64_t *ret_millionths)
{
    uint64_t v = 0;
    int decimals = -1;

    if (!is_digit(p[0]) || (p[0] == '0' && is_digit(p[1])))
        return NULL;
    for (; is_digit(*p) || (*p == '.' && decimals < 0); ++p) {
        if (*p == '.') {
            if (!is_digit(p[1]))
                return NULL;
            decimals = 0;
            continue;
        }
        if (decimals >= 0 && ++decimals > 6)
            return NULL;
        v = v * 10 + (uint64_t)(*p - '0');
        if (v > UINT64_C(10000000000000000)) /* far beyond any value, and below overflow */
            return NULL;
    }
    for (decimals = decimals < 0 ? 0 : decimals; decimals < 6; ++decimals) {
        if (v > UINT64_C(10000000000000000))
            return NULL;
        v *= 10;
    }
    *ret_millionths = v;
    return p;
}

static int fail_range(const struct config_row *row, char *why)
{
    char min[32], max[32], step[32] = "";

    write_number(row->min, row->type, min, sizeof(min));
    write_number(row->max, row->type, max, sizeof(max));
    if (row->step)
        (void)snprintf(step, sizeof(step), ", a multiple of %" PRIu32, row->step);
    (void)snprintf(why, CONFIG_VALUE_WHY_SIZE, "must be from %s to %s%s", min, max, step);
    return -EINVAL;
}

static int fail_number(const struct config_row *row, char *why)
{
    switch (row->type) {
    case CONFIG_TYPE_DURATION:
        return fail(why, "must be a duration, as 500ms, 20s, 2m or 1h");
    case CONFIG_TYPE_SIZE:
        return fail(why, "must be a size, as 64K or 4M");
    case CONFIG_TYPE_BITRATE:
        return fail(why, "must be a bit rate, as 40k or 1.5M");
    default:
        return fail(why, "must be a whole number");
    }
}

static int read_number(void *field, const struct config_row *row, const char *text, char *why)
{
    const struct unit *unit = units_of(row->type);
    uint64_t millionths, v;
    uint32_t value;
    const char *end = scan_decimal(text, &millionths);

    if (!end)
        return fail_number(row, why);
    while (unit->name && strcmp(unit->name, end) != 0)
        ++unit;
    if (!unit->name && !(row->type == CONFIG_TYPE_DURATION && strcmp(text, "0") == 0))
        return fail_number(row, why);

    /* A duration of plain 0 needs no unit. */
    if (!unit->name)
        unit = &plain_units[0];
    if (millionths / 1000000 > UINT32_MAX)
        return fail_range(row, why);
    v = millionths / 1000000 * unit->factor;
    if (millionths % 1000000 * unit->factor % 1000000 != 0)
        return fail_number(row, why);
    v += millionths % 1000000 * unit->factor / 1000000;
    if (v < row->min || v > row->max || (row->step && v % row->step))
        return fail_range(row, why);

    value = (uint32_t)v;
    memcpy(field, &value, sizeof(value));
    return 0;
}

static int read_bool(void *field, const char *text, char *why)
{
    bool value = strcmp(text, "true") == 0;

    if (!value && strcmp(text, "false") != 0)
        return fail(why, "must be true or false");
    memcpy(field, &value, sizeof(value));
    return 0;
}

static int read_color(void *field, const char *text, char *why)
{
    uint32_t rgb;

    if (config_value_color(&rgb, text))
        return fail(why, "must be a colour, as \"#38bdf8\" (in quotes)");
    memcpy(field, &rgb, sizeof(rgb));
    return 0;
}

static int read_enum(void *field, const struct config_row *row, const char *text, char *why)
{
    size_t len = 0;
    const char *near = NULL;
    unsigned best = 3;

    for (unsigned i = 0; row->names[i]; ++i) {
        const unsigned d = config_table_distance(row->names[i], text);

        if (strcmp(row->names[i], text) == 0) {
            memcpy(field, &i, sizeof(i));
            return 0;
        }
        if (d < best) {
            best = d;
            near = row->names[i];
        }
    }
    len = (size_t)snprintf(why, CONFIG_VALUE_WHY_SIZE, "must be one of");
    for (unsigned i = 0; row->names[i] && len < CONFIG_VALUE_WHY_SIZE; ++i)
        len += (size_t)snprintf(why + len, CONFIG_VALUE_WHY_SIZE - len, "%s %s", i ? "," : "",
                                row->names[i]);
    if (near && len < CONFIG_VALUE_WHY_SIZE)
        (void)snprintf(why + len, CONFIG_VALUE_WHY_SIZE - len, " (did you mean \"%s\"?)", near);
    return -EINVAL;
}

/* Length of the UTF-8 character at p and its code point; 0 if it is none. */
static unsigned scan_utf8(const unsigned char *p, uint32_t *ret_code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned n = p[0] < 0x80             ? 1
                 : (p[0] & 0xe0) == 0xc0 ? 2
                 : (p[0] & 0xf0) == 0xe0 ? 3
                 : (p[0] & 0xf8) == 0xf0 ? 4
                                         : 0;
    uint32_t code;

    if (n < 2) {
        *ret_code = p[0];
        return n;
    }
    code = p[0] & (0x7fu >> n);
    for (unsigned i = 1; i < n; ++i) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (p[i] & 0x3f);
    }
    *ret_code = code;
    return code < least[n] || code > 0x10ffff ? 0 : n;
}

/* Text that can be written to YAML, SIP headers and logs: no controls, line ends or non-characters.
 */
static bool is_text(const char *text)
{
    const unsigned char *p = (const unsigned char *)text;

    while (*p) {
        uint32_t c;
        unsigned n = scan_utf8(p, &c);

        if (!n || c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 ||
            (c >= 0xd800 && c < 0xe000) || c == 0xfeff || (c & 0xfffe) == 0xfffe)
            return false;
        p += n;
    }
    return true;
}

static int read_string(char *field, size_t size, const char *text, char *why)
{
    size_t len = strlen(text);

    if (!is_text(text))
        return fail(why, "must be text without control characters");
    if (len >= size) {
        (void)snprintf(why, CONFIG_VALUE_WHY_SIZE, "must not be longer than %zu bytes", size - 1);
        return -EINVAL;
    }
    memset(field, 0, size);
    memcpy(field, text, len);
    return 0;
}

static int read_addr(struct sockaddr_storage *ret_addr, const char *text, char *why)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

    memset(ret_addr, 0, sizeof(*ret_addr));
    if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
        memcpy(ret_addr, &in, sizeof(in));
    else if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1)
        memcpy(ret_addr, &in6, sizeof(in6));
    else
        return fail(why, "must be a numeric address, as 192.0.2.1 or 2001:db8::1");
    return 0;
}

static void write_addr(const struct sockaddr_storage *addr, char *buf)
{
    struct sockaddr_in in;
    struct sockaddr_in6 in6;

    memcpy(&in, addr, sizeof(in));
    memcpy(&in6, addr, sizeof(in6));
    if (!inet_ntop(addr->ss_family,
                   addr->ss_family == AF_INET6 ? (void *)&in6.sin6_addr : (void *)&in.sin_addr, buf,
                   CONFIG_VALUE_TEXT_SIZE))
        buf[0] = '\0';
}

int config_value_color(uint32_t *ret_rgb, const char *text)
{
    uint32_t rgb = 0;

    if (text[0] != '#' || strlen(text) != 7)
        return -EINVAL;
    for (++text; *text; ++text) {
        const char *hex = "0123456789abcdef";
        const char *at = strchr(hex, *text >= 'A' && *text <= 'F' ? *text + 0x20 : *text);

        if (!at)
            return -EINVAL;
        rgb = rgb << 4 | (uint32_t)(at - hex);
    }
    *ret_rgb = rgb;
    return 0;
}

bool config_value_is_list(const struct config_row *row)
{
    return row->type == CONFIG_TYPE_ADDRS || row->type == CONFIG_TYPE_STRINGS;
}

int config_value_read(void *base, const struct config_row *row, const char *text, char *why)
{
    struct sockaddr_storage addr;
    void *field = field_of(base, row);

    switch (row->type) {
    case CONFIG_TYPE_BOOL:
        return read_bool(field, text, why);
    case CONFIG_TYPE_UINT:
    case CONFIG_TYPE_DURATION:
    case CONFIG_TYPE_SIZE:
    case CONFIG_TYPE_BITRATE:
        return read_number(field, row, text, why);
    case CONFIG_TYPE_COLOR:
        return read_color(field, text, why);
    case CONFIG_TYPE_ENUM:
        return read_enum(field, row, text, why);
    case CONFIG_TYPE_ADDR:
        if (text[0] && read_addr(&addr, text, why))
            return -EINVAL;
        return read_string(field, row->size, text, why);
    case CONFIG_TYPE_STRING:
    case CONFIG_TYPE_FILE:
        return read_string(field, row->size, text, why);
    case CONFIG_TYPE_ADDRS:
    case CONFIG_TYPE_STRINGS:
        break;
    }
    return fail(why, "must be a list, as [a, b]");
}

int config_value_add(void *base, const struct config_row *row, const char *text, char *why)
{
    const bool is_addrs = row->type == CONFIG_TYPE_ADDRS;
    const uint32_t most = is_addrs ? CONFIG_ADDRS_MAX : CONFIG_STRINGS_MAX;
    struct config_strings *strings = field_of(base, row);
    struct config_addrs *addrs = field_of(base, row);
    uint32_t *n = is_addrs ? &addrs->n : &strings->n;
    struct sockaddr_storage addr;

    if (*n >= most) {
        (void)snprintf(why, CONFIG_VALUE_WHY_SIZE, "must not have more than %" PRIu32 " items",
                       most);
        return -EINVAL;
    }
    if (!is_addrs) {
        if (!text[0])
            return fail(why, "must not have empty items");
        if (read_string(strings->item[*n], CONFIG_STRING_SIZE, text, why))
            return -EINVAL;
    } else {
        if (read_addr(&addr, text, why))
            return -EINVAL;
        addrs->addr[*n] = addr;
    }
    ++*n;
    return 0;
}

void config_value_clear(void *base, const struct config_row *row)
{
    memset(field_of(base, row), 0, row->size);
}

unsigned config_value_count(const void *base, const struct config_row *row)
{
    const struct config_addrs *addrs = const_field_of(base, row);
    const struct config_strings *strings = const_field_of(base, row);

    return row->type == CONFIG_TYPE_ADDRS ? addrs->n : strings->n;
}

void config_value_write(const void *base, const struct config_row *row, unsigned i, char *buf)
{
    const void *field = const_field_of(base, row);
    uint32_t number;
    bool flag;

    switch (row->type) {
    case CONFIG_TYPE_BOOL:
        memcpy(&flag, field, sizeof(flag));
        (void)snprintf(buf, CONFIG_VALUE_TEXT_SIZE, "%s", flag ? "true" : "false");
        return;
    case CONFIG_TYPE_UINT:
    case CONFIG_TYPE_DURATION:
    case CONFIG_TYPE_SIZE:
    case CONFIG_TYPE_BITRATE:
        memcpy(&number, field, sizeof(number));
        write_number(number, row->type, buf, CONFIG_VALUE_TEXT_SIZE);
        return;
    case CONFIG_TYPE_COLOR:
        memcpy(&number, field, sizeof(number));
        (void)snprintf(buf, CONFIG_VALUE_TEXT_SIZE, "#%06" PRIx32, number & 0xffffff);
        return;
    case CONFIG_TYPE_ENUM:
        memcpy(&number, field, sizeof(number));
        (void)snprintf(buf, CONFIG_VALUE_TEXT_SIZE, "%s", row->names[number]);
        return;
    case CONFIG_TYPE_STRING:
    case CONFIG_TYPE_FILE:
    case CONFIG_TYPE_ADDR:
        (void)snprintf(buf, CONFIG_VALUE_TEXT_SIZE, "%s", (const char *)field);
        return;
    case CONFIG_TYPE_ADDRS:
        write_addr(&((const struct config_addrs *)field)->addr[i], buf);
        return;
    case CONFIG_TYPE_STRINGS:
        (void)snprintf(buf, CONFIG_VALUE_TEXT_SIZE, "%s",
                       ((const struct config_strings *)field)->item[i]);
        return;
    }
}

bool config_value_equal(const void *a, const void *b, const struct config_row *row)
{
    char ta[CONFIG_VALUE_TEXT_SIZE], tb[CONFIG_VALUE_TEXT_SIZE];
    unsigned n = 1;

    if (config_value_is_list(row)) {
        n = config_value_count(a, row);
        if (n != config_value_count(b, row))
            return false;
    }
    for (unsigned i = 0; i < n; ++i) {
        config_value_write(a, row, i, ta);
        config_value_write(b, row, i, tb);
        if (strcmp(ta, tb) != 0)
            return false;
    }
    return true;
}
