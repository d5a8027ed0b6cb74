/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/import_freeswitch.h  conference_layouts.conf.xml of FreeSWITCH to a layout file
 *
 * FreeSWITCH puts tiles on a canvas of 360 by 360 parts: <image x y scale hscale>.  What becomes of
 * it:
 *
 *     x, y, scale, hscale      rect, in reduced fractions
 *     floor                    role: speaker
 *     floor-only               role: speaker, vacant: hide
 *     reservation_id, role-id  role: "reserved:NAME", vacant: hide
 *     file-only                role: content, vacant: hide (there are no played files here)
 *     zoom                     fit: cover
 *     overlap                  z, vacant: hide; later tiles lie above what they cover, too
 *     <group>                  a ladder, each layout up to its number of seats; alias "group:NAME"
 *
 * Names stay; characters that are not allowed here become '-'.  Everything else that a layout says
 * (border, audio-position, bgimg, ...) becomes a comment, so nothing is lost in silence. The file
 * may also be a larger one that has <layout-settings> somewhere, as freeswitch.xml.fsxml.  Ladders
 * get rungs for shared screens with built-in layouts, as the built-in "auto" has them.
 *
 * What would not load here (an image that is too small or outside of the canvas, a layout without
 * a tile for people, a name that a group has and nobody else) is left out and told; the rest is
 * imported.
 *
 * Input is hostile: entities and document types with declarations are refused; size, depth and
 * counts are bounded.
 *
 * Threads: any; no state.
 */
#ifndef MCU_CTL_IMPORT_FREESWITCH_H
#define MCU_CTL_IMPORT_FREESWITCH_H

#include <stddef.h>

struct config_errors;

enum {
    IMPORT_FREESWITCH_FILE_MAX = 1024 * 1024, /**< [bytes] */
    IMPORT_FREESWITCH_DEPTH_MAX = 32,         /**< Of elements */
    IMPORT_FREESWITCH_LAYOUTS_MAX = 256,
    IMPORT_FREESWITCH_GROUPS_MAX = 64,
};

/**
 * Convert.
 *
 * @param ret_yaml  Text of a layout file, from malloc, the caller's; set on success only
 * @param name      Of the file, for errors
 * @param errs      Gets each error as file:line:column: what is wrong; with 0, what was left out
 *
 * @return 0, -EINVAL (see errs), -EFBIG (in errs too), -ENOMEM
 */
int import_freeswitch_convert(char **ret_yaml, const char *name, const char *xml, size_t len,
                              struct config_errors *errs);

#endif
