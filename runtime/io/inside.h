/* inside.h - what the io room's own files share: lookups, the store a batch is built in, the splitter, NDJSON.
 * May include: runtime/io/io.h. Not installed.
 * Start at kl_intake (one batch being filled). */
#ifndef KL_RUNTIME_IO_INSIDE_H
#define KL_RUNTIME_IO_INSIDE_H

#include "runtime/io/io.h"
#include "runtime/io/swift.h"

/* ---- lookup.c: short strings to small numbers */
typedef struct kl_lookup_slot {
    uint64_t low, high;   /* the first and last eight bytes; shorter strings are packed with their length */
    uint32_t size, value; /* value + 1; 0: free */
    const char *data;
} kl_lookup_slot;
typedef struct kl_lookup {
    kl_lookup_slot *slots;
    size_t mask, used; /* mask: slots - 1; slots NULL: nothing in it */
} kl_lookup;
bool kl_lookup_add(kl_lookup *l, kl_string s, uint32_t value); /* the first of equal strings stays */
uint32_t kl_lookup_find(const kl_lookup *l, const char *data, size_t size);
void kl_lookup_free(kl_lookup *l);

/* kl_trim, with the usual cell (no space at either end) decided at once. */
static inline kl_string kl_trimmed(const char *data, size_t size) {
    if (size && (unsigned char)(data[0] - 0x21) < 0x5E && (unsigned char)(data[size - 1] - 0x21) < 0x5E)
        return (kl_string){data, size};
    return kl_trim((kl_string){data, size});
}

/* ---- blocks of bytes that stay where they are until the pool is emptied */
typedef struct kl_pool_block kl_pool_block;
typedef struct kl_pool {
    kl_pool_block *first, *now;
    size_t used;
    bool failed;
} kl_pool;
char *kl_pool_take(kl_pool *p, size_t size); /* aligned to 16; NULL when memory is out */
void kl_pool_reset(kl_pool *p);
void kl_pool_free(kl_pool *p);

/* ---- intake.c: one batch being filled */
typedef struct kl_store {
    uint64_t *known;
    void *data; /* uint64_t bits, uint16_t codes, uint64_t sets, int64_t numbers or kl_string texts */
} kl_store;

typedef struct kl_slip { /* what was wrong with a row: the leftmost column's fault stays */
    kl_reject_reason reason;
    uint32_t order, field;
    kl_string column, value;
} kl_slip;

typedef struct kl_intake {
    const kl_schema *schema;
    uint32_t rows;
    kl_column *columns; /* the batch */
    kl_store *stores;
    uint64_t *touched; /* a bit per field: some column of the input gives it */
    kl_slip *slips;    /* per row */
    uint64_t bad[KL_WORDS];
    kl_pool *pool;
    kl_batch batch;
} kl_intake;

kl_intake *kl_intake_new(const kl_schema *s, kl_pool *pool);
void kl_intake_free(kl_intake *in);
void kl_intake_start(kl_intake *in, uint32_t rows);  /* forgets the last batch */
bool kl_intake_touch(kl_intake *in, uint32_t field); /* this batch has values for the field; false: memory is out */
uint32_t kl_intake_code(kl_intake *in, uint32_t set, kl_string s);
void kl_intake_fault(kl_intake *in, uint32_t row, uint32_t field, kl_reject_reason why, uint32_t order,
                     kl_string column, kl_string value);
/* One value as text (space around it taken off, not empty); a second one for the same field must be equal. */
void kl_intake_put(kl_intake *in, uint32_t row, uint32_t field, kl_string s, uint32_t order, kl_string column);
/* A number as JSON writes it: no point in it is meant for thousands. Also true and false. */
void kl_intake_put_literal(kl_intake *in, uint32_t row, uint32_t field, kl_string s, uint32_t order, kl_string column);
void kl_intake_put_set(kl_intake *in, uint32_t row, uint32_t field, uint64_t mask, uint32_t order, kl_string column);
/* A number or day of the field's own kind and scale, which it can hold. */
void kl_intake_put_number(kl_intake *in, uint32_t row, uint32_t field, int64_t number, uint32_t order,
                          kl_string column);
void kl_intake_forget(kl_intake *in, uint32_t row); /* what was put in the row, and what was wrong with it */
void kl_intake_finish(kl_intake *in);               /* required fields; then in->batch is ready */

/* ---- split.c: records to cells */
enum { KL_ROW_QUOTED = 1, KL_ROW_RAGGED = 2, KL_ROW_BROKEN = 4, KL_ROW_APART = 8 /* an empty line stands before it */ };
typedef struct kl_split {
    const kl_swift *swift;
    uint32_t columns;
    char comma;
    bool high;    /* the group may have bytes past ASCII */
    bool careful; /* nothing goes the quick way: what tests compare it with */
    uint32_t rows;
    uint32_t *starts; /* offset of each row's first byte; one more: of the byte after the last row */
    uint32_t *
        ends; /* row-major, `columns` a row: offset of the separator or line end after each cell; ends[-1]: before the first row */
    uint8_t *flags;
    uint16_t plain;  /* a bit for each 64 rows: none of them has a flag */
    uint32_t *lines; /* of some rows, counted from the chunk's first; the rows between stand on one line each */
    uint64_t lined[KL_WORDS];       /* which rows */
    uint32_t line;                  /* lines before `at` */
    uint32_t at;                    /* where the next group begins */
    uint32_t cautious;              /* rows left to split one by one before the quick way is tried again */
    uint32_t caution, reach, *room; /* how many, and for how many rows the quick way is tried; what ends stands in */
} kl_split;
bool kl_split_new(kl_split *s, uint32_t columns, char comma);
void kl_split_free(kl_split *s);
void kl_split_start(kl_split *s); /* a new chunk */
/* Fills up to KL_ROWS_MAX rows from s->at; KL_SLACK readable bytes past size. */
void kl_split_group(kl_split *s, const char *data, uint32_t size);
uint32_t kl_split_line(const kl_split *s, uint32_t row);

/* Offset of the line end of the record at `at`, or `size` at the end; SIZE_MAX when the bytes do not hold its end and `final` is false.
 * *broken: its quotes are wrong; then it ends with its first line. */
size_t kl_record_end(const char *data, size_t size, size_t at, char comma, bool final, bool *broken);
/* Space off, quotes off, doubled quotes single (in the pool), space off again: what a CSV cell says. */
kl_string kl_cell_text(kl_pool *pool, const char *data, size_t start, size_t end, bool quoted);
/* Canonical composition, in the pool, where the text has combining marks; else the same view. */
kl_string kl_composed(kl_pool *pool, kl_string s);

/* ---- learn.c: what the quick ways know of one column, all of it told by the careful way */
typedef struct kl_learnt {
    kl_word words[KL_WORD_COUNT]; /* yes and no */
    kl_codes codes;
    kl_months *months;
} kl_learnt;
/* For values of a set: a cell is a code and one of `ends` after it. Without the memory for it everything goes the careful way. */
kl_learnt *kl_learnt_new(const kl_schema *s, uint32_t field, const char *const *ends, size_t count);
void kl_learnt_free(kl_learnt *l);
/* The cell at p, `size` bytes with the separator after it, says no, yes or nothing. */
void kl_learn_word(kl_learnt *l, unsigned which, const char *p, size_t size);
/* The whole cell is a date; `turn`: dates of this length are those looked for from now on. */
void kl_learn_date(kl_learnt *l, kl_string date, bool turn);

/* ---- csv.c, ndjson.c: one group of a chunk, see reading.c */
typedef struct kl_binding { /* what one edition reads from a column */
    uint32_t column, field;
    bool shared; /* another column gives the field too */
    kl_learnt *learnt;
} kl_binding;

struct kl_reading {
    const kl_editions *editions;
    const kl_feed *feed;
    kl_input_form form;
    kl_simd simd;
    bool keep, failed;
    const kl_chunk *chunk;
    bool dirty;        /* the chunk, or a CSV group, is not all UTF-8: each row is looked at */
    bool whole;        /* every row of the group stands in the first edition's batch under its own number */
    uint32_t at, line; /* NDJSON: where the next line begins; its number in the chunk */
    uint64_t before;   /* records of the chunk before this group */
    uint32_t rows;
    kl_split split;
    kl_pool pool, strings; /* strings: names that outlive the group */
    kl_intake **intakes;
    uint16_t *edition_of, *index_of; /* per row */
    uint16_t *row_of;                /* per edition, KL_ROWS_MAX each: the row of each index */
    uint32_t *counts;                /* per edition: rows */
    kl_string *keys;                 /* per row */
    const kl_string *own_keys;       /* or, in a CSV group, the key field's own column */
    kl_reject *rejects;              /* of the refused rows */
    uint64_t refused[KL_WORDS];      /* which */
    /* CSV */
    kl_binding **bindings; /* per edition */
    size_t *binding_counts;
    kl_bools **bools; /* per edition, of its first bindings */
    size_t *bool_counts;
    uint32_t *unread; /* columns */
    size_t unread_count;
    uint32_t key_column, date_column;
    bool own_key_column; /* no two columns give the key */
    /* NDJSON */
    kl_kept *kept; /* of the group: name and value as written */
    size_t kept_count, kept_room, kept_bytes;
    size_t *first_kept;   /* per row and one more */
    struct kl_json *json; /* the quick way */
    bool careful;         /* not taken: every line is read with care */
    bool too_much;        /* kept_bytes of one record are past KL_RECORD_BYTES */
    kl_lookup names;      /* unread names */
    kl_string *name_list;
    size_t name_count;
    kl_bytes path;   /* the name of a value, with dots */
    kl_pool scratch; /* that name composed */
};

bool kl_csv_bind(kl_reading *r);
void kl_csv_unbind(kl_reading *r);
bool kl_csv_group(kl_reading *r);
kl_string kl_csv_key(kl_reading *r, uint32_t row); /* of any row */
bool kl_ndjson_group(kl_reading *r);
/* Which edition a record of that day goes to, and that row `row` is its next. */
size_t kl_reading_edition(const kl_reading *r, bool dated, int64_t day);
void kl_reading_assign(kl_reading *r, uint32_t row, size_t edition);
/* Rejects a row that no edition saw. */
void kl_reading_refuse(kl_reading *r, uint32_t row, kl_reject_reason why, kl_string column, kl_string value);

/* ---- ndjson.c, ndjson_line.c; json.h has the quick way */
enum { KL_NAME_BYTES = 1024 };                                     /* a longer name is not composed */
bool kl_ndjson_read(const kl_reading *r, kl_string name);          /* whether some edition reads it */
void kl_ndjson_unread(kl_reading *r, kl_string name);              /* notes that no field does */
void kl_ndjson_keep(kl_reading *r, kl_string name, kl_string raw); /* both must stay */
/* Reads any line with care; where the answer is KL_REJECT_NOT the row stands in its edition. */
kl_reject_reason kl_ndjson_line(kl_reading *r, uint32_t row, const char *text, size_t size);

/* ---- schema.c */
struct kl_schema {
    kl_schema_field *fields;
    uint32_t field_count, field_room;
    struct kl_input {
        kl_string name;
        uint32_t field, next; /* next input of the same name, or KL_INDEX_NONE */
    } * inputs;
    uint32_t input_count, input_room;
    kl_lookup names; /* to the first input of the name */
    struct kl_set_codes {
        kl_lookup codes;
        uint32_t values;
    } * sets;
    uint32_t set_count, set_room;
    kl_string currency;
    uint32_t key;
};

#endif
