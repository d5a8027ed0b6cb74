/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/scene.c  Who sits in which tile
 */
#include "mixer/scene.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mixer/layout_set.h"
#include "mixer/scene_seats.h"

enum { GUESTS_FIRST = 16, MIN_DWELL_MS = 3000 };

/* What is shown is as of the last update, but seat[] is 0 for whoever was removed since. */
struct scene {
    uint16_t w, h;
    struct layout_set *set;
    char chosen[LAYOUT_NAME_SIZE];
    struct scene_policy policy;
    uint32_t spotlight[SCENE_SPOTLIGHTS_MAX];
    unsigned nspotlights;
    uint32_t dominant, active[SCENE_ACTIVE_MAX];
    unsigned nactive;
    uint64_t turns; /* the last one that a dominant speaker was given */

    struct scene_guest *guest; /* in order of joined */
    struct scene_guest **pool; /* for the seats */
    unsigned nguests, room;    /* room in guest[] and pool[] */
    uint64_t joined;           /* of the last one */

    struct {
        struct layout_set *set; /* a reference */
        const struct layout_spec *spec;
        struct layout layout;
        uint32_t seat[LAYOUT_TILES_MAX];
        int counter;
        unsigned overflow;
    } shown;

    bool dirty;       /* the next update has something to do */
    bool left;        /* somebody left a seat since the last update */
    uint64_t next_us; /* the next update that has something to do even if nothing happens */
    uint64_t epoch;
};

/* For a set whose ladder names nothing, or a canvas too small for its tiles. */
static struct layout_spec_tile whole_tile = {
    .left = {0, 1}, .top = {0, 1}, .right = {1, 1}, .bottom = {1, 1}};
static const struct layout_spec whole = {
    .name = "whole", .ntiles = 1, .tile = &whole_tile, .background = {16, 128, 128}};

static struct scene_guest *find(const struct scene *scene, uint32_t id)
{
    for (unsigned i = 0; i < scene->nguests; ++i) {
        if (scene->guest[i].head.id == id)
            return &scene->guest[i];
    }
    return NULL;
}

static const char *name_in_use(const struct scene *scene)
{
    if (layout_set_has(scene->set, scene->chosen))
        return scene->chosen;
    if (layout_set_has(scene->set, "auto") || scene->set->nlayouts == 0)
        return "auto";
    return scene->set->layout[0].name;
}

static const struct layout_spec *choose_spec(const struct scene *scene)
{
    bool portrait = scene->h > scene->w;
    const char *name = name_in_use(scene);
    const struct layout_spec *spec;
    unsigned heads = 0, ncontent = 0;

    for (unsigned i = 0; i < scene->nguests; ++i) {
        const struct scene_head *head = &scene->guest[i].head;

        ncontent += head->content;
        heads += !head->content && scene_seats_visible(&scene->policy, head);
    }
    spec = layout_set_choose(scene->set, name, heads, ncontent > 0, portrait);
    /* Content needs seats of the others if it has none of its own. */
    if (spec && ncontent && !scene_seats_has_role(spec, LAYOUT_ROLE_CONTENT))
        spec = layout_set_choose(scene->set, name, heads + ncontent, true, portrait);
    if (!spec && scene->set->nlayouts)
        spec = &scene->set->layout[0];
    return spec ? spec : &whole;
}

/* @return whether it is another one */
static bool update_layout(struct scene *scene)
{
    const struct layout_spec *spec = choose_spec(scene);
    struct layout layout;

    if (layout_resolve(&layout, spec, scene->w, scene->h)) {
        spec = &whole;
        (void)layout_resolve(&layout, spec, scene->w, scene->h); /* sizes were checked */
    }
    if (spec == scene->shown.spec && scene->set == scene->shown.set)
        return false;

    if (scene->set != scene->shown.set) {
        layout_set_unref(scene->shown.set);
        scene->shown.set = layout_set_ref(scene->set);
    }
    scene->shown.spec = spec;
    scene->shown.layout = layout;
    return true;
}

int scene_new(struct scene **ret_scene, struct layout_set *set, uint16_t w, uint16_t h)
{
    struct scene *scene;
    struct layout layout;
    int err;

    assert(ret_scene && set);
    err = layout_resolve(&layout, &whole, w, h);
    if (err || set->nlayouts == 0)
        return -EINVAL;
    scene = calloc(1, sizeof(*scene));
    if (!scene)
        return -ENOMEM;

    scene->w = w;
    scene->h = h;
    scene->set = layout_set_ref(set);
    scene->policy = (struct scene_policy){
        .order = {SCENE_RANK_SPOTLIGHT, SCENE_RANK_HAND, SCENE_RANK_SPEAKER, SCENE_RANK_JOINED},
        .min_dwell_ms = MIN_DWELL_MS,
    };
    (void)snprintf(scene->chosen, sizeof(scene->chosen), "auto");
    scene->shown.counter = -1;
    scene->next_us = UINT64_MAX;
    (void)update_layout(scene);

    *ret_scene = scene;
    return 0;
}

struct scene *scene_free(struct scene *scene)
{
    if (!scene)
        return NULL;
    layout_set_unref(scene->set);
    layout_set_unref(scene->shown.set);
    free(scene->guest);
    free(scene->pool);
    free(scene);
    return NULL;
}

static int grow(struct scene *scene)
{
    unsigned room = scene->room ? 2 * scene->room : GUESTS_FIRST;
    struct scene_guest *guest = realloc(scene->guest, room * sizeof(*guest));
    struct scene_guest **pool;

    if (!guest)
        return -ENOMEM;
    scene->guest = guest;
    pool = realloc(scene->pool, room * sizeof(*pool));
    if (!pool)
        return -ENOMEM;
    scene->pool = pool;
    scene->room = room;
    return 0;
}

static void copy_head(struct scene_head *to, const struct scene_head *from)
{
    *to = *from;
    to->reserved[LAYOUT_NAME_SIZE - 1] = '\0';
}

int scene_add(struct scene *scene, const struct scene_head *head)
{
    struct scene_guest *guest;

    if (head->id == 0)
        return -EINVAL;
    if (find(scene, head->id))
        return -EEXIST;
    if (scene->nguests >= SCENE_HEADS_MAX)
        return -ENOSPC;
    if (scene->nguests == scene->room && grow(scene))
        return -ENOMEM;

    guest = &scene->guest[scene->nguests++];
    memset(guest, 0, sizeof(*guest));
    copy_head(&guest->head, head);
    guest->joined = ++scene->joined;
    guest->tile = -1;
    scene->dirty = true;
    return 0;
}

void scene_set(struct scene *scene, const struct scene_head *head)
{
    struct scene_guest *guest = find(scene, head->id);
    bool content;

    if (!guest)
        return;
    content = guest->head.content;
    copy_head(&guest->head, head);
    guest->head.content = content;
    scene->dirty = true;
}

void scene_remove(struct scene *scene, uint32_t id)
{
    struct scene_guest *guest = find(scene, id);
    unsigned place;

    if (!guest)
        return;
    if (guest->tile >= 0) {
        scene->shown.seat[guest->tile] = 0;
        scene->left = true;
    }
    place = (unsigned)(guest - scene->guest);
    --scene->nguests;
    memmove(guest, guest + 1, (scene->nguests - place) * sizeof(*guest));
    scene->dirty = true;
}

void scene_set_layouts(struct scene *scene, struct layout_set *set)
{
    layout_set_ref(set);
    layout_set_unref(scene->set); /* what is shown has a reference of its own */
    scene->set = set;
    scene->dirty = true;
}

int scene_choose(struct scene *scene, const char *name)
{
    if (strnlen(name, LAYOUT_NAME_SIZE) == LAYOUT_NAME_SIZE || !layout_set_has(scene->set, name))
        return -ENOENT;
    (void)snprintf(scene->chosen, sizeof(scene->chosen), "%s", name);
    scene->dirty = true;
    return 0;
}

void scene_set_policy(struct scene *scene, const struct scene_policy *policy)
{
    scene->policy = *policy;
    scene->dirty = true;
}

void scene_set_spotlight(struct scene *scene, const uint32_t *ids, unsigned n)
{
    scene->nspotlights = n < SCENE_SPOTLIGHTS_MAX ? n : SCENE_SPOTLIGHTS_MAX;
    for (unsigned i = 0; i < scene->nspotlights; ++i)
        scene->spotlight[i] = ids[i];
    scene->dirty = true;
}

static void end_speech(struct scene *scene, uint32_t id, uint64_t now_us)
{
    struct scene_guest *guest = id ? find(scene, id) : NULL;

    if (guest)
        guest->spoke_us = now_us;
}

void scene_set_speakers(struct scene *scene, uint32_t dominant, const uint32_t *active,
                        unsigned nactive, uint64_t now_us)
{
    if (nactive > SCENE_ACTIVE_MAX)
        nactive = SCENE_ACTIVE_MAX;
    if (dominant == scene->dominant && nactive == scene->nactive &&
        (nactive == 0 || memcmp(active, scene->active, nactive * sizeof(active[0])) == 0))
        return;

    /* Those who go on will be found speaking; for the others this was the last moment. */
    end_speech(scene, scene->dominant, now_us);
    for (unsigned i = 0; i < scene->nactive; ++i)
        end_speech(scene, scene->active[i], now_us);
    scene->dominant = dominant;
    scene->nactive = nactive;
    if (nactive)
        memcpy(scene->active, active, nactive * sizeof(active[0]));
    scene->dirty = true;
}

static void mark_speaking(struct scene *scene, uint32_t id)
{
    struct scene_guest *guest = id ? find(scene, id) : NULL;

    if (!guest)
        return;
    guest->speaking = true;
    if (id == scene->dominant)
        guest->turn = ++scene->turns;
}

/* Ids become properties of the guests here, because a head may come later than its spotlight. */
static void mark_guests(struct scene *scene)
{
    for (unsigned i = 0; i < scene->nguests; ++i) {
        scene->guest[i].spotlight = SCENE_SPOTLIGHTS_MAX;
        scene->guest[i].speaking = false;
    }
    for (unsigned i = scene->nspotlights; i > 0; --i) {
        struct scene_guest *guest = find(scene, scene->spotlight[i - 1]);

        if (guest)
            guest->spotlight = i - 1;
    }
    mark_speaking(scene, scene->dominant);
    for (unsigned i = 0; i < scene->nactive; ++i)
        mark_speaking(scene, scene->active[i]);
}

/* @return whether anything looks different */
static bool take_seats(struct scene *scene, const struct scene_seats *seats)
{
    bool changed = seats->counter != scene->shown.counter ||
                   (seats->counter >= 0 && seats->overflow != scene->shown.overflow);

    for (unsigned i = 0; i < LAYOUT_TILES_MAX; ++i) {
        uint32_t id = seats->owner[i] ? seats->owner[i]->head.id : 0;

        changed = changed || id != scene->shown.seat[i];
        scene->shown.seat[i] = id;
    }
    for (unsigned i = 0; i < scene->nguests; ++i) {
        struct scene_guest *guest = &scene->guest[i];

        if (guest->next != guest->tile)
            guest->since_us = seats->now_us;
        guest->tile = guest->next;
    }
    scene->shown.counter = seats->counter;
    scene->shown.overflow = seats->overflow;
    scene->next_us = seats->next_us;
    return changed;
}

bool scene_update(struct scene *scene, uint64_t now_us)
{
    struct scene_seats seats;
    bool changed;

    if (!scene->dirty && now_us < scene->next_us)
        return false;

    changed = update_layout(scene) || scene->left;
    mark_guests(scene);
    seats = (struct scene_seats){
        .spec = scene->shown.spec,
        .policy = &scene->policy,
        .guest = scene->guest,
        .nguests = scene->nguests,
        .pool = scene->pool,
        .now_us = now_us,
    };
    scene_seats_assign(&seats);
    changed = take_seats(scene, &seats) || changed;

    scene->dirty = false;
    scene->left = false;
    scene->epoch += changed;
    return changed;
}

const struct layout *scene_layout(const struct scene *scene)
{
    return &scene->shown.layout;
}

const struct layout_spec *scene_spec(const struct scene *scene)
{
    return scene->shown.spec;
}

uint32_t scene_id(const struct scene *scene, unsigned tile)
{
    return tile < LAYOUT_TILES_MAX ? scene->shown.seat[tile] : 0;
}

int scene_tile(const struct scene *scene, uint32_t id)
{
    for (unsigned i = 0; id && i < scene->shown.layout.ntiles; ++i) {
        if (scene->shown.seat[i] == id)
            return (int)i;
    }
    return -ENOENT;
}

bool scene_hidden(const struct scene *scene, unsigned tile)
{
    return tile < scene->shown.layout.ntiles && !scene->shown.seat[tile] &&
           (int)tile != scene->shown.counter &&
           scene->shown.layout.tile[tile].vacant == LAYOUT_VACANT_HIDE;
}

unsigned scene_overflow(const struct scene *scene)
{
    return scene->shown.overflow;
}

int scene_overflow_tile(const struct scene *scene)
{
    return scene->shown.counter >= 0 ? scene->shown.counter : -ENOENT;
}

bool scene_is_active(const struct scene *scene, uint32_t id)
{
    for (unsigned i = 0; id && i < scene->nactive; ++i) {
        if (scene->active[i] == id)
            return true;
    }
    return false;
}

unsigned scene_heads(const struct scene *scene)
{
    return scene->nguests;
}

uint64_t scene_epoch(const struct scene *scene)
{
    return scene->epoch;
}
