/* sql_code.c - instructions as SQL: a truth is a predicate of three values, a number a value and a tag; what is used often is a column.
 * May include: compiler/emit/sql.h, runtime/opcodes.def.
 * Start at kl_sql_line(); AND, OR and NOT of SQL are those of the language, also where something is unknown. */
#include "compiler/emit/sql.h"

#include <string.h>

typedef enum opcode {
#define KL_OP(name, dst, a, b, c, d, semantics) OP_##name,
#include "runtime/opcodes.def"
#undef KL_OP
    OPS
} opcode;

enum { ATOM, NEGATION, CONJUNCTION, DISJUNCTION };
enum { DEEP = 60 }; /* a longer chain becomes columns: databases bound the depth of an expression */
/* Tags of numbers, as the runtime has them. */
enum { VALUE, UNKNOWN, NONE, NOT_STATED, EXTERNAL, CONFLICT, UNSURE, FAILED };

static uint32_t word(const kl_sql *q, uint32_t i, uint32_t w) {
    return kl_sql_word(q, KL_S_CODE, i, w);
}

static kl_str whole(const kl_sql *q, uint32_t constant) {
    return kl_str_fmt(q->arena, "%lld", (long long)kl_view_const(&q->view, constant));
}

/* ------------------------------------------------------------------ columns and stages */
void kl_sql_add(kl_sql *q, kl_str name, kl_str text, kl_str comment, uint32_t level) {
    KL_PUSH(q->arena, &q->columns, ((kl_sql_column){name, text, comment, level}));
    q->width++;
}

void kl_sql_stages(kl_sql *q) {
    uint32_t last = 0;
    for (size_t i = 0; i < q->columns.n; i++)
        if (q->columns.p[i].level > last) last = q->columns.p[i].level;
    for (uint32_t level = 0; level <= last; level++) {
        bool some = false;
        for (size_t i = 0; i < q->columns.n; i++) {
            const kl_sql_column *c = &q->columns.p[i];
            if (c->level != level) continue;
            if (!some) {
                kl_sql_begin(q, false, NULL, "s%u", q->stage + 1);
                kl_buf_fmt(q->out, "\n  SELECT s%u.*", q->stage);
            }
            some = true;
            kl_buf_fmt(q->out, ",%s%.*s\n    %.*s AS %.*s", c->comment.n ? "\n    -- " : "", KL_FMT(c->comment),
                       KL_FMT(c->text), KL_FMT(c->name));
        }
        if (!some) continue;
        kl_buf_fmt(q->out, "\n  FROM s%u%s", q->stage, q->d->fence);
        q->stage++;
    }
    q->columns.n = 0;
}

/* ------------------------------------------------------------------ truths */
kl_str kl_sql_truth(const kl_sql *q, uint32_t r) {
    if (q->binds[r] == ATOM) return q->truth[r];
    return kl_str_fmt(q->arena, "(%.*s)", KL_FMT(q->truth[r]));
}

static kl_str operand(const kl_sql *q, uint32_t r, uint8_t within) {
    return q->binds[r] <= within && !(within == NEGATION && q->binds[r] != ATOM) ? q->truth[r] : kl_sql_truth(q, r);
}

static kl_str codes(kl_sql *q, uint32_t field, uint32_t mask) {
    kl_set_info set;
    kl_buf in, out;
    uint32_t set_of = kl_sql_word(q, KL_S_FIELDS, field, KL_F_SET), n = 0;
    kl_set_of(q->program, set_of, &set);
    kl_buf_init(&in, q->arena);
    kl_buf_init(&out, q->arena);
    for (uint32_t c = 0; c < set.values; c++) {
        bool has = kl_view_mask(&q->view, mask + c / 64) >> (c % 64) & 1;
        n += has;
        kl_buf *b = has ? &in : &out;
        kl_buf_fmt(b, "%s%.*s", b->n ? ", " : "", KL_FMT(kl_sql_code(q, set_of, c)));
    }
    kl_str f = q->field[field], yes = kl_buf_view(&in), no = kl_buf_view(&out);
    if (n == 0) return kl_str_fmt(q->arena, "%.*s <> %.*s", KL_FMT(f), KL_FMT(f));
    if (n == set.values) return kl_str_fmt(q->arena, "%.*s = %.*s", KL_FMT(f), KL_FMT(f));
    if (q->d->list_most && n > q->d->list_most && set.values - n > q->d->list_most) {
        kl_field_info info;
        kl_field_of(q->program, field, &info);
        kl_sql_refuse(q, KL_SQL_CODES, kl_sql_string(info.name), q->d->list_most);
    }
    if (n == 1) return kl_str_fmt(q->arena, "%.*s = %.*s", KL_FMT(f), KL_FMT(yes));
    if (n + 1 == set.values) return kl_str_fmt(q->arena, "%.*s <> %.*s", KL_FMT(f), KL_FMT(no));
    if (n <= set.values / 2) return kl_str_fmt(q->arena, "%.*s IN (%.*s)", KL_FMT(f), KL_FMT(yes));
    return kl_str_fmt(q->arena, "%.*s NOT IN (%.*s)", KL_FMT(f), KL_FMT(no));
}

static kl_str range(kl_sql *q, uint32_t i) {
    uint32_t field = word(q, i, 2);
    int64_t low = kl_view_const(&q->view, word(q, i, 3)), high = kl_view_const(&q->view, word(q, i, 4));
    bool date = kl_sql_word(q, KL_S_FIELDS, field, KL_F_TYPE) == KL_TYPE_DATE;
    int64_t first = date ? KL_DATE_MIN : -KL_NUMBER_MAX, last = date ? KL_DATE_MAX : KL_NUMBER_MAX;
    kl_str f = q->field[field];
    if (low > high) return kl_str_fmt(q->arena, "%.*s <> %.*s", KL_FMT(f), KL_FMT(f));
    if (low <= first && high >= last) return kl_str_fmt(q->arena, "%.*s = %.*s", KL_FMT(f), KL_FMT(f));
    if (low > last || high < first) return kl_str_fmt(q->arena, "%.*s <> %.*s", KL_FMT(f), KL_FMT(f));
    kl_str from = date ? kl_sql_date(q, low < first ? first : low) : kl_str_fmt(q->arena, "%lld", (long long)low);
    kl_str to = date ? kl_sql_date(q, high > last ? last : high) : kl_str_fmt(q->arena, "%lld", (long long)high);
    if (low == high) return kl_str_fmt(q->arena, "%.*s = %.*s", KL_FMT(f), KL_FMT(from));
    if (low <= first) return kl_str_fmt(q->arena, "%.*s <= %.*s", KL_FMT(f), KL_FMT(to));
    if (high >= last) return kl_str_fmt(q->arena, "%.*s >= %.*s", KL_FMT(f), KL_FMT(from));
    return kl_str_fmt(q->arena, "%.*s BETWEEN %.*s AND %.*s", KL_FMT(f), KL_FMT(from), KL_FMT(to));
}

static kl_str has_code(kl_sql *q, uint32_t field, uint32_t code) {
    kl_value_info v;
    kl_value_of(q->program, kl_sql_word(q, KL_S_FIELDS, field, KL_F_SET), code, &v);
    return kl_sql_held(q, q->field[field], kl_sql_string(v.name));
}

/* A test of a number register; `within` says what is asked of its value. */
static kl_str number_test(kl_sql *q, kl_sql_number n, kl_str within) {
    if (kl_str_eq(n.tag, KL_STR("0"))) return within;
    if (!q->d->truths) /* a value that is there is never NULL */
        return kl_str_fmt(q->arena, "CASE WHEN %.*s = 0 AND %.*s THEN 1 WHEN %.*s IN (0, 2) THEN 0 END = 1",
                          KL_FMT(n.tag), KL_FMT(within), KL_FMT(n.tag));
    return kl_str_fmt(q->arena, "CASE WHEN %.*s = 0 THEN %.*s WHEN %.*s = 2 THEN FALSE END", KL_FMT(n.tag),
                      KL_FMT(within), KL_FMT(n.tag));
}

static kl_str in_codes(kl_sql *q, kl_str value, uint32_t mask, uint32_t values) {
    kl_buf b;
    kl_buf_init(&b, q->arena);
    for (uint32_t c = 0; c < values; c++)
        if (kl_view_mask(&q->view, mask + c / 64) >> (c % 64) & 1) kl_buf_fmt(&b, "%s%u", b.n ? ", " : "", c);
    if (!b.n) return kl_sql_constant_holds(q, 0);
    return kl_str_fmt(q->arena, "%.*s IN (%.*s)", KL_FMT(value), KL_FMT(kl_buf_view(&b)));
}

static void truth(kl_sql *q, uint32_t i, uint32_t op) {
    uint32_t to = word(q, i, 1), x = word(q, i, 2), y = word(q, i, 3), z = word(q, i, 4);
    uint8_t binds = ATOM;
    kl_str s = KL_STR("");
    switch (op) {
    case OP_B_CONST: s = kl_sql_constant_holds(q, x); break;
    case OP_B_ASSUME: {
        kl_assumption_info a;
        kl_assumption_of(q->program, x, &a);
        s = kl_sql_constant_holds(q, a.has_value ? a.value != 0 : 2);
        break;
    }
    case OP_B_NOT:
        binds = NEGATION;
        s = kl_str_fmt(q->arena, "NOT %.*s", KL_FMT(operand(q, x, NEGATION)));
        break;
    case OP_B_AND:
    case OP_B_OR:
        binds = op == OP_B_AND ? CONJUNCTION : DISJUNCTION;
        s = kl_str_fmt(q->arena, "%.*s %s %.*s", KL_FMT(operand(q, x, binds)), op == OP_B_AND ? "AND" : "OR",
                       KL_FMT(operand(q, y, binds)));
        break;
    case OP_B_FIELD: s = kl_sql_holds(q, q->field[x]); break;
    case OP_B_KNOWN: s = q->known[x]; break;
    case OP_B_RANGE_F: s = range(q, i); break;
    case OP_B_IN_F: s = codes(q, x, y); break;
    case OP_B_HAS: s = has_code(q, x, y); break;
    case OP_B_EMPTY: s = kl_str_fmt(q->arena, "%.*s = %s", KL_FMT(q->field[x]), q->d->none); break;
    case OP_B_TEXT: s = kl_sql_same_text(q, q->field[x], kl_view_text(&q->view, KL_S_TEXTS, y, 0)); break;
    case OP_B_SAME: s = kl_str_fmt(q->arena, "%.*s = %.*s", KL_FMT(q->field[x]), KL_FMT(q->field[y])); break;
    case OP_B_RANGE:
        s = number_test(q, q->number[x],
                        kl_str_fmt(q->arena, "%.*s BETWEEN %.*s AND %.*s", KL_FMT(q->number[x].value),
                                   KL_FMT(whole(q, y)), KL_FMT(whole(q, z))));
        break;
    default: s = number_test(q, q->number[x], in_codes(q, q->number[x].value, y, z)); break;
    }
    bool compared = op >= OP_B_RANGE_F && op <= OP_B_IN && op != OP_B_ASSUME;
    q->truth[to] = s;
    q->binds[to] = binds == ATOM && (compared || op == OP_B_KNOWN) ? NEGATION : binds;
}

/* ------------------------------------------------------------------ numbers */
static kl_str code_number(kl_sql *q, uint32_t field) {
    kl_buf b;
    kl_set_info set;
    uint32_t set_of = kl_sql_word(q, KL_S_FIELDS, field, KL_F_SET);
    kl_buf_init(&b, q->arena);
    kl_set_of(q->program, set_of, &set);
    kl_buf_fmt(&b, "CASE %.*s", KL_FMT(q->field[field]));
    for (uint32_t c = 0; c < set.values; c++)
        kl_buf_fmt(&b, " WHEN %.*s THEN %u", KL_FMT(kl_sql_code(q, set_of, c)), c);
    kl_buf_fmt(&b, " END");
    return kl_buf_view(&b);
}

kl_sql_number kl_sql_field_number(kl_sql *q, uint32_t field) {
    uint32_t type = kl_sql_word(q, KL_S_FIELDS, field, KL_F_TYPE);
    kl_str f = q->field[field], v = f;
    if (type == KL_TYPE_BOOL) v = kl_str_fmt(q->arena, "CASE WHEN %.*s THEN 1 ELSE 0 END", KL_FMT(kl_sql_holds(q, f)));
    if (type == KL_TYPE_VALUES) v = code_number(q, field);
    if (type == KL_TYPE_DATE) v = kl_sql_fill(q->arena, q->d->days, f, f, f);
    return (kl_sql_number){v, kl_str_fmt(q->arena, "CASE WHEN %.*s IS NULL THEN 1 ELSE 0 END", KL_FMT(f))};
}

static kl_str widened(kl_sql *q, kl_str v) {
    return kl_str_fmt(q->arena, "CAST(%.*s AS %s)", KL_FMT(v), q->d->wide);
}

/* In a script, steps of a calculation are columns, so that it can be followed; else the text itself. */
static kl_str step(kl_sql *q, const char *what, kl_str text) {
    if (q->d->truths) return text;
    kl_str name = kl_sql_name(q, kl_str_fmt(q->arena, "n%u %s", q->making, what));
    kl_sql_add(q, name, text, KL_STR(""), q->number_level[q->making]);
    return name;
}

static void next_step(kl_sql *q) { /* may read the steps so far */
    if (!q->d->truths) q->number_level[q->making]++;
}

/* x / y rounded: what is left over is compared, without a sign, with what is wanting to the next. */
static kl_str divided(kl_sql *q, kl_str x, kl_str y, uint32_t way) {
    kl_arena *a = q->arena;
    x = step(q, "of", kl_sql_fill(a, q->d->dividend, x, x, x));
    y = step(q, "by", kl_sql_fill(a, q->d->divisor, y, y, y));
    next_step(q);
    kl_str quotient = step(q, "quotient", kl_sql_fill(a, q->d->quotient, x, y, y)),
           rest = step(q, "rest", kl_sql_fill(a, q->d->rest, x, y, y));
    next_step(q);
    kl_str sign = kl_str_fmt(a, "CASE WHEN %.*s THEN 1 ELSE -1 END", KL_FMT(kl_sql_fill(a, q->d->same_sign, x, y, y)));
    kl_str left = kl_str_fmt(a, "abs(%.*s)", KL_FMT(rest)),
           wanting = kl_str_fmt(a, "(abs(%.*s) - abs(%.*s))", KL_FMT(y), KL_FMT(rest));
    kl_str more = KL_STR("1 = 0");
    if (way == 1) more = kl_str_fmt(a, "%.*s >= %.*s", KL_FMT(left), KL_FMT(wanting));
    if (way == 2)
        more = kl_str_fmt(
            a, "%.*s > %.*s OR (%.*s = %.*s AND %.*s <> 0)", KL_FMT(left), KL_FMT(wanting), KL_FMT(left),
            KL_FMT(wanting),
            KL_FMT(kl_sql_fill(a, q->d->rest, kl_str_fmt(a, "(%.*s)", KL_FMT(quotient)), KL_STR("2"), KL_STR("2"))));
    if (way == 4) more = kl_str_fmt(a, "%.*s <> 0", KL_FMT(rest));
    return kl_str_fmt(a, "(%.*s) + CASE WHEN %.*s THEN %.*s ELSE 0 END", KL_FMT(quotient), KL_FMT(more), KL_FMT(sign));
}

static kl_str months(kl_sql *q, kl_str x, kl_str y) {
    kl_arena *a = q->arena;
    kl_str early =
        kl_str_fmt(a, "CASE WHEN %.*s <= %.*s THEN %.*s ELSE %.*s END", KL_FMT(x), KL_FMT(y), KL_FMT(x), KL_FMT(y));
    kl_str late =
        kl_str_fmt(a, "CASE WHEN %.*s <= %.*s THEN %.*s ELSE %.*s END", KL_FMT(x), KL_FMT(y), KL_FMT(y), KL_FMT(x));
    early = step(q, "early", early);
    late = step(q, "late", late);
    next_step(q);
    kl_str p[2], parts[2][3], day[] = {early, late};
    p[0] = kl_sql_fill(a, q->d->of_days, early, early, early);
    p[1] = kl_sql_fill(a, q->d->of_days, late, late, late);
    for (int i = 0; i < 2; i++) {
        parts[i][0] = kl_sql_fill(a, q->d->year, p[i], day[i], day[i]);
        parts[i][1] = kl_sql_fill(a, q->d->month, p[i], day[i], day[i]);
        parts[i][2] = kl_sql_fill(a, q->d->day, p[i], day[i], day[i]);
    }
    return kl_str_fmt(a,
                      "(CASE WHEN %.*s <= %.*s THEN 1 ELSE -1 END) * ((%.*s - %.*s) * 12 + %.*s - %.*s - CASE WHEN "
                      "%.*s < %.*s THEN 1 ELSE 0 END)",
                      KL_FMT(x), KL_FMT(y), KL_FMT(parts[1][0]), KL_FMT(parts[0][0]), KL_FMT(parts[1][1]),
                      KL_FMT(parts[0][1]), KL_FMT(parts[1][2]), KL_FMT(parts[0][2]));
}

/* The result on values, and when it is an error (empty: never). */
static kl_str computed(kl_sql *q, uint32_t i, uint32_t op, kl_str x, kl_str y, kl_str *error) {
    kl_arena *a = q->arena;
    kl_str v = KL_STR("0");
    bool checked = true;
    *error = KL_STR("");
    switch (op) {
    case OP_N_ADD: v = kl_str_fmt(a, "%.*s + %.*s", KL_FMT(widened(q, x)), KL_FMT(y)); break;
    case OP_N_SUB: v = kl_str_fmt(a, "%.*s - %.*s", KL_FMT(widened(q, x)), KL_FMT(y)); break;
    case OP_N_MUL: v = kl_str_fmt(a, "%.*s * %.*s", KL_FMT(widened(q, x)), KL_FMT(y)); break;
    case OP_N_NEG: v = kl_str_fmt(a, "0 - %.*s", KL_FMT(widened(q, x))); break;
    case OP_N_DIV: {
        kl_str scaled = kl_str_fmt(a, "(%.*s * %.*s)", KL_FMT(widened(q, x)), KL_FMT(whole(q, word(q, i, 4))));
        *error = kl_str_fmt(a, "%.*s = 0 OR NOT (%.*s)", KL_FMT(y),
                            KL_FMT(kl_sql_fill(a, q->d->wide_most, scaled, scaled, scaled)));
        v = divided(q, scaled, kl_str_fmt(a, "nullif(%.*s, 0)", KL_FMT(y)), word(q, i, 5));
        break;
    }
    case OP_N_ROUND: {
        kl_str step = whole(q, word(q, i, 3));
        v = kl_str_fmt(a, "(%.*s) * %.*s", KL_FMT(divided(q, widened(q, x), step, word(q, i, 4))), KL_FMT(step));
        break;
    }
    case OP_N_RESCALE: v = divided(q, widened(q, x), whole(q, word(q, i, 3)), word(q, i, 4)); break;
    case OP_N_MIN:
        v = kl_str_fmt(a, "CASE WHEN %.*s < %.*s THEN %.*s ELSE %.*s END", KL_FMT(x), KL_FMT(y), KL_FMT(x), KL_FMT(y));
        checked = false;
        break;
    case OP_N_MAX:
        v = kl_str_fmt(a, "CASE WHEN %.*s > %.*s THEN %.*s ELSE %.*s END", KL_FMT(x), KL_FMT(y), KL_FMT(x), KL_FMT(y));
        checked = false;
        break;
    case OP_N_COMPARE:
        v = kl_str_fmt(a, "CASE WHEN %.*s < %.*s THEN -1 WHEN %.*s > %.*s THEN 1 ELSE 0 END", KL_FMT(x), KL_FMT(y),
                       KL_FMT(x), KL_FMT(y));
        checked = false;
        break;
    default: {
        kl_str outside = kl_str_fmt(a, "NOT (%.*s BETWEEN %d AND %d AND %.*s BETWEEN %d AND %d)", KL_FMT(x),
                                    KL_DATE_MIN, KL_DATE_MAX, KL_FMT(y), KL_DATE_MIN, KL_DATE_MAX);
        v = months(q, x, y);
        if (op == OP_N_YEARS) /* whole ones, whatever the sign */
            v = kl_sql_fill(a, q->d->quotient, kl_str_fmt(a, "(%.*s)", KL_FMT(v)), KL_STR("12"), KL_STR("12"));
        v = kl_str_fmt(a, "CASE WHEN %.*s THEN 0 ELSE %.*s END", KL_FMT(outside), KL_FMT(v));
        *error = outside;
        checked = false;
    }
    }
    if (checked) {
        kl_str wide = kl_str_fmt(a, "(%.*s)", KL_FMT(v));
        kl_str fits = kl_sql_fill(a, q->d->wide_most, wide, wide, wide);
        *error = error->n ? kl_str_fmt(a, "%.*s OR NOT (%.*s)", KL_FMT(*error), KL_FMT(fits))
                          : kl_str_fmt(a, "NOT (%.*s)", KL_FMT(fits));
    }
    return v;
}

static bool zero(kl_str tag) {
    return kl_str_eq(tag, KL_STR("0"));
}

static kl_sql_number arithmetic(kl_sql *q, uint32_t i, uint32_t op) {
    kl_arena *a = q->arena;
    bool one = op == OP_N_NEG || op == OP_N_ROUND || op == OP_N_RESCALE,
         fails = op != OP_N_MIN && op != OP_N_MAX && op != OP_N_COMPARE;
    kl_sql_number x = q->number[word(q, i, 2)], y = one ? x : q->number[word(q, i, 3)];
    kl_str error, v = computed(q, i, op, x.value, y.value, &error);
    kl_str worst = one || zero(y.tag) ? x.tag
                   : zero(x.tag)      ? y.tag
                                      : kl_sql_fill(a, q->d->greatest, x.tag, y.tag, y.tag);
    kl_str failed = error.n ? kl_str_fmt(a, "CASE WHEN %.*s THEN 7 ELSE 0 END", KL_FMT(error)) : KL_STR("0");
    kl_str kept = error.n ? kl_str_fmt(a, "CASE WHEN %.*s THEN 0 ELSE %.*s END", KL_FMT(error), KL_FMT(v)) : v;
    if (zero(worst)) return (kl_sql_number){kl_str_fmt(a, "CAST(%.*s AS %s)", KL_FMT(kept), q->d->whole), failed};
    kl_str tag = kl_str_fmt(a, "CASE %.*s WHEN 0 THEN %.*s%s ELSE %.*s END", KL_FMT(worst), KL_FMT(failed),
                            fails ? " WHEN 1 THEN 6" : "", KL_FMT(worst));
    kl_str document =
        kl_str_fmt(a, "CASE WHEN %.*s = 4 THEN %.*s ELSE %.*s END", KL_FMT(x.tag), KL_FMT(x.value), KL_FMT(y.value));
    kl_str value = kl_str_fmt(a, "CAST(CASE %.*s WHEN 0 THEN %.*s WHEN 4 THEN %.*s ELSE 0 END AS %s)", KL_FMT(worst),
                              KL_FMT(kept), KL_FMT(document), q->d->whole);
    return (kl_sql_number){value, tag};
}

static kl_sql_number against(kl_sql *q, uint32_t i, uint32_t op) {
    kl_assumption_info a;
    kl_sql_number n = q->number[word(q, i, 2)];
    kl_assumption_of(q->program, word(q, i, 3), &a);
    const char *less = op == OP_N_LT_A ? "<" : "<=", *more = op == OP_N_LT_A ? ">=" : ">";
    if (!a.has_value && !a.bounded) {
        kl_str tag = kl_str_fmt(q->arena, "CASE %.*s WHEN 0 THEN 1 ELSE %.*s END", KL_FMT(n.tag), KL_FMT(n.tag));
        return (kl_sql_number){
            kl_str_fmt(q->arena, "CASE WHEN %.*s = 4 THEN %.*s ELSE 0 END", KL_FMT(n.tag), KL_FMT(n.value)), tag};
    }
    long long low = (long long)(a.has_value ? a.value : a.low), high = (long long)(a.has_value ? a.value : a.high);
    kl_str yes = kl_str_fmt(q->arena, "%.*s %s %lld", KL_FMT(n.value), less, low),
           no = kl_str_fmt(q->arena, "%.*s %s %lld", KL_FMT(n.value), more, high);
    kl_str value = kl_str_fmt(q->arena, "CASE WHEN %.*s = 4 THEN %.*s WHEN %.*s = 0 AND %.*s THEN 1 ELSE 0 END",
                              KL_FMT(n.tag), KL_FMT(n.value), KL_FMT(n.tag), KL_FMT(yes));
    kl_str tag = kl_str_fmt(q->arena, "CASE WHEN %.*s = 0 AND NOT (%.*s) AND NOT (%.*s) THEN 1 ELSE %.*s END",
                            KL_FMT(n.tag), KL_FMT(yes), KL_FMT(no), KL_FMT(n.tag));
    return (kl_sql_number){value, tag};
}

static void number(kl_sql *q, uint32_t i, uint32_t op) {
    uint32_t to = word(q, i, 1), x = word(q, i, 2);
    kl_sql_number n;
    q->making = to;
    kl_assumption_info a;
    switch (op) {
    case OP_N_CONST: n = (kl_sql_number){whole(q, x), KL_STR("0")}; break;
    case OP_N_ASSUME:
        kl_assumption_of(q->program, x, &a);
        n = (kl_sql_number){kl_str_fmt(q->arena, "%lld", (long long)(a.has_value ? a.value : 0)),
                            a.has_value ? KL_STR("0") : KL_STR("1")};
        break;
    case OP_N_FIELD: n = kl_sql_field_number(q, x); break;
    case OP_N_FEED: n = kl_sql_feed(q, x); break;
    case OP_N_LT_A:
    case OP_N_LE_A: n = against(q, i, op); break;
    default: n = arithmetic(q, i, op);
    }
    bool constant = op == OP_N_CONST || op == OP_N_ASSUME;
    if (!constant) { /* columns of their own: they are used more than once */
        kl_str value = kl_sql_name(q, kl_str_fmt(q->arena, "n%u", to)),
               tag = kl_sql_name(q, kl_str_fmt(q->arena, "n%u tag", to));
        kl_sql_add(q, value, n.value, KL_STR(""), q->number_level[to]);
        kl_sql_add(q, tag, n.tag, KL_STR(""), q->number_level[to]);
        n = (kl_sql_number){value, tag};
        q->number_level[to]++;
    }
    q->number[to] = n;
}

/* ------------------------------------------------------------------ the line */
static const char writes[] = {
#define KL_OP(name, dst, a, b, c, d, semantics) #dst[0],
#include "runtime/opcodes.def"
#undef KL_OP
};
static const char reads[][2] = {
#define KL_OP(name, dst, a, b, c, d, semantics)                                                                        \
    {#a[0] == 'B' && !#a[1]   ? 'B'                                                                                    \
     : #a[0] == 'N' && !#a[1] ? 'N'                                                                                    \
                              : '-',                                                                                   \
     #b[0] == 'B' && !#b[1]   ? 'B'                                                                                    \
     : #b[0] == 'N' && !#b[1] ? 'N'                                                                                    \
                              : '-'},
#include "runtime/opcodes.def"
#undef KL_OP
};

/* The first stage in which what the instruction reads is there. */
static uint32_t level_of(const kl_sql *q, uint32_t i, uint32_t op) {
    uint32_t level = 0;
    for (uint32_t k = 0; k < 2; k++) {
        uint32_t r = word(q, i, 2 + k), l = reads[op][k] == 'B'   ? q->level[r]
                                            : reads[op][k] == 'N' ? q->number_level[r]
                                                                  : 0;
        if (l > level) level = l;
    }
    return level;
}

static void count_uses(kl_sql *q) {
    for (uint32_t i = 0; i < q->view.rows[KL_S_CODE]; i++)
        for (uint32_t k = 0; k < 2; k++)
            if (reads[word(q, i, 0)][k] == 'B') q->uses[word(q, i, 2 + k)]++;
    for (uint32_t c = 0; c < q->view.rows[KL_S_CANDIDATES]; c++) {
        q->uses[kl_sql_word(q, KL_S_CANDIDATES, c, KL_C_FIRES)] += 2;
        q->uses[kl_sql_word(q, KL_S_CANDIDATES, c, KL_C_BY)] += 2;
    }
    for (uint32_t i = 0; i < q->view.rows[KL_S_REQUIREMENTS]; i++)
        q->uses[kl_sql_word(q, KL_S_REQUIREMENTS, i, 4)] += 2;
    for (uint32_t i = 0; i < q->view.rows[KL_S_BLOCKS]; i++)
        for (uint32_t k = 1; k < 3; k++) q->uses[kl_sql_word(q, KL_S_BLOCKS, i, k)] += 2;
    for (uint32_t i = 0; i < q->view.rows[KL_S_QUESTIONS]; i++)
        if (kl_sql_word(q, KL_S_QUESTIONS, i, KL_Q_KIND) == KL_Q_TRUTH)
            q->uses[kl_sql_word(q, KL_S_QUESTIONS, i, KL_Q_SOURCE)] += 2;
    q->uses[kl_sql_word(q, KL_S_GUIDELINE, 0, KL_G_SCOPE)] += 2;
}

static kl_str comment_of(kl_sql *q, uint32_t entry) {
    kl_entry_info e;
    kl_entry_of(q->program, entry, &e);
    kl_str cite = kl_view_cite(&q->view, entry);
    kl_str s = kl_str_fmt(q->arena, "%.*s%s%s%.*s%s", (int)e.title.size, e.title.data,
                          e.title.size && cite.n ? " " : "", cite.n ? "[" : "", KL_FMT(cite), cite.n ? "]" : "");
    char *p = kl_alloc(q->arena, s.n + 1);
    for (size_t i = 0; i < s.n; i++) p[i] = s.p[i] == '\n' || s.p[i] == '\r' ? ' ' : s.p[i];
    return (kl_str){p, s.n};
}

static kl_str value_of(const kl_sql *q, uint32_t r) {
    kl_str t = q->truth[r];
    bool not = q->binds[r] == NEGATION && t.n > 4 && memcmp(t.p, "NOT ", 4) == 0;
    if (q->d->truths || !not ) return kl_sql_as_value(q, t);
    kl_str of = {t.p + 4, t.n - 4};
    return kl_str_fmt(q->arena, "CASE WHEN %.*s THEN 0\n      WHEN NOT %.*s THEN 1 END", KL_FMT(of), KL_FMT(of));
}

/* Makes the register a column when it is an entry's, or used often, or a long chain. */
static void settle(kl_sql *q, uint32_t r, uint32_t entry, uint32_t level, bool simple) {
    q->level[r] = level;
    if (entry == KL_ABSENT && (simple || q->uses[r] < 2) && q->depth[r] < DEEP) return;
    kl_str name = entry == KL_ABSENT ? kl_sql_name(q, kl_str_fmt(q->arena, "t%u", r)) : q->entry[entry];
    kl_sql_add(q, name, value_of(q, r), entry == KL_ABSENT ? KL_STR("") : comment_of(q, entry), level);
    q->truth[r] = kl_sql_holds(q, name);
    q->binds[r] = ATOM; /* x = 1, where there are no truths: NOT x = 1 is its opposite */
    q->depth[r] = 1;
    q->level[r] = level + 1;
}

static void prepare(kl_sql *q, uint32_t **entry_of) {
    kl_budget_info budget;
    kl_budget(q->program, &budget);
    q->truth = kl_alloc_array(q->arena, budget.truth_registers + 1, sizeof *q->truth);
    q->binds = kl_alloc_array(q->arena, budget.truth_registers + 1, sizeof *q->binds);
    q->level = kl_alloc_array(q->arena, budget.truth_registers + 1, sizeof *q->level);
    q->depth = kl_alloc_array(q->arena, budget.truth_registers + 1, sizeof *q->depth);
    q->uses = kl_alloc_array(q->arena, budget.truth_registers + 1, sizeof *q->uses);
    q->number = kl_alloc_array(q->arena, budget.number_registers + 1, sizeof *q->number);
    q->number_level = kl_alloc_array(q->arena, budget.number_registers + 1, sizeof *q->number_level);
    q->decided = kl_alloc_array(q->arena, q->view.rows[KL_S_SLOTS] + 1, sizeof *q->decided);
    q->slot_level = kl_alloc_array(q->arena, q->view.rows[KL_S_SLOTS] + 1, sizeof *q->slot_level);
    q->entry = kl_alloc_array(q->arena, q->info.entries + 1, sizeof *q->entry);
    *entry_of = kl_alloc_array(q->arena, budget.truth_registers + 1, sizeof **entry_of);
    for (uint32_t r = 0; r <= budget.truth_registers; r++) (*entry_of)[r] = KL_ABSENT;
    for (uint32_t e = q->info.entries; e-- > 0;) {
        uint32_t r = kl_sql_word(q, KL_S_ENTRIES, e, KL_E_TRUTH);
        if (r != KL_ABSENT) (*entry_of)[r] = e;
    }
    for (uint32_t e = 0; e < q->info.entries; e++) {
        kl_entry_info info;
        uint32_t r = kl_sql_word(q, KL_S_ENTRIES, e, KL_E_TRUTH);
        kl_entry_of(q->program, e, &info);
        if (r != KL_ABSENT && (*entry_of)[r] == e) q->entry[e] = kl_sql_name(q, kl_sql_string(info.id));
    }
    count_uses(q);
}

void kl_sql_line(kl_sql *q) {
    uint32_t *entry_of, *waiting = kl_alloc_array(q->arena, q->view.rows[KL_S_SLOTS] + 1, sizeof *waiting), n = 0;
    prepare(q, &entry_of);
    for (uint32_t i = 0; i < q->view.rows[KL_S_CODE] && !q->trouble.reason; i++) {
        uint32_t op = word(q, i, 0), to = word(q, i, 1);
        if (op == OP_DECIDE) {
            waiting[n++] = word(q, i, 2);
            continue;
        }
        if (op == OP_N_FEED &&
            !q->decided[word(q, i, 2)].n) { /* all that wait are decided together, before the first is needed */
            kl_sql_stages(q);
            kl_sql_decide(q, waiting, n);
            n = 0;
            kl_budget_info budget;
            kl_budget(q->program, &budget);
            for (uint32_t r = 0; r < budget.truth_registers; r++) q->level[r] = 0;
            for (uint32_t r = 0; r < budget.number_registers; r++) q->number_level[r] = 0;
        }
        uint32_t level = level_of(q, i, op);
        if (writes[op] == 'N') {
            q->number_level[to] = level;
            number(q, i, op);
            continue;
        }
        truth(q, i, op);
        bool pair = op == OP_B_AND || op == OP_B_OR,
             simple = !pair && op != OP_B_NOT && op != OP_B_RANGE && op != OP_B_IN;
        q->depth[to] = 1 + (pair || op == OP_B_NOT ? q->depth[word(q, i, 2)] : 0);
        if (pair && q->depth[word(q, i, 3)] >= q->depth[to]) q->depth[to] = q->depth[word(q, i, 3)] + 1;
        settle(q, to, entry_of[to], level, simple);
    }
    kl_sql_stages(q);
    kl_sql_decide(q, waiting, n);
}
