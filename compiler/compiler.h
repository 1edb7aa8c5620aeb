/* compiler.h - the compiler room's front door: files to checked guidelines, checked guidelines to images.
 * May include: lang, compiler/ir. The command includes this.
 * Start at kl_load() then kl_check() then kl_emit_image(). */
#ifndef KL_COMPILER_COMPILER_H
#define KL_COMPILER_COMPILER_H

#include "compiler/ir.h"
#include "runtime/klausul.h"

/* Where text comes from: reads a whole file into the arena; false when it cannot (errno says why). Tests give their own. */
typedef struct kl_reader {
    bool (*read)(void *self, kl_arena *a, kl_str path, kl_str *text);
    void *self;
} kl_reader;

typedef struct kl_options {
    kl_reader reader;
    const kl_str *include; /* -I directories */
    size_t include_count;
} kl_options;

typedef struct kl_use { /* `använd` in files[user] found files[used] */
    uint32_t user, used;
    const kl_piece *piece;
} kl_use;

typedef struct kl_sources { /* a file and everything it uses, each once; the file itself first */
    KL_VEC(kl_file *) files;
    KL_VEC(kl_use) uses;
} kl_sources;

/* Parses `path` and what it uses (använd a.b: a/b.klausul in the using file's folder, the nearest parent that has it, or an include
 * directory); reports missing files and cycles. NULL, and nothing reported, when `path` itself cannot be read. */
kl_sources *kl_load(kl_arena *a, kl_diags *d, const kl_options *o, kl_str path);

/* Names, types, meaning; also of files whose reading met errors, to report all at once (d is then to hold those errors: names that may
 * have been skipped are not called missing). NULL when the files hold no guideline (a vocabulary is checked all the same); otherwise a
 * guideline, which is complete only if d->errors is 0. */
ir_guideline *kl_check(kl_arena *a, kl_diags *d, const kl_sources *s);

/* Guidelines of one name, each an edition: together they are to cover each day once, and dates must be there to choose by. Reports, and
 * returns false, when they do not. The order of `g` does not matter. */
bool kl_check_editions(kl_arena *a, kl_diags *d, ir_guideline *const *g, size_t n);

/* Reports days between editions that none covers, unless an edition accepts it. */
void kl_prove_editions(kl_arena *a, kl_diags *d, ir_guideline *const *g, size_t n);

/* How the proofs are made. */
typedef struct kl_proof_options {
    uint32_t
        effort; /* steps of building, of the solver, of searching, for one question each; passing it is "not decided" */
    void (*progress)(void *self, size_t done, size_t all); /* may be NULL */
    void *self;
} kl_proof_options;
#define KL_PROOF_EFFORT 4000000u /* unless told */

/* Proves, over all records and days, where candidates conflict, where none applies, what never or always holds or makes no difference, and
 * reports each with a record; what the text accepts is left out. `image`: the guideline's, by which records are tried. */
void kl_prove(kl_arena *a, kl_diags *d, ir_guideline *g, kl_str image, const kl_proof_options *options);

/* Writes the image. false after a report (a named limit was passed). Same sources, same bytes. */
bool kl_emit_image(kl_arena *a, kl_diags *d, const ir_guideline *g, kl_buf *out);
/* The same decisions from code as the text has it, without what planes.c finds: for what is read by people, and for tests to compare with. */
bool kl_emit_image_plainly(kl_arena *a, kl_diags *d, const ir_guideline *g, kl_buf *out);
/* The same decisions again, and no more work than that takes: for what decides a few records and is thrown away. Larger, and may pass a limit
 * where the others do not. */
bool kl_emit_image_hastily(kl_arena *a, kl_diags *d, const ir_guideline *g, kl_buf *out);

/* A verified image as C: a header and the source that includes it as `include`. */
void kl_emit_c(kl_arena *a, const kl_program *program, kl_str image, kl_str include, kl_buf *header, kl_buf *source);

/* Why a guideline cannot be said in a dialect of SQL: outcomes row by row; a many-of outcome whose column is computed; a name, text, table or
 * list of codes beyond what the database holds (`most`); a day before its calendar; an empty text, where that is no text; a text with blanks at its end, where they do not count. */
typedef enum kl_sql_reason {
    KL_SQL_FINE,
    KL_SQL_ROWS,
    KL_SQL_COMPUTED,
    KL_SQL_NAME,
    KL_SQL_TEXT,
    KL_SQL_TABLE,
    KL_SQL_CODES,
    KL_SQL_DAY,
    KL_SQL_EMPTY,
    KL_SQL_BLANKS
} kl_sql_reason;

typedef struct kl_sql_trouble {
    kl_sql_reason reason;
    kl_str what; /* outcome, column, field, guideline, text or day */
    uint32_t most;
} kl_sql_trouble;

/* As a view or script in a dialect of SQL. false: the dialect (or SQL) cannot say it. */
bool kl_emit_sql(kl_arena *a, const kl_program *program, kl_str image, kl_str dialect, kl_buf *out,
                 kl_sql_trouble *trouble);

#endif
