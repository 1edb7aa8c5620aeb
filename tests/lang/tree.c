/* tree.c - tests of the tree: expressions and their precedence, each piece and each of its lines.
 * May include: reading.h and cmocka.
 * Start at conditions: text and the expression it becomes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/lang/reading.h"

static const char *const conditions[][2] = {
    {"a", "a"},
    {"inte a = b", "(inte (= a b))"},
    {"a och b eller c och d", "(eller (och a b) (och c d))"},
    {"a eller b medför c och inte d", "(medför (eller a b) (och c (inte d)))"},
    {"om a så b annars c och d", "(om a b (och c d))"},
    {"om a så b annars om c så d annars e", "(om a b (om c d e))"},
    {"(a eller b) och c", "(och (eller a b) c)"},
    {"a bland b, c och d", "(och (bland a b c) d)"},
    {"a inte bland 1, 3..5, 7–9", "(inte-bland a 1/0 (.. 3/0 5/0) (.. 7/0 9/0))"},
    {"a mellan 1 och 2 och b", "(och (mellan a 1/0 2/0) b)"},
    {"a inte mellan b + 1 och c", "(inte-mellan a (+ b 1/0) c)"},
    {"a har b, c eller d saknar e", "(eller (har a b c) (saknar d e))"},
    {"a är inga och b = inga och c != inga", "(och (och (tom a) (tom b)) (inte-tom c))"},
    {"a är känd och b är inte känd", "(och (känd a) (inte-känd b))"},
    {"brutet krav1 och a", "(och (brutet krav1) a)"},
    {"a + b * c - d / -2 < 3", "(< (- (+ a (* b c)) (/ d (neg 2/0))) 3/0)"},
    {"a <= 1 och b ≥ 2 och c ≠ 3 och d <> 4 och e > 5",
     "(och (och (och (och (<= a 1/0) (>= b 2/0)) (!= c 3/0)) (!= d 4/0)) (> e 5/0))"},
    {"år mellan a och b >= 18", "(>= (år a b) 18/0)"},
    {"dagar mellan a och b + 1 < månader mellan c och (d + e)", "(< (+ (dagar a b) 1/0) (månader c (+ d e)))"},
    {"minsta av (a, 2) = största av (b)", "(= (minsta a 2/0) (största b))"},
    {"a = 1 200,50 kr", "(= a 120050/2:kr)"},
    {"a = 50 öre eller b > 3 dagar", "(eller (= a 50/0:öre) (> b 3/0:dagar))"},
    {"a = 2024-01-31", "(= a dag19753)"},
    {"a = \"text\"", "(= a \"text\")"},
    {"a = ja och b = nej", "(och (= a ja) (= b nej))"},
    {"a = (om b så 1 annars 2)", "(= a (om b 1/0 2/0))"},
    {"avrunda a / 3 till 2 decimaler nedåt = 1", "(= (avrunda-nedåt-2 (/ a 3/0)) 1/0)"},
    {"avrunda a till hela kronor närmast > 5 kr", "(> (avrunda-närmast-0 a 1/0:kronor) 5/0:kr)"},
    {"avrunda a till jämna 5 kr närmast jämnt + 1 kr > b", "(> (+ (avrunda-jämnt-0 a 5/0:kr) 1/0:kr) b)"},
    {"avrunda avrunda a till 1 decimaler uppåt till 0 decimaler nedåt = 1",
     "(= (avrunda-nedåt-0 (avrunda-uppåt-1 a)) 1/0)"},
    {"post.form = telefon", "(= post.form telefon)"},
};

static void conditions_become_trees(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
        char text[200];
        snprintf(text, sizeof text, "klausul k\n  gäller när %s", conditions[i][0]);
        reading r = read_text(text);
        if (r.diags.errors) print_message("%s", printed_text(&r));
        assert_int_equal(r.diags.errors, 0);
        assert_string_equal(expr_text(r.arena, r.file->pieces.p[0]->u.clause.body.cond), conditions[i][1]);
        free_reading(&r);
    }
}

static bool is(kl_str s, const char *text) {
    return kl_str_eq(s, kl_str_of(text));
}

static const kl_piece *only(reading *r, const char *text) {
    *r = read_text(text);
    if (r->diags.errors) print_message("%s", printed_text(r));
    assert_int_equal(r->diags.errors, 0);
    assert_int_equal(r->file->pieces.n, 1);
    return r->file->pieces.p[0];
}

static void guideline_holds_its_lines(void **state) {
    (void)state;
    reading r;
    const kl_piece *p =
        only(&r, "riktlinje a.b \"T\"\n utgivare \"U\"\n dokument \"D\"\n utgåva \"2\"\n valuta SEK\n dateras av dag\n"
                 " gäller från 2020-01-01 till och med 2020-12-31 tidigare okänt senare inget\n"
                 " källa \"K\" öppen \"Ö\" därför att \"V\"\n omfattar när x\n");
    assert_true(is(p->name.text, "a.b") && is(p->title.text, "T"));
    assert_true(is(p->u.guideline.issuer.text, "U") && is(p->u.guideline.document.text, "D"));
    assert_true(is(p->u.guideline.edition.text, "2") && is(p->u.guideline.currency.text, "SEK"));
    assert_true(is(p->u.guideline.dated_by.text, "dag"));
    assert_true(p->period.said && p->period.from.said && p->period.through.said && !p->period.undated);
    assert_int_equal(p->period.through.day - p->period.from.day, 365);
    assert_true(p->period.before == KL_BEYOND_UNKNOWN && p->period.after == KL_BEYOND_NOTHING);
    assert_true(is(p->source.cite.text, "K"));
    assert_true(is(p->source.open.text, "Ö") && is(p->source.because.text, "V"));
    assert_string_equal(expr_text(r.arena, p->u.guideline.scope), "x");
    assert_int_equal(p->span.start, 0);
    assert_int_equal(p->span.end, r.file->text.n - 1);
    free_reading(&r);
    p = only(&r, "guideline a\n in force undated");
    assert_true(p->period.undated && !p->period.from.said);
    assert_int_equal(r.file->surface, KL_EN);
    free_reading(&r);
    p = only(&r, "klausul k\n gäller från dagen senare okänt");
    assert_true(p->period.from.assumed && is(p->period.from.name.text, "dagen"));
    free_reading(&r);
}

static void values_and_records_hold_their_lines(void **state) {
    (void)state;
    reading r;
    const kl_piece *p = only(&r, "värden v \"V\"\n a \"A\" kod \"1\", \"2\"\n b kod \"3\"\n c\n");
    assert_int_equal(p->u.values.values.n, 3);
    assert_int_equal(p->u.values.values.p[0].codes.n, 2);
    assert_true(is(p->u.values.values.p[0].label.text, "A"));
    assert_true(is(p->u.values.values.p[1].codes.p[0].text, "3") && !p->u.values.values.p[1].label.text.p);
    free_reading(&r);
    p = only(&r,
             "post p\n a \"A\" : ja/nej kolumn \"x\", \"y\" krävs nyckel intygas annars nej\n b : decimal(2)\n"
             " c : mängd av v\n d : v\n e : heltal\n f : belopp\n g : datum\n h : minuter\n i : dagar\n j : text\n");
    assert_int_equal(p->u.record.fields.n, 10);
    const kl_field *f = p->u.record.fields.p;
    assert_true(f->required && f->key && f->attested && f->columns.n == 2 && is(f->title.text, "A"));
    assert_string_equal(expr_text(r.arena, f->otherwise), "nej");
    static const kl_type_kind kinds[] = {KL_T_BOOL,  KL_T_DECIMAL, KL_T_SET,     KL_T_VALUES, KL_T_INTEGER,
                                         KL_T_MONEY, KL_T_DATE,    KL_T_MINUTES, KL_T_DAYS,   KL_T_TEXT};
    for (size_t i = 0; i < 10; i++) assert_int_equal(f[i].type.kind, kinds[i]);
    assert_int_equal(f[1].type.decimals, 2);
    assert_true(is(f[2].type.name.text, "v") && is(f[3].type.name.text, "v"));
    assert_true(f[1].otherwise == NULL && !f[1].required);
    free_reading(&r);
}

static void tariffs_assumptions_outcomes(void **state) {
    (void)state;
    reading r;
    const kl_piece *p =
        only(&r, "taxa t : belopp\n före 2024-01-01: 100 kr\n från 2024-01-01: ej angivet\n från dagen: -5 kr\n");
    assert_int_equal(p->u.tariff.type.kind, KL_T_MONEY);
    assert_int_equal(p->u.tariff.steps.n, 3);
    assert_true(p->u.tariff.steps.p[0].before.said && !p->u.tariff.steps.p[0].from.said);
    assert_true(p->u.tariff.steps.p[1].from.said && p->u.tariff.steps.p[2].from.assumed);
    assert_string_equal(expr_text(r.arena, p->u.tariff.steps.p[2].value), "(neg 5/0:kr)");
    free_reading(&r);
    p = only(&r, "antagande a \"A\" : minuter annars okänt mellan 2 och 10\n källa \"k\"");
    assert_true(p->u.assumption.otherwise_unknown && !p->u.assumption.otherwise);
    assert_string_equal(expr_text(r.arena, p->u.assumption.high), "10/0");
    free_reading(&r);
    p = only(&r, "antagande a : ja/nej annars nej");
    assert_true(!p->u.assumption.otherwise_unknown && p->u.assumption.otherwise->kind == KL_E_BOOL);
    free_reading(&r);
    p = only(&r, "utfall u \"U\" : belopp annars om a så 1 kr annars ej angivet granskas mot r");
    assert_string_equal(expr_text(r.arena, p->u.outcome.otherwise), "(om a 1/0:kr (ej))");
    assert_true(is(p->u.outcome.audited.text, "r") && !p->u.outcome.many);
    free_reading(&r);
    p = only(&r, "utfall u : flera\n a : part\n b : text");
    assert_true(p->u.outcome.many && p->u.outcome.columns.n == 2 && is(p->u.outcome.columns.p[1].name.text, "b"));
    free_reading(&r);
}

static void clauses_hold_items_and_exceptions(void **state) {
    (void)state;
    reading r;
    const kl_piece *p = only(&r, "klausul k \"K\"\n gäller när någon\n  a) \"A\" x\n  3b) y\n     och z\n  • \"B\" w\n"
                                 " utom när q\n utom när alla\n  a) r\n");
    const kl_body *b = &p->u.clause.body;
    assert_true(b->quantifier == KL_ANY_OF && b->items.n == 3 && !b->cond);
    assert_true(is(b->items.p[0].label.text, "a") && is(b->items.p[0].title.text, "A"));
    assert_true(is(b->items.p[1].label.text, "3b") && !b->items.p[1].title.text.p);
    assert_string_equal(expr_text(r.arena, b->items.p[1].cond), "(och y z)");
    assert_true(b->items.p[2].label.bullet && !b->items.p[2].label.text.p);
    assert_int_equal(p->u.clause.except.n, 2);
    assert_true(p->u.clause.except.p[0].quantifier == KL_ONE && p->u.clause.except.p[1].quantifier == KL_ALL);
    assert_int_equal(p->u.clause.except.p[1].items.n, 1);
    free_reading(&r);
}

static void rules_and_requirements(void **state) {
    (void)state;
    reading r;
    const kl_piece *p = only(
        &r,
        "regel r\n åsidosätter t, t.5, t.kolumn.u\n när a ger b c, d 5, e (x, y), f (g h, i \"j\"), k\n ger l -1\n");
    assert_int_equal(p->u.rule.overrides.n, 3);
    assert_true(is(p->u.rule.overrides.p[2].text, "t.kolumn.u"));
    static const char *const values[] = {"c", "5/0", "(mängd x y)", "(entry g=h i=\"j\")", "", "(neg 1/0)"};
    assert_int_equal(p->u.rule.gives.n, 6);
    for (size_t i = 0; i < 6; i++) assert_string_equal(expr_text(r.arena, p->u.rule.gives.p[i].value), values[i]);
    free_reading(&r);
    p = only(&r, "råd r\n för a kräver b\n");
    assert_int_equal(p->kind, KL_P_ADVICE);
    assert_string_equal(expr_text(r.arena, p->u.requirement.applies), "a");
    assert_string_equal(expr_text(r.arena, p->u.requirement.requires), "b");
    free_reading(&r);
    p = only(&r, "anmärkning e) \"E\"\n därför att \"v\"");
    assert_true(is(p->name.text, "e") && is(p->u.note.label.text, "e") && is(p->title.text, "E"));
    free_reading(&r);
    p = only(&r, "anmärkning n \"N\"");
    assert_true(is(p->name.text, "n") && !p->u.note.label.text.p);
    free_reading(&r);
    p = only(&r, "använd a.b");
    assert_true(is(p->name.text, "a.b"));
    free_reading(&r);
}

static const char *cell_text(reading *r, const kl_cell *c) {
    kl_buf b;
    kl_buf_init(&b, r->arena);
    if (c->negate) kl_buf_fmt(&b, "inte ");
    for (size_t i = 0; i < c->list.n; i++) kl_buf_fmt(&b, "%s%s", i ? " ; " : "", expr_text(r->arena, c->list.p[i]));
    kl_buf_add(&b, "", 1);
    return b.p;
}

static void tables_hold_cells(void **state) {
    (void)state;
    reading r;
    const kl_piece *p = only(&r, "tabell t\n första raden gäller\n rad för rad\n när q\n"
                                 " | | från | till och med | a | år mellan b och c | u |\n |-|-|-|-|-|-|\n"
                                 " | 3a) | 2020-01-01 | | inte x, y | >= 18, < 3 | - |\n"
                                 " | 4) \"T\" | dagen | | * | okänt | -5 |\n"
                                 " | kort | | | 1..2, mellan 3 och 4 | har x, y | om a så 1 annars 2 |\n"
                                 " | | | | saknar x | \"a | b\" | enligt \"L\" |\n");
    assert_true(p->u.table.first_row && p->u.table.row_by_row && p->u.table.when);
    const kl_grid *g = &p->u.table.grid;
    assert_int_equal(g->heads.n, 6);
    static const kl_cell_role roles[] = {KL_COL_LABEL, KL_COL_FROM,  KL_COL_THROUGH,
                                         KL_COL_OTHER, KL_COL_OTHER, KL_COL_OTHER};
    for (size_t i = 0; i < 6; i++) assert_int_equal(g->head_role.p[i], roles[i]);
    assert_true(is(g->heads.p[3].text, "a") && !g->head_exprs.p[3]);
    assert_string_equal(expr_text(r.arena, g->head_exprs.p[4]), "(år b c)");
    static const char *const cells[4][5] = {
        {"dag18262", "", "inte x ; y", "(>= 18/0) ; (< 3/0)", "(ej)"},
        {"dagen", "", "(*)", "(okänt)", "(neg 5/0)"},
        {"", "", "(.. 1/0 2/0) ; (mellan 3/0 4/0)", "(har x y)", "(om a 1/0 2/0)"},
        {"", "", "(saknar x)", "\"a | b\"", "(enligt \"L\")"},
    };
    assert_int_equal(g->rows.n, 4);
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < 5; k++) assert_string_equal(cell_text(&r, &g->rows.p[i].cells.p[k + 1]), cells[i][k]);
    assert_true(is(g->rows.p[0].cells.p[0].label.text, "3a"));
    assert_true(is(g->rows.p[1].cells.p[0].title.text, "T"));
    assert_true(is(g->rows.p[2].cells.p[0].label.text, "kort"));
    assert_true(g->rows.p[3].cells.p[0].empty && g->rows.p[0].cells.p[2].empty);
    free_reading(&r);
}

static void examples_hold_their_lists(void **state) {
    (void)state;
    reading r;
    const kl_piece *p =
        only(&r, "exempel \"E\"\n utgår från \"F\"\n givet a 1, b, okänt c,\n  d okänt, e inga, f (x, y)\n"
                 " väntat u obestämt, v inget, w motstridigt, x fel, y ej angivet, z (a b)\n"
                 " utlöst r.3b\n saknas inga\n fynd k, l\n antaget m 5 minuter\n");
    const kl_example_body *e = &p->u.example.one;
    assert_true(is(e->title.text, "E") && is(e->base.text, "F") && !p->u.example.tabular);
    assert_int_equal(e->given.n, 6);
    assert_true(!e->given.p[1].value && !e->given.p[1].unknown && e->given.p[2].unknown && e->given.p[3].unknown);
    static const kl_expr_kind kinds[] = {KL_E_UNDETERMINED, KL_E_NONE,       KL_E_CONFLICT,
                                         KL_E_FAILED,       KL_E_NOT_STATED, KL_E_ENTRY};
    for (size_t i = 0; i < 6; i++) assert_int_equal(e->expected.p[i].value->kind, kinds[i]);
    assert_true(e->fired_said && e->fired.n == 1 && e->missing_said && e->missing.n == 0 && e->findings.n == 2);
    assert_int_equal(e->assumed.n, 1);
    free_reading(&r);
    p = only(&r, "exempel \"E\"\n | | a | u |\n |-|-|-|\n | a) | okänt | obestämt |\n | \"b\" | ja | 1 |");
    assert_true(p->u.example.tabular && !p->u.example.one.missing_said);
    assert_int_equal(p->u.example.grid.rows.n, 2);
    assert_true(is(p->u.example.grid.rows.p[1].cells.p[0].label.text, "b"));
    free_reading(&r);
}

/* The same text in both surfaces gives the same tree. */
static void surfaces_agree(void **state) {
    (void)state;
    reading sv = read_text("regel r\n när inte a bland b, c medför d är inga\n ger e om f så 1,5 annars ej angivet\n");
    reading en = read_text("rule r\n when not a in b, c implies d is empty\n gives e if f then 1.5 else not stated\n");
    assert_int_equal(sv.diags.errors + en.diags.errors, 0);
    const kl_piece *p = sv.file->pieces.p[0], *q = en.file->pieces.p[0];
    assert_string_equal(expr_text(sv.arena, p->u.rule.when), expr_text(en.arena, q->u.rule.when));
    assert_string_equal(expr_text(sv.arena, p->u.rule.gives.p[0].value),
                        expr_text(en.arena, q->u.rule.gives.p[0].value));
    free_reading(&sv);
    free_reading(&en);
}

/* After an error the rest of the file is in the tree, and each fault is said once, in order. */
static void recovery_keeps_the_rest(void **state) {
    (void)state;
    reading r = read_text("klausul a\n gäller när någon\n  a) x = och y\n  b) z\n  c) (w\n källa 5\n"
                          "tabell t\n | | a | u |\n |-|-|-|\n | a) | ] = | 1 |\n | b) | ja | 2 2 |\n"
                          "regel r\n när x y\n ger u 1\nklausul b\n gäller när x");
    assert_string_equal(codes(&r), "K0101 K0132 K0101 K0105 K0101 K0101 K0101");
    assert_int_equal(r.file->pieces.n, 4);
    assert_int_equal(r.file->pieces.p[0]->u.clause.body.items.n, 3);
    assert_string_equal(expr_text(r.arena, r.file->pieces.p[0]->u.clause.body.items.p[0].cond), "(fel)");
    assert_string_equal(expr_text(r.arena, r.file->pieces.p[0]->u.clause.body.items.p[1].cond), "z");
    assert_int_equal(r.file->pieces.p[1]->u.table.grid.rows.n, 2);
    assert_int_equal(r.file->pieces.p[1]->u.table.grid.rows.p[1].cells.n, 3);
    assert_int_equal(r.file->pieces.p[2]->u.rule.gives.n, 1);
    assert_string_equal(expr_text(r.arena, r.file->pieces.p[3]->u.clause.body.cond), "x");
    free_reading(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_become_trees),
        cmocka_unit_test(guideline_holds_its_lines),
        cmocka_unit_test(values_and_records_hold_their_lines),
        cmocka_unit_test(tariffs_assumptions_outcomes),
        cmocka_unit_test(clauses_hold_items_and_exceptions),
        cmocka_unit_test(rules_and_requirements),
        cmocka_unit_test(tables_hold_cells),
        cmocka_unit_test(examples_hold_their_lists),
        cmocka_unit_test(surfaces_agree),
        cmocka_unit_test(recovery_keeps_the_rest),
    };
    return cmocka_run_group_tests_name("lang/tree", tests, NULL, NULL);
}
