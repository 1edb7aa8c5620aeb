/* image.c - images of whole texts: admitted by the verifier, the same bytes each time, and every loss of memory on the way survived.
 * May include: compiler/compiler.h, runtime/klausul.h, tests/compiler/checking.h and cmocka.
 * Start at main(): the list of tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runtime/image.h"
#include "runtime/klausul.h"
#include "tests/compiler/checking.h"

static const char shared[] = "värden yrke\n  läkare \"Läkare\" kod \"1\"\n  annan\n";
static const char guideline[] =
    "riktlinje test.prov \"Prov\"\n  dateras av dag\n  gäller från 2020-01-01 till och med 2030-12-31 tidigare okänt "
    "senare inget\n"
    "  valuta SEK\n  omfattar när a\nanvänd ord\n"
    "post kontakt\n  nr : text nyckel\n  dag : datum\n  a : ja/nej annars ja\n  b : ja/nej\n  yrke : yrke\n  pris : "
    "belopp\n"
    "  tid : minuter\n  ord : text annars \"x\"\n  flera : mängd av yrke\n  senast : datum\n"
    "taxa avgift\n  före 2024-01-01: 100 kr\n  från 2024-01-01: 200 kr\n"
    "antagande gräns : minuter annars okänt mellan 2 och 10\nantagande tolkning : ja/nej annars ja\nantagande tak : "
    "belopp annars okänt\n"
    "utfall summa : belopp annars ej angivet\nutfall svar : ja/nej\nutfall text : text\nutfall rader : heltal\n"
    "utfall faktura : flera\n  mot : yrke\n  på : belopp\n"
    "klausul k \"K\"\n  källa \"s. 1\" öppen \"bland annat\"\n  gäller när någon\n    a) b och tid < gräns\n    b) "
    "pris > tak eller tolkning\n"
    "  utom när yrke = läkare\n  utom när någon\n    x) ord = \"y\"\n    y) flera har läkare\n"
    "klausul l\n  gäller från 2022-01-01 tidigare okänt\n  gäller när år mellan senast och dag >= 2\n"
    "krav v\n  för k\n  kräver b\nråd w\n  kräver senast är känd\n"
    "regel ett\n  när k\n  ger summa avgift, svar (brutet v), text ord\n"
    "regel två\n  gäller från 2021-01-01 tidigare okänt\n  åsidosätter ett\n  när l\n  ger summa pris, svar nej, text "
    "\"z\"\n"
    "regel tre\n  när summa > 50 kr\n  ger svar om b så ja annars nej, faktura (mot läkare, på summa)\n"
    "regel fyra\n  när b\n  ger faktura (mot annan, på 10 kr), summa enligt \"Prislistan\"\n"
    "tabell t\n  första raden gäller\n  | | yrke | b | rader |\n  |---|---|---|---|\n  | 1) | läkare | ja | 1 |\n  | "
    "2) | * | okänt | 2 |\n"
    "anmärkning n \"N\"\n";
static const char *const files[] = {"r/prov.klausul", guideline, "r/ord.klausul", shared, NULL};

static kl_buf image_of(const checking *c, kl_diags *d) {
    kl_buf out;
    kl_buf_init(&out, c->arena);
    assert_true(kl_emit_image(c->arena, d, c->g, &out));
    return out;
}

static void test_admitted(void **state) {
    (void)state;
    checking c = check_files(files, NULL);
    if (c.diags.errors) kl_diags_text(&c.diags, stderr, false);
    assert_int_equal(c.diags.errors, 0);
    kl_buf image = image_of(&c, &c.diags);
    void *memory = malloc(kl_program_size());
    kl_fault fault = {0, 0, NULL};
    const kl_program *p = kl_verify(memory, kl_program_size(), image.p, image.n, &fault);
    if (!p) fprintf(stderr, "at %zu: %s\n", fault.offset, fault.reason);
    assert_non_null(p);
    kl_guideline_info g;
    kl_describe(p, &g);
    assert_int_equal(g.fields, 10);
    assert_int_equal(g.outcomes, 5);
    assert_int_equal(g.sources, 2);
    kl_source_info source;
    kl_source_of(p, 1, &source);
    assert_memory_equal(source.name.data, "ord", 3); /* as the rules call it, wherever it lies */
    kl_outcome_info o;
    kl_outcome_of(p, 4, &o);
    assert_true(o.many);
    assert_int_equal(o.slots, 2);
    free(memory);
    free_checking(&c);
}

static void test_same_bytes(void **state) {
    (void)state;
    static const char *const elsewhere[] = {"/home/any/where/prov.klausul", guideline, "/home/any/where/ord.klausul",
                                            shared, NULL};
    checking c = check_files(files, NULL), d = check_files(elsewhere, NULL);
    kl_buf first = image_of(&c, &c.diags), again = image_of(&c, &c.diags), other = image_of(&d, &d.diags);
    assert_int_equal(first.n, again.n);
    assert_memory_equal(first.p, again.p, first.n);
    assert_int_equal(first.n, other.n); /* where the files lie is no part of it */
    assert_memory_equal(first.p, other.p, first.n);
    free_checking(&c);
    free_checking(&d);
}

static void test_sources_in_hash(void **state) {
    (void)state;
    static const char commented[] = "värden yrke\n  läkare \"Läkare\" kod \"1\"\n  annan # samma sak\n";
    static const char *const changed[] = {"r/prov.klausul", guideline, "r/ord.klausul", commented, NULL};
    checking c = check_files(files, NULL), d = check_files(changed, NULL);
    kl_buf first = image_of(&c, &c.diags), other = image_of(&d, &d.diags);
    assert_int_equal(first.n, other.n); /* a comment changes the hashes and nothing else */
    assert_memory_not_equal(first.p + KL_H_HASH, other.p + KL_H_HASH, 32);
    free_checking(&c);
    free_checking(&d);
}

/* Whether the image is written when the allocation with this number fails. */
static bool survives(size_t allocation) {
    jmp_buf escape;
    checking *volatile c = calloc(1, sizeof *c);
    volatile bool done = true;
    assert_non_null(c);
    *c = check_files(files, NULL);
    if (setjmp(escape) == 0) {
        kl_arena_guard(c->arena, &escape);
        kl_arena_fail_after(c->arena, allocation);
        (void)image_of(c, &c->diags);
    } else {
        done = false;
    }
    free_checking(c);
    free(c);
    return done;
}

static void test_lost_memory(void **state) {
    (void)state;
    size_t n = 1;
    while (!survives(n)) n += n < 200 ? 1 : n / 20;
    assert_true(n > 200);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_admitted),
        cmocka_unit_test(test_same_bytes),
        cmocka_unit_test(test_sources_in_hash),
        cmocka_unit_test(test_lost_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
