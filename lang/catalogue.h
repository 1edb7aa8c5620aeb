/* catalogue.h - the keywords of both surfaces, looked up by their first word.
 * May include: lang/base, lang/tree.h. The words themselves are in catalogue.def.
 * Start at kl_words_at() (the scanner's question) and kl_keyword() (the formatter's and the messages'). */
#ifndef KL_LANG_CATALOGUE_H
#define KL_LANG_CATALOGUE_H

#include "lang/tree.h"

typedef enum kl_word_class {
    KL_W_PIECE,
    KL_W_HEAD,
    KL_W_RESERVED,
    KL_W_TEXTED,
    KL_W_VALUED,
    KL_W_FIELDED,
    KL_W_OUTCOMED,
    KL_W_DUTY,
    KL_W_TYPE,
    KL_W_UNIT,
    KL_W_QUANTIFIER,
    KL_W_STATE,
    KL_W_ROUNDING,
    KL_W_IN_IF
} kl_word_class;

typedef struct kl_word {
    int token;
    kl_word_class class;
    kl_str text[2]; /* by kl_surface */
} kl_word;

extern const kl_word kl_words[];
extern const size_t kl_words_count;

/* The entries of one surface, findable by their first word. */
typedef struct kl_word_index kl_word_index;
kl_word_index *kl_word_index_new(kl_arena *a, kl_surface surface);
/* The entries that begin with this word, those of most words first; ended by KL_NO_WORD. NULL when there are none. */
const uint16_t *kl_words_at(const kl_word_index *index, kl_str first);

/* The keyword of a grammar token, empty when it has none. The first entry of that token, where there are several. */
kl_str kl_keyword(int token, kl_surface surface);

/* Tokens that begin a piece, and those that begin a line of one. */
bool kl_is_piece_token(int token);
bool kl_is_line_token(int token);

/* The surface that has this piece word; false when neither has. */
bool kl_piece_surface(kl_str word, kl_surface *surface);

#endif
