/* expect.h - what the wording of syntax errors and the known slips share. Internal to the room.
 * May include: lang/reader.h.
 * Start at kl_trouble. */
#ifndef KL_LANG_EXPECT_H
#define KL_LANG_EXPECT_H

#include "lang/reader.h"

typedef struct kl_trouble {
    kl_reader *r;
    const kl_token *token; /* the one that does not fit; NULL at the end of the file */
    const kl_token *before;
    kl_span span;
    const int *expected; /* grammar tokens */
    size_t count;
} kl_trouble;

bool kl_expects(const kl_trouble *t, int token);
const char *kl_worded_as(const kl_trouble *t, const char *sv, const char *en); /* by the language of the messages */
kl_str kl_in_quotes(const kl_trouble *t, kl_str s);
kl_str kl_spelled(const kl_trouble *t, int token); /* a keyword as this file spells it */
kl_str kl_token_word(const kl_trouble *t, const kl_token *token);
kl_str kl_a_text(const kl_trouble *t); /* how a missing string is called */
/* What stood there: short, in quotes, or the end of something. */
kl_str kl_shown(const kl_trouble *t, const kl_token *token);
/* The keyword that would fit here and is close enough to what stands at a place to be meant; else empty. */
kl_str kl_close_keyword(const kl_trouble *t, kl_span at);

/* Reports a known slip; false when it is none. */
bool kl_report_slip(const kl_trouble *t);

#endif
