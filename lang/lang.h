/* lang.h - the language room's front door: text to tree, tree to text.
 * May include: lang/tree, lang/diag. The compiler and the command include this and nothing deeper.
 * Start at kl_parse(). */
#ifndef KL_LANG_LANG_H
#define KL_LANG_LANG_H

#include "lang/diag.h"
#include "lang/tree.h"

/* Reads one rule file. Always returns a file (with what could be understood); errors are in `d`. text must outlive the arena. */
kl_file *kl_parse(kl_arena *a, kl_diags *d, kl_str path, kl_str text);
/* The first of its tokens that begins at `offset` or later; their number when none does. */
size_t kl_token_from(const kl_file *file, uint32_t offset);

/* The canonical layout of a file that was read without errors. surface: the keywords to write with (file->surface to keep). */
kl_str kl_format(kl_arena *a, const kl_file *file, kl_surface surface);

/* Words of a surface, for messages and listings: the piece word, a type's name, a state's name. */
kl_str kl_piece_word(kl_piece_kind kind, kl_surface surface);
kl_str kl_type_word(kl_type_kind kind, kl_surface surface);

#endif
