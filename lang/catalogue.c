/* catalogue.c - the keyword table built from catalogue.def, and its index by first word.
 * May include: lang/base, lang/tree.h, lang/lang.h and the grammar's token numbers.
 * Start at kl_word_index_new(). */
#include "lang/catalogue.h"

#include <string.h>

#include "lang/lang.h"
#include "lang/parse.h"

const kl_word kl_words[] = {
#define KL_WORD(token, class, sv, en) {T_##token, KL_W_##class, {{sv, sizeof sv - 1}, {en, sizeof en - 1}}},
#include "lang/catalogue.def"
#undef KL_WORD
};
const size_t kl_words_count = sizeof kl_words / sizeof *kl_words;

enum { SLOTS = 512 }; /* a power of two, well over the number of entries */
_Static_assert(sizeof kl_words / sizeof *kl_words < SLOTS / 2, "the index is too small");

typedef KL_VEC(uint16_t) entry_list;
typedef struct slot {
    kl_str word;
    entry_list entries;
} slot;
struct kl_word_index {
    slot slots[SLOTS];
};

static kl_str first_word(kl_str s) {
    const char *blank = memchr(s.p, ' ', s.n);
    return (kl_str){s.p, blank ? (size_t)(blank - s.p) : s.n};
}

static size_t word_count(kl_str s) {
    size_t n = 1;
    for (size_t i = 0; i < s.n; i++) n += s.p[i] == ' ';
    return n;
}

static size_t hash(kl_str s) {
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < s.n; i++) h = (h ^ (unsigned char)s.p[i]) * 16777619u;
    return h;
}

static size_t find(const kl_word_index *index, kl_str word) {
    size_t at = hash(word) % SLOTS;
    while (index->slots[at].word.p && !kl_str_eq(index->slots[at].word, word)) at = (at + 1) % SLOTS;
    return at;
}

/* Keeps the longest first; entries of the same length keep the catalogue's order. */
static void insert(kl_arena *a, entry_list *list, uint16_t entry, kl_surface surface) {
    KL_PUSH(a, list, entry);
    for (size_t i = list->n - 1; i > 0; i--) {
        uint16_t left = list->p[i - 1];
        if (word_count(kl_words[left].text[surface]) >= word_count(kl_words[entry].text[surface])) break;
        list->p[i] = left;
        list->p[i - 1] = entry;
    }
}

kl_word_index *kl_word_index_new(kl_arena *a, kl_surface surface) {
    kl_word_index *index = kl_alloc(a, sizeof *index);
    for (size_t i = 0; i < kl_words_count; i++) {
        kl_str word = first_word(kl_words[i].text[surface]);
        slot *s = &index->slots[find(index, word)];
        s->word = word;
        insert(a, &s->entries, (uint16_t)i, surface);
    }
    for (size_t i = 0; i < SLOTS; i++)
        if (index->slots[i].word.p) KL_PUSH(a, &index->slots[i].entries, KL_NO_WORD);
    return index;
}

const uint16_t *kl_words_at(const kl_word_index *index, kl_str first) {
    if (first.n == 0) return NULL;
    return index->slots[find(index, first)].entries.p;
}

kl_str kl_keyword(int token, kl_surface surface) {
    for (size_t i = 0; i < kl_words_count; i++)
        if (kl_words[i].token == token) return kl_words[i].text[surface];
    return (kl_str){NULL, 0};
}

bool kl_piece_surface(kl_str word, kl_surface *surface) {
    for (size_t i = 0; i < kl_words_count; i++)
        for (int s = KL_SV; s <= KL_EN; s++)
            if (kl_words[i].class == KL_W_PIECE && kl_str_eq(kl_words[i].text[s], word)) {
                *surface = (kl_surface)s;
                return true;
            }
    return false;
}

bool kl_is_piece_token(int token) {
    switch (token) {
    case T_GUIDELINE:
    case T_USE:
    case T_VALUES:
    case T_RECORD:
    case T_TARIFF:
    case T_ASSUMPTION:
    case T_OUTCOME:
    case T_CLAUSE:
    case T_REQUIREMENT:
    case T_ADVICE:
    case T_RULE:
    case T_TABLE:
    case T_NOTE:
    case T_EXAMPLE: return true;
    default: return false;
    }
}

bool kl_is_line_token(int token) {
    switch (token) {
    case T_ISSUER:
    case T_DOCUMENT:
    case T_EDITION:
    case T_CURRENCY:
    case T_DATED_BY:
    case T_SOURCE:
    case T_OVERRIDES:
    case T_ACCEPTS_GAP:
    case T_ACCEPTS_CONFLICT:
    case T_ACCEPTS_IDLE:
    case T_FIRST_ROW:
    case T_ROW_BY_ROW:
    case T_BEFORE:
    case T_FROM:
    case T_GIVEN:
    case T_EXPECTED:
    case T_FIRED:
    case T_MISSING:
    case T_FINDINGS:
    case T_ASSUMING:
    case T_BASED_ON:
    case T_IN_FORCE_FROM:
    case T_IN_FORCE_THROUGH:
    case T_IN_FORCE_UNDATED:
    case T_THROUGH:
    case T_BEFORE_UNKNOWN:
    case T_BEFORE_NOTHING:
    case T_AFTER_UNKNOWN:
    case T_AFTER_NOTHING:
    case T_APPLIES_WHEN:
    case T_HOLDS_WHEN:
    case T_EXCEPT_WHEN:
    case T_WHEN:
    case T_GIVES:
    case T_FOR:
    case T_REQUIRES:
    case T_OPEN:
    case T_BECAUSE: return true;
    default: return false;
    }
}

kl_str kl_piece_word(kl_piece_kind kind, kl_surface surface) {
    static const int tokens[] = {
        [KL_P_GUIDELINE] = T_GUIDELINE, [KL_P_USE] = T_USE,         [KL_P_VALUES] = T_VALUES,
        [KL_P_RECORD] = T_RECORD,       [KL_P_TARIFF] = T_TARIFF,   [KL_P_ASSUMPTION] = T_ASSUMPTION,
        [KL_P_OUTCOME] = T_OUTCOME,     [KL_P_CLAUSE] = T_CLAUSE,   [KL_P_REQUIREMENT] = T_REQUIREMENT,
        [KL_P_ADVICE] = T_ADVICE,       [KL_P_RULE] = T_RULE,       [KL_P_TABLE] = T_TABLE,
        [KL_P_NOTE] = T_NOTE,           [KL_P_EXAMPLE] = T_EXAMPLE,
    };
    return kl_keyword(tokens[kind], surface);
}

kl_str kl_type_word(kl_type_kind kind, kl_surface surface) {
    switch (kind) {
    case KL_T_BOOL: return surface == KL_SV ? KL_STR("ja/nej") : KL_STR("yes/no");
    case KL_T_VALUES: return surface == KL_SV ? KL_STR("värdemängd") : KL_STR("values");
    case KL_T_SET: return surface == KL_SV ? KL_STR("mängd") : KL_STR("set");
    case KL_T_INTEGER: return kl_keyword(T_TYPE_INTEGER, surface);
    case KL_T_DECIMAL: return kl_keyword(T_TYPE_DECIMAL, surface);
    case KL_T_MONEY: return kl_keyword(T_TYPE_MONEY, surface);
    case KL_T_DATE: return kl_keyword(T_TYPE_DATE, surface);
    case KL_T_MINUTES: return kl_keyword(T_TYPE_MINUTES, surface);
    case KL_T_DAYS: return kl_keyword(T_TYPE_DAYS, surface);
    case KL_T_TEXT: return kl_keyword(T_TYPE_TEXT, surface);
    case KL_T_NONE: break;
    }
    return (kl_str){NULL, 0};
}
