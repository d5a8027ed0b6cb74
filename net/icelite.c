/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/icelite.c  The answering half of ICE for one peer
 *
 * Around libre's STUN codec, whose stun_msg_* functions touch nothing but the
 * message.  A datagram is copied into an mbuf because checking its integrity
 * patches its header for a moment.
 */
#include "net/icelite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <re.h>

#include "mcu/base/id.h"

enum {
    STUN_LEN_MAX = 1280, /* longest request that is looked at [bytes] */
    SOURCES = 16,        /* validated or not, whose rate is counted */
    REMOTE_UFRAG_MAX = 256,
    UFRAG_MIN = 4,
    PWD_MIN = 22,
    PWD_MAX = 63,
    STUN_COOKIE = 0x2112a442,
    BINDING_REQUEST = 0x0001,
    ROLE_CONFLICT = 487,
    UNKNOWN_ATTRIBUTE = 420,
};

/* Tokens for events per second; full at the start. */
struct bucket {
    uint64_t last_us;
    uint64_t level_us; /* time's worth of tokens, at most a second */
};

struct source {
    struct sockaddr_storage addr; /* ss_family 0 = unused */
    uint64_t last_us;             /* last datagram */
    uint64_t valid_us;            /* last valid check, 0 = never */
    struct bucket bucket;
};

struct credentials {
    char ufrag[ICELITE_UFRAG_LEN + 1];
    char pwd[PWD_MAX + 1];
    char remote_ufrag[REMOTE_UFRAG_MAX + 1]; /* "" = not known */
    bool used;                               /* a valid check came with it */
};

/*
 * A source with valid_us != 0 is validated; there are at most
 * ICELITE_VALIDATED_MAX of them.  selected is one of them or -1.
 */
struct icelite {
    struct credentials local, old; /* old.ufrag is "" if there is none */
    struct source source[SOURCES];
    int selected;
    uint64_t last_us; /* last valid check */
    struct bucket unknown;
    struct icelite_stats stats;
};

static bool addr_equal(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
    const struct sockaddr_in *a4 = (const struct sockaddr_in *)(const void *)a;
    const struct sockaddr_in *b4 = (const struct sockaddr_in *)(const void *)b;
    const struct sockaddr_in6 *a6 = (const struct sockaddr_in6 *)(const void *)a;
    const struct sockaddr_in6 *b6 = (const struct sockaddr_in6 *)(const void *)b;

    if (a->ss_family != b->ss_family)
        return false;
    if (a->ss_family == AF_INET)
        return a4->sin_port == b4->sin_port && a4->sin_addr.s_addr == b4->sin_addr.s_addr;
    return a->ss_family == AF_INET6 && a6->sin6_port == b6->sin6_port &&
           memcmp(&a6->sin6_addr, &b6->sin6_addr, sizeof(a6->sin6_addr)) == 0;
}

static void bucket_init(struct bucket *bucket, uint64_t now_us)
{
    bucket->last_us = now_us;
    bucket->level_us = 1000000;
}

/* Take a token out of @p per_s a second. */
static bool bucket_take(struct bucket *bucket, unsigned per_s, uint64_t now_us)
{
    uint64_t cost = 1000000 / per_s;

    if (now_us > bucket->last_us) {
        bucket->level_us += now_us - bucket->last_us;
        bucket->last_us = now_us;
    }
    if (bucket->level_us > 1000000)
        bucket->level_us = 1000000;
    if (bucket->level_us < cost)
        return false;
    bucket->level_us -= cost;
    return true;
}

static struct source *find_source(struct icelite *ice, const struct sockaddr_storage *addr)
{
    for (unsigned i = 0; i < SOURCES; ++i)
        if (ice->source[i].addr.ss_family && addr_equal(&ice->source[i].addr, addr))
            return &ice->source[i];
    return NULL;
}

/* A place for a new address: a free one, or the one of the unproven source that was silent longest.
 */
static struct source *add_source(struct icelite *ice, const struct sockaddr_storage *addr,
                                 uint64_t now_us)
{
    struct source *best = NULL;

    for (unsigned i = 0; i < SOURCES; ++i) {
        struct source *s = &ice->source[i];

        if (!s->addr.ss_family) {
            best = s;
            break;
        }
        if (!s->valid_us && (!best || s->last_us < best->last_us))
            best = s;
    }
    *best = (struct source){.addr = *addr, .last_us = now_us};
    bucket_init(&best->bucket, now_us);
    return best;
}

/* The rate limits; NULL if the datagram is over one. */
static struct source *admit(struct icelite *ice, const struct sockaddr_storage *addr,
                            uint64_t now_us)
{
    struct source *s = find_source(ice, addr);

    if (!s)
        s = add_source(ice, addr, now_us);
    s->last_us = now_us;
    if (!bucket_take(&s->bucket, ICELITE_CHECKS_PER_S, now_us))
        return NULL;
    if (!s->valid_us && !bucket_take(&ice->unknown, ICELITE_UNKNOWN_PER_S, now_us))
        return NULL;
    return s;
}

/* Keep the number of validated addresses: the oldest goes, but never the selected one. */
static void make_room(struct icelite *ice)
{
    struct source *oldest = NULL;
    unsigned n = 0;

    for (unsigned i = 0; i < SOURCES; ++i) {
        struct source *s = &ice->source[i];

        if (!s->valid_us)
            continue;
        ++n;
        if ((int)i != ice->selected && (!oldest || s->valid_us < oldest->valid_us))
            oldest = s;
    }
    if (n >= ICELITE_VALIDATED_MAX && oldest)
        oldest->valid_us = 0;
}

/* USERNAME is "ours:theirs"; which of our credentials is it? */
static struct credentials *find_credentials(struct icelite *ice, const char *username)
{
    struct credentials *all[] = {&ice->local, &ice->old};

    for (unsigned i = 0; i < 2; ++i) {
        struct credentials *c = all[i];

        size_t len = strlen(c->ufrag);

        if (!len || strncmp(username, c->ufrag, len) != 0 || username[len] != ':')
            continue;
        if (!c->remote_ufrag[0] || !strcmp(username + len + 1, c->remote_ufrag))
            return c;
    }
    return NULL;
}

static void draw(struct credentials *c)
{
    memset(c, 0, sizeof(*c));
    id_text(c->ufrag, ICELITE_UFRAG_LEN);
    id_text(c->pwd, ICELITE_PWD_LEN);
}

/* Encode an answer; error code 0 is success. */
static int encode_reply(const struct stun_msg *msg, const struct credentials *c,
                        const struct sockaddr_storage *src, uint16_t code,
                        struct stun_unknown_attr *unknown, struct mbuf *mb)
{
    struct stun_errcode ec = {.code = code};
    static char conflict[] = "Role Conflict", bad[] = "Unknown Attribute";
    const uint8_t *key = (const uint8_t *)c->pwd;
    const uint8_t *tid = stun_msg_tid(msg);
    size_t len = strlen(c->pwd);
    struct sa sa;
    int err;

    if (code == UNKNOWN_ATTRIBUTE) {
        ec.reason = bad;
        return stun_msg_encode(mb, STUN_METHOD_BINDING, STUN_CLASS_ERROR_RESP, tid, &ec, key, len,
                               true, 0, 1, STUN_ATTR_UNKNOWN_ATTR, unknown);
    }
    if (code == ROLE_CONFLICT) {
        ec.reason = conflict;
        return stun_msg_encode(mb, STUN_METHOD_BINDING, STUN_CLASS_ERROR_RESP, tid, &ec, key, len,
                               true, 0, 0);
    }
    err = sa_set_sa(&sa, (const struct sockaddr *)(const void *)src);
    if (err)
        return err;
    return stun_msg_encode(mb, STUN_METHOD_BINDING, STUN_CLASS_SUCCESS_RESP, tid, NULL, key, len,
                           true, 0, 1, STUN_ATTR_XOR_MAPPED_ADDR, &sa);
}

static int make_reply(const struct stun_msg *msg, const struct credentials *c,
                      const struct sockaddr_storage *src, uint16_t code,
                      struct stun_unknown_attr *unknown, uint8_t reply[ICELITE_REPLY_MAX],
                      size_t *reply_len)
{
    struct mbuf *mb = mbuf_alloc(ICELITE_REPLY_MAX);
    int err = -ENOMEM;

    if (!mb)
        return -ENOMEM;
    if (encode_reply(msg, c, src, code, unknown, mb) == 0) {
        err = -EMSGSIZE;
        if (mb->end <= ICELITE_REPLY_MAX) {
            memcpy(reply, mb->buf, mb->end);
            *reply_len = mb->end;
            err = 0;
        }
    }
    mem_deref(mb);
    return err;
}

/* A valid check: remember where it came from, follow a nomination, end a restart. */
static void accept_check(struct icelite *ice, struct source *s, struct credentials *c,
                         bool nominated, uint64_t now_us, struct icelite_result *result)
{
    int index = (int)(s - ice->source);

    result->valid = true;
    if (!s->valid_us) {
        make_room(ice);
        result->new_address = true;
    }
    s->valid_us = now_us ? now_us : 1;
    ice->last_us = now_us;
    ++ice->stats.valid;
    c->used = true;
    if (c == &ice->local && ice->old.ufrag[0]) {
        result->restarted = true;
        explicit_bzero(&ice->old, sizeof(ice->old));
    }
    result->nominated = nominated;
    if (nominated && ice->selected != index) {
        ice->selected = index;
        result->selected = true;
    }
}

/* A decoded request from an admitted source. */
static int handle_request(struct icelite *ice, const struct stun_msg *msg,
                          struct stun_unknown_attr *unknown, struct source *source, uint64_t now_us,
                          uint8_t reply[ICELITE_REPLY_MAX], size_t *reply_len,
                          struct icelite_result *result)
{
    const struct stun_attr *username = stun_msg_attr(msg, STUN_ATTR_USERNAME);
    struct credentials *c = username ? find_credentials(ice, username->v.username) : NULL;
    uint16_t code = 0;
    int err;

    if (!c || stun_msg_chk_fingerprint(msg) ||
        stun_msg_chk_mi(msg, (const uint8_t *)c->pwd, strlen(c->pwd))) {
        ++ice->stats.bad_integrity;
        return -EACCES;
    }
    if (unknown->typec)
        code = UNKNOWN_ATTRIBUTE;
    else if (stun_msg_attr(msg, STUN_ATTR_CONTROLLED))
        code = ROLE_CONFLICT;

    err = make_reply(msg, c, &source->addr, code, unknown, reply, reply_len);
    if (!err && !code)
        accept_check(ice, source, c, stun_msg_attr(msg, STUN_ATTR_USE_CAND) != NULL, now_us,
                     result);
    return err;
}

int icelite_new(struct icelite **ret_ice, uint64_t now_us)
{
    struct icelite *ice = calloc(1, sizeof(*ice));

    if (!ice)
        return -ENOMEM;

    draw(&ice->local);
    ice->selected = -1;
    ice->last_us = now_us;
    bucket_init(&ice->unknown, now_us);

    *ret_ice = ice;
    return 0;
}

struct icelite *icelite_free(struct icelite *ice)
{
    if (!ice)
        return NULL;

    explicit_bzero(ice, sizeof(*ice));
    free(ice);
    return NULL;
}

const char *icelite_ufrag(const struct icelite *ice)
{
    return ice->local.ufrag;
}

const char *icelite_pwd(const struct icelite *ice)
{
    return ice->local.pwd;
}

const char *icelite_old_ufrag(const struct icelite *ice)
{
    return ice->old.ufrag;
}

/* The present credentials become the old ones, unless nobody ever used them. */
static void retire(struct icelite *ice)
{
    if (ice->local.used)
        ice->old = ice->local;
}

int icelite_set_local(struct icelite *ice, const char *ufrag, const char *pwd)
{
    size_t ufrag_len = strnlen(ufrag, ICELITE_UFRAG_LEN + 1);
    size_t len = strnlen(pwd, PWD_MAX + 1);

    if (ufrag_len < UFRAG_MIN || ufrag_len > ICELITE_UFRAG_LEN || len < PWD_MIN || len > PWD_MAX)
        return -EINVAL;

    retire(ice);
    memset(&ice->local, 0, sizeof(ice->local));
    memcpy(ice->local.ufrag, ufrag, ufrag_len);
    memcpy(ice->local.pwd, pwd, len);
    return 0;
}

int icelite_set_remote(struct icelite *ice, const char *ufrag)
{
    size_t len = strnlen(ufrag, REMOTE_UFRAG_MAX + 1);

    if (len < 4 || len > REMOTE_UFRAG_MAX)
        return -EINVAL;

    memcpy(ice->local.remote_ufrag, ufrag, len + 1);
    return 0;
}

void icelite_restart(struct icelite *ice)
{
    retire(ice);
    draw(&ice->local);
}

/* What is before the colon, if it could be ours. */
static int copy_ufrag(const uint8_t *username, size_t size, char *ret_ufrag)
{
    const uint8_t *colon = memchr(username, ':', size);
    size_t len = colon ? (size_t)(colon - username) : 0;

    if (len < UFRAG_MIN || len > ICELITE_UFRAG_LEN || memchr(username, 0, len))
        return -ENOENT;
    memcpy(ret_ufrag, username, len);
    ret_ufrag[len] = 0;
    return 0;
}

int icelite_peek_ufrag(const uint8_t *buf, size_t len, char ret_ufrag[ICELITE_UFRAG_LEN + 1])
{
    size_t pos = STUN_HEADER_SIZE;

    if (len < STUN_HEADER_SIZE || len % 4 || (buf[0] << 8 | buf[1]) != BINDING_REQUEST ||
        (size_t)(buf[2] << 8 | buf[3]) != len - STUN_HEADER_SIZE ||
        ((uint32_t)buf[4] << 24 | (uint32_t)buf[5] << 16 | (uint32_t)buf[6] << 8 | buf[7]) !=
            STUN_COOKIE)
        return -EBADMSG;

    while (len - pos >= STUN_ATTR_HEADER_SIZE) {
        unsigned type = (unsigned)(buf[pos] << 8 | buf[pos + 1]);
        size_t size = (size_t)(buf[pos + 2] << 8 | buf[pos + 3]);

        pos += STUN_ATTR_HEADER_SIZE;
        if (size > len - pos)
            return -EBADMSG;
        if (type == STUN_ATTR_USERNAME)
            return copy_ufrag(buf + pos, size, ret_ufrag);
        pos += (size + 3) & ~(size_t)3; /* len is a multiple of 4, so this is at most len */
    }
    return -ENOENT;
}

int icelite_handle(struct icelite *ice, const uint8_t *buf, size_t len,
                   const struct sockaddr_storage *src, uint64_t now_us,
                   uint8_t reply[ICELITE_REPLY_MAX], size_t *reply_len,
                   struct icelite_result *ret_result)
{
    struct stun_unknown_attr unknown = {.typec = 0};
    char ufrag[ICELITE_UFRAG_LEN + 1];
    struct stun_msg *msg = NULL;
    struct mbuf *mb = NULL;
    struct source *source;
    int err;

    *reply_len = 0;
    memset(ret_result, 0, sizeof(*ret_result));
    if (len > STUN_LEN_MAX || icelite_peek_ufrag(buf, len, ufrag) == -EBADMSG) {
        ++ice->stats.malformed;
        return -EBADMSG;
    }
    source = admit(ice, src, now_us);
    if (!source) {
        ++ice->stats.limited;
        return -EBUSY;
    }

    err = -ENOMEM;
    mb = mbuf_alloc(len);
    if (!mb)
        goto out;
    memcpy(mb->buf, buf, len);
    mb->end = len;
    err = -EBADMSG;
    if (stun_msg_decode(&msg, mb, &unknown)) {
        ++ice->stats.malformed;
        goto out;
    }
    err = handle_request(ice, msg, &unknown, source, now_us, reply, reply_len, ret_result);

out:
    mem_deref(msg);
    mem_deref(mb);
    return err;
}

bool icelite_is_validated(const struct icelite *ice, const struct sockaddr_storage *addr)
{
    for (unsigned i = 0; i < SOURCES; ++i)
        if (ice->source[i].valid_us && addr_equal(&ice->source[i].addr, addr))
            return true;
    return false;
}

const struct sockaddr_storage *icelite_selected(const struct icelite *ice)
{
    return ice->selected < 0 ? NULL : &ice->source[ice->selected].addr;
}

bool icelite_expired(const struct icelite *ice, uint64_t now_us)
{
    return now_us > ice->last_us && now_us - ice->last_us > ICELITE_CONSENT_MS * UINT64_C(1000);
}

uint64_t icelite_last_us(const struct icelite *ice)
{
    return ice->last_us;
}

void icelite_stats(const struct icelite *ice, struct icelite_stats *ret_stats)
{
    *ret_stats = ice->stats;
}
