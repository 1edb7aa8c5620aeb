/* build_expr.c - nodes of expressions, dates and types.
 * May include: lang/build.h, lang/limits.h.
 * Start at node(), which every constructor goes through: it keeps the depth of the tree within its limit. */
#include "lang/build.h"
#include "lang/limits.h"

kl_span kl_join(kl_span a, kl_span b) {
    return (kl_span){a.start < b.start ? a.start : b.start, a.end > b.end ? a.end : b.end};
}

kl_date kl_date_said(int32_t day, kl_span span) {
    return (kl_date){.said = true, .day = day, .span = span};
}

kl_date kl_date_named(kl_name name) {
    return (kl_date){.said = true, .assumed = true, .name = name, .span = name.span};
}

kl_type_ref kl_type(kl_type_kind kind, kl_span span) {
    return (kl_type_ref){.kind = kind, .span = span};
}

kl_type_ref kl_type_named(kl_type_kind kind, kl_name name, kl_span span) {
    return (kl_type_ref){.kind = kind, .name = name, .span = span};
}

static bool decimal_count(kl_reader *r, kl_number n, kl_span at) {
    if (n.decimals == 0 && n.value <= 9) return true;
    kl_report(r->diags, r->file, at, KL_D_DECIMAL_COUNT, 0);
    return false;
}

kl_type_ref kl_type_decimal(kl_reader *r, kl_number decimals, kl_span at, kl_span span) {
    kl_type_ref type = {.kind = KL_T_DECIMAL, .span = span};
    if (decimal_count(r, decimals, at)) type.decimals = (uint8_t)decimals.value;
    return type;
}

static uint16_t deeper(uint16_t depth, const kl_expr *e) {
    return e && e->depth > depth ? e->depth : depth;
}

/* Fills in the depth. Past the limit the parts are let go, so that nobody walks deeper than it; that is reported once,
 * because the node that is left has no depth. */
static kl_expr *node(kl_reader *r, kl_expr e) {
    uint16_t depth = deeper(deeper(deeper(0, e.a), e.b), e.c);
    for (size_t i = 0; i < e.list.n; i++) depth = deeper(depth, e.list.p[i]);
    for (size_t i = 0; e.entry && i < e.entry->sets.n; i++) depth = deeper(depth, e.entry->sets.p[i].value);
    e.depth = (uint16_t)(depth + 1);
    if (e.depth > KL_MAX_DEPTH) {
        kl_report(r->diags, r->file, e.span, KL_D_TOO_DEEP, 1, kl_str_fmt(r->arena, "%d", KL_MAX_DEPTH));
        e = (kl_expr){.kind = KL_E_ERROR, .span = e.span, .depth = 1};
    }
    kl_expr *p = kl_alloc(r->arena, sizeof *p);
    *p = e;
    return p;
}

kl_expr *kl_error(kl_reader *r, kl_span span) {
    return node(r, (kl_expr){.kind = KL_E_ERROR, .span = span});
}

kl_expr *kl_leaf(kl_reader *r, kl_expr_kind kind, kl_span span) {
    return node(r, (kl_expr){.kind = kind, .span = span});
}

kl_expr *kl_named(kl_reader *r, kl_name name) {
    return node(r, (kl_expr){.kind = KL_E_NAME, .span = name.span, .name = name});
}

kl_expr *kl_bool(kl_reader *r, bool value, kl_span span) {
    return node(r, (kl_expr){.kind = KL_E_BOOL, .span = span, .number = {value, 0}});
}

kl_expr *kl_numeral(kl_reader *r, kl_number number, kl_span span) {
    return node(r, (kl_expr){.kind = KL_E_NUMBER, .span = span, .number = number});
}

kl_expr *kl_quantity(kl_reader *r, kl_number number, kl_name unit, kl_span span) {
    static const struct {
        kl_str word;
        kl_unit unit;
    } units[] = {
        {{"minuter", 7}, KL_UNIT_MINUTES}, {{"minut", 5}, KL_UNIT_MINUTES}, {{"minutes", 7}, KL_UNIT_MINUTES},
        {{"minute", 6}, KL_UNIT_MINUTES},  {{"dagar", 5}, KL_UNIT_DAYS},    {{"dag", 3}, KL_UNIT_DAYS},
        {{"days", 4}, KL_UNIT_DAYS},       {{"day", 3}, KL_UNIT_DAYS},      {{"öre", 4}, KL_UNIT_ORE},
    };
    kl_unit kind = KL_UNIT_CURRENCY;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (kl_str_eq(units[i].word, unit.text)) kind = units[i].unit;
    bool money = kind == KL_UNIT_CURRENCY || kind == KL_UNIT_ORE;
    return node(
        r, (kl_expr){
               .kind = money ? KL_E_MONEY : KL_E_DURATION, .span = span, .number = number, .name = unit, .unit = kind});
}

kl_expr *kl_day(kl_reader *r, int32_t day, kl_span span) {
    return node(r, (kl_expr){.kind = KL_E_DATE, .span = span, .number = {day, 0}});
}

kl_expr *kl_worded(kl_reader *r, kl_expr_kind kind, kl_text text, kl_span span) {
    return node(r, (kl_expr){.kind = kind, .span = span, .text = text});
}

/* For the formatter: this minus sign stands close to what follows. */
static void mark_minus(kl_reader *r, kl_span op) {
    for (size_t i = r->next; i > 0 && r->file->tokens.p[i - 1].span.start >= op.start; i--)
        if (r->file->tokens.p[i - 1].span.start == op.start) r->file->tokens.p[i - 1].flags |= KL_TOKEN_UNARY;
}

kl_expr *kl_unary(kl_reader *r, kl_expr_kind kind, kl_expr *a, kl_span op, kl_span span) {
    if (kind == KL_E_NEG) mark_minus(r, op);
    return node(r, (kl_expr){.kind = kind, .span = span, .op_span = op, .a = a});
}

kl_expr *kl_binary(kl_reader *r, kl_expr_kind kind, kl_expr *a, kl_expr *b, kl_span op, kl_span span) {
    return node(r, (kl_expr){.kind = kind, .span = span, .op_span = op, .a = a, .b = b});
}

/* `x = inga` asks whether the set is empty, as `x är inga` does. */
kl_expr *kl_comparison(kl_reader *r, kl_compare compare, kl_expr *a, kl_expr *b, kl_span op, kl_span span) {
    if (a && b->kind == KL_E_EMPTY && !b->a && (compare == KL_EQ || compare == KL_NE))
        return node(r, (kl_expr){.kind = KL_E_EMPTY, .span = span, .op_span = op, .a = a, .negate = compare == KL_NE});
    return node(r, (kl_expr){.kind = KL_E_COMPARE, .span = span, .op_span = op, .a = a, .b = b, .compare = compare});
}

kl_expr *kl_between(kl_reader *r, kl_expr *a, kl_expr *low, kl_expr *high, bool negate, kl_span op, kl_span span) {
    return node(
        r, (kl_expr){.kind = KL_E_BETWEEN, .span = span, .op_span = op, .a = a, .b = low, .c = high, .negate = negate});
}

kl_expr *kl_listed(kl_reader *r, kl_expr_kind kind, kl_expr *a, kl_expr_list *list, kl_span op, kl_span span) {
    return node(r, (kl_expr){.kind = kind, .span = span, .op_span = op, .a = a, .list = *list});
}

kl_expr *kl_negated(kl_expr *e) {
    e->negate = true;
    return e;
}

kl_expr *kl_breached(kl_reader *r, kl_name name, kl_span op, kl_span span) {
    return node(r, (kl_expr){.kind = KL_E_BREACHED, .span = span, .op_span = op, .name = name});
}

kl_expr *kl_if(kl_reader *r, kl_expr *condition, kl_expr *yes, kl_expr *no, kl_span op, kl_span span) {
    return node(r, (kl_expr){.kind = KL_E_IF, .span = span, .op_span = op, .a = condition, .b = yes, .c = no});
}

kl_expr *kl_rounded(kl_reader *r, kl_expr *a, kl_number decimals, kl_expr *step, kl_round way, kl_span op,
                    kl_span span) {
    if (!step && !decimal_count(r, decimals, span)) decimals = (kl_number){0, 0};
    return node(
        r, (kl_expr){
               .kind = KL_E_ROUND, .span = span, .op_span = op, .a = a, .b = step, .number = decimals, .round = way});
}

/* `till hela kronor` is to multiples of one krona, so that rounding minutes to kronor is a fault of types. */
kl_expr *kl_rounded_whole(kl_reader *r, kl_expr *a, kl_name unit, kl_round way, kl_span op, kl_span span) {
    return kl_rounded(r, a, (kl_number){0, 0}, kl_quantity(r, (kl_number){1, 0}, unit, unit.span), way, op, span);
}

kl_expr *kl_set_value(kl_reader *r, kl_expr *first, kl_expr_list *rest, kl_span span) {
    kl_expr_list list = {0};
    KL_PUSH(r->arena, &list, first);
    for (size_t i = 0; i < rest->n; i++) KL_PUSH(r->arena, &list, rest->p[i]);
    for (size_t i = 0; i < list.n; i++)
        if (list.p[i]->kind != KL_E_NAME && list.p[i]->kind != KL_E_ERROR)
            kl_report(r->diags, r->file, list.p[i]->span, KL_D_SET_ELEMENT, 0);
    return node(r, (kl_expr){.kind = KL_E_SET, .span = span, .list = list});
}

kl_entry *kl_entry_add(kl_reader *r, kl_entry *entry, kl_name name, kl_expr *value) {
    if (!entry) entry = kl_alloc(r->arena, sizeof *entry);
    kl_span own = kl_join(name.span, value->span);
    KL_PUSH(r->arena, &entry->sets, (kl_set){.name = name, .value = value, .span = own});
    return entry;
}

kl_expr *kl_entry_value(kl_reader *r, kl_entry *entry, kl_span span) {
    return node(r, (kl_expr){.kind = KL_E_ENTRY, .span = span, .entry = entry});
}

kl_expr_list *kl_one(kl_reader *r, kl_expr *e) {
    kl_expr_list *list = kl_alloc(r->arena, sizeof *list);
    list->p = kl_alloc(r->arena, sizeof *list->p);
    list->p[0] = e;
    list->n = list->cap = 1;
    return list;
}

kl_expr_list *kl_more(kl_reader *r, kl_expr_list *list, kl_expr *e) {
    KL_PUSH(r->arena, list, e);
    return list;
}
