/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/transport_webrtc.c  ICE-lite, DTLS and SRTP of a transport on the shared sockets
 */
#include "net/transport_webrtc.h"

#include <errno.h>
#include <string.h>

#include "net/demux.h"
#include "net/dtls_srtp.h"
#include "net/media_metric.h"
#include "net/media_sock.h"
#include "net/packet.h"
#include "net/rtp_crypt.h"
#include "net/rtp_rx.h"
#include "net/transport_flow.h"
#include "net/transport_media.h"
#include "net/transport_state.h"

enum {
    RTP_PER_S = 4000, /* two videos with probes; checked before decryption */
    RTCP_PER_S = 200,
    CONSENT_US = 2500 * 1000, /* how often we look */
};

static void remove_addr(struct media_loop *loop, struct media_peers_addr *node)
{
    media_peers_remove_addr(loop->media.peers, node);
}

/* Forget addresses that are validated no longer. */
static void prune(struct transport_media *media)
{
    for (unsigned i = 0; i < ICELITE_VALIDATED_MAX; ++i) {
        struct media_peers_addr *node = &media->webrtc.addr[i];
        struct sockaddr_storage ss;

        media_addr_to(&node->addr, &ss);
        if (node->owner && !icelite_is_validated(media->webrtc.ice, &ss))
            remove_addr(media->loop, node);
    }
}

static void add_addr(struct transport_media *media, int fd, const union media_addr *addr)
{
    struct media_peers *peers = media->loop->media.peers;
    struct media_peers_addr *node = media_peers_find_addr(peers, fd, addr);

    if (node && node->owner == media)
        return;
    if (node) /* the same address with a newer call: a reloaded page */
        media_peers_remove_addr(peers, node);

    prune(media);
    node = NULL;
    for (unsigned i = 0; i < ICELITE_VALIDATED_MAX && !node; ++i)
        if (!media->webrtc.addr[i].owner)
            node = &media->webrtc.addr[i];
    if (!node) {
        node = &media->webrtc.addr[media->webrtc.next_addr++ % ICELITE_VALIDATED_MAX];
        remove_addr(media->loop, node);
    }
    *node = (struct media_peers_addr){.addr = *addr, .fd = fd, .owner = media};
    media_peers_add_addr(peers, node);
}

static void set_ufrag(struct transport_media *media, struct media_peers_ufrag *node,
                      const char *ufrag)
{
    media_peers_remove_ufrag(media->loop->media.peers, node);
    if (!ufrag[0])
        return;
    strncpy(node->ufrag, ufrag, sizeof(node->ufrag) - 1);
    node->owner = media;
    media_peers_add_ufrag(media->loop->media.peers, node);
}

static void count_stun(int err)
{
    if (!err)
        metric_add(&media_metric_stun_ok, 1);
    else
        metric_add(err == -EBUSY ? &media_metric_stun_limited : &media_metric_stun_bad, 1);
}

/* A check of a peer; packet holds it. */
static void check(struct transport_media *media, int fd, const struct packet *packet,
                  const union media_addr *from, uint64_t now_us)
{
    uint8_t *reply = media_sock_reserve(media->loop->media.tx);
    struct icelite_result result;
    struct sockaddr_storage src;
    size_t len = 0;
    int err;

    media_addr_to(from, &src);
    err = icelite_handle(media->webrtc.ice, packet->buf + packet->start, packet->len, &src, now_us,
                         reply, &len, &result);
    count_stun(err);
    if (len)
        media_sock_commit(media->loop->media.tx, fd, from, len);
    if (!result.valid)
        return;

    media->lost = false;
    add_addr(media, fd, from);
    if (result.restarted) {
        set_ufrag(media, &media->webrtc.old_ufrag, "");
        prune(media);
    }
    if (result.nominated) { /* a pair: the same source may have come to another socket before */
        media->webrtc.to = *from;
        media->webrtc.fd = fd;
    }
    transport_media_follow(media);
}

static void input_stun(struct media_loop *loop, int fd, const struct packet *packet,
                       const union media_addr *from, uint64_t now_us)
{
    char ufrag[ICELITE_UFRAG_LEN + 1];
    struct media_peers_ufrag *node = NULL;

    if (!icelite_peek_ufrag(packet->buf + packet->start, packet->len, ufrag))
        node = media_peers_find_ufrag(loop->media.peers, ufrag);
    if (node)
        check(node->owner, fd, packet, from, now_us);
    else
        count_stun(-EBADMSG);
}

/* DTLS */

static void send_dtls(const uint8_t *data, size_t len, void *arg)
{
    struct transport_media *media = arg;
    uint8_t *buf;

    if (media->webrtc.dtls_fd < 0 || len > MEDIA_SOCK_DATAGRAM_MAX)
        return;
    buf = media_sock_reserve(media->loop->media.tx);
    memcpy(buf, data, len);
    media_sock_commit(media->loop->media.tx, media->webrtc.dtls_fd, &media->webrtc.dtls_to, len);
}

static void set_fingerprint(struct transport_media *media)
{
    const struct media_desc *desc = media->desc;

    if (desc && desc->fingerprint_len && media->webrtc.dtls)
        (void)dtls_srtp_set_fingerprint(media->webrtc.dtls, desc->fingerprint_hash,
                                        desc->fingerprint, desc->fingerprint_len);
}

static int start_dtls(struct transport_media *media)
{
    struct dtls_srtp_cfg cfg = {.role = DTLS_SRTP_ROLE_SERVER, .sendh = send_dtls, .arg = media};
    int err;

    if (media->loop->media.handshakes >= TRANSPORT_WEBRTC_HANDSHAKES)
        return -EBUSY;
    err = dtls_srtp_new(&media->webrtc.dtls, media->loop->dtls, &cfg);
    if (err)
        return err;
    ++media->loop->media.handshakes;
    media->webrtc.handshaking = true;
    set_fingerprint(media);
    return 0;
}

static void end_handshake(struct transport_media *media)
{
    if (media->webrtc.handshaking)
        --media->loop->media.handshakes;
    media->webrtc.handshaking = false;
}

static int make_crypt(struct transport_media *media)
{
    struct rtp_crypt_keys keys;
    int err = dtls_srtp_keys(media->webrtc.dtls, &keys);

    if (!err)
        err = rtp_crypt_new(&media->webrtc.crypt, &keys);
    explicit_bzero(&keys, sizeof(keys));
    return err;
}

/* Follow the state of DTLS after something was put into it. */
static void follow_dtls(struct transport_media *media)
{
    enum dtls_srtp_state state = dtls_srtp_state(media->webrtc.dtls);
    const char *why = NULL;

    if (state == DTLS_SRTP_STATE_HANDSHAKE)
        return;
    if (state == DTLS_SRTP_STATE_ESTABLISHED && !media->webrtc.crypt) {
        end_handshake(media);
        if (!make_crypt(media)) {
            media->connected = true;
            transport_media_follow(media);
            transport_media_event(media, TRANSPORT_EVENT_CONNECTED, 0, "");
            transport_media_arm(media, 0);
            return;
        }
        why = "no SRTP keys";
    } else if (state == DTLS_SRTP_STATE_FAILED && media->webrtc.handshaking) {
        why = dtls_srtp_why(media->webrtc.dtls);
    } else if (state == DTLS_SRTP_STATE_CLOSED && !media->lost) {
        media->connected = false;
        media->lost = true;
        end_handshake(media);
        transport_media_event(media, TRANSPORT_EVENT_LOST, 0, "closed by the peer");
        return;
    }
    if (!why)
        return;
    end_handshake(media);
    media->lost = true;
    metric_add(&media_metric_dtls_failures, 1);
    transport_media_event(media, TRANSPORT_EVENT_LOST, 0, why);
}

static void input_dtls(struct transport_media *media, int fd, const struct packet *packet,
                       const union media_addr *from, uint64_t now_us)
{
    if (!media->webrtc.dtls && start_dtls(media)) {
        metric_add(&media_metric_drop_rate, 1);
        return;
    }
    media->webrtc.dtls_fd = fd;
    media->webrtc.dtls_to = *from;
    (void)dtls_srtp_put(media->webrtc.dtls, packet->buf + packet->start, packet->len, now_us);
    follow_dtls(media);
    transport_media_arm(media, dtls_srtp_state(media->webrtc.dtls) == DTLS_SRTP_STATE_HANDSHAKE
                                   ? dtls_srtp_timeout_us(media->webrtc.dtls, now_us)
                                   : now_us);
}

/* SRTP */

/* Streams that ended make room for others. */
static void forget_streams(struct transport_media *media)
{
    uint32_t ssrc;

    while (rtp_rx_take_forgotten(media->rx, &ssrc))
        if (media->webrtc.crypt)
            rtp_crypt_forget(media->webrtc.crypt, ssrc);
}

static void count_crypt(int err)
{
    if (err == -E2BIG)
        metric_add(&media_metric_drop_stream, 1);
    else if (err != -EALREADY) /* a duplicate on the way is not an error */
        metric_add(&media_metric_srtp_errors, 1);
}

static bool decrypt(struct transport_media *media, struct packet *packet, bool rtcp,
                    uint64_t now_us)
{
    size_t len = packet->len;
    uint8_t *buf = packet->buf + packet->start;
    int err;

    if (!media->webrtc.crypt) {
        metric_add(&media_metric_drop_unknown, 1);
        return false;
    }
    err = rtcp ? rtp_crypt_unprotect_rtcp(media->webrtc.crypt, buf, &len)
               : rtp_crypt_unprotect(media->webrtc.crypt, buf, &len);
    if (err) {
        count_crypt(err);
        if (err == -E2BIG && rtp_rx_evict(media->rx, now_us))
            forget_streams(media);
        return false;
    }
    packet->len = (uint16_t)len;
    return true;
}

static bool within_rate(struct transport_media *media, bool rtcp, uint64_t now_us)
{
    bool ok = rtcp ? transport_media_take(&media->rtcp_bucket, RTCP_PER_S, RTCP_PER_S, now_us)
                   : transport_media_take(&media->rtp_bucket, RTP_PER_S, RTP_PER_S, now_us);

    if (!ok)
        metric_add(&media_metric_drop_rate, 1);
    return ok;
}

/* RTP or RTCP of a known address.  @return true if the packet was taken */
static bool input_media(struct transport_media *media, struct packet *packet, bool rtcp,
                        uint64_t now_us)
{
    if (!within_rate(media, rtcp, now_us) || !decrypt(media, packet, rtcp, now_us))
        return false;
    if (!rtcp) {
        transport_flow_rtp(media, packet, -1, now_us);
        return true;
    }
    transport_flow_rtcp(media, packet->buf + packet->start, packet->len, -1, now_us);
    return false;
}

void transport_webrtc_input(struct media_loop *loop, const struct transport_port *port,
                            struct packet *packet, const union media_addr *from, uint64_t now_us)
{
    enum demux_kind kind = demux_classify(packet->buf + packet->start, packet->len);
    struct media_peers_addr *node;

    if (kind == DEMUX_KIND_STUN) {
        input_stun(loop, port->fd, packet, from, now_us);
        packet_unref(packet);
        return;
    }
    node = kind == DEMUX_KIND_UNKNOWN ? NULL
                                      : media_peers_find_addr(loop->media.peers, port->fd, from);
    if (!node) {
        metric_add(
            kind == DEMUX_KIND_UNKNOWN ? &media_metric_drop_broken : &media_metric_drop_unknown, 1);
    } else if (kind == DEMUX_KIND_DTLS) {
        input_dtls(node->owner, port->fd, packet, from, now_us);
    } else if (input_media(node->owner, packet, kind == DEMUX_KIND_RTCP, now_us)) {
        return;
    }
    packet_unref(packet);
}

int transport_webrtc_open(struct transport_media *media, const struct transport_command *command)
{
    int err = icelite_set_local(media->webrtc.ice, command->ufrag, command->pwd);

    if (!err)
        set_ufrag(media, &media->webrtc.ufrag, command->ufrag);
    return err;
}

void transport_webrtc_restart(struct transport_media *media,
                              const struct transport_command *command)
{
    if (icelite_set_local(media->webrtc.ice, command->ufrag, command->pwd))
        return;
    set_ufrag(media, &media->webrtc.old_ufrag, icelite_old_ufrag(media->webrtc.ice));
    set_ufrag(media, &media->webrtc.ufrag, command->ufrag);
}

void transport_webrtc_update(struct transport_media *media, const struct media_desc *desc)
{
    if (desc->remote_ufrag[0])
        (void)icelite_set_remote(media->webrtc.ice, desc->remote_ufrag);
    set_fingerprint(media);
    forget_streams(media);
    if (media->webrtc.dtls)
        follow_dtls(media); /* may have waited for the fingerprint */
}

uint64_t transport_webrtc_tick(struct transport_media *media, uint64_t now_us)
{
    uint64_t due = now_us + CONSENT_US, timeout = 0;

    if (media->webrtc.dtls && media->webrtc.handshaking) {
        dtls_srtp_tick(media->webrtc.dtls, now_us);
        follow_dtls(media);
        if (media->webrtc.handshaking)
            timeout = dtls_srtp_timeout_us(media->webrtc.dtls, now_us);
    }
    if (!media->lost && icelite_expired(media->webrtc.ice, now_us)) {
        media->lost = true;
        transport_media_event(media, TRANSPORT_EVENT_LOST, 0, "no consent");
    }
    return timeout && timeout < due ? timeout : due;
}

bool transport_webrtc_ready(const struct transport_media *media)
{
    return media->connected && !media->lost && media->webrtc.crypt && media->webrtc.fd >= 0;
}

void transport_webrtc_send(struct transport_media *media, uint8_t *buf, size_t len, bool rtcp)
{
    int err = rtcp ? rtp_crypt_protect_rtcp(media->webrtc.crypt, buf, &len, MEDIA_SOCK_DATAGRAM_MAX)
                   : rtp_crypt_protect(media->webrtc.crypt, buf, &len, MEDIA_SOCK_DATAGRAM_MAX);

    if (err)
        metric_add(&media_metric_srtp_errors, 1);
    else
        media_sock_commit(media->loop->media.tx, media->webrtc.fd, &media->webrtc.to, len);
}

void transport_webrtc_close(struct transport_media *media)
{
    if (media->webrtc.dtls) {
        dtls_srtp_close(media->webrtc.dtls);
        end_handshake(media);
    }
    for (unsigned i = 0; i < ICELITE_VALIDATED_MAX; ++i)
        remove_addr(media->loop, &media->webrtc.addr[i]);
    media_peers_remove_ufrag(media->loop->media.peers, &media->webrtc.ufrag);
    media_peers_remove_ufrag(media->loop->media.peers, &media->webrtc.old_ufrag);
    media->webrtc.dtls = dtls_srtp_free(media->webrtc.dtls);
    media->webrtc.crypt = rtp_crypt_free(media->webrtc.crypt);
    media->webrtc.ice = icelite_free(media->webrtc.ice);
    media->webrtc.fd = -1;
}
