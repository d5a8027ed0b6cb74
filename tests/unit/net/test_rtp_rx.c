/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_rtp_rx.c  Received streams: which line, which sink, what feedback
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "net/media_desc.h"
#include "net/packet.h"
#include "net/rtcp_packet.h"
#include "net/rtp_packet.h"
#include "net/rtp_rx.h"
#include "net/sink.h"

enum { T0 = 100000000, AUDIO_PT = 111, VIDEO_PT = 96, RTX_PT = 97, DTMF_PT = 98, OWN = 1 };

struct fixture {
    struct rtp_rx *rx;
    struct sink *sink[3]; /* audio, camera, screen */
    struct media_desc desc;
};

static void describe(struct media_desc *desc)
{
    struct media_line audio = {.kind = MEDIA_KIND_AUDIO,
                               .recv = true,
                               .pt = AUDIO_PT,
                               .clock = 48000,
                               .mid = "a",
                               .ext = {.mid = 4}};
    struct media_line camera = {.kind = MEDIA_KIND_VIDEO,
                                .recv = true,
                                .pt = VIDEO_PT,
                                .rtx_pt = RTX_PT,
                                .clock = 90000,
                                .nack = true,
                                .pli = true,
                                .remb = true,
                                .mid = "cam",
                                .ext = {.mid = 4},
                                .remote_ssrc = {100},
                                .remote_rtx_ssrc = {101},
                                .nremote_ssrcs = 1};

    desc->nlines = 3;
    desc->line[0] = audio;
    desc->line[1] = camera;
    desc->line[2] = camera;
    strcpy(desc->line[2].mid, "screen");
    desc->line[2].remote_ssrc[0] = 200;
    desc->line[2].remote_rtx_ssrc[0] = 201;
}

static int setup(void **state)
{
    static struct fixture f;
    struct sink_cfg cfg = {.capacity = 64};

    memset(&f, 0, sizeof(f));
    describe(&f.desc);
    assert_int_equal(rtp_rx_new(&f.rx, NULL), 0);
    rtp_rx_update(f.rx, &f.desc);
    for (unsigned i = 0; i < 3; ++i) {
        assert_int_equal(sink_new(&f.sink[i], &cfg), 0);
        rtp_rx_route(f.rx, i, f.sink[i]);
    }
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    rtp_rx_free(f->rx);
    for (unsigned i = 0; i < 3; ++i)
        sink_unref(f->sink[i]);
    assert_int_equal(packet_pool_used(), 0);
    return 0;
}

static bool put(struct fixture *f, uint8_t pt, uint32_t ssrc, uint16_t seq, const char *mid,
                const char *payload, uint64_t now_us)
{
    struct rtp_packet_header header = {.pt = pt, .ssrc = ssrc, .seq = seq, .ts = seq * 900u};
    struct media_exts ids = {.mid = 4};
    struct rtp_packet_ext_values exts = {.ids = &ids, .mid = mid};
    struct packet *packet = packet_new();
    int n = rtp_packet_write_header(packet->buf, PACKET_BUF_SIZE, &header, &exts);

    assert_true(n > 0);
    memcpy(packet->buf + n, payload, strlen(payload));
    packet->len = (uint16_t)((size_t)n + strlen(payload));
    return rtp_rx_put(f->rx, packet, -1, now_us).taken;
}

/** Payload of the next packet, as a static string; "" if there is none. */
static const char *get(struct fixture *f, unsigned sink)
{
    static char text[64];
    struct packet *packet = sink_get(f->sink[sink]);

    text[0] = '\0';
    if (packet) {
        memcpy(text, packet->buf + packet->payload, packet->payload_len);
        text[packet->payload_len] = '\0';
    }
    packet_unref(packet);
    return text;
}

static uint8_t buf[1200];

/** Feedback that is due now.  @return found */
static bool feedback(struct fixture *f, uint64_t now_us, enum rtcp_packet_type type,
                     struct rtcp_packet *ret)
{
    struct rtcp_packet_buf rtcp = {.buf = buf, .size = sizeof(buf)};
    struct rtcp_packet_iter iter;

    rtp_rx_write_feedback(f->rx, -1, OWN, 0, now_us, &rtcp);
    if (!rtcp.len || rtcp_packet_begin(&iter, buf, rtcp.len))
        return false;
    while (rtcp_packet_next(&iter, ret))
        if (ret->type == type)
            return true;
    return false;
}

static void finds_the_line_by_mid_then_ssrc_then_payload_type(void **state)
{
    static const struct {
        const char *mid;
        uint32_t ssrc;
        uint8_t pt;
        unsigned sink;
    } cases[] = {
        {"screen", 1, VIDEO_PT, 2}, {NULL, 200, VIDEO_PT, 2}, {NULL, 5, AUDIO_PT, 0},
        {"cam", 6, VIDEO_PT, 1},    {NULL, 1, VIDEO_PT, 2},
    };
    struct fixture *f = *state;

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        uint64_t now = T0 + i * 1000000ull;

        assert_true(put(f, cases[i].pt, cases[i].ssrc, (uint16_t)(10 + i), cases[i].mid, "x", now));
        assert_string_equal(get(f, cases[i].sink), "x");
    }
}

static void drops_what_was_not_agreed(void **state)
{
    struct fixture *f = *state;

    assert_false(put(f, 55, 1, 1, NULL, "type", T0));
    assert_false(put(f, VIDEO_PT, 2, 1, "nobody", "mid", T0));
    assert_false(put(f, VIDEO_PT, 3, 1, "a", "kind", T0));
    for (unsigned i = 0; i < 3; ++i)
        assert_string_equal(get(f, i), "");
}

static void a_line_that_is_not_received_is_dropped(void **state)
{
    struct fixture *f = *state;

    f->desc.line[0].recv = false;
    rtp_rx_update(f->rx, &f->desc);
    assert_true(put(f, AUDIO_PT, 1, 1, "a", "x", T0));
    assert_string_equal(get(f, 0), "");
}

static void restores_rtx_and_drops_its_duplicates_and_probes(void **state)
{
    struct fixture *f = *state;

    put(f, VIDEO_PT, 100, 0x0101, NULL, "one", T0);
    put(f, VIDEO_PT, 100, 0x0103, NULL, "three", T0);
    put(f, RTX_PT, 101, 7, NULL,
        "\x01\x02"
        "two",
        T0 + 1);
    put(f, RTX_PT, 101, 8, NULL,
        "\x01\x02"
        "two",
        T0 + 2);
    put(f, RTX_PT, 101, 9, NULL,
        "\x01\x01"
        "one",
        T0 + 3);
    put(f, RTX_PT, 101, 10, NULL, "", T0 + 4);
    assert_string_equal(get(f, 1), "one");
    assert_string_equal(get(f, 1), "three");
    assert_string_equal(get(f, 1), "two");
    assert_string_equal(get(f, 1), "");
}

static void padding_only_consumes_a_number(void **state)
{
    struct fixture *f = *state;
    struct rtcp_packet packet;

    put(f, VIDEO_PT, 100, 1, NULL, "one", T0);
    put(f, VIDEO_PT, 100, 2, NULL, "", T0);
    put(f, VIDEO_PT, 100, 3, NULL, "three", T0);
    for (uint16_t seq = 1; seq <= 3; ++seq) { /* the reader sees no gap */
        struct packet *got = sink_get(f->sink[1]);

        assert_non_null(got);
        assert_int_equal(got->ext_seq & 0xffff, seq);
        assert_int_equal(got->payload_len, seq == 2 ? 0 : seq == 1 ? 3 : 5);
        packet_unref(got);
    }
    assert_null(sink_get(f->sink[1]));
    assert_false(feedback(f, T0 + 100000, RTCP_PACKET_TYPE_NACK, &packet));
}

static void a_digit_consumes_a_number(void **state)
{
    static const char press[] = {5, (char)0x8a, 3, 32, 0}; /* event 5, end, duration 800 */
    struct fixture *f = *state;
    struct packet *got;

    f->desc.line[0].dtmf_pt = DTMF_PT;
    rtp_rx_update(f->rx, &f->desc);
    put(f, AUDIO_PT, 1, 1, "a", "voice", T0);
    put(f, DTMF_PT, 1, 2, "a", press, T0);
    assert_string_equal(get(f, 0), "voice");
    got = sink_get(f->sink[0]);
    assert_non_null(got);
    assert_int_equal(got->ext_seq & 0xffff, 2);
    assert_int_equal(got->payload_len, 0);
    packet_unref(got);
}

static void takes_one_ssrc_of_a_line_at_a_time(void **state)
{
    struct fixture *f = *state;

    put(f, AUDIO_PT, 1, 1, "a", "first", T0);
    put(f, AUDIO_PT, 2, 1, "a", "second", T0 + 1000);
    put(f, AUDIO_PT, 1, 2, "a", "first", T0 + 2000);
    assert_string_equal(get(f, 0), "first");
    assert_string_equal(get(f, 0), "first");
    assert_string_equal(get(f, 0), "");
    put(f, AUDIO_PT, 2, 2, "a", "second", T0 + 2000 + RTP_RX_TAKEOVER_US);
    assert_string_equal(get(f, 0), "second");
}

static void changes_over_at_once_to_a_signalled_ssrc(void **state)
{
    struct fixture *f = *state;

    put(f, VIDEO_PT, 99, 1, "cam", "old", T0);
    put(f, VIDEO_PT, 100, 1, "cam", "new", T0 + 1000);
    assert_string_equal(get(f, 1), "old");
    assert_string_equal(get(f, 1), "new");
}

static void has_a_limit_of_streams(void **state)
{
    struct fixture *f = *state;
    struct rtcp_packet_buf rtcp = {.buf = buf, .size = sizeof(buf)};
    uint32_t ssrc;
    unsigned taken = 0;

    for (uint32_t i = 1; i <= 10000; ++i)
        taken += put(f, AUDIO_PT, 1000 + i, 1, "a", "x", T0);
    assert_int_equal(taken, RTP_RX_STREAMS_MAX);
    assert_int_equal(rtp_rx_write_rr(f->rx, -1, OWN, T0, &rtcp), 0);
    assert_false(rtp_rx_evict(f->rx, T0 + 1000));
    assert_true(put(f, AUDIO_PT, 5, 1, "a", "later", T0 + RTP_RX_STREAM_IDLE_US));
    assert_true(rtp_rx_take_forgotten(f->rx, &ssrc));
    assert_in_range(ssrc, 1001, 1000 + RTP_RX_STREAMS_MAX);
    assert_false(rtp_rx_take_forgotten(f->rx, &ssrc));
}

static void asks_again_for_what_is_missing(void **state)
{
    struct fixture *f = *state;
    struct rtcp_packet packet;
    uint16_t seqs[4];

    put(f, VIDEO_PT, 100, 65535, NULL, "a", T0);
    put(f, VIDEO_PT, 100, 1, NULL, "b", T0);
    assert_int_equal(rtp_rx_due(f->rx), T0 + 10000);
    assert_false(feedback(f, T0 + 5000, RTCP_PACKET_TYPE_NACK, &packet));
    assert_true(feedback(f, T0 + 10000, RTCP_PACKET_TYPE_NACK, &packet));
    assert_int_equal(packet.u.nack.media, 100);
    assert_int_equal(rtcp_packet_nack_seqs(&packet, seqs, 4), 1);
    assert_int_equal(seqs[0], 0);
}

static void asks_for_a_bounded_number_each_second(void **state)
{
    struct fixture *f = *state;
    struct rtcp_packet packet;
    unsigned asked = 0;

    for (uint16_t i = 0; i < 1000; ++i) { /* every other packet is lost, for a second */
        uint16_t seqs[256];
        uint64_t now = T0 + i * 1000u;

        put(f, VIDEO_PT, 100, (uint16_t)(2 * i), NULL, "x", now);
        packet_unref(sink_get(f->sink[1]));
        if (feedback(f, now, RTCP_PACKET_TYPE_NACK, &packet))
            asked += rtcp_packet_nack_seqs(&packet, seqs, 256);
    }
    assert_in_range(asked, 200, RTP_RX_NACK_BURST + RTP_RX_NACK_PER_S);
}

static void passes_key_requests_at_a_bounded_rate(void **state)
{
    struct fixture *f = *state;
    struct rtcp_packet packet;
    unsigned asked = 0;

    sink_request_key(f->sink[1]);
    rtp_rx_poll(f->rx);
    assert_int_equal(rtp_rx_due(f->rx), UINT64_MAX); /* nobody to ask yet */
    for (uint16_t i = 0; i < 100; ++i) {
        uint64_t now = T0 + i * 10000u;

        sink_request_key(f->sink[1]);
        put(f, VIDEO_PT, 100, i, NULL, "x", now);
        packet_unref(sink_get(f->sink[1]));
        if (feedback(f, now, RTCP_PACKET_TYPE_PLI, &packet)) {
            assert_int_equal(packet.u.pli.media, 100);
            ++asked;
        }
    }
    assert_int_equal(asked, 4); /* at 0, 300, 600, 900 ms */
}

static void uses_fir_where_only_that_was_agreed(void **state)
{
    struct fixture *f = *state;
    struct rtcp_packet packet;

    f->desc.line[1].pli = false;
    f->desc.line[1].fir = true;
    rtp_rx_update(f->rx, &f->desc);
    for (uint8_t i = 0; i < 2; ++i) {
        sink_request_key(f->sink[1]);
        put(f, VIDEO_PT, 100, i, NULL, "x", T0 + i * 1000000u);
        assert_true(feedback(f, T0 + i * 1000000u, RTCP_PACKET_TYPE_FIR, &packet));
        assert_int_equal(packet.u.fir.entry[0].ssrc, 100);
        assert_int_equal(packet.u.fir.entry[0].seq, i);
    }
}

static void names_lines_that_need_signalling(void **state)
{
    struct fixture *f = *state;
    struct rtcp_packet_buf rtcp = {.buf = buf, .size = sizeof(buf)};

    f->desc.line[1].pli = false;
    rtp_rx_update(f->rx, &f->desc);
    sink_request_key(f->sink[1]);
    rtp_rx_poll(f->rx);
    assert_int_equal(rtp_rx_write_feedback(f->rx, -1, OWN, 0, T0, &rtcp), 1u << 1);
    assert_int_equal(rtcp.len, 0);
    sink_request_key(f->sink[1]);
    rtp_rx_poll(f->rx);
    assert_int_equal(rtp_rx_write_feedback(f->rx, -1, OWN, 0, T0 + 500000, &rtcp), 0);
    assert_int_equal(rtp_rx_write_feedback(f->rx, -1, OWN, 0, T0 + 1000000, &rtcp), 1u << 1);
}

static void reports_each_stream_and_limits_senders_by_remb(void **state)
{
    struct fixture *f = *state;
    struct rtcp_packet_buf rtcp = {.buf = buf, .size = sizeof(buf)};
    struct rtcp_packet_iter iter;
    struct rtcp_packet packet;

    put(f, AUDIO_PT, 1, 1, NULL, "x", T0);
    put(f, VIDEO_PT, 100, 1, NULL, "x", T0);
    assert_int_equal(rtp_rx_write_rr(f->rx, -1, OWN, T0, &rtcp), 0);
    assert_int_equal(rtp_rx_write_remb(f->rx, -1, OWN, 2500000, &rtcp), 0);
    assert_int_equal(rtcp_packet_begin(&iter, buf, rtcp.len), 0);
    assert_true(rtcp_packet_next(&iter, &packet));
    assert_int_equal(packet.u.sr.nreports, 2);
    assert_true(rtcp_packet_next(&iter, &packet));
    assert_int_equal(packet.type, RTCP_PACKET_TYPE_REMB);
    assert_int_equal(packet.u.remb.nssrcs, 1);
    assert_int_equal(packet.u.remb.ssrc[0], 100);
    assert_in_range(packet.u.remb.bitrate_bps, 2490000, 2500000);

    rtcp.len = 0;
    assert_int_equal(rtp_rx_write_rr(f->rx, 0, OWN, T0, &rtcp), 0);
    assert_int_equal(rtcp_packet_begin(&iter, buf, rtcp.len), 0);
    assert_true(rtcp_packet_next(&iter, &packet));
    assert_int_equal(packet.u.sr.nreports, 1);
    assert_int_equal(packet.u.sr.report[0].ssrc, 1);
}

static void forgets_the_streams_of_a_line_that_is_gone(void **state)
{
    struct fixture *f = *state;
    uint32_t ssrc;

    put(f, VIDEO_PT, 200, 1, NULL, "x", T0);
    assert_string_equal(get(f, 2), "x");
    f->desc.line[2].kind = MEDIA_KIND_NONE;
    rtp_rx_update(f->rx, &f->desc);
    assert_true(rtp_rx_take_forgotten(f->rx, &ssrc));
    assert_int_equal(ssrc, 200);
    assert_int_equal(rtp_rx_any_ssrc(f->rx), 0);
}

#define TEST(f_) cmocka_unit_test_setup_teardown(f_, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(finds_the_line_by_mid_then_ssrc_then_payload_type),
        TEST(drops_what_was_not_agreed),
        TEST(a_line_that_is_not_received_is_dropped),
        TEST(restores_rtx_and_drops_its_duplicates_and_probes),
        TEST(padding_only_consumes_a_number),
        TEST(a_digit_consumes_a_number),
        TEST(takes_one_ssrc_of_a_line_at_a_time),
        TEST(changes_over_at_once_to_a_signalled_ssrc),
        TEST(has_a_limit_of_streams),
        TEST(asks_again_for_what_is_missing),
        TEST(asks_for_a_bounded_number_each_second),
        TEST(passes_key_requests_at_a_bounded_rate),
        TEST(uses_fir_where_only_that_was_agreed),
        TEST(names_lines_that_need_signalling),
        TEST(reports_each_stream_and_limits_senders_by_remb),
        TEST(forgets_the_streams_of_a_line_that_is_gone),
    };
    int err = packet_pool_init(256);

    if (!err)
        err = cmocka_run_group_tests(tests, NULL, NULL);
    packet_pool_finish();
    return err;
}
