/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file bench/room/crowd.c  Rooms full of legs: call, wait, measure, hang up
 */
#include "bench/room/crowd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "bench/room/uac.h"
#include "mcu/base/clock.h"
#include "mcu/base/err.h"

enum {
    STREAMS = 4,
    VOICES = 4,
    TICK_US = 1000,
    EVENTS = 256,
    SDP_SIZE = 1024,
    UAC_TICK_US = 100000,
    JOIN_MAX_US = 15000000, /* for the last answers */
    KEY_REQUEST_US = 500000,
};

/* epoll's data: legs are numbered from 0, LEG_SOCKETS each; then come these. */
enum { DATA_UAC = 1 << 30, DATA_TIMER };

enum member_state { MEMBER_IDLE, MEMBER_UP, MEMBER_FAILED, MEMBER_GONE };

struct member {
    struct leg *leg;
    enum member_state state;
};

struct crowd {
    const struct options *options;
    unsigned nmembers;
    struct member *members;
    struct leg_stats *stats;
    struct stream *streams[STREAMS], *flash;
    struct voice *voices[VOICES], *silence, *bursts;
    struct probe *probe; /* --latency */
    struct uac *uac;
    int epoll, timer;
    unsigned sip_failures, hangups;
    uint64_t uac_tick_us, key_request_us;
};

static void on_answer(unsigned call, const char *sdp, void *arg)
{
    struct crowd *crowd = arg;
    struct member *member = &crowd->members[call];
    struct offer_answer answer;

    if (offer_read_answer(&answer, sdp)) {
        crowd->sip_failures++;
        member->state = MEMBER_FAILED;
        return;
    }
    member->state = MEMBER_UP;
    leg_start(member->leg, &answer, clock_now_us());
}

static void on_fail(unsigned call, unsigned status, void *arg)
{
    struct crowd *crowd = arg;

    crowd->sip_failures++;
    crowd->members[call].state = MEMBER_FAILED;
    (void)fprintf(stderr, "leg %u: SIP %u\n", call, status);
}

static void on_end(unsigned call, void *arg)
{
    struct crowd *crowd = arg;

    crowd->hangups++;
    crowd->members[call].state = MEMBER_GONE;
    leg_stop(crowd->members[call].leg);
}

static void on_key(unsigned call, void *arg)
{
    struct crowd *crowd = arg;

    leg_key(crowd->members[call].leg);
}

static void on_audio_sent(unsigned index, uint64_t now_us, void *arg)
{
    struct crowd *crowd = arg;

    probe_sent_audio(crowd->probe, index, now_us);
}

static void on_picture_sent(unsigned index, uint64_t now_us, void *arg)
{
    struct crowd *crowd = arg;

    probe_sent_picture(crowd->probe, index, now_us);
}

static void on_audio(const uint8_t *payload, size_t len, uint64_t now_us, void *arg)
{
    struct crowd *crowd = arg;

    probe_audio(crowd->probe, payload, len, now_us);
}

static void on_video(const uint8_t *payload, size_t len, bool marker, uint64_t now_us, void *arg)
{
    struct crowd *crowd = arg;

    if (probe_video(crowd->probe, payload, len, marker, now_us) &&
        now_us - crowd->key_request_us > KEY_REQUEST_US) {
        crowd->key_request_us = now_us;
        leg_request_key(crowd->members[1].leg);
    }
}

static int load_streams(struct crowd *crowd)
{
    const struct options *o = crowd->options;
    char path[512];
    int err = 0;

    for (unsigned i = 0; i < STREAMS + 1 && !err; i++) {
        bool flash = i == STREAMS;
        char name[16];

        (void)snprintf(name, sizeof(name), flash ? "flash" : "video%u", i);
        (void)snprintf(path, sizeof(path), "%s/%s_%ux%u.264", o->media, name, o->width, o->height);
        err = stream_load(flash ? &crowd->flash : &crowd->streams[i], path);
    }
    if (err) {
        (void)fprintf(stderr, "%s: %s (bench/streams makes it)\n", path, err_str(err));
    }
    return err;
}

static int load_media(struct crowd *crowd)
{
    const struct options *o = crowd->options;
    int err = o->video ? load_streams(crowd) : 0;

    for (unsigned i = 0; i < VOICES && i < o->talkers && !err; i++) {
        err = voice_speech(&crowd->voices[i], o->codec, o->media, i);
    }
    if (!err) {
        err = voice_silence(&crowd->silence, o->codec, o->media);
    }
    if (!err && o->latency) {
        err = voice_bursts(&crowd->bursts);
    }
    if (!err && o->latency) {
        err = probe_new(&crowd->probe);
    }
    return err;
}

/* What leg number i sends. */
static struct leg_cfg leg_cfg_of(struct crowd *crowd, unsigned i)
{
    const struct options *o = crowd->options;
    unsigned place = i % o->people;
    struct leg_cfg cfg = {
        .codec = o->codec,
        .voice = place < o->talkers ? crowd->voices[place % VOICES] : crowd->silence,
        .stream = o->video ? crowd->streams[i % STREAMS] : NULL,
        .phase_us = (uint32_t)((uint64_t)i * 7919 % 20000), /* spread, repeatable */
        .first = i * 37,
        .tap = {.arg = crowd},
    };

    if (o->latency && i == 0) {
        cfg.voice = crowd->bursts;
        cfg.stream = o->video ? crowd->flash : NULL;
        cfg.tap.audio_senth = on_audio_sent;
        cfg.tap.picture_senth = on_picture_sent;
    } else if (o->latency && i == 1) {
        cfg.tap.audioh = on_audio;
        cfg.tap.videoh = on_video;
    }
    return cfg;
}

static int add_fd(struct crowd *crowd, int fd, uint32_t data)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = data};

    return epoll_ctl(crowd->epoll, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

static int open_legs(struct crowd *crowd)
{
    int err = 0;

    for (unsigned i = 0; i < crowd->nmembers; i++) {
        struct leg_cfg cfg = leg_cfg_of(crowd, i);

        err = leg_new(&crowd->members[i].leg, &cfg);
        if (err) {
            return err;
        }
        for (unsigned k = 0; k < LEG_SOCKETS; k++) {
            int fd = leg_fd(crowd->members[i].leg, k);

            if (fd >= 0) {
                err = add_fd(crowd, fd, i * LEG_SOCKETS + k);
            }
            if (err) {
                return err;
            }
        }
    }
    return 0;
}

static int open_loop(struct crowd *crowd)
{
    struct itimerspec every = {.it_interval.tv_nsec = TICK_US * 1000,
                               .it_value.tv_nsec = TICK_US * 1000};
    struct uac_handlers handlers = {on_answer, on_fail, on_end, on_key, crowd};
    int err;

    crowd->epoll = epoll_create1(EPOLL_CLOEXEC);
    crowd->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (crowd->epoll < 0 || crowd->timer < 0 || timerfd_settime(crowd->timer, 0, &every, NULL)) {
        return -errno;
    }
    err = uac_new(&crowd->uac, &crowd->options->server, crowd->nmembers, &handlers);
    if (!err) {
        err = add_fd(crowd, uac_fd(crowd->uac), DATA_UAC);
    }
    return err ? err : add_fd(crowd, crowd->timer, DATA_TIMER);
}

int crowd_new(struct crowd **ret_crowd, const struct options *options)
{
    struct rlimit files = {65536, 65536};
    struct crowd *crowd = calloc(1, sizeof(*crowd));
    int err = -ENOMEM;

    if (!crowd) {
        return -ENOMEM;
    }
    (void)setrlimit(RLIMIT_NOFILE, &files);
    crowd->options = options;
    crowd->epoll = crowd->timer = -1;
    crowd->nmembers = options->rooms * options->people;
    crowd->members = calloc(crowd->nmembers, sizeof(*crowd->members));
    crowd->stats = calloc(crowd->nmembers, sizeof(*crowd->stats));
    if (crowd->members && crowd->stats) {
        err = load_media(crowd);
    }
    if (!err) {
        err = open_loop(crowd);
    }
    if (!err) {
        err = open_legs(crowd);
    }
    if (err) {
        crowd_free(crowd);
        return err;
    }
    *ret_crowd = crowd;
    return 0;
}

struct crowd *crowd_free(struct crowd *crowd)
{
    if (!crowd) {
        return NULL;
    }
    for (unsigned i = 0; crowd->members && i < crowd->nmembers; i++) {
        leg_free(crowd->members[i].leg);
    }
    for (unsigned i = 0; i < STREAMS; i++) {
        stream_free(crowd->streams[i]);
    }
    for (unsigned i = 0; i < VOICES; i++) {
        voice_free(crowd->voices[i]);
    }
    stream_free(crowd->flash);
    voice_free(crowd->silence);
    voice_free(crowd->bursts);
    probe_free(crowd->probe);
    uac_free(crowd->uac);
    if (crowd->epoll >= 0) {
        (void)close(crowd->epoll);
    }
    if (crowd->timer >= 0) {
        (void)close(crowd->timer);
    }
    free(crowd->members);
    free(crowd->stats);
    free(crowd);
    return NULL;
}

static void on_tick(struct crowd *crowd)
{
    uint64_t now_us = clock_now_us(), ticks;

    (void)!read(crowd->timer, &ticks, sizeof(ticks));
    for (unsigned i = 0; i < crowd->nmembers; i++) {
        leg_tick(crowd->members[i].leg, now_us);
    }
    if (now_us >= crowd->uac_tick_us) {
        uac_tick(crowd->uac, now_us);
        crowd->uac_tick_us = now_us + UAC_TICK_US;
    }
}

/* Wait for one batch of events and handle it. */
static void turn(struct crowd *crowd)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(crowd->epoll, events, EVENTS, 100);
    uint64_t now_us = clock_now_us();

    for (int i = 0; i < n; i++) {
        uint32_t data = events[i].data.u32;

        if (data == DATA_TIMER) {
            on_tick(crowd);
        } else if (data == DATA_UAC) {
            uac_recv(crowd->uac, now_us);
        } else {
            leg_recv(crowd->members[data / LEG_SOCKETS].leg, data % LEG_SOCKETS, now_us);
        }
    }
}

static void call(struct crowd *crowd, unsigned i)
{
    const struct options *o = crowd->options;
    const struct leg *leg = crowd->members[i].leg;
    struct offer offer = {
        .addr = uac_addr(crowd->uac),
        .audio_port = leg_port(leg, LEG_AUDIO),
        .video_port = leg_port(leg, LEG_VIDEO),
        .codec = o->codec,
    };
    char sdp[SDP_SIZE], room[128];

    (void)snprintf(room, sizeof(room), "%s%u", o->prefix, i / o->people);
    if (offer_print(&offer, sdp, sizeof(sdp)) < 0 ||
        uac_call(crowd->uac, i, room, sdp, clock_now_us())) {
        crowd->sip_failures++;
    }
}

void crowd_join(struct crowd *crowd)
{
    uint64_t step_us = 1000000 / crowd->options->calls_per_second, next_us = clock_now_us();
    uint64_t end_us = next_us + step_us * crowd->nmembers + JOIN_MAX_US;

    for (unsigned i = 0; i < crowd->nmembers;) {
        if (clock_now_us() >= next_us) {
            call(crowd, i++);
            next_us += step_us;
        }
        turn(crowd);
    }
    while (uac_pending(crowd->uac) && clock_now_us() < end_us) {
        turn(crowd);
    }
}

void crowd_run(struct crowd *crowd, unsigned ms)
{
    uint64_t end_us = clock_now_us() + (uint64_t)ms * 1000;

    while (clock_now_us() < end_us) {
        turn(crowd);
    }
}

void crowd_reset(struct crowd *crowd)
{
    uint64_t now_us = clock_now_us();

    for (unsigned i = 0; i < crowd->nmembers; i++) {
        leg_reset(crowd->members[i].leg, now_us);
    }
    if (crowd->probe) {
        probe_reset(crowd->probe);
    }
}

void crowd_report(struct crowd *crowd, struct report *report)
{
    uint64_t now_us = clock_now_us();

    report->nlegs = 0;
    for (unsigned i = 0; i < crowd->nmembers; i++) {
        if (crowd->members[i].state == MEMBER_UP) {
            leg_stats(crowd->members[i].leg, now_us, &crowd->stats[report->nlegs++]);
        }
    }
    report->legs = crowd->stats;
    report->sip_failures = crowd->sip_failures;
    report->hangups = crowd->hangups;
    if (crowd->probe) {
        probe_results(crowd->probe, &report->audio_latency, &report->video_latency);
    }
}

void crowd_leave(struct crowd *crowd)
{
    uint64_t end_us = clock_now_us() + JOIN_MAX_US;

    for (unsigned i = 0; i < crowd->nmembers; i++) {
        leg_stop(crowd->members[i].leg);
        uac_bye(crowd->uac, i, clock_now_us());
    }
    while (uac_pending(crowd->uac) && clock_now_us() < end_us) {
        turn(crowd);
    }
}
