/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/codec/make_seeds.c  Writes the seed corpora of this folder's fuzz targets
 *
 * Not part of the build.  From the root of the tree, with a build in DIR:
 *
 *     cc -D_GNU_SOURCE -I. tests/fuzz/codec/make_seeds.c DIR/libcodec.a DIR/libbase.a \
 *        -lavcodec -lavutil -lx264 -lvpx -lopus -lspeexdsp -lm -lpthread -o /tmp/make_seeds
 *     /tmp/make_seeds tests/fuzz/corpus
 */
#include <stdio.h>
#include <sys/stat.h>

#include "codec/video_encoder.h"
#include "tests/fuzz/codec/packets.h"
#include "tests/unit/codec/stream.h"

enum { SEED_MAX = 16384 };

struct seed {
    uint8_t data[SEED_MAX];
    size_t size;
};

static const char *root;

static void save(const char *corpus, const char *name, const void *data, size_t size)
{
    char path[512];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", root, corpus);
    (void)mkdir(path, 0777);
    snprintf(path, sizeof(path), "%s/%s/%s", root, corpus, name);
    f = fopen(path, "wb");
    if (!f || fwrite(data, 1, size, f) != size)
        abort();
    fclose(f);
}

static void add(struct seed *seed, uint8_t flags, const uint8_t *payload, size_t size)
{
    if (seed->size + 3 + size > SEED_MAX)
        return;
    seed->data[seed->size++] = flags;
    seed->data[seed->size++] = (uint8_t)(size >> 8);
    seed->data[seed->size++] = (uint8_t)size;
    memcpy(seed->data + seed->size, payload, size);
    seed->size += size;
}

/* The depacketizer's corpus has the packets, the decoder's the codec before them. */
static void save_packets(enum video_codec codec, const char *name, const struct seed *seed)
{
    struct seed coded = {.size = seed->size + 1};
    char with_codec[64];

    if (coded.size > SEED_MAX)
        abort();
    coded.data[0] = codec == VIDEO_CODEC_VP8;
    memcpy(coded.data + 1, seed->data, seed->size);
    snprintf(with_codec, sizeof(with_codec), "%s_%s", codec == VIDEO_CODEC_VP8 ? "vp8" : "h264",
             name);
    save("video_decode", with_codec, coded.data, coded.size);
    save(codec == VIDEO_CODEC_VP8 ? "depay_vp8" : "depay_h264", name, seed->data, seed->size);
}

static void encode(enum video_codec codec, uint16_t w, uint16_t h, uint16_t max, unsigned lost,
                   const char *name)
{
    struct video_encoder_params params = {.codec = codec,
                                          .width = w,
                                          .height = h,
                                          .fps = 30,
                                          .bitrate_bps = 100000,
                                          .max_payload = max};
    struct video_encoder *enc;
    struct video_frame *frame;
    struct seed seed = {.size = 0};
    uint8_t buf[2000];

    if (video_encoder_new(&enc, &params) < 0 || video_frame_new(&frame, w, h) < 0)
        abort();
    for (unsigned t = 0, i = 0; t < 6; ++t) {
        bool key, marker = false, first = true;
        size_t n;

        picture_paint(frame, t * 3);
        if (video_encoder_encode(enc, frame, t == 4, &key) < 0)
            abort();
        while ((n = video_encoder_payload(enc, buf, &marker)) > 0) {
            uint8_t flags = (uint8_t)((marker ? PACKETS_MARKER : 0) | (first ? PACKETS_NEW_TS : 0));

            if (lost && ++i % lost == 0)
                continue;
            add(&seed, lost && i % lost == 1 && i > 1 ? flags | 1 : flags, buf, n);
            first = false;
        }
    }
    save_packets(codec, name, &seed);
    video_frame_unref(frame);
    video_encoder_free(enc);
}

/* NAL units of a stream, aggregated and fragmented in turn. */
static void pack(const struct stream_cfg *cfg, const char *name)
{
    struct seed seed = {.size = 0};
    struct stream s;

    if (stream_make(&s, cfg) < 0)
        abort();
    for (unsigned u = 0; u < s.n; ++u) {
        static const uint8_t types[] = {7, 8, 5, 1};
        uint8_t *nal;
        size_t n;

        for (unsigned i = 0; i < sizeof(types); ++i) {
            uint8_t t = types[i], fu[1500];

            n = stream_find_nal(s.unit[u], s.size[u], t, &nal);
            if (!n || n > 1400)
                continue;
            if (t > 5) { /* STAP-A of one */
                fu[0] = 0x78;
                fu[1] = (uint8_t)(n >> 8);
                fu[2] = (uint8_t)n;
                memcpy(fu + 3, nal, n);
                add(&seed, t == 7 ? PACKETS_NEW_TS : 0, fu, n + 3);
                continue;
            }
            fu[0] = (uint8_t)((nal[0] & 0xe0) | 28);
            fu[1] = (uint8_t)(0x80 | t);
            memcpy(fu + 2, nal + 1, n / 2);
            add(&seed, t == 1 ? PACKETS_NEW_TS : 0, fu, n / 2 + 2);
            fu[1] = (uint8_t)(0x40 | t);
            memcpy(fu + 2, nal + 1 + n / 2, n - 1 - n / 2);
            add(&seed, PACKETS_MARKER, fu, n - 1 - n / 2 + 2);
        }
    }
    save_packets(VIDEO_CODEC_H264, name, &seed);
    stream_free(&s);
}

static void save_sps(const struct stream_cfg *cfg, const char *name)
{
    struct stream s;
    uint8_t *nal;
    size_t n;

    if (stream_make(&s, cfg) < 0)
        abort();
    n = stream_find_nal(s.unit[0], s.size[0], 7, &nal);
    save("h264_sps", name, nal, n);
    stream_free(&s);
}

static void make_headers(void)
{
    static const struct {
        const char *name;
        struct stream_cfg cfg;
    } kinds[] = {
        {"baseline", {.profile = "baseline", .w = 64, .h = 64, .n = 1}},
        {"baseline_crop", {.profile = "baseline", .w = 178, .h = 142, .n = 1}},
        {"main_fields", {.profile = "main", .w = 640, .h = 360, .interlaced = 1, .n = 1}},
        {"main_b", {.profile = "main", .w = 352, .h = 288, .bframes = 2, .n = 1}},
        {"high_1080", {.profile = "high", .w = 1920, .h = 1080, .n = 1}},
        {"high_crop",
         {.profile = "high", .w = 322, .h = 182, .crop_right = 6, .crop_bottom = 4, .n = 1}},
        {"high10", {.profile = "high10", .w = 320, .h = 176, .n = 1}},
        {"high422", {.profile = "high422", .csp = X264_CSP_I422, .w = 320, .h = 180, .n = 1}},
        {"high444", {.profile = "high444", .csp = X264_CSP_I444, .w = 318, .h = 180, .n = 1}},
    };
    static const uint8_t key[] = {0x30, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x42, 0x68, 0x81, 0xff};
    static const uint8_t inter[] = {0x47, 0, 0, 1, 2};
    static const uint8_t descriptor[] = {0xb3, 0xf0, 0x92, 0x34, 0x56, 0xa3, 0x11};
    static const uint8_t small[] = {0x90, 0x80, 0x12, 0x11, 0x01};
    struct stream_bits b;
    size_t n;

    for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); ++i)
        save_sps(&kinds[i].cfg, kinds[i].name);
    n = stream_sps(&b, 512, 512, 66);
    save("h264_sps", "bomb", b.data, n);
    save("vp8_header", "key", key, sizeof(key));
    save("vp8_header", "inter", inter, sizeof(inter));
    save("vp8_header", "descriptor", descriptor, sizeof(descriptor));
    save("vp8_header", "short_id", small, sizeof(small));
}

int main(int argc, char **argv)
{
    static const struct stream_cfg cabac = {
        .profile = "high", .w = 64, .h = 64, .cabac = 1, .n = 5};
    static const struct stream_cfg fields = {
        .profile = "main", .w = 64, .h = 64, .interlaced = 1, .n = 5};
    static const struct stream_cfg reorder = {
        .profile = "main", .w = 64, .h = 64, .bframes = 2, .n = 8};
    static const struct stream_cfg large = {.profile = "high", .w = 640, .h = 360, .n = 2};

    if (argc != 2)
        return 2;
    root = argv[1];
    make_headers();
    for (unsigned codec = 0; codec < VIDEO_CODEC_COUNT; ++codec) {
        encode((enum video_codec)codec, 64, 64, 1180, 0, "small");
        encode((enum video_codec)codec, 80, 64, 200, 0, "slices");
        encode((enum video_codec)codec, 96, 66, 200, 5, "lossy");
    }
    pack(&cabac, "cabac");
    pack(&fields, "fields");
    pack(&reorder, "reorder");
    pack(&large, "large");
    return 0;
}
