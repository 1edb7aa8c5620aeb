/* search.h - a search for a record on which conditions hold together, and the answers it found.
 * May include: compiler/front. Used by overlap.c.
 * Start at kl_search_run(). */
#ifndef KL_COMPILER_SEARCH_H
#define KL_COMPILER_SEARCH_H

#include "compiler/front.h"

typedef struct kl_search kl_search;

kl_search *kl_search_new(kl_front *f);
/* True when a fully known record surely exists on which every root holds; the answers then stay for the calls below. False also when it
 * cannot be told in KL_MAX_SEARCH steps or the steps left, which what was used is taken from. */
bool kl_search_run(kl_search *s, const uint32_t *roots, size_t n, unsigned *left);
bool kl_search_truth(kl_search *s, uint32_t node, bool *yes);              /* false: the record may be either */
bool kl_search_number(const kl_search *s, uint32_t subject, int64_t *out); /* a number, date or code that will do */
bool kl_search_text(const kl_search *s, uint32_t field, kl_str *out);

#endif
