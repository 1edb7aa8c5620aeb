/* one.c - decides one record with the runtime that came as one C file, and prints each outcome with its state and the clause.
 * May include: the C library and <klausul.h>; see lang/spec/embedding.md.
 * Start at main(): cc -I build -o one examples/embedding/one.c build/klausul.c && ./one vgr.image form=video planerad=ja */
#include <klausul.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { IMAGE_MOST = 1 << 24, FIELDS_MOST = 4096 };
static uint8_t image[IMAGE_MOST];
static kl_column columns[FIELDS_MOST]; /* all zero: unknown */
static uint64_t held[FIELDS_MOST];     /* a yes/no as a bit */
static uint16_t codes[FIELDS_MOST];
static int64_t numbers[FIELDS_MOST];
static const uint64_t known = 1; /* of the one record */

static bool same(kl_string a, const char *b, size_t size) {
    return a.size == size && memcmp(a.data, b, size) == 0;
}

/* FIELD=VALUE: yes/no as ja or nej, codes by name, numbers as the runtime has them: dates in days since 1970-01-01, money in hundredths. */
static bool give(const kl_program *p, uint32_t fields, const char *word) {
    const char *value = strchr(word, '=');
    for (uint32_t i = 0; value && i < fields; i++) {
        kl_field_info f;
        kl_set_info set = {.values = 0};
        kl_field_of(p, i, &f);
        if (!same(f.name, word, (size_t)(value - word))) continue;
        columns[i].known = &known;
        if (f.kind == KL_BOOL) {
            held[i] = strcmp(value, "=ja") == 0;
            columns[i].as.bits = &held[i];
            return true;
        }
        if (f.kind == KL_SET || f.kind == KL_TEXT) return false;
        if (f.kind != KL_VALUES) {
            numbers[i] = strtoll(value + 1, NULL, 10);
            columns[i].as.numbers = &numbers[i];
            return true;
        }
        kl_set_of(p, f.set, &set);
        uint16_t *code = &codes[i];
        for (*code = 0; *code < set.values; ++*code) {
            columns[i].as.codes = code;
            if (same(kl_value_code(p, f.set, *code, 0), value + 1, strlen(value + 1))) return true;
        }
        return false;
    }
    return false;
}

static void print_outcome(const kl_workspace *w, const kl_program *p, uint32_t i) {
    static const char *const states[] = {"decided",      "not stated", "external", "none",
                                         "undetermined", "conflict",   "error"};
    kl_outcome_info about;
    kl_result result;
    uint32_t by = 0;
    kl_outcome_of(p, i, &about);
    kl_outcome(w, i, 0, &result);
    printf("%.*s: %s", (int)about.name.size, about.name.data, states[result.state]);
    if (result.state == KL_DECIDED && about.kind == KL_VALUES) {
        kl_string name = kl_value_code(p, about.set, (uint32_t)result.number, 0);
        printf(" %.*s", (int)name.size, name.data);
    }
    if (!about.many && kl_by(w, i, 0, 0, true, &by, 1)) {
        kl_entry_info entry;
        kl_entry_of(p, by, &entry);
        printf(" by %.*s", (int)entry.id.size, entry.id.data);
    }
    putchar('\n');
}

int main(int argc, char **argv) {
    kl_fault fault = {0};
    FILE *f = argc > 1 ? fopen(argv[1], "rb") : NULL;
    size_t size = f ? fread(image, 1, sizeof image, f) : 0;
    const kl_program *p = kl_verify(malloc(kl_program_size()), kl_program_size(), image, size, &fault);
    if (f) fclose(f);
    if (!p) return fprintf(stderr, "one: not a sound image: byte %zu: %s\n", fault.offset, fault.reason), 1;
    kl_guideline_info about;
    kl_describe(p, &about);
    for (int i = 2; i < argc; i++)
        if (about.fields > FIELDS_MOST || !give(p, about.fields, argv[i]))
            return fprintf(stderr, "one: no field is given by %s\n", argv[i]), 1;
    size = (kl_workspace_size(p) + 63) / 64 * 64;
    kl_workspace *w = kl_workspace_init(p, aligned_alloc(64, size), size);
    if (!w || !kl_eval(w, &(kl_batch){.rows = 1, .columns = columns}, &fault)) return 1;
    for (uint32_t i = 0; i < about.outcomes; i++) print_outcome(w, p, i);
    return 0;
}
