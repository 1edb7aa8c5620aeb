/* verify.c - what the verifier refuses: every kind of damage names the byte and a reason; whatever is admitted can be decided.
 * May include: rich.h and cmocka.
 * Start at damages[]: one line for each promise of the format; test_any_word() changes every word of an image in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/runtime/rich.h"

static uint32_t get32(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}
static void put32(uint8_t *p, uint32_t v) {
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)(v >> (8 * i));
}

/* The checksum as the format says it, so that the damage behind it is what is found. */
static void stamp(uint8_t *bytes, size_t size) {
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = KL_H_SECTIONS; i < size; i++) h = (h ^ bytes[i]) * UINT64_C(0x100000001b3);
    put32(bytes + KL_H_CHECKSUM, (uint32_t)h);
    put32(bytes + KL_H_CHECKSUM + 4, (uint32_t)(h >> 32));
}

static const kl_program *verify(const uint8_t *bytes, size_t size, kl_fault *fault) {
    static _Alignas(64) uint8_t memory[4096];
    assert_true(kl_program_size() <= sizeof memory);
    return kl_verify(memory, sizeof memory, bytes, size, fault);
}

/* ------------------------------------------------------------------ one damage each */
enum { HEADER = KL_S_COUNT }; /* a word of the header instead of a section */
typedef struct damage {
    int section;
    uint32_t row, word, value;
    const char *reason; /* a part of it */
} damage;

enum { NONE = KL_ABSENT };
static const damage damages[] = {
    {HEADER, 0, KL_H_MAGIC, 0, "not a compiled guideline"},
    {HEADER, 0, KL_H_VERSION, 2u << 16, "version"},
    {HEADER, 0, KL_H_VERSION, 1u << 16 | 1, "version"},
    {HEADER, 0, KL_H_SIZE, 100, "size"},
    {HEADER, 0, KL_H_SECTIONS, 25, "sections"},
    {HEADER, 0, KL_H_B_REGISTERS, 1, "workspace"},
    {HEADER, 0, KL_H_B_REGISTERS, 10000, "budget"},
    {HEADER, 0, KL_H_N_REGISTERS, 10000, "budget"},
    {HEADER, 0, KL_H_SLOTS, 10000, "budget"},
    {HEADER, 0, KL_H_WALK_NODES, 10000, "budget"},
    {HEADER, 0, KL_H_WALK_EDGES, 10000, "budget"},
    {HEADER, 0, KL_H_SCRATCH, 64, "workspace"},
    {HEADER, 0, KL_H_DIRECTORY, 8, "begin"},
    {HEADER, 0, KL_H_DIRECTORY + 4, 0x7FFFFFFF, "past the end"},
    {KL_S_TEXTS, 0, 0, 0x7FFFFFFF, "string"},
    {KL_S_TEXTS, 0, 1, 0x7FFFFFFF, "string"},
    {KL_S_GUIDELINE, 0, KL_G_DATED_BY, RICH_FORM, "not a date"},
    {KL_S_GUIDELINE, 0, KL_G_DATED_BY, 99, "past"},
    {KL_S_GUIDELINE, 0, KL_G_KEY, 99, "past"},
    {KL_S_GUIDELINE, 0, KL_G_BEFORE, 3, "meaning"},
    {KL_S_GUIDELINE, 0, KL_G_SCOPE, 99, "past"},
    {KL_S_SETS, 1, 4, 2, "follow"},
    {KL_S_SETS, 1, 5, 99, "past"},
    {KL_S_SETS, 1, 5, 3, "belong"},
    {KL_S_VALUES, 3, 4, 9, "follow"},
    {KL_S_FIELDS, 0, KL_F_TYPE, 0, "not a type"},
    {KL_S_FIELDS, 0, KL_F_TYPE, 11, "past"},
    {KL_S_FIELDS, RICH_AGE, KL_F_SCALE, 1, "scale"},
    {KL_S_FIELDS, RICH_REGISTERED, KL_F_SCALE, 0, "scale"},
    {KL_S_FIELDS, RICH_AGE, KL_F_SET, 0, "value set"},
    {KL_S_FIELDS, RICH_FORM, KL_F_SET, NONE, "value set"},
    {KL_S_FIELDS, RICH_AGE, KL_F_FLAGS, 16, "meaning"},
    {KL_S_FIELDS, RICH_AGE, KL_F_FLAGS, KL_FIELD_DEFAULT, "flag"},
    {KL_S_FIELDS, RICH_ANSWER, KL_F_DEFAULT, NONE, "flag"},
    {KL_S_FIELDS, RICH_ANSWER, KL_F_DEFAULT, 9999, "past"},
    {KL_S_FIELDS, RICH_ANSWER, KL_F_DEFAULT, 1, "cannot hold"}, /* the constant 2 or so */
    {KL_S_FIELDS, RICH_AGE, KL_F_FIRST_INPUT, 2, "follow"},
    {KL_S_ASSUMPTIONS, 0, KL_A_TYPE, KL_TYPE_TEXT, "no assumption"},
    {KL_S_ASSUMPTIONS, 0, KL_A_VALUE, 0, "flag"},
    {KL_S_ASSUMPTIONS, 0, KL_A_LOW, NONE, "flag"},
    {KL_S_ASSUMPTIONS, 0, KL_A_HIGH, 0, "bounds"},
    {KL_S_ASSUMPTIONS, 0, KL_A_FLAGS, 4, "meaning"},
    {KL_S_ENTRIES, E_ITEM_A, KL_E_PARENT, E_ITEM_A, "before"},
    {KL_S_ENTRIES, E_ITEM_A, KL_E_KIND, 12, "meaning"},
    {KL_S_ENTRIES, E_ITEM_A, KL_E_KIND, KL_ENTRY_SCOPE, "second"},
    {KL_S_ENTRIES, E_ITEM_A, KL_E_TRUTH, 99, "past"},
    {KL_S_ENTRIES, E_ITEM_A, KL_E_QUANTIFIER, 3, "meaning"},
    {KL_S_ENTRIES, E_ITEM_A, KL_E_REQUIREMENT, 2, "past"},
    {KL_S_ENTRIES, E_ITEM_A, KL_E_FIRST_READ, 9999, "past"},
    {KL_S_ENTRIES, E_ITEM_A, KL_E_READS, 9999, "past"},
    {KL_S_REFS, 0, 0, 4, "meaning"},
    {KL_S_REFS, 0, 1, 99, "past"},
    {KL_S_OUTCOMES, RICH_FEE, KL_O_SLOTS, 2, "one slot"},
    {KL_S_OUTCOMES, RICH_FEE, KL_O_FIRST_SLOT, 1, "another outcome"},
    {KL_S_OUTCOMES, RICH_FEE, KL_O_FIRST_SLOT, 99, "past"},
    {KL_S_OUTCOMES, RICH_INVOICES, KL_O_SLOTS, 2, "no outcome has"},
    {KL_S_OUTCOMES, RICH_FEE, KL_O_AUDITED, RICH_AGE, "another type"},
    {KL_S_OUTCOMES, RICH_INVOICES, KL_O_AUDITED, RICH_AGE, "another type"},
    {KL_S_COLUMNS, 0, 2, KL_TYPE_BOOL, "value set"},
    {KL_S_SLOTS, 0, KL_L_OUTCOME, 9, "another outcome"},
    {KL_S_SLOTS, 0, KL_L_OUTSIDE, 0, "another type"},
    {KL_S_SLOTS, 0, KL_L_NOT_IN_FORCE, 0, "another type"},
    {KL_S_SLOTS, 0, KL_L_CANDIDATES, 2, "follow"},
    {KL_S_SLOTS, 0, KL_L_ROOT, 99, "below its parent"},
    {KL_S_SLOTS, 0, KL_L_ROOT, NONE, "row by row"},
    {KL_S_SLOTS, 5, KL_L_ROOT, KL_TERMINAL, "row by row"},
    {KL_S_SLOTS, 0, KL_L_ROOT, KL_TERMINAL | 999, "past"},
    {KL_S_SLOTS, 0, KL_L_EDGES, 7, "edges"},
    {KL_S_SLOTS, 2, KL_L_FIRST_VALUE, 999, "past"},
    {KL_S_RESULTS, 0, KL_R_KIND, 10, "meaning"},
    {KL_S_RESULTS, 0, KL_R_VALUE, 3, "past"},
    {KL_S_RESULTS, 3, KL_R_VALUE, 99, "past"},
    {KL_S_RESULTS, 0, KL_R_FIRST_REF, 9999, "past"},
    {KL_S_CANDIDATES, 0, KL_C_ENTRY, 99, "past"},
    {KL_S_CANDIDATES, 0, KL_C_FIRES, 99, "past"},
    {KL_S_CANDIDATES, 0, KL_C_RESULT, 99, "past"},
    {KL_S_REQUIREMENTS, 0, 1, 2, "meaning"},
    {KL_S_BLOCKS, 0, 2, 99, "past"},
    {KL_S_QUESTIONS, 0, KL_Q_KIND, 8, "meaning"},
    {KL_S_QUESTIONS, 0, KL_Q_SOURCE, RICH_FORM, "another type"},
    {KL_S_QUESTIONS, 0, KL_Q_SOURCE, 99, "past"},
    {KL_S_QUESTIONS, 0, KL_Q_CELLS, 3, "cells"},
    {KL_S_QUESTIONS, 1, KL_Q_CELLS, 0, "cells"},
    {KL_S_QUESTIONS, 1, KL_Q_CELLS, 1, "cells"},
    {KL_S_QUESTIONS, 0, KL_Q_FLAGS, 1, "never none"},
    {KL_S_QUESTIONS, 1, KL_Q_FIRST_CUT, 0, "follow"},
    {KL_S_CUTS, 0, 0, 999, "past"},
    {KL_S_CUTS, 1, 0, 2, "cells"},
    {KL_S_NODES, 0, 0, 99, "past"},
    {KL_S_NODES, 1, 1, 0, "edges"},
    {KL_S_EDGES, 0, 0, 0, "below its parent"},
    {KL_S_EDGES, 0, 0, KL_TERMINAL | 999, "past"},
    {KL_S_CODE, 0, 0, 99, "unknown instruction"},
    {KL_S_CODE, 0, 1, 1, "out of order"},
    {KL_S_CODE, 0, 2, RICH_FORM, "another type"},
    {KL_S_CODE, 0, 2, 99, "past"},
    {KL_S_CODE, 0, 3, 999, "past"},
    {KL_S_CODE, 0, 5, 1, "unused"},
    {KL_S_CODE, 1, 2, 3, "not a truth"},
    {KL_S_CODE, 2, 2, 2, "not yet written"},
    {KL_S_CODE, 3, 3, 9, "past"}, /* a mask */
};

static void test_damages(void **state) {
    (void)state;
    image *m = rich_new();
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        const damage *d = &damages[i];
        size_t at = d->section == HEADER ? d->word : image_at(m, (kl_section)d->section, d->row, d->word);
        uint32_t kept = get32(m->bytes + at);
        put32(m->bytes + at, d->value);
        stamp(m->bytes, m->bytes_size);
        kl_fault fault;
        const kl_program *p = verify(m->bytes, m->bytes_size, &fault);
        if (p) fail_msg("damage %zu is admitted", i);
        if (!strstr(fault.reason, d->reason))
            fail_msg("damage %zu: \"%s\" at %zu, not \"%s\"", i, fault.reason, fault.offset, d->reason);
        if (fault.offset > m->bytes_size) fail_msg("damage %zu: offset %zu", i, fault.offset);
        put32(m->bytes + at, kept);
        stamp(m->bytes, m->bytes_size);
    }
    kl_fault fault;
    assert_non_null(verify(m->bytes, m->bytes_size, &fault));
    assert_null(fault.reason);
    image_free(m);
}

/* Where it is one word that is wrong, that word is named. */
static void test_the_byte_is_named(void **state) {
    (void)state;
    static const damage named[] = {{KL_S_FIELDS, RICH_AGE, KL_F_SCALE, 1, ""},
                                   {KL_S_SLOTS, 0, KL_L_ROOT, 99, ""},
                                   {KL_S_CUTS, 0, 0, 999, ""},
                                   {KL_S_EDGES, 1, 0, KL_TERMINAL | 999, ""},
                                   {KL_S_CODE, 0, 3, 999, ""},
                                   {KL_S_CODE, 2, 3, 77, ""},
                                   {KL_S_CANDIDATES, 0, KL_C_RESULT, 99, ""},
                                   {KL_S_REFS, 0, 1, 99, ""},
                                   {KL_S_NODES, 0, 0, 99, ""},
                                   {KL_S_ENTRIES, E_ITEM_B, KL_E_PARENT, E_ROW_A, ""}};
    image *m = rich_new();
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        size_t at = image_at(m, (kl_section)named[i].section, named[i].row, named[i].word);
        uint32_t kept = get32(m->bytes + at);
        kl_fault fault;
        put32(m->bytes + at, named[i].value);
        stamp(m->bytes, m->bytes_size);
        assert_null(verify(m->bytes, m->bytes_size, &fault));
        if (fault.offset != at)
            fail_msg("case %zu: byte %zu is blamed, not %zu (%s)", i, fault.offset, at, fault.reason);
        put32(m->bytes + at, kept);
    }
    image_free(m);
}

static void test_text_is_utf8(void **state) {
    (void)state;
    image *m = rich_new();
    size_t at = image_at(m, KL_S_STRINGS, 0, 0);
    static const uint8_t bad[][4] = {{0x80},
                                     {0xC0, 0x80},
                                     {0xC1, 0xBF},
                                     {0xE0, 0x80, 0x80},
                                     {0xED, 0xA0, 0x80},
                                     {0xF0, 0x80, 0x80, 0x80},
                                     {0xF4, 0x90, 0x80, 0x80},
                                     {0xF5, 0x80, 0x80, 0x80},
                                     {0xFF},
                                     {0xC3, 'a'},
                                     {0xE2, 0x82, 'a'}};
    static const uint8_t good[][4] = {{0xC3, 0xA5, 'a', 'a'},
                                      {0xE2, 0x82, 0xAC, 'a'},
                                      {0xF0, 0x9F, 0x99, 0x82},
                                      {0xED, 0x9F, 0xBF, 'a'},
                                      {0xF4, 0x8F, 0xBF, 0xBF}};
    uint8_t kept[4];
    kl_fault fault;
    memcpy(kept, m->bytes + at, 4);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        memcpy(m->bytes + at, kept, 4);
        memcpy(m->bytes + at, bad[i], bad[i][1] == 0 ? 1 : bad[i][2] == 0 ? 2 : bad[i][3] == 0 ? 3 : 4);
        stamp(m->bytes, m->bytes_size);
        assert_null(verify(m->bytes, m->bytes_size, &fault));
        assert_string_equal(fault.reason, "not UTF-8");
        assert_int_equal(fault.offset, at);
    }
    for (size_t i = 0; i < sizeof good / sizeof *good;
         i++) { /* the text is well formed; the first name may now be cut inside a character */
        memcpy(m->bytes + at, good[i], 4);
        stamp(m->bytes, m->bytes_size);
        if (!verify(m->bytes, m->bytes_size, &fault)) assert_string_not_equal(fault.reason, "not UTF-8");
    }
    image_free(m);
}

static void test_truncations_and_flips(void **state) {
    (void)state;
    image *m = rich_new();
    kl_fault fault;
    for (size_t size = 0; size < m->bytes_size; size += size < 400 ? 1 : 7) {
        uint8_t *copy = malloc(size ? size : 1); /* exactly as long: a read past the end is seen */
        memcpy(copy, m->bytes, size);
        assert_null(verify(copy, size, &fault));
        assert_true(fault.offset <= size && fault.reason);
        if (size >= KL_H_DIRECTORY) {
            put32(copy + KL_H_SIZE, (uint32_t)size);
            stamp(copy, size);
            assert_null(verify(copy, size, &fault));
            assert_true(fault.offset <= size && fault.reason);
        }
        free(copy);
    }
    for (size_t at = 0; at < m->bytes_size;
         at++) { /* every single bit is covered by the checksum, or is the checksum */
        m->bytes[at] ^= (uint8_t)(1u << (at % 8));
        assert_null(verify(m->bytes, m->bytes_size, &fault));
        m->bytes[at] ^= (uint8_t)(1u << (at % 8));
    }
    assert_null(kl_verify(NULL, 0, m->bytes, m->bytes_size, &fault));
    assert_null(verify(NULL, 0, &fault));
    assert_null(verify(m->bytes, 0, NULL));
    image_free(m);
}

/* ------------------------------------------------------------------ whatever is admitted can be decided */
static bool same_fields(const kl_program *p) { /* else the columns are not what the image now reads */
    static const kl_kind kinds[RICH_FIELDS] = {KL_TEXT, KL_DATE,    KL_VALUES, KL_BOOL,
                                               KL_SET,  KL_INTEGER, KL_MONEY,  KL_BOOL};
    kl_guideline_info g;
    kl_describe(p, &g);
    bool same = g.fields == RICH_FIELDS;
    for (uint32_t f = 0; f < RICH_FIELDS && same; f++) {
        kl_field_info info;
        kl_field_of(p, f, &info);
        bool numbers = info.kind >= KL_INTEGER && info.kind <= KL_DAYS && kinds[f] >= KL_INTEGER && kinds[f] <= KL_DAYS;
        same = numbers || info.kind == kinds[f];
    }
    return same;
}

static void use(const kl_program *p, const rich_data *d) {
    size_t size = kl_workspace_size(p);
    void *memory = aligned_alloc(64, (size + 63) / 64 * 64);
    kl_workspace *w = kl_workspace_init(p, memory, size);
    uint64_t bits[4] = {0};
    uint32_t e[4];
    kl_guideline_info g;
    kl_describe(p, &g);
    if (same_fields(p) && kl_eval(w, &(kl_batch){64, d->columns}, NULL)) {
        for (uint32_t row = 0; row < 64; row += 9) {
            for (uint32_t o = 0; o < g.outcomes; o++) {
                kl_result r;
                kl_outcome(w, o, row, &r);
                for (uint32_t slot = 0; slot < 3; slot++) {
                    kl_by(w, o, slot, row, true, e, 4);
                    kl_by(w, o, slot, row, false, e, 4);
                    kl_many_value(w, o, slot, 1, row, &r);
                }
                kl_wait(w, o, row, &(kl_waiting){&bits[0], &bits[1], &bits[2], &bits[3]});
                kl_audit_of(w, o, row);
            }
            kl_breaches(w, row, false, e, 4);
            kl_blocked_by(w, row, e, 4);
            kl_assumptions_of(w, row, bits);
        }
    }
    kl_instruction i;
    for (uint32_t k = 0; kl_disassemble(p, k, &i); k++) assert_non_null(i.name);
    free(memory);
}

static void test_any_word(void **state) {
    (void)state;
    image *m = rich_new();
    rich_data d;
    rich_clear(&d);
    for (uint32_t row = 0; row < 64; row++)
        for (uint32_t f = 0; f < RICH_FIELDS; f++)
            if ((row * 7 + f * 5) % 3)
                rich_put(&d, row, f,
                         f == RICH_DATE    ? RICH_START - 20 + row
                         : f == RICH_CODES ? row % 16
                         : f == RICH_AGE   ? row
                                           : row % (f == RICH_FORM ? 3 : 2));
    uint32_t admitted = 0, refused = 0;
    for (size_t at = KL_H_SECTIONS; at + 4 <= m->bytes_size; at += 4) {
        uint32_t kept = get32(m->bytes + at);
        const uint32_t odd[] = {0,          1,           2,           3,          7,
                                63,         64,          kept + 1,    kept - 1,   kept ^ 0x80000000u,
                                0x7FFFFFFF, 0x80000000u, 0xFFFFFFFEu, 0xFFFFFFFFu};
        for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
            kl_fault fault;
            put32(m->bytes + at, odd[i]);
            stamp(m->bytes, m->bytes_size);
            const kl_program *p = verify(m->bytes, m->bytes_size, &fault);
            if (p) {
                admitted++;
                use(p, &d);
            } else {
                refused++;
                assert_true(fault.offset <= m->bytes_size && fault.reason);
            }
        }
        put32(m->bytes + at, kept);
    }
    assert_true(admitted > 1000 && refused > 1000);
    image_free(m);
}

static void test_memory(void **state) {
    (void)state;
    image *m = rich_new();
    uint8_t *memory = malloc(kl_program_size() + 1);
    kl_fault fault;
    assert_null(kl_verify(memory, kl_program_size() - 1, m->bytes, m->bytes_size, &fault));
    assert_non_null(kl_verify(memory, kl_program_size(), m->bytes, m->bytes_size, &fault));
    uint8_t *shifted = malloc(m->bytes_size + 3); /* an image may lie anywhere */
    memcpy(shifted + 3, m->bytes, m->bytes_size);
    assert_non_null(kl_verify(memory, kl_program_size(), shifted + 3, m->bytes_size, &fault));
    free(shifted);
    free(memory);
    image_free(m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_damages),      cmocka_unit_test(test_the_byte_is_named),
        cmocka_unit_test(test_text_is_utf8), cmocka_unit_test(test_truncations_and_flips),
        cmocka_unit_test(test_any_word),     cmocka_unit_test(test_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
