/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_config.c  Configuration: defaults, reading, errors with places,
 * printing
 */
#include "mcu/config/config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "mcu/config/config_place.h"
#include "mcu/config/config_print.h"
#include "mcu/config/config_table.h"
#include "mcu/config/config_value.h"

static struct config config;
static struct config_errors errs;

static int parse(const char *text)
{
    memset(&errs, 0, sizeof(errs));
    return config_parse(&config, "f.yaml", text, strlen(text), &errs);
}

/* Prints to memory; the caller frees. */
static char *print(const struct config *c)
{
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);

    assert_non_null(f);
    assert_int_equal(config_print(f, c), 0);
    fclose(f);
    return text;
}

static char *read_whole(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *text = calloc(1, CONFIG_FILE_MAX + 1);

    assert_non_null(text);
    if (!f)
        fail_msg("%s is missing", path);
    assert_true(fread(text, 1, CONFIG_FILE_MAX, f) > 0);
    fclose(f);
    return text;
}

static void defaults_are_what_the_documentation_says(void **state)
{
    struct config c;
    (void)state;

    config_default(&c);
    assert_int_equal(c.http.port, 8080);
    assert_int_equal(c.http.tls_port, 8443);
    assert_int_equal(c.http.auth_timeout, 10000);
    assert_int_equal(c.http.max_message, 65536);
    assert_string_equal(c.admin.addr, "127.0.0.1");
    assert_int_equal(c.rtc.udp_port, 10000);
    assert_int_equal(c.rtc.addresses.n, 0);
    assert_true(c.sip.enabled);
    assert_int_equal(c.rooms.width, 1280);
    assert_int_equal(c.rooms.video_bitrate, 1500000);
    assert_int_equal(c.rooms.audio_bitrate, 40000);
    assert_int_equal(c.rooms.video_preset, VIDEO_PRESET_SUPERFAST);
    assert_int_equal(c.rooms.speaker_hold, 1500);
    assert_int_equal(c.log.level, LOG_LEVEL_INFO);
    assert_int_equal(c.log.format, LOG_FORMAT_AUTO);
    assert_string_equal(c.server.data_dir, "data");
}

/* So that the table, the printed file and the documentation use one spelling. */
static void every_default_is_written_as_it_is_read(void **state)
{
    char text[CONFIG_VALUE_TEXT_SIZE];
    struct config c;
    (void)state;

    config_default(&c);
    for (unsigned i = 0; i < config_table_all.n; ++i) {
        const struct config_row *row = &config_table_all.row[i];

        const bool list = config_value_is_list(row);
        const unsigned n = list ? config_value_count(&c, row) : 1;
        const char *rest = row->def;

        for (unsigned item = 0; item < n; ++item) {
            config_value_write(&c, row, item, text);
            assert_memory_equal(text, rest, strlen(text));
            rest += strlen(text);
            rest += list && item + 1 < n && *rest == ',';
        }
        assert_string_equal(rest, "");
        assert_true(strlen(row->path) < CONFIG_TABLE_PATH_MAX);
        assert_non_null(strchr(row->path, '.'));
    }
}

static void an_empty_file_gives_the_defaults(void **state)
{
    static const char *const text[] = {"", "\n", "# only a comment\n", "---\n", "http:\n", "{}\n"};
    struct config want;
    (void)state;

    config_default(&want);
    for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); ++i) {
        assert_int_equal(parse(text[i]), 0);
        assert_int_equal(config_diff(&config, &want, NULL, NULL), 0);
    }
}

static void reads_every_type(void **state)
{
    (void)state;

    assert_int_equal(parse("server: {name: \"M\xc3\xbcnchen\"}\n"
                           "http:\n"
                           "  port: 81\n"
                           "  auth_timeout: 2m\n"
                           "  max_message: 0.5M\n"
                           "  allow_origin: [https://a.example, 'https://b.example']\n"
                           "rtc:\n"
                           "  addresses:\n"
                           "    - 192.0.2.1\n"
                           "    - 2001:db8::1\n"
                           "sip: { enabled: false, addr: '::' }\n"
                           "rooms: { video_bitrate: 2.25M, video_preset: veryfast }\n"),
                     0);
    assert_string_equal(config.server.name, "M\xc3\xbcnchen");
    assert_int_equal(config.http.port, 81);
    assert_int_equal(config.http.auth_timeout, 120000);
    assert_int_equal(config.http.max_message, 524288);
    assert_int_equal(config.http.allow_origin.n, 2);
    assert_string_equal(config.http.allow_origin.item[1], "https://b.example");
    assert_int_equal(config.rtc.addresses.n, 2);
    assert_int_equal(config.rtc.addresses.addr[0].ss_family, AF_INET);
    assert_int_equal(config.rtc.addresses.addr[1].ss_family, AF_INET6);
    assert_false(config.sip.enabled);
    assert_string_equal(config.sip.addr, "::");
    assert_int_equal(config.rooms.video_bitrate, 2250000);
    assert_int_equal(config.rooms.video_preset, VIDEO_PRESET_VERYFAST);
    assert_int_equal(config.http.tls_port, 8443);
}

static const struct {
    const char *text, *error;
} mistakes[] = {
    {"sip:\n  prot: 5060\n", "f.yaml:2:3: sip.prot: no such key (did you mean \"sip.port\"?)"},
    {"room:\n  fps: 20\n", "f.yaml:1:1: room: no such key (did you mean \"rooms\"?)"},
    {"max_rooms: 3\n", "f.yaml:1:1: max_rooms: no such key (did you mean \"rooms.max_rooms\"?)"},
    {"zebra: 3\n", "f.yaml:1:1: zebra: no such key"},
    {"http.port: 80\n", "f.yaml:1:1: http.port: must be a section with a key in it"},
    {"http: { port: http }\n", "f.yaml:1:15: http.port: must be a whole number"},
    {"http: { port: 65536 }\n", "f.yaml:1:15: http.port: must be from 0 to 65535"},
    {"http: { port: 99999999999999999999 }\n", "f.yaml:1:15: http.port: must be a whole number"},
    {"http: { port: 4294967297 }\n", "f.yaml:1:15: http.port: must be from 0 to 65535"},
    {"http: { port: -1 }\n", "f.yaml:1:15: http.port: must be a whole number"},
    {"http: { port: 010 }\n", "f.yaml:1:15: http.port: must be a whole number"},
    {"http: { port: 1.5 }\n", "f.yaml:1:15: http.port: must be a whole number"},
    {"http: { port: }\n", "f.yaml:1:15: http.port: has no value"},
    {"http: { port: [80] }\n", "f.yaml:1:15: http.port: must be a single value"},
    {"http: { port: {a: 80} }\n", "f.yaml:1:15: http.port: must be a single value"},
    {"http: 80\n", "f.yaml:1:7: http: must be a section with keys"},
    {"http: [port]\n", "f.yaml:1:7: http: must be a section with keys"},
    {"http: { auth_timeout: 20 }\n",
     "f.yaml:1:23: http.auth_timeout: must be a duration, as 500ms, 20s, 2m or 1h"},
    {"http: { auth_timeout: 20x }\n",
     "f.yaml:1:23: http.auth_timeout: must be a duration, as 500ms, 20s, 2m or 1h"},
    {"http: { auth_timeout: 0 }\n", "f.yaml:1:23: http.auth_timeout: must be from 1s to 10m"},
    {"http: { max_message: 1m }\n", "f.yaml:1:22: http.max_message: must be a size, as 64K or 4M"},
    {"http: { max_message: 1G }\n", "f.yaml:1:22: http.max_message: must be from 4K to 1M"},
    {"rooms: { video_bitrate: fast }\n",
     "f.yaml:1:25: rooms.video_bitrate: must be a bit rate, as 40k or 1.5M"},
    {"rooms: { video_bitrate: 1k }\n", "f.yaml:1:25: rooms.video_bitrate: must be from 50k to 20M"},
    {"rooms: { width: 1281 }\n",
     "f.yaml:1:17: rooms.width: must be from 160 to 1920, a multiple of 2"},
    {"rooms: { audio_fec: yes }\n", "f.yaml:1:21: rooms.audio_fec: must be true or false"},
    {"rooms: { video_preset: superfsat }\n",
     "f.yaml:1:24: rooms.video_preset: must be one of ultrafast, superfast, veryfast"
     " (did you mean \"superfast\"?)"},
    {"rooms: { video_preset: placebo }\n",
     "f.yaml:1:24: rooms.video_preset: must be one of ultrafast, superfast, veryfast"},
    {"http: { addr: localhost }\n",
     "f.yaml:1:15: http.addr: must be a numeric address, as 192.0.2.1 or 2001:db8::1"},
    {"rtc: { addresses: 192.0.2.1 }\n", "f.yaml:1:19: rtc.addresses: must be a list, as [a, b]"},
    {"rtc: { addresses: [192.0.2.1, me] }\n",
     "f.yaml:1:31: rtc.addresses: must be a numeric address, as 192.0.2.1 or 2001:db8::1"},
    {"rtc: { addresses: [[192.0.2.1]] }\n",
     "f.yaml:1:20: rtc.addresses: items must be single values"},
    {"rtc: { addresses: [0::1, 0::2, 0::3, 0::4, 0::5] }\n",
     "f.yaml:1:44: rtc.addresses: must not have more than 4 items"},
    {"http: { allow_origin: [''] }\n", "f.yaml:1:24: http.allow_origin: must not have empty items"},
    {"http: { port: 1, port: 2 }\n", "f.yaml:1:18: http.port: is there twice"},
    {"http: { port: 1 }\nhttp: { port: 2 }\n", "f.yaml:2:1: http: is there twice"},
    {"http: { ? [a] : 2 }\n", "f.yaml:1:11: http: a key must be a word"},
    {"http: &a { port: 1 }\n", "f.yaml:1:7: anchors and aliases are not allowed"},
    {"http: *a\n", "f.yaml:1:7: anchors and aliases are not allowed"},
    {"http: { port: !!int 80 }\n", "f.yaml:1:15: tags are not allowed"},
    {"--- {}\n--- {}\n", "f.yaml:2:1: must be a single document"},
    {"- a\n", "f.yaml:1:1: must consist of sections with keys"},
    {"just words\n", "f.yaml:1:1: must consist of sections with keys"},
    {"server: { name: \"a\\0b\" }\n",
     "f.yaml:1:17: server.name: must be text without control characters"},
    {"server: { name: \"a\\nb\" }\n",
     "f.yaml:1:17: server.name: must be text without control characters"},
    {"server: { name: \"a\\Lb\" }\n",
     "f.yaml:1:17: server.name: must be text without control characters"},
    {"server: { name: "
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa }\n",
     "f.yaml:1:17: server.name: must not be longer than 63 bytes"},
    {"\"a\\nb\": 1\n", "f.yaml:1:1: a?b: no such key"},
    {"sip: { rtp_port_min: 20000, rtp_port_max: 19999 }\n",
     "f.yaml:1:43: sip.rtp_port_max: must be odd and greater than sip.rtp_port_min"},
    {"http: { tls_cert: a.pem }\n",
     "f.yaml:1:19: http.tls_cert: needs http.tls_key, and that needs this"},
    {"http: { tls_key: a.pem }\n",
     "f.yaml:1:18: http.tls_cert: needs http.tls_key, and that needs this"},
    {"auth: { secret: short }\n", "f.yaml:1:17: auth.secret: must be 32 or more characters"},
    {"auth: { algorithm: es256 }\n", "f.yaml:1:20: auth.public_key: is needed by es256 and rs256"},
    {"auth: { token_ttl: 48h }\n",
     "f.yaml:1:20: auth.token_ttl: must not be longer than auth.token_max_ttl"},
    {"turn: { uris: [\"turn:a.example\"] }\n", "f.yaml:1:15: turn.secret: is needed by turn.uris"},
    {"http: { tls_port: 8080 }\n", "f.yaml:1:19: http.tls_port: must not be http.port"},
    {"http: { port: 8443 }\n", "f.yaml:1:15: http.tls_port: must not be http.port"},
    {"rtc: { udp_port: 20002 }\n",
     "f.yaml:1:18: rtc.udp_port: must not be among sip.rtp_port_min to sip.rtp_port_max"},
    {"rtc: { udp_port: 65535 }\nmedia: { threads: 2 }\n",
     "f.yaml:1:18: rtc.udp_port: leaves no port for each of media.threads"},
    {"rtc: { addresses: [0::1, 0::2], public_addresses: [0::3] }\n",
     "f.yaml:1:51: rtc.public_addresses: must be as many as rtc.addresses"},
    {"seats: { order: [hand,\n  foo] }\n",
     "f.yaml:2:3: seats.order: \"foo\" must be one of spotlight, hand, speaker, joined"},
    {"overlay: { border_color: #101418\n }\n",
     "f.yaml:2:2: overlay.border_color: has no value (put colours in quotes: # starts a "
     "comment)"},
    {"foo: 1\n", "f.yaml:1:1: foo: no such key"},
    {"lgo: { level: info }\n", "f.yaml:1:1: lgo: no such key (did you mean \"log\"?)"},
    {"http:\n\tport: 80\n", "f.yaml:2:1: not YAML: a tab is used for indentation; use spaces"},
    {"http:\n  port: 80\n\ttls_port: 81\n",
     "f.yaml:3:1: not YAML: a tab is used for indentation; use spaces"},
    {"server:\n  name: \"\xc3\xa4\xff\"\n",
     "f.yaml:2:11: not UTF-8 text: invalid leading UTF-8 octet"},
};

static void says_where_and_what_is_wrong(void **state)
{
    (void)state;

    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); ++i) {
        assert_int_equal(parse(mistakes[i].text), -EINVAL);
        assert_int_equal(errs.n, 1);
        assert_string_equal(errs.text[0], mistakes[i].error);
    }
}

static void broken_yaml_names_its_place(void **state)
{
    (void)state;

    assert_int_equal(parse("http:\n  port: 80\n bad: [\n"), -EINVAL);
    assert_int_equal(errs.n, 1);
    assert_ptr_equal(strstr(errs.text[0], "f.yaml:3:"), errs.text[0]);
}

static void bytes_that_are_no_text_have_a_place(void **state)
{
    static const struct {
        const char *text;
        size_t len;
        const char *error;
    } row[] = {
        {"a: 1\nb: \0", 9, "f.yaml:2:4: not UTF-8 text: there is a NUL byte"},
        {"\xff\xfe\x61\0", 4, "f.yaml:1:1: not UTF-8 text: it is UTF-16; save it as UTF-8"},
        {"\xfe\xff\0\x61", 4, "f.yaml:1:1: not UTF-8 text: it is UTF-16; save it as UTF-8"},
        {"a: \x01", 4, "f.yaml:1:4: not UTF-8 text: control characters are not allowed"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); ++i) {
        memset(&errs, 0, sizeof(errs));
        assert_int_equal(config_parse(&config, "f.yaml", row[i].text, row[i].len, &errs), -EINVAL);
        assert_string_equal(errs.text[0], row[i].error);
        assert_int_equal(errs.n, 1);
    }
}

/* The default that stands for a wrong value is not judged. */
static void values_that_were_refused_are_not_compared(void **state)
{
    (void)state;

    assert_int_equal(parse("sip: { rtp_port_min: 30000, rtp_port_max: x }\n"
                           "seats: { order: [foo] }\n"),
                     -EINVAL);
    assert_int_equal(errs.n, 2);
    assert_non_null(strstr(errs.text[0], "f.yaml:1:43: sip.rtp_port_max: must be a whole number"));
    assert_non_null(strstr(errs.text[1], "f.yaml:2:18: seats.order: "));
}

static void collects_all_errors_of_a_file(void **state)
{
    (void)state;

    assert_int_equal(parse("http:\n  prot: 1\n  port: x\nsip:\n  port: y\nfoo: {a: [1, {b: 2}]}\n"
                           "log: { level: loud }\n"),
                     -EINVAL);
    assert_int_equal(errs.n, 5);
    assert_non_null(strstr(errs.text[2], "f.yaml:5:9: sip.port:"));
    assert_non_null(strstr(errs.text[4], "f.yaml:7:15: log.level:"));
}

static void keeps_fifty_errors_and_counts_the_rest(void **state)
{
    char text[4096] = "";
    (void)state;

    for (unsigned i = 0; i < 70; ++i)
        strcat(text, "zebra: 1\n");
    assert_int_equal(parse(text), -EINVAL);
    assert_int_equal(errs.n, CONFIG_ERRORS_MAX);
    assert_int_equal(errs.more, 20);
}

static void refuses_deep_nesting(void **state)
{
    char text[256] = "zebra: ";
    (void)state;

    for (unsigned i = 0; i < 15; ++i)
        strcat(text, "[");
    for (unsigned i = 0; i < 15; ++i)
        strcat(text, "]");
    assert_int_equal(parse(text), -EINVAL);
    assert_string_equal(errs.text[0], "f.yaml:1:1: zebra: no such key");
    assert_int_equal(errs.n, 1);

    memset(text, 0, sizeof(text));
    strcat(text, "zebra: ");
    for (unsigned i = 0; i < 16; ++i)
        strcat(text, "[");
    assert_int_equal(parse(text), -EINVAL);
    assert_string_equal(errs.text[0], "f.yaml:1:23: nested too deep");
}

static void refuses_a_file_that_is_too_large(void **state)
{
    char *text = malloc(CONFIG_FILE_MAX + 1);
    (void)state;

    assert_non_null(text);
    memset(text, '#', CONFIG_FILE_MAX + 1);
    memset(&errs, 0, sizeof(errs));
    assert_int_equal(config_parse(&config, "f.yaml", text, CONFIG_FILE_MAX, &errs), 0);
    assert_int_equal(config_parse(&config, "f.yaml", text, CONFIG_FILE_MAX + 1, &errs), -EFBIG);
    assert_int_equal(errs.n, 1);
    free(text);
}

static void errors_change_nothing(void **state)
{
    struct config before;
    (void)state;

    assert_int_equal(parse("http: { port: 81 }\n"), 0);
    before = config;
    assert_int_equal(parse("http: { port: 82, prot: 1 }\n"), -EINVAL);
    assert_int_equal(config_diff(&before, &config, NULL, NULL), 0);
}

static void loads_a_file_and_resolves_names_beside_it(void **state)
{
    char path[] = "/tmp/test_config_XXXXXX", want[64];
    int fd = mkstemp(path);
    (void)state;

    assert_true(fd >= 0);
    assert_true(dprintf(fd, "sip: { tls_cert: sip.pem }\n"
                            "http: { tls_cert: /a.pem, tls_key: /b.pem }\n") > 0);
    close(fd);
    memset(&errs, 0, sizeof(errs));
    assert_int_equal(config_load(&config, path, &errs), 0);
    snprintf(want, sizeof(want), "/tmp/sip.pem");
    assert_string_equal(config.sip.tls_cert, want);
    assert_string_equal(config.http.tls_cert, "/a.pem");
    assert_string_equal(config.server.data_dir, "/tmp/data");
    unlink(path);

    assert_int_equal(config_load(&config, path, &errs), -ENOENT);
    assert_non_null(strstr(errs.text[0], "No such file"));
    assert_int_equal(config_load(&config, "/", &errs), -EISDIR);
    assert_int_equal(config_load(&config, NULL, &errs), 0);
    assert_string_equal(config.server.data_dir, "data");
}

static void sets_keys_from_the_command_line(void **state)
{
    (void)state;

    memset(&errs, 0, sizeof(errs));
    config_default(&config);
    assert_int_equal(config_set(&config, "http.port=0", &errs), 0);
    assert_int_equal(config_set(&config, "server.name=a=b", &errs), 0);
    assert_int_equal(config_set(&config, "rtc.addresses=127.0.0.1,::1", &errs), 0);
    assert_int_equal(config.http.port, 0);
    assert_string_equal(config.server.name, "a=b");
    assert_int_equal(config.rtc.addresses.n, 2);
    assert_int_equal(config_set(&config, "rtc.addresses=", &errs), 0);
    assert_int_equal(config.rtc.addresses.n, 0);
    assert_int_equal(errs.n, 0);

    assert_int_equal(config_set(&config, "http.port", &errs), -EINVAL);
    assert_int_equal(config_set(&config, "http.prt=1", &errs), -EINVAL);
    assert_int_equal(config_set(&config, "http.port=x", &errs), -EINVAL);
    assert_int_equal(config_set(&config, "http.allow_origin=a,,b", &errs), -EINVAL);
    assert_int_equal(config_set(&config, "server.name=\xff", &errs), -EINVAL);
    assert_int_equal(config.http.allow_origin.n, 0);
    assert_int_equal(errs.n, 5);
    assert_string_equal(errs.text[1],
                        "command line: http.prt: no such key (did you mean \"http.port\"?)");
}

static void reads_a_file_and_the_command_line_in_one_go(void **state)
{
    static const char *const set[] = {"http.tls_key=k.pem", "http.prt=1", "sip.rtp_port_max=25001"};
    char path[] = "/tmp/test_config_XXXXXX", want[128];
    struct config_places places;
    int fd = mkstemp(path);
    (void)state;

    assert_true(fd >= 0);
    /* Wrong as it is, but not with what the command line says. */
    assert_true(dprintf(fd, "sip: { rtp_port_min: 25000, port: x }\nfoo: 1\n") > 0);
    close(fd);
    memset(&errs, 0, sizeof(errs));
    assert_int_equal(config_read(&config, &places, path, set, 3, &errs), -EINVAL);
    assert_int_equal(errs.n, 4);
    snprintf(want, sizeof(want), "%s:1:35: sip.port: must be a whole number", path);
    assert_string_equal(errs.text[0], want);
    snprintf(want, sizeof(want), "%s:2:1: foo: no such key", path);
    assert_string_equal(errs.text[1], want);
    assert_non_null(strstr(errs.text[2], "command line: http.prt: no such key"));
    assert_string_equal(errs.text[3],
                        "command line: http.tls_cert: needs http.tls_key, and that needs this");
    assert_int_equal(config.sip.rtp_port_min, 25000);
    config_place_finish(&places);
    unlink(path);
}

static void tells_where_a_value_comes_from(void **state)
{
    static const char *const set[] = {"http.port=1"};
    char path[] = "/tmp/test_config_XXXXXX", place[CONFIG_PLACE_SIZE], want[CONFIG_PLACE_SIZE];
    struct config_places places;
    int fd = mkstemp(path);
    (void)state;

    assert_true(fd >= 0);
    assert_true(dprintf(fd, "http: { port: 2, tls_port: 3 }\ndtmf: { layouts: [a, b] }\n") > 0);
    close(fd);
    assert_int_equal(config_read(&config, &places, path, set, 1, &errs), 0);
    assert_string_equal(config_place_find(&places, "http.port", -1, place), "command line");
    assert_string_equal(config_place_find(&places, "sip.port", -1, place), "default");
    snprintf(want, sizeof(want), "%s:1:28", path);
    assert_string_equal(config_place_find(&places, "http.tls_port", -1, place), want);
    snprintf(want, sizeof(want), "%s:2:22", path);
    assert_string_equal(config_place_find(&places, "dtmf.layouts", 1, place), want);
    assert_true(config_place_is_set(&places, "http.tls_port"));
    assert_false(config_place_is_set(&places, "sip.port"));
    config_place_finish(&places);
    unlink(path);
}

static void what_is_printed_reads_back_the_same(void **state)
{
    struct config want;
    char *text;
    (void)state;

    assert_int_equal(parse("server: { name: 'a \"b\" \\ c # d: e' }\n"
                           "http: { allow_origin: ['x, y', '[z]'], auth_timeout: 1500ms }\n"
                           "rtc: { addresses: [192.0.2.1, '::1'] }\n"
                           "rooms: { video_bitrate: 1234567, audio_bitrate: 40.5k }\n"),
                     0);
    want = config;
    text = print(&config);
    if (parse(text))
        fail_msg("%s", errs.text[0]);
    assert_int_equal(config_diff(&want, &config, NULL, NULL), 0);
    free(text);
}

static void the_file_in_configs_is_what_the_table_prints(void **state)
{
    char *want = print(NULL), *have = read_whole(TEST_SOURCE_DIR "/configs/medley.yaml");
    (void)state;

    assert_string_equal(have, want);
    free(want);
    free(have);
}

struct secretive {
    char token[16];
    bool flag;
};

static void never_prints_a_secret(void **state)
{
    static const struct config_row row[] = {
        {.path = "a.b.token", .type = CONFIG_TYPE_STRING, .secret = true, .size = 16, .help = "T."},
        {.path = "a.flag",
         .type = CONFIG_TYPE_BOOL,
         .offset = offsetof(struct secretive, flag),
         .help = "F."},
    };
    static const struct config_table table = {row, 2};
    struct secretive s = {.token = "hunter2"};
    char *text = NULL;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    (void)state;

    assert_non_null(f);
    assert_int_equal(config_print_rows(f, &table, &s), 0);
    fclose(f);
    assert_null(strstr(text, "hunter2"));
    assert_non_null(strstr(text, "a:\n  b:\n"));
    assert_non_null(strstr(text, "    token: \"***\"\n"));
    assert_non_null(strstr(text, "\n  flag: false\n"));
    free(text);
}

static void count_restart(const char *path, enum config_reload reload, void *arg)
{
    unsigned *n = arg;

    assert_string_equal(path, "http.port");
    assert_int_equal(reload, CONFIG_RELOAD_RESTART);
    ++*n;
}

static void tells_which_keys_differ(void **state)
{
    struct config a, b;
    unsigned n = 0;
    (void)state;

    config_default(&a);
    config_default(&b);
    assert_int_equal(config_diff(&a, &b, NULL, NULL), 0);
    b.http.port = 1;
    assert_int_equal(config_diff(&a, &b, count_restart, &n), 1);
    assert_int_equal(n, 1);
}

static void distance_counts_edits(void **state)
{
    (void)state;

    assert_int_equal(config_table_distance("", ""), 0);
    assert_int_equal(config_table_distance("port", "prot"), 1);
    assert_int_equal(config_table_distance("abcd", "badc"), 2);
    assert_int_equal(config_table_distance("port", "ports"), 1);
    assert_int_equal(config_table_distance("", "abc"), 3);
    assert_int_equal(config_table_distance("kitten", "sitting"), 3);
}

static void reads_colours(void **state)
{
    char *text;
    (void)state;

    assert_int_equal(parse("overlay: { border_color: '#FF8000' }\n"), 0);
    assert_int_equal(config.overlay.border_color, 0xff8000);
    text = print(&config);
    assert_non_null(strstr(text, "\n  border_color: \"#ff8000\"\n"));
    free(text);
    assert_int_equal(parse("overlay: { border_color: red }\n"), -EINVAL);
    assert_int_equal(parse("overlay: { border_color: '#12345' }\n"), -EINVAL);
    assert_int_equal(parse("overlay: { border_color: '#12345g' }\n"), -EINVAL);
    assert_int_equal(parse("overlay:\n  border_color: #123456\n"), -EINVAL);
    assert_string_equal(errs.text[0],
                        "f.yaml:2:16: overlay.border_color: has no value (put colours in "
                        "quotes: # starts a comment)");
}

static void checks_seats_codes_and_token(void **state)
{
    static const struct {
        const char *text, *error; /* NULL = right */
    } cases[] = {
        {"seats: { order: [] }", NULL},
        {"seats: { order: [joined, speaker, hand, spotlight] }", NULL},
        {"seats: { order: [hand, hands] }",
         "f.yaml:1:24: seats.order: \"hands\" must be one of spotlight, hand, speaker, joined"},
        {"seats: { order: [hand, hand] }", "f.yaml:1:24: seats.order: \"hand\" is there twice"},
        {"dtmf: { mute: '', hand: '', layout: '#123456*' }", NULL},
        {"dtmf: { mute: '6a' }", "f.yaml:1:15: dtmf.mute: must consist of digits, * and #"},
        {"dtmf: { mute: '*', hand: '1', layout: '2' }", NULL},
        {"dtmf: { mute: '*9' }", "f.yaml:1:15: dtmf.mute: must not be the start of dtmf.hand"},
        {"dtmf: { layout: '*' , hand: '1'}",
         "f.yaml:1:17: dtmf.layout: must not be the start of dtmf.mute"},
        {"admin: { token: 0123456789abcdef }", NULL},
        {"admin: { token: 0123456789abcde }",
         "f.yaml:1:17: admin.token: must be 16 or more ASCII characters without spaces"},
        {"admin: { token: '0123456789abcdef 1' }",
         "f.yaml:1:17: admin.token: must be 16 or more ASCII characters without spaces"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        assert_int_equal(parse(cases[i].text), cases[i].error ? -EINVAL : 0);
        assert_int_equal(errs.n, cases[i].error ? 1 : 0);
        if (cases[i].error)
            assert_string_equal(errs.text[0], cases[i].error);
    }
}

static void says_when_a_change_takes_effect(void **state)
{
    char *text = print(NULL);
    (void)state;

    assert_non_null(strstr(text, "Takes effect after a restart.\n  port: 8080\n"));
    assert_non_null(strstr(text, "Takes effect in new rooms.\n  fps: 30\n"));
    assert_non_null(strstr(text, "effect for new participants.\n  max_width: 1920\n"));
    assert_non_null(strstr(text, "Takes effect at once.\n  layout: \"auto\"\n"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_what_the_documentation_says),
        cmocka_unit_test(every_default_is_written_as_it_is_read),
        cmocka_unit_test(an_empty_file_gives_the_defaults),
        cmocka_unit_test(reads_every_type),
        cmocka_unit_test(says_where_and_what_is_wrong),
        cmocka_unit_test(broken_yaml_names_its_place),
        cmocka_unit_test(bytes_that_are_no_text_have_a_place),
        cmocka_unit_test(values_that_were_refused_are_not_compared),
        cmocka_unit_test(reads_a_file_and_the_command_line_in_one_go),
        cmocka_unit_test(tells_where_a_value_comes_from),
        cmocka_unit_test(collects_all_errors_of_a_file),
        cmocka_unit_test(keeps_fifty_errors_and_counts_the_rest),
        cmocka_unit_test(refuses_deep_nesting),
        cmocka_unit_test(refuses_a_file_that_is_too_large),
        cmocka_unit_test(errors_change_nothing),
        cmocka_unit_test(loads_a_file_and_resolves_names_beside_it),
        cmocka_unit_test(sets_keys_from_the_command_line),
        cmocka_unit_test(what_is_printed_reads_back_the_same),
        cmocka_unit_test(the_file_in_configs_is_what_the_table_prints),
        cmocka_unit_test(never_prints_a_secret),
        cmocka_unit_test(tells_which_keys_differ),
        cmocka_unit_test(reads_colours),
        cmocka_unit_test(checks_seats_codes_and_token),
        cmocka_unit_test(says_when_a_change_takes_effect),
        cmocka_unit_test(distance_counts_edits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
