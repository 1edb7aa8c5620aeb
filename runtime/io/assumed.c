/* assumed.c - what a host assumes of a guideline: a value as text, and workspaces in which it holds.
 * May include: the C library.
 * Start at kl_parse_assumed(). */
#include "runtime/io/inside.h"

#include <stdlib.h>

kl_reject_reason kl_parse_assumed(const kl_schema *s, const kl_assumption_info *a, kl_string text, int64_t *value) {
    bool yes = false;
    kl_reject_reason why;
    switch (a->kind) {
    case KL_BOOL:
        why = kl_parse_bool(text, &yes);
        *value = yes;
        return why;
    case KL_DATE: return kl_parse_date(text, value);
    case KL_VALUES: {
        uint32_t code = kl_schema_code(s, a->set, text);
        *value = code;
        return code == KL_INDEX_NONE ? KL_REJECT_CODE : KL_REJECT_NOT;
    }
    default: return kl_parse_number(text, a->scale, a->kind == KL_MONEY ? s->currency : (kl_string){"", 0}, value);
    }
}

kl_workspace *kl_workspace_new(const kl_program *p, size_t edition, const kl_assumed *assumed, size_t count) {
    size_t size = (kl_workspace_size(p) + 63) / 64 * 64;
    void *memory = aligned_alloc(64, size);
    kl_workspace *w = memory ? kl_workspace_init(p, memory, size) : NULL;
    if (!w) {
        free(memory);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        if (assumed[i].edition == edition)
            (void)kl_assume(w, assumed[i].assumption, assumed[i].known, assumed[i].value);
    return w;
}
