/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file bench/room/options.c  What to run: the arguments of bench_room
 */
#include "bench/room/options.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] = "usage: bench_room [options]\n"
                           "  --server ADDR:PORT   SIP server, UDP            (127.0.0.1:5060)\n"
                           "  --pid PID            server process to watch    (none)\n"
                           "  --rooms N            rooms                      (1)\n"
                           "  --people N           legs in each room          (4)\n"
                           "  --talkers N          legs that talk, per room   (2)\n"
                           "  --seconds N          measured window, 0.1 up    (15)\n"
                           "  --warmup N           before the window          (3)\n"
                           "  --codec NAME         opus, pcmu or g722         (opus)\n"
                           "  --video WxH          size of the streams sent   (640x360)\n"
                           "  --audio-only         no video\n"
                           "  --latency            measure the added latency with legs 0 and 1\n"
                           "  --media DIR          folder made by bench/streams (.build/bench)\n"
                           "  --prefix TEXT        room names are TEXT and a number (bench)\n"
                           "  --rate N             calls placed per second    (40)\n"
                           "  --json               one line of JSON instead of a table\n";

static const struct option longs[] = {
    {"server", required_argument, NULL, 's'},
    {"pid", required_argument, NULL, 'p'},
    {"rooms", required_argument, NULL, 'r'},
    {"people", required_argument, NULL, 'n'},
    {"talkers", required_argument, NULL, 't'},
    {"seconds", required_argument, NULL, 'd'},
    {"warmup", required_argument, NULL, 'w'},
    {"codec", required_argument, NULL, 'c'},
    {"video", required_argument, NULL, 'v'},
    {"audio-only", no_argument, NULL, 'a'},
    {"latency", no_argument, NULL, 'l'},
    {"media", required_argument, NULL, 'm'},
    {"prefix", required_argument, NULL, 'x'},
    {"rate", required_argument, NULL, 'R'},
    {"json", no_argument, NULL, 'j'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

const char *options_codec_name(enum options_codec codec)
{
    static const char *const names[] = {"opus", "pcmu", "g722"};

    return names[codec];
}

static int read_number(unsigned *ret, const char *text, unsigned min, unsigned max)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);

    if (end == text || *end || n < min || n > max) {
        return -EINVAL;
    }
    *ret = (unsigned)n;
    return 0;
}

/* Seconds with a fraction to milliseconds. */
static int read_seconds(unsigned *ret_ms, const char *text)
{
    char *end;
    double s = strtod(text, &end);

    if (end == text || *end || !(s >= 0.1 && s <= 86400)) {
        return -EINVAL;
    }
    *ret_ms = (unsigned)(s * 1000);
    return 0;
}

static int read_server(struct sockaddr_in *ret, const char *text)
{
    char addr[64];
    unsigned port;
    const char *colon = strrchr(text, ':');

    if (!colon || (size_t)(colon - text) >= sizeof(addr) ||
        read_number(&port, colon + 1, 1, 65535)) {
        return -EINVAL;
    }
    memcpy(addr, text, (size_t)(colon - text));
    addr[colon - text] = '\0';
    *ret = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    return inet_pton(AF_INET, addr, &ret->sin_addr) == 1 ? 0 : -EINVAL;
}

static int read_codec(enum options_codec *ret, const char *text)
{
    for (int i = OPTIONS_CODEC_OPUS; i <= OPTIONS_CODEC_G722; i++) {
        if (!strcmp(text, options_codec_name((enum options_codec)i))) {
            *ret = (enum options_codec)i;
            return 0;
        }
    }
    return -EINVAL;
}

static int read_text(char *ret, size_t size, const char *text)
{
    int n = snprintf(ret, size, "%s", text);

    return n > 0 && (size_t)n < size ? 0 : -EINVAL;
}

static int read_size(struct options *o, const char *text)
{
    char tail;

    if (sscanf(text, "%4ux%4u%c", &o->width, &o->height, &tail) != 2) {
        return -EINVAL;
    }
    return o->width >= 32 && o->height >= 32 ? 0 : -EINVAL;
}

static int read_option(struct options *o, int c, const char *arg)
{
    switch (c) {
    case 's':
        return read_server(&o->server, arg);
    case 'p':
        return read_number((unsigned *)&o->pid, arg, 1, 1u << 30);
    case 'r':
        return read_number(&o->rooms, arg, 1, OPTIONS_LEGS_MAX);
    case 'n':
        return read_number(&o->people, arg, 1, OPTIONS_LEGS_MAX);
    case 't':
        return read_number(&o->talkers, arg, 0, OPTIONS_LEGS_MAX);
    case 'd':
        return read_seconds(&o->window_ms, arg);
    case 'w':
        return read_number(&o->warmup, arg, 0, 600);
    case 'c':
        return read_codec(&o->codec, arg);
    case 'v':
        return read_size(o, arg);
    case 'a':
        o->video = false;
        return 0;
    case 'l':
        o->latency = true;
        return 0;
    case 'm':
        return read_text(o->media, sizeof(o->media), arg);
    case 'x':
        return read_text(o->prefix, sizeof(o->prefix), arg);
    case 'R':
        return read_number(&o->calls_per_second, arg, 1, 1000);
    case 'j':
        o->json = true;
        return 0;
    default:
        return -ECANCELED;
    }
}

int options_parse(struct options *ret_options, int argc, char **argv)
{
    struct options o = {
        .rooms = 1,
        .people = 4,
        .talkers = 2,
        .window_ms = 15000,
        .warmup = 3,
        .calls_per_second = 40,
        .video = true,
        .width = 640,
        .height = 360,
        .media = ".build/bench",
        .prefix = "bench",
    };
    int c, err;

    (void)read_server(&o.server, "127.0.0.1:5060");
    while ((c = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
        err = read_option(&o, c, optarg);
        if (err) {
            (void)fprintf(stderr, "%s%s", err == -EINVAL ? "bad value\n" : "", help);
            return err;
        }
    }
    if (o.rooms * (unsigned long)o.people > OPTIONS_LEGS_MAX || optind < argc ||
        (o.latency && o.people < 2)) {
        (void)fprintf(stderr, "too many legs, or too few for --latency\n%s", help);
        return -EINVAL;
    }
    *ret_options = o;
    return 0;
}
