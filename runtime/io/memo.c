/* memo.c - lines that were written before: the same marks, the same line, but for the key; and how often each was, for the tally.
 * May include: the C library.
 * Start at kl_memo_rows(); kl_memo_learn() says what is not learnt. */
#include "runtime/io/swift.h"
#include "runtime/io/teller.h"

#include <stdlib.h>
#include <string.h>

/* So much is learnt and then no more. Every TRIALS records: were few of all so far like one before, nothing is asked any longer. */
enum {
    LINES_MOST = 1 << 14,
    TEXT_MOST = 1 << 22,
    BUCKETS_LOG = 15,
    TRIALS = 8192,
    PIECE = KL_PIECE,
    OUTCOMES_MOST = 64
};

#define ONES UINT64_C(0x0101010101010101)
#define FACTOR UINT64_C(0x9E3779B97F4A7C15)
#define HIGHS UINT64_C(0x8080808080808080)

typedef struct meaning {       /* of a line */
    uint64_t unsure;           /* outcomes that nobody surely decided: nobody may possibly have, either */
    uint32_t fact, fact_count; /* for the tally: the first, and how many there are */
} meaning;

typedef struct quick { /* keys whose bytes are none of these go as they are, see plain() */
    uint64_t less, other, high;
} quick;

struct kl_memo {
    kl_memo_form form;
    const kl_teller *teller;
    const kl_workspace *workspace; /* of the batch */
    bool keyed;                    /* the key comes first; else there is no key in the line */
    bool determined;               /* undetermined records say more than their marks */
    bool surely;                   /* those that may have decided are told too */
    bool assumed;                  /* so is what hangs on assumptions */
    bool all;                      /* the marks say all that is told */
    bool off, drawn;               /* nothing is asked any longer; there are marks of this batch */
    uint32_t words;                /* of one record's marks */
    uint64_t *now;                 /* marks of the batch */
    uint32_t *like;                /* of the batch: the line of each record + 1, or 0 */
    uint64_t *learnt;
    kl_line lines[LINES_MOST];
    meaning meant[LINES_MOST];
    uint32_t count, buckets[1 << BUCKETS_LOG]; /* buckets: line + 1 */
    uint64_t asked, asked_next;                /* records; when to look whether it pays */
    kl_bytes head;                             /* what comes before the key */
    kl_bytes text, facts, cell;
    quick quick;
    const kl_swift *swift; /* NULL: its loop writes other lines than these */
    bool traced;           /* the truth of every clause comes last, before `end` */
    kl_clauses *clauses;
    char end[PIECE];
    size_t end_size;
};

/* ------------------------------------------------------------------ whether it can be used */
static bool is_key(const kl_columns *c, size_t i, const kl_teller *t) {
    if (c->list[i].kind == KL_COLUMN_KEY) return true;
    if (c->list[i].kind != KL_COLUMN_FIELD || t->info.key == KL_INDEX_NONE) return false;
    for (size_t e = 0; e < c->editions; e++)
        if (c->tellers[e] == t) return c->where[i * c->editions + e] == t->info.key;
    return false;
}

/* Whether the columns say no more than the marks do. */
static bool columns_suit(kl_memo *m, const kl_columns *c, const kl_teller *t) {
    for (size_t i = 0; i < c->count; i++) {
        kl_column_kind kind = c->list[i].kind;
        if (is_key(c, i, t)) {
            if (i) return false;
            m->keyed = true;
        } else if (kind == KL_COLUMN_CLAUSES && i + 1 == c->count) {
            m->traced = true;
        } else if (kind == KL_COLUMN_FIELD || kind == KL_COLUMN_CLAUSES) {
            return false;
        }
        m->determined |= kind == KL_COLUMN_MISSING || kind == KL_COLUMN_OPEN;
        m->assumed |= kind == KL_COLUMN_ASSUMED && t->info.assumptions;
    }
    return true;
}

static bool suits(kl_memo *m, const kl_teller *t) {
    const kl_memo_form *f = &m->form;
    m->determined = f->counted;
    if (!f->told) return true;
    if (f->columns) {
        if (!columns_suit(m, f->columns, t)) return false;
        if (f->json && m->keyed) {
            kl_bytes_char(&m->head, '{');
            kl_bytes_string(&m->head, f->columns->list[0].json);
        }
        return true;
    }
    m->traced = f->trace;
    m->assumed = t->info.assumptions || t->info.outcomes > OUTCOMES_MOST;
    kl_bytes_text(&m->head, "{\"key\": ");
    return m->keyed = m->determined = m->surely = true;
}

/* Plain marks where they say enough and nothing else costs much; else those that say all. */
static void choose_marks(kl_memo *m, kl_workspace *w) {
    m->words = kl_mark_words(w, false);
    if (m->words && !m->determined && !m->assumed) return;
    uint32_t words = kl_mark_words(w, true);
    if (!words && m->assumed) m->words = 0;
    if (!words) return;
    m->words = words;
    m->all = true;
    m->determined = m->form.counted; /* for the tally */
    m->surely = false;
}

kl_memo *kl_memo_new(const kl_memo_form *form, const kl_teller *t, kl_workspace *w) {
    kl_memo *m = calloc(1, sizeof *m);
    if (!m) return NULL;
    m->form = *form;
    m->teller = t;
    bool good = suits(m, t) && !m->head.failed;
    choose_marks(m, w);
    if (m->words && good) {
        m->quick = (quick){ONES * (form->json ? '#' : '-'), ONES * (unsigned char)(form->json ? '\\' : form->csv.comma),
                           form->json ? HIGHS : 0};
        m->end_size = form->json ? 3 : 1;
        memcpy(m->end, form->json ? "}}\n" : "\n", m->end_size);
        m->swift = form->json || m->traced ? NULL : kl_swift_of(form->simd);
        if (m->swift && !m->swift->lines) m->swift = NULL;
        m->clauses = m->traced ? kl_clauses_new(t, form->json) : NULL;
        m->now = calloc((size_t)KL_ROWS_MAX * m->words, sizeof *m->now);
        m->like = calloc(KL_ROWS_MAX, sizeof *m->like);
        m->learnt = calloc((size_t)LINES_MOST * m->words, sizeof *m->learnt);
        if (m->now && m->like && m->learnt && (m->clauses || !m->traced)) return m;
    }
    kl_memo_free(m);
    return NULL;
}

void kl_memo_free(kl_memo *m) {
    if (!m) return;
    kl_clauses_free(m->clauses);
    kl_bytes_free(&m->head);
    kl_bytes_free(&m->text);
    kl_bytes_free(&m->facts);
    kl_bytes_free(&m->cell);
    free(m->now);
    free(m->like);
    free(m->learnt);
    free(m);
}

/* ------------------------------------------------------------------ lines of a batch */
/* `step` for each word: where the number is a constant, one after another without a loop. */
#define EACH_WORD(step)                                                                                                \
    do {                                                                                                               \
        if (words > 0) step(0);                                                                                        \
        if (words > 1) step(1);                                                                                        \
        if (words > 2) step(2);                                                                                        \
        if (words > 3) step(3);                                                                                        \
        if (words > 4) step(4);                                                                                        \
        if (words > 5) step(5);                                                                                        \
        for (uint32_t more = 6; more < words; more++) step(more);                                                      \
    } while (0)

static inline uint32_t hash(const uint64_t *marks, uint32_t words) {
    uint64_t h = 0;
#define STEP(i) h = (h ^ marks[i]) * FACTOR
    EACH_WORD(STEP);
#undef STEP
    return (uint32_t)((h ^ h >> 32) * FACTOR >> (64 - BUCKETS_LOG));
}

static inline bool differ(const uint64_t *a, const uint64_t *b, uint32_t words) {
    uint64_t d = 0;
#define STEP(i) d |= a[i] ^ b[i]
    EACH_WORD(STEP);
#undef STEP
    return d != 0;
}

/* The bucket that holds these marks, or the empty one where they belong. */
static inline uint32_t find(const kl_memo *m, const uint64_t *marks, uint32_t words) {
    uint32_t at = hash(marks, words);
    while (m->buckets[at] && differ(m->learnt + (size_t)(m->buckets[at] - 1) * words, marks, words))
        at = (at + 1) & ((1u << BUCKETS_LOG) - 1);
    return at;
}

#define FIND_ALL(words)                                                                                                \
    for (uint32_t i = 0; i < rows; i++) m->like[i] = m->buckets[find(m, m->now + (size_t)i * (words), (words))]

static bool pays(kl_memo *m) {
    uint64_t found = 0;
    for (uint32_t i = 0; i < m->count; i++) found += m->lines[i].count;
    m->asked_next = m->asked + TRIALS;
    return found >= m->asked / 8;
}

void kl_memo_batch(kl_memo *m, const kl_workspace *w, uint32_t rows) {
    m->workspace = w;
    if (m->clauses) kl_clauses_batch(m->clauses, m->teller, w);
    if (m->asked >= m->asked_next) m->off |= !pays(m);
    m->drawn = !m->off && kl_marks(w, m->all, m->now);
    if (!m->drawn) {
        memset(m->like, 0, rows * sizeof *m->like);
        return;
    }
    switch (m->words) { /* the usual numbers, so that the loops are unrolled */
    case 1: FIND_ALL(1); break;
    case 2: FIND_ALL(2); break;
    case 3: FIND_ALL(3); break;
    case 4: FIND_ALL(4); break;
    case 5: FIND_ALL(5); break;
    case 6: FIND_ALL(6); break;
    default: FIND_ALL(m->words);
    }
    m->asked += rows;
}

/* ------------------------------------------------------------------ writing */
/* The high bit of a byte that is less than q.less, equal to q.other or in q.high: the key is then looked at with more care. */
static inline __attribute__((always_inline)) uint64_t odd(quick q, uint64_t v) {
    uint64_t same = v ^ q.other;
    return (((v - q.less) & ~v) | ((same - ONES) & ~same) | (v & q.high)) & HIGHS;
}

/* Copies a key that needs neither quotes nor escapes and returns true. Pieces may overlap; none reaches past the key. */
static inline __attribute__((always_inline)) bool plain(quick q, char *to, const char *from, size_t n) {
    uint64_t v, w, found = 0;
    uint32_t a, b;
    if (n >= 8) {
        for (size_t i = 0; i + 8 < n; i += 8) {
            memcpy(&v, from + i, 8);
            found |= odd(q, v);
            memcpy(to + i, &v, 8);
        }
        memcpy(&w, from + n - 8, 8);
        memcpy(to + n - 8, &w, 8);
        return !(found | odd(q, w));
    }
    if (n >= 4) {
        memcpy(&a, from, 4);
        memcpy(&b, from + n - 4, 4);
        memcpy(to, &a, 4);
        memcpy(to + n - 4, &b, 4);
        return !odd(q, (uint64_t)a << 32 | b);
    }
    if (!n) return true;
    unsigned char first = (unsigned char)from[0], middle = (unsigned char)from[n / 2],
                  last = (unsigned char)from[n - 1];
    to[0] = (char)first;
    to[n / 2] = (char)middle;
    to[n - 1] = (char)last;
    return !odd(q, (uint64_t)first << 32 | (uint64_t)middle << 16 | last | UINT64_C(0x4141410041004100));
}

static void add_key(const kl_memo *m, kl_bytes *out, kl_string key) {
    if (m->form.json)
        kl_bytes_json(out, key);
    else
        kl_bytes_cell(out, m->form.csv, key);
}

static inline char *copy(char *to, const char *from, size_t size) {
    memcpy(to, from, PIECE);
    for (size_t at = PIECE; at < size; at += PIECE / 2) memcpy(to + at, from + at, PIECE / 2);
    return to + size;
}

/* Whether somebody may have decided an outcome that nobody surely did. */
static bool perhaps(const kl_memo *m, uint32_t row, uint64_t outcomes) {
    for (; outcomes; outcomes &= outcomes - 1)
        if (kl_by(m->workspace, (uint32_t)__builtin_ctzll(outcomes), 0, row, false, NULL, 0)) return true;
    return false;
}

static void add_clauses(const kl_memo *m, uint32_t row, kl_bytes *out) {
    if (!m->clauses || !kl_bytes_room(out, kl_clauses_most(m->clauses))) return;
    out->size = (size_t)(kl_clauses_write(m->clauses, row, out->data + out->size) - out->data);
    kl_bytes_add(out, m->end, m->end_size);
}

/* A line with a key that is quoted or has escapes, or without one. */
static void write_careful(const kl_memo *m, const kl_line *l, uint32_t row, kl_string key, kl_bytes *out) {
    kl_bytes_add(out, m->head.data, m->head.size);
    if (m->keyed) add_key(m, out, key);
    kl_bytes_add(out, m->text.data + l->tail, l->size);
    add_clauses(m, row, out);
}

/* `json` and `traced` are constants where this is called. Keys of an object stand in quotes, after the head. */
static inline __attribute__((always_inline)) uint32_t
write_rows(kl_memo *m, uint32_t row, uint32_t rows, const kl_string *keys, kl_bytes *out, bool json, bool traced) {
    const uint32_t *like = m->like;
    const char *text = m->text.data, *head = m->head.data;
    size_t head_size = m->head.size, most = head_size + 2 * PIECE + 8;
    if (traced) most += kl_clauses_most(m->clauses) + PIECE;
    kl_line *lines = m->lines - 1;
    const meaning *meant = m->meant - 1;
    quick q = {m->quick.less, m->quick.other, json ? HIGHS : 0};
    char *to = out->data + out->size, *end = out->data + out->room;
    for (; row < rows && like[row]; row++) {
        kl_line *l = &lines[like[row]];
        const char *key = keys[row].data;
        size_t size = keys[row].size;
        if (json && perhaps(m, row, meant[like[row]].unsure)) break;
        if ((size_t)(end - to) < l->size + size + most) {
            out->size = (size_t)(to - out->data);
            if (!kl_bytes_room(out, l->size + size + most)) break;
            to = out->data + out->size;
            end = out->data + out->room;
        }
        l->count++;
        char *at = to;
        if (json) {
            at = copy(at, head, head_size);
            *at++ = '"';
        }
        if (!plain(q, at, key, size)) {
            out->size = (size_t)(to - out->data);
            write_careful(m, l, row, keys[row], out);
            to = out->data + out->size;
            end = out->data + out->room;
            continue;
        }
        at += size;
        if (json) *at++ = '"';
        to = copy(at, text + l->tail, l->size);
        if (traced) to = copy(kl_clauses_write(m->clauses, row, to), m->end, m->end_size);
    }
    out->size = (size_t)(to - out->data);
    return row;
}

/* Without a key in the line, or with nothing to write. */
static uint32_t write_keyless(kl_memo *m, uint32_t row, uint32_t rows, kl_bytes *out) {
    for (; row < rows && m->like[row]; row++) {
        kl_line *l = &m->lines[m->like[row] - 1];
        l->count++;
        if (m->form.told) write_careful(m, l, row, (kl_string){"", 0}, out);
    }
    return row;
}

/* With the loop of a variant as far as it goes. */
static uint32_t write_swiftly(kl_memo *m, uint32_t row, uint32_t rows, const kl_string *keys, kl_bytes *out) {
    kl_lines lines = {keys, m->like, m->lines, m->text.data, m->form.csv.comma};
    while (row < rows && m->like[row]) {
        char *to = out->data + out->size;
        row = m->swift->lines(&lines, row, rows, &to, out->data + out->room);
        out->size = (size_t)(to - out->data);
        if (row == rows || !m->like[row]) break;
        uint32_t next = write_rows(m, row, row + 1, keys, out, false, false);
        if (next == row) break;
        row = next;
    }
    return row;
}

static uint32_t write_likely(kl_memo *m, uint32_t row, uint32_t rows, const kl_string *keys, kl_bytes *out) {
    if (!m->keyed) return write_keyless(m, row, rows, out);
    if (m->swift) return write_swiftly(m, row, rows, keys, out);
    if (m->form.json && m->traced) return write_rows(m, row, rows, keys, out, true, true);
    if (m->form.json) return write_rows(m, row, rows, keys, out, true, false);
    if (m->traced) return write_rows(m, row, rows, keys, out, false, true);
    return write_rows(m, row, rows, keys, out, false, false);
}

uint32_t kl_memo_rows(kl_memo *m, uint32_t row, uint32_t rows, const kl_string *keys, kl_bytes *out) {
    for (;;) {
        row = write_likely(m, row, rows, keys, out);
        if (row == rows || m->like[row] || !m->drawn) return row;
        m->like[row] =
            m->buckets[find(m, m->now + (size_t)row * m->words, m->words)]; /* learnt since kl_memo_batch() */
        if (!m->like[row]) return row;
    }
}

bool kl_memo_write(kl_memo *m, uint32_t row, kl_string key, kl_bytes *out) {
    if (!m->like[row]) return false;
    if (!m->keyed) return write_keyless(m, row, row + 1, out) > row;
    kl_line *l = &m->lines[m->like[row] - 1];
    if (perhaps(m, row, m->meant[m->like[row] - 1].unsure)) return false;
    l->count++;
    write_careful(m, l, row, key, out);
    return true;
}

/* ------------------------------------------------------------------ learning */
static void add_piece(kl_bytes *to, const char *data, size_t size) {
    static const char spare[PIECE];
    kl_bytes_add(to, data, size);
    kl_bytes_add(to, spare, PIECE);
}

/* Steps past what comes before the key, and past the key, in a line that was written. */
static bool past_key(kl_memo *m, const kl_verdict *v, const char **data, size_t *size) {
    m->cell.size = 0;
    kl_bytes_add(&m->cell, m->head.data, m->head.size);
    add_key(m, &m->cell, v->key);
    if (m->cell.failed || *size < m->cell.size || memcmp(*data, m->cell.data, m->cell.size) != 0) return false;
    *data += m->cell.size;
    *size -= m->cell.size;
    return true;
}

/* Takes the clauses of the record off the end of its line. */
static bool before_clauses(kl_memo *m, uint32_t row, const char *data, size_t *size) {
    if (!m->clauses) return true;
    m->cell.size = 0;
    add_clauses(m, row, &m->cell);
    if (m->cell.failed || *size < m->cell.size) return false;
    *size -= m->cell.size;
    return memcmp(data + *size, m->cell.data, m->cell.size) == 0;
}

/* Outcomes of which it is told who may have decided: those without one who surely did. false: somebody may have. */
static bool who(const kl_memo *m, const kl_verdict *v, uint64_t *unsure) {
    for (uint32_t o = 0; m->surely && o < m->teller->info.outcomes; o++) {
        const kl_verdict_outcome *out = &v->outcomes[o];
        if (out->maybe_count) return false;
        if (!out->by_count && out->result.state == KL_DECIDED) *unsure |= UINT64_C(1) << o;
    }
    return true;
}

void kl_memo_learn(kl_memo *m, uint32_t row, const kl_verdict *v, const kl_bytes *out, size_t from) {
    const uint64_t *marks = m->now + (size_t)row * m->words;
    if (m->off || !m->drawn || out->failed || m->count == LINES_MOST) return;
    if (m->determined && (kl_tally_flags(v) & KL_TOLD_UNDETERMINED)) return;
    kl_line l = {.tail = (uint32_t)m->text.size};
    meaning meant = {.fact = (uint32_t)(m->facts.size / sizeof(kl_tally_fact))};
    const char *data = m->form.told ? out->data + from : "";
    size_t size = m->form.told ? out->size - from : 0;
    if (!who(m, v, &meant.unsure) || (m->keyed && !past_key(m, v, &data, &size)) ||
        !before_clauses(m, row, data, &size))
        return;
    uint32_t at = find(m, marks, m->words);
    if (m->buckets[at] || m->text.size + size + PIECE > TEXT_MOST) return;
    l.size = (uint32_t)size;
    add_piece(&m->text, data, size);
    meant.fact_count = kl_tally_facts(v, m->form.counted, &m->facts);
    if (m->count == 0 && m->head.size) { /* the head too is copied in pieces */
        size_t head = m->head.size;
        add_piece(&m->head, "", 0);
        m->head.size = head;
    }
    if (m->text.failed || m->facts.failed || m->head.failed) {
        m->off = true; /* out of memory: go on without */
        memset(m->like, 0, KL_ROWS_MAX * sizeof *m->like);
        return;
    }
    memcpy(m->learnt + (size_t)m->count * m->words, marks, m->words * sizeof *marks);
    m->lines[m->count] = l;
    m->meant[m->count] = meant;
    m->buckets[at] = ++m->count;
}

void kl_memo_count(kl_memo *m, kl_tally *t) {
    for (uint32_t i = 0; i < m->count; i++) {
        kl_tally_add(t, (const kl_tally_fact *)(const void *)m->facts.data + m->meant[i].fact, m->meant[i].fact_count,
                     m->lines[i].count);
        m->lines[i].count = 0;
    }
}
