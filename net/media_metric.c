/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/media_metric.c  Counters of the media plane, in one place
 */
#include "net/media_metric.h"

#define PACKETS      "medley_rtp_packets_total"
#define PACKETS_HELP "RTP packets, retransmissions included"
#define BYTES        "medley_rtp_bytes_total"
#define BYTES_HELP   "RTP bytes without UDP and IP headers"
#define DROPPED      "medley_datagrams_dropped_total"
#define DROPPED_HELP "Datagrams that were dropped"

struct metric media_metric_in_audio =
    METRIC_COUNTER(PACKETS, "dir=\"in\",media=\"audio\"", PACKETS_HELP);
struct metric media_metric_in_video =
    METRIC_COUNTER(PACKETS, "dir=\"in\",media=\"video\"", PACKETS_HELP);
struct metric media_metric_out_audio =
    METRIC_COUNTER(PACKETS, "dir=\"out\",media=\"audio\"", PACKETS_HELP);
struct metric media_metric_out_video =
    METRIC_COUNTER(PACKETS, "dir=\"out\",media=\"video\"", PACKETS_HELP);
struct metric media_metric_bytes_in = METRIC_COUNTER(BYTES, "dir=\"in\"", BYTES_HELP);
struct metric media_metric_bytes_out = METRIC_COUNTER(BYTES, "dir=\"out\"", BYTES_HELP);
struct metric media_metric_lost =
    METRIC_COUNTER("medley_rtp_lost_total", "", "RTP packets that never arrived");
struct metric media_metric_nack_in =
    METRIC_COUNTER("medley_nack_total", "dir=\"in\"", "Packets asked for again");
struct metric media_metric_nack_out =
    METRIC_COUNTER("medley_nack_total", "dir=\"out\"", "Packets asked for again");
struct metric media_metric_pli_in =
    METRIC_COUNTER("medley_pli_total", "dir=\"in\"", "Key frame requests, PLI or FIR");
struct metric media_metric_pli_out =
    METRIC_COUNTER("medley_pli_total", "dir=\"out\"", "Key frame requests, PLI or FIR");
struct metric media_metric_rtx_in =
    METRIC_COUNTER("medley_rtx_total", "dir=\"in\"", "Retransmitted packets");
struct metric media_metric_rtx_out =
    METRIC_COUNTER("medley_rtx_total", "dir=\"out\"", "Retransmitted packets");
struct metric media_metric_srtp_errors =
    METRIC_COUNTER("medley_srtp_errors_total", "", "SRTP packets that failed authentication");
struct metric media_metric_stun_ok =
    METRIC_COUNTER("medley_stun_requests_total", "result=\"ok\"", "STUN binding requests");
struct metric media_metric_stun_bad =
    METRIC_COUNTER("medley_stun_requests_total", "result=\"bad\"", "STUN binding requests");
struct metric media_metric_stun_limited =
    METRIC_COUNTER("medley_stun_requests_total", "result=\"limited\"", "STUN binding requests");
struct metric media_metric_dtls_failures =
    METRIC_COUNTER("medley_dtls_failures_total", "", "DTLS handshakes that failed");
struct metric media_metric_drop_unknown =
    METRIC_COUNTER(DROPPED, "reason=\"unknown\"", DROPPED_HELP);
struct metric media_metric_drop_source = METRIC_COUNTER(DROPPED, "reason=\"source\"", DROPPED_HELP);
struct metric media_metric_drop_broken = METRIC_COUNTER(DROPPED, "reason=\"broken\"", DROPPED_HELP);
struct metric media_metric_drop_stream = METRIC_COUNTER(DROPPED, "reason=\"stream\"", DROPPED_HELP);
struct metric media_metric_drop_rate = METRIC_COUNTER(DROPPED, "reason=\"rate\"", DROPPED_HELP);
struct metric media_metric_drop_pool = METRIC_COUNTER(DROPPED, "reason=\"pool\"", DROPPED_HELP);
struct metric media_metric_drop_queue = METRIC_COUNTER(DROPPED, "reason=\"queue\"", DROPPED_HELP);
struct metric media_metric_drop_socket = METRIC_COUNTER(DROPPED, "reason=\"socket\"", DROPPED_HELP);
struct metric media_metric_drop_late = METRIC_COUNTER(DROPPED, "reason=\"late\"", DROPPED_HELP);
struct metric media_metric_drop_sink = METRIC_COUNTER(DROPPED, "reason=\"sink\"", DROPPED_HELP);
struct metric media_metric_webrtc =
    METRIC_GAUGE("medley_transports", "kind=\"webrtc\"", "Media transports that are open");
struct metric media_metric_rtp =
    METRIC_GAUGE("medley_transports", "kind=\"rtp\"", "Media transports that are open");

void media_metric_register(void)
{
    static struct metric *const all[] = {
        &media_metric_in_audio,     &media_metric_in_video,     &media_metric_out_audio,
        &media_metric_out_video,    &media_metric_bytes_in,     &media_metric_bytes_out,
        &media_metric_lost,         &media_metric_nack_in,      &media_metric_nack_out,
        &media_metric_pli_in,       &media_metric_pli_out,      &media_metric_rtx_in,
        &media_metric_rtx_out,      &media_metric_srtp_errors,  &media_metric_stun_ok,
        &media_metric_stun_bad,     &media_metric_stun_limited, &media_metric_dtls_failures,
        &media_metric_drop_unknown, &media_metric_drop_source,  &media_metric_drop_broken,
        &media_metric_drop_stream,  &media_metric_drop_rate,    &media_metric_drop_pool,
        &media_metric_drop_queue,   &media_metric_drop_socket,  &media_metric_drop_sink,
        &media_metric_drop_late,    &media_metric_webrtc,       &media_metric_rtp,
    };

    for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); ++i)
        metric_register(all[i]);
}
