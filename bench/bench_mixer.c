/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file bench/bench_mixer.c  Time of the mixer's kernels and of whole ticks, as JSON lines
 *
 *     bench_mixer          measure
 *     bench_mixer --once   one iteration of each, so that it never rots
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "codec/video_frame.h"
#include "mixer/amix.h"
#include "mixer/amix_ops.h"
#include "mixer/compositor.h"
#include "mixer/layout_set.h"
#include "mixer/level_ops.h"
#include "mixer/overlay.h"
#include "mixer/overlay_ops.h"
#include "mixer/placeholder.h"
#include "mixer/scale.h"

enum { TICK = AUDIO_TICK_SAMPLES, N_MAX = 500 };

static unsigned rounds = N_MAX;

typedef void(bench_h)(void *arg);

static double now_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void cpu_name(char *ret_name, size_t size)
{
    FILE *file = fopen("/proc/cpuinfo", "r");
    char line[256];

    snprintf(ret_name, size, "unknown");
    while (file && fgets(line, sizeof(line), file)) {
        if (strncmp(line, "model name", 10) == 0 && strchr(line, ':')) {
            line[strcspn(line, "\n")] = '\0';
            snprintf(ret_name, size, "%.60s", strchr(line, ':') + 2);
            break;
        }
    }
    if (file)
        fclose(file);
}

static double timed(bench_h *h, void *arg)
{
    double start = now_us();

    h(arg);
    return now_us() - start;
}

/* Print a row of as many values as there are rounds. */
static void report(const char *name, const char *variant, const char *unit, double *value)
{
    static char cpu[64];
    const char *commit = getenv("COMMIT");

    if (!cpu[0])
        cpu_name(cpu, sizeof(cpu));
    qsort(value, rounds, sizeof(value[0]), ascending);
    printf("{\"name\":\"%s%s\",\"unit\":\"%s\",\"median\":%.3f,\"p95\":%.3f,\"n\":%u,"
           "\"cpu\":\"%s\",\"commit\":\"%s\"}\n",
           name, variant, unit, value[rounds / 2], value[rounds * 95 / 100], rounds, cpu,
           commit ? commit : "");
}

static void measure(const char *name, const char *variant, bench_h *h, void *arg)
{
    double us[N_MAX];

    h(arg);
    for (unsigned i = 0; i < rounds; ++i)
        us[i] = timed(h, arg);
    report(name, variant, "us", us);
}

/* How much longer one takes than the other, in turns, so that both see the same machine. */
static void measure_ratio(const char *name, const char *variant, bench_h *h, void *arg, void *to)
{
    double ratio[N_MAX];

    h(arg);
    h(to);
    for (unsigned i = 0; i < rounds; ++i)
        ratio[i] = timed(h, arg) / timed(h, to);
    report(name, variant, "ratio", ratio);
}

/* Kernels, each on one tick of sound. */
struct kernels {
    const struct amix_ops *amix;
    const struct level_ops *level;
    int32_t sum[TICK];
    int16_t pcm[TICK], out[TICK];
    volatile uint64_t sink;
};

static void add(void *arg)
{
    struct kernels *k = arg;

    k->amix->add(k->sum, k->pcm, TICK);
}

static void scale(void *arg)
{
    struct kernels *k = arg;

    k->amix->scale(k->out, k->sum, 0.9f, -0.0001f, TICK);
}

static void energy(void *arg)
{
    struct kernels *k = arg;

    k->sink = k->level->energy(k->pcm, TICK);
}

static void bench_kernels(const struct amix_ops *amix, const struct level_ops *level,
                          const char *variant)
{
    struct kernels k = {.amix = amix, .level = level};

    if (!amix || !level)
        return;
    for (int i = 0; i < TICK; ++i)
        k.pcm[i] = (int16_t)(rand() % 2000 - 1000);
    measure("amix_ops.add", variant, add, &k);
    memset(k.sum, 0, sizeof(k.sum));
    measure("amix_ops.scale", variant, scale, &k);
    measure("level_ops.energy", variant, energy, &k);
}

/* A whole tick of a room. */
struct mix {
    struct amix *amix;
    int ntalkers, step;
    int16_t pcm[TICK];
};

static void mix_tick(void *arg)
{
    struct mix *m = arg;
    int16_t out[TICK];

    for (int i = 0; i < m->ntalkers; ++i)
        amix_put(m->amix, i * m->step, m->pcm, 20);
    amix_run(m->amix);
    for (int i = 0; i < m->ntalkers; ++i)
        amix_mix_minus(m->amix, i * m->step, out);
}

static void bench_mix(int ninputs, int ntalkers)
{
    struct mix m = {.ntalkers = ntalkers, .step = ninputs / ntalkers};
    char variant[64];

    if (amix_new(&m.amix, &(struct amix_cfg){.max_inputs = (uint16_t)ninputs}))
        abort();
    for (int i = 0; i < ninputs; ++i)
        (void)amix_add(m.amix);
    for (int i = 0; i < TICK; ++i)
        m.pcm[i] = (int16_t)(rand() % 20000 - 10000);
    snprintf(variant, sizeof(variant), ".%d_inputs_%d_talk", ninputs, ntalkers);
    measure("amix.tick", variant, mix_tick, &m);
    amix_free(m.amix);
}

struct picture {
    struct video_frame *src, *dst;
    struct video_rect rect;
};

static struct video_frame *new_frame(uint16_t w, uint16_t h)
{
    struct video_frame *frame = NULL;

    if (video_frame_new(&frame, w, h))
        abort();
    for (unsigned p = 0; p < 3; ++p) {
        for (int i = 0; i < frame->stride[p] * (p ? (h + 1) / 2 : h); ++i)
            frame->plane[p][i] = (uint8_t)rand();
    }
    return frame;
}

static void scale_picture(void *arg)
{
    struct picture *p = arg;

    (void)scale_draw(p->dst, &p->rect, p->src, SCALE_COVER);
}

static void bench_scale(uint16_t sw, uint16_t sh, uint16_t dw, uint16_t dh)
{
    struct picture p = {new_frame(sw, sh), new_frame(dw, dh), {0, 0, dw, dh}};
    char variant[64];

    snprintf(variant, sizeof(variant), ".%ux%u_to_%ux%u", sw, sh, dw, dh);
    measure("scale.draw", variant, scale_picture, &p);
    video_frame_unref(p.src);
    video_frame_unref(p.dst);
}

struct composite {
    struct compositor *compositor;
    struct compositor_tile tile[COMPOSITOR_TILES_MAX];
    unsigned ntiles;
};

static void compose(void *arg)
{
    struct composite *c = arg;
    struct video_frame *frame;

    for (unsigned i = 0; i < c->ntiles; ++i)
        ++c->tile[i].version;
    (void)compositor_run(c->compositor, c->tile, c->ntiles, 0, &frame);
    video_frame_unref(frame);
}

static void composite_init(struct composite *c, unsigned heads, const struct video_frame *src)
{
    struct layout_set *set;
    struct layout layout;

    memset(c, 0, sizeof(*c));
    if (compositor_new(&c->compositor, 1280, 720) || layout_set_default(&set) ||
        layout_resolve(&layout, layout_set_choose(set, "auto", heads, false, false), 1280, 720))
        abort();
    layout_set_unref(set);
    c->ntiles = layout.ntiles;
    for (unsigned i = 0; i < c->ntiles; ++i)
        c->tile[i] =
            (struct compositor_tile){.rect = layout.tile[i].rect, .frame = src, .fit = SCALE_COVER};
}

static void bench_composite(unsigned heads, uint16_t w, uint16_t h)
{
    struct video_frame *src = new_frame(w, h);
    struct composite c;
    char variant[64];

    composite_init(&c, heads, src);
    snprintf(variant, sizeof(variant), ".%u_of_%ux%u_on_720p", c.ntiles, w, h);
    measure("compositor.run", variant, compose, &c);
    compositor_free(c.compositor);
    video_frame_unref(src);
}

static const struct overlay_style style = {.font = "DejaVu Sans", .size = 16};

static struct overlay *new_plate(void)
{
    struct overlay *overlay;

    if (overlay_draw_plate(&overlay, &style, "Ada Lovelace", OVERLAY_BADGE_MIC_OFF, 300))
        abort();
    return overlay;
}

static void add_clear(struct composite *c, struct overlay *overlay, unsigned x, unsigned y)
{
    const struct video_rect rect = {(uint16_t)x, (uint16_t)y, overlay->w, overlay->h};

    c->tile[c->ntiles++] = (struct compositor_tile){
        .rect = rect, .clear = true, .noverlays = 1, .overlay = {{overlay, rect.x, rect.y}}};
}

/* All that a room can have: names, borders, marks, logo, banner. */
static void bench_overlays(uint16_t w, uint16_t h)
{
    static uint32_t px[64 * 64];
    struct video_frame *src = new_frame(w, h);
    struct overlay *plate = new_plate(), *marks, *banner, *logo;
    struct composite with, without;
    char variant[64];

    memset(px, 0x55, sizeof(px));
    composite_init(&with, 16, src);
    composite_init(&without, 16, src);
    if (overlay_draw_marks(&marks, &style, OVERLAY_MARK_REC | OVERLAY_MARK_LIVE) ||
        overlay_draw_banner(&banner, &style, "All hands, Friday", 1280) ||
        overlay_from_argb(&logo, (const void *)px, 256, 64, 64))
        abort();
    for (unsigned i = 0; i < with.ntiles; ++i) {
        struct compositor_tile *tile = &with.tile[i];

        tile->border = i < 2 ? 4 : 0;
        tile->noverlays = 1;
        tile->overlay[0] = (struct compositor_overlay){
            plate, tile->rect.x, (uint16_t)(tile->rect.y + tile->rect.h - plate->h)};
    }
    add_clear(&with, banner, 0, 720u - banner->h);
    add_clear(&with, marks, 1280u - marks->w, 0);
    add_clear(&with, logo, 0, 0);

    snprintf(variant, sizeof(variant), ".%u_of_%ux%u_on_720p", without.ntiles, w, h);
    measure_ratio("compositor.overlays_to_none", variant, compose, &with, &without);
    compositor_free(with.compositor);
    compositor_free(without.compositor);
    overlay_unref(plate);
    overlay_unref(marks);
    overlay_unref(banner);
    overlay_unref(logo);
    video_frame_unref(src);
}

struct blend {
    const struct overlay_ops *ops;
    struct video_frame *frame;
    struct overlay *plate;
};

static void blend_rows(void *arg)
{
    const struct blend *b = arg;

    for (unsigned p = 0; p < 3; ++p) {
        unsigned s = p > 0;

        for (int y = 0; y < b->plate->h >> s; ++y)
            b->ops->blend(b->frame->plane[p] + y * b->frame->stride[p],
                          b->plate->plane[p] + y * b->plate->stride[s],
                          b->plate->keep[s] + y * b->plate->stride[s], b->plate->w >> s);
    }
}

static void blend_plate(void *arg)
{
    const struct blend *b = arg;

    overlay_blend(b->frame, &(struct video_rect){0, 0, 320, 180}, 8, 8, b->plate);
}

static void bench_blend(void)
{
    struct blend b = {&overlay_ops_c, new_frame(320, 180), new_plate()};

    measure("overlay_ops.blend", ".plate.c", blend_rows, &b);
    b.ops = overlay_ops_avx2();
    if (b.ops)
        measure("overlay_ops.blend", ".plate.avx2", blend_rows, &b);
    measure("overlay.blend", ".plate", blend_plate, &b);
    overlay_unref(b.plate);
    video_frame_unref(b.frame);
}

static void draw_plate(void *arg)
{
    (void)arg;
    overlay_unref(new_plate());
}

static void placeholder(void *arg)
{
    struct video_frame *frame = NULL;

    (void)arg;
    if (placeholder_draw(&frame, "Ada Lovelace", 640, 360) == 0)
        video_frame_unref(frame);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--once") == 0)
        rounds = 1;

    bench_kernels(&amix_ops_c, &level_ops_c, ".c");
    bench_kernels(amix_ops_avx2(), level_ops_avx2(), ".avx2");
    bench_mix(4, 1);
    bench_mix(4, 4);
    bench_mix(1000, 2);
    bench_mix(1000, 1000);
    bench_scale(640, 360, 640, 360);
    bench_scale(1280, 720, 640, 360);
    bench_scale(1280, 720, 426, 240);
    bench_scale(1280, 720, 320, 180);
    bench_scale(640, 360, 426, 240);
    bench_scale(640, 360, 212, 120);
    bench_scale(320, 180, 426, 240);
    bench_scale(640, 360, 1280, 720);
    bench_composite(4, 640, 360);
    bench_composite(9, 640, 360);
    bench_composite(16, 640, 360);
    bench_composite(49, 320, 180);
    bench_blend();
    bench_overlays(640, 360);
    bench_overlays(1280, 720);
    measure("overlay.draw_plate", "", draw_plate, NULL);
    measure("placeholder.draw", ".640x360", placeholder, NULL);
    return 0;
}
