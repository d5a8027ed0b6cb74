/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_table.c  One row for each key: all that is known about it
 */
#include "mcu/config/config_table.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char *const preset_names[] = {"ultrafast", "superfast", "veryfast", NULL};
static const char *const level_names[] = {"error", "warning", "info", "debug", NULL};
static const char *const format_names[] = {"auto", "text", "json", NULL};

static const char *const audio_only_names[] = {"avatar", "hide", NULL};
static const char *const corner_names[] = {"top-left", "top-right", "bottom-left", "bottom-right",
                                           NULL};

static const char *const guests_names[] = {"allow", "pin", "deny", NULL};
static const char *const algorithm_names[] = {"hs256", "es256", "rs256", NULL};
static const char *const dial_names[] = {"users", "anywhere", NULL};
static const char *const lobby_names[] = {"off", "guests", "all", NULL};
static const char *const takeover_names[] = {"nobody", "host", "anybody", NULL};

static_assert(VIDEO_PRESET_ULTRAFAST == 0 && VIDEO_PRESET_VERYFAST == 2, "order of preset_names");
static_assert(LOG_LEVEL_ERROR == 0 && LOG_LEVEL_DEBUG == 3, "order of level_names");
static_assert(LOG_FORMAT_AUTO == 0 && LOG_FORMAT_JSON == 2, "order of format_names");
static_assert(CONFIG_AUDIO_ONLY_HIDE == 1, "order of audio_only_names");
static_assert(CONFIG_CORNER_TOP_RIGHT == 1 && CONFIG_CORNER_BOTTOM_RIGHT == 3,
              "order of corner_names");

static_assert(CONFIG_GUESTS_DENY == 2, "order of guests_names");
static_assert(CONFIG_ALGORITHM_RS256 == 2, "order of algorithm_names");
static_assert(CONFIG_DIAL_ANYWHERE == 1, "order of dial_names");
static_assert(CONFIG_LOBBY_ALL == 2, "order of lobby_names");
static_assert(CONFIG_TAKEOVER_ANYBODY == 2, "order of takeover_names");

#define AT(field)                                                                                  \
    .offset = offsetof(struct config, field), .size = sizeof(((struct config *)0)->field)
#define ROW(field, type_, reload_, def_, help_)                                                    \
    .path = #field, .type = CONFIG_TYPE_##type_, .reload = CONFIG_RELOAD_##reload_, .def = (def_), \
    .help = (help_), AT(field)

static const struct config_row rows[] = {
    {ROW(
        server.name, STRING, RESTART, "",
        "Host name of this server, for the certificate that it makes itself; empty is localhost.")},
    {ROW(server.data_dir, FILE, RESTART, "data",
         "Folder for what must survive a restart: database, keys, the certificate that was made.")},

    {ROW(http.addr, ADDR, RESTART, "", "Numeric address to listen on; empty listens on all.")},
    {ROW(http.port, UINT, RESTART, "8080",
         "Port of the web client and WebSocket without TLS; 0 takes any free port."),
     .max = 65535},
    {ROW(http.tls_port, UINT, RESTART, "8443", "The same with TLS; 0 takes any free port."),
     .max = 65535},
    {ROW(http.tls_enabled, BOOL, RESTART, "true",
         "Serve TLS; browsers give camera and microphone only to https and to localhost.")},
    {ROW(http.tls_cert, FILE, RESTART, "",
         "Certificate chain (PEM); empty makes a self-signed one in data_dir at the first start.")},
    {ROW(http.tls_key, FILE, RESTART, "", "Private key of tls_cert (PEM).")},
    {ROW(http.max_connections, UINT, RESTART, "2000", "Connections at a time."), .min = 1,
     .max = 50000},
    {ROW(http.max_unauthenticated, UINT, RESTART, "500",
         "WebSockets at a time that have not authenticated yet."),
     .min = 1, .max = 100000},
    {ROW(http.max_per_address, UINT, RESTART, "200",
         "Connections at a time from one address; people behind one NAT or proxy share it.  As "
         "many "
         "that were lost may be expected back."),
     .min = 1, .max = 100000},
    {ROW(http.auth_timeout, DURATION, RESTART, "10s",
         "A WebSocket that has not authenticated by then is closed."),
     .min = 1000, .max = 600000},
    {ROW(http.max_message, SIZE, RESTART, "64K", "Largest WebSocket message or request body."),
     .min = 4096, .max = 1024 * 1024},
    {ROW(http.max_message_unauthenticated, SIZE, RESTART, "12K", "The same before authentication."),
     .min = 256, .max = 1024 * 1024},
    {ROW(http.max_messages_per_s, UINT, RESTART, "50",
         "Messages a second that one WebSocket may send; three times as many in a burst."),
     .min = 1, .max = 10000},
    {ROW(http.send_queue, SIZE, RESTART, "256K",
         "What may wait for one WebSocket; a peer that does not read is closed."),
     .min = 16 * 1024, .max = 16 * 1024 * 1024},
    {ROW(http.allow_origin, STRINGS, RESTART, "",
         "Origins of other sites whose pages may connect, as https://app.example.org.")},

    {ROW(admin.addr, ADDR, RESTART, "127.0.0.1",
         "Numeric address of the metrics and health listener; it asks for no password.")},
    {ROW(admin.port, UINT, RESTART, "9090", "Its port; 0 takes any free port."), .max = 65535},
    {ROW(admin.socket, FILE, RESTART, "",
         "Unix socket of medleyctl; empty is medleyd.sock in server.data_dir.")},
    {ROW(admin.token, STRING, LIVE, "",
         "Token that lets an operator in over the network, 16 characters or more; empty makes one "
         "in server.data_dir."),
     .secret = true},

    {ROW(auth.guests, ENUM, LIVE, "allow",
         "Who may enter a room without a token: all, only who knows the room's PIN, or nobody."),
     .names = guests_names},
    {ROW(auth.algorithm, ENUM, RESTART, "hs256",
         "How tokens are signed; those with another signature are refused."),
     .names = algorithm_names},
    {ROW(auth.secret, STRING, RESTART, "",
         "Secret of hs256, 32 characters or more; empty makes one in server.data_dir."),
     .secret = true},
    {ROW(auth.public_key, FILE, RESTART, "",
         "Public key (PEM) that tokens of es256 and rs256 are checked with.")},
    {ROW(auth.private_key, FILE, RESTART, "",
         "Its private key (PEM), to make tokens here; empty: only others make them.")},
    {ROW(auth.issuer, STRING, RESTART, "",
         "Tokens must have this issuer, and those made here have it; empty: any.")},
    {ROW(auth.token_ttl, DURATION, LIVE, "12h",
         "How long a token made here is good if nobody said otherwise."),
     .min = 60000, .max = 604800000},
    {ROW(auth.token_max_ttl, DURATION, RESTART, "24h",
         "Tokens that are good for longer than this are refused."),
     .min = 60000, .max = 604800000},
    {ROW(auth.attempts, UINT, RESTART, "10",
         "Wrong passwords, PINs and tokens a minute from one address or for one account."),
     .min = 1, .max = 1000},

    {ROW(store.path, FILE, RESTART, "",
         "Database of people, meetings, calls and chat; empty is medley.db in server.data_dir.")},
    {ROW(store.keep_days, UINT, LIVE, "90",
         "Chat, calls and who was in which room are kept for so long; 0 keeps all [days]."),
     .max = 36500},

    {ROW(turn.uris, STRINGS, NEW_SESSIONS, "",
         "TURN servers for clients whose network lets no UDP out, as "
         "turn:turn.example.org:3478?transport=tcp.")},
    {ROW(turn.secret, STRING, NEW_SESSIONS, "",
         "The secret that the TURN server shares with us (static-auth-secret of coturn)."),
     .secret = true},
    {ROW(turn.ttl, DURATION, NEW_SESSIONS, "12h", "How long a client may use it."), .min = 60000,
     .max = 86400000},

    {ROW(calls.ring_timeout, DURATION, LIVE, "1m", "A call that nobody takes by then is missed."),
     .min = 5000, .max = 600000},
    {ROW(calls.waiting, BOOL, LIVE, "false",
         "Whoever is in a call hears of another one; otherwise the caller hears busy.")},
    {ROW(calls.max_calls, UINT, RESTART, "2000", "Calls at a time."), .min = 1, .max = 100000},

    {ROW(webhooks.allow_private, BOOL, LIVE, "false",
         "Events may go to addresses of private networks and of this machine.")},
    {ROW(webhooks.timeout, DURATION, LIVE, "10s",
         "A receiver that has not answered by then failed."),
     .min = 500, .max = 60000},

    {ROW(rtc.udp_port, UINT, RESTART, "10000",
         "UDP port of the first media thread, one more for each further one; 0 takes any free "
         "port."),
     .max = 65535},
    {ROW(rtc.addresses, ADDRS, RESTART, "",
         "Numeric addresses to bind and to offer, at most four; empty takes the first four of the "
         "interfaces that are up.")},
    {ROW(rtc.public_addresses, ADDRS, RESTART, "",
         "Offered instead of the addresses above, in the same order: behind a 1:1 NAT.")},
    {ROW(rtc.max_transports, UINT, RESTART, "2000",
         "Browsers and SIP legs at a time, on each media thread."),
     .min = 1, .max = 100000},

    {ROW(sip.enabled, BOOL, RESTART, "true", "Answer SIP calls.")},
    {ROW(sip.addr, ADDR, RESTART, "", "Numeric address to listen on; empty listens on all.")},
    {ROW(sip.port, UINT, RESTART, "5060", "UDP and TCP port; 0 takes any free port."),
     .max = 65535},
    {ROW(sip.tls_port, UINT, RESTART, "5061", "TLS port, if there is a certificate."),
     .max = 65535},
    {ROW(sip.tls_cert, FILE, RESTART, "",
         "Private key and certificate chain (PEM); empty: no TLS.")},
    {ROW(sip.rtp_port_min, UINT, RESTART, "20000", "First RTP port of SIP legs, even."),
     .min = 1024, .max = 65534, .step = 2},
    {ROW(sip.rtp_port_max, UINT, RESTART, "24999", "Last port, RTCP of the last RTP port."),
     .min = 1025, .max = 65535},
    {ROW(sip.max_legs, UINT, RESTART, "2000", "Calls at a time."), .min = 1, .max = 100000},
    {ROW(sip.max_legs_per_source, UINT, RESTART, "1000", "Calls at a time from one address."),
     .min = 1, .max = 100000},
    {ROW(sip.max_invites_per_s, UINT, RESTART, "100", "New calls a second from one address."),
     .min = 1, .max = 10000},
    {ROW(sip.rtp_timeout, DURATION, NEW_SESSIONS, "30s",
         "A call that sends no RTP for so long, and is not on hold, is ended."),
     .min = 1000, .max = 3600000},

    {ROW(sip.domain, STRING, RESTART, "",
         "Domain of our users' addresses and realm of their passwords; empty is server.name, and "
         "medley without that.")},
    {ROW(sip.registrar, BOOL, RESTART, "true", "Phones of users may register.")},
    {ROW(sip.guest_calls, BOOL, LIVE, "false",
         "Phones that did not say whose they are may call users, not only rooms.")},
    {ROW(sip.dial, ENUM, LIVE, "users",
         "Whom hosts and callers may call by SIP: registered users alone, or any address; a host "
         "without a token, an account or the host PIN calls no address."),
     .names = dial_names},

    {ROW(media.threads, UINT, RESTART, "1", "Media threads: sockets, encryption, RTP."), .min = 1,
     .max = 16},
    {ROW(media.workers, UINT, RESTART, "0",
         "Worker threads: decode, mix, encode; 0 takes one for each core."),
     .max = 63},

    {ROW(rooms.max_rooms, UINT, RESTART, "1000", "Rooms at a time."), .min = 1, .max = 100000},
    {ROW(rooms.max_participants, UINT, NEW_ROOMS, "200", "People in one room."), .min = 1,
     .max = 4096},
    {ROW(rooms.width, UINT, NEW_ROOMS, "1280", "Width of the composite, even [pixels]."),
     .min = 160, .max = 1920, .step = 2},
    {ROW(rooms.height, UINT, NEW_ROOMS, "720", "Height of the composite, even [pixels]."),
     .min = 90, .max = 1088, .step = 2},
    {ROW(rooms.fps, UINT, NEW_ROOMS, "30", "Frame rate of the composite [frames/s]."), .min = 5,
     .max = 60},
    {ROW(rooms.video_bitrate, BITRATE, NEW_ROOMS, "1.5M", "Bit rate of the composite."),
     .min = 50000, .max = 20000000},
    {ROW(rooms.video_preset, ENUM, NEW_ROOMS, "superfast",
         "How hard the encoder tries: slower presets look better at the same bit rate."),
     .names = preset_names},
    {ROW(rooms.content_width, UINT, NEW_ROOMS, "1920",
         "Largest width of a shared screen for those who want it as a picture of its own, even "
         "[pixels]."),
     .min = 320, .max = 1920, .step = 2},
    {ROW(rooms.content_height, UINT, NEW_ROOMS, "1080", "Largest height of it, even [pixels]."),
     .min = 180, .max = 1088, .step = 2},
    {ROW(rooms.content_fps, UINT, NEW_ROOMS, "15", "Frame rate of it [frames/s]."), .min = 1,
     .max = 30},
    {ROW(rooms.content_bitrate, BITRATE, NEW_ROOMS, "2M", "Bit rate of it."), .min = 50000,
     .max = 20000000},
    {ROW(rooms.audio_bitrate, BITRATE, NEW_ROOMS, "40k", "Bit rate of Opus."), .min = 6000,
     .max = 510000},
    {ROW(rooms.audio_complexity, UINT, NEW_ROOMS, "5", "How hard Opus tries."), .max = 10},
    {ROW(rooms.audio_fec, BOOL, NEW_ROOMS, "true",
         "Opus repeats itself a little, so that a lost packet is not heard.")},
    {ROW(rooms.mix_max, UINT, NEW_ROOMS, "8", "Voices that are mixed at a time, the loudest."),
     .min = 1, .max = 16},
    {ROW(rooms.speaker_hold, DURATION, NEW_ROOMS, "1500ms",
         "Whoever became the dominant speaker stays it for at least so long."),
     .min = 20, .max = 30000},
    {ROW(rooms.layout, STRING, LIVE, "auto",
         "Layout, ladder or alias of rooms that nobody chose another one for.")},
    {ROW(rooms.lobby, ENUM, NEW_ROOMS, "off",
         "Who waits until a host lets him in: nobody, people without a token, or all but hosts."),
     .names = lobby_names},
    {ROW(rooms.wait_for_host, BOOL, NEW_ROOMS, "false", "Nobody gets in before a host is there.")},
    {ROW(rooms.first_is_host, BOOL, NEW_ROOMS, "true",
         "In a room without an owner whoever came first is the host.")},
    {ROW(rooms.ends_with_host, BOOL, NEW_ROOMS, "false",
         "The last host who leaves takes everybody with him.")},
    {ROW(rooms.guest_speak, BOOL, NEW_ROOMS, "true", "Guests may unmute themselves.")},
    {ROW(rooms.guest_show, BOOL, NEW_ROOMS, "true", "Guests may turn their camera on.")},
    {ROW(rooms.guest_share, BOOL, NEW_ROOMS, "true", "Guests may share their screen.")},
    {ROW(rooms.guest_chat, BOOL, NEW_ROOMS, "true", "Guests may write messages.")},
    {ROW(rooms.share_takeover, ENUM, NEW_ROOMS, "host",
         "Who may share a screen while another one does, and so ends that: nobody, hosts, "
         "anybody."),
     .names = takeover_names},
    {ROW(rooms.chat_history, UINT, NEW_ROOMS, "100",
         "The last messages that whoever comes later gets to see."),
     .max = 1000},
    {ROW(rooms.resume, DURATION, LIVE, "30s",
         "Somebody whose connection broke keeps his seat for so long."),
     .max = 600000},

    {ROW(layouts.dir, FILE, LIVE, "",
         "Folder of layout files (*.yaml, read by name); they add to the built-in ones and replace "
         "those of the same name.")},
    {ROW(layouts.watch, BOOL, LIVE, "true",
         "Read the configuration and layout files anew when one of them changes.")},

    {ROW(seats.order, STRINGS, LIVE, "spotlight,hand,speaker",
         "Who is seen when there are more people than tiles, the most important first: spotlight, "
         "hand (raised first), speaker (spoke last), joined (came first; always the last one).")},
    {ROW(seats.min_dwell, DURATION, LIVE, "3s",
         "Nobody loses a tile to somebody else before having had it for so long."),
     .max = 600000},
    {ROW(seats.audio_only, ENUM, LIVE, "avatar",
         "People without a camera get a tile with their initials, or none."),
     .names = audio_only_names},

    {ROW(overlay.names, BOOL, LIVE, "true", "Draw names into tiles.")},
    {ROW(overlay.badges, BOOL, LIVE, "true",
         "Draw badges into tiles: microphone off, raised hand, phone.")},
    {ROW(overlay.marks, BOOL, LIVE, "true",
         "Draw REC and LIVE while somebody records or watches.")},
    {ROW(overlay.font, STRING, LIVE, "Sans",
         "Font family of all text; other scripts come from the fonts of the machine.")},
    {ROW(overlay.size, UINT, LIVE, "18",
         "Size of text on a canvas whose shorter side has 720 pixels; scaled on others [pixels]."),
     .min = 8, .max = 64},
    {ROW(overlay.border, UINT, LIVE, "4",
         "Width of the frame around whoever speaks, at 720 as well; 0 draws none [pixels]."),
     .max = 16},
    {ROW(overlay.border_color, COLOR, LIVE, "#38bdf8", "Its colour.")},
    {ROW(overlay.logo, FILE, LIVE, "", "Picture (PNG) in a corner; empty: none.")},
    {ROW(overlay.logo_corner, ENUM, LIVE, "top-left", "Its corner."), .names = corner_names},
    {ROW(overlay.banner, STRING, LIVE, "", "Line of text over the picture; empty: none.")},

    {ROW(dtmf.enabled, BOOL, LIVE, "true", "Phones may do things by their keys.")},
    {ROW(dtmf.mute, STRING, LIVE, "*6", "Mute and unmute oneself; empty: not at all.")},
    {ROW(dtmf.hand, STRING, LIVE, "*9", "Raise and lower one's hand.")},
    {ROW(dtmf.layout, STRING, LIVE, "*8",
         "Hosts: next layout of the list below, for everybody in the room.")},
    {ROW(dtmf.spotlight, STRING, LIVE, "", "Hosts: put oneself into the spotlight, or out of it.")},
    {ROW(dtmf.seat, STRING, LIVE, "", "Take the reserved seat named below, or give it back.")},
    {ROW(dtmf.seat_name, STRING, LIVE, "interpreter", "The seat that dtmf.seat takes.")},
    {ROW(dtmf.overlays, STRING, LIVE, "",
         "Hosts: hide and show names, badges, border and logo, for everybody in the room.")},
    {ROW(dtmf.layouts, STRINGS, LIVE, "auto,speaker,1+7,2x2,3x3,lecture",
         "Layouts, ladders or aliases to go through, at most eight.")},
    {ROW(dtmf.timeout, DURATION, LIVE, "2s", "A code that is not finished by then is forgotten."),
     .min = 500, .max = 30000},

    {ROW(video.max_width, UINT, NEW_SESSIONS, "1920",
         "Longer side of the largest picture that is decoded [pixels]."),
     .min = 64, .max = 4096},
    {ROW(video.max_height, UINT, NEW_SESSIONS, "1088", "Its shorter side [pixels]."), .min = 64,
     .max = 4096},

    {ROW(log.level, ENUM, LIVE, "info", "Least important lines that are logged."),
     .names = level_names},
    {ROW(log.format, ENUM, LIVE, "auto", "Lines for people or JSON; auto: text on a terminal."),
     .names = format_names},
};

static_assert(sizeof(rows) / sizeof(rows[0]) <= CONFIG_TABLE_ROWS_MAX, "rows");

const struct config_table config_table_all = {rows, sizeof(rows) / sizeof(rows[0])};

const struct config_row *config_table_find(const struct config_table *table, const char *path,
                                           size_t len)
{
    for (unsigned i = 0; i < table->n; ++i) {
        const char *have = table->row[i].path;

        if (strlen(have) == len && memcmp(have, path, len) == 0)
            return &table->row[i];
    }
    return NULL;
}

const struct config_row *config_table_section(const struct config_table *table, const char *path)
{
    size_t len = strlen(path);

    for (unsigned i = 0; i < table->n; ++i) {
        const char *have = table->row[i].path;

        if (strncmp(have, path, len) == 0 && have[len] == '.')
            return &table->row[i];
    }
    return NULL;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: Levenshtein's, and neighbours that changed places are one edit. */
unsigned config_table_distance(const char *a, const char *b)
{
    unsigned char row[3][CONFIG_TABLE_PATH_MAX] = {{0}}; /* two before, before, this one */
    size_t na = strnlen(a, CONFIG_TABLE_PATH_MAX - 1), nb = strnlen(b, CONFIG_TABLE_PATH_MAX - 1);

    for (size_t j = 0; j <= nb; ++j)
        row[2][j] = (unsigned char)j;
    for (size_t i = 1; i <= na; ++i) {
        memcpy(row[0], row[1], sizeof(row[0]));
        memcpy(row[1], row[2], sizeof(row[1]));
        row[2][0] = (unsigned char)i;
        for (size_t j = 1; j <= nb; ++j) {
            unsigned best = row[1][j - 1] + (a[i - 1] != b[j - 1]);

            best = least(best, least(row[1][j], row[2][j - 1]) + 1u);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = least(best, row[0][j - 2] + 1u);
            row[2][j] = (unsigned char)best;
        }
    }
    return row[2][nb];
}

unsigned config_table_near(const char *word)
{
    const size_t len = strlen(word);

    if (len < 4)
        return 1;
    return len < 9 ? 2 : (unsigned)(len / 3);
}

static const char *last_part(const char *path)
{
    const char *dot = strrchr(path, '.');

    return dot ? dot + 1 : path;
}

/* A key of the right name in another section is what was meant, if there is but one. */
static const char *suggest_elsewhere(const struct config_table *table, const char *path)
{
    const char *found = NULL;

    for (unsigned i = 0; i < table->n; ++i) {
        if (strcmp(last_part(table->row[i].path), last_part(path)) != 0)
            continue;
        if (found)
            return NULL;
        found = table->row[i].path;
    }
    return found;
}

/* Length of the first parts of a path, as many as there are in a path with so many dots. */
static size_t head_length(const char *path, unsigned dots)
{
    const char *end = path;

    for (;; ++end) {
        end += strcspn(end, ".");
        if (!*end || dots-- == 0)
            return (size_t)(end - path);
    }
}

bool config_table_suggest(const struct config_table *table, const char *path, char *ret_path)
{
    unsigned best = config_table_near(last_part(path)) + 1;
    unsigned dots = 0;
    const char *found;

    for (const char *p = path; *p; ++p)
        dots += *p == '.';
    ret_path[0] = '\0';
    for (unsigned i = 0; i < table->n; ++i) {
        char text[CONFIG_TABLE_PATH_MAX];
        unsigned d;

        (void)snprintf(text, sizeof(text), "%.*s", (int)head_length(table->row[i].path, dots),
                       table->row[i].path);
        d = config_table_distance(text, path);
        if (d < best) {
            best = d;
            memcpy(ret_path, text, sizeof(text));
        }
    }
    if (ret_path[0])
        return true;
    found = suggest_elsewhere(table, path);
    if (found)
        (void)snprintf(ret_path, CONFIG_TABLE_PATH_MAX, "%s", found);
    return found != NULL;
}
