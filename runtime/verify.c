/* verify.c - admits an image or names the byte that is wrong: header, directory, padding, strings and every row of every table.
 * May include: verify.h of this room. One pass without memory; nothing is followed before it is checked.
 * Start at kl_verify(); forms[] says what each word of each table must be. */
#include "runtime/verify.h"

size_t kl_program_size(void) {
    return sizeof(kl_program);
}

bool kl_refuse(const kl_exam *x, size_t offset, const char *reason) {
    *x->fault = (kl_fault){offset, KL_INDEX_NONE, reason};
    return false;
}

bool kl_refuse_word(const kl_exam *x, kl_section s, uint32_t row, uint32_t word, const char *reason) {
    size_t at = s == KL_S_CONSTS || s == KL_S_MASKS ? (size_t)row * 8
                : s == KL_S_STRINGS                 ? row
                                                    : ((size_t)row * kl_words_of[s] + word) * 4;
    return kl_refuse(x, x->p->offset[s] + at, reason);
}

/* ------------------------------------------------------------------ words */
/* One letter for each word of a row. S. a string (two words); capitals: an index that must be there, F field, A assumption, E entry, B truth
 * register, I constant, O outcome, R result; small letters: the same or none, also c value set, q requirement. A digit: at most
 * that; h at most 15, k an entry kind, y a type, z a scale. ( and ) first and count in REFS; [ and ] first and count in a tiled table, in
 * the order of `tiled`. * is checked elsewhere or may be anything. */
typedef struct form {
    const char *words;
    uint8_t tiled[2];
} form;
static const form forms[KL_S_COUNT] = {
    [KL_S_TEXTS] = {"S.", {0}},
    [KL_S_SOURCES] = {"S.********", {0}},
    [KL_S_GUIDELINE] = {"S.S.S.S.S.S.**22ffB", {0}},
    [KL_S_SETS] = {"S.S.[]", {KL_S_VALUES}},
    [KL_S_VALUES] = {"S.S.[]", {KL_S_CODES}},
    [KL_S_CODES] = {"S.", {0}},
    [KL_S_FIELDS] = {"S.S.yzch*[]", {KL_S_INPUTS}},
    [KL_S_INPUTS] = {"S.", {0}},
    [KL_S_ASSUMPTIONS] = {"S.S.S.yzc3iii", {0}},
    [KL_S_ENTRIES] = {"S.S.S.S.S.S.keb2**22q()", {0}},
    [KL_S_REFS] = {"3*", {0}},
    [KL_S_OUTCOMES] = {"S.S.*zc3f[]**", {KL_S_COLUMNS}},
    [KL_S_COLUMNS] = {"S.yzc", {0}},
    [KL_S_SLOTS] = {"ORRR[]*[]**", {KL_S_CANDIDATES, KL_S_NODES}},
    [KL_S_RESULTS] = {"9*()", {0}},
    [KL_S_CANDIDATES] = {"ERBB()", {0}},
    [KL_S_REQUIREMENTS] = {"E1BBB", {0}},
    [KL_S_BLOCKS] = {"EBB", {0}},
    [KL_S_QUESTIONS] = {"7**[]1()", {KL_S_CUTS}},
};

static bool string_ok(const kl_program *p, uint32_t offset, uint32_t size) {
    const uint8_t *bytes = kl_row(p, KL_S_STRINGS, 0);
    uint32_t all = p->count[KL_S_STRINGS];
    if (offset > all || size > all - offset) return false;
    uint32_t end = offset + size; /* neither end may stand inside a character */
    return (offset == all || (bytes[offset] & 0xC0) != 0x80) && (end == all || (bytes[end] & 0xC0) != 0x80);
}

/* The number of things that a letter's index must stay below. */
static uint32_t bound_of(const kl_program *p, char letter) {
    switch (letter) {
    case 'f':
    case 'F': return p->count[KL_S_FIELDS];
    case 'A': return p->count[KL_S_ASSUMPTIONS];
    case 'e':
    case 'E': return p->count[KL_S_ENTRIES];
    case 'b':
    case 'B': return p->budget.truths;
    case 'i':
    case 'I': return p->count[KL_S_CONSTS];
    case 'O': return p->count[KL_S_OUTCOMES];
    case 'R': return p->count[KL_S_RESULTS];
    case 'c': return p->count[KL_S_SETS];
    case 'q': return p->count[KL_S_REQUIREMENTS];
    case 'h': return 16;
    case 'k': return KL_ENTRY_NOTE + 1;
    case 'y': return KL_TYPE_TEXT + 1;
    case 'z': return 19;
    default: return (uint32_t)(letter - '0') + 1;
    }
}

static bool check_table(const kl_exam *x, kl_section s) {
    const kl_program *p = x->p;
    const char *words = forms[s].words;
    uint32_t next[2] = {0, 0};
    for (uint32_t row = 0; words && row < p->count[s]; row++) {
        uint32_t tile = 0;
        for (uint32_t k = 0; words[k]; k++) {
            uint32_t v = kl_word(p, s, row, k), after = words[k + 1] ? kl_word(p, s, row, k + 1) : 0;
            bool optional = words[k] >= 'a' && words[k] <= 'q' && words[k] != 'h' && words[k] != 'k';
            switch (words[k]) {
            case '*':
            case '.':
            case ')':
            case ']': break;
            case 'S':
                if (!string_ok(p, v, after))
                    return kl_refuse_word(x, s, row, k, "a string outside STRINGS, or cut inside a character");
                break;
            case '(':
                if (v > p->count[KL_S_REFS] || after > p->count[KL_S_REFS] - v)
                    return kl_refuse_word(x, s, row, k, "references outside REFS");
                break;
            case '[':
                if (v != next[tile])
                    return kl_refuse_word(x, s, row, k, "rows that do not follow those of the row before");
                if (after > p->count[forms[s].tiled[tile]] - v)
                    return kl_refuse_word(x, s, row, k + 1, "more rows than the table has");
                next[tile++] = v + after;
                break;
            default:
                if (v >= bound_of(p, words[k]) && !(optional && v == KL_ABSENT))
                    return kl_refuse_word(x, s, row, k,
                                          words[k] >= '0' && words[k] <= '9'
                                              ? "a number that means nothing here"
                                              : "an index past its table, or an unknown kind");
            }
        }
    }
    for (uint32_t tile = 0; words && tile < 2 && forms[s].tiled[tile]; tile++)
        if (next[tile] != p->count[forms[s].tiled[tile]])
            return kl_refuse(x, KL_H_DIRECTORY + (size_t)forms[s].tiled[tile] * 8 + 4, "rows that belong to nothing");
    return true;
}

/* ------------------------------------------------------------------ meaning */
/* Type, scale and value set, three words from `word` on. */
static bool check_type(const kl_exam *x, kl_section s, uint32_t row, uint32_t word) {
    const kl_program *p = x->p;
    uint32_t type = kl_word(p, s, row, word), scale = kl_word(p, s, row, word + 1), set = kl_word(p, s, row, word + 2);
    bool coded = type == KL_TYPE_VALUES || type == KL_TYPE_SET;
    if (type < KL_TYPE_BOOL || type > KL_TYPE_TEXT) return kl_refuse_word(x, s, row, word, "not a type");
    if (type == KL_TYPE_MONEY ? scale != 2 : type != KL_TYPE_DECIMAL && scale != 0)
        return kl_refuse_word(x, s, row, word + 1, "a scale its type cannot have");
    if (coded != (set != KL_ABSENT))
        return kl_refuse_word(x, s, row, word + 2, "a value set and a type that do not go together");
    if (!coded) return true;
    uint32_t values = kl_word(p, KL_S_SETS, set, 5);
    if (values == 0 || values > (type == KL_TYPE_SET ? 64u : 65535u))
        return kl_refuse_word(x, s, row, word + 2, "a value set of a size its type cannot have");
    return true;
}

static bool check_guideline(const kl_exam *x) {
    const kl_program *p = x->p;
    if (p->count[KL_S_GUIDELINE] != 1)
        return kl_refuse(x, KL_H_DIRECTORY + KL_S_GUIDELINE * 8 + 4, "not exactly one guideline");
    uint32_t dated_by = kl_word(p, KL_S_GUIDELINE, 0, KL_G_DATED_BY);
    if (dated_by != KL_ABSENT && kl_f(p, dated_by, KL_F_TYPE) != KL_TYPE_DATE)
        return kl_refuse_word(x, KL_S_GUIDELINE, 0, KL_G_DATED_BY, "dated by a field that is no date");
    return true;
}

static bool check_field(const kl_exam *x, uint32_t i) {
    const kl_program *p = x->p;
    uint32_t type = kl_f(p, i, KL_F_TYPE), otherwise = kl_f(p, i, KL_F_DEFAULT);
    bool has = kl_f(p, i, KL_F_FLAGS) & KL_FIELD_DEFAULT;
    if (!check_type(x, KL_S_FIELDS, i, KL_F_TYPE)) return false;
    if (has != (otherwise != KL_ABSENT))
        return kl_refuse_word(x, KL_S_FIELDS, i, KL_F_DEFAULT, "a default and a flag that do not go together");
    if (has && otherwise >= p->count[type == KL_TYPE_TEXT ? KL_S_TEXTS : KL_S_CONSTS])
        return kl_refuse_word(x, KL_S_FIELDS, i, KL_F_DEFAULT, "a default past its table");
    if (has && type != KL_TYPE_TEXT && !kl_fits(p, type, kl_f(p, i, KL_F_SET), kl_const(p, otherwise)))
        return kl_refuse_word(x, KL_S_FIELDS, i, KL_F_DEFAULT, "a default its type cannot hold");
    return true;
}

static bool check_assumption(const kl_exam *x, uint32_t i) {
    const kl_program *p = x->p;
    uint32_t flags = kl_word(p, KL_S_ASSUMPTIONS, i, KL_A_FLAGS), type = kl_word(p, KL_S_ASSUMPTIONS, i, KL_A_TYPE);
    if (!check_type(x, KL_S_ASSUMPTIONS, i, KL_A_TYPE)) return false;
    if (type == KL_TYPE_SET || type == KL_TYPE_TEXT)
        return kl_refuse_word(x, KL_S_ASSUMPTIONS, i, KL_A_TYPE, "a type no assumption can have");
    for (uint32_t k = KL_A_VALUE; k <= KL_A_HIGH; k++) {
        uint32_t index = kl_word(p, KL_S_ASSUMPTIONS, i, k);
        bool said = flags & (k == KL_A_VALUE ? KL_ASSUMPTION_VALUE : KL_ASSUMPTION_BOUNDED);
        if (said != (index != KL_ABSENT))
            return kl_refuse_word(x, KL_S_ASSUMPTIONS, i, k, "a value and a flag that do not go together");
        if (said && !kl_fits(p, type, kl_word(p, KL_S_ASSUMPTIONS, i, KL_A_SET), kl_const(p, index)))
            return kl_refuse_word(x, KL_S_ASSUMPTIONS, i, k, "a value its type cannot hold");
    }
    if (!(flags & KL_ASSUMPTION_BOUNDED)) return true;
    int64_t low = kl_const(p, kl_word(p, KL_S_ASSUMPTIONS, i, KL_A_LOW)),
            high = kl_const(p, kl_word(p, KL_S_ASSUMPTIONS, i, KL_A_HIGH));
    int64_t value = flags & KL_ASSUMPTION_VALUE ? kl_const(p, kl_word(p, KL_S_ASSUMPTIONS, i, KL_A_VALUE)) : low;
    if (low > value || value > high)
        return kl_refuse_word(x, KL_S_ASSUMPTIONS, i, KL_A_LOW, "bounds that do not hold the value");
    return true;
}

static bool check_entry(const kl_exam *x, uint32_t i) {
    kl_program *p = x->p;
    uint32_t parent = kl_e(p, i, KL_E_PARENT), kind = kl_e(p, i, KL_E_KIND), truth = kl_e(p, i, KL_E_TRUTH);
    if (parent != KL_ABSENT && parent >= i)
        return kl_refuse_word(x, KL_S_ENTRIES, i, KL_E_PARENT, "a parent that does not come before");
    if (kind > KL_ENTRY_SCOPE) return true;
    uint32_t *only = kind == KL_ENTRY_PERIOD ? &p->period_entry : &p->scope_entry;
    if (*only != KL_ABSENT) return kl_refuse_word(x, KL_S_ENTRIES, i, KL_E_KIND, "a second period or scope");
    *only = i;
    if (kind == KL_ENTRY_PERIOD) p->period = truth;
    return true;
}

static bool check_ref(const kl_exam *x, uint32_t i) {
    static const char letter[] = "FAOE";
    if (kl_word(x->p, KL_S_REFS, i, 1) >= bound_of(x->p, letter[kl_word(x->p, KL_S_REFS, i, 0)]))
        return kl_refuse_word(x, KL_S_REFS, i, 1, "an index past its table");
    return true;
}

static bool check_outcome(const kl_exam *x, uint32_t i, uint32_t *slots) {
    const kl_program *p = x->p;
    uint32_t first = kl_o(p, i, KL_O_FIRST_SLOT), count = kl_o(p, i, KL_O_SLOTS), audited = kl_o(p, i, KL_O_AUDITED);
    bool many = kl_o(p, i, KL_O_FLAGS) & KL_OUTCOME_MANY;
    if (!many && !check_type(x, KL_S_OUTCOMES, i, KL_O_TYPE)) return false;
    if (!many && (count != 1 || kl_o(p, i, KL_O_COLUMNS) != 0))
        return kl_refuse_word(x, KL_S_OUTCOMES, i, KL_O_SLOTS, "a single outcome has one slot and no columns");
    if (first > p->count[KL_S_SLOTS] || count > p->count[KL_S_SLOTS] - first)
        return kl_refuse_word(x, KL_S_OUTCOMES, i, KL_O_FIRST_SLOT, "slots past their table");
    for (uint32_t s = first; s < first + count; s++)
        if (kl_l(p, s, KL_L_OUTCOME) != i)
            return kl_refuse_word(x, KL_S_OUTCOMES, i, KL_O_FIRST_SLOT, "a slot that decides another outcome");
    *slots += count;
    if (audited == KL_ABSENT) return true;
    for (uint32_t k = 0; k < 3; k++)
        if (many || kl_o(p, i, KL_O_TYPE + k) != kl_f(p, audited, KL_F_TYPE + k))
            return kl_refuse_word(x, KL_S_OUTCOMES, i, KL_O_AUDITED, "audited against a field of another type");
    return true;
}

static bool check_result(const kl_exam *x, uint32_t i) {
    const kl_program *p = x->p;
    uint32_t value = kl_r(p, i, KL_R_VALUE), bound = KL_ABSENT;
    switch ((kl_result_kind)kl_r(p, i, KL_R_KIND)) {
    case KL_RESULT_NONE: bound = KL_REASON_NOT_IN_FORCE + 1; break;
    case KL_RESULT_CONST: bound = p->count[KL_S_CONSTS]; break;
    case KL_RESULT_TEXT:
    case KL_RESULT_EXTERNAL: bound = p->count[KL_S_TEXTS]; break;
    case KL_RESULT_NUMBER: bound = p->budget.numbers; break;
    case KL_RESULT_FIELD: bound = p->count[KL_S_FIELDS]; break;
    case KL_RESULT_OPEN: bound = p->count[KL_S_ENTRIES]; break;
    case KL_RESULT_NOT_STATED:
    case KL_RESULT_CONFLICT:
    case KL_RESULT_ERROR: return true;
    }
    if (value >= bound) return kl_refuse_word(x, KL_S_RESULTS, i, KL_R_VALUE, "an index past its table");
    if (kl_r(p, i, KL_R_KIND) != KL_RESULT_FIELD) return true;
    uint32_t type = kl_f(p, value, KL_F_TYPE);
    if (type != KL_TYPE_SET && type != KL_TYPE_TEXT)
        return kl_refuse_word(x, KL_S_RESULTS, i, KL_R_VALUE, "a field carried over that is neither a set nor a text");
    return true;
}

static bool check_question(const kl_exam *x, uint32_t i) {
    const kl_program *p = x->p;
    kl_question_kind kind = (kl_question_kind)kl_q(p, i, KL_Q_KIND);
    uint32_t source = kl_q(p, i, KL_Q_SOURCE), cells = kl_q(p, i, KL_Q_CELLS), first = kl_q(p, i, KL_Q_FIRST_CUT),
             cuts = kl_q(p, i, KL_Q_CUTS);
    uint32_t bound = p->count[KL_S_FIELDS], most = cells; /* what cuts stay below */
    bool cells_ok = cells == 2 && cuts == 0, field_ok = true;
    switch (kind) {
    case KL_Q_TRUTH: bound = p->budget.truths; break;
    case KL_Q_VALUES:
        field_ok = source < bound && kl_f(p, source, KL_F_TYPE) == KL_TYPE_VALUES;
        cells_ok =
            field_ok && cuts == kl_word(p, KL_S_SETS, kl_f(p, source, KL_F_SET), 5) && cells > 0 && cells <= cuts;
        break;
    case KL_Q_NUMBER:
    case KL_Q_TEXT:
        field_ok = source < bound && (kind == KL_Q_TEXT ? kl_f(p, source, KL_F_TYPE) == KL_TYPE_TEXT
                                                        : kl_is_numeric(kl_f(p, source, KL_F_TYPE)));
        cells_ok = cells == cuts + 1;
        most = p->count[kind == KL_Q_TEXT ? KL_S_TEXTS : KL_S_CONSTS];
        break;
    case KL_Q_DERIVED:
    case KL_Q_CODES:
        bound = p->budget.numbers;
        cells_ok = kind == KL_Q_DERIVED ? cells == cuts + 1 : cells > 0 && cells <= cuts;
        if (kind == KL_Q_DERIVED) most = p->count[KL_S_CONSTS];
        break;
    case KL_Q_EDITION: bound = p->count[KL_S_ENTRIES]; break;
    case KL_Q_SAME:
        bound = most = p->count[KL_S_RESULTS];
        cells_ok = cells == 2 && cuts == 1;
        break;
    }
    if (source >= bound || !field_ok)
        return kl_refuse_word(x, KL_S_QUESTIONS, i, KL_Q_SOURCE, "a question about something of the wrong kind");
    if (!cells_ok) return kl_refuse_word(x, KL_S_QUESTIONS, i, KL_Q_CELLS, "cells and cuts that do not go together");
    if (kl_q(p, i, KL_Q_FLAGS) != 0 && kind != KL_Q_DERIVED && kind != KL_Q_CODES)
        return kl_refuse_word(x, KL_S_QUESTIONS, i, KL_Q_FLAGS, "a question that cannot be none");
    for (uint32_t k = first; k < first + cuts; k++) {
        uint32_t cut = kl_word1(p, KL_S_CUTS, k);
        if (cut >= most) return kl_refuse_word(x, KL_S_CUTS, k, 0, "a cell or an index past its table");
        bool ordered = kind == KL_Q_NUMBER || kind == KL_Q_DERIVED;
        if (ordered && k > first && kl_const(p, cut) <= kl_const(p, kl_word1(p, KL_S_CUTS, k - 1)))
            return kl_refuse_word(x, KL_S_CUTS, k, 0, "cuts that do not ascend");
    }
    return true;
}

static bool check_meaning(const kl_exam *x) {
    const kl_program *p = x->p;
    uint32_t slots = 0;
    if (!check_guideline(x)) return false;
    for (uint32_t i = 0; i < p->count[KL_S_FIELDS]; i++)
        if (!check_field(x, i)) return false;
    for (uint32_t i = 0; i < p->count[KL_S_ASSUMPTIONS]; i++)
        if (!check_assumption(x, i)) return false;
    for (uint32_t i = 0; i < p->count[KL_S_ENTRIES]; i++)
        if (!check_entry(x, i)) return false;
    for (uint32_t i = 0; i < p->count[KL_S_REFS]; i++)
        if (!check_ref(x, i)) return false;
    for (uint32_t i = 0; i < p->count[KL_S_COLUMNS]; i++)
        if (!check_type(x, KL_S_COLUMNS, i, 2)) return false;
    for (uint32_t i = 0; i < p->count[KL_S_RESULTS]; i++)
        if (!check_result(x, i)) return false;
    for (uint32_t i = 0; i < p->count[KL_S_OUTCOMES]; i++)
        if (!check_outcome(x, i, &slots)) return false;
    if (slots != p->count[KL_S_SLOTS])
        return kl_refuse(x, KL_H_DIRECTORY + KL_S_SLOTS * 8 + 4, "a slot that decides no outcome");
    for (uint32_t i = 0; i < p->count[KL_S_QUESTIONS]; i++)
        if (!check_question(x, i)) return false;
    return true;
}

/* ------------------------------------------------------------------ bytes */
/* Position of the first byte of STRINGS that is not UTF-8, or the count. */
static uint32_t utf8_end(const kl_program *p) {
    const uint8_t *s = kl_row(p, KL_S_STRINGS, 0);
    uint32_t n = p->count[KL_S_STRINGS], i = 0;
    while (i < n) {
        uint8_t c = s[i];
        uint32_t more = c < 0x80                ? 0
                        : c >= 0xC2 && c < 0xE0 ? 1
                        : c >= 0xE0 && c < 0xF0 ? 2
                        : c >= 0xF0 && c < 0xF5 ? 3
                                                : 4;
        if (more == 4 || more > n - i - 1) return i;
        for (uint32_t k = 1; k <= more; k++)
            if ((s[i + k] & 0xC0) != 0x80) return i;
        /* overlong forms, surrogates, and past U+10FFFF */
        if ((c == 0xE0 && s[i + 1] < 0xA0) || (c == 0xED && s[i + 1] > 0x9F) || (c == 0xF0 && s[i + 1] < 0x90) ||
            (c == 0xF4 && s[i + 1] > 0x8F))
            return i;
        i += more + 1;
    }
    return n;
}

static bool check_header(const kl_exam *x) {
    const kl_program *p = x->p;
    const uint8_t *image = p->image;
    if (p->size < KL_H_DIRECTORY + KL_S_COUNT * 8) return kl_refuse(x, p->size, "shorter than a header");
    if (memcmp(image, KL_IMAGE_MAGIC, 8) != 0) return kl_refuse(x, KL_H_MAGIC, "not a compiled guideline");
    uint32_t version = kl_load32(image + KL_H_VERSION);
    if (version >> 16 != KL_IMAGE_MAJOR || (version & 0xFFFF) > KL_IMAGE_MINOR)
        return kl_refuse(x, KL_H_VERSION, "a format version this runtime does not know");
    if (kl_load32(image + KL_H_SIZE) != p->size)
        return kl_refuse(x, KL_H_SIZE, "another size than its header says: cut short or added to");
    if (kl_load64(image + KL_H_CHECKSUM) != kl_checksum(image, p->size))
        return kl_refuse(x, KL_H_CHECKSUM, "damaged: the checksum is another");
    if (kl_load32(image + KL_H_SECTIONS) != KL_S_COUNT)
        return kl_refuse(x, KL_H_SECTIONS, "not the sections of this format");
    return true;
}

static bool check_directory(const kl_exam *x) {
    kl_program *p = x->p;
    uint64_t at = KL_H_DIRECTORY + KL_S_COUNT * 8;
    for (uint32_t s = 0; s < KL_S_COUNT; s++) {
        const uint8_t *entry = p->image + KL_H_DIRECTORY + (size_t)s * 8;
        p->offset[s] = kl_load32(entry);
        p->count[s] = kl_load32(entry + 4);
        for (; at % 8 != 0; at++)
            if (at >= p->size || p->image[at] != 0) return kl_refuse(x, (size_t)at, "padding that is not zero");
        if (p->offset[s] != at)
            return kl_refuse(x, KL_H_DIRECTORY + (size_t)s * 8,
                             "a section that does not begin where the one before ends");
        at += (uint64_t)p->count[s] * kl_stride((kl_section)s);
        if (at > p->size) return kl_refuse(x, KL_H_DIRECTORY + (size_t)s * 8 + 4, "a section past the end");
    }
    if (at != p->size) return kl_refuse(x, (size_t)at, "bytes after the last section");
    return true;
}

static bool check_budget(const kl_exam *x) {
    kl_program *p = x->p;
    kl_counts *n = &p->budget;
    n->truths = kl_load32(p->image + KL_H_B_REGISTERS);
    n->numbers = kl_load32(p->image + KL_H_N_REGISTERS);
    n->slots = kl_load32(p->image + KL_H_SLOTS);
    n->nodes = kl_load32(p->image + KL_H_WALK_NODES);
    n->edges = kl_load32(p->image + KL_H_WALK_EDGES);
    n->assumptions = p->count[KL_S_ASSUMPTIONS];
    n->questions = p->count[KL_S_QUESTIONS];
    n->results = p->count[KL_S_RESULTS];
    n->entries = p->count[KL_S_ENTRIES];
    if (n->truths > p->count[KL_S_CODE]) return kl_refuse(x, KL_H_B_REGISTERS, "more registers than instructions");
    if (n->numbers > p->count[KL_S_CODE]) return kl_refuse(x, KL_H_N_REGISTERS, "more registers than instructions");
    if (n->slots != p->count[KL_S_SLOTS]) return kl_refuse(x, KL_H_SLOTS, "another number of slots than the table has");
    if (n->nodes > p->count[KL_S_NODES]) return kl_refuse(x, KL_H_WALK_NODES, "more nodes than the table has");
    if (n->edges > p->count[KL_S_EDGES]) return kl_refuse(x, KL_H_WALK_EDGES, "more edges than the table has");
    kl_layout_of(n, &p->layout);
    if (kl_load64(p->image + KL_H_SCRATCH) != p->layout.size)
        return kl_refuse(x, KL_H_SCRATCH, "another workspace than the program needs");
    if (p->layout.size > SIZE_MAX / 2) return kl_refuse(x, KL_H_SCRATCH, "a workspace this machine cannot address");
    return true;
}

const kl_program *kl_verify(void *memory, size_t memory_size, const void *image, size_t image_size, kl_fault *fault) {
    kl_fault unused;
    kl_program *p = memory;
    kl_exam x = {p, fault ? fault : &unused};
    *x.fault = (kl_fault){0, KL_INDEX_NONE, NULL};
    if (!memory || memory_size < sizeof *p || (uintptr_t)memory % _Alignof(kl_program) != 0) {
        (void)kl_refuse(&x, 0, "no memory for the program, or not aligned");
        return NULL;
    }
    memset(p, 0, sizeof *p);
    p->image = image;
    p->size = image ? image_size : 0;
    p->period = p->period_entry = p->scope_entry = KL_ABSENT;
    if (!check_header(&x) || !check_directory(&x) || !check_budget(&x)) return NULL;
    uint32_t good = utf8_end(p);
    if (good != p->count[KL_S_STRINGS]) {
        (void)kl_refuse_word(&x, KL_S_STRINGS, good, 0, "not UTF-8");
        return NULL;
    }
    for (uint32_t s = 0; s < KL_S_COUNT; s++)
        if (!check_table(&x, (kl_section)s)) return NULL;
    if (!check_meaning(&x)) return NULL;
    p->scope = kl_word(p, KL_S_GUIDELINE, 0, KL_G_SCOPE);
    return kl_verify_code(&x) ? p : NULL;
}
