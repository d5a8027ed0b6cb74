/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/rtp_packet.h  Reads and writes RTP headers (RFC 3550, 8285, 4588)
 *
 *     received datagram --> rtp_crypt_unprotect() --> rtp_packet_parse() -->
 * rtp_packet_rtx_restore()
 *
 * Header extensions are read in the one-byte and the two-byte form.  They are
 * written in the one-byte form unless an id or a length needs the other.
 *
 * Threads: any; no state.
 */
#ifndef NET_RTP_PACKET_H
#define NET_RTP_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct media_exts;
struct packet;

enum {
    RTP_PACKET_HEADER = 12, /**< Fixed header [bytes] */
    RTP_PACKET_HEADER_MAX =
        80,                  /**< Largest header that we write, with extensions and OSN [bytes] */
    RTP_PACKET_MID_MAX = 32, /**< Longest mid that is written; PACKET_HEADROOM has room for it */
};

/** Header extensions of a received packet. */
struct rtp_packet_exts {
    const char *mid; /**< Points into the packet, not NUL-terminated; NULL = none */
    uint8_t mid_len;
    bool has_level, voice; /**< RFC 6464 */
    uint8_t level;         /**< 0 (loudest) to 127 [-dBov] */
    bool has_transport_cc, has_abs_send_time;
    uint16_t transport_cc;  /**< Transport-wide sequence number */
    uint32_t abs_send_time; /**< 24 bits, 6.18 fixed point [s] */
};

/** Fixed header to write. */
struct rtp_packet_header {
    uint8_t pt;
    bool marker;
    uint16_t seq;
    uint32_t ts;
    uint32_t ssrc;
};

/** Extensions to write; one is left out if its id is 0 or it has no value. */
struct rtp_packet_ext_values {
    const struct media_exts *ids; /**< Not NULL */
    const char *mid;              /**< "" or NULL = none; cut off at RTP_PACKET_MID_MAX */
    bool has_level, voice;
    uint8_t level; /**< [-dBov] */
    bool has_transport_cc, has_abs_send_time;
    uint16_t transport_cc;
    uint32_t abs_send_time; /**< As rtp_packet_abs_send_time() */
};

/**
 * Read SSRC, sequence number and payload type without a check of the rest; for
 * limits that apply before decryption.
 *
 * @return 0, or -EBADMSG (not RTP version 2, or too short)
 */
int rtp_packet_peek(const uint8_t *buf, size_t len, struct rtp_packet_header *ret_header);

/**
 * Parse a plain RTP datagram.
 *
 * Needs buf, start and len of @p packet; sets pt, marker, seq, ts, ssrc, payload,
 * payload_len (without padding, may be 0), has_level and level.  ext_seq is not touched.
 *
 * @param ids       Agreed extension ids; NULL = none
 * @param ret_exts  What was found, all cleared if nothing; may be NULL
 *
 * @return 0, or -EBADMSG; the packet's fields are then undefined, buf is never changed
 */
int rtp_packet_parse(struct packet *packet, const struct media_exts *ids,
                     struct rtp_packet_exts *ret_exts);

/**
 * Write a header.
 *
 * @param buf   The payload goes right behind
 * @param exts  NULL = none
 *
 * @return length, a multiple of 4 [bytes], or -ENOSPC
 */
int rtp_packet_write_header(uint8_t *buf, size_t size, const struct rtp_packet_header *header,
                            const struct rtp_packet_ext_values *exts);

/**
 * Write the header of a retransmission (RFC 4588): header and original sequence number.  The
 * original payload goes right behind.
 *
 * @param header  Payload type, SSRC and sequence number of the RTX stream; marker and timestamp of
 * the original
 * @param osn     Sequence number of the original
 *
 * @return length [bytes], or -ENOSPC
 */
int rtp_packet_write_rtx_header(uint8_t *buf, size_t size, const struct rtp_packet_header *header,
                                const struct rtp_packet_ext_values *exts, uint16_t osn);

/**
 * Turn a parsed retransmission into the original: sets seq, pt and ssrc, and takes the original
 * sequence number off the payload.  The header in buf stays that of the retransmission.
 *
 * @return 0, or -ENODATA: only padding (a bandwidth probe), the packet is unchanged
 */
int rtp_packet_rtx_restore(struct packet *packet, uint8_t pt, uint32_t ssrc);

/** The abs-send-time of a moment: seconds modulo 64 with 18 bits of fraction. */
uint32_t rtp_packet_abs_send_time(uint64_t now_us);

#endif
