/* plan.c - the verb plan: two editions loaded, compared by proof or over records, and told of.
 * May include: compiler/cli/plan.
 * Start at kl_verb_plan(). */
#include "compiler/cli/plan.h"

#include <errno.h>
#include <string.h>

/* By proof only rule text with rule text: one edition on each side. */
static bool can_prove(kl_cli *c, kl_str path, const kl_rules *rules) {
    if (rules->editions.n > 1) {
        kl_say(c, KL_D_SOME_EDITION, 1, path);
        return false;
    }
    if (rules->editions.p[0].ir) return true;
    kl_say(c, KL_D_PLAN_IMAGE, 1, path);
    return false;
}

static int prove(kl_cli *c, const kl_rules rules[2]) {
    kl_plan p;
    kl_bytes out = {0};
    int status = KL_EXIT_TROUBLE;
    if (!can_prove(c, c->operands.p[0], &rules[0]) || !can_prove(c, c->operands.p[1], &rules[1])) return status;
    if (kl_plan_compare(&p, c, &rules[0], &rules[1], false)) {
        if (kl_cli_is(c, KL_FLAG_FORMAT, "json"))
            kl_plan_json(&p, &out);
        else
            kl_plan_text(&p, &out);
        status = kl_plan_is_equal(&p) ? KL_EXIT_OK : KL_EXIT_FOUND;
        if (out.failed || !kl_write_all(c, kl_cli_value(c, KL_FLAG_OUTPUT), out.data, out.size))
            status = KL_EXIT_TROUBLE;
    } else {
        kl_say(c, KL_D_FILE_READ, 2, c->operands.p[0], kl_why(c, ENOMEM));
    }
    kl_bytes_free(&out);
    kl_plan_free(&p);
    return status;
}

int kl_verb_plan(kl_cli *c) {
    kl_rules rules[2];
    memset(rules, 0, sizeof rules);
    int status = KL_EXIT_TROUBLE;
    if (kl_rules_load(c, c->operands.p[0], &rules[0]) && kl_rules_load(c, c->operands.p[1], &rules[1]))
        status = c->operands.n > 2 ? kl_plan_over_records(c, &rules[0], &rules[1]) : prove(c, rules);
    for (size_t side = 0; side < 2; side++) kl_rules_free(&rules[side]);
    return status;
}
