/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/import_yaml.c  Writes layouts of another system as a layout file of ours
 */
#include "mcu/ctl/import_yaml.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "mixer/layout.h"

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           strchr("+._:-", c) != NULL;
}

int import_yaml_name(char ret_name[IMPORT_YAML_NAME_SIZE], const char *name)
{
    size_t len = strlen(name);
    int replaced = 0;

    if (!len || len >= IMPORT_YAML_NAME_SIZE)
        return -1;
    for (size_t i = 0; i <= len; ++i) {
        ret_name[i] = name[i];
        if (name[i] && !is_name(name[i])) {
            ret_name[i] = '-';
            ++replaced;
        }
    }
    return replaced;
}

void import_yaml_note(char note[IMPORT_YAML_NOTE_SIZE], const char *fmt, ...)
{
    size_t len = strlen(note);
    va_list ap;

    if (len && len < IMPORT_YAML_NOTE_SIZE - 3)
        len += (size_t)snprintf(note + len, IMPORT_YAML_NOTE_SIZE - len, "; ");
    va_start(ap, fmt);
    (void)vsnprintf(note + len, IMPORT_YAML_NOTE_SIZE - len, fmt, ap);
    va_end(ap);
    /* YAML takes some characters beyond ASCII for the end of a line, and with it of a comment. */
    for (char *c = note; *c; ++c) {
        if (*c < 0x20 || *c > 0x7e)
            *c = '?';
    }
}

unsigned import_yaml_seats(const struct import_yaml_layout *layout)
{
    unsigned n = 0;

    for (unsigned i = 0; i < layout->ntiles; ++i)
        n += layout->tile[i].role == IMPORT_YAML_ANY || layout->tile[i].role == IMPORT_YAML_SPEAKER;
    return n;
}

bool import_yaml_is_large_enough(const struct import_yaml_tile *tile, unsigned grid)
{
    struct layout_spec_tile one = {.left = {tile->x, grid},
                                   .top = {tile->y, grid},
                                   .right = {tile->x + tile->w, grid},
                                   .bottom = {tile->y + tile->h, grid}};
    const struct layout_spec spec = {.ntiles = 1, .tile = &one};
    struct layout layout;

    return layout_resolve(&layout, &spec, 1280, 720) == 0 &&
           layout.tile[0].rect.w >= LAYOUT_TILE_W_MIN && layout.tile[0].rect.h >= LAYOUT_TILE_H_MIN;
}

static bool overlap(const struct import_yaml_tile *a, const struct import_yaml_tile *b)
{
    return a->x < b->x + b->w && b->x < a->x + a->w && a->y < b->y + b->h && b->y < a->y + a->h;
}

/* Later tiles lie on earlier ones, as they are drawn there. */
static void find_z(unsigned z[IMPORT_YAML_TILES_MAX], const struct import_yaml_layout *layout)
{
    for (unsigned i = 0; i < layout->ntiles; ++i) {
        z[i] = layout->tile[i].above ? 1 : 0;
        for (unsigned k = 0; k < i; ++k) {
            if (overlap(&layout->tile[k], &layout->tile[i]) && z[i] <= z[k])
                z[i] = z[k] + 1;
        }
    }
}

static void put_ratio(FILE *out, const char *before, unsigned num, unsigned den)
{
    unsigned a = num, b = den;

    while (b) { /* Euclid */
        unsigned rest = a % b;

        a = b;
        b = rest;
    }
    num /= a;
    den /= a;
    if (den == 1)
        (void)fprintf(out, "%s\"%u\"", before, num);
    else
        (void)fprintf(out, "%s\"%u/%u\"", before, num, den);
}

static void put_tile(FILE *out, const struct import_yaml_tile *tile, unsigned grid, unsigned z)
{
    put_ratio(out, "      - { rect: [", tile->x, grid);
    put_ratio(out, ", ", tile->y, grid);
    put_ratio(out, ", ", tile->w, grid);
    put_ratio(out, ", ", tile->h, grid);
    (void)fputs("]", out);
    if (tile->role == IMPORT_YAML_SPEAKER)
        (void)fputs(", role: speaker", out);
    if (tile->role == IMPORT_YAML_CONTENT)
        (void)fputs(", role: content", out);
    if (tile->role == IMPORT_YAML_RESERVED)
        (void)fprintf(out, ", role: \"reserved:%s\"", tile->seat);
    if (tile->cover)
        (void)fputs(", fit: cover", out);
    if (tile->hide)
        (void)fputs(", vacant: hide", out);
    if (z)
        (void)fprintf(out, ", z: %u", z);
    (void)fputs(" }", out);
    if (tile->note[0])
        (void)fprintf(out, " # %s", tile->note);
    (void)fputc('\n', out);
}

void import_yaml_put_layout(FILE *out, const struct import_yaml_layout *layout)
{
    unsigned z[IMPORT_YAML_TILES_MAX];

    find_z(z, layout);
    (void)fprintf(out, "  \"%s\":\n", layout->name);
    if (layout->note[0])
        (void)fprintf(out, "    # %s\n", layout->note);
    (void)fputs("    gap: 0\n    tiles:\n", out);
    for (unsigned i = 0; i < layout->ntiles; ++i)
        put_tile(out, &layout->tile[i], layout->grid, z[i]);
}

void import_yaml_put_group(FILE *out, const struct import_yaml_group *group)
{
    unsigned order[IMPORT_YAML_MEMBERS_MAX], last = 0;

    /* By growing number of seats; of equal ones the first stays the first. */
    for (unsigned i = 0; i < group->nmembers; ++i) {
        unsigned at = i;

        for (; at && group->member[order[at - 1]].seats > group->member[i].seats; --at)
            order[at] = order[at - 1];
        order[at] = i;
    }
    (void)fprintf(out, "  \"%s\":\n", group->name);
    for (unsigned i = 0; i < group->nmembers; ++i) {
        unsigned seats = group->member[order[i]].seats;
        const char *name = group->member[order[i]].layout;

        if (seats > last)
            (void)fprintf(out, "    - { max: %u, layout: \"%s\" }\n", seats, name);
        else
            (void)fprintf(out, "    # \"%s\" seats %u as well\n", name, seats);
        last = seats > last ? seats : last;
    }
}
