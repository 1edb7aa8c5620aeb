/* image.c - image fuzzer: damaged images are refused, or decide a random batch without a fault (run it under ASan and UBSan).
 * May include: the public header, the image format, tests/chance.h, the C library. Build it with the runtime sources and the sanitizers.
 * Start at main(): image SECONDS SEED IMAGE... ; prints how many were refused and admitted; exit status 0, or the sanitizer's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "runtime/image.h"
#include "runtime/klausul.h"
#include "tests/chance.h"

#define ROWS 70u /* more than one 64-bit word, not a whole number of them */
#define WORKSPACE_MOST ((size_t)64 * 1024 * 1024)

/* ------------------------------------------------------------------ images */
typedef struct image {
    uint8_t *bytes;
    size_t size;
} image;

static image read_image(const char *path) {
    image im = {NULL, 0};
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        exit(2);
    }
    size_t room = 0;
    for (;;) {
        if (im.size == room) {
            room = room ? room * 2 : 65536;
            uint8_t *more = realloc(im.bytes, room);
            if (!more) exit(2);
            im.bytes = more;
        }
        size_t got = fread(im.bytes + im.size, 1, room - im.size, f);
        if (!got) break;
        im.size += got;
    }
    fclose(f);
    return im;
}

static void put32(uint8_t *p, uint32_t v) {
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)(v >> 8 * i);
}

static uint32_t get32(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void restamp(image im) {
    if (im.size < KL_H_SECTIONS) return;
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = KL_H_SECTIONS; i < im.size; i++) h = (h ^ im.bytes[i]) * UINT64_C(0x100000001b3);
    for (int i = 0; i < 8; i++) im.bytes[KL_H_CHECKSUM + i] = (uint8_t)(h >> 8 * i);
}

/* A damaged copy, in a block of exactly its size so that a read past the end is seen. */
static image damaged(const image *real, size_t reals, int *how) {
    const image *from = &real[below(reals)];
    image im = {NULL, from->size};
    *how = (int)below(6);
    if (*how == 0) im.size = below(4096);       /* random bytes */
    if (*how == 1) im.size = below(from->size); /* truncated */
    im.bytes = malloc(im.size ? im.size : 1);
    if (!im.bytes) exit(2);
    if (*how == 0) {
        for (size_t i = 0; i < im.size; i++) im.bytes[i] = (uint8_t)chance();
        if (im.size >= 8 && chance() & 1) memcpy(im.bytes, KL_IMAGE_MAGIC, 8);
        return im;
    }
    memcpy(im.bytes, from->bytes, im.size);
    if (*how == 1) {
        if (im.size >= KL_H_CHECKSUM && chance() & 1) put32(im.bytes + KL_H_SIZE, (uint32_t)im.size);
        if (chance() & 1) restamp(im);
        return im;
    }
    static const uint32_t odd[] = {0,          1,          2,          5,          7,       63,  64,
                                   0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe, 0x10000, 1024};
    size_t changes = *how == 2 ? 1 : *how == 3 ? 1 : 1 + below(4);
    for (size_t i = 0; i < changes && im.size >= 4; i++) {
        size_t at = below(im.size);
        if (*how == 2)
            im.bytes[at] ^= (uint8_t)(1u << below(8)); /* one bit */
        else if (*how == 3)
            im.bytes[at] = (uint8_t)chance();
        else {
            at &= ~(size_t)3;
            uint32_t old = get32(im.bytes + at);
            uint32_t v = *how == 4 ? odd[below(sizeof odd / sizeof *odd)] : old + below(9) - 4u;
            put32(im.bytes + at, v); /* one word made odd, or moved a little */
        }
    }
    if (*how != 2 || below(16)) restamp(im);
    return im;
}

/* ------------------------------------------------------------------ one decided batch */
static void *need(size_t n) {
    void *p = calloc(n ? n : 1, 1);
    if (!p) exit(2);
    return p;
}

static void fill(kl_column *column, const kl_field_info *field, const kl_program *p, void **blocks, size_t *count) {
    uint64_t *known = need(KL_WORDS * sizeof *known);
    for (size_t i = 0; i < KL_WORDS; i++) known[i] = chance() | chance();
    blocks[(*count)++] = known;
    column->known = below(8) ? known : NULL;
    uint32_t values = 0;
    if (field->kind == KL_VALUES || field->kind == KL_SET) {
        kl_set_info set;
        kl_set_of(p, field->set, &set);
        values = set.values;
    }
    bool wild = !below(40); /* now and then what the field cannot hold: kl_eval must refuse the batch */
    void *data = need(KL_ROWS_MAX * sizeof(kl_string));
    blocks[(*count)++] = data;
    for (size_t i = 0; i < ROWS; i++) {
        switch (field->kind) {
        case KL_BOOL: ((uint64_t *)data)[i / 64] ^= (chance() & 1) << i % 64; break;
        case KL_VALUES: ((uint16_t *)data)[i] = (uint16_t)(wild ? chance() : below(values)); break;
        case KL_SET:
            ((uint64_t *)data)[i] = wild || values >= 64 ? chance() : chance() & ((UINT64_C(1) << values) - 1);
            break;
        case KL_TEXT: ((kl_string *)data)[i] = (kl_string){"räv å bi", below(10)}; break;
        default: {
            static const int64_t odd[] = {0, 1, 2, 10, 100, 10000, 19000, -1, KL_NUMBER_MAX, -KL_NUMBER_MAX};
            int64_t v = below(3) ? odd[below(sizeof odd / sizeof *odd)] : (int64_t)below(20000);
            if (field->kind == KL_DATE && (v > KL_DATE_MAX || v < KL_DATE_MIN)) v = 19000;
            ((int64_t *)data)[i] = wild ? (int64_t)chance() : v;
        }
        }
    }
    switch (field->kind) {
    case KL_BOOL: column->as.bits = data; break;
    case KL_VALUES: column->as.codes = data; break;
    case KL_SET: column->as.sets = data; break;
    case KL_TEXT: column->as.texts = data; break;
    default: column->as.numbers = data;
    }
}

static uint64_t sum; /* everything read goes in here, so that nothing read is thrown away unread */

static void take(kl_string s) {
    for (size_t i = 0; i < s.size; i++) sum += (uint8_t)s.data[i];
}

static void take_result(const kl_result *r) {
    sum += (uint64_t)r->state + r->reason;
    if (r->state == KL_DECIDED || r->state == KL_EXTERNAL) sum += (uint64_t)r->number + r->set;
    take(r->text);
}

static void read_schema(const kl_program *p, const kl_guideline_info *g) {
    take(g->name), take(g->title), take(g->issuer), take(g->document), take(g->currency), take(g->edition);
    for (uint32_t i = 0; i < g->sources; i++) {
        kl_source_info s;
        kl_source_of(p, i, &s);
        take(s.name);
        sum += s.hash[31];
    }
    for (uint32_t i = 0; i < g->sets; i++) {
        kl_set_info s;
        kl_set_of(p, i, &s);
        take(s.name), take(s.title);
        for (uint32_t k = 0; k < s.values; k++) {
            kl_value_info v;
            kl_value_of(p, i, k, &v);
            take(v.name), take(v.label);
            for (uint32_t c = 0; c < v.codes; c++) take(kl_value_code(p, i, k, c));
        }
    }
    for (uint32_t i = 0; i < g->assumptions; i++) {
        kl_assumption_info a;
        kl_assumption_of(p, i, &a);
        take(a.name), take(a.title), take(a.citation);
    }
    for (uint32_t i = 0; i < g->entries; i++) {
        kl_entry_info e;
        kl_entry_of(p, i, &e);
        take(e.id), take(e.label), take(e.title), take(e.citation), take(e.open), take(e.because);
        for (uint32_t k = 0; k < e.reads; k++) sum += kl_entry_read(p, i, k).index;
    }
    kl_instruction in;
    for (uint32_t i = 0; kl_disassemble(p, i, &in); i++) sum += (uint64_t)in.name[0] + in.dst;
}

static void read_record(kl_workspace *w, const kl_program *p, const kl_guideline_info *g, uint32_t row) {
    uint32_t entries[8];
    kl_result r;
    for (uint32_t i = 0; i < g->outcomes; i++) {
        kl_outcome_info o;
        kl_outcome_of(p, i, &o);
        take(o.name);
        kl_outcome(w, i, row, &r);
        take_result(&r);
        for (uint32_t slot = 0; slot < (o.many ? o.slots : 1); slot++) {
            if (o.many) {
                kl_many(w, i, slot, row, &r);
                take_result(&r);
                for (uint32_t c = 0; c < o.columns; c++) {
                    kl_many_value(w, i, slot, c, row, &r);
                    take_result(&r);
                }
            }
            sum += kl_by(w, i, slot, row, true, entries, 8) + kl_by(w, i, slot, row, false, entries, 8);
        }
        size_t words = 2 + ((size_t)g->fields + g->assumptions + g->entries + g->outcomes) / 64;
        uint64_t *bits = need(4 * words * sizeof *bits);
        kl_waiting into = {bits, bits + words, bits + 2 * words, bits + 3 * words};
        kl_wait(w, i, row, &into);
        sum += bits[0];
        free(bits);
        sum += (uint64_t)kl_audit_of(w, i, row);
    }
    for (uint32_t i = 0; i < g->entries; i++) {
        kl_entry_info e;
        kl_entry_of(p, i, &e);
        if (e.traced) sum += (uint64_t)kl_truth_of(w, i, row);
    }
    sum += kl_breaches(w, row, false, entries, 8) + kl_breaches(w, row, true, entries, 8) +
           kl_blocked_by(w, row, entries, 8);
    uint64_t *bits = need(((size_t)g->assumptions / 64 + 1) * sizeof *bits);
    kl_assumptions_of(w, row, bits);
    free(bits);
    for (uint32_t i = 0; i < g->fields; i++) {
        bool received;
        kl_field_value(w, i, row, &received, &r);
        take_result(&r);
    }
}

/* Whether two records wait for the same, the audit says the same of them, and the same may have decided. */
static bool alike_in_all(kl_workspace *w, const kl_guideline_info *g, uint32_t o, uint32_t row, uint32_t like) {
    size_t words[4] = {g->fields / 64 + 1, g->assumptions / 64 + 1, g->entries / 64 + 1, g->outcomes / 64 + 1};
    size_t all = words[0] + words[1] + words[2] + words[3];
    uint64_t *bits = need(2 * all * sizeof *bits);
    uint32_t one[8], other[8];
    for (int i = 0; i < 2; i++) {
        uint64_t *own = bits + (size_t)i * all;
        kl_waiting into = {own, own + words[0], own + words[0] + words[1], own + words[0] + words[1] + words[2]};
        kl_wait(w, o, i ? like : row, &into);
        kl_assumptions_of(w, i ? like : row, into.assumptions);
    }
    bool same = memcmp(bits, bits + all, all * sizeof *bits) == 0 && kl_audit_of(w, o, row) == kl_audit_of(w, o, like);
    size_t n = kl_by(w, o, 0, row, false, one, 8);
    same &= kl_by(w, o, 0, like, false, other, 8) == n && !memcmp(one, other, (n < 8 ? n : 8) * sizeof *one);
    free(bits);
    return same;
}

/* Records with equal marks are told alike. */
static void check_marks(kl_workspace *w, const kl_guideline_info *g, uint32_t rows, bool all) {
    uint32_t words = kl_mark_words(w, all), one[8], other[8];
    if (!words) return;
    uint64_t *marks = need((size_t)words * rows * sizeof *marks);
    bool drawn = kl_marks(w, all, marks);
    for (uint32_t row = 1; row < rows && drawn; row++) {
        uint32_t like = below(row);
        if (memcmp(marks + (size_t)row * words, marks + (size_t)like * words, words * sizeof *marks) != 0) continue;
        bool same = true;
        for (uint32_t o = 0; o < g->outcomes; o++) {
            kl_result a, b;
            kl_outcome(w, o, row, &a);
            kl_outcome(w, o, like, &b);
            size_t n = kl_by(w, o, 0, row, true, one, 8);
            same &= a.state == b.state && a.reason == b.reason && a.number == b.number && a.text.data == b.text.data;
            same &= kl_by(w, o, 0, like, true, other, 8) == n && !memcmp(one, other, (n < 8 ? n : 8) * sizeof *one);
            same &= !all || alike_in_all(w, g, o, row, like);
        }
        size_t n = kl_blocked_by(w, row, one, 8);
        same &= kl_blocked_by(w, like, other, 8) == n && !memcmp(one, other, (n < 8 ? n : 8) * sizeof *one);
        if (same) continue;
        fprintf(stderr, "records %u and %u have equal marks%s and are told apart\n", row, like, all ? " of all" : "");
        exit(1);
    }
    free(marks);
}

/* Asked for all records at once, the same are named as one by one. */
static void check_deciders(const kl_workspace *w, const kl_guideline_info *g, uint32_t rows) {
    uint32_t *at = need((rows + 1) * sizeof *at), *entries = NULL, one[8];
    for (uint32_t o = 0; o < g->outcomes; o++) {
        size_t all = kl_by_rows(w, o, 0, at, NULL, 0);
        entries = need((all + 1) * sizeof *entries);
        bool same = kl_by_rows(w, o, 0, at, entries, all) == all && at[rows] == all;
        for (uint32_t row = 0; row < rows && same; row++) {
            size_t n = kl_by(w, o, 0, row, true, one, 8);
            same = at[row + 1] - at[row] == n && !memcmp(one, entries + at[row], (n < 8 ? n : 8) * sizeof *one);
        }
        free(entries);
        if (same) continue;
        fprintf(stderr, "who decided outcome %u differs, asked at once and one by one\n", o);
        exit(1);
    }
    free(at);
}

static uint64_t told_of(const kl_workspace *w, const kl_guideline_info *g, uint32_t rows) {
    uint64_t told = 0;
    uint8_t *truths = need(g->entries);
    kl_result *results = need(g->outcomes * sizeof *results);
    for (uint32_t row = 0; row < rows; row++) {
        kl_truths(w, row, truths);
        for (uint32_t e = 0; e < g->entries; e++) told = (told ^ truths[e]) * UINT64_C(0x9E3779B97F4A7C15);
        kl_outcomes(w, row, results);
        for (uint32_t o = 0; o < g->outcomes; o++) {
            kl_result r;
            kl_outcome(w, o, row, &r);
            if (memcmp(&results[o], &r, sizeof r) != 0) {
                fprintf(stderr, "outcome %u differs, asked with the others and alone\n", o);
                exit(1);
            }
            told = (told ^ (uint64_t)r.number ^ (uint64_t)r.state << 32 ^ r.reason) * UINT64_C(0x9E3779B97F4A7C15);
        }
    }
    free(truths);
    free(results);
    return told;
}

/* The widest kernels decide as the core's own do; they are left in use. */
static void check_kernels(kl_workspace *w, const kl_guideline_info *g, const kl_batch *batch) {
    uint64_t own = told_of(w, g, batch->rows);
    kl_workspace_use(w, kl_kernels_best());
    if (kl_eval(w, batch, NULL) && told_of(w, g, batch->rows) == own) return;
    fprintf(stderr, "%s decides otherwise than portable\n", kl_kernels_name(kl_kernels_best()));
    exit(1);
}

static bool decide(const kl_program *p) {
    kl_guideline_info g;
    kl_describe(p, &g);
    read_schema(p, &g);
    size_t size = kl_workspace_size(p);
    if (size > WORKSPACE_MOST) return false;
    void *memory = aligned_alloc(64, (size + 63) & ~(size_t)63);
    if (!memory) exit(2);
    kl_workspace *w = kl_workspace_init(p, memory, (size + 63) & ~(size_t)63);
    bool decided = false;
    if (w) {
        for (uint32_t i = 0; i < g.assumptions; i++)
            if (!below(3)) kl_assume(w, i, chance() & 1, (int64_t)below(20) - 3);
        kl_column *columns = need(g.fields * sizeof *columns);
        void **blocks = need(2 * (size_t)g.fields * sizeof *blocks);
        size_t count = 0;
        for (uint32_t i = 0; i < g.fields; i++) {
            kl_field_info f;
            kl_field_of(p, i, &f);
            for (uint32_t k = 0; k < f.inputs; k++) take(kl_field_input(p, i, k));
            fill(&columns[i], &f, p, blocks, &count);
        }
        kl_batch batch = {below(4) ? 1 + below(ROWS) : 1, columns};
        kl_fault fault;
        kl_workspace_trace(w, below(3) != 0);
        decided = kl_eval(w, &batch, &fault);
        if (decided) check_kernels(w, &g, &batch);
        if (decided) check_deciders(w, &g, batch.rows);
        if (decided) check_marks(w, &g, batch.rows, false);
        check_marks(w, &g, batch.rows, true);
        if (decided)
            for (uint32_t row = 0; row < batch.rows; row += 1 + below(9)) read_record(w, p, &g, row);
        while (count) free(blocks[--count]);
        free(blocks);
        free(columns);
    }
    free(memory);
    return decided;
}

int main(int argc, char **argv) {
    if (argc < 4) {
        fprintf(stderr, "usage: %s SECONDS SEED IMAGE...\n", argv[0]);
        return 2;
    }
    double seconds = strtod(argv[1], NULL);
    seed = strtoull(argv[2], NULL, 10);
    size_t reals = (size_t)argc - 3;
    image *real = need(reals * sizeof *real);
    void *memory = need(kl_program_size());
    for (size_t i = 0; i < reals; i++) {
        real[i] = read_image(argv[3 + i]);
        kl_fault fault;
        const kl_program *p = kl_verify(memory, kl_program_size(), real[i].bytes, real[i].size, &fault);
        if (!p) {
            fprintf(stderr, "%s: refused at %zu: %s\n", argv[3 + i], fault.offset, fault.reason);
            return 1;
        }
        decide(p);
    }
    unsigned long refused[6] = {0}, admitted[6] = {0}, decided = 0;
    struct timespec from, now;
    timespec_get(&from, TIME_UTC);
    do {
        for (int i = 0; i < 50; i++) {
            int how;
            image im = damaged(real, reals, &how);
            kl_fault fault = {0, 0, NULL};
            const kl_program *p = kl_verify(memory, kl_program_size(), im.bytes, im.size, &fault);
            if (p) {
                admitted[how]++;
                decided += decide(p);
            } else {
                refused[how]++;
                if (!fault.reason || fault.offset > im.size) {
                    fprintf(stderr, "refused without a reason or past the end (%zu of %zu)\n", fault.offset, im.size);
                    return 1;
                }
            }
            free(im.bytes);
        }
        timespec_get(&now, TIME_UTC);
    } while ((double)(now.tv_sec - from.tv_sec) < seconds);
    static const char *const names[] = {"random bytes", "truncated", "one bit", "one byte", "odd words", "moved words"};
    for (int i = 0; i < 6; i++) printf("%-14s %8lu refused %8lu admitted\n", names[i], refused[i], admitted[i]);
    printf("%lu batches decided on damaged images, 0 failed (sum %llu)\n", decided, (unsigned long long)sum);
    for (size_t i = 0; i < reals; i++) free(real[i].bytes);
    free(real);
    free(memory);
    return 0;
}
