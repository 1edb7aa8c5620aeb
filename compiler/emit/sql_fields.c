/* sql_fields.c - the first stage: the table's columns made into fields, and the name of the first field that cannot be read.
 * May include: compiler/emit/sql.h.
 * Start at kl_sql_fields(). */
#include "compiler/emit/sql.h"

static kl_str code_list(kl_sql *q, uint32_t set, uint32_t code) {
    kl_buf b;
    kl_value_info v;
    kl_buf_init(&b, q->arena);
    kl_value_of(q->program, set, code, &v);
    for (uint32_t k = 0; k < v.codes; k++)
        kl_buf_fmt(&b, "%s%.*s", k ? ", " : "",
                   KL_FMT(kl_sql_quoted(q, kl_sql_string(kl_value_code(q->program, set, code, k)))));
    return kl_buf_view(&b);
}

/* Any code of a value stands for the value. */
static kl_str value(kl_sql *q, kl_str raw, const kl_field_info *f) {
    kl_buf b;
    kl_set_info set;
    kl_buf_init(&b, q->arena);
    kl_set_of(q->program, f->set, &set);
    kl_buf_fmt(&b, "CASE");
    for (uint32_t v = 0; v < set.values; v++)
        kl_buf_fmt(&b, " WHEN %.*s IN (%.*s) THEN %.*s", KL_FMT(raw), KL_FMT(code_list(q, f->set, v)),
                   KL_FMT(kl_sql_code(q, f->set, v)));
    kl_buf_fmt(&b, " END");
    return kl_sql_exact(q, kl_buf_view(&b));
}

/* A text ' a b ' of the codes, however they were divided: by blanks, commas, semicolons or bars. */
static kl_str divided(kl_sql *q, kl_str raw) {
    return kl_str_fmt(q->arena, "' ' %s replace(replace(replace(%.*s, ',', ' '), ';', ' '), '|', ' ') %s ' '",
                      q->d->join, KL_FMT(raw), q->d->join);
}

static kl_str holds_some(kl_sql *q, kl_str padded, uint32_t set, uint32_t code) {
    kl_buf b;
    kl_value_info v;
    kl_buf_init(&b, q->arena);
    kl_value_of(q->program, set, code, &v);
    for (uint32_t k = 0; k < v.codes; k++) {
        kl_string c = kl_value_code(q->program, set, code, k);
        kl_str wanted = kl_sql_quoted(q, kl_str_fmt(q->arena, " %.*s ", (int)c.size, c.data));
        kl_buf_fmt(&b, "%s%.*s", k ? " OR " : "", KL_FMT(kl_sql_fill(q->arena, q->d->find, padded, wanted, wanted)));
    }
    return kl_buf_view(&b);
}

static kl_str set_of(kl_sql *q, kl_str raw, const kl_field_info *f) {
    kl_buf b;
    kl_set_info set;
    kl_buf_init(&b, q->arena);
    kl_set_of(q->program, f->set, &set);
    kl_str padded = kl_str_fmt(q->arena, "(%.*s)", KL_FMT(divided(q, raw)));
    kl_buf_fmt(&b, "%s", q->d->empty);
    for (uint32_t v = 0; v < set.values; v++) {
        kl_value_info value;
        kl_value_of(q->program, f->set, v, &value);
        kl_str word = kl_sql_quoted(q, kl_str_fmt(q->arena, " %.*s", (int)value.name.size, value.name.data));
        kl_buf_fmt(&b, " %s CASE WHEN %.*s THEN %.*s ELSE '' END", q->d->join, KL_FMT(holds_some(q, padded, f->set, v)),
                   KL_FMT(word));
    }
    kl_str words = kl_buf_view(&b);
    return kl_str_fmt(q->arena, "CASE WHEN %.*s IS NOT NULL THEN %.*s END", KL_FMT(raw),
                      KL_FMT(kl_sql_fill(q->arena, q->d->set, words, words, words)));
}

/* What is left of a set's text when its codes are taken away, one after the other, must be blank. */
static kl_str left_over(kl_sql *q, kl_str words, uint32_t set) {
    kl_set_info info;
    kl_str left = words;
    kl_set_of(q->program, set, &info);
    for (uint32_t v = 0; v < info.values; v++) {
        kl_value_info value;
        kl_value_of(q->program, set, v, &value);
        for (uint32_t k = 0; k < value.codes; k++) {
            kl_string c = kl_value_code(q->program, set, v, k);
            left = kl_str_fmt(q->arena, "replace(%.*s, %.*s, '')", KL_FMT(left),
                              KL_FMT(kl_sql_quoted(q, kl_str_fmt(q->arena, " %.*s ", (int)c.size, c.data))));
        }
    }
    return kl_sql_fill(q->arena, q->d->blank, left, left, left);
}

/* Where so many functions cannot stand in each other: the letters of the text are not those of its codes. */
static kl_str letters_over(kl_sql *q, kl_str words, uint32_t set) {
    kl_buf b;
    kl_set_info info;
    kl_buf_init(&b, q->arena);
    kl_set_of(q->program, set, &info);
    kl_buf_fmt(&b, "length(replace(%.*s, ' ', '')) <> 0", KL_FMT(words));
    for (uint32_t v = 0; v < info.values; v++) {
        kl_value_info value;
        kl_value_of(q->program, set, v, &value);
        for (uint32_t k = 0; k < value.codes; k++) {
            kl_string c = kl_value_code(q->program, set, v, k);
            kl_str code = kl_sql_quoted(q, kl_sql_string(c));
            kl_str alone = kl_sql_quoted(q, kl_str_fmt(q->arena, " %.*s ", (int)c.size, c.data));
            kl_buf_fmt(&b, " + (length(%.*s) - length(replace(%.*s, %.*s, ''))) / length(%.*s) * length(%.*s)",
                       KL_FMT(words), KL_FMT(words), KL_FMT(alone), KL_FMT(alone), KL_FMT(code));
        }
    }
    return kl_buf_view(&b);
}

static kl_str strange_codes(kl_sql *q, kl_str raw, const kl_field_info *f) {
    kl_str words = kl_str_fmt(q->arena, "replace(%.*s, ' ', '  ')",
                              KL_FMT(divided(q, raw))); /* so that neighbours share no blank */
    kl_str strange = q->d->shallow ? letters_over(q, words, f->set) : left_over(q, words, f->set);
    return kl_str_fmt(q->arena, "%.*s AND %.*s NOT IN ('inga', 'empty', '[]')", KL_FMT(strange), KL_FMT(raw));
}

/* A template over a number column, its decimals and the most it may be. */
static kl_str of_number(kl_sql *q, const char *pattern, kl_str raw, uint32_t scale) {
    int64_t most = KL_NUMBER_MAX;
    for (uint32_t i = 0; i < scale; i++) most /= 10;
    return kl_sql_fill(q->arena, pattern, raw, kl_str_fmt(q->arena, "%u", scale),
                       kl_str_fmt(q->arena, "%lld", (long long)most));
}

static bool numeric(kl_kind kind) {
    return kind == KL_INTEGER || kind == KL_DECIMAL || kind == KL_MONEY || kind == KL_MINUTES || kind == KL_DAYS;
}

/* The field as the stages use it: values by name, numbers scaled to whole ones, dates as dates. */
static kl_str read_field(kl_sql *q, kl_str raw, const kl_field_info *f) {
    if (f->kind == KL_VALUES) return value(q, raw, f);
    if (f->kind == KL_SET) return set_of(q, raw, f);
    if (numeric(f->kind)) return of_number(q, q->d->read_number, raw, f->scale);
    return raw;
}

static kl_str no_code(kl_sql *q, kl_str raw, const kl_field_info *f) {
    kl_buf b;
    kl_set_info set;
    uint32_t n = 0;
    kl_buf_init(&b, q->arena);
    kl_set_of(q->program, f->set, &set);
    kl_buf_fmt(&b, "%.*s NOT IN (", KL_FMT(raw));
    for (uint32_t v = 0; v < set.values; v++) {
        kl_value_info value;
        kl_value_of(q->program, f->set, v, &value);
        n += value.codes;
        if (q->d->list_most && n > q->d->list_most) {
            kl_buf_fmt(&b, ") AND %.*s NOT IN (", KL_FMT(raw));
            n = value.codes;
        } else if (v) {
            kl_buf_fmt(&b, ", ");
        }
        kl_buf_str(&b, code_list(q, f->set, v));
    }
    kl_buf_fmt(&b, ")");
    return kl_buf_view(&b);
}

/* When the field cannot hold it; empty: it always can. */
static kl_str refused(kl_sql *q, kl_str raw, const kl_field_info *f) {
    if (f->kind == KL_VALUES && q->d->truths)
        return kl_str_fmt(q->arena, "%.*s IS NOT NULL AND (%.*s) IS NULL", KL_FMT(raw), KL_FMT(value(q, raw, f)));
    if (f->kind == KL_VALUES) return no_code(q, raw, f);
    if (f->kind == KL_SET) return kl_str_fmt(q->arena, "%.*s", KL_FMT(strange_codes(q, raw, f)));
    kl_str no_date = q->d->no_date ? kl_sql_fill(q->arena, q->d->no_date, raw, raw, raw) : KL_STR(""),
           no_number = q->d->no_number ? kl_sql_fill(q->arena, q->d->no_number, raw, raw, raw) : KL_STR("");
    if (f->kind == KL_DATE)
        return kl_str_fmt(q->arena, "NOT (%.*s BETWEEN %.*s AND %.*s)%.*s", KL_FMT(raw),
                          KL_FMT(kl_sql_date(q, q->d->first_day)), KL_FMT(kl_sql_date(q, KL_DATE_MAX)),
                          KL_FMT(no_date));
    if (f->kind == KL_BOOL && (!q->d->truths || no_number.n))
        return kl_str_fmt(q->arena, "%.*s NOT IN (0, 1)", KL_FMT(raw));
    if (!numeric(f->kind)) return KL_STR("");
    return kl_str_fmt(q->arena, "%.*s%.*s", KL_FMT(no_number), KL_FMT(of_number(q, q->d->misfit, raw, f->scale)));
}

static kl_str default_of(kl_sql *q, uint32_t i, const kl_field_info *f) {
    uint32_t at = kl_sql_word(q, KL_S_FIELDS, i, KL_F_DEFAULT);
    if (f->kind == KL_TEXT) {
        kl_str text = kl_view_text(&q->view, KL_S_TEXTS, at, 0);
        if (text.n == 0 && q->d->empty_is_null) kl_sql_refuse(q, KL_SQL_EMPTY, kl_sql_string(f->name), 0);
        if (text.n && text.p[text.n - 1] == ' ' && *q->d->stop)
            kl_sql_refuse(q, KL_SQL_BLANKS, kl_sql_string(f->name), 0);
        return kl_sql_quoted(q, text);
    }
    int64_t v = kl_view_const(&q->view, at);
    if (f->kind == KL_BOOL) return kl_sql_constant(q, v != 0);
    if (f->kind == KL_VALUES) return kl_sql_code(q, f->set, (uint32_t)v);
    if (f->kind == KL_DATE) return kl_sql_date_shown(q, v);
    if (f->kind != KL_SET) return kl_str_fmt(q->arena, "%lld", (long long)v);
    kl_buf b;
    kl_buf_init(&b, q->arena);
    for (uint32_t c = 0; c < 64; c++) {
        kl_value_info value;
        if (!((uint64_t)v >> c & 1)) continue;
        kl_value_of(q->program, f->set, c, &value);
        kl_buf_fmt(&b, "%s%.*s", b.n ? " " : "", (int)value.name.size, value.name.data);
    }
    kl_str words = kl_buf_view(&b);
    if (!words.n) return kl_str_of(q->d->none);
    return kl_sql_quoted(q, kl_sql_fill(q->arena, q->d->of_words, words, words, words));
}

/* The table of the records, its columns as the command reads them and as the database compares them right. */
static void read_table(kl_sql *q, kl_str record) {
    const kl_dialect *d = q->d;
    kl_buf_fmt(q->out, "\n  FROM (SELECT ");
    for (uint32_t i = 0; i < q->info.fields; i++) {
        kl_field_info f;
        kl_field_of(q->program, i, &f);
        kl_str name = kl_sql_ident(q->arena, kl_sql_string(f.name)), raw = kl_str_fmt(q->arena, "r.%.*s", KL_FMT(name));
        const char *as = f.kind == KL_VALUES || f.kind == KL_TEXT ? d->read_text
                         : f.kind == KL_SET                       ? d->read_set
                         : f.kind == KL_DATE                      ? d->read_date
                                                                  : d->read_plain;
        kl_buf_fmt(q->out, "%s%.*s AS %.*s", i ? ",\n      " : "", KL_FMT(kl_sql_fill(q->arena, as, raw, raw, raw)),
                   KL_FMT(name));
    }
    kl_buf_fmt(q->out, "\n    FROM %.*s r%s) t", KL_FMT(record), d->fence);
}

void kl_sql_fields(kl_sql *q) {
    kl_buf refusals;
    kl_buf_init(&refusals, q->arena);
    kl_str record = kl_sql_ident(q->arena, q->info.record.size ? kl_sql_string(q->info.record) : KL_STR("records"));
    q->field = kl_alloc_array(q->arena, q->info.fields + 1, sizeof *q->field);
    q->known = kl_alloc_array(q->arena, q->info.fields + 1, sizeof *q->known);
    kl_sql_begin(q, false, "the records: values by name, amounts in hundredths, and what cannot be read", "post");
    kl_buf_fmt(q->out, "\n  SELECT %s AS \"#\"", q->d->numbering);
    kl_sql_name(q, KL_STR("#"));
    kl_sql_name(q, KL_STR("rejected"));
    for (uint32_t i = 0; i < q->info.fields; i++) {
        kl_field_info f;
        kl_field_of(q->program, i, &f);
        kl_str raw = kl_str_fmt(q->arena, "t.%.*s", KL_FMT(kl_sql_ident(q->arena, kl_sql_string(f.name))));
        if (q->d->name_most && f.name.size > q->d->name_most)
            kl_sql_refuse(q, KL_SQL_NAME, kl_sql_string(f.name), q->d->name_most);
        q->field[i] = kl_sql_name(q, kl_sql_string(f.name));
        kl_str read = read_field(q, raw, &f), bad = refused(q, raw, &f);
        if (f.has_default)
            read = kl_str_fmt(q->arena, "COALESCE(%.*s, %.*s)", KL_FMT(read), KL_FMT(default_of(q, i, &f)));
        kl_buf_fmt(q->out, ",\n    %.*s AS %.*s", KL_FMT(read), KL_FMT(q->field[i]));
        q->known[i] = kl_str_fmt(q->arena, "%.*s IS NOT NULL", KL_FMT(q->field[i]));
        if (f.has_default) {
            kl_str name = kl_sql_name(q, kl_str_fmt(q->arena, "%.*s är känd", (int)f.name.size, f.name.data));
            kl_buf_fmt(q->out, ",\n    %.*s AS %.*s",
                       KL_FMT(kl_sql_as_value(q, kl_str_fmt(q->arena, "%.*s IS NOT NULL", KL_FMT(raw)))), KL_FMT(name));
            q->known[i] = kl_sql_holds(q, name);
            q->width++;
        }
        kl_str label = kl_sql_quoted(q, kl_sql_string(f.name));
        if (f.required || f.key)
            kl_buf_fmt(&refusals, "\n      WHEN %.*s IS NULL THEN %.*s", KL_FMT(raw), KL_FMT(label));
        if (bad.n) kl_buf_fmt(&refusals, "\n      WHEN %.*s THEN %.*s", KL_FMT(bad), KL_FMT(label));
    }
    kl_str cases = kl_buf_view(&refusals);
    if (cases.n)
        kl_buf_fmt(q->out, ",\n    CASE%.*s\n    END AS \"rejected\"", KL_FMT(cases));
    else
        kl_buf_fmt(q->out, ",\n    CAST(NULL AS varchar(1)) AS \"rejected\"");
    q->width += q->info.fields + 2;
    read_table(q, record);
    kl_sql_begin(q, false, NULL, "s0");
    kl_buf_fmt(q->out, "SELECT * FROM post WHERE \"rejected\" IS NULL%s", q->d->fence);
}
