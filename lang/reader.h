/* reader.h - what the steps from text to tree share: raw tokens, keywords, grammar. Internal to the room.
 * May include: lang/tree, lang/diag, lang/catalogue.
 * Start at kl_parse() in read.c: kl_scan() makes raw tokens, kl_find_keywords() finds the keywords, kl_yyparse() builds the tree. */
#ifndef KL_LANG_READER_H
#define KL_LANG_READER_H

#include "lang/catalogue.h"
#include "lang/diag.h"
#include "lang/lang.h"

typedef KL_VEC(kl_token) kl_token_list;

bool kl_joins(int token); /* words.c: an operator with an operand on either side of it, or `inte` */

typedef struct kl_seen_line {
    int line; /* the token that begins it */
    kl_span span;
} kl_seen_line;

typedef struct kl_reader {
    kl_arena *arena;
    kl_diags *diags;
    kl_file *file;

    /* scanning: raw tokens, words not yet told apart from keywords */
    kl_token_list raw;
    uint32_t at;      /* offset after the last match */
    bool first;       /* nothing but blanks so far on this line */
    unsigned nesting; /* parentheses open */
    bool surface_known;
    kl_span last_label;
    uint32_t open_string; /* where the last string without a closing quote ends */
    bool too_nested;      /* reported once */

    /* formatting: raw tokens as another surface would spell them (empty when reading) */
    KL_VEC(kl_str) spelled;
    KL_VEC(size_t) origin; /* the file's token that raw token i comes from */

    /* parsing */
    size_t next;     /* token to hand out */
    kl_piece *piece; /* being built */
    kl_body *body;   /* whose items may follow, or NULL */
    kl_item *item;   /* being read, or NULL when it belongs nowhere */
    kl_row *row;
    kl_set_list *sets;         /* where sets go */
    kl_name_list *names;       /* where names go */
    bool ruled;                /* the line under the table's heading has stood */
    KL_VEC(kl_seen_line) seen; /* lines of the piece that may stand only once */
} kl_reader;

/* Raw tokens of the file's text into r->raw, and its surface; words come as T_NAME, labels and bars are told already. */
void kl_scan(kl_reader *r);
/* Keywords, line heads and phrases: r->raw into r->file->tokens. */
void kl_find_keywords(kl_reader *r);

/* Which names need back quotes in a surface: `names` has the text of each of the file's tokens that is a name; names that
 * need them for their letters are set in `quoted` already. */
void kl_find_quoted(kl_arena *a, const kl_file *file, kl_surface surface, const kl_str *names, bool *quoted);

/* The text of a token, as written. */
kl_str kl_token_text(const kl_file *file, kl_span span);

/* Decodes a token's text into what the tree holds; reports what is wrong in it. */
kl_name kl_read_name(kl_reader *r, const kl_token *t);
kl_text kl_read_string(kl_reader *r, const kl_token *t);
kl_number kl_read_number(kl_reader *r, const kl_token *t);
int32_t kl_read_date(kl_reader *r, const kl_token *t);
kl_label kl_read_label(kl_reader *r, const kl_token *t);

/* For messages: in the quotes of their language, and the words that items follow (`gäller när någon`). */
kl_str kl_quoted(kl_reader *r, kl_str s);
kl_str kl_items_follow(kl_reader *r);

/* A syntax error: `expected` are grammar tokens. */
void kl_unexpected(kl_reader *r, int token, kl_span span, const int *expected, size_t count);

#endif
