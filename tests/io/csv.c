/* csv.c - tests of the CSV reader: quoting, line ends, encodings, separators, ragged rows, long records, faults in the source.
 * May include: the io room, cmocka.
 * Start at main(). */
#include "tests/io/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "kontakt_id,kontaktdatum,form,planerad,avgift,enhet\n"

static void plain(void **state) {
    (void)state;
    const test_result *r =
        test_csv(HEAD "1,2023-09-01,telefon,ja,100,A\n2,20230902,video,nej,\"12,50\",\n3,2023-09-03,,,,B\n");
    assert_int_equal(r->state, KL_FEED_END);
    assert_int_equal(r->rows, 3);
    assert_string_equal(r->row[0].key, "1");
    assert_int_equal(r->row[0].number[F_DATE], 19601);
    assert_int_equal(r->row[0].number[F_FORM], 0);
    assert_int_equal(r->row[0].number[F_PLANNED], 1);
    assert_int_equal(r->row[0].number[F_FEE], 10000);
    assert_string_equal(r->row[0].text, "A");
    assert_int_equal(r->row[1].number[F_FEE], 1250);
    assert_true(r->row[1].known[F_PLANNED]);
    assert_false(r->row[1].known[F_TEXT]);
    assert_false(r->row[2].known[F_FORM] || r->row[2].known[F_PLANNED] || r->row[2].known[F_FEE]);
}

static void quotes(void **state) {
    (void)state;
    const test_result *r = test_csv(HEAD "\"a\"\"b\",\"2023-09-01\",\"telefon\",\"ja\",\"1\",\"rad ett\nrad två, och "
                                         "ett \"\"ord\"\"\"\r\nc,2023-09-01,,,,x\n");
    assert_int_equal(r->rows, 2);
    assert_string_equal(r->row[0].key, "a\"b");
    assert_string_equal(r->row[0].text, "rad ett\nrad två, och ett \"ord\"");
    assert_int_equal(r->row[0].why, KL_REJECT_NOT);
    assert_string_equal(r->row[1].text, "x");
    r = test_csv(HEAD "1,2023-09-01,,,,5\" disk\n2,2023-09-01,,,,\"\"\n");
    assert_string_equal(r->row[0].text, "5\" disk"); /* a quote inside an unquoted cell is a quote */
    assert_false(r->row[1].known[F_TEXT]);
}

static void broken_quotes(void **state) {
    (void)state;
    /* An unclosed quote costs its own line, whatever follows. */
    const test_result *r = test_csv(HEAD "1,2023-09-01,,,,\"aldrig slut\n2,2023-09-01,,,,b\n3,2023-09-01,,,,\"c\"\n");
    assert_int_equal(r->rows, 3);
    assert_int_equal(r->row[0].why, KL_REJECT_QUOTE);
    assert_int_equal(r->row[0].line, 2);
    assert_string_equal(r->row[1].text, "b");
    assert_string_equal(r->row[2].text, "c");
    r = test_csv(HEAD "1,2023-09-01,,,,\"a\"b\n2,2023-09-01,,,,c\n4,2023-09-01,,,,\"d");
    assert_int_equal(r->rows, 3);
    assert_int_equal(r->row[0].why, KL_REJECT_QUOTE);
    assert_int_equal(r->row[1].why, KL_REJECT_NOT);
    assert_int_equal(r->row[2].why, KL_REJECT_QUOTE);
    assert_int_equal(r->row[2].record, 3);
}

static void line_ends(void **state) {
    (void)state;
    const test_result *r =
        test_csv("kontakt_id;kontaktdatum;planerad\r\n1;2023-09-01;ja\r\n\r\n2;2023-09-01;J\r\n\r\n");
    assert_int_equal(r->rows, 2);
    assert_int_equal(r->separator, ';');
    assert_int_equal(r->row[0].number[F_PLANNED], 1);
    assert_int_equal(r->row[1].number[F_PLANNED], 1);
    r = test_csv("kontakt_id,kontaktdatum\n1,2023-09-01"); /* no line end at the end */
    assert_int_equal(r->rows, 1);
    assert_int_equal(r->row[0].why, KL_REJECT_NOT);
    r = test_csv("kontakt_id,kontaktdatum\r1,2023-09-01\r");
    assert_int_equal(r->state, KL_FEED_CR);
}

static void encodings(void **state) {
    (void)state;
    const test_result *r = test_csv("\xEF\xBB\xBFkontakt_id;kontaktdatum;poäng;form\n1;2023-09-01;0,3;Videolänk\n");
    assert_int_equal(r->rows, 1);
    assert_int_equal(r->row[0].number[F_POINTS], 3);
    assert_int_equal(r->row[0].number[F_FORM], 1);
    static const char latin[] =
        "kontakt_id;kontaktdatum;po\xE4ng;form;enhet\n1;2023-09-01;0,3;Videol\xE4nk;\x80uro \x96 \xC5\n";
    r = test_read(latin, sizeof latin - 1, KL_INPUT_CSV, true, 3);
    assert_int_equal(r->rows, 1);
    assert_int_equal(r->row[0].number[F_POINTS], 3);
    assert_string_equal(r->row[0].text, "€uro – Å");
    r = test_read(latin, sizeof latin - 1, KL_INPUT_CSV, false, 0);
    assert_int_equal(r->state, KL_FEED_HEADER_UTF8);
    static const char half[] = "kontakt_id;kontaktdatum;enhet\n1;2023-09-01;\xE5\n2;2023-09-01;\xC3\xA5\n";
    r = test_read(half, sizeof half - 1, KL_INPUT_CSV, false, 0);
    assert_int_equal(r->rows, 2);
    assert_int_equal(r->row[0].why, KL_REJECT_UTF8);
    assert_string_equal(r->row[0].reject_key, "1");
    assert_string_equal(r->row[1].text, "å");
    /* UTF-16 has no place here; an empty file has no header. */
    r = test_read("\xFF\xFEk\0o\0", 6, KL_INPUT_CSV, false, 0);
    assert_int_equal(r->state, KL_FEED_UTF16);
    r = test_read("k\0o\0n\0", 6, KL_INPUT_CSV, false, 0);
    assert_int_equal(r->state, KL_FEED_UTF16);
    assert_int_equal(test_csv("")->state, KL_FEED_EMPTY);
    assert_int_equal(test_csv("\xEF\xBB\xBF\r\n\n")->state, KL_FEED_EMPTY);
    /* Decomposed letters are the composed ones, in headings, codes and texts. */
    r = test_csv("kontakt_id;kontaktdatum;poa\xCC\x88ng;form;enhet\n1;2023-09-01;1;Videola\xCC\x88nk;a\xCC\x8A\n");
    assert_int_equal(r->row[0].number[F_POINTS], 10);
    assert_int_equal(r->row[0].number[F_FORM], 1);
    assert_string_equal(r->row[0].text, "å");
}

static void separators(void **state) {
    (void)state;
    assert_int_equal(test_csv("kontakt_id\tkontaktdatum\tform\n1\t2023-09-01\ttelefon\n")->separator, '\t');
    assert_int_equal(test_csv("kontakt_id;kontaktdatum;\"form, kanal\";x\n")->separator, ';');
    const test_result *r = test_csv("sep=;\r\nkontakt_id;kontaktdatum\r\n1;2023-09-01\r\n2;x\r\n");
    assert_int_equal(r->separator, ';');
    assert_int_equal(r->rows, 2);
    assert_int_equal(r->row[1].line, 4);
    r = test_csv("a,b,c;kontakt_id;kontaktdatum;d,e,f\nx;1;2023-09-01;y\n"); /* what the guideline knows decides */
    assert_int_equal(r->separator, ';');
    assert_int_equal(r->unread, 2);
    assert_string_equal(r->unread_names[0], "a,b,c");
}

static void rejected(void **state) {
    (void)state;
    const test_result *r = test_csv(
        HEAD
        "1,2023-09-01,telefon\n2,2023-13-01,telefon,ja,1,A\n3,2023-09-01,fax,ja,1,A\n4,2023-09-01,,kanske,1,A\n"
        "5,2023-09-01,,,1.005,A\n6,2023-09-01,,,abc,A\n7,2023-09-01,,,9999999999999999,A\n,2023-09-01,,,,\n8,,,,,\n"
        "9,2023-09-01,telefon,ja,1,A,B\n10,2023-09-01,telefon,ja,1,A\n");
    static const struct {
        kl_reject_reason why;
        const char *key, *column, *value;
    } wanted[] = {{KL_REJECT_CELLS, "", "", ""},
                  {KL_REJECT_DATE, "2", "kontaktdatum", "2023-13-01"},
                  {KL_REJECT_CODE, "3", "form", "fax"},
                  {KL_REJECT_BOOL, "4", "planerad", "kanske"},
                  {KL_REJECT_DECIMALS, "5", "avgift", "1.005"},
                  {KL_REJECT_NUMBER, "6", "avgift", "abc"},
                  {KL_REJECT_RANGE, "7", "avgift", "9999999999999999"},
                  {KL_REJECT_MISSING, "", "kontakt_id", ""},
                  {KL_REJECT_MISSING, "8", "kontaktdatum", ""},
                  {KL_REJECT_CELLS, "", "", ""},
                  {KL_REJECT_NOT, "", "", ""}};
    assert_int_equal(r->rows, sizeof wanted / sizeof *wanted);
    for (size_t i = 0; i < r->rows; i++) {
        assert_int_equal(r->row[i].why, wanted[i].why);
        assert_string_equal(r->row[i].reject_key, wanted[i].key);
        assert_string_equal(r->row[i].column, wanted[i].column);
        assert_string_equal(r->row[i].value, wanted[i].value);
        if (wanted[i].why) assert_int_equal(r->row[i].line, i + 2);
        if (wanted[i].why) assert_int_equal(r->row[i].record, i + 1);
    }
    /* Of several faults in a record, the leftmost column's. */
    r = test_csv("form,kontakt_id,kontaktdatum\nfax,1,x\n");
    assert_int_equal(r->row[0].why, KL_REJECT_CODE);
}

static void two_columns(void **state) {
    (void)state;
    const test_result *r = test_csv("kontakt_id,kontaktdatum,form,mode,avgift,fee\n1,2023-09-01,telefon,phone,100,"
                                    "\"100,0\"\n2,2023-09-01,,video,,\n3,2023-09-01,telefon,video,,\n"
                                    "4,2023-09-01,,,1,2\n");
    assert_int_equal(r->row[0].why, KL_REJECT_NOT);
    assert_int_equal(r->row[0].number[F_FORM], 0);
    assert_int_equal(r->row[1].number[F_FORM], 1);
    assert_int_equal(r->row[2].why, KL_REJECT_TWICE);
    assert_string_equal(r->row[2].column, "mode");
    assert_int_equal(r->row[3].why, KL_REJECT_TWICE);
}

static void sets(void **state) {
    (void)state;
    const test_result *r =
        test_csv("kontakt_id;kontaktdatum;kva\n1;2023-09-01;ZV051\n2;2023-09-01;ZV051 XS003\n3;2023-09-01;ZV051, med "
                 "mellanrum\n4;2023-09-01;inga\n5;2023-09-01;\n"
                 "6;2023-09-01;med mellanrum\n7;2023-09-01;ZV051|okänd\n8;2023-09-01;\"XS003;ZV051\"\n");
    assert_int_equal(r->row[0].set, 1);
    assert_int_equal(r->row[1].set, 3);
    assert_int_equal(r->row[2].set, 5);
    assert_true(r->row[3].known[F_KVA]);
    assert_int_equal(r->row[3].set, 0);
    assert_false(r->row[4].known[F_KVA]);
    assert_int_equal(r->row[5].set, 4);
    assert_int_equal(r->row[6].why, KL_REJECT_CODE);
    assert_int_equal(r->row[7].set, 3);
}

/* The same bytes in any pieces give the same records. */
static void pieces(void **state) {
    (void)state;
    static char text[400000];
    size_t n = (size_t)sprintf(text, "kontakt_id;kontaktdatum;form;enhet\r\n");
    for (int i = 0; i < 3000; i++) {
        if (i % 7 == 3)
            n += (size_t)sprintf(text + n, "%d;2023-09-01;\"telefon\";\"rad\n%d; \"\"x\"\"\"\r\n", i, i);
        else if (i % 101 == 5)
            n += (size_t)sprintf(text + n, "%d;2023-09-01;fax;y\r\n", i);
        else if (i % 103 == 5)
            n += (size_t)sprintf(text + n, "\r\n%d;2023-09-01;telefon\r\n", i);
        else
            n += (size_t)sprintf(text + n, "%d;2023-09-01;video;enhet %d\r\n", i, i);
    }
    static test_result first;
    const test_result *r = test_read(text, n, KL_INPUT_CSV, false, 0);
    memcpy(&first, r, sizeof first);
    assert_int_equal(first.rows, 3000);
    static const size_t sizes[] = {1, 2, 3, 5, 7, 63, 64, 65, 4095, 65536};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        r = test_read(text, n, KL_INPUT_CSV, false, sizes[i]);
        assert_memory_equal(r, &first, sizeof first);
    }
}

static void long_records(void **state) {
    (void)state;
    size_t size = KL_RECORD_BYTES + (1u << 20), n = 0;
    char *text = malloc(size + 1000);
    assert_non_null(text);
    n = (size_t)sprintf(text, "kontakt_id,kontaktdatum,enhet\n1,2023-09-01,");
    memset(text + n, 'x', 3u << 20); /* three megabytes are fine */
    n += 3u << 20;
    n += (size_t)sprintf(text + n, "\n2,2023-09-01,y\n");
    const test_result *r = test_read(text, n, KL_INPUT_CSV, false, 0);
    assert_int_equal(r->rows, 2);
    assert_true(r->row[0].known[F_TEXT]);
    assert_int_equal(r->row[1].why, KL_REJECT_NOT);
    n = (size_t)sprintf(text, "kontakt_id,kontaktdatum,enhet\n1,2023-09-01,");
    memset(text + n, 'x', KL_RECORD_BYTES + 100); /* past the limit: that record is rejected, the next is read */
    n += KL_RECORD_BYTES + 100;
    n += (size_t)sprintf(text + n, "\n2,2023-09-01,y\n3,x,y\n");
    r = test_read(text, n, KL_INPUT_CSV, false, 0);
    assert_int_equal(r->rows, 3);
    assert_int_equal(r->row[0].why, KL_REJECT_LONG);
    assert_string_equal(r->row[1].text, "y");
    assert_int_equal(r->row[2].why, KL_REJECT_DATE);
    assert_int_equal(r->row[2].line, 4);
    assert_int_equal(r->row[2].record, 3);
    free(text);
}

/* A quote that never closes, far before the end: only its line is lost. */
static void unclosed_far_away(void **state) {
    (void)state;
    size_t n = 0;
    char *text = malloc(300000);
    assert_non_null(text);
    n = (size_t)sprintf(text, "kontakt_id,kontaktdatum,enhet\n0,2023-09-01,\"öppen\n");
    for (int i = 1; i < 4000; i++) n += (size_t)sprintf(text + n, "%d,2023-09-01,enhet nummer %d\n", i, i);
    const test_result *r = test_read(text, n, KL_INPUT_CSV, false, 1000);
    assert_int_equal(r->rows, 4000);
    assert_int_equal(r->row[0].why, KL_REJECT_QUOTE);
    for (size_t i = 1; i < 4000; i++) assert_int_equal(r->row[i].why, KL_REJECT_NOT);
    free(text);
}

/* After it the usual small chunks again, whether it stands in more than the longest record or in less. */
static void unclosed_small_chunks(void **state) {
    (void)state;
    static const size_t lines[] = {400000, 1200000};
    char *text = malloc(KL_RECORD_BYTES * 2);
    kl_schema *schema = test_schema();
    const kl_schema *schemas[] = {schema};
    kl_chunk chunk = {0};
    assert_non_null(text);
    for (size_t k = 0; k < 2; k++) {
        size_t n = (size_t)sprintf(text, "kontakt_id,kontaktdatum,enhet\n0,2023-09-01,\"öppen\n"), sum = 0;
        size_t head = strlen("kontakt_id,kontaktdatum,enhet\n");
        for (size_t i = 0; i < lines[k]; i++) n += (size_t)sprintf(text + n, "%zu,2023-09-01,x\n", i);
        test_source source = {text, n, 0, 0, SIZE_MAX};
        kl_feed *feed = kl_feed_new(test_origin(&source), KL_INPUT_CSV, false, false);
        assert_int_equal(kl_feed_header(feed, schemas, 1), KL_FEED_OK);
        while (kl_feed_next(feed, &chunk) == KL_FEED_OK) {
            assert_true(chunk.bytes.size <= 2 * KL_CHUNK_BYTES);
            sum += chunk.bytes.size;
        }
        assert_int_equal(sum, n - head);
        kl_feed_free(feed);
    }
    kl_schema_free(schema);
    kl_bytes_free(&chunk.bytes);
    free(text);
}

static void one_column(void **state) {
    (void)state;
    const test_result *r = test_csv("kontaktdatum\n2023-09-01\n\n2023-09-02\n");
    assert_int_equal(r->rows, 3); /* in a file of one column an empty line is an empty cell */
    assert_int_equal(r->row[1].why, KL_REJECT_MISSING);
}

static void trouble(void **state) {
    (void)state;
    static const char text[] = HEAD "1,2023-09-01,telefon,ja,1,A\n";
    test_source source = {text, sizeof text - 1, 0, 8, 60};
    kl_schema *schema = test_schema();
    const kl_schema *schemas[] = {schema};
    kl_feed *feed = kl_feed_new(test_origin(&source), KL_INPUT_CSV, false, false);
    kl_chunk chunk = {0};
    assert_int_equal(kl_feed_header(feed, schemas, 1), KL_FEED_OK);
    assert_int_equal(kl_feed_next(feed, &chunk), KL_FEED_TROUBLE);
    kl_feed_free(feed);
    source.at = 0;
    source.fail_at = 0;
    feed = kl_feed_new(test_origin(&source), KL_INPUT_CSV, false, false);
    assert_int_equal(kl_feed_header(feed, schemas, 1), KL_FEED_TROUBLE);
    kl_feed_free(feed);
    kl_schema_free(schema);
    kl_bytes_free(&chunk.bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(plain),
                                       cmocka_unit_test(quotes),
                                       cmocka_unit_test(broken_quotes),
                                       cmocka_unit_test(line_ends),
                                       cmocka_unit_test(encodings),
                                       cmocka_unit_test(separators),
                                       cmocka_unit_test(rejected),
                                       cmocka_unit_test(two_columns),
                                       cmocka_unit_test(sets),
                                       cmocka_unit_test(pieces),
                                       cmocka_unit_test(one_column),
                                       cmocka_unit_test(long_records),
                                       cmocka_unit_test(unclosed_far_away),
                                       cmocka_unit_test(unclosed_small_chunks),
                                       cmocka_unit_test(trouble)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
