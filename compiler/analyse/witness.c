/* witness.c - facts to a record: fields by themselves where no question is derived, else through the solver; and the record in words.
 * May include: compiler/analyse/witness, solver, the runtime's dates and limits on input.
 * Start at kl_witness_find(). */
#include "compiler/analyse/witness.h"

#include <string.h>

#include "compiler/analyse/solver.h"
#include "runtime/dates.h"
#include "runtime/klausul.h"

enum { SOME_DAY = 19723 /* 2024-01-01 */ };

struct kl_witnesses {
    kl_endings *e;
    KL_VEC(kl_endings *) sides; /* the others */
    kl_solver *solver;
    uint32_t effort;
    uint64_t asked;
    bool unsolved; /* there is no solver on this machine */
};

kl_witnesses *kl_witnesses_new(kl_endings *e, uint32_t effort) {
    kl_witnesses *w = kl_alloc(e->forms->arena, sizeof *w);
    w->e = e;
    w->effort = effort;
    return w;
}

void kl_witnesses_free(kl_witnesses *w) {
    if (w->solver) kl_solver_free(w->solver);
    w->solver = NULL;
}

uint32_t kl_witnesses_side(kl_witnesses *w, kl_endings *e) {
    KL_PUSH(w->e->forms->arena, &w->sides, e);
    if (w->solver) kl_solver_side(w->solver, e);
    return (uint32_t)w->sides.n;
}

uint64_t kl_witness_asked(const kl_witnesses *w) {
    return w->asked;
}

kl_str kl_witness_why(const kl_witnesses *w, kl_surface lang) {
    if (w->unsolved)
        return kl_str_of(lang == KL_EN ? "the computed values need the solver z3 (libz3-4), which is not installed"
                                       : "de beräknade värdena kräver lösaren z3 (libz3-4), som inte är installerad");
    return kl_str_fmt(w->e->forms->arena,
                      lang == KL_EN ? "the computed values need more than %u steps of the solver"
                                    : "de beräknade värdena kräver mer än %u steg av lösaren",
                      w->effort);
}

kl_witness kl_witness_blank(const kl_forms *f) {
    return (kl_witness){kl_alloc_array(f->arena, f->g->fields.n + 1, sizeof(kl_datum)),
                        kl_alloc_array(f->arena, f->g->assumptions.n + 1, sizeof(kl_datum))};
}

/* ------------------------------------------------------------------ facts about one field */
/* The field that a plain fact is about, or IR_NONE: an assumption, an edition. */
static uint32_t field_of(const kl_forms *f, const kl_question *q) {
    if (q->kind == KL_Q_VALUES || q->kind == KL_Q_NUMBER || q->kind == KL_Q_TEXT) return q->source;
    if (q->kind != KL_Q_TRUTH) return IR_NONE;
    const kl_form *n = kl_form_at(f, q->source);
    return n->kind == KL_FORM_FIELD || n->kind == KL_FORM_KNOWN || n->kind == KL_FORM_HAS || n->kind == KL_FORM_EMPTY
               ? n->x
               : IR_NONE;
}

static bool is_plain(const kl_forms *f, const kl_fact *fact) {
    const kl_question *q = fact->question;
    if (!q || fact->side) return false;
    if (q->kind == KL_Q_TRUTH) {
        kl_form_kind kind = (kl_form_kind)kl_form_at(f, q->source)->kind;
        return kind == KL_FORM_FIELD || kind == KL_FORM_KNOWN || kind == KL_FORM_ASSUME || kind == KL_FORM_HAS ||
               kind == KL_FORM_EMPTY;
    }
    return q->kind == KL_Q_VALUES || q->kind == KL_Q_NUMBER || q->kind == KL_Q_TEXT || q->kind == KL_Q_EDITION;
}

typedef struct asking { /* the facts about one field */
    const kl_forms *f;
    const kl_fact *facts;
    size_t n;
    uint32_t field;
} asking;

/* 0 no, 1 yes, 2 not said: the yes/no questions of that kind about the field. */
static int said(const asking *a, kl_form_kind kind, uint32_t code) {
    int out = 2;
    for (size_t i = 0; i < a->n; i++) {
        const kl_question *q = a->facts[i].question;
        if (q->kind != KL_Q_TRUTH || a->facts[i].end - a->facts[i].first != 1) continue;
        const kl_form *n = kl_form_at(a->f, q->source);
        if ((kl_form_kind)n->kind != kind || n->x != a->field || (kind == KL_FORM_HAS && n->y != code)) continue;
        out = (int)a->facts[i].first;
    }
    return out;
}

static bool find_set(const asking *a, kl_datum *d) {
    uint32_t codes = (uint32_t)a->f->g->sets.p[a->f->g->fields.p[a->field].type.set].values.n;
    int empty = said(a, KL_FORM_EMPTY, 0);
    bool any = empty != 2;
    uint32_t spare = codes;
    d->set = 0;
    for (uint32_t i = codes; i-- > 0;) {
        int has = said(a, KL_FORM_HAS, i);
        any = any || has != 2;
        if (has == 1) d->set |= UINT64_C(1) << i;
        if (has == 2) spare = i;
    }
    if (any) d->state = KL_DATUM_VALUE;
    if (empty == 1) return d->set == 0;
    if (empty == 0 && d->set == 0 && spare == codes) return false;
    if (empty == 0 && d->set == 0) d->set = UINT64_C(1) << spare;
    return true;
}

static bool find_code(const asking *a, kl_datum *d) {
    const uint32_t codes = (uint32_t)a->f->g->sets.p[a->f->g->fields.p[a->field].type.set].values.n;
    bool any = false;
    for (uint32_t code = 0; code < codes; code++) {
        bool fits = true;
        for (size_t i = 0; i < a->n && fits; i++) {
            const kl_question *q = a->facts[i].question;
            if (q->kind != KL_Q_VALUES || q->source != a->field) continue;
            any = true;
            fits = q->cell_of[code] >= a->facts[i].first && q->cell_of[code] < a->facts[i].end;
        }
        if (!any) return true;
        if (!fits) continue;
        *d = (kl_datum){.state = KL_DATUM_VALUE, .number = code};
        return true;
    }
    return codes == 0;
}

/* The end of what is allowed that says most: where it begins, else where it ends. */
static int64_t typical(const ir_guideline *g, uint32_t field, int64_t lo, int64_t hi, bool low, bool high) {
    bool date = g->fields.p[field].type.kind == KL_T_DATE;
    int64_t usual = !date ? 0 : field == g->dated_by && g->from != INT32_MIN ? g->from : SOME_DAY;
    if (low) return lo;
    if (high && hi < usual) return hi;
    return high && !date ? hi : usual;
}

static bool find_number(const asking *a, kl_datum *d) {
    int64_t lo, hi, least, most;
    bool any = false;
    kl_field_domain(a->f, a->field, &least, &most);
    lo = least;
    hi = most;
    for (size_t i = 0; i < a->n; i++) {
        const kl_question *q = a->facts[i].question;
        if (q->kind != KL_Q_NUMBER || q->source != a->field) continue;
        any = true;
        if (a->facts[i].first && q->cuts.p[a->facts[i].first - 1] > lo) lo = q->cuts.p[a->facts[i].first - 1];
        if (a->facts[i].end < q->cells && q->cuts.p[a->facts[i].end - 1] - 1 < hi)
            hi = q->cuts.p[a->facts[i].end - 1] - 1;
    }
    if (any && lo <= hi)
        *d = (kl_datum){.state = KL_DATUM_VALUE, .number = typical(a->f->g, a->field, lo, hi, lo > least, hi < most)};
    return lo <= hi;
}

static bool text_fits(const asking *a, kl_str text) {
    for (size_t i = 0; i < a->n; i++) {
        const kl_question *q = a->facts[i].question;
        if (q->kind != KL_Q_TEXT || q->source != a->field) continue;
        uint32_t cell = 0;
        while (cell < q->texts.n && !kl_str_eq(a->f->g->texts.p[q->texts.p[cell]], text)) cell++;
        if (cell < a->facts[i].first || cell >= a->facts[i].end) return false;
    }
    return true;
}

static bool find_text(const asking *a, kl_datum *d) {
    bool any = false;
    for (size_t i = 0; i < a->n; i++) {
        const kl_question *q = a->facts[i].question;
        if (q->kind != KL_Q_TEXT || q->source != a->field) continue;
        any = true;
        for (size_t k = 0; k < q->texts.n; k++) {
            kl_str text = a->f->g->texts.p[q->texts.p[k]];
            if (!text_fits(a, text)) continue;
            *d = (kl_datum){.state = KL_DATUM_VALUE, .text = text};
            return true;
        }
    }
    if (!any) return true;
    kl_str other = KL_STR("x");
    for (int i = 0; i < 64 && !text_fits(a, other); i++) other = kl_str_fmt(a->f->arena, "%.*sx", KL_FMT(other));
    *d = (kl_datum){.state = KL_DATUM_VALUE, .text = other};
    return text_fits(a, other);
}

static bool find_field(const asking *a, kl_datum *d) {
    const ir_field *field = &a->f->g->fields.p[a->field];
    bool received = said(a, KL_FORM_KNOWN, 0) != 0, ok = true;
    int yes = said(a, KL_FORM_FIELD, 0);
    switch (field->type.kind) {
    case KL_T_NONE: break;
    case KL_T_BOOL:
        if (yes != 2) *d = (kl_datum){.state = KL_DATUM_VALUE, .number = yes};
        break;
    case KL_T_VALUES: ok = find_code(a, d); break;
    case KL_T_SET: ok = find_set(a, d); break;
    case KL_T_TEXT: ok = find_text(a, d); break;
    default: ok = find_number(a, d); break;
    }
    if (received || !ok) return ok && (received || !(field->required || field->key));
    if (field->required || field->key) return false;
    d->state = KL_DATUM_UNKNOWN;
    return true;
}

/* With `annars`, what is not received has that value: the facts must allow it. */
static bool default_fits(const asking *a) {
    const ir_field *field = &a->f->g->fields.p[a->field];
    for (size_t i = 0; i < a->n && field->has_otherwise; i++) {
        const kl_fact *x = &a->facts[i];
        const kl_question *q = x->question;
        const kl_form *n = q->kind == KL_Q_TRUTH ? kl_form_at(a->f, q->source) : NULL;
        uint32_t cell = 0;
        if (field_of(a->f, q) != a->field || (n && n->kind == KL_FORM_KNOWN)) continue;
        if (q->kind == KL_Q_TEXT && !text_fits(a, field->otherwise_text)) return false;
        if (q->kind == KL_Q_TEXT) continue;
        if (q->kind == KL_Q_VALUES) cell = q->cell_of[field->otherwise];
        if (q->kind == KL_Q_NUMBER)
            while (cell < q->cuts.n && q->cuts.p[cell] <= field->otherwise) cell++;
        if (n && n->kind == KL_FORM_FIELD) cell = (uint32_t)field->otherwise;
        if (n && n->kind == KL_FORM_HAS) cell = (uint64_t)field->otherwise >> n->y & 1;
        if (n && n->kind == KL_FORM_EMPTY) cell = field->otherwise == 0;
        if (cell < x->first || cell >= x->end) return false;
    }
    return true;
}

static void blame(const asking *a, bool *core) {
    for (size_t i = 0; i < a->n && core; i++) core[i] = field_of(a->f, a->facts[i].question) == a->field;
}

static kl_found find_plain(kl_witnesses *w, const kl_fact *facts, size_t n, bool stated, kl_witness *out, bool *core) {
    const kl_forms *f = w->e->forms;
    for (size_t i = 0; i < n; i++) {
        asking a = {f, facts, n, field_of(f, facts[i].question)};
        if (a.field == IR_NONE || out->fields[a.field].state != KL_DATUM_ANY) continue;
        kl_datum *d = &out->fields[a.field];
        if (find_field(&a, d) && (d->state != KL_DATUM_UNKNOWN || default_fits(&a))) continue;
        blame(&a, core);
        return KL_FOUND_NONE;
    }
    for (size_t i = 0; i < n; i++) {
        const kl_question *q = facts[i].question;
        if (q->kind != KL_Q_TRUTH || kl_form_at(f, q->source)->kind != KL_FORM_ASSUME) continue;
        uint32_t x = kl_form_at(f, q->source)->x;
        if (facts[i].end - facts[i].first != 1) continue;
        const ir_assumption *said_as = &f->g->assumptions.p[x];
        if (stated && said_as->has_value && said_as->value != facts[i].first) {
            for (size_t k = 0; k < n && core; k++) core[k] = k == i;
            return KL_FOUND_NONE;
        }
        out->assumptions[x] = (kl_datum){.state = KL_DATUM_VALUE, .number = facts[i].first};
    }
    return KL_FOUND_RECORD;
}

kl_found kl_witness_find(kl_witnesses *w, const kl_fact *facts, size_t n, bool stated, kl_witness *out, bool *core) {
    kl_arena *arena = w->e->forms->arena;
    bool plain = true, record = out != NULL;
    kl_witness spare;
    if (!record) out = &spare;
    *out = kl_witness_blank(w->e->forms);
    for (size_t i = 0; i < n; i++) plain = plain && is_plain(w->e->forms, &facts[i]);
    if (plain) return find_plain(w, facts, n, stated, out, core);
    if (!w->solver) {
        w->solver = kl_solver_new(w->e);
        w->unsolved = !w->solver;
        if (w->unsolved) return KL_NOT_DECIDED;
        for (size_t i = 0; i < w->sides.n; i++) kl_solver_side(w->solver, w->sides.p[i]);
    }
    w->asked++;
    kl_found found = kl_solver_check(w->solver, facts, n, stated, w->effort, core);
    if (found != KL_FOUND_RECORD || !record) return found;
    kl_fact_list own = {0}; /* what stands by itself reads better than what the solver makes up */
    bool *derived = kl_alloc_array(arena, w->e->forms->g->fields.n + 1, sizeof *derived);
    kl_witness model = kl_witness_blank(w->e->forms);
    kl_solver_record(w->solver, &model);
    for (size_t i = 0; i < n; i++) {
        if (is_plain(w->e->forms, &facts[i])) KL_PUSH(arena, &own, facts[i]);
        if (facts[i].side) memset(derived, 1, w->e->forms->g->fields.n * sizeof *derived);
        kl_ref_list refs = {0};
        if (!facts[i].side && facts[i].question && !is_plain(w->e->forms, &facts[i]) &&
            facts[i].question->kind != KL_Q_SAME)
            kl_form_refs(w->e->forms, facts[i].question->source, &refs);
        for (size_t k = 0; k < refs.n; k++) {
            if (refs.p[k].kind == IR_REF_FIELD) derived[refs.p[k].index] = true;
            if (refs.p[k].kind == IR_REF_OUTCOME) memset(derived, 1, w->e->forms->g->fields.n * sizeof *derived);
        }
        if (!facts[i].question || facts[i].question->kind == KL_Q_SAME)
            memset(derived, 1, w->e->forms->g->fields.n * sizeof *derived);
    }
    kl_witness own_record = kl_witness_blank(w->e->forms);
    find_plain(w, own.p, own.n, stated, &own_record, NULL);
    for (uint32_t i = 0; i < w->e->forms->g->fields.n; i++) {
        bool keep = derived[i] && model.fields[i].state != KL_DATUM_ANY;
        out->fields[i] = keep ? model.fields[i] : own_record.fields[i];
    }
    for (uint32_t i = 0; i < w->e->forms->g->assumptions.n; i++)
        out->assumptions[i] =
            model.assumptions[i].state != KL_DATUM_ANY ? model.assumptions[i] : own_record.assumptions[i];
    return KL_FOUND_RECORD;
}

/* ------------------------------------------------------------------ the record in words */
void kl_witness_fill(const kl_forms *f, kl_witness *x) {
    const ir_guideline *g = f->g;
    for (uint32_t i = 0; i < g->fields.n; i++) {
        kl_datum *d = &x->fields[i];
        if (d->state != KL_DATUM_ANY) continue;
        *d = (kl_datum){.state = KL_DATUM_VALUE};
        if (g->fields.p[i].type.kind == KL_T_DATE) d->number = typical(g, i, 0, 0, false, false);
        if (g->fields.p[i].type.kind == KL_T_TEXT) d->text = KL_STR("x");
    }
}

static kl_str number_text(kl_arena *a, int64_t v, unsigned decimals, char sign, const char *unit) {
    int64_t one = 1;
    for (unsigned i = 0; i < decimals; i++) one *= 10;
    const char *minus = v < 0 ? "-" : "";
    int64_t whole = v < 0 ? -(v / one) : v / one, part = v < 0 ? -(v % one) : v % one;
    if (decimals == 0 || (part == 0 && *unit)) return kl_str_fmt(a, "%s%lld%s", minus, (long long)whole, unit);
    return kl_str_fmt(a, "%s%lld%c%0*lld%s", minus, (long long)whole, sign, (int)decimals, (long long)part, unit);
}

static kl_str set_text(const kl_forms *f, const ir_set *set, uint64_t mask, bool sv) {
    kl_buf b;
    kl_buf_init(&b, f->arena);
    if (mask == 0) return sv ? KL_STR("inga") : KL_STR("empty");
    for (size_t i = 0; i < set->values.n; i++)
        if (mask >> i & 1) kl_buf_fmt(&b, "%s%.*s", b.n ? ", " : "", KL_FMT(set->values.p[i].name));
    return mask & (mask - 1) ? kl_str_fmt(f->arena, "(%.*s)", (int)b.n, b.p) : kl_buf_view(&b);
}

kl_str kl_datum_text(const kl_forms *f, ir_type type, const kl_datum *d, kl_surface surface) {
    bool sv = surface == KL_SV;
    char day[10], sign = sv ? ',' : '.';
    if (d->state == KL_DATUM_UNKNOWN) return sv ? KL_STR("okänt") : KL_STR("unknown");
    switch (type.kind) {
    case KL_T_BOOL: return d->number ? (sv ? KL_STR("ja") : KL_STR("yes")) : sv ? KL_STR("nej") : KL_STR("no");
    case KL_T_VALUES: return f->g->sets.p[type.set].values.p[d->number].name;
    case KL_T_SET: return set_text(f, &f->g->sets.p[type.set], d->set, sv);
    case KL_T_TEXT: return kl_str_fmt(f->arena, "\"%.*s\"", KL_FMT(d->text));
    case KL_T_DATE: kl_date_write((int32_t)d->number, day); return kl_str_dup(f->arena, (kl_str){day, sizeof day});
    case KL_T_MONEY: return number_text(f->arena, d->number, type.decimals, sign, " kr");
    case KL_T_MINUTES: return number_text(f->arena, d->number, 0, sign, sv ? " minuter" : " minutes");
    case KL_T_DAYS: return number_text(f->arena, d->number, 0, sign, sv ? " dagar" : " days");
    default: return number_text(f->arena, d->number, type.decimals, sign, "");
    }
}

kl_str kl_witness_text(const kl_forms *f, const kl_witness *x, kl_surface surface) {
    const ir_guideline *g = f->g;
    kl_buf b;
    kl_buf_init(&b, f->arena);
    for (uint32_t i = 0; i < g->fields.n; i++) {
        const kl_datum *d = &x->fields[i];
        if (d->state == KL_DATUM_ANY) continue;
        kl_buf_fmt(&b, "%s%.*s %.*s", b.n ? ", " : "", KL_FMT(g->fields.p[i].name),
                   KL_FMT(kl_datum_text(f, g->fields.p[i].type, d, surface)));
    }
    for (uint32_t i = 0; i < g->assumptions.n; i++) {
        const kl_datum *d = &x->assumptions[i];
        const ir_assumption *a = &g->assumptions.p[i];
        if (d->state != KL_DATUM_VALUE || (a->has_value && a->value == d->number)) continue;
        kl_buf_fmt(&b, "%s%s %.*s %.*s", b.n ? ", " : "", surface == KL_SV ? "antaget" : "assuming", KL_FMT(a->name),
                   KL_FMT(kl_datum_text(f, a->type, d, surface)));
    }
    return kl_buf_view(&b);
}
