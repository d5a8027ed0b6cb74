/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/golden/golden_layouts.c  Every shipped layout against what it looked like when
 * somebody last looked
 *
 *     golden_layouts check|update rects|full|WxH FOLDER
 *
 * rects: FOLDER/layouts.txt, each tile of each layout on each canvas, and which layout each ladder
 * takes: exact. WxH:   FOLDER/layouts_WxH.png, a contact sheet of previews, compared picture by
 * picture with a PSNR floor: fonts differ a little between machines, a wrong tile differs much.
 *
 * full:  FOLDER/full_*.png, a few pictures in full size, where borders, text and seams are to be
 * seen; the least PSNR of any block of BLOCK pixels counts, so that a small thing is not lost in
 * it.
 *
 * A picture that fails is in FOLDER of the tests' build as failed_*.png, the whole sheet.
 */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/video_frame.h"
#include "mcu/config/config.h"
#include "mcu/config/layout_assets.h"
#include "mcu/config/layout_file.h"
#include "mcu/media/preview.h"
#include "mixer/layout.h"
#include "mixer/layout_set.h"
#include "mixer/overlay.h"
#include "mixer/picture.h"
#include "mixer/scale.h"

enum {
    CASES = 5,
    FILES_MAX = 32,   /* of layouts */
    PICTURE = 160,    /* longer side in a sheet [pixels] */
    GUTTER = 4,       /* [pixels] */
    LABEL = 18,       /* above the pictures of a layout [pixels] */
    SHEET_MAX = 4000, /* side, so that it can be read again [pixels] */
    BLOCK = 80        /* of a picture in full size [pixels] */
};

/* Least PSNR of luma of a picture [dB]; see README.md for how it was chosen. */
static const double floor_db = 32.0;

static const struct {
    unsigned count;
    bool content;
} cases[CASES] = {{2, false}, {5, false}, {9, false}, {17, false}, {5, true}};

static const struct {
    uint16_t w, h;
} canvases[] = {{1280, 720}, {640, 360}, {720, 1280}};

/* The same for a block of a picture in full size; chosen likewise. */
static const double floor_full_db = 35.0;

static const struct full {
    const char *file, *name;
    unsigned count;
    bool content;
    uint16_t w, h;
} fulls[] = {
    {"full_auto_9", "auto", 9, false, 1280, 720},
    {"full_grid_17", "5x4", 17, false, 1280, 720},
    {"full_speaker_8", "1+7", 8, false, 640, 360},
    {"full_content_4", "content+4", 4, true, 640, 360},
    {"full_overlaps_5", "overlaps", 5, false, 640, 360},
    {"full_portrait_9", "auto", 9, false, 720, 1280},
};

/* What an operator gets who configures nothing. */
static struct config config;

struct sheet {
    uint16_t w, h;           /* of a canvas */
    uint16_t cell_w, cell_h; /* of a picture */
    unsigned per_row;        /* layouts */
    unsigned n;              /* layouts and ladders */
    struct video_frame *frame;
};

/* Layouts first, then ladders, each in the order of the files. */
static const char *name_of(const struct layout_set *set, unsigned i)
{
    return i < set->nlayouts ? set->layout[i].name : set->ladder[i - set->nlayouts].name;
}

/* ---- rectangles ---- */

static void put_layout(FILE *out, const struct layout_spec *spec, uint16_t w, uint16_t h)
{
    static const char *const roles[] = {"any", "speaker", "content", "reserved"};
    static const char *const vacant[] = {"", " hide", " fill"};
    struct layout layout;

    if (layout_resolve(&layout, spec, w, h)) {
        (void)fprintf(out, "%s %ux%u: does not fit\n", spec->name, w, h);
        return;
    }
    for (unsigned i = 0; i < layout.ntiles; ++i) {
        const struct layout_tile *tile = &layout.tile[i];

        (void)fprintf(out, "%s %ux%u %u: %u,%u %ux%u z%u %s%s%s%s%s\n", spec->name, w, h, i,
                      tile->rect.x, tile->rect.y, tile->rect.w, tile->rect.h, spec->tile[i].z,
                      roles[tile->role], tile->role == LAYOUT_ROLE_RESERVED ? ":" : "",
                      spec->tile[i].reserved, tile->fit == SCALE_COVER ? " cover" : "",
                      vacant[tile->vacant]);
    }
}

static void put_ladder(FILE *out, const struct layout_set *set, const char *name, bool portrait)
{
    const char *last[2] = {"", ""};

    for (unsigned heads = 1; heads <= 50; ++heads) {
        for (int content = 0; content < 2; ++content) {
            const struct layout_spec *spec = layout_set_choose(set, name, heads, content, portrait);
            const char *now = spec ? spec->name : "nothing";

            if (strcmp(now, last[content]) != 0)
                (void)fprintf(out, "%s %s%s from %u: %s\n", name,
                              portrait ? "portrait" : "landscape", content ? " content" : "", heads,
                              now);
            last[content] = now;
        }
    }
}

static int put_rects(FILE *out, const struct layout_set *set)
{
    for (unsigned i = 0; i < set->nlayouts; ++i) {
        for (size_t k = 0; k < sizeof(canvases) / sizeof(canvases[0]); ++k)
            put_layout(out, &set->layout[i], canvases[k].w, canvases[k].h);
    }
    for (unsigned i = 0; i < set->nladders; ++i) {
        put_ladder(out, set, set->ladder[i].name, false);
        put_ladder(out, set, set->ladder[i].name, true);
    }
    for (unsigned i = 0; i < set->naliases; ++i)
        (void)fprintf(out, "alias %s: %s\n", set->alias[i].name, set->alias[i].target);
    return 0;
}

/* The first line that differs. */
static int compare_text(FILE *a, FILE *b, const char *path)
{
    char line_a[512], line_b[512];

    for (unsigned n = 1;; ++n) {
        const char *got = fgets(line_a, sizeof(line_a), a),
                   *want = fgets(line_b, sizeof(line_b), b);

        if (!got && !want)
            return 0;
        if (!got || !want || strcmp(got, want) != 0) {
            (void)fprintf(stderr, "%s:%u: is    %s%s:%u: was   %s", path, n,
                          got ? got : "the end\n", path, n, want ? want : "the end\n");
            return -1;
        }
    }
}

static int do_rects(const struct layout_set *set, const char *folder, bool update)
{
    char path[512];
    FILE *f, *now;
    int err;

    (void)snprintf(path, sizeof(path), "%s/layouts.txt", folder);
    f = fopen(path, update ? "w" : "r");
    if (!f) {
        perror(path);
        return -1;
    }
    if (update) {
        put_rects(f, set);
        return fclose(f);
    }
    now = tmpfile();
    if (!now) {
        (void)fclose(f);
        return -1;
    }
    put_rects(now, set);
    rewind(now);
    err = compare_text(now, f, path);
    (void)fclose(now);
    (void)fclose(f);
    return err;
}

/* ---- pictures ---- */

static int sheet_new(struct sheet *sheet, const struct layout_set *set, uint16_t w, uint16_t h)
{
    unsigned group_w, row_h;

    sheet->w = w;
    sheet->h = h;
    sheet->cell_w = (uint16_t)(w > h ? PICTURE : PICTURE * w / h / 2 * 2);
    sheet->cell_h = (uint16_t)(h > w ? PICTURE : PICTURE * h / w / 2 * 2);
    sheet->n = set->nlayouts + set->nladders;
    group_w = CASES * (sheet->cell_w + GUTTER) + 2 * GUTTER;
    row_h = LABEL + sheet->cell_h + GUTTER;
    sheet->per_row = 1;
    while ((sheet->n + sheet->per_row - 1) / sheet->per_row * row_h > SHEET_MAX)
        ++sheet->per_row;
    if (sheet->per_row * group_w > SHEET_MAX)
        return -ENOSPC;
    return video_frame_new(&sheet->frame, (uint16_t)(sheet->per_row * group_w),
                           (uint16_t)((sheet->n + sheet->per_row - 1) / sheet->per_row * row_h));
}

/* Where case k of layout i is in the sheet. */
static struct video_rect cell(const struct sheet *sheet, unsigned i, unsigned k)
{
    unsigned group_w = CASES * (sheet->cell_w + GUTTER) + 2 * GUTTER;

    return (struct video_rect){
        .x = (uint16_t)(i % sheet->per_row * group_w + k * (sheet->cell_w + GUTTER)),
        .y = (uint16_t)(i / sheet->per_row * (LABEL + sheet->cell_h + GUTTER) + LABEL),
        .w = sheet->cell_w,
        .h = sheet->cell_h};
}

static int put_label(const struct sheet *sheet, unsigned i, const char *name)
{
    const struct overlay_style style = {.font = "Sans", .size = 11};
    const struct video_rect all = {0, 0, sheet->frame->w, sheet->frame->h};
    struct video_rect rect = cell(sheet, i, 0);
    struct overlay *overlay = NULL;
    int err = overlay_draw_plate(&overlay, &style, name, 0, CASES * sheet->cell_w);

    if (!err && overlay)
        overlay_blend(sheet->frame, &all, rect.x, (uint16_t)(rect.y - LABEL), overlay);
    overlay_unref(overlay);
    return err;
}

static int draw_sheet(struct sheet *sheet, struct layout_set *set)
{
    struct preview_cfg cfg = {
        .layouts = set, .config = &config, .marks = OVERLAY_MARK_REC, .w = sheet->w, .h = sheet->h};
    const struct video_rect all = {0, 0, sheet->frame->w, sheet->frame->h};

    video_frame_fill(sheet->frame, &all, 235, 128, 128);
    for (unsigned i = 0; i < sheet->n; ++i) {
        cfg.name = name_of(set, i);
        if (put_label(sheet, i, cfg.name))
            return -1;
        for (unsigned k = 0; k < CASES; ++k) {
            struct video_rect rect = cell(sheet, i, k);
            struct video_frame *frame;
            int err;

            cfg.count = cases[k].count;
            cfg.content = cases[k].content;
            err = preview_draw(&frame, &cfg);
            if (err) {
                (void)fprintf(stderr, "%s with %u: %s\n", cfg.name, cfg.count, strerror(-err));
                return -1;
            }
            err = scale_draw(sheet->frame, &rect, frame, SCALE_CONTAIN);
            video_frame_unref(frame);
            if (err)
                return -1;
        }
    }
    return 0;
}

static int write_png(const struct video_frame *frame, const char *path)
{
    void *data;
    size_t size;
    FILE *f;
    int err = picture_png(&data, &size, frame);

    if (err)
        return err;
    f = fopen(path, "wb");
    err = !f || fwrite(data, 1, size, f) != size ? -1 : 0;
    if (f && fclose(f))
        err = -1;
    if (err)
        perror(path);
    free(data);
    return err;
}

/* PSNR of luma [dB], 99 for equal ones. */
static double psnr(const struct video_frame *a, const struct video_frame *b,
                   const struct video_rect *rect)
{
    double sum = 0;

    for (unsigned y = rect->y; y < (unsigned)rect->y + rect->h; ++y) {
        const uint8_t *row_a = a->plane[0] + (size_t)y * (size_t)a->stride[0];
        const uint8_t *row_b = b->plane[0] + (size_t)y * (size_t)b->stride[0];

        for (unsigned x = rect->x; x < (unsigned)rect->x + rect->w; ++x)
            sum += (row_a[x] - row_b[x]) * (row_a[x] - row_b[x]);
    }
    sum /= (double)rect->w * rect->h;
    return sum > 0 ? 10 * log10(255 * 255 / sum) : 99;
}

static int compare_sheets(const struct sheet *sheet, const struct video_frame *golden,
                          const struct layout_set *set)
{
    double least = 99;
    unsigned bad = 0;

    if (golden->w != sheet->frame->w || golden->h != sheet->frame->h) {
        (void)fprintf(stderr,
                      "the number of layouts changed: look, then run tests/golden/update\n");
        return -1;
    }
    for (unsigned i = 0; i < sheet->n; ++i) {
        for (unsigned k = 0; k < CASES; ++k) {
            struct video_rect rect = cell(sheet, i, k);
            double db = psnr(sheet->frame, golden, &rect);

            least = db < least ? db : least;
            if (db >= floor_db)
                continue;
            ++bad;
            (void)fprintf(stderr, "%s with %u%s on %ux%u: %.1f dB\n", name_of(set, i),
                          cases[k].count, cases[k].content ? " and content" : "", sheet->w,
                          sheet->h, db);
        }
    }
    printf("%u pictures on %ux%u, least PSNR %.1f dB, floor %.1f dB\n", sheet->n * CASES, sheet->w,
           sheet->h, least, floor_db);
    return bad ? -1 : 0;
}

static int read_png(struct video_frame **ret_frame, const char *path)
{
    char why[PICTURE_WHY_SIZE] = "";
    struct picture *picture;
    int err = picture_load(&picture, path, why);

    if (err) {
        (void)fprintf(stderr, "%s: %s\n", path, why);
        return err;
    }
    err = picture_frame(ret_frame, picture);
    picture_free(picture);
    return err;
}

static int check_sheet(const struct sheet *sheet, const char *path, const struct layout_set *set)
{
    char failed[64];
    struct video_frame *golden;
    int err = read_png(&golden, path);

    if (err)
        return err;
    err = compare_sheets(sheet, golden, set);
    video_frame_unref(golden);
    if (err) {
        (void)snprintf(failed, sizeof(failed), "failed_%ux%u.png", sheet->w, sheet->h);
        (void)write_png(sheet->frame, failed);
    }
    return err;
}

static int do_pictures(struct layout_set *set, uint16_t w, uint16_t h, const char *folder,
                       bool update)
{
    struct sheet sheet = {0};
    char path[512];
    int err;

    (void)snprintf(path, sizeof(path), "%s/layouts_%ux%u.png", folder, w, h);
    err = sheet_new(&sheet, set, w, h);
    if (!err)
        err = draw_sheet(&sheet, set);
    if (!err)
        err = update ? write_png(sheet.frame, path) : check_sheet(&sheet, path, set);
    video_frame_unref(sheet.frame);
    return err;
}

/* ---- pictures in full size ---- */

/* The block that differs most. */
static double least_psnr(const struct video_frame *a, const struct video_frame *b,
                         struct video_rect *ret_block)
{
    double least = 99;

    for (unsigned y = 0; y < a->h; y += BLOCK) {
        for (unsigned x = 0; x < a->w; x += BLOCK) {
            const struct video_rect block = {
                .x = (uint16_t)x,
                .y = (uint16_t)y,
                .w = (uint16_t)(a->w - x < BLOCK ? a->w - x : BLOCK),
                .h = (uint16_t)(a->h - y < BLOCK ? a->h - y : BLOCK),
            };
            double db = psnr(a, b, &block);

            if (db < least) {
                least = db;
                *ret_block = block;
            }
        }
    }
    return least;
}

static int check_full(const struct full *full, const struct video_frame *frame, const char *path)
{
    struct video_rect block = {0};
    struct video_frame *golden;
    char failed[64];
    double db = 0;
    int err = read_png(&golden, path);

    if (err)
        return err;
    if (golden->w == frame->w && golden->h == frame->h)
        db = least_psnr(frame, golden, &block);
    video_frame_unref(golden);
    printf("%s: least PSNR %.1f dB at %u,%u, floor %.1f dB\n", full->file, db, block.x, block.y,
           floor_full_db);
    if (db >= floor_full_db)
        return 0;
    (void)snprintf(failed, sizeof(failed), "failed_%s.png", full->file);
    (void)write_png(frame, failed);
    return -1;
}

static int do_full(struct layout_set *set, const struct full *full, const char *folder, bool update)
{
    const struct preview_cfg cfg = {.layouts = set,
                                    .config = &config,
                                    .marks = OVERLAY_MARK_REC,
                                    .name = full->name,
                                    .count = full->count,
                                    .content = full->content,
                                    .w = full->w,
                                    .h = full->h};
    struct video_frame *frame;
    char path[512];
    int err = preview_draw(&frame, &cfg);

    if (err) {
        (void)fprintf(stderr, "%s: %s\n", full->file, strerror(-err));
        return err;
    }
    (void)snprintf(path, sizeof(path), "%s/%s.png", folder, full->file);
    err = update ? write_png(frame, path) : check_full(full, frame, path);
    video_frame_unref(frame);
    return err;
}

static int do_fulls(struct layout_set *set, const char *folder, bool update)
{
    int err = 0;

    for (size_t i = 0; i < sizeof(fulls) / sizeof(fulls[0]); ++i) {
        if (do_full(set, &fulls[i], folder, update))
            err = -1;
    }
    return err;
}

/* The built-in layouts. */
static int read_layouts(struct layout_set **ret_set)
{
    static struct config_errors errs;
    struct layout_file files[FILES_MAX];
    unsigned n = 0;
    int err = layout_set_new(ret_set);

    if (err)
        return err;
    for (; n < FILES_MAX && layout_assets_table[n].name; ++n) {
        files[n] = (struct layout_file){.name = layout_assets_table[n].name,
                                        .text = (const char *)layout_assets_table[n].data,
                                        .len = layout_assets_table[n].size};
    }
    err = layout_file_read_all(*ret_set, files, n, &errs);
    if (err)
        (void)fprintf(stderr, "%s\n", errs.text[0]);
    return err;
}

int main(int argc, char **argv)
{
    struct layout_set *set = NULL;
    unsigned w = 0, h = 0;
    char path[512], fonts[PATH_MAX];
    bool update;
    int err;

    if (argc != 4 || (strcmp(argv[1], "check") != 0 && strcmp(argv[1], "update") != 0) ||
        (strcmp(argv[2], "rects") != 0 && strcmp(argv[2], "full") != 0 &&
         sscanf(argv[2], "%4ux%4u", &w, &h) != 2)) {
        (void)fprintf(stderr, "usage: %s check|update rects|full|WxH FOLDER\n", argv[0]);
        return 2;
    }
    update = strcmp(argv[1], "update") == 0;
    (void)snprintf(path, sizeof(path), "%s/fonts.conf", argv[3]);
    if (!realpath(path, fonts) || setenv("FONTCONFIG_FILE", fonts, 1)) {
        perror(path);
        return 2;
    }
    config_default(&config);
    err = read_layouts(&set);
    if (!err && strcmp(argv[2], "rects") == 0)
        err = do_rects(set, argv[3], update);
    else if (!err && strcmp(argv[2], "full") == 0)
        err = do_fulls(set, argv[3], update);
    else if (!err)
        err = do_pictures(set, (uint16_t)w, (uint16_t)h, argv[3], update);
    layout_set_unref(set);
    return err ? 1 : 0;
}
