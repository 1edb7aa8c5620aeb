/* scan.c - tests of tokens: labels, numbers, strings, table mode, and where a word is a keyword.
 * May include: reading.h and cmocka.
 * Start at cases: text, the kinds of its tokens, what is reported. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/lang/reading.h"

typedef struct scan_case {
    const char *text, *kinds, *reported;
} scan_case;

/* Only the kinds count here: `reported` is NULL where the grammar's opinion does not matter. */
static const scan_case cases[] = {
    /* labels: first on a line or cell, outside parentheses */
    {"klausul k\na) b", "klausul NAME LABEL NAME", NULL},
    {"klausul k\n 3b) b\n 1.2a) c\n iv) d\n å) e", "klausul NAME LABEL NAME LABEL NAME LABEL NAME LABEL NAME", NULL},
    {"klausul k\n gäller när (a eller\n b)", "klausul NAME gäller när ( NAME eller NAME )", ""},
    {"klausul k\n gäller när alla\n a) (b\n b) \"t\" c", "klausul NAME gäller när alla LABEL ( NAME LABEL TITLE NAME",
     NULL},
    {"klausul k\n gäller när alla\n a) (b\n b) c", "klausul NAME gäller när alla LABEL ( NAME LABEL NAME", NULL},
    {"klausul k\n gäller när c\n och (d\n e)", "klausul NAME gäller när NAME och ( NAME NAME )", NULL},
    {"klausul k\n • a\n • \"t\" b", "klausul NAME BULLET NAME BULLET TITLE NAME", NULL},
    {"anmärkning e) \"x\"", "anmärkning LABEL TITLE", ""},
    {"note e) \"x\"", "anmärkning LABEL TITLE", ""},
    {"klausul k\n gäller när f(a)", "klausul NAME gäller när NAME ( NAME )", NULL},
    /* numbers, dates, ranges */
    {"regel r ger a 1,2, b 1, 2", "regel NAME ger NAME NUMBER , NAME NUMBER , NUMBER", NULL},
    {"regel r ger a 1 200 kr, b 1 2000", "regel NAME ger NAME NUMBER UNIT , NAME NUMBER NUMBER", NULL},
    {"regel r ger a 1\xC2\xA0"
     "234\xC2\xA0"
     "567,50 kr",
     "regel NAME ger NAME NUMBER UNIT", ""},
    {"regel r ger a 12 200", "regel NAME ger NAME NUMBER", ""},
    {"regel r ger a 1234 200", "regel NAME ger NAME NUMBER NUMBER", NULL},
    {"regel r när a bland 6..17, 6–17, 1,5..2,5",
     "regel NAME när NAME bland NUMBER .. NUMBER , NUMBER .. NUMBER , NUMBER .. NUMBER", ""},
    {"regel r när a = 2024-01-31", "regel NAME när NAME = DATE", ""},
    {"regel r när a > 2024-01-31-1", "regel NAME när NAME > DATE - NUMBER", ""},
    {"regel r ger a -5", "regel NAME ger NAME - NUMBER", ""},
    {"regel r ger a 5 minuter, b 1 dag, c 3 EUR, d 50 öre",
     "regel NAME ger NAME NUMBER UNIT , NAME NUMBER UNIT , NAME NUMBER UNIT , NAME NUMBER UNIT", ""},
    /* names and ids are one token */
    {"regel r\n åsidosätter registrering.3b, registrering.kolumn.patientavgift, t.1.2a",
     "regel NAME åsidosätter NAME , NAME , NAME", ""},
    {"regel r när `när` och post.`källa` och `1177_sms`", "regel NAME när NAME och NAME och NAME", ""},
    {"regel r när a..b", "regel NAME när NAME .. NAME", NULL},
    /* three kinds of quotes */
    {"använd a\nregel r \"x\"\nregel s ”x \"y\" z”\nregel t “x”",
     "använd NAME regel NAME STRING regel NAME STRING regel NAME STRING", ""},
    {"regel r \"a \\\" b\"", "regel NAME STRING", ""},
    {"regel r \"a|b\" # c \"d\"", "regel NAME STRING", ""},
    /* blanks of all kinds; line ends */
    {"regel\xC2\xA0r\xE2\x80\xAFnär\xE2\x80\x89"
     "a\r\n ger b\t1\r\n",
     "regel NAME när NAME ger NAME NUMBER", ""},
    {"\xEF\xBB\xBFregel r\n när a", "regel NAME när NAME", ""},
    /* decomposed letters: keywords and names */
    {"regel r na\xCC\x88r fo\xCC\x88rslag", "regel NAME när NAME", ""},
    {"va\xCC\x88rden v\n  a\xCC\x8A", "värden NAME LINE_NAME", ""},
    /* tables: a line that begins with a bar, to its end or the file's */
    {"tabell t\n| | a |\n|---|---|\n| a) | -5 |\n| b) | - |",
     "tabell NAME H| H| NAME H| END RULE | LABEL | - NUMBER | END | LABEL | - | END", ""},
    {"tabell t\n| | a |\n|---|---|\n| a) | \"x|y\" |", "tabell NAME H| H| NAME H| END RULE | LABEL | STRING | END", ""},
    {"tabell t\n| | a |\n|:--|:-:|\n| a) | 1", "tabell NAME H| H| NAME H| END RULE | LABEL | NUMBER | END", "K0114"},
    {"tabell t\n  | | a |\n  |---|---|\n  # c\n\n  | • | 1..2 |  # c\n",
     "tabell NAME H| H| NAME H| END RULE | BULLET | NUMBER .. NUMBER | END", ""},
    {"tabell t\n| | a |\n|---|---| x", "tabell NAME H| H| NAME H| END | - - - | - - - | NAME | END", NULL},
    {"tabell t\n| | a |\n|---|---\n| a) | (1 |\n| b) | 2 |\nklausul k\n gäller när alla\n a) b",
     "tabell NAME H| H| NAME H| END RULE | LABEL | ( NUMBER | END | LABEL | NUMBER | END klausul NAME gäller när alla "
     "LABEL NAME",
     "K0114 K0132"},
    {"post p\n a : belopp annars 5\n SEK : text\n b : belopp annars 5\n kr : text",
     "post NAME LINE_NAME : belopp OTHERWISE NUMBER LINE_NAME : text LINE_NAME : belopp OTHERWISE NUMBER LINE_NAME : "
     "text",
     ""},
    /* piece words and line heads only first on a line, not after a comma or operator */
    {"klausul k\n gäller när källa och\n regel\n och\n källa", "klausul NAME gäller när NAME och NAME och NAME", ""},
    {"exempel \"e\"\n givet a 1,\n krav 2,\n källa 3", "exempel STRING givet NAME NUMBER , NAME NUMBER , NAME NUMBER",
     ""},
    {"klausul krav\n gäller när regel och källa", "klausul NAME gäller när NAME och NAME", ""},
    {"post p\n källa : text\n dokument \"t\" : text\n när : text\n källa \"x\"",
     "post NAME LINE_NAME : text LINE_NAME STRING : text LINE_NAME : text källa STRING", "K0128"},
    {"värden v\n givet\n väntat \"x\"\n källa \"y\"", "värden NAME LINE_NAME LINE_NAME STRING källa STRING", ""},
    /* words with places of their own */
    {"post p\n krävs : text krävs kolumn \"x\" nyckel", "post NAME LINE_NAME : text krävs kolumn STRING nyckel", ""},
    {"klausul k\n gäller när krävs och nyckel och flera och kod och minuter och text och alla",
     "klausul NAME gäller när NAME och NAME och NAME och NAME och NAME och NAME och NAME", ""},
    {"klausul k\n gäller när alla\n a) alla", "klausul NAME gäller när alla LABEL NAME", ""},
    {"utfall u : text annars \"x\" granskas mot v", "utfall NAME : text OTHERWISE STRING granskas mot NAME", ""},
    {"utfall u : flera\n källa : text\n källa \"x\"", "utfall NAME : flera LINE_NAME : text källa STRING", ""},
    {"värden v\n kod \"x\" kod \"y\"", "värden NAME kod STRING kod STRING", NULL},
    {"exempel \"e\"\n väntat a fel, fel inget\n givet b fel",
     "exempel STRING väntat NAME fel , fel inget givet NAME NAME", NULL},
    {"regel r ger a om b så 1 annars om c så 2 annars 3",
     "regel NAME ger NAME om NAME så NUMBER ELSE om NAME så NUMBER ELSE NUMBER", ""},
    {"utfall u : belopp annars om a så 1 annars 2", "utfall NAME : belopp OTHERWISE om NAME så NUMBER ELSE NUMBER", ""},
    {"regel r ger a till, b uppåt, c avrunda d / 2 till 1 decimaler uppåt",
     "regel NAME ger NAME NAME , NAME NAME , NAME avrunda NAME / NUMBER till NUMBER decimaler uppåt", ""},
    {"klausul k\n källa \"x\" öppen \"y\" därför att \"z\"\n gäller när öppen",
     "klausul NAME källa STRING öppen STRING därför att STRING gäller när NAME", ""},
    {"klausul k\n gäller när x är känd och y är inte känd och z är inga",
     "klausul NAME gäller när NAME är känd och NAME är inte känd och NAME är inga", ""},
    {"regel r ger a ej angivet, b enligt \"x\", c enligt",
     "regel NAME ger NAME ej angivet , NAME enligt STRING , NAME NAME", ""},
    /* the first piece word decides the surface */
    {"# regel\nrule r when a gives b 1.5", "regel NAME när NAME ger NAME NUMBER", ""},
    {"rule r gives a not stated, b if c then 1 else 2",
     "regel NAME ger NAME ej angivet , NAME om NAME så NUMBER ELSE NUMBER", ""},
    {"guideline g\n in force from 2024-01-01 through 2024-12-31 unknown before nothing after",
     "riktlinje NAME gäller från DATE till och med DATE tidigare okänt senare inget", ""},
    {"outcome o : many of\n kind : text", "utfall NAME : flera LINE_NAME : text", ""},
};

static void tokens_are_as_expected(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        reading r = read_text(cases[i].text);
        if (kl_str_cmp(kl_str_of(token_kinds(&r)), kl_str_of(cases[i].kinds)) != 0)
            print_message("%s\n", cases[i].text);
        assert_string_equal(token_kinds(&r), cases[i].kinds);
        if (cases[i].reported) {
            if (kl_str_cmp(kl_str_of(codes(&r)), kl_str_of(cases[i].reported)) != 0)
                print_message("%s\n%s", cases[i].text, printed_text(&r));
            assert_string_equal(codes(&r), cases[i].reported);
        }
        free_reading(&r);
    }
}

/* Spans are in order, inside the text, and hold what was written. */
static void spans_cover_the_words(void **state) {
    (void)state;
    reading r =
        read_text("\xEF\xBB\xBFklausul åäö  \"t\"\r\n  gäller  \xC2\xA0när x är inte  känd # c\r\n  utom när `a-b`\n");
    static const char *const texts[] = {"klausul", "åäö",           "\"t\"",    "gäller  \xC2\xA0när",
                                        "x",       "är inte  känd", "utom när", "`a-b`"};
    assert_int_equal(r.file->tokens.n, sizeof texts / sizeof *texts);
    uint32_t at = 0;
    for (size_t i = 0; i < r.file->tokens.n; i++) {
        assert_string_equal(token_text(&r, i), texts[i]);
        assert_true(r.file->tokens.p[i].span.start >= at);
        at = r.file->tokens.p[i].span.end;
    }
    assert_int_equal(r.file->comments.n, 1);
    kl_span comment = r.file->comments.p[0].span;
    assert_int_equal(comment.end - comment.start, 3);
    free_reading(&r);
}

static void names_and_strings_are_decoded(void **state) {
    (void)state;
    reading r = read_text("klausul a\xCC\x8A \"x \\\"y\\\" \\\\ \\| a\xCC\x8A\"\n gäller när `a-b` = ”z”");
    const kl_piece *p = r.file->pieces.p[0];
    assert_string_equal(kl_str_dup(r.arena, p->name.text).p, "å");
    assert_false(p->name.quoted);
    assert_string_equal(kl_str_dup(r.arena, p->title.text).p, "x \"y\" \\ | å");
    const kl_expr *e = p->u.clause.body.cond;
    assert_string_equal(kl_str_dup(r.arena, e->a->name.text).p, "a-b");
    assert_true(e->a->name.quoted);
    assert_string_equal(kl_str_dup(r.arena, e->b->text.text).p, "z");
    free_reading(&r);
}

static void dates_are_days(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t day;
        bool good;
    } days[] = {
        {"1970-01-01", 0, true},     {"1969-12-31", -1, true},      {"2000-02-29", 11016, true},
        {"2024-01-31", 19753, true}, {"0001-01-01", -719162, true}, {"9999-12-31", 2932896, true},
        {"1900-02-29", 0, false},    {"2023-02-29", 0, false},      {"2024-00-10", 0, false},
        {"2024-04-31", 0, false},    {"0000-01-01", 0, false},      {"2024-1-31", 0, false},
    };
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        char text[64];
        snprintf(text, sizeof text, "regel r när a = %s", days[i].text);
        reading r = read_text(text);
        assert_string_equal(codes(&r), days[i].good ? "" : "K0109");
        assert_int_equal(r.file->pieces.p[0]->u.rule.when->b->number.value, days[i].day);
        free_reading(&r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_are_as_expected),
        cmocka_unit_test(spans_cover_the_words),
        cmocka_unit_test(names_and_strings_are_decoded),
        cmocka_unit_test(dates_are_days),
    };
    return cmocka_run_group_tests_name("lang/scan", tests, NULL, NULL);
}
