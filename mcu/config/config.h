/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config.h  What an operator can choose, read from YAML by one table
 *
 *     medley.yaml --> config_yaml.c --.
 *     sip.port=5070 (command line) ---+--> table (config_table.c) --> struct config
 *                                     |       '--> config_print(): commented YAML
 *                                     '--> file:line:column: path: what is wrong
 *
 * struct config is plain: it holds no pointers and may be copied.  Every field
 * is within the range that the table gives it, so readers need not check.
 * Relative file names in a file are taken from the folder of that file.
 *
 * A file is hostile until read: see CONFIG_FILE_MAX and CONFIG_DEPTH_MAX;
 * anchors, aliases, tags and duplicate keys are errors.
 *
 * Threads: any; no state.
 */
#ifndef MCU_CONFIG_CONFIG_H
#define MCU_CONFIG_CONFIG_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "codec/params.h"
#include "mcu/base/log.h"

enum {
    CONFIG_FILE_MAX = 1024 * 1024, /**< Largest file [bytes] */
    CONFIG_DEPTH_MAX = 16,         /**< Deepest nesting of a file */
    CONFIG_ERRORS_MAX = 50,        /**< Errors kept, later ones are only counted */
    CONFIG_ERROR_SIZE = 384,       /**< One error and its NUL [bytes] */
    CONFIG_NAME_SIZE = 64,         /**< A name or numeric address and its NUL [bytes] */
    CONFIG_PATH_SIZE = 256,        /**< A file name and its NUL [bytes] */
    CONFIG_ADDRS_MAX = 4,          /**< Addresses in a list; as many as a media loop takes */
    CONFIG_STRINGS_MAX = 8,        /**< Items in a list of strings */
    CONFIG_STRING_SIZE = 128,      /**< An item and its NUL [bytes] */
    CONFIG_SOCKET_SIZE = 108,      /**< Path of a Unix socket and its NUL, as sun_path [bytes] */
    CONFIG_TOKEN_MIN = 16,         /**< Shortest token that lets somebody in [bytes] */
    CONFIG_SECRET_MIN = 32,        /**< Shortest secret that tokens are signed with [bytes] */
    CONFIG_BANNER_SIZE = 257,      /**< A line over the picture and its NUL [bytes] */
    CONFIG_DTMF_SIZE = 9,          /**< A code on a phone's keys and its NUL [bytes] */
};

struct config_places; /* config_place.h */

struct config_addrs {
    uint32_t n;
    struct sockaddr_storage addr[CONFIG_ADDRS_MAX]; /**< Port 0 */
};

struct config_strings {
    uint32_t n;
    char item[CONFIG_STRINGS_MAX][CONFIG_STRING_SIZE];
};

struct config_server {
    char name[CONFIG_NAME_SIZE];
    char data_dir[CONFIG_PATH_SIZE];
};

struct config_http {
    char addr[CONFIG_NAME_SIZE]; /**< Numeric, "" = all */
    uint32_t port, tls_port;     /**< 0 = any free port */
    bool tls_enabled;
    char tls_cert[CONFIG_PATH_SIZE], tls_key[CONFIG_PATH_SIZE]; /**< Both or neither */
    uint32_t max_connections;
    uint32_t max_unauthenticated;
    uint32_t max_per_address;
    uint32_t auth_timeout;                /**< [ms] */
    uint32_t max_message;                 /**< [bytes] */
    uint32_t max_message_unauthenticated; /**< [bytes] */
    uint32_t max_messages_per_s;
    uint32_t send_queue; /**< [bytes] */
    struct config_strings allow_origin;
};

struct config_admin {
    char addr[CONFIG_NAME_SIZE];
    uint32_t port;
    char socket[CONFIG_SOCKET_SIZE]; /**< "" = medleyd.sock in server.data_dir */
    char token[CONFIG_STRING_SIZE];  /**< "" = the one that is made in server.data_dir */
};

enum config_guests { CONFIG_GUESTS_ALLOW, CONFIG_GUESTS_PIN, CONFIG_GUESTS_DENY };

enum config_algorithm { CONFIG_ALGORITHM_HS256, CONFIG_ALGORITHM_ES256, CONFIG_ALGORITHM_RS256 };

struct config_auth {
    enum config_guests guests;
    enum config_algorithm algorithm;
    char secret[CONFIG_STRING_SIZE];                                  /**< "" = made in data_dir */
    char public_key[CONFIG_PATH_SIZE], private_key[CONFIG_PATH_SIZE]; /**< "" = none */
    char issuer[CONFIG_NAME_SIZE];                                    /**< "" = any */
    uint32_t token_ttl, token_max_ttl;                                /**< [ms] */
    uint32_t attempts; /**< A minute, of one address or account */
};

struct config_store {
    char path[CONFIG_PATH_SIZE]; /**< "" = medley.db in server.data_dir */
    uint32_t keep_days;          /**< 0 = for ever */
};

struct config_turn {
    struct config_strings uris;
    char secret[CONFIG_STRING_SIZE];
    uint32_t ttl; /**< [ms] */
};

struct config_calls {
    uint32_t ring_timeout; /**< [ms] */
    bool waiting;
    uint32_t max_calls;
};

struct config_webhooks {
    bool allow_private;
    uint32_t timeout; /**< [ms] */
};

struct config_rtc {
    uint32_t udp_port;
    struct config_addrs addresses; /**< None: every address that is up */
    struct config_addrs
        public_addresses; /**< None, or as many as addresses where those are given */
    uint32_t max_transports;
};

enum config_dial { CONFIG_DIAL_USERS, CONFIG_DIAL_ANYWHERE };

struct config_sip {
    bool enabled;
    char addr[CONFIG_NAME_SIZE];
    uint32_t port, tls_port;
    char tls_cert[CONFIG_PATH_SIZE];     /**< "" = no TLS */
    uint32_t rtp_port_min, rtp_port_max; /**< Even and odd, min < max */
    uint32_t max_legs;
    uint32_t max_legs_per_source;
    uint32_t max_invites_per_s;
    uint32_t rtp_timeout; /**< [ms] */
    char domain[CONFIG_NAME_SIZE];
    bool registrar;
    bool guest_calls;
    enum config_dial dial;
};

struct config_media {
    uint32_t threads;
    uint32_t workers; /**< 0 = one per core */
};

enum config_lobby { CONFIG_LOBBY_OFF, CONFIG_LOBBY_GUESTS, CONFIG_LOBBY_ALL };

enum config_takeover { CONFIG_TAKEOVER_NOBODY, CONFIG_TAKEOVER_HOST, CONFIG_TAKEOVER_ANYBODY };

struct config_rooms {
    uint32_t max_rooms;
    uint32_t max_participants;
    uint32_t width, height; /**< Even [pixels] */
    uint32_t fps;
    uint32_t video_bitrate; /**< [bps] */
    enum video_preset video_preset;
    uint32_t content_width, content_height; /**< Largest content view, even [pixels] */
    uint32_t content_fps;
    uint32_t content_bitrate; /**< [bps] */
    uint32_t audio_bitrate;   /**< [bps] */
    uint32_t audio_complexity;
    bool audio_fec;
    uint32_t mix_max;
    uint32_t speaker_hold;         /**< [ms] */
    char layout[CONFIG_NAME_SIZE]; /**< Layout, ladder or alias */
    enum config_lobby lobby;
    bool wait_for_host, first_is_host, ends_with_host;
    bool guest_speak, guest_show, guest_share, guest_chat;
    enum config_takeover share_takeover;
    uint32_t chat_history; /**< Messages */
    uint32_t resume;       /**< [ms] */
};

struct config_layouts {
    char dir[CONFIG_PATH_SIZE]; /**< "" = the built-in ones alone */
    bool watch;
};

enum config_audio_only { CONFIG_AUDIO_ONLY_AVATAR, CONFIG_AUDIO_ONLY_HIDE };

struct config_seats {
    struct config_strings order; /**< spotlight, hand, speaker or joined, each once */
    uint32_t min_dwell;          /**< [ms] */
    enum config_audio_only audio_only;
};

enum config_corner {
    CONFIG_CORNER_TOP_LEFT,
    CONFIG_CORNER_TOP_RIGHT,
    CONFIG_CORNER_BOTTOM_LEFT,
    CONFIG_CORNER_BOTTOM_RIGHT,
};

struct config_overlay {
    bool names, badges, marks;
    char font[CONFIG_NAME_SIZE];
    uint32_t size;               /**< [pixels at 720] */
    uint32_t border;             /**< 0 = none [pixels at 720] */
    uint32_t border_color;       /**< 0xRRGGBB */
    char logo[CONFIG_PATH_SIZE]; /**< "" = none */
    enum config_corner logo_corner;
    char banner[CONFIG_BANNER_SIZE]; /**< "" = none */
};

/** Codes are digits, * and #; "" = none; none is the start of another. */
struct config_dtmf {
    bool enabled;
    char mute[CONFIG_DTMF_SIZE], hand[CONFIG_DTMF_SIZE], layout[CONFIG_DTMF_SIZE];
    char spotlight[CONFIG_DTMF_SIZE], seat[CONFIG_DTMF_SIZE], overlays[CONFIG_DTMF_SIZE];
    char seat_name[CONFIG_NAME_SIZE];
    struct config_strings layouts; /**< Layouts, ladders or aliases */
    uint32_t timeout;              /**< [ms] */
};

struct config_video {
    uint32_t max_width, max_height; /**< [pixels] */
};

struct config_log {
    enum log_level level;
    enum log_format format;
};

/** Everything; the comment of each key is in config_table.c and configs/medley.yaml. */
struct config {
    struct config_server server;
    struct config_http http;
    struct config_admin admin;
    struct config_auth auth;
    struct config_store store;
    struct config_turn turn;
    struct config_calls calls;
    struct config_webhooks webhooks;
    struct config_rtc rtc;
    struct config_sip sip;
    struct config_media media;
    struct config_rooms rooms;
    struct config_layouts layouts;
    struct config_seats seats;
    struct config_overlay overlay;
    struct config_dtmf dtmf;
    struct config_video video;
    struct config_log log;
};

/** What was wrong; zero it before the first call. */
struct config_errors {
    unsigned n;                                      /**< Errors in text */
    unsigned more;                                   /**< Errors that did not fit */
    char text[CONFIG_ERRORS_MAX][CONFIG_ERROR_SIZE]; /**< Without newline and control bytes */
};

/** When a changed key takes effect. */
enum config_reload {
    CONFIG_RELOAD_LIVE,         /**< At once */
    CONFIG_RELOAD_NEW_ROOMS,    /**< For rooms made afterwards */
    CONFIG_RELOAD_NEW_SESSIONS, /**< For participants who join afterwards */
    CONFIG_RELOAD_RESTART,      /**< After a restart */
};

/** Fill in the defaults. */
void config_default(struct config *ret_config);

/**
 * Read a file over the defaults.
 *
 * @param ret_config  Set on success only
 * @param path        NULL for the defaults alone
 * @param errs        Gets what was wrong
 *
 * @return 0, -EINVAL (errors in the file), -EFBIG (too large), -ENOMEM, or why it cannot be read
 */
int config_load(struct config *ret_config, const char *path, struct config_errors *errs);

/**
 * Read YAML text over the defaults; file names in it stay as they are.
 *
 * @param name  Name of the text in errors
 *
 * @return as config_load()
 */
int config_parse(struct config *ret_config, const char *name, const char *text, size_t len,
                 struct config_errors *errs);

/**
 * Set one key from the command line, as "sip.port=5070"; items of a list are separated by commas.
 *
 * @return 0, -EINVAL; the key then has its old value
 */
int config_set(struct config *config, const char *assignment, struct config_errors *errs);

/**
 * Read a file over the defaults, then set keys from the command line, then check what keys require
 * of one another.  Goes on after errors, so that all are known in one go.
 *
 * @param ret_config  Set in any case: what was right over the defaults
 * @param ret_places  Where values come from; set in any case, for config_place_finish().  Keeps
 * path and set, so these must live as long
 * @param path        NULL = no file
 * @param set         As for config_set()
 *
 * @return 0, or as config_load()
 */
int config_read(struct config *ret_config, struct config_places *ret_places, const char *path,
                const char *const *set, unsigned nset, struct config_errors *errs);

/**
 * Write commented YAML.  Secrets are masked.
 *
 * @param config  NULL for the defaults: configs/medley.yaml is made so
 *
 * @return 0, -EIO
 */
int config_print(FILE *f, const struct config *config);

/** Give the keys of a class the values that they have in @p from: what takes effect after a restart
 * stays as it was at the start. */
void config_keep(struct config *config, const struct config *from, enum config_reload class);

/** Realm of SIP passwords: sip.domain, else server.name, else "medley".  Lives as config. */
const char *config_sip_realm(const struct config *config);

/** Write each error in a line. */
void config_print_errors(FILE *f, const struct config_errors *errs);

/** Is told of a key that differs. */
typedef void(config_diff_h)(const char *path, enum config_reload reload, void *arg);

/** Compare.  @param diffh may be NULL  @return number of keys that differ */
unsigned config_diff(const struct config *a, const struct config *b, config_diff_h *diffh,
                     void *arg);

#endif
