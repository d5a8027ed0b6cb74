/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/layout_check.h  What layouts, ladders and aliases require of one another
 *
 * A ladder names layouts and an alias a target that may stand in another file, and a later file may
 * replace a layout that an earlier ladder needs, so they are checked once everything is read.  An
 * error names the place of whatever was written last: that is what somebody changed.
 *
 * Threads: any; no state.
 */
#ifndef MCU_CONFIG_LAYOUT_CHECK_H
#define MCU_CONFIG_LAYOUT_CHECK_H

struct config_errors;
struct layout_marks;
struct layout_set;

/** A name that something else needs, as a key of medley.yaml. */
struct layout_check_want {
    const char *place; /**< For an error, as "medley.yaml:3:11: rooms.layout" */
    const char *name;  /**< Of a layout, ladder or alias */
};

/**
 * Check what has a mark, and what it replaced:
 *
 * - rungs, aliases and wanted names lead to something, aliases in no circle;
 * - a rung has a seat for each of its max people, or its layout has overflow; without max, it has
 *   overflow, or no tile for just anybody (then it is not meant to show all);
 * - a rung for shared content has a tile for it.
 *
 * Names whose own definition is broken, or may be in what could not be read, are not complained of.
 *
 * @return 0, -EINVAL (with errors)
 */
int layout_check_all(const struct layout_marks *marks, const struct layout_set *set,
                     const struct layout_check_want *want, unsigned nwant,
                     struct config_errors *errs);

#endif
