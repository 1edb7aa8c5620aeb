/* results.h - the results that decisions end in, and constant texts, each once.
 * May include: compiler/analyse/form, the image's names of kinds.
 * Start at kl_result_put(). */
#ifndef KL_COMPILER_ANALYSE_RESULTS_H
#define KL_COMPILER_ANALYSE_RESULTS_H

#include "compiler/analyse/form.h"
#include "runtime/image.h"

typedef struct kl_ending { /* one result */
    kl_result_kind kind;
    int64_t
        value; /* NONE: reason; CONST: the constant; TEXT, EXTERNAL: text; NUMBER: form; FIELD: field; OPEN: entry */
} kl_ending;

typedef struct kl_endings {
    kl_forms *forms;
    KL_VEC(kl_ending) list;
    KL_VEC(kl_str) texts; /* the guideline's, then others */
    uint32_t *table, *text_table;
    size_t cap, text_cap;
} kl_endings;

void kl_endings_init(kl_endings *e, kl_forms *f);
uint32_t kl_result_put(kl_endings *e, kl_result_kind kind, int64_t value);
uint32_t kl_text_put(kl_endings *e, kl_str text);
uint32_t kl_result_of(kl_endings *e, const ir_result *r); /* IR_R_NONE: none, no clause applies */
static inline const kl_ending *kl_result_at(const kl_endings *e, uint32_t i) {
    return &e->list.p[i];
}
/* The same in every record? Else it must be asked whether it equals another. */
bool kl_result_is_fixed(const kl_endings *e, uint32_t i);
/* What values and states the result can take. */
kl_span64 kl_result_span(kl_endings *e, uint32_t i);
void kl_result_refs(kl_endings *e, uint32_t i, kl_ref_list *out);

#endif
