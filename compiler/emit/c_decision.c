/* c_decision.c - the one function of generated C: what was decided, put into the typed decision.
 * May include: compiler/emit/c.h.
 * Start at kl_c_decision(). */
#include "compiler/emit/c.h"

/* to.value = answer.number or .text, as the type has it. */
static void value(kl_c *c, kl_buf *b, const char *to, kl_kind kind, uint32_t set) {
    kl_buf_fmt(b, "    if (r.state == KR_DECIDED) ");
    switch (kind) {
    case KL_BOOL: kl_buf_fmt(b, "%s.value = r.number != 0;\n", to); break;
    case KL_VALUES: kl_buf_fmt(b, "%s.value = (%.*s)r.number;\n", to, KL_FMT(c->set[set])); break;
    case KL_SET: kl_buf_fmt(b, "%s.value = (uint64_t)r.number;\n", to); break;
    case KL_TEXT: kl_buf_fmt(b, "%s.value = r.text;\n", to); break;
    default: kl_buf_fmt(b, "%s.value = r.number;\n", to);
    }
    kl_buf_fmt(b, "    if (r.state == KR_EXTERNAL) %s.document = r.text;\n", to);
}

static void many(kl_c *c, kl_buf *b, uint32_t i, const kl_outcome_info *o) {
    kl_str d = c->outcome[i];
    kl_buf_fmt(b,
               "    for (uint32_t s = 0; s < kr_outcomes[%u][3]; s++) {\n"
               "        unsigned state = kr_slot_answer(w, %u, s).state;\n"
               "        if (state == KR_NONE || kr_stands(w, %u, s) != s) continue;\n"
               "        d->%.*s.entries[d->%.*s.count].state = (%.*s_state)state;\n",
               i, i, i, KL_FMT(d), KL_FMT(d), KL_FMT(c->low));
    for (uint32_t k = 0; k < o->columns; k++) {
        kl_column_info column;
        kl_outcome_column(c->program, i, k, &column);
        const char *to =
            kl_str_fmt(c->arena, "d->%.*s.entries[d->%.*s.count].%.*s", KL_FMT(d), KL_FMT(d), KL_FMT(c->column[i][k]))
                .p;
        kl_buf_fmt(b, "    r = kr_column_answer(w, %u, s, %u);\n    %s.state = (%.*s_state)r.state;\n", i, k, to,
                   KL_FMT(c->low));
        value(c, b, to, column.kind, column.set);
    }
    kl_buf_fmt(b, "        d->%.*s.count++;\n    }\n", KL_FMT(d));
}

static void outcome(kl_c *c, kl_buf *b, uint32_t i) {
    kl_str d = c->outcome[i];
    kl_outcome_info o;
    kl_outcome_of(c->program, i, &o);
    kl_buf_fmt(b, "\nstatic void kr_put_%u(kr_work *w, %.*s_decision *d) { /* %.*s */\n", i, KL_FMT(c->low),
               KL_FMT(kl_c_comment(c->arena, (kl_str){o.name.data, o.name.size})));
    kl_buf_fmt(b,
               "    kr_answer r = kr_outcome(w, %u);\n    d->%.*s.state = (%.*s_state)r.state;\n"
               "    if (r.state == KR_NONE) d->%.*s.reason = (%.*s_reason)r.reason;\n"
               "    kr_deciders(w, %u, d->%.*s.by, d->%.*s.by_one_of);\n",
               i, KL_FMT(d), KL_FMT(c->low), KL_FMT(d), KL_FMT(c->low), i, KL_FMT(d), KL_FMT(d));
    kl_buf_fmt(b, "    if (r.state == KR_UNDETERMINED) kr_put_waiting(w, %u, &d->%.*s.waiting, &d->waiting);\n", i,
               KL_FMT(d));
    if (o.many) {
        many(c, b, i, &o);
    } else {
        value(c, b, kl_str_fmt(c->arena, "d->%.*s", KL_FMT(d)).p, o.kind, o.set);
        if (o.audited != KL_INDEX_NONE)
            kl_buf_fmt(b, "    d->%.*s.audit = (%.*s_audit)kr_audit(w, %u);\n", KL_FMT(d), KL_FMT(c->low), i);
    }
    kl_buf_fmt(b, "}\n");
}

void kl_c_decision(kl_c *c, kl_buf *b) {
    const kl_str p = c->low;
    kl_buf_fmt(b,
               "\nstatic void kr_put_waiting(kr_work *w, uint32_t outcome, %.*s_waiting *own, %.*s_waiting *all) {\n"
               "    kr_waiting into = {own->missing, own->assumptions, own->editions, own->outcomes};\n"
               "    kr_wait(w, outcome, &into);\n",
               KL_FMT(p), KL_FMT(p));
    static const char *const sets[] = {"missing", "assumptions", "editions", "outcomes"};
    for (size_t i = 0; i < 4; i++)
        kl_buf_fmt(b, "    for (size_t i = 0; i < sizeof own->%s / sizeof *own->%s; i++) all->%s[i] |= own->%s[i];\n",
                   sets[i], sets[i], sets[i], sets[i]);
    kl_buf_fmt(b, "}\n");
    for (uint32_t i = 0; i < c->info.outcomes; i++) outcome(c, b, i);
    kl_buf_fmt(b,
               "\nint %.*s_decide(const %.*s_record *record, %.*s_decision *decision) {\n"
               "    kr_work w;\n    int fault = kr_fault(record);\n"
               "    memset(decision, 0, sizeof *decision);\n    if (fault >= 0) return fault;\n"
               "    memset(&w, 0, sizeof w);\n    w.in = record;\n    kr_run(&w);\n",
               KL_FMT(p), KL_FMT(p), KL_FMT(p));
    for (uint32_t i = 0; i < c->info.outcomes; i++) kl_buf_fmt(b, "    kr_put_%u(&w, decision);\n", i);
    kl_buf_fmt(b, "    for (uint32_t i = 0; i < kr_requirement_count; i++)\n"
                  "        if (kr_breached(&w, i)) kr_add_bit(kr_requirements[i][1] ? decision->warnings : "
                  "decision->findings, kr_requirements[i][0]);\n"
                  "    kr_blocked_by(&w, decision->blocked_by);\n    kr_assumptions(&w, decision->assumptions);\n"
                  "    for (uint32_t i = 0; i < kr_entry_count; i++) decision->clauses[i] = kr_truth_of(&w, i);\n"
                  "    return -1;\n}\n");
}
