/* clauses.c - every clause with its truth, from pieces that stand ready: an entry and one of its truths each.
 * May include: the C library.
 * Start at kl_clauses_write(). */
#include "runtime/io/teller.h"

#include <stdlib.h>
#include <string.h>

enum { PIECE = 32, TRUTHS = 4 };

typedef struct piece {
    uint32_t at, size; /* in the text, with PIECE bytes to spare */
} piece;

struct kl_clauses {
    const kl_workspace *workspace;
    uint32_t count; /* entries that have a truth */
    uint32_t *entries;
    piece (*pieces)[TRUTHS];
    const uint64_t **yes, **no; /* planes of the batch; NULL: asked record by record */
    size_t most;                /* bytes of all pieces at their longest */
    uint32_t between;           /* bytes that a piece begins with and the first one lacks */
    kl_bytes text;
};

static void add_piece(kl_clauses *c, piece *to, const char *between, kl_string id, const char *after, const char *truth,
                      const char *end) {
    static const char spare[PIECE];
    to->at = (uint32_t)c->text.size;
    kl_bytes_text(&c->text, between);
    kl_bytes_string(&c->text, id);
    kl_bytes_text(&c->text, after);
    kl_bytes_text(&c->text, truth);
    kl_bytes_text(&c->text, end);
    to->size = (uint32_t)c->text.size - to->at;
    kl_bytes_add(&c->text, spare, PIECE);
}

kl_clauses *kl_clauses_new(const kl_teller *t, bool json) {
    kl_clauses *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    uint32_t n = t->info.entries;
    c->entries = calloc(n + 1, sizeof *c->entries);
    c->pieces = calloc(n + 1, sizeof *c->pieces);
    c->yes = calloc(n + 1, sizeof *c->yes);
    c->no = calloc(n + 1, sizeof *c->no);
    c->between = json ? 2 : 1;
    for (uint32_t i = 0; i < n && c->entries && c->pieces; i++) {
        size_t longest = 0;
        if (!t->entries[i].traced) continue;
        for (uint32_t k = 0; k < TRUTHS; k++) {
            piece *p = &c->pieces[c->count][k];
            if (json)
                add_piece(c, p, ", ", t->entry_json[i], ": \"", kl_truth_word((kl_truth)k), "\"");
            else
                add_piece(c, p, " ", t->entries[i].id, "=", kl_truth_word((kl_truth)k), "");
            if (p->size > longest) longest = p->size;
        }
        c->most += longest;
        c->entries[c->count++] = i;
    }
    if (c->entries && c->pieces && c->yes && c->no && !c->text.failed) return c;
    kl_clauses_free(c);
    return NULL;
}

void kl_clauses_free(kl_clauses *c) {
    if (!c) return;
    free(c->entries);
    free(c->pieces);
    free(c->yes);
    free(c->no);
    kl_bytes_free(&c->text);
    free(c);
}

size_t kl_clauses_most(const kl_clauses *c) {
    return c->most + PIECE;
}

void kl_clauses_batch(kl_clauses *c, const kl_teller *t, const kl_workspace *w) {
    c->workspace = w;
    for (uint32_t i = 0; i < c->count; i++) {
        uint32_t kind = t->entries[c->entries[i]].kind;
        bool requirement = kind == 6 || kind == 7; /* which may be without application */
        if (requirement || !kl_truth_planes(w, c->entries[i], &c->yes[i], &c->no[i])) c->yes[i] = NULL;
    }
}

static uint32_t truth_at(const uint64_t *yes, const uint64_t *no, uint32_t word, uint32_t bit) {
    uint64_t sure = yes[word] >> bit & 1, never = no[word] >> bit & 1;
    return (uint32_t)(sure | ((sure | never) ^ 1) << 1);
}

char *kl_clauses_write(const kl_clauses *c, uint32_t row, char *to) {
    const uint64_t *const *yes = c->yes, *const *no = c->no;
    const piece(*pieces)[TRUTHS] = (const piece(*)[TRUTHS])c->pieces;
    const char *text = c->text.data;
    uint32_t word = row / 64, bit = row % 64, skip = c->between, count = c->count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t truth = yes[i] ? truth_at(yes[i], no[i], word, bit) : kl_truth_of(c->workspace, c->entries[i], row);
        const char *from = text + pieces[i][truth].at + skip;
        size_t size = pieces[i][truth].size - skip;
        skip = 0;
        memcpy(to, from, PIECE);
        for (size_t at = PIECE; at < size; at += PIECE) memcpy(to + at, from + at, PIECE);
        to += size;
    }
    return to;
}
