/* front.c - the front of the compiler where goldens cannot look: files found, the form that rules become, limits, lost memory.
 * May include: tests/compiler/checking.h, compiler/limits.h and cmocka.
 * Start at main(): the list of tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "compiler/limits.h"
#include "tests/compiler/checking.h"

#define UNDATED "riktlinje test.prov\n  gäller utan datum\n  valuta SEK\n"
#define DATED "riktlinje test.prov\n  dateras av dag\n  gäller från 2020-01-01 tidigare okänt\n  valuta SEK\n"
#define COLORS "värden färg\n  röd\n  grön\n  blå\n"

static void expect_codes(const checking *c, const char *codes) {
    assert_string_equal(checked_codes(c), codes);
}

/* ------------------------------------------------------------------ files */
static void finds_shared_files(void **state) {
    (void)state;
    static const char main_text[] = UNDATED "använd ord.a\nanvänd ord.b\n";
    const char *files[] = {
        "r/v/g/2020.klausul",
        main_text,
        "r/v/g/ord/a.klausul",
        "värden här\n  x\n", /* the file's own folder is first */
        "r/v/ord/a.klausul",
        "värden där\n  x\n",
        "r/ord/b.klausul",
        "använd ord.a\nvärden ovan\n  x\n", /* a folder above; its own `ord.a` is above too */
        "r/ord/a.klausul",
        "värden överst\n  x\n",
        NULL,
    };
    checking c = check_files(files, NULL);
    expect_codes(&c, "");
    const char *found[] = {"r/v/g/2020.klausul", "r/v/g/ord/a.klausul", "r/ord/b.klausul", "r/ord/a.klausul"};
    assert_int_equal(c.sources->files.n, 4);
    for (size_t i = 0; i < 4; i++) assert_true(kl_str_eq(c.sources->files.p[i]->path, kl_str_of(found[i])));
    free_checking(&c);
}

static void finds_files_above_the_current_folder(void **state) {
    (void)state;
    const char *files[] = {"2020.klausul",
                           UNDATED "använd ord.a\nanvänd b\n",
                           "../../ord/a.klausul",
                           "använd b\n",
                           "../../b.klausul",
                           "värden b\n  x\n",
                           NULL};
    checking c = check_files(files, NULL);
    expect_codes(&c, "");
    assert_int_equal(c.sources->files.n, 3); /* b is found twice and read once */
    free_checking(&c);
}

static void finds_files_by_include(void **state) {
    (void)state;
    const char *files[] = {"/a/2020.klausul", UNDATED "använd ord\n", "/lib/ord.klausul", "värden b\n  x\n", NULL};
    checking c = check_files(files, "/lib");
    expect_codes(&c, "");
    free_checking(&c);
    c = check_files(files, NULL);
    expect_codes(&c, "K0219");
    free_checking(&c);
}

static void empty_file_is_checked(void **state) {
    (void)state;
    checking c = check_text("");
    expect_codes(&c, "K0133");
    assert_null(c.g);
    free_checking(&c);
}

/* ------------------------------------------------------------------ the form */
static const char fields[] =
    "post p\n  dag : datum\n  x : ja/nej\n  y : ja/nej\n  färg : färg\n  ålder : heltal\n"
    "  vikt : decimal(1)\n  pris : belopp\n  tid : minuter\n  koder : mängd av färg\n  ord : text\n";

/* The condition of a rule, in words. */
static void expect_condition(const char *condition, const char *words) {
    char text[4096];
    snprintf(text, sizeof text,
             DATED COLORS "%santagande gräns : minuter annars okänt\nutfall u : ja/nej\nutfall nummer : heltal\n"
                          "utfall ton : färg annars röd\nregel matar\n  ger nummer 1\nregel målar\n  ger ton blå\n"
                          "klausul k\n  källa \"k\"\n  gäller när x\nregel r\n  när %s\n  ger u\n",
             fields, condition);
    checking c = check_text(text);
    assert_int_equal(c.diags.errors, 0);
    assert_string_equal(node_words(&c, c.g->entries.p[entry_named(&c, "r")].truth), words);
    free_checking(&c);
}

static void conditions(void **state) {
    (void)state;
    expect_condition("x och inte y eller k", "(eller (och x (inte y)) @k)");
    expect_condition("post.x och record.y", "(och x y)");
    expect_condition("x medför y", "(eller (inte x) y)");
    expect_condition("färg = grön", "färg in {grön}");
    expect_condition("grön != färg", "(inte färg in {grön})");
    expect_condition("färg bland röd, blå", "färg in {röd,blå}");
    expect_condition("ålder > 17", "ålder[18..]");
    expect_condition("17 >= ålder", "ålder[..17]");
    expect_condition("ålder mellan 6 och 17", "ålder[6..17]");
    expect_condition("ålder bland 1, 3..5", "(eller ålder[1..1] ålder[3..5])");
    expect_condition("vikt < 2", "vikt[..19]");
    expect_condition("ålder < vikt", "(< (* ålder 10) vikt)");
    expect_condition("pris >= 99,50 kr", "pris[9950..]");
    expect_condition("tid < 5 och tid > 2 minuter", "(och tid[..4] tid[3..])");
    expect_condition("tid <= gräns", "(<= tid $gräns)");
    expect_condition("gräns < 5", "$gräns[..4]");
    expect_condition("koder har röd, blå", "(och (has koder 0) (has koder 2))");
    expect_condition("koder saknar röd, blå", "(och (inte (has koder 0)) (inte (has koder 2)))");
    expect_condition("koder är inga", "(empty koder)");
    expect_condition("ord = \"A\" och ålder är känd", "(och (ord = \"A\") (known ålder))");
    expect_condition("x = ja och y = nej", "(och x (inte y))");
    expect_condition("x = y", "(= x y)");
    expect_condition("(x och k) = y", "(eller (och (och x @k) y) (och (inte (och x @k)) (inte y)))");
    expect_condition("år mellan dag och 2024-01-01 >= 18", "(years dag 19723)[18..]");
    expect_condition("2 * 3 + 1 = 7", "ja");
}

static void choices_go_into_both_arms(void **state) {
    (void)state;
    expect_condition("(om x så 5 annars 3) < ålder", "(eller (och x ålder[6..]) (och (inte x) ålder[4..]))");
    expect_condition("om x så y annars k", "(eller (och x y) (och (inte x) @k))");
    expect_condition(
        "(om ålder >= 18 så 5 annars 3) + (om ålder >= 20 så 1 annars 0) > vikt",
        "(eller (eller (och ålder[20..] vikt[..59]) (och ålder[18..19] vikt[..49])) (och ålder[..17] vikt[..29]))");
}

static void nothing_to_compare_with_is_no(void **state) {
    (void)state;
    expect_condition("nummer != 5", "(och (inte ^nummer[5..5]) ^nummer[..])");
    expect_condition("ton inte bland röd", "(och (inte ^ton in {röd}) ^ton in {röd,grön,blå})");
    expect_condition("nummer != ålder", "(eller (< ^nummer ålder) (< ålder ^nummer))");
}

static void expect_candidates(const char *pieces, const char *outcome, const char *words) {
    char text[8192];
    snprintf(text, sizeof text, DATED COLORS "%s%s", fields, pieces);
    checking c = check_text(text);
    assert_int_equal(c.diags.errors, 0);
    assert_string_equal(candidate_words(&c, outcome), words);
    free_checking(&c);
}

static void results(void **state) {
    (void)state;
    expect_candidates("taxa t\n  före 2021-01-01: 100 kr\n  från 2021-01-01: 200 kr\n  från 2022-01-01: 250 kr\n"
                      "utfall u : belopp\nregel r\n  ger u t + 1 kr\n",
                      "u", "r if dag[18993..] = 25100\nr if dag[18628..18992] = 20100\nr if dag[..18627] = 10100");
    expect_candidates("utfall u : belopp\nregel r\n  ger u om x så 5 kr annars enligt \"lista\"\n", "u",
                      "r if x = 500\nr if (inte x) = per \"lista\"");
    expect_candidates("utfall u : ja/nej\nregel r\n  ger u (x och y)\n", "u",
                      "r if (och x y) = 1\nr if (inte (och x y)) = 0");
    expect_candidates("utfall u : mängd av färg\nutfall o : text\nregel r\n  ger u (röd, blå), o ord\nregel s\n  ger u "
                      "inga, o ej angivet\n",
                      "u", "r = set 5\ns = set 0");
    expect_candidates("utfall u : belopp\nregel r\n  ger u avrunda pris / 3 till hela kr närmast\n", "u",
                      "r = (* (/ pris 300 0) 100)");
    expect_candidates("utfall u : belopp\nregel r\n  ger u avrunda pris * 0,333 till jämna 5 kr uppåt\n", "u",
                      "r = (rescale (round (* 333 pris) 500000) 3)");
    expect_candidates("utfall u : decimal(2)\nregel r\n  ger u avrunda ålder / 7 till 2 decimaler nedåt\n", "u",
                      "r = (/ ålder 7 2)");
}

static void entries_of_many(void **state) {
    (void)state;
    const char *pieces =
        "utfall f : flera\n  till : färg\n  summa : belopp\n"
        "regel r\n  ger f (till röd, summa (om x så 1 kr annars 2 kr)), f (till blå, summa (0 kr - pris))\n"
        "regel s\n  ger f.till grön, f.summa ej angivet\n"
        "tabell t\n  | | x | till | summa |\n  |-|---|------|-------|\n  | | ja | röd | 3 kr |\n  | | nej | | |\n";
    expect_candidates(pieces, "f",
                      "r if x = röd 100\nr if (inte x) = röd 200\nr = blå (- 0 pris)\ns = grön -\nt.1 = röd 300");
}

static void overrides(void **state) {
    (void)state;
    const char *pieces = "utfall u : heltal\nutfall v : heltal\n"
                         "tabell t\n  | | färg | x | u | v |\n  |-|-|-|-|-|\n  | 5a) | röd | ja | 1 | 1 |\n  | 5b) | "
                         "grön | * | 2 | 2 |\n"
                         "  | 50) | blå | * | 3 | 3 |\n"
                         "regel r\n  åsidosätter t.5, t.kolumn.v\n  när y\n  ger u 9\n";
    expect_candidates(pieces, "u", "t.5a = 1 < r\nt.5b = 2 < r\nt.50 = 3\nr = 9");
    expect_candidates(pieces, "v", "t.5a = 1 < r\nt.5b = 2 < r\nt.50 = 3 < r");
}

static void truth_of(const char *pieces, const char *id, const char *words) {
    char text[8192];
    snprintf(text, sizeof text, DATED COLORS "%sutfall u : heltal\n%s", fields, pieces);
    checking c = check_text(text);
    assert_int_equal(c.diags.errors, 0);
    assert_string_equal(node_words(&c, c.g->entries.p[entry_named(&c, id)].truth), words);
    free_checking(&c);
}

static void rows(void **state) {
    (void)state;
    const char *first = "tabell t\n  första raden gäller\n  | | färg | u |\n  |-|-|-|\n  | a) | röd | 1 |\n  | b) | "
                        "röd, grön | 2 |\n  | c) | * | 3 |\n";
    truth_of(first, "t.a", "färg in {röd}");
    truth_of(first, "t.b", "(och färg in {röd,grön} (inte färg in {röd}))");
    truth_of(first, "t.c", "(och (inte färg in {röd,grön}) (inte färg in {röd}))");
    const char *cells =
        "tabell t\n  när y\n  | | färg | ålder | koder | x | år mellan dag och 2024-01-01 | från | till och med | u |\n"
        "  |-|-|-|-|-|-|-|-|-|\n  | a) | inte röd, blå | 1, 6..17 | inte röd | okänt | < 5 | 2021-01-01 | 2021-12-31 | "
        "1 |\n";
    truth_of(cells, "t.a",
             "(och (och (inte dag[..18627]) (inte dag[18993..])) (och (och (och (och (och y (inte färg in {röd,blå})) "
             "(eller ålder[1..1] ålder[6..17])) (inte (has koder 0))) (inte (known x))) (years dag 19723)[..4]))");
}

static void periods(void **state) {
    (void)state;
    truth_of("klausul k\n  källa \"k\"\n  gäller från 2020-01-01 tidigare okänt\n  gäller när x\n", "k",
             "x"); /* no narrower */
    truth_of("klausul k\n  källa \"k\"\n  gäller från 2021-01-01 tidigare okänt till och med 2021-12-31 senare inget\n "
             " gäller när x\n"
             "  utom när y\n",
             "k", "(edition (och x (inte y)) before1 dag[..18627] after2 dag[18993..])");
    truth_of("antagande start : datum annars okänt\nregel r\n  gäller från start tidigare inget\n  när x\n  ger u 1\n",
             "r", "(edition x before2 (< dag $start))");
}

/* ------------------------------------------------------------------ examples */
static void examples_inherit(void **state) {
    (void)state;
    char text[8192];
    snprintf(text, sizeof text,
             DATED COLORS
             "%santagande gräns : minuter annars 3\nutfall u : heltal\nregel r\n  när x och tid < gräns\n  ger u 1\n"
             "exempel \"ett\"\n  givet dag 2021-01-01, x, ålder 5, färg röd\n  antaget gräns 4\n  väntat u 1\n"
             "exempel \"två\"\n  utgår från \"ett\"\n  givet okänt ålder\n  utlöst inga\n"
             "  | | färg  | gräns | u |\n  |-|-------|-------|---|\n  | a) | blå | *     | 2 |\n  | b) | okänt | okänt "
             "| - |\n",
             fields);
    checking c = check_text(text);
    assert_int_equal(c.diags.errors, 0);
    assert_int_equal(c.g->examples.n, 3);
    const ir_example *a = &c.g->examples.p[1], *b = &c.g->examples.p[2];
    assert_true(kl_str_eq(a->title, KL_STR("två, a")));
    assert_int_equal(a->given.n, 4);
    assert_true(a->given.p[2].unknown);
    assert_int_equal(a->given.p[3].number, 2);
    assert_true(b->given.p[3].unknown);
    assert_int_equal(a->assumed.p[0].value, 4);
    assert_true(b->assumed.p[0].unknown);
    assert_int_equal(a->expected.n, 1);
    assert_int_equal(a->expected.p[0].number, 2);
    assert_int_equal(b->expected.p[0].state, IR_X_NOT_STATED);
    assert_true(a->fired_said && b->fired_said && a->fired.n == 0);
    free_checking(&c);
}

/* ------------------------------------------------------------------ contradicting rows, by brute force */
static uint64_t seed = 1;
static unsigned pick(unsigned below) {
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % below;
}

static const char *pick_of(const char *const *list, unsigned n) {
    return list[pick(n)];
}

static void random_table(char *text, size_t size) {
    static const char *const atoms[] = {"b",     "inte b",           "c",    "v = röd", "v bland röd, grön", "w != blå",
                                        "n > 1", "n mellan 1 och 2", "w = v"};
    static const char *const joins[] = {"och", "eller", "medför"};
    static const char *const yes[] = {"ja", "nej", "*"};
    static const char *const values[] = {"röd", "grön", "inte röd", "röd, blå", "*", "*"};
    static const char *const numbers[] = {"0", "1..2", "> 1", "inte 1", "*", "*"};
    size_t n =
        (size_t)snprintf(text, size,
                         UNDATED COLORS "post p\n  b : ja/nej\n  c : ja/nej\n  v : färg\n  w : färg\n  n : heltal\n"
                                        "utfall u : heltal\nklausul k\n  gäller när %s %s %s\n  utom när %s\n",
                         pick_of(atoms, 8), pick_of(joins, 3), pick_of(atoms, 8), pick_of(atoms, 8));
    n += (size_t)snprintf(text + n, size - n, "tabell t\n  | | b | v | w | n | k | u |\n  |-|-|-|-|-|-|-|\n");
    for (unsigned row = 0, rows_made = 2 + pick(3); row < rows_made; row++)
        n += (size_t)snprintf(text + n, size - n, "  | %u) | %s | %s | %s | %s | %s | %u |\n", row, pick_of(yes, 3),
                              pick_of(values, 6), pick_of(values, 6), pick_of(numbers, 6), pick_of(yes, 3), pick(2));
    if (pick(3) == 0) snprintf(text + n, size - n, "regel r\n  åsidosätter t.0\n  när %s\n", pick_of(atoms, 8));
}

static bool fires(const checking *c, const ir_candidate *x, const int64_t *values) {
    if (!truth_at(c, c->g->entries.p[x->entry].truth, values)) return false;
    for (size_t i = 0; i < x->overriders.n; i++)
        if (truth_at(c, c->g->entries.p[x->overriders.p[i]].truth, values)) return false;
    return true;
}

static bool contradicts_somewhere(const checking *c) {
    for (int64_t at = 0; at < 2 * 2 * 3 * 3 * 5; at++) {
        int64_t values[] = {at % 2, at / 2 % 2, at / 4 % 3, at / 12 % 3, at / 36 % 5 - 1};
        int64_t given = -1;
        for (size_t i = 0; i < c->g->candidates.n; i++) {
            const ir_candidate *x = &c->g->candidates.p[i];
            if (!fires(c, x, values)) continue;
            int64_t v = c->g->nodes.p[x->result.node].value;
            if (given >= 0 && given != v) return true;
            given = v;
        }
    }
    return false;
}

static void contradictions_are_exact(void **state) {
    (void)state;
    unsigned found = 0;
    for (unsigned round = 0; round < 2000; round++) {
        char text[4096];
        random_table(text, sizeof text);
        checking c = check_text(text);
        bool reported = c.diags.errors > 0;
        for (size_t i = 0; i < c.diags.list.n; i++)
            if (kl_diag_severity(c.diags.list.p[i].id) == KL_ERROR)
                assert_int_equal(c.diags.list.p[i].id, KL_D_ROWS_CONTRADICT);
        if (reported != contradicts_somewhere(&c)) fail_msg("reported: %d\n%s", reported, text);
        found += reported;
        free_checking(&c);
    }
    assert_in_range(found, 200, 1800);
}

/* ------------------------------------------------------------------ limits: at the limit all is well; one past is a golden's */
typedef struct page {
    char *p;
    size_t n, size;
} page;

static void add(page *t, const char *format, ...) {
    va_list args;
    va_start(args, format);
    t->n += (size_t)vsnprintf(t->p + t->n, t->size - t->n, format, args);
    va_end(args);
    assert_true(t->n < t->size);
}

static void expect_fine(page *t) {
    checking c = check_text(t->p);
    for (size_t i = 0; i < c.diags.list.n; i++)
        if (kl_diag_severity(c.diags.list.p[i].id) == KL_ERROR) fail_msg("%s", kl_diag_code(c.diags.list.p[i].id));
    free_checking(&c);
    t->n = 0;
}

static void at_the_limits(void **state) {
    (void)state;
    static char room[4 << 20];
    page t = {room, 0, sizeof room};
    add(&t, "värden stor\n");
    for (int i = 0; i < KL_MAX_VALUES; i++) add(&t, "  v%d\n", i);
    expect_fine(&t);
    add(&t, "värden stor\n");
    for (int i = 0; i < KL_MAX_SET_VALUES; i++) add(&t, "  v%d\n", i);
    add(&t, "post p\n  flera : mängd av stor\n");
    expect_fine(&t);
    add(&t, "post p\n");
    for (int i = 0; i < KL_MAX_FIELDS; i++) add(&t, "  f%d : ja/nej\n", i);
    expect_fine(&t);
    add(&t, UNDATED); /* the period and the scope are entries too */
    for (int i = 0; i < KL_MAX_ENTRIES - 2; i++) add(&t, "anmärkning n%d\n", i);
    expect_fine(&t);
    add(&t, DATED "post p\n  dag : datum\ntaxa avgift\n  före 2000-01-03: 1 kr\n");
    for (int i = 1; i < KL_MAX_ARMS; i++) add(&t, "  från %d-01-%02d: %d kr\n", 2000 + i / 28, 2 + i % 28, i);
    add(&t, "utfall u : belopp\nregel r\n  ger u avgift\n");
    expect_fine(&t);
    add(&t, UNDATED "post p\n  x : ja/nej\nutfall u : ja/nej\nregel r\n  när c1\n  ger u\n");
    for (int i = 1; i < KL_MAX_CLAUSE_DEPTH - 1; i++) add(&t, "klausul c%d\n  gäller när c%d\n", i, i + 1);
    add(&t, "klausul c%d\n  gäller när x\n", KL_MAX_CLAUSE_DEPTH - 1);
    expect_fine(&t);
    add(&t, UNDATED "post p\n  x : ja/nej\nutfall u : ja/nej\nregel r\n  när x\n  ger u\n");
    for (int i = 0; i < KL_MAX_BASES; i++) add(&t, "exempel \"%d\"\n  utgår från \"%d\"\n  väntat u ja\n", i, i + 1);
    add(&t, "exempel \"%d\"\n  givet x\n  väntat u ja\n", KL_MAX_BASES);
    expect_fine(&t);
}

static void as_many_files_as_allowed(void **state) {
    (void)state;
    static char texts[KL_MAX_FILES][64], names[KL_MAX_FILES][64], head[8192];
    const char *files[2 * KL_MAX_FILES + 1] = {"a.klausul", head};
    page t = {head, 0, sizeof head};
    add(&t, UNDATED);
    for (int i = 1; i < KL_MAX_FILES; i++) {
        snprintf(names[i], sizeof names[i], "f%d.klausul", i);
        snprintf(texts[i], sizeof texts[i], "värden v%d\n  x\n", i);
        add(&t, "använd f%d\n", i);
        files[2 * i] = names[i];
        files[2 * i + 1] = texts[i];
    }
    checking c = check_files(files, NULL);
    assert_int_equal(c.diags.errors, 0);
    assert_int_equal(c.sources->files.n, KL_MAX_FILES);
    free_checking(&c);
}

/* ------------------------------------------------------------------ lost memory */
static void survives_each_failing_allocation(void **state) {
    (void)state;
    char text[8192];
    snprintf(text, sizeof text,
             DATED COLORS
             "använd ord\n%staxa t\n  före 2021-01-01: 100 kr\n  från 2021-01-01: 200 kr\nutfall u : belopp annars ej "
             "angivet\n"
             "klausul k\n  gäller när alla\n    a) x\n    b) fel\n  utom när färg = lila\n"
             "tabell tt\n  | | färg | k | u |\n  |-|-|-|-|\n  | 1) | röd | ja | t |\n  | 2) | * | ja | 5 kr |\n"
             "exempel \"e\"\n  givet x, dag 2022-01-01\n  väntat u 5 kr\n",
             fields);
    const char *files[] = {"a.klausul", text, "ord.klausul", "klausul delad\n  gäller när x\n", NULL};
    size_t n = 1;
    while (!check_failing(files, n)) n++;
    assert_true(n > 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_shared_files),
        cmocka_unit_test(finds_files_above_the_current_folder),
        cmocka_unit_test(finds_files_by_include),
        cmocka_unit_test(empty_file_is_checked),
        cmocka_unit_test(conditions),
        cmocka_unit_test(choices_go_into_both_arms),
        cmocka_unit_test(nothing_to_compare_with_is_no),
        cmocka_unit_test(results),
        cmocka_unit_test(entries_of_many),
        cmocka_unit_test(overrides),
        cmocka_unit_test(rows),
        cmocka_unit_test(periods),
        cmocka_unit_test(examples_inherit),
        cmocka_unit_test(contradictions_are_exact),
        cmocka_unit_test(at_the_limits),
        cmocka_unit_test(as_many_files_as_allowed),
        cmocka_unit_test(survives_each_failing_allocation),
    };
    return cmocka_run_group_tests_name("front", tests, NULL, NULL);
}
