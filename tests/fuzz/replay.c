/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/replay.c  Runs a fuzz target over the files of folders, without libFuzzer
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data;
    long size;

    if (!f)
        return -1;
    fseek(f, 0, SEEK_END);
    size = ftell(f);
    rewind(f);
    data = malloc(size > 0 ? (size_t)size : 1);
    if (!data || (size > 0 && fread(data, 1, (size_t)size, f) != (size_t)size))
        abort();
    fclose(f);
    LLVMFuzzerTestOneInput(data, (size_t)size);
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    unsigned n = 0;

    for (int i = 1; i < argc; ++i) {
        DIR *dir = opendir(argv[i]);
        struct dirent *e;

        while (dir && (e = readdir(dir)) != NULL) {
            char path[4096];

            snprintf(path, sizeof(path), "%s/%s", argv[i], e->d_name);
            if (e->d_type == DT_REG && replay_file(path) == 0)
                ++n;
        }
        if (dir)
            closedir(dir);
    }
    printf("%u inputs replayed\n", n);
    return n ? 0 : 1;
}
