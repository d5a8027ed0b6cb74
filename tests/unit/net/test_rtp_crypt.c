/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_rtp_crypt.c  SRTP: there and back, replay, forgery, limit of sources
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "net/rtp_crypt.h"

static const enum rtp_crypt_profile profiles[] = {RTP_CRYPT_PROFILE_AEAD_AES_128_GCM,
                                                  RTP_CRYPT_PROFILE_AES128_CM_SHA1_80};

static struct rtp_crypt *alice, *bob;

static void open_pair(enum rtp_crypt_profile profile)
{
    struct rtp_crypt_keys keys = {.profile = profile}, back = {.profile = profile};

    for (unsigned i = 0; i < RTP_CRYPT_KEY_MAX; ++i) {
        keys.tx[i] = back.rx[i] = (uint8_t)i;
        keys.rx[i] = back.tx[i] = (uint8_t)(100 + i);
    }
    assert_int_equal(rtp_crypt_new(&alice, &keys), 0);
    assert_int_equal(rtp_crypt_new(&bob, &back), 0);
}

static void close_pair(void)
{
    alice = rtp_crypt_free(alice);
    bob = rtp_crypt_free(bob);
}

/* An RTP packet of 100 bytes. */
static size_t make_rtp(uint8_t *buf, uint16_t seq, uint8_t ssrc)
{
    memset(buf, 0x55, 100);
    memcpy(buf, (uint8_t[12]){0x80, 96, (uint8_t)(seq >> 8), (uint8_t)seq, [11] = ssrc}, 12);
    return 100;
}

static int send_rtp(uint16_t seq, uint8_t ssrc)
{
    uint8_t buf[160];
    size_t len = make_rtp(buf, seq, ssrc);

    assert_int_equal(rtp_crypt_protect(alice, buf, &len, sizeof(buf)), 0);
    return rtp_crypt_unprotect(bob, buf, &len);
}

static void decrypts_what_it_encrypts(void **state)
{
    (void)state;

    for (unsigned i = 0; i < 2; ++i) {
        uint8_t plain[160], buf[160];
        size_t len = make_rtp(plain, 1, 7);

        open_pair(profiles[i]);
        memcpy(buf, plain, len);
        assert_int_equal(rtp_crypt_protect(alice, buf, &len, sizeof(buf)), 0);
        assert_in_range(len, 101, 100 + RTP_CRYPT_OVERHEAD);
        assert_memory_not_equal(buf + 12, plain + 12, 88);
        assert_int_equal(rtp_crypt_unprotect(bob, buf, &len), 0);
        assert_int_equal(len, 100);
        assert_memory_equal(buf, plain, 100);
        close_pair();
    }
}

static void does_the_same_for_rtcp(void **state)
{
    static const uint8_t pli[12] = {0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2};
    (void)state;

    for (unsigned i = 0; i < 2; ++i) {
        uint8_t buf[64], copy[64];
        size_t len = sizeof(pli), copy_len;

        open_pair(profiles[i]);
        memcpy(buf, pli, len);
        assert_int_equal(rtp_crypt_protect_rtcp(bob, buf, &len, sizeof(buf)), 0);
        assert_in_range(len, 13, sizeof(pli) + RTP_CRYPT_OVERHEAD);
        memcpy(copy, buf, len);
        copy_len = len;
        assert_int_equal(rtp_crypt_unprotect_rtcp(alice, buf, &len), 0);
        assert_int_equal(len, sizeof(pli));
        assert_memory_equal(buf, pli, sizeof(pli));
        assert_int_equal(rtp_crypt_unprotect_rtcp(alice, copy, &copy_len), -EALREADY);
        close_pair();
    }
}

static void refuses_replays_and_counts_them(void **state)
{
    (void)state;

    for (unsigned i = 0; i < 2; ++i) {
        struct rtp_crypt_stats stats;
        uint8_t old[160];
        size_t len = make_rtp(old, 2000 - 1100, 1);

        open_pair(profiles[i]);
        assert_int_equal(rtp_crypt_protect(alice, old, &len, sizeof(old)), 0);
        assert_int_equal(send_rtp(2000, 1), 0);
        assert_int_equal(send_rtp(2000, 1), -EALREADY);
        assert_int_equal(send_rtp(2000 - 1000, 1), 0); /* in the window */
        assert_int_equal(send_rtp(2000 - 1000, 1), -EALREADY);
        assert_int_equal(rtp_crypt_unprotect(bob, old, &len), -EALREADY); /* older than it */
        rtp_crypt_stats(bob, &stats);
        assert_int_equal(stats.replayed, 3);
        assert_int_equal(stats.auth_failed, 0);
        close_pair();
    }
}

static void refuses_every_flipped_bit(void **state)
{
    (void)state;

    for (unsigned i = 0; i < 2; ++i) {
        struct rtp_crypt_stats stats;
        uint8_t buf[160], copy[160];
        size_t len = make_rtp(buf, 1, 1);

        open_pair(profiles[i]);
        assert_int_equal(rtp_crypt_protect(alice, buf, &len, sizeof(buf)), 0);
        for (size_t bit = 16; bit < 8 * len; bit += 7) {
            size_t n = len;
            int err;

            memcpy(copy, buf, len);
            copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
            err = rtp_crypt_unprotect(bob, copy, &n);
            assert_int_equal(err, -EBADMSG);
            assert_int_equal(n, len);
        }
        assert_int_equal(rtp_crypt_ssrcs(bob), 0);
        rtp_crypt_stats(bob, &stats);
        assert_true(stats.auth_failed > 100);
        assert_int_equal(rtp_crypt_unprotect(bob, buf, &len), 0);
        close_pair();
    }
}

static void refuses_what_is_too_short(void **state)
{
    (void)state;

    for (unsigned i = 0; i < 2; ++i) {
        open_pair(profiles[i]);
        for (size_t n = 0; n < 40; ++n) {
            uint8_t rtp[40] = {0x80, 96}, rtcp[40] = {0x80, 201};
            size_t len = n;

            assert_int_equal(rtp_crypt_unprotect(bob, rtp, &len), -EBADMSG);
            assert_int_equal(rtp_crypt_unprotect_rtcp(bob, rtcp, &len), -EBADMSG);
        }
        close_pair();
    }
}

static void bounds_the_sources_of_a_peer(void **state)
{
    struct rtp_crypt_stats stats;
    (void)state;

    open_pair(profiles[0]);
    for (uint8_t ssrc = 1; ssrc <= RTP_CRYPT_SSRCS_MAX; ++ssrc)
        assert_int_equal(send_rtp(1, ssrc), 0);
    assert_int_equal(send_rtp(1, 200), -E2BIG);
    assert_int_equal(send_rtp(2, 1), 0);
    assert_int_equal(rtp_crypt_ssrcs(bob), RTP_CRYPT_SSRCS_MAX);
    rtp_crypt_stats(bob, &stats);
    assert_int_equal(stats.ssrc_refused, 1);

    rtp_crypt_forget(bob, 99); /* unknown */
    rtp_crypt_forget(bob, 5);
    assert_int_equal(rtp_crypt_ssrcs(bob), RTP_CRYPT_SSRCS_MAX - 1);
    assert_int_equal(send_rtp(2, 200), 0);
    close_pair();
}

static void survives_the_wrap_of_sequence_numbers(void **state)
{
    (void)state;

    open_pair(profiles[0]);
    for (uint32_t seq = 65500; seq < 65536 * 2 + 100; seq += 97)
        assert_int_equal(send_rtp((uint16_t)seq, 1), 0);
    close_pair();
}

static void sends_the_same_packet_twice(void **state)
{
    uint8_t a[160], b[160];
    size_t a_len = make_rtp(a, 1, 1), b_len = make_rtp(b, 1, 1);
    (void)state;

    open_pair(profiles[0]);
    assert_int_equal(rtp_crypt_protect(alice, a, &a_len, sizeof(a)), 0);
    assert_int_equal(rtp_crypt_protect(alice, b, &b_len, sizeof(b)), 0);
    assert_memory_equal(a, b, a_len);
    close_pair();
}

static void does_not_send_what_is_older_than_the_window(void **state)
{
    uint8_t buf[160];
    size_t len = make_rtp(buf, 900, 1);
    (void)state;

    open_pair(profiles[0]);
    assert_int_equal(send_rtp(2000, 1), 0);
    assert_int_equal(rtp_crypt_protect(alice, buf, &len, sizeof(buf)), -EALREADY);
    assert_int_equal(len, 100);
    close_pair();
}

static void needs_room_and_a_profile(void **state)
{
    const struct rtp_crypt_keys none = {.profile = RTP_CRYPT_PROFILE_NONE};
    struct rtp_crypt *crypt = NULL;
    uint8_t buf[160];
    size_t len = make_rtp(buf, 1, 1);
    (void)state;

    assert_int_equal(rtp_crypt_new(&crypt, &none), -EINVAL);
    assert_null(crypt);
    open_pair(profiles[1]);
    assert_int_equal(rtp_crypt_protect(alice, buf, &len, len + RTP_CRYPT_OVERHEAD - 1), -ENOSPC);
    assert_int_equal(len, 100);
    close_pair();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decrypts_what_it_encrypts),
        cmocka_unit_test(does_the_same_for_rtcp),
        cmocka_unit_test(refuses_replays_and_counts_them),
        cmocka_unit_test(refuses_every_flipped_bit),
        cmocka_unit_test(refuses_what_is_too_short),
        cmocka_unit_test(bounds_the_sources_of_a_peer),
        cmocka_unit_test(survives_the_wrap_of_sequence_numbers),
        cmocka_unit_test(sends_the_same_packet_twice),
        cmocka_unit_test(does_not_send_what_is_older_than_the_window),
        cmocka_unit_test(needs_room_and_a_profile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
