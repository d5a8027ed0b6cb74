/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_rest_idem.c  Requests with an Idempotency-Key, on a database that does
 * what a test says
 */
#include "mcu/api/rest_idem.h"

#include "mcu/api/rest_call.h"
#include "mcu/api/rest_router.h"
#include "mcu/api/rest_task.h"
#include "mcu/store/store_backend.h"
#include "mcu/store/store_idem.h"
#include "mcu/store/store_request.h"
#include "net/web_server.h"
#include "tests/unit/mcu/store_fixture.h"

/* ---- the database ---- */

static struct {
    _Atomic int err[STORE_OP_N]; /* of each operation */
    _Atomic unsigned runs[STORE_OP_N];
    struct store_idem_claimed claimed;
} fake;

static int fake_open(void **ret_db, const char *name, char *text, size_t size)
{
    (void)name;
    (void)text;
    (void)size;
    *ret_db = &fake;
    return 0;
}

static int fake_begin(void *db, bool write)
{
    (void)db;
    (void)write;
    return 0;
}

static int fake_run(void *db, struct store_request *request, bool *lost)
{
    (void)db;
    (void)lost;
    ++fake.runs[request->op];
    request->result = &fake.claimed;
    return fake.err[request->op];
}

static int fake_commit(void *db)
{
    (void)db;
    return 0;
}

static void fake_nothing(void *db)
{
    (void)db;
}

static const struct store_backend backend = {
    fake_open, fake_begin, fake_run, fake_commit, fake_nothing, fake_nothing,
};

/* ---- the answers ---- */

enum { REQUEST = 77 };

static struct {
    unsigned n;
    enum rest_problem problem; /* of the last one; REST_PROBLEMS: it is none */
    unsigned status;
    char text[64];
} answered;

static void answer(enum rest_problem problem, unsigned status, const char *text)
{
    ++answered.n;
    answered.problem = problem;
    answered.status = status;
    (void)snprintf(answered.text, sizeof(answered.text), "%s", text);
}

void rest_reply_problem(const struct rest_ticket *ticket, enum rest_problem problem,
                        const char *detail)
{
    (void)ticket;
    (void)detail;
    answer(problem, 0, "");
}

void rest_reply_invalid(const struct rest_ticket *ticket, enum rest_problem problem,
                        const char *why_not)
{
    (void)ticket;
    (void)why_not;
    answer(problem, 0, "");
}

void rest_reply_text(const struct rest_ticket *ticket, unsigned status, const char *text)
{
    (void)ticket;
    answer(REST_PROBLEMS, status, text);
}

void rest_reply_send(const struct rest_ticket *to, const struct web_server_answer *what)
{
    assert_int_equal(to->request, REQUEST);
    assert_string_equal(what->type, "application/json");
    assert_int_equal(what->nheaders, 1);
    assert_string_equal(what->header[0].name, "ETag");
    assert_string_equal(what->header[0].value, "x");
    assert_int_equal(what->len, strlen(what->body));
    answer(REST_PROBLEMS, what->status, what->body);
}

void rest_reply_empty(const struct rest_ticket *ticket)
{
    (void)ticket;
    answer(REST_PROBLEMS, 204, "");
}

void rest_reply_json(const struct rest_ticket *ticket, unsigned status, struct rest_json *json)
{
    (void)ticket;
    (void)json;
    answer(REST_PROBLEMS, status, "");
}

void rest_reply_version(const struct rest_ticket *ticket, unsigned status, uint64_t version,
                        struct rest_json *json)
{
    (void)version;
    rest_reply_json(ticket, status, json);
}

bool rest_call_fields(const struct rest_call *call, const struct api_field *fields, void *ret,
                      struct json_t **ret_root)
{
    (void)call;
    (void)fields;
    (void)ret;
    (void)ret_root;
    return false;
}

/* ---- the requests ---- */

static unsigned ran;
static struct rest_ticket ticket; /* of the last call that ran */

static void on_call(const struct rest_call *call)
{
    ++ran;
    ticket = call->ticket;
}

static const struct rest_route route = {
    .method = "POST", .path = "/api/v1/meetings", .h = on_call, .creates = true};

static void request(void)
{
    static const struct web_server_request r = {.method = "POST",
                                                .path = "/api/v1/meetings",
                                                .query = "",
                                                .host = "",
                                                .origin = "",
                                                .peer = "",
                                                .authorization = "",
                                                .if_match = "",
                                                .if_none_match = "",
                                                .idempotency_key = "k",
                                                .body = "",
                                                .body_len = 0};
    static const struct rest_caller caller = {.operator_ = true};

    rest_idem_run(
        &(struct rest_call){
            .ticket = {.request = REQUEST}, .param = {"", ""}, .request = &r, .caller = &caller},
        &route);
}

static int start(void **state)
{
    const struct store_cfg cfg = {.path = "x", .post = post, .backend = &backend};

    set_up_folder(state);
    memset(&fake, 0, sizeof(fake));
    memset(&answered, 0, sizeof(answered));
    ran = 0;
    assert_int_equal(store_open(&store, &cfg, why, sizeof(why)), 0);
    rest_task_init(store);
    return 0;
}

static int stop(void **state)
{
    rest_task_finish();
    return tear_down(state);
}

static void a_claim_that_fails_leaves_nothing_behind(void **state)
{
    (void)state;
    fake.err[STORE_OP_IDEM_CLAIM] = -EEXIST;
    for (unsigned i = 1; i <= REST_TASK_MAX + 1; ++i) {
        request();
        while (answered.n < i)
            pump();
        assert_int_equal(answered.problem, REST_PROBLEM_STORAGE);
    }
    assert_int_equal(ran, 0);
}

/* The handler of the request answers.  @return whether that is sent later */
static bool call_answers(unsigned status)
{
    char body[] = "{}", type[] = "x";
    const struct web_server_header header = {"ETag", type};
    const struct web_server_answer what = {.status = status,
                                           .type = "application/json",
                                           .body = body,
                                           .len = 2,
                                           .header = &header,
                                           .nheaders = 1};
    bool later;

    request();
    while (!ran)
        pump();
    later = rest_idem_keep(&ticket, &what);
    memset(body, '!', 2);
    type[0] = '!';
    return later;
}

static void check_sent(unsigned status)
{
    assert_int_equal(answered.n, 0); /* not before it is stored */
    while (!answered.n)
        pump();
    assert_int_equal(answered.status, status);
    assert_string_equal(answered.text, "{}");
    store = store_close(store);
    assert_int_equal(answered.n, 1);
}

static void what_succeeds_is_answered_when_it_is_stored(void **state)
{
    (void)state;
    assert_true(call_answers(201));
    check_sent(201);
    assert_int_equal(fake.runs[STORE_OP_IDEM_FINISH], 1);
    assert_int_equal(fake.runs[STORE_OP_IDEM_DROP], 0);
}

static void what_cannot_be_stored_is_answered_and_the_key_is_free(void **state)
{
    (void)state;
    fake.err[STORE_OP_IDEM_FINISH] = -EEXIST;
    assert_true(call_answers(201));
    check_sent(201);
    assert_int_equal(fake.runs[STORE_OP_IDEM_DROP], 1);
}

static void what_fails_is_answered_at_once_and_the_key_is_free(void **state)
{
    (void)state;
    assert_false(call_answers(409));
    store = store_close(store);
    assert_int_equal(answered.n, 0);
    assert_int_equal(fake.runs[STORE_OP_IDEM_FINISH], 0);
    assert_int_equal(fake.runs[STORE_OP_IDEM_DROP], 1);
}

static void an_answer_without_a_key_is_sent_at_once(void **state)
{
    (void)state;
    assert_false(rest_idem_keep(&(struct rest_ticket){.request = REQUEST},
                                &(struct web_server_answer){.status = 201}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_claim_that_fails_leaves_nothing_behind, start, stop),
        cmocka_unit_test_setup_teardown(what_succeeds_is_answered_when_it_is_stored, start, stop),
        cmocka_unit_test_setup_teardown(what_cannot_be_stored_is_answered_and_the_key_is_free,
                                        start, stop),
        cmocka_unit_test_setup_teardown(what_fails_is_answered_at_once_and_the_key_is_free, start,
                                        stop),
        cmocka_unit_test_setup_teardown(an_answer_without_a_key_is_sent_at_once, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
