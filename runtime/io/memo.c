/* memo.c - lines of CSV that were written before: the same marks, the same line, but for the key.
 * May include: the C library.
 * Start at kl_memo_write(); kl_memo_learn() says what is not learnt. */
#include "runtime/io/teller.h"

#include <stdlib.h>
#include <string.h>

/* So much is learnt and then no more. When most records are unlike all that came before, nothing is asked any longer. */
enum { LINES_MOST = 4096, TEXT_MOST = 1 << 19, BUCKETS = 2 * LINES_MOST, TRIALS = 8192 };

typedef struct line {
    uint32_t text, size; /* what follows the key */
    unsigned flags;
} line;

struct kl_memo {
    kl_csv_form form;
    bool keyed;      /* the first column is the key; else there is no key among the columns */
    bool determined; /* undetermined records say more than their marks */
    bool off;
    uint32_t words; /* of one record's marks */
    uint64_t *now;  /* marks of the batch */
    uint64_t *learnt;
    line lines[LINES_MOST];
    uint32_t count, buckets[BUCKETS]; /* buckets: line + 1 */
    uint64_t asked, found;
    kl_bytes text;
};

static bool is_key(const kl_columns *c, size_t i, const kl_teller *t) {
    if (c->list[i].kind == KL_COLUMN_KEY) return true;
    if (c->list[i].kind != KL_COLUMN_FIELD || t->info.key == KL_INDEX_NONE) return false;
    for (size_t e = 0; e < c->editions; e++)
        if (c->tellers[e] == t) return c->where[i * c->editions + e] == t->info.key;
    return false;
}

/* Whether the columns say no more than the marks do. */
static bool suits(kl_memo *m, const kl_columns *c, const kl_teller *t) {
    for (size_t i = 0; i < c->count; i++) {
        kl_column_kind kind = c->list[i].kind;
        if (is_key(c, i, t)) {
            if (i) return false;
            m->keyed = true;
        } else if (kind == KL_COLUMN_FIELD || kind == KL_COLUMN_CLAUSES) {
            return false;
        } else if (kind == KL_COLUMN_ASSUMED && t->info.assumptions) {
            return false;
        }
        m->determined |= kind == KL_COLUMN_MISSING || kind == KL_COLUMN_OPEN;
    }
    return true;
}

kl_memo *kl_memo_new(const kl_columns *c, kl_csv_form form, const kl_teller *t) {
    kl_memo *m = calloc(1, sizeof *m);
    if (!m) return NULL;
    m->form = form;
    m->words = kl_mark_words(t->program);
    if (m->words && suits(m, c, t)) {
        m->now = calloc((size_t)KL_ROWS_MAX * m->words, sizeof *m->now);
        m->learnt = calloc((size_t)LINES_MOST * m->words, sizeof *m->learnt);
        if (m->now && m->learnt) return m;
    }
    kl_memo_free(m);
    return NULL;
}

void kl_memo_free(kl_memo *m) {
    if (!m) return;
    kl_bytes_free(&m->text);
    free(m->now);
    free(m->learnt);
    free(m);
}

void kl_memo_batch(kl_memo *m, const kl_workspace *w) {
    if (m->asked >= TRIALS && m->found < m->asked / 2) m->off = true;
    if (!m->off) kl_marks(w, m->now);
}

static uint32_t hash(const uint64_t *marks, uint32_t words) {
    uint64_t h = 0;
    for (uint32_t i = 0; i < words; i++) {
        h = (h ^ marks[i]) * UINT64_C(0x9E3779B97F4A7C15);
        h ^= h >> 29;
    }
    return (uint32_t)(h >> 32) % BUCKETS;
}

/* The bucket that holds these marks, or the empty one where they belong. */
static uint32_t find(const kl_memo *m, const uint64_t *marks) {
    uint32_t at = hash(marks, m->words);
    while (m->buckets[at] &&
           memcmp(m->learnt + (size_t)(m->buckets[at] - 1) * m->words, marks, m->words * sizeof *marks) != 0)
        at = (at + 1) % BUCKETS;
    return at;
}

bool kl_memo_write(kl_memo *m, uint32_t row, kl_string key, kl_bytes *out, kl_tally *t) {
    if (m->off) return false;
    uint32_t one = m->buckets[find(m, m->now + (size_t)row * m->words)];
    m->asked++;
    if (!one) return false;
    m->found++;
    const line *l = &m->lines[one - 1];
    if (m->keyed) kl_bytes_cell(out, m->form, key);
    kl_bytes_add(out, m->text.data + l->text, l->size);
    kl_tally_flagged(t, l->flags);
    return true;
}

void kl_memo_learn(kl_memo *m, uint32_t row, const kl_verdict *v, const kl_bytes *out, size_t from) {
    const uint64_t *marks = m->now + (size_t)row * m->words;
    unsigned flags = kl_tally_flags(v);
    if (m->off || out->failed || m->count == LINES_MOST || (m->determined && (flags & KL_TOLD_UNDETERMINED))) return;
    if (m->keyed) {
        if (out->size - from <= v->key.size || memcmp(out->data + from, v->key.data, v->key.size) != 0) return;
        from += v->key.size;
        if (out->data[from] != m->form.comma && out->data[from] != '\n') return; /* the key was quoted */
    }
    uint32_t at = find(m, marks);
    if (m->buckets[at] || m->text.size + (out->size - from) > TEXT_MOST) return;
    line l = {(uint32_t)m->text.size, (uint32_t)(out->size - from), flags};
    kl_bytes_add(&m->text, out->data + from, l.size);
    if (m->text.failed) {
        m->off = true; /* out of memory: go on without */
        return;
    }
    memcpy(m->learnt + (size_t)m->count * m->words, marks, m->words * sizeof *marks);
    m->lines[m->count] = l;
    m->buckets[at] = ++m->count;
}
