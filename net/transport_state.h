/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/transport_state.h  What the parts of a transport share; for transport*.c and
 * media_loop.c
 *
 *     control thread                      media thread
 *     struct transport (handle) <-------- struct transport_media
 *        |  struct transport_command         ^      |
 *        '------- media_queue ---------------'      '--> control_loop_post()
 *
 * The handle is counted: control, the media side and each event on its way hold
 * one.  The media side belongs to the media thread from the first command on.
 */
#ifndef NET_TRANSPORT_STATE_H
#define NET_TRANSPORT_STATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "mcu/base/ref.h"
#include "net/fanout.h"
#include "net/icelite.h"
#include "net/media_addr.h"
#include "net/media_desc.h"
#include "net/media_loop.h"
#include "net/media_peers.h"
#include "net/transport.h"

struct dtls_srtp;
struct dtls_srtp_ctx;
struct media_queue;
struct media_sock_tx;
struct rtp_crypt;
struct rtp_rx;
struct rtp_tx;
struct twcc;
struct transport_media;

enum {
    TRANSPORT_STATE_LINES = MEDIA_DESC_LINES_MAX,
    TRANSPORT_STATE_EVENTS = TRANSPORT_EVENT_CLOSED + 1,
    TRANSPORT_STATE_PWD = 32, /**< Characters of our ICE password */
};

/** The handle. */
struct transport {
    struct ref ref;
    struct transport_media *media; /**< Media thread, once it is open */
    struct transport_cfg cfg;

    struct {
        struct media_loop *loop; /**< NULL: the loop has ended */
        char ufrag[ICELITE_UFRAG_LEN + 1], pwd[TRANSPORT_STATE_PWD + 1];
        uint16_t port[TRANSPORT_STATE_LINES]; /**< Plain RTP, 0 = none */
        bool closed;                          /**< Only CLOSED is delivered from now on */
        bool finished;                        /**< CLOSED was delivered */
    } control;                                /* control thread only */

    atomic_bool close_wanted; /**< The media thread shall close; survives a full queue */

    struct {
        _Atomic uint64_t rx_packets, rx_bytes, rx_lost, tx_packets, tx_bytes, rx_bps, tx_bps;
        _Atomic uint32_t rtt_us, jitter_us, remote_loss;
    } stats; /* written by the media thread, each value by itself */
};

enum transport_command_type {
    TRANSPORT_COMMAND_OPEN,
    TRANSPORT_COMMAND_RESTART,
    TRANSPORT_COMMAND_PORTS,
    TRANSPORT_COMMAND_UPDATE,
    TRANSPORT_COMMAND_ROUTE,
};

/** Made on control, freed on the media thread; owns what it names. */
struct transport_command {
    enum transport_command_type type;
    struct transport *handle; /**< With a reference */
    unsigned line;
    struct transport_route route;
    int fd[2]; /**< A new port pair of that line */
    char ufrag[ICELITE_UFRAG_LEN + 1], pwd[TRANSPORT_STATE_PWD + 1];
    struct media_desc *desc;
};

/** A descriptor in epoll: a shared socket (media NULL) or one of a plain RTP leg. */
struct transport_port {
    int fd; /**< -1 = none */
    struct transport_media *media;
    uint8_t line;
    bool rtcp;
};

/** Tokens that refill with time. */
struct transport_bucket {
    uint64_t filled_us;
    uint64_t tokens; /**< times 1e6 */
};

/** Port pair of a plain RTP line, and where its peer is. */
struct transport_leg {
    struct transport_port rtp, rtcp;
    union media_addr remote_rtp, remote_rtcp; /**< As in the description */
    union media_addr to_rtp, to_rtcp;         /**< Where we send, latched or not */
    uint64_t since_us;                        /**< The description came into force */
    uint32_t ssrc;                            /**< First one heard, valid with heard */
    bool heard;                               /**< Something came from to_rtp */
    bool latched;
    struct transport_bucket bucket;
};

/** Subscription of a line to one of its fanouts. */
struct transport_sub {
    struct fanout_sub sub;
    struct transport_media *media;
    uint8_t line;
    uint8_t which; /**< 0: shared, may exclude us; 1: our own */
};

/** The media side; media thread only. */
struct transport_media {
    struct transport_media *next, *prev; /**< All of the loop */
    struct transport_media *wheel_next,
        **wheel_at;  /**< Slot of the timer wheel; at NULL: in none */
    uint64_t due_us; /**< Next tick that is armed */
    struct media_loop *loop;
    struct transport *handle;
    uint32_t key;
    bool opened, closing;

    struct media_desc *desc; /**< NULL before the first update */
    struct rtp_rx *rx;
    struct twcc *twcc;
    struct rtp_tx *tx[TRANSPORT_STATE_LINES];
    struct transport_sub sub[TRANSPORT_STATE_LINES][2];
    uint64_t key_asked_us[TRANSPORT_STATE_LINES]; /**< By the remote, for the rate limit */
    uint32_t rtt_us;

    struct {
        uint64_t when_us, rx_bytes, tx_bytes;
    } rated;                               /**< What the rates were last computed from */
    uint64_t report_us, stats_us, twcc_us; /**< When each is due, UINT64_MAX = not */
    struct transport_bucket rtp_bucket, rtcp_bucket;

    uint32_t pending; /**< Events that control had no room for, bit by event */
    int pending_value[TRANSPORT_STATE_EVENTS];
    const char *pending_why[TRANSPORT_STATE_EVENTS];
    uint64_t sent_when_us[TRANSPORT_STATE_LINES]; /**< Latest media time, of both fanouts */
    uint32_t flowing; /**< Video lines that can be sent now, bit by line */
    uint32_t held;    /**< Video lines that wait for a key frame of another source, bit by line */
    bool connected;   /**< Media may flow */
    bool lost;        /**< LOST was told and nothing came since */
    uint64_t heard_us;
    uint64_t lost_counted; /**< Of rx_lost, in the metric */

    struct {
        struct icelite *ice;
        struct dtls_srtp *dtls; /**< NULL before the first datagram */
        struct rtp_crypt *crypt;
        struct media_peers_addr addr[ICELITE_VALIDATED_MAX];
        unsigned next_addr;
        struct media_peers_ufrag ufrag, old_ufrag;
        int fd; /**< Socket and address to send to; fd -1 = none */
        union media_addr to;
        int dtls_fd; /**< Where the handshake is answered */
        union media_addr dtls_to;
        bool handshaking; /**< Counted in the loop's handshakes */
    } webrtc;

    struct transport_leg leg[TRANSPORT_STATE_LINES]; /**< Plain RTP */
};

/**
 * Post an event; media thread.
 * @param why  Static text
 * @return 0, or -ENOSPC: try again later
 */
int transport_post(struct transport *handle, enum transport_event event, int value,
                   const char *why);

/** Deliver CLOSED now, unless it was; control thread. */
void transport_finish(struct transport *handle);

/** Drop a reference to the handle; any thread. */
void transport_unref(struct transport *handle);

enum {
    TRANSPORT_STATE_TICK_US = 10 * 1000,
    TRANSPORT_STATE_SLOTS = 256, /**< Of the wheel: 2.56 s; what is later is looked at then */
};

struct media_loop {
    struct media_loop_cfg cfg;
    uint16_t port;
    struct media_queue *queue;
    struct dtls_srtp_ctx *dtls;
    _Atomic uint32_t ntransports; /**< Any thread */
    atomic_bool stop, close_wanted;
    pthread_t thread;

    struct {
        int epoll;
        struct transport_port sock[MEDIA_LOOP_ADDRS_MAX];
        struct media_sock_tx *tx;
        struct media_peers *peers;
        struct transport_media *first;
        struct transport_media *wheel[TRANSPORT_STATE_SLOTS];
        uint64_t tick;       /**< Last one that was run, in units of the tick */
        unsigned handshakes; /**< DTLS, in progress */
    } media;                 /* media thread only */
};

#endif
