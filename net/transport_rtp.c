/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/transport_rtp.c  Port pairs of plain RTP legs, with a guarded symmetric RTP
 */
#include "net/transport_rtp.h"

#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "net/demux.h"
#include "net/media_metric.h"
#include "net/media_sock.h"
#include "net/packet.h"
#include "net/rtp_packet.h"
#include "net/transport_flow.h"
#include "net/transport_media.h"
#include "net/transport_state.h"

enum {
    RTP_PER_S_AUDIO = 250, /* 10 ms packets and telephone events, twice over */
    RTP_PER_S_VIDEO = 2500,
    RTCP_PER_S = 50,
};

static struct transport_leg *leg_of(const struct transport_port *port)
{
    return &port->media->leg[port->line];
}

/* Would a packet with this payload type belong to the line at all? */
static bool plausible(const struct media_line *line, uint8_t pt)
{
    return pt == line->pt || (line->dtmf_pt && pt == line->dtmf_pt) ||
           (line->rtx_pt && pt == line->rtx_pt);
}

/* Is this the source that counts?  Latches it if it may be. */
static bool accept_source(struct transport_leg *leg, const struct media_line *line,
                          const struct rtp_packet_header *header, const union media_addr *from,
                          uint64_t now_us)
{
    if (!leg->remote_rtp.sa.sa_family || !plausible(line, header->pt))
        return false;
    if (media_addr_equal(from, &leg->to_rtp)) {
        if (!leg->heard)
            leg->ssrc = header->ssrc;
        leg->heard = true;
        return true;
    }
    if (leg->latched)
        return false;
    if (leg->heard &&
        (now_us - leg->since_us > TRANSPORT_RTP_LATCH_US || header->ssrc != leg->ssrc))
        return false;

    leg->latched = leg->heard = true;
    leg->ssrc = header->ssrc;
    leg->to_rtp = *from;
    if (line->rtcp_mux) {
        leg->to_rtcp = *from;
    } else if (media_addr_same_host(&leg->remote_rtp, &leg->remote_rtcp)) {
        leg->to_rtcp = *from; /* its router may keep the pair together; corrected by RTCP */
        media_addr_set_port(&leg->to_rtcp, (uint16_t)(media_addr_port(from) + 1));
    }
    return true;
}

static void input_rtp(const struct transport_port *port, struct packet *packet,
                      const union media_addr *from, uint64_t now_us)
{
    struct transport_media *media = port->media;
    const struct media_line *line = &media->desc->line[port->line];
    uint32_t limit = line->kind == MEDIA_KIND_VIDEO ? RTP_PER_S_VIDEO : RTP_PER_S_AUDIO;
    bool latched = leg_of(port)->latched;
    struct rtp_packet_header header;

    if (rtp_packet_peek(packet->buf + packet->start, packet->len, &header))
        metric_add(&media_metric_drop_broken, 1);
    else if (!accept_source(leg_of(port), line, &header, from, now_us))
        metric_add(&media_metric_drop_source, 1);
    else if (!transport_media_take(&leg_of(port)->bucket, limit, limit, now_us))
        metric_add(&media_metric_drop_rate, 1);
    else if (!line->recv)
        media->heard_us = now_us; /* on hold */
    else {
        transport_flow_rtp(media, packet, port->line, now_us);
        packet = NULL;
    }
    packet_unref(packet);
    if (leg_of(port)->latched && !latched) { /* what was sent before went elsewhere */
        media->flowing &= ~(1u << port->line);
        transport_media_follow(media);
    }
}

static void input_rtcp(const struct transport_port *port, const struct packet *packet,
                       const union media_addr *from, uint64_t now_us)
{
    struct transport_leg *leg = leg_of(port);

    /* From where the media comes, or from the address in the description. */
    if (!media_addr_same_host(from, &leg->to_rtp) && !media_addr_equal(from, &leg->remote_rtcp)) {
        metric_add(&media_metric_drop_source, 1);
        return;
    }
    if (!transport_media_take(&port->media->rtcp_bucket, RTCP_PER_S, RTCP_PER_S, now_us)) {
        metric_add(&media_metric_drop_rate, 1);
        return;
    }
    if (leg->latched && port->rtcp)
        leg->to_rtcp = *from;
    port->media->heard_us = now_us; /* alive, if it has nothing to say: on hold, silent */
    transport_flow_rtcp(port->media, packet->buf + packet->start, packet->len, port->line, now_us);
}

void transport_rtp_input(const struct transport_port *port, struct packet *packet,
                         const union media_addr *from, uint64_t now_us)
{
    const struct media_desc *desc = port->media->desc;
    enum demux_kind kind = demux_classify(packet->buf + packet->start, packet->len);

    if (!desc || port->line >= desc->nlines || desc->line[port->line].kind == MEDIA_KIND_NONE) {
        metric_add(&media_metric_drop_source, 1);
    } else if (kind == DEMUX_KIND_RTP && !port->rtcp) {
        input_rtp(port, packet, from, now_us);
        return;
    } else if (kind == DEMUX_KIND_RTCP && (port->rtcp || desc->line[port->line].rtcp_mux)) {
        input_rtcp(port, packet, from, now_us);
    } else {
        metric_add(&media_metric_drop_broken, 1);
    }
    packet_unref(packet);
}

static void close_port(struct transport_port *port)
{
    if (port->fd >= 0)
        close(port->fd); /* leaves epoll by that */
    port->fd = -1;
}

static void take_port(struct transport_media *media, struct transport_port *port, int *fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = port};

    close_port(port);
    port->fd = *fd;
    *fd = -1;
    if (port->fd >= 0 && epoll_ctl(media->loop->media.epoll, EPOLL_CTL_ADD, port->fd, &event))
        transport_media_event(media, TRANSPORT_EVENT_LOST, 0, "out of memory");
}

void transport_rtp_open(struct transport_media *media, struct transport_command *command)
{
    struct transport_leg *leg = &media->leg[command->line];

    take_port(media, &leg->rtp, &command->fd[0]);
    take_port(media, &leg->rtcp, &command->fd[1]);
}

static void close_leg(struct transport_leg *leg)
{
    close_port(&leg->rtp);
    close_port(&leg->rtcp);
    memset(&leg->remote_rtp, 0, sizeof(leg->remote_rtp));
    leg->to_rtp = leg->to_rtcp = leg->remote_rtcp = leg->remote_rtp;
}

static union media_addr rtcp_addr(const struct media_line *line)
{
    union media_addr addr = media_addr_from(&line->remote_rtcp);

    if (line->rtcp_mux)
        return media_addr_from(&line->remote_rtp);
    if (addr.sa.sa_family)
        return addr;
    addr = media_addr_from(&line->remote_rtp);
    media_addr_set_port(&addr, (uint16_t)(media_addr_port(&addr) + 1));
    return addr;
}

static void update_leg(struct transport_leg *leg, const struct media_line *line, uint64_t now_us)
{
    union media_addr rtp = media_addr_from(&line->remote_rtp), rtcp = rtcp_addr(line);

    if (media_addr_equal(&rtp, &leg->remote_rtp) && media_addr_equal(&rtcp, &leg->remote_rtcp))
        return;
    leg->remote_rtp = leg->to_rtp = rtp;
    leg->remote_rtcp = leg->to_rtcp = rtcp;
    leg->heard = leg->latched = false;
    leg->since_us = now_us;
}

void transport_rtp_update(struct transport_media *media, const struct media_desc *desc,
                          uint64_t now_us)
{
    media_sock_flush(media->loop->media.tx); /* what is queued for a port that closes */
    for (unsigned i = 0; i < TRANSPORT_STATE_LINES; ++i) {
        if (i < desc->nlines && desc->line[i].kind != MEDIA_KIND_NONE)
            update_leg(&media->leg[i], &desc->line[i], now_us);
        else
            close_leg(&media->leg[i]);
    }
}

static bool usable(const union media_addr *addr)
{
    return addr->sa.sa_family && media_addr_port(addr) && !media_addr_any(addr);
}

bool transport_rtp_ready(const struct transport_media *media, unsigned line)
{
    return media->leg[line].rtp.fd >= 0 && usable(&media->leg[line].to_rtp);
}

void transport_rtp_send(struct transport_media *media, unsigned line, size_t len, bool rtcp)
{
    const struct transport_leg *leg = &media->leg[line];
    bool own = rtcp && !media->desc->line[line].rtcp_mux;
    const union media_addr *to = rtcp ? &leg->to_rtcp : &leg->to_rtp;
    int fd = own ? leg->rtcp.fd : leg->rtp.fd;

    if (fd >= 0 && usable(to))
        media_sock_commit(media->loop->media.tx, fd, to, len);
}

void transport_rtp_close(struct transport_media *media)
{
    for (unsigned i = 0; i < TRANSPORT_STATE_LINES; ++i)
        close_leg(&media->leg[i]);
}
