/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file bench/room/options.h  What to run: the arguments of bench_room
 *
 * Threads: any; no state.
 */
#ifndef BENCH_ROOM_OPTIONS_H
#define BENCH_ROOM_OPTIONS_H

#include <netinet/in.h>
#include <stdbool.h>

enum options_codec { OPTIONS_CODEC_OPUS, OPTIONS_CODEC_PCMU, OPTIONS_CODEC_G722 };

enum { OPTIONS_LEGS_MAX = 4000 /**< Rooms times people */ };

struct options {
    unsigned rooms;
    unsigned people;           /**< In each room */
    unsigned talkers;          /**< In each room; the others send encoded silence */
    unsigned window_ms;        /**< Length of the measured window [ms] */
    unsigned warmup;           /**< Between the last answer and the window [s] */
    unsigned calls_per_second; /**< Pace of the INVITEs */
    struct sockaddr_in server;
    int pid; /**< Server process to watch, 0 = none */
    enum options_codec codec;
    bool video;
    unsigned width, height; /**< Of the streams that are sent [pixels] */
    bool latency;           /**< Legs 0 and 1 of the first room measure the added latency */
    bool json;
    char media[256]; /**< Folder made by bench/streams */
    char prefix[64]; /**< Of the room names */
};

/**
 * Read the command line; prints what is wrong, or the help, to stderr.
 * @return 0, -EINVAL, -ECANCELED (help was asked for)
 */
int options_parse(struct options *ret_options, int argc, char **argv);

/** Name of a codec as on the command line. */
const char *options_codec_name(enum options_codec codec);

#endif
