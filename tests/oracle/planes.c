/* planes.c - guidelines compiled with and without shared planes decide random records alike, down to each trace plane.
 * May include: compiler/compiler.h, the image format, the public header, tests/chance.h.
 * Start at main(): planes SEED BATCHES FILE...; closes with 'N passed, N failed', a case for each file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/compiler.h"
#include "runtime/image.h"
#include "runtime/klausul.h"
#include "tests/chance.h"

enum { ROWS_MOST = 200, LIST_MOST = 64 };

static void *need(size_t n) {
    void *p = calloc(n ? n : 1, 1);
    if (!p) exit(2);
    return p;
}

/* ------------------------------------------------------------------ one guideline, compiled both ways */
static bool read_file(void *self, kl_arena *a, kl_str path, kl_str *text) {
    (void)self;
    kl_buf b, name;
    kl_buf_init(&b, a);
    kl_buf_init(&name, a);
    kl_buf_str(&name, path);
    kl_buf_add(&name, "", 1);
    FILE *f = fopen(name.p, "rb");
    if (!f) return false;
    char some[4096];
    for (size_t got; (got = fread(some, 1, sizeof some, f)) > 0;) kl_buf_add(&b, some, got);
    fclose(f);
    *text = (kl_str){b.p, b.n};
    return true;
}

typedef struct side {
    kl_buf image;
    void *memory, *work;
    const kl_program *p;
    kl_workspace *w;
    kl_budget_info budget;
} side;

static bool open_side(side *s, kl_arena *a, kl_diags *d, const ir_guideline *g, bool shared) {
    kl_fault fault;
    kl_buf_init(&s->image, a);
    if (!(shared ? kl_emit_image : kl_emit_image_plainly)(a, d, g, &s->image)) return false;
    s->memory = need(kl_program_size());
    s->p = kl_verify(s->memory, kl_program_size(), s->image.p, s->image.n, &fault);
    if (!s->p) {
        printf("refused at %zu: %s\n", fault.offset, fault.reason);
        return false;
    }
    size_t size = (kl_workspace_size(s->p) + 63) & ~(size_t)63;
    s->work = aligned_alloc(64, size);
    if (!s->work) exit(2);
    s->w = kl_workspace_init(s->p, s->work, size);
    kl_budget(s->p, &s->budget);
    return s->w != NULL;
}

static void close_side(side *s) {
    free(s->memory);
    free(s->work);
}

/* ------------------------------------------------------------------ records near what the rules compare with */
typedef struct pool {
    int64_t *numbers;
    kl_string *texts;
    uint32_t number_count, text_count;
} pool;

static uint32_t word_at(const side *s, size_t at) {
    const uint8_t *p = (const uint8_t *)s->image.p + at;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint32_t section(const side *s, kl_section of, uint32_t *count) {
    *count = word_at(s, KL_H_DIRECTORY + (size_t)of * 8 + 4);
    return word_at(s, KL_H_DIRECTORY + (size_t)of * 8);
}

static pool pool_of(const side *s) {
    pool out;
    uint32_t strings = section(s, KL_S_STRINGS, &out.text_count), texts = section(s, KL_S_TEXTS, &out.text_count);
    section(s, KL_S_CONSTS, &out.number_count);
    out.numbers = need(out.number_count * sizeof *out.numbers);
    out.texts = need(out.text_count * sizeof *out.texts);
    for (uint32_t i = 0; i < out.number_count; i++) out.numbers[i] = kl_constant(s->p, i);
    for (uint32_t i = 0; i < out.text_count; i++)
        out.texts[i] = (kl_string){s->image.p + strings + word_at(s, texts + (size_t)i * 8),
                                   word_at(s, texts + (size_t)i * 8 + 4)};
    return out;
}

static int64_t a_number(const pool *from, kl_kind kind) {
    int64_t v = (int64_t)below(40) - 5, most = kind == KL_DATE ? KL_DATE_MAX : KL_NUMBER_MAX,
            least = kind == KL_DATE ? KL_DATE_MIN : -KL_NUMBER_MAX;
    if (kind == KL_DATE) v += 19500;
    if (from->number_count && below(8)) {
        int64_t near = from->numbers[below(from->number_count)];
        if (near > least && near < most) v = near + (int64_t)below(3) - 1;
    }
    return v;
}

static void fill(kl_column *c, const kl_field_info *f, uint32_t values, const pool *from, uint32_t rows) {
    uint32_t unknown = below(4);
    uint64_t *known = need(KL_WORDS * sizeof *known);
    void *data = need(KL_ROWS_MAX * sizeof(kl_string));
    for (uint32_t i = 0; i < rows; i++) {
        if (unknown == 0 || below(unknown == 1 ? 8 : 2)) known[i / 64] |= UINT64_C(1) << i % 64;
        if (f->kind == KL_BOOL)
            ((uint64_t *)data)[i / 64] |= (chance() & 1) << i % 64;
        else if (f->kind == KL_VALUES)
            ((uint16_t *)data)[i] = (uint16_t)below(values);
        else if (f->kind == KL_SET)
            ((uint64_t *)data)[i] = chance() & chance() & (~UINT64_C(0) >> (64 - values));
        else if (f->kind == KL_TEXT)
            ((kl_string *)data)[i] =
                from->text_count && below(3) ? from->texts[below(from->text_count)] : (kl_string){"annat", below(6)};
        else
            ((int64_t *)data)[i] = a_number(from, f->kind);
    }
    c->known = known;
    switch (f->kind) {
    case KL_BOOL: c->as.bits = data; break;
    case KL_VALUES: c->as.codes = data; break;
    case KL_SET: c->as.sets = data; break;
    case KL_TEXT: c->as.texts = data; break;
    default: c->as.numbers = data;
    }
}

static void clear(kl_column *c) {
    free((void *)(uintptr_t)c->known);
    free((void *)(uintptr_t)c->as.bits);
}

/* ------------------------------------------------------------------ all that can be read of one record */
static uint64_t told;

static void tell(uint64_t v) {
    told = (told ^ v) * UINT64_C(0x100000001b3);
    told ^= told >> 29;
}

static void tell_result(const kl_result *r) {
    tell((uint64_t)r->state << 8 | r->reason);
    if (r->state == KL_DECIDED) tell((uint64_t)r->number ^ r->set);
    for (size_t i = 0; i < r->text.size; i++) tell((uint8_t)r->text.data[i]);
}

static void tell_list(const uint32_t *list, size_t n) {
    tell(n);
    for (size_t i = 0; i < n && i < LIST_MOST; i++) tell(list[i]);
}

static void tell_bits(const uint64_t *bits, size_t words) {
    for (size_t i = 0; i < words; i++) tell(bits[i]);
}

static void tell_outcome(kl_workspace *w, const kl_program *p, uint32_t i, uint32_t row) {
    kl_outcome_info o;
    kl_result r;
    uint32_t list[LIST_MOST];
    kl_ref reads[LIST_MOST];
    kl_outcome_of(p, i, &o);
    kl_outcome(w, i, row, &r);
    tell_result(&r);
    for (uint32_t slot = 0; slot < (o.many ? o.slots : 1); slot++) {
        if (o.many) kl_many(w, i, slot, row, &r), tell_result(&r), tell(kl_many_first(w, i, slot, row));
        for (uint32_t c = 0; o.many && c < o.columns; c++) kl_many_value(w, i, slot, c, row, &r), tell_result(&r);
        for (int sure = 0; sure < 2; sure++) tell_list(list, kl_by(w, i, slot, row, sure, list, LIST_MOST));
        for (uint32_t c = 0; c < (o.many ? o.columns : 1); c++) {
            size_t n = kl_value_reads(w, i, slot, c, row, reads, LIST_MOST);
            tell(n);
            for (size_t k = 0; k < n && k < LIST_MOST; k++) tell((uint64_t)reads[k].kind << 32 | reads[k].index);
        }
    }
    tell((uint64_t)kl_audit_of(w, i, row));
}

/* One number for each part of the answer: outcomes, what is missing, trace, findings. */
enum { TELL_OUTCOMES, TELL_WAITING, TELL_TRACE, TELL_FINDINGS, TELLS };
static const char *const TELL_NAMES[TELLS] = {"outcomes", "missing and open", "trace", "findings"};

static void tell_record(kl_workspace *w, const kl_program *p, const kl_guideline_info *g, uint32_t row,
                        uint64_t out[TELLS]) {
    size_t words = 1 + ((size_t)g->fields + g->assumptions + g->entries + g->outcomes) / 64;
    uint64_t *bits = need(4 * words * sizeof *bits);
    kl_waiting into = {bits, bits + words, bits + 2 * words, bits + 3 * words};
    uint32_t list[LIST_MOST];
    told = 0;
    for (uint32_t i = 0; i < g->outcomes; i++) tell_outcome(w, p, i, row);
    out[TELL_OUTCOMES] = told;
    for (uint32_t i = 0; i < g->outcomes; i++) {
        kl_wait(w, i, row, &into);
        tell_bits(bits, 4 * words);
    }
    out[TELL_WAITING] = told;
    for (uint32_t i = 0; i < g->entries; i++) {
        kl_entry_info e;
        const uint64_t *known, *value;
        kl_entry_of(p, i, &e);
        if (!e.traced || !kl_truth_planes(w, i, &known, &value)) continue;
        tell((uint64_t)kl_truth_of(w, i, row));
        tell((known[row / 64] >> row % 64 & 1) << 1 | (value[row / 64] >> row % 64 & 1));
        if (e.kind == KL_ENTRY_RULE || e.kind == KL_ENTRY_ROW) tell(kl_is_overridden(w, i, row));
    }
    out[TELL_TRACE] = told;
    for (int advice = 0; advice < 2; advice++) tell_list(list, kl_breaches(w, row, advice, list, LIST_MOST));
    tell_list(list, kl_blocked_by(w, row, list, LIST_MOST));
    memset(bits, 0, words * sizeof *bits);
    kl_assumptions_of(w, row, bits);
    tell_bits(bits, words);
    out[TELL_FINDINGS] = told;
    free(bits);
}

static bool same_records(const side *a, const side *b, const kl_guideline_info *g, uint32_t rows) {
    for (uint32_t row = 0; row < rows; row++) {
        uint64_t one[TELLS], other[TELLS];
        tell_record(a->w, a->p, g, row, one);
        tell_record(b->w, b->p, g, row, other);
        for (int i = 0; i < TELLS; i++) {
            if (one[i] == other[i]) continue;
            printf("record %u: not the same %s\n", row, TELL_NAMES[i]);
            return false;
        }
    }
    return true;
}

static bool same_batch(const side *a, const side *b, const kl_guideline_info *g, const pool *from) {
    kl_column *columns = need(g->fields * sizeof *columns);
    uint32_t rows = 1 + below(ROWS_MOST);
    kl_batch batch = {rows, columns};
    kl_fault fault;
    for (uint32_t i = 0; i < g->assumptions; i++) {
        bool known = chance() & 1;
        int64_t v = a_number(from, KL_INTEGER);
        if (!below(3) && kl_assume(a->w, i, known, v) != kl_assume(b->w, i, known, v)) return false;
    }
    for (uint32_t i = 0; i < g->fields; i++) {
        kl_field_info f;
        kl_set_info set = {.values = 0};
        kl_field_of(a->p, i, &f);
        if (f.set != KL_INDEX_NONE) kl_set_of(a->p, f.set, &set);
        fill(&columns[i], &f, set.values, from, rows);
    }
    bool same = kl_eval(a->w, &batch, &fault) && kl_eval(b->w, &batch, &fault) && same_records(a, b, g, rows);
    for (uint32_t i = 0; i < g->fields; i++) clear(&columns[i]);
    free(columns);
    return same;
}

/* Totals over all files. */
static unsigned long shared_code, plain_code;

static bool same_guideline(const char *path, uint32_t batches) {
    kl_arena *arena = kl_arena_new(0);
    kl_diags d;
    kl_options o = {.reader = {read_file, NULL}};
    side a = {.p = NULL}, b = {.p = NULL};
    kl_diags_init(&d, arena, KL_SV);
    kl_sources *s = kl_load(arena, &d, &o, kl_str_of(path));
    ir_guideline *g = s ? kl_check(arena, &d, s) : NULL;
    bool same = g && d.errors == 0 && open_side(&a, arena, &d, g, true) && open_side(&b, arena, &d, g, false);
    if (!same) kl_diags_text(&d, stdout, false);
    if (same) {
        kl_guideline_info info;
        pool from = pool_of(&a);
        kl_describe(a.p, &info);
        for (uint32_t i = 0; i < batches && same; i++) same = same_batch(&a, &b, &info, &from);
        if (a.budget.instructions > b.budget.instructions) {
            printf("%u instructions with shared planes, %u without\n", a.budget.instructions, b.budget.instructions);
            same = false;
        }
        shared_code += a.budget.instructions;
        plain_code += b.budget.instructions;
        free(from.numbers);
        free(from.texts);
    }
    close_side(&a);
    close_side(&b);
    kl_arena_free(arena);
    return same;
}

int main(int argc, char **argv) {
    unsigned passed = 0, failed = 0;
    if (argc < 3) {
        fprintf(stderr, "usage: %s SEED BATCHES FILE...\n", argv[0]);
        return 2;
    }
    uint64_t first = strtoull(argv[1], NULL, 10);
    uint32_t batches = (uint32_t)strtoul(argv[2], NULL, 10);
    for (int i = 3; i < argc; i++) {
        seed = first;
        if (same_guideline(argv[i], batches)) {
            passed++;
        } else {
            printf("FAILED %s\n", argv[i]);
            failed++;
        }
    }
    printf("%lu instructions, %lu without shared planes\n%u passed, %u failed\n", shared_code, plain_code, passed,
           failed);
    return failed != 0;
}
