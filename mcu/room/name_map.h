/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/name_map.h  A hash table of things that have a name, with the links inside the
 * things
 *
 * Names come from people, so the hash is keyed (SipHash-2-4, Aumasson and Bernstein, 2012): nobody
 * outside can choose names that all fall into one chain.  The table does not grow; it is made for
 * the number of things that its owner allows.
 *
 * Threads:   one; no locks inside.
 * Ownership: the things and their names are the owner's and live as long as they are in the table.
 */
#ifndef MCU_ROOM_NAME_MAP_H
#define MCU_ROOM_NAME_MAP_H

#include <stdint.h>

/** To embed in a thing; fields are for name_map.c only. */
struct name_map_node {
    struct name_map_node *next;
    const char *name;
    uint64_t hash;
};

/** To embed; fields are for name_map.c only. */
struct name_map {
    struct name_map_node **chain;
    uint32_t mask;
    uint32_t popped; /* chains before this one were found empty by name_map_pop() */
    uint64_t key[2];
};

/** Set up for about so many things, up to a million.  @return 0, -ENOMEM */
int name_map_init(struct name_map *map, uint32_t expected);
/** Free the table; the things stay.  A zeroed one is allowed. */
void name_map_finish(struct name_map *map);

/** @return the node of that name, the latest one if there are several, or NULL */
struct name_map_node *name_map_find(const struct name_map *map, const char *name);
/** The next one of the same name, or NULL. */
struct name_map_node *name_map_again(const struct name_map_node *node);
/** Put a thing in.  The name is not copied. */
void name_map_add(struct name_map *map, struct name_map_node *node, const char *name);
/** Take a thing out that is in. */
void name_map_remove(struct name_map *map, struct name_map_node *node);
/** Take any thing out, to empty the table.  A zeroed one is allowed.  @return its node, or NULL */
struct name_map_node *name_map_pop(struct name_map *map);

#endif
