/* records.c - writes random records for the benchmarks: records N csv|ndjson [SEED [UNKNOWN OF 1000]]; N 0: without end.
 * May include: the C library.
 * Start at main(); the records come from record.c, so the same N and seed give the same bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/record.h"

enum { LINE_MOST = 1024 };

static char *text(char *to, const char *s) {
    size_t n = strlen(s);
    memcpy(to, s, n);
    return to + n;
}

static char *number(char *to, uint64_t n, int digits) { /* at least so many digits */
    char reversed[24];
    int count = 0;
    for (; n || count < digits; n /= 10) reversed[count++] = (char)('0' + n % 10);
    while (count) *to++ = reversed[--count];
    return to;
}

static char *date(char *to, const bench_record *r) {
    to = text(number(to, r->year, 4), "-");
    to = text(number(to, r->month, 2), "-");
    return number(to, r->day, 2);
}

static char *csv(char *to, const bench_record *r) {
    static const char *const words[] = {",false", ",", ",true"};
    to = number(text(number(to, r->id, 1), ",VC"), r->unit, 3);
    to = date(text(to, ","), r);
    to = text(text(to, ","), bench_forms[r->form]);
    to = text(text(to, ","), bench_professions[r->profession]);
    to = text(text(to, words[r->licensed]), r->coded ? ",ZV051" : ",");
    for (int i = 0; i < FACTS; i++) to = text(to, words[r->facts[i]]);
    return text(to, "\n");
}

static char *ndjson(char *to, const bench_record *r) {
    static const char *const words[] = {"false", "null", "true"};
    to = number(text(to, "{\"contact_id\":"), r->id, 1);
    to = number(text(to, ",\"unit\":\"VC"), r->unit, 3);
    to = date(text(to, "\",\"date\":\""), r);
    to = text(text(to, "\",\"contact_type\":\""), bench_forms[r->form]);
    to = text(text(to, "\",\"profession\":\""), bench_professions[r->profession]);
    to = text(text(to, "\",\"licensed\":"), words[r->licensed]);
    to = text(to, r->coded ? ",\"kva\":\"ZV051\"" : ",\"kva\":null");
    for (int i = 0; i < FACTS; i++) {
        to = text(text(to, ",\""), bench_fact_names[i]);
        to = text(text(to, "\":"), words[r->facts[i]]);
    }
    return text(to, "}\n");
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: records N csv|ndjson [SEED [UNKNOWN OF 1000]]\n");
        return 2;
    }
    static char line[LINE_MOST];
    uint64_t n = (uint64_t)strtod(argv[1], NULL);
    uint64_t state = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    unsigned unknown = argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 10;
    int as_csv = strcmp(argv[2], "csv") == 0, good = 1;
    bench_record r = {0};
    if (as_csv) puts(bench_heading);
    for (uint64_t i = 0; good && (n == 0 || i < n); i++) {
        bench_next(&state, unknown, &r);
        char *end = as_csv ? csv(line, &r) : ndjson(line, &r);
        good = fwrite(line, 1, (size_t)(end - line), stdout) == (size_t)(end - line);
    }
    return fflush(stdout) == 0 && good ? 0 : 1;
}
