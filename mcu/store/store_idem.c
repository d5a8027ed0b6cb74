/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_idem.c  Idempotency keys: a request that is sent again gets the first
 * answer
 */
#include "mcu/store/store_idem.h"

#include <errno.h>

#include "mcu/store/store_request.h"

static const struct store_field fields[] = {
    STORE_TEXT(struct store_idem, scope, 0, STORE_IDEM_KEY_MAX),
    STORE_TEXT(struct store_idem, key, 1, STORE_IDEM_KEY_MAX),
    STORE_TEXT(struct store_idem, request_hash, 0, STORE_IDEM_KEY_MAX),
    STORE_U32(struct store_idem, status, 0, 999),
    STORE_TEXT(struct store_idem, body, 0, STORE_IDEM_BODY_MAX),
    STORE_U64(struct store_idem, created_us),
    STORE_FIELDS_END,
};
const struct store_shape store_idem_shape = {sizeof(struct store_idem), fields};

int store_idem_claim(struct store *store, const struct store_idem *idem, struct store_reply reply)
{
    return store_submit(store, STORE_OP_IDEM_CLAIM, idem, reply);
}

int store_idem_finish(struct store *store, const struct store_idem *idem, struct store_reply reply)
{
    if (!idem->status)
        return -EINVAL;
    return store_submit(store, STORE_OP_IDEM_FINISH, idem, reply);
}

int store_idem_drop(struct store *store, const struct store_idem *idem, struct store_reply reply)
{
    return store_submit(store, STORE_OP_IDEM_DROP, idem, reply);
}
