/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_purge.c  Removes what is older than it must be kept
 */
#include "mcu/store/store_purge.h"

#include <errno.h>
#include <stdlib.h>

#include "mcu/store/store_request.h"

static const struct store_field fields[] = {
    STORE_U32(struct store_purge_chunk, what, 0, STORE_PURGE_N - 1),
    STORE_U64(struct store_purge_chunk, older_us),
    STORE_U32(struct store_purge_chunk, limit, 1, STORE_PURGE_CHUNK),
    STORE_FIELDS_END,
};
const struct store_shape store_purge_shape = {sizeof(struct store_purge_chunk), fields};

struct purge {
    struct store *store;
    struct store_purge_chunk chunk;
    struct store_count total;
    struct store_reply reply;
};

static void on_chunk(int err, const void *result, void *arg);

static int next_chunk(struct purge *purge)
{
    return store_submit(purge->store, STORE_OP_PURGE, &purge->chunk,
                        (struct store_reply){on_chunk, purge});
}

static void on_chunk(int err, const void *result, void *arg)
{
    struct purge *purge = arg;
    const struct store_count *count = result;

    if (!err) {
        purge->total.n += count->n;
        if (count->n >= purge->chunk.limit) {
            err = next_chunk(purge);
            if (!err)
                return;
        }
    }
    if (purge->reply.h)
        purge->reply.h(err, err ? NULL : &purge->total, purge->reply.arg);
    free(purge);
}

int store_purge_run(struct store *store, enum store_purge_what what, uint64_t older_us,
                    struct store_reply reply)
{
    struct purge *purge = calloc(1, sizeof(*purge));
    int err;

    if (!purge)
        return -ENOMEM;
    purge->store = store;
    purge->chunk = (struct store_purge_chunk){(uint32_t)what, older_us, STORE_PURGE_CHUNK};
    purge->reply = reply;
    err = next_chunk(purge);
    if (err)
        free(purge);
    return err;
}
