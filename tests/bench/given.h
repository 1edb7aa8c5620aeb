/* given.h - a loop over the decide() of a header that is given from outside, to compare with on the same columns.
 * May include: the C library.
 * Start at bench_given(). */
#ifndef KL_TESTS_BENCH_GIVEN_H
#define KL_TESTS_BENCH_GIVEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    G_FORM,
    G_PHYSICIAN,
    G_CODED,
    G_BEFORE_2023,
    G_LICENSED,
    G_PLANNED,
    G_LISTED,
    G_DIALOG,
    G_EQUALS,
    G_ASSESSED,
    G_JOURNALED,
    G_LOGIN,
    G_PRESCRIPTION,
    G_CERTIFICATE,
    G_AID,
    G_MEASURES,
    G_COLUMNS
};

/* Decides all rows of columns of bytes (0 no, 1 yes, 2 unknown) and adds something of each decision to *sum. false: nothing was given. */
bool bench_given(const uint8_t *const columns[G_COLUMNS], size_t rows, uint64_t *sum);

#endif
