/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/base/ref.h  Atomic reference count, to embed
 *
 * Only packets, frames and the few objects that several threads share have
 * one; everything else has one owner.
 *
 * Threads: any.
 */
#ifndef MCU_BASE_REF_H
#define MCU_BASE_REF_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct ref {
    _Atomic uint32_t count;
};

/** Start with one reference. */
static inline void ref_init(struct ref *ref)
{
    atomic_init(&ref->count, 1);
}

/** One more reference.  The caller must hold one. */
static inline void ref_get(struct ref *ref)
{
    /* Relaxed: the caller's own reference already orders the object's content. */
    atomic_fetch_add_explicit(&ref->count, 1, memory_order_relaxed);
}

/** One reference less.  @return true if it was the last, and the caller must release the object */
static inline bool ref_put(struct ref *ref)
{
    /* Release our writes to whoever is last; the last one acquires them all. */
    return atomic_fetch_sub_explicit(&ref->count, 1, memory_order_acq_rel) == 1;
}

/** True if the caller holds the only reference. */
static inline bool ref_is_unique(const struct ref *ref)
{
    /* Acquire: what former holders did with the object happened before we reuse it. */
    return atomic_load_explicit(&ref->count, memory_order_acquire) == 1;
}

#endif
