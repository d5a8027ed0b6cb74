/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/settings.h  Everything an operator wrote, read and checked as one
 *
 *     medley.yaml, --set  --.
 *     built-in layouts    --+--> settings_load(): all or nothing --> struct settings, immutable
 *     layouts.dir/ *.yaml --'
 *     logo, backgrounds   --'
 *
 * Threads:   any; loading reads files, so not on control (see config_watch.h).
 * Ownership: counted.
 */
#ifndef MCU_CONFIG_SETTINGS_H
#define MCU_CONFIG_SETTINGS_H

#include <stdint.h>

#include "mcu/base/ref.h"
#include "mcu/config/config.h"
#include "mcu/config/config_files.h"

struct layout_set;
struct picture;

enum {
    SETTINGS_SET_MAX = 16 /**< Assignments of the command line */
};

/** Where settings come from; strings live as long as the process. */
struct settings_source {
    const char *config_file;           /**< NULL = none */
    const char *set[SETTINGS_SET_MAX]; /**< As "sip.port=5070" */
    unsigned nset;
};

struct settings {
    struct ref ref;
    struct config config;
    struct layout_set *layouts; /**< The built-in ones and those of layouts.dir */
    struct picture *logo;       /**< NULL = none */
    struct config_files files;  /**< What was read, for config_notify.h */
    uint64_t version;           /**< Grows with each load of the process */
};

/**
 * Read and check everything.
 *
 * @param ret_settings  Set on success only, with one reference
 * @param errs          Gets each error as file:line:column: what is wrong; one at least on failure
 *
 * @return 0, -EINVAL, -EFBIG, -ENOMEM or why a file cannot be read
 */
int settings_load(struct settings **ret_settings, const struct settings_source *source,
                  struct config_errors *errs);

/**
 * As settings_load().
 *
 * @param ret_files  On failure: replaced by what was read, or should have been
 */
int settings_load_seen(struct settings **ret_settings, const struct settings_source *source,
                       struct config_files *ret_files, struct config_errors *errs);

struct settings *settings_ref(struct settings *settings);
/** Drop a reference.  NULL is allowed.  Returns NULL. */
struct settings *settings_unref(struct settings *settings);

#endif
