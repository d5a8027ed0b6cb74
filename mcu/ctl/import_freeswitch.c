/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/import_freeswitch.c  conference_layouts.conf.xml of FreeSWITCH to a layout file
 *
 * One pass: a layout is written when its element ends; groups wait for the end, because they may
 * come first.
 */
#include "mcu/ctl/import_freeswitch.h"

#include <errno.h>
#include <expat.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mcu/config/config.h"
#include "mcu/config/config_error.h"
#include "mcu/ctl/import_yaml.h"

enum { GRID = 360 };

enum element { OTHER, SETTINGS, LAYOUTS, LAYOUT, IMAGE, GROUPS, GROUP, MEMBER };

/* What is what depends on where it is: <layout> is a name within a group. */
static const struct {
    const char *name;
    enum element parent, element;
} elements[] = {
    {"layout-settings", OTHER, SETTINGS},
    {"layouts", SETTINGS, LAYOUTS},
    {"layout", LAYOUTS, LAYOUT},
    {"image", LAYOUT, IMAGE},
    {"groups", SETTINGS, GROUPS},
    {"group", GROUPS, GROUP},
    {"layout", GROUP, MEMBER},
};

struct known {
    char name[IMPORT_YAML_NAME_SIZE];
    unsigned seats;
};

struct group {
    struct import_yaml_group yaml;
    struct {
        unsigned long line, column;
    } member_at[IMPORT_YAML_MEMBERS_MAX];
};

struct reader {
    XML_Parser parser;
    const char *name;
    struct config_errors *errs;
    FILE *out;
    bool failed;
    enum element stack[IMPORT_FREESWITCH_DEPTH_MAX];
    unsigned depth;
    struct import_yaml_layout layout; /* the one that is being read */
    unsigned nlayouts, ngroups;
    struct known known[IMPORT_FREESWITCH_LAYOUTS_MAX];
    struct group group[IMPORT_FREESWITCH_GROUPS_MAX + 1]; /* [ngroups] is being read */
    char text[IMPORT_YAML_NAME_SIZE + 64];                /* of a member */
    size_t text_len;
    char lost[IMPORT_YAML_NOTE_SIZE]; /* what the file says beside layouts */
};

__attribute__((format(printf, 4, 5))) static void
tell_at(struct reader *r, unsigned long line, unsigned long column, const char *fmt, ...)
{
    char what[CONFIG_ERROR_SIZE / 2];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(what, sizeof(what), fmt, ap);
    va_end(ap);
    config_error_add(r->errs, "%s:%lu:%lu: %s", r->name, line, column, what);
}

/* The rest is imported. */
#define leave_out(r, ...)                                                                          \
    tell_at(r, XML_GetCurrentLineNumber((r)->parser), XML_GetCurrentColumnNumber((r)->parser) + 1, \
            "left out: " __VA_ARGS__)

/* Nothing is imported. */
#define fail(r, ...)                                                                               \
    do {                                                                                           \
        tell_at(r, XML_GetCurrentLineNumber((r)->parser),                                          \
                XML_GetCurrentColumnNumber((r)->parser) + 1, __VA_ARGS__);                         \
        (r)->failed = true;                                                                        \
    } while (0)

static const char *quote(char buf[CONFIG_ERROR_QUOTE_SIZE], const char *text)
{
    return config_error_quote(buf, text, strlen(text));
}

/* As FreeSWITCH reads booleans. */
static bool is_true(const char *text)
{
    static const char *const words[] = {"yes", "on", "true", "t", "enabled", "active", "allow"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); ++i) {
        if (strcasecmp(text, words[i]) == 0)
            return true;
    }
    return atoi(text) != 0;
}

static bool read_name(struct reader *r, char ret[IMPORT_YAML_NAME_SIZE], const char *text,
                      const char *what, char *note)
{
    char buf[CONFIG_ERROR_QUOTE_SIZE];
    int n = import_yaml_name(ret, text);

    if (n < 0)
        leave_out(r, "%s: \"%s\" has %s", what, quote(buf, text),
                  text[0] ? "more than 63 bytes" : "no characters");
    else if (n > 0)
        import_yaml_note(note, "called \"%s\" there", text);
    return n >= 0;
}

static bool read_part(struct reader *r, unsigned *ret, const char *name, const char *text)
{
    char buf[CONFIG_ERROR_QUOTE_SIZE];
    char *end;
    unsigned long v = strtoul(text, &end, 10);

    if (end == text || *end || text[0] == '-' || v > GRID) {
        leave_out(r, "image: %s: \"%s\" is not a number from 0 to %d", name, quote(buf, text),
                  GRID);
        return false;
    }
    *ret = (unsigned)v;
    return true;
}

struct image {
    unsigned x, y, scale, hscale;
    unsigned have; /* which of them, bits */
    bool floor_only, file_only, bad;
    struct import_yaml_tile tile;
};

/* One of x, y, scale, hscale; false if it is another attribute. */
static bool image_part(struct reader *r, struct image *image, const char *name, const char *text)
{
    static const char *const names[] = {"x", "y", "scale", "hscale"};
    unsigned *const parts[] = {&image->x, &image->y, &image->scale, &image->hscale};

    for (unsigned i = 0; i < 4; ++i) {
        if (strcmp(name, names[i]) == 0) {
            image->bad = !read_part(r, parts[i], name, text) || image->bad;
            image->have |= 1U << i;
            return true;
        }
    }
    return false;
}

static void image_attribute(struct reader *r, struct image *image, const char *name,
                            const char *text)
{
    struct import_yaml_tile *tile = &image->tile;

    if (image_part(r, image, name, text))
        return;
    if (strcmp(name, "zoom") == 0) {
        tile->cover = is_true(text);
    } else if (strcmp(name, "overlap") == 0) {
        tile->above = is_true(text);
    } else if (strcmp(name, "floor-only") == 0) {
        image->floor_only = is_true(text);
    } else if (strcmp(name, "file-only") == 0) {
        image->file_only = is_true(text);
    } else if (strcmp(name, "floor") == 0) {
        if (is_true(text) && tile->role == IMPORT_YAML_ANY)
            tile->role = IMPORT_YAML_SPEAKER;
    } else if (strcmp(name, "reservation_id") == 0 || strcmp(name, "reservation-id") == 0 ||
               strcmp(name, "role-id") == 0) {
        if (tile->role == IMPORT_YAML_RESERVED)
            import_yaml_note(tile->note, "was also reserved: %s", tile->seat);
        if (read_name(r, tile->seat, text, name, tile->note)) {
            tile->role = IMPORT_YAML_RESERVED;
            tile->hide = true;
        } else {
            image->bad = true;
        }
    } else {
        import_yaml_note(tile->note, "not taken over: %s=\"%s\"", name, text);
    }
}

/* The roles that come with a meaning of their own. */
static void image_roles(struct image *image)
{
    struct import_yaml_tile *tile = &image->tile;

    if (image->floor_only && tile->role != IMPORT_YAML_RESERVED) {
        tile->role = IMPORT_YAML_SPEAKER;
        tile->hide = true;
    }
    if (image->file_only) {
        if (tile->role == IMPORT_YAML_RESERVED)
            import_yaml_note(tile->note, "was also reserved: %s", tile->seat);
        tile->role = IMPORT_YAML_CONTENT;
        tile->hide = true;
        import_yaml_note(tile->note, "was file-only");
    }
    /* What would cover others with nobody in it, as the built-in "overlaps" has it. */
    if (tile->above)
        tile->hide = true;
}

/* Where it is.  @return false if it cannot be there: that was told */
static bool place_image(struct reader *r, struct image *image)
{
    struct import_yaml_tile *tile = &image->tile;

    if (image->bad)
        return false;
    if ((image->have & 7) != 7) {
        leave_out(r, "image: x, y and scale are needed");
        return false;
    }
    tile->x = image->x;
    tile->y = image->y;
    tile->w = image->scale;
    tile->h = image->have & 8 ? image->hscale : image->scale;
    if (!tile->w || !tile->h || tile->x + tile->w > GRID || tile->y + tile->h > GRID) {
        leave_out(r, "image: %u,%u with %ux%u is not inside of the canvas of %dx%d", tile->x,
                  tile->y, tile->w, tile->h, GRID, GRID);
        return false;
    }
    if (!import_yaml_is_large_enough(tile, GRID)) {
        leave_out(r, "image: %u,%u with %ux%u is smaller than %s", tile->x, tile->y, tile->w,
                  tile->h, IMPORT_YAML_LEAST);
        return false;
    }
    return true;
}

static void start_image(struct reader *r, const char **attr)
{
    struct import_yaml_layout *layout = &r->layout;
    struct image image = {0};

    for (; attr[0]; attr += 2)
        image_attribute(r, &image, attr[0], attr[1]);
    image_roles(&image);
    if (!place_image(r, &image)) {
        import_yaml_note(layout->note, "the image of line %lu was left out",
                         XML_GetCurrentLineNumber(r->parser));
        return;
    }
    if (layout->ntiles == IMPORT_YAML_TILES_MAX)
        leave_out(r, "image: a layout has at most %d", IMPORT_YAML_TILES_MAX);
    else
        layout->tile[layout->ntiles++] = image.tile;
}

static void start_layout(struct reader *r, const char **attr)
{
    struct import_yaml_layout *layout = &r->layout;

    memset(layout, 0, sizeof(*layout));
    layout->grid = GRID;
    for (; attr[0]; attr += 2) {
        if (strcmp(attr[0], "name") == 0)
            (void)read_name(r, layout->name, attr[1], "layout", layout->note);
        else
            import_yaml_note(layout->note, "not taken over: %s=\"%s\"", attr[0], attr[1]);
    }
}

static const struct known *find_layout(const struct reader *r, const char *name)
{
    for (unsigned i = 0; i < r->nlayouts; ++i) {
        if (strcmp(r->known[i].name, name) == 0)
            return &r->known[i];
    }
    return NULL;
}

static void end_layout(struct reader *r)
{
    struct import_yaml_layout *layout = &r->layout;
    unsigned seats = import_yaml_seats(layout);

    if (!layout->name[0]) {
        leave_out(r, "layout: it has no (good) name");
    } else if (find_layout(r, layout->name)) {
        leave_out(r, "layout: \"%s\" is there twice", layout->name);
    } else if (!layout->ntiles) {
        leave_out(r, "layout: \"%s\" has no (good) image", layout->name);
    } else if (!seats) {
        /* For played files and reserved seats alone. */
        leave_out(r, "layout: \"%s\" has no image that anybody may be in", layout->name);
        (void)fprintf(r->out, "  # \"%s\" was left out: nobody may be in it without a seat\n",
                      layout->name);
    } else if (r->nlayouts == IMPORT_FREESWITCH_LAYOUTS_MAX) {
        leave_out(r, "layout: \"%s\": there may be %d", layout->name,
                  IMPORT_FREESWITCH_LAYOUTS_MAX);
    } else {
        memcpy(r->known[r->nlayouts].name, layout->name, sizeof(layout->name));
        r->known[r->nlayouts++].seats = seats;
        import_yaml_put_layout(r->out, layout);
    }
}

static void start_group(struct reader *r, const char **attr)
{
    struct import_yaml_group *group = &r->group[r->ngroups].yaml;

    memset(&r->group[r->ngroups], 0, sizeof(r->group[0]));
    for (; attr[0]; attr += 2) {
        if (strcmp(attr[0], "name") == 0)
            (void)read_name(r, group->name, attr[1], "group", r->lost);
        else
            import_yaml_note(r->lost, "%s=\"%s\" of a group", attr[0], attr[1]);
    }
}

static void end_member(struct reader *r)
{
    struct group *group = &r->group[r->ngroups];
    unsigned n = group->yaml.nmembers;
    char *text = r->text, *end = r->text + r->text_len;

    while (end > text && strchr(" \t\r\n", end[-1]))
        --end;
    *end = '\0';
    text += strspn(text, " \t\r\n");
    if (n == IMPORT_YAML_MEMBERS_MAX) {
        leave_out(r, "group: \"%s\" has more than %d layouts", group->yaml.name,
                  IMPORT_YAML_MEMBERS_MAX);
    } else if (read_name(r, group->yaml.member[n].layout, text, "group: layout", r->lost)) {
        group->member_at[n].line = XML_GetCurrentLineNumber(r->parser);
        group->member_at[n].column = XML_GetCurrentColumnNumber(r->parser) + 1;
        ++group->yaml.nmembers;
    }
}

static bool is_group(const struct reader *r, const char *name)
{
    for (unsigned i = 0; i < r->ngroups; ++i) {
        if (strcmp(r->group[i].yaml.name, name) == 0)
            return true;
    }
    return false;
}

static void end_group(struct reader *r)
{
    const struct import_yaml_group *group = &r->group[r->ngroups].yaml;

    if (!group->name[0])
        leave_out(r, "group: it has no (good) name");
    else if (!group->nmembers)
        leave_out(r, "group: \"%s\" has no layout", group->name);
    else if (is_group(r, group->name))
        leave_out(r, "group: \"%s\" is there twice", group->name);
    else if (r->ngroups == IMPORT_FREESWITCH_GROUPS_MAX)
        leave_out(r, "group: \"%s\": there may be %d", group->name, IMPORT_FREESWITCH_GROUPS_MAX);
    else
        ++r->ngroups;
}

static void on_start(void *arg, const char *name, const char **attr)
{
    struct reader *r = arg;
    enum element parent = r->depth ? r->stack[r->depth - 1] : OTHER, element = OTHER;

    if (r->depth == IMPORT_FREESWITCH_DEPTH_MAX) {
        fail(r, "more than %d elements in one another", IMPORT_FREESWITCH_DEPTH_MAX);
        XML_StopParser(r->parser, XML_FALSE);
        return;
    }
    for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); ++i) {
        if (elements[i].parent == parent && strcmp(elements[i].name, name) == 0)
            element = elements[i].element;
    }
    r->stack[r->depth++] = element;
    if (parent != OTHER && element == OTHER)
        import_yaml_note(parent == LAYOUT ? r->layout.note : r->lost, "<%s>", name);
    if (element == LAYOUT)
        start_layout(r, attr);
    if (element == IMAGE)
        start_image(r, attr);
    if (element == GROUP)
        start_group(r, attr);
    r->text_len = 0;
}

static void on_end(void *arg, const char *name)
{
    struct reader *r = arg;
    enum element element = r->stack[--r->depth];

    (void)name;
    if (element == LAYOUT)
        end_layout(r);
    if (element == MEMBER)
        end_member(r);
    if (element == GROUP)
        end_group(r);
}

static void on_text(void *arg, const char *text, int len)
{
    struct reader *r = arg;
    size_t n = (size_t)len;

    if (!r->depth || r->stack[r->depth - 1] != MEMBER)
        return;
    /* What is too long for a name stays too long when it is cut here. */
    if (n > sizeof(r->text) - 1 - r->text_len)
        n = sizeof(r->text) - 1 - r->text_len;
    memcpy(r->text + r->text_len, text, n);
    r->text_len += n;
}

static void on_doctype(void *arg, const char *name, const char *sysid, const char *pubid,
                       int has_internal)
{
    struct reader *r = arg;

    (void)name;
    if (sysid || pubid || has_internal) {
        fail(r, "a document type with declarations or another file is not allowed");
        XML_StopParser(r->parser, XML_FALSE);
    }
}

static void on_entity(void *arg, const char *name, int is_parameter, const char *value,
                      int value_len, const char *base, const char *sysid, const char *pubid,
                      const char *notation)
{
    struct reader *r = arg;

    (void)name, (void)is_parameter, (void)value, (void)value_len;
    (void)base, (void)sysid, (void)pubid, (void)notation;
    fail(r, "entities are not allowed");
    XML_StopParser(r->parser, XML_FALSE);
}

/* The seats of each member; one that is not there is left out, and with its last one the group. */
static void resolve_groups(struct reader *r)
{
    unsigned ngroups = 0;

    for (unsigned i = 0; i < r->ngroups; ++i) {
        struct group *group = &r->group[i];
        unsigned n = 0;

        for (unsigned k = 0; k < group->yaml.nmembers; ++k) {
            const struct known *known = find_layout(r, group->yaml.member[k].layout);

            if (known) {
                group->yaml.member[n] = group->yaml.member[k];
                group->yaml.member[n++].seats = known->seats;
            } else {
                tell_at(r, group->member_at[k].line, group->member_at[k].column,
                        "left out: group: \"%s\": there is no (good) layout \"%s\"",
                        group->yaml.name, group->yaml.member[k].layout);
            }
        }
        group->yaml.nmembers = n;
        if (!n)
            tell_at(r, group->member_at[0].line, group->member_at[0].column,
                    "left out: group: \"%s\" has no layout", group->yaml.name);
        else
            r->group[ngroups++] = *group;
    }
    r->ngroups = ngroups;
}

/* Layouts with a shared screen, as the built-in "auto" has them; FreeSWITCH has none.  A name that
 * means something else here is left out. */
static void put_content(const struct reader *r)
{
    static const struct {
        const char *max, *layout;
    } rungs[] = {{"max: 1, ", "content+1"},
                 {"max: 4, ", "content+4"},
                 {"max: 9, ", "content+9"},
                 {"", "content+11"}};

    for (size_t i = 0; i < sizeof(rungs) / sizeof(rungs[0]); ++i) {
        if (!find_layout(r, rungs[i].layout) && !is_group(r, rungs[i].layout))
            (void)fprintf(r->out, "    - { %slayout: %s, when: content }\n", rungs[i].max,
                          rungs[i].layout);
    }
}

/* A ladder has the group's name and the one that people call it by; a layout of that name leaves
 * the latter. */
static void put_groups(struct reader *r)
{
    bool aliases = false;

    if (r->ngroups)
        (void)fputs("\n# The rungs for shared screens (when: content) are not FreeSWITCH's: they "
                    "name built-in layouts.\nladders:\n",
                    r->out);
    for (unsigned i = 0; i < r->ngroups; ++i) {
        struct import_yaml_group group = r->group[i].yaml;

        if (find_layout(r, group.name))
            (void)snprintf(group.name, sizeof(group.name), "group:%.57s", r->group[i].yaml.name);
        else
            aliases = aliases || strlen(group.name) < IMPORT_YAML_NAME_SIZE - 6;
        import_yaml_put_group(r->out, &group);
        put_content(r);
    }
    if (aliases)
        (void)fputs("\naliases:\n", r->out);
    for (unsigned i = 0; i < r->ngroups; ++i) {
        const char *name = r->group[i].yaml.name;

        if (!find_layout(r, name) && strlen(name) < IMPORT_YAML_NAME_SIZE - 6)
            (void)fprintf(r->out, "  \"group:%s\": \"%s\"\n", name, name);
    }
    if (r->lost[0])
        (void)fprintf(r->out, "\n# Not taken over: %s\n", r->lost);
}

static int read_all(struct reader *r, const char *xml, size_t len)
{
    enum XML_Status status;

    XML_SetUserData(r->parser, r);
    XML_SetElementHandler(r->parser, on_start, on_end);
    XML_SetCharacterDataHandler(r->parser, on_text);
    XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
    XML_SetEntityDeclHandler(r->parser, on_entity);
    (void)fputs("# Imported from FreeSWITCH.\nlayouts:\n", r->out);
    status = XML_Parse(r->parser, xml, (int)len, 1);
    if (status != XML_STATUS_OK && XML_GetErrorCode(r->parser) == XML_ERROR_NO_MEMORY)
        return -ENOMEM;
    if (status != XML_STATUS_OK && XML_GetErrorCode(r->parser) != XML_ERROR_ABORTED)
        fail(r, "%s", XML_ErrorString(XML_GetErrorCode(r->parser)));
    if (!r->failed && !r->nlayouts)
        fail(r, "there is no (good) <layout> in <layout-settings> <layouts>");
    if (!r->failed)
        resolve_groups(r);
    if (!r->failed)
        put_groups(r);
    if (ferror(r->out))
        return -ENOMEM;
    return r->failed ? -EINVAL : 0;
}

int import_freeswitch_convert(char **ret_yaml, const char *name, const char *xml, size_t len,
                              struct config_errors *errs)
{
    struct reader *r;
    char *text = NULL;
    size_t size = 0;
    int err = -ENOMEM;

    if (len > IMPORT_FREESWITCH_FILE_MAX) {
        config_error_add(errs, "%s:1:1: larger than %d bytes", name, IMPORT_FREESWITCH_FILE_MAX);
        return -EFBIG;
    }
    r = calloc(1, sizeof(*r));
    if (!r)
        return -ENOMEM;
    r->name = name;
    r->errs = errs;
    r->out = open_memstream(&text, &size);
    r->parser = XML_ParserCreate(NULL);
    if (!r->out || !r->parser)
        goto out;
    err = read_all(r, xml, len);
out:
    if (r->out && fclose(r->out) && !err)
        err = -ENOMEM;
    XML_ParserFree(r->parser);
    free(r);
    if (err)
        free(text);
    else
        *ret_yaml = text;
    return err;
}
