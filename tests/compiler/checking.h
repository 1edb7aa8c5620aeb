/* checking.h - for the tests of the front: texts loaded and checked from memory, and the intermediate form as words.
 * May include: compiler/compiler.h.
 * Start at check_text(); free_checking() gives all of it back. */
#ifndef KL_TESTS_COMPILER_CHECKING_H
#define KL_TESTS_COMPILER_CHECKING_H

#include "compiler/compiler.h"

typedef struct checking {
    kl_arena *arena;
    kl_diags diags;
    kl_sources *sources;
    ir_guideline *g;
} checking;

/* files: path, text, path, text, …, NULL; the first is the one that is checked. include: a -I folder, or NULL. */
checking check_files(const char *const *files, const char *include);
checking check_text(const char *text);
void free_checking(checking *c);

/* As check_files, where the allocation with this number fails: false when it did (then nothing is left to free). */
bool check_failing(const char *const *files, size_t allocation);

/* `K0201 K0205`: the codes of what was reported, in the order reported. */
const char *checked_codes(const checking *c);
/* `(och färg in {röd} (inte x))`: a node in words. */
const char *node_words(const checking *c, uint32_t node);
const char *result_words(const checking *c, const ir_result *r);
uint32_t entry_named(const checking *c, const char *id);
uint32_t outcome_named(const checking *c, const char *name);
/* Each candidate of an outcome as a line: `id [if guard] = result [< overrider …]`. */
const char *candidate_words(const checking *c, const char *outcome);

/* The truth of a node where field i has values[i]; only for nodes over fields and clauses. */
bool truth_at(const checking *c, uint32_t node, const int64_t *values);

#endif
