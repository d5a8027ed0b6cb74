/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_call.c  Calls of the server's REST API, with errors told to the user
 */
#include "mcu/ctl/ctl_call.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mcu/ctl/ctl_client.h"
#include "mcu/ctl/ctl_json.h"
#include "mcu/ctl/ctl_text.h"

enum { LINE_SIZE = 1024, PERSON_SHOWN = 64 };

void ctl_call_complain(const char *fmt, ...)
{
    char raw[LINE_SIZE], text[LINE_SIZE];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(raw, sizeof(raw), fmt, ap);
    va_end(ap);
    fprintf(stderr, "medleyctl: %s\n", ctl_text_clean(text, sizeof(text), raw, LINE_SIZE));
}

static size_t encode(char *buf, size_t size, const char *text)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t n = 0;

    for (const unsigned char *p = (const unsigned char *)text; *p && n + 4 <= size; ++p) {
        if ((*p >= '0' && *p <= '9') || (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') ||
            strchr("-._~", *p)) {
            buf[n++] = (char)*p;
        } else {
            buf[n++] = '%';
            buf[n++] = hex[*p >> 4];
            buf[n++] = hex[*p & 15];
        }
    }
    return n;
}

char *ctl_call_path(char *buf, const char *fmt, ...)
{
    size_t n = (size_t)snprintf(buf, CTL_CALL_PATH_SIZE, "/api/v1");
    va_list ap;

    va_start(ap, fmt);
    for (; *fmt && n + 1 < CTL_CALL_PATH_SIZE; ++fmt) {
        if (fmt[0] == '%' && fmt[1] == 's') {
            n += encode(buf + n, CTL_CALL_PATH_SIZE - n, va_arg(ap, const char *));
            ++fmt;
        } else {
            buf[n++] = *fmt;
        }
    }
    va_end(ap);
    buf[n] = '\0';
    return buf;
}

static enum ctl_status no_server(const struct ctl *ctl, const char *path, int err)
{
    if (ctl->quiet)
        return CTL_NO_SERVER;
    if (path[0]) {
        ctl_call_complain("no answer from the server at %s: %s", path,
                          err == -EACCES         ? "permission denied (see the group of the file)"
                          : err == -ECONNREFUSED ? "nobody listens there"
                          : err == -ETIMEDOUT    ? "it took too long"
                          : err == -EMSGSIZE     ? "too large"
                                                 : strerror(-err));
        return CTL_NO_SERVER;
    }
    ctl_call_complain("no running server found; I looked at:");
    for (const char *const *p = ctl_client_places(); *p; ++p)
        fprintf(stderr, "    %s\n", *p);
    fprintf(stderr, "Name its socket with -s or in MEDLEY_SOCKET.\n");
    return CTL_NO_SERVER;
}

/** Say what an answer of the server complains about. */
static void refused(const struct ctl *ctl, const struct ctl_answer *answer)
{
    json_t *root = json_loadb(answer->data, answer->len, 0, NULL);
    const char *code = ctl_json_text(root, "code"), *detail = ctl_json_text(root, "detail");

    if (!detail[0])
        detail = ctl_json_text(root, "title");
    if (!ctl->quiet)
        ctl_call_complain("the server refuses: %s%s%s (%u)", code[0] ? code : "error",
                          detail[0] ? ": " : "", detail, answer->status);
    json_decref(root);
}

enum ctl_status ctl_call_raw(struct ctl *ctl, struct ctl_answer *ret_answer, const char *method,
                             const char *path, const char *type, const void *body, size_t len)
{
    char where[CTL_CLIENT_PATH_SIZE] = "";
    int err = ctl_client_find(where, ctl->socket);

    if (err == -ENAMETOOLONG) {
        ctl_call_complain("the path of the socket is too long");
        return CTL_USAGE;
    }
    if (!err && !ctl->client)
        err = ctl_client_new(&ctl->client, where);
    if (!err)
        err = ctl_client_run(ctl->client, ret_answer, method, path, type, body, len);
    if (err)
        return no_server(ctl, where, err);
    if (ret_answer->status >= 300) {
        refused(ctl, ret_answer);
        free(ret_answer->data);
        return CTL_REFUSED;
    }
    return CTL_OK;
}

static enum ctl_status parse(const struct ctl *ctl, const struct ctl_answer *answer,
                             json_t **ret_root)
{
    *ret_root = json_loadb(answer->data, answer->len, 0, NULL);
    if (*ret_root)
        return CTL_OK;
    if (!ctl->quiet)
        ctl_call_complain("the server's answer is no JSON");
    return CTL_REFUSED;
}

enum ctl_status ctl_call_get(struct ctl *ctl, struct json_t **ret_root, const char *path)
{
    struct ctl_answer answer;
    enum ctl_status status = ctl_call_raw(ctl, &answer, "GET", path, NULL, NULL, 0);

    *ret_root = NULL;
    if (status)
        return status;
    status = parse(ctl, &answer, ret_root);
    free(answer.data);
    return status;
}

static void print_raw(const struct ctl_answer *answer)
{
    (void)fwrite(answer->data, 1, answer->len, stdout);
    if (answer->data[answer->len - 1] != '\n')
        putchar('\n');
}

enum ctl_status ctl_call_look(struct ctl *ctl, struct json_t **ret_root, const char *method,
                              const char *path, struct json_t *body)
{
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    struct ctl_answer answer;
    enum ctl_status status;
    bool ok = !body || text;

    json_decref(body);
    *ret_root = NULL;
    if (!ok) {
        ctl_call_complain("this cannot be said in JSON (no UTF-8?)");
        return CTL_USAGE;
    }
    status = ctl_call_raw(ctl, &answer, method, path, text ? "application/json" : NULL,
                          text                          ? text
                          : strcmp(method, "POST") == 0 ? ""
                                                        : NULL,
                          text ? strlen(text) : 0);
    free(text);
    if (status)
        return status;
    if (answer.len && ctl->json)
        print_raw(&answer);
    if (answer.len)
        status = parse(ctl, &answer, ret_root);
    free(answer.data);
    return status;
}

enum ctl_status ctl_call_run(struct ctl *ctl, struct json_t **ret_root, const char *method,
                             const char *path, struct json_t *body)
{
    json_t *root;
    enum ctl_status status = ctl_call_look(ctl, &root, method, path, body);

    if (ret_root)
        *ret_root = NULL;
    if (ret_root && !ctl->json)
        *ret_root = root;
    else
        json_decref(root);
    return status;
}

/* People */

static int find_person(const json_t *list, const char *who, bool whole, const char **ret_id)
{
    const json_t *p;
    size_t i;
    int n = 0;

    json_array_foreach(list, i, p)
    {
        const char *name = ctl_json_text(p, "name");

        if (strncasecmp(name, who, whole ? strlen(name) + 1 : strlen(who)) != 0)
            continue;
        *ret_id = ctl_json_text(p, "id");
        ++n;
    }
    return n;
}

static bool has_id(const json_t *list, const char *id)
{
    const json_t *p;
    size_t i;

    json_array_foreach(list, i, p)
    {
        if (strcmp(ctl_json_text(p, "id"), id) == 0)
            return true;
    }
    return false;
}

enum ctl_status ctl_call_person(struct ctl *ctl, char *ret_id, const char *room, const char *who)
{
    char path[CTL_CALL_PATH_SIZE];
    json_t *root;
    const json_t *list;
    const char *id = who;
    int n = 1;
    enum ctl_status status =
        ctl_call_get(ctl, &root, ctl_call_path(path, "/rooms/%s/participants", room));

    if (status)
        return status;
    list = ctl_json_at(root, "participants");
    if (!has_id(list, who)) {
        n = who[0] ? find_person(list, who, true, &id) : 0;
        if (n == 0 && who[0])
            n = find_person(list, who, false, &id);
    }
    if (n == 1 && snprintf(ret_id, CTL_CALL_ID_SIZE, "%s", id) >= CTL_CALL_ID_SIZE)
        n = 0;
    if (n != 1) {
        char shown[PERSON_SHOWN];

        ctl_text_clean(shown, sizeof(shown), who, PERSON_SHOWN);
        if (n == 0)
            ctl_call_complain("nobody in %s is called %s", room, shown);
        else
            ctl_call_complain("%d in %s are called %s...; take the id", n, room, shown);
        status = CTL_REFUSED;
    }
    json_decref(root);
    return status;
}
