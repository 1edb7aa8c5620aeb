/* record.h - what the benchmarks share: random records, and yardstick.klausul written by hand in C as a baseline.
 * May include: the C library.
 * Start at bench_record and bench_decide(). */
#ifndef KL_TESTS_BENCH_RECORD_H
#define KL_TESTS_BENCH_RECORD_H

#include <stdint.h>

enum { NO, UNKNOWN, YES }; /* in this order "and" is the least, "or" the greatest */
enum { BR, T, TB, M };

/* The facts, in the order of their columns. */
enum {
    PLANNED,
    LISTED,
    DIALOG,
    LIKE_A_VISIT,
    ASSESSED,
    IN_JOURNAL,
    HISTORY,
    STATUS,
    ACTION,
    STRONG_LOGIN,
    PRESCRIPTION_ONLY,
    CERTIFICATE_ONLY,
    AID_ONLY,
    OWN_MEASURES_ONLY,
    FACTS
};

typedef struct bench_record {
    uint64_t id;
    uint32_t unit;
    uint16_t year;
    uint8_t month, day;
    uint8_t form, profession, coded; /* profession 0: physician. coded: has ZV051 */
    uint8_t licensed, facts[FACTS];
} bench_record;

typedef struct bench_decision { /* indexes into the lists of words */
    uint8_t type, qualified, fee, points, ground;
} bench_decision;

extern const char bench_heading[];
extern const char *const bench_fact_names[FACTS], *const bench_forms[4], *const bench_professions[12];
extern const char *const bench_truths[3], *const bench_fees[], *const bench_points[], *const bench_grounds[];

/* The next record; `unknown`: of 1000 facts, how many are unknown. The same state and the same calls give the same records. */
void bench_next(uint64_t *state, unsigned unknown, bench_record *r);
bench_decision bench_decide(const bench_record *r);

#endif
