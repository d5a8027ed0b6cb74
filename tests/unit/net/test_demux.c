/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_demux.c  Demux: the ranges of RFC 7983 and RFC 5761
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/demux.h"

static void knows_the_ranges(void **state)
{
    static const struct {
        uint8_t first, second;
        size_t len;
        enum demux_kind kind;
    } table[] = {
        {0, 1, 20, DEMUX_KIND_STUN},      {3, 1, 20, DEMUX_KIND_STUN},
        {4, 1, 40, DEMUX_KIND_UNKNOWN},   {0, 1, 19, DEMUX_KIND_UNKNOWN},
        {19, 0, 40, DEMUX_KIND_UNKNOWN},  {20, 254, 13, DEMUX_KIND_DTLS},
        {63, 254, 40, DEMUX_KIND_DTLS},   {22, 254, 12, DEMUX_KIND_UNKNOWN},
        {64, 0, 40, DEMUX_KIND_UNKNOWN},  {127, 0, 40, DEMUX_KIND_UNKNOWN},
        {128, 0, 12, DEMUX_KIND_RTP},     {128, 0, 11, DEMUX_KIND_UNKNOWN},
        {191, 191, 40, DEMUX_KIND_RTP},   {128, 192, 8, DEMUX_KIND_RTCP},
        {128, 223, 40, DEMUX_KIND_RTCP},  {128, 224, 40, DEMUX_KIND_RTP},
        {144, 0xe0, 40, DEMUX_KIND_RTP},  {128, 200, 7, DEMUX_KIND_UNKNOWN},
        {192, 0, 40, DEMUX_KIND_UNKNOWN}, {255, 255, 40, DEMUX_KIND_UNKNOWN},
        {128, 0, 0, DEMUX_KIND_UNKNOWN},
    };
    (void)state;

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); ++i) {
        uint8_t buf[64] = {table[i].first, table[i].second};

        assert_int_equal(demux_classify(buf, table[i].len), table[i].kind);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(knows_the_ranges)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
