/* rules.h - GUIDELINE of the command line: a rule file, a folder of editions or an image, loaded and verified.
 * May include: the compiler's front door, the runtime and its io.
 * Start at kl_rules_load(). */
#ifndef KL_COMPILER_CLI_RULES_H
#define KL_COMPILER_CLI_RULES_H

#include "compiler/cli/cli.h"
#include "runtime/io/io.h"

typedef struct kl_edition {
    kl_str path; /* of the rule file or the image */
    kl_str image;
    ir_guideline *ir; /* NULL when loaded from an image */
    const kl_program *program;
    kl_guideline_info info;
    kl_schema *schema;
    kl_teller *teller;
} kl_edition;

typedef struct kl_rules {
    KL_VEC(kl_edition) editions; /* oldest first */
    KL_VEC(kl_assumed) assumed;  /* --assume, resolved */
    const kl_schema **schemas;   /* of the editions, for the readers */
    const kl_teller **tellers;
    kl_editions dated;
} kl_rules;

static inline kl_str kl_str_from(kl_string s) {
    return (kl_str){s.data, s.size};
}
static inline kl_string kl_string_from(kl_str s) {
    return (kl_string){s.p, s.n};
}

/* Compiles one rule file. NULL after messages (also when it holds no guideline and `quiet` is false). */
ir_guideline *kl_rules_compile(kl_cli *c, kl_str path, bool quiet, bool *trouble, kl_str *image);
/* false after messages. */
bool kl_rules_load(kl_cli *c, kl_str path, kl_rules *rules);
void kl_rules_free(kl_rules *rules);
/* An image's bytes to a program; false after a message. */
bool kl_rules_admit(kl_cli *c, kl_str path, kl_str image, const kl_program **program);
/* A workspace with the assumptions of the command line; freed with free(). NULL when memory is out. */
kl_workspace *kl_rules_workspace(const kl_rules *rules, size_t edition);

#endif
