/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/media_metric.h  Counters of the media plane, in one place
 *
 * Threads: counting from any; media_metric_register() once, at start-up.
 */
#ifndef NET_MEDIA_METRIC_H
#define NET_MEDIA_METRIC_H

#include "mcu/base/metric.h"

extern struct metric media_metric_in_audio, media_metric_in_video;   /**< RTP packets received */
extern struct metric media_metric_out_audio, media_metric_out_video; /**< RTP packets sent */
extern struct metric media_metric_bytes_in, media_metric_bytes_out;  /**< RTP bytes */
extern struct metric media_metric_lost;                              /**< Never arrived */
extern struct metric media_metric_nack_in, media_metric_nack_out;    /**< Sequence numbers */
extern struct metric media_metric_pli_in, media_metric_pli_out;      /**< PLI and FIR */
extern struct metric media_metric_rtx_in, media_metric_rtx_out;
extern struct metric media_metric_srtp_errors;
extern struct metric media_metric_stun_ok, media_metric_stun_bad, media_metric_stun_limited;
extern struct metric media_metric_dtls_failures;

/* Datagrams dropped, by reason */
extern struct metric media_metric_drop_unknown; /**< From an address that passed no check */
extern struct metric media_metric_drop_source;  /**< Plain RTP from a wrong address */
extern struct metric media_metric_drop_broken;  /**< Not RTP, RTCP, STUN or DTLS, or damaged */
extern struct metric media_metric_drop_stream;  /**< Payload type or SSRC that was not agreed */
extern struct metric media_metric_drop_rate;    /**< Over the limit of a peer */
extern struct metric media_metric_drop_pool;    /**< No packets left */
extern struct metric media_metric_drop_queue;   /**< Queue of the media loop full */
extern struct metric media_metric_drop_socket;  /**< The kernel did not take it */
extern struct metric media_metric_drop_late;    /**< Audio to send, not after what was sent */
extern struct metric media_metric_drop_sink;    /**< The reader of the stream does not keep up */

extern struct metric media_metric_webrtc, media_metric_rtp; /**< Transports */

/** Link them into the list of metrics. */
void media_metric_register(void);

#endif
