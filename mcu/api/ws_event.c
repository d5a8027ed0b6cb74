/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ws_event.c  What the server says over medley.v1: structs to JSON text
 */
#include "mcu/api/ws_event.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { DETAIL_MAX = 300 };

/** Set @p key to @p value, which is taken.  @return false if either is missing */
static bool set(json_t *object, const char *key, json_t *value)
{
    return json_object_set_new(object, key, value) == 0; /* copes with NULL in both */
}

/** Finish a message.  Takes @p d.  @param ok  false if a part of it has failed */
static char *envelope(const char *t, int64_t re, uint64_t s, json_t *d, bool ok)
{
    json_t *root = json_object();
    char *text = NULL;

    ok = ok && set(root, "t", json_string(t));
    if (re >= 0)
        ok = ok && set(root, "re", json_integer(re));
    if (s > 0)
        ok = ok && set(root, "s", json_integer((json_int_t)s));
    if (d)
        ok = json_object_set(root, "d", d) == 0 && ok;
    if (ok)
        text = json_dumps(root, JSON_COMPACT);
    json_decref(d);
    json_decref(root);
    return text;
}

static json_t *participant(const struct ws_participant *p)
{
    json_t *one =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:b, s:b}", "id", p->id, "name", p->name,
                  "kind", p->kind, "role", p->role, "identity", p->identity, "audio", p->audio,
                  "video", p->video, "share", p->share, "hand", p->hand);
    bool ok = one != NULL;

    if (ok && p->avatar[0])
        ok = set(one, "avatar", json_string(p->avatar));
    if (ok && p->hand)
        ok = set(one, "hand_at", json_integer((json_int_t)p->hand_at_ms));
    if (!ok) {
        json_decref(one);
        return NULL;
    }
    return one;
}

static json_t *participants(const struct ws_participant *p, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; list && i < n; ++i) {
        if (json_array_append_new(list, participant(&p[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *left_list(const struct ws_left *left, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; list && i < n; ++i) {
        json_t *one = json_pack("{s:s, s:s}", "id", left[i].id, "reason", left[i].reason);

        if (json_array_append_new(list, one) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

char *ws_event_ok(int64_t re, const char *sdp)
{
    json_t *d = sdp ? json_pack("{s:s}", "sdp", sdp) : NULL;

    return envelope("ok", re, 0, d, !sdp || d);
}

char *ws_event_chat_ok(int64_t re, const char *mid, const char *cid, uint64_t ts_ms)
{
    json_t *d = json_pack("{s:s, s:I}", "mid", mid, "ts", (json_int_t)ts_ms);
    bool ok = d != NULL;

    if (cid[0])
        ok = ok && set(d, "cid", json_string(cid));
    return envelope("ok", re, 0, d, ok);
}

char *ws_event_pong(int64_t re)
{
    return envelope("pong", re, 0, NULL, true);
}

char *ws_event_error(int64_t re, const char *code, const char *detail)
{
    char text[DETAIL_MAX + 1];
    json_t *d = json_object(), *words;
    bool ok = set(d, "code", json_string(code));
    size_t n = 0;

    if (detail) {
        words = json_stringn(detail, strnlen(detail, DETAIL_MAX));
        if (!words) { /* not UTF-8, or cut in the middle of a character */
            for (; n < DETAIL_MAX && detail[n]; ++n)
                text[n] = (detail[n] & 0x80) ? '?' : detail[n];
            words = json_stringn(text, n);
        }
        ok = ok && set(d, "detail", words);
    }
    return envelope("error", re, 0, d, ok);
}

char *ws_event_bye(const char *reason, unsigned code)
{
    json_t *d = json_pack("{s:s, s:i}", "reason", reason, "code", (int)code);

    return envelope("bye", -1, 0, d, d);
}

char *ws_event_roster(uint64_t s, const struct ws_participant *add, size_t nadd,
                      const struct ws_participant *upd, size_t nupd, const struct ws_left *del,
                      size_t ndel)
{
    json_t *d = json_object();
    bool ok = set(d, "add", participants(add, nadd));

    ok = ok && set(d, "upd", participants(upd, nupd));
    ok = ok && set(d, "del", left_list(del, ndel));
    return envelope("roster", -1, s, d, ok);
}

char *ws_event_speakers(uint64_t s, const struct ws_speaker *active, size_t nactive,
                        const char *dominant)
{
    json_t *d = json_object(), *list = json_array();
    bool ok = true;

    for (size_t i = 0; ok && i < nactive; ++i)
        ok = json_array_append_new(
                 list, json_pack("{s:s, s:i}", "id", active[i].id, "level", active[i].level)) == 0;
    ok = set(d, "active", list) && ok;
    ok = ok && set(d, "dominant", dominant ? json_string(dominant) : json_null());
    return envelope("speakers", -1, s, d, ok);
}

static json_t *tile(const struct ws_tile *t, size_t i)
{
    static const char *const media[] = {[WS_MEDIA_EMPTY] = "empty",
                                        [WS_MEDIA_VIDEO] = "video",
                                        [WS_MEDIA_AVATAR] = "avatar",
                                        [WS_MEDIA_CONTENT] = "content",
                                        [WS_MEDIA_MORE] = "more"};
    json_t *one =
        json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:s, s:s}", "i", (int)i, "x", t->x, "y", t->y,
                  "w", t->w, "h", t->h, "z", t->z, "role", t->role, "media", media[t->media]);

    if (t->id && !set(one, "id", json_string(t->id))) {
        json_decref(one);
        return NULL;
    }
    return one;
}

char *ws_event_layout(uint64_t s, const struct ws_layout *layout)
{
    json_t *d = json_pack("{s:I, s:s, s:s, s:[i,i], s:i, s:{s:I}}", "epoch",
                          (json_int_t)layout->epoch, "name", layout->name, "chosen", layout->chosen,
                          "canvas", layout->canvas_w, layout->canvas_h, "overflow",
                          (int)layout->overflow, "rtp", "ts", (json_int_t)layout->rtp_ts);
    json_t *list = json_array(), *burned = json_array();
    bool ok = d != NULL;

    for (size_t i = 0; ok && layout->burned && layout->burned[i]; ++i)
        ok = json_array_append_new(burned, json_string(layout->burned[i])) == 0;
    ok = set(d, "burned", burned) && ok;

    for (size_t i = 0; ok && i < layout->ntiles; ++i)
        ok = json_array_append_new(list, tile(&layout->tiles[i], i)) == 0;
    ok = set(d, "tiles", list) && ok;
    return envelope("layout", -1, s, d, ok);
}

char *ws_event_muted(const char *by, bool audio, bool video)
{
    json_t *d = json_pack("{s:s?, s:b, s:b}", "by", by, "audio", audio, "video", video);

    return envelope("muted", -1, 0, d, d);
}
