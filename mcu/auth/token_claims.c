/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/token_claims.c  The claims of a token: JSON to grants
 */
#include "mcu/auth/token_claims.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "mcu/api/api_json.h"

#define S_US        UINT64_C(1000000)
#define DATE_MAX_S  INT64_C(253402300799) /* the year 9999 */
#define LENGTH(a_)  (sizeof(a_) / sizeof((a_)[0]))
#define AT(grants_) offsetof(struct grants, grants_)

struct flag {
    const char *key;
    size_t offset; /* of a bool in struct grants */
};

struct reader {
    struct grants *grants;
    char *why;
    size_t why_size;
};

static const struct flag our_flags[] = {
    {"subscribe", AT(subscribe)}, {"chat", AT(chat)},     {"record", AT(record)},
    {"moderate", AT(moderate)},   {"hidden", AT(hidden)}, {"layout", AT(layout)},
    {"create", AT(create)},       {"list", AT(list)},     {"user", AT(user)},
    {"operator", AT(operator_)},
};

static const struct flag our_sources[] = {
    {"audio", AT(publish_audio)},
    {"video", AT(publish_video)},
    {"screen", AT(publish_screen)},
};

static const struct flag livekit_flags[] = {
    {"roomCreate", AT(create)},      {"roomList", AT(list)},       {"roomRecord", AT(record)},
    {"canSubscribe", AT(subscribe)}, {"canPublishData", AT(chat)}, {"hidden", AT(hidden)},
};

static const struct flag livekit_sources[] = {
    {"microphone", AT(publish_audio)},
    {"camera", AT(publish_video)},
    {"screen_share", AT(publish_screen)},
    {"screen_share_audio", AT(publish_screen)},
};

static bool *flag_at(struct grants *grants, size_t offset)
{
    return (bool *)((char *)grants + offset);
}

static enum token_error refuse(const struct reader *r, enum token_error error, const char *claim,
                               const char *what)
{
    (void)snprintf(r->why, r->why_size, "%s %s", claim, what);
    return error;
}

static enum token_error refuse_grant(const struct reader *r, const char *claim, const char *what)
{
    return refuse(r, TOKEN_ERROR_GRANTS, claim, what);
}

/* ---- reading one value; each leaves its target alone if there is none ---- */

static enum token_error read_bool(const struct reader *r, json_t *object, const char *key,
                                  bool *target)
{
    json_t *value = json_object_get(object, key);

    if (!value)
        return TOKEN_ERROR_NONE;
    if (!json_is_boolean(value))
        return refuse_grant(r, key, "must be true or false");
    *target = json_is_true(value);
    return TOKEN_ERROR_NONE;
}

/** @param ret_text  NULL if there is none; borrowed from @p object */
static enum token_error read_text(const struct reader *r, json_t *object, const char *key,
                                  const char **ret_text)
{
    json_t *value = json_object_get(object, key);

    *ret_text = NULL;
    if (!value)
        return TOKEN_ERROR_NONE;
    if (!json_is_string(value))
        return refuse_grant(r, key, "must be text");
    *ret_text = json_string_value(value);
    return TOKEN_ERROR_NONE;
}

/** @param ret_s  -1 if there is none */
static enum token_error read_date(const struct reader *r, json_t *object, const char *key,
                                  int64_t *ret_s)
{
    json_t *value = json_object_get(object, key);

    *ret_s = -1;
    if (!value)
        return TOKEN_ERROR_NONE;
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        json_integer_value(value) > DATE_MAX_S)
        return refuse_grant(r, key, "must be whole seconds since 1970");
    *ret_s = json_integer_value(value);
    return TOKEN_ERROR_NONE;
}

/** A text that must be as api_text_clean_name() leaves it: ids are not changed silently. */
static enum token_error read_id(const struct reader *r, json_t *object, const char *key,
                                char *target, size_t size)
{
    char clean[API_TEXT_NAME_SIZE];
    const char *text;
    enum token_error error = read_text(r, object, key, &text);

    if (error || !text || !text[0])
        return error;
    if (strlen(text) >= size)
        return refuse_grant(r, key, "is too long");
    if (api_text_clean_name(clean, text, strlen(text)) != 0 || strcmp(clean, text) != 0)
        return refuse_grant(r, key, "has characters that are not allowed");
    memcpy(target, clean, strlen(clean) + 1);
    return TOKEN_ERROR_NONE;
}

/** A display name or title; one with nothing to see is none. */
static enum token_error read_name(const struct reader *r, json_t *object, const char *key,
                                  char *target)
{
    const char *text;
    enum token_error error = read_text(r, object, key, &text);

    if (error || !text)
        return error;
    if (api_text_clean_name(target, text, strlen(text)) == -E2BIG)
        return refuse_grant(r, key, "is too long");
    return TOKEN_ERROR_NONE;
}

static enum token_error read_room(const struct reader *r, json_t *object)
{
    const char *text;
    enum token_error error = read_text(r, object, "room", &text);

    if (error || !text || !text[0])
        return error;
    if (strcmp(text, "*") == 0)
        memcpy(r->grants->room, "*", 2);
    else if (api_text_clean_room(r->grants->room, text, strlen(text)) != 0)
        return refuse_grant(r, "room", "is not a room name");
    return TOKEN_ERROR_NONE;
}

static enum token_error read_flags(const struct reader *r, json_t *object, const struct flag *flag,
                                   size_t n)
{
    for (size_t i = 0; i < n; ++i) {
        enum token_error error =
            read_bool(r, object, flag[i].key, flag_at(r->grants, flag[i].offset));

        if (error)
            return error;
    }
    return TOKEN_ERROR_NONE;
}

/** What may be published: exactly what the list has.  Sources that we do not know are ignored. */
static enum token_error read_sources(const struct reader *r, json_t *list, const char *key,
                                     const struct flag *flag, size_t n)
{
    size_t at;
    json_t *item;

    if (!json_is_array(list))
        return refuse_grant(r, key, "must be a list");
    for (size_t i = 0; i < n; ++i)
        *flag_at(r->grants, flag[i].offset) = false;
    json_array_foreach(list, at, item)
    {
        if (!json_is_string(item))
            return refuse_grant(r, key, "must be a list of texts");
        for (size_t i = 0; i < n; ++i)
            if (strcmp(json_string_value(item), flag[i].key) == 0)
                *flag_at(r->grants, flag[i].offset) = true;
    }
    return TOKEN_ERROR_NONE;
}

/* ---- who says so, and for how long ---- */

static enum token_error check_issuer(const struct reader *r, json_t *claims,
                                     const struct token_claims_rules *rules)
{
    const char *text;
    enum token_error error = read_text(r, claims, "iss", &text);

    if (error)
        return error;
    if (rules->issuer[0] && (!text || strcmp(text, rules->issuer) != 0))
        return refuse(r, TOKEN_ERROR_ISSUER, "iss", "is not the issuer that is trusted here");
    return TOKEN_ERROR_NONE;
}

/** RFC 7519, section 4.1.3: a text or a list of texts. */
static enum token_error check_audience(const struct reader *r, json_t *claims,
                                       const struct token_claims_rules *rules)
{
    json_t *aud = json_object_get(claims, "aud"), *item;
    bool found = !rules->audience[0];
    size_t at;

    if (json_is_string(aud) && strcmp(json_string_value(aud), rules->audience) == 0)
        found = true;
    if (aud && !json_is_string(aud) && !json_is_array(aud))
        return refuse_grant(r, "aud", "must be text or a list");
    json_array_foreach(aud, at, item)
    {
        if (!json_is_string(item))
            return refuse_grant(r, "aud", "must be a list of texts");
        if (strcmp(json_string_value(item), rules->audience) == 0)
            found = true;
    }
    return found ? TOKEN_ERROR_NONE
                 : refuse(r, TOKEN_ERROR_AUDIENCE, "aud", "does not name this server");
}

static enum token_error check_dates(const struct reader *r, json_t *claims,
                                    const struct token_claims_rules *rules, uint64_t now_us)
{
    int64_t now_s = (int64_t)(now_us / S_US), leeway_s = rules->leeway_s;
    int64_t exp_s, nbf_s, iat_s, iat_us;
    enum token_error error = read_date(r, claims, "exp", &exp_s);

    if (error)
        return error;
    error = read_date(r, claims, "nbf", &nbf_s);
    if (error)
        return error;
    error = read_date(r, claims, "iat", &iat_s);
    if (error)
        return error;
    if (exp_s < 0)
        return refuse_grant(r, "exp", "is missing");
    if (now_s >= exp_s + leeway_s)
        return refuse(r, TOKEN_ERROR_EXPIRED, "exp", "has passed");
    if (nbf_s > now_s + leeway_s)
        return refuse(r, TOKEN_ERROR_NOT_YET, "nbf", "is to come");
    if (iat_s > now_s + leeway_s)
        return refuse(r, TOKEN_ERROR_NOT_YET, "iat", "is to come");
    if (exp_s > now_s + leeway_s + rules->max_life_s ||
        (iat_s >= 0 && exp_s - iat_s > rules->max_life_s))
        return refuse(r, TOKEN_ERROR_TOO_LONG_LIVED, "exp", "is too far away");
    error = read_date(r, claims, "iat_us", &iat_us); /* ours: tells tokens of a second apart */
    if (error)
        return error;
    if (iat_s > 0)
        r->grants->issued_us =
            (uint64_t)iat_s * S_US + (iat_us > 0 && iat_us < (int64_t)S_US ? (uint64_t)iat_us : 0);
    r->grants->expires_us = (uint64_t)exp_s * S_US;
    return TOKEN_ERROR_NONE;
}

/* ---- what is granted ---- */

static enum token_error read_role(const struct reader *r, json_t *grants, enum role *ret_role,
                                  bool *ret_said)
{
    const char *text;
    enum token_error error = read_text(r, grants, "role", &text);

    *ret_role = ROLE_GUEST;
    if (!error && text && rights_role_find(ret_role, text) != 0)
        return refuse_grant(r, "role", "must be viewer, guest or host");
    *ret_said = text;
    return error;
}

static enum token_error read_ours(const struct reader *r, json_t *grants)
{
    json_t *publish = json_object_get(grants, "publish");
    enum role role;
    bool join = false, said;
    enum token_error error = read_role(r, grants, &role, &said);

    if (error)
        return error;
    error = read_bool(r, grants, "join", &join);
    if (error)
        return error;
    if (join)
        grants_of_role(r->grants, role);
    r->grants->role = role;
    r->grants->role_said = said;
    error = read_room(r, grants);
    if (error)
        return error;
    error = read_flags(r, grants, our_flags, LENGTH(our_flags));
    if (error || !publish)
        return error;
    return read_sources(r, publish, "publish", our_sources, LENGTH(our_sources));
}

static enum token_error read_livekit_sources(const struct reader *r, json_t *video)
{
    json_t *sources = json_object_get(video, "canPublishSources");
    bool may = true;
    enum token_error error = read_bool(r, video, "canPublish", &may);

    if (error)
        return error;
    if (sources) { /* an empty list there means all */
        if (!json_is_array(sources) || json_array_size(sources) > 0)
            error = read_sources(r, sources, "canPublishSources", livekit_sources,
                                 LENGTH(livekit_sources));
        if (error)
            return error;
    }
    if (!may)
        r->grants->publish_audio = r->grants->publish_video = r->grants->publish_screen = false;
    return TOKEN_ERROR_NONE;
}

static enum token_error read_livekit(const struct reader *r, json_t *video)
{
    bool join = false, admin = false;
    enum token_error error = read_bool(r, video, "roomJoin", &join);

    if (error)
        return error;
    error = read_bool(r, video, "roomAdmin", &admin);
    if (error)
        return error;
    if (join)
        grants_of_role(r->grants, admin ? ROLE_HOST : ROLE_GUEST);
    r->grants->role = admin ? ROLE_HOST : ROLE_GUEST;
    r->grants->role_said = json_object_get(video, "roomAdmin") != NULL;
    r->grants->moderate = r->grants->layout = admin;
    r->grants->record = false; /* a grant of its own there */
    error = read_room(r, video);
    if (error)
        return error;
    error = read_flags(r, video, livekit_flags, LENGTH(livekit_flags));
    return error || !join ? error : read_livekit_sources(r, video);
}

static enum token_error read_grants(const struct reader *r, json_t *claims)
{
    json_t *ours = json_object_get(claims, "grants"), *video = json_object_get(claims, "video");
    enum token_error error;

    if (!ours && !video)
        return refuse_grant(r, "grants", "is missing");
    if (!json_is_object(ours ? ours : video))
        return refuse_grant(r, ours ? "grants" : "video", "must be an object");
    error = ours ? read_ours(r, ours) : read_livekit(r, video);
    if (!error && r->grants->join && !r->grants->subscribe)
        return refuse_grant(r, ours ? "subscribe" : "canSubscribe",
                            "is false, but whoever is in a room sees and hears it");
    return error;
}

/* ---- what is said about him and his room ---- */

/** An https URL without what could end it in a page, or hide where it goes. */
static bool is_avatar(const char *text)
{
    if (strncmp(text, "https://", 8) != 0 || !text[8] || text[8] == '/')
        return false;
    for (const char *p = text; *p; ++p)
        if (*p <= ' ' || *p > '~' || strchr("\"'<>\\^`{|}", *p))
            return false;
    return true;
}

static enum token_error read_attr(const struct reader *r, json_t *claims)
{
    json_t *attr = json_object_get(claims, "attr");
    const char *avatar;
    enum token_error error;
    size_t len;

    if (!attr)
        return TOKEN_ERROR_NONE;
    if (!json_is_object(attr))
        return refuse_grant(r, "attr", "must be an object");
    error = read_text(r, attr, "avatar", &avatar);
    if (error)
        return error;
    if (avatar && avatar[0]) {
        if (strlen(avatar) >= GRANTS_AVATAR_SIZE || !is_avatar(avatar))
            return refuse_grant(r, "avatar", "must be an https address of up to 512 characters");
        memcpy(r->grants->avatar, avatar, strlen(avatar) + 1);
    }
    (void)json_object_del(attr, "avatar");
    if (json_object_size(attr) == 0)
        return TOKEN_ERROR_NONE;
    len = json_dumpb(attr, r->grants->attr, GRANTS_ATTR_SIZE - 1, JSON_COMPACT);
    if (len == 0 || len >= GRANTS_ATTR_SIZE)
        return refuse_grant(r, "attr", "is too long");
    r->grants->attr[len] = '\0';
    return TOKEN_ERROR_NONE;
}

static enum token_error read_room_config(const struct reader *r, json_t *claims)
{
    struct grants_room_config *config = &r->grants->room_config;
    json_t *object = json_object_get(claims, "room_config"), *max;
    const char *layout;
    enum token_error error;

    if (!object)
        return TOKEN_ERROR_NONE;
    if (!json_is_object(object))
        return refuse_grant(r, "room_config", "must be an object");
    error = read_text(r, object, "layout", &layout);
    if (error)
        return error;
    if (layout) {
        if (strlen(layout) >= sizeof(config->layout) ||
            strspn(layout, "abcdefghijklmnopqrstuvwxyz0123456789._-") != strlen(layout))
            return refuse_grant(r, "room_config.layout", "is not the name of a layout");
        memcpy(config->layout, layout, strlen(layout) + 1);
    }
    max = json_object_get(object, "max_participants");
    if (max) {
        if (!json_is_integer(max) || json_integer_value(max) < 1 ||
            json_integer_value(max) > GRANTS_PARTICIPANTS_MAX)
            return refuse_grant(r, "max_participants", "must be 1 to 10000");
        config->max_participants = (unsigned)json_integer_value(max);
    }
    return read_name(r, object, "title", config->title);
}

static enum token_error read_person(const struct reader *r, json_t *claims)
{
    enum token_error error =
        read_id(r, claims, "sub", r->grants->identity, sizeof(r->grants->identity));

    if (error)
        return error;
    error = read_id(r, claims, "jti", r->grants->jti, sizeof(r->grants->jti));
    if (error)
        return error;
    error = read_name(r, claims, "name", r->grants->name);
    if (error)
        return error;
    if (r->grants->user && !r->grants->identity[0])
        return refuse_grant(r, "sub", "is missing, so there is no user");
    error = read_attr(r, claims);
    if (error)
        return error;
    return read_room_config(r, claims);
}

static enum token_error read_claims(const struct reader *r, json_t *claims,
                                    const struct token_claims_rules *rules, uint64_t now_us)
{
    enum token_error error = check_issuer(r, claims, rules);

    if (error)
        return error;
    error = check_audience(r, claims, rules);
    if (error)
        return error;
    error = read_grants(r, claims); /* sets everything, so it goes first */
    if (error)
        return error;
    error = check_dates(r, claims, rules, now_us);
    if (error)
        return error;
    return read_person(r, claims);
}

enum token_error token_claims_read(struct grants *ret_grants, const char *json, size_t len,
                                   const struct token_claims_rules *rules, uint64_t now_us,
                                   char *why, size_t why_size)
{
    struct reader r = {.grants = ret_grants, .why = why, .why_size = why_size};
    enum token_error error;
    json_t *claims = NULL;

    memset(ret_grants, 0, sizeof(*ret_grants));
    if (why_size)
        why[0] = '\0';
    if (api_json_is_too_deep(json, len, TOKEN_CLAIMS_DEPTH_MAX))
        return refuse(&r, TOKEN_ERROR_MALFORMED, "payload", "is nested too deep");
    claims = json_loadb(json, len, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(claims))
        error = refuse(&r, TOKEN_ERROR_MALFORMED, "payload",
                       "is not a JSON object, or has a name twice");
    else
        error = read_claims(&r, claims, rules, now_us);
    json_decref(claims);
    if (error)
        memset(ret_grants, 0, sizeof(*ret_grants));
    return error;
}
