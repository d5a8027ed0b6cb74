/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sip_proof.c  Who sent a request?  Challenges, and answers that wait for their secret
 */
#include "net/sip_proof.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <re.h>

#include "net/sip_digest.h"
#include "net/sip_leg.h"
#include "net/sip_nonce.h"

enum { METHOD_SIZE = 16, HEADERS_MAX = 8 };

struct pending {
    struct pending *next;
    struct sip_proof *proof;
    uint32_t id;
    struct sip_digest digest;
    char method[METHOD_SIZE];
    struct tmr tmr;
    sip_proof_h *doneh;
    void *arg;
};

struct sip_proof {
    struct sip_server *server;
    struct sip_nonce *nonce;
    struct pending *pending;
    unsigned npending;
    uint32_t last_id;
};

static uint64_t now_us(void)
{
    return tmr_jiffies() * 1000;
}

int sip_proof_new(struct sip_proof **ret_proof, struct sip_server *server)
{
    struct sip_proof *proof = calloc(1, sizeof(*proof));
    int err;

    if (!proof)
        return -ENOMEM;
    proof->server = server;
    err = sip_nonce_new(&proof->nonce);
    if (err)
        free(proof);
    else
        *ret_proof = proof;
    return err;
}

static void unlink_pending(struct pending *pending)
{
    struct pending **link = &pending->proof->pending;

    while (*link != pending)
        link = &(*link)->next;
    *link = pending->next;
    --pending->proof->npending;
    tmr_cancel(&pending->tmr);
}

struct sip_proof *sip_proof_free(struct sip_proof *proof)
{
    if (!proof)
        return NULL;
    while (proof->pending) {
        struct pending *pending = proof->pending;

        unlink_pending(pending);
        free(pending);
    }
    sip_nonce_free(proof->nonce);
    free(proof);
    return NULL;
}

/* libre gives up at an algorithm that it does not know; it learnt SHA-256 in version 3.12. */
static bool knows_sha256(const struct sip_msg *msg)
{
    const struct sip_hdr *agent = sip_msg_hdr(msg, SIP_HDR_USER_AGENT);
    unsigned major, minor;
    char text[32];

    if (!agent)
        return true;
    snprintf(text, sizeof(text), "%.*s", (int)(agent->val.l < 31 ? agent->val.l : 31),
             agent->val.p);
    if (sscanf(text, "baresip v%3u.%3u", &major, &minor) != 2)
        return true;
    return major > 3 || (major == 3 && minor >= 12);
}

bool sip_proof_print_challenge(const struct sip_proof *proof,
                               char ret_text[SIP_PROOF_CHALLENGE_SIZE], const struct sip_msg *msg,
                               const char *realm, bool stale)
{
    static const char *const names[] = {"SHA-256", "MD5", "SHA-256"};
    enum sip_registrar_digests digests = proof->server->cfg.registrar.digests;
    size_t first = digests == SIP_REGISTRAR_SHA256_MD5 ? 0 : 1;
    size_t end = digests == SIP_REGISTRAR_MD5_SHA256 ? 3 : 2;
    char quoted[SIP_LEG_TEXT_MAX], nonce[SIP_NONCE_SIZE];
    size_t len = 0;

    sip_check_quotable(quoted, sizeof(quoted), realm);
    if (!realm[0] || strcmp(quoted, realm) != 0)
        return false;
    if (!knows_sha256(msg)) {
        first = 1;
        end = 2;
    }
    sip_nonce_make(proof->nonce, nonce, realm, now_us());
    for (size_t i = first; i < end; ++i) {
        len += (size_t)snprintf(ret_text + len, SIP_PROOF_CHALLENGE_SIZE - len,
                                "WWW-Authenticate: Digest realm=\"%s\", nonce=\"%s\", "
                                "algorithm=%s, qop=\"auth\"%s\r\n",
                                realm, nonce, names[i], stale ? ", stale=true" : "");
    }
    return true;
}

struct search {
    const struct sip_proof *proof;
    const char *realm;
    struct sip_digest *digest;
    enum sip_proof_answer best;
    unsigned seen;
};

/* @return true to stop */
static bool look_at_header(const struct sip_hdr *hdr, const struct sip_msg *msg, void *arg)
{
    struct search *search = arg;
    struct sip_digest digest;
    enum sip_nonce_verdict verdict;
    (void)msg;

    if (++search->seen > HEADERS_MAX)
        return true;
    if (sip_digest_parse(&digest, hdr->val.p, hdr->val.l) || !digest.username[0] ||
        (search->realm && strcmp(search->realm, digest.realm) != 0))
        return false;
    verdict = sip_nonce_check(search->proof->nonce, digest.nonce, digest.realm, now_us());
    if (verdict == SIP_NONCE_FOREIGN)
        return false;
    *search->digest = digest;
    search->best = verdict == SIP_NONCE_STALE ? SIP_PROOF_STALE : SIP_PROOF_USABLE;
    return search->best == SIP_PROOF_USABLE;
}

enum sip_proof_answer sip_proof_find(const struct sip_proof *proof, struct sip_digest *ret_digest,
                                     const struct sip_msg *msg, const char *realm)
{
    struct search search = {.proof = proof, .realm = realm, .digest = ret_digest};

    (void)sip_msg_hdr_apply(msg, true, SIP_HDR_AUTHORIZATION, look_at_header, &search);
    return search.best;
}

static void finish(struct pending *pending, enum sip_proof_result result)
{
    unlink_pending(pending);
    pending->doneh(result, &pending->digest, pending->arg);
    free(pending);
}

static void on_timeout(void *arg)
{
    finish(arg, SIP_PROOF_NO_REPLY);
}

static struct pending *find_pending(const struct sip_proof *proof, uint32_t id)
{
    struct pending *pending = proof->pending;

    while (pending && pending->id != id)
        pending = pending->next;
    return pending;
}

int sip_proof_start(struct sip_proof *proof, uint32_t *ret_id, const struct sip_digest *digest,
                    const struct sip_msg *msg, sip_proof_h *doneh, void *arg)
{
    const struct sip_server_handlers *handlers = &proof->server->cfg.handlers;
    struct sockaddr_storage source;
    struct pending *pending;

    if (!handlers->credentialsh)
        return -ENOTSUP;
    if (proof->npending >= SIP_PROOF_PENDING_MAX)
        return -ENOSPC;
    pending = calloc(1, sizeof(*pending));
    if (!pending)
        return -ENOMEM;
    pending->proof = proof;
    pending->digest = *digest;
    pending->doneh = doneh;
    pending->arg = arg;
    (void)re_snprintf(pending->method, sizeof(pending->method), "%r", &msg->met);
    do
        pending->id = ++proof->last_id;
    while (pending->id == 0 || find_pending(proof, pending->id));
    pending->next = proof->pending;
    proof->pending = pending;
    ++proof->npending;
    tmr_init(&pending->tmr);
    tmr_start(&pending->tmr, SIP_PROOF_WAIT_S * 1000, on_timeout, pending);
    *ret_id = pending->id;
    sip_leg_copy_addr(&source, &msg->src);
    /* The copy of the caller: the answer may come, and end the pending one, within. */
    handlers->credentialsh(pending->id, digest->username, digest->realm, &source, handlers->arg);
    return 0;
}

void sip_proof_cancel(struct sip_proof *proof, uint32_t id)
{
    struct pending *pending = find_pending(proof, id);

    if (!pending)
        return;
    unlink_pending(pending);
    free(pending);
}

void sip_proof_no_credentials(struct sip_proof *proof, uint32_t id)
{
    struct pending *pending = find_pending(proof, id);

    if (pending)
        finish(pending, SIP_PROOF_NO_REPLY);
}

int sip_proof_credentials(struct sip_proof *proof, uint32_t id, bool found, const char *ha1_md5,
                          const char *ha1_sha256)
{
    static const char none_md5[] = "00000000000000000000000000000000";
    static const char none_sha256[] =
        "0000000000000000000000000000000000000000000000000000000000000000";
    struct pending *pending = find_pending(proof, id);
    const struct sip_digest *digest;
    bool sha256, right;
    const char *ha1;

    if (!pending)
        return -ENOENT;
    digest = &pending->digest;
    sha256 = digest->algorithm == SIP_DIGEST_SHA256;
    ha1 = sha256 ? ha1_sha256 : ha1_md5;
    found = found && ha1 && strlen(ha1) == strlen(sha256 ? none_sha256 : none_md5);
    if (!found)
        ha1 = sha256 ? none_sha256 : none_md5;
    right = sip_digest_is_right(digest, ha1, pending->method) && found;
    if (!right) {
        sip_check_count_wrong();
        finish(pending, SIP_PROOF_WRONG);
    } else if (!sip_nonce_use(proof->nonce, digest->nonce, sip_digest_nonce_count(digest))) {
        finish(pending, SIP_PROOF_REPLAYED);
    } else {
        finish(pending, SIP_PROOF_RIGHT);
    }
    return right ? 0 : -EACCES;
}
