/* memory.c - the library alone on yardstick.klausul: memory times|batches|one|start IMAGE [ROWS [UNKNOWN OF 1000]].
 * May include: the runtime's public header, the helpers beside it, the C library.
 * Start at main(). `times` prints nanoseconds per record: batches of columns, one record with trace, loops of plain C; `batches` and `one` decide
 * all records once, to be counted or compared with another machine; `start` decides one record and ends. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "runtime/klausul.h"
#include "tests/bench/given.h"
#include "tests/bench/record.h"

enum { ROUNDS = 7, PASSES = 8, FIELDS_MOST = 32 };

typedef struct source { /* the image's fields in the order of its guideline */
    const kl_program *program;
    kl_workspace *workspace;
    const kl_kernels *kernels; /* those of KLAUSUL_SIMD, else the best */
    uint32_t fields, outcomes, entries;
    int meaning[FIELDS_MOST]; /* a fact, or what follows */
} source;
enum { OF_ID = FACTS, OF_DATE, OF_FORM, OF_PROFESSION, OF_CODE, OF_LICENSED };

static void *take(size_t size) {
    void *p = aligned_alloc(64, (size + 63) / 64 * 64);
    if (p) return memset(p, 0, size);
    fprintf(stderr, "out of memory\n");
    exit(1);
}

static double now(void) { /* processor time: what else the machine does shall not count */
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int meaning_of(const kl_program *p, uint32_t field, uint32_t inputs) {
    static const char *const others[] = {"contact_id", "date", "contact_type", "profession", "kva", "licensed"};
    for (uint32_t i = 0; i < inputs; i++) {
        kl_string name = kl_field_input(p, field, i);
        for (int k = 0; k < FACTS; k++)
            if (strlen(bench_fact_names[k]) == name.size && !memcmp(bench_fact_names[k], name.data, name.size))
                return k;
        for (int k = 0; k < 6; k++)
            if (strlen(others[k]) == name.size && !memcmp(others[k], name.data, name.size)) return FACTS + k;
    }
    fprintf(stderr, "field %u is not of yardstick.klausul\n", field);
    exit(1);
}

static source load(const char *path) {
    source s = {0};
    FILE *f = fopen(path, "rb");
    long length = f && fseek(f, 0, SEEK_END) == 0 ? ftell(f) : 0;
    if (length > 0) rewind(f);
    char *image = take((size_t)length + 1);
    size_t size = length > 0 ? fread(image, 1, (size_t)length, f) : 0;
    kl_fault fault = {0, 0, "no such file"};
    void *memory = take(kl_program_size());
    s.program = size ? kl_verify(memory, kl_program_size(), image, size, &fault) : NULL;
    if (!s.program) {
        fprintf(stderr, "%s: %s\n", path, fault.reason);
        exit(1);
    }
    fclose(f);
    kl_guideline_info info;
    kl_describe(s.program, &info);
    s.fields = info.fields < FIELDS_MOST ? info.fields : FIELDS_MOST;
    s.outcomes = info.outcomes;
    s.entries = info.entries;
    for (uint32_t i = 0; i < s.fields; i++) {
        kl_field_info field;
        kl_field_of(s.program, i, &field);
        s.meaning[i] = meaning_of(s.program, i, field.inputs);
    }
    size_t room = kl_workspace_size(s.program);
    s.workspace = kl_workspace_init(s.program, take(room), room);
    const char *variant = getenv("KLAUSUL_SIMD");
    s.kernels = variant ? kl_kernels_of(variant) : kl_kernels_best();
    if (variant && !s.kernels) {
        fprintf(stderr, "%s: this machine lacks it\n", variant);
        exit(1);
    }
    kl_workspace_use(s.workspace, s.kernels);
    return s;
}

/* Columns of whole batches, one after another: `batches` times `fields`. */
typedef struct stored {
    uint64_t *known, *bits;
    uint16_t *codes;
    int64_t *numbers;
    kl_string *texts;
} stored;

static int64_t day_number(const bench_record *r) { /* days since 1970-01-01 */
    static const int before[12] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int64_t years = r->year - 1970;
    int leap_day = r->year % 4 == 0 && r->month > 2; /* years of the benchmark only */
    return years * 365 + (years + 1) / 4 + before[r->month - 1] + leap_day + r->day - 1;
}

static void put(stored *s, int meaning, uint32_t row, const bench_record *r, char *id) {
    uint64_t bit = UINT64_C(1) << (row % 64);
    uint8_t truth = meaning < FACTS ? r->facts[meaning] : r->licensed;
    if (meaning != OF_LICENSED && meaning >= FACTS) truth = YES;
    if (truth != UNKNOWN) s->known[row / 64] |= bit;
    if (meaning == OF_ID)
        s->texts[row] = (kl_string){id, (size_t)snprintf(id, 16, "%llu", (unsigned long long)r->id)};
    else if (meaning == OF_DATE)
        s->numbers[row] = day_number(r);
    else if (meaning == OF_FORM || meaning == OF_PROFESSION || meaning == OF_CODE)
        s->codes[row] = meaning == OF_FORM ? r->form : meaning == OF_PROFESSION ? r->profession : !r->coded;
    else if (truth == YES)
        s->bits[row / 64] |= bit;
}

/* Each field's column is one run of memory over all batches, as a table in memory has it. */
static kl_column *columns_of(const source *s, const bench_record *records, size_t batches, uint32_t rows) {
    kl_column *columns = take(batches * s->fields * sizeof *columns);
    char *ids = take(batches * rows * 16);
    size_t words = (rows + 63) / 64, all = batches * rows;
    for (uint32_t f = 0; f < s->fields; f++) {
        int meaning = s->meaning[f];
        bool text = meaning == OF_ID, number = meaning == OF_DATE,
             code = meaning == OF_FORM || meaning == OF_PROFESSION || meaning == OF_CODE;
        stored to = {take(batches * words * 8), NULL, NULL, NULL, NULL};
        if (text)
            to.texts = take(all * sizeof *to.texts);
        else if (number)
            to.numbers = take(all * sizeof *to.numbers);
        else if (code)
            to.codes = take(all * sizeof *to.codes);
        else
            to.bits = take(batches * words * 8);
        for (size_t b = 0; b < batches; b++) {
            kl_column *column = &columns[b * s->fields + f];
            column->known = to.known;
            if (text)
                column->as.texts = to.texts;
            else if (number)
                column->as.numbers = to.numbers;
            else if (code)
                column->as.codes = to.codes;
            else
                column->as.bits = to.bits;
            for (uint32_t i = 0; i < rows; i++) put(&to, meaning, i, &records[b * rows + i], ids + (b * rows + i) * 16);
            to.known += words;
            if (text) to.texts += rows;
            if (number) to.numbers += rows;
            if (code) to.codes += rows;
            if (to.bits) to.bits += words;
        }
    }
    return columns;
}

static void decide(const source *s, const kl_column *columns, uint32_t rows) {
    kl_fault fault;
    if (kl_eval(s->workspace, &(kl_batch){rows, columns}, &fault)) return;
    fprintf(stderr, "row %zu, field %u: %s\n", fault.offset, fault.field, fault.reason);
    exit(1);
}

/* All results of every record and the planes of the trace are computed by kl_eval; of some a word is looked at. */
static double batches_of(const source *s, const kl_column *columns, size_t batches, uint64_t *sum) {
    double start = now();
    for (size_t b = 0; b < batches; b++) {
        decide(s, columns + b * s->fields, KL_ROWS_MAX);
        const uint64_t *yes, *no;
        if (kl_truth_planes(s->workspace, (uint32_t)(b % s->entries), &yes, &no))
            *sum += yes[b % KL_WORDS] ^ no[b % KL_WORDS];
    }
    return (now() - start) / (double)(batches * KL_ROWS_MAX);
}

static double one_by_one(const source *s, const kl_column *columns, size_t many, uint64_t *sum) {
    uint8_t *truths = take(s->entries);
    kl_result *results = take(s->outcomes * sizeof *results);
    double start = now();
    for (size_t i = 0; i < many; i++) {
        decide(s, columns + i * s->fields, 1);
        kl_outcomes(s->workspace, 0, results);
        for (uint32_t o = 0; o < s->outcomes; o++) *sum += (uint64_t)results[o].number + results[o].state;
        kl_truths(s->workspace, 0, truths);
        for (uint32_t e = 0; e < s->entries; e++) *sum += truths[e];
    }
    double took = now() - start;
    free(truths);
    free(results);
    return took / (double)many;
}

static double own_loop(const bench_record *records, size_t rows, uint64_t *sum) {
    double start = now();
    for (size_t i = 0; i < rows; i++) {
        bench_decision d = bench_decide(&records[i]);
        *sum += (uint64_t)d.qualified + d.fee + d.points + d.ground;
    }
    return (now() - start) / (double)rows;
}

static uint8_t *bytes_of(const bench_record *records, size_t rows, int column) {
    static const uint8_t truths[] = {[NO] = 0, [UNKNOWN] = 2, [YES] = 1};
    static const int facts[] = {[G_PLANNED] = PLANNED,
                                [G_LISTED] = LISTED,
                                [G_DIALOG] = DIALOG,
                                [G_EQUALS] = LIKE_A_VISIT,
                                [G_ASSESSED] = ASSESSED,
                                [G_JOURNALED] = IN_JOURNAL,
                                [G_LOGIN] = STRONG_LOGIN,
                                [G_PRESCRIPTION] = PRESCRIPTION_ONLY,
                                [G_CERTIFICATE] = CERTIFICATE_ONLY,
                                [G_AID] = AID_ONLY,
                                [G_MEASURES] = OWN_MEASURES_ONLY};
    uint8_t *bytes = take(rows);
    for (size_t i = 0; i < rows; i++) {
        const bench_record *r = &records[i];
        bytes[i] = column == G_FORM          ? r->form
                   : column == G_PHYSICIAN   ? r->profession == 0
                   : column == G_CODED       ? r->coded
                   : column == G_BEFORE_2023 ? r->year < 2023
                   : column == G_LICENSED    ? truths[r->licensed]
                                             : truths[r->facts[facts[column]]];
    }
    return bytes;
}

static double given_loop(const bench_record *records, size_t rows, uint64_t *sum) {
    const uint8_t *columns[G_COLUMNS];
    for (int i = 0; i < G_COLUMNS; i++) columns[i] = bytes_of(records, rows, i);
    double start = now();
    bool given = bench_given(columns, rows, sum);
    double took = now() - start;
    for (int i = 0; i < G_COLUMNS; i++) free((void *)(uintptr_t)columns[i]);
    return given ? took / (double)rows : 0;
}

static int ascending(const void *x, const void *y) {
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static int decide_one(const source *s, const bench_record *record) {
    kl_result result;
    decide(s, columns_of(s, record, 1, 1), 1);
    kl_outcome(s->workspace, 0, 0, &result);
    return result.state == KL_DECIDED ? 0 : 1;
}

/* A pass to warm, then the mean of several. */
#define SEVERAL(time, call)                                                                                            \
    do {                                                                                                               \
        (void)(call);                                                                                                  \
        double all = 0;                                                                                                \
        for (int pass = 0; pass < PASSES; pass++) all += (call);                                                       \
        (time) = all / PASSES;                                                                                         \
    } while (0)

static void print_times(const source *s, const bench_record *records, size_t rows, uint64_t *sum) {
    enum { BATCH, UNTRACED, PORTABLE, OWN_LOOP, GIVEN_LOOP, ONE, KINDS };
    static const char *const names[KINDS] = {"batch", "untraced", "portable", "own_loop", "given_loop", "one"};
    size_t batches = rows / KL_ROWS_MAX, many = rows < 10000 ? rows : 10000;
    const kl_column *full = columns_of(s, records, batches, KL_ROWS_MAX), *single = columns_of(s, records, many, 1);
    double times[KINDS][ROUNDS];
    for (int i = 0; i < ROUNDS; i++) { /* in turn, so that what disturbs one disturbs all */
        SEVERAL(times[BATCH][i], batches_of(s, full, batches, sum));
        kl_workspace_trace(s->workspace, false);
        SEVERAL(times[UNTRACED][i], batches_of(s, full, batches, sum));
        kl_workspace_trace(s->workspace, true);
        kl_workspace_use(s->workspace, kl_kernels_of("portable"));
        SEVERAL(times[PORTABLE][i], batches_of(s, full, batches, sum));
        kl_workspace_use(s->workspace, s->kernels);
        SEVERAL(times[OWN_LOOP][i], own_loop(records, rows, sum));
        SEVERAL(times[GIVEN_LOOP][i], given_loop(records, rows, sum));
        SEVERAL(times[ONE][i], one_by_one(s, single, many, sum));
    }
    for (int k = 0; k < KINDS; k++) {
        qsort(times[k], ROUNDS, sizeof(double), ascending);
        printf("%s\"%s\": %.4f", k ? ", " : "{", names[k], times[k][ROUNDS / 2]);
    }
    printf(", \"sum\": %llu}\n", (unsigned long long)*sum);
}

int main(int argc, char **argv) {
    const char *verb = argc > 2 ? argv[1] : "";
    bool times = strcmp(verb, "times") == 0, all = strcmp(verb, "batches") == 0, one = strcmp(verb, "one") == 0;
    if (!times && !all && !one && strcmp(verb, "start") != 0) {
        fprintf(stderr, "usage: memory times|batches|one|start IMAGE [ROWS [UNKNOWN OF 1000]]\n");
        return 2;
    }
    size_t rows = argc > 3 ? (size_t)strtod(argv[3], NULL) : times ? 131072 : 1;
    unsigned unknown = argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 10;
    if (times || all) rows = (rows + KL_ROWS_MAX - 1) / KL_ROWS_MAX * KL_ROWS_MAX;
    uint64_t sum = 0, state = 1;
    bench_record *records = take(rows * sizeof *records), r = {0};
    for (size_t i = 0; i < rows; i++) {
        bench_next(&state, unknown, &r);
        records[i] = r;
    }
    source s = load(argv[2]);
    if (times) {
        print_times(&s, records, rows, &sum);
        return 0;
    }
    if (all)
        batches_of(&s, columns_of(&s, records, rows / KL_ROWS_MAX, KL_ROWS_MAX), rows / KL_ROWS_MAX, &sum);
    else if (one)
        one_by_one(&s, columns_of(&s, records, rows, 1), rows, &sum);
    else
        return decide_one(&s, records);
    printf("%llu\n", (unsigned long long)sum); /* the same whatever machine and variant */
    return 0;
}
