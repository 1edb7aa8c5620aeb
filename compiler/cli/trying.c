/* trying.c - common records to a batch of one edition, and its decisions in words.
 * May include: compiler/cli/trying.
 * Start at kl_trying_decide(). */
#include "compiler/cli/trying.h"

#include <stdlib.h>
#include <string.h>

struct kl_trying_column {
    uint64_t known[KL_WORDS], bits[KL_WORDS];
    uint16_t *codes;
    uint64_t *sets;
    int64_t *numbers;
    kl_string *texts;
};

bool kl_trying_open(kl_trying *t, kl_cli *c, const kl_joint *j, size_t side, const kl_rules *rules) {
    const ir_guideline *g = j->in[side];
    *t = (kl_trying){.cli = c, .j = j, .side = side, .edition = &rules->editions.p[0]};
    t->columns = kl_alloc_array(c->arena, g->fields.n + 1, sizeof *t->columns);
    t->batch = kl_alloc_array(c->arena, g->fields.n + 1, sizeof *t->batch);
    for (size_t i = 0; i < g->fields.n; i++) {
        struct kl_trying_column *column = &t->columns[i];
        switch (g->fields.p[i].type.kind) {
        case KL_T_BOOL: t->batch[i].as.bits = column->bits; break;
        case KL_T_VALUES:
            column->codes = kl_alloc_array(c->arena, KL_ROWS_MAX, sizeof *column->codes);
            t->batch[i].as.codes = column->codes;
            break;
        case KL_T_SET:
            column->sets = kl_alloc_array(c->arena, KL_ROWS_MAX, sizeof *column->sets);
            t->batch[i].as.sets = column->sets;
            break;
        case KL_T_TEXT:
            column->texts = kl_alloc_array(c->arena, KL_ROWS_MAX, sizeof *column->texts);
            t->batch[i].as.texts = column->texts;
            break;
        default:
            column->numbers = kl_alloc_array(c->arena, KL_ROWS_MAX, sizeof *column->numbers);
            t->batch[i].as.numbers = column->numbers;
        }
        t->batch[i].known = column->known;
    }
    t->workspace = kl_rules_workspace(rules, 0);
    t->verdict = t->workspace ? kl_verdict_new(t->edition->teller, t->workspace) : NULL;
    return t->verdict != NULL;
}

void kl_trying_close(kl_trying *t) {
    kl_verdict_free(t->verdict);
    free(t->workspace);
    t->verdict = NULL;
    t->workspace = NULL;
}

static uint64_t own_set(const kl_trying *t, const ir_field *f, uint64_t mask) {
    uint64_t out = 0;
    const uint32_t *own = t->j->code_in[t->side][t->j->set_to[t->side][f->type.set]];
    for (uint32_t c = 0; mask; c++, mask >>= 1)
        if (mask & 1 && own[c] != IR_NONE) out |= UINT64_C(1) << own[c];
    return out;
}

static void put(kl_trying *t, uint32_t field, size_t row, const kl_datum *d) {
    struct kl_trying_column *column = &t->columns[field];
    const ir_field *f = &t->j->in[t->side]->fields.p[field];
    uint64_t bit = UINT64_C(1) << (row % 64);
    column->known[row / 64] &= ~bit;
    column->bits[row / 64] &= ~bit;
    if (d->state != KL_DATUM_VALUE) return;
    column->known[row / 64] |= bit;
    switch (f->type.kind) {
    case KL_T_BOOL:
        if (d->number) column->bits[row / 64] |= bit;
        break;
    case KL_T_VALUES:
        column->codes[row] = (uint16_t)t->j->code_in[t->side][t->j->set_to[t->side][f->type.set]][d->number];
        break;
    case KL_T_SET: column->sets[row] = own_set(t, f, d->set); break;
    case KL_T_TEXT: column->texts[row] = kl_string_from(d->text); break;
    default: column->numbers[row] = d->number;
    }
}

bool kl_trying_decide(kl_trying *t, const kl_datum *const *records, size_t n) {
    const ir_guideline *g = t->j->in[t->side];
    for (uint32_t i = 0; i < g->fields.n; i++)
        for (size_t row = 0; row < n; row++) put(t, i, row, &records[row][t->j->field_to[t->side][i]]);
    kl_fault fault;
    return kl_eval(t->workspace, &(kl_batch){(uint32_t)n, t->batch}, &fault);
}

void kl_trying_take(kl_trying *t, uint32_t row) {
    kl_verdict_take(t->verdict, row, (kl_string){"", 0});
}

kl_result kl_trying_result(kl_trying *t, uint32_t outcome, uint32_t row) {
    kl_result r;
    kl_outcome(t->workspace, outcome, row, &r);
    return r;
}

/* ------------------------------------------------------------------ words */
static kl_str decided_words(kl_cli *c, const kl_program *p, kl_kind kind, unsigned scale, uint32_t set,
                            const kl_result *r) {
    kl_bytes bytes = {0};
    kl_bytes_value(&bytes, p, kind, scale, set, r, c->lang == KL_SV ? ',' : '.', kl_cli_word(c, "ja", "yes"),
                   kl_cli_word(c, "nej", "no"));
    kl_guideline_info info;
    kl_describe(p, &info);
    kl_str s = kl_str_dup(c->arena, (kl_str){bytes.data, bytes.size});
    kl_bytes_free(&bytes);
    bool crowns = kl_str_eq(kl_str_from(info.currency), KL_STR("SEK"));
    if (kind == KL_MONEY)
        return crowns ? kl_str_fmt(c->arena, "%.*s kr", KL_FMT(s))
                      : kl_str_fmt(c->arena, "%.*s %.*s", KL_FMT(s), (int)info.currency.size, info.currency.data);
    if (kind == KL_TEXT) return kl_str_fmt(c->arena, kl_cli_word(c, "”%.*s”", "“%.*s”"), KL_FMT(s));
    return kind == KL_SET && !r->set ? kl_str_of(kl_cli_word(c, "inga", "empty")) : s;
}

kl_str kl_result_words(kl_cli *c, const kl_program *p, kl_kind kind, unsigned scale, uint32_t set, const kl_result *r) {
    switch (r->state) {
    case KL_DECIDED: return decided_words(c, p, kind, scale, set, r);
    case KL_NOT_STATED: return kl_str_of(kl_cli_word(c, "ej angivet", "not stated"));
    case KL_EXTERNAL:
        return kl_str_fmt(c->arena, kl_cli_word(c, "enligt ”%.*s”", "per “%.*s”"), (int)r->text.size, r->text.data);
    case KL_NO_RESULT: return kl_str_of(kl_cli_word(c, "inget", "none"));
    case KL_UNDETERMINED: return kl_str_of(kl_cli_word(c, "obestämt", "undetermined"));
    case KL_CONFLICT: return kl_str_of(kl_cli_word(c, "motstridigt", "conflict"));
    case KL_FAILED: return kl_str_of(kl_cli_word(c, "fel", "error"));
    }
    return (kl_str){0};
}

static kl_str entry_words(kl_trying *t, uint32_t outcome, uint32_t columns, uint32_t slot) {
    kl_buf b;
    kl_buf_init(&b, t->cli->arena);
    for (uint32_t k = 0; k < columns; k++) {
        kl_column_info column;
        kl_result r;
        kl_outcome_column(t->edition->program, outcome, k, &column);
        kl_many_value(t->workspace, outcome, slot, k, t->verdict->row, &r);
        kl_buf_fmt(&b, "%s%.*s %.*s", k ? ", " : "(", (int)column.name.size, column.name.data,
                   KL_FMT(kl_result_words(t->cli, t->edition->program, column.kind, column.scale, column.set, &r)));
    }
    kl_buf_fmt(&b, ")");
    return kl_buf_view(&b);
}

static int by_text(const void *a, const void *b) {
    return kl_str_cmp(*(const kl_str *)a, *(const kl_str *)b);
}

static void put_entries(kl_trying *t, uint32_t outcome, uint32_t columns, const uint32_t *slots, size_t n, kl_buf *b) {
    kl_str *all = kl_alloc_array(t->cli->arena, n + 1, sizeof *all);
    for (size_t i = 0; i < n; i++) all[i] = entry_words(t, outcome, columns, slots[i]);
    if (n) qsort(all, n, sizeof *all, by_text);
    for (size_t i = 0; i < n; i++) kl_buf_fmt(b, "%s%.*s", i ? ", " : "", KL_FMT(all[i]));
}

kl_str kl_trying_words(kl_trying *t, uint32_t outcome) {
    kl_outcome_info info;
    kl_outcome_of(t->edition->program, outcome, &info);
    const kl_verdict_outcome *o = &t->verdict->outcomes[outcome];
    if (!info.many) return kl_result_words(t->cli, t->edition->program, info.kind, info.scale, info.set, &o->result);
    kl_buf b;
    kl_buf_init(&b, t->cli->arena);
    if (o->result.state != KL_DECIDED)
        kl_buf_str(&b, kl_result_words(t->cli, t->edition->program, info.kind, 0, KL_INDEX_NONE, &o->result));
    if (b.n && o->in_count) kl_buf_fmt(&b, ", ");
    put_entries(t, outcome, info.columns, o->in, o->in_count, &b);
    if (o->open_count) kl_buf_str(&b, kl_str_of(kl_cli_word(t->cli, "; kanske ", "; perhaps ")));
    put_entries(t, outcome, info.columns, o->open, o->open_count, &b);
    return kl_buf_view(&b);
}
