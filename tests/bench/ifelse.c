/* ifelse.c - a baseline: the CSV of the benchmarks decided by a plain C program, as one would write it first. ifelse IN.csv
 * May include: the C library.
 * Start at main(); the rules are bench_decide() in record.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/record.h"

static uint8_t truth(const char *s) {
    return *s == 't' ? YES : *s == 'f' ? NO : UNKNOWN;
}

static uint8_t find(const char *s, const char *const *list, uint8_t count) {
    uint8_t i = 0;
    while (i < count && strcmp(s, list[i]) != 0) i++;
    if (i < count) return i;
    fprintf(stderr, "unknown word: %s\n", s);
    exit(1);
}

int main(int argc, char **argv) {
    enum { CELLS = 21 };
    char line[1024], *cells[CELLS];
    FILE *in = argc == 2 ? fopen(argv[1], "r") : NULL;
    if (!in || !fgets(line, sizeof line, in)) {
        fprintf(stderr, "usage: ifelse IN.csv\n");
        return 2;
    }
    puts("contact_id,typ,kvalificerad,avgift,poäng,klausul");
    while (fgets(line, sizeof line, in)) {
        line[strcspn(line, "\n")] = 0;
        int n = 0;
        char *at = line;
        while (at && n < CELLS) {
            cells[n++] = at;
            at = strchr(at, ',');
            if (at) *at++ = 0;
        }
        if (n != CELLS || at) {
            fprintf(stderr, "not %d cells\n", CELLS);
            return 1;
        }
        bench_record r = {0};
        r.year = (uint16_t)atoi(cells[2]);
        r.form = find(cells[3], bench_forms, 4);
        r.profession = find(cells[4], bench_professions, 12);
        r.licensed = truth(cells[5]);
        r.coded = strcmp(cells[6], "ZV051") == 0;
        for (int i = 0; i < FACTS; i++) r.facts[i] = truth(cells[7 + i]);
        bench_decision d = bench_decide(&r);
        printf("%s,%s,%s,%s,%s,%s\n", cells[0], bench_forms[d.type], bench_truths[d.qualified], bench_fees[d.fee],
               bench_points[d.points], bench_grounds[d.ground]);
    }
    fclose(in);
    return fflush(stdout) == 0 ? 0 : 1;
}
