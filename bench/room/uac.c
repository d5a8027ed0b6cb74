/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file bench/room/uac.c  A tiny SIP user agent client: many calls over one UDP socket
 */
#include "bench/room/uac.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mcu/base/id.h"

enum {
    MESSAGE_MAX = 4096, /* [bytes] */
    T1_US = 500000,     /* RFC 3261, 17.1.1.1 */
    GIVE_UP_US = 10000000,
    TEXT_SIZE = 256,
};

enum call_state { CALL_IDLE, CALL_INVITED, CALL_UP, CALL_ENDING };

struct call {
    enum call_state state;
    bool ringing; /* a provisional answer stops retransmission */
    char uri[TEXT_SIZE], target[TEXT_SIZE];
    char remote_tag[TEXT_SIZE];
    char *sdp;
    unsigned cseq, branch;
    uint64_t start_us, resend_us, interval_us;
};

struct uac {
    int fd;
    struct sockaddr_in server, local;
    struct uac_handlers handlers;
    char token[16];
    unsigned ncalls;
    struct call *calls;
    char in[MESSAGE_MAX + 1];
};

/* A header's value up to the end of its line, or NULL. */
static const char *find_header(const char *message, const char *name, const char *compact)
{
    size_t len = strlen(name), clen = strlen(compact);

    for (const char *p = strstr(message, "\r\n"); p && strncmp(p, "\r\n\r\n", 4);
         p = strstr(p + 2, "\r\n")) {
        size_t n = !strncasecmp(p + 2, name, len)               ? len
                   : clen && !strncasecmp(p + 2, compact, clen) ? clen
                                                                : 0;
        if (n && p[2 + n] == ':') {
            p += 3 + n;
            return p + strspn(p, " \t");
        }
    }
    return NULL;
}

static void copy_line(char *ret, size_t size, const char *value)
{
    size_t n = value ? strcspn(value, "\r\n") : 0;

    if (n >= size) {
        n = size - 1;
    }
    if (n) {
        memcpy(ret, value, n);
    }
    ret[n] = '\0';
}

static void send_text(const struct uac *uac, const char *text, int len)
{
    if (len > 0) {
        (void)send(uac->fd, text, (size_t)len, 0);
    }
}

static void send_request(struct uac *uac, unsigned index, const char *method)
{
    struct call *call = &uac->calls[index];
    bool invite = !strcmp(method, "INVITE");
    char text[MESSAGE_MAX], ip[INET_ADDRSTRLEN], to_tag[TEXT_SIZE + 8] = "";
    unsigned port = ntohs(uac->local.sin_port);
    int n;

    (void)inet_ntop(AF_INET, &uac->local.sin_addr, ip, sizeof(ip));
    if (call->remote_tag[0]) {
        (void)snprintf(to_tag, sizeof(to_tag), ";tag=%s", call->remote_tag);
    }
    n = snprintf(text, sizeof(text),
                 "%s %s SIP/2.0\r\n"
                 "Via: SIP/2.0/UDP %s:%u;branch=z9hG4bK%s.%u.%u;rport\r\n"
                 "Max-Forwards: 70\r\n"
                 "From: \"Bench %u\" <sip:bench%u@%s:%u>;tag=%s%u\r\n"
                 "To: <%s>%s\r\n"
                 "Call-ID: %s.%u@%s\r\n"
                 "CSeq: %u %s\r\n"
                 "Contact: <sip:bench%u@%s:%u>\r\n"
                 "User-Agent: medley-bench\r\n%s"
                 "Content-Length: %zu\r\n\r\n%s",
                 method, call->target, ip, port, uac->token, index, call->branch, index, index, ip,
                 port, uac->token, index, call->uri, to_tag, uac->token, index, ip, call->cseq,
                 method, index, ip, port, invite ? "Content-Type: application/sdp\r\n" : "",
                 invite ? strlen(call->sdp) : 0, invite ? call->sdp : "");
    send_text(uac, text, n);
}

static void start_transaction(struct uac *uac, unsigned index, const char *method, uint64_t now_us)
{
    struct call *call = &uac->calls[index];

    call->cseq++;
    call->branch++;
    call->ringing = false;
    call->start_us = now_us;
    call->interval_us = T1_US;
    call->resend_us = now_us + T1_US;
    send_request(uac, index, method);
}

/* Number of the call that a message belongs to, or -1. */
static int find_call(const struct uac *uac, const char *message)
{
    const char *id = find_header(message, "Call-ID", "i");
    size_t n = strlen(uac->token);
    unsigned index;

    if (!id || strncmp(id, uac->token, n) || sscanf(id + n, ".%u@", &index) != 1 ||
        index >= uac->ncalls || uac->calls[index].state == CALL_IDLE) {
        return -1;
    }
    return (int)index;
}

static void read_dialog(struct call *call, const char *message)
{
    const char *to = find_header(message, "To", "t");
    const char *contact = find_header(message, "Contact", "m");
    char line[TEXT_SIZE];
    char *tag, *open;

    copy_line(line, sizeof(line), to);
    tag = strstr(line, ";tag=");
    if (tag) {
        tag[5 + strcspn(tag + 5, "; \t")] = '\0';
        (void)snprintf(call->remote_tag, sizeof(call->remote_tag), "%s", tag + 5);
    }
    copy_line(line, sizeof(line), contact);
    open = strchr(line, '<');
    if (open) {
        open[strcspn(open, ">")] = '\0';
        (void)snprintf(call->target, sizeof(call->target), "%s", open + 1);
    }
}

static void on_invite_response(struct uac *uac, unsigned index, unsigned status,
                               const char *message)
{
    struct call *call = &uac->calls[index];
    const char *body = strstr(message, "\r\n\r\n");

    if (status < 200) {
        call->ringing = true;
        return;
    }
    if (status >= 300) {
        if (call->state == CALL_INVITED) {
            char target[TEXT_SIZE];

            memcpy(target, call->target, sizeof(target));
            read_dialog(call, message);
            memcpy(call->target, target, sizeof(target)); /* this ACK goes where the INVITE went */
            send_request(uac, index, "ACK");
            call->state = CALL_IDLE;
            uac->handlers.failh(index, status, uac->handlers.arg);
        }
        return;
    }
    if (call->state == CALL_INVITED) {
        read_dialog(call, message);
        call->branch++;
        call->state = CALL_UP;
        send_request(uac, index, "ACK");
        uac->handlers.answerh(index, body ? body + 4 : "", uac->handlers.arg);
    } else if (call->state == CALL_UP) {
        send_request(uac, index, "ACK"); /* ours was lost */
    }
}

static void on_response(struct uac *uac, unsigned index, const char *message)
{
    unsigned status = (unsigned)strtoul(message + 8, NULL, 10), seq;
    const char *cseq = find_header(message, "CSeq", "");
    char method[16];

    if (!cseq || sscanf(cseq, "%u %15s", &seq, method) != 2 || seq != uac->calls[index].cseq) {
        return;
    }
    if (!strcmp(method, "INVITE")) {
        on_invite_response(uac, index, status, message);
    } else if (!strcmp(method, "BYE") && status >= 200) {
        uac->calls[index].state = CALL_IDLE;
    }
}

/* 200 with the request's Via lines and the rest of what RFC 3261, 8.2.6.2 wants. */
static void send_ok(struct uac *uac, unsigned index, const char *request, bool sdp)
{
    const char *body = sdp ? uac->calls[index].sdp : "";
    char text[MESSAGE_MAX], from[TEXT_SIZE], to[TEXT_SIZE], id[TEXT_SIZE], cseq[TEXT_SIZE];
    char via[TEXT_SIZE], ip[INET_ADDRSTRLEN];
    int n;

    (void)inet_ntop(AF_INET, &uac->local.sin_addr, ip, sizeof(ip));
    copy_line(via, sizeof(via), find_header(request, "Via", "v"));
    copy_line(from, sizeof(from), find_header(request, "From", "f"));
    copy_line(to, sizeof(to), find_header(request, "To", "t"));
    copy_line(id, sizeof(id), find_header(request, "Call-ID", "i"));
    copy_line(cseq, sizeof(cseq), find_header(request, "CSeq", ""));
    n = snprintf(text, sizeof(text),
                 "SIP/2.0 200 OK\r\nVia: %s\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %s\r\n"
                 "Contact: <sip:bench%u@%s:%u>\r\n%sContent-Length: %zu\r\n\r\n%s",
                 via, from, to, id, cseq, index, ip, ntohs(uac->local.sin_port),
                 sdp ? "Content-Type: application/sdp\r\n" : "", strlen(body), body);
    send_text(uac, text, n);
}

static void on_request(struct uac *uac, unsigned index, const char *message)
{
    if (!strncmp(message, "ACK ", 4)) {
        return;
    }
    send_ok(uac, index, message, !strncmp(message, "INVITE ", 7));
    if (!strncmp(message, "BYE ", 4)) {
        uac->calls[index].state = CALL_IDLE;
        uac->handlers.endh(index, uac->handlers.arg);
    } else if (!strncmp(message, "INFO ", 5) && strstr(message, "picture_fast_update")) {
        uac->handlers.keyh(index, uac->handlers.arg);
    }
}

void uac_recv(struct uac *uac, uint64_t now_us)
{
    ssize_t n;

    (void)now_us;
    while ((n = recv(uac->fd, uac->in, MESSAGE_MAX, MSG_DONTWAIT)) > 0) {
        int index;

        uac->in[n] = '\0';
        index = find_call(uac, uac->in);
        if (index < 0) {
            continue;
        }
        if (!strncmp(uac->in, "SIP/2.0 ", 8)) {
            on_response(uac, (unsigned)index, uac->in);
        } else {
            on_request(uac, (unsigned)index, uac->in);
        }
    }
}

void uac_tick(struct uac *uac, uint64_t now_us)
{
    for (unsigned i = 0; i < uac->ncalls; i++) {
        struct call *call = &uac->calls[i];
        bool invited = call->state == CALL_INVITED;

        if (!invited && call->state != CALL_ENDING) {
            continue;
        }
        if (now_us - call->start_us > GIVE_UP_US) {
            call->state = CALL_IDLE;
            if (invited) {
                uac->handlers.failh(i, 408, uac->handlers.arg);
            }
        } else if (!call->ringing && now_us >= call->resend_us) {
            call->interval_us *= 2;
            call->resend_us = now_us + call->interval_us;
            send_request(uac, i, invited ? "INVITE" : "BYE");
        }
    }
}

unsigned uac_pending(const struct uac *uac)
{
    unsigned n = 0;

    for (unsigned i = 0; i < uac->ncalls; i++) {
        n += uac->calls[i].state == CALL_INVITED || uac->calls[i].state == CALL_ENDING;
    }
    return n;
}

int uac_call(struct uac *uac, unsigned call, const char *room, const char *sdp, uint64_t now_us)
{
    struct call *c;
    char ip[INET_ADDRSTRLEN];

    if (call >= uac->ncalls || uac->calls[call].state != CALL_IDLE) {
        return -EINVAL;
    }
    c = &uac->calls[call];
    free(c->sdp);
    c->sdp = strdup(sdp);
    if (!c->sdp) {
        return -ENOMEM;
    }
    (void)inet_ntop(AF_INET, &uac->server.sin_addr, ip, sizeof(ip));
    (void)snprintf(c->uri, sizeof(c->uri), "sip:%s@%s:%u", room, ip, ntohs(uac->server.sin_port));
    memcpy(c->target, c->uri, sizeof(c->target));
    c->remote_tag[0] = '\0';
    c->state = CALL_INVITED;
    start_transaction(uac, call, "INVITE", now_us);
    return 0;
}

void uac_bye(struct uac *uac, unsigned call, uint64_t now_us)
{
    if (uac->calls[call].state == CALL_UP) {
        uac->calls[call].state = CALL_ENDING;
        start_transaction(uac, call, "BYE", now_us);
    }
}

int uac_fd(const struct uac *uac)
{
    return uac->fd;
}

struct in_addr uac_addr(const struct uac *uac)
{
    return uac->local.sin_addr;
}

static int open_socket(struct uac *uac)
{
    socklen_t len = sizeof(uac->local);
    int size = 1 << 22;

    uac->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (uac->fd < 0) {
        return -errno;
    }
    (void)setsockopt(uac->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    if (connect(uac->fd, (const struct sockaddr *)&uac->server, sizeof(uac->server)) ||
        getsockname(uac->fd, (struct sockaddr *)&uac->local, &len)) {
        return -errno;
    }
    return 0;
}

int uac_new(struct uac **ret_uac, const struct sockaddr_in *server, unsigned ncalls,
            const struct uac_handlers *handlers)
{
    struct uac *uac = calloc(1, sizeof(*uac));
    int err;

    if (!uac) {
        return -ENOMEM;
    }
    uac->fd = -1;
    uac->server = *server;
    uac->handlers = *handlers;
    uac->ncalls = ncalls;
    id_text(uac->token, 12);
    uac->calls = calloc(ncalls, sizeof(*uac->calls));
    err = uac->calls ? open_socket(uac) : -ENOMEM;
    if (err) {
        uac_free(uac);
        return err;
    }
    *ret_uac = uac;
    return 0;
}

struct uac *uac_free(struct uac *uac)
{
    if (uac) {
        for (unsigned i = 0; uac->calls && i < uac->ncalls; i++) {
            free(uac->calls[i].sdp);
        }
        free(uac->calls);
        if (uac->fd >= 0) {
            (void)close(uac->fd);
        }
        free(uac);
    }
    return NULL;
}
