/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/token_write.c  The claims of a token: grants to JSON
 *
 * What jansson refuses to make is for want of memory, or because a part of it is NULL.
 */
#include "mcu/auth/token_write.h"

#include <jansson.h>

#include "mcu/base/id.h"

#define S_US 1000000

static int put_text(json_t *object, const char *key, const char *text)
{
    return text[0] ? json_object_set_new(object, key, json_string(text)) : 0;
}

static json_t *write_sources(const struct grants *grants)
{
    const struct {
        const char *name;
        bool may;
    } sources[] = {{"audio", grants->publish_audio},
                   {"video", grants->publish_video},
                   {"screen", grants->publish_screen}};
    json_t *list = json_array();

    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); ++i)
        if (sources[i].may && json_array_append_new(list, json_string(sources[i].name)) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

static json_t *write_grants(const struct grants *g)
{
    const char *role = rights_role_name(g->role);

    return json_pack("{s:s, s:b, s:s, s:o, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b}",
                     "room", g->room, "join", g->join, "role", role, "publish", write_sources(g),
                     "subscribe", g->subscribe, "chat", g->chat, "record", g->record, "moderate",
                     g->moderate, "hidden", g->hidden, "layout", g->layout, "create", g->create,
                     "list", g->list, "user", g->user, "operator", g->operator_);
}

static json_t *write_attr(const struct grants *grants)
{
    json_t *attr =
        grants->attr[0] ? json_loads(grants->attr, JSON_REJECT_DUPLICATES, NULL) : json_object();

    if (json_is_object(attr) && put_text(attr, "avatar", grants->avatar) == 0)
        return attr;
    json_decref(attr);
    return NULL;
}

static json_t *write_room_config(const struct grants_room_config *config)
{
    json_t *object = json_object();
    int err = put_text(object, "layout", config->layout);

    if (!err && config->max_participants)
        err =
            json_object_set_new(object, "max_participants", json_integer(config->max_participants));
    if (!err)
        err = put_text(object, "title", config->title);
    if (!err)
        return object;
    json_decref(object);
    return NULL;
}

static int write_person(json_t *claims, const struct grants *grants)
{
    char jti[ID_SIZE];
    int err = put_text(claims, "sub", grants->identity);

    id_make(jti, "tk");
    if (!err)
        err = put_text(claims, "name", grants->name);
    if (!err)
        err = put_text(claims, "jti", grants->jti[0] ? grants->jti : jti);
    if (!err && (grants->attr[0] || grants->avatar[0]))
        err = json_object_set_new(claims, "attr", write_attr(grants));
    return err;
}

char *token_write_claims(const struct grants *grants, const struct token_claims_rules *rules,
                         uint64_t now_us)
{
    json_int_t now_s = (json_int_t)(now_us / S_US);
    json_t *claims =
        json_pack("{s:I, s:I, s:I, s:I, s:o, s:o}", "exp", (json_int_t)(grants->expires_us / S_US),
                  "nbf", now_s, "iat", now_s, "iat_us", (json_int_t)(now_us % S_US), "grants",
                  write_grants(grants), "room_config", write_room_config(&grants->room_config));
    char *text = NULL;
    int err = !claims;

    if (!err)
        err = put_text(claims, "iss", rules->issuer);
    if (!err)
        err = put_text(claims, "aud", rules->audience);
    if (!err)
        err = write_person(claims, grants);
    if (!err)
        text = json_dumps(claims, JSON_COMPACT);
    json_decref(claims);
    return text;
}
