/* entries.c - the lines of the trace: an entry with an id for each clause, item, exception, requirement and note, then their truths.
 * May include: compiler/front.
 * Start at kl_front_make_entries() (ids of one piece) and kl_front_lower_clause(). */
#include "compiler/front.h"

/* ------------------------------------------------------------------ making */
uint32_t kl_front_entry(kl_front *f, ir_entry_kind kind, kl_str id, uint32_t parent, kl_span span) {
    ir_entry e = {.kind = kind,
                  .id = id,
                  .parent = parent,
                  .truth = IR_NONE,
                  .body = IR_NONE,
                  .requires_node = IR_NONE,
                  .from = INT32_MIN,
                  .through = INT32_MAX,
                  .file = kl_front_file(f),
                  .span = span};
    uint32_t index = (uint32_t)f->g->entries.n;
    if (index == KL_MAX_ENTRIES)
        kl_front_report(f, span, KL_D_LIMIT_ENTRIES, 1, kl_str_fmt(f->arena, "%d", KL_MAX_ENTRIES));
    KL_PUSH(f->arena, &f->g->entries, e);
    uint32_t taken = id.n ? kl_map_add(&f->ids, 0, id, index) : IR_NONE;
    if (taken != IR_NONE) {
        const ir_entry *first = &f->g->entries.p[taken];
        kl_diag *d = kl_front_report(f, span, KL_D_ID_TWICE, 1, id);
        d->second_file = first->file;
        d->second = first->span;
        d->second_note = kl_front_note(f, KL_N_FIRST_HERE, KL_NO_ARG);
    }
    return index;
}

static void cite(ir_entry *e, const kl_piece *p) {
    e->title = p->title.text;
    e->cite = p->source.cite.text;
    e->open = p->source.open.text;
    e->because = p->source.because.text;
}

static uint32_t piece_entry(kl_front *f, kl_symbol *s, ir_entry_kind kind) {
    uint32_t i = kl_front_entry(f, kind, s->name, IR_NONE, s->span);
    cite(&f->g->entries.p[i], s->piece);
    s->index = i;
    return i;
}

static void make_items(kl_front *f, const kl_body *b, kl_str prefix, ir_entry_kind kind, uint32_t parent) {
    f->g->entries.p[parent].quantifier = b->quantifier;
    for (size_t i = 0; i < b->items.n; i++) {
        const kl_item *item = &b->items.p[i];
        kl_str label = item->label.text;
        if (!label.p) label = kl_str_fmt(f->arena, "%zu", i + 1);
        kl_str id = kl_str_fmt(f->arena, "%.*s.%.*s", KL_FMT(prefix), KL_FMT(label));
        uint32_t e = kl_front_entry(f, kind, id, parent, item->label.span);
        f->g->entries.p[e].label = item->label.text;
        f->g->entries.p[e].title = item->title.text;
    }
}

static void make_clause(kl_front *f, kl_symbol *s) {
    const kl_piece *p = s->piece;
    uint32_t clause = piece_entry(f, s, IR_E_CLAUSE);
    make_items(f, &p->u.clause.body, s->name, IR_E_ITEM, clause);
    size_t n = p->u.clause.except.n;
    for (size_t i = 0; i < n; i++) {
        kl_str id = kl_str_fmt(f->arena, "%.*s.utom", KL_FMT(s->name));
        if (n > 1) id = kl_str_fmt(f->arena, "%.*s.%zu", KL_FMT(id), i + 1);
        uint32_t exception = kl_front_entry(f, IR_E_EXCEPTION, id, clause, p->u.clause.except.p[i].span);
        make_items(f, &p->u.clause.except.p[i], id, IR_E_EXCEPTION_ITEM, exception);
    }
}

static kl_name note_name(kl_front *f, const kl_piece *p) {
    kl_name n = p->name;
    if (n.text.n == 0 && p->u.note.label.text.p) n = (kl_name){p->u.note.label.text, p->u.note.label.span, false};
    (void)f;
    return n;
}

/* Declares a piece that stands in the trace and makes its entries, in source order. */
void kl_front_make_entries(kl_front *f, const kl_piece *p) {
    kl_symbol *s;
    switch (p->kind) {
    case KL_P_CLAUSE:
        s = kl_front_peek_piece(f, p);
        if (s && !s->bad && s->index == IR_NONE) make_clause(f, s);
        break;
    case KL_P_REQUIREMENT:
    case KL_P_ADVICE: {
        bool shall = p->kind == KL_P_REQUIREMENT;
        s = kl_front_declare(f, shall ? KL_SYM_REQUIREMENT : KL_SYM_ADVICE, p->name, p);
        if (!s->bad) piece_entry(f, s, shall ? IR_E_REQUIREMENT : IR_E_ADVICE);
        break;
    }
    case KL_P_RULE:
        s = kl_front_declare(f, KL_SYM_RULE, p->name, p);
        if (!s->bad) piece_entry(f, s, IR_E_RULE);
        break;
    case KL_P_TABLE:
        s = kl_front_declare(f, KL_SYM_TABLE, p->name, p);
        if (!s->bad) {
            uint32_t table = piece_entry(f, s, IR_E_TABLE);
            kl_front_make_rows(f, s, table);
        }
        break;
    case KL_P_NOTE:
        s = kl_front_declare(f, KL_SYM_NOTE, note_name(f, p), p);
        if (!s->bad) {
            uint32_t note = piece_entry(f, s, IR_E_NOTE);
            f->g->entries.p[note].label = p->u.note.label.text;
        }
        break;
    default: break;
    }
}

kl_symbol *kl_front_peek_piece(kl_front *f, const kl_piece *p) {
    uint32_t first = kl_map_get(&f->names, 0, p->name.text);
    for (kl_symbol *s = first == IR_NONE ? NULL : f->symbols.p[first]; s; s = s->next)
        if (s->piece == p && s->kind != KL_SYM_FIELD) return s;
    return NULL;
}

/* ------------------------------------------------------------------ reading clauses */
uint32_t kl_front_clause(kl_front *f, kl_symbol *s) {
    if (s->bad) return kl_n_bool(f, 2);
    if (s->index == IR_NONE) { /* a shared clause that something reads for the first time */
        uint32_t outer = f->file;
        f->file = s->file;
        make_clause(f, s);
        f->file = outer;
        KL_PUSH(f->arena, &f->clause_queue, s);
    }
    return kl_n_entry(f, IR_CLAUSE, s->index);
}

uint32_t kl_front_clause_part(kl_front *f, kl_name name) {
    size_t dot = 0;
    while (dot < name.text.n && name.text.p[dot] != '.') dot++;
    if (dot == name.text.n) return IR_NONE;
    kl_name whole = {{name.text.p, dot}, name.span, name.quoted};
    kl_symbol *s = kl_front_peek(f, whole, KL_KIND(KL_SYM_CLAUSE));
    if (!s) return IR_NONE;
    s->used = true;
    kl_front_clause(f, s);
    uint32_t entry = kl_map_get(&f->ids, 0, name.text);
    return entry == IR_NONE ? IR_NONE : kl_n_entry(f, IR_CLAUSE, entry);
}

/* ------------------------------------------------------------------ what an entry reads */
static void read_once(kl_front *f, ir_entry *e, ir_ref r) {
    for (size_t i = 0; i < e->reads.n; i++)
        if (e->reads.p[i].kind == r.kind && e->reads.p[i].index == r.index) return;
    KL_PUSH(f->arena, &e->reads, r);
}

static void collect(kl_front *f, uint32_t entry, uint32_t node, unsigned mark) {
    if (node == IR_NONE || !kl_front_visit(f, node, mark)) return;
    const ir_node n = *kl_node_at(f, node);
    ir_entry *e = &f->g->entries.p[entry];
    if (n.field != IR_NONE) read_once(f, e, (ir_ref){IR_REF_FIELD, n.field});
    if (n.field2 != IR_NONE) read_once(f, e, (ir_ref){IR_REF_FIELD, n.field2});
    if (n.assumption != IR_NONE) read_once(f, e, (ir_ref){IR_REF_ASSUMPTION, n.assumption});
    if (n.outcome != IR_NONE) read_once(f, e, (ir_ref){IR_REF_OUTCOME, n.outcome});
    if (n.entry != IR_NONE) read_once(f, e, (ir_ref){IR_REF_ENTRY, n.entry});
    collect(f, entry, n.a, mark);
    collect(f, entry, n.b, mark);
    collect(f, entry, n.c, mark);
}

void kl_front_reads(kl_front *f, uint32_t entry, uint32_t node) {
    collect(f, entry, node, kl_front_new_mark(f));
}

bool kl_front_visit(kl_front *f, uint32_t node, unsigned mark) {
    if (node >= f->mark_cap) {
        size_t cap = f->g->nodes.cap;
        unsigned *marks = kl_alloc_array(f->arena, cap, sizeof *marks);
        if (f->mark_cap) memcpy(marks, f->marks, f->mark_cap * sizeof *marks);
        f->marks = marks;
        f->mark_cap = cap;
    }
    if (f->marks[node] == mark) return false;
    f->marks[node] = mark;
    return true;
}

unsigned kl_front_new_mark(kl_front *f) {
    return ++f->mark;
}

/* ------------------------------------------------------------------ truths */
/* The body's truth; its items are the entries that follow `first`. */
static uint32_t lower_body(kl_front *f, const kl_body *b, uint32_t owner, uint32_t first) {
    if (b->quantifier == KL_ONE) {
        uint32_t cond = b->cond ? kl_lower_truth(f, b->cond) : kl_n_bool(f, 2);
        kl_front_reads(f, owner, cond);
        return cond;
    }
    uint32_t *parts = kl_alloc_array(f->arena, b->items.n + 1, sizeof *parts);
    for (size_t i = 0; i < b->items.n; i++) {
        const kl_item *item = &b->items.p[i];
        uint32_t cond = item->cond ? kl_lower_truth(f, item->cond) : kl_n_bool(f, 2);
        f->g->entries.p[first + i].truth = cond;
        kl_front_reads(f, first + (uint32_t)i, cond);
        parts[i] = cond;
    }
    return kl_n_fold(f, b->quantifier == KL_ALL ? IR_AND : IR_OR, parts, b->items.n);
}

void kl_front_lower_clause(kl_front *f, const kl_symbol *s) {
    const kl_piece *p = s->piece;
    uint32_t clause = s->index, next = clause + 1;
    uint32_t body = lower_body(f, &p->u.clause.body, clause, next);
    next += (uint32_t)p->u.clause.body.items.n;
    uint32_t truth = body;
    for (size_t i = 0; i < p->u.clause.except.n; i++) {
        uint32_t exception = next++;
        const kl_body *b = &p->u.clause.except.p[i];
        uint32_t except = lower_body(f, b, exception, next);
        next += (uint32_t)b->items.n;
        f->g->entries.p[exception].truth = except;
        truth = kl_n_and(f, truth, kl_n_not(f, except));
    }
    kl_when when = kl_front_period(f, p);
    f->g->entries.p[clause].body = body;
    f->g->entries.p[clause].truth = kl_front_edition(f, clause, truth, &when);
}

void kl_front_lower_requirement(kl_front *f, const kl_symbol *s) {
    const kl_piece *p = s->piece;
    kl_when when = kl_front_period(f, p);
    uint32_t applies = p->u.requirement.applies ? kl_lower_truth(f, p->u.requirement.applies) : kl_n_bool(f, 1);
    uint32_t requires = p->u.requirement.requires ? kl_lower_truth(f, p->u.requirement.requires) : kl_n_bool(f, 2);
    if (!p->u.requirement.requires) kl_front_report(f, p->name.span, KL_D_REQUIRES_MISSING, 1, s->name);
    kl_front_reads(f, s->index, applies);
    kl_front_reads(f, s->index, requires);
    applies = kl_front_edition(f, s->index, applies, &when);
    ir_entry *e = &f->g->entries.p[s->index];
    e->body = applies;
    e->requires_node = requires;
    uint32_t met = kl_n_and(f, applies, requires);
    f->g->entries.p[s->index].truth = met;
}
