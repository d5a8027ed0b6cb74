/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_files.c  The files that settings were read from, or should have been
 */
#include "mcu/config/config_files.h"

#include <stdlib.h>
#include <string.h>

void config_files_add(struct config_files *files, const char *path)
{
    if (!files || files->n == CONFIG_FILES_MAX)
        return;
    for (unsigned i = 0; i < files->n; ++i) {
        if (strcmp(files->path[i], path) == 0)
            return;
    }
    files->path[files->n] = strdup(path);
    files->n += files->path[files->n] != NULL;
}

void config_files_copy(struct config_files *files, const struct config_files *from)
{
    config_files_finish(files);
    for (unsigned i = 0; i < from->n; ++i)
        config_files_add(files, from->path[i]);
}

void config_files_finish(struct config_files *files)
{
    while (files->n)
        free(files->path[--files->n]);
}
