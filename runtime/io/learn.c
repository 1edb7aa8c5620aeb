/* learn.c - what the quick ways compare a column's cells with: words, codes and months that the careful way has read or would read.
 * May include: the C library.
 * Start at kl_learnt_new(). */
#include "runtime/io/inside.h"

#include <stdlib.h>
#include <string.h>

enum { CODES_MOST = 256, SLOT_BITS_MOST = 15, FACTORS = 32 };

/* Eight quotes: a plain row has none. */
static const kl_word no_cell = {UINT64_C(0x2222222222222222), ~UINT64_C(0)};

static uint64_t bytes_at(const char *p, size_t n) { /* at most eight, the others 0 */
    uint64_t w = 0;
    memcpy(&w, p, n < 8 ? n : 8);
    return w;
}

/* ------------------------------------------------------------------ codes */
static bool add_code(kl_codes *t, kl_string code, uint32_t value, const char *end) {
    size_t after = strlen(end), size = code.size + after;
    if (size > sizeof t->codes->text) return true;
    uint64_t first = bytes_at(code.data, code.size);
    kl_code k = {.code = value};
    char text[sizeof k.text] = {0}, mask[sizeof k.mask] = {0};
    if (code.size) memcpy(text, code.data, code.size);
    memcpy(text + code.size, end, after);
    memset(mask, 0xFF, size);
    memcpy(k.text, text, sizeof text);
    memcpy(k.mask, mask, sizeof mask);
    for (uint32_t i = 1; i < t->count; i++) { /* one of those that the first eight bytes do not tell apart */
        char other[sizeof k.text];
        memcpy(other, t->codes[i].text, sizeof other);
        const char *stop = memchr(other, end[after - 1], sizeof other);
        if (stop && bytes_at(other, (size_t)(stop - other)) == first) return true;
    }
    if (t->count == CODES_MOST) return false;
    t->codes[t->count++] = k;
    if (size > 8) t->brief = false;
    return true;
}

/* What the cell says before its separator, as kl_code_slot() is asked for it. */
static uint64_t first_of(const kl_code *k, char end) {
    char text[sizeof k->text];
    memcpy(text, k->text, sizeof text);
    const char *stop = memchr(text, end, sizeof text);
    return bytes_at(text, (size_t)(stop - text));
}

static bool fill_slots(kl_codes *t, const uint64_t *firsts, size_t slots) {
    memset(t->slots, 0, slots * sizeof *t->slots);
    for (uint32_t i = 1; i < t->count; i++) {
        uint16_t *slot = &t->slots[kl_code_slot(t, firsts[i])];
        if (*slot) return false;
        *slot = (uint16_t)i;
    }
    return true;
}

/* Looks for a factor that gives each code a slot of its own, in ever more slots. */
static bool place_codes(kl_codes *t, char end) {
    uint64_t firsts[CODES_MOST + 1] = {0}, random = UINT64_C(0x9E3779B97F4A7C15);
    for (uint32_t i = 1; i < t->count; i++) firsts[i] = first_of(&t->codes[i], end);
    for (unsigned bits = 3; bits <= SLOT_BITS_MOST; bits++) {
        size_t slots = (size_t)1 << bits;
        if (slots < t->count) continue;
        uint16_t *room = realloc(t->slots, slots * sizeof *room);
        if (!room) return false;
        t->slots = room;
        t->shift = 64 - bits;
        for (unsigned k = 0; k < FACTORS; k++) {
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            t->factor = random | 1;
            if (fill_slots(t, firsts, slots)) return true;
        }
    }
    return false;
}

static bool usable(kl_string code, char end) { /* as a plain cell can hold it and the careful way would look it up */
    kl_string trimmed = kl_trim(code);
    return code.size && code.size == trimmed.size && !memchr(code.data, end, code.size) &&
           !memchr(code.data, '\n', code.size) && !memchr(code.data, '"', code.size);
}

static void make_codes(kl_codes *t, const kl_lookup *lookup, const char *const *ends, size_t count) {
    char end = ends[0][strlen(ends[0]) - 1];
    t->codes = calloc(CODES_MOST + 1, sizeof *t->codes);
    bool ok = t->codes && lookup->used < CODES_MOST;
    t->count = 1;
    t->brief = true;
    if (ok) t->codes[0] = (kl_code){.text = {no_cell.text}, .mask = {no_cell.mask}};
    for (size_t e = 0; ok && e < count; e++) ok = add_code(t, (kl_string){"", 0}, KL_CODE_NONE, ends[e]);
    for (size_t i = 0; ok && lookup->slots && i <= lookup->mask; i++) {
        const kl_lookup_slot *slot = &lookup->slots[i];
        kl_string code = {slot->data, slot->size};
        if (!slot->value || slot->value > KL_CODE_NONE || !usable(code, end)) continue;
        for (size_t e = 0; ok && e < count; e++) ok = add_code(t, code, slot->value - 1, ends[e]);
    }
    if (ok && place_codes(t, end)) return;
    free(t->codes);
    free(t->slots);
    *t = (kl_codes){0};
}

/* ------------------------------------------------------------------ words */
void kl_learn_word(kl_learnt *l, unsigned which, const char *p, size_t size) {
    if (size > 8) return;
    uint64_t all = ~UINT64_C(0);
    l->words[which] = (kl_word){bytes_at(p, size), bytes_at((const char *)&all, size)};
}

/* ------------------------------------------------------------------ dates */
void kl_learn_date(kl_learnt *l, kl_string date, bool turn) {
    kl_months *m = l->months;
    char text[10];
    int64_t first, day;
    if (!m || (date.size != 8 && date.size != 10) || (date.size != m->size && !turn)) return;
    if (date.size != m->size) {
        memset(m, 0, sizeof *m);
        m->size = (uint32_t)date.size;
        memset(&m->mask, 0xFF, m->size - 2);
    }
    memcpy(text, date.data, date.size);
    text[m->size - 2] = '0', text[m->size - 1] = '1';
    if (kl_parse_date((kl_string){text, m->size}, &first)) return;
    uint32_t length = 31;
    for (; length > 1; length--) {
        text[m->size - 2] = (char)('0' + length / 10), text[m->size - 1] = (char)('0' + length % 10);
        if (!kl_parse_date((kl_string){text, m->size}, &day)) break;
    }
    uint64_t month = bytes_at(date.data, m->size - 2);
    m->at[kl_month_slot(month)] = (kl_month){month, (int32_t)(first - 1), length};
}

/* ------------------------------------------------------------------ one column */
kl_learnt *kl_learnt_new(const kl_schema *s, uint32_t field, const char *const *ends, size_t count) {
    const kl_schema_field *f = &s->fields[field];
    kl_learnt *l = calloc(1, sizeof *l);
    if (!l) return NULL;
    for (unsigned k = 0; k < KL_WORD_COUNT; k++) l->words[k] = no_cell;
    if (f->kind == KL_DATE) l->months = calloc(1, sizeof *l->months);
    if (l->months) l->months->size = 10, memset(&l->months->mask, 0xFF, 8);
    if (f->kind == KL_VALUES) make_codes(&l->codes, &s->sets[f->set].codes, ends, count);
    return l;
}

void kl_learnt_free(kl_learnt *l) {
    if (!l) return;
    free(l->codes.codes);
    free(l->codes.slots);
    free(l->months);
    free(l);
}
