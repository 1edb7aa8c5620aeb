/* tables.c - what an image says beside its code: vocabulary, fields, assumptions, outcomes, trace entries, requirements, blocks, the guideline.
 * May include: compiler/emit; libmd for the hashes of the sources.
 * Start at kl_emit_vocabulary() and kl_emit_trace(). */
#include "compiler/emit/emit.h"

#include <sha2.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ types */
static uint32_t type_code(kl_type_kind kind) {
    static const uint8_t codes[] = {
        [KL_T_NONE] = 0,
        [KL_T_BOOL] = KL_TYPE_BOOL,
        [KL_T_VALUES] = KL_TYPE_VALUES,
        [KL_T_SET] = KL_TYPE_SET,
        [KL_T_INTEGER] = KL_TYPE_INTEGER,
        [KL_T_DECIMAL] = KL_TYPE_DECIMAL,
        [KL_T_MONEY] = KL_TYPE_MONEY,
        [KL_T_DATE] = KL_TYPE_DATE,
        [KL_T_MINUTES] = KL_TYPE_MINUTES,
        [KL_T_DAYS] = KL_TYPE_DAYS,
        [KL_T_TEXT] = KL_TYPE_TEXT,
    };
    return codes[kind];
}

/* Type, scale, set or none. */
static void put_type(kl_emit *e, kl_section s, ir_type type) {
    bool coded = type.kind == KL_T_VALUES || type.kind == KL_T_SET;
    kl_put(e, s, type_code(type.kind));
    kl_put(e, s, type.kind == KL_T_MONEY ? 2 : type.kind == KL_T_DECIMAL ? type.decimals : 0);
    kl_put(e, s, coded ? type.set : KL_ABSENT);
}

/* ------------------------------------------------------------------ vocabulary */
static void put_set(kl_emit *e, const ir_set *s) {
    kl_put_string(e, KL_S_SETS, s->name);
    kl_put_string(e, KL_S_SETS, s->title);
    kl_put(e, KL_S_SETS, kl_rows(e, KL_S_VALUES));
    kl_put(e, KL_S_SETS, (uint32_t)s->values.n);
    for (size_t i = 0; i < s->values.n; i++) {
        const ir_value *v = &s->values.p[i];
        kl_put_string(e, KL_S_VALUES, v->name);
        kl_put_string(e, KL_S_VALUES, v->label);
        kl_put(e, KL_S_VALUES, kl_rows(e, KL_S_CODES));
        kl_put(e, KL_S_VALUES, (uint32_t)v->codes.n);
        for (size_t k = 0; k < v->codes.n; k++) kl_put_string(e, KL_S_CODES, v->codes.p[k]);
    }
}

static void put_field(kl_emit *e, const ir_field *f) {
    uint32_t flags = (f->required ? KL_FIELD_REQUIRED : 0u) | (f->key ? KL_FIELD_KEY : 0u) |
                     (f->attested ? KL_FIELD_ATTESTED : 0u) | (f->has_otherwise ? KL_FIELD_DEFAULT : 0u);
    uint32_t otherwise = KL_ABSENT;
    if (f->has_otherwise)
        otherwise =
            f->type.kind == KL_T_TEXT ? kl_text_put(&e->endings, f->otherwise_text) : kl_const_row(e, f->otherwise);
    kl_put_string(e, KL_S_FIELDS, f->name);
    kl_put_string(e, KL_S_FIELDS, f->title);
    put_type(e, KL_S_FIELDS, f->type);
    kl_put(e, KL_S_FIELDS, flags);
    kl_put(e, KL_S_FIELDS, otherwise);
    kl_put(e, KL_S_FIELDS, kl_rows(e, KL_S_INPUTS));
    kl_put(e, KL_S_FIELDS, (uint32_t)f->inputs.n);
    for (size_t i = 0; i < f->inputs.n; i++) kl_put_string(e, KL_S_INPUTS, f->inputs.p[i]);
}

static void put_assumption(kl_emit *e, const ir_assumption *a) {
    kl_put_string(e, KL_S_ASSUMPTIONS, a->name);
    kl_put_string(e, KL_S_ASSUMPTIONS, a->title);
    kl_put_string(e, KL_S_ASSUMPTIONS, a->cite);
    put_type(e, KL_S_ASSUMPTIONS, a->type);
    kl_put(e, KL_S_ASSUMPTIONS, (a->has_value ? KL_ASSUMPTION_VALUE : 0u) | (a->bounded ? KL_ASSUMPTION_BOUNDED : 0u));
    kl_put(e, KL_S_ASSUMPTIONS, a->has_value ? kl_const_row(e, a->value) : KL_ABSENT);
    kl_put(e, KL_S_ASSUMPTIONS, a->bounded ? kl_const_row(e, a->lo) : KL_ABSENT);
    kl_put(e, KL_S_ASSUMPTIONS, a->bounded ? kl_const_row(e, a->hi) : KL_ABSENT);
}

static void put_outcome(kl_emit *e, uint32_t i) {
    const ir_outcome *o = &e->g->outcomes.p[i];
    kl_put_string(e, KL_S_OUTCOMES, o->name);
    kl_put_string(e, KL_S_OUTCOMES, o->title);
    put_type(e, KL_S_OUTCOMES, o->many ? (ir_type){KL_T_NONE, 0, IR_NONE} : o->type);
    kl_put(e, KL_S_OUTCOMES, (o->many ? KL_OUTCOME_MANY : 0u) | (o->row_by_row ? KL_OUTCOME_ROW_BY_ROW : 0u));
    kl_put(e, KL_S_OUTCOMES, o->audited);
    kl_put(e, KL_S_OUTCOMES, kl_rows(e, KL_S_COLUMNS));
    kl_put(e, KL_S_OUTCOMES, o->many ? (uint32_t)o->columns.n : 0);
    kl_put(e, KL_S_OUTCOMES, e->first_slot[i]);
    kl_put(e, KL_S_OUTCOMES, e->slots[i]);
    for (size_t k = 0; o->many && k < o->columns.n; k++) {
        kl_put_string(e, KL_S_COLUMNS, o->columns.p[k].name);
        put_type(e, KL_S_COLUMNS, o->columns.p[k].type);
    }
}

void kl_emit_vocabulary(kl_emit *e) {
    const ir_guideline *g = e->g;
    for (size_t i = 0; i < g->sets.n; i++) put_set(e, &g->sets.p[i]);
    for (size_t i = 0; i < g->fields.n; i++) put_field(e, &g->fields.p[i]);
    for (size_t i = 0; i < g->assumptions.n; i++) put_assumption(e, &g->assumptions.p[i]);
    for (uint32_t i = 0; i < g->outcomes.n; i++) put_outcome(e, i);
    for (size_t i = 0; i < e->endings.texts.n; i++) kl_put_string(e, KL_S_TEXTS, e->endings.texts.p[i]);
}

/* ------------------------------------------------------------------ the trace */
static uint32_t put_requirement(kl_emit *e, uint32_t i) {
    uint32_t row = kl_rows(e, KL_S_REQUIREMENTS), always = kl_form_const(e->forms, 1);
    uint32_t truths[3] = {kl_form_applies(e->forms, i), 0, 0};
    truths[1] = kl_form_of_entry(e->forms, i);
    truths[2] = kl_form_breached(e->forms, i);
    kl_put(e, KL_S_REQUIREMENTS, i);
    kl_put(e, KL_S_REQUIREMENTS, e->g->entries.p[i].kind == IR_E_ADVICE);
    for (int k = 0; k < 3; k++)
        kl_put(e, KL_S_REQUIREMENTS, kl_register(e, kl_form_framed(e->forms, always, truths[k])));
    return row;
}

/* What the trace says of an entry: all but the guideline's own two lines stand in its frame. */
static uint32_t traced(kl_emit *e, uint32_t i) {
    ir_entry_kind kind = e->g->entries.p[i].kind;
    uint32_t form = kl_form_of_entry(e->forms, i), always = kl_form_const(e->forms, 1);
    return kind == IR_E_PERIOD || kind == IR_E_SCOPE ? form : kl_framed(e, always, form).all;
}

static bool is_traced(const ir_entry *n) {
    return n->kind == IR_E_PERIOD || n->truth != IR_NONE;
}

void kl_want_trace(kl_emit *e) {
    for (uint32_t i = 0; i < e->g->entries.n; i++) {
        if (!is_traced(&e->g->entries.p[i])) continue;
        kl_plane_wanted(e, traced(e, i));
        if (e->bare.p[kl_form_of_entry(e->forms, i)]) kl_plane_wanted(e, kl_form_of_entry(e->forms, i));
    }
}

static void put_entry(kl_emit *e, uint32_t i) {
    const ir_entry *n = &e->g->entries.p[i];
    kl_str strings[6] = {n->id, n->label, n->title, n->cite, n->open, n->because};
    bool required = n->kind == IR_E_REQUIREMENT || n->kind == IR_E_ADVICE;
    uint32_t truth = is_traced(n) ? kl_register(e, traced(e, i)) : KL_ABSENT;
    uint32_t requirement = required ? put_requirement(e, i) : KL_ABSENT;
    kl_ref_list reads = {0};
    for (size_t k = 0; k < n->reads.n; k++) KL_PUSH(e->arena, &reads, n->reads.p[k]);
    for (int k = 0; k < 6; k++) kl_put_string(e, KL_S_ENTRIES, strings[k]);
    uint32_t rest[] = {
        n->kind,   n->parent, truth,       n->quantifier,          (uint32_t)n->from, (uint32_t)n->through,
        n->before, n->after,  requirement, kl_refs_row(e, &reads), (uint32_t)reads.n};
    for (size_t k = 0; k < sizeof rest / sizeof *rest; k++) kl_put(e, KL_S_ENTRIES, rest[k]);
}

typedef struct pair { /* what overrides what */
    uint32_t by, of, absent;
} pair;

static int by_pair(const void *a, const void *b) {
    const pair *x = a, *y = b;
    if (x->by != y->by) return x->by < y->by ? -1 : 1;
    if (x->of != y->of) return x->of < y->of ? -1 : 1;
    return x->absent < y->absent ? -1 : x->absent > y->absent;
}

static void put_block(kl_emit *e, uint32_t entry, uint32_t holds, uint32_t blocked) {
    uint32_t b = kl_register(e, holds), c = kl_register(e, blocked);
    kl_put(e, KL_S_BLOCKS, entry);
    kl_put(e, KL_S_BLOCKS, b);
    kl_put(e, KL_S_BLOCKS, c);
}

/* Exceptions while what they except from would hold, and rules and rows while something they override would hold, or was another text. */
static void put_blocks(kl_emit *e) {
    const ir_guideline *g = e->g;
    KL_VEC(pair) pairs = {0};
    for (uint32_t i = 0; i < g->entries.n; i++) {
        const ir_entry *n = &g->entries.p[i];
        if (n->kind != IR_E_EXCEPTION || n->parent == IR_NONE || g->entries.p[n->parent].body == IR_NONE) continue;
        uint32_t holds = kl_form_of_entry(e->forms, i);
        put_block(e, i, holds, kl_form_of(e->forms, g->entries.p[n->parent].body));
    }
    for (size_t i = 0; i < g->candidates.n; i++) {
        const ir_candidate *c = &g->candidates.p[i];
        for (size_t k = 0; k < c->overriders.n; k++)
            KL_PUSH(e->arena, &pairs, ((pair){c->overriders.p[k], c->entry, c->absent}));
    }
    if (pairs.n) qsort(pairs.p, pairs.n, sizeof *pairs.p, by_pair);
    for (size_t i = 0; i < pairs.n;) {
        uint32_t by = pairs.p[i].by, blocked = kl_form_const(e->forms, 0);
        for (; i < pairs.n && pairs.p[i].by == by; i++) {
            if (i > 0 && by_pair(&pairs.p[i - 1], &pairs.p[i]) == 0) continue;
            blocked = kl_form_or(e->forms, blocked, kl_form_of_entry(e->forms, pairs.p[i].of));
            if (pairs.p[i].absent != IR_NONE)
                blocked = kl_form_or(e->forms, blocked, kl_form_of(e->forms, pairs.p[i].absent));
        }
        put_block(e, by, kl_form_of_entry(e->forms, by), blocked);
    }
}

void kl_emit_trace(kl_emit *e) {
    for (uint32_t i = 0; i < e->g->entries.n; i++) put_entry(e, i);
    put_blocks(e);
}

void kl_emit_guideline(kl_emit *e) {
    const ir_guideline *g = e->g;
    kl_str strings[7] = {g->name, g->title, g->issuer, g->document, g->currency, g->edition, g->record};
    uint32_t in_force = kl_form_in_force(e->forms);
    uint32_t scope = kl_register(e, kl_form_framed(e->forms, e->deciding.scope, kl_form_const(e->forms, 1)));
    for (int k = 0; k < 7; k++) kl_put_string(e, KL_S_GUIDELINE, strings[k]);
    uint32_t rest[] = {(uint32_t)g->from, (uint32_t)g->through, g->before, g->after, g->dated_by, g->key, scope};
    for (size_t k = 0; k < sizeof rest / sizeof *rest; k++) kl_put(e, KL_S_GUIDELINE, rest[k]);
    if (e->deciding.period_entry != IR_NONE) kl_register(e, in_force); /* slots read both */
}

/* ------------------------------------------------------------------ sources */
static bool names(kl_str path, kl_str dotted) {
    static const char end[] = ".klausul";
    size_t tail = sizeof end - 1;
    if (path.n < dotted.n + tail || memcmp(path.p + path.n - tail, end, tail) != 0) return false;
    const char *from = path.p + path.n - tail - dotted.n;
    for (size_t i = 0; i < dotted.n; i++)
        if (from[i] != (dotted.p[i] == '.' ? '/' : dotted.p[i])) return false;
    return path.n == dotted.n + tail || from[-1] == '/';
}

/* What a file is called in the rules themselves, wherever they lie: the guideline's name, or the one it is used by. */
static kl_str source_name(const ir_guideline *g, size_t i) {
    const kl_file *file = g->files.p[i];
    if (i == 0) return g->name;
    for (size_t k = 0; k < g->files.n; k++)
        for (size_t p = 0; p < g->files.p[k]->pieces.n; p++) {
            const kl_piece *piece = g->files.p[k]->pieces.p[p];
            if (piece->kind == KL_P_USE && names(file->path, piece->name.text)) return piece->name.text;
        }
    kl_str base = file->path;
    for (size_t k = base.n; k-- > 0;)
        if (base.p[k] == '/') return (kl_str){base.p + k + 1, base.n - k - 1};
    return base;
}

void kl_emit_sources(kl_emit *e, uint8_t hash[32]) {
    SHA2_CTX whole, one;
    SHA256Init(&whole);
    for (size_t i = 0; i < e->g->files.n; i++) {
        const kl_file *file = e->g->files.p[i];
        uint8_t digest[32];
        SHA256Init(&one);
        SHA256Update(&one, (const uint8_t *)file->text.p, file->text.n);
        SHA256Final(digest, &one);
        SHA256Update(&whole, digest, sizeof digest);
        kl_put_string(e, KL_S_SOURCES, source_name(e->g, i));
        for (int k = 0; k < 32; k += 4)
            kl_put(e, KL_S_SOURCES,
                   digest[k] | (uint32_t)digest[k + 1] << 8 | (uint32_t)digest[k + 2] << 16 |
                       (uint32_t)digest[k + 3] << 24);
    }
    SHA256Final(hash, &whole);
}
