/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/scene_seats.c  The rules of scene.h: from who sits where to who sits where next
 */
#include "mixer/scene_seats.h"

#include <stdlib.h>
#include <string.h>

enum { NOWHERE = -1, WANTED = -2 /* chosen for a SPEAKER tile, not yet which */ };

bool scene_seats_visible(const struct scene_policy *policy, const struct scene_head *head)
{
    return head->content || head->video || !policy->hide_audio_only;
}

bool scene_seats_has_role(const struct layout_spec *spec, enum layout_role role)
{
    for (unsigned i = 0; i < spec->ntiles; ++i) {
        if (spec->tile[i].role == role)
            return true;
    }
    return false;
}

static void sit(struct scene_seats *seats, struct scene_guest *guest, unsigned tile)
{
    seats->owner[tile] = guest;
    guest->next = (int)tile;
}

/* Is he in a tile that exists, has this role and is still free? */
static bool may_keep(const struct scene_seats *seats, const struct scene_guest *guest,
                     enum layout_role role)
{
    return guest->tile >= 0 && (unsigned)guest->tile < seats->spec->ntiles &&
           seats->spec->tile[guest->tile].role == role && !seats->owner[guest->tile];
}

static bool unplaced(const struct scene_seats *seats, const struct scene_guest *guest)
{
    return guest->next == NOWHERE && scene_seats_visible(seats->policy, &guest->head);
}

/* Who has the name of this RESERVED tile: whoever sits there already, else who came first. */
static struct scene_guest *find_reserved(const struct scene_seats *seats, unsigned tile)
{
    const char *name = seats->spec->tile[tile].reserved;
    struct scene_guest *first = NULL;

    for (unsigned i = 0; name[0] && i < seats->nguests; ++i) {
        struct scene_guest *guest = &seats->guest[i];

        if (guest->head.content || !unplaced(seats, guest) ||
            strcmp(guest->head.reserved, name) != 0)
            continue;
        if (guest->tile == (int)tile)
            return guest;
        if (!first)
            first = guest;
    }
    return first;
}

static void seat_reserved(struct scene_seats *seats)
{
    for (unsigned i = 0; i < seats->spec->ntiles; ++i) {
        struct scene_guest *guest = NULL;

        if (seats->spec->tile[i].role == LAYOUT_ROLE_RESERVED)
            guest = find_reserved(seats, i);
        if (guest)
            sit(seats, guest, i);
    }
}

static unsigned tiles_of(const struct scene_seats *seats, enum layout_role role, unsigned *ret_tile)
{
    unsigned n = 0;

    for (unsigned i = 0; i < seats->spec->ntiles; ++i) {
        if (seats->spec->tile[i].role == role)
            ret_tile[n++] = i;
    }
    return n;
}

/* Seats those of a list who have no seat yet: in the tile that they have, else in the lowest free
 * one. */
static void seat_sticky(struct scene_seats *seats, struct scene_guest **wanted, unsigned nwanted,
                        enum layout_role role, const unsigned *tile)
{
    unsigned place = 0;

    for (unsigned i = 0; i < nwanted; ++i) {
        if (wanted[i]->next < 0 && may_keep(seats, wanted[i], role))
            sit(seats, wanted[i], (unsigned)wanted[i]->tile);
    }
    for (unsigned i = 0; i < nwanted; ++i) {
        if (wanted[i]->next >= 0)
            continue;
        while (seats->owner[tile[place]])
            ++place;
        sit(seats, wanted[i], tile[place]);
    }
}

static void seat_content(struct scene_seats *seats)
{
    struct scene_guest *wanted[LAYOUT_TILES_MAX];
    unsigned tile[LAYOUT_TILES_MAX], nwanted = 0;
    unsigned ntiles = tiles_of(seats, LAYOUT_ROLE_CONTENT, tile);

    for (unsigned i = seats->nguests; i > 0 && nwanted < ntiles; --i) { /* the latest first */
        if (seats->guest[i - 1].head.content)
            wanted[nwanted++] = &seats->guest[i - 1];
    }
    seat_sticky(seats, wanted, nwanted, LAYOUT_ROLE_CONTENT, tile);
}

/* Is a rather than b to be seen in a SPEAKER tile? */
static bool comes_before(const struct scene_guest *a, const struct scene_guest *b)
{
    if (a->head.content != b->head.content)
        return a->head.content;
    if (a->head.content)
        return a->joined > b->joined;
    if (a->spotlight != b->spotlight)
        return a->spotlight < b->spotlight;
    if (a->turn != b->turn)
        return a->turn > b->turn;
    return a->joined < b->joined;
}

static struct scene_guest *next_speaker(const struct scene_seats *seats, bool content)
{
    struct scene_guest *best = NULL;

    for (unsigned i = 0; i < seats->nguests; ++i) {
        struct scene_guest *guest = &seats->guest[i];

        if (unplaced(seats, guest) && (content || !guest->head.content) &&
            (!best || comes_before(guest, best)))
            best = guest;
    }
    return best;
}

static void seat_speakers(struct scene_seats *seats)
{
    bool content = !scene_seats_has_role(seats->spec, LAYOUT_ROLE_CONTENT);
    struct scene_guest *wanted[LAYOUT_TILES_MAX], *guest;
    unsigned tile[LAYOUT_TILES_MAX], nwanted = 0;
    unsigned ntiles = tiles_of(seats, LAYOUT_ROLE_SPEAKER, tile);

    while (nwanted < ntiles && (guest = next_speaker(seats, content)) != NULL) {
        guest->next = WANTED;
        wanted[nwanted++] = guest;
    }
    /* Spotlights were given an order by somebody, so they have the tiles in that order. */
    for (unsigned i = 0; i < nwanted; ++i) {
        if (wanted[i]->head.content || wanted[i]->spotlight < SCENE_SPOTLIGHTS_MAX)
            sit(seats, wanted[i], tile[i]);
    }
    seat_sticky(seats, wanted, nwanted, LAYOUT_ROLE_SPEAKER, tile);
}

/* All others, and the tiles for them; the last one becomes the counter if they are too few. */
static void open_tiles(struct scene_seats *seats)
{
    bool content = !scene_seats_has_role(seats->spec, LAYOUT_ROLE_CONTENT);
    unsigned nany = 0;
    int last = -1;

    for (unsigned i = 0; i < seats->nguests; ++i) {
        struct scene_guest *guest = &seats->guest[i];

        if (unplaced(seats, guest) && (content || !guest->head.content))
            seats->pool[seats->npool++] = guest;
    }
    for (unsigned i = 0; i < seats->spec->ntiles; ++i) {
        const struct layout_spec_tile *tile = &seats->spec->tile[i];

        seats->any[i] = !seats->owner[i] &&
                        (tile->role == LAYOUT_ROLE_ANY || tile->vacant == LAYOUT_VACANT_FILL);
        nany += seats->any[i];
        if (tile->role == LAYOUT_ROLE_ANY)
            last = (int)i;
    }
    if (seats->spec->overflow && seats->npool > nany && last >= 0) {
        seats->counter = last;
        seats->any[last] = false;
    }
}

/*
 * The seat that he has, or, if somebody was put there, the one which that one
 * left; and so on, because who left may have been put into another's place.
 */
static int seat_to_keep(const struct scene_seats *seats, const struct scene_guest *guest)
{
    for (unsigned step = 0; guest && step <= seats->spec->ntiles; ++step) {
        int tile = guest->tile;

        if (tile < 0 || (unsigned)tile >= seats->spec->ntiles)
            return -1;
        if (seats->any[tile] && !seats->owner[tile])
            return tile;
        guest = seats->owner[tile];
    }
    return -1;
}

/* Leaves those in the pool who lose their seat or never had one. */
static void keep_seats(struct scene_seats *seats)
{
    unsigned n = 0;

    for (unsigned i = 0; i < seats->npool; ++i) {
        int tile = seat_to_keep(seats, seats->pool[i]);

        if (tile >= 0)
            sit(seats, seats->pool[i], (unsigned)tile);
        else
            seats->pool[n++] = seats->pool[i];
    }
    seats->npool = n;
}

static bool spoke_recently(const struct scene_seats *seats, const struct scene_guest *guest)
{
    return guest->spoke_us &&
           seats->now_us < guest->spoke_us + SCENE_SPOKE_RECENTLY_MS * UINT64_C(1000);
}

static uint64_t rank_key(const struct scene_seats *seats, const struct scene_guest *guest,
                         enum scene_rank rank)
{
    switch (rank) {
    case SCENE_RANK_SPOTLIGHT:
        return guest->spotlight;
    case SCENE_RANK_HAND:
        return guest->head.hand_us ? guest->head.hand_us : UINT64_MAX;
    case SCENE_RANK_SPEAKER:
        if (guest->speaking)
            return 0;
        return spoke_recently(seats, guest) ? UINT64_MAX - guest->spoke_us : UINT64_MAX;
    default:
        return 0;
    }
}

static void weigh(const struct scene_seats *seats, struct scene_guest *guest)
{
    const enum scene_rank *order = seats->policy->order;
    unsigned n = sizeof(seats->policy->order) / sizeof(order[0]);

    memset(guest->key, 0, sizeof(guest->key));
    guest->key[0] = !guest->head.content;
    /* What follows JOINED cannot matter any more: no two have joined at once. */
    for (unsigned i = 0; i < n && order[i] != SCENE_RANK_NONE && order[i] != SCENE_RANK_JOINED; ++i)
        guest->key[i + 1] = rank_key(seats, guest, order[i]);
}

/* By all but the join time; negative: a is more important. */
static int compare_ranks(const struct scene_guest *a, const struct scene_guest *b)
{
    for (unsigned i = 0; i < SCENE_SEATS_KEYS; ++i) {
        if (a->key[i] != b->key[i])
            return a->key[i] < b->key[i] ? -1 : 1;
    }
    return 0;
}

static int compare_joined(const struct scene_guest *a, const struct scene_guest *b)
{
    return (a->joined > b->joined) - (a->joined < b->joined);
}

/* Among equals those who have had a seat come first, then those who came first. */
static int by_importance(const void *pa, const void *pb)
{
    const struct scene_guest *a = *(struct scene_guest *const *)pa;
    const struct scene_guest *b = *(struct scene_guest *const *)pb;
    int order = compare_ranks(a, b);

    if (order)
        return order;
    if ((a->tile < 0) != (b->tile < 0))
        return a->tile < 0 ? 1 : -1;
    return compare_joined(a, b);
}

/* Those who have had a seat in the order of it, then those who came first. */
static int by_seat(const void *pa, const void *pb)
{
    const struct scene_guest *a = *(struct scene_guest *const *)pa;
    const struct scene_guest *b = *(struct scene_guest *const *)pb;

    if (a->tile != b->tile)
        return (unsigned)a->tile < (unsigned)b->tile ? -1 : 1; /* -1 is the greatest */
    return compare_joined(a, b);
}

/* Gives the free tiles to the most important ones in the pool, which is in that order. */
static void fill_tiles(struct scene_seats *seats)
{
    unsigned tile[LAYOUT_TILES_MAX], nfree = 0, n;

    for (unsigned i = 0; i < seats->spec->ntiles; ++i) {
        if (seats->any[i] && !seats->owner[i])
            tile[nfree++] = i;
    }
    n = nfree < seats->npool ? nfree : seats->npool;
    if (n == 0)
        return;
    qsort(seats->pool, n, sizeof(seats->pool[0]), by_seat);
    for (unsigned i = 0; i < n; ++i)
        sit(seats, seats->pool[i], tile[i]);
    seats->npool -= n;
    memmove(seats->pool, seats->pool + n, seats->npool * sizeof(seats->pool[0]));
}

static uint64_t settled_us(const struct scene_seats *seats, const struct scene_guest *guest)
{
    uint64_t since_us = guest->next == guest->tile ? guest->since_us : seats->now_us;

    return since_us + seats->policy->min_dwell_ms * UINT64_C(1000);
}

/* The most important ones without a seat against the least important ones with one. */
static void displace(struct scene_seats *seats)
{
    struct scene_guest *victim[LAYOUT_TILES_MAX];
    unsigned nvictims = 0;

    for (unsigned i = 0; i < seats->spec->ntiles; ++i) {
        struct scene_guest *guest = seats->any[i] ? seats->owner[i] : NULL;

        if (guest && settled_us(seats, guest) <= seats->now_us)
            victim[nvictims++] = guest;
    }
    if (nvictims == 0)
        return;
    qsort(victim, nvictims, sizeof(victim[0]), by_importance);
    for (unsigned i = 0; i < seats->npool && nvictims > 0; ++i) {
        struct scene_guest *out = victim[--nvictims], *in = seats->pool[i];

        if (compare_ranks(in, out) >= 0)
            break;
        sit(seats, in, (unsigned)out->next);
        out->next = NOWHERE;
        seats->pool[i] = out;
    }
}

static void ask_again(struct scene_seats *seats, uint64_t when_us)
{
    if (when_us > seats->now_us && when_us < seats->next_us)
        seats->next_us = when_us;
}

/* While some have no seat, the end of a dwell time, or of having spoken recently, may change that.
 */
static void plan(struct scene_seats *seats)
{
    for (unsigned i = 0; i < seats->spec->ntiles; ++i) {
        if (seats->any[i] && seats->owner[i])
            ask_again(seats, settled_us(seats, seats->owner[i]));
    }
    for (unsigned i = 0; i < seats->nguests; ++i) {
        if (spoke_recently(seats, &seats->guest[i]))
            ask_again(seats, seats->guest[i].spoke_us + SCENE_SPOKE_RECENTLY_MS * UINT64_C(1000));
    }
}

void scene_seats_assign(struct scene_seats *seats)
{
    memset(seats->owner, 0, sizeof(seats->owner));
    memset(seats->any, 0, sizeof(seats->any));
    seats->npool = 0;
    seats->counter = -1;
    seats->next_us = UINT64_MAX;
    for (unsigned i = 0; i < seats->nguests; ++i)
        seats->guest[i].next = NOWHERE;

    seat_reserved(seats);
    seat_content(seats);
    seat_speakers(seats);
    open_tiles(seats);
    keep_seats(seats);
    if (seats->npool > 0) {
        for (unsigned i = 0; i < seats->nguests; ++i)
            weigh(seats, &seats->guest[i]);
        qsort(seats->pool, seats->npool, sizeof(seats->pool[0]), by_importance);
        fill_tiles(seats);
    }
    if (seats->npool > 0) {
        displace(seats);
        plan(seats);
    }
    seats->overflow = seats->npool;
}
