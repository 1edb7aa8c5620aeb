/* marks.c - what sets the decisions of a batch apart, gathered plane by plane: records with equal marks are told alike.
 * May include: program.h of this room. Nothing is computed again: results' indexes, values that are not constants, and bits of planes.
 * Start at kl_marks(). */
#include "runtime/program.h"

enum { MARK_WORDS_MOST = 32 };

/* A record's words: results two to a word, a value for each slot that has other results than constants, then a bit each for
 * scope, period, candidates, blocks and requirements. */
static bool varies(const kl_program *p, uint32_t slot) {
    uint32_t first = kl_l(p, slot, KL_L_FIRST_CANDIDATE), end = first + kl_l(p, slot, KL_L_CANDIDATES);
    uint32_t kind = kl_r(p, kl_l(p, slot, KL_L_OTHERWISE), KL_R_KIND);
    bool found = kind == KL_RESULT_NUMBER || kind == KL_RESULT_FIELD;
    for (uint32_t c = first; c < end; c++) {
        kind = kl_r(p, kl_c(p, c, KL_C_RESULT), KL_R_KIND);
        found |= kind == KL_RESULT_NUMBER || kind == KL_RESULT_FIELD;
    }
    return found;
}

uint32_t kl_mark_words(const kl_program *p) {
    uint64_t bits = 2 + (uint64_t)p->count[KL_S_CANDIDATES] + p->count[KL_S_BLOCKS] + p->count[KL_S_REQUIREMENTS];
    uint64_t words = (p->budget.slots + 1) / 2 + (bits + 63) / 64;
    for (uint32_t o = 0; o < p->count[KL_S_OUTCOMES]; o++) {
        const uint8_t *row = kl_row(p, KL_S_OUTCOMES, o);
        uint32_t slot = kl_at(row, KL_O_FIRST_SLOT);
        if ((kl_at(row, KL_O_FLAGS) & KL_OUTCOME_MANY) || kl_at(row, KL_O_AUDITED) != KL_ABSENT) return 0;
        if (!varies(p, slot)) continue;
        if (kl_at(row, KL_O_TYPE) == KL_TYPE_TEXT) return 0;
        words += 2;
    }
    return words <= MARK_WORDS_MOST ? (uint32_t)words : 0;
}

static void set_bits(uint64_t *marks, uint32_t words, uint32_t bit, uint32_t word, uint64_t rows) {
    for (; rows; rows &= rows - 1)
        marks[(size_t)(word * 64 + kl_ones(rows)) * words + bit / 64] |= UINT64_C(1) << (bit % 64);
}

static uint64_t yes(const kl_workspace *w, uint32_t truth, uint32_t word) {
    return kl_value(w, truth)[word];
}

static void mark_results(const kl_workspace *w, uint64_t *marks, uint32_t words) {
    const kl_program *p = w->program;
    uint32_t value = (p->budget.slots + 1) / 2;
    for (uint32_t slot = 0; slot < p->budget.slots; slot++) {
        const uint32_t *decisions = kl_decisions(w, slot);
        bool other = varies(p, slot);
        for (uint32_t row = 0; row < w->rows; row++) {
            uint64_t *mark = marks + (size_t)row * words;
            mark[slot / 2] |= (uint64_t)decisions[row] << (slot % 2 * 32);
            if (!other) continue;
            kl_result r;
            kl_resolve(w, decisions[row], row, &r);
            mark[value] =
                (uint64_t)r.number ^ (uintptr_t)r.text.data; /* a text is the image's, and then the number 0 */
            mark[value + 1] = r.state;
        }
        value += other ? 2 : 0;
    }
}

void kl_marks(const kl_workspace *w, uint64_t *marks) {
    const kl_program *p = w->program;
    uint32_t words = kl_mark_words(p), bit;
    if (words == 0) return;
    memset(marks, 0, (size_t)w->rows * words * sizeof *marks);
    mark_results(w, marks, words);
    uint64_t bits = 2 + (uint64_t)p->count[KL_S_CANDIDATES] + p->count[KL_S_BLOCKS] + p->count[KL_S_REQUIREMENTS];
    uint64_t *to = marks + words - (bits + 63) / 64;
    for (uint32_t word = 0; word < w->words; word++) {
        uint64_t rows = kl_rows_mask(w, word);
        bit = 0;
        set_bits(to, words, bit++, word, rows & kl_known(w, p->scope)[word] & ~yes(w, p->scope, word));
        set_bits(to, words, bit++, word, p->period == KL_ABSENT ? 0 : rows & yes(w, p->period, word));
        for (uint32_t c = 0; c < p->count[KL_S_CANDIDATES]; c++)
            set_bits(to, words, bit++, word, rows & yes(w, kl_c(p, c, KL_C_BY), word));
        for (uint32_t i = 0; i < p->count[KL_S_BLOCKS]; i++)
            set_bits(to, words, bit++, word,
                     rows & yes(w, kl_word(p, KL_S_BLOCKS, i, 1), word) & yes(w, kl_word(p, KL_S_BLOCKS, i, 2), word));
        for (uint32_t i = 0; i < p->count[KL_S_REQUIREMENTS]; i++)
            set_bits(to, words, bit++, word,
                     rows & yes(w, kl_word(p, KL_S_REQUIREMENTS, i, 4), word) & yes(w, p->scope, word));
    }
}
