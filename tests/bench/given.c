/* given.c - the loop of given.h: built with KL_RULES set to a header that declares rec, dec and decide(), else empty.
 * May include: the C library and that header.
 * Start at bench_given(). */
#include "tests/bench/given.h"

#ifdef KL_RULES
#include KL_RULES

bool bench_given(const uint8_t *const c[G_COLUMNS], size_t rows, uint64_t *sum) {
    for (size_t i = 0; i < rows; i++) {
        rec r = {.type = c[G_FORM][i],
                 .lak = c[G_PHYSICIAN][i],
                 .zv = c[G_CODED][i],
                 .pre2023 = c[G_BEFORE_2023][i],
                 .licensed = c[G_LICENSED][i],
                 .planned = c[G_PLANNED][i],
                 .listed = c[G_LISTED][i],
                 .dialog = c[G_DIALOG][i],
                 .equals = c[G_EQUALS][i],
                 .assess = c[G_ASSESSED][i],
                 .journaled = c[G_JOURNALED][i],
                 .auth = c[G_LOGIN][i],
                 .renewal = c[G_PRESCRIPTION][i],
                 .sick = c[G_CERTIFICATE][i],
                 .aid = c[G_AID][i],
                 .self = c[G_MEASURES][i]};
        dec d = decide(&r);
        *sum += (uint64_t)d.q + d.fee + d.pts + d.clause;
    }
    return true;
}
#else
bool bench_given(const uint8_t *const c[G_COLUMNS], size_t rows, uint64_t *sum) {
    (void)c;
    (void)rows;
    (void)sum;
    return false;
}
#endif
