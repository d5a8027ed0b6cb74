/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/ctl/test_ctl_table.c  Aligned columns
 */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/ctl/ctl_table.h"
#include "mcu/ctl/ctl_text.h"

static const char *const head[] = {"NAME", ">LOSS", "KIND", NULL};

static int use_utf8(void **state)
{
    (void)state;
    return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

/** What is printed; free() it. */
static char *printed(const struct ctl_table *table)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);

    assert_non_null(f);
    assert_int_equal(ctl_table_print(table, f), 0);
    assert_int_equal(fclose(f), 0);
    return text;
}

static void aligns_words_left_and_figures_right(void **state)
{
    struct ctl_table *table = ctl_table_new(head);
    char *text;
    (void)state;

    assert_non_null(table);
    ctl_table_cell(table, "%s", "Ada");
    ctl_table_cell(table, "%.1f %%", 0.5);
    ctl_table_cell(table, "web");
    ctl_table_cell(table, "%s", "\u6f22\u5b57 e\u0301");
    ctl_table_cell(table, "12.5 %%");
    ctl_table_cell(table, "sip");
    text = printed(table);
    assert_string_equal(text, "NAME      LOSS  KIND\n"
                              "Ada      0.5 %  web\n"
                              "\u6f22\u5b57 e\u0301  12.5 %  sip\n");
    free(text);
    ctl_table_free(table);
}

static void ends_lines_without_spaces(void **state)
{
    struct ctl_table *table = ctl_table_new(head);
    char *text;
    (void)state;

    for (int i = 0; i < 2; ++i) {
        ctl_table_cell(table, "%s", i ? "" : "a");
        ctl_table_cell(table, "%s", "");
        ctl_table_cell(table, "%s", "");
    }
    text = printed(table);
    assert_string_equal(text, "NAME  LOSS  KIND\na\n\n");
    free(text);
    ctl_table_free(table);
}

static void prints_heads_without_rows(void **state)
{
    struct ctl_table *table = ctl_table_new(head);
    char *text = printed(table);
    (void)state;

    assert_string_equal(text, "NAME  LOSS  KIND\n");
    free(text);
    ctl_table_free(table);
    assert_null(ctl_table_free(NULL));
}

static void leaves_out_a_row_that_is_not_whole(void **state)
{
    struct ctl_table *table = ctl_table_new(head);
    char *text;
    (void)state;

    ctl_table_cell(table, "a");
    ctl_table_cell(table, "b");
    text = printed(table);
    assert_null(strchr(text, 'b'));
    free(text);
    ctl_table_free(table);
}

static void a_hostile_cell_stays_in_its_place(void **state)
{
    struct ctl_table *table = ctl_table_new(head);
    char *text, *line;
    (void)state;

    ctl_table_cell(table, "%s", "\033[31m\r\n\u202eevil\t\x9b");
    ctl_table_cell(table, "1");
    ctl_table_cell(table, "web");
    for (int i = 0; i < 2; ++i) {
        char big[5000];

        memset(big, 'x', sizeof(big) - 1);
        big[sizeof(big) - 1] = '\0';
        ctl_table_cell(table, "%s", big);
        ctl_table_cell(table, "2");
        ctl_table_cell(table, "web");
    }
    text = printed(table);
    for (const char *p = text; *p; ++p)
        assert_true(*p == '\n' || (unsigned char)*p >= ' ');
    line = strtok(text, "\n");
    assert_non_null(line);
    for (int i = 0; i < 3; ++i) {
        char *end;

        line = strtok(NULL, "\n");
        assert_non_null(line);
        end = strstr(line, "web");
        assert_non_null(end);
        *end = '\0';
        assert_int_equal(ctl_text_width(line), CTL_TABLE_CELL_WIDTH + 2 + 4 + 2);
    }
    assert_null(strtok(NULL, "\n"));
    free(text);
    ctl_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aligns_words_left_and_figures_right),
        cmocka_unit_test(ends_lines_without_spaces),
        cmocka_unit_test(prints_heads_without_rows),
        cmocka_unit_test(leaves_out_a_row_that_is_not_whole),
        cmocka_unit_test(a_hostile_cell_stays_in_its_place),
    };

    return cmocka_run_group_tests(tests, use_utf8, NULL);
}
