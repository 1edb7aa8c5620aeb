/* build.c - the pieces: each line of a piece sets one part of it.
 * May include: lang/build.h and the grammar's token numbers.
 * Start at kl_begin(), which resets all that belongs to one piece. */
#include "lang/build.h"

#include "lang/parse.h"

/* ---- beginning and end ---- */

/* The lines `alla` and `någon` want at least one item. */
static void close_body(kl_reader *r) {
    kl_body *b = r->body;
    if (b && b->quantifier != KL_ONE && b->items.n == 0)
        kl_report(r->diags, r->file, b->span, KL_D_NO_ITEMS, 1, kl_quoted(r, kl_token_text(r->file, b->span)));
    r->body = NULL;
}

size_t kl_token_from(const kl_file *file, uint32_t offset) {
    size_t low = 0, high = file->tokens.n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (file->tokens.p[middle].span.start < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A piece ends where its last token ends: the one before `before`. */
static void close_piece(kl_reader *r, uint32_t before) {
    close_body(r);
    if (!r->piece) return;
    size_t next = kl_token_from(r->file, before);
    if (next > 0) r->piece->span.end = r->file->tokens.p[next - 1].span.end;
}

void kl_begin(kl_reader *r, kl_piece_kind kind, kl_span head) {
    close_piece(r, head.start);
    kl_piece *piece = kl_alloc(r->arena, sizeof *piece);
    piece->kind = kind;
    piece->span = piece->head_span = head;
    KL_PUSH(r->arena, &r->file->pieces, piece);
    r->piece = piece;
    r->row = NULL;
    r->sets = NULL;
    r->names = NULL;
    r->item = NULL;
    r->ruled = false;
    r->seen.n = 0;
}

void kl_finish(kl_reader *r) {
    close_piece(r, UINT32_MAX);
    if (r->file->pieces.n == 0 && r->diags->errors == 0)
        kl_report(r->diags, r->file, (kl_span){0, 0}, KL_D_NO_PIECES, 0);
}

/* False, and reported with both places, when the piece already has such a line. */
static bool once(kl_reader *r, int line, kl_span at) {
    for (size_t i = 0; i < r->seen.n; i++)
        if (r->seen.p[i].line == line) {
            kl_diag *d = kl_report(r->diags, r->file, at, KL_D_LINE_TWICE, 1, kl_quoted(r, kl_token_text(r->file, at)));
            d->second_file = r->file;
            d->second = r->seen.p[i].span;
            return false;
        }
    KL_PUSH(r->arena, &r->seen, (kl_seen_line){line, at});
    return true;
}

/* ---- what pieces share ---- */

/* Only a guideline and a file to use have names of several parts. */
void kl_put_name(kl_reader *r, kl_name name) {
    bool parts = r->piece->kind == KL_P_GUIDELINE || r->piece->kind == KL_P_USE;
    for (size_t i = 0; !parts && i < name.text.n; i++)
        if (name.text.p[i] == '.') {
            kl_report(r->diags, r->file, name.span, KL_D_DOTTED_NAME, 1, name.text);
            break;
        }
    r->piece->name = name;
    r->piece->span.end = name.span.end;
}

void kl_put_title(kl_reader *r, kl_text title) {
    r->piece->title = title;
    if (r->piece->kind == KL_P_EXAMPLE) r->piece->u.example.one.title = title;
}

void kl_put_type(kl_reader *r, kl_type_ref type) {
    switch (r->piece->kind) {
    case KL_P_TARIFF: r->piece->u.tariff.type = type; break;
    case KL_P_ASSUMPTION: r->piece->u.assumption.type = type; break;
    default: r->piece->u.outcome.type = type; break;
    }
}

void kl_put_source(kl_reader *r, int which, kl_span at, kl_text text) {
    if (!once(r, which, at)) return;
    kl_source *source = &r->piece->source;
    *(which == T_SOURCE ? &source->cite : which == T_OPEN ? &source->open : &source->because) = text;
}

static kl_period *period(kl_reader *r, kl_span at) {
    kl_period *p = &r->piece->period;
    p->span = p->said ? kl_join(p->span, at) : at;
    p->said = true;
    return p;
}

void kl_put_from(kl_reader *r, kl_span at, kl_date date) {
    if (once(r, T_IN_FORCE_FROM, at)) period(r, kl_join(at, date.span))->from = date;
}

void kl_put_through(kl_reader *r, kl_span at, kl_date date) {
    if (once(r, T_THROUGH, at)) period(r, kl_join(at, date.span))->through = date;
}

void kl_put_undated(kl_reader *r, kl_span at) {
    if (once(r, T_IN_FORCE_UNDATED, at)) period(r, at)->undated = true;
}

void kl_put_before(kl_reader *r, kl_span at, kl_beyond beyond) {
    if (once(r, T_BEFORE_UNKNOWN, at)) period(r, at)->before = beyond;
}

void kl_put_after(kl_reader *r, kl_span at, kl_beyond beyond) {
    if (once(r, T_AFTER_UNKNOWN, at)) period(r, at)->after = beyond;
}

/* ---- guideline ---- */

void kl_put_issuer(kl_reader *r, kl_span at, kl_text text) {
    if (once(r, T_ISSUER, at)) r->piece->u.guideline.issuer = text;
}

void kl_put_document(kl_reader *r, kl_span at, kl_text text) {
    if (once(r, T_DOCUMENT, at)) r->piece->u.guideline.document = text;
}

void kl_put_edition(kl_reader *r, kl_span at, kl_text text) {
    if (once(r, T_EDITION, at)) r->piece->u.guideline.edition = text;
}

void kl_put_currency(kl_reader *r, kl_span at, kl_name name) {
    if (once(r, T_CURRENCY, at)) r->piece->u.guideline.currency = name;
}

void kl_put_dated_by(kl_reader *r, kl_span at, kl_name name) {
    if (once(r, T_DATED_BY, at)) r->piece->u.guideline.dated_by = name;
}

void kl_put_scope(kl_reader *r, kl_span at, kl_expr *condition) {
    if (once(r, T_APPLIES_WHEN, at)) r->piece->u.guideline.scope = condition;
}

/* ---- values ---- */

static kl_value *last_value(kl_reader *r) {
    return &r->piece->u.values.values.p[r->piece->u.values.values.n - 1];
}

void kl_add_value(kl_reader *r, kl_name name) {
    KL_PUSH(r->arena, &r->piece->u.values.values, (kl_value){.name = name, .span = name.span});
}

void kl_put_value_label(kl_reader *r, kl_text label) {
    last_value(r)->label = label;
    last_value(r)->span.end = label.span.end;
}

void kl_add_code(kl_reader *r, kl_text code) {
    KL_PUSH(r->arena, &last_value(r)->codes, code);
    last_value(r)->span.end = code.span.end;
}

/* ---- record ---- */

static kl_field *last_field(kl_reader *r) {
    return &r->piece->u.record.fields.p[r->piece->u.record.fields.n - 1];
}

/* What may stand once in a field is kept apart from the piece's lines by forgetting it at the next field. */
void kl_add_field(kl_reader *r, kl_name name) {
    size_t kept = 0;
    for (size_t i = 0; i < r->seen.n; i++)
        if (r->seen.p[i].line == T_SOURCE || r->seen.p[i].line == T_OPEN || r->seen.p[i].line == T_BECAUSE)
            r->seen.p[kept++] = r->seen.p[i];
    r->seen.n = kept;
    KL_PUSH(r->arena, &r->piece->u.record.fields, (kl_field){.name = name, .span = name.span});
}

void kl_put_field_title(kl_reader *r, kl_text title) {
    last_field(r)->title = title;
}

void kl_put_field_type(kl_reader *r, kl_type_ref type) {
    last_field(r)->type = type;
    last_field(r)->span.end = type.span.end;
}

void kl_put_required(kl_reader *r, kl_span at) {
    if (once(r, T_REQUIRED, at)) last_field(r)->required = true;
    last_field(r)->span.end = at.end;
}

void kl_put_key(kl_reader *r, kl_span at) {
    if (once(r, T_KEY, at)) last_field(r)->key = true;
    last_field(r)->span.end = at.end;
}

void kl_put_attested(kl_reader *r, kl_span at) {
    if (once(r, T_ATTESTED, at)) last_field(r)->attested = true;
    last_field(r)->span.end = at.end;
}

void kl_put_field_otherwise(kl_reader *r, kl_span at, kl_expr *value) {
    if (once(r, T_OTHERWISE, at)) last_field(r)->otherwise = value;
    last_field(r)->span.end = value->span.end;
}

void kl_add_column(kl_reader *r, kl_text column) {
    KL_PUSH(r->arena, &last_field(r)->columns, column);
    last_field(r)->span.end = column.span.end;
}

/* ---- tariff, assumption, outcome ---- */

void kl_add_step(kl_reader *r, bool from, kl_date date, kl_expr *value, kl_span span) {
    kl_step step = {.value = value, .span = span};
    *(from ? &step.from : &step.before) = date;
    KL_PUSH(r->arena, &r->piece->u.tariff.steps, step);
}

void kl_put_otherwise(kl_reader *r, kl_span at, kl_expr *value) {
    if (!once(r, T_OTHERWISE, at)) return;
    if (r->piece->kind == KL_P_OUTCOME) {
        r->piece->u.outcome.otherwise = value;
    } else {
        r->piece->u.assumption.otherwise = value;
        r->piece->u.assumption.otherwise_unknown = !value;
    }
}

void kl_put_bounds(kl_reader *r, kl_span at, kl_expr *low, kl_expr *high) {
    if (!once(r, T_BETWEEN, at)) return;
    r->piece->u.assumption.low = low;
    r->piece->u.assumption.high = high;
}

void kl_put_many(kl_reader *r) {
    r->piece->u.outcome.many = true;
}

void kl_put_audited(kl_reader *r, kl_span at, kl_name name) {
    if (once(r, T_AUDITED, at)) r->piece->u.outcome.audited = name;
}

void kl_add_entry_field(kl_reader *r, kl_name name, kl_type_ref type, kl_span span) {
    KL_PUSH(r->arena, &r->piece->u.outcome.columns, (kl_entry_field){.name = name, .type = type, .span = span});
}

/* ---- clause ---- */

void kl_begin_body(kl_reader *r, kl_span at) {
    close_body(r);
    bool first = once(r, T_HOLDS_WHEN, at);
    r->body = first ? &r->piece->u.clause.body : kl_alloc(r->arena, sizeof *r->body);
    r->body->span = at;
    r->body->cond = kl_error(r, at);
}

void kl_begin_except(kl_reader *r, kl_span at) {
    close_body(r);
    KL_PUSH(r->arena, &r->piece->u.clause.except, (kl_body){.span = at});
    r->body = &r->piece->u.clause.except.p[r->piece->u.clause.except.n - 1];
    r->body->cond = kl_error(r, at);
}

void kl_put_condition(kl_reader *r, kl_expr *condition, kl_span span) {
    r->body->cond = condition;
    r->body->span = kl_join(r->body->span, span);
}

void kl_put_quantifier(kl_reader *r, kl_quantifier quantifier, kl_span span) {
    r->body->quantifier = quantifier;
    r->body->cond = NULL;
    r->body->span = kl_join(r->body->span, span);
}

kl_label kl_bullet(kl_span span) {
    return (kl_label){.span = span, .bullet = true};
}

void kl_begin_item(kl_reader *r, kl_label label) {
    r->item = NULL;
    if (!r->body || r->body->quantifier == KL_ONE) {
        if (!r->body || r->body->cond->kind != KL_E_ERROR)
            kl_report(r->diags, r->file, label.span, KL_D_ITEM_ALONE, 2,
                      kl_quoted(r, kl_token_text(r->file, label.span)), kl_items_follow(r));
        return;
    }
    KL_PUSH(r->arena, &r->body->items, (kl_item){.label = label, .cond = kl_error(r, label.span), .span = label.span});
    r->item = &r->body->items.p[r->body->items.n - 1];
}

void kl_put_item_title(kl_reader *r, kl_text title) {
    if (r->item) r->item->title = title;
}

void kl_end_item(kl_reader *r, kl_expr *condition, kl_span span) {
    if (!r->item) return;
    r->item->cond = condition;
    r->item->span = span;
    r->body->span = kl_join(r->body->span, span);
}

/* ---- requirement, rule, table, note, example ---- */

void kl_put_applies(kl_reader *r, kl_span at, kl_expr *condition) {
    if (once(r, T_FOR, at)) r->piece->u.requirement.applies = condition;
}

void kl_put_requires(kl_reader *r, kl_span at, kl_expr *condition) {
    if (once(r, T_REQUIRES, at)) r->piece->u.requirement.requires = condition;
}

void kl_put_when(kl_reader *r, kl_span at, kl_expr *condition) {
    if (!once(r, T_WHEN, at)) return;
    if (r->piece->kind == KL_P_RULE)
        r->piece->u.rule.when = condition;
    else
        r->piece->u.table.when = condition;
}

void kl_put_first_row(kl_reader *r, kl_span at) {
    if (once(r, T_FIRST_ROW, at)) r->piece->u.table.first_row = true;
}

void kl_put_row_by_row(kl_reader *r, kl_span at) {
    if (once(r, T_ROW_BY_ROW, at)) r->piece->u.table.row_by_row = true;
}

void kl_put_note_label(kl_reader *r, kl_label label) {
    r->piece->u.note.label = label;
    if (!label.bullet) r->piece->name = (kl_name){.text = label.text, .span = label.span};
}

void kl_put_base(kl_reader *r, kl_span at, kl_text title) {
    if (!once(r, T_BASED_ON, at)) return;
    r->piece->u.example.one.base = title;
    r->piece->u.example.base = title;
}

void kl_begin_overrides(kl_reader *r) {
    r->names = r->piece->kind == KL_P_RULE ? &r->piece->u.rule.overrides : &r->piece->u.table.overrides;
}

void kl_begin_accept(kl_reader *r, kl_accepted kind, kl_span at) {
    KL_PUSH(r->arena, &r->piece->accepts, (kl_accept){.kind = kind, .span = at});
    r->names = &r->piece->accepts.p[r->piece->accepts.n - 1].names;
}

void kl_end_accept(kl_reader *r, kl_text because) {
    kl_accept *a = &r->piece->accepts.p[r->piece->accepts.n - 1];
    a->because = because;
    a->span = kl_join(a->span, because.span);
}

void kl_begin_fired(kl_reader *r) {
    r->piece->u.example.one.fired_said = true;
    r->names = &r->piece->u.example.one.fired;
}

void kl_begin_missing(kl_reader *r) {
    r->piece->u.example.one.missing_said = true;
    r->names = &r->piece->u.example.one.missing;
}

void kl_begin_findings(kl_reader *r) {
    r->piece->u.example.one.findings_said = true;
    r->names = &r->piece->u.example.one.findings;
}

void kl_add_name(kl_reader *r, kl_name name) {
    KL_PUSH(r->arena, r->names, name);
}

void kl_begin_gives(kl_reader *r) {
    r->sets = &r->piece->u.rule.gives;
}

void kl_begin_given(kl_reader *r) {
    r->sets = &r->piece->u.example.one.given;
}

void kl_begin_expected(kl_reader *r) {
    r->sets = &r->piece->u.example.one.expected;
}

void kl_begin_assumed(kl_reader *r) {
    r->sets = &r->piece->u.example.one.assumed;
}

void kl_add_set(kl_reader *r, kl_name name, kl_expr *value, kl_span span) {
    KL_PUSH(r->arena, r->sets, (kl_set){.name = name, .value = value, .span = span});
}

void kl_add_unknown(kl_reader *r, kl_name name, kl_span span) {
    const kl_example_body *body = &r->piece->u.example.one;
    if (r->piece->kind != KL_P_EXAMPLE || (r->sets != &body->given && r->sets != &body->assumed)) {
        kl_report(r->diags, r->file, span, KL_D_UNKNOWN_PLACE, 3, kl_quoted(r, kl_keyword(T_UNKNOWN, r->file->surface)),
                  kl_keyword(T_GIVEN, r->file->surface), kl_keyword(T_ASSUMING, r->file->surface));
        return;
    }
    KL_PUSH(r->arena, r->sets, (kl_set){.name = name, .unknown = true, .span = span});
}
