/* overlap.c - rows of one table that apply together and give different values.
 * May include: compiler/front, compiler/search, runtime/dates.
 * Start at kl_front_overlaps(): cells that exclude each other settle most pairs, a search for a record the rest. */
#include "compiler/search.h"

#include "runtime/dates.h"

/* ------------------------------------------------------------------ cells that exclude each other */
static bool apart(const kl_front *f, uint32_t x, uint32_t y);

static bool masks_apart(const kl_front *f, const ir_node *a, bool a_yes, const ir_node *b, bool b_yes) {
    size_t count = f->g->sets.p[kl_node_at(f, a->a)->type.set].values.n;
    for (size_t i = 0; i < (count + 63) / 64; i++) {
        uint64_t all = i + 1 == (count + 63) / 64 && count % 64 ? (UINT64_C(1) << (count % 64)) - 1 : UINT64_MAX;
        uint64_t x = f->g->mask_words.p[a->mask + i], y = f->g->mask_words.p[b->mask + i];
        if ((a_yes ? x : ~x) & (b_yes ? y : ~y) & all) return false;
    }
    return true;
}

static bool ranges_apart(const ir_node *a, bool a_yes, const ir_node *b, bool b_yes) {
    if (a_yes && b_yes) return a->lo > b->hi || b->lo > a->hi;
    if (a_yes != b_yes) { /* one inside what the other leaves out */
        const ir_node *in = a_yes ? a : b, *out = a_yes ? b : a;
        return in->lo >= out->lo && in->hi <= out->hi;
    }
    return false;
}

static bool plain_apart(const kl_front *f, const ir_node *a, bool a_yes, const ir_node *b, bool b_yes) {
    if (a == b) return a_yes != b_yes;
    if (a->kind == IR_IN && b->kind == IR_IN && a->a == b->a) return masks_apart(f, a, a_yes, b, b_yes);
    if (a->kind == IR_RANGE && b->kind == IR_RANGE && a->a == b->a) return ranges_apart(a, a_yes, b, b_yes);
    if (a->kind == IR_TEXT && b->kind == IR_TEXT && a->field == b->field) return a_yes && b_yes;
    bool empty = (a->kind == IR_EMPTY && b->kind == IR_HAS) || (a->kind == IR_HAS && b->kind == IR_EMPTY);
    return empty && a->field == b->field && a_yes && b_yes;
}

/* Can the first, taken one way, never hold with the second taken one way? Goes into both sides of what is put together. */
static bool apart_as(const kl_front *f, uint32_t x, bool x_yes, uint32_t y, bool y_yes) {
    const ir_node *a = kl_node_at(f, x), *b = kl_node_at(f, y);
    if (a->kind == IR_NOT) return apart_as(f, a->a, !x_yes, y, y_yes);
    if (b->kind == IR_NOT) return apart_as(f, x, x_yes, b->a, !y_yes);
    if (a->kind == IR_AND || a->kind == IR_OR) {
        bool every = (a->kind == IR_OR) == x_yes;
        bool left = apart_as(f, a->a, x_yes, y, y_yes);
        if (left != every) return left;
        return apart_as(f, a->b, x_yes, y, y_yes);
    }
    if (b->kind == IR_AND || b->kind == IR_OR) {
        bool every = (b->kind == IR_OR) == y_yes;
        bool left = apart_as(f, x, x_yes, b->a, y_yes);
        if (left != every) return left;
        return apart_as(f, x, x_yes, b->b, y_yes);
    }
    return plain_apart(f, a, x_yes, b, y_yes);
}

static bool apart(const kl_front *f, uint32_t x, uint32_t y) {
    return x != y && apart_as(f, x, true, y, true);
}

/* A cell as one word, where it is that simple: rows whose words share no bit exclude each other. Codes past 64 share bits. */
static uint64_t word_of(const kl_front *f, uint32_t cell) {
    const ir_node *n = kl_node_at(f, cell);
    bool yes = n->kind != IR_NOT;
    if (!yes) n = kl_node_at(f, n->a);
    if (n->kind == IR_IN) {
        size_t values = f->g->sets.p[kl_node_at(f, n->a)->type.set].values.n;
        uint64_t word = 0;
        if (!yes) return values <= 64 ? ~f->g->mask_words.p[n->mask] : UINT64_MAX;
        for (size_t i = 0; i < (values + 63) / 64; i++) word |= f->g->mask_words.p[n->mask + i];
        return word;
    }
    if (n->kind == IR_FIELD || n->kind == IR_CLAUSE) return yes ? 1 : 2;
    return UINT64_MAX;
}

/* ------------------------------------------------------------------ results that differ */
static bool constant(const kl_front *f, const ir_result *r) {
    return r->kind != IR_R_FIELD && (r->kind != IR_R_NUMBER || kl_node_at(f, r->node)->kind == IR_NUMBER);
}

static bool differ(const kl_front *f, const ir_result *a, const ir_result *b) {
    if (!constant(f, a) || !constant(f, b)) return false;
    if (a->kind != b->kind) return true;
    switch (a->kind) {
    case IR_R_NUMBER: return kl_node_at(f, a->node)->value != kl_node_at(f, b->node)->value;
    case IR_R_SET: return a->mask != b->mask;
    case IR_R_TEXT:
    case IR_R_EXTERNAL: return !kl_str_eq(a->text, b->text);
    default: return false;
    }
}

/* ------------------------------------------------------------------ one table */
typedef struct desk {
    kl_front *f;
    const kl_table_rows *t;
    const kl_grid *grid;
    kl_search *search;
    uint32_t *first; /* per row: its first candidate, and how many */
    uint32_t *count;
    uint64_t *words;  /* rows × tests */
    size_t width;     /* words of a set of rows */
    uint64_t *having; /* tests × 64 sets: the rows whose word has the bit */
    uint64_t *like;   /* tests sets: the rows that share a bit with `last`, the word asked for before */
    uint64_t *last;
    uint64_t *near; /* a set: what rows_near() found */
    unsigned steps; /* left for the whole table */
} desk;

static void set_desk(desk *d, size_t rows) {
    kl_front *f = d->f;
    size_t tests = d->t->tests;
    d->width = rows / 64 + 1;
    d->words = kl_alloc_array(f->arena, rows * tests + 1, sizeof *d->words);
    d->having = kl_alloc_array(f->arena, tests * 64 * d->width + 1, sizeof *d->having);
    d->like = kl_alloc_array(f->arena, tests * d->width + 1, sizeof *d->like);
    d->last = kl_alloc_array(f->arena, tests + 1, sizeof *d->last);
    d->near = kl_alloc_array(f->arena, d->width, sizeof *d->near);
    for (size_t i = 0; i < rows * tests; i++) {
        size_t row = i / tests, test = i % tests;
        d->words[i] = word_of(f, d->t->cells[i]);
        for (uint64_t left = d->words[i]; left; left &= left - 1)
            d->having[(test * 64 + (size_t)__builtin_ctzll(left)) * d->width + row / 64] |= UINT64_C(1) << (row % 64);
    }
}

/* The rows whose words do not exclude those of row j. */
static const uint64_t *rows_near(desk *d, size_t j) {
    memset(d->near, 0xff, d->width * sizeof *d->near);
    for (size_t k = 0; k < d->t->tests; k++) {
        uint64_t word = d->words[j * d->t->tests + k], *like = d->like + k * d->width;
        if (word == UINT64_MAX) continue;
        if (word != d->last[k]) {
            memset(like, 0, d->width * sizeof *like);
            for (uint64_t left = word; left; left &= left - 1) {
                const uint64_t *more = d->having + (k * 64 + (size_t)__builtin_ctzll(left)) * d->width;
                for (size_t i = 0; i < d->width; i++) like[i] |= more[i];
            }
            d->last[k] = word;
        }
        for (size_t i = 0; i <= j / 64; i++) d->near[i] &= like[i];
    }
    return d->near;
}

static bool rows_apart(const desk *d, size_t i, size_t j) {
    const uint32_t *a = d->t->cells + i * d->t->tests, *b = d->t->cells + j * d->t->tests;
    for (size_t k = 0; k < d->t->tests; k++)
        if (apart(d->f, a[k], b[k])) return true;
    return false;
}

/* Both fire: they hold in force, in scope, and nothing that overrides either does. */
static bool fire_together(desk *d, const ir_candidate *a, const ir_candidate *b) {
    kl_front *f = d->f;
    KL_VEC(uint32_t) roots = {0};
    KL_PUSH(f->arena, &roots, f->g->entries.p[a->entry].truth);
    KL_PUSH(f->arena, &roots, f->g->entries.p[b->entry].truth);
    if (a->guard != IR_NONE) KL_PUSH(f->arena, &roots, a->guard);
    if (b->guard != IR_NONE) KL_PUSH(f->arena, &roots, b->guard);
    KL_PUSH(f->arena, &roots, f->g->period);
    KL_PUSH(f->arena, &roots, f->g->scope);
    for (int side = 0; side < 2; side++) {
        const ir_candidate *c = side ? b : a;
        for (size_t k = 0; k < c->overriders.n; k++)
            KL_PUSH(f->arena, &roots, kl_n_not(f, kl_n_entry(f, IR_CLAUSE, c->overriders.p[k])));
    }
    return kl_search_run(d->search, roots.p, roots.n, &d->steps);
}

/* The outcome on which the two rows surely contradict each other, or IR_NONE. */
static uint32_t contradiction(desk *d, size_t i, size_t j) {
    const ir_guideline *g = d->f->g;
    for (uint32_t x = d->first[i]; x < d->first[i] + d->count[i]; x++)
        for (uint32_t y = d->first[j]; y < d->first[j] + d->count[j]; y++) {
            const ir_candidate *a = &g->candidates.p[x], *b = &g->candidates.p[y];
            if (a->outcome != b->outcome || g->outcomes.p[a->outcome].many || !differ(d->f, &a->result, &b->result))
                continue;
            if (fire_together(d, a, b)) return a->outcome;
        }
    return IR_NONE;
}

/* ------------------------------------------------------------------ reporting */
static kl_str number_word(kl_front *f, int64_t v, ir_type type) {
    if (type.kind == KL_T_DATE) return kl_front_day_word(f, (int32_t)v);
    int64_t unit = 1;
    for (unsigned i = 0; i < type.decimals; i++) unit *= 10;
    char sign = kl_front_file(f)->surface == KL_SV ? ',' : '.';
    const char *kr = type.kind == KL_T_MONEY ? " kr" : "";
    kl_str whole = kl_str_fmt(f->arena, "%s%lld", v < 0 ? "-" : "", (long long)(v < 0 ? -(v / unit) : v / unit));
    if (type.decimals == 0 || (type.kind == KL_T_MONEY && v % unit == 0))
        return kl_str_fmt(f->arena, "%.*s%s", KL_FMT(whole), kr);
    return kl_str_fmt(f->arena, "%.*s%c%0*lld%s", KL_FMT(whole), sign, (int)type.decimals,
                      (long long)(v < 0 ? -(v % unit) : v % unit), kr);
}

/* What the record found has in a test column; empty when it may have anything. */
static kl_str found_value(desk *d, size_t column) {
    kl_front *f = d->f;
    uint32_t subject = d->t->subjects[column];
    ir_node n = *kl_node_at(f, subject);
    bool yes;
    int64_t v;
    kl_str text = {0};
    if (n.truth) {
        bool sv = kl_front_file(f)->surface == KL_SV;
        return !kl_search_truth(d->search, subject, &yes) ? text
               : yes                                      ? (sv ? KL_STR("ja") : KL_STR("yes"))
               : sv                                       ? KL_STR("nej")
                                                          : KL_STR("no");
    }
    if (n.type.kind == KL_T_TEXT) {
        if (kl_search_text(d->search, n.field, &text)) text = kl_str_fmt(f->arena, "\"%.*s\"", KL_FMT(text));
        return text;
    }
    if (n.type.kind == KL_T_SET || !kl_search_number(d->search, subject, &v)) return text;
    return n.type.kind == KL_T_VALUES ? f->g->sets.p[n.type.set].values.p[v].name : number_word(f, v, n.type);
}

static kl_str heading(const desk *d, size_t column) {
    size_t at = d->t->columns[column];
    const kl_expr *e = d->grid->head_exprs.p[at];
    if (!e) return d->grid->heads.p[at].text;
    return (kl_str){kl_front_file(d->f)->text.p + e->span.start, e->span.end - e->span.start};
}

static bool any_cell(const desk *d, size_t row, size_t column) {
    return kl_node_at(d->f, d->t->cells[row * d->t->tests + column])->kind == IR_BOOL;
}

static kl_str witness(desk *d, size_t i, size_t j) {
    kl_buf b;
    kl_buf_init(&b, d->f->arena);
    for (size_t k = 0; k < d->t->tests; k++) {
        if (any_cell(d, i, k) && any_cell(d, j, k)) continue;
        kl_str value = found_value(d, k), head = heading(d, k);
        if (value.n) kl_buf_fmt(&b, "%s%.*s %.*s", b.n ? ", " : "", KL_FMT(head), KL_FMT(value));
    }
    return kl_buf_view(&b);
}

/* The first column of values where one row takes anything and the other names some: the way out is to leave those out. */
static kl_str way_out(const desk *d, size_t i, size_t j) {
    for (size_t k = 0; k < d->t->tests; k++) {
        if (any_cell(d, i, k) == any_cell(d, j, k)) continue;
        size_t row = any_cell(d, i, k) ? j : i;
        const kl_cell *cell = &d->grid->rows.p[row].cells.p[d->t->columns[k]];
        if (cell->negate || kl_node_at(d->f, d->t->subjects[k])->type.kind != KL_T_VALUES) continue;
        kl_str text = {kl_front_file(d->f)->text.p + cell->span.start, cell->span.end - cell->span.start};
        while (text.n && text.p[0] == ' ') text.p++, text.n--;
        while (text.n && text.p[text.n - 1] == ' ') text.n--;
        text = kl_str_fmt(d->f->arena, "%s %.*s", kl_front_file(d->f)->surface == KL_SV ? "inte" : "not", KL_FMT(text));
        return kl_front_note_of(d->f, KL_N_NARROW_CELL, text, heading(d, k));
    }
    return (kl_str){0};
}

/* A row as the author wrote its label, with the bracket if it has one; else its number. */
static kl_str row_word(const desk *d, size_t i) {
    const ir_entry *e = &d->f->g->entries.p[d->t->first + i];
    if (!e->label.n) return kl_front_row_label(d->f, d->t->first + (uint32_t)i);
    const kl_file *file = kl_front_file(d->f);
    return (kl_str){file->text.p + e->span.start, e->span.end - e->span.start};
}

static void report(desk *d, size_t i, size_t j, uint32_t outcome) {
    kl_front *f = d->f;
    kl_str found = witness(d, i, j), first = row_word(d, i);
    const ir_entry *earlier = &f->g->entries.p[d->t->first + i], *later = &f->g->entries.p[d->t->first + j];
    kl_diag *diag = kl_front_report(f, later->span, KL_D_ROWS_CONTRADICT, 4, first, row_word(d, j),
                                    f->g->outcomes.p[outcome].name, way_out(d, i, j));
    kl_front_second(f, diag, f->file, earlier->span, KL_N_OVERLAPS_ROW, first);
    if (found.n) diag->note = kl_front_note(f, KL_N_WITNESS, found);
}

/* ------------------------------------------------------------------ the whole */
static void check_row(desk *d, size_t j) {
    const uint64_t *near = rows_near(d, j);
    for (size_t word = 0; word <= j / 64; word++)
        for (uint64_t left = near[word]; left; left &= left - 1) {
            size_t i = word * 64 + (size_t)__builtin_ctzll(left);
            if (i >= j) return;
            if (rows_apart(d, i, j)) continue;
            uint32_t outcome = contradiction(d, i, j);
            if (outcome == IR_NONE) continue;
            report(d, i, j, outcome);
            return; /* one contradiction a row */
        }
}

static void check_table(kl_front *f, const kl_table_rows *t, kl_search *search, const uint32_t *first,
                        const uint32_t *count) {
    desk d = {.f = f, .t = t, .grid = &t->symbol->piece->u.table.grid, .search = search, .steps = KL_MAX_TABLE_SEARCH};
    size_t rows = t->last - t->first;
    d.first = kl_alloc_array(f->arena, rows + 1, sizeof *d.first);
    d.count = kl_alloc_array(f->arena, rows + 1, sizeof *d.count);
    memcpy(d.first, first + t->first, rows * sizeof *first);
    memcpy(d.count, count + t->first, rows * sizeof *count);
    set_desk(&d, rows);
    for (size_t j = 1; j < rows; j++) check_row(&d, j);
}

/* An error inside a table leaves its rows without the cells that would tell them apart. */
static bool in_error(const kl_front *f, const kl_piece *p) {
    for (size_t i = 0; i < f->diags->list.n; i++) {
        const kl_diag *d = &f->diags->list.p[i];
        if (kl_diag_severity(d->id) == KL_ERROR && d->file == kl_front_file(f) && d->span.start >= p->span.start &&
            d->span.end <= p->span.end)
            return true;
    }
    return false;
}

void kl_front_overlaps(kl_front *f) {
    size_t n = f->g->entries.n;
    uint32_t *first = kl_alloc_array(f->arena, n + 1, sizeof *first),
             *count = kl_alloc_array(f->arena, n + 1, sizeof *count);
    for (size_t i = f->g->candidates.n; i > 0; i--) { /* an entry's candidates stand together */
        first[f->g->candidates.p[i - 1].entry] = (uint32_t)i - 1;
        count[f->g->candidates.p[i - 1].entry]++;
    }
    kl_search *search = kl_search_new(f);
    for (size_t i = 0; i < f->tables.n; i++) {
        const kl_piece *p = f->tables.p[i].symbol->piece;
        if (f->tables.p[i].cells && !p->u.table.first_row && !in_error(f, p))
            check_table(f, &f->tables.p[i], search, first, count);
    }
}
