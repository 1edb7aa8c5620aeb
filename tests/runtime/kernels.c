/* kernels.c - every table of kernels against the core's own, bit for bit, and batches of any length against their records one by one.
 * May include: kernels.h of the runtime, rich.h, tests/chance.h and cmocka.
 * Start at test_batches(): what must be equal; the kernels by themselves come before. A table that this machine lacks is skipped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "runtime/kernels.h"
#include "tests/chance.h"
#include "tests/runtime/rich.h"

enum { PLANES = 40, ROUNDS = 300 };
static const char *const names[] = {"sse2", "avx2", "avx512", "neon", "portable"};
static const uint32_t lengths[] = {1, 2, 63, 64, 65, 100, 127, 128, 129, 511, 512, 513, 1000, 1023, 1024};
enum { NAMES = sizeof names / sizeof *names, LENGTHS = sizeof lengths / sizeof *lengths };

/* ------------------------------------------------------------------ each kernel */
typedef struct area { /* what kernels read and write: two of them begin alike and must end alike */
    _Alignas(64) uint64_t planes[PLANES * KL_WORDS];
    int64_t numbers[KL_ROWS_MAX];
    uint16_t codes[KL_ROWS_MAX];
    uint64_t square[64], rest[KL_WORDS];
    bool some;
} area;

static void fill(area *a, uint32_t codes) {
    static const int64_t edges[] = {0, -1, 1, INT64_MIN, INT64_MAX, 7, 8, -7};
    for (size_t i = 0; i < PLANES * KL_WORDS; i++) a->planes[i] = chance() & (below(3) ? chance() : ~UINT64_C(0));
    for (size_t i = 0; i < KL_ROWS_MAX; i++) {
        a->numbers[i] = below(2) ? edges[below(8)] : (int64_t)below(20) - 10;
        a->codes[i] = (uint16_t)(below(50) ? below(codes) : chance());
    }
    for (size_t i = 0; i < 64; i++) a->square[i] = chance();
}

static void run_kernels(const kl_kernels *k, area *a, uint32_t rows, uint64_t choice) {
    uint64_t kept = seed;
    uint32_t words = (rows + 63) / 64, bits = 1 + (uint32_t)(choice % 6), keys[12],
             count = (uint32_t)(choice >> 8) % 12;
    kl_gate gates[18];
    kl_reach reach[20];
    seed = choice;                              /* the same for both */
    for (uint32_t i = 0, to = 8; i < 18; i++) { /* of one input or more */
        bool last = i == 17 || !below(3);
        gates[i] = (kl_gate){below(8) * KL_PLANE_BYTES, to * KL_PLANE_BYTES | (last ? KL_LAST : 0)};
        if (last) to = 8 + below(8);
    }
    for (int i = 0; i < 20; i++)
        reach[i] =
            (kl_reach){below(16) * KL_PLANE_BYTES, below(16) * KL_PLANE_BYTES | (i == 19 || !below(3) ? KL_LAST : 0)};
    for (uint32_t i = 0, group = 0; i < count; i++) {
        while (group < 2 && !below(3)) group++;
        keys[i] = group << KL_GROUP_SHIFT | i;
    }
    uint64_t from = chance() & 15, span = below(2) ? below(20) : chance(), mask = chance();
    if (below(4) == 0) from = (uint64_t)INT64_MIN;
    k->spread(a->planes, a->planes + 2 * words, a->planes + 3 * words, below(2) ? ~UINT64_C(0) : 0, 0, words);
    k->gates(a->planes, words, gates, 18);
    k->reach(a->planes, words, reach, 20, 16);
    kl_ends ends = {a->planes, keys, count, 4, a->planes + 36 * words, a->rest, below(2) != 0};
    a->some = k->settle(&ends, words);
    for (uint32_t i = 0; i < words && !a->some; i++) assert_int_equal(a->rest[i], 0);
    a->some = k->beyond(a->codes, rows, below(2) ? below(70) : 65535);
    if (a->planes[4] & 1) k->slices(a->planes + 20 * words, a->codes, rows, bits);
    k->codes(a->planes + 34 * words, a->planes + 20 * words, bits, mask, words);
    k->range(a->planes + 35 * words, a->numbers, rows, from, span);
    if (k->turn) k->turn(a->square);
    seed = kept;
}

static void test_kernels(void **state) {
    const kl_kernels *other = kl_kernels_of(*state), *own = kl_kernels_of("portable");
    if (!other) {
        print_message("%s: not on this machine, or not known to the compiler\n", (const char *)*state);
        skip();
    }
    assert_string_equal(kl_kernels_name(other), *state);
    area *a = calloc(1, sizeof *a), *b = calloc(1, sizeof *b);
    for (seed = 1; seed < ROUNDS; seed++) {
        uint64_t kept = seed, choice = chance();
        uint32_t rows = lengths[below(LENGTHS)];
        fill(a, 2 + below(63));
        memcpy(b, a, sizeof *a);
        run_kernels(own, a, rows, choice);
        run_kernels(other, b, rows, choice);
        if (memcmp(a, b, sizeof *a) != 0) fail_msg("%s, round %d: %u records", kl_kernels_name(other), (int)kept, rows);
        seed = kept;
    }
    free(a);
    free(b);
}

static void test_turn(void **state) {
    (void)state;
    uint64_t square[64], turned[64];
    for (int i = 0; i < 64; i++) turned[i] = square[i] = chance();
    kl_plain_turn(turned);
    for (int i = 0; i < 64; i++)
        for (int k = 0; k < 64; k++) assert_int_equal(turned[i] >> k & 1, square[k] >> i & 1);
}

/* ------------------------------------------------------------------ batches */
typedef struct table { /* columns of rich.h's fields, for a full batch; and the same records one by one */
    uint64_t known[RICH_FIELDS][KL_WORDS], bits[RICH_FIELDS][KL_WORDS], sets[KL_ROWS_MAX];
    uint16_t codes[RICH_FIELDS][KL_ROWS_MAX];
    int64_t numbers[RICH_FIELDS][KL_ROWS_MAX];
    kl_string texts[KL_ROWS_MAX];
    kl_column columns[RICH_FIELDS];
    uint64_t one_known[RICH_FIELDS], one_bits[RICH_FIELDS];
    kl_column one[RICH_FIELDS];
} table;

static void fill_field(table *t, const kl_program *p, uint32_t f, uint32_t often) {
    kl_field_info info;
    kl_set_info set = {.values = 3};
    kl_field_of(p, f, &info);
    if (info.set != KL_INDEX_NONE) kl_set_of(p, info.set, &set);
    for (uint32_t row = 0; row < KL_ROWS_MAX; row++) {
        if (below(100) < often) t->known[f][row / 64] |= UINT64_C(1) << (row % 64);
        t->codes[f][row] = (uint16_t)below(set.values);
        t->numbers[f][row] = info.kind == KL_DATE ? RICH_START - 1 + (int64_t)below(3)
                                                  : (int64_t)below(12) * (f == RICH_REGISTERED ? 5000 : 1);
        if (info.kind == KL_SET) t->sets[row] = chance() & ((UINT64_C(1) << set.values) - 1);
        if (info.kind == KL_TEXT) t->texts[row] = (kl_string){"abc", below(4)};
    }
    for (uint32_t w = 0; w < KL_WORDS; w++) t->bits[f][w] = chance();
    kl_column *c = &t->columns[f];
    c->known = t->known[f];
    switch (info.kind) {
    case KL_BOOL: c->as.bits = t->bits[f]; break;
    case KL_VALUES: c->as.codes = t->codes[f]; break;
    case KL_SET: c->as.sets = t->sets; break;
    case KL_TEXT: c->as.texts = t->texts; break;
    default: c->as.numbers = t->numbers[f];
    }
}

static void take_one(table *t, const kl_program *p, uint32_t row) {
    for (uint32_t f = 0; f < RICH_FIELDS; f++) {
        kl_field_info info;
        kl_field_of(p, f, &info);
        t->one[f] = t->columns[f];
        t->one_known[f] = t->known[f][row / 64] >> (row % 64) & 1;
        t->one_bits[f] = t->bits[f][row / 64] >> (row % 64) & 1;
        t->one[f].known = &t->one_known[f];
        switch (info.kind) {
        case KL_BOOL: t->one[f].as.bits = &t->one_bits[f]; break;
        case KL_VALUES: t->one[f].as.codes += row; break;
        case KL_SET: t->one[f].as.sets += row; break;
        case KL_TEXT: t->one[f].as.texts += row; break;
        default: t->one[f].as.numbers += row;
        }
    }
}

static void same_results(const kl_result *a, const kl_result *b, const char *what, uint32_t row) {
    if (a->state != b->state || a->reason != b->reason || a->number != b->number || a->text.size != b->text.size)
        fail_msg("%s, record %u: state %d and %d, reason %u and %u", what, row, (int)a->state, (int)b->state, a->reason,
                 b->reason);
}

/* All that is told of record `row` of one workspace and of record `other` of another. */
static void same_record(kl_workspace *a, uint32_t row, kl_workspace *b, uint32_t other, bool traced) {
    uint32_t x[8], y[8];
    for (uint32_t o = 0; o < RICH_OUTCOMES; o++) {
        kl_result r, s;
        kl_outcome(a, o, row, &r);
        kl_outcome(b, o, other, &s);
        same_results(&r, &s, o == RICH_ROWS ? "row by row" : "outcome", row);
        assert_int_equal(kl_audit_of(a, o, row), kl_audit_of(b, o, other));
        for (uint32_t slot = 0; slot < 3; slot++) {
            kl_many(a, o, slot, row, &r);
            kl_many(b, o, slot, other, &s);
            same_results(&r, &s, "entry", row);
            for (int sure = 0; sure < 2; sure++) {
                size_t n = kl_by(a, o, slot, row, sure, x, 8);
                assert_int_equal(n, kl_by(b, o, slot, other, sure, y, 8));
                assert_memory_equal(x, y, n * sizeof *x);
            }
        }
        uint64_t missing[2] = {0}, open[2] = {0};
        kl_wait(a, o, row, &(kl_waiting){missing, open, NULL, NULL});
        kl_wait(b, o, other, &(kl_waiting){missing + 1, open + 1, NULL, NULL});
        assert_int_equal(missing[0], missing[1]);
        assert_int_equal(open[0], open[1]);
    }
    uint8_t truths[RICH_ENTRIES];
    kl_result results[RICH_OUTCOMES];
    kl_outcomes(a, row, results);
    for (uint32_t o = 0; o < RICH_OUTCOMES; o++) {
        kl_result r;
        kl_outcome(a, o, row, &r);
        assert_memory_equal(&results[o], &r, sizeof r);
    }
    kl_truths(a, row, truths);
    for (uint32_t e = 0; e < RICH_ENTRIES; e++) assert_int_equal(truths[e], kl_truth_of(a, e, row));
    for (uint32_t e = 0; e < RICH_ENTRIES && traced; e++)
        assert_int_equal(kl_truth_of(a, e, row), kl_truth_of(b, e, other));
    size_t n = kl_blocked_by(a, row, x, 8);
    assert_int_equal(n, kl_blocked_by(b, other, y, 8));
    assert_int_equal(kl_breaches(a, row, false, x, 8), kl_breaches(b, other, false, y, 8));
}

/* Who decided is the same, asked for all records at once and one by one. */
static void same_deciders(const kl_workspace *w, uint32_t rows) {
    enum { MOST = 3 * KL_ROWS_MAX };
    static uint32_t at[KL_ROWS_MAX + 1], entries[MOST];
    uint32_t one[8];
    for (uint32_t o = 0; o <= RICH_OUTCOMES; o++)
        for (uint32_t slot = 0; slot < 3; slot++) {
            size_t all = kl_by_rows(w, o, slot, at, entries, MOST);
            assert_int_equal(at[0], 0);
            assert_int_equal(at[rows], all);
            assert_true(all <= MOST);
            for (uint32_t row = 0; row < rows; row++) {
                size_t n = kl_by(w, o, slot, row, true, one, 8);
                assert_int_equal(at[row + 1] - at[row], n);
                assert_memory_equal(one, entries + at[row], n * sizeof *one);
            }
            if (all == 0) continue;
            entries[0] = KL_INDEX_NONE; /* too little room: nothing is written */
            assert_int_equal(kl_by_rows(w, o, slot, at, entries, all - 1), all);
            assert_int_equal(entries[0], KL_INDEX_NONE);
        }
}

/* However a batch is decided - by planes of any table, with or without trace, or record by record - it tells the same. */
static void test_batches(void **state) {
    (void)state;
    image *m = rich_new();
    loaded l = image_load(m), single = image_load(m);
    table *t = calloc(1, sizeof *t);
    for (uint32_t round = 0; round < 2 * LENGTHS; round++) {
        uint32_t rows = lengths[round % LENGTHS];
        memset(t, 0, sizeof *t);
        for (uint32_t f = 0; f < RICH_FIELDS; f++) fill_field(t, l.program, f, round % 3 ? 90 : 50);
        bool known = round & 1;
        kl_assume(l.workspace, RICH_LIMIT, known, 5);
        kl_assume(single.workspace, RICH_LIMIT, known, 5);
        for (uint32_t k = 0; k <= NAMES; k++) {
            const kl_kernels *kernels = k < NAMES ? kl_kernels_of(names[k]) : NULL;
            if (k < NAMES && !kernels) continue;
            kl_workspace_use(l.workspace, kernels);
            bool traced = (round + k) % 4 != 0;
            kl_workspace_trace(l.workspace, traced);
            assert_int_equal(kl_is_traced(l.workspace), traced);
            assert_true(kl_eval(l.workspace, &(kl_batch){rows, t->columns}, NULL));
            for (uint32_t row = below(5); row < rows; row += rows < 70 ? 1 : 1 + below(40)) {
                take_one(t, l.program, row);
                assert_true(kl_eval(single.workspace, &(kl_batch){1, t->one}, NULL));
                same_record(l.workspace, row, single.workspace, 0, traced);
            }
            same_deciders(l.workspace, rows);
            const uint64_t *yes, *no;
            assert_int_equal(kl_truth_planes(l.workspace, E_ITEM_A, &yes, &no), traced);
            if (!traced) assert_int_equal(kl_truth_of(l.workspace, E_ITEM_A, 0), KL_UNKNOWN);
        }
    }
    free(t);
    loaded_free(&l);
    loaded_free(&single);
    image_free(m);
}

/* A record alone goes a way of its own with every table; with the core's own loops it goes that of all batches. */
static void test_single(void **state) {
    (void)state;
    image *m = rich_new();
    loaded l = image_load(m), own = image_load(m);
    table *t = calloc(1, sizeof *t);
    uint64_t marks[2][32];
    uint32_t words = kl_mark_words(own.workspace, false);
    assert_true(words <= 32);
    kl_workspace_use(l.workspace, kl_kernels_of("portable"));
    for (uint32_t round = 0; round < 8; round++) {
        memset(t, 0, sizeof *t);
        for (uint32_t f = 0; f < RICH_FIELDS; f++) fill_field(t, l.program, f, round % 3 ? 90 : 50);
        kl_assume(l.workspace, RICH_LIMIT, round & 1, 5);
        kl_assume(own.workspace, RICH_LIMIT, round & 1, 5);
        for (uint32_t row = 0; row < 200; row++) {
            kl_fault fault = {7, 7, "old"};
            take_one(t, l.program, row);
            kl_batch batch = {1, t->one};
            if (row % 9 == 0) assert_true(kl_eval(l.workspace, &(kl_batch){lengths[row % LENGTHS], t->columns}, NULL));
            assert_true(kl_eval(l.workspace, &batch, &fault));
            assert_null(fault.reason);
            assert_true(kl_eval(own.workspace, &batch, NULL));
            same_record(l.workspace, 0, own.workspace, 0, true);
            same_deciders(l.workspace, 1);
            for (int k = 0; k < 2 && words; k++) kl_marks(k ? own.workspace : l.workspace, false, marks[k]);
            if (words) assert_memory_equal(marks[0], marks[1], words * sizeof **marks);
        }
        for (uint32_t f = 0; f < RICH_FIELDS; f++) { /* each field with what it cannot hold */
            static const uint16_t code = 999;
            static const int64_t number = INT64_MAX;
            static const uint64_t known = 1, set = ~UINT64_C(0);
            kl_column *c = &t->one[f], kept = *c;
            kl_field_info info;
            kl_fault fault;
            kl_field_of(l.program, f, &info);
            if (info.kind == KL_BOOL || info.kind == KL_TEXT) continue;
            c->known = &known;
            if (info.kind == KL_VALUES)
                c->as.codes = &code;
            else if (info.kind == KL_SET)
                c->as.sets = &set;
            else
                c->as.numbers = &number;
            assert_false(kl_eval(l.workspace, &(kl_batch){1, t->one}, &fault));
            assert_int_equal(fault.field, f);
            assert_int_equal(fault.offset, 0);
            assert_non_null(fault.reason);
            *c = kept;
        }
    }
    free(t);
    loaded_free(&l);
    loaded_free(&own);
    image_free(m);
}

static void test_names(void **state) {
    (void)state;
    assert_non_null(kl_kernels_best());
    assert_null(kl_kernels_of("mmx"));
    assert_null(kl_kernels_of(""));
    assert_string_equal(kl_kernels_name(kl_kernels_of("portable")), "portable");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        {"sse2", test_kernels, NULL, NULL, (void *)(uintptr_t)names[0]},
        {"avx2", test_kernels, NULL, NULL, (void *)(uintptr_t)names[1]},
        {"avx512", test_kernels, NULL, NULL, (void *)(uintptr_t)names[2]},
        {"neon", test_kernels, NULL, NULL, (void *)(uintptr_t)names[3]},
        cmocka_unit_test(test_turn),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_single),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
