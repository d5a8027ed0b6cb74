/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_media_desc.c  SDP of browsers: choices, answers, offers after the first
 */
#include "tests/unit/net/media_desc_fixture.h"

static unsigned count(const char *text, const char *part)
{
    unsigned n = 0;

    while ((text = strstr(text, part)) != NULL) {
        ++n;
        ++text;
    }
    return n;
}

/* One text with a piece of it replaced. */
static const char *with(const char *text, const char *from, const char *to)
{
    static char bufs[2][64 * 1024]; /* text may be the result of the last call */
    static unsigned turn;
    char *out = bufs[turn++ % 2];
    const char *at = strstr(text, from);

    if (!at)
        fail_msg("no \"%s\" to replace", from);
    snprintf(out, sizeof(bufs[0]), "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    return out;
}

static void reads_what_chromium_offers(void **state)
{
    struct media_desc desc = {0};
    const struct media_line *audio = &desc.line[0], *video = &desc.line[1];
    struct media_policy policy = a_policy(true);
    (void)state;

    assert_int_equal(read_offer(&desc, &policy, offer_chromium), 0);
    assert_string_equal(why, "");
    assert_int_equal(desc.nlines, 3);
    assert_int_equal(audio->kind, MEDIA_KIND_AUDIO);
    assert_int_equal(audio->format, MEDIA_FORMAT_OPUS);
    assert_int_equal(audio->pt, 111);
    assert_int_equal(audio->clock, 48000);
    assert_int_equal(audio->dtmf_pt, 110);
    assert_int_equal(audio->dtmf_clock, 48000);
    assert_int_equal(audio->remote_ssrc[0], 64528612);
    assert_int_equal(audio->nremote_ssrcs, 1);
    assert_true(audio->recv && audio->send && audio->transport_cc);
    assert_int_equal(audio->ext.audio_level, 1);
    assert_int_equal(video->format, MEDIA_FORMAT_H264);
    assert_int_equal(video->pt, 108);
    assert_int_equal(video->h264_mode, 1);
    assert_string_equal(video->h264_profile, "42e01f");
    assert_int_equal(video->rtx_pt, 109);
    assert_true(video->nack && video->pli && video->fir && video->remb && video->transport_cc);
    assert_int_equal(video->ext.transport_cc, 3);
    assert_int_equal(video->ext.abs_send_time, 2);
    assert_int_equal(video->ext.mid, 4);
    assert_int_equal(video->nremote_ssrcs, 1);
    assert_int_equal(video->remote_ssrc[0], 2358908104);
    assert_int_equal(video->remote_rtx_ssrc[0], 1748373186);
    assert_false(video->content);
    assert_int_equal(desc.line[2].kind, MEDIA_KIND_NONE);
    assert_string_equal(desc.remote_ufrag, "IA/y");
    assert_string_equal(desc.remote_pwd, "dyChWoQxhl5tQDFnpFbMag9l");
    assert_string_equal(desc.fingerprint_hash, "sha-256");
    assert_int_equal(desc.fingerprint_len, 32);
    assert_int_equal(desc.fingerprint[0], 0xa1);
    assert_int_equal(desc.fingerprint[31], 0xa9);
}

static void answers_chromium_line_by_line(void **state)
{
    struct media_desc desc = {0};
    const char *text = answer_to(offer_chromium, true, &desc);
    (void)state;

    has(text, "v=0\r\no=- ");
    has(text, "a=group:BUNDLE 0 1\r\n");
    has(text, "a=ice-lite\r\n");
    has(text, "m=audio 10000 UDP/TLS/RTP/SAVPF 111 110\r\nc=IN IP4 192.0.2.1\r\n");
    has(text, "m=video 10000 UDP/TLS/RTP/SAVPF 108 109\r\n");
    has(text, "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n");
    assert_int_equal(count(text, "a=ice-ufrag:srvu\r\n"), 2);
    assert_int_equal(count(text, "a=ice-pwd:serverpasswordserverpass\r\n"), 2);
    assert_int_equal(count(text, "a=fingerprint:sha-256 AB:CD\r\n"), 2);
    assert_int_equal(count(text, "a=setup:passive\r\n"), 2);
    assert_int_equal(count(text, "a=rtcp-mux\r\n"), 2);
    assert_int_equal(count(text, "a=rtcp-rsize\r\n"), 2);
    assert_int_equal(count(text, "a=sendrecv\r\n"), 2);
    assert_int_equal(count(text, "a=candidate:1 1 udp 2130706431 192.0.2.1 10000 typ host\r\n"), 2);
    assert_int_equal(count(text, "a=end-of-candidates\r\n"), 2);
    has(text, "a=mid:2\r\n");
    has(text, "a=fmtp:111 minptime=10;useinbandfec=1\r\n");
    has(text,
        "a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n");
    has(text, "a=rtpmap:109 rtx/90000\r\na=fmtp:109 apt=108\r\n");
    has(text, "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n");
    has(text, "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n");
    has_not(text, "toffset");
    has_not(text, "x-google");
    assert_int_equal(count(text, "a=ssrc-group:FID "), 1);
    assert_int_equal(count(text, " cname:"), 3);
}

static void feedback_is_answered_as_offered(void **state)
{
    struct media_desc desc = {0};
    const char *text = answer_to(offer_chromium, true, &desc);
    static const char *const feedback[] = {"goog-remb", "transport-cc", "ccm fir", "nack\r\n",
                                           "nack pli"};
    (void)state;

    for (size_t i = 0; i < sizeof(feedback) / sizeof(feedback[0]); ++i) {
        char line[64];

        snprintf(line, sizeof(line), "a=rtcp-fb:108 %s", feedback[i]);
        has(text, line);
    }
    has(text, "a=rtcp-fb:111 transport-cc\r\n");
    memset(&desc, 0, sizeof(desc));
    text = answer_to(with(offer_chromium, "a=rtcp-fb:108 nack pli\r\n", ""), true, &desc);
    has_not(text, "nack pli");
    assert_false(desc.line[1].pli);
}

static void start_and_max_bitrate_come_from_policy(void **state)
{
    struct media_policy policy = a_policy(true);
    struct media_desc desc = {0};
    (void)state;

    policy.video_start_bps = 2000000;
    policy.video_max_bps = 2500000;
    assert_int_equal(read_offer(&desc, &policy, offer_chromium), 0);
    assert_true(media_desc_print_answer(&desc, &policy, answer, sizeof(answer)) > 0);
    has(answer, "profile-level-id=42e01f;x-google-start-bitrate=2000\r\n");
    has(answer, "b=AS:2500\r\n");
    assert_int_equal(count(answer, "b=AS"), 1);
}

static void policy_order_chooses_the_codec(void **state)
{
    struct media_policy policy = a_policy(true);
    struct media_desc desc = {0};
    (void)state;

    policy.video_order[0] = MEDIA_FORMAT_VP8;
    policy.video_order[1] = MEDIA_FORMAT_H264;
    policy.audio_order[0] = MEDIA_FORMAT_PCMA;
    assert_int_equal(read_offer(&desc, &policy, offer_chromium), 0);
    assert_int_equal(desc.line[1].pt, 96);
    assert_int_equal(desc.line[1].rtx_pt, 97);
    assert_int_equal(desc.line[0].pt, 8);
    assert_int_equal(desc.line[0].dtmf_pt, 126);
    assert_int_equal(desc.line[0].dtmf_clock, 8000);
}

static void remote_order_counts_if_wanted(void **state)
{
    struct media_policy policy = a_policy(true);
    struct media_desc desc = {0};
    (void)state;

    policy.prefer_remote = true;
    assert_int_equal(read_offer(&desc, &policy, offer_chromium), 0);
    assert_int_equal(desc.line[1].format, MEDIA_FORMAT_VP8);

    memset(&desc, 0, sizeof(desc));
    assert_int_equal(
        read_offer(&desc, &policy,
                   with(offer_chromium, "SAVPF 96 97 102 103 104", "SAVPF 102 103 104 96 97")),
        0);
    assert_int_equal(desc.line[1].format, MEDIA_FORMAT_H264);
    assert_int_equal(desc.line[1].pt, 108); /* the best of the H.264 entries all the same */
}

static void firefox_gets_vp8(void **state)
{
    struct media_desc desc = {0};
    const char *text = answer_to(offer_firefox, true, &desc);
    (void)state;

    assert_int_equal(desc.line[1].format, MEDIA_FORMAT_VP8);
    assert_int_equal(desc.line[1].rtx_pt, 124);
    assert_int_equal(desc.line[0].ext.mid, 3);
    assert_int_equal(desc.line[1].ext.transport_cc, 7);
    assert_int_equal(desc.line[0].dtmf_pt, 101); /* the only one, though at 8000 */
    assert_int_equal(desc.fingerprint_len, 32);  /* from the session */
    assert_int_equal(desc.line[1].remote_rtx_ssrc[0], 2222);
    assert_int_equal(count(text, "a=rtcp-rsize"), 1);
}

static void second_browser_video_is_content(void **state)
{
    char offer[32 * 1024];
    struct media_desc desc = {0};
    (void)state;

    snprintf(offer, sizeof(offer), "%s",
             with(with(offer_chromium, "BUNDLE 0 1 2", "BUNDLE 0 1 2 3x"),
                  "a=max-message-size:262144\r\n",
                  "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:3x\r\na=rtcp-mux\r\na=sendonly\r\n"
                  "a=rtpmap:96 VP8/90000\r\n"));
    has(answer_to(offer, true, &desc), "a=group:BUNDLE 0 1 3x\r\n");
    assert_true(desc.line[3].content);
    assert_true(desc.line[3].recv);
    assert_false(desc.line[3].send);
    has(strstr(answer, "a=mid:3x"), "a=recvonly\r\n");
    has_not(strstr(answer, "a=mid:3x"), "a=ssrc");
}

static const char second_audio[] =
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:4x\r\na=rtcp-mux\r\na=sendrecv\r\n"
    "a=rtpmap:111 opus/48000/2\r\n";

static void second_browser_audio_is_the_sound_of_content(void **state)
{
    char offer[32 * 1024];
    struct media_policy policy = a_policy(true);
    struct media_desc desc = {0};
    (void)state;

    snprintf(offer, sizeof(offer), "%s",
             with(with(offer_chromium, "BUNDLE 0 1 2", "BUNDLE 0 1 2 4x"),
                  "a=max-message-size:262144\r\n", second_audio));
    policy.content_audio = true;
    assert_int_equal(read_offer(&desc, &policy, offer), 0);
    assert_true(media_desc_print_answer(&desc, &policy, answer, sizeof(answer)) > 0);
    assert_false(desc.line[0].content);
    assert_true(desc.line[0].send);
    assert_int_equal(desc.line[3].kind, MEDIA_KIND_AUDIO);
    assert_true(desc.line[3].content);
    assert_true(desc.line[3].recv);
    assert_false(desc.line[3].send); /* though it was offered */
    has(answer, "a=group:BUNDLE 0 1 4x\r\n");
    has(strstr(answer, "a=mid:4x"), "a=recvonly\r\n");
    has_not(strstr(answer, "a=mid:4x"), "a=ssrc");
}

static void second_browser_audio_is_refused_unless_wanted(void **state)
{
    char offer[32 * 1024];
    struct media_desc desc = {0};
    (void)state;

    snprintf(offer, sizeof(offer), "%s",
             with(with(offer_chromium, "BUNDLE 0 1 2", "BUNDLE 0 1 2 4x"),
                  "a=max-message-size:262144\r\n", second_audio));
    has(answer_to(offer, true, &desc), "m=audio 0 UDP/TLS/RTP/SAVPF 111\r\n");
    assert_int_equal(desc.line[3].kind, MEDIA_KIND_NONE);
    has(answer, "a=group:BUNDLE 0 1\r\n");
}

static void renegotiation_keeps_what_is_ours(void **state)
{
    struct media_policy policy = a_policy(true);
    struct media_desc desc = {0}, first;
    (void)state;

    assert_int_equal(read_offer(&desc, &policy, offer_chromium), 0);
    first = desc;
    policy.video_order[0] = MEDIA_FORMAT_VP8; /* would choose otherwise now */
    policy.video_order[1] = MEDIA_FORMAT_H264;
    assert_int_equal(read_offer(&desc, &policy, offer_chromium), 0);
    assert_int_equal(desc.session_id, first.session_id);
    assert_int_equal(desc.version, first.version + 1);
    for (unsigned i = 0; i < 2; ++i) {
        assert_int_not_equal(desc.line[i].ssrc, 0);
        assert_int_equal(desc.line[i].ssrc, first.line[i].ssrc);
        assert_int_equal(desc.line[i].rtx_ssrc, first.line[i].rtx_ssrc);
        assert_int_equal(desc.line[i].ts_offset, first.line[i].ts_offset);
        assert_int_equal(desc.line[i].pt, first.line[i].pt);
        assert_memory_equal(&desc.line[i].ext, &first.line[i].ext, sizeof(first.line[i].ext));
        assert_string_equal(desc.line[i].label, first.line[0].label);
    }
}

static void a_recycled_line_is_new(void **state)
{
    struct media_policy policy = a_policy(true);
    struct media_desc desc = {0}, first;
    (void)state;

    assert_int_equal(read_offer(&desc, &policy, offer_chromium), 0);
    first = desc;
    assert_int_equal(read_offer(&desc, &policy,
                                with(with(offer_chromium, "BUNDLE 0 1 2", "BUNDLE 0 9 2"),
                                     "a=mid:1\r\n", "a=mid:9\r\n")),
                     0);
    assert_int_equal(desc.line[0].ssrc, first.line[0].ssrc);
    assert_int_not_equal(desc.line[1].ssrc, first.line[1].ssrc);
}

static void lines_must_not_vanish(void **state)
{
    struct media_policy policy = a_policy(true);
    struct media_desc desc = {0}, first;
    char shorter[32 * 1024];
    (void)state;

    assert_int_equal(read_offer(&desc, &policy, offer_chromium), 0);
    first = desc;
    snprintf(shorter, sizeof(shorter), "%.*s",
             (int)(strstr(offer_chromium, "m=app") - offer_chromium), offer_chromium);
    assert_int_equal(read_offer(&desc, &policy, shorter), -EBADMSG);
    assert_memory_equal(&desc, &first, sizeof(desc));
}

static void refuses_webrtc_without_its_parts(void **state)
{
    static const struct {
        const char *from, *to;
        int err;
    } rows[] = {
        {"a=setup:actpass", "a=setup:passive", -EPROTO},
        {"a=ice-pwd:dyChWoQxhl5tQDFnpFbMag9l", "a=ice-pwd:short", -EBADMSG},
        {"a=mid:1\r\n", "a=mid:0\r\n", -EBADMSG},
        {"a=fingerprint:sha-256 A1:33", "a=fingerprint:sha-256 A1-33", -EBADMSG},
        {"a=fingerprint:sha-256 A1:33", "a=fingerprint:sha-256 A1", -EBADMSG},
    };
    struct media_policy policy = a_policy(true);
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
        struct media_desc desc = {0};
        char offer[32 * 1024];
        const char *at;

        snprintf(offer, sizeof(offer), "%s", offer_chromium);
        while (i == 0 && (at = strstr(offer, rows[i].from)) != NULL)
            snprintf(offer, sizeof(offer), "%s", with(offer, rows[i].from, rows[i].to));
        if (i > 0)
            snprintf(offer, sizeof(offer), "%s", with(offer, rows[i].from, rows[i].to));
        assert_int_equal(read_offer(&desc, &policy, offer), rows[i].err);
        assert_true(why[0]);
    }
}

static void ice_and_dtls_are_necessary(void **state)
{
    static const char *const parts[] = {"a=ice-ufrag", "a=ice-pwd", "a=fingerprint"};
    struct media_policy policy = a_policy(true);
    (void)state;

    for (size_t i = 0; i < 3; ++i) {
        struct media_desc desc = {0};
        char offer[32 * 1024], *at = offer;

        snprintf(offer, sizeof(offer), "%s", offer_chromium);
        while ((at = strstr(at, parts[i])) != NULL)
            at[2] = 'X';
        assert_int_equal(read_offer(&desc, &policy, offer), -EPROTO);
    }
}

static void refused_browser_lines_stay_out_of_the_bundle(void **state)
{
    struct media_policy policy = a_policy(true);
    struct media_desc desc = {0};
    (void)state;

    policy.video = false;
    assert_int_equal(read_offer(&desc, &policy, offer_chromium), 0);
    assert_true(media_desc_print_answer(&desc, &policy, answer, sizeof(answer)) > 0);
    has(answer, "a=group:BUNDLE 0\r\n");
    has(answer, "m=video 0 UDP/TLS/RTP/SAVPF 96 97 102");
    policy.audio = false;
    memset(&desc, 0, sizeof(desc));
    assert_int_equal(read_offer(&desc, &policy, offer_chromium), -ENOTSUP);
    assert_true(why[0]);
}

static void counts_lines(void **state)
{
    (void)state;
    assert_int_equal(media_desc_count_lines(offer_chromium, strlen(offer_chromium)), 3);
    assert_int_equal(media_desc_count_lines(offer_desk, strlen(offer_desk)), 4);
    assert_int_equal(media_desc_count_lines("", 0), 0);
}

static void names_formats_as_registered(void **state)
{
    (void)state;
    assert_string_equal(media_desc_format_name(MEDIA_FORMAT_OPUS), "opus");
    assert_string_equal(media_desc_format_name(MEDIA_FORMAT_H264), "H264");
    assert_string_equal(media_desc_format_name(MEDIA_FORMAT_COUNT), "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_chromium_offers),
        cmocka_unit_test(answers_chromium_line_by_line),
        cmocka_unit_test(feedback_is_answered_as_offered),
        cmocka_unit_test(start_and_max_bitrate_come_from_policy),
        cmocka_unit_test(policy_order_chooses_the_codec),
        cmocka_unit_test(remote_order_counts_if_wanted),
        cmocka_unit_test(firefox_gets_vp8),
        cmocka_unit_test(second_browser_video_is_content),
        cmocka_unit_test(second_browser_audio_is_the_sound_of_content),
        cmocka_unit_test(second_browser_audio_is_refused_unless_wanted),
        cmocka_unit_test(renegotiation_keeps_what_is_ours),
        cmocka_unit_test(a_recycled_line_is_new),
        cmocka_unit_test(lines_must_not_vanish),
        cmocka_unit_test(refuses_webrtc_without_its_parts),
        cmocka_unit_test(ice_and_dtls_are_necessary),
        cmocka_unit_test(refused_browser_lines_stay_out_of_the_bundle),
        cmocka_unit_test(counts_lines),
        cmocka_unit_test(names_formats_as_registered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
