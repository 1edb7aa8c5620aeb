/* explain_cells.c - which cells of a table row a record does not meet, read off the table as its author wrote it. Nothing is decided here:
 * the row's no is the runtime's; this only picks, among what the row read, the plain cells (a name, yes or no) that say something else.
 * May include: the tree of the rule file, the runtime. Start at kl_explain_unmet(). */
#include "compiler/cli/explain.h"

#include <string.h>

static bool inside(kl_span outer, kl_span inner) {
    return inner.start >= outer.start && inner.start < outer.end;
}

/* The table row that the entry was made from. */
static const kl_row *find_row(const ir_entry *e, const kl_grid **grid) {
    for (size_t i = 0; e->file && i < e->file->pieces.n; i++) {
        const kl_piece *piece = e->file->pieces.p[i];
        if (piece->kind != KL_P_TABLE || !inside(piece->span, e->span)) continue;
        *grid = &piece->u.table.grid;
        for (size_t r = 0; r < (*grid)->rows.n; r++)
            if (inside((*grid)->rows.p[r].span, e->span)) return &(*grid)->rows.p[r];
    }
    return NULL;
}

static uint32_t find_field(const kl_explained *x, kl_str name, kl_field_info *info) {
    if (name.n > 5 && memcmp(name.p, "post.", 5) == 0) name = (kl_str){name.p + 5, name.n - 5};
    for (uint32_t i = 0; i < x->edition->info.fields; i++) {
        kl_field_of(x->edition->program, i, info);
        if (kl_str_eq(kl_str_from(info->name), name)) return i;
    }
    return KL_INDEX_NONE;
}

static uint32_t find_entry(const kl_explained *x, kl_str name) {
    for (uint32_t i = 0; i < x->edition->info.entries; i++) {
        kl_entry_info info;
        kl_entry_of(x->edition->program, i, &info);
        if (info.kind == 2 && kl_str_eq(kl_str_from(info.id), name)) return i;
    }
    return KL_INDEX_NONE;
}

/* What the heading has in this record, as the word a cell would use; empty when unknown or not plain. */
static kl_str held(const kl_explained *x, kl_str head, kl_ref *ref) {
    kl_field_info f;
    kl_result r;
    bool received;
    uint32_t field = find_field(x, head, &f);
    if (field != KL_INDEX_NONE) {
        *ref = (kl_ref){0, field};
        kl_field_value(x->workspace, field, x->row, &received, &r);
        if (r.state != KL_DECIDED) return KL_STR("");
        if (f.kind == KL_BOOL) return r.number ? KL_STR("1") : KL_STR("0");
        if (f.kind != KL_VALUES) return KL_STR("");
        kl_value_info value;
        kl_value_of(x->edition->program, f.set, (uint32_t)r.number, &value);
        return kl_str_from(value.name);
    }
    uint32_t entry = find_entry(x, head);
    if (entry == KL_INDEX_NONE) return KL_STR("");
    *ref = (kl_ref){3, entry};
    kl_truth t = kl_truth_of(x->workspace, entry, x->row);
    return t == KL_YES ? KL_STR("1") : t == KL_NO ? KL_STR("0") : KL_STR("");
}

/* What the cell wants, in the words of the messages. */
static kl_str wanted(kl_cli *c, const kl_cell *cell) {
    kl_buf b;
    kl_buf_init(&b, c->arena);
    if (cell->negate) kl_buf_fmt(&b, "%s ", kl_cli_word(c, "inte", "not"));
    for (size_t i = 0; i < cell->list.n; i++) {
        const kl_expr *e = cell->list.p[i];
        kl_str yes = kl_str_of(kl_cli_word(c, "ja", "yes")), no = kl_str_of(kl_cli_word(c, "nej", "no"));
        kl_str one = e->kind == KL_E_NAME ? e->name.text : e->number.value ? yes : no;
        kl_buf_fmt(&b, "%s%.*s", i ? ", " : "", KL_FMT(one));
    }
    return kl_buf_view(&b);
}

/* Whether the cell surely says something else than `value`. */
static bool unmet(const kl_cell *cell, kl_str value) {
    bool among = false;
    if (!value.n || cell->empty || !cell->list.n) return false;
    for (size_t i = 0; i < cell->list.n; i++) {
        const kl_expr *e = cell->list.p[i];
        if (e->kind == KL_E_BOOL)
            among |= kl_str_eq(value, e->number.value ? KL_STR("1") : KL_STR("0"));
        else if (e->kind == KL_E_NAME)
            among |= kl_str_eq(value, e->name.text);
        else
            return false;
    }
    return among == cell->negate;
}

size_t kl_explain_unmet(const kl_explained *x, uint32_t entry, kl_str **list) {
    kl_cli *c = x->cli;
    const kl_grid *grid = NULL;
    const kl_row *row = NULL;
    if (x->edition->ir && entry < x->edition->ir->entries.n) row = find_row(&x->edition->ir->entries.p[entry], &grid);
    if (!row) return 0;
    size_t n = 0;
    *list = kl_alloc_array(c->arena, grid->heads.n + 1, sizeof **list);
    for (size_t i = 0; i < grid->heads.n && i < row->cells.n; i++) {
        kl_ref ref = {0, 0};
        const kl_cell *cell = &row->cells.p[i];
        if (!unmet(cell, held(x, grid->heads.p[i].text, &ref))) continue;
        (*list)[n++] = kl_str_fmt(c->arena, kl_cli_word(c, "%.*s, raden kräver %.*s", "%.*s, the row wants %.*s"),
                                  KL_FMT(kl_explain_read(x, ref)), KL_FMT(wanted(c, cell)));
    }
    return n;
}
