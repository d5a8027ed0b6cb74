/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/api_zone.c  Time zones by their IANA names, as the system's tzdata has them
 */
#include "mcu/api/api_zone.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 512, HEAD_SIZE = 44, TYPE_SIZE = 6 };

/** Segments of letters, digits, _ + -, the first of each a letter: nothing hidden, no "..". */
static bool is_name(const char *name)
{
    size_t len = strlen(name);
    bool start = true;

    if (len == 0 || len >= API_ZONE_SIZE)
        return false;
    for (const char *p = name; *p; ++p) {
        bool letter = (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z');

        if (start && !letter)
            return false;
        start = *p == '/';
        if (!letter && !strchr("0123456789_+-/", *p))
            return false;
    }
    return !start;
}

bool api_zone_exists(const char *name, const char *folder)
{
    char path[PATH_SIZE], magic[4];
    struct stat st;
    bool is = false;
    int fd;

    if (!is_name(name) || snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
        return false;
    if (strcmp(name, "UTC") == 0 || strcmp(name, "Etc/UTC") == 0)
        return true;
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return false;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        is = read(fd, magic, sizeof(magic)) == (ssize_t)sizeof(magic) &&
             memcmp(magic, "TZif", sizeof(magic)) == 0;
    (void)close(fd);
    return is;
}

/* ---- TZif ---- */

/** Counts of a header, and where its data are. */
struct part {
    uint32_t isut, isstd, leaps, times, types, chars;
    const unsigned char *time, *index, *type, *text; /* times are 8 bytes each */
};

static uint32_t u32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t s64(const unsigned char *p)
{
    return (int64_t)((uint64_t)u32(p) << 32 | u32(p + 4));
}

/** Read a header at @p p.  @return size of its data, 0 if it is none */
static size_t read_head(struct part *ret, const unsigned char *p, size_t len, size_t time_size)
{
    const uint32_t most = API_ZONE_FILE_MAX;

    if (len < HEAD_SIZE || memcmp(p, "TZif", 4) != 0)
        return 0;
    *ret = (struct part){u32(p + 20), u32(p + 24), u32(p + 28), u32(p + 32), u32(p + 36),
                         u32(p + 40), NULL,        NULL,        NULL,        NULL};
    if (ret->isut > most || ret->isstd > most || ret->leaps > most || ret->times > most ||
        ret->types > most || ret->types == 0 || ret->chars > most || ret->chars == 0)
        return 0;
    return ret->times * time_size + ret->times + ret->types * (size_t)TYPE_SIZE + ret->chars +
           ret->leaps * (time_size + 4) + ret->isstd + ret->isut;
}

/** Find the second part, the one with 64-bit times.  @return 0, -EBADMSG */
static int read_part(struct part *ret, const unsigned char *data, size_t len)
{
    size_t skip = read_head(ret, data, len, 4), size;

    if (!skip || data[4] < '2' || skip > len - HEAD_SIZE)
        return -EBADMSG;
    data += HEAD_SIZE + skip;
    len -= HEAD_SIZE + skip;
    size = read_head(ret, data, len, 8);
    if (!size || size > len - HEAD_SIZE)
        return -EBADMSG;
    ret->time = data + HEAD_SIZE;
    ret->index = ret->time + ret->times * (size_t)8;
    ret->type = ret->index + ret->times;
    ret->text = ret->type + ret->types * (size_t)TYPE_SIZE;
    return 0;
}

static const unsigned char *type_of(const struct part *part, uint32_t time)
{
    uint32_t i = part->index[time];

    return part->type + (i < part->types ? i : 0) * (size_t)TYPE_SIZE;
}

static void fill(struct api_zone_shift *ret, const struct part *part, int64_t at_s,
                 const unsigned char *before, const unsigned char *after)
{
    uint32_t text = after[5];

    *ret = (struct api_zone_shift){.at_s = at_s,
                                   .before_s = (int32_t)u32(before),
                                   .after_s = (int32_t)u32(after),
                                   .summer = after[4] != 0};
    for (unsigned i = 0; i + 1 < sizeof(ret->name) && text + i < part->chars; ++i) {
        unsigned char c = part->text[text + i];

        if (!c)
            break;
        ret->name[i] = c > ' ' && c <= '~' ? (char)c : '?';
    }
}

static int pick(struct api_zone_shift *ret, unsigned max, const struct part *part, int64_t from_s,
                int64_t to_s)
{
    unsigned n = 1;

    fill(&ret[0], part, from_s, part->type, part->type);
    for (uint32_t i = 0; i < part->times && n <= max; ++i) {
        int64_t at_s = s64(part->time + (size_t)i * 8);

        if (at_s > to_s || (at_s > from_s && n == max))
            break;
        fill(&ret[at_s > from_s ? n++ : 0], part, at_s, i ? type_of(part, i - 1) : part->type,
             type_of(part, i));
    }
    return (int)n;
}

int api_zone_shifts(struct api_zone_shift *ret, unsigned max, const char *name, const char *folder,
                    int64_t from_s, int64_t to_s)
{
    char path[PATH_SIZE];
    struct part part;
    unsigned char *data;
    ssize_t len;
    int fd, err;

    if (!is_name(name) || snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
        return -ENOENT;
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -ENOENT;
    data = malloc(API_ZONE_FILE_MAX);
    len = data ? read(fd, data, API_ZONE_FILE_MAX) : 0;
    (void)close(fd);
    err = data ? read_part(&part, data, len > 0 ? (size_t)len : 0) : -ENOMEM;
    if (!err)
        err = pick(ret, max, &part, from_s, to_s);
    free(data);
    return err;
}
