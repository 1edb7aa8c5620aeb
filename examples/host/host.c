/* host.c - a program that embeds the Klausul library: loads an image, verifies it, decides one contact and prints what decided it.
 * May include: the C library and the installed <klausul.h>, nothing else of this repository.
 * Start at main(); it goes load, verify, make room, fill one record, evaluate, read. */
#include <klausul.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *load(const char *path, size_t *size) {
    FILE *f = fopen(path, "rb");
    char *bytes = NULL;
    long length;
    if (!f) return NULL;
    if (fseek(f, 0, SEEK_END) == 0 && (length = ftell(f)) > 0 && fseek(f, 0, SEEK_SET) == 0 &&
        (bytes = malloc((size_t)length))) {
        *size = fread(bytes, 1, (size_t)length, f);
        if (*size != (size_t)length) {
            free(bytes);
            bytes = NULL;
        }
    }
    fclose(f);
    return bytes;
}

static bool same(kl_string s, const char *text) {
    return s.size == strlen(text) && memcmp(s.data, text, s.size) == 0;
}
static void print(kl_string s) {
    printf("%.*s", (int)s.size, s.data);
}

/* ---- one record: a batch of one, with room for the value of each field */
typedef struct record {
    const kl_program *program;
    uint32_t fields;
    kl_column *columns;
    uint64_t *known;  /* KL_WORDS words for each field */
    uint64_t *bits;   /* likewise */
    uint16_t *codes;  /* KL_ROWS_MAX would be a full batch; one record needs one */
    int64_t *numbers; /* likewise */
} record;

static bool record_make(record *r, const kl_program *program) {
    kl_guideline_info about;
    kl_describe(program, &about);
    *r = (record){.program = program, .fields = about.fields};
    r->columns = calloc(about.fields, sizeof *r->columns);
    r->known = calloc((size_t)about.fields * KL_WORDS, sizeof *r->known);
    r->bits = calloc((size_t)about.fields * KL_WORDS, sizeof *r->bits);
    r->codes = calloc(about.fields, sizeof *r->codes);
    r->numbers = calloc(about.fields, sizeof *r->numbers);
    return r->columns && r->known && r->bits && r->codes && r->numbers;
}

static void record_free(record *r) {
    free(r->columns);
    free(r->known);
    free(r->bits);
    free(r->codes);
    free(r->numbers);
}

static uint32_t code_of(const kl_program *p, uint32_t set, const char *code) {
    kl_set_info values;
    kl_set_of(p, set, &values);
    for (uint32_t v = 0; v < values.values; v++) {
        kl_value_info value;
        kl_value_of(p, set, v, &value);
        if (same(value.name, code)) return v;
    }
    return KL_INDEX_NONE;
}

/* Days from 1970-01-01 to a date. */
static int64_t day_number(int year, int month, int day) {
    int y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400, of_era = y % 400, of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* Gives one field its value: ja/nej, a value's name, a date or a whole number. false: no such field or value. */
static bool record_set(record *r, const char *name, const char *value) {
    for (uint32_t f = 0; f < r->fields; f++) {
        kl_field_info field;
        int year, month, day;
        uint32_t code;
        kl_field_of(r->program, f, &field);
        if (!same(field.name, name)) continue;
        r->columns[f].known = r->known + (size_t)f * KL_WORDS;
        switch (field.kind) {
        case KL_BOOL:
            r->bits[(size_t)f * KL_WORDS] = strcmp(value, "ja") == 0;
            r->columns[f].as.bits = r->bits + (size_t)f * KL_WORDS;
            break;
        case KL_VALUES:
            if ((code = code_of(r->program, field.set, value)) == KL_INDEX_NONE) return false;
            r->codes[f] = (uint16_t)code;
            r->columns[f].as.codes = r->codes + f;
            break;
        case KL_DATE:
            if (sscanf(value, "%d-%d-%d", &year, &month, &day) != 3) return false;
            r->numbers[f] = day_number(year, month, day);
            r->columns[f].as.numbers = r->numbers + f;
            break;
        case KL_INTEGER:
        case KL_MINUTES:
        case KL_DAYS:
            r->numbers[f] = strtoll(value, NULL, 10);
            r->columns[f].as.numbers = r->numbers + f;
            break;
        default: return false; /* sets, texts and decimals are given likewise; this contact has none */
        }
        r->known[(size_t)f * KL_WORDS] = 1;
        return true;
    }
    return false;
}

/* ---- reading the decision */
static void print_value(const kl_program *p, const kl_outcome_info *o, const kl_result *r) {
    int64_t unit = 1, n = r->number;
    kl_value_info value;
    kl_set_info values;
    switch (o->kind) {
    case KL_BOOL: printf("%s", n ? "ja" : "nej"); break;
    case KL_VALUES:
        kl_value_of(p, o->set, (uint32_t)n, &value);
        print(value.name);
        break;
    case KL_SET:
        kl_set_of(p, o->set, &values);
        for (uint32_t v = 0; v < values.values; v++)
            if (r->set >> v & 1) {
                kl_value_of(p, o->set, v, &value);
                print(value.name);
                putchar(' ');
            }
        if (!r->set) printf("(tom)");
        break;
    case KL_TEXT: print(r->text); break;
    default:
        for (uint32_t i = 0; i < o->scale; i++) unit *= 10;
        printf("%s%lld", n < 0 ? "-" : "", (long long)(n < 0 ? -n / unit : n / unit));
        if (o->scale) printf(",%0*lld", (int)o->scale, (long long)(n < 0 ? -n % unit : n % unit));
    }
}

static void print_outcome(kl_workspace *w, const kl_program *p, uint32_t outcome, const kl_result *result) {
    static const char *const states[] = {"", "ej angivet", "enligt ", "inget", "obestämt", "motstridigt", "fel"};
    kl_outcome_info about;
    uint32_t by[8];
    kl_outcome_of(p, outcome, &about);
    printf("%-14.*s ", (int)about.name.size, about.name.data);
    if (result->state == KL_DECIDED && !about.many)
        print_value(p, &about, result);
    else
        printf("%s", states[result->state]);
    if (result->state == KL_EXTERNAL) print(result->text);
    size_t count = about.many ? 0 : kl_by(w, outcome, 0, 0, true, by, sizeof by / sizeof *by);
    for (size_t i = 0; i < count && i < sizeof by / sizeof *by; i++) {
        kl_entry_info entry;
        kl_entry_of(p, by[i], &entry);
        printf("   ");
        print(entry.id);
        printf(" (");
        print(entry.citation.size ? entry.citation : entry.title);
        printf(")");
    }
    putchar('\n');
}

static int decide(const kl_program *program) {
    static const char *const contact[][2] = {{"kontaktdatum", "2023-09-01"},
                                             {"avtal", "vårdval_vårdcentral"},
                                             {"form", "telefon"},
                                             {"yrke", "läkare"},
                                             {"legitimerad", "ja"},
                                             {"ärende", "bedömning"},
                                             {"planerad", "ja"},
                                             {"dialog", "ja"},
                                             {"motsvarar_besök", "ja"},
                                             {"medicinsk_bedömning", "ja"},
                                             {"beslut_fattat", "ja"},
                                             {"behandlingsansvarig", "ja"},
                                             {"journalförd", "ja"},
                                             {"egenmonitorering", "ingen"}};
    kl_guideline_info about;
    kl_fault fault = {0};
    record r;
    int status = EXIT_FAILURE;
    size_t size = kl_workspace_size(program);
    void *memory = aligned_alloc(64, (size + 63) / 64 * 64);
    kl_workspace *w = memory ? kl_workspace_init(program, memory, size) : NULL;
    kl_describe(program, &about);
    kl_result *results = calloc(about.outcomes + 1, sizeof *results);
    if (!record_make(&r, program) || !w || !results) {
        fputs("host: out of memory\n", stderr);
        goto done;
    }
    for (size_t i = 0; i < sizeof contact / sizeof *contact; i++)
        if (!record_set(&r, contact[i][0], contact[i][1])) {
            fprintf(stderr, "host: the guideline has no field %s that can be %s\n", contact[i][0], contact[i][1]);
            goto done;
        }
    kl_workspace_use(w, kl_kernels_best()); /* decides the same as without, quicker */
    if (!kl_eval(w, &(kl_batch){.rows = 1, .columns = r.columns}, &fault)) {
        fprintf(stderr, "host: record refused: %s\n", fault.reason);
        goto done;
    }
    print(about.name);
    printf(", ");
    print(about.edition);
    putchar('\n');
    kl_outcomes(w, 0, results);
    for (uint32_t i = 0; i < about.outcomes; i++) print_outcome(w, program, i, &results[i]);
    status = EXIT_SUCCESS;
done:
    record_free(&r);
    free(results);
    free(memory);
    return status;
}

int main(int argc, char **argv) {
    size_t size = 0;
    kl_fault fault = {0};
    int status = EXIT_FAILURE;
    if (argc != 2) {
        fputs("usage: host IMAGE\n", stderr);
        return 2;
    }
    void *image = load(argv[1], &size);
    void *memory = malloc(kl_program_size());
    if (!image || !memory) {
        fprintf(stderr, "host: cannot read %s\n", argv[1]);
    } else {
        const kl_program *program = kl_verify(memory, kl_program_size(), image, size, &fault);
        if (program)
            status = decide(program);
        else
            fprintf(stderr, "host: %s is not a sound image: byte %zu: %s\n", argv[1], fault.offset, fault.reason);
    }
    free(memory);
    free(image);
    return status;
}
