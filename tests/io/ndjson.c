/* ndjson.c - tests of the NDJSON reader: nesting, lists, literals, faults, names that no field reads.
 * May include: the io room, cmocka.
 * Start at main(). */
#include "tests/io/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define D "\"contact_date\": \"2023-09-01\""

static void plain(void **state) {
    (void)state;
    const test_result *r = test_ndjson(
        "{\"contact_id\": 10482, " D ", \"mode\": \"phone\", \"planned\": true, \"fee\": 12.5, \"points\": \"0,3\", "
        "\"duration\": 20, \"note\": {\"unit\": \"VC\"}}\n"
        "\n  \n{\"contact_id\": \"a\\u00e5\", " D
        ", \"mode\": null, \"planned\": 0, \"enhet\": 3.10, \"registered_kva\": [\"ZV051\", \"XS003\"]}\r\n"
        "{\"contact_id\": \"c\", " D ", \"registered_kva\": [], \"enhet\": \"\"}\n{\"contact_id\": \"d\", " D
        ", \"registered_kva\": \"ZV051\"}");
    assert_int_equal(r->state, KL_FEED_END);
    assert_int_equal(r->rows, 4);
    assert_string_equal(r->row[0].key, "10482"); /* the key is always a string */
    assert_int_equal(r->row[0].number[F_FORM], 0);
    assert_int_equal(r->row[0].number[F_PLANNED], 1);
    assert_int_equal(r->row[0].number[F_FEE], 1250);
    assert_int_equal(r->row[0].number[F_POINTS], 3);
    assert_int_equal(r->row[0].number[F_MINUTES], 20);
    assert_string_equal(r->row[0].text, "VC");
    assert_string_equal(r->row[1].key, "aå");
    assert_false(r->row[1].known[F_FORM]);
    assert_true(r->row[1].known[F_PLANNED]);
    assert_string_equal(r->row[1].text, "3.10"); /* text takes a number's literal */
    assert_int_equal(r->row[1].set, 3);
    assert_true(r->row[2].known[F_KVA]);
    assert_int_equal(r->row[2].set, 0);
    assert_false(r->row[2].known[F_TEXT]);
    assert_int_equal(r->row[3].set, 1);
}

static void rejected(void **state) {
    (void)state;
    static const struct {
        const char *line;
        kl_reject_reason why;
        const char *column;
    } cases[] = {
        {"{\"contact_id\": 1, " D "", KL_REJECT_JSON, ""},
        {"[1]", KL_REJECT_JSON, ""},
        {"12", KL_REJECT_JSON, ""},
        {"{\"contact_id\": 1, " D "} {}", KL_REJECT_JSON, ""},
        {"{\"contact_id\": 1, " D ", \"mode\": \"fax\"}", KL_REJECT_CODE, "mode"},
        {"{\"contact_id\": 1, " D ", \"mode\": [\"phone\"]}", KL_REJECT_SHAPE, "mode"},
        {"{\"contact_id\": 1, " D ", \"mode\": {\"code\": \"phone\"}}", KL_REJECT_SHAPE, "mode"},
        {"{\"contact_id\": 1, " D ", \"registered_kva\": [[\"ZV051\"]]}", KL_REJECT_SHAPE, "registered_kva"},
        {"{\"contact_id\": 1, " D ", \"registered_kva\": [null]}", KL_REJECT_SHAPE, "registered_kva"},
        {"{\"contact_id\": 1, " D ", \"registered_kva\": [\"ZV051\", \"Z\"]}", KL_REJECT_CODE, "registered_kva"},
        {"{\"contact_id\": 1, " D ", \"mode\": \"phone\", \"mode\": \"video\"}", KL_REJECT_TWICE, "mode"},
        {"{\"contact_id\": 1, " D ", \"mode\": \"phone\", \"form\": \"telefon\"}", KL_REJECT_NOT, ""},
        {"{\"contact_id\": 1, " D ", \"registered_kva\": [\"ZV051\"], \"kva\": \"XS003\"}", KL_REJECT_TWICE, "kva"},
        {"{\"contact_id\": 1, " D ", \"planned\": 1.0}", KL_REJECT_BOOL, "planned"},
        {"{\"contact_id\": 1, " D ", \"duration\": 20.5}", KL_REJECT_DECIMALS, "duration"},
        {"{\"contact_id\": 1, " D ", \"duration\": 20.0, \"fee\": 100.500}", KL_REJECT_NOT, ""},
        {"{\"contact_id\": 1, " D ", \"duration\": 20.000}", KL_REJECT_NOT, ""},
        {"{\"contact_id\": 1, " D ", \"duration\": \"20,0\"}", KL_REJECT_NOT, ""},
        {"{\"contact_id\": 1, " D ", \"duration\": \"20.000\"}", KL_REJECT_DECIMALS, "duration"},
        {"{\"contact_id\": 1, " D ", \"duration\": 20.00, \"minuter\": 20.0100}", KL_REJECT_DECIMALS, "minuter"},
        {"{\"contact_id\": 1, " D ", \"duration\": 1e2}", KL_REJECT_NUMBER, "duration"},
        {"{\"contact_id\": 1, " D ", \"fee\": true}", KL_REJECT_NUMBER, "fee"},
        {"{\"contact_id\": 1}", KL_REJECT_MISSING, "kontaktdatum"},
        {"{" D "}", KL_REJECT_MISSING, "kontakt_id"},
        {"{\"contact_id\": null, " D "}", KL_REJECT_MISSING, "kontakt_id"},
        {"{}", KL_REJECT_MISSING, "kontakt_id"},
        {"{\"contact_id\": 1, " D ", \"enhet\": \"\xFF\"}", KL_REJECT_UTF8, ""},
        {"{\"contact_id\": 1, " D ", \"contact_date\": \"20230901\"}", KL_REJECT_NOT, ""},
        {"{\"contact_id\": 1, " D ", \"planned\": \"ja\"}", KL_REJECT_NOT, ""},
    };
    char text[20000];
    size_t n = 0, count = sizeof cases / sizeof *cases;
    for (size_t i = 0; i < count; i++) n += (size_t)sprintf(text + n, "%s\n", cases[i].line);
    const test_result *r = test_read(text, n, KL_INPUT_NDJSON, false, 17);
    assert_int_equal(r->rows, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(r->row[i].why, cases[i].why);
        assert_string_equal(r->row[i].column, cases[i].column);
        if (cases[i].why) assert_int_equal(r->row[i].line, i + 1);
    }
}

static void unread(void **state) {
    (void)state;
    const test_result *r =
        test_ndjson("{\"contact_id\": 1, " D ", \"guideline\": \"vgr\", \"note\": {\"unit\": \"A\", \"other\": [1, "
                    "{\"x\": 2}]}, \"deep\": {\"er\": {\"still\": null}}}\n"
                    "{\"contact_id\": 2, " D ", \"guideline\": \"vgr\", \"list\": [{\"mode\": \"fax\"}]}\n");
    assert_int_equal(r->row[0].why, KL_REJECT_NOT);
    assert_int_equal(r->row[1].why, KL_REJECT_NOT);
    assert_int_equal(r->unread, 4);
    assert_string_equal(r->unread_names[0], "guideline");
    assert_string_equal(r->unread_names[1], "note.other");
    assert_string_equal(r->unread_names[2], "deep.er.still");
    assert_string_equal(r->unread_names[3], "list");
}

/* Past the names that are told a value is still kept under its own. */
static void kept(void **state) {
    (void)state;
    char text[30000];
    size_t n = 0;
    for (int i = 0; i < 300; i++)
        n += (size_t)sprintf(text + n, "{\"contact_id\": %d, " D ", \"extra\": {\"x%d\": [%d, null]}}\n", i, i, i);
    const test_result *r = test_read(text, n, KL_INPUT_NDJSON, false, 0);
    assert_int_equal(r->rows, 300);
    assert_int_equal(r->unread, KL_UNREAD_MAX);
    assert_int_equal(r->row[299].kept, 1);
    assert_string_equal(r->row[299].kept_name, "extra.x299");
    assert_string_equal(r->row[299].kept_value, "[299, null]");
}

static void nested_deep(void **state) {
    (void)state;
    char text[4000];
    size_t n = 0;
    for (int i = 0; i < 200; i++) n += (size_t)sprintf(text + n, "{\"a\":");
    n += (size_t)sprintf(text + n, "1");
    for (int i = 0; i < 200; i++) text[n++] = '}';
    text[n++] = '\n';
    n += (size_t)sprintf(text + n, "{\"contact_id\": 2, " D "}\n");
    const test_result *r = test_read(text, n, KL_INPUT_NDJSON, false, 0);
    assert_int_equal(r->row[0].why, KL_REJECT_JSON);
    assert_int_equal(r->row[1].why, KL_REJECT_NOT);
}

static void many_lines(void **state) {
    (void)state;
    char *text = malloc(800000);
    size_t n = 0;
    assert_non_null(text);
    for (int i = 0; i < 4000; i++)
        n += (size_t)sprintf(text + n,
                             i % 500 == 499 ? "{\"contact_id\": %d\n"
                                            : "{\"contact_id\": %d, " D
                                              ", \"mode\": \"video\", \"note\": {\"unit\": \"e\\u0301nhet\"}}\n",
                             i);
    const test_result *r = test_read(text, n, KL_INPUT_NDJSON, false, 0);
    assert_int_equal(r->rows, 4000);
    for (size_t i = 0; i < r->rows; i++) {
        assert_int_equal(r->row[i].why, i % 500 == 499 ? KL_REJECT_JSON : KL_REJECT_NOT);
        if (i % 500 == 499) assert_int_equal(r->row[i].line, i + 1);
        if (i % 500 == 499) assert_int_equal(r->row[i].record, i + 1);
    }
    assert_string_equal(r->row[0].text, "énhet");
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(plain),       cmocka_unit_test(rejected),
                                       cmocka_unit_test(unread),      cmocka_unit_test(kept),
                                       cmocka_unit_test(nested_deep), cmocka_unit_test(many_lines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
