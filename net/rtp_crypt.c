/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/rtp_crypt.c  SRTP and SRTCP of one peer, both directions
 *
 * libsrtp2 makes a stream from the template of a session when the first packet of an
 * SSRC was authentic; what is counted here beside it only bounds their number.
 */
#include "net/rtp_crypt.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <srtp2/srtp.h>

enum { REPLAY_WINDOW = 1024, RTP_HEADER = 12, RTCP_HEADER = 8 };

struct rtp_crypt {
    srtp_t tx, rx;
    uint32_t ssrc[RTP_CRYPT_SSRCS_MAX]; /* incoming sources */
    unsigned nssrcs;
    struct rtp_crypt_stats stats;
};

static pthread_once_t library_once = PTHREAD_ONCE_INIT;
static bool library_ready;

static void init_library(void)
{
    library_ready = srtp_init() == srtp_err_status_ok;
}

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int new_session(srtp_t *session, enum rtp_crypt_profile profile, srtp_ssrc_type_t direction,
                       const uint8_t *key)
{
    uint8_t copy[SRTP_MAX_KEY_LEN] = {0}; /* the library wants it writable */
    srtp_policy_t policy;
    srtp_err_status_t status;

    memset(&policy, 0, sizeof(policy));
    if (profile == RTP_CRYPT_PROFILE_AEAD_AES_128_GCM) {
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
    } else {
        srtp_crypto_policy_set_rtp_default(&policy.rtp);
        srtp_crypto_policy_set_rtcp_default(&policy.rtcp);
    }
    memcpy(copy, key, rtp_crypt_key_len(profile));
    policy.ssrc.type = direction;
    policy.key = copy;
    policy.window_size = REPLAY_WINDOW;
    policy.allow_repeat_tx = 1;
    status = srtp_create(session, &policy);
    explicit_bzero(copy, sizeof(copy));

    if (status == srtp_err_status_ok)
        return 0;
    *session = NULL;
    return status == srtp_err_status_alloc_fail ? -ENOMEM : -EIO;
}

static bool known(const struct rtp_crypt *crypt, uint32_t ssrc)
{
    for (unsigned i = 0; i < crypt->nssrcs; ++i)
        if (crypt->ssrc[i] == ssrc)
            return true;
    return false;
}

static int unprotect_error(struct rtp_crypt *crypt, srtp_err_status_t status)
{
    switch (status) {
    case srtp_err_status_ok:
        return 0;
    case srtp_err_status_replay_fail:
    case srtp_err_status_replay_old:
        ++crypt->stats.replayed;
        return -EALREADY;
    case srtp_err_status_auth_fail:
    case srtp_err_status_cipher_fail: /* GCM reports a wrong tag so */
        ++crypt->stats.auth_failed;
        return -EBADMSG;
    case srtp_err_status_alloc_fail:
    case srtp_err_status_key_expired:
        return -EIO;
    default: /* however the library calls what is wrong with the packet */
        return -EBADMSG;
    }
}

/* Both kinds of packets open a source.  @p ssrc is in the header, which is authentic after success.
 */
static int unprotect(struct rtp_crypt *crypt, uint8_t *buf, size_t *len, uint32_t ssrc,
                     srtp_err_status_t (*run)(srtp_t, void *, int *))
{
    bool is_new = !known(crypt, ssrc);
    int n = (int)*len, err;

    if (is_new && crypt->nssrcs == RTP_CRYPT_SSRCS_MAX) {
        ++crypt->stats.ssrc_refused;
        return -E2BIG;
    }
    err = unprotect_error(crypt, run(crypt->rx, buf, &n));
    if (err)
        return err;
    if (is_new)
        crypt->ssrc[crypt->nssrcs++] = ssrc;
    *len = (size_t)n;
    return 0;
}

static int protect(struct rtp_crypt *crypt, uint8_t *buf, size_t *len, size_t size,
                   srtp_err_status_t (*run)(srtp_t, void *, int *))
{
    int n = (int)*len;

    if (*len > size || size - *len < RTP_CRYPT_OVERHEAD)
        return -ENOSPC;
    switch (run(crypt->tx, buf, &n)) {
    case srtp_err_status_ok:
        *len = (size_t)n;
        return 0;
    case srtp_err_status_parse_err:
    case srtp_err_status_bad_param:
        return -EBADMSG;
    case srtp_err_status_replay_old:
        return -EALREADY;
    case srtp_err_status_key_expired:
        return -EKEYEXPIRED;
    default:
        return -EIO;
    }
}

size_t rtp_crypt_key_len(enum rtp_crypt_profile profile)
{
    switch (profile) {
    case RTP_CRYPT_PROFILE_AEAD_AES_128_GCM:
        return 28;
    case RTP_CRYPT_PROFILE_AES128_CM_SHA1_80:
        return 30;
    default:
        return 0;
    }
}

int rtp_crypt_new(struct rtp_crypt **ret_crypt, const struct rtp_crypt_keys *keys)
{
    struct rtp_crypt *crypt;
    int err;

    if (!rtp_crypt_key_len(keys->profile))
        return -EINVAL;
    pthread_once(&library_once, init_library);
    if (!library_ready)
        return -EIO;
    crypt = calloc(1, sizeof(*crypt));
    if (!crypt)
        return -ENOMEM;

    err = new_session(&crypt->tx, keys->profile, ssrc_any_outbound, keys->tx);
    if (err)
        goto out;
    err = new_session(&crypt->rx, keys->profile, ssrc_any_inbound, keys->rx);

out:
    if (err)
        rtp_crypt_free(crypt);
    else
        *ret_crypt = crypt;
    return err;
}

struct rtp_crypt *rtp_crypt_free(struct rtp_crypt *crypt)
{
    if (!crypt)
        return NULL;

    if (crypt->tx)
        (void)srtp_dealloc(crypt->tx);
    if (crypt->rx)
        (void)srtp_dealloc(crypt->rx);
    free(crypt);
    return NULL;
}

int rtp_crypt_protect(struct rtp_crypt *crypt, uint8_t *buf, size_t *len, size_t size)
{
    if (*len < RTP_HEADER || *len > INT_MAX)
        return -EBADMSG;
    return protect(crypt, buf, len, size, srtp_protect);
}

int rtp_crypt_unprotect(struct rtp_crypt *crypt, uint8_t *buf, size_t *len)
{
    if (*len < RTP_HEADER || *len > INT_MAX)
        return -EBADMSG;
    return unprotect(crypt, buf, len, get32(buf + 8), srtp_unprotect);
}

int rtp_crypt_protect_rtcp(struct rtp_crypt *crypt, uint8_t *buf, size_t *len, size_t size)
{
    if (*len < RTCP_HEADER || *len > INT_MAX)
        return -EBADMSG;
    return protect(crypt, buf, len, size, srtp_protect_rtcp);
}

int rtp_crypt_unprotect_rtcp(struct rtp_crypt *crypt, uint8_t *buf, size_t *len)
{
    if (*len < RTCP_HEADER || *len > INT_MAX)
        return -EBADMSG;
    return unprotect(crypt, buf, len, get32(buf + 4), srtp_unprotect_rtcp);
}

void rtp_crypt_forget(struct rtp_crypt *crypt, uint32_t ssrc)
{
    for (unsigned i = 0; i < crypt->nssrcs; ++i) {
        if (crypt->ssrc[i] == ssrc) {
            (void)srtp_remove_stream(crypt->rx, ssrc);
            crypt->ssrc[i] = crypt->ssrc[--crypt->nssrcs];
            return;
        }
    }
}

unsigned rtp_crypt_ssrcs(const struct rtp_crypt *crypt)
{
    return crypt->nssrcs;
}

void rtp_crypt_stats(const struct rtp_crypt *crypt, struct rtp_crypt_stats *ret_stats)
{
    *ret_stats = crypt->stats;
}
