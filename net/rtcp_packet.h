/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/rtcp_packet.h  Reads and writes RTCP (RFC 3550, 4585, 5104, REMB, transport-cc)
 *
 *     struct rtcp_packet_iter iter;
 *     struct rtcp_packet item;
 *
 *     err = rtcp_packet_begin(&iter, buf, len);
 *     while (!err && rtcp_packet_next(&iter, &item))
 *         switch (item.type) ...
 *
 * Takes compound packets and reduced-size ones (RFC 5506).  XR, APP and what
 * is unknown is skipped.  A packet of a known type whose content is broken is
 * skipped too and counted in the iterator.
 *
 * REMB: draft-alvestrand-rmcat-remb-03.  Transport-cc:
 * draft-holmer-rmcat-transport-wide-cc-extensions-01.
 *
 * Threads: any; no state.
 */
#ifndef NET_RTCP_PACKET_H
#define NET_RTCP_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RTCP_PACKET_REPORTS_MAX = 31, /**< Report blocks in a packet (5-bit count) */
    RTCP_PACKET_CNAME_MAX = 255,
    RTCP_PACKET_SSRCS_MAX = 31,
    RTCP_PACKET_FIRS_MAX = 16,       /**< Entries of a FIR that are read */
    RTCP_PACKET_FEEDBACK_MAX = 2048, /**< Packets that one transport-cc feedback may cover */
};

enum rtcp_packet_type {
    RTCP_PACKET_TYPE_SR,
    RTCP_PACKET_TYPE_RR,
    RTCP_PACKET_TYPE_SDES,
    RTCP_PACKET_TYPE_BYE,
    RTCP_PACKET_TYPE_NACK,
    RTCP_PACKET_TYPE_PLI,
    RTCP_PACKET_TYPE_FIR,
    RTCP_PACKET_TYPE_REMB,
    RTCP_PACKET_TYPE_TRANSPORT_CC,
};

/** Report block (RFC 3550, section 6.4.1). */
struct rtcp_packet_report {
    uint32_t ssrc;
    uint8_t fraction_lost; /**< [1/256] */
    int32_t lost;          /**< Cumulative, 24 bits signed [packets] */
    uint32_t ext_seq;      /**< Highest received, cycles in the upper half */
    uint32_t jitter;       /**< [RTP clock] */
    uint32_t lsr;          /**< Middle 32 bits of the last SR's NTP time, 0 = none */
    uint32_t dlsr;         /**< Since then [1/65536 s] */
};

/** Sender info of an SR. */
struct rtcp_packet_sender {
    uint64_t ntp; /**< As clock_ntp() */
    uint32_t ts;  /**< RTP time of the same moment */
    uint32_t packets, bytes;
};

/** FCI entry of a FIR (RFC 5104, section 4.3.1). */
struct rtcp_packet_fir {
    uint32_t ssrc;
    uint8_t seq; /**< Command number: a repeated one is the same request */
};

/** One packet in transport-cc feedback. */
struct rtcp_packet_arrival {
    uint16_t seq; /**< Transport-wide sequence number */
    bool received;
    int64_t when_us; /**< Read: on the remote's clock, wraps after 12 days; in steps of 250 [us] */
};

/** One packet of a compound. */
struct rtcp_packet {
    enum rtcp_packet_type type;
    uint32_t ssrc; /**< Of the sender of this packet; SDES: of the chunk; BYE: the first one */
    union {
        struct {
            struct rtcp_packet_sender sender; /**< SR only */
            unsigned nreports;
            struct rtcp_packet_report report[RTCP_PACKET_REPORTS_MAX];
        } sr; /**< SR and RR */
        struct {
            uint8_t len;
            char cname[RTCP_PACKET_CNAME_MAX +
                       1]; /**< NUL-terminated; bytes are the remote's, not checked */
        } sdes;            /**< First chunk with a CNAME */
        struct {
            unsigned nssrcs;
            uint32_t ssrc[RTCP_PACKET_SSRCS_MAX];
        } bye;
        struct {
            uint32_t media; /**< SSRC that it is about */
            const uint8_t *fci;
            size_t fci_len;
        } nack; /**< See rtcp_packet_nack_seqs() */
        struct {
            uint32_t media;
        } pli;
        struct {
            unsigned n;
            struct rtcp_packet_fir entry[RTCP_PACKET_FIRS_MAX];
        } fir;
        struct {
            uint64_t bitrate_bps;
            unsigned nssrcs;
            uint32_t ssrc[RTCP_PACKET_SSRCS_MAX];
        } remb;
        struct {
            uint32_t media;
            uint16_t base;    /**< First transport-wide sequence number */
            uint16_t count;   /**< Packets covered */
            uint8_t feedback; /**< Number of this feedback packet */
            const uint8_t *fci;
            size_t fci_len;
        } transport_cc; /**< See rtcp_packet_arrivals() */
    } u;
};

/** A walk over a compound packet; fields but nbroken are for rtcp_packet.c only. */
struct rtcp_packet_iter {
    const uint8_t *pos, *end;
    unsigned nbroken; /**< Packets of a known type that were skipped, for a counter */
};

/**
 * Start reading.  @p buf must stay until the end of the walk.
 *
 * @return 0, or -EBADMSG: not RTCP, or the lengths do not add up; nothing is to be used
 */
int rtcp_packet_begin(struct rtcp_packet_iter *iter, const uint8_t *buf, size_t len);

/** Read the next packet that we know.  @return false at the end */
bool rtcp_packet_next(struct rtcp_packet_iter *iter, struct rtcp_packet *ret_packet);

/**
 * Expand a NACK.
 *
 * @param seqs  Gets the sequence numbers as asked for; may contain duplicates
 * @return number of them, at most @p max; more are left out
 */
unsigned rtcp_packet_nack_seqs(const struct rtcp_packet *nack, uint16_t *seqs, unsigned max);

/**
 * Decode transport-cc feedback.
 *
 * @param arrivals  Gets an entry per packet, ascending from base; received or not
 * @param max       RTCP_PACKET_FEEDBACK_MAX is enough for every feedback that is not refused
 *
 * @return number of entries, -EBADMSG, -E2BIG (more than @p max or RTCP_PACKET_FEEDBACK_MAX)
 */
int rtcp_packet_arrivals(const struct rtcp_packet *feedback, struct rtcp_packet_arrival *arrivals,
                         unsigned max);

/** Where a compound packet is written; set buf and size, len = 0. */
struct rtcp_packet_buf {
    uint8_t *buf;
    size_t size;
    size_t len; /**< Written so far */
};

/*
 * Writers append one packet.  Each returns 0, or -ENOSPC with nothing written,
 * or -EINVAL for a list over its limit.
 */

/** Sender report. */
int rtcp_packet_write_sr(struct rtcp_packet_buf *buf, uint32_t ssrc,
                         const struct rtcp_packet_sender *sender,
                         const struct rtcp_packet_report *reports, unsigned nreports);

/** Receiver report; may be empty. */
int rtcp_packet_write_rr(struct rtcp_packet_buf *buf, uint32_t ssrc,
                         const struct rtcp_packet_report *reports, unsigned nreports);

/** Source description with a CNAME of up to RTCP_PACKET_CNAME_MAX bytes. */
int rtcp_packet_write_sdes(struct rtcp_packet_buf *buf, uint32_t ssrc, const char *cname);

/** Goodbye of up to RTCP_PACKET_SSRCS_MAX sources. */
int rtcp_packet_write_bye(struct rtcp_packet_buf *buf, const uint32_t *ssrcs, unsigned nssrcs);

/** Generic NACK; @p seqs ascending modulo 2^16, at most 1024; neighbours are packed together. */
int rtcp_packet_write_nack(struct rtcp_packet_buf *buf, uint32_t ssrc, uint32_t media,
                           const uint16_t *seqs, unsigned nseqs);

/** Picture loss indication. */
int rtcp_packet_write_pli(struct rtcp_packet_buf *buf, uint32_t ssrc, uint32_t media);

/** Full intra request. */
int rtcp_packet_write_fir(struct rtcp_packet_buf *buf, uint32_t ssrc,
                          const struct rtcp_packet_fir *entry);

/** Receiver estimated maximum bitrate for up to RTCP_PACKET_SSRCS_MAX sources. */
int rtcp_packet_write_remb(struct rtcp_packet_buf *buf, uint32_t ssrc, uint64_t bitrate_bps,
                           const uint32_t *ssrcs, unsigned nssrcs);

/** Head of a transport-cc feedback. */
struct rtcp_packet_feedback {
    uint32_t ssrc, media;
    uint8_t number; /**< Raised by one with each feedback packet */
};

/**
 * Transport-cc feedback.
 *
 * @param arrivals  Received packets, ascending by seq modulo 2^16; numbers that are left out, or
 * have received = false, are reported lost; when_us at least 0
 *
 * @return number of entries that went in, at least 1: fewer than @p n if the buffer, the limit or a
 *         step of time over 8 s ended it (send the rest in another one); -ENOSPC, -EINVAL (n is 0,
 *         the first one is not received, or the order is wrong)
 */
int rtcp_packet_write_transport_cc(struct rtcp_packet_buf *buf,
                                   const struct rtcp_packet_feedback *head,
                                   const struct rtcp_packet_arrival *arrivals, unsigned n);

#endif
