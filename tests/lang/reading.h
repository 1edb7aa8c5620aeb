/* reading.h - for the tests of the language room: a text parsed into an arena of its own, its tokens and its tree as words.
 * May include: lang/lang.h and the grammar's token numbers.
 * Start at read_text(); free_reading() gives all of it back. */
#ifndef KL_TESTS_LANG_READING_H
#define KL_TESTS_LANG_READING_H

#include "lang/lang.h"

typedef struct reading {
    kl_arena *arena;
    kl_diags diags;
    kl_file *file;
} reading;

reading read_text(const char *text);
reading read_bytes(const char *bytes, size_t n);
void free_reading(reading *r);

/* `NAME EQ NUMBER`: the kinds of the file's tokens. */
const char *token_kinds(const reading *r);
/* The text of token i as written. */
const char *token_text(const reading *r, size_t i);
/* `K0101 K0105`: the codes of what was reported, in the order they are printed. */
const char *codes(const reading *r);
/* `(och dialog (= form telefon))`. */
const char *expr_text(kl_arena *a, const kl_expr *e);
/* What a printer writes. */
const char *printed(reading *r, void (*print)(kl_diags *, FILE *));
const char *printed_text(reading *r);

#endif
