/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_media_desc_limits.c  SDP that is too much or broken, and too small a
 * buffer
 */
#include "tests/unit/net/media_desc_fixture.h"

static void bandwidth_is_bounded(void **state)
{
    static const struct {
        const char *line;
        uint32_t bps;
    } rows[] = {{"b=AS:64", 64000},         {"b=TIAS:64001", 64001}, {"b=AS:4000000", 1000000000},
                {"b=AS:99999999999999", 0}, {"b=AS:-1", 0},          {"b=RS:100", 0}};
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
        struct media_desc desc = {0};
        char offer[512];

        snprintf(offer, sizeof(offer),
                 "v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 4000 RTP/AVP 0\r\n%s\r\n", rows[i].line);
        (void)answer_to(offer, false, &desc);
        assert_int_equal(desc.line[0].max_bitrate_bps, rows[i].bps);
    }
}

/* head, then a piece n times */
static char *repeat(const char *head, const char *piece, size_t n)
{
    size_t size = strlen(head) + n * strlen(piece) + 1, at = strlen(head);
    char *text = malloc(size);

    assert_non_null(text);
    memcpy(text, head, at);
    for (size_t i = 0; i < n; ++i, at += strlen(piece))
        memcpy(text + at, piece, strlen(piece));
    text[at] = '\0';
    return text;
}

static void everything_has_a_limit(void **state)
{
    static const char line[] = "v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 4000 RTP/AVP 0\r\n";
    static const struct {
        const char *head, *piece;
        size_t good, bad;
        int err;
    } rows[] = {
        {line, "m=text 0 RTP/AVP 98\r\n", MEDIA_DESC_LINES_MAX - 1, MEDIA_DESC_LINES_MAX, -E2BIG},
        {line, "a=x\r\n", MEDIA_DESC_ATTRS_MAX, MEDIA_DESC_ATTRS_MAX + 1, -E2BIG},
        {line, "a=candidate:x\r\n", MEDIA_DESC_CANDIDATES_MAX, MEDIA_DESC_CANDIDATES_MAX + 1,
         -E2BIG},
        {"v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 4000 RTP/AVP 0\r\na=fmtp:0 ", "x",
         MEDIA_DESC_FMTP_MAX, MEDIA_DESC_FMTP_MAX + 1, -E2BIG},
        {line, "i=xxxxxxxxxxxxxxxx\r\n", 1000, 2000, -E2BIG},
        {"v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 4000 RTP/AVP", " 0", 5000, 100000, -E2BIG},
    };
    struct media_policy policy = a_policy(false);
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
        struct media_desc desc = {0};
        char *good = repeat(rows[i].head, rows[i].piece, rows[i].good);
        char *bad = repeat(rows[i].head, rows[i].piece, rows[i].bad);

        if (read_offer(&desc, &policy, good) != 0)
            fail_msg("row %zu: %s", i, why);
        memset(&desc, 0, sizeof(desc));
        assert_int_equal(read_offer(&desc, &policy, bad), rows[i].err);
        assert_true(why[0]);
        free(good);
        free(bad);
    }
}

static void too_many_payload_types_are_refused(void **state)
{
    struct media_policy policy = a_policy(false);
    (void)state;

    for (unsigned n = MEDIA_DESC_PTS_MAX; n <= MEDIA_DESC_PTS_MAX + 1; ++n) {
        struct media_desc desc = {0};
        char offer[1024];
        size_t at = (size_t)snprintf(offer, sizeof(offer),
                                     "v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 4000 RTP/AVP");

        for (unsigned i = 0; i < n; ++i)
            at += (size_t)snprintf(offer + at, sizeof(offer) - at, " %u", i);
        assert_int_equal(read_offer(&desc, &policy, offer), n > MEDIA_DESC_PTS_MAX ? -E2BIG : 0);
    }
}

static void broken_text_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "\r\n",
        "v",
        "v=0",
        "v=0\r\n",
        "v=1\r\nm=audio 4000 RTP/AVP 0\r\n",
        "INVITE sip:x SIP/2.0\r\n",
        "v=0\r\nm=audio\r\n",
        "v=0\r\nm=audio -1 RTP/AVP 0\r\n",
        "v=0\r\nm=audio 65536 RTP/AVP 0\r\n",
        "v=0\r\nm=audio 4294967296 RTP/AVP 0\r\n",
        "v=0\r\nm=audio 4000\r\n",
        "v=0\r\nm=audio 4000 RTP/AVP 128\r\n",
        "v=0\r\nm=audio 4000 RTP/AVP x\r\n",
        "v=0\r\nm=audio 4000 RTP/AVP 0\r\nnonsense\r\n",
        "v=0\r\nm=audio 4000 RTP/AVP 0\r\na=x\x01y\r\n",
        "v=0\r\nm=audio 4000 RTP/AVP 96\r\na=rtpmap:96 /\r\n",
        "v=0\r\nm=audio 4000 RTP/AVP 0\r\na=mid:a b\r\n",
        "v=0\r\nm=audio 4000 RTP/AVP 0\r\na=mid:\r\n",
    };
    struct media_policy policy = a_policy(false);
    static const char nul[] = "v=0\r\nm=audio 4000 RTP/AVP 0\r\na=x\0y\r\n";
    struct media_desc desc = {0};
    (void)state;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); ++i) {
        int err = read_offer(&desc, &policy, texts[i]);

        if (err != -EBADMSG)
            fail_msg("%d for %s", err, texts[i]);
        assert_true(why[0]);
    }
    assert_int_equal(media_desc_read_offer(&desc, &policy, nul, sizeof(nul) - 1, NULL, 0),
                     -EBADMSG);
}

static void every_cut_of_an_offer_is_survived(void **state)
{
    struct media_policy policy = a_policy(true);
    size_t len = strlen(offer_chromium);
    (void)state;

    for (size_t n = 0; n < len; n += 7) {
        struct media_desc desc = {0};
        char *cut = malloc(n + 1);

        assert_non_null(cut);
        memcpy(cut, offer_chromium, n);
        (void)media_desc_read_offer(&desc, &policy, cut, n, why, sizeof(why));
        free(cut);
    }
}

static void a_small_buffer_is_an_error(void **state)
{
    struct media_policy policy = a_policy(true);
    struct media_desc desc = {0};
    int n;
    (void)state;

    assert_int_equal(read_offer(&desc, &policy, offer_chromium), 0);
    n = media_desc_print_answer(&desc, &policy, answer, sizeof(answer));
    assert_true(n > 0);
    assert_int_equal(media_desc_print_answer(&desc, &policy, answer, (size_t)n), -ENOSPC);
    assert_int_equal(media_desc_print_answer(&desc, &policy, answer, (size_t)n + 1), n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bandwidth_is_bounded),
        cmocka_unit_test(everything_has_a_limit),
        cmocka_unit_test(too_many_payload_types_are_refused),
        cmocka_unit_test(broken_text_is_refused),
        cmocka_unit_test(every_cut_of_an_offer_is_survived),
        cmocka_unit_test(a_small_buffer_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
