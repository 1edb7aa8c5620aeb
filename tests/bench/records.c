/* records.c - writes random records for the benchmarks: records N csv|ndjson [SEED [UNKNOWN OF 1000]].
 * May include: the C library.
 * Start at main(); the records come from record.c, so the same N and seed give the same bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/record.h"

static void csv(const bench_record *r) {
    static const char *const words[] = {"false", "", "true"};
    printf("%llu,VC%03u,%04u-%02u-%02u,%s,%s,%s,%s", (unsigned long long)r->id, r->unit, r->year, r->month, r->day,
           bench_forms[r->form], bench_professions[r->profession], words[r->licensed], r->coded ? "ZV051" : "");
    for (int i = 0; i < FACTS; i++) printf(",%s", words[r->facts[i]]);
    putchar('\n');
}

static void ndjson(const bench_record *r) {
    static const char *const words[] = {"false", "null", "true"};
    printf("{\"contact_id\":%llu,\"unit\":\"VC%03u\",\"date\":\"%04u-%02u-%02u\",\"contact_type\":\"%s\",",
           (unsigned long long)r->id, r->unit, r->year, r->month, r->day, bench_forms[r->form]);
    printf("\"profession\":\"%s\",\"licensed\":%s,\"kva\":%s", bench_professions[r->profession], words[r->licensed],
           r->coded ? "\"ZV051\"" : "null");
    for (int i = 0; i < FACTS; i++) printf(",\"%s\":%s", bench_fact_names[i], words[r->facts[i]]);
    printf("}\n");
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: records N csv|ndjson [SEED [UNKNOWN OF 1000]]\n");
        return 2;
    }
    long n = (long)strtod(argv[1], NULL);
    uint64_t state = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    unsigned unknown = argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 10;
    int as_csv = strcmp(argv[2], "csv") == 0;
    bench_record r = {0};
    if (as_csv) puts(bench_heading);
    for (long i = 0; i < n; i++) {
        bench_next(&state, unknown, &r);
        if (as_csv)
            csv(&r);
        else
            ndjson(&r);
    }
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
