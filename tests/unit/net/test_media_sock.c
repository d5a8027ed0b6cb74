/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_media_sock.c  Batches on loopback sockets, addresses, tables of peers
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "net/media_addr.h"
#include "net/media_peers.h"
#include "net/media_sock.h"
#include "net/packet.h"

enum { T0 = 1234567 };

static union media_addr addr4(const char *text, uint16_t port)
{
    union media_addr addr;

    memset(&addr, 0, sizeof(addr));
    addr.in.sin_family = AF_INET;
    addr.in.sin_port = htons(port);
    assert_int_equal(inet_pton(AF_INET, text, &addr.in.sin_addr), 1);
    return addr;
}

static union media_addr addr6(const char *text, uint16_t port)
{
    union media_addr addr;

    memset(&addr, 0, sizeof(addr));
    addr.in6.sin6_family = AF_INET6;
    addr.in6.sin6_port = htons(port);
    assert_int_equal(inet_pton(AF_INET6, text, &addr.in6.sin6_addr), 1);
    return addr;
}

static void send_text(struct media_sock_tx *tx, int fd, const union media_addr *to, unsigned i)
{
    uint8_t *buf = media_sock_reserve(tx);

    memcpy(buf, &i, sizeof(i));
    media_sock_commit(tx, fd, to, sizeof(i));
}

static void a_flush_keeps_the_order_of_each_socket(void **state)
{
    union media_addr to[2] = {addr4("127.0.0.1", 0), addr4("127.0.0.1", 0)}, own = to[0];
    int fd[2], out[2];
    struct media_sock_rx rx = {0};
    struct media_sock_tx *tx;

    (void)state;
    assert_int_equal(media_sock_tx_new(&tx), 0);
    for (unsigned i = 0; i < 2; ++i) {
        fd[i] = media_sock_open(&to[i], MEDIA_SOCK_BUFFER_PAIR);
        assert_true(fd[i] >= 0);
        assert_true(media_addr_port(&to[i]) > 0);
        own = addr4("127.0.0.1", 0);
        out[i] = media_sock_open(&own, MEDIA_SOCK_BUFFER_PAIR);
        assert_true(out[i] >= 0);
    }
    for (unsigned i = 0; i < 3 * MEDIA_SOCK_TX; ++i)
        send_text(tx, out[i % 2], &to[i % 2], i);
    media_sock_flush(tx);
    for (unsigned s = 0; s < 2; ++s) {
        unsigned expect = s, n;

        while ((n = media_sock_recv(&rx, fd[s], T0)) > 0) {
            for (unsigned i = 0; i < n; ++i, expect += 2) {
                assert_int_equal(rx.packet[i]->len, sizeof(expect));
                assert_int_equal(rx.packet[i]->when_us, T0);
                assert_memory_equal(rx.packet[i]->buf, &expect, sizeof(expect));
            }
        }
        assert_int_equal(expect, 3 * MEDIA_SOCK_TX + s);
        close(fd[s]);
        close(out[s]);
    }
    media_sock_rx_finish(&rx);
    media_sock_tx_free(tx);
    assert_int_equal(packet_pool_used(), 0);
}

static void one_that_cannot_be_sent_stops_no_other(void **state)
{
    union media_addr to = addr4("127.0.0.1", 0), own = to, bad = addr4("127.0.0.1", 0);
    int fd = media_sock_open(&to, MEDIA_SOCK_BUFFER_PAIR);
    int out = media_sock_open(&own, MEDIA_SOCK_BUFFER_PAIR);
    struct media_sock_rx rx = {0};
    struct media_sock_tx *tx;

    (void)state;
    assert_int_equal(media_sock_tx_new(&tx), 0);
    send_text(tx, out, &bad, 0); /* port 0: EINVAL */
    send_text(tx, out, &to, 1);
    media_sock_flush(tx);
    assert_int_equal(media_sock_recv(&rx, fd, T0), 1);
    media_sock_rx_finish(&rx);
    media_sock_tx_free(tx);
    close(fd);
    close(out);
}

static void a_datagram_that_is_too_long_comes_empty(void **state)
{
    static const char big[PACKET_BUF_SIZE + 100];
    union media_addr to = addr4("127.0.0.1", 0);
    int fd = media_sock_open(&to, MEDIA_SOCK_BUFFER_PAIR);
    struct media_sock_rx rx = {0};

    (void)state;
    assert_int_equal(sendto(fd, big, sizeof(big), 0, &to.sa, media_addr_len(&to)), sizeof(big));
    assert_int_equal(media_sock_recv(&rx, fd, T0), 1);
    assert_int_equal(rx.packet[0]->len, 0);
    media_sock_rx_finish(&rx);
    close(fd);
}

static void an_empty_pool_leaves_nothing_readable(void **state)
{
    union media_addr to = addr4("127.0.0.1", 0);
    int fd = media_sock_open(&to, MEDIA_SOCK_BUFFER_PAIR);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    struct packet *taken[256];
    struct media_sock_rx rx = {0};
    unsigned n = 0;

    (void)state;
    while (n < 256 && (taken[n] = packet_new()) != NULL)
        ++n;
    assert_int_equal(sendto(fd, "x", 1, 0, &to.sa, media_addr_len(&to)), 1);
    assert_int_equal(media_sock_recv(&rx, fd, T0), 0);
    assert_int_equal(poll(&p, 1, 0), 0);
    while (n)
        packet_unref(taken[--n]);
    close(fd);
}

static void pairs_are_even_and_odd_and_end(void **state)
{
    union media_addr any = addr4("127.0.0.1", 0);
    int fd[3][2];

    (void)state;
    for (unsigned i = 0; i < 2; ++i) {
        union media_addr addr = any;

        assert_int_equal(media_sock_open_pair(fd[i], &addr, 29991, 29995), 0);
        assert_int_equal(media_addr_port(&addr) % 2, 0);
        assert_in_range(media_addr_port(&addr), 29992, 29994);
    }
    assert_int_equal(media_sock_open_pair(fd[2], &any, 29991, 29995), -EADDRINUSE);
    assert_int_equal(media_sock_open_pair(fd[2], &any, 29991, 29992), -EINVAL);
    assert_int_equal(media_sock_open_pair(fd[2], &any, 0, 0), -EINVAL);
    for (unsigned i = 0; i < 4; ++i)
        close(fd[i / 2][i % 2]);
}

static void addresses_are_compared_whole(void **state)
{
    union media_addr a = addr4("10.0.0.1", 5), b = addr4("10.0.0.1", 6), c = addr4("10.0.0.2", 5);
    union media_addr d = addr6("::1", 5), e = addr6("::1", 5), any = addr6("::", 1);
    struct sockaddr_storage ss;

    (void)state;
    assert_true(media_addr_equal(&a, &a));
    assert_false(media_addr_equal(&a, &b));
    assert_true(media_addr_same_host(&a, &b));
    assert_false(media_addr_same_host(&a, &c));
    assert_false(media_addr_equal(&a, &d));
    assert_true(media_addr_equal(&d, &e));
    assert_int_equal(media_addr_hash(&d, 1), media_addr_hash(&e, 1));
    assert_true(media_addr_any(&any) && !media_addr_any(&d) && !media_addr_any(&a));
    media_addr_to(&d, &ss);
    e = media_addr_from(&ss);
    assert_true(media_addr_equal(&d, &e));
}

static void peers_are_found_by_socket_and_address(void **state)
{
    static struct media_peers_addr node[1000];
    struct media_peers *peers;

    (void)state;
    assert_int_equal(media_peers_new(&peers, 100), 0);
    for (unsigned i = 0; i < 1000; ++i) {
        node[i] = (struct media_peers_addr){.addr = addr4("10.1.1.1", (uint16_t)(1 + i / 2)),
                                            .fd = (int)(i % 2),
                                            .owner = &node[i]};
        media_peers_add_addr(peers, &node[i]);
    }
    for (unsigned i = 0; i < 1000; ++i)
        assert_ptr_equal(media_peers_find_addr(peers, (int)(i % 2), &node[i].addr), &node[i]);
    for (unsigned i = 0; i < 1000; i += 2)
        media_peers_remove_addr(peers, &node[i]);
    media_peers_remove_addr(peers, &node[0]);
    for (unsigned i = 0; i < 1000; ++i)
        assert_ptr_equal(media_peers_find_addr(peers, (int)(i % 2), &node[i].addr),
                         i % 2 ? &node[i] : NULL);
    media_peers_free(peers);
}

static void peers_are_found_by_ufrag(void **state)
{
    struct media_peers_ufrag a = {.ufrag = "aaaaaaaaaaaa", .owner = &a};
    struct media_peers_ufrag b = {.ufrag = "bbbbbbbbbbbb", .owner = &b};
    struct media_peers *peers;

    (void)state;
    assert_int_equal(media_peers_new(&peers, 1), 0);
    media_peers_add_ufrag(peers, &a);
    media_peers_add_ufrag(peers, &b);
    assert_ptr_equal(media_peers_find_ufrag(peers, "aaaaaaaaaaaa"), &a);
    media_peers_remove_ufrag(peers, &a);
    assert_null(media_peers_find_ufrag(peers, "aaaaaaaaaaaa"));
    assert_ptr_equal(media_peers_find_ufrag(peers, "bbbbbbbbbbbb"), &b);
    media_peers_free(peers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flush_keeps_the_order_of_each_socket),
        cmocka_unit_test(one_that_cannot_be_sent_stops_no_other),
        cmocka_unit_test(a_datagram_that_is_too_long_comes_empty),
        cmocka_unit_test(an_empty_pool_leaves_nothing_readable),
        cmocka_unit_test(pairs_are_even_and_odd_and_end),
        cmocka_unit_test(addresses_are_compared_whole),
        cmocka_unit_test(peers_are_found_by_socket_and_address),
        cmocka_unit_test(peers_are_found_by_ufrag),
    };
    int err = packet_pool_init(128);

    if (!err)
        err = cmocka_run_group_tests(tests, NULL, NULL);
    packet_pool_finish();
    return err;
}
