/* arrow_in.c - Arrow columns into the columns of a batch: used where they lie when the layout is ours, else widened or read value by value.
 * May include: the C library; knows nothing of Python.
 * Start at kl_arrow_in_fill(). Ours are: bitmaps that begin on a word, whole words of them, and 64-bit integers. */
#include <stdlib.h>
#include <string.h>

#include "runtime/bindings/python/arrow.h"

typedef enum shape {
    S_OTHER,
    S_NULL,
    S_BOOL,
    S_INT,
    S_FLOAT,
    S_DOUBLE,
    S_DECIMAL,
    S_DAY,    /* date32 */
    S_MOMENT, /* date64 and timestamps: `unit` of them a day */
    S_ZONED,  /* timestamps of another time zone than UTC: their day is not known here */
    S_TEXT,   /* 32-bit offsets */
    S_LARGE_TEXT,
    S_TEXT_VIEW,
    S_LIST,
    S_LARGE_LIST,
    S_CODED /* dictionary */
} shape;

typedef struct type {
    shape shape;
    unsigned width, scale; /* bytes; of decimals */
    int power;             /* decimals with a negative scale: noughts to add */
    bool is_signed;
    int64_t unit;
    struct type *inner; /* of a list's items, a dictionary's values */
} type;

typedef struct bind { /* a column and a field that reads it */
    size_t edition;
    uint32_t column, field;
    bool shared; /* another column gives the field too */
    bool key;
    const struct ArrowArray *dictionary; /* whose codes are in `codes` */
    uint32_t *codes;                     /* per value of the dictionary; KL_INDEX_NONE: it is to be read with care */
    size_t room;
} bind;

struct kl_arrow_in {
    uint32_t columns;
    type *types;
    kl_string *names;
    kl_pool pool; /* names */
    bind *binds;
    size_t count, bound;
    uint64_t lying, read;
};

static const uint64_t all_known[KL_WORDS] = {
    ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0),
    ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0)};

/* ------------------------------------------------------------------ types */
static void integer(type *t, unsigned width, bool is_signed) {
    t->shape = S_INT;
    t->width = width;
    t->is_signed = is_signed;
}

static void decimal(type *t, const char *format) { /* d:precision,scale[,bits] */
    char *end;
    (void)strtol(format + 2, &end, 10);
    long scale = *end == ',' ? strtol(end + 1, &end, 10) : 0, bits = *end == ',' ? strtol(end + 1, &end, 10) : 128;
    if (bits > 128 || scale > 38 || scale < -18) return;
    t->shape = S_DECIMAL;
    t->width = (unsigned)bits / 8;
    t->scale = scale > 0 ? (unsigned)scale : 0;
    t->power = scale < 0 ? (int)-scale : 0;
}

static void moment(type *t, const char *format) { /* ts?:zone */
    static const char *const same[] = {"", "UTC", "Etc/UTC", "Z", "+00:00"};
    t->shape = S_ZONED;
    t->unit = 86400;
    for (const char *u = "smun"; *u && *u != format[2]; u++) t->unit *= 1000;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (!strcmp(format + 4, same[i])) t->shape = S_MOMENT;
}

static bool read_type(type *t, const struct ArrowSchema *s) {
    const char *f = s->format;
    *t = (type){.shape = S_OTHER};
    if (s->dictionary) {
        type index;
        t->inner = calloc(1, sizeof *t->inner);
        if (!t->inner || !read_type(t->inner, s->dictionary)) return false;
        struct ArrowSchema bare = *s;
        bare.dictionary = NULL;
        if (!read_type(&index, &bare)) return false;
        if (index.shape != S_INT) return true;
        integer(t, index.width, index.is_signed);
        t->shape = S_CODED;
        return true;
    }
    if (f[0] && !f[1]) switch (f[0]) {
        case 'n': t->shape = S_NULL; break;
        case 'b': t->shape = S_BOOL; break;
        case 'c': integer(t, 1, true); break;
        case 'C': integer(t, 1, false); break;
        case 's': integer(t, 2, true); break;
        case 'S': integer(t, 2, false); break;
        case 'i': integer(t, 4, true); break;
        case 'I': integer(t, 4, false); break;
        case 'l': integer(t, 8, true); break;
        case 'L': integer(t, 8, false); break;
        case 'f': t->shape = S_FLOAT; break;
        case 'g': t->shape = S_DOUBLE; break;
        case 'u': t->shape = S_TEXT; break;
        case 'U': t->shape = S_LARGE_TEXT; break;
        default: break;
        }
    else if (!strcmp(f, "vu"))
        t->shape = S_TEXT_VIEW;
    else if (!strncmp(f, "d:", 2))
        decimal(t, f);
    else if (!strcmp(f, "tdD"))
        integer(t, 4, true), t->shape = S_DAY;
    else if (!strcmp(f, "tdm"))
        t->shape = S_MOMENT, t->unit = INT64_C(86400000);
    else if (!strncmp(f, "ts", 2) && f[2] && f[3] == ':')
        moment(t, f);
    else if ((!strcmp(f, "+l") || !strcmp(f, "+L")) && s->n_children == 1) {
        t->shape = f[1] == 'l' ? S_LIST : S_LARGE_LIST;
        t->inner = calloc(1, sizeof *t->inner);
        return t->inner && read_type(t->inner, s->children[0]);
    }
    return true;
}

static void free_type(type *t) {
    if (!t->inner) return;
    free_type(t->inner);
    free(t->inner);
}

/* ------------------------------------------------------------------ values */
static bool bit_at(const void *bits, int64_t i) {
    return ((const uint8_t *)bits)[i / 8] >> (i % 8) & 1;
}

static bool null_at(const struct ArrowArray *a, int64_t i) {
    return a->n_buffers && a->buffers[0] && !bit_at(a->buffers[0], i);
}

/* An integer of the array; *wide: it is past int64. `i` counts from the buffers' beginning, here and below. */
static int64_t int_at(const type *t, const void *data, int64_t i, bool *wide) {
    int64_t v = 0;
    uint64_t u = 0;
    *wide = false;
    switch (t->width) {
    case 1: return t->is_signed ? ((const int8_t *)data)[i] : ((const uint8_t *)data)[i];
    case 2: return t->is_signed ? ((const int16_t *)data)[i] : ((const uint16_t *)data)[i];
    case 4: return t->is_signed ? (int64_t)((const int32_t *)data)[i] : (int64_t)((const uint32_t *)data)[i];
    default: break;
    }
    if (t->is_signed) {
        memcpy(&v, (const int64_t *)data + i, sizeof v);
        *wide = v == INT64_MIN;
        return v;
    }
    memcpy(&u, (const uint64_t *)data + i, sizeof u);
    *wide = u > INT64_MAX;
    return *wide ? 0 : (int64_t)u;
}

static void read_decimal(const type *t, const void *data, int64_t i, kl_given *out) {
    __int128 v = 0;
    const __int128 most = (__int128)1000000000000000000;
    unsigned scale = t->scale;
    if (t->width == 16) {
        memcpy(&v, (const char *)data + i * 16, 16);
    } else if (t->width == 8) {
        int64_t n;
        memcpy(&n, (const char *)data + i * 8, 8);
        v = n;
    } else {
        int32_t n;
        memcpy(&n, (const char *)data + i * 4, 4);
        v = n;
    }
    for (int n = 0; n < t->power && v > -most && v < most; n++) v *= 10;
    for (; scale && v % 10 == 0; scale--) v /= 10;
    bool fits = v > -most && v < most && scale <= 18;
    *out = fits ? (kl_given){.kind = KL_GIVEN_NUMBER, .number = (int64_t)v, .scale = scale}
                : (kl_given){.kind = KL_GIVEN_WIDE};
}

static void read_text(const type *t, const struct ArrowArray *a, int64_t i, kl_given *out) {
    const char *data = a->n_buffers > 2 ? a->buffers[2] : NULL;
    kl_string s = {"", 0};
    if (t->shape == S_TEXT) {
        const int32_t *at = a->buffers[1];
        s = (kl_string){data + at[i], (size_t)(at[i + 1] - at[i])};
    } else if (t->shape == S_LARGE_TEXT) {
        const int64_t *at = a->buffers[1];
        s = (kl_string){data + at[i], (size_t)(at[i + 1] - at[i])};
    } else {
        const char *view = (const char *)a->buffers[1] + i * 16;
        int32_t words[4];
        memcpy(words, view, 16);
        s.size = (size_t)words[0];
        s.data = words[0] <= 12 ? view + 4 : (const char *)a->buffers[2 + words[2]] + words[3];
    }
    if (!s.size) s.data = "";
    *out = (kl_given){.kind = kl_utf8_ok(s.data, s.size) ? KL_GIVEN_TEXT : KL_GIVEN_BROKEN, .text = s};
}

/* Value `i` of the array, counted from its offset. */
static void read_value(const type *t, const struct ArrowArray *a, int64_t i, kl_given *out) {
    bool wide;
    *out = (kl_given){.kind = KL_GIVEN_NONE};
    i += a->offset;
    if (t->shape == S_NULL || null_at(a, i)) return;
    switch (t->shape) {
    case S_BOOL: *out = (kl_given){.kind = KL_GIVEN_BOOL, .number = bit_at(a->buffers[1], i)}; break;
    case S_INT:
        *out = (kl_given){.kind = KL_GIVEN_NUMBER, .number = int_at(t, a->buffers[1], i, &wide)};
        if (wide) out->kind = KL_GIVEN_WIDE;
        break;
    case S_FLOAT: *out = (kl_given){.kind = KL_GIVEN_FLOAT, .real = (double)((const float *)a->buffers[1])[i]}; break;
    case S_DOUBLE: *out = (kl_given){.kind = KL_GIVEN_DOUBLE, .real = ((const double *)a->buffers[1])[i]}; break;
    case S_DECIMAL: read_decimal(t, a->buffers[1], i, out); break;
    case S_DAY: *out = (kl_given){.kind = KL_GIVEN_DAY, .number = ((const int32_t *)a->buffers[1])[i]}; break;
    case S_MOMENT: {
        int64_t n = ((const int64_t *)a->buffers[1])[i];
        out->kind = n % t->unit ? KL_GIVEN_MOMENT : KL_GIVEN_DAY;
        out->number = n / t->unit;
        break;
    }
    case S_ZONED: out->kind = KL_GIVEN_MOMENT; break;
    case S_TEXT:
    case S_LARGE_TEXT:
    case S_TEXT_VIEW: read_text(t, a, i, out); break;
    case S_CODED: {
        int64_t at = int_at(t, a->buffers[1], i, &wide);
        out->kind = KL_GIVEN_SHAPE;
        if (!wide && at >= 0 && at < a->dictionary->length) read_value(t->inner, a->dictionary, at, out);
        break;
    }
    default: out->kind = KL_GIVEN_SHAPE; break;
    }
}

/* A list is the codes of a set. */
static void put_list(const kl_spot *to, const type *t, const struct ArrowArray *a, int64_t i) {
    uint64_t mask = 0;
    i += a->offset;
    if (null_at(a, i)) return;
    kl_given item = {.kind = KL_GIVEN_SHAPE};
    if (to->in->schema->fields[to->field].kind != KL_SET) {
        kl_given_put(to, &item);
        return;
    }
    int64_t from, end;
    if (t->shape == S_LIST) {
        from = ((const int32_t *)a->buffers[1])[i];
        end = ((const int32_t *)a->buffers[1])[i + 1];
    } else {
        from = ((const int64_t *)a->buffers[1])[i];
        end = ((const int64_t *)a->buffers[1])[i + 1];
    }
    for (; from < end; from++) {
        read_value(t->inner, a->children[0], from, &item);
        if (!kl_given_code(to, &item, &mask)) return;
    }
    kl_intake_put_set(to->in, to->row, to->field, mask, to->order, to->column);
}

/* ------------------------------------------------------------------ whole columns */
static bool on_words(const void *p, int64_t bit, uint32_t rows) {
    return bit % 64 == 0 && rows % 64 == 0 && ((uintptr_t)p + (uintptr_t)(bit / 8)) % 8 == 0;
}

static void copy_bits(uint64_t *into, const void *bits, int64_t bit, uint32_t rows) {
    const uint8_t *p = (const uint8_t *)bits + bit / 8;
    unsigned shift = (unsigned)(bit % 8);
    size_t bytes = (shift + rows + 7) / 8;
    for (uint32_t w = 0; w * 64 < rows; w++, p += 8) {
        size_t left = bytes - (size_t)w * 8;
        uint64_t low = 0;
        memcpy(&low, p, left < 8 ? left : 8);
        into[w] = low >> shift;
        if (shift && left > 8) into[w] |= (uint64_t)p[8] << (64 - shift);
    }
}

/* The bits from `bit` on, where they lie or copied to `room`. */
static const uint64_t *words_of(uint64_t *room, const void *bits, int64_t bit, uint32_t rows) {
    if (on_words(bits, bit, rows)) return (const uint64_t *)(const void *)((const char *)bits + bit / 8);
    copy_bits(room, bits, bit, rows);
    return room;
}

typedef struct run { /* one column's values for one batch */
    const bind *b;
    kl_intake *in;
    const type *t;
    const struct ArrowArray *a;
    int64_t at; /* of the first value, counted from the buffers' beginning */
    uint32_t rows, order;
    kl_string column;
    bool lying; /* its values were used where they lie */
} run;

/* What is known of the column, in the intake's own words where `own`. false: memory is out. */
static bool take_known(const run *r, bool own) {
    if (!kl_intake_touch(r->in, r->b->field)) return false;
    uint64_t *room = r->in->stores[r->b->field].known;
    const void *valid = r->a->buffers[0];
    if (own)
        valid ? copy_bits(room, valid, r->at, r->rows) : (void)memcpy(room, all_known, sizeof all_known);
    else
        r->in->columns[r->b->field].known = valid ? words_of(room, valid, r->at, r->rows) : all_known;
    return true;
}

static void read_with_care(const run *r, uint32_t row) {
    kl_given given;
    kl_spot to = {r->in, row, r->b->field, r->order, r->column};
    int64_t i = r->at - r->a->offset + row;
    if (r->t->shape == S_LIST || r->t->shape == S_LARGE_LIST) {
        put_list(&to, r->t, r->a, i);
        return;
    }
    read_value(r->t, r->a, i, &given);
    kl_given_put(&to, &given);
}

static void put_bits(run *r) {
    if (!take_known(r, false)) return;
    uint64_t *room = r->in->stores[r->b->field].data;
    r->in->columns[r->b->field].as.bits = words_of(room, r->a->buffers[1], r->at, r->rows);
    r->lying = r->in->columns[r->b->field].as.bits != room;
}

static bool all_fit(const int64_t *v, uint32_t rows) {
    uint64_t out = 0;
    for (uint32_t i = 0; i < rows; i++) out |= (uint64_t)v[i] + (uint64_t)KL_NUMBER_MAX > 2 * (uint64_t)KL_NUMBER_MAX;
    return !out;
}

/* Whole numbers and days, widened; what does not fit is read with care, and rejected. */
static void put_numbers(run *r, int64_t times, int64_t low, int64_t high) {
    const void *data = r->a->buffers[1];
    const int64_t *lying = (const int64_t *)data + r->at;
    bool wide;
    if (r->t->shape == S_INT && r->t->width == 8 && r->t->is_signed && times == 1 && (uintptr_t)data % 8 == 0 &&
        all_fit(lying, r->rows)) {
        r->lying = take_known(r, false);
        if (r->lying) r->in->columns[r->b->field].as.numbers = lying;
        return;
    }
    if (!take_known(r, true)) return;
    kl_store *s = &r->in->stores[r->b->field];
    int64_t *numbers = s->data;
    for (uint32_t i = 0; i < r->rows; i++) {
        int64_t v = int_at(r->t, data, r->at + i, &wide);
        if (!wide && v >= low && v <= high) {
            numbers[i] = v * times;
        } else if (s->known[i / 64] >> (i % 64) & 1) {
            s->known[i / 64] &= ~(UINT64_C(1) << (i % 64));
            read_with_care(r, i);
        }
    }
}

/* Codes by the dictionary's values, each looked up once. */
static bool know_codes(bind *b, const run *r) {
    const struct ArrowArray *d = r->a->dictionary;
    if (b->dictionary == d) return true;
    size_t n = (size_t)d->length;
    if (n > b->room) {
        uint32_t *codes = realloc(b->codes, n * sizeof *codes);
        if (!codes) return false;
        b->codes = codes;
        b->room = n;
    }
    uint32_t set = r->in->schema->fields[b->field].set;
    for (size_t i = 0; i < n; i++) {
        kl_given given;
        read_value(r->t->inner, d, (int64_t)i, &given);
        kl_string text = kl_given_text(r->in->pool, &given);
        b->codes[i] = text.size ? kl_intake_code(r->in, set, text) : KL_INDEX_NONE;
        if (b->codes[i] > UINT16_MAX) b->codes[i] = KL_INDEX_NONE;
    }
    b->dictionary = d;
    return true;
}

static void put_codes(const run *r, bind *b) {
    bool wide;
    if (!know_codes(b, r) || !take_known(r, true)) {
        r->in->pool->failed = true;
        return;
    }
    kl_store *s = &r->in->stores[b->field];
    uint16_t *codes = s->data;
    for (uint32_t i = 0; i < r->rows; i++) {
        uint64_t bit = UINT64_C(1) << (i % 64);
        if (!(s->known[i / 64] & bit)) continue;
        int64_t at = int_at(r->t, r->a->buffers[1], r->at + i, &wide);
        uint32_t code = at >= 0 && at < r->a->dictionary->length ? b->codes[at] : KL_INDEX_NONE;
        if (code != KL_INDEX_NONE) {
            codes[i] = (uint16_t)code;
            continue;
        }
        s->known[i / 64] &= ~bit;
        read_with_care(r, i);
    }
}

static void put_keys(kl_desk *d, const run *r) {
    for (uint32_t i = 0; i < r->rows; i++) {
        kl_given given;
        kl_spot to = {r->in, i, r->b->field, r->order, r->column};
        read_value(r->t, r->a, r->at - r->a->offset + i, &given);
        kl_string text = kl_given_text(r->in->pool, &given);
        if (r->b->key && text.size && !d->keys[i].data) d->keys[i] = text;
        kl_given_put(&to, &given);
    }
}

static void put_column(kl_desk *d, bind *b, run *r) {
    const kl_schema_field *f = &r->in->schema->fields[b->field];
    bool whole = f->kind == KL_INTEGER || f->kind == KL_DECIMAL || f->kind == KL_MONEY || f->kind == KL_MINUTES ||
                 f->kind == KL_DAYS;
    int64_t times = 1;
    for (unsigned i = 0; whole && i < f->scale; i++) times *= 10;
    if (r->t->shape == S_NULL) return;
    if (b->key)
        put_keys(d, r);
    else if (!b->shared && f->kind == KL_BOOL && r->t->shape == S_BOOL)
        put_bits(r);
    else if (!b->shared && whole && r->t->shape == S_INT)
        put_numbers(r, times, -KL_NUMBER_MAX / times, KL_NUMBER_MAX / times);
    else if (!b->shared && f->kind == KL_DATE && r->t->shape == S_DAY)
        put_numbers(r, 1, KL_DATE_MIN, KL_DATE_MAX);
    else if (!b->shared && f->kind == KL_VALUES && r->t->shape == S_CODED)
        put_codes(r, b);
    else
        for (uint32_t i = 0; i < r->rows; i++) read_with_care(r, i);
}

bool kl_arrow_in_fill(kl_arrow_in *in, kl_desk *d, const struct ArrowArray *batch, int64_t first, uint32_t rows) {
    kl_desk_start(d, rows);
    for (size_t i = 0; i < in->count; i++) {
        bind *b = &in->binds[i];
        const struct ArrowArray *a = batch->children[b->column];
        run r = {.b = b,
                 .in = d->intakes[b->edition],
                 .t = &in->types[b->column],
                 .a = a,
                 .at = batch->offset + a->offset + first,
                 .rows = rows,
                 .order = b->column + 1,
                 .column = in->names[b->column]};
        put_column(d, b, &r);
        in->lying += r.lying;
        in->read += !r.lying;
    }
    return !d->pool.failed;
}

void kl_arrow_in_forget(kl_arrow_in *in) {
    for (size_t i = 0; i < in->count; i++) in->binds[i].dictionary = NULL;
}

/* ------------------------------------------------------------------ which column gives which field */
static bool bind_column(kl_arrow_in *in, const kl_ruleset *rules, size_t edition, uint32_t column) {
    const kl_schema *s = rules->editions[edition].schema;
    for (uint32_t f = kl_schema_find(s, in->names[column], KL_INDEX_NONE); f != KL_INDEX_NONE;
         f = kl_schema_find(s, in->names[column], f)) {
        bind *binds = realloc(in->binds, (in->count + 1) * sizeof *binds);
        if (!binds) return false;
        in->binds = binds;
        bool shared = false;
        for (size_t i = 0; i < in->count; i++)
            if (binds[i].edition == edition && binds[i].field == f) shared = binds[i].shared = true;
        bool key = edition + 1 == rules->count && f == s->key;
        binds[in->count++] = (bind){.edition = edition, .column = column, .field = f, .shared = shared, .key = key};
    }
    return true;
}

static bool bind_all(kl_arrow_in *in, const kl_ruleset *rules, const struct ArrowSchema *schema) {
    for (uint32_t c = 0; c < in->columns; c++) {
        const struct ArrowSchema *child = schema->children[c];
        const char *name = child->name ? child->name : "";
        size_t size = strlen(name), before = in->count;
        char *copy = kl_pool_take(&in->pool, size + 1);
        if (!copy || !read_type(&in->types[c], child)) return false;
        memcpy(copy, name, size);
        kl_string s = kl_trim((kl_string){copy, size});
        in->names[c] = kl_utf8_ok(s.data, s.size) ? kl_composed(&in->pool, s) : (kl_string){"", 0};
        for (size_t e = 0; e < rules->count; e++)
            if (!bind_column(in, rules, e, c)) return false;
        in->bound += in->count > before;
    }
    return !in->pool.failed;
}

kl_arrow_in *kl_arrow_in_new(const kl_ruleset *rules, const struct ArrowSchema *schema, const char **why) {
    *why = NULL;
    if (strcmp(schema->format, "+s") != 0 || schema->n_children > UINT16_MAX) {
        *why = "these are no record batches: a struct of columns is wanted";
        return NULL;
    }
    kl_arrow_in *in = calloc(1, sizeof *in);
    if (!in) return NULL;
    in->columns = (uint32_t)schema->n_children;
    in->types = calloc(in->columns + 1, sizeof *in->types);
    in->names = calloc(in->columns + 1, sizeof *in->names);
    if (in->types && in->names && bind_all(in, rules, schema)) return in;
    kl_arrow_in_free(in);
    return NULL;
}

void kl_arrow_in_free(kl_arrow_in *in) {
    if (!in) return;
    for (uint32_t c = 0; in->types && c < in->columns; c++) free_type(&in->types[c]);
    for (size_t i = 0; i < in->count; i++) free(in->binds[i].codes);
    free(in->types);
    free(in->names);
    free(in->binds);
    kl_pool_free(&in->pool);
    free(in);
}

size_t kl_arrow_in_bound(const kl_arrow_in *in) {
    return in->bound;
}

void kl_arrow_in_used(const kl_arrow_in *in, uint64_t *lying, uint64_t *read) {
    *lying = in->lying;
    *read = in->read;
}
